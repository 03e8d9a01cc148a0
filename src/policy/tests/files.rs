//! Whole files: what they hold, how several make one set.

use super::*;
use crate::operation::{Effect, Severity};
use crate::policy::MAX_TOLERATED;
use crate::policy::{Expectation, Predicate, WhenUnknown};

const EXAMPLE: &str = r#"operation: DescribeInternetOpenPort
sets:
  databases: [MySQL, PostgreSQL, Redis, MongoDB]
params:
  busy: 1GB
policies:
  - deny RDP if RiskLevel 3
  - alert if SuggestLevel 30 and traffic > 0
  - id: db-exposed
    rule: deny databases if RiskLevel >= medium unless approved
    severity: critical
    title: Database reachable from the Internet
    message: "{ServiceNameList} on {Protocol}/{Port}, {PublicIpNum} addresses"
    why: Databases belong behind the application tier.
    remediation: Restrict the source range in the access control policy.
    references: [https://…]
    controls: {pci-dss-4.0.1: [1.4.4]}
    tags: [exposure]
    when_unknown: fail
    cases:
      - {record: {Port: 6379, ServiceNameList: [Redis], RiskLevel: 2}, expect: deny}
      - {record: {Port: 6379, ServiceNameList: [Redis], RiskLevel: 1}, expect: pass}
  - id: rdp-structured
    effect: deny
    when:
      all:
        - ServiceNameList: {contains: RDP}
        - RiskLevel: 3
        - not: {Port: {in: [13389, 23389]}}
"#;

#[test]
fn the_example_of_the_design_is_four_policies() {
    let set = good(EXAMPLE);
    let ids: Vec<_> = set.policies.iter().map(|policy| policy.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "deny-rdp-if-risklevel-3",
            "alert-if-suggestlevel-30-and-traffic-gt-0",
            "db-exposed",
            "rdp-structured"
        ]
    );
    let [rdp, alert, databases, structured] = set.policies.as_slice() else {
        panic!("{ids:?}");
    };
    assert_eq!((rdp.effect, rdp.severity), (Effect::Deny, Severity::High));
    assert_eq!((alert.effect, alert.severity), (Effect::Alert, Severity::Medium));
    assert_eq!(rdp.title, "deny RDP if RiskLevel 3");
    assert_eq!(rdp.rule.text(), "deny RDP if RiskLevel 3");
    assert_eq!((rdp.location.position().line, rdp.location.position().column), (7, 5));
    assert_eq!(rdp.operation.name, "DescribeInternetOpenPort");
    assert_eq!(rdp.when_unknown, None);
    assert!(structured.rule.text().starts_with("all:\n"));
    assert_eq!(structured.rule.position().line, 26);
    assert_eq!(databases.location.position().line, 9);
    assert_eq!(databases.rule.text(), "deny databases if RiskLevel >= medium unless approved");
}

#[test]
fn a_policy_keeps_what_is_said_about_it() {
    let set = good(EXAMPLE);
    let databases = &set.policies[2];
    assert_eq!(databases.severity, Severity::Critical);
    assert_eq!(databases.title, "Database reachable from the Internet");
    assert_eq!(databases.why.as_deref(), Some("Databases belong behind the application tier."));
    assert_eq!(
        databases.remediation.as_deref(),
        Some("Restrict the source range in the access control policy.")
    );
    assert_eq!(databases.references, ["https://…"]);
    assert_eq!(databases.controls["pci-dss-4.0.1"], ["1.4.4"]);
    assert_eq!(databases.tags, ["exposure"]);
    assert_eq!(databases.when_unknown, Some(WhenUnknown::Fail));
    assert_eq!(databases.cases.len(), 2);
    assert_eq!(databases.cases[0].expect, Expectation::Fails(Effect::Deny));
    assert_eq!(
        databases.cases[0].records[0],
        r#"{"Port": 6379, "ServiceNameList": ["Redis"], "RiskLevel": 2}"#
    );
}

#[test]
fn a_policy_tolerates_as_many_as_it_says() {
    for (text, at_most) in [
        ("rule: deny RDP\n    at_most: 5", Some(5)),
        ("effect: alert\n    when: {Port: 22}\n    at_most: 1000000", Some(MAX_TOLERATED)),
        ("rule: deny RDP\n    at_most: 0", None),
        ("rule: deny RDP", None),
    ] {
        let text = format!("policies:\n  - {text}\n");
        assert_eq!(good(&text).policies[0].at_most, at_most, "{text}");
    }
}

#[test]
fn a_title_is_one_line() {
    let set = good(
        "policies:\n  - rule: deny RDP\n    title: |\n      two\n      lines\n  - >-\n    deny\n    SSH\n",
    );
    assert_eq!(set.policies[0].title, "two lines");
    assert_eq!(set.policies[1].title, "deny SSH");
}

#[test]
fn the_example_means_what_it_says() {
    let set = good(EXAMPLE);
    let operation = open_ports();
    let id = |name| operation.schema.find(name).unwrap();
    let mut asked = Vec::new();
    set.policies[2].condition.each_test(&mut |test| asked.push(test.predicate.clone()));
    let members = ["mongodb", "mysql", "postgresql", "redis"];
    let members = members.map(str::to_owned).into_iter().collect();
    assert_eq!(
        asked,
        [
            Predicate::Member(id("ServiceNameList"), members),
            Predicate::Code(id("RiskLevel"), [2, 3].into_iter().collect()),
            Predicate::Approved,
        ]
    );
}

#[test]
fn problems_of_all_files_come_in_order() {
    let first = "# 安全策略\npolicies:\n  - deny RDP if RiskLevel 5\n  - {rule: deny SSH, severity: hgih}\n";
    let second = "polices: [deny RDP]\nsets: {a: []}\n";
    let third = "policies:\n  - deny RDP\n  - deny RDP if Prot 3\n";
    let sources = [("1.yaml", first), ("2.yaml", second), ("3.yaml", third)]
        .map(|(name, text)| Source::new(name, text));
    let problems = load(&sources, &catalogue(), &[]).unwrap_err();
    let places: Vec<_> = problems
        .iter()
        .map(|problem| (problem.place.source().to_owned(), location(problem).text().to_owned()))
        .collect();
    let expected = [
        ("1.yaml", "5"),
        ("1.yaml", "hgih"),
        ("2.yaml", "polices"),
        ("2.yaml", "a"),
        ("3.yaml", "Prot"),
    ]
    .map(|(file, word)| (file.to_owned(), word.to_owned()));
    assert_eq!(places, expected, "{}", told(&problems));
}

#[test]
fn a_broken_file_does_not_hide_the_others() {
    let sources = ["policies: [deny RDP", "policies: [deny RDP if Prot 3]", "policies: ['deny]"]
        .map(|text| Source::new("p.yaml", text));
    let problems = load(&sources, &catalogue(), &[]).unwrap_err();
    let codes: Vec<_> = problems.iter().map(|problem| problem.code.as_str()).collect();
    assert!(codes.contains(&"policy/unknown-field"), "{codes:?}");
    assert!(codes.iter().filter(|code| code.starts_with("yaml/")).count() >= 2, "{codes:?}");
}

#[test]
fn what_is_wrong_with_the_yaml_does_not_hide_what_is_wrong_with_the_policies() {
    problems_at_marks(
        "policies:\n  - {id: a, rule: deny RDP, «id»: b}\n  - deny if «Prot» 3\n  - {effect: deny, when: {Port: 1, «Port»: 70000}}\n  - {rule: deny if Port «70000», <<: 1}\n"
            .replace("<<", "«<<»")
            .as_str(),
    );
}

#[test]
fn what_is_right_is_there_beside_what_is_wrong() {
    let sources =
        ["policies: [deny RDP, deny if Prot 3]", "policies: [deny SSH", "policies: [deny FTP]"]
            .map(|text| Source::new("p.yaml", text));
    let (set, problems) = collect(&sources, &catalogue(), &[]);
    let ids: Vec<_> = set.policies.iter().map(|policy| policy.id.as_str()).collect();
    assert_eq!(ids, ["deny-rdp", "deny-ftp"]);
    assert_eq!(problems.len(), 2, "{}", told(&problems));
}

#[test]
fn a_large_set_is_checked_once_however_many_rules_use_it() {
    let names: Vec<_> = (0..3000).map(|index| format!("svc{index}zz")).collect();
    let rules: Vec<_> = (0..3).map(|index| format!("deny s if Port {index}")).collect();
    let file = |names: &[String]| {
        format!("sets: {{s: [{}]}}\npolicies: [{}]", names.join(", "), rules.join(", "))
    };
    assert_eq!(bad(&file(&names)).len(), 3000);
    let quoted: Vec<_> = names.iter().map(|name| format!("'{name}'")).collect();
    assert_eq!(good(&file(&quoted)).policies.len(), 3);
}

#[test]
fn an_id_belongs_to_one_policy_of_all_files() {
    let first = Source::new("1.yaml", "policies: [{id: a, rule: deny RDP}]");
    let second = Source::new("2.yaml", "policies: [{rule: deny SSH, id: 'a'}, deny FTP]");
    let third = Source::new("3.yaml", "policies: [deny  ftp]");
    let problems = load(&[first, second, third], &catalogue(), &[]).unwrap_err();
    let [id, slug] = problems.as_slice() else {
        panic!("{}", told(&problems));
    };
    assert_eq!(
        (id.code.as_str(), slug.code.as_str()),
        ("policy/duplicate-id", "policy/duplicate-id")
    );
    assert_eq!((id.place.source(), location(id).text()), ("2.yaml", "a"));
    assert_eq!(location(id).span.start, 33);
    assert_eq!((id.related[0].1.source.name(), id.related[0].1.text()), ("1.yaml", "a"));
    assert_eq!((slug.place.source(), location(slug).text()), ("3.yaml", "deny  ftp"));
    assert_eq!(slug.related[0].1.text(), "deny FTP");
}

#[test]
fn an_id_is_taken_even_by_a_policy_with_a_mistake() {
    let problems = problems_at_marks(
        "policies:\n  - {id: a, rule: deny if «Prot» 3}\n  - {id: «a», rule: deny if «Prot» 4}\n",
    );
    assert_eq!(problems.len(), 3);
}

#[test]
fn an_id_keeps_letters_and_digits_and_what_operators_mean() {
    use crate::policy::slug::slug;
    for (sentence, id) in [
        ("deny RDP if RiskLevel 3", "deny-rdp-if-risklevel-3"),
        ("deny RDP if RiskLevel = 3", "deny-rdp-if-risklevel-3"),
        ("deny RDP if RiskLevel == 3", "deny-rdp-if-risklevel-3"),
        ("deny RDP if RiskLevel is 3", "deny-rdp-if-risklevel-is-3"),
        ("deny RDP if RiskLevel != 3", "deny-rdp-if-risklevel-ne-3"),
        ("deny RDP if RiskLevel < 3", "deny-rdp-if-risklevel-lt-3"),
        ("deny RDP if RiskLevel <= 3", "deny-rdp-if-risklevel-le-3"),
        ("deny RDP if RiskLevel >= 2", "deny-rdp-if-risklevel-ge-2"),
        ("alert if traffic > 0", "alert-if-traffic-gt-0"),
        ("alert if traffic>0", "alert-if-traffic-gt-0"),
        ("deny if RiskLevel -1", "deny-if-risklevel-minus-1"),
        ("deny if RiskLevel in [-1,-2]", "deny-if-risklevel-in-minus-1-minus-2"),
        ("deny if RiskLevel=-1", "deny-if-risklevel-minus-1"),
        ("deny if InBytes - OutBytes > 1KB", "deny-if-inbytes-minus-outbytes-gt-1kb"),
        ("deny if InBytes + OutBytes < 2", "deny-if-inbytes-plus-outbytes-lt-2"),
        ("deny if InBytes * 2 > 3", "deny-if-inbytes-times-2-gt-3"),
        ("deny if InBytes / 2 > 3", "deny-if-inbytes-over-2-gt-3"),
        ("deny if InBytes/2 > 3", "deny-if-inbytes-2-gt-3"),
        ("deny 3389/tcp", "deny-3389-tcp"),
        ("deny XXL-JOB", "deny-xxl-job"),
        ("deny if Port in 1..1023", "deny-if-port-in-1-to-1023"),
        ("deny if Port in 1 .. 1023", "deny-if-port-in-1-to-1023"),
        ("deny if TrafficPercent1Day > 5%", "deny-if-trafficpercent1day-gt-5-percent"),
        ("deny if TrafficPercent1Day > 1.5", "deny-if-trafficpercent1day-gt-1-5"),
        ("deny if traffic > $busy", "deny-if-traffic-gt-busy"),
        ("deny if RiskReason matches \"^a+$\"", "deny-if-riskreason-matches-a-plus"),
        ("deny if LastSeen > 2026-01-31", "deny-if-lastseen-gt-2026-01-31"),
        ("\"deny   RDP,  SSH\"", "deny-rdp-ssh"),
        ("deny anything but HTTPS or 443/tcp", "deny-anything-but-https-or-443-tcp"),
        ("deny \"远程桌面\" if Port 3389", "deny-远程桌面-if-port-3389"),
        (
            "deny if RiskReason contains aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "deny-if-riskreason-contains-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ),
    ] {
        assert_eq!(slug(sentence), id, "{sentence}");
    }
}

#[test]
fn a_long_id_ends_in_a_hash_of_its_sentence() {
    use crate::policy::slug::slug;
    let sentence =
        |end: &str| format!("deny if RiskReason contains {} and Port {end}", "a".repeat(30));
    let ids: Vec<_> = ["1", "2", "12"].map(|end| slug(&sentence(end))).into();
    for id in &ids {
        assert!(
            id.starts_with("deny-if-riskreason-contains-aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            "{id}"
        );
        assert!(id.chars().count() <= 64, "{id}");
        let (_, hash) = id.rsplit_once('-').unwrap();
        assert!(hash.len() == 6 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    }
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
    // The 57th character of the second is a hyphen, which is left out.
    for (word, length) in [("é ", 64), ("éa ", 63)] {
        let id = slug(&word.repeat(100));
        assert_eq!(id.chars().count(), length, "{id}");
        assert!(id.starts_with("é") && !id.contains("--"), "{id}");
    }
    // Rules in mapping form differ behind what their title shows.
    let rule = |last: &str| {
        let names = (0..40).map(|port| port.to_string()).collect::<Vec<_>>().join(", ");
        format!("policies: [{{effect: deny, when: {{Port: {{in: [{names}, {last}]}}}}}}]")
    };
    assert_ne!(good(&rule("99")).policies[0].id, good(&rule("98")).policies[0].id);
    assert_eq!(good(&rule("99")).policies[0].id, good(&rule("99")).policies[0].id);
}

#[test]
fn a_waiver_of_a_rule_does_not_mean_its_opposite() {
    let id = |rule: &str| good(&format!("policies: ['{rule}']")).policies[0].id.clone();
    let rules = [
        "deny RDP if RiskLevel 3",
        "deny RDP if RiskLevel < 3",
        "deny RDP if RiskLevel > 2",
        "deny RDP if RiskLevel >= 2",
        "deny RDP if RiskLevel <= 2",
        "deny RDP if RiskLevel != 3",
        "deny RDP if RiskLevel -1",
        "deny RDP if RiskLevel 1",
        "deny RDP if RiskLevel 1..3",
        "deny RDP if RiskLevel in [1, 3]",
    ];
    let ids: std::collections::BTreeSet<_> = rules.iter().map(|rule| id(rule)).collect();
    assert_eq!(ids.len(), rules.len(), "{ids:?}");
    let problems = bad("policies: [deny RDP if RiskLevel 3, deny RDP if RiskLevel = 3]");
    assert_eq!(problems[0].code, "policy/duplicate-id");
}

#[test]
fn the_operation_must_be_clear() {
    let mut two = catalogue();
    let mut other = Operation::clone(&two.operations[0]);
    other.name = "DescribeOther".to_owned();
    two.operations.push(Arc::new(other));
    let text = "sets: {a: [RDP]}\npolicies: [deny RDP]";
    let problems = load(&[Source::new("p.yaml", text)], &two, &[]).unwrap_err();
    assert_eq!(problems.len(), 1, "{}", told(&problems));
    assert_eq!(problems[0].code, "policy/missing-operation");
    assert_eq!(location(&problems[0]).text(), "sets");
    assert!(problems[0].help.as_deref().is_some_and(|help| help.contains("`DescribeOther`")));

    let text = format!("operation: DescribeOther\n{text}");
    let set = load(&[Source::new("p.yaml", text)], &two, &[]).unwrap();
    assert_eq!(set.policies[0].operation.name, "DescribeOther");
}

#[test]
fn nothing_is_asked_by_no_policy() {
    let codes = |sources: &[Arc<Source>]| -> Vec<String> {
        let problems = load(sources, &catalogue(), &[]).unwrap_err();
        problems.into_iter().map(|problem| problem.code).collect()
    };
    assert_eq!(codes(&[]), ["policy/no-policy"]);
    assert_eq!(codes(&[Source::new("r.yaml", "approvals: []")]), ["policy/no-policy"]);
}

fn with_params(text: &str, params: &[(&str, &str)]) -> Result<PolicySet, Vec<Problem>> {
    let params: Vec<_> =
        params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    load(&[Source::new("p.yaml", text)], &catalogue(), &params)
}

#[test]
fn a_param_is_replaced_by_the_runs_own() {
    let text = "params: {low: 5, ports: [1, 2]}\npolicies: [deny if PublicIpNum > $low, alert if Port in $ports]";
    let meanings = |params: &[(&str, &str)]| -> Vec<String> {
        let set = with_params(text, params).unwrap();
        set.policies.iter().map(|policy| meaning(&policy.condition)).collect()
    };
    let literal = |low: &str, ports: &str| -> Vec<String> {
        let text = format!("policies: [deny if PublicIpNum > {low}, 'alert if Port in {ports}']");
        good(&text).policies.iter().map(|policy| meaning(&policy.condition)).collect()
    };
    assert_eq!(meanings(&[]), literal("5", "[1, 2]"));
    assert_eq!(meanings(&[("low", "70")]), literal("70", "[1, 2]"));
    assert_eq!(meanings(&[("ports", "8000..8010")]), literal("5", "8000..8010"));
    assert_eq!(meanings(&[("ports", "[7]"), ("low", "0")]), literal("0", "[7]"));
}

#[test]
fn a_param_of_the_run_is_checked_like_one_of_a_file() {
    let text = "params: {low: 5}\npolicies: [deny if PublicIpNum > $low]";
    for (params, code, help) in [
        (vec![("lwo", "3")], "policy/unknown-param", "did you mean `low`?"),
        (vec![("low", "")], "policy/empty-param", "1GB"),
        (vec![("low", "# 3")], "policy/empty-param", "1GB"),
        (vec![("low", "{a: 1}")], "policy/wrong-shape", ""),
        (vec![("low", "[]")], "policy/empty-list", ""),
        (vec![("low", "3"), ("low", "4")], "policy/duplicate-param", "once"),
        (vec![("low", "[1")], "yaml/", ""),
    ] {
        let problems = with_params(text, &params).unwrap_err();
        let [problem] = problems.as_slice() else {
            panic!("{params:?}\n{}", told(&problems));
        };
        assert!(problem.code.starts_with(code), "{}", told(&problems));
        assert!(problem.help.clone().unwrap_or_default().contains(help), "{}", told(&problems));
        assert_eq!(problem.place.source(), format!("--param {}", params[0].0));
    }
    let broken = with_params("policies: [", &[("low", "3")]).unwrap_err();
    assert!(broken.iter().all(|problem| problem.code.starts_with("yaml/")));
    // A value of the wrong kind is told where the value stands or is used.
    assert!(with_params(text, &[("low", "many")]).is_err());
    let text = "params: {name: RDP}\npolicies: [deny if ServiceNameList contains $name]";
    assert!(with_params(text, &[("name", "SSH")]).is_ok());
    assert!(with_params(text, &[("name", "'New'")]).is_ok());
    for (value, code) in [
        ("RPD", "policy/misspelt-name"),
        ("New", "policy/unknown-name"),
        ("'SSH '", "policy/impossible-name"),
    ] {
        let problems = with_params(text, &[("name", value)]).unwrap_err();
        assert_eq!(problems.len(), 1, "{}", told(&problems));
        assert_eq!((problems[0].code.as_str(), problems[0].place.source()), (code, "--param name"));
    }
}

#[test]
fn byte_order_mark_and_windows_line_ends_change_nothing() {
    let plain = good(EXAMPLE);
    let dos = good(&format!("\u{feff}{}", EXAMPLE.replace('\n', "\r\n")));
    for (one, other) in plain.policies.iter().zip(&dos.policies) {
        assert_eq!(meaning(&one.condition), meaning(&other.condition));
        assert_eq!(one.id, other.id);
        assert_eq!(one.location.position(), other.location.position());
    }
    assert_eq!(plain.policies.len(), dos.policies.len());
}

#[test]
fn aliases_are_what_they_stand_for() {
    let set = good(
        "policies:
  - {id: a, effect: deny, when: &risky {RiskLevel: 3}}
  - {id: b, effect: deny, when: {all: [*risky, Port: 80]}}
",
    );
    assert_eq!(set.policies.len(), 2);
}

#[test]
fn hostile_files_end_in_problems() {
    let deep =
        |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let rule = |rule: &str| format!("policies:\n  - {rule}\n");
    for text in [
        deep("[", "]"),
        deep("{a: ", "}"),
        "- ".repeat(100_000),
        rule(&format!("deny if {}", deep("(", ")"))),
        rule(&format!("deny if {} Port 3", "not ".repeat(100_000))),
        rule(&format!("deny if Port {}", "1 + ".repeat(100_000))),
        rule(&format!("deny if Port in {}", deep("[", "]"))),
        rule(&"x".repeat(1_000_000)),
        rule(&format!("{{effect: deny, when: {}}}", deep("{not: ", "}"))),
        format!("policies: [{}]", "x: y, ".repeat(20_000)),
        "policies: [deny RDP]\n\u{0}".to_owned(),
        format!("policies: [{{rule: deny RDP, message: '{}'}}]", "{".repeat(100_001)),
    ] {
        assert!(loaded(&text).is_err(), "{}", text.chars().take(60).collect::<String>());
    }
}

#[test]
fn the_packs_load_without_a_word() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let mut files: Vec<_> =
        std::fs::read_dir(root).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    let sources: Vec<_> = files
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            Source::new(name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    let set = load(&sources, &catalogue(), &[]);
    let set = set.unwrap_or_else(|problems| panic!("{}", told(&problems)));
    assert!(set.policies.len() > 10);
    assert!(set.warnings.is_empty(), "{}", told(&set.warnings));
}
