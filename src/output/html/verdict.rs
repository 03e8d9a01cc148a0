//! What the run proved, in words, with its exit code; and what the page holds.

use maud::{Markup, html};

use crate::operation::Effect;
use crate::output::item::Item;
use crate::triage::{FailOn, Report, Verdict};

use super::coverage;
use super::difference::capital;
use super::lacking;
use super::page::{count, number, text};

/// The title of the page.
pub(super) fn title(report: &Report) -> String {
    let code = report.verdict.exit_code();
    format!("{} (exit {code}) – Portcullis", capital(&report.headline()))
}

/// A sign beside the words, which says the same as the colour.
pub(super) fn sign(verdict: Option<Verdict>) -> Markup {
    html! {
        svg.sign viewBox="0 0 48 48" aria-hidden="true" focusable="false" {
            @match verdict {
                Some(Verdict::Clean) => {
                    circle cx="24" cy="24" r="21" {}
                    path d="M14 25l7 7 14-16" {}
                }
                Some(Verdict::InsufficientEvidence) => {
                    path d="M24 4l20 20-20 20L4 24z" {}
                    path d="M19 20a5 5 0 1 1 7 4.6q-2 1-2 3.4M24 33v.5" {}
                }
                Some(Verdict::Violations) | None => {
                    path d="M15.5 4h17L44 15.5v17L32.5 44h-17L4 32.5v-17z" {}
                    path d="M16.5 16.5l15 15m0-15l-15 15" {}
                }
            }
        }
    }
}

/// What the run proved, and the numbers that it comes to.
pub(super) fn banner(report: &Report) -> Markup {
    let summary = &report.summary;
    let class = report.verdict.name().replace('_', "-");
    let inconclusive = if summary.inconclusive > 0 { "inconclusive" } else { "none" };
    html! {
        div class={ "verdict " (class) } {
            (sign(Some(report.verdict)))
            div {
                h1 { (capital(&report.headline())) }
                p.lead { (sentence(report)) }
                @if let Some(statement) = report.statement() { p { (text(&statement)) } }
                @if let Some(view) = &report.view {
                    p {
                        "Shown are the findings of policies that name a control of "
                        (text(&view.coverage.framework.name)) " " (text(&view.coverage.framework.version))
                        "; the verdict and the numbers below are those of the whole run."
                    }
                }
                p.exit { "Exit code " strong { (report.verdict.exit_code()) } }
            }
        }
        dl.tiles {
            (tile("Deny", number(summary.deny), if summary.deny > 0 { "deny" } else { "none" }))
            (tile("Alert", number(summary.alert), if summary.alert > 0 { "alert" } else { "none" }))
            (tile("Inconclusive", number(summary.inconclusive), inconclusive))
            (tile("Waived", number(summary.waived), "none"))
            (tile("Known", number(summary.known), "none"))
            (tile("Tolerated", number(summary.tolerated), "none"))
            (tile("Policies", number(summary.policies), "none"))
            (tile("Records", records(report), "none"))
        }
    }
}

pub(super) fn tile(name: &str, value: String, class: &str) -> Markup {
    html! { div class=(class) { dt { (name) } dd { (value) } } }
}

/// How many records there are, of how many.
fn records(report: &Report) -> String {
    let expected: Option<u64> = report.evidence.iter().map(|snapshot| snapshot.expected).sum();
    let here = number(report.summary.records);
    match expected.filter(|_| !report.evidence.is_empty()) {
        Some(expected) => format!("{here} of {}", number(expected)),
        None => here,
    }
}

fn sentence(report: &Report) -> String {
    let summary = &report.summary;
    let fail_on = report.terms.fail_on;
    match report.verdict {
        Verdict::Clean if fail_on == FailOn::Never && summary.deny + summary.alert > 0 => {
            "The evidence is there, and the run was told that no violation fails it.".to_owned()
        }
        Verdict::Clean if !report.loosened.is_empty() => {
            "Nothing is open that fails the run, which was told to accept less than all evidence and \
             every policy as written: see what was loosened."
                .to_owned()
        }
        Verdict::Clean => {
            "All evidence is there, and nothing is open that fails the run.".to_owned()
        }
        Verdict::Violations => {
            let failing = if fail_on.counts(Effect::Alert) {
                summary.deny + summary.alert
            } else {
                summary.deny
            };
            let policies = report.counts.iter().filter(|counts| counts.failed > 0).count() as u64;
            format!(
                "{} the run. {} of {} found violations.",
                count(failing, "open finding fails", "open findings fail"),
                number(policies),
                count(summary.policies, "policy", "policies")
            )
        }
        Verdict::InsufficientEvidence => {
            "No violation was found that fails the run, but the evidence does not prove that there \
             is none. This is not a pass."
                .to_owned()
        }
    }
}

/// What the page holds.
pub(super) fn contents(report: &Report, missing: &[Item<'_>]) -> Markup {
    let has_register = !report.policies.approvals.is_empty();
    let has_controls = !coverage::frameworks(report).is_empty();
    let is_about_controls = report.view.is_some();
    let parts = [
        ("evidence", lacking::title(missing), !missing.is_empty()),
        ("notes", "Warnings", !report.warnings().is_empty()),
        ("basis", "Basis", true),
        ("controls", "Controls", is_about_controls),
        ("numbers", "Numbers", true),
        ("exposure", "Exposure", !report.findings.is_empty()),
        ("findings", "Findings", true),
        ("policies", "Policies", true),
        ("accepted", "Loosened and accepted", true),
        ("register", "Approvals", has_register),
        ("controls", "Controls", has_controls && !is_about_controls),
        ("trend", "Trend", !report.history.is_empty()),
    ];
    html! {
        nav aria-label="Parts of the report" {
            ul { @for (id, name, _) in parts.iter().filter(|(.., is_there)| *is_there) {
                li { a href={ "#" (id) } { (name) } }
            } }
        }
    }
}
