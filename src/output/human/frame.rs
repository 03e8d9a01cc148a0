//! A frame shows a few lines of a text with the places in it underlined, drawn by `miette` and fitted to
//! the width.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use crate::text::{Excerpt, NamedExcerpt, Position, Room, Span, printable};

use crate::output::{Colour, Style};

use super::page::{Paint, cut, one_line, painted, place};

/// Columns of source text that are shown however narrow the terminal is.
const LEAST: usize = 30;

/// Columns of a label at most before it goes on below itself.
const WIDEST_LABEL: usize = 36;

/// What a frame shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    /// Name of the file.
    pub(super) name: &'a str,
    /// The text, or a part of it.
    pub(super) text: &'a str,
    /// Where the part begins.
    pub(super) start: Position,
    /// Bytes of it that are underlined, the first one being the reason, and what is said below.
    pub(super) marks: &'a [(Span, Option<String>)],
    /// Lines before and after each mark.
    pub(super) context: usize,
}

impl View<'_> {
    /// The frame, each line ended by a line break; nothing where nothing is marked.
    pub(super) fn draw(&self, style: &Style) -> String {
        let mut width = style.width.max(LEAST);
        loop {
            let drawn = self.drawn(style, width);
            // The first line has the path, which is never cut.
            let widest = drawn.lines().skip(1).map(textwrap::core::display_width).max();
            let beyond = widest.unwrap_or_default().saturating_sub(style.width);
            if beyond == 0 || width <= LEAST {
                return drawn;
            }
            width = width.saturating_sub(beyond).max(LEAST);
        }
    }

    fn drawn(&self, style: &Style, width: usize) -> String {
        let spans: Vec<Span> = self.marks.iter().map(|(span, _)| *span).collect();
        let room = Room { context: self.context, width };
        let excerpt = Excerpt::new(self.text, self.start, &spans, room);
        let labels = excerpt.labels.iter().zip(self.marks).enumerate();
        let labels = labels.map(|(index, (span, (_, label)))| {
            let label = label.as_deref().map(wrapped);
            match index {
                0 => LabeledSpan::new_primary_with_span(label, (span.start, span.len())),
                _ => LabeledSpan::new_with_span(label, (span.start, span.len())),
            }
        });
        let first = place(self.name, excerpt.positions.first().copied());
        let picture = Picture { labels: labels.collect(), source: excerpt.named(self.name) };
        let theme = match style.colour {
            Colour::On => GraphicalTheme::unicode(),
            Colour::Off => GraphicalTheme::unicode_nocolor(),
        };
        let mut drawn = String::new();
        // Writing to a string cannot fail, and what was drawn before a failure is still true.
        let _ = GraphicalReportHandler::new_themed(theme)
            .with_context_lines(1)
            .without_cause_chain()
            .without_syntax_highlighting()
            .with_urls(false)
            .render_report(&mut drawn, &picture);
        // What it says is a line of its own, above the frames.
        let frames = drawn.split_once('\n').map(|(_, frames)| frames);
        joined(frames.unwrap_or_default(), &painted(style, Paint::Place, &printable(&first)))
    }
}

/// A label on as many lines as it needs.
fn wrapped(label: &str) -> String {
    textwrap::fill(&cut(&one_line(label), 4 * WIDEST_LABEL), WIDEST_LABEL)
}

/// A report without words.
#[derive(Debug)]
struct Picture {
    labels: Vec<LabeledSpan>,
    source: NamedExcerpt,
}

impl fmt::Display for Picture {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Picture {}

impl Diagnostic for Picture {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// Frames that follow one another as one, under the place that is the reason, with a mark where lines of
/// the file are left out.
fn joined(frames: &str, place: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let is_head = |line: &str| line.trim_start_matches(' ').starts_with("╭─[");
    let widest = frames.lines().filter(|line| is_head(line)).map(indent).max().unwrap_or_default();
    let mut text = String::with_capacity(frames.len());
    let mut pad = 0;
    let mut end = None;
    for line in frames.lines() {
        if is_head(line) {
            pad = widest - indent(line);
        }
        match end.take() {
            None if line.trim_start_matches(' ') == "╰────" => end = Some(line),
            None if text.is_empty() => text.extend([&" ".repeat(widest), "╭─[", place, "]\n"]),
            None => text.extend([&" ".repeat(pad), line, "\n"]),
            Some(_) => text.extend([&" ".repeat(widest), "⋮\n"]),
        }
    }
    if let Some(end) = end {
        text.extend([&" ".repeat(pad), end, "\n"]);
    }
    text
}
