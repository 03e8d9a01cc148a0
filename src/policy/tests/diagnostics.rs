//! What is refused when policies are loaded: each kind of mistake, with its neighbours, at the exact word.

use super::*;

/// A sentence with its underline, the code, a part of the help.
const SENTENCES: &[(&str, &str, &str)] = &[
    // Fields.
    ("deny if «RiskLvl» 3", "policy/unknown-field", "`RiskLevel`"),
    ("deny if «port» = 3", "policy/unknown-field", "`Port`"),
    ("deny if «Frob» is known", "policy/unknown-field", "the fields are RiskLevel"),
    ("deny if OutBytes > 2 * «InByte»", "policy/unknown-field", "`InBytes`"),
    ("deny if sum(«Traffic») > 1GB", "policy/unknown-field", "`traffic`"),
    // Names.
    ("deny «Web»", "policy/unknown-name", "`HTTP`"),
    ("deny «ms-wbt-server»", "policy/unknown-name", "`RDP`"),
    ("deny RDP or «microsoft-ds»", "policy/unknown-name", "`SMB`"),
    ("deny «domain»", "policy/unknown-name", "`DNS`"),
    ("deny «http-alt» if approved", "policy/unknown-name", "`HTTP`"),
    ("deny anything but «ms-sql-s»", "policy/unknown-name", "`MSSQL`"),
    ("deny unless «postgres»", "policy/unknown-name", "`PostgreSQL`"),
    ("deny if ServiceNameList contains «k8s»", "policy/unknown-name", "`Kubernetes`"),
    ("deny if ServiceNameList contains only [SSH, «sshd»]", "policy/unknown-name", "`SSH`"),
    ("deny «databases»", "policy/unknown-name", "`databases: […]` under `sets:`"),
    ("deny unless «web_servers»", "policy/unknown-name", "under `sets:`"),
    ("deny «tcp»", "policy/unknown-name", "`if Protocol = tcp`"),
    ("deny «UDP» or RDP", "policy/unknown-name", "`3389/UDP`"),
    ("deny «port»", "policy/unknown-name", "`port 3389`"),
    ("deny unless «icmp»", "policy/unknown-name", "`Protocol = icmp`"),
    ("deny «medium»", "policy/unknown-name", "`if RiskLevel medium`"),
    ("deny 443/«sctp»", "policy/unknown-name", "`tcp`, `udp`, `icmp`"),
    ("deny «quic»/443", "policy/unknown-name", "a value of `ServiceNameList`"),
    ("deny if Protocol in [tcp, «sctp»]", "policy/unknown-name", "`tcp`, `udp`, `icmp`"),
    ("deny if Protocol != «any»", "policy/unknown-name", "`tcp`, `udp`, `icmp`"),
    ("deny «Rediss»", "policy/misspelt-name", "`Redis`"),
    ("deny «POP»", "policy/unknown-name", "`POP3`"),
    ("deny «Memcach»", "policy/misspelt-name", "`Memcache` or `Memcached`"),
    ("deny if Protocol «tpc»", "policy/misspelt-name", "`tcp`"),
    ("deny «\"RDP \"»", "policy/impossible-name", "without it"),
    ("deny «SSL/TLS»", "policy/impossible-name", "`SSL or TLS`"),
    ("deny if Protocol «\"tcp/udp\"»", "policy/impossible-name", "`tcp` and `udp`"),
    // Sets and params.
    ("deny if Port in «weak_ports»", "policy/unknown-set", "under `sets:`"),
    ("deny if ServiceNameList contains any of «dbs»", "policy/unknown-set", "under `sets:`"),
    ("deny if Protocol in «protocols»", "policy/unknown-set", "`[protocols]`"),
    ("deny if traffic > «$busy»", "policy/unknown-param", "under `params:`"),
    ("deny if Port in [80, «$x»]", "policy/unknown-param", "under `params:`"),
    ("deny if 2 * «$y» < InBytes", "policy/unknown-param", "under `params:`"),
    // Operators.
    ("deny if Port «contains» 3", "policy/operator-not-taken", "`in`"),
    (
        "deny if ServiceNameList «=» RDP",
        "policy/operator-not-taken",
        "`ServiceNameList contains …`",
    ),
    ("deny if Protocol «contains only» tcp", "policy/operator-not-taken", "`contains`"),
    ("deny if RiskLevel «starts with» h", "policy/operator-not-taken", "`in`"),
    ("deny if Protocol «<» tcp", "policy/operator-not-taken", "`contains`"),
    ("deny if RiskReason «>=» 3", "policy/operator-not-taken", "`contains`"),
    // Enumerated values.
    ("deny if RiskLevel «4»", "policy/unknown-value", "high (3)"),
    ("deny if RiskLevel «0»", "policy/unknown-value", "high (3)"),
    ("deny if RiskLevel in [1, «critical»]", "policy/unknown-value", "high (3)"),
    ("deny if SuggestLevel «15»", "policy/unknown-value", "alert (20)"),
    ("deny if SuggestLevel >= «25»", "policy/unknown-value", "alert (20)"),
    ("deny if RiskLevel «hight»", "policy/unknown-value", "did you mean `high`"),
    // Order.
    ("deny if RiskLevel > «in_assessment»", "policy/unordered-value", "low (1) < medium (2)"),
    ("deny if RiskLevel < «-1»", "policy/unordered-value", "low (1) < medium (2)"),
    (
        "deny if SuggestLevel in «unrated»..deny",
        "policy/unordered-value",
        "allow (10) < alert (20)",
    ),
    // Ranges.
    ("deny if Port «65536»", "policy/out-of-range", "0 to 65535"),
    ("deny if Port < «70000»", "policy/out-of-range", "0 to 65535"),
    ("deny port «65536»", "policy/out-of-range", "0 to 65535"),
    ("deny «70000»/tcp", "policy/out-of-range", "0 to 65535"),
    ("deny tcp/1..«70000»", "policy/out-of-range", "0 to 65535"),
    ("deny unless port «-1»", "policy/out-of-range", "0 to 65535"),
    ("deny if TrafficPercent1Day > «101»", "policy/out-of-range", "0 to 100"),
    ("deny if PublicIpNum «-1»", "policy/out-of-range", "0 to"),
    ("deny if Port in «9..1»", "policy/reversed-range", "lower end first"),
    ("deny «139..135»/tcp", "policy/reversed-range", "lower end first"),
    // Numbers.
    ("deny if Port «\"80\"»", "policy/number-needed", "without quotes"),
    ("deny if Port is «standard»", "policy/number-needed", "`Port in [80, 443]`"),
    ("deny unless Port in [80, «https»]", "policy/number-needed", "`Port in [80, 443]`"),
    ("deny if traffic > «much»", "policy/number-needed", "such as `80`"),
    ("deny if traffic > «'1GB'»", "policy/number-needed", "`1GB` without quotes"),
    ("deny if count > «\"3\"»", "policy/number-needed", "`3` without quotes"),
    ("deny if InBytes > 2 * «\"x\"»", "policy/number-needed", "such as `80`"),
    ("deny if RiskLevel «\"3\"»", "policy/unknown-value", "`3` without quotes"),
    ("deny if Protocol «6»", "policy/text-needed", "in quotes"),
    // Units.
    ("deny if Port > «1KB»", "policy/unit-not-taken", "a whole number"),
    ("deny if PublicIpNum > «5%»", "policy/unit-not-taken", "a whole number"),
    ("deny if RiskLevel > «1KB»", "policy/unit-not-taken", "enumerated"),
    ("deny if traffic > «5%»", "policy/unit-not-taken", "a number of bytes"),
    ("deny if TrafficPercent1Day > «1MiB»", "policy/unit-not-taken", "a percentage"),
    ("deny if count(RDP) > «5KB»", "policy/unit-not-taken", "no unit"),
    ("deny if traffic > «1PB»", "policy/unknown-unit", "did you mean"),
    // Lists and patterns.
    ("deny if Port in «[]»", "policy/empty-list", "at least one"),
    ("deny if ServiceNameList contains only «[]»", "policy/empty-list", "at least one"),
    ("deny if count(Port in «[]») > 2", "policy/empty-list", "at least one"),
    ("deny if RiskReason matches \"a«(»\"", "policy/bad-pattern", "regex"),
    ("deny if RiskReason matches \"«[»a\"", "policy/bad-pattern", "regex"),
    ("deny if RiskReason matches \"a«{2,1}»\"", "policy/bad-pattern", "regex"),
    ("deny if ServiceNameList matches «\"\"»", "policy/empty-text", "is empty"),
    // Conditions that are not complete.
    (
        "deny if RiskLevel 2 or «3»",
        "policy/missing-comparison",
        "`RiskLevel in [2, 3]`, or `port 3`",
    ),
    ("deny if RiskLevel low or «high»", "policy/missing-comparison", "`RiskLevel in [low, high]`"),
    ("deny if RiskLevel 3 and «HTTPS»", "policy/missing-comparison", "`HTTPS and RiskLevel 3`"),
    ("deny unless «443»", "policy/missing-comparison", "`port 443`"),
    ("deny unless HTTPS or «443»", "policy/missing-comparison", "`port 443`"),
    ("deny unless «135..139»", "policy/missing-comparison", "`135..139/tcp`"),
    ("deny if «Port»", "policy/missing-comparison", "`Port > 0`"),
    ("deny «on» port 80", "policy/bad-target", "`port 80`"),
    ("deny RDP «on» port 80", "policy/missing-if", "`if port 80`"),
    ("deny HTTPS «over» udp", "policy/missing-if", "`if Protocol = udp`"),
    ("deny «tcp3389»", "policy/bad-target", "`3389/tcp`"),
    ("deny 3389 «tcp»", "policy/missing-if", "`3389/tcp`"),
    ("deny tcp«:»3389", "policy/unknown-character", "`3389/tcp`"),
];

/// A file with its underline, the code, a part of the help.
const FILES: &[(&str, &str, &str)] = &[
    ("sets: {«a»: []}\npolicies: [deny RDP]", "policy/empty-list", ""),
    ("params: {«a»: []}\npolicies: [deny RDP]", "policy/empty-list", ""),
    ("«sets»:\npolicies: [deny RDP]", "policy/empty-list", ""),
    ("«policies»: []", "policy/empty-list", ""),
    ("sets: {a: [MySQL, «Reddis»]}\npolicies: [deny a]", "policy/misspelt-name", "`Redis`"),
    ("sets: {a: [MySQL, «Sybase»]}\npolicies: [deny anything but a]", "policy/unknown-name", ""),
    ("sets: {a: [tcp, «sctp»]}\npolicies: [deny if Protocol in a]", "policy/unknown-name", "`udp`"),
    ("sets: {a: [«\"MySQL \"»]}\npolicies: [deny unless a]", "policy/impossible-name", ""),
    (
        "params: {a: «Sybase»}\npolicies: [deny if ServiceNameList contains $a]",
        "policy/unknown-name",
        "",
    ),
    (
        "params: {a: [SSH, «SHS»]}\npolicies: [deny if ServiceNameList contains only $a]",
        "policy/misspelt-name",
        "",
    ),
    ("sets: {«Port»: [80]}\npolicies: [deny RDP]", "policy/bad-name", "another name"),
    (
        "sets: {«anything but»: [80]}\npolicies: [deny RDP]",
        "policy/bad-name",
        "begins with a letter",
    ),
    ("policies: [{id: a, rule: deny RDP}, {id: «a», rule: deny SSH}]", "policy/duplicate-id", ""),
    ("policies: [deny RDP, «deny rdp»]", "policy/duplicate-id", "`id:`"),
    ("policies: [deny RDP if Port > 1, «deny RDP if Port > (1)»]", "policy/duplicate-id", "`id:`"),
    ("policies: [{rule: deny RDP, «rule»: deny SSH}]", "yaml/duplicate-key", ""),
    ("policies: [deny RDP]\n«policies»: [deny SSH]", "yaml/duplicate-key", ""),
    ("policies: [{rule: deny RDP, «sevrity»: low}]", "policy/unknown-key", "`severity`"),
    ("policies: [deny RDP]\n«set»: {a: [RDP]}", "policy/unknown-key", "`sets`"),
    ("policies: [{effect: deny, when: {«all of»: [Port 1]}}]", "policy/unknown-field", ""),
];

#[test]
fn every_mistake_of_a_sentence_is_told_at_its_word() {
    for (sentence, code, help) in SENTENCES {
        let text = format!("policies:\n  - '{}'\n", sentence.replace('\'', "''"));
        each_is_told(&[(&text, code, help)]);
    }
}

#[test]
fn every_mistake_of_a_file_is_told_at_its_word() {
    each_is_told(FILES);
}

#[test]
fn what_only_looks_like_a_mistake_loads() {
    for sentence in [
        "deny tcp/3389",
        "deny port 3389 or 135..139/udp, SSH",
        "deny anything but HTTPS, 443/tcp",
        "deny unless HTTPS or 443/tcp",
        "deny if 443/tcp and RiskLevel 3",
        "deny if HTTPS and RiskLevel 3",
        "deny if RiskLevel is known and HTTPS",
        "deny if RiskLevel 3 or port 443",
        "deny \"Web\"",
        "deny \"ms-wbt-server\" or 'tcp'",
        "deny unless \"databases\"",
        "deny Memcache or SSL_No_Cert or \"BT Panel\"",
        "deny if Protocol in [TCP, \"sctp\"]",
        "deny if ServiceNameList starts with \"ms-\"",
        "deny if ServiceNameList matches web",
        "deny if ServiceNameList ends with sql",
        "deny if Protocol contains t",
        "deny if UnknownReason contains no_payload",
        "deny if RiskReason = \"a/b \"",
    ] {
        good(&format!("policies:\n  - '{}'\n", sentence.replace('\'', "''")));
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table is long")]
fn every_name_of_the_vocabulary_can_be_written() {
    let operation = open_ports();
    let schema = &operation.schema;
    for field in schema.fields.iter().filter(|field| !field.vocabulary.is_empty()) {
        for name in field.vocabulary.iter().chain(&field.unknown_members) {
            let rules = match field.name.as_str() {
                "Protocol" => vec![format!("deny 1/{name}"), format!("deny if Protocol {name}")],
                list => vec![
                    format!("deny \"{name}\""),
                    format!("deny unless \"{name}\""),
                    format!("deny if {list} contains \"{name}\""),
                ],
            };
            for rule in rules {
                good(&format!("policies: ['{rule}']"));
            }
            good(&format!(
                "sets: {{a: [{name}]}}\npolicies: ['deny if {} is empty', deny SSH]",
                "ServiceNameList"
            ));
            let is_word = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
            if field.name == "ServiceNameList" {
                good(&format!("sets: {{a: [{name}]}}\npolicies: [deny a]"));
                if is_word {
                    good(&format!("policies: [deny {name}]"));
                }
            }
        }
    }
    // Published as `ApplicationName` and `Proto` of the product's operations; `ANY` is a wildcard.
    let subject = schema.field(operation.subject);
    for name in [
        "FTP",
        "HTTP",
        "HTTPS",
        "Memcache",
        "MongoDB",
        "MQTT",
        "MySQL",
        "RDP",
        "Redis",
        "SMTP",
        "SMTPS",
        "SSH",
        "SSL_No_Cert",
        "SSL",
        "VNC",
        "SMB",
        "Unknown",
    ] {
        assert!(subject.knows(name), "{name}");
    }
    for name in ["TCP", "UDP", "ICMP"] {
        assert!(schema.field(operation.protocol.unwrap()).knows(name), "{name}");
    }
}

#[test]
fn every_alias_leads_to_a_name_of_the_vocabulary() {
    let operation = open_ports();
    let subject = operation.schema.field(operation.subject);
    assert!(!subject.aliases.is_empty());
    for (alias, name) in &subject.aliases {
        assert!(subject.knows(name), "{name}");
        assert!(!subject.knows(alias) && alias.to_lowercase() == *alias, "{alias}");
        let problems = bad(&format!("policies: [deny {alias}]"));
        let help = problems[0].help.as_deref().unwrap();
        assert_eq!(
            (problems[0].code.as_str(), help),
            ("policy/unknown-name", format!("write `{name}`").as_str())
        );
    }
}
