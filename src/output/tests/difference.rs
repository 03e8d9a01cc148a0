//! What is written of a difference, against its published schema.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::schema::{check, members, properties, strict, validator};
use super::*;
use crate::output::{difference_schema, render_difference};
use crate::triage::{Collector, Difference, Side, Survey};

/// One side, with its records.
pub(super) fn side(name: &str, text: &str, terms: Terms) -> Side {
    let set = PolicySet { policies: policies(), ..PolicySet::default() };
    let operation = operation();
    let run = Run { today: jiff::civil::date(2026, 1, 1), when_unknown: terms.when_unknown };
    let program = Program::new(&set, &operation, run).unwrap();
    let slots = Collector::slots(&operation, program.slots());
    let plan = Plan { operation, slots, hashes: Hashes::Taken };
    let name: Arc<str> = Arc::from(name);
    let mut judge = Judge::new(&program, &name);
    let mut collector = Collector::new(&plan.operation, &plan.slots, &name);
    let mut survey = Survey::new(&mut judge, &mut collector);
    let mut file = snapshot::read(text.as_bytes(), &name, &plan, &mut survey).unwrap();
    let (found, drift) = judge.finish();
    let (inventory, flaw) = collector.finish().unwrap();
    file.flaws.extend(drift.into_iter().chain(flaw));
    let report = triage::finish(set, vec![JudgedFile { file, found }], &[], terms);
    Side { source: name, report, inventories: Some(vec![inventory]) }
}

pub(super) fn record(port: u16, risk: &str, name: &str) -> String {
    format!(
        r#"{{"Port": {port}, "Protocol": "tcp", "RiskLevel": {risk}, "SuggestLevel": 10, "RiskReason": "",
            "ProbRisk": null, "OutBytes": 1, "InBytes": 1, "ServiceNameList": ["{name}"]}}"#
    )
}

pub(super) fn compared(before: &[&str], after: &[&str], missing: usize) -> Difference {
    let loose = Terms { allow_partial: true, ..Terms::STRICT };
    let before = side("before.json", &response(before, before.len()), loose);
    let after = side("after.json", &response(after, after.len() + missing), loose);
    Difference::new(before, after, loose)
}

/// Differences in which, together, every member of the schema occurs.
pub(super) fn differences() -> Vec<Difference> {
    let records = [
        record(1, "3", "RDP"),
        record(2, "1", "RDP"),
        record(3, "-1", "RDP"),
        record(4, "3", "RDP"),
    ];
    let [bad, tame, unclear, other] = records.each_ref().map(String::as_str);
    let worse = record(3, "3", "RDP");
    vec![
        compared(&[bad, tame, unclear], &[bad, &worse, other], 0),
        compared(&[bad, tame], &[tame], 3),
    ]
}

pub(super) fn document(difference: &Difference) -> Value {
    let mut out = Vec::new();
    render_difference(difference, Format::Json, &Style::default(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn differences_are_valid_and_nothing_else_is() {
    let schema = validator(&difference_schema());
    let documents: Vec<Value> = differences().iter().map(document).collect();
    for document in &documents {
        check(&schema, document);
    }
    for (pointer, value) in [
        ("/exit_code", json!(2)),
        ("/schema", json!("portcullis.report/v1")),
        ("/records", json!([])),
        ("/findings/new/0/outcome", json!("pass")),
        ("/findings/new/0/was", json!({})),
        ("/evidence/after/0/complete", json!("yes")),
    ] {
        let mut wrong = documents[0].clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        assert!(!schema.is_valid(&wrong), "{pointer}");
    }
}

#[test]
fn the_schema_is_closed() {
    let schema: Value = serde_json::from_str(&difference_schema()).unwrap();
    strict(&schema, &[]);
    let mut described = BTreeSet::new();
    properties(&schema, &mut described);
    let mut written = BTreeSet::new();
    for difference in differences() {
        members(&document(&difference), &mut written);
    }
    // Those of records come from evidence that was read; a snapshot's origin and what is tolerated in it
    // are told of reports.
    let mut elsewhere = BTreeSet::from(["fields".to_owned()]);
    properties(schema.pointer("/$defs/snapshot/properties/origin").unwrap(), &mut elsewhere);
    properties(schema.pointer("/$defs/snapshot/properties/tolerances").unwrap(), &mut elsewhere);
    let missing: Vec<&String> = described.difference(&written).collect();
    assert!(missing.iter().all(|name| elsewhere.contains(*name)), "{missing:?}");
}

#[test]
fn people_read_the_same_numbers_and_nothing_hostile() {
    let hostile = record(5, "3", "RDP\\u001b[31m\\u202e\", \"RDP");
    let difference = compared(&[], &[&hostile], 0);
    let mut out = Vec::new();
    render_difference(&difference, Format::Human, &Style::default(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains("1 new, 0 worsened") && text.contains("exit 1: new violations\n"),
        "{text}"
    );
    // A list with an element that is not a name is shown as it was sent.
    assert!(text.contains("RDP\\u001b[31m\\u202e") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn every_format_of_differences_says_when_nobody_reads() {
    for format in Format::of_differences() {
        let [difference, _] = differences().try_into().unwrap();
        let written = render_difference(&difference, format, &Style::default(), &mut Closed);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
