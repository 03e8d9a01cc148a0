//! What every form of the language asks, and what each mistake in its meaning is answered with.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Param, Scope, Set, condition, sentence};
use crate::json::Number;
use crate::operation::{Code, Derived, Field, FieldId, Kind, Operation, Schema};
use crate::policy::syntax::{Operand, OperandKind};
use crate::policy::{Comparison, Condition, Expression, Operator, Predicate, TextTest, parser};
use crate::text::{Level, Location, Place, Problem, Source};
use crate::yaml::{Node, parse};

fn field(name: &str, kind: Kind) -> Field {
    Field {
        name: name.to_owned(),
        kind,
        about: String::new(),
        range: None,
        ignores_case: false,
        vocabulary: Vec::new(),
        unknown_members: Vec::new(),
        aliases: Vec::new(),
        derived: None,
    }
}

fn ranged(name: &str, kind: Kind, low: i64, high: i64) -> Field {
    Field { range: Some((low, high)), ..field(name, kind) }
}

fn names(name: &str, kind: Kind, vocabulary: &[&str], unknown: &[&str]) -> Field {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Field {
        ignores_case: true,
        vocabulary: owned(vocabulary),
        unknown_members: owned(unknown),
        ..field(name, kind)
    }
}

fn codes(codes: &[(i64, &str, Option<usize>)]) -> Kind {
    let codes = codes.iter().map(|(value, label, rank)| Code {
        value: *value,
        label: (*label).to_owned(),
        rank: *rank,
        is_unknown: rank.is_none(),
    });
    Kind::Code(codes.collect())
}

/// The fields of `DescribeInternetOpenPort`, and one of each kind that it lacks.
fn operation() -> Operation {
    let risk = codes(&[
        (1, "low", Some(0)),
        (2, "medium", Some(1)),
        (3, "high", Some(2)),
        (-1, "in_assessment", None),
    ]);
    let services = ["RDP", "SSH", "MySQL", "Redis", "HTTPS", "TLS", "BT Panel"];
    let fields = vec![
        field("RiskLevel", risk),
        ranged("TrafficPercent1Day", Kind::Percent, 0, 100),
        names("Protocol", Kind::Text, &["tcp", "udp"], &[]),
        ranged("Port", Kind::Integer, 0, 65535),
        names("ServiceNameList", Kind::TextList, &services, &["Unknown"]),
        field("ProbRisk", Kind::Text),
        ranged("InBytes", Kind::Bytes, 0, i64::MAX),
        ranged("OutBytes", Kind::Bytes, 0, i64::MAX),
        Field {
            derived: Some(Derived { first: FieldId(6), otherwise: vec![FieldId(7)] }),
            ..ranged("traffic", Kind::Bytes, 0, i64::MAX)
        },
        field("UnknownReason", Kind::TextList),
        field("State", codes(&[(0, "off", None), (1, "on", None)])),
        field("Managed", Kind::Boolean),
        field("SourceIp", Kind::Address),
        field("LastSeen", Kind::Time),
        field("Score", Kind::Decimal),
        field("Serial", Kind::Integer),
    ];
    Operation {
        name: "DescribeInternetOpenPort".to_owned(),
        product: "Cloudfw".to_owned(),
        version: "2017-12-07".to_owned(),
        title: String::new(),
        noun: Default::default(),
        limits: String::new(),
        provider: String::new(),
        documentation: String::new(),
        records: vec!["DataList".to_owned()],
        total: None,
        response: Vec::new(),
        identity: vec![FieldId(3), FieldId(2)],
        compared: Vec::new(),
        subject: FieldId(4),
        port: Some(FieldId(3)),
        protocol: Some(FieldId(2)),
        message: String::new(),
        call: None,
        schema: Schema { fields },
    }
}

const SETS: &str = "databases: [MySQL, Redis]
weak: [21, 23, 8000..8010]
odd: ['FooDB', BarBaz]
tlss: [TLS, '443']
panels: [BT Panel, bt panell]
slashed: [RDP, SSL/TLS]
spaced: [RDP, 'SSH ']
empty_name: [RDP, '']
office: [10.0.0.0/8, 192.0.2.1]
serious: [high, 2]
misspelt: [RDP, Rediss]
nested: [databases]
listed: [[1]]
third: [$port]
looped: [$ping]
mixed: [22/tcp]
stray: [21, 70000]
";

const PARAMS: &str = "busy: 1GB
port: 3389
ports: [80, 443]
span: 1..1023
word: RDP
wrong: RPD
quoted: 'RPD'
other: InBytes
again: $busy
huge: 70000
set: databases
ping: 1 + $pong
pong: 1 + $ping
pings: [$port]
";

fn value(yaml: &str, key: &str) -> Node {
    yaml_of(yaml).get(key).unwrap().clone()
}

fn yaml_of(yaml: &str) -> Node {
    parse(&Source::new("scope.yaml", yaml)).unwrap().unwrap()
}

fn keys(yaml: &str) -> Vec<String> {
    let node = yaml_of(yaml);
    let entries = node.as_mapping().unwrap().iter();
    entries.map(|entry| entry.name().to_owned()).collect()
}

fn location() -> Location {
    yaml_of(SETS).location
}

/// A value, or a list of values.
fn operand(node: &Node) -> Operand {
    let Some(elements) = node.as_sequence() else {
        return parser::operand(node);
    };
    let kind = OperandKind::List(elements.iter().map(operand).collect());
    Operand { kind, location: node.location.clone() }
}

fn sets() -> BTreeMap<String, Set> {
    let set = |key: String| {
        let node = value(SETS, &key);
        let elements = node.as_sequence().unwrap().iter();
        let elements = elements.map(operand);
        let set = Set { elements: elements.collect(), location: location() };
        (key, set)
    };
    keys(SETS).into_iter().map(set).collect()
}

fn params() -> BTreeMap<String, Param> {
    let param = |key: String| {
        let value = operand(&value(PARAMS, &key));
        (key, Param { value, location: location(), is_replaced: false })
    };
    keys(PARAMS).into_iter().map(param).collect()
}

/// What a condition asks and what was said about it.
fn resolved(text: &str) -> (Option<Condition>, Vec<Problem>) {
    let yaml = format!("- |-\n  {text}\n");
    let node = parse(&Source::new("policy.yaml", yaml)).unwrap().unwrap();
    let node = &node.as_sequence().unwrap()[0];
    let (operation, sets, params) = (operation(), sets(), params());
    let scope = Scope { operation: &operation, sets: &sets, params: &params };
    let mut problems = Vec::new();
    let found = if text.starts_with("deny") {
        parser::sentence(node, &mut problems)
            .and_then(|found| sentence(&found, &scope, &mut problems))
    } else {
        parser::expression(node, &mut problems)
            .and_then(|found| condition(&found, &scope, &mut problems))
    };
    let found = found.map(|resolved| resolved.condition);
    let is_broken = problems.iter().any(|problem| problem.level == Level::Error);
    assert_eq!(found.is_none(), is_broken, "{text}: {problems:?}");
    (found, problems)
}

fn name(id: FieldId) -> String {
    operation().schema.field(id).name.clone()
}

fn bound(range: &(Bound<Number>, Bound<Number>)) -> String {
    let low = match range.0 {
        Bound::Unbounded => "(".to_owned(),
        Bound::Excluded(number) => format!("({number}"),
        Bound::Included(number) => format!("[{number}"),
    };
    match range.1 {
        Bound::Unbounded => format!("{low}..)"),
        Bound::Excluded(number) => format!("{low}..{number})"),
        Bound::Included(number) => format!("{low}..{number}]"),
    }
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(",")
}

fn expression(expression: &Expression) -> String {
    match expression {
        Expression::Field(id) => name(*id),
        Expression::Number(number) => number.to_string(),
        Expression::Aggregate(aggregate) => aggregate.meaning().to_owned(),
        Expression::Binary(left, operator, right) => {
            let sign = match operator {
                Operator::Add => "+",
                Operator::Subtract => "-",
                Operator::Multiply => "*",
                Operator::Divide => "/",
            };
            format!("({} {sign} {})", self::expression(left), self::expression(right))
        }
    }
}

fn predicate(predicate: &Predicate) -> String {
    match predicate {
        Predicate::Known(id) => format!("known {}", name(*id)),
        Predicate::Approved => "approved".to_owned(),
        Predicate::Number(id, ranges) => {
            format!("{} {}", name(*id), joined(ranges.as_slice().iter().map(bound)))
        }
        Predicate::Code(id, codes) => format!("{} {{{}}}", name(*id), joined(codes)),
        Predicate::Text(id, text) => {
            let text = match text {
                TextTest::OneOf(names) => format!("one of {}", joined(names)),
                TextTest::Contains(text) => format!("contains {text}"),
                TextTest::StartsWith(text) => format!("starts {text}"),
                TextTest::EndsWith(text) => format!("ends {text}"),
                TextTest::Matches(pattern) => format!("matches {}", pattern.0.as_str()),
            };
            format!("{} {text}", name(*id))
        }
        Predicate::Member(id, names) => format!("{} has {}", name(*id), joined(names)),
        Predicate::Only(id, names) => format!("{} only {}", name(*id), joined(names)),
        Predicate::Empty(id) => format!("empty {}", name(*id)),
        Predicate::Boolean(id, value) => format!("{} {value}", name(*id)),
        Predicate::Address(id, blocks) => format!("{} in {}", name(*id), joined(blocks)),
        Predicate::Compare(left, how, right) => {
            let sign = match how {
                Comparison::Equal => "=",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
            };
            format!("{} {sign} {}", expression(left), expression(right))
        }
    }
}

fn shown(condition: &Condition) -> String {
    let parts = |parts: &[Condition], word: &str| {
        let parts: Vec<_> = parts.iter().map(shown).collect();
        format!("({})", parts.join(word))
    };
    match condition {
        Condition::All(all) => parts(all, " and "),
        Condition::Any(any) => parts(any, " or "),
        Condition::Not(part) => format!("not {}", shown(part)),
        Condition::Test(test) => predicate(&test.predicate),
    }
}

/// Each line has a text and what it asks.
fn asks(table: &str) {
    for row in table.lines().skip(1) {
        let (text, expected) = row.split_once(" | ").unwrap();
        let (found, problems) = resolved(text);
        let found = found.unwrap_or_else(|| panic!("{text}: {problems:?}"));
        assert_eq!(shown(&found), expected, "{text}");
        assert!(problems.is_empty(), "{text}: {problems:?}");
    }
}

/// Each line has a text, the code of its problem, the words underlined, and a part of the help.
fn refuses(table: &str) {
    for row in table.lines().skip(1) {
        let [text, code, word, help] = *row.split(" | ").collect::<Vec<_>>() else {
            panic!("{row}");
        };
        let (_, problems) = resolved(text);
        let [problem] = problems.as_slice() else {
            panic!("{text}: {problems:?}");
        };
        assert_eq!(problem.code, code, "{text}: {problem:?}");
        let Place::Text(place) = &problem.place else {
            panic!("{text}: {problem:?}");
        };
        assert_eq!(place.text(), word, "{text}: {problem:?}");
        let found = problem.help.as_deref().unwrap_or_default();
        assert!(found.contains(help), "{text}: {found}");
        assert!(!problem.message.ends_with('.') && !problem.message.is_empty());
    }
}

#[test]
fn numbers_become_ranges() {
    asks(
        r#"
Port 3389 | Port [3389..3389]
Port != 3389 | not Port [3389..3389]
Port is not 3389 | not Port [3389..3389]
Port < 1024 | Port (..1024)
Port <= 1024 | Port (..1024]
Port > 1024 | Port (1024..)
Port >= 1024 | Port [1024..)
1024 < Port | Port (1024..)
1024 >= Port | Port (..1024]
3389 = Port | Port [3389..3389]
Port in 1..1023 | Port [1..1023]
Port 1..1023 | Port [1..1023]
Port is not 1..1023 | not Port [1..1023]
Port in [443, 80, 8000..8010] | Port [80..80],[443..443],[8000..8010]
Port not in [80] | not Port [80..80]
Port in weak | Port [21..21],[23..23],[8000..8010]
Port weak | Port [21..21],[23..23],[8000..8010]
Port in [weak, 80] | Port [21..21],[23..23],[80..80],[8000..8010]
Port in third | Port [3389..3389]
Port $port | Port [3389..3389]
Port in $ports | Port [80..80],[443..443]
Port in [$port, 80] | Port [80..80],[3389..3389]
Port in $span | Port [1..1023]
Port in [3.0] | Port [3..3]
Port = 80 + 2 * 4 | Port [88..88]
Port < 2 * (3 + 1) | Port (..8)
Port 10 / 2 | Port [5..5]
Score > 1.5 | Score (1.5..)
Score > 1 / 4 | Score (0.25..)
traffic > 1GB | traffic (1000000000..)
traffic > 1 gib | traffic (1073741824..)
traffic > $busy | traffic (1000000000..)
traffic > 1.5KB | traffic (1500..)
traffic > 1.001KB | traffic (1001..)
traffic > 0.5KiB | traffic (512..)
traffic > 2 * 1KB | traffic (2000..)
traffic > 3 | traffic (3..)
TrafficPercent1Day >= 50% | TrafficPercent1Day [50..)
TrafficPercent1Day > 11.1 | TrafficPercent1Day (11.1..)
LastSeen > 2025-01-02 | LastSeen (1735776000..)
LastSeen = 2025-01-02T08:00:00+08:00 | LastSeen [1735776000..1735776000]
LastSeen in 2025-01-01..2025-01-02 | LastSeen [1735689600..1735776000]
LastSeen < 1735689600 | LastSeen (..1735689600)
"#,
    );
}

#[test]
fn fields_compare_with_fields() {
    asks(
        r#"
OutBytes > InBytes | InBytes < OutBytes
OutBytes >= InBytes | InBytes <= OutBytes
OutBytes < InBytes | OutBytes < InBytes
OutBytes != InBytes | not OutBytes = InBytes
OutBytes > 10 * InBytes | (10 * InBytes) < OutBytes
OutBytes > 2 * 5 * InBytes | (10 * InBytes) < OutBytes
OutBytes / InBytes > 1.5 | 1.5 < (OutBytes / InBytes)
OutBytes/InBytes > 1.5 | 1.5 < (OutBytes / InBytes)
3 < OutBytes - InBytes | 3 < (OutBytes - InBytes)
InBytes + 1KB != OutBytes | not (InBytes + 1000) = OutBytes
OutBytes > $other | InBytes < OutBytes
$other < OutBytes | InBytes < OutBytes
$other != OutBytes | not InBytes = OutBytes
OutBytes > $busy + InBytes | (1000000000 + InBytes) < OutBytes
"#,
    );
}

#[test]
fn codes_go_by_value_label_and_rank() {
    asks(
        r#"
RiskLevel 3 | RiskLevel {3}
RiskLevel is HIGH | RiskLevel {3}
RiskLevel = "high" | RiskLevel {3}
RiskLevel != 3 | not RiskLevel {3}
RiskLevel -1 | RiskLevel {-1}
RiskLevel in_assessment | RiskLevel {-1}
RiskLevel in [3, -1] | RiskLevel {-1,3}
RiskLevel >= medium | RiskLevel {2,3}
RiskLevel >= 2 | RiskLevel {2,3}
2 <= RiskLevel | RiskLevel {2,3}
RiskLevel < 3 | RiskLevel {1,2}
RiskLevel <= low | RiskLevel {1}
RiskLevel > high | RiskLevel {}
RiskLevel in low..medium | RiskLevel {1,2}
RiskLevel in [2..3, low] | RiskLevel {1,2,3}
RiskLevel not in [low] | not RiskLevel {1}
RiskLevel in serious | RiskLevel {2,3}
State on | State {1}
State 0 | State {0}
"#,
    );
}

#[test]
fn texts_fold_where_the_field_ignores_case() {
    asks(
        r#"
Protocol TCP | Protocol one of tcp
Protocol in [tcp, UDP] | Protocol one of tcp,udp
Protocol != udp | not Protocol one of udp
"tcp" = Protocol | Protocol one of tcp
Protocol starts with T | Protocol starts t
Protocol matches '^T' | Protocol matches (?i)^T
ProbRisk = "Weak Password" | ProbRisk one of Weak Password
ProbRisk contains Weak | ProbRisk contains Weak
ProbRisk ends with Weak | ProbRisk ends Weak
ProbRisk matches '\d+' | ProbRisk matches \d+
ProbRisk is empty | empty ProbRisk
ProbRisk = "Port" | ProbRisk one of Port
ProbRisk contains any of [a, b] | (ProbRisk contains a or ProbRisk contains b)
ProbRisk contains all of [a, b] | (ProbRisk contains a and ProbRisk contains b)
ServiceNameList contains RDP | ServiceNameList has rdp
ServiceNameList contains rdp | ServiceNameList has rdp
ServiceNameList contains $word | ServiceNameList has rdp
ServiceNameList contains unknown | ServiceNameList has unknown
ServiceNameList not contains RDP | not ServiceNameList has rdp
ServiceNameList contains any of [RDP, SSH] | ServiceNameList has rdp,ssh
ServiceNameList contains any of databases | ServiceNameList has mysql,redis
ServiceNameList contains any of $set | ServiceNameList has mysql,redis
ServiceNameList contains any of [databases, RDP] | ServiceNameList has mysql,rdp,redis
ServiceNameList contains all of [RDP, SSH] | (ServiceNameList has rdp and ServiceNameList has ssh)
ServiceNameList contains only RDP | ServiceNameList only rdp
ServiceNameList contains only [RDP, SSH] | ServiceNameList only rdp,ssh
ServiceNameList contains only databases | ServiceNameList only mysql,redis
ServiceNameList contains only [databases, Unknown] | ServiceNameList only mysql,redis,unknown
ServiceNameList not contains only RDP | not ServiceNameList only rdp
ServiceNameList contains "NewThing" | ServiceNameList has newthing
ServiceNameList contains "RPD" | ServiceNameList has rpd
ServiceNameList contains $quoted | ServiceNameList has rpd
ServiceNameList contains "BT Panel" | ServiceNameList has bt panel
ServiceNameList starts with RPD | ServiceNameList starts rpd
ServiceNameList ends with RPD | ServiceNameList ends rpd
ServiceNameList matches "RPD/x" | ServiceNameList matches (?i)RPD/x
Protocol contains "tc/" | Protocol contains tc/
Protocol in [tcp, "sctp"] | Protocol one of sctp,tcp
ProbRisk = a/b | ProbRisk one of a/b
ProbRisk = "a b " | ProbRisk one of a b 
ServiceNameList is not empty | not empty ServiceNameList
ServiceNameList starts with My | ServiceNameList starts my
UnknownReason contains no_payload | UnknownReason has no_payload
"#,
    );
}

#[test]
fn other_kinds_have_their_own_questions() {
    asks(
        r#"
Managed is true | Managed true
Managed != FALSE | not Managed false
SourceIp in 10.0.0.0/8 | SourceIp in 10.0.0.0/8
SourceIp = 192.0.2.1 | SourceIp in 192.0.2.1/32
SourceIp in [2001:db8::/32, '::1'] | SourceIp in ::1/128,2001:db8::/32
SourceIp not in office | not SourceIp in 10.0.0.0/8,192.0.2.1/32
Port is known | known Port
traffic is unknown | not known traffic
approved | approved
not approved or Port 1 | (not approved or Port [1..1])
"#,
    );
}

#[test]
fn sentences_ask_targets_condition_and_not_the_exception() {
    asks(
        r#"
deny | ()
deny RDP | ServiceNameList has rdp
deny RDP or ssh | (ServiceNameList has rdp or ServiceNameList has ssh)
deny databases | ServiceNameList has mysql,redis
deny tlss | ServiceNameList has 443,tls
deny 3389 | Port [3389..3389]
deny 3389/TCP | (Port [3389..3389] and Protocol one of tcp)
deny tcp/3389 | (Port [3389..3389] and Protocol one of tcp)
deny port 3389 | Port [3389..3389]
deny 135..139/udp, port 8000..8010 | ((Port [135..139] and Protocol one of udp) or Port [8000..8010])
deny unless HTTPS or 443/tcp | not (ServiceNameList has https or (Port [443..443] and Protocol one of tcp))
deny if 443/tcp and RiskLevel 3 | (Port [443..443] and Protocol one of tcp and RiskLevel {3})
deny if databases and "BT Panel" | (ServiceNameList has mysql,redis and ServiceNameList has bt panel)
deny if port 443 and not Unknown | (Port [443..443] and not ServiceNameList has unknown)
deny anything but HTTPS | not (not empty ServiceNameList and ServiceNameList only https)
deny anything but HTTPS, databases or "x" | not (not empty ServiceNameList and ServiceNameList only https,mysql,redis,x)
deny anything but 443 | not Port [443..443]
deny anything but 443/tcp or 53 | not ((Port [443..443] and Protocol one of tcp) or Port [53..53])
deny anything but RDP, 443, SSH if RiskLevel 3 unless approved | (not (Port [443..443] or (not empty ServiceNameList and ServiceNameList only rdp,ssh)) and RiskLevel {3} and not approved)
deny "databases" | ServiceNameList has databases
deny "NewThing" | ServiceNameList has newthing
deny RDP, 22 if RiskLevel 3 unless approved | ((ServiceNameList has rdp or Port [22..22]) and RiskLevel {3} and not approved)
deny if Port 1 or Port 2 unless Port 3 or approved | ((Port [1..1] or Port [2..2]) and not (Port [3..3] or approved))
"#,
    );
}

#[test]
fn a_field_is_named_exactly_and_stands_on_the_left() {
    refuses(
        r#"
RiskLevle 3 | policy/unknown-field | RiskLevle | did you mean `RiskLevel`
risklevel 3 | policy/unknown-field | risklevel | did you mean `RiskLevel`
Frobnication is known | policy/unknown-field | Frobnication | the fields are RiskLevel
3 < Prot | policy/unknown-field | Prot | did you mean `Port`
OutBytes > InBites | policy/unknown-field | InBites | did you mean `InBytes`
OutBites > InBytes | policy/unknown-field | OutBites | did you mean `OutBytes`
OutBytes > 2 * InBites | policy/unknown-field | InBites | did you mean `InBytes`
approved = 1 | policy/unknown-field | approved | `unless approved`
RDP is known | policy/unknown-field | RDP | `ServiceNameList contains RDP`
databases is known | policy/unknown-field | databases | contains any of databases
high is known | policy/unknown-field | high | `RiskLevel high`
RDP in ServiceNameList | policy/field-on-the-right | RDP | `ServiceNameList contains RDP`
databases in ServiceNameList | policy/field-on-the-right | databases | any of databases`
high = RiskLevel | policy/field-on-the-right | high | `RiskLevel = high`
3 = 3 | policy/no-field | 3 | asks a field
1 + 2 > 2 | policy/no-field | 1 + 2 | asks a field
3 is known | policy/no-field | 3 | before `is known`
ProbRisk = Port | policy/field-not-compared | Port | quote it
RiskLevel = Port | policy/field-not-compared | Port | quote it
RiskLevel + 1 > 2 | policy/not-numeric | RiskLevel | integer, decimal, bytes
InBytes > RiskLevel | policy/not-numeric | RiskLevel | integer, decimal, bytes
deny Port | policy/field-as-target | Port | `if Port …`
deny if Port | policy/missing-comparison | Port | `Port > 0`
deny if RiskLevel or approved | policy/missing-comparison | RiskLevel | `RiskLevel high`
deny if approved and ServiceNameList | policy/missing-comparison | ServiceNameList | is empty
deny if count | policy/missing-comparison | count | `count > 0`
"#,
    );
}

#[test]
fn an_operator_fits_the_kind() {
    refuses(
        r#"
ServiceNameList = RDP | policy/operator-not-taken | = | `ServiceNameList contains …`
ServiceNameList RDP | policy/operator-not-taken | RDP | `ServiceNameList contains …`
ServiceNameList in [RDP] | policy/operator-not-taken | in | contains any of
ServiceNameList != RDP | policy/operator-not-taken | != | not contains
ServiceNameList > 3 | policy/operator-not-taken | > | `contains`
Protocol contains only tcp | policy/operator-not-taken | contains only | `contains`
Port contains only 3 | policy/operator-not-taken | contains only | `in`
Port contains 3 | policy/operator-not-taken | contains | `>=`
Port starts with 3 | policy/operator-not-taken | starts with | `in`
RiskLevel contains any of [3] | policy/operator-not-taken | contains any of | `in`
Protocol < tcp | policy/operator-not-taken | < | `contains`
Managed in [true] | policy/operator-not-taken | in | `Managed = …`
Port is empty | policy/operator-not-taken | is empty | `is known`
SourceIp > 10.0.0.1 | policy/operator-not-taken | > | `in`
OutBytes / InBytes in 1..2 | policy/operator-not-taken | in | `>=`
State > off | policy/unordered-field | > | `State in [off, on]`
RiskLevel > in_assessment | policy/unordered-value | in_assessment | low (1) < medium (2)
RiskLevel in -1..2 | policy/unordered-value | -1 | medium (2) < high (3)
Port in 80 | policy/list-needed | 80 | `[80]`
Protocol in tcp | policy/unknown-set | tcp | `[tcp]`
Port in weka | policy/unknown-set | weka | did you mean `weak`
ServiceNameList contains any of databses | policy/unknown-set | databses | `databases`
ServiceNameList contains databases | policy/one-value-needed | databases | any of
ServiceNameList contains [RDP] | policy/one-value-needed | [RDP] | any of
Port < 1..3 | policy/one-value-needed | 1..3 | `or`
Port > $ports | policy/one-value-needed | $ports | `or`
ProbRisk matches [a] | policy/one-value-needed | [a] | `or`
"#,
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table is long")]
fn a_value_is_of_the_kind_and_one_that_the_field_can_have() {
    refuses(
        r#"
RiskLevel 5 | policy/unknown-value | 5 | low (1), medium (2), high (3), in_assessment (-1)
RiskLevel hgih | policy/unknown-value | hgih | did you mean `high`
RiskLevel in [3, 5] | policy/unknown-value | 5 | high (3)
RiskLevel >= 0 | policy/unknown-value | 0 | high (3)
RiskLevel "3" | policy/unknown-value | "3" | `3` without quotes
RiskLevel 2.5 | policy/unknown-value | 2.5 | high (3)
RiskLevel 3KB | policy/unit-not-taken | 3KB | enumerated
Port 70000 | policy/out-of-range | 70000 | 0 to 65535
Port < 70000 | policy/out-of-range | 70000 | 0 to 65535
Port in 1..70000 | policy/out-of-range | 70000 | 0 to 65535
Port in [80, -1] | policy/out-of-range | -1 | 0 to 65535
InBytes -1 | policy/out-of-range | -1 | 0 to
Port = $huge | policy/out-of-range | $huge | 0 to 65535
70000 > Port | policy/out-of-range | 70000 | 0 to 65535
TrafficPercent1Day > 101% | policy/out-of-range | 101% | 0 to 100
Port = 3.5 | policy/not-whole | 3.5 | whole number
Port > 3.5 | policy/not-whole | 3.5 | whole number
Serial = 12345678901234567890 | policy/number-too-long | 12345678901234567890 | 64 bits
Port "3389" | policy/number-needed | "3389" | `3389` without quotes
Port RDP | policy/number-needed | RDP | `Port in [80, 443]`
Port is standard | policy/number-needed | standard | `standard: […]`
Port != standard | policy/number-needed | standard | `Port in [80, 443]`
Port > standard | policy/number-needed | standard | `Port in [80, 443]`
Port in [RDP] | policy/number-needed | RDP | `Port in [80, 443]`
InBytes > many | policy/number-needed | many | such as `80`
Port in databases | policy/number-needed | databases | such as `80`
InBytes > 2 * 'x' | policy/number-needed | 'x' | such as `80`
Port in [InBytes] | policy/number-needed | InBytes | compare fields
Protocol 6 | policy/text-needed | 6 | in quotes
ProbRisk contains 3 | policy/text-needed | 3 | in quotes
ProbRisk = a + b | policy/text-needed | a + b | in quotes
ServiceNameList contains any of weak | policy/text-needed | weak | `Port in weak`
deny weak | policy/text-needed | weak | `Port in weak`
deny mixed | policy/text-needed | mixed | quote the element
ServiceNameList contains only 1..3 | policy/text-needed | 1..3 | in a list
ServiceNameList contains only weak | policy/text-needed | weak | `Port in weak`
Managed 1 | policy/boolean-needed | 1 | `true`
Managed 'true' | policy/boolean-needed | 'true' | without quotes
SourceIp in 10.0.0.1/8 | policy/host-bits | 10.0.0.1/8 | `10.0.0.0/8`
SourceIp = 10.0.0.300 | policy/address-needed | 10.0.0.300 | 192.0.2.1
SourceIp in 10.0.0.0/33 | policy/address-needed | 10.0.0.0/33 | block
SourceIp = home | policy/address-needed | home | block
SourceIp in 10.0.0.1..10.0.0.9 | policy/address-needed | 10.0.0.1..10.0.0.9 | block
LastSeen > yesterday | policy/time-needed | yesterday | 2026-01-31
LastSeen > 2025-13-01 | policy/time-needed | 2025-13-01 | 2026-01-31
Port in 9..1 | policy/reversed-range | 9..1 | lower end first
RiskLevel in high..low | policy/reversed-range | high..low | lower end first
ProbRisk contains "" | policy/empty-text | "" | is empty
ProbRisk matches '' | policy/empty-text | '' | is empty
ServiceNameList contains "" | policy/empty-name | "" | is empty
deny "" | policy/empty-name | "" | is empty
deny if "" | policy/empty-name | "" | is empty
deny empty_name | policy/empty-name | empty_name | is empty
deny 139..135 | policy/reversed-range | 139..135 | lower end first
deny if port 9..1 | policy/reversed-range | 9..1 | lower end first
deny tcp/70000 | policy/out-of-range | 70000 | 0 to 65535
deny 1..65536/tcp | policy/out-of-range | 65536 | 0 to 65535
deny if port -1 | policy/out-of-range | -1 | 0 to 65535
deny anything but 70000 | policy/out-of-range | 70000 | 0 to 65535
"#,
    );
}

#[test]
fn units_and_arithmetic_are_exact() {
    refuses(
        r#"
Port > 1KB | policy/unit-not-taken | 1KB | `Port` is a whole number
Port > 50% | policy/unit-not-taken | 50% | `Port`
traffic > 50% | policy/unit-not-taken | 50% | a number of bytes
Port > $busy | policy/unit-not-taken | $busy | `Port`
TrafficPercent1Day > 1KB | policy/unit-not-taken | 1KB | percentage
Port + 1KB > Serial | policy/unit-not-taken | 1KB | `Port`
traffic > 1GX | policy/unknown-unit | 1GX | did you mean
traffic > 1parsec | policy/unknown-unit | 1parsec | KB, MB, GB, TB, KiB
traffic > 0.0001KB | policy/part-of-a-byte | 0.0001KB | smaller unit
traffic > 9999999999TB | policy/overflow | 9999999999TB | smaller
traffic > 9223372036854775807 + 1 | policy/overflow | 9223372036854775807 + 1 | smaller
Score > 1 / 0 | policy/division-by-zero | 1 / 0 | another number
InBytes / (2 - 2) > 1 | policy/division-by-zero | InBytes / (2 - 2) | another number
"#,
    );
}

#[test]
fn sets_params_and_patterns_are_checked_where_they_are_used() {
    refuses(
        r#"
traffic > $bsy | policy/unknown-param | $bsy | did you mean `$busy`
traffic > $nothing | policy/unknown-param | $nothing | under `params:`
$nothing > 1 | policy/unknown-param | $nothing | under `params:`
$busy > 1 | policy/no-field | $busy | asks a field
traffic > $again | policy/nested-param | $again | the value itself
Port = $ping | policy/nested-param | $ping | the value itself
Port < 2 * $ping | policy/nested-param | $ping | the value itself
Port in looped | policy/nested-param | looped | the value itself
Port in $pings | policy/nested-param | $pings | the value itself
RiskLevel in looped | policy/unknown-value | looped | high (3)
deny nested | policy/nested-set | databases | quote it
Port in listed | policy/nested-list | listed | outer list
Port in [[1]] | policy/nested-list | [1] | outer list
deny misspelt | policy/misspelt-name | Rediss | did you mean `Redis`
deny RPD | policy/misspelt-name | RPD | did you mean `RDP`
deny databses | policy/misspelt-name | databses | did you mean `databases`
Protocol tcpp | policy/misspelt-name | tcpp | did you mean `tcp`
deny 53/upd | policy/misspelt-name | upd | did you mean `udp`
deny 70000/tcp | policy/out-of-range | 70000 | 0 to 65535
ServiceNameList contains Rdis | policy/misspelt-name | Rdis | did you mean `Redis`
ProbRisk matches "中文 (x" | policy/bad-pattern | ( | regex
Protocol matches 'ab[c' | policy/bad-pattern | [ | regex
ProbRisk matches '(?:a{1000}){1000}' | policy/bad-pattern | '(?:a{1000}){1000}' | regex
"#,
    );
}

#[test]
fn the_value_that_a_rule_does_not_spell_out_is_shown_too() {
    for (text, element) in
        [("deny weak", "21"), ("Port in databases", "MySQL"), ("Port = $huge", "70000")]
    {
        let (_, problems) = resolved(text);
        assert_eq!(problems[0].related[0].1.text(), element, "{text}");
        assert_eq!(problems[0].related[0].1.source.name(), "scope.yaml");
    }
}

#[test]
fn a_name_that_nobody_knows_is_refused_unless_it_is_quoted() {
    refuses(
        r#"
deny Frobnicator | policy/unknown-name | Frobnicator | `Frobnicator: […]` under `sets:`
deny if Frobnicator | policy/unknown-name | Frobnicator | `"Frobnicator"`
deny anything but Frobnicator | policy/unknown-name | Frobnicator | under `sets:`
ServiceNameList contains Frobnicator | policy/unknown-name | Frobnicator | under `sets:`
ServiceNameList contains any of [RDP, Frobnicator] | policy/unknown-name | Frobnicator | under `sets:`
ServiceNameList contains all of [RDP, Frobnicator] | policy/unknown-name | Frobnicator | under `sets:`
ServiceNameList contains only Frobnicator | policy/unknown-name | Frobnicator | under `sets:`
ServiceNameList contains only [databases, Frobnicator] | policy/unknown-name | Frobnicator | under `sets:`
ServiceNameList not contains Frobnicator | policy/unknown-name | Frobnicator | under `sets:`
deny odd | policy/unknown-name | BarBaz | `"BarBaz"`
deny panels | policy/misspelt-name | bt panell | `BT Panel`
ServiceNameList contains $wrong | policy/misspelt-name | RPD | `RDP`
Protocol quic | policy/unknown-name | quic | its values are `tcp`, `udp`; quote any other
Protocol != quic | policy/unknown-name | quic | `tcp`, `udp`
Protocol in [tcp, quic] | policy/unknown-name | quic | `tcp`, `udp`
Protocol not in [quic] | policy/unknown-name | quic | `tcp`, `udp`
Protocol RDP | policy/unknown-name | RDP | a value of `ServiceNameList`
deny 53/quic | policy/unknown-name | quic | `tcp`, `udp`
deny tcp | policy/unknown-name | tcp | `if Protocol = tcp`, or a port with it, such as `3389/tcp`
deny if UDP | policy/unknown-name | UDP | `Protocol = UDP`
ServiceNameList contains tcp | policy/unknown-name | tcp | `Protocol = tcp`
deny port | policy/unknown-name | port | `port 3389`
deny PORTS | policy/unknown-name | PORTS | `port 3389`
deny if tcp3389 | policy/unknown-name | tcp3389 | `3389/tcp`
deny high | policy/unknown-name | high | `if RiskLevel high`
deny if high | policy/unknown-name | high | `RiskLevel high`
deny if aproved | policy/unknown-name | aproved | did you mean `approved`
deny if not RiskLevl | policy/unknown-name | RiskLevl | the field `RiskLevel`
deny if RPD | policy/misspelt-name | RPD | did you mean `RDP`
deny if SHS | policy/misspelt-name | SHS | `SSH`
deny databass | policy/misspelt-name | databass | `databases`
deny 53/rdp | policy/unknown-name | rdp | a value of `ServiceNameList`
"#,
    );
    let (found, problems) = resolved("deny Frobnicator if ServiceNameList contains Frobnicator");
    assert!(found.is_none());
    assert_eq!(problems.len(), 2, "each at its place");
}

#[test]
fn a_name_that_no_evidence_has_is_refused_in_quotes_too() {
    refuses(
        r#"
deny SSL/TLS | policy/impossible-name | SSL/TLS | `SSL or TLS`
deny "SSL/TLS" | policy/impossible-name | "SSL/TLS" | `SSL or TLS`
deny "3389/tcp" | policy/impossible-name | "3389/tcp" | `3389/tcp`, without quotes
deny if "tcp/3389" | policy/impossible-name | "tcp/3389" | `tcp/3389`, without quotes
deny RDP/tcp | policy/impossible-name | RDP/tcp | `if Protocol = tcp`
deny tcp/udp | policy/impossible-name | tcp/udp | `tcp or udp`
deny "RDP " | policy/impossible-name | "RDP " | without it
deny anything but " RDP" | policy/impossible-name | " RDP" | without it
deny if "RDP	" | policy/impossible-name | "RDP	" | without it
deny slashed | policy/impossible-name | SSL/TLS | `SSL` and `TLS`
deny spaced | policy/impossible-name | 'SSH ' | without it
deny tcp/3389/udp | policy/impossible-name | tcp/3389/udp | `tcp or 3389 or udp`
Protocol "tcp/udp" | policy/impossible-name | "tcp/udp" | `tcp` and `udp`
Protocol tcp/udp | policy/impossible-name | tcp/udp | `tcp` and `udp`
Protocol in ["tcp "] | policy/impossible-name | "tcp " | without it
Protocol != "tcp/" | policy/impossible-name | "tcp/" | `tcp`
ServiceNameList contains "RDP " | policy/impossible-name | "RDP " | without it
ServiceNameList contains any of [SSH, "R\u{200b}DP"] | policy/impossible-name | "R\u{200b}DP" | without it
ServiceNameList contains "R\u{ad}DP" | policy/impossible-name | "R\u{ad}DP" | without it
ServiceNameList contains only ["RDP,SSH"] | policy/impossible-name | "RDP,SSH" | without it
ServiceNameList contains "'RDP'" | policy/impossible-name | "'RDP'" | without it
ServiceNameList contains "[RDP]" | policy/impossible-name | "[RDP]" | without it
UnknownReason contains "a " | policy/impossible-name | "a " | without it
"#
        .replace("\\u{200b}", "\u{200b}")
        .replace("\\u{ad}", "\u{ad}")
        .as_str(),
    );
}

#[test]
fn every_mistake_of_a_rule_is_reported() {
    let (_, problems) =
        resolved("deny RPD, 70000 if RiskLevel 5 and (Prt 1 or Port RDP) unless traffic > 1XB");
    let codes: Vec<_> = problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "policy/misspelt-name",
            "policy/out-of-range",
            "policy/unknown-value",
            "policy/unknown-field",
            "policy/number-needed",
            "policy/unknown-unit",
        ]
    );
}

#[test]
fn a_test_covers_its_whole_comparison() {
    let (found, _) = resolved("not (Port in weak) and OutBytes > 2 * InBytes");
    let mut texts = Vec::new();
    found.unwrap().each_test(&mut |test| texts.push(test.location.text().to_owned()));
    assert_eq!(texts, ["Port in weak", "OutBytes > 2 * InBytes"]);
}

proptest::proptest! {
    #[test]
    fn whatever_is_read_resolves_or_is_reported(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "Port", "RiskLevel", "ServiceNameList", "ProbRisk", "InBytes", "SourceIp", "Managed",
            "LastSeen", "high", "3", "1KB", "50%", "'x'", "$busy", "$ports", "$other", "weak",
            "databases", "1..3", "[1, high]", "10.0.0.0/8", "true", "nonsense",
        ]), 2),
        op in proptest::sample::select(vec![
            "=", "!=", "<", ">=", "in", "not in", "contains", "contains any of", "contains all of",
            "contains only", "starts with", "matches", "+ 1 <", "* InBytes =",
        ])) {
        let text = format!("{} {op} {}", words[0], words[1]);
        let (found, problems) = resolved(&text);
        proptest::prop_assert!(found.is_some() || !problems.is_empty());
        for problem in problems {
            proptest::prop_assert!(problem.help.is_some());
            let Place::Text(place) = &problem.place else { panic!("{problem:?}") };
            proptest::prop_assert!(!place.text().is_empty());
        }
    }
}

#[test]
fn aggregates_are_of_the_records_that_they_name() {
    asks(
        r#"
count > 50 | 50 < count
COUNT >= $port | 3389 <= count
deny if 3 < count(RiskLevel high) | 3 < count(RiskLevel is 3 (high))
deny if count() != 0 | not count = 0
deny RDP if count > 3 | 3 < count(ServiceNameList contains RDP)
deny anything but RDP or 3389 if count > 3 | 3 < count(not (Port is 3389 or (not ServiceNameList is empty and ServiceNameList contains only RDP)))
deny if count(RDP or 3389/tcp) > 3 | 3 < count((ServiceNameList contains RDP or (Port is 3389 and Protocol is tcp)))
deny RDP or 3389 if count(RiskLevel 3) > 3 | 3 < count(((ServiceNameList contains RDP or Port is 3389) and RiskLevel is 3 (high)))
deny if count > 3 unless count > 9 | (3 < count and not 9 < count)
deny if sum(traffic where RiskLevel high) > 1GB | 1000000000 < sum(traffic where RiskLevel is 3 (high))
sum(TrafficPercent1Day) <= 50% | sum(TrafficPercent1Day) <= 50
sum(InBytes) > 10 * sum(OutBytes) | (10 * sum(OutBytes)) < sum(InBytes)
distinct(Port where not RiskLevel low) = 20 | distinct(Port where not RiskLevel is 1 (low)) = 20
count(approved) * 2 > count + 1 | (count + 1) < (count(an approval in force covers it) * 2)
not (count > 1 or count(Port 1) = 0) | not (1 < count or count(Port is 1) = 0)
Protocol = "count" | Protocol one of count
"#,
    );
}

#[test]
fn aggregates_and_records_are_not_mixed() {
    refuses(
        r#"
deny if count > 2 and RiskLevel 3 | policy/record-beside-aggregate | RiskLevel 3 | `count(RiskLevel 3)`
deny if not (RiskLevel 3 or count > 2) | policy/record-beside-aggregate | RiskLevel 3 | brackets
deny RDP if count > 2 unless approved | policy/record-beside-aggregate | approved | brackets
count > Port | policy/record-beside-aggregate | Port | `sum(Port)`
Port > count | policy/record-beside-aggregate | Port | `sum(Port)`
2 * count(Port 1) > InBytes + 1 | policy/record-beside-aggregate | InBytes | brackets
count(count(Port 1) > 3) > 2 | policy/nested-aggregate | count | single records
count(Port 1 and sum(InBytes) > 3) > 2 | policy/nested-aggregate | sum | single records
sum(Protocol) > 2 | policy/not-numeric | Protocol | bytes and percent
sum(RiskLevel) > 2 | policy/not-numeric | RiskLevel | bytes and percent
sum(Prt) > 2 | policy/unknown-field | Prt | did you mean `Port`
sum(2 * Port) > 2 | policy/field-needed | 2 * Port | `sum(Field
distinct("Port") > 2 | policy/field-needed | "Port" | `distinct(Field
count(RiskLevel 7) > 2 | policy/unknown-value | 7 | high (3)
count > 5KB | policy/unit-not-taken | 5KB | no unit
distinct(InBytes) > 5KB | policy/unit-not-taken | 5KB | no unit
sum(InBytes) > 5% | policy/unit-not-taken | 5% | a number of bytes
count > "five" | policy/number-needed | "five" | such as `80`
count > RDP | policy/number-needed | RDP | such as `80`
count in [1, 2] | policy/operator-not-taken | in | `<`
count is known | policy/no-field | count | `is known`
Port in [count, 2] | policy/number-needed | count | aggregates
Port in 1..count(Port 1) | policy/number-needed | count(Port 1) | aggregates
Protocol = count(Port 1) | policy/not-numeric | Protocol | bytes and percent
"#,
    );
}
