//! A piece of the evidence with the values that decided marked in it.

use maud::{Markup, html};

use crate::text::{Excerpt, Position, Room, Span};
use crate::triage::Evidence;

/// How much of a record is shown.
const ROOM: Room = Room { context: 2, width: 100 };

/// What stands for a tab.
const TAB: &str = "    ";

/// The record's text with its deciding values marked. `start` is where it lies in its file, `offset` the
/// bytes before it there.
pub(super) fn record(
    record: &str,
    (start, offset): (Position, u64),
    evidence: &[Evidence],
) -> Markup {
    let from = |at: u64| usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
    let mut spans: Vec<Span> = evidence
        .iter()
        .map(|one| Span::new(from(one.offset), from(one.offset + one.length)))
        .collect();
    if spans.is_empty() {
        spans.push(Span::new(0, 1));
    }
    marked(&Excerpt::new(record, start, &spans, ROOM))
}

/// The words of a rule where they stand.
pub(super) fn rule(rule: &crate::text::Location) -> Markup {
    html! { pre.rule { code { (super::page::lines(rule.text())) } } }
}

/// The lines of an excerpt under their numbers, its labels marked.
pub(super) fn marked(excerpt: &Excerpt) -> Markup {
    let mut labels: Vec<Span> = excerpt.labels.clone();
    labels.sort_by_key(|label| (label.start, label.end));
    html! { pre { code {
        @for (index, (line, span)) in excerpt.blocks().enumerate() {
            @if index > 0 { span.gap { "⋮\n" } }
            (block(&excerpt.text, (line, span), &labels))
        }
    } } }
}

/// Lines that follow on each other.
fn block(text: &str, (first, span): (u64, Span), labels: &[Span]) -> Markup {
    let lines = text.get(span.range()).unwrap_or_default().split_inclusive('\n');
    let begun = lines.scan(span.start, |start, line| {
        let at = *start;
        *start += line.len();
        Some((at, line))
    });
    html! { @for (number, (at, line)) in (first..).zip(begun) {
        span.line data-line=(number) {
            @for (piece, is_marked) in pieces(line.trim_end_matches('\n'), at, labels) {
                @let piece = piece.replace('\t', TAB);
                @if is_marked { mark { (piece) } } @else { (piece) }
            }
            "\n"
        }
    } }
}

/// A line that begins at `at`, cut where labels begin and end; the second says whether it is in one.
fn pieces<'a>(line: &'a str, at: usize, labels: &[Span]) -> Vec<(&'a str, bool)> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for label in labels {
        let start = label.start.saturating_sub(at).max(done);
        let end = label.end.saturating_sub(at).min(line.len());
        if start < end {
            pieces.push((line.get(done..start).unwrap_or_default(), false));
            let marked = line.get(start..end).unwrap_or_default();
            // Of a value on several lines, the indent is not marked.
            let indent = if start == 0 { marked.len() - marked.trim_start().len() } else { 0 };
            let (indent, marked) = marked.split_at_checked(indent).unwrap_or(("", marked));
            pieces.extend([(indent, false), (marked, true)]);
            done = end;
        }
    }
    pieces.push((line.get(done..).unwrap_or_default(), false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_labels_begin_and_end() {
        let labels = [Span::new(2, 4), Span::new(3, 5), Span::new(8, 30)];
        let cut = pieces("abcdefghij", 0, &labels);
        let expected = [("ab", false), ("cd", true), ("e", true), ("fgh", false), ("ij", true)];
        assert_eq!(cut, expected);
        assert_eq!(pieces("abc", 10, &labels), [("abc", true)]);
        assert_eq!(pieces("abc", 40, &labels), [("abc", false)]);
        assert_eq!(pieces("", 0, &labels), []);
    }
}
