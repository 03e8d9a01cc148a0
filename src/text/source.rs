//! A `Source` is a named text that stays for as long as anything points into it.

use std::sync::{Arc, OnceLock};

use super::{Position, Span};

/// U+FEFF in UTF-8; accepted at the start of a text, counted in no column.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A named text: a policy file, or any other that a person wrote.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    line_starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// `name` is what diagnostics show: the path as it was given, never made absolute.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into(), line_starts: OnceLock::new() })
    }

    /// The path as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text, byte order mark included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty where the span does not lie on character boundaries within the text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let starts = self.line_starts.get_or_init(|| line_starts(&self.text));
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        let before = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(before);
        Position { line: line as u64, column: 1 }.after(before.as_bytes())
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.text == other.text
    }
}

impl Eq for Source {}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect()
}

/// A span together with the text it lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The text.
    pub source: Arc<Source>,
    /// The bytes in it.
    pub span: Span,
}

impl Location {
    /// The located text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.source.slice(self.span)
    }

    /// Line and column of the first byte.
    #[must_use]
    pub fn position(&self) -> Position {
        self.source.position(self.span.start)
    }

    /// Another span of the same text.
    #[must_use]
    pub fn at(&self, span: Span) -> Self {
        Self { source: Arc::clone(&self.source), span }
    }
}
