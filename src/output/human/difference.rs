//! A difference for people: what opened, closed and changed, then what is new, worse and fixed, and at
//! the end what is known of it.

use std::io::{self, Write};

use crate::output::changes::{self, Class, Found, Tone};
use crate::output::identity::named;
use crate::output::{Style, count};
use crate::snapshot::{Flaw, Weight};
use crate::text::{Level, printable};
use crate::triage::{Difference, Verdict};

use super::page::{Page, Paint, place};
use super::{MOST_FLAWS, notice};

pub(in crate::output) fn write(
    difference: &Difference,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(style, out);
    flaws(changes::flaws(difference), &mut page)?;
    records(difference, &mut page)?;
    findings(difference, &mut page)?;
    ending(difference, &mut page)?;
    page.finish()
}

/// What keeps a side from being whole.
pub(super) fn flaws<'a>(
    mut said: impl Iterator<Item = &'a Flaw>,
    page: &mut Page<'_>,
) -> io::Result<()> {
    for flaw in said.by_ref().take(MOST_FLAWS) {
        let is_partial = flaw.weight == Weight::Partial;
        let paint = if is_partial { Paint::Bad } else { Paint::Doubtful };
        notice::write((changes::does(flaw), paint), &flaw.problem, page)?;
    }
    match said.count() as u64 {
        0 => Ok(()),
        more => {
            page.line(("… and ", Paint::Plain), &count(more, "more problem", "more problems"))?;
            page.blank()
        }
    }
}

pub(super) fn paint(tone: Tone) -> Paint {
    match tone {
        Tone::Bad => Paint::Bad,
        Tone::Doubtful => Paint::Doubtful,
        Tone::Unclear => Paint::Unclear,
        Tone::Good => Paint::Good,
        Tone::Plain => Paint::Plain,
    }
}

fn records(difference: &Difference, page: &mut Page<'_>) -> io::Result<()> {
    let captures = [&difference.before, &difference.after].map(|side| side.report.evidence.len());
    let has_several = captures.iter().any(|count| *count > 1);
    for Class { word, tone, list } in changes::of_records(difference).into_iter().flatten() {
        for change in list {
            let mut what = named(&change.identity);
            if has_several {
                what = format!("{what} in {}", change.source);
            }
            page.paragraph((&format!("{word:9}"), paint(tone)), &what, 11)?;
            let values = changes::values_in_words(change);
            if !values.is_empty() {
                page.paragraph(("         ", Paint::Plain), &values, 11)?;
            }
        }
        if !list.is_empty() {
            page.blank()?;
        }
    }
    Ok(())
}

/// Every finding but those that are what they were, which are counted.
fn findings(difference: &Difference, page: &mut Page<'_>) -> io::Result<()> {
    let classes = changes::of_findings(difference);
    for Class { word, tone, list } in classes.into_iter().filter(|one| one.tone != Tone::Plain) {
        for found in list.iter().filter_map(|change| Found::of(difference, change)) {
            finding((word, paint(tone)), &found, page)?;
        }
        if !list.is_empty() {
            page.blank()?;
        }
    }
    Ok(())
}

pub(super) fn finding(
    (word, paint): (&str, Paint),
    found: &Found<'_>,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let was = found.was.map(|was| format!("{was} → ")).unwrap_or_default();
    let lead = format!("{word:9}{was}{} {}: ", found.is, printable(found.policy()));
    page.paragraph((&lead, paint), &found.message(), 11)?;
    let (source, position) = found.place();
    page.line(("  at ", Paint::Faint), &place(source, Some(position)))
}

fn ending(difference: &Difference, page: &mut Page<'_>) -> io::Result<()> {
    for note in &difference.notes {
        let paint = if note.level == Level::Note { Paint::Faint } else { Paint::Unclear };
        notice::write((crate::output::level(note.level), paint), note, page)?;
    }
    let paint = match difference.verdict {
        Verdict::Clean => Paint::Good,
        Verdict::Violations => Paint::Bad,
        Verdict::InsufficientEvidence => Paint::Unclear,
    };
    let (code, words) = (difference.verdict.exit_code(), changes::headline(difference));
    page.parts(&[
        (format!("records: {}", changes::records_in_numbers(difference)), Paint::Plain),
        (format!("findings: {}", changes::findings_in_numbers(difference)), Paint::Plain),
        (format!("exit {code}: {words}"), paint),
    ])?;
    if let Some(statement) = difference.statement() {
        page.paragraph(("compared: ", Paint::Faint), &statement, 2)?;
    }
    let flags: Vec<&str> = difference.loosened.iter().map(|flag| flag.name()).collect();
    match flags.is_empty() {
        true => Ok(()),
        false => page.paragraph(("loosened by ", Paint::Doubtful), &flags.join(", "), 2),
    }
}
