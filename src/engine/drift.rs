//! Response drift: codes that the schema does not list are unknown to every policy, and said once.

use std::sync::Arc;

use crate::json::Record;
use crate::operation::reading;
use crate::operation::{FieldId, Kind, Schema};
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

/// A field, and the value that it was read as, or else its text as it stands.
type Unlisted = (FieldId, Result<i64, String>);

/// Values of enumerated fields that the schema does not list, each with its first place.
#[derive(Debug)]
pub(crate) struct Drift {
    source: Arc<str>,
    seen: Vec<Unlisted>,
    flaws: Vec<Flaw>,
}

impl Drift {
    pub(crate) fn new(source: &Arc<str>) -> Self {
        Self { source: Arc::clone(source), seen: Vec::new(), flaws: Vec::new() }
    }

    /// From here on places are counted in another text.
    pub(crate) fn enter(&mut self, source: &Arc<str>) {
        self.source = Arc::clone(source);
    }

    pub(crate) fn finish(self) -> Vec<Flaw> {
        self.flaws
    }

    /// Whether a record has a value that is not listed and was not seen before.
    pub(crate) fn is_new(&self, fields: &Fields<'_>) -> bool {
        self.seen.len() < MAX_DRIFT
            && codes(fields).any(|(field, read, text)| !self.has_seen(field, read, text))
    }

    fn has_seen(&self, field: FieldId, read: Option<i64>, text: &str) -> bool {
        let is_same = |value: &Result<i64, String>| match (value, read) {
            (Ok(value), Some(read)) => *value == read,
            (Err(value), None) => value == text,
            (Ok(_), None) | (Err(_), Some(_)) => false,
        };
        self.seen.iter().any(|(seen, value)| *seen == field && is_same(value))
    }

    /// Reports what is new in a record.
    pub(crate) fn keep(&mut self, fields: &Fields<'_>, place: &RecordPlace) {
        for (field, read, text) in codes(fields) {
            if self.has_seen(field, read, text) || self.seen.len() >= MAX_DRIFT {
                continue;
            }
            let start = fields.start(field);
            let before = fields.record.text().as_bytes().get(..start).unwrap_or_default();
            let mark = Mark {
                source: Arc::clone(&self.source),
                position: place.position.after(before),
                offset: place.offset + start as u64,
                length: text.len() as u64,
            };
            let problem = Problem::new(&unlisted(fields, field, read, text), Place::Evidence(mark));
            self.flaws.push(Flaw { weight: Weight::Noted, problem });
            self.seen.push((field, read.ok_or_else(|| text.to_owned())));
        }
    }
}

fn unlisted(fields: &Fields<'_>, field: FieldId, read: Option<i64>, text: &str) -> Error {
    let described = fields.schema().field(field);
    let code = |code: &crate::operation::Code| format!("{} {}", code.value, code.label);
    let listed: Vec<String> = described.kind.codes().iter().map(code).collect();
    let value = match read {
        Some(value) => value.to_string(),
        None => text.chars().take(64).collect(),
    };
    Error::Unlisted { field: described.name.clone(), value, listed: listed.join(", ") }
}

/// An enumerated field that records are asked for.
#[derive(Debug)]
pub(super) struct Listed {
    field: FieldId,
    slot: usize,
    /// By bit, the values below 64 that the schema lists.
    small: u64,
}

impl Listed {
    /// The field that fills a slot, if it is an enumerated one.
    pub(super) fn new(schema: &Schema, field: FieldId, slot: usize) -> Option<Self> {
        let Kind::Code(codes) = &schema.field(field).kind else { return None };
        let bits = codes.iter().filter_map(|code| 1_u64.checked_shl(code.value.try_into().ok()?));
        Some(Self { field, slot, small: bits.fold(0, |small, bit| small | bit) })
    }

    /// Whether a record has a value that is listed and small: most have.
    #[inline]
    fn has(&self, record: &Record<'_>) -> bool {
        let value = record.whole(self.slot).and_then(|value| u32::try_from(value).ok());
        let bits = value.and_then(|value| self.small.checked_shr(value));
        bits.is_some_and(|bits| bits & 1 == 1)
    }

    /// The value of a record if it is there and not listed: as it was read, where it is one, and as it
    /// stands.
    fn unlisted<'a>(&self, fields: &Fields<'a>) -> Option<(FieldId, Option<i64>, &'a str)> {
        let raw = fields.record.slot(self.slot)?;
        match reading::code(Some(raw)) {
            Ok(value) => {
                let is_listed = fields.schema().field(self.field).kind.code(value).is_some();
                (!is_listed).then_some((self.field, Some(value), raw.text))
            }
            Err(reading::Unknown::Absent | reading::Unknown::Null) => None,
            Err(reading::Unknown::Malformed) => Some((self.field, None, raw.text)),
        }
    }
}

/// The enumerated fields of a record whose value is there and not listed, that value where it is one,
/// and its text as it stands.
fn codes<'a>(fields: &Fields<'a>) -> impl Iterator<Item = (FieldId, Option<i64>, &'a str)> {
    let unseen = |listed: &&Listed| !listed.has(fields.record);
    fields.program.codes.iter().filter(unseen).filter_map(|listed| listed.unlisted(fields))
}
