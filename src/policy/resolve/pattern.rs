//! Patterns: regular expressions that compile, within a size.

use regex::RegexBuilder;

use super::Resolver;
use super::error::ResolveError;
use super::item::Item;
use crate::operation::Field;
use crate::policy::Pattern;
use crate::policy::syntax::{Op, OperandKind};
use crate::text::Location;
use crate::text::Span;

/// Bytes that one compiled pattern may take.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// Written before patterns on fields that ignore case, so that the pattern alone says what it finds.
const IGNORING_CASE: &str = "(?i)";

impl<'a> Resolver<'a> {
    pub(super) fn pattern(&mut self, item: &Item<'a>, field: &'a Field) -> Option<Pattern> {
        let text = self.word(item)?;
        if text.is_empty() {
            let op = Op::Matches;
            return self.fail(&ResolveError::EmptyText { op }, item);
        }
        let prefix = if field.ignores_case { IGNORING_CASE } else { "" };
        let built =
            RegexBuilder::new(&format!("{prefix}{text}")).size_limit(MAX_PATTERN_BYTES).build();
        let message = match built {
            Ok(regex) => return Some(Pattern(regex)),
            Err(regex::Error::CompiledTooBig(_)) => "it is too large".to_owned(),
            Err(error) => error.to_string(),
        };
        let reason = message.lines().last().unwrap_or_default();
        let reason = reason.strip_prefix("error: ").unwrap_or(reason).to_owned();
        let error = ResolveError::BadPattern { reason };
        match exact_place(item, &text, &message, prefix.len()) {
            Some(location) => self.fail_at(&error, &location),
            None => self.fail(&error, item),
        }
    }
}

/// The part of a pattern that the carets of its error point at, where the pattern stands in the rule as
/// it is read. The error says it in no other form.
fn exact_place(item: &Item<'_>, text: &str, message: &str, prefix: usize) -> Option<Location> {
    let location = &item.operand.location;
    let written = location.text();
    let quotes = match item.operand.kind {
        OperandKind::Text(_) => {
            written.strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])? == text
        }
        _ => false,
    };
    if item.used() != location || !(quotes || written == text) {
        return None;
    }
    let carets = message.lines().find(|line| {
        let marks = line.trim_start();
        !marks.is_empty() && marks.chars().all(|c| c == '^')
    })?;
    let marks = carets.trim_start().len();
    let skipped = carets.len().checked_sub(marks + INDENTATION + prefix)?;
    let start = text.char_indices().nth(skipped)?.0;
    let length: usize = text.get(start..)?.chars().take(marks).map(char::len_utf8).sum();
    let start = location.span.start + usize::from(quotes) + start;
    Some(location.at(Span::new(start, start + length)))
}

/// Columns by which an error of the `regex` crate indents the pattern.
const INDENTATION: usize = 4;
