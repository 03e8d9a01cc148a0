//! What policies make of records: three-valued logic from values to sentences, against full tables.

use std::sync::Arc;

use super::*;
use crate::operation::{Catalogue, Operation};
use crate::policy::{self, PolicySet, WhenUnknown};
use crate::snapshot::{self, Hashes, Plan};
use crate::text::Source;

/// An operation whose records have a field of every kind.
const EVERY_KIND: &str = "
operation: DescribeThings
provider: Test
product: Test
version: '2026-01-01'
title: Things
observed: {one: thing, several: things}
limits: nothing else was checked
documentation: none
records: DataList
total: TotalCount
identity: [Id]
compared: [Count]
subject: Names
message: '{Id}'
fields:
  - {name: Id, kind: integer, about: Identity}
  - {name: Count, kind: integer, about: A count, range: [0, 1000]}
  - {name: Ratio, kind: decimal, about: A ratio}
  - {name: Size, kind: bytes, about: Bytes}
  - {name: Share, kind: percent, about: A share}
  - {name: Note, kind: text, about: Free text}
  - {name: Title, kind: text, about: Any case, ignores_case: true, unknown_members: [Unknown]}
  - {name: Names, kind: text list, about: Names, ignores_case: true, unknown_members: [Unknown]}
  - {name: Labels, kind: text list, about: Labels}
  - {name: Open, kind: boolean, about: Whether}
  - {name: Seen, kind: time, about: When}
  - {name: Address, kind: address, about: Where}
";

fn every_kind() -> Catalogue {
    let operation = Operation::parse(&Source::new("things.yaml", EVERY_KIND)).unwrap();
    Catalogue { operations: vec![Arc::new(operation)] }
}

fn load(catalogue: &Catalogue, text: &str) -> PolicySet {
    let source = Source::new("p.yaml", text);
    policy::load(&[source], catalogue, &[])
        .unwrap_or_else(|problems| panic!("{text}: {problems:#?}"))
}

fn run() -> Run {
    Run { today: jiff::civil::date(2026, 11, 24), when_unknown: WhenUnknown::Fail }
}

/// What a program finds in a page, and which values are not listed.
fn judged(program: &Program, page: &str) -> (Findings, Vec<snapshot::Flaw>) {
    let name = Arc::from("a.json");
    let mut judge = Judge::new(program, &name);
    let plan = Plan {
        operation: Arc::clone(&program.operation),
        slots: program.slots().to_vec(),
        hashes: Hashes::Left,
    };
    snapshot::read(page.as_bytes(), &name, &plan, &mut judge).unwrap();
    judge.finish()
}

/// What a policy made of the only record.
fn truth_of(found: &Findings, policy: usize) -> Truth {
    match found.findings.iter().find(|finding| finding.policy == policy) {
        None => Truth::False,
        Some(finding) if finding.outcome == Outcome::Fail => Truth::True,
        Some(_) => Truth::Unknown,
    }
}

/// The outcome of the first policy of a file on one record, by judging and by tracing, which must agree.
fn outcome_of(catalogue: &Catalogue, text: &str, record: &str) -> Truth {
    let set = load(catalogue, text);
    let operation = catalogue.only().unwrap();
    let program = Program::new(&set, operation, run()).unwrap();
    let (found, _) = judged(&program, &format!(r#"{{"DataList":[{record}]}}"#));
    let judged = truth_of(&found, 0);
    let traced = Tracer::new(&program).trace_text(&set.policies[0], record).unwrap().truth;
    assert_eq!(judged, traced, "judged and traced: {text} on {record}");
    judged
}

fn outcome(condition: &str, record: &str) -> Truth {
    let catalogue = Catalogue::built_in().unwrap();
    outcome_of(&catalogue, &format!("policies:\n  - 'deny if {condition}'\n"), record)
}

fn outcome_of_kind(condition: &str, record: &str) -> Truth {
    outcome_of(&every_kind(), &format!("policies:\n  - 'deny if {condition}'\n"), record)
}

/// Checks rows of a condition, a record, and `T`, `U` or `F`.
fn check(judge: fn(&str, &str) -> Truth, rows: &[(&str, &str, char)]) {
    for (condition, record, expected) in rows {
        let truth = match judge(condition, record) {
            Truth::True => 'T',
            Truth::Unknown => 'U',
            Truth::False => 'F',
        };
        assert_eq!(truth, *expected, "{condition} on {record}");
    }
}

#[test]
fn the_tables_of_kleene() {
    use Truth::{False, True, Unknown};
    let and = [[False; 3], [False, Unknown, Unknown], [False, Unknown, True]];
    let or = [[False, Unknown, True], [Unknown, Unknown, True], [True; 3]];
    for (i, a) in Truth::ALL.into_iter().enumerate() {
        for (j, b) in Truth::ALL.into_iter().enumerate() {
            assert_eq!((a.and(b), a.or(b)), (and[i][j], or[i][j]), "{a:?} {b:?}");
        }
    }
    assert_eq!(Truth::ALL.map(|truth| !truth), [True, Unknown, False]);
}

#[test]
fn sentences_follow_the_tables() {
    let risk = [(1, Truth::False), (-1, Truth::Unknown), (3, Truth::True)];
    let suggestion = [(10, Truth::False), (-1, Truth::Unknown), (30, Truth::True)];
    for (r, a) in risk {
        for (s, b) in suggestion {
            let record = format!(r#"{{"RiskLevel":{r},"SuggestLevel":{s}}}"#);
            let rows = [
                ("RiskLevel 3 and SuggestLevel 30", a.and(b)),
                ("RiskLevel 3 or SuggestLevel 30", a.or(b)),
                ("not RiskLevel 3", !a),
                ("RiskLevel 3 unless SuggestLevel 30", a.and(!b)),
                ("not (RiskLevel 3 and SuggestLevel 30)", !a.and(b)),
                ("not RiskLevel 3 or SuggestLevel 30 and RiskLevel 3", (!a).or(b.and(a))),
                (
                    "RiskLevel 3 or SuggestLevel 30 unless RiskLevel 3 and SuggestLevel 30",
                    a.or(b).and(!a.and(b)),
                ),
            ];
            for (condition, expected) in rows {
                assert_eq!(outcome(condition, &record), expected, "{condition} on {record}");
            }
        }
    }
}

#[test]
fn codes_that_mean_unknown() {
    check(
        outcome,
        &[
            ("RiskLevel -1", r#"{"RiskLevel":-1}"#, 'T'),
            ("RiskLevel in_assessment", r#"{"RiskLevel":-1}"#, 'T'),
            ("RiskLevel in [3, -1]", r#"{"RiskLevel":-1}"#, 'T'),
            ("RiskLevel 3", r#"{"RiskLevel":-1}"#, 'U'),
            ("RiskLevel != 3", r#"{"RiskLevel":-1}"#, 'U'),
            ("RiskLevel >= 2", r#"{"RiskLevel":-1}"#, 'U'),
            ("RiskLevel in [2, 3]", r#"{"RiskLevel":-1}"#, 'U'),
            ("RiskLevel -1", r#"{"RiskLevel":2}"#, 'F'),
            ("RiskLevel != -1", r#"{"RiskLevel":2}"#, 'T'),
            ("RiskLevel -1", "{}", 'U'),
            ("RiskLevel -1", r#"{"RiskLevel":null}"#, 'U'),
            ("RiskLevel -1", r#"{"RiskLevel":"high"}"#, 'U'),
            // A code that the schema does not list may mean any code with a meaning, but it is not
            // another code that is unknown.
            ("RiskLevel 3", r#"{"RiskLevel":7}"#, 'U'),
            ("RiskLevel != 3", r#"{"RiskLevel":0}"#, 'U'),
            ("RiskLevel -1", r#"{"RiskLevel":0}"#, 'F'),
            ("RiskLevel in_assessment", r#"{"RiskLevel":7}"#, 'F'),
            ("RiskLevel != in_assessment", r#"{"RiskLevel":7}"#, 'T'),
            ("RiskLevel in [3, -1]", r#"{"RiskLevel":7}"#, 'U'),
            ("SuggestLevel in [0, -1]", r#"{"SuggestLevel":7}"#, 'F'),
            ("SuggestLevel not in [unrated, in_assessment]", r#"{"SuggestLevel":7}"#, 'T'),
            ("RiskLevel -1", r#"{"RiskLevel":1.5}"#, 'U'),
            // No code can meet some orders, and yet nothing is known of an unknown one.
            ("not RiskLevel > 3", r#"{"RiskLevel":-1}"#, 'U'),
            ("not RiskLevel > high", r#"{"RiskLevel":0}"#, 'U'),
            ("not RiskLevel < low", r#"{"RiskLevel":-1}"#, 'U'),
            ("not 3 < RiskLevel", r#"{"RiskLevel":-1}"#, 'U'),
            ("not RiskLevel <= 3", r#"{"RiskLevel":-1}"#, 'U'),
            ("not RiskLevel >= 1", r#"{"RiskLevel":0}"#, 'U'),
            ("not RiskLevel in 1..3", r#"{"RiskLevel":-1}"#, 'U'),
            ("not RiskLevel > 3", r#"{"RiskLevel":2}"#, 'T'),
            ("not SuggestLevel > 30", r#"{"SuggestLevel":0}"#, 'U'),
            ("not SuggestLevel < allow", r#"{"SuggestLevel":-1}"#, 'U'),
            ("RiskLevel is unknown", r#"{"RiskLevel":7}"#, 'T'),
            ("RiskLevel is unknown", r#"{"RiskLevel":-1}"#, 'T'),
            ("RiskLevel is known", r#"{"RiskLevel":-1}"#, 'F'),
            ("RiskLevel is unknown", "{}", 'T'),
            ("RiskLevel is known", r#"{"RiskLevel":3}"#, 'T'),
            // Of several unknown codes each is told from the others.
            ("SuggestLevel -1", r#"{"SuggestLevel":0}"#, 'F'),
            ("SuggestLevel unrated", r#"{"SuggestLevel":0}"#, 'T'),
            ("SuggestLevel in [30, -1]", r#"{"SuggestLevel":0}"#, 'U'),
            ("SuggestLevel >= alert", r#"{"SuggestLevel":20}"#, 'T'),
            ("SuggestLevel > alert", r#"{"SuggestLevel":20}"#, 'F'),
            ("SuggestLevel < deny", r#"{"SuggestLevel":10}"#, 'T'),
            ("RiskLevel high", r#"{"RiskLevel":"3"}"#, 'T'),
            ("RiskLevel HIGH", r#"{"RiskLevel":3.0}"#, 'T'),
        ],
    );
}

#[test]
fn lists_of_names() {
    let rows = [
        ("contains SSH", r#"[]"#, 'F'),
        ("contains SSH", r#"["HTTP","Unknown"]"#, 'U'),
        ("contains HTTP", r#"["HTTP","Unknown"]"#, 'T'),
        ("contains Unknown", r#"["HTTP","Unknown"]"#, 'T'),
        ("contains Unknown", r#"["HTTP"]"#, 'F'),
        ("contains unknown", r#"["UNKNOWN"]"#, 'T'),
        ("contains RDP", r#"["['HTTPS', 'RDP', 'SSL', 'Unknown']"]"#, 'T'),
        ("contains SSH", r#"["['HTTPS', 'RDP', 'SSL', 'Unknown']"]"#, 'U'),
        ("contains SSH", r#"["['HTTPS', 'RDP', 'SSL']"]"#, 'F'),
        ("contains RDP", r#""RDP""#, 'T'),
        ("contains RDP", r#""['RDP']""#, 'T'),
        ("contains RDP", r#""HTTP""#, 'F'),
        ("contains RDP", r#"["rdp"]"#, 'T'),
        ("contains RDP", r#"["\u0052DP"]"#, 'T'),
        ("contains RDP", r#"[5,"HTTP"]"#, 'U'),
        ("contains HTTP", r#"[5,"HTTP"]"#, 'T'),
        ("contains Unknown", r#"[5,"HTTP"]"#, 'T'),
        ("contains RDP", r#"[null]"#, 'U'),
        ("contains RDP", r#"[["RDP"]]"#, 'U'),
        ("contains RDP", r#"["\ud800"]"#, 'U'),
        ("contains RDP", r#"["['HTTPS', 'RDP'"]"#, 'U'),
        ("contains RDP", r#"[""]"#, 'U'),
        ("contains RDP", r#"["RDP "]"#, 'U'),
        ("contains RDP", r#"["'RDP'"]"#, 'U'),
        ("contains RDP", r#""RDP,HTTP""#, 'U'),
        ("contains RDP", r#"["RDP\u200b"]"#, 'U'),
        ("contains RDP", r#"["['RDP ']"]"#, 'U'),
        ("contains RDP", r#"["[RDP"]"#, 'U'),
        ("contains RDP", r#"["RDP ","RDP"]"#, 'T'),
        ("contains Unknown", r#"["RDP "]"#, 'T'),
        ("contains Unknown", r#"["RDP,HTTP"]"#, 'T'),
        ("contains Unknown", r#"[null]"#, 'T'),
        ("contains Unknown", r#"["['RDP ']"]"#, 'T'),
        ("contains Unknown", r#"["[]"]"#, 'F'),
        ("contains RDP", r#"["[]"]"#, 'F'),
        ("contains any of [RDP, SSH]", r#"["RDP;SSH"]"#, 'U'),
        ("contains all of [RDP, SSH]", r#"["RDP;SSH", "RDP"]"#, 'U'),
        ("starts with R", r#"["RDP "]"#, 'U'),
        ("matches \"^R\"", r#"["RDP "]"#, 'U'),
        ("contains RDP", "null", 'U'),
        ("contains RDP", "5", 'U'),
        ("contains RDP", "{}", 'U'),
        ("contains any of [RDP, SSH]", r#"["SSH"]"#, 'T'),
        ("contains any of [RDP, SSH]", r#"["HTTP"]"#, 'F'),
        ("contains any of [RDP, SSH]", r#"["HTTP","Unknown"]"#, 'U'),
        ("contains any of [RDP, SSH]", r#"["SSH","Unknown"]"#, 'T'),
        ("contains all of [RDP, SSH]", r#"["SSH","RDP","HTTP"]"#, 'T'),
        ("contains all of [RDP, SSH]", r#"["SSH"]"#, 'F'),
        ("contains all of [RDP, SSH]", r#"["SSH","Unknown"]"#, 'U'),
        ("contains all of [RDP, SSH]", r#"["Unknown"]"#, 'U'),
        ("contains only [RDP, SSH]", "[]", 'T'),
        ("contains only [RDP, SSH]", r#"["SSH"]"#, 'T'),
        ("contains only [RDP, SSH]", r#"["rdp","SSH","RDP"]"#, 'T'),
        ("contains only [RDP, SSH]", r#"["SSH","HTTP"]"#, 'F'),
        ("contains only [RDP, SSH]", r#"["HTTP","Unknown"]"#, 'F'),
        ("contains only [RDP, SSH]", r#"["HTTP",5]"#, 'F'),
        ("contains only [RDP, SSH]", r#"[null,"HTTP","SSH"]"#, 'F'),
        ("contains only [RDP, SSH]", r#"["SSH","Unknown"]"#, 'U'),
        ("contains only [RDP, SSH]", r#"["Unknown"]"#, 'U'),
        ("contains only [RDP, SSH]", r#"["SSH",5]"#, 'U'),
        ("contains only [RDP, SSH]", r#"["['RDP', 'SSH']"]"#, 'T'),
        ("contains only [RDP, SSH]", r#"["['RDP', 'HTTP']"]"#, 'F'),
        ("contains only [RDP, SSH]", r#""SSH""#, 'T'),
        ("contains only [RDP, SSH]", "null", 'U'),
        ("contains only [RDP, SSH]", "{}", 'U'),
        ("contains only [RDP, Unknown]", r#"["RDP","unknown"]"#, 'T'),
        ("contains only [RDP, Unknown]", r#"["RDP",5]"#, 'T'),
        ("contains only [RDP, Unknown]", r#"["SSH",5]"#, 'F'),
        ("contains only Unknown", r#"["Unknown"]"#, 'T'),
        ("contains only Unknown", r#"["RDP"]"#, 'F'),
        ("not contains only [RDP]", r#"["RDP"]"#, 'F'),
        ("not contains only [RDP]", r#"["SSH"]"#, 'T'),
        ("not contains only [RDP]", r#"["Unknown"]"#, 'U'),
        ("starts with ht", r#"["SSH","HTTPS"]"#, 'T'),
        ("starts with Ht", r#"["SSH","httPS"]"#, 'T'),
        ("ends with S", r#"["https"]"#, 'T'),
        ("starts with ht", r#"["SSH"]"#, 'F'),
        ("starts with ht", r#"["SSH","Unknown"]"#, 'U'),
        ("ends with s", r#"["HTTPS"]"#, 'T'),
        ("matches \"^h.*s$\"", r#"["SSH","HTTPS"]"#, 'T'),
        ("matches \"^h.*s$\"", r#"["HTTPSX"]"#, 'F'),
        ("matches \"tt\"", r#"["HTTP"]"#, 'T'),
        ("is empty", "[]", 'T'),
        ("is empty", r#"["Unknown"]"#, 'F'),
        ("is empty", "[5]", 'F'),
        ("is empty", r#"[""]"#, 'F'),
        ("is empty", r#"["[]"]"#, 'T'),
        ("is unknown", r#"["RDP "]"#, 'F'),
        ("is known", r#"[null]"#, 'T'),
        ("is empty", "null", 'U'),
        ("is unknown", "null", 'T'),
        ("is unknown", "5", 'T'),
        ("is unknown", r#"["Unknown"]"#, 'F'),
        ("is known", "[]", 'T'),
    ];
    for (question, value, expected) in rows {
        let record = format!(r#"{{"ServiceNameList":{value}}}"#);
        check(outcome, &[(&format!("ServiceNameList {question}"), &record, expected)]);
    }
    check(
        outcome,
        &[
            ("ServiceNameList contains RDP", "{}", 'U'),
            ("ServiceNameList is unknown", "{}", 'T'),
            ("not ServiceNameList contains RDP", r#"{"ServiceNameList":["Unknown"]}"#, 'U'),
        ],
    );
}

#[test]
fn anything_but_fires_unless_a_port_or_all_services_are_named() {
    let rows = [
        ("HTTPS, SSH", "443", r#"["HTTPS"]"#, 'F'),
        ("HTTPS, SSH", "443", r#"["https","ssh"]"#, 'F'),
        ("HTTPS, SSH", "443", r#"["HTTPS","SSL"]"#, 'T'),
        ("HTTPS, SSH", "443", "[]", 'T'),
        ("HTTPS, SSH", "443", r#"["HTTPS","Unknown"]"#, 'U'),
        ("HTTPS, SSH", "443", r#"["Unknown"]"#, 'U'),
        ("HTTPS, SSH", "443", r#"["RDP","Unknown"]"#, 'T'),
        ("HTTPS, SSH", "443", r#"["RDP",5]"#, 'T'),
        ("HTTPS, SSH", "443", "null", 'U'),
        ("HTTPS or 443/tcp", "443", "[]", 'F'),
        ("HTTPS or 443/tcp", "443", r#"["RDP"]"#, 'F'),
        ("HTTPS or 443/tcp", "443", r#"["Unknown"]"#, 'F'),
        ("HTTPS or 443/tcp", "444", r#"["Unknown"]"#, 'U'),
        ("HTTPS or 443/tcp", "444", r#"["HTTPS"]"#, 'F'),
        ("HTTPS or 443/tcp", "444", "[]", 'T'),
        ("HTTPS or 443/tcp", "444", r#"["RDP"]"#, 'T'),
        ("HTTPS or 443/tcp", "null", r#"["RDP"]"#, 'U'),
        ("HTTPS or 443/tcp", "null", r#"["HTTPS"]"#, 'F'),
        ("HTTPS or 443/udp", "443", r#"["RDP"]"#, 'T'),
        ("443", "443", "[]", 'F'),
        ("443", "444", r#"["HTTPS"]"#, 'T'),
        ("440..450", "444", r#"["RDP"]"#, 'F'),
        ("tcp/440..450", "451", r#"["HTTPS"]"#, 'T'),
        ("Unknown", "443", r#"["Unknown"]"#, 'F'),
        ("Unknown", "443", "[]", 'T'),
    ];
    let catalogue = Catalogue::built_in().unwrap();
    for (targets, port, names, expected) in rows {
        let rule = format!("policies: ['deny anything but {targets}']");
        let record = format!(r#"{{"Port":{port},"Protocol":"tcp","ServiceNameList":{names}}}"#);
        let truth = match outcome_of(&catalogue, &rule, &record) {
            Truth::True => 'T',
            Truth::Unknown => 'U',
            Truth::False => 'F',
        };
        assert_eq!(truth, expected, "{targets} on {record}");
    }
}

#[test]
fn a_target_is_the_same_in_the_subject_and_as_a_condition() {
    let catalogue = Catalogue::built_in().unwrap();
    for target in ["RDP", "3389", "3389/tcp", "tcp/3389", "port 3380..3390", "udp/3380..3390"] {
        let condition = if target == "3389" { "port 3389" } else { target };
        for record in [
            r#"{"Port":3389,"Protocol":"tcp","ServiceNameList":["RDP"]}"#,
            r#"{"Port":3389,"Protocol":"UDP","ServiceNameList":["Unknown"]}"#,
            r#"{"Port":22,"Protocol":"tcp","ServiceNameList":[]}"#,
            r#"{"Port":3385,"ServiceNameList":null}"#,
            "{}",
        ] {
            let subject = format!("policies: ['deny {target}']");
            let when = format!("policies: [{{effect: deny, when: {condition}}}]");
            let clause = format!("policies: ['deny if {condition}']");
            let truths = [subject, when, clause].map(|text| outcome_of(&catalogue, &text, record));
            assert_eq!(truths, [truths[0]; 3], "{target} on {record}");
        }
    }
}

#[test]
fn integers_are_read_leniently_and_strictly() {
    check(
        outcome,
        &[
            ("Port 3389", r#"{"Port":3389}"#, 'T'),
            ("Port 3389", r#"{"Port":3389.0}"#, 'T'),
            ("Port 3389", r#"{"Port":"3389"}"#, 'T'),
            ("Port 3389", r#"{"Port":3.389e3}"#, 'T'),
            ("Port 3389", r#"{"Port":3389.5}"#, 'U'),
            ("Port 3389", r#"{"Port":" 3389"}"#, 'U'),
            ("Port 3389", r#"{"Port":"\u0033389"}"#, 'T'),
            ("Port 3390", r#"{"Port":"\u0033389"}"#, 'F'),
            ("TrafficPercent1Day 3.5", r#"{"TrafficPercent1Day":"3\u002e5"}"#, 'T'),
            ("RiskLevel 3", r#"{"RiskLevel":"\u0033"}"#, 'T'),
            ("RiskLevel 3", r#"{"RiskLevel":"\u0032"}"#, 'F'),
            ("Port 3389", r#"{"Port":"tcp"}"#, 'U'),
            ("Port 3389", r#"{"Port":true}"#, 'U'),
            ("Port 3389", r#"{"Port":[3389]}"#, 'U'),
            ("Port < 3389", r#"{"Port":-1}"#, 'U'),
            ("Port > 3389", r#"{"Port":65536}"#, 'U'),
            ("Port in 1..1023", r#"{"Port":1}"#, 'T'),
            ("Port in 1..1023", r#"{"Port":1023}"#, 'T'),
            ("Port in 1..1023", r#"{"Port":1024}"#, 'F'),
            ("Port in [22, 80..90]", r#"{"Port":85}"#, 'T'),
            ("Port not in [22, 80..90]", r#"{"Port":85}"#, 'F'),
            ("InBytes 1456536639", r#"{"InBytes":1456536639.0}"#, 'T'),
            ("InBytes = 9223372036854775807", r#"{"InBytes":9223372036854775807}"#, 'T'),
            ("InBytes = 9223372036854775807", r#"{"InBytes":9223372036854775806}"#, 'F'),
            ("InBytes > 1", r#"{"InBytes":9223372036854775808}"#, 'U'),
            ("InBytes > 1", r#"{"InBytes":1e400}"#, 'U'),
            ("InBytes >= 1.5KB", r#"{"InBytes":1500}"#, 'T'),
            ("InBytes >= 1.5 KiB", r#"{"InBytes":1535}"#, 'F'),
            ("TrafficPercent1Day > 11", r#"{"TrafficPercent1Day":"11.1"}"#, 'T'),
            ("TrafficPercent1Day 11.1%", r#"{"TrafficPercent1Day":"11.1"}"#, 'T'),
            ("TrafficPercent1Day < 11.1", r#"{"TrafficPercent1Day":"11.1"}"#, 'F'),
            ("TrafficPercent1Day > 11", r#"{"TrafficPercent1Day":"11.1%"}"#, 'U'),
        ],
    );
}

#[test]
fn traffic_is_the_total_or_the_sum() {
    check(
        outcome,
        &[
            ("traffic > 0", r#"{"TotalBytes":1}"#, 'T'),
            ("traffic > 0", r#"{"TotalBytes":0,"InBytes":5,"OutBytes":5}"#, 'F'),
            ("traffic = 10", r#"{"InBytes":5,"OutBytes":5.0}"#, 'T'),
            ("traffic = 10", r#"{"TotalBytes":null,"InBytes":5,"OutBytes":"5"}"#, 'T'),
            ("traffic > 0", r#"{"TotalBytes":"a lot","InBytes":5,"OutBytes":5}"#, 'U'),
            ("traffic > 0", r#"{"InBytes":5}"#, 'U'),
            ("traffic > 0", "{}", 'U'),
            ("traffic > 0", r#"{"InBytes":9223372036854775807,"OutBytes":1}"#, 'U'),
            ("traffic > 0", r#"{"TotalBytes":-1,"InBytes":5,"OutBytes":5}"#, 'U'),
            ("traffic > 0", r#"{"TotalBytes":0.5,"InBytes":5,"OutBytes":5}"#, 'U'),
            ("traffic > 0", r#"{"TotalBytes":"","InBytes":5,"OutBytes":5}"#, 'U'),
            ("traffic > 0", r#"{"InBytes":-5,"OutBytes":50}"#, 'U'),
            ("traffic > 0", r#"{"InBytes":0.5,"OutBytes":0.5}"#, 'U'),
            ("traffic = 10", r#"{"InBytes":"\u0035","OutBytes":5}"#, 'T'),
            ("traffic is unknown", r#"{"InBytes":5}"#, 'T'),
            ("traffic is known", r#"{"InBytes":5,"OutBytes":1}"#, 'T'),
        ],
    );
}

#[test]
fn arithmetic_is_exact_or_unknown() {
    check(
        outcome,
        &[
            ("OutBytes > 10 * InBytes", r#"{"InBytes":1,"OutBytes":11}"#, 'T'),
            ("OutBytes > 10 * InBytes", r#"{"InBytes":1,"OutBytes":10}"#, 'F'),
            ("OutBytes > 10 * InBytes", r#"{"OutBytes":10}"#, 'U'),
            ("OutBytes > 10 * InBytes", r#"{"InBytes":1000000000000000000,"OutBytes":1}"#, 'U'),
            ("InBytes / OutBytes > 2", r#"{"InBytes":5,"OutBytes":2}"#, 'T'),
            ("InBytes / OutBytes > 2", r#"{"InBytes":4,"OutBytes":2}"#, 'F'),
            ("InBytes / OutBytes > 2", r#"{"InBytes":4,"OutBytes":0}"#, 'U'),
            ("InBytes - OutBytes < 0", r#"{"InBytes":4,"OutBytes":5}"#, 'T'),
            (
                "InBytes + OutBytes = 9007199254740993",
                r#"{"InBytes":9007199254740992,"OutBytes":1}"#,
                'T',
            ),
            (
                "InBytes + OutBytes = 9007199254740993",
                r#"{"InBytes":9007199254740992,"OutBytes":0}"#,
                'F',
            ),
            (
                "TrafficPercent1Day + TrafficPercent7Day >= 0.8",
                r#"{"TrafficPercent1Day":"0.7","TrafficPercent7Day":"0.1"}"#,
                'T',
            ),
            (
                "TrafficPercent1Day + TrafficPercent7Day > 0.8",
                r#"{"TrafficPercent1Day":"0.7","TrafficPercent7Day":"0.1"}"#,
                'F',
            ),
            (
                "TrafficPercent1Day > 11.1",
                r#"{"TrafficPercent1Day":"11.1000000000000000001"}"#,
                'T',
            ),
            ("TrafficPercent1Day = 11.1", r#"{"TrafficPercent1Day":11.1000000000000000001}"#, 'F'),
            ("TrafficPercent1Day > 11.1000000000000000001", r#"{"TrafficPercent1Day":11.1}"#, 'F'),
            ("TrafficPercent1Day < 11.1000000000000000001", r#"{"TrafficPercent1Day":11.1}"#, 'T'),
            ("TrafficPercent1Day * 3 = 0.3", r#"{"TrafficPercent1Day":"0.1"}"#, 'T'),
            ("TrafficPercent1Day = 0.1 * 3", r#"{"TrafficPercent1Day":"0.3"}"#, 'T'),
            ("InBytes / 3 * 3 = InBytes", r#"{"InBytes":1}"#, 'T'),
            ("InBytes / OutBytes * OutBytes = InBytes", r#"{"InBytes":10,"OutBytes":7}"#, 'T'),
            ("InBytes / OutBytes = 1 / 3", r#"{"InBytes":2,"OutBytes":6}"#, 'T'),
            ("InBytes / OutBytes > 1 / 3", r#"{"InBytes":2,"OutBytes":6}"#, 'F'),
            ("InBytes + 1 > 0", r#"{"InBytes":9223372036854775807}"#, 'U'),
            ("InBytes + 0.5 > 0", r#"{"InBytes":9223372036854775807}"#, 'T'),
            ("InBytes = OutBytes", r#"{"InBytes":"7","OutBytes":7.0}"#, 'T'),
            ("InBytes != OutBytes", r#"{"InBytes":7,"OutBytes":7}"#, 'F'),
            ("2 * (InBytes + 1) >= OutBytes", r#"{"InBytes":1,"OutBytes":4}"#, 'T'),
        ],
    );
}

#[test]
fn every_kind_takes_its_operators() {
    check(
        outcome_of_kind,
        &[
            ("Ratio > 0.1", r#"{"Ratio":0.25}"#, 'T'),
            ("Ratio > 0.1", r#"{"Ratio":1e400}"#, 'U'),
            ("Ratio = 2", r#"{"Ratio":2.0}"#, 'T'),
            ("Ratio = 0.5", r#"{"Ratio":"\u0030.5"}"#, 'T'),
            ("Ratio < 0.5", r#"{"Ratio":1e-30}"#, 'T'),
            ("Ratio = 0", r#"{"Ratio":1e-30}"#, 'F'),
            ("Ratio = 0", r#"{"Ratio":1e-39}"#, 'U'),
            ("Ratio > 1", r#"{"Ratio":1e19}"#, 'U'),
            ("Count = 3", r#"{"Count":3.5}"#, 'U'),
            ("Size = 0.3KB", r#"{"Size":300}"#, 'T'),
            ("Size = 1.001KB", r#"{"Size":1001}"#, 'T'),
            ("Share = 12.5%", r#"{"Share":"12.50"}"#, 'T'),
            ("Open = true", r#"{"Open":"tru\u0065"}"#, 'T'),
            ("Address = 10.1.2.3", r#"{"Address":"10\u002e1.2.3"}"#, 'T'),
            ("Seen > \"2026-01-01T00:00:00Z\"", r#"{"Seen":"2026-01-01T00:00:00.5Z"}"#, 'T'),
            ("Seen >= \"2026-01-01T00:00:00.000000001Z\"", r#"{"Seen":1767225600}"#, 'F'),
            ("Note = \"a b\"", r#"{"Note":"a b"}"#, 'T'),
            ("Note = \"a b\"", r#"{"Note":"A b"}"#, 'F'),
            ("Note != \"a b\"", r#"{"Note":5}"#, 'U'),
            ("Note in [\"a\", \"b\"]", r#"{"Note":"b"}"#, 'T'),
            ("Note contains \"中\"", r#"{"Note":"x\u4e2dy"}"#, 'T'),
            ("Note starts with \"a.c\"", r#"{"Note":"abc"}"#, 'F'),
            ("Note starts with \"a.c\"", r#"{"Note":"a.cd"}"#, 'T'),
            ("Note starts with \"A\"", r#"{"Note":"a"}"#, 'F'),
            ("Note starts with \"端\"", r#"{"Note":"\u7aef口"}"#, 'T'),
            ("Note starts with \"ab\"", r#"{"Note":"a"}"#, 'F'),
            ("Note starts with \"a\" and Note ends with \"b\"", r#"{"Note":"ab"}"#, 'T'),
            ("Note starts with \"b\" or Note ends with \"a\"", r#"{"Note":"ab"}"#, 'F'),
            ("Labels starts with \"x\"", r#"{"Labels":["a","xy"]}"#, 'T'),
            ("Labels ends with \"x\"", r#"{"Labels":["a","xy"]}"#, 'F'),
            ("Note ends with \"z\"", r#"{"Note":"a\nz"}"#, 'T'),
            ("Note matches \"^[0-9]+$\"", r#"{"Note":"12"}"#, 'T'),
            ("Note matches \"^[0-9]+$\"", r#"{"Note":"12a"}"#, 'F'),
            ("Note is empty", r#"{"Note":""}"#, 'T'),
            ("Note is empty", r#"{"Note":" "}"#, 'F'),
            ("Labels contains Red", r#"{"Labels":["red"]}"#, 'F'),
            ("Labels contains red", r#"{"Labels":["red"]}"#, 'T'),
            ("Open = true", r#"{"Open":true}"#, 'T'),
            ("Open = true", r#"{"Open":"True"}"#, 'T'),
            ("Open = true", r#"{"Open":0}"#, 'U'),
            ("Open != true", r#"{"Open":false}"#, 'T'),
            ("Address in 10.0.0.0/8", r#"{"Address":"10.1.2.3"}"#, 'T'),
            ("Address in 10.0.0.0/8", r#"{"Address":"11.1.2.3"}"#, 'F'),
            ("Address in 10.0.0.0/8", r#"{"Address":"114.242.33.XXX"}"#, 'U'),
            ("Address in [10.0.0.0/8, 2001:db8::/32]", r#"{"Address":"2001:db8::1"}"#, 'T'),
            ("Address = 10.1.2.3", r#"{"Address":"10.1.2.3"}"#, 'T'),
            ("Seen < \"2026-01-01T00:00:00Z\"", r#"{"Seen":1735264800}"#, 'T'),
            ("Seen < \"2026-01-01T00:00:00Z\"", r#"{"Seen":"2025-06-01T00:00:00Z"}"#, 'T'),
            ("Seen < \"2026-01-01T00:00:00Z\"", r#"{"Seen":"yesterday"}"#, 'U'),
        ],
    );
}

#[test]
fn approvals_cover_what_they_name_and_nothing_else() {
    let approval = |fields: &str, expires: &str| {
        format!("  - {{{fields}, owner: a, reason: b, approved_by: c, expires: {expires}}}\n")
    };
    let redis = "service: Redis, port: 6379, protocol: tcp";
    let rows = [
        (redis, "2026-12-31", r#"["Redis"]"#, 6379, 'F'),
        (redis, "2026-11-24", r#"["redis"]"#, 6379, 'F'),
        (redis, "2026-11-23", r#"["Redis"]"#, 6379, 'T'),
        (redis, "2026-12-31", r#"["Redis"]"#, 6380, 'T'),
        (redis, "2026-12-31", r#"["Redis","SSH"]"#, 6379, 'T'),
        (redis, "2026-12-31", r#"["Redis","Unknown"]"#, 6379, 'U'),
        ("service: Redis", "2026-12-31", r#"["Redis"]"#, 1, 'F'),
        ("port: 6379", "2026-12-31", r#"["Redis","SSH"]"#, 6379, 'F'),
        ("port: 6000..6999, protocol: udp", "2026-12-31", r#"["Redis"]"#, 6379, 'T'),
        ("service: [Redis, SSH]", "2026-12-31", r#"["Redis","SSH"]"#, 6379, 'F'),
    ];
    let catalogue = Catalogue::built_in().unwrap();
    for (fields, expires, services, port, expected) in rows {
        let text = format!(
            "policies:\n  - deny Redis unless approved\napprovals:\n{}",
            approval(fields, expires)
        );
        let record = format!(r#"{{"ServiceNameList":{services},"Port":{port},"Protocol":"TCP"}}"#);
        let expected = match expected {
            'T' => Truth::True,
            'U' => Truth::Unknown,
            _ => Truth::False,
        };
        assert_eq!(
            outcome_of(&catalogue, &text, &record),
            expected,
            "{fields} until {expires} on {record}"
        );
    }
}

#[test]
fn many_policies_are_answered_like_one() {
    let catalogue = Catalogue::built_in().unwrap();
    let sentences: Vec<String> = (0..300)
        .map(|index| match index % 4 {
            0 => format!("deny if Port in {}..{}", index, index + 7),
            1 => format!("deny if ServiceNameList contains \"S{index}\""),
            2 => format!("alert if ProbRisk matches \"r{index}$\""),
            _ => format!("alert if InBytes > {index} and not Port {index}"),
        })
        .collect();
    let all = format!(
        "policies:\n{}",
        sentences.iter().map(|s| format!("  - '{s}'\n")).collect::<String>()
    );
    let set = load(&catalogue, &all);
    let program = Program::new(&set, catalogue.only().unwrap(), run()).unwrap();
    let mut tracer = Tracer::new(&program);
    for record in [
        r#"{"Port":100,"Protocol":"tcp","ServiceNameList":["S1","S297"],"ProbRisk":"r2","InBytes":150}"#,
        r#"{"Port":299,"ServiceNameList":["Unknown"],"ProbRisk":"xr298","InBytes":"7"}"#,
        r#"{"Port":null,"InBytes":1e400}"#,
    ] {
        for (policy, sentence) in set.policies.iter().zip(&sentences) {
            let alone = outcome_of(&catalogue, &format!("policies:\n  - '{sentence}'\n"), record);
            assert_eq!(
                tracer.trace_text(policy, record).unwrap().truth,
                alone,
                "{sentence} on {record}"
            );
        }
    }
}

#[test]
fn what_decided_is_kept_with_its_place() {
    let catalogue = Catalogue::built_in().unwrap();
    let set = load(&catalogue, "policies:\n  - deny RDP if RiskLevel 3 or Port 1\n");
    let program = Program::new(&set, catalogue.only().unwrap(), run()).unwrap();
    let text =
        "{\"DataList\":[{\"Port\":80,\n\"RiskLevel\": \"3\",\"ServiceNameList\":[ \"RDP\" ]}]}";
    let (found, _) = judged(&program, text);
    let finding = &found.findings[0];
    let hit = &found.hits[finding.hit];
    let captures: Vec<_> = found.evidence[finding.evidence.clone()]
        .iter()
        .map(|index| &found.captures[hit.captures.start + usize::from(*index)])
        .collect();
    let texts: Vec<&str> =
        captures.iter().map(|capture| &found.text[capture.text.clone()]).collect();
    assert_eq!(texts, [r#"[ "RDP" ]"#, r#""3""#], "the port decided nothing");
    for (capture, value) in captures.iter().zip(texts) {
        let offset = usize::try_from(hit.place.offset).unwrap() + capture.start;
        assert_eq!(&text[offset..offset + value.len()], value);
        assert_eq!(capture.position.line, 2);
    }
}

#[test]
fn a_value_that_is_not_listed_is_reported_once() {
    let catalogue = Catalogue::built_in().unwrap();
    let set = load(&catalogue, "policies:\n  - deny if Port 1\n");
    let program = Program::new(&set, catalogue.only().unwrap(), run()).unwrap();
    let text = r#"{"DataList":[{"Port":2,"RiskLevel":7},{"Port":3,"RiskLevel":7},{"Port":4,"RiskLevel":"high"}]}"#;
    let (found, drift) = judged(&program, text);
    assert!(found.findings.is_empty());
    let offsets: Vec<_> = drift.iter().map(|flaw| flaw.problem.place.bytes().unwrap()).collect();
    let at = |value: &str| (text.find(value).unwrap() as u64, value.len() as u64);
    assert_eq!(offsets, [at("7"), at("\"high\"")]);
}

#[test]
fn every_value_is_reported_unless_it_is_listed() {
    let catalogue = Catalogue::built_in().unwrap();
    let operation = catalogue.only().unwrap();
    let schema = &operation.schema;
    let set = load(&catalogue, "policies:\n  - deny if Port 1\n");
    let program = Program::new(&set, operation, run()).unwrap();
    let enumerated = schema.ids().map(|id| schema.field(id)).filter(|f| !f.kind.codes().is_empty());
    for field in enumerated {
        for value in (-70..140).chain([i64::MIN, i64::MAX, 1 << 32, (1 << 32) + 1]) {
            let is_listed = field.kind.code(value).is_some();
            for written in [value.to_string(), format!("\"{value}\""), format!("{value}.0")] {
                let page = format!(r#"{{"DataList":[{{"{}":{written}}}]}}"#, field.name);
                let (_, drift) = judged(&program, &page);
                assert_eq!(drift.is_empty(), is_listed, "{} {written}", field.name);
            }
        }
    }
}

#[test]
fn each_record_is_compared_anew() {
    let catalogue = Catalogue::built_in().unwrap();
    let set = load(&catalogue, "policies:\n  - deny if OutBytes > InBytes\n");
    let program = Program::new(&set, catalogue.only().unwrap(), run()).unwrap();
    let record =
        |(port, out): (usize, &&str)| format!(r#"{{"Port":{port},"InBytes":5,"OutBytes":{out}}}"#);
    let sent = ["6", "5", "7", "null", "4", "8"];
    let records: Vec<String> = sent.iter().enumerate().map(record).collect();
    let page = format!(r#"{{"DataList":[{}]}}"#, records.join(","));
    let (found, _) = judged(&program, &page);
    let outcomes: Vec<_> = found
        .findings
        .iter()
        .map(|finding| (found.hits[finding.hit].place.index, finding.outcome == Outcome::Fail))
        .collect();
    assert_eq!(outcomes, [(0, true), (2, true), (3, false), (5, true)]);
}

/// Policies that share columns and predicates, more than one word of a set holds.
fn many_policies() -> String {
    let mut text = String::from("policies:\n");
    for number in 0..150 {
        let (port, level) = (number % 7, number % 3 + 1);
        let service = ["RDP", "SSH", "Redis", "SMB"][number % 4];
        let rule = match number % 5 {
            0 => format!("deny {service} if RiskLevel {level} and Port > {port}"),
            1 => format!("deny if Port {port} and not RiskLevel {level} and traffic > {number}"),
            2 => format!("deny if (RiskLevel {level} or Port {port}) and PublicIpNum > {number}"),
            3 => format!("deny {service} or Telnet if SuggestLevel 30 unless Port {port}"),
            _ => {
                format!("deny if Port in 1..{} and Port != {port} and OutBytes > InBytes", port + 3)
            }
        };
        text.push_str(&format!("  - {{id: p{number}, rule: '{rule}'}}\n"));
    }
    text
}

#[test]
fn no_policy_is_ruled_out_that_its_formula_would_not_be() {
    let catalogue = Catalogue::built_in().unwrap();
    let set = load(&catalogue, &many_policies());
    let operation = catalogue.only().unwrap();
    let program = Program::new(&set, operation, run()).unwrap();
    let mut outcomes = std::collections::BTreeSet::new();
    for number in 0..400 {
        let member =
            |name: &str, values: &[&str], step: usize| match values[number / step % values.len()] {
                "" => String::new(),
                value => format!(r#","{name}":{value}"#),
            };
        let record = format!(
            r#"{{"Protocol":"tcp"{}{}{}{}{}{}{}{}}}"#,
            member("Port", &["0", "1", "3", "5", "null", "\"6\"", "9", ""], 1),
            member("RiskLevel", &["1", "-1", "3", "", "2", "7"], 2),
            member("SuggestLevel", &["30", "0", "10", "\"x\""], 3),
            member(
                "ServiceNameList",
                &[r#"["RDP"]"#, r#"["Unknown"]"#, r#"["SMB","SSH"]"#, "[]", "7"],
                5
            ),
            member("TotalBytes", &["100", "", "12.5", "1e9"], 7),
            member("OutBytes", &["5", "7.0", "null"], 4),
            member("InBytes", &["6", "1"], 6),
            member("PublicIpNum", &["200", "", "3", "100", "101", "0"], 3),
        );
        let (found, _) = judged(&program, &format!(r#"{{"DataList":[{record}]}}"#));
        for (index, policy) in set.policies.iter().enumerate() {
            let judged = truth_of(&found, index);
            let traced = Tracer::new(&program).trace_text(policy, &record).unwrap().truth;
            assert_eq!(judged, traced, "{} on {record}", policy.id);
            outcomes.insert((index % 5, judged));
        }
    }
    assert_eq!(outcomes.len(), 15, "each kind of policy came out each way: {outcomes:?}");
}

/// Values of a text, as they stand in a record.
const TEXTS: [&str; 24] = [
    r#""""#,
    r#"" ""#,
    r#""ab""#,
    r#""abc""#,
    r#""Abc""#,
    r#""ABC""#,
    r#""b""#,
    r#""ba""#,
    r#""zab""#,
    r#""Zebra""#,
    r#""\u0061bc""#,
    r#""\\ab""#,
    r#""\"ab""#,
    r#""z\ud800""#,
    r#""z\n""#,
    r#""unknown""#,
    r#""Unknown""#,
    r#""uncle""#,
    "\"端口\"",
    "\"\u{212a}el\"",
    "null",
    "7",
    r#"["ab"]"#,
    "",
];

#[test]
fn a_glance_at_a_text_decides_as_the_whole_text_does() {
    let tests = [
        "{} is ab",
        "{} in [ab, abc, kel]",
        "not {} is abc",
        "{} is not ab",
        "{} starts with ab",
        "not {} starts with b",
        "{} ends with b",
        "{} contains b",
        "{} matches '^z'",
        "{} is unknown",
        "not {} is unknown",
        "{} starts with ab or {} is b",
        "{} is ab and Count 3",
        "{} is empty",
        "{} is Unknown",
    ];
    let catalogue = every_kind();
    let mut seen = std::collections::BTreeSet::new();
    for (test, field) in tests.iter().flat_map(|test| [(test, "Note"), (test, "Title")]) {
        let policies = format!("policies:\n  - \"deny if {}\"\n", test.replace("{}", field));
        for text in TEXTS {
            let member =
                if text.is_empty() { String::new() } else { format!(r#","{field}":{text}"#) };
            let record = format!(r#"{{"Id":1,"Count":3{member}}}"#);
            seen.insert((field, outcome_of(&catalogue, &policies, &record)));
        }
    }
    assert_eq!(seen.len(), 6, "each came out each way");
}

#[test]
fn a_protocol_that_is_not_a_name_is_unknown() {
    check(
        outcome,
        &[
            ("Protocol tcp", r#"{"Protocol":"TCP"}"#, 'T'),
            ("Protocol tcp", r#"{"Protocol":"icmp"}"#, 'F'),
            ("Protocol tcp", r#"{"Protocol":"tcp "}"#, 'U'),
            ("Protocol tcp", r#"{"Protocol":"udp "}"#, 'U'),
            ("Protocol tcp", r#"{"Protocol":"udp,tcp"}"#, 'U'),
            ("Protocol tcp", r#"{"Protocol":"udp/tcp"}"#, 'U'),
            ("Protocol tcp", r#"{"Protocol":"udp\u200b"}"#, 'U'),
            ("Protocol tcp", r#"{"Protocol":""}"#, 'U'),
            ("Protocol != tcp", r#"{"Protocol":""}"#, 'U'),
            ("Protocol is empty", r#"{"Protocol":""}"#, 'T'),
            ("Protocol is empty", r#"{"Protocol":"tcp"}"#, 'F'),
            ("Protocol is empty", r#"{"Protocol":" "}"#, 'U'),
            ("Protocol is unknown", r#"{"Protocol":""}"#, 'T'),
            ("Protocol is unknown", r#"{"Protocol":"tcp "}"#, 'T'),
            ("Protocol is known", r#"{"Protocol":"tcp"}"#, 'T'),
            ("ProbRisk = \"a \"", r#"{"ProbRisk":"a "}"#, 'T'),
            ("ProbRisk is empty", r#"{"ProbRisk":""}"#, 'T'),
        ],
    );
}
