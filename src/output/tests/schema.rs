//! The published schemas hold what is written, and nothing that is not.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::*;
use crate::output::{ERROR_SCHEMA, REPORT_SCHEMA, line_schema};
use crate::snapshot::Origin;

pub(super) static REPORT: LazyLock<Validator> = LazyLock::new(|| validator(REPORT_SCHEMA));
static ERROR: LazyLock<Validator> = LazyLock::new(|| validator(ERROR_SCHEMA));

pub(super) fn validator(schema: &str) -> Validator {
    jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[track_caller]
pub(super) fn check(schema: &Validator, document: &Value) {
    let errors = schema.iter_errors(document);
    let errors: Vec<String> =
        errors.map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// A report in which every member of the schema occurs.
fn rich() -> Value {
    let rendered = rendered(&rich_report(), Format::Json, &Style::default());
    serde_json::from_str(&rendered).unwrap()
}

/// The same, narrowed to a framework.
fn narrowed() -> Value {
    let report = rich_report();
    let framework = policy::find_framework(&report.policies.frameworks, "pci-dss-4.0.1");
    let framework = Arc::clone(framework.unwrap());
    let rendered = rendered(&report.viewed(&framework), Format::Json, &Style::default());
    serde_json::from_str(&rendered).unwrap()
}

fn rich_report() -> Report {
    let record =
        r#"{"SuggestLevel": "30", "TotalBytes": 5e3, "RiskLevel": 3, "ServiceNameList": "RDP"}"#;
    let loose = Terms { allow_partial: true, ..Terms::STRICT };
    let mut policies = policies();
    policies.extend(loaded("whole.yaml", "policies: [deny if count > 0]"));
    policies.extend(loaded("few.yaml", "policies: [{id: few, rule: deny RDP, at_most: 1}]"));
    let mut report = waived(report(policies, &[("a.json", &response(&[record], 2))], loose));
    report.evidence[0].origin = Some(Arc::new(origin()));
    report
}

fn origin() -> Origin {
    let time = jiff::Timestamp::UNIX_EPOCH;
    Origin {
        endpoint: "cloudfw.aliyuncs.com".to_owned(),
        region: Some("cn-hangzhou".to_owned()),
        account: Some("1".to_owned()),
        profile: None,
        filters: vec![("Lang".to_owned(), "en".to_owned())],
        window: Some((time, time)),
        started: time,
        finished: time,
    }
}

fn failure() -> Value {
    let problems = hostile::load_problems();
    serde_json::from_str(&shown(&problems, Format::Json, &Style::default())).unwrap()
}

#[test]
fn reports_and_failures_are_valid() {
    check(&REPORT, &rich());
    check(&REPORT, &narrowed());
    check(&ERROR, &failure());
    let nothing = report(Vec::new(), &[], Terms::STRICT);
    let nothing = rendered(&nothing, Format::Json, &Style::default());
    check(&REPORT, &serde_json::from_str(&nothing).unwrap());
    check(&ERROR, &serde_json::from_str(&shown(&[], Format::Json, &Style::default())).unwrap());
}

#[test]
fn every_member_of_the_schemas_is_written() {
    let mut written = BTreeSet::new();
    members(&rich(), &mut written);
    members(&narrowed(), &mut written);
    members(&failure(), &mut written);
    let mut described = BTreeSet::new();
    for schema in [REPORT_SCHEMA, ERROR_SCHEMA] {
        properties(&serde_json::from_str(schema).unwrap(), &mut described);
    }
    // Names of frameworks, fields and request parameters are data.
    let data = ["few", "pci-dss-4.0.1", "Port", "Protocol", "Lang"].map(str::to_owned);
    written.retain(|name| !data.contains(name));
    assert_eq!(written, described);
}

pub(super) fn members(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                names.insert(name.clone());
                members(value, names);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| members(value, names)),
        _ => {}
    }
}

pub(super) fn properties(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                names.extend(properties.keys().cloned());
            }
            object.values().for_each(|value| properties(value, names));
        }
        Value::Array(list) => list.iter().for_each(|value| properties(value, names)),
        _ => {}
    }
}

/// Lines in which, together, every member of their schema occurs.
fn lines() -> Vec<Value> {
    let record =
        r#"{"SuggestLevel": "30", "TotalBytes": 5e3, "RiskLevel": 3, "RiskReason": "口令"}"#;
    let report = waived(report(policies(), &[("a.json", &response(&[record], 2))], Terms::STRICT));
    let written = rendered(&report, Format::Ndjson, &Style::default())
        + &shown(&hostile::load_problems(), Format::Ndjson, &Style::default());
    written.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_line_is_valid_and_the_last_one_says_what_came_out() {
    let schema = validator(&line_schema());
    let lines = lines();
    let mut written = BTreeSet::new();
    for line in &lines {
        check(&schema, line);
        members(line, &mut written);
        for (kind, other) in
            [("finding", "problem"), ("problem", "evidence"), ("summary", "finding")]
        {
            let mut wrong = line.clone();
            if line["kind"] == kind {
                wrong["kind"] = json!(other);
                assert!(!schema.is_valid(&wrong), "{wrong}");
            }
        }
    }
    let mut described = BTreeSet::new();
    let document: Value = serde_json::from_str(&line_schema()).unwrap();
    properties(&document, &mut described);
    strict(&document, &["read", "meaning", "unknown", "aggregates"]);
    let data = ["pci-dss-4.0.1", "Port", "Protocol"].map(str::to_owned);
    written.retain(|name| !data.contains(name));
    // What findings over whole snapshots have beside, the schema of reports is held to.
    assert!(written.is_subset(&described), "{written:?}");
    let endings = lines.iter().filter(|line| line["kind"] == "summary");
    let codes: Vec<_> = endings.map(|line| line["exit_code"].as_u64().unwrap()).collect();
    assert_eq!(codes, [3, 2]);
    assert_eq!(lines.last().unwrap()["kind"], "summary");
}

#[test]
fn every_object_of_the_schemas_is_closed_and_says_what_it_must_have() {
    let optional = ["view", "frameworks", "read", "meaning", "unknown", "aggregates"];
    for (schema, optional) in [(REPORT_SCHEMA, optional.as_slice()), (ERROR_SCHEMA, &[])] {
        strict(&serde_json::from_str(schema).unwrap(), optional);
    }
}

pub(super) fn strict(schema: &Value, optional: &[&str]) {
    if let Some(described) = schema.get("properties").and_then(Value::as_object) {
        assert_eq!(schema["additionalProperties"], json!(false), "{schema}");
        let required = schema["required"].as_array().unwrap();
        let must: Vec<Value> = described
            .keys()
            .filter(|name| !optional.contains(&name.as_str()))
            .map(|name| json!(name))
            .collect();
        assert_eq!(required, &must, "{schema}");
    }
    match schema {
        Value::Object(object) => object.values().for_each(|value| strict(value, optional)),
        Value::Array(list) => list.iter().for_each(|value| strict(value, optional)),
        _ => {}
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let (report, failure) = (rich(), failure());
    for (pointer, value) in [
        ("/exit_code", json!(2)),
        ("/verdict", json!("ok")),
        ("/schema", json!("portcullis.report/v2")),
        ("/summary/deny", json!(-1)),
        ("/loosened/0", json!("--force")),
        ("/evidence/0/complete", json!("yes")),
        ("/evidence/0/pages/0/sha256", json!("abc")),
        ("/evidence/0/problems/0/line", json!(0)),
        ("/policies/0/severity", json!("urgent")),
        ("/policies/0/line", json!(0)),
        ("/policies/0/controls", json!({"a": "b"})),
        ("/findings/0/outcome", json!("pass")),
        ("/findings/0/fingerprint", json!("")),
        ("/findings/0/record/pointer", json!("DataList/0")),
        ("/findings/0/record/column", json!(0)),
        ("/findings/0/evidence/0/line", Value::Null),
        ("/findings/0/evidence/0/length", json!(0)),
        ("/findings/0/rule/line", json!(0)),
    ] {
        refused(&REPORT, &report, pointer, &value);
    }
    for (pointer, value) in [
        ("/exit_code", json!(3)),
        ("/problems/0/level", json!("fatal")),
        ("/problems/0/line", json!(0)),
        ("/problems/0/message", json!("")),
        ("/problems/0/code", json!("Broken")),
    ] {
        refused(&ERROR, &failure, pointer, &value);
    }
}

pub(super) fn refused(schema: &Validator, document: &Value, pointer: &str, value: &Value) {
    let mut wrong = document.clone();
    *wrong.pointer_mut(pointer).unwrap() = value.clone();
    assert!(!schema.is_valid(&wrong), "{pointer} = {value}");
}
