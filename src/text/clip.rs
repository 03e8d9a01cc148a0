//! One line of a text as a reader can take it in: not wider than a terminal, around what matters in it,
//! `…` for what is left out, and nothing in it that a terminal would obey.

use std::ops::Range;

use super::printable::{is_broken, push_printable};

/// Places in one line that each get room; further ones are shown where they happen to fit.
const MOST_PLACES: usize = 8;

const ELLIPSIS: char = '…';

/// A line cut to width.
#[derive(Debug)]
pub(super) struct Clip {
    pub(super) text: String,
    /// The marks, in `text`; one that was left out lies on the `…` in its place.
    pub(super) marks: Vec<Range<usize>>,
}

/// How a line is cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// Columns at most; each `…` comes on top.
    pub(super) width: usize,
    /// Whether the line begins before its text.
    pub(super) is_continued: bool,
}

/// Cuts a line around byte ranges of it.
pub(super) fn clip(line: &str, marks: &[Range<usize>], cut: Cut) -> Clip {
    let mut pieces = Pieces::default();
    let mut at = 0;
    for kept in kept_ranges(line, marks, cut.width) {
        if at == 0 && cut.is_continued {
            pieces.leave_out(0..kept.start);
        } else {
            pieces.leave_out_if_any(at..kept.start);
        }
        at = kept.end;
        pieces.keep(line, kept);
    }
    pieces.leave_out_if_any(at..line.len());
    let marks = marks.iter().map(|mark| pieces.map(mark)).collect();
    Clip { text: pieces.text, marks }
}

/// What of a line is shown, in order and apart from each other.
fn kept_ranges(line: &str, marks: &[Range<usize>], width: usize) -> Vec<Range<usize>> {
    if forward(line, 0..line.len(), width).0 == line.len() {
        return std::iter::once(0..line.len()).collect();
    }
    let mut places = marks.to_vec();
    places.sort_by_key(|place| (place.start, place.end));
    places.dedup();
    places.truncate(MOST_PLACES);
    if places.is_empty() {
        places.push(0..0);
    }
    let room = width / places.len();
    let mut kept: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        let around = around(line, &place, room);
        match kept.last_mut() {
            Some(last) if around.start <= last.end => last.end = last.end.max(around.end),
            _ => kept.push(around),
        }
    }
    kept
}

/// A place with what stands before and after it, in so many columns.
fn around(line: &str, place: &Range<usize>, room: usize) -> Range<usize> {
    // A place that fills the room would stand there without what leads to it.
    let (core_end, core) = forward(line, place.clone(), room - room / 4);
    let spare = room.saturating_sub(core);
    let (start, before) = backward(line, place.start, spare / 2);
    let (end, after) = forward(line, core_end..line.len(), spare - before);
    let (start, _) = backward(line, start, spare - before - after);
    start..end
}

/// How far the text of a range goes within so many columns, and how many it takes.
fn forward(line: &str, range: Range<usize>, room: usize) -> (usize, usize) {
    let (mut end, mut used) = (range.start, 0);
    for c in line.get(range).unwrap_or_default().chars() {
        let columns = columns(line.get(..end).unwrap_or_default(), c);
        if used + columns > room {
            break;
        }
        used += columns;
        end += c.len_utf8();
    }
    (end, used)
}

/// The same towards the start of the line.
fn backward(line: &str, end: usize, room: usize) -> (usize, usize) {
    let (mut start, mut used) = (end, 0);
    for c in line.get(..end).unwrap_or_default().chars().rev() {
        let before = start - c.len_utf8();
        let columns = columns(line.get(..before).unwrap_or_default(), c);
        if used + columns > room {
            break;
        }
        used += columns;
        start = before;
    }
    (start, used)
}

/// Columns at most that a character takes once it is printable, after what stands before it in its line.
fn columns(before: &str, c: char) -> usize {
    match c {
        '\t' => 4,
        _ if is_broken(before, c) => "<U+100000>".len(),
        // Everything above may be wide; room is lost where it is not.
        '\u{1100}'.. => 2,
        _ => 1,
    }
}

/// The shown text as it grows, with where each part of it comes from.
#[derive(Default)]
struct Pieces {
    text: String,
    /// Bytes of the line and of the text, in order.
    parts: Vec<(Range<usize>, Range<usize>)>,
}

impl Pieces {
    fn keep(&mut self, line: &str, range: Range<usize>) {
        let mut at = range.start;
        for c in line.get(range).unwrap_or_default().chars() {
            let start = self.text.len();
            if c == '\t' {
                self.text.push(c);
            } else {
                push_printable(&mut self.text, c);
            }
            self.parts.push((at..at + c.len_utf8(), start..self.text.len()));
            at += c.len_utf8();
        }
    }

    fn leave_out(&mut self, range: Range<usize>) {
        let start = self.text.len();
        self.text.push(ELLIPSIS);
        self.parts.push((range, start..self.text.len()));
    }

    fn leave_out_if_any(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.leave_out(range);
        }
    }

    /// A range of the line, in the text.
    fn map(&self, mark: &Range<usize>) -> Range<usize> {
        let first = self.parts.partition_point(|(line, _)| line.end <= mark.start);
        let start = self.parts.get(first).map_or(self.text.len(), |(_, text)| text.start);
        if mark.is_empty() {
            return start..start;
        }
        let after = self.parts.partition_point(|(line, _)| line.start < mark.end);
        let last = after.checked_sub(1).and_then(|last| self.parts.get(last));
        start..last.map_or(start, |(_, text)| text.end.max(start))
    }
}
