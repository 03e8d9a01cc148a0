//! A `Template` is a message with fields in braces, resolved against the schema.

use crate::operation::FieldId;

/// A message template: literal text and fields by turns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// In order.
    pub parts: Vec<Part>,
}

/// One part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Literal(String),
    /// A field's value: codes by their label, lists joined by ", ", absent ones as `unknown`.
    Field(FieldId),
}

impl Template {
    /// The fields it shows.
    pub fn fields(&self) -> impl Iterator<Item = FieldId> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Field(field) => Some(*field),
        })
    }
}
