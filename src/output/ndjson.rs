//! The `ndjson` format: what the `json` format says of warnings, evidence and findings, a line each, and the verdict
//! in the last one.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::triage::Report;

use super::{Entry, Hashes, REPORT_SCHEMA, Reader, Style, Told, json};

pub(super) const ENTRY: Entry = Entry {
    name: "ndjson",
    about: "A JSON object a line: findings for streams and `jq`, the verdict last",
    reader: Reader::Machine,
    hashes: Hashes::Hidden,
    max_findings: None,
    render,
    problems,
};

/// How the last line names the shape of the lines.
pub(super) const SCHEMA_NAME: &str = "portcullis.ndjson/v1";

const SCHEMA: &str = include_str!("ndjson.schema.json");

fn render(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    json::report_lines(report, out)
}

fn problems(told: &Told<'_>, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    json::problem_lines(told, out)
}

/// JSON Schema of a line of the `ndjson` format, which describes findings as the schema of reports does.
#[must_use]
pub fn line_schema() -> String {
    let (Ok(mut schema), Ok(report)) =
        (serde_json::from_str::<Value>(SCHEMA), serde_json::from_str::<Value>(REPORT_SCHEMA))
    else {
        return SCHEMA.to_owned();
    };
    if let Some(own) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        let shared = report.get("$defs").and_then(Value::as_object);
        for (name, described) in shared.into_iter().flatten() {
            match name.as_str() {
                "finding" | "problem" => own.insert(name.clone(), of_kind(name, described)),
                _ if USED.contains(&name.as_str()) => own.insert(name.clone(), described.clone()),
                _ => None,
            };
        }
        if let Some(counts) = report.pointer("/properties/summary") {
            own.insert("counts".to_owned(), counts.clone());
        }
        if let Some(loosened) = report.pointer("/properties/loosened") {
            own.insert("loosened".to_owned(), loosened.clone());
        }
    }
    format!("{schema:#}\n")
}

/// What the schemas of findings and problems refer to.
const USED: [&str; 7] = ["count", "ordinal", "effect", "severity", "pointer", "controls", "level"];

/// The description of an object that begins with what kind of line it is.
fn of_kind(kind: &str, described: &Value) -> Value {
    let mut described = described.clone();
    if let Some(properties) = described.get_mut("properties").and_then(Value::as_object_mut) {
        properties.shift_insert(0, "kind".to_owned(), json!({"const": kind}));
    }
    if let Some(required) = described.get_mut("required").and_then(Value::as_array_mut) {
        required.insert(0, json!("kind"));
    }
    described
}
