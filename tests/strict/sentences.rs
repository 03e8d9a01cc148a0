//! Hand-written cases of the policy language: what sentences mean for one record, and which sentences
//! are refused.

use crate::cases::{assert_nothing, check_records, check_snapshots, refused};

#[test]
fn names_in_evidence_may_not_be_identified() {
    let mut wrong = Vec::new();
    const LIST: [(&str, i32); 34] = [
        (r#"["HTTP"]"#, 0),
        (r#"["RDP"]"#, 1),
        (r#"["rdp"]"#, 1),
        (r#"[]"#, 0),
        (r#"null"#, 3),
        (r#""absent""#, 3),
        (r#""RDP""#, 1),
        (r#""HTTP""#, 0),
        (r#"["HTTP", "SSH"]"#, 0),
        (r#"["Unknown"]"#, 3),
        (r#"["unknown", "RDP"]"#, 1),
        (r#"["RDP "]"#, 3),
        (r#"[" HTTP"]"#, 3),
        (r#"["HTTP\u00a0"]"#, 3),
        (r#"["'RDP'"]"#, 3),
        (r#"["\"HTTP\""]"#, 3),
        (r#""RDP,HTTP""#, 3),
        (r#"["SSH;HTTP"]"#, 3),
        (r#"["SSH|HTTP"]"#, 3),
        (r#"["RDP\u200b"]"#, 3),
        (r#"["\ufeffHTTP"]"#, 3),
        (r#"["HT\u00adTP"]"#, 3),
        (r#"["RDP\n"]"#, 3),
        (r#"["RDP\u0000"]"#, 3),
        (r#"["RDP]"]"#, 3),
        (r#"[""]"#, 3),
        (r#"[null]"#, 3),
        (r#"[5, "RDP"]"#, 1),
        (r#"[["RDP"]]"#, 3),
        (r#"{"RDP": 1}"#, 3),
        (r#"["['HTTPS', 'RDP']"]"#, 1),
        (r#"["['HTTPS', 'SSL']"]"#, 0),
        (r#"["['HTTPS', 'RDP '], 'SSL'"]"#, 3),
        (r#"["['HTTPS', 'SSL'"]"#, 3),
    ];
    let changes = LIST.map(|(list, _)| format!(r#""ServiceNameList": {list}"#));
    let cases: Vec<(&str, &str, i32)> = changes
        .iter()
        .zip(LIST)
        .map(|(changes, (_, exit))| ("deny RDP", changes.as_str(), exit))
        .collect();
    wrong.extend(check_records(&cases));
    wrong.extend(check_records(&[
        ("deny Unknown", r#""ServiceNameList": ["RDP "]"#, 1),
        ("deny Unknown", r#""ServiceNameList": ["HTTP", 5]"#, 1),
        ("deny Unknown", r#""ServiceNameList": ["HTTP"]"#, 0),
        ("deny if Protocol tcp", r#""Protocol": "udp ""#, 3),
        ("deny 8080/tcp", r#""Protocol": "tcp\u200b""#, 3),
        ("deny 8080/tcp", r#""Protocol": 6"#, 3),
        ("deny 8080/tcp", r#""Protocol": "tcp/udp""#, 3),
    ]));
    assert_nothing(&wrong);
}

#[test]
fn targets_stand_for_services_and_ports() {
    assert_nothing(&check_records(&[
        ("deny 8080", "", 1),
        ("deny port 8080", "", 1),
        ("deny port 80", "", 0),
        ("deny 8080/tcp", "", 1),
        ("deny tcp/8080", "", 1),
        ("deny TCP/8080", "", 1),
        ("deny udp/8080", "", 0),
        ("deny 8000..8080/tcp", "", 1),
        ("deny 8081..8090/tcp", "", 0),
        ("deny tcp/8000..8090", "", 1),
        ("deny port 8080..8090", "", 1),
        ("deny port 8080/tcp", "", 1),
        ("deny databases", r#""ServiceNameList": ["redis"]"#, 1),
        ("deny databases or 8080/udp", "", 0),
        ("deny RDP, SSH or 8080/tcp", "", 1),
        ("deny 8080", r#""Port": null"#, 3),
        ("deny 3389/tcp", r#""Port": null"#, 3),
        ("deny 3389/udp", r#""Port": null"#, 3),
        ("deny unless HTTP or 443/tcp", "", 0),
        ("deny unless HTTPS or 443/tcp", "", 1),
        ("deny unless HTTPS or 8080/tcp", "", 0),
        ("deny unless port 8080", "", 0),
        ("deny if 8080/tcp and RiskLevel 1", "", 1),
        ("deny if HTTP and RiskLevel 1", "", 1),
        ("deny if 8000..8090/tcp", "", 1),
        ("deny if not tcp/8080", "", 0),
        ("deny if not (HTTPS or 443/tcp)", "", 1),
    ]));
}

#[test]
fn anything_but_names_everything_that_is_allowed() {
    assert_nothing(&check_records(&[
        ("deny anything but HTTP", "", 0),
        ("deny anything but HTTPS", "", 1),
        ("deny anything but HTTP", r#""ServiceNameList": []"#, 1),
        ("deny anything but HTTP", r#""ServiceNameList": null"#, 3),
        ("deny anything but HTTP", r#""ServiceNameList": ["HTTP", "RDP"]"#, 1),
        ("deny anything but HTTP or RDP", r#""ServiceNameList": ["HTTP", "rdp"]"#, 0),
        ("deny anything but HTTP", r#""ServiceNameList": ["HTTP", "Unknown"]"#, 3),
        ("deny anything but HTTP", r#""ServiceNameList": ["RDP", "Unknown"]"#, 1),
        ("deny anything but HTTP", r#""ServiceNameList": ["HTTP "]"#, 3),
        ("deny anything but databases", r#""ServiceNameList": ["MySQL", "Redis"]"#, 0),
        ("deny anything but HTTPS or 8080/tcp", "", 0),
        ("deny anything but HTTPS or 8080/udp", "", 1),
        ("deny anything but 443/tcp", "", 1),
        ("deny anything but 8080/tcp", r#""ServiceNameList": []"#, 0),
        ("deny anything but HTTPS or 443/tcp", r#""Port": null"#, 3),
        ("deny anything but HTTPS or 443/tcp", r#""Port": 443, "ServiceNameList": ["RDP"]"#, 0),
        ("deny anything but HTTP if RiskLevel 3", "", 0),
        ("deny anything but HTTPS if RiskLevel 1", "", 1),
        ("deny if ServiceNameList contains only [HTTP, SSH]", "", 1),
        ("deny if ServiceNameList contains only [SSH]", "", 0),
        ("deny if ServiceNameList contains only [SSH]", r#""ServiceNameList": []"#, 1),
        ("deny if ServiceNameList contains only [HTTP]", r#""ServiceNameList": ["HTTP", 5]"#, 3),
        ("deny if ServiceNameList contains only [HTTP]", r#""ServiceNameList": ["SSH", 5]"#, 0),
        ("deny if ServiceNameList contains only [HTTP]", r#""ServiceNameList": null"#, 3),
    ]));
}

#[test]
fn numbers_are_exact() {
    let mut wrong = Vec::new();
    let day = "TrafficPercent1Day";
    let sum = "deny if TrafficPercent1Day + TrafficPercent7Day >= 0.8";
    wrong.extend(check_records(&[
        (sum, r#""TrafficPercent1Day": "0.7", "TrafficPercent7Day": "0.1""#, 1),
        (sum, r#""TrafficPercent1Day": 0.7, "TrafficPercent7Day": 0.1"#, 1),
        (sum, r#""TrafficPercent1Day": "0.70", "TrafficPercent7Day": "1e-1""#, 1),
        (sum, r#""TrafficPercent1Day": "0.7", "TrafficPercent7Day": "0.0999999999999999999""#, 0),
        (sum, r#""TrafficPercent1Day": "\u0030.7", "TrafficPercent7Day": "0\u002e1""#, 1),
        (sum, r#""TrafficPercent1Day": null, "TrafficPercent7Day": "0.9""#, 3),
        (
            "deny if TrafficPercent1Day > 11.1",
            r#""TrafficPercent1Day": "11.1000000000000000001""#,
            1,
        ),
        ("deny if TrafficPercent1Day > 11.1", r#""TrafficPercent1Day": 11.1000000000000000001"#, 1),
        ("deny if TrafficPercent1Day > 11.1", r#""TrafficPercent1Day": "11.10""#, 0),
        ("deny if TrafficPercent1Day = 11.1", r#""TrafficPercent1Day": "11.10""#, 1),
        ("deny if TrafficPercent1Day * 3 = 0.3", r#""TrafficPercent1Day": "0.1""#, 1),
        ("deny if InBytes / OutBytes * 3 = 1", r#""InBytes": 1, "OutBytes": 3"#, 1),
        ("deny if InBytes / OutBytes > 0.3333333333333333", r#""InBytes": 1, "OutBytes": 3"#, 1),
        ("deny if InBytes / OutBytes > 1", r#""OutBytes": 0"#, 3),
        ("deny if InBytes + OutBytes > 10", r#""InBytes": 9223372036854775807"#, 3),
        ("deny if TotalBytes > 10", r#""TotalBytes": 9223372036854775807"#, 1),
        ("deny if TotalBytes > 100", r#""TotalBytes": "9223372036854775808""#, 3),
        ("deny if TotalBytes > 100", r#""TotalBytes": 1e3"#, 1),
        ("deny if TotalBytes > 100", r#""TotalBytes": "11.0""#, 0),
        ("deny if TotalBytes > 1KB", r#""TotalBytes": 1001"#, 1),
        ("deny if TotalBytes > 1KiB", r#""TotalBytes": 1024"#, 0),
        ("deny if traffic > 10", r#""TotalBytes": null"#, 1),
        ("deny if traffic > 11", r#""TotalBytes": "absent""#, 0),
        ("deny if traffic > 10", r#""TotalBytes": "eleven""#, 3),
        ("deny if Port in 8080..8081", "", 1),
        ("deny if Port in 8000..8079", "", 0),
        ("deny if DetailNum - PublicIpNum > -1", "", 1),
    ]));
    let many = format!(r#""{day}": "{}""#, "1.".to_owned() + &"0".repeat(36) + "1");
    let more = format!(r#""{day}": "{}""#, "1.".to_owned() + &"0".repeat(37) + "1");
    wrong.extend(check_records(&[
        ("deny if TrafficPercent1Day > 1", &many, 1),
        ("deny if TrafficPercent1Day > 1", &more, 3),
    ]));
    assert_nothing(&wrong);
}

#[test]
fn values_are_read_leniently_and_meant_strictly() {
    let mut wrong = Vec::new();
    for (spelt, exit) in [
        ("3", 1),
        ("3.0", 1),
        ("\"3\"", 1),
        ("\"3.0\"", 1),
        ("\"\\u0033\"", 1),
        ("1", 0),
        ("-1", 3),
        ("\"-1\"", 3),
        ("0", 3),
        ("7", 3),
        ("3.5", 3),
        ("\"high\"", 3),
        ("\" 3\"", 3),
        ("\"+3\"", 3),
        ("\"03\"", 3),
        ("\"\"", 3),
        ("true", 3),
        ("[3]", 3),
        ("null", 3),
        ("\"absent\"", 3),
    ] {
        wrong.extend(check_records(&[(
            "deny if RiskLevel high",
            &format!(r#""RiskLevel": {spelt}"#),
            exit,
        )]));
    }
    wrong.extend(check_records(&[
        ("deny if RiskLevel is unknown", r#""RiskLevel": -1"#, 1),
        ("deny if RiskLevel is unknown", r#""RiskLevel": 0"#, 1),
        ("deny if RiskLevel is unknown", r#""RiskLevel": null"#, 1),
        ("deny if RiskLevel is unknown", "", 0),
        ("deny if RiskLevel is known", r#""RiskLevel": "x""#, 0),
        ("deny if RiskLevel in_assessment", r#""RiskLevel": -1"#, 1),
        ("deny if RiskLevel -1", r#""RiskLevel": "-1""#, 1),
        ("deny if RiskLevel in_assessment", "", 0),
        ("deny if RiskLevel in_assessment", r#""RiskLevel": 0"#, 0),
        ("deny if RiskLevel -1", r#""RiskLevel": "7""#, 0),
        ("deny if RiskLevel in_assessment", r#""RiskLevel": "hight""#, 3),
        ("deny if RiskLevel in [high, in_assessment]", r#""RiskLevel": 0"#, 3),
        ("deny if RiskLevel in_assessment", r#""RiskLevel": null"#, 3),
        ("deny if RiskLevel is not in_assessment", "", 1),
        ("deny if RiskLevel in [high, in_assessment]", r#""RiskLevel": -1"#, 1),
        ("deny if RiskLevel in [high, in_assessment]", r#""RiskLevel": 2"#, 0),
        ("deny if SuggestLevel unrated", r#""SuggestLevel": -1"#, 0),
        ("deny if SuggestLevel > alert", r#""SuggestLevel": 0"#, 3),
        ("deny if RiskLevel >= medium", r#""RiskLevel": 2"#, 1),
        ("deny if RiskLevel != 3", r#""RiskLevel": -1"#, 3),
        ("deny if RiskLevel 3 and Port 80", r#""RiskLevel": -1"#, 0),
        ("deny if RiskLevel 3 or Port 8080", r#""RiskLevel": -1"#, 1),
        ("deny unless RiskLevel low", r#""RiskLevel": -1"#, 3),
        ("deny RDP if RiskLevel 3", r#""RiskLevel": -1"#, 0),
        ("deny HTTP if PublicIpNum > 0", r#""PublicIpNum": "many""#, 3),
        ("deny if Port > 70", r#""Port": 70000"#, 3),
        ("deny if TrafficPercent1Day > 1", r#""TrafficPercent1Day": "101""#, 3),
        ("deny if TrafficPercent1Day > 1", r#""TrafficPercent1Day": "11.1""#, 1),
        ("deny if ProbRisk = \"x\"", "", 1),
        ("deny if ProbRisk = \"x\"", r#""ProbRisk": 5"#, 3),
        ("alert HTTP", "", 0),
    ]));
    assert_nothing(&wrong);
}

#[test]
fn aggregates_are_ranges() {
    let risky = r#"<"RiskLevel": 3>, <"Port": 2, "RiskLevel": -1>, <"Port": 3, "TotalBytes": null, "InBytes": null>"#;
    assert_nothing(&check_snapshots(&[
        ("deny if count > 2", 3, risky, 1),
        ("deny if count > 3", 3, risky, 0),
        ("deny if count(RiskLevel high) > 0", 3, risky, 1),
        ("deny if count(RiskLevel high) > 1", 3, risky, 3),
        ("deny if count(RiskLevel high) > 2", 3, risky, 0),
        ("deny if count(RiskLevel high) < 2", 3, risky, 3),
        ("deny if count(RiskLevel high) < 3", 3, risky, 1),
        ("deny RDP if count > 0", 3, risky, 0),
        ("deny HTTP if count > 2", 3, risky, 1),
        ("deny if sum(TotalBytes) > 21", 3, risky, 1),
        ("deny if sum(TotalBytes) > 22", 3, risky, 3),
        ("deny if sum(TotalBytes where RiskLevel high) > 10", 3, risky, 1),
        ("deny if sum(TotalBytes where RiskLevel high) > 21", 3, risky, 3),
        ("deny if sum(TotalBytes where RiskLevel high) > 22", 3, risky, 0),
        ("deny if sum(TotalBytes where RiskLevel high) < 11", 3, risky, 0),
        ("deny if distinct(Port) > 2", 3, risky, 1),
        ("deny if distinct(Port) > 3", 3, risky, 0),
        ("deny if distinct(Port where RiskLevel high) > 1", 3, risky, 3),
        ("deny if count > 3", 4, risky, 3),
        ("deny if count > 2", 4, risky, 1),
        ("deny if count < 3", 4, risky, 3),
        ("deny if count < 1", 0, "", 1),
        ("deny if count > 1", 1, "<>, <>", 0),
        ("deny if count > 0 and count(RiskLevel high) > 1", 3, risky, 3),
    ]));
}

#[test]
fn a_policy_that_cannot_mean_what_it_says_is_refused() {
    refused(&[
        "deny RDPP",
        "deny tcp",
        "deny port",
        "deny udp",
        "deny Web",
        "deny ms-wbt-server",
        "deny database",
        "deny RDP on port 3389",
        "deny RDP if ServiceNameList contains Web",
        "deny RDP if ServiceNameList contains any of [SSH, Web]",
        "deny if ServiceNameList contains \"RDP \"",
        "deny if ServiceNameList contains \" RDP\"",
        "deny if ServiceNameList contains \"RDP/SSH\"",
        "deny if Protocol \"tcp/udp\"",
        "deny if Protocol \"tcp \"",
        "deny if Protocol tcpp",
        "deny if RiskLevel 2 or 3",
        "deny if 3389",
        "deny if Port is standard",
        "deny if RiskLevel is \"3 \"",
        "deny if RiskLevl 3",
        "deny if RiskLevel 5",
        "deny if RiskLevel severe",
        "deny if traffic < 0",
        "deny if Port * 2 > 200000",
        "deny if Port > 65535",
        "deny if Port + 1 > 70000",
        "deny if TrafficPercent1Day > 100",
        "deny if TrafficPercent1Day + TrafficPercent7Day > 200",
        "deny if PublicIpNum < 0",
        "deny if ProbRisk starts with \"a\" and ProbRisk starts with \"b\"",
        "deny if ProbRisk ends with \"a\" and ProbRisk ends with \"b\"",
        "deny if ProbRisk contains \"ab\" and not ProbRisk contains \"a\"",
        "deny if ProbRisk matches \"a^\"",
        "deny if ProbRisk matches \"$a\"",
        "deny if traffic > 10 and TotalBytes < 5",
        "deny if TotalBytes > 10 and TotalBytes < 5",
        "deny if RiskLevel high and RiskLevel low",
        "deny if RiskLevel > high",
        "deny if RiskLevel < low",
        "deny if count(RiskLevel high) > count",
        "deny if count < 0",
        "deny RDP if not ServiceNameList contains RDP",
        "deny if Port 80 and Port 443",
        "deny if Port in 1..10 and Port > 20",
        "deny 80/tcp if Protocol udp",
        "deny if sum(traffic) < 0",
    ]);
}
