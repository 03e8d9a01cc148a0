//! What a report says of a framework, as members of a JSON document.

use serde::Serialize;

use crate::triage::{ControlCoverage, Elsewhere, FrameworkCoverage, Report, Tally, View};

/// What a report is narrowed to.
#[derive(Serialize)]
pub(super) struct ViewText<'a> {
    framework: &'a str,
    /// Findings that are not in the report.
    elsewhere: ElsewhereText,
}

impl<'a> ViewText<'a> {
    pub(super) fn new(view: &'a View) -> Self {
        let Elsewhere { deny, alert, inconclusive, waived, known, tolerated } = view.elsewhere;
        Self {
            framework: &view.coverage.framework.id,
            elsewhere: ElsewhereText { deny, alert, inconclusive, waived, known, tolerated },
        }
    }
}

#[derive(Serialize)]
struct ElsewhereText {
    deny: u64,
    alert: u64,
    inconclusive: u64,
    waived: u64,
    known: u64,
    tolerated: u64,
}

#[derive(Serialize)]
pub(super) struct FrameworkText<'a> {
    id: &'a str,
    title: &'a str,
    version: &'a str,
    note: Option<&'a str>,
    controls: Vec<ControlText<'a>>,
}

impl<'a> FrameworkText<'a> {
    pub(super) fn new(report: &'a Report, coverage: &'a FrameworkCoverage) -> Self {
        let framework = &coverage.framework;
        let controls = coverage.controls.iter();
        Self {
            id: &framework.id,
            title: &framework.name,
            version: &framework.version,
            note: framework.note.as_deref(),
            controls: controls.map(|control| ControlText::new(report, control)).collect(),
        }
    }
}

#[derive(Serialize)]
struct ControlText<'a> {
    id: &'a str,
    title: &'a str,
    strength: &'static str,
    state: &'static str,
    reasons: &'a [String],
    policies: Vec<&'a str>,
    findings: TallyText,
}

impl<'a> ControlText<'a> {
    fn new(report: &'a Report, control: &'a ControlCoverage) -> Self {
        let named = control.policies.iter();
        let named = named.filter_map(|index| report.policies.policies.get(*index));
        let Tally { open, inconclusive, waived, known, tolerated } = control.findings;
        Self {
            id: &control.id,
            title: &control.title,
            strength: control.strength.name(),
            state: control.state.name(),
            reasons: &control.reasons,
            policies: named.map(|policy| policy.id.as_str()).collect(),
            findings: TallyText { open, inconclusive, waived, known, tolerated },
        }
    }
}

#[derive(Serialize)]
struct TallyText {
    open: u64,
    inconclusive: u64,
    waived: u64,
    known: u64,
    tolerated: u64,
}
