//! A `Span` is a byte range; a `Position` is what an editor shows for one end of it.

use std::ops::Range;

/// A range of bytes within one text: `start` included, `end` excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Bytes covered.
    #[must_use]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The part that lies in `text`, widened to whole characters, so that it slices.
    #[must_use]
    pub fn within(self, text: &str) -> Self {
        let mut start = self.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = self.end.clamp(start, text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        Self { start, end }
    }

    /// As a range, for slicing.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A line and a column, both from 1. Columns count Unicode scalar values; a byte order mark counts none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1, in Unicode scalar values.
    pub column: u64,
}

impl Default for Position {
    fn default() -> Self {
        Self::START
    }
}

impl Position {
    /// Where every text begins.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The position after `text`, when `text` begins at this one.
    #[must_use]
    pub fn after(self, text: &[u8]) -> Self {
        match memchr::memrchr(b'\n', text) {
            None => Self { line: self.line, column: self.column + scalars(text) },
            Some(newline) => {
                let lines = memchr::memchr_iter(b'\n', text).count() as u64;
                let rest = text.get(newline + 1..).unwrap_or_default();
                Self { line: self.line + lines, column: 1 + scalars(rest) }
            }
        }
    }
}

/// Unicode scalar values in UTF-8 text: every byte that does not continue one.
fn scalars(text: &[u8]) -> u64 {
    // Pieces so short that a sum fits into one byte: the compiler makes vector code of that.
    let starts = |byte: &u8| u8::from(byte.cast_signed() >= -64);
    let count = |piece: &[u8]| u64::from(piece.iter().map(starts).sum::<u8>());
    let (pieces, rest) = text.as_chunks::<224>();
    pieces.iter().map(|piece| count(piece)).sum::<u64>() + count(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn within_a_text_a_span_is_of_whole_characters() {
        let text = "a中b";
        for (start, end, expected) in [
            (0, 5, "a中b"),
            (0, 2, "a中"),
            (1, 1, ""),
            (2, 3, "中"),
            (3, 5, "中b"),
            (2, 2, "中"),
            (4, 99, "b"),
            (99, 99, ""),
        ] {
            let span = Span { start, end }.within(text);
            assert_eq!(text.get(span.range()), Some(expected), "{start}..{end}");
        }
    }
}
