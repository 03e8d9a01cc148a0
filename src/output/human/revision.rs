//! What a change of policies does, for people: each policy that is not what it was, with both rules and a
//! record that comes out otherwise; then what that does to findings on the evidence at hand.

use std::io::{self, Write};

use crate::analysis::Approved;
use crate::engine::Outcome;
use crate::output::Style;
use crate::output::changes::{self, Found};
use crate::policy::{Approval, Policy};
use crate::text::Level;
use crate::triage::{
    Counterexample, PolicyChange, PolicyFate, Revision, Seen, Tendency, Verdict, Weighs,
};

use super::difference::{self, flaws};
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
    for change in &revision.policies {
        policy(revision, change, &mut page)?;
    }
    approvals(revision, &mut page)?;
    findings(revision, &mut page)?;
    ending(revision, &mut page)?;
    page.finish()
}

/// What becomes of a policy in a word, and its colour.
pub(in crate::output) fn word(change: &PolicyChange) -> &'static str {
    match (change.fate, change.tendency()) {
        (PolicyFate::Renamed, Tendency::Equivalent) | (PolicyFate::Same, _) => change.fate.name(),
        (PolicyFate::Added | PolicyFate::Removed, _) => change.fate.name(),
        (PolicyFate::Changed | PolicyFate::Renamed, tendency) => tendency.name(),
    }
}

fn paint(change: &PolicyChange) -> Paint {
    match (change.lets_through(), change.tendency()) {
        (Some(true), _) => Paint::Bad,
        (None, _) => Paint::Unclear,
        (Some(false), Tendency::Equivalent) => Paint::Good,
        (Some(false), _) => Paint::Doubtful,
    }
}

fn policy(revision: &Revision, change: &PolicyChange, page: &mut Page<'_>) -> io::Result<()> {
    if change.fate == PolicyFate::Same {
        return Ok(());
    }
    let (old, new) = (revision.old_policy(change), revision.new_policy(change));
    let Some(policy) = new.or(old) else { return Ok(()) };
    let name = match (change.fate, old, new) {
        (PolicyFate::Renamed, Some(old), Some(new)) => format!("{} → {}", old.id, new.id),
        _ => format!("{} ({}, {})", policy.id, policy.effect, policy.severity),
    };
    page.paragraph((&format!("{:11}", word(change)), paint(change)), &name, 11)?;
    if let Some(rules) = shown_rules(change, old, new) {
        for (label, policy) in rules {
            notice::draw(&[(label, &policy.rule)], 0, page)?;
        }
    }
    examples(change, page)?;
    parts(change, page)?;
    covered(revision, change, page)?;
    page.blank()
}

/// The rules that are worth a look: of a change, both unless they are the same words.
fn shown_rules<'a>(
    change: &PolicyChange,
    old: Option<&'a Policy>,
    new: Option<&'a Policy>,
) -> Option<Vec<(&'static str, &'a Policy)>> {
    match (old, new) {
        (Some(old), Some(new)) => {
            let is_same = old.rule.text() == new.rule.text();
            let is_moved = is_same && change.tendency() == Tendency::Equivalent;
            (!is_moved).then(|| vec![("old", old), ("new", new)])
        }
        (Some(old), None) => Some(vec![("old", old)]),
        (None, Some(new)) => Some(vec![("new", new)]),
        (None, None) => None,
    }
}

/// Why nothing passes, though the policy itself catches less.
fn covered(revision: &Revision, change: &PolicyChange, page: &mut Page<'_>) -> io::Result<()> {
    if change.passing != Some(Seen::Never) {
        return Ok(());
    }
    let words = match revision.cover(change) {
        Some(cover) => format!("`{}` catches all that it caught", cover.id),
        None => "the new policies together catch all that it caught".to_owned(),
    };
    page.paragraph(("  covered: ", Paint::Good), &words, 4)
}

fn examples(change: &PolicyChange, page: &mut Page<'_>) -> io::Result<()> {
    let condition = change.condition.as_ref();
    let passing = change.passing.as_ref().and_then(Seen::example);
    let less = condition.and_then(|condition| condition.less.example());
    let more = condition.and_then(|condition| condition.more.example());
    for (lead, paint, example) in [
        ("  caught before, not any more: ", Paint::Bad, less.or(passing)),
        ("  caught now, not before: ", Paint::Doubtful, more),
    ] {
        if let Some(example) = example {
            page.paragraph((lead, paint), &in_words(example), 4)?;
        }
    }
    let Some(condition) = condition else { return Ok(()) };
    match condition.doubt() {
        Some(doubt) => {
            let unsure = [
                (condition.less.is_seen().is_none(), "less"),
                (condition.more.is_seen().is_none(), "more"),
            ];
            let unsure: Vec<&str> =
                unsure.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
            let words = format!("whether it catches {}: {}", unsure.join(" or "), doubt.words());
            page.paragraph(("  undecided: ", Paint::Unclear), &words, 4)
        }
        None => Ok(()),
    }
}

/// A record, and what becomes of it.
pub(in crate::output) fn in_words(shown: &Counterexample) -> String {
    let approved = match shown.example.approved {
        None | Some(Approved::No) => "",
        Some(Approved::Yes) => ", where an approval covers it",
        Some(Approved::Unclear) => ", where it does not say whether an approval covers it",
    };
    let (old, new) = (came(shown.old), came(shown.new));
    format!("{} ({old} → {new}{approved})", shown.example.record())
}

fn came(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("pass", Outcome::name)
}

fn parts(change: &PolicyChange, page: &mut Page<'_>) -> io::Result<()> {
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
    let others = change.parts.iter().filter(|part| part.values.is_none());
    let others: Vec<&str> = others.map(|part| part.name).collect();
    match others.is_empty() {
        true => Ok(()),
        false => page.paragraph(("  also changed: ", Paint::Faint), &others.join(", "), 4),
    }
}

fn approvals(revision: &Revision, page: &mut Page<'_>) -> io::Result<()> {
    for change in &revision.approvals {
        let Some(approval) = revision.approval(change) else { continue };
        let paint = if change.lets_through { Paint::Bad } else { Paint::Doubtful };
        let lead = format!("{:11}", change.fate.name());
        page.paragraph((&lead, paint), &approval_in_words(approval), 11)?;
        let at = place(approval.location.source.name(), Some(approval.location.position()));
        page.line(("  at ", Paint::Faint), &at)?;
    }
    if revision.approvals.is_empty() { Ok(()) } else { page.blank() }
}

/// What an approval is for, and for how long.
pub(in crate::output) fn approval_in_words(approval: &Approval) -> String {
    let what = match approval.services.as_slice() {
        [] => "anything".to_owned(),
        services => services.join(", "),
    };
    let ports = approval.ports.as_ref().map(|ports| match (ports.start(), ports.end()) {
        (first, last) if first == last => format!(" on port {first}"),
        (first, last) => format!(" on ports {first}..{last}"),
    });
    let protocol = approval.protocol.as_ref().map(|protocol| format!(" over {protocol}"));
    let (ports, protocol) = (ports.unwrap_or_default(), protocol.unwrap_or_default());
    format!("approval of {what}{ports}{protocol} until {}", approval.expires)
}

fn findings(revision: &Revision, page: &mut Page<'_>) -> io::Result<()> {
    let Some(findings) = &revision.findings else { return Ok(()) };
    for (word, list) in findings.lists() {
        let paint = match word {
            "new" | "worsened" => Paint::Bad,
            "lost" | "eased" => Paint::Unclear,
            _ => continue,
        };
        for shift in list {
            let [old, new] = revision.found(shift);
            let Some(latest) = new.or(old) else { continue };
            let found = Found::new(latest, old.filter(|_| new.is_some()));
            difference::finding((word, paint), &found, page)?;
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
    page.paragraph(("policies: ", Paint::Plain), &counted(revision), 2)?;
    let mut parts = Vec::new();
    if let Some(findings) = &revision.findings {
        let lists = findings.lists().into_iter();
        let words: Vec<String> =
            lists.map(|(word, list)| format!("{} {word}", list.len())).collect();
        parts.push((format!("findings: {}", words.join(", ")), Paint::Plain));
    }
    let (words, paint) = verdict(revision);
    parts.push((format!("exit {}: {words}", revision.verdict.exit_code()), paint));
    page.parts(&parts)?;
    let flags: Vec<&str> = revision.loosened.iter().map(|flag| flag.name()).collect();
    match flags.is_empty() {
        true => Ok(()),
        false => page.paragraph(("loosened by ", Paint::Doubtful), &flags.join(", "), 2),
    }
}

/// How many policies there are of each word.
pub(in crate::output) fn counted(revision: &Revision) -> String {
    const WORDS: [&str; 9] = [
        "removed",
        "looser",
        "different",
        "undecided",
        "stricter",
        "added",
        "renamed",
        "equivalent",
        "same",
    ];
    let words: Vec<&str> = revision.policies.iter().map(word).collect();
    let count = |word: &str| words.iter().filter(|other| **other == word).count();
    let counts = WORDS.map(|word| (count(word), word)).into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

fn verdict(revision: &Revision) -> (&'static str, Paint) {
    match revision.verdict {
        Verdict::Clean if revision.findings.is_some() => {
            ("nothing is let through, nothing is new", Paint::Good)
        }
        Verdict::Clean => ("nothing is let through", Paint::Good),
        Verdict::Violations if revision.lets_through => ("something is let through", Paint::Bad),
        Verdict::Violations => ("findings on the evidence change", Paint::Bad),
        Verdict::InsufficientEvidence => ("not decided", Paint::Unclear),
    }
}
