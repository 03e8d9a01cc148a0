//! One record of `DescribeInternetOpenPort` as the API may send it: all 17 fields, and at rates that
//! a real estate could show, the quirks that make reading it hard.
//!
//! Quirks: codes "in assessment" (`-1`) and "unknown" (`0`), integers as `3`, `3.0` and `"3"`, lists
//! printed into one string, escapes in text and in keys, absent and null fields, shuffled keys.

use crate::random::Random;

/// What a member holds, as JSON text.
pub(crate) enum Value {
    /// One token: a number, a quoted string or `null`.
    Scalar(String),
    /// A list of such tokens.
    List(Vec<String>),
}

/// A key, as it stands between its quotes, and its value.
pub(crate) type Member = (&'static str, Value);

const PROTOCOLS: [&str; 16] = [
    "tcp", "udp", "sctp", "icmp", "dccp", "udplite", "gre", "esp", "ah", "ipip", "igmp", "ospf",
    "pim", "vrrp", "l2tp", "rsvp",
];
const WEB: [&str; 10] =
    ["HTTP", "HTTPS", "SSL", "DNS", "NTP", "SMTP", "IMAP", "POP3", "QUIC", "WebSocket"];
const EXPOSED: [&str; 14] = [
    "RDP",
    "SSH",
    "SMB",
    "FTP",
    "Telnet",
    "VNC",
    "MySQL",
    "PostgreSQL",
    "Redis",
    "MongoDB",
    "Elasticsearch",
    "Memcached",
    "LDAP",
    "Docker",
];
const CALM: [&str; 4] = [
    "近30天内未发现异常访问行为,访问来源与历史基线一致,可保持当前访问控制策略,无需额外处理",
    "业务端口,访问来源较为集中,未发现扫描和爆破行为,建议持续观察流量变化并登记用途",
    "该端口流量平稳,入方向和出方向流量比例正常,暂无需处理,建议定期复核端口用途与责任人",
    "网站服务端口,已接入防护,建议保持开放,并关注应用漏洞公告和证书有效期,定期复核来源地址",
];
const ALARMS: [&str; 4] = [
    "远程管理端口对公网开放,存在暴力破解风险,建议仅对运维地址开放或通过堡垒机访问,并开启审计",
    "数据库端口对公网开放,存在未授权访问风险,建议收敛到应用所在的安全组,并开启认证和审计",
    "文件共享端口对公网开放,易被勒索病毒利用,建议立即关闭并排查主机异常,恢复前确认备份",
    "该应用近期存在高危漏洞,已有在野利用,建议升级版本并收敛访问来源地址,开启虚拟补丁",
];
const THREATS: [&str; 5] = ["brute force", "ransomware", "data leak", "mining", "remote execution"];
const REASONS: [&str; 5] = [
    "weak password seen in three of the last seven scans",
    "default password in use on at least one address",
    "exposed database that answers without a log-in",
    "exposed management port with many foreign sources",
    "vulnerable version, a public exploit is known",
];
const GROUNDS: [&str; 4] = [
    "regular business port with steady and known sources",
    "known web service behind the application firewall",
    "stable traffic, no change in the last thirty days",
    "registered by the owner of the address and reviewed",
];
const ESCAPED: [&str; 4] = [
    r#"\"web\" tier, see C:\\acl\/web"#,
    r"first scan\nsecond scan\tok",
    r"\u4e1a\u52a1\u7aef\u53e3",
    r"caf\u00e9 \ud83d\ude80 \/\/",
];

/// The members of record number `index`, in the order in which they are to be written. No two
/// indexes share port and protocol.
pub(crate) fn members(random: &mut Random, index: u64, risky: bool) -> Vec<Member> {
    let services = services(random, risky);
    let unidentified = services.contains(&"Unknown");
    let mut members = codes(random, index, risky);
    members.push(("ServiceNameList", name_list(random, &services)));
    members.extend(traffic(random, risky));
    let reasons = if unidentified { vec![quoted("no_payload")] } else { Vec::new() };
    members.push(("UnknownReason", Value::List(reasons)));
    disturb(random, &mut members);
    members
}

/// Port and protocol of record `index`: the first 131,072 are spread over tcp and udp, each further
/// 131,072 over two more protocols.
pub(crate) fn identity(index: u64) -> (u64, String) {
    const BLOCK: u64 = 2 * 65_536;
    // An odd factor permutes a block whose size is a power of two.
    let place = (index % BLOCK * 73_517 + 3_389) % BLOCK;
    let number = index / BLOCK * 2 + place / 65_536;
    let known = usize::try_from(number).ok().and_then(|number| PROTOCOLS.get(number));
    let protocol = known.map_or_else(|| format!("p{number}"), |name| (*name).to_owned());
    (place % 65_536, protocol)
}

/// The members before the list of services.
fn codes(random: &mut Random, index: u64, risky: bool) -> Vec<Member> {
    let (port, protocol) = identity(index);
    let risk = match risky {
        true => random.weighted(&[(50, 3), (38, 2), (7, 1), (5, -1)]),
        false => random.weighted(&[(930, 1), (50, 2), (20, -1)]),
    };
    let suggestion = match risky {
        true => random.weighted(&[(60, 30), (30, 20), (5, 10), (5, 0)]),
        false => random.weighted(&[(910, 10), (50, 20), (25, 0), (15, -1)]),
    };
    let share = random.below(if risky { 90 } else { 40 });
    let addresses = random.magnitude(0, if risky { 7 } else { 4 });
    let details = random.magnitude(0, 6);
    let described = random.pick(if risky { &ALARMS } else { &CALM });
    let threat = if risky { random.pick(&THREATS) } else { random.pick(&["", "none", "scan"]) };
    vec![
        ("RiskLevel", integer(random, risk)),
        ("ProbRiskDesc", Value::Scalar(quoted(described))),
        ("TrafficPercent1Day", percent(random, share)),
        ("Protocol", Value::Scalar(quoted(&protocol))),
        ("PublicIpNum", integer(random, addresses)),
        ("SuggestLevel", integer(random, suggestion)),
        ("DetailNum", integer(random, details)),
        ("Port", integer(random, port)),
        ("TrafficPercent7Day", percent(random, share)),
        ("TrafficPercent30Day", percent(random, share / 2)),
        ("ProbRisk", Value::Scalar(quoted(threat))),
        ("RiskReason", Value::Scalar(quoted(reason(random, risky)))),
    ]
}

fn reason(random: &mut Random, risky: bool) -> &'static str {
    if random.chance(0.025) {
        return random.pick(&ESCAPED);
    }
    match risky {
        true => random.pick(&REASONS),
        false => random.pick(&GROUNDS),
    }
}

fn services(random: &mut Random, risky: bool) -> Vec<&'static str> {
    let mut services = vec![random.pick(if risky { &EXPOSED } else { &WEB })];
    for _ in 0..random.below(4) {
        let further = random.pick(&WEB);
        if !services.contains(&further) {
            services.push(further);
        }
    }
    if random.chance(0.04) {
        services.push("Unknown");
    }
    services
}

/// The services as a list of names, or printed into one string as in the API's own example.
fn name_list(random: &mut Random, services: &[&str]) -> Value {
    if random.chance(0.1) {
        return Value::List(vec![format!("\"['{}']\"", services.join("', '"))]);
    }
    Value::List(services.iter().map(|name| quoted(name)).collect())
}

fn traffic(random: &mut Random, risky: bool) -> [Member; 3] {
    let received = random.magnitude(14, if risky { 36 } else { 29 });
    let flood = risky && random.chance(0.1);
    let sent = if flood { received * 20 } else { received / 2 + random.below(received * 4) };
    [
        ("InBytes", bytes(random, received)),
        ("OutBytes", bytes(random, sent)),
        ("TotalBytes", bytes(random, received + sent)),
    ]
}

/// An integer, rarely as a decimal or a text.
fn integer(random: &mut Random, value: impl std::fmt::Display) -> Value {
    Value::Scalar(match random.weighted(&[(970, 0), (20, 1), (10, 2)]) {
        0 => value.to_string(),
        1 => format!("{value}.0"),
        _ => format!("\"{value}\""),
    })
}

/// A number of bytes; the API's documentation shows them with `.0`.
fn bytes(random: &mut Random, value: u64) -> Value {
    Value::Scalar(if random.chance(0.3) { format!("{value}.0") } else { value.to_string() })
}

/// A share in percent, as a text; rarely a number.
fn percent(random: &mut Random, around: u64) -> Value {
    let tenths = random.below(10);
    let whole = around + random.below(3);
    Value::Scalar(match random.weighted(&[(60, 0), (37, 1), (3, 2)]) {
        0 => format!("\"{whole}.{tenths}\""),
        1 => format!("\"{whole}\""),
        _ => format!("{whole}.{tenths}"),
    })
}

/// Text between quotes; the text is JSON already.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// The rare quirks of a record as a whole. Port and protocol stay: without them records merge.
fn disturb(random: &mut Random, members: &mut Vec<Member>) {
    if random.chance(0.003) {
        let lost = random.pick(&["RiskReason", "ProbRisk", "DetailNum", "TrafficPercent1Day"]);
        members.retain(|(key, _)| *key != lost);
    }
    if random.chance(0.003) {
        let emptied = random.pick(&["ProbRiskDesc", "TotalBytes", "SuggestLevel", "PublicIpNum"]);
        for (_, value) in members.iter_mut().filter(|(key, _)| *key == emptied) {
            *value = Value::Scalar("null".to_owned());
        }
    }
    if random.chance(0.000_5) {
        for (key, _) in members.iter_mut().filter(|(key, _)| *key == "RiskLevel") {
            *key = r"\u0052iskLevel";
        }
    }
    if random.chance(0.01) {
        shuffle(random, members);
    }
}

fn shuffle(random: &mut Random, members: &mut Vec<Member>) {
    let mut rest = std::mem::take(members);
    while !rest.is_empty() {
        let count = u64::try_from(rest.len()).unwrap_or(0);
        let drawn = usize::try_from(random.below(count)).unwrap_or(0);
        members.push(rest.swap_remove(drawn));
    }
}
