//! The `human` format: what was violated and why, with the rule and the values that broke it, what to
//! do about it, and at the end what the run proved.

use std::io::{self, Write};

use crate::snapshot::{Flaw, Weight};
use crate::text::Level;
use crate::triage::Report;

use super::{Entry, Hashes, Reader, Style, Told, count};

mod captured;
mod controls;
mod difference;
mod ending;
mod frame;
mod group;
mod notice;
mod page;
mod register;
mod revision;

pub(super) use difference::write as difference;
use group::Group;
pub(super) use notice::lines_around;
use page::{Page, Paint};
pub(super) use revision::write as revision;

pub(super) const ENTRY: Entry = Entry {
    name: "human",
    about: "For people: the rule, the values that broke it, and how to fix it",
    reader: Reader::Person,
    hashes: Hashes::Hidden,
    max_findings: Some(50),
    render,
    problems,
};

/// Problems of evidence that are shown.
const MOST_FLAWS: usize = 20;

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    flaws(report, &mut page)?;
    let groups = Group::all(report);
    for (group, most) in groups.iter().zip(shares(&groups, style.max_findings)) {
        group.write(most, &mut page)?;
    }
    controls::write(report, &mut page)?;
    warnings(report, &mut page)?;
    ending::write(report, &mut page)?;
    page.finish()
}

/// How many findings each group shows of so many in all: a few of every group before many of one.
fn shares(groups: &[Group<'_>], most: Option<usize>) -> Vec<usize> {
    let Some(mut left) = most else {
        return groups.iter().map(Group::len).collect();
    };
    let mut shares = vec![0; groups.len()];
    for step in [1, group::MOST_FRAMES, usize::MAX] {
        for (share, group) in shares.iter_mut().zip(groups) {
            let more = (group.len().min(step) - *share).min(left);
            *share += more;
            left -= more;
        }
    }
    shares
}

/// What keeps the evidence from being whole.
fn flaws(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let flaws = report.evidence.iter().flat_map(|snapshot| &snapshot.flaws);
    let mut said = flaws.filter(|flaw| flaw.problem.level != Level::Note);
    for Flaw { weight, problem } in said.by_ref().take(MOST_FLAWS) {
        let lead = match weight {
            Weight::Partial => ("incomplete", Paint::Bad),
            Weight::Unprovable => ("unproven", Paint::Doubtful),
            Weight::Noted => ("note", Paint::Unclear),
        };
        notice::write(lead, problem, page)?;
    }
    match said.count() as u64 {
        0 => Ok(()),
        more => {
            page.line(("… and ", Paint::Plain), &count(more, "more problem", "more problems"))?;
            page.blank()
        }
    }
}

/// Warnings of loading, without the frames that standard error shows.
fn warnings(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let warnings = report.warnings();
    for warning in &warnings {
        let lead = format!("warning[{}]: ", warning.code);
        page.paragraph((&lead, Paint::Doubtful), &warning.message, 2)?;
        let at = page::place(warning.place.source(), warning.place.position());
        page.line(("  at ", Paint::Faint), &at)?;
    }
    if warnings.is_empty() { Ok(()) } else { page.blank() }
}

fn problems(told: &Told<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let problems = told.problems;
    let mut page = Page::new(style, out);
    for problem in problems {
        let lead = (super::level(problem.level), paint(problem.level));
        notice::write(lead, problem, &mut page)?;
    }
    let nouns = [
        (Level::Error, "error", "errors"),
        (Level::Warning, "warning", "warnings"),
        (Level::Note, "note", "notes"),
    ];
    let mut parts = Vec::new();
    for (level, one, several) in nouns {
        let number = problems.iter().filter(|problem| problem.level == level).count() as u64;
        if number > 0 {
            parts.push((count(number, one, several), paint(level)));
        }
    }
    page.parts(&parts)?;
    page.finish()
}

fn paint(level: Level) -> Paint {
    match level {
        Level::Error => Paint::Bad,
        Level::Warning => Paint::Doubtful,
        Level::Note => Paint::Unclear,
    }
}
