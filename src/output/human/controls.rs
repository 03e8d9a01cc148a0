//! The controls of a framework, a line each: what can be said of them, how strongly, and why no more.

use std::io;

use crate::output::elsewhere;
use crate::triage::{ControlCoverage, ControlState, Report, Tally, View};

use super::page::{Page, Paint};

/// Reasons that are said of one control.
const MOST_REASONS: usize = 4;

/// Writes the view of a report that has one.
pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let Some(view) = &report.view else {
        return Ok(());
    };
    framework(view, page)?;
    if let Some(message) = elsewhere::message(report) {
        page.paragraph(("elsewhere: ", Paint::Doubtful), &message, 2)?;
        page.blank()?;
    }
    Ok(())
}

fn framework(view: &View, page: &mut Page<'_>) -> io::Result<()> {
    let framework = &view.coverage.framework;
    let name = format!("{} {} ({})", framework.name, framework.version, framework.id);
    page.paragraph(("controls: ", Paint::Strong), &name, 2)?;
    if let Some(note) = &framework.note {
        page.paragraph(("  note: ", Paint::Faint), note, 8)?;
    }
    page.blank()?;
    let (named, others): (Vec<_>, Vec<_>) =
        view.coverage.controls.iter().partition(|control| !control.policies.is_empty());
    let width = |text: fn(&ControlCoverage) -> &str| {
        let widths = named.iter().map(|control| textwrap::core::display_width(text(control)));
        widths.max().unwrap_or_default()
    };
    let widths = (width(|control| &control.id), width(|control| control.state.words()));
    for control in &named {
        row(control, widths, page)?;
    }
    if !others.is_empty() {
        let ids: Vec<&str> = others.iter().map(|control| control.id.as_str()).collect();
        page.paragraph(("  no policy names: ", Paint::Faint), &ids.join(", "), 4)?;
    }
    page.blank()
}

/// `3.2  weakness found  partial  Nobody … — 3 open`
fn row(
    control: &ControlCoverage,
    (id, state): (usize, usize),
    page: &mut Page<'_>,
) -> io::Result<()> {
    let words = control.state.words();
    let lead = format!("  {:id$}  {words:state$}  {:7}  ", control.id, control.strength.name());
    let findings = findings(&control.findings);
    let dash = if findings.is_empty() { "" } else { " — " };
    let indent = textwrap::core::display_width(&lead);
    page.paragraph(
        (&lead, paint(control.state)),
        &format!("{}{dash}{findings}", control.title),
        indent,
    )?;
    let lead = format!("{}why: ", " ".repeat(indent));
    let (said, others) = control.reasons.split_at(MOST_REASONS.min(control.reasons.len()));
    for reason in said {
        page.paragraph((&lead, Paint::Faint), reason, indent + 5)?;
    }
    match others.len() {
        0 => Ok(()),
        more => page.line((&lead, Paint::Faint), &format!("… and {more} more")),
    }
}

/// What was found, in words; nothing where that is nothing.
fn findings(findings: &Tally) -> String {
    let counts = [
        (findings.open, "open"),
        (findings.inconclusive, "inconclusive"),
        (findings.waived, "waived"),
        (findings.known, "known"),
        (findings.tolerated, "tolerated"),
    ];
    let counts = counts.iter().filter(|(number, _)| *number > 0);
    counts.map(|(number, word)| format!("{number} {word}")).collect::<Vec<_>>().join(", ")
}

fn paint(state: ControlState) -> Paint {
    match state {
        ControlState::NotMet => Paint::Bad,
        ControlState::WeaknessFound | ControlState::Loosened => Paint::Doubtful,
        ControlState::NotJudged | ControlState::NotWhole | ControlState::Inconclusive => {
            Paint::Unclear
        }
        ControlState::Supported | ControlState::NoWeaknessFound => Paint::Good,
        ControlState::Background => Paint::Faint,
    }
}
