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
    /// Where the text begins in its file, and the bytes before it there.
    start: Position,
    offset: usize,
    line_starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// `name` is what diagnostics show: the path as it was given, never made absolute.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Self::part(name, text, Position::START, 0)
    }

    /// A piece of a file of which the rest is not at hand: it begins at `start`, after `offset` bytes.
    /// Spans are of the piece, lines and columns of the file.
    #[must_use]
    pub fn part(
        name: impl Into<String>,
        text: impl Into<String>,
        start: Position,
        offset: usize,
    ) -> Arc<Self> {
        let (name, text) = (name.into(), text.into());
        Arc::new(Self { name, text, start, offset, line_starts: OnceLock::new() })
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

    /// Bytes of the file before the text.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let starts = self.line_starts.get_or_init(|| line_starts(&self.text));
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        let before = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(before);
        let column = if line == 1 { self.start.column } else { 1 };
        Position { line: self.start.line + line as u64 - 1, column }.after(before.as_bytes())
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        let place = |source: &Self| (source.start, source.offset);
        self.name == other.name && self.text == other.text && place(self) == place(other)
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

    /// Bytes of the file before it.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.source.offset() + self.span.start
    }

    /// Another span of the same text.
    #[must_use]
    pub fn at(&self, span: Span) -> Self {
        Self { source: Arc::clone(&self.source), span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_counted_from_where_it_begins() {
        let whole = Source::new("a.yaml", "x: 1\ny: 中\nz: [a]\n");
        let start = whole.text().find('中').unwrap();
        let rest = whole.text().get(start..).unwrap();
        let part = Source::part("a.yaml", rest, whole.position(start), start);
        for (at, _) in rest.char_indices() {
            assert_eq!(part.position(at), whole.position(start + at), "{at}");
            let place = Location { source: Arc::clone(&part), span: Span::new(at, at + 1) };
            assert_eq!(place.offset(), start + at);
        }
        assert_eq!(part.slice(Span::new(0, 3)), "中");
        assert_ne!(part, Source::new("a.yaml", rest));
    }
}
