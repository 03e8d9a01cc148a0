//! What a change of policies does as a page for a comment on a merge request: the verdict first, then what
//! keeps it from being known, then what becomes of policies, approvals and findings.

use std::io::{self, Write};

use crate::output::changes::{self, Class, Tone};
use crate::output::item::short;
use crate::output::revised;
use crate::output::{Style, level};
use crate::policy::Policy;
use crate::text::Place;
use crate::triage::{PolicyChange, Revision};

use super::difference::{found, note, word};
use super::{Page, at, code, code_cell, escaped, evidence};

/// Bytes of each table at most, and of a page as a whole: platforms refuse a comment of more than 64 KiB.
/// What finds no room is counted.
const ROOM: [usize; 5] = [10_000, 20_000, 6_000, 20_000, 4_000];

pub(in crate::output) fn write(
    revision: &Revision,
    _style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page { out, left: usize::MAX, is_begun: false };
    page.paragraph(&format!("# Portcullis policy change: {}", revised::headline(revision)))?;
    let numbers = revised::findings_in_numbers(revision);
    let numbers = numbers.map(|numbers| format!(" Findings: {numbers}."));
    page.paragraph(&format!(
        "**Exit {}**. Policies: {}.{}",
        revision.verdict.exit_code(),
        revised::policies_in_numbers(revision),
        numbers.unwrap_or_default(),
    ))?;
    if !revision.loosened.is_empty() {
        let flags: Vec<String> = revision.loosened.iter().map(|flag| code(flag.name())).collect();
        page.paragraph(&format!("Loosened by {}.", flags.join(", ")))?;
    }
    let [for_notes, for_policies, for_approvals, for_findings, for_evidence] = ROOM;
    page.left = for_notes;
    let head = ["Level", "Code", "Note", "Help", "Place"];
    page.table("What to know", &head, &mut notes(revision))?;
    page.left = for_policies;
    let head = ["Change", "Policy", "Old rule", "New rule", "What it does", "Place"];
    let mut rows = revised::of_policies(revision).map(|change| policy(revision, change));
    page.table("Policies", &head, &mut rows)?;
    page.left = for_approvals;
    page.table("Approvals", &["Change", "Approval", "Reason", "Place"], &mut approvals(revision))?;
    page.left = for_findings;
    let head = ["Change", "Result", "Severity", "Policy", "Finding", "Before", "Place"];
    page.table("Findings", &head, &mut findings(revision))?;
    page.left = for_evidence;
    let captures = revision.new.report.iter().flat_map(|report| &report.evidence);
    let head = ["Evidence", "Operation", "Records", "Whole", "SHA-256"];
    page.table("Evidence", &head, &mut captures.map(evidence))
}

fn notes(revision: &Revision) -> impl Iterator<Item = Vec<String>> {
    let flaws = revision.new.report.iter().flat_map(changes::flaws_of);
    let flaws = flaws.map(|flaw| (changes::does(flaw), &flaw.problem));
    let notes = revision.notes.iter().map(|note| (level(note.level), note));
    flaws.chain(notes).map(|(level, problem)| note(level, problem))
}

fn policy(revision: &Revision, change: &PolicyChange) -> Vec<String> {
    let [old, new] = revised::rules(revision, change);
    let rule = |policy: Option<&Policy>| {
        policy.map(|policy| code_cell(&short(policy.rule.text()))).unwrap_or_default()
    };
    let mut does: Vec<String> = revised::examples(change)
        .into_iter()
        .map(|(what, _, example)| format!("{what}: {}", code_cell(&short(&example))))
        .collect();
    let parts = change.parts.iter();
    does.extend(parts.filter_map(|part| {
        let [old, new] = part.values.as_ref()?;
        Some(escaped(&format!("{}: {old} → {new}", part.name)))
    }));
    let more = [
        revised::undecided(change).map(|words| format!("undecided {words}")),
        revised::covered(revision, change),
        revised::also_changed(change).map(|parts| format!("also changed: {parts}")),
    ];
    does.extend(more.into_iter().flatten().map(|words| escaped(&short(&words))));
    let at_rule = |policy: &Policy| at(&Place::Text(policy.rule.clone()));
    vec![
        word(revised::word(change), revised::tone(change)),
        code_cell(&short(&revised::name(revision, change))),
        rule(old),
        rule(new),
        does.join("; "),
        revision.policy(change).map(at_rule).unwrap_or_default(),
    ]
}

fn approvals(revision: &Revision) -> impl Iterator<Item = Vec<String>> {
    revision.approvals.iter().filter_map(|change| {
        let approval = revision.approval(change)?;
        let tone = if change.lets_through { Tone::Bad } else { Tone::Doubtful };
        Some(vec![
            word(change.fate.name(), tone),
            escaped(&short(&revised::approval(approval))),
            escaped(&short(&approval.reason)),
            at(&Place::Text(approval.location.clone())),
        ])
    })
}

/// Every finding but those that are what they were, which are counted.
fn findings(revision: &Revision) -> impl Iterator<Item = Vec<String>> {
    let classes = revised::of_findings(revision).into_iter();
    let changed = classes.filter(|class| class.tone != Tone::Plain);
    changed.flat_map(move |Class { word, tone, list }| {
        let all = list.iter().filter_map(|shift| revised::found(revision, shift));
        all.map(|one| found((word, tone), &one)).collect::<Vec<_>>()
    })
}
