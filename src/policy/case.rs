//! A case's records, from YAML to the JSON that the API would have sent.

use miette::Diagnostic;
use serde::de::IgnoredAny;
use thiserror::Error;

use super::Case;
use super::draft::{CaseDraft, suggestion};
use crate::operation::{Field, Schema};
use crate::text::{Place, Problem};
use crate::yaml::{Entry, Node, NodeKind, Scalar, Value};

#[derive(Debug, Error, Diagnostic)]
enum CaseError {
    #[error("unknown field `{name}`")]
    #[diagnostic(code("policy/unknown-field"), help("{help}"))]
    UnknownField { name: String, help: String },

    #[error("`{name}` is no field that the API sends")]
    #[diagnostic(code("policy/derived-field"), help("it is made from other fields; give {from}"))]
    DerivedField { name: String, from: String },

    #[error("a policy that judges the whole needs `records`")]
    #[diagnostic(
        code("policy/records-needed"),
        help("write `records:` and all records of a snapshot, such as `records: [{{…}}, {{…}}]`")
    )]
    RecordsNeeded,

    #[error("a policy that judges each record needs `record`")]
    #[diagnostic(
        code("policy/records-needed"),
        help("write `record:` and one record; several records are several cases")
    )]
    RecordNeeded,

    #[error("`{text}` is no number in JSON")]
    #[diagnostic(
        code("policy/no-json-number"),
        help("an API cannot send it; quote it to mean the text")
    )]
    NoJsonNumber { text: String },
}

/// Resolves the fields of a case and writes its records. `judges_whole` says whether its policy takes
/// them together; nothing where that could not be found out.
pub(super) fn resolve(
    draft: &CaseDraft<'_>,
    judges_whole: Option<bool>,
    schema: &Schema,
    problems: &mut Vec<Problem>,
) -> Option<Case> {
    let before = problems.len();
    let error = match (judges_whole, draft.is_list) {
        (Some(true), false) => Some((CaseError::RecordsNeeded, "one record")),
        (Some(false), true) => Some((CaseError::RecordNeeded, "several records")),
        _ => None,
    };
    if let Some((error, label)) = error {
        let place = Place::Text(draft.key.clone());
        problems.push(Problem::new(&error, place).labelled(label));
    }
    let mut records = Vec::with_capacity(draft.records.len());
    for node in &draft.records {
        for entry in node.as_mapping().unwrap_or_default() {
            problems.extend(name_problem(entry, schema));
        }
        let mut record = String::new();
        write(node, &mut record, problems);
        records.push(record);
    }
    let whole = problems.len() == before;
    whole.then_some(Case { records, expect: draft.expect?, location: draft.location.clone() })
}

fn name_problem(entry: &Entry, schema: &Schema) -> Option<Problem> {
    let name = entry.name().to_owned();
    let error = match schema.find(&name).map(|id| schema.field(id)) {
        Some(field) if field.derived.is_some() => {
            CaseError::DerivedField { from: sources_of(field, schema), name }
        }
        Some(_) => return None,
        None => CaseError::UnknownField { help: suggestion(&name, sent_names(schema)), name },
    };
    let place = Place::Text(entry.key.location.clone());
    Some(Problem::new(&error, place).labelled("not in a record"))
}

/// The names that a record can have.
fn sent_names(schema: &Schema) -> impl Iterator<Item = &str> + Clone {
    schema.fields.iter().filter(|field| field.derived.is_none()).map(|field| field.name.as_str())
}

fn sources_of(field: &Field, schema: &Schema) -> String {
    let Some(derived) = &field.derived else {
        return String::new();
    };
    let name = |id| format!("`{}`", schema.field(id).name);
    let sum: Vec<String> = derived.otherwise.iter().map(|id| name(*id)).collect();
    format!("{}, or {}", name(derived.first), sum.join(" and "))
}

fn write(node: &Node, out: &mut String, problems: &mut Vec<Problem>) {
    match &node.kind {
        NodeKind::Scalar(scalar) => match scalar_text(scalar) {
            Some(text) => out.push_str(&text),
            None => {
                let text = scalar.text().to_owned();
                let place = Place::Text(node.location.clone());
                let problem = Problem::new(&CaseError::NoJsonNumber { text }, place);
                problems.push(problem.labelled("not in JSON"));
            }
        },
        NodeKind::Sequence(nodes) => {
            out.push('[');
            for (index, node) in nodes.iter().enumerate() {
                separate(index, out);
                write(node, out, problems);
            }
            out.push(']');
        }
        NodeKind::Mapping(entries) => {
            out.push('{');
            for (index, entry) in entries.iter().enumerate() {
                separate(index, out);
                out.push_str(&string(entry.name()));
                out.push_str(": ");
                write(&entry.value, out, problems);
            }
            out.push('}');
        }
    }
}

fn separate(index: usize, out: &mut String) {
    if index > 0 {
        out.push_str(", ");
    }
}

/// A scalar in JSON; a number keeps its spelling where JSON has it too.
fn scalar_text(scalar: &Scalar) -> Option<String> {
    let text = scalar.text();
    if scalar.is_plain() && is_json_number(text) {
        return Some(text.to_owned());
    }
    match scalar.value() {
        Value::Null => Some("null".to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        // `{:?}` of a finite number is always JSON; `{}` writes 1e300 with all its zeros.
        Value::Float(value) => value.is_finite().then(|| format!("{value:?}")),
        Value::Text(text) => Some(string(text)),
    }
}

fn is_json_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
