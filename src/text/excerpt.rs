//! An `Excerpt` is what a reader is shown of a text around the places that a problem is about: a few
//! lines, none too wide, safe to print, with the places mapped into it and their true positions kept.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::clip::{Cut, clip};
use super::{BYTE_ORDER_MARK, Position, Span, printable};

/// Lines of one label at most; of a taller one only the first is shown and underlined.
const TALLEST_LABEL: usize = 8;

/// A readable window of a text around some spans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The shown lines, each ended by a line break.
    pub text: String,
    /// The spans, in `text` and in the order that they came in. One that is too wide or too tall is
    /// shown as its beginning; one that found no room lies on the `…` that stands for it.
    pub labels: Vec<Span>,
    /// Line and column in the file of the first byte of each span.
    pub positions: Vec<Position>,
    /// Line number in the file of the first line shown.
    pub first_line: u64,
    blocks: Vec<Block>,
}

/// Lines that follow on each other; lines of the file are left out between two of them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    /// In the excerpt's text.
    span: Span,
    first_line: u64,
}

/// How much an excerpt shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Lines before and after each span.
    pub context: usize,
    /// Columns of a line at most; each `…` comes on top.
    pub width: usize,
}

impl Excerpt {
    /// `text` begins at `start` in its file, `spans` are byte ranges of it.
    #[must_use]
    pub fn new(text: &str, start: Position, spans: &[Span], room: Room) -> Self {
        let lines = Lines::new(text, start, room.width);
        let places: Vec<Place> = spans.iter().map(|span| lines.place(*span)).collect();
        let mut excerpt = Self {
            labels: vec![Span::default(); places.len()],
            positions: places.iter().map(|place| lines.position(place)).collect(),
            ..Self::default()
        };
        for rows in windows(&places, room.context, lines.rows_with_text()) {
            excerpt.push_block(&lines, rows, &places);
        }
        excerpt.first_line = excerpt
            .blocks
            .first()
            .map_or(start.line, |block| block.first_line);
        excerpt
    }

    /// The same as source code of a report, under the name of the file.
    #[must_use]
    pub fn named(self, name: &str) -> NamedExcerpt {
        NamedExcerpt {
            name: printable(name).into_owned(),
            excerpt: self,
        }
    }

    fn push_block(&mut self, lines: &Lines<'_>, rows: Range<usize>, places: &[Place]) {
        let start = self.text.len();
        let first_line = lines.start.line + rows.start as u64;
        for row in rows {
            self.push_line(lines, row, places);
        }
        self.blocks.push(Block {
            span: Span::new(start, self.text.len()),
            first_line,
        });
    }

    fn push_line(&mut self, lines: &Lines<'_>, row: usize, places: &[Place]) {
        let line = lines.line(row);
        let ends_here = |place: &Place| place.first == row || place.last == row;
        let here: Vec<(usize, &Place)> = places
            .iter()
            .enumerate()
            .filter(|(_, place)| ends_here(place))
            .collect();
        let marks: Vec<Range<usize>> = here
            .iter()
            .map(|(_, place)| {
                let start = if place.first == row {
                    place.span.start
                } else {
                    line.start
                };
                let end = if place.last == row {
                    place.span.end
                } else {
                    line.end
                };
                start - line.start..end.max(start) - line.start
            })
            .collect();
        let clipped = clip(
            lines.slice(line),
            &marks,
            Cut {
                width: lines.width,
                is_continued: row == 0 && lines.start.column > 1,
            },
        );
        let base = self.text.len();
        for ((index, place), mark) in here.iter().zip(clipped.marks) {
            let Some(label) = self.labels.get_mut(*index) else {
                continue;
            };
            if place.first == row {
                label.start = base + mark.start;
            }
            if place.last == row {
                label.end = base + mark.end;
            }
        }
        self.text.push_str(&clipped.text);
        self.text.push('\n');
    }
}

/// A span within the lines of a text, line breaks at its ends taken off.
struct Place {
    first: usize,
    last: usize,
    span: Span,
}

struct Lines<'a> {
    text: &'a str,
    start: Position,
    starts: Vec<usize>,
    width: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, start: Position, width: usize) -> Self {
        let has_mark = start == Position::START && text.starts_with(BYTE_ORDER_MARK);
        let first = if has_mark { BYTE_ORDER_MARK.len() } else { 0 };
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self {
            text,
            start,
            starts: std::iter::once(first).chain(breaks).collect(),
            width,
        }
    }

    /// Rows, without the empty one after a last line break.
    fn rows_with_text(&self) -> usize {
        let ends_empty = self
            .starts
            .last()
            .is_some_and(|start| *start == self.text.len());
        self.starts.len() - usize::from(ends_empty && self.starts.len() > 1)
    }

    fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn row(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|start| *start <= offset)
            .saturating_sub(1)
    }

    /// A row without its line break.
    fn line(&self, row: usize) -> Span {
        let start = self.starts.get(row).copied().unwrap_or(self.text.len());
        let line = match self.starts.get(row + 1) {
            Some(next) => self.slice(Span::new(start, next.saturating_sub(1))),
            None => self.slice(Span::new(start, self.text.len())),
        };
        Span::new(start, start + line.strip_suffix('\r').unwrap_or(line).len())
    }

    fn place(&self, span: Span) -> Place {
        let Span { start, mut end } = span.within(self.text);
        let first = self.row(start);
        let mut last = self.row(if end > start { end - 1 } else { start });
        if last - first >= TALLEST_LABEL {
            last = first;
            end = self.line(first).end;
        }
        let start = start.clamp(self.line(first).start, self.line(first).end);
        let end = end.min(self.line(last).end).max(start);
        Place {
            first,
            last,
            span: Span::new(start, end),
        }
    }

    fn position(&self, place: &Place) -> Position {
        let line = self.line(place.first);
        let before = self.slice(Span::new(line.start, place.span.start));
        let column = if place.first == 0 {
            self.start.column
        } else {
            1
        };
        Position {
            line: self.start.line + place.first as u64,
            column,
        }
        .after(before.as_bytes())
    }
}

/// The rows to show, in order and apart from each other.
fn windows(places: &[Place], context: usize, rows: usize) -> Vec<Range<usize>> {
    let mut windows: Vec<Range<usize>> = places
        .iter()
        .map(|place| {
            let end = (place.last + 1).saturating_add(context).min(rows);
            place.first.saturating_sub(context)..end.max(place.last + 1)
        })
        .collect();
    windows.sort_by_key(|window| (window.start, window.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(windows.len());
    for window in windows {
        match merged.last_mut() {
            // To leave out a single line would save nothing.
            Some(last) if window.start <= last.end + 1 => last.end = last.end.max(window.end),
            _ => merged.push(window),
        }
    }
    merged
}

/// An excerpt under the name of its file, for `miette` to draw.
///
/// Labels have to be the excerpt's own. Context is what the excerpt has, whatever is asked for.
#[derive(Clone, Debug)]
pub struct NamedExcerpt {
    name: String,
    excerpt: Excerpt,
}

impl NamedExcerpt {
    /// The excerpt.
    #[must_use]
    pub fn excerpt(&self) -> &Excerpt {
        &self.excerpt
    }

    fn contents(&self, span: Span, first_line: u64, column: u64) -> MietteSpanContents<'_> {
        let data = self
            .excerpt
            .text
            .get(span.range())
            .unwrap_or_default()
            .as_bytes();
        let count = memchr::memchr_iter(b'\n', data).count();
        let from_zero =
            |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        let place = (span.start, span.len()).into();
        let (line, column) = (from_zero(first_line), from_zero(column));
        MietteSpanContents::new_named(self.name.clone(), data, place, line, column, count)
    }
}

impl SourceCode for NamedExcerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let span = Span::new(span.offset(), span.offset().saturating_add(span.len()));
        let holds = |block: &&Block| block.span.start <= span.start && span.end <= block.span.end;
        let block = self
            .excerpt
            .blocks
            .iter()
            .find(holds)
            .ok_or(MietteError::OutOfBounds)?;
        if context_lines_before + context_lines_after > 0 {
            return Ok(Box::new(self.contents(block.span, block.first_line, 1)));
        }
        // Without context it is the head of the report that asks for a position, the true one.
        let label = self.excerpt.labels.iter().position(|label| *label == span);
        let position = label.and_then(|label| self.excerpt.positions.get(label).copied());
        let text = &self.excerpt.text;
        let before = text.get(block.span.start..span.start).unwrap_or_default();
        let start = before
            .rfind('\n')
            .map_or(block.span.start, |at| block.span.start + at + 1);
        let end = text.get(span.end..).and_then(|rest| rest.find('\n'));
        let lines = Span::new(start, end.map_or(block.span.end, |at| span.end + at + 1));
        let shown = Position {
            line: block.first_line,
            column: 1,
        }
        .after(before.as_bytes());
        let position = position.unwrap_or(shown);
        Ok(Box::new(self.contents(
            lines,
            position.line,
            position.column,
        )))
    }
}
