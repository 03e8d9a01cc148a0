//! A problem for people: its words, the places that it is about, and what helps.

use std::io;
use std::sync::Arc;

use crate::text::{Location, Place, Problem, Span};

use super::frame::View;
use super::page::{Page, Paint, place};

/// What an underline says that was given no words.
const NO_WORDS: &str = "here";

pub(super) fn write(
    (word, paint): (&str, Paint),
    problem: &Problem,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let lead = format!("{word}[{}]: ", problem.code);
    page.paragraph((&lead, paint), &problem.message, 2)?;
    match &problem.place {
        Place::Text(location) => frames(problem, location, page)?,
        Place::Evidence(_) | Place::Whole(_) => {
            let at = place(problem.place.source(), problem.place.position());
            page.line(("  at ", Paint::Faint), &at)?;
        }
    }
    if let Some(help) = &problem.help {
        page.paragraph(("  help: ", Paint::Unclear), help, 8)?;
    }
    page.blank()
}

/// A frame for each text that the problem is about, the problem's own first.
fn frames(problem: &Problem, location: &Location, page: &mut Page<'_>) -> io::Result<()> {
    // The underline alone says as much.
    let is_silent = problem.label == NO_WORDS && problem.related.is_empty();
    let label = if is_silent { "" } else { problem.label.as_str() };
    let mut places = vec![(label, location)];
    places.extend(problem.related.iter().map(|(label, location)| (label.as_str(), location)));
    while let Some((_, first)) = places.first().copied() {
        let is_here = |(_, other): &(&str, &Location)| Arc::ptr_eq(&other.source, &first.source);
        let (here, elsewhere): (Vec<_>, Vec<_>) = places.into_iter().partition(is_here);
        draw(&here, 1, page)?;
        places = elsewhere;
    }
    Ok(())
}

/// Draws places of one text, each with its label unless that is empty.
pub(super) fn draw(
    places: &[(&str, &Location)],
    context: usize,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let Some((_, first)) = places.first() else {
        return Ok(());
    };
    let all = places.iter().fold(first.span, |all, (_, place)| all.to(place.span));
    let lines = lines_around(first.source.text(), all, context);
    let marks: Vec<(Span, Option<String>)> = places
        .iter()
        .map(|(label, place)| {
            let from = |at: usize| at.saturating_sub(lines.start);
            let label = Some(*label).filter(|label| !label.is_empty());
            (Span::new(from(place.span.start), from(place.span.end)), label.map(str::to_owned))
        })
        .collect();
    let view = View {
        name: first.source.name(),
        text: first.source.slice(lines),
        start: first.source.position(lines.start),
        marks: &marks,
        context,
    };
    page.drawn(&view.draw(&page.style))
}

/// The lines that a span touches and so many around them, so that a long text is not searched again for
/// every problem in it.
pub(in crate::output) fn lines_around(text: &str, span: Span, context: usize) -> Span {
    let span = span.within(text);
    let mut start = span.start;
    for step in 0..=context {
        let before = text.get(..start).unwrap_or_default();
        // The line break before a line is not part of it.
        let before = if step == 0 { before } else { before.strip_suffix('\n').unwrap_or(before) };
        start = before.rfind('\n').map_or(0, |at| at + 1);
    }
    let mut end = span.end;
    for _ in 0..=context {
        let rest = text.get(end..).unwrap_or_default();
        end += rest.find('\n').map_or(rest.len(), |at| at + 1);
    }
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_and_as_many_as_asked_for() {
        let text = "a\nbb\nccc\ndd\ne";
        for (span, context, expected) in [
            ((5, 8), 0, "ccc\n"),
            ((6, 7), 1, "bb\nccc\ndd\n"),
            ((6, 7), 9, text),
            ((0, 0), 0, "a\n"),
            ((12, 13), 0, "e"),
            ((13, 13), 1, "dd\ne"),
            ((99, 99), 0, "e"),
            ((3, 10), 0, "bb\nccc\ndd\n"),
        ] {
            let lines = lines_around(text, Span::new(span.0, span.1), context);
            assert_eq!(text.get(lines.range()), Some(expected), "{span:?} {context}");
        }
    }
}
