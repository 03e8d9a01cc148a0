//! A difference for people: what opened, closed and changed, then what is new, worse and fixed, and at
//! the end what is known of it.

use std::io::{self, Write};

use crate::engine::Outcome;
use crate::output::{Style, count};
use crate::snapshot::Weight;
use crate::text::{Level, printable};
use crate::triage::{
    Difference, Disposition, FieldChange, Finding, FindingChange, Identity, RecordChange, Report,
    Verdict,
};

use super::page::{Page, Paint, place};
use super::{MOST_FLAWS, notice};

/// What stands for a value that is not there.
const NONE: &str = "none";

pub(in crate::output) fn write(
    difference: &Difference,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(style, out);
    for report in [&difference.before.report, &difference.after.report] {
        flaws(report, &mut page)?;
    }
    records(difference, &mut page)?;
    findings(difference, &mut page)?;
    ending(difference, &mut page)?;
    page.finish()
}

/// What keeps a side from being whole.
fn flaws(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let flaws = report.evidence.iter().flat_map(|capture| &capture.flaws);
    let mut said = flaws.filter(|flaw| flaw.weight > Weight::Noted);
    for flaw in said.by_ref().take(MOST_FLAWS) {
        let lead = match flaw.weight {
            Weight::Partial => ("incomplete", Paint::Bad),
            Weight::Unprovable | Weight::Noted => ("unproven", Paint::Doubtful),
        };
        notice::write(lead, &flaw.problem, page)?;
    }
    match said.count() as u64 {
        0 => Ok(()),
        more => {
            page.line(("… and ", Paint::Plain), &count(more, "more problem", "more problems"))?;
            page.blank()
        }
    }
}

fn records(difference: &Difference, page: &mut Page<'_>) -> io::Result<()> {
    let Some(changes) = &difference.records else {
        return Ok(());
    };
    let several =
        difference.after.report.evidence.len().max(difference.before.report.evidence.len());
    for (word, paint, list) in [
        ("opened", Paint::Bad, &changes.opened),
        ("closed", Paint::Good, &changes.closed),
        ("changed", Paint::Doubtful, &changes.changed),
        ("unseen", Paint::Unclear, &changes.unseen),
    ] {
        for change in list {
            let mut what = identified(&change.identity);
            if several > 1 {
                what = format!("{what} in {}", change.source);
            }
            page.paragraph((&format!("{word:9}"), paint), &what, 11)?;
            values(change, page)?;
        }
        if !list.is_empty() {
            page.blank()?;
        }
    }
    Ok(())
}

/// The values of a record: both where it changed, else those of the side that it is on.
fn values(change: &RecordChange, page: &mut Page<'_>) -> io::Result<()> {
    let shown = change.fields.iter().map(|FieldChange { name, before, after }| {
        match (before.as_deref(), after.as_deref()) {
            _ if change.is_on_both_sides => {
                let shown = |value: &Option<String>| value.clone().unwrap_or(NONE.to_owned());
                format!("{name} {} → {}", shown(before), shown(after))
            }
            (Some(value), _) | (None, Some(value)) => format!("{name} {value}"),
            (None, None) => name.clone(),
        }
    });
    let shown: Vec<String> = shown.collect();
    match shown.is_empty() {
        true => Ok(()),
        false => page.paragraph(("         ", Paint::Plain), &shown.join(", "), 11),
    }
}

fn identified(identity: &[Identity]) -> String {
    let unquoted = |text: &str| match serde_json::from_str::<String>(text) {
        Ok(text) => text,
        Err(_) => text.to_owned(),
    };
    let named = identity.iter().map(|(name, value)| format!("{name} {}", unquoted(value)));
    named.collect::<Vec<_>>().join(", ")
}

fn findings(difference: &Difference, page: &mut Page<'_>) -> io::Result<()> {
    let changes = &difference.findings;
    for (word, paint, list) in [
        ("new", Paint::Bad, &changes.new),
        ("worsened", Paint::Bad, &changes.worsened),
        ("fixed", Paint::Good, &changes.fixed),
        ("unseen", Paint::Unclear, &changes.unseen),
    ] {
        for change in list {
            finding(difference, (word, paint), change, page)?;
        }
        if !list.is_empty() {
            page.blank()?;
        }
    }
    Ok(())
}

fn finding(
    difference: &Difference,
    (word, paint): (&str, Paint),
    change: &FindingChange,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let Some((report, finding)) = difference.latest(change) else {
        return Ok(());
    };
    let policy = report.policy(&finding);
    let was = match change.before.filter(|_| change.after.is_some()) {
        Some(before) => format!("{} → ", standing(&difference.before.report, &before)),
        None => String::new(),
    };
    let lead = format!("{word:9}{was}{} {}: ", standing(report, &finding), policy.id);
    page.paragraph((&lead, paint), &report.message(&finding), 11)?;
    let (source, position) = report.place(&finding);
    page.line(("  at ", Paint::Faint), &place(source, Some(position)))
}

/// `deny[high]`, and what makes it less than that.
fn standing(report: &Report, finding: &Finding) -> String {
    let policy = report.policy(finding);
    let mut text = match finding.outcome {
        Outcome::Fail => format!("{}[{}]", policy.effect, policy.severity),
        Outcome::Inconclusive => format!("inconclusive[{}]", policy.severity),
    };
    if finding.disposition != Disposition::Open {
        text = format!("{text} ({})", finding.disposition.name());
    }
    printable(&text).into_owned()
}

fn ending(difference: &Difference, page: &mut Page<'_>) -> io::Result<()> {
    for note in &difference.notes {
        let paint = if note.level == Level::Note { Paint::Faint } else { Paint::Unclear };
        notice::write((crate::output::level(note.level), paint), note, page)?;
    }
    let numbers = |words: &[(usize, &str)]| {
        let shown = words.iter().enumerate().filter(|(index, (n, _))| *index < 4 || *n > 0);
        shown.map(|(_, (n, word))| format!("{n} {word}")).collect::<Vec<_>>().join(", ")
    };
    let mut parts = Vec::new();
    if let Some(records) = &difference.records {
        let unchanged = usize::try_from(records.unchanged).unwrap_or(usize::MAX);
        let words = numbers(&[
            (records.opened.len(), "opened"),
            (records.closed.len(), "closed"),
            (records.changed.len(), "changed"),
            (unchanged, "unchanged"),
            (records.unseen.len(), "unseen"),
        ]);
        parts.push((format!("records: {words}"), Paint::Plain));
    } else {
        parts.push(("records: not compared".to_owned(), Paint::Unclear));
    }
    let findings = &difference.findings;
    let words = numbers(&[
        (findings.new.len(), "new"),
        (findings.fixed.len(), "fixed"),
        (findings.worsened.len(), "worsened"),
        (findings.unchanged.len(), "unchanged"),
        (findings.unseen.len(), "unseen"),
    ]);
    parts.push((format!("findings: {words}"), Paint::Plain));
    let (words, paint) = match difference.verdict {
        Verdict::Clean => ("nothing new", Paint::Good),
        Verdict::Violations => ("new violations", Paint::Bad),
        Verdict::InsufficientEvidence => ("insufficient evidence", Paint::Unclear),
    };
    parts.push((format!("exit {}: {words}", difference.verdict.exit_code()), paint));
    page.parts(&parts)?;
    let flags: Vec<&str> = difference.loosened.iter().map(|flag| flag.name()).collect();
    match flags.is_empty() {
        true => Ok(()),
        false => page.paragraph(("loosened by ", Paint::Doubtful), &flags.join(", "), 2),
    }
}
