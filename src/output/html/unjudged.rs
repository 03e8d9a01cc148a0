//! The page where nothing could be judged: it says why, and looks like no pass.

use std::io::{self, Write};

use maud::{Markup, html};

use crate::output::human::lines_around;
use crate::output::{Told, level};
use crate::text::{Excerpt, Level, Location, Place, Problem, Room, Span};

use super::page::{Page, badge, count, nonce, place, said, text};
use super::{snippet, verdict};

/// How much of a file is shown around what is wrong in it.
const ROOM: Room = Room { context: 1, width: 100 };

pub(super) fn write(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let words = match told.exit_code {
        2 => "Could not judge",
        _ => "Problems",
    };
    let title = format!("{words} (exit {}) – Portcullis", told.exit_code);
    let texts = told.problems.iter().flat_map(|problem| {
        let text = match &problem.place {
            Place::Text(location) => location.source.text(),
            Place::Evidence(_) | Place::Whole(_) => "",
        };
        [problem.message.as_str(), problem.place.source(), text]
    });
    let mut page = Page::begin(&title, None, nonce(texts), out)?;
    page.put(html! {
        div.verdict.violations {
            (verdict::sign(None))
            div {
                h1 { (words) }
                p.lead {
                    (count(told.problems.len() as u64, "problem", "problems"))
                    @if told.exit_code == 2 { ". Nothing was proven: this is not a pass." }
                }
                p.exit { "Exit code " strong { (told.exit_code) } }
            }
        }
        h2.wrong { "What is wrong" }
    })?;
    for problem in told.problems {
        page.put(entry(problem))?;
    }
    page.end()
}

fn entry(problem: &Problem) -> Markup {
    let class = match problem.level {
        Level::Error => "deny",
        Level::Warning => "alert",
        Level::Note => "known",
    };
    html! { div class={ "problem " (class) } {
        p { (badge(class, level(problem.level))) " " strong { (said(&problem.message)) } " "
            code { (text(&problem.code)) } }
        p.where { (place(problem.place.source(), problem.place.position())) }
        @if let Place::Text(location) = &problem.place { (piece(location)) }
        @for (label, location) in &problem.related {
            p { (text(label)) " " (place(location.source.name(), Some(location.position()))) }
        }
        @if let Some(help) = &problem.help { p.help { (said(help)) } }
    } }
}

/// The lines of a text that a problem is about.
fn piece(location: &Location) -> Markup {
    let Location { source, span } = location;
    let lines = lines_around(source.text(), *span, ROOM.context);
    let from = |at: usize| at.saturating_sub(lines.start);
    let marked = Span::new(from(span.start), from(span.end));
    let position = source.position(lines.start);
    snippet::marked(&Excerpt::new(source.slice(lines), position, &[marked], ROOM))
}
