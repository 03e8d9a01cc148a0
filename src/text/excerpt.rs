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
        excerpt.first_line = excerpt.blocks.first().map_or(start.line, |block| block.first_line);
        excerpt
    }

    /// The pieces of `text` whose lines follow on each other, each with the number in the file of its
    /// first line; lines of the file are left out between two of them.
    pub fn blocks(&self) -> impl Iterator<Item = (u64, Span)> {
        self.blocks.iter().map(|block| (block.first_line, block.span))
    }

    /// The same as source code of a report, under the name of the file.
    #[must_use]
    pub fn named(self, name: &str) -> NamedExcerpt {
        NamedExcerpt { name: printable(name).into_owned(), excerpt: self }
    }

    fn push_block(&mut self, lines: &Lines<'_>, rows: Range<usize>, places: &[Place]) {
        let start = self.text.len();
        let first_line = lines.start.line + rows.start as u64;
        for row in rows {
            self.push_line(lines, row, places);
        }
        self.blocks.push(Block { span: Span::new(start, self.text.len()), first_line });
    }

    fn push_line(&mut self, lines: &Lines<'_>, row: usize, places: &[Place]) {
        let line = lines.line(row);
        let ends_here = |place: &Place| place.first == row || place.last == row;
        let here: Vec<(usize, &Place)> =
            places.iter().enumerate().filter(|(_, place)| ends_here(place)).collect();
        let marks: Vec<Range<usize>> = here
            .iter()
            .map(|(_, place)| {
                let start = if place.first == row { place.span.start } else { line.start };
                let end = if place.last == row { place.span.end } else { line.end };
                start - line.start..end.max(start) - line.start
            })
            .collect();
        let clipped = clip(
            lines.slice(line),
            &marks,
            Cut { width: lines.width, is_continued: row == 0 && lines.start.column > 1 },
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
        Self { text, start, starts: std::iter::once(first).chain(breaks).collect(), width }
    }

    /// Rows, without the empty one after a last line break.
    fn rows_with_text(&self) -> usize {
        let ends_empty = self.starts.last().is_some_and(|start| *start == self.text.len());
        self.starts.len() - usize::from(ends_empty && self.starts.len() > 1)
    }

    fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn row(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// A row without its line break.
    fn line(&self, row: usize) -> Span {
        let start = self.starts.get(row).copied().unwrap_or(self.text.len());
        let Some(next) = self.starts.get(row + 1) else {
            return Span::new(start, self.text.len());
        };
        let line = self.slice(Span::new(start, next.saturating_sub(1)));
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
        Place { first, last, span: Span::new(start, end) }
    }

    fn position(&self, place: &Place) -> Position {
        let line = self.line(place.first);
        let before = self.slice(Span::new(line.start, place.span.start));
        let column = if place.first == 0 { self.start.column } else { 1 };
        Position { line: self.start.line + place.first as u64, column }.after(before.as_bytes())
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
        let data = self.excerpt.text.get(span.range()).unwrap_or_default().as_bytes();
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
        let block = self.excerpt.blocks.iter().find(holds).ok_or(MietteError::OutOfBounds)?;
        if context_lines_before + context_lines_after > 0 {
            return Ok(Box::new(self.contents(block.span, block.first_line, 1)));
        }
        // Without context it is the head of the report that asks for a position, the true one.
        let label = self.excerpt.labels.iter().position(|label| *label == span);
        let position = label.and_then(|label| self.excerpt.positions.get(label).copied());
        let text = &self.excerpt.text;
        let before = text.get(block.span.start..span.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(block.span.start, |at| block.span.start + at + 1);
        let end = text.get(span.end..).and_then(|rest| rest.find('\n'));
        let lines = Span::new(start, end.map_or(block.span.end, |at| span.end + at + 1));
        let shown = Position { line: block.first_line, column: 1 }.after(before.as_bytes());
        let position = position.unwrap_or(shown);
        Ok(Box::new(self.contents(lines, position.line, position.column)))
    }
}

#[cfg(test)]
#[expect(
    clippy::string_slice,
    clippy::single_range_in_vec_init,
    reason = "a test fails by a panic, and one place is a list of places"
)]
mod tests {
    use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, Report};
    use proptest::prelude::*;

    use super::*;

    const WIDTH: usize = 100;

    fn room(context: usize) -> Room {
        Room { context, width: WIDTH }
    }

    fn excerpt(text: &str, spans: &[Range<usize>]) -> Excerpt {
        let spans: Vec<Span> = spans.iter().map(|span| Span::new(span.start, span.end)).collect();
        Excerpt::new(text, Position::START, &spans, room(1))
    }

    /// The report as a terminal without colour shows it.
    fn drawn(excerpt: Excerpt) -> String {
        let labels: Vec<LabeledSpan> = (0..)
            .zip(&excerpt.labels)
            .map(|(at, label)| LabeledSpan::at(label.range(), format!("label {at}")))
            .collect();
        let diagnostic = MietteDiagnostic::new("message").with_labels(labels);
        let report = Report::from(diagnostic).with_source_code(excerpt.named("policies.yaml"));
        let mut drawn = String::new();
        GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
            .with_context_lines(1)
            .render_report(&mut drawn, report.as_ref())
            .unwrap();
        drawn
    }

    /// The underlined columns of a drawn line, with the text above them.
    fn underlined(drawn: &str) -> Vec<String> {
        let lines: Vec<&str> = drawn.lines().collect();
        let mut found = Vec::new();
        for pair in lines.windows(2) {
            let is_underline = |line: &str| {
                line.trim_start().starts_with('·')
                    && line.contains(['─', '┬'])
                    && !line.contains('╰')
            };
            let (above, below) = (pair[0], pair[1]);
            if !is_underline(below) || above.contains("╰") || !above.contains('│') {
                continue;
            }
            let mut cells = Vec::new();
            for c in above.chars() {
                // The characters of these tests are one or two columns wide.
                cells.push(c.to_string());
                if c >= '\u{1100}' && c != '─' && c != '│' && c != '…' && c != '╭' {
                    cells.push(String::new());
                }
            }
            let marked = below.chars().zip(cells).filter(|(mark, _)| matches!(mark, '─' | '┬'));
            found.push(marked.map(|(_, cell)| cell).collect());
        }
        found
    }

    #[test]
    fn a_place_is_underlined_under_its_characters_with_its_line_and_column() {
        let minified =
            format!("{{\"rows\":[{}\"端口\":3389{}]}}", "1,".repeat(5000), ",2".repeat(200_000));
        let port = minified.find("3389").unwrap();
        let file = "operation: X\npolicies:\n  - 禁止 RDP if RiskLevel 3\n  - x\n";
        let word = file.find("RiskLevel").unwrap();
        let crlf = "a: 1\r\nb: 中文 x\r\nc: 3\r\n";
        let tabs = "\t\tvalue\tx";
        for (text, span, head, expected) in [
            (minified.as_str(), port..port + 4, "policies.yaml:1:10015", "3389"),
            (file, word..word + 9, "policies.yaml:3:15", "RiskLevel"),
            (crlf, 16..17, "policies.yaml:2:7", "x"),
            (crlf, 9..15, "policies.yaml:2:4", "中文"),
            ("\u{feff}端口: 1", 3..9, "policies.yaml:1:1", "端口"),
            (tabs, 2..7, "policies.yaml:1:3", "value"),
            ("a\u{1b}[31m: \u{202e}b", 11..12, "policies.yaml:1:10", "b"),
        ] {
            let drawn = drawn(excerpt(text, &[span]));
            assert!(drawn.contains(&format!("[{head}]")), "{drawn}");
            assert_eq!(underlined(&drawn), [expected], "{drawn}");
            assert!(!drawn.replace('\n', "").contains(crate::text::is_hostile), "{drawn}");
        }
    }

    #[test]
    fn lines_have_their_numbers_and_a_gap_begins_a_new_block() {
        let text: String = (1..=1000).map(|line| format!("line {line}\n")).collect();
        let at = |line: usize| text.find(&format!("line {line}\n")).unwrap();
        let drawn =
            drawn(excerpt(&text, &[at(900)..at(900) + 4, at(3)..at(3) + 4, at(6)..at(6) + 4]));
        let shown: Vec<String> = drawn
            .lines()
            .filter_map(|line| line.split_once('│'))
            .map(|(number, line)| format!("{}={}", number.trim(), line.trim()))
            .collect();
        let expected = [2, 3, 4, 5, 6, 7, 899, 900, 901].map(|line| format!("{line}=line {line}"));
        assert_eq!(shown, expected, "{drawn}");
        assert!(drawn.contains("[policies.yaml:3:1]"), "{drawn}");
        assert!(drawn.contains("[policies.yaml:900:1]"), "{drawn}");
    }

    #[test]
    fn a_text_from_within_a_file_keeps_the_place_of_its_start() {
        let start = Position { line: 7, column: 4_000_001 };
        let excerpt = Excerpt::new(
            "{\"Port\": 3389}\nx",
            start,
            &[Span::new(9, 13), Span::new(15, 16)],
            room(0),
        );
        assert_eq!(excerpt.text, "…{\"Port\": 3389}\nx\n");
        assert_eq!(excerpt.first_line, 7);
        let places = [Position { line: 7, column: 4_000_010 }, Position { line: 8, column: 1 }];
        assert_eq!(excerpt.positions, places);
        let drawn = drawn(excerpt);
        assert!(drawn.contains("[policies.yaml:7:4000010]"), "{drawn}");
        assert!(drawn.contains("\n 7 │ …{"), "{drawn}");
    }

    #[test]
    fn an_empty_place_is_drawn_at_the_end_of_a_line_and_of_the_file() {
        for (text, at, head) in [
            ("a:\nb: 1", 2, "policies.yaml:1:3"),
            ("a:\r\nb: 1", 2, "policies.yaml:1:3"),
            ("a: 1\nb:", 7, "policies.yaml:2:3"),
            ("a: 1\n", 5, "policies.yaml:2:1"),
            ("", 0, "policies.yaml:1:1"),
            ("a", 99, "policies.yaml:1:2"),
        ] {
            let drawn = drawn(excerpt(text, &[at..at]));
            assert!(drawn.contains(&format!("[{head}]")), "{text:?}\n{drawn}");
            assert!(drawn.contains("▲"), "{text:?}\n{drawn}");
            assert!(drawn.contains("label 0"), "{text:?}\n{drawn}");
        }
    }

    #[test]
    fn places_far_apart_on_one_line_are_both_shown() {
        let text = format!(
            "{}\"Port\":3389,{}\"RiskLevel\":3,{}",
            "x".repeat(900),
            "y".repeat(900),
            "z".repeat(900)
        );
        let (port, risk) = (text.find("3389").unwrap(), text.find("\"Risk").unwrap());
        let excerpt = excerpt(&text, &[risk..risk + 11, port..port + 4]);
        let shown: Vec<&str> =
            excerpt.labels.iter().map(|label| &excerpt.text[label.range()]).collect();
        assert_eq!(shown, ["\"RiskLevel\"", "3389"]);
        assert_eq!(excerpt.text.matches('…').count(), 3);
        assert!(excerpt.text.chars().count() <= WIDTH + 4);
        assert_eq!(underlined(&drawn(excerpt)), ["3389\"RiskLevel\""]);
    }

    #[test]
    fn a_long_place_is_shown_from_its_start_with_what_leads_to_it() {
        let text = format!("rule: {}", "中".repeat(3000));
        let excerpt = excerpt(&text, &[6..text.len()]);
        let label = &excerpt.text[excerpt.labels[0].range()];
        assert!(excerpt.text.starts_with("rule: 中"));
        assert!(label.starts_with("中中中") && label.ends_with("中…"), "{label}");
    }

    #[test]
    fn more_places_than_have_room_lie_on_what_stands_for_them() {
        let text = "0123456789".repeat(100);
        let spans: Vec<Range<usize>> = (0..50).map(|at| at * 20..at * 20 + 3).collect();
        let excerpt = excerpt(&text, &spans);
        let shown: Vec<&str> =
            excerpt.labels.iter().map(|label| &excerpt.text[label.range()]).collect();
        assert_eq!(shown[..8], ["012"; 8]);
        assert!(shown[8..].iter().all(|label| ["012", "…"].contains(label)), "{shown:?}");
        assert_eq!(shown[49], "…");
        drawn(excerpt);
    }

    #[test]
    fn a_tall_place_is_shown_by_its_first_line() {
        let text: String = (0..100).map(|line| format!("  {line}: x\n")).collect();
        let tall = excerpt(&text, &[2..text.len()]);
        assert_eq!(&tall.text[tall.labels[0].range()], "0: x");
        assert_eq!(tall.text.lines().count(), 2);
        let short = excerpt(&text, &[9..30]);
        assert_eq!(&short.text[short.labels[0].range()], text[9..30].trim_end_matches('\n'));
    }

    #[test]
    fn without_a_place_there_is_nothing_to_show() {
        let excerpt = excerpt("a: 1", &[]);
        assert_eq!((excerpt.text.as_str(), excerpt.first_line), ("", 1));
        assert!(excerpt.named("x").read_span(&(0, 0).into(), 0, 0).is_err());
    }

    #[test]
    fn a_hostile_file_name_is_shown_not_sent() {
        let named = excerpt("a", &[0..1]).named("a\u{1b}[2J\u{202e}.yaml");
        let contents = named.read_span(&(0, 1).into(), 0, 0).unwrap();
        assert_eq!(contents.name(), Some("a<U+001B>[2J<U+202E>.yaml"));
    }

    /// A text and spans on character boundaries of it.
    fn text_and_spans() -> impl Strategy<Value = (String, Vec<Range<usize>>)> {
        let piece =
            "[a-z \u{7}\t\r\n中é\u{202e}🔒{}\":,]{0,60}|\n|\r\n|[a-c]{90,130}|(中|é){40,120}";
        let text = prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
        (text, prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40), 0..6)).prop_map(
            |(text, spans)| {
                let within_break =
                    |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
                let ends = text.char_indices().map(|(at, _)| at);
                let mut ends: Vec<usize> = ends.filter(|at| !within_break(*at)).collect();
                ends.push(text.len());
                let span = |(start, length): (prop::sample::Index, usize)| {
                    let start = start.index(ends.len());
                    ends[start]..ends[(start + length).min(ends.len() - 1)]
                };
                let spans = spans.into_iter().map(span).collect();
                (text, spans)
            },
        )
    }

    /// A piece of a text as an excerpt shows it.
    fn shown(text: &str) -> String {
        let lines: Vec<String> = text
            .replace("\r\n", "\n")
            .split('\n')
            .map(|line| {
                line.split('\t')
                    .map(|part| printable(part).into_owned())
                    .collect::<Vec<_>>()
                    .join("\t")
            })
            .collect();
        lines.join("\n")
    }

    /// Without what breaks a command: whether `::a` is one depends on what stands before it.
    fn unbroken(shown: &str) -> String {
        let mut text = shown.to_owned();
        for c in ('a'..='z').chain('A'..='Z').chain(['[']) {
            text = text.replace(&format!("<U+{:04X}>", u32::from(c)), &c.to_string());
        }
        text
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn the_text_under_a_label_is_the_text_of_its_place((text, spans) in text_and_spans()) {
            let excerpt = excerpt(&text, &spans);
            for (span, label) in spans.iter().zip(&excerpt.labels) {
                let label = unbroken(&excerpt.text[label.range()]);
                let place = unbroken(&shown(text[span.clone()].trim_start_matches('\u{feff}')));
                let (place, label) = (place.trim_end_matches(['\r', '\n']), label.trim_end_matches('\n'));
                let parts: Vec<&str> = label.split('…').collect();
                let is_cut = parts.len() > 1 || text[span.clone()].matches('\n').count() >= TALLEST_LABEL;
                prop_assert!(is_cut || label == place, "{label:?} for {place:?}");
                let mut rest = place;
                for part in parts {
                    let at = rest.find(part);
                    prop_assert!(at.is_some(), "{label:?} for {place:?}");
                    rest = &rest[at.unwrap() + part.len()..];
                }
            }
        }

        #[test]
        fn positions_are_those_of_the_file((text, spans) in text_and_spans()) {
            let source = crate::text::Source::new("x", text.as_str());
            let excerpt = excerpt(&text, &spans);
            for (span, position) in spans.iter().zip(&excerpt.positions) {
                prop_assert_eq!(*position, source.position(span.start));
            }
        }

        #[test]
        fn a_line_of_commands_is_no_wider_than_others(command in " ::[a-z]|#?##[a-z]?\\[|[ :#\\[a]{1,4}") {
            let excerpt = excerpt(&command.repeat(200), &[0..1, 300..301]);
            let columns = excerpt.text.trim_end().chars().count();
            prop_assert!(columns <= WIDTH + 10, "{columns}: {}", excerpt.text);
        }

        #[test]
        fn no_drawn_line_is_too_wide_or_hostile((text, spans) in text_and_spans()) {
            let excerpt = excerpt(&text, &spans);
            prop_assert!(excerpt.text.chars().all(|c| matches!(c, '\n' | '\t') || !crate::text::is_hostile(c)));
            for line in excerpt.text.lines() {
                let columns: usize = line.chars().map(|c| match c { '\t' => 4, '…' => 1, '\u{1100}'.. => 2, _ => 1 }).sum();
                prop_assert!(columns <= WIDTH + 10, "{columns}: {line}");
            }
            let drawn = drawn(excerpt);
            prop_assert!(!drawn.chars().any(|c| c != '\n' && crate::text::is_hostile(c)), "{drawn}");
        }
    }
}
