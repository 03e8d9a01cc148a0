//! What a change of policies does as a page: the verdict, what keeps it from being known, then what becomes
//! of policies, of approvals, and of findings on the evidence at hand.

use std::io::{self, Write};

use maud::{Markup, html};

use crate::output::changes::{self, Tone};
use crate::output::{Style, level, revised};
use crate::policy::Policy;
use crate::text::Problem;
use crate::triage::{ApprovalChange, PolicyChange, Revision, Verdict};

use super::difference::{capital, findings_table, notes, tile, tone};
use super::page::{self, Page, badge, count, place, table, text};
use super::{accepted, basis, verdict};

pub(in crate::output) fn write(
    revision: &Revision,
    _style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (code, words) = (revision.verdict.exit_code(), title(revision));
    let head = format!("{words} (exit {code}) – Portcullis policy change");
    let mut page = Page::begin(&head, Some(revision.time), nonce(revision), out)?;
    page.put(banner(revision))?;
    page.put(notes(&all_notes(revision), "What to know"))?;
    page.put(policies(revision))?;
    page.put(approvals(revision))?;
    page.put(findings(revision))?;
    page.put(evidence(revision))?;
    page.end_of_revision()
}

/// A name that no text of the page can bring: a hash of all of them.
fn nonce(revision: &Revision) -> String {
    let rules = revision.old.set.policies.iter().chain(&revision.new.set.policies);
    let rules = rules.map(|policy| format!("{} {}", policy.id, policy.rule.source.text()));
    let examples = revision.policies.iter().flat_map(revised::examples);
    let examples = examples.map(|(_, _, example)| example);
    let approvals = revision.old.set.approvals.iter().chain(&revision.new.set.approvals);
    let approvals = approvals.map(|approval| approval.location.source.text().to_owned());
    let notes = revision.notes.iter().map(|note| note.message.clone());
    let reports = [&revision.old.report, &revision.new.report].into_iter().flatten();
    let reports = reports.flat_map(|report| {
        let messages = report.findings.iter().map(|finding| report.message(finding));
        messages.chain([basis::nonce(report)]).collect::<Vec<_>>()
    });
    let sources = [&revision.old.source, &revision.new.source].map(|source| source.to_string());
    let texts = rules.chain(examples).chain(approvals).chain(notes).chain(reports);
    let texts: Vec<String> = texts.chain(sources).collect();
    page::nonce(texts.iter().map(String::as_str))
}

fn title(revision: &Revision) -> String {
    capital(revised::headline(revision))
}

/// What the change comes to, in words and numbers.
fn banner(revision: &Revision) -> Markup {
    let class = revision.verdict.name().replace('_', "-");
    html! {
        div class={ "verdict " (class) } {
            (verdict::sign(Some(revision.verdict)))
            div {
                h1 { (title(revision)) }
                p.lead { (sentence(revision)) }
                p.exit {
                    "Exit code " strong { (revision.verdict.exit_code()) } ": policies "
                    code { (text(&revision.old.source)) } " → "
                    code { (text(&revision.new.source)) }
                }
            }
        }
        p { "Policies: " (revised::policies_in_numbers(revision)) "." }
        dl.tiles { @for class in &revised::of_findings(revision) { (tile("findings", class)) } }
    }
}

fn sentence(revision: &Revision) -> &'static str {
    match revision.verdict {
        Verdict::Violations if revision.lets_through => {
            "Of all records that there could be, some gets through that was caught before."
        }
        Verdict::Violations => {
            "No record gets through that was caught, but findings on the evidence at hand are not what \
             they were."
        }
        Verdict::InsufficientEvidence => {
            "It is not known whether something gets through that was caught, or the evidence at hand does \
             not show it. This is not a pass."
        }
        Verdict::Clean => {
            "Of all records that there could be, none that decides gets through that was caught before."
        }
    }
}

fn all_notes(revision: &Revision) -> Vec<(&str, &Problem)> {
    let flaws = revision.new.report.iter().flat_map(changes::flaws_of);
    let flaws = flaws.map(|flaw| (changes::does(flaw), &flaw.problem));
    let told = revision.notes.iter().map(|note| (level(note.level), note));
    flaws.chain(told).collect()
}

fn policies(revision: &Revision) -> Markup {
    let changed: Vec<&PolicyChange> = revised::of_policies(revision).collect();
    let body = match changed.is_empty() {
        true => html! { p { "Every policy says what it said." } },
        false => {
            let rows = html! { @for change in &changed { (policy(revision, change)) } };
            table("Policies", &["Change", "Policy", "Old rule", "New rule", "What it does"], rows)
        }
    };
    page::section("policies", "Policies", body)
}

fn policy(revision: &Revision, change: &PolicyChange) -> Markup {
    let [old, new] = revised::rules(revision, change);
    html! { tr {
        td { (badge(tone(revised::tone(change)), revised::word(change))) }
        th scope="row" { (text(&revised::name(revision, change))) }
        td { (rule(old)) }
        td { (rule(new)) }
        td {
            @for (what, _, example) in revised::examples(change) {
                div { (what) ": " code { (text(&example)) } }
            }
            @for part in &change.parts {
                @if let Some([old, new]) = &part.values {
                    div { (part.name) ": " (text(old)) " → " (text(new)) }
                }
            }
            @if let Some(words) = revised::undecided(change) { div { "undecided " (words) } }
            @if let Some(words) = revised::covered(revision, change) { div { (text(&words)) } }
            @if let Some(parts) = revised::also_changed(change) { div { "also changed: " (parts) } }
        }
    } }
}

fn rule(policy: Option<&Policy>) -> Markup {
    html! { @if let Some(policy) = policy {
        div { code { (text(policy.rule.text())) } }
        (place(policy.rule.source.name(), Some(policy.rule.position())))
    } @else { span.faint { "–" } } }
}

fn approvals(revision: &Revision) -> Markup {
    if revision.approvals.is_empty() {
        return html! {};
    }
    let rows = html! { @for change in &revision.approvals { (approval(revision, change)) } };
    let list = table("Approvals", &["Change", "Approval", "Reason", "Place"], rows);
    page::section("approvals", "Approvals", list)
}

fn approval(revision: &Revision, change: &ApprovalChange) -> Markup {
    let shade = if change.lets_through { Tone::Bad } else { Tone::Doubtful };
    html! { @if let Some(approval) = revision.approval(change) { tr {
        td { (badge(tone(shade), change.fate.name())) }
        td { (text(&revised::approval(approval))) }
        td { (text(&approval.reason)) }
        td { (place(approval.location.source.name(), Some(approval.location.position()))) }
    } } }
}

fn findings(revision: &Revision) -> Markup {
    let Some(numbers) = revised::findings_in_numbers(revision) else {
        return html! {};
    };
    let classes = revised::of_findings(revision);
    let body = html! {
        p { (capital(&numbers)) "." }
        @for class in classes.iter().filter(|class| !class.list.is_empty() && class.tone != Tone::Plain) {
            h3 {
                (badge(tone(class.tone), class.word)) " "
                (count(class.list.len() as u64, "finding", "findings"))
            }
            (findings_table(
                class.word,
                class.list.iter().filter_map(|shift| revised::found(revision, shift)),
            ))
        }
    };
    page::section("findings", "Findings on the evidence at hand", body)
}

fn evidence(revision: &Revision) -> Markup {
    let report = revision.new.report.as_ref();
    if report.is_none() && revision.loosened.is_empty() {
        return html! {};
    }
    let body = html! {
        @if let Some(report) = report { (basis::evidence(report)) }
        @if !revision.loosened.is_empty() {
            h3 { "Loosened" }
            (accepted::loosened(&revision.loosened))
        }
    };
    page::section("evidence", "What this rests on", body)
}
