//! A `Template` is a message with fields in braces, resolved against the schema.

use std::ops::Range;

use miette::Diagnostic;
use thiserror::Error;

use super::draft::suggestion;
use crate::operation::{FieldId, Schema};

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

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
pub(super) enum TemplateError {
    #[error("unknown field `{name}`")]
    #[diagnostic(code("policy/unknown-field"), help("{help}"))]
    UnknownField { name: String, help: String },

    #[error("a brace without its partner")]
    #[diagnostic(
        code("policy/bad-message"),
        help("a field is written `{{Port}}`; for a brace itself write it twice")
    )]
    LoneBrace,

    #[error("no field between the braces")]
    #[diagnostic(
        code("policy/bad-message"),
        help("name a field, as in `{{Port}}`; for braces themselves write them twice")
    )]
    NoField,
}

impl TemplateError {
    /// What the underline says.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::UnknownField { .. } => "no field of a record",
            Self::LoneBrace => "this brace",
            Self::NoField => "empty",
        }
    }
}

impl Template {
    /// Reads `{Field}`, and `{{` and `}}` as braces. Every error comes with its bytes in `text`.
    pub(super) fn parse(
        text: &str,
        schema: &Schema,
    ) -> Result<Self, Vec<(Range<usize>, TemplateError)>> {
        let mut reader =
            Reader { schema, parts: Vec::new(), literal: String::new(), errors: Vec::new() };
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            at += reader.step(rest, at);
        }
        reader.end_literal();
        match reader.errors.is_empty() {
            true => Ok(Self { parts: reader.parts }),
            false => Err(reader.errors),
        }
    }

    /// The literal text.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Literal(text) => Some(text.as_str()),
            Part::Field(_) => None,
        });
        texts.collect()
    }

    /// The fields it shows.
    pub fn fields(&self) -> impl Iterator<Item = FieldId> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Field(field) => Some(*field),
        })
    }
}

struct Reader<'a> {
    schema: &'a Schema,
    parts: Vec<Part>,
    literal: String,
    errors: Vec<(Range<usize>, TemplateError)>,
}

impl Reader<'_> {
    /// Reads what `rest`, which is not empty, begins with; the bytes it took.
    fn step(&mut self, rest: &str, at: usize) -> usize {
        let plain = rest.find(['{', '}']).unwrap_or(rest.len());
        if let Some(text) = rest.get(..plain).filter(|text| !text.is_empty()) {
            self.literal.push_str(text);
            return plain;
        }
        if rest.starts_with("{{") || rest.starts_with("}}") {
            self.literal.extend(rest.chars().next());
            return 2;
        }
        let inside = rest
            .strip_prefix('{')
            .and_then(|inside| inside.split_once(['{', '}']))
            .map(|(inside, _)| inside)
            .filter(|inside| rest.get(1 + inside.len()..).is_some_and(|end| end.starts_with('}')));
        let Some(inside) = inside else {
            self.errors.push((at..at + 1, TemplateError::LoneBrace));
            return 1;
        };
        self.field(inside, at + 1);
        inside.len() + 2
    }

    fn field(&mut self, inside: &str, at: usize) {
        let name = inside.trim();
        if name.is_empty() {
            let braces = at - 1..at + inside.len() + 1;
            self.errors.push((braces, TemplateError::NoField));
            return;
        }
        let Some(field) = self.schema.find(name) else {
            let start = at + (inside.len() - inside.trim_start().len());
            let error = TemplateError::UnknownField {
                name: name.to_owned(),
                help: suggestion(name, self.schema.names().collect::<Vec<_>>().into_iter()),
            };
            self.errors.push((start..start + name.len(), error));
            return;
        };
        self.end_literal();
        self.parts.push(Part::Field(field));
    }

    fn end_literal(&mut self) {
        if !self.literal.is_empty() {
            let literal = std::mem::take(&mut self.literal);
            self.parts.push(Part::Literal(literal));
        }
    }
}
