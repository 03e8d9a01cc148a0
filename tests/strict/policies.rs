//! Random policies. A policy reads each field at most once, so that each can fire and none always does.

use crate::policy::{
    Condition, Measure, Operand, Operator, Policy, PolicyFile, State, Subject, Target, Unknown,
};
use crate::random::Random;

const SERVICES: [&str; 8] = ["RDP", "ssh", "Telnet", "FTP", "Smb", "VNC", "HTTP", "HTTPS"];

/// Fields that one condition reads; those of another never overlap with them.
#[derive(Clone, Copy, PartialEq)]
enum Group {
    Services,
    Port,
    Risk,
    Suggestion,
    Addresses,
    Details,
    Bytes,
    Percent,
    Text,
    Reason,
}

const GROUPS: [Group; 10] = [
    Group::Services,
    Group::Port,
    Group::Risk,
    Group::Suggestion,
    Group::Addresses,
    Group::Details,
    Group::Bytes,
    Group::Percent,
    Group::Text,
    Group::Reason,
];

/// Returns a file of one to three policies.
pub fn file(random: &mut Random) -> PolicyFile {
    let databases = ["MySQL", "PostgreSQL", "Redis", "MongoDB"].map(str::to_owned).to_vec();
    let count = 1 + random.below(3);
    PolicyFile {
        sets: vec![("databases".to_owned(), databases)],
        policies: (0..count).map(|_| policy(random)).collect(),
    }
}

fn policy(random: &mut Random) -> Policy {
    let mut groups = GROUPS.to_vec();
    let is_total = random.percent(20);
    let subject = match random.below(10) {
        0..=3 => Subject::Anything,
        4..=7 => Subject::Targets(targets(random, &mut groups)),
        _ if is_total => Subject::Anything,
        _ => Subject::AnythingBut(targets(random, &mut groups)),
    };
    let needs_condition = subject == Subject::Anything || is_total;
    let condition = (needs_condition || random.percent(70)).then(|| match is_total {
        true => total(random, &mut groups),
        false => condition(random, &mut groups),
    });
    let unless =
        (!is_total && random.percent(25)).then(|| condition_or_target(random, &mut groups));
    let is_mapping = !is_total && subject == Subject::Anything && random.percent(50);
    Policy {
        is_deny: random.percent(75),
        subject,
        condition,
        unless,
        when_unknown: random
            .percent(20)
            .then(|| random.pick(&[Unknown::Pass, Unknown::Report, Unknown::Fail])),
        at_most: (!is_total && random.percent(10)).then(|| 1 + random.below(3)),
        is_mapping,
    }
}

fn take(groups: &mut Vec<Group>, group: Group) -> bool {
    let had = groups.contains(&group);
    groups.retain(|other| *other != group);
    had
}

fn targets(random: &mut Random, groups: &mut Vec<Group>) -> Vec<Target> {
    let mut targets = Vec::new();
    if random.percent(75) {
        take(groups, Group::Services);
        targets.extend(random.some(&SERVICES[..5]).into_iter().map(|s| Target::Service(s.into())));
        if random.percent(15) {
            targets.push(Target::Service("databases".to_owned()));
        }
    }
    if targets.is_empty() || random.percent(25) {
        take(groups, Group::Port);
        targets.push(port(random));
    }
    targets
}

fn port(random: &mut Random) -> Target {
    let low = random.pick(&[22, 3389, 445, 80, 135]);
    let high = if random.percent(30) { low + 4 } else { low };
    let protocol = random.percent(50).then(|| (random.pick(&["tcp", "udp"])).to_owned());
    Target::Ports { low, high, protocol }
}

fn condition_or_target(random: &mut Random, groups: &mut Vec<Group>) -> Condition {
    let targets_only = groups.contains(&Group::Port) && random.percent(30);
    if targets_only {
        take(groups, Group::Port);
        return Condition::Target(port(random));
    }
    condition(random, groups)
}

fn condition(random: &mut Random, groups: &mut Vec<Group>) -> Condition {
    let leaves = (1 + random.below(3)).min(groups.len());
    let parts: Vec<Condition> = (0..leaves).map(|_| leaf(random, groups)).collect();
    let mut tree: Vec<Condition> = parts
        .into_iter()
        .map(|part| if random.percent(15) { Condition::Not(Box::new(part)) } else { part })
        .collect();
    while tree.len() > 1 {
        let (right, left) = (tree.pop().unwrap(), tree.pop().unwrap());
        let both = vec![left, right];
        tree.push(match random.percent(65) {
            true => Condition::All(both),
            false => Condition::Any(both),
        });
    }
    tree.remove(0)
}

fn leaf(random: &mut Random, groups: &mut Vec<Group>) -> Condition {
    let group = random.pick(groups);
    take(groups, group);
    match group {
        Group::Services => services(random),
        Group::Port => ports(random),
        Group::Risk => code(random, "RiskLevel", &[("1", "low"), ("2", "Medium"), ("3", "high")]),
        Group::Suggestion => {
            code(random, "SuggestLevel", &[("10", "allow"), ("20", "alert"), ("30", "deny")])
        }
        Group::Addresses => number(random, "PublicIpNum"),
        Group::Details => number(random, "DetailNum"),
        Group::Bytes => bytes(random),
        Group::Percent => percent(random),
        Group::Text => text(random),
        Group::Reason => compare(
            "UnknownReason",
            Operator::Contains,
            list(random.some(&["no_payload", "short_flow"]).into_iter().map(quoted)),
        ),
    }
}

fn field(name: &str) -> Operand {
    Operand::Field(name.to_owned())
}

fn compare(name: &str, operator: Operator, right: Operand) -> Condition {
    Condition::Compare(field(name), operator, right)
}

fn word(text: &str) -> Operand {
    Operand::Word(text.to_owned())
}

fn quoted(text: &str) -> Operand {
    Operand::Text(text.to_owned())
}

fn literal(text: impl ToString) -> Operand {
    Operand::Number(text.to_string())
}

fn list(elements: impl IntoIterator<Item = Operand>) -> Operand {
    Operand::List(elements.into_iter().collect())
}

fn services(random: &mut Random) -> Condition {
    const LIST: &str = "ServiceNameList";
    let names = random.some(&SERVICES);
    let words = list(names.iter().map(|name| word(name)));
    match random.below(7) {
        0 => Condition::Is(LIST.to_owned(), State::Empty),
        1 => compare(LIST, Operator::ContainsAll, words),
        2 | 3 => compare(LIST, Operator::ContainsOnly, words),
        4 => compare(LIST, Operator::Contains, word("Unknown")),
        5 => compare(LIST, Operator::Contains, list([word("databases")])),
        _ => compare(LIST, Operator::Contains, words),
    }
}

fn ports(random: &mut Random) -> Condition {
    match random.below(6) {
        0 => compare("Port", Operator::In, Operand::Range("1".into(), "1023".into())),
        1 => compare("Port", Operator::In, list([literal(22), literal(3389), literal(8080)])),
        2 => compare("Port", Operator::Less, literal(1024)),
        3 => compare("Protocol", Operator::Equal, word(random.pick(&["udp", "icmp"]))),
        4 => compare("Protocol", Operator::Unequal, word("tcp")),
        _ => Condition::Target(port(random)),
    }
}

fn code(random: &mut Random, name: &str, codes: &[(&str, &str); 3]) -> Condition {
    let spelt = |random: &mut Random, index: usize| {
        let (code, label) = codes[index];
        if random.percent(50) { literal(code) } else { word(label) }
    };
    match random.below(10) {
        0 => Condition::Is(name.to_owned(), State::Known),
        1 => Condition::Is(name.to_owned(), State::Unknown),
        2 => compare(name, Operator::Equal, word("in_assessment")),
        3 => compare(name, Operator::Unequal, word("in_assessment")),
        4 => compare(name, Operator::In, list([spelt(random, 2), word("in_assessment")])),
        5 => compare(name, Operator::Unequal, spelt(random, 0)),
        6 => compare(name, Operator::NotIn, list([spelt(random, 0), spelt(random, 1)])),
        7 => compare(name, Operator::Greater, spelt(random, 1)),
        8 => compare(name, Operator::AtLeast, spelt(random, 2)),
        _ => compare(name, Operator::Equal, spelt(random, 2)),
    }
}

fn number(random: &mut Random, name: &str) -> Condition {
    let limit = literal(20 + random.below(30));
    match random.below(6) {
        0 => compare(name, Operator::In, Operand::Range("20".into(), "29".into())),
        1 => compare(
            name,
            Operator::NotIn,
            list([literal(1), Operand::Range("2".into(), "25".into())]),
        ),
        2 => Condition::Is(name.to_owned(), State::Unknown),
        3 => compare(name, Operator::Equal, limit),
        4 => compare(name, Operator::AtLeast, limit),
        _ => compare(name, Operator::Greater, limit),
    }
}

fn math(left: Operand, operator: char, right: Operand) -> Operand {
    Operand::Math(Box::new(left), operator, Box::new(right))
}

fn bytes(random: &mut Random) -> Condition {
    let limit = literal(random.pick(&["1KB", "1KiB", "2.5KB", "1GB", "1025", "3MiB"]));
    let (inward, outward) = (field("InBytes"), field("OutBytes"));
    match random.below(7) {
        0 => compare("TotalBytes", Operator::Greater, limit),
        1 => Condition::Compare(math(inward, '+', outward), Operator::AtLeast, limit),
        2 => Condition::Compare(math(inward, '/', outward), Operator::Greater, literal("3.3")),
        3 => Condition::Compare(math(inward, '-', outward), Operator::Greater, limit),
        4 => {
            Condition::Compare(math(field("TotalBytes"), '*', literal(3)), Operator::Greater, limit)
        }
        5 => Condition::Compare(inward, Operator::Greater, math(literal(10), '*', outward)),
        _ => compare("traffic", Operator::Greater, limit),
    }
}

fn percent(random: &mut Random) -> Condition {
    let (day, week) = (field("TrafficPercent1Day"), field("TrafficPercent7Day"));
    match random.below(5) {
        0 => Condition::Compare(math(day, '+', week), Operator::AtLeast, literal("0.8")),
        1 => Condition::Compare(day, Operator::Greater, literal("11.1")),
        2 => {
            compare("TrafficPercent30Day", Operator::In, Operand::Range("50".into(), "99.9".into()))
        }
        3 => Condition::Compare(math(day, '*', literal("0.1")), Operator::AtLeast, literal("1.11")),
        _ => Condition::Compare(day, Operator::AtLeast, literal("50%")),
    }
}

fn text(random: &mut Random) -> Condition {
    let name = random.pick(&["ProbRisk", "RiskReason"]);
    match random.below(6) {
        0 => Condition::Is(name.to_owned(), State::Empty),
        1 => compare(name, Operator::StartsWith, quoted("weak")),
        2 => compare(name, Operator::EndsWith, quoted("open")),
        3 => compare(name, Operator::Contains, quoted("password")),
        4 => compare(name, Operator::In, list([quoted("weak password"), quoted("left open")])),
        _ => compare(name, Operator::Equal, quoted("weak password")),
    }
}

fn total(random: &mut Random, groups: &mut Vec<Group>) -> Condition {
    let is_all = random.percent(10);
    let one = aggregate(random, groups, is_all);
    if !is_all && random.percent(80) {
        return one;
    }
    let both = vec![one, aggregate(random, groups, is_all)];
    if is_all { Condition::All(both) } else { Condition::Any(both) }
}

/// Several that must hold together have lower bounds only, so that they can.
fn aggregate(random: &mut Random, groups: &mut Vec<Group>, has_lower_bound: bool) -> Condition {
    let measure = match random.below(4) {
        0 | 1 => Measure::Count,
        2 => {
            take(groups, Group::Bytes);
            Measure::Sum((random.pick(&["traffic", "TotalBytes"])).to_owned())
        }
        _ => {
            take(groups, Group::Port);
            Measure::Distinct("Port".to_owned())
        }
    };
    let limit = match &measure {
        Measure::Sum(_) => literal(random.pick(&["1KB", "2000", "4KiB"])),
        _ => literal(1 + random.below(4)),
    };
    let filter = random.percent(65).then(|| Box::new(leaf(random, groups)));
    let operators = [Operator::Greater, Operator::AtLeast, Operator::Less, Operator::Equal];
    let operator = random.pick(&operators[..if has_lower_bound { 2 } else { 4 }]);
    Condition::Compare(Operand::Aggregate(measure, filter), operator, limit)
}

/// What is written is what was meant.
#[test]
fn a_random_sentence_is_read_as_it_was_meant() {
    let mut random = Random(11);
    for policy in (0..300).flat_map(|_| file(&mut random).policies).filter(|p| !p.is_mapping) {
        let sentence = policy.sentence();
        let read = crate::parse::sentence(&sentence);
        assert_eq!(read.subject, policy.subject, "{sentence}");
        assert_eq!(read.condition, policy.condition, "{sentence}");
        assert_eq!(read.unless, policy.unless, "{sentence}");
    }
}
