//! Where the characters of a decoded scalar were written: the scalar is decoded once more, this time
//! with the bytes of each character at hand. Only a diagnostic asks, so nothing is kept for it.

use std::ops::Range;

use super::{Scalar, Style};
use crate::text::{Location, Span};

/// Span in the file of a byte range of the decoded text.
///
/// Nothing where text and file do not agree, which then is told by the scalar as a whole.
pub(super) fn locate(scalar: &Scalar, location: &Location, decoded: Range<usize>) -> Option<Span> {
    let written = location.text();
    let (base, written) = match scalar.style() {
        Style::SingleQuoted => (1, written.strip_prefix('\'')?.strip_suffix('\'')?),
        Style::DoubleQuoted => (1, written.strip_prefix('"')?.strip_suffix('"')?),
        Style::Plain | Style::Literal | Style::Folded => (0, written),
    };
    let base = location.span.start + base;
    let decoded = Span::new(decoded.start, decoded.end).within(scalar.text()).range();
    if written == scalar.text() {
        return Some(Span::new(base + decoded.start, base + decoded.end));
    }
    let pieces = Pieces::new(written, scalar.style(), indentation(location));
    let span = find(scalar, pieces, decoded)?;
    Some(Span::new(base + span.start, base + span.end))
}

/// Columns by which the lines of a block scalar are indented: those before its first character.
fn indentation(location: &Location) -> usize {
    let before = location.source.slice(Span::new(0, location.span.start));
    before.len() - before.trim_end_matches(' ').len()
}

fn find(scalar: &Scalar, pieces: Pieces<'_>, decoded: Range<usize>) -> Option<Span> {
    let length = pieces.text.len();
    // Empty lines above a block scalar's first text lie before its location.
    let text = match scalar.style() {
        Style::Literal | Style::Folded => scalar.text().trim_start_matches('\n'),
        Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => scalar.text(),
    };
    let mut offset = scalar.text().len() - text.len();
    let mut start = (decoded.start < offset).then_some(0);
    let mut end = None;
    for (expected, piece) in text.chars().zip(pieces) {
        if expected != piece.character {
            return None;
        }
        offset += expected.len_utf8();
        if start.is_none() && offset > decoded.start {
            start = Some(piece.start);
        }
        if start.is_some() && offset >= decoded.end {
            end = Some(piece.end);
            break;
        }
    }
    let start = start.unwrap_or(length);
    let end = if decoded.is_empty() { start } else { end.unwrap_or(length) };
    Some(Span::new(start, end))
}

/// One decoded character and the bytes that it was written as.
#[derive(Debug)]
struct Piece {
    character: char,
    start: usize,
    end: usize,
}

/// The decoded characters of a scalar's written text, quotes taken off.
#[derive(Debug)]
struct Pieces<'a> {
    text: &'a str,
    style: Style,
    indentation: usize,
    at: usize,
    /// Up to here each line break is a character and all else is indentation.
    breaks_until: usize,
    /// Up to here blanks are known to be content.
    blanks_until: usize,
    /// Whether the line of a folded scalar begins with a blank, which keeps the breaks around it.
    line_is_indented: bool,
}

impl<'a> Pieces<'a> {
    fn new(text: &'a str, style: Style, indentation: usize) -> Self {
        let line_is_indented = text.starts_with(is_blank);
        Self { text, style, indentation, at: 0, breaks_until: 0, blanks_until: 0, line_is_indented }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes the next `length` bytes as one character.
    fn take(&mut self, character: char, length: usize) -> Piece {
        let start = self.at;
        self.at += length;
        Piece { character, start, end: self.at }
    }

    /// The next line break of a run in which every break counts.
    fn next_break(&mut self) -> Option<Piece> {
        let run = self.text.get(self.at..self.breaks_until).unwrap_or_default();
        let Some(skipped) = run.find(is_break) else {
            self.at = self.breaks_until;
            return None;
        };
        self.at += skipped;
        let length = break_length(self.rest());
        Some(self.take('\n', length))
    }

    /// White space between words of a plain or quoted scalar.
    fn white_space(&mut self, first: char) -> Option<Piece> {
        let rest = self.rest();
        let run = white_space_length(rest);
        let Some(blanks) = rest.get(..run).and_then(|run| run.find(is_break)) else {
            self.blanks_until = self.at + run;
            return Some(self.take(first, first.len_utf8()));
        };
        let first_break = blanks + break_length(rest.get(blanks..).unwrap_or_default());
        if rest.get(first_break..run).is_some_and(|more| more.contains(is_break)) {
            self.breaks_until = self.at + run;
            self.at += first_break;
            return self.next_break();
        }
        Some(self.take(' ', run))
    }

    /// The line breaks after a line of a block scalar, down to the next line with text.
    fn block_break(&mut self) -> Option<Piece> {
        let rest = self.rest();
        let first = break_length(rest);
        let mut end = first;
        let mut count = 1;
        loop {
            let line = rest.get(end..).unwrap_or_default();
            end += line.bytes().take(self.indentation).take_while(|byte| *byte == b' ').count();
            let more = break_length(rest.get(end..).unwrap_or_default());
            if more == 0 {
                break;
            }
            end += more;
            count += 1;
        }
        let next = rest.get(end..).unwrap_or_default();
        let next_is_indented = next.starts_with(is_blank);
        let folds = self.style == Style::Folded
            && !self.line_is_indented
            && !next_is_indented
            && !next.is_empty();
        self.line_is_indented = next_is_indented;
        if folds && count == 1 {
            return Some(self.take(' ', end));
        }
        self.breaks_until = self.at + end;
        self.at += if folds { first } else { 0 };
        self.next_break()
    }

    /// An escape of a double-quoted scalar; an escaped line break is none and decodes to nothing.
    fn escape(&mut self) -> Option<Piece> {
        let rest = self.rest();
        let joined = break_length(rest.get(1..).unwrap_or_default());
        if joined > 0 {
            self.at += 1 + joined;
            self.breaks_until = self.at + white_space_length(self.rest());
            return None;
        }
        let (character, length) = escape(rest).unwrap_or(('\\', 1));
        Some(self.take(character, length))
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            if self.at < self.breaks_until
                && let Some(piece) = self.next_break()
            {
                return Some(piece);
            }
            let first = self.rest().chars().next()?;
            let is_block = matches!(self.style, Style::Literal | Style::Folded);
            let white = is_break(first) || (is_blank(first) && !is_block);
            let piece = match first {
                '\\' if self.style == Style::DoubleQuoted => self.escape(),
                '\'' if self.style == Style::SingleQuoted => Some(self.take('\'', 2)),
                _ if white && is_block => self.block_break(),
                _ if white && self.at >= self.blanks_until => self.white_space(first),
                _ => Some(self.take(first, first.len_utf8())),
            };
            if piece.is_some() {
                return piece;
            }
        }
    }
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r')
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

/// Bytes of the line break that a text begins with; none if it begins with something else.
fn break_length(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

fn white_space_length(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len()
}

/// The character that an escape at the start of `text` stands for, and the bytes of the escape.
///
/// Nothing where YAML knows no such escape.
pub(super) fn escape(text: &str) -> Option<(char, usize)> {
    let digits = match text.strip_prefix('\\')?.chars().next()? {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        letter => return Some((simple_escape(letter)?, 2)),
    };
    let code = hexadecimal(text.get(2..2 + digits)?)?;
    if let Some(character) = char::from_u32(code) {
        return Some((character, 2 + digits));
    }
    let low = hexadecimal(text.get(6..)?.strip_prefix("\\u")?.get(..4)?)?;
    let pair = (0xD800..0xDC00).contains(&code) && (0xDC00..0xE000).contains(&low);
    let code = if pair { 0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00) } else { code };
    Some((char::from_u32(code)?, 12))
}

fn hexadecimal(digits: &str) -> Option<u32> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if all_digits { u32::from_str_radix(digits, 16).ok() } else { None }
}

fn simple_escape(letter: char) -> Option<char> {
    Some(match letter {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        ' ' | '"' | '/' | '\\' => letter,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return None,
    })
}
