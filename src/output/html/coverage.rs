//! What the findings say about the controls of frameworks, how strongly, and why no more can be said.

use maud::{Markup, html};

use crate::policy::Strength;
use crate::triage::{ControlCoverage, ControlState, FrameworkCoverage, Report, Tally};

use super::page::{self, badge, flowing, number, said, table, text};

/// Reasons that are said of one control.
const MOST_REASONS: usize = 6;

/// The parts of a control's findings, and what each is called.
type Part = (fn(&Tally) -> u64, &'static str);

const PARTS: [Part; 5] = [
    (|tally| tally.open, "open"),
    (|tally| tally.inconclusive, "inconclusive"),
    (|tally| tally.waived, "waived"),
    (|tally| tally.known, "known"),
    (|tally| tally.tolerated, "tolerated"),
];

pub(super) fn section(report: &Report) -> Markup {
    let frameworks = frameworks(report);
    if frameworks.is_empty() {
        return html! {};
    }
    let is_only = frameworks.len() == 1;
    page::section(
        "controls",
        "Controls",
        html! {
            p {
                "What the findings say about the controls that the policies name. " strong { "Direct" }
                ": a failure alone shows that the control is not met in what was observed. " strong { "Partial" }
                ": one aspect of it. " strong { "Context" } ": background. Nothing here shows more than a part "
                "of what a control asks for, and nothing loosened, waived or unknown counts for it."
            }
            @for framework in &frameworks { (framework_of(framework, report, is_only)) }
        },
    )
}

/// The framework that the report is narrowed to, else all that its policies name a control of.
pub(super) fn frameworks(report: &Report) -> Vec<FrameworkCoverage> {
    match &report.view {
        Some(view) => vec![view.coverage.clone()],
        None => report.coverage(),
    }
}

fn framework_of(coverage: &FrameworkCoverage, report: &Report, is_open: bool) -> Markup {
    let framework = &coverage.framework;
    let caption = format!("Controls of {} {}", framework.name, framework.version);
    let head = ["Control", "Asks for", "Strength", "State", "Findings", "Policies"];
    html! { details.policy.framework id={ "framework-" (framework.id) } open[is_open] {
        summary {
            span.message { (text(&framework.name)) " " (text(&framework.version)) }
            span.result { (states(coverage)) }
        }
        div.body {
            @if let Some(note) = &framework.note { p { (flowing(note)) } }
            (table(&text(&caption).to_string(), &head, html! {
                @for control in &coverage.controls { (row(control, report)) }
            }))
        }
    } }
}

/// How many controls are in each state.
fn states(coverage: &FrameworkCoverage) -> String {
    let count = |state| coverage.controls.iter().filter(|control| control.state == state).count();
    let counts = ControlState::ALL.into_iter().map(|state| (count(state) as u64, state));
    let said = counts.filter(|(count, _)| *count > 0);
    let said: Vec<String> =
        said.map(|(count, state)| format!("{} {}", number(count), state.words())).collect();
    said.join(", ")
}

fn row(control: &ControlCoverage, report: &Report) -> Markup {
    html! { tr {
        th scope="row" { (text(&control.id)) }
        td { (flowing(&control.title)) }
        td { (strength(control.strength)) }
        td {
            (badge(class(control.state), control.state.words()))
            @for reason in control.reasons.iter().take(MOST_REASONS) { div.reason { (said(reason)) } }
            @match control.reasons.len().saturating_sub(MOST_REASONS) {
                0 => {}
                more => div.reason { "and " (number(more as u64)) " more" },
            }
        }
        td { @for (count, word) in PARTS { @match count(&control.findings) {
            0 => {}
            findings => div { (number(findings)) " " (word) },
        } } }
        td { @for index in &control.policies { @if let Some(policy) = report.policies.policies.get(*index) {
            a href={ "#policy-" (index + 1) } { (text(&policy.id)) } " "
        } } }
    } }
}

fn strength(strength: Strength) -> Markup {
    match strength {
        Strength::Direct => html! { strong { (strength.name()) } },
        Strength::Partial => html! { (strength.name()) },
        Strength::Context => html! { span.faint { (strength.name()) } },
    }
}

fn class(state: ControlState) -> &'static str {
    match state {
        ControlState::NotMet => "deny",
        ControlState::WeaknessFound => "alert",
        ControlState::NotJudged | ControlState::NotWhole | ControlState::Inconclusive => {
            "inconclusive"
        }
        ControlState::Loosened => "medium",
        ControlState::Supported | ControlState::NoWeaknessFound => "good",
        ControlState::Background => "info",
    }
}
