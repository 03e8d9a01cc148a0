//! Generated policies: ten kinds of sentence, as a team would write them, and as many variants of
//! them with other services, ports and thresholds as are asked for.

const HEAD: &str = "\
operation: DescribeInternetOpenPort
sets:
  databases: [MySQL, PostgreSQL, Redis, MongoDB]
  remote: [RDP, SSH, Telnet, VNC]
  files: [SMB, FTP, LDAP]
params:
  busy: 1GB
policies:
";

const SERVICES: [&str; 12] = [
    "RDP",
    "SSH",
    "Telnet",
    "VNC",
    "Redis",
    "MongoDB",
    "Elasticsearch",
    "Memcached",
    "Docker",
    "LDAP",
    "MySQL",
    "PostgreSQL",
];

const OPENINGS: [&str; 5] = ["weak", "default", "exposed data", "exposed man", "vulnerable"];
const PATTERNS: [&str; 5] =
    ["(?i)brute|ransom", "^data (leak|loss)$", "min(ing|er)", "remote .*exec", "[0-9]{3,}"];
const WORDS: [&str; 5] = ["暴力破解", "未授权", "勒索病毒", "高危漏洞", "远程管理"];
const SETS: [&str; 3] = ["databases", "remote", "files"];

/// A policy file of `count` policies. The first ten are the same whatever `count` is.
pub(crate) fn policy_file(count: usize) -> String {
    let mut text = HEAD.to_owned();
    for number in 0..count {
        let (kind, variant) = (number % 10, number / 10);
        text.push_str(&format!("  - id: p{:03}\n", number + 1));
        match kind {
            9 => text.push_str(&structured(variant)),
            _ => text.push_str(&format!("    rule: '{}'\n", sentence(kind, variant))),
        }
    }
    text
}

fn sentence(kind: usize, variant: usize) -> String {
    match kind {
        0 => format!("deny {} if RiskLevel 3{}", service(variant), detail(variant / 12)),
        1 if variant == 0 => "alert if SuggestLevel 30 and traffic > $busy".to_owned(),
        1 => format!("alert if SuggestLevel 30 and traffic > {} GB", variant + 1),
        2 => guarded_set(variant),
        3 => low_ports(variant),
        4 => busy(variant),
        5 => threat(variant),
        6 => two_services(variant),
        7 => format!("deny if OutBytes > {} * InBytes and SuggestLevel >= alert", 10 + variant),
        _ => reason(variant),
    }
}

fn guarded_set(variant: usize) -> String {
    let (first, second) = (13_306 + variant, 15_432 + variant);
    let set = nth(&SETS, variant);
    format!("deny {set} if RiskLevel >= medium unless Port in [{first}, {second}]")
}

fn low_ports(variant: usize) -> String {
    let from = 1 + variant % 60 * 1_000;
    let ports = format!("{from}..{}", from + 1_022);
    let addresses = 20 + variant;
    format!(
        "deny if Port in {ports} and ServiceNameList contains any of remote \
         and PublicIpNum > {addresses}"
    )
}

fn busy(variant: usize) -> String {
    let (share, further) = (60 + variant % 40, detail(variant / 40));
    format!("alert if TrafficPercent7Day > {share}% and RiskLevel >= 2{further}")
}

fn threat(variant: usize) -> String {
    let pattern = nth(&PATTERNS, variant);
    format!("deny if ProbRisk matches \"{pattern}\" and SuggestLevel 30{}", detail(variant / 5))
}

fn two_services(variant: usize) -> String {
    let (first, second) = match variant {
        0 => ("SMB", "FTP"),
        _ => (service(variant), service(variant + 5)),
    };
    let further = detail(variant / 12);
    format!("alert {first} or {second} when Protocol is tcp{further} unless RiskLevel low")
}

fn reason(variant: usize) -> String {
    let further = detail(variant / 2);
    if variant % 2 == 1 {
        return format!("alert if ProbRiskDesc contains \"{}\"{further}", nth(&WORDS, variant / 2));
    }
    let opening = nth(&OPENINGS, variant / 2);
    format!("deny if RiskReason starts with \"{opening}\" and traffic >= 1 MiB{further}")
}

fn structured(variant: usize) -> String {
    let (service, port) = (service(variant + 4), 16_379 + variant);
    let addresses = 16 + variant;
    format!(
        "    effect: deny
    when:
      all:
        - ServiceNameList: {{contains: {service}}}
        - PublicIpNum: {{\">=\": {addresses}}}
        - not: {{Port: {{in: [{port}]}}}}
"
    )
}

/// Keeps a variant apart from an earlier one that has the same words.
fn detail(round: usize) -> String {
    if round == 0 { String::new() } else { format!(" and DetailNum > {round}") }
}

fn service(number: usize) -> &'static str {
    nth(&SERVICES, number)
}

fn nth(list: &[&'static str], number: usize) -> &'static str {
    list.get(number % list.len().max(1)).copied().unwrap_or_default()
}
