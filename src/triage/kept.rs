//! What a file's judgement kept, and the words and places that a report is asked for of it.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::engine::{Capture, Findings, Hit};
use crate::json::Raw;
use crate::operation::{FieldId, Operation};
use crate::snapshot::Origin;

use super::message;
use super::report::Evidence;
use super::whole::OfWhole;

/// What a file's judgement kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// Index of the snapshot that it is a part of.
    pub(super) capture: usize,
    /// The file, for what lies in no page.
    pub(super) source: Arc<str>,
    /// Of each page, what its places are counted in.
    pub(super) sources: Vec<Arc<str>>,
    /// How it was asked for, where its capture recorded that.
    pub(super) origin: Option<Arc<Origin>>,
    pub(super) operation: Arc<Operation>,
    /// Pointer of each page's records list.
    pub(super) lists: Vec<Option<String>>,
    pub(super) found: Findings,
    /// What there is to say of the findings of its whole snapshot.
    pub(super) of_whole: Vec<OfWhole>,
}

impl Kept {
    /// What the places of a record are counted in.
    pub(super) fn source_of(&self, hit: &Hit) -> &Arc<str> {
        self.sources.get(hit.place.page).unwrap_or(&self.source)
    }

    /// Where the records lie, as far as that is known.
    pub(super) fn scope(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.origin.as_deref().into_iter().flat_map(Origin::scope)
    }

    pub(super) fn pointer_into(&self, hit: &Hit, pointer: &mut String) {
        if let Some(list) = self.lists.get(hit.place.page).and_then(Option::as_ref) {
            // Writing to a string cannot fail.
            let _ = write!(pointer, "{list}/{}", hit.place.index);
        }
    }

    pub(super) fn raw(&self, hit: &Hit, field: FieldId) -> Option<Raw<'_>> {
        let captures = self.found.captures.get(hit.captures.clone())?;
        let capture = captures.iter().find(|capture| capture.field == field)?;
        Some(self.raw_of(capture))
    }

    pub(super) fn raw_of(&self, capture: &Capture) -> Raw<'_> {
        Raw {
            text: self.found.text.get(capture.text.clone()).unwrap_or_default(),
            kind: capture.kind,
        }
    }

    pub(super) fn value(&self, hit: &Hit, field: FieldId) -> Option<&str> {
        self.raw(hit, field).map(|raw| raw.text)
    }

    pub(super) fn describe(&self, hit: &Hit, capture: &Capture, evidence: &mut Evidence) {
        let field = self.operation.schema.field(capture.field);
        let raw = self.raw_of(capture);
        evidence.field.clone_from(&field.name);
        evidence.value.clear();
        evidence.value.push_str(raw.text);
        evidence.read = message::read_as(field, raw);
        evidence.pointer.clear();
        self.pointer_into(hit, &mut evidence.pointer);
        evidence.pointer.push('/');
        push_step(&field.name, &mut evidence.pointer);
        evidence.position = capture.position;
        evidence.offset = hit.place.offset + capture.start as u64;
        evidence.length = raw.text.len() as u64;
    }
}

/// Appends one step of a JSON pointer.
fn push_step(name: &str, pointer: &mut String) {
    for c in name.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            _ => pointer.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_a_pointer_escapes_what_separates_steps() {
        let mut pointer = String::from("/0/");
        push_step("a/b~1~c", &mut pointer);
        assert_eq!(pointer, "/0/a~1b~01~0c");
        let document = serde_json::json!([{"a/b~1~c": 7}]);
        assert_eq!(document.pointer(&pointer), Some(&serde_json::json!(7)));
    }
}
