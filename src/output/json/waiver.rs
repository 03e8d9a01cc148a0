//! Waivers as JSON: the one of a finding, and all of them with what each hides.

use serde::Serialize;

use crate::policy::Waiver;
use crate::triage::WaiverUse;

use super::document::ProblemText;

#[derive(Serialize)]
pub(super) struct WaiverText<'a> {
    policy: &'a str,
    reason: &'a str,
    expires: String,
    owner: Option<&'a str>,
    approved_by: Option<&'a str>,
    ticket: Option<&'a str>,
    source: &'a str,
    line: u64,
    column: u64,
}

impl<'a> WaiverText<'a> {
    pub(super) fn new(waiver: &'a Waiver) -> Self {
        let position = waiver.location.position();
        Self {
            policy: &waiver.policy,
            reason: &waiver.reason,
            expires: waiver.expires.to_string(),
            owner: waiver.owner.as_deref(),
            approved_by: waiver.approved_by.as_deref(),
            ticket: waiver.ticket.as_deref(),
            source: waiver.location.source.name(),
            line: position.line,
            column: position.column,
        }
    }
}

/// A waiver with what became of it.
#[derive(Serialize)]
pub(super) struct UsedText<'a> {
    #[serde(flatten)]
    waiver: WaiverText<'a>,
    #[serde(rename = "match")]
    words: Option<&'a str>,
    expect_at_most: Option<u64>,
    inconclusive: bool,
    in_force: bool,
    matched: u64,
    waived: u64,
    problems: Vec<ProblemText<'a>>,
}

impl<'a> UsedText<'a> {
    pub(super) fn new(waiver: &'a Waiver, used: &'a WaiverUse) -> Self {
        Self {
            waiver: WaiverText::new(waiver),
            words: waiver.words.as_deref(),
            expect_at_most: waiver.expect_at_most,
            inconclusive: waiver.waives_inconclusive,
            in_force: used.is_in_force,
            matched: used.matched,
            waived: used.waived,
            problems: used.problems.iter().map(ProblemText::new).collect(),
        }
    }
}
