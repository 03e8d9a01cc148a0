//! What the run did not hold against the estate, and why: what was loosened, what is waived, what the
//! baseline knew, what policies tolerate.

use maud::{Markup, html};

use crate::policy::Waiver;
use crate::triage::{Loosening, Report, Tolerance, WaiverUse};

use super::page::{self, badge, count, flowing, number, place, table, text};

pub(super) fn section(report: &Report) -> Markup {
    let is_empty = report.loosened.is_empty()
        && report.policies.waivers.is_empty()
        && report.summary.known == 0
        && report.tolerances.is_empty()
        && report.fixed.is_empty();
    page::section(
        "accepted",
        "Loosened and accepted",
        html! {
            @if is_empty {
                p { "Nothing: every policy holds as it is written, and nothing is waived, known or tolerated." }
            }
            @if !report.loosened.is_empty() {
                h3 { "Loosened" }
                (loosened(&report.loosened))
            }
            @if !report.policies.waivers.is_empty() {
                h3 { "Waivers" }
                (waivers(report))
            }
            @if report.summary.known > 0 {
                h3 { "Known" }
                p {
                    (count(report.summary.known, "finding was", "findings were"))
                    " there when the baseline was taken, and no longer fails the run."
                }
            }
            @if !report.tolerances.is_empty() {
                h3 { "Tolerated" }
                (tolerances(report))
            }
            @if !report.fixed.is_empty() {
                h3 { "Gone" }
                (fixed(report))
            }
        },
    )
}

/// Ways in which a run was told to accept less.
pub(super) fn loosened(flags: &[Loosening]) -> Markup {
    html! { ul { @for flag in flags {
        li { code.loose { (flag.name()) } " " (meaning(*flag)) }
    } } }
}

fn meaning(flag: Loosening) -> &'static str {
    match flag {
        Loosening::AssumeComplete => "evidence counts as whole where that cannot be proven",
        Loosening::AllowPartial => "evidence counts although a part of it is missing",
        Loosening::InconclusiveReport => "what cannot be known is listed, and fails nothing",
        Loosening::InconclusivePass => "what cannot be known is counted, and passes",
        Loosening::FailOnNever => "no violation fails the run",
        Loosening::Overrides => "the project makes policies milder than they are written",
    }
}

fn waivers(report: &Report) -> Markup {
    let used = report.policies.waivers.iter().zip(&report.waivers).enumerate();
    let head = ["Policy", "What", "Reason", "Until", "Owner", "Approved by", "#Waives", "State"];
    table(
        "What is accepted for a time",
        &head,
        html! {
            @for (index, (waiver, used)) in used { (waiver_row(index + 1, waiver, used)) }
        },
    )
}

fn waiver_row(number_in_set: usize, waiver: &Waiver, used: &WaiverUse) -> Markup {
    let maybe = |words: &Option<String>| match words {
        Some(words) => html! { (flowing(words)) },
        None => html! { span.faint { "–" } },
    };
    html! { tr id={ "waiver-" (number_in_set) } {
        th scope="row" { code { (text(&waiver.policy)) } }
        td { @match &waiver.words {
            Some(words) => code { (flowing(words)) },
            None => "every record",
        } }
        td { (flowing(&waiver.reason))
            @if let Some(ticket) = &waiver.ticket { " (" (flowing(ticket)) ")" }
        }
        td { time { (waiver.expires) } }
        td { (maybe(&waiver.owner)) }
        td { (maybe(&waiver.approved_by)) }
        td.n { (number(used.waived)) }
        td {
            @if used.is_in_force { (badge("good", "in force")) } @else { (badge("deny", "expired")) }
            @for problem in &used.problems { " " (flowing(&problem.message)) }
            br; (place(waiver.location.source.name(), Some(waiver.location.position())))
        }
    } }
}

/// Every snapshot and policy that tolerates violations, and whether there are more.
fn tolerances(report: &Report) -> Markup {
    let row = |one: &Tolerance| {
        let policy = report.policies.policies.get(one.policy)?;
        let snapshot = report.evidence.get(one.capture)?;
        let (class, words) = match one.is_within() {
            Some(true) => ("good", "within"),
            None => ("inconclusive", "not known"),
            Some(false) => ("deny", "exceeded"),
        };
        Some(html! { tr {
            th scope="row" { a href={ "#policy-" (one.policy + 1) } { (text(&policy.id)) } }
            td { code { (text(&snapshot.source)) } }
            td { (one.words()) }
            td { (badge(class, words)) }
        } })
    };
    table(
        "What policies tolerate",
        &["Policy", "Snapshot", "Violations", "State"],
        html! { @for row in report.tolerances.iter().filter_map(row) { (row) } },
    )
}

fn fixed(report: &Report) -> Markup {
    let name = |identity: &[(String, String)]| {
        let parts: Vec<String> =
            identity.iter().map(|(name, value)| format!("{name} {value}")).collect();
        parts.join(", ")
    };
    table(
        "Findings of the baseline that are gone",
        &["Policy", "Record", "Fingerprint"],
        html! {
            @for fixed in &report.fixed { tr {
                th scope="row" { code { (text(&fixed.policy)) } }
                td { (text(&name(&fixed.identity))) }
                td { code.hash { (text(&fixed.fingerprint)) } }
            } }
        },
    )
}
