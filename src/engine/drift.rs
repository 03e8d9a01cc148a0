//! Response drift: codes that the schema does not list are unknown to every policy, and said once.

use std::sync::Arc;

use crate::operation::reading;
use crate::operation::{FieldId, Kind};
use crate::snapshot::{Flaw, RecordPlace, Weight};
use crate::text::{Mark, Place, Problem};

use super::evaluate::Fields;

/// Distinct values of one file that are reported; more say nothing new.
const MAX_DRIFT: usize = 100;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`{field}` is {value}, which is not one of its values")]
    #[diagnostic(
        code("evidence/unlisted-value"),
        severity(Warning),
        help("policies take it as unknown; the API may have changed: {listed}")
    )]
    Unlisted { field: String, value: String, listed: String },
}

/// Values of enumerated fields that the schema does not list, each with its first place.
#[derive(Debug)]
pub(crate) struct Drift {
    source: Arc<str>,
    seen: Vec<(FieldId, String)>,
    flaws: Vec<Flaw>,
}

impl Drift {
    pub(crate) fn new(source: &Arc<str>) -> Self {
        Self { source: Arc::clone(source), seen: Vec::new(), flaws: Vec::new() }
    }

    pub(crate) fn finish(self) -> Vec<Flaw> {
        self.flaws
    }

    /// Whether a record has a value that is not listed and was not seen before.
    pub(crate) fn is_new(&self, fields: &Fields<'_>) -> bool {
        self.seen.len() < MAX_DRIFT
            && codes(fields).any(|(field, value)| {
                !self.seen.iter().any(|(seen, text)| *seen == field && text == value)
            })
    }

    /// Reports what is new in a record.
    pub(crate) fn keep(&mut self, fields: &Fields<'_>, place: &RecordPlace) {
        let new: Vec<(FieldId, &str)> = codes(fields).collect();
        for (field, value) in new {
            let entry = (field, value.to_owned());
            if self.seen.contains(&entry) || self.seen.len() >= MAX_DRIFT {
                continue;
            }
            let start = fields.start(field);
            let before = fields.record.text().as_bytes().get(..start).unwrap_or_default();
            let mark = Mark {
                source: Arc::clone(&self.source),
                position: place.position.after(before),
                offset: place.offset + start as u64,
                length: value.len() as u64,
            };
            let problem = Problem::new(&unlisted(fields, field, value), Place::Evidence(mark));
            self.flaws.push(Flaw { weight: Weight::Noted, problem });
            self.seen.push(entry);
        }
    }
}

fn unlisted(fields: &Fields<'_>, field: FieldId, value: &str) -> Error {
    let described = fields.schema().field(field);
    let code = |code: &crate::operation::Code| format!("{} {}", code.value, code.label);
    let listed: Vec<String> = described.kind.codes().iter().map(code).collect();
    let value = value.chars().take(64).collect();
    Error::Unlisted { field: described.name.clone(), value, listed: listed.join(", ") }
}

/// The enumerated fields of a record whose value is there and not listed, and its text as it stands.
fn codes<'a>(fields: &Fields<'a>) -> impl Iterator<Item = (FieldId, &'a str)> {
    let (program, record) = (fields.program, fields.record);
    program.codes.iter().filter_map(move |field| {
        let raw = record.slot(program.slot(*field)?)?;
        let Kind::Code(codes) = &program.operation.schema.field(*field).kind else { return None };
        let is_listed = match reading::code(Some(raw)) {
            Ok(value) => codes.iter().any(|code| code.value == value),
            Err(reading::Unknown::Absent | reading::Unknown::Null) => true,
            Err(reading::Unknown::Malformed) => false,
        };
        (!is_listed).then_some((*field, raw.text))
    })
}
