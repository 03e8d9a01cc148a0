//! What a change of policies does, for people: each policy that is not what it was, with both rules and a
//! record that comes out otherwise; then what that does to findings on the evidence at hand.

use std::io::{self, Write};

use crate::output::Style;
use crate::output::changes::{self, Class, Tone};
use crate::output::revised;
use crate::text::Level;
use crate::triage::{PolicyChange, Revision, Verdict, Weighs};

use super::difference::{finding, flaws, paint};
use super::notice;
use super::page::{Page, Paint, place};

pub(in crate::output) fn write(
    revision: &Revision,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(style, out);
    if let Some(report) = &revision.new.report {
        flaws(changes::flaws_of(report), &mut page)?;
    }
    for change in revised::of_policies(revision) {
        policy(revision, change, &mut page)?;
    }
    approvals(revision, &mut page)?;
    findings(revision, &mut page)?;
    ending(revision, &mut page)?;
    page.finish()
}

fn policy(revision: &Revision, change: &PolicyChange, page: &mut Page<'_>) -> io::Result<()> {
    let mut name = revised::name(revision, change);
    if let Some(policy) = revision.policy(change) {
        name = format!("{name} ({}, {})", policy.effect, policy.severity);
    }
    let lead = format!("{:11}", revised::word(change));
    page.paragraph((&lead, paint(revised::tone(change))), &name, 11)?;
    for (label, policy) in ["old", "new"].into_iter().zip(revised::rules(revision, change)) {
        if let Some(policy) = policy {
            notice::draw(&[(label, &policy.rule)], 0, page)?;
        }
    }
    for (what, tone, example) in revised::examples(change) {
        page.paragraph((&format!("  {what}: "), paint(tone)), &example, 4)?;
    }
    for part in &change.parts {
        if let Some([old, new]) = &part.values {
            let paint = match part.weighs {
                Weighs::Less => Paint::Bad,
                Weighs::More => Paint::Doubtful,
                Weighs::Nothing => Paint::Faint,
            };
            page.paragraph((&format!("  {}: ", part.name), paint), &format!("{old} → {new}"), 4)?;
        }
    }
    for (lead, paint, words) in [
        ("  undecided: ", Paint::Unclear, revised::undecided(change)),
        ("  covered: ", Paint::Good, revised::covered(revision, change)),
        ("  also changed: ", Paint::Faint, revised::also_changed(change)),
    ] {
        if let Some(words) = words {
            page.paragraph((lead, paint), &words, 4)?;
        }
    }
    page.blank()
}

fn approvals(revision: &Revision, page: &mut Page<'_>) -> io::Result<()> {
    for change in &revision.approvals {
        let Some(approval) = revision.approval(change) else { continue };
        let paint = if change.lets_through { Paint::Bad } else { Paint::Doubtful };
        let lead = format!("{:11}", change.fate.name());
        page.paragraph((&lead, paint), &revised::approval(approval), 11)?;
        let at = place(approval.location.source.name(), Some(approval.location.position()));
        page.line(("  at ", Paint::Faint), &at)?;
    }
    if revision.approvals.is_empty() { Ok(()) } else { page.blank() }
}

/// Every finding but those that are what they were, which are counted.
fn findings(revision: &Revision, page: &mut Page<'_>) -> io::Result<()> {
    let classes = revised::of_findings(revision).into_iter();
    for Class { word, tone, list } in classes.filter(|class| class.tone != Tone::Plain) {
        for found in list.iter().filter_map(|shift| revised::found(revision, shift)) {
            finding((word, paint(tone)), &found, page)?;
        }
        if !list.is_empty() {
            page.blank()?;
        }
    }
    Ok(())
}

fn ending(revision: &Revision, page: &mut Page<'_>) -> io::Result<()> {
    for note in &revision.notes {
        let paint = if note.level == Level::Note { Paint::Faint } else { Paint::Unclear };
        let lead = format!("{}: ", crate::output::level(note.level));
        page.paragraph((&lead, paint), &format!("{} ({})", note.message, note.place.source()), 2)?;
    }
    page.paragraph(("policies: ", Paint::Plain), &revised::policies_in_numbers(revision), 2)?;
    let numbers = revised::findings_in_numbers(revision);
    let findings = numbers.map(|numbers| (format!("findings: {numbers}"), Paint::Plain));
    let paint = match revision.verdict {
        Verdict::Clean => Paint::Good,
        Verdict::Violations => Paint::Bad,
        Verdict::InsufficientEvidence => Paint::Unclear,
    };
    let words = revised::headline(revision);
    let exit = (format!("exit {}: {words}", revision.verdict.exit_code()), paint);
    page.parts(&findings.into_iter().chain([exit]).collect::<Vec<_>>())?;
    let flags: Vec<&str> = revision.loosened.iter().map(|flag| flag.name()).collect();
    match flags.is_empty() {
        true => Ok(()),
        false => page.paragraph(("loosened by ", Paint::Doubtful), &flags.join(", "), 2),
    }
}
