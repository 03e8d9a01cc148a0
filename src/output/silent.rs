//! Policies that found nothing: where the evidence suffices, that is what a run has proven.

use std::collections::HashSet;

use crate::policy::Policy;
use crate::triage::{Report, Verdict};

use super::item::{Status, items};

/// A policy without findings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silent<'a> {
    pub(super) policy: &'a Policy,
    /// Whether the evidence suffices to say that nothing is there.
    pub(super) is_proven: bool,
}

impl<'a> Silent<'a> {
    /// What is said where it is not proven.
    pub(super) const UNPROVEN: &'static str =
        "nothing was found, and the evidence is not sufficient to prove it";

    /// All of them, in the order of the policies.
    pub(super) fn all(report: &'a Report) -> Vec<Self> {
        let spoken: HashSet<u32> = report.findings.iter().map(|finding| finding.policy).collect();
        let is_insufficient = report.verdict == Verdict::InsufficientEvidence
            || items(report)
                .take_while(|item| item.finding().is_none())
                .any(|item| item.status == Status::Insufficient);
        let silent = |policy| Silent {
            policy,
            is_proven: !is_insufficient && report.has_evidence_for(policy),
        };
        let policies = (0..).zip(&report.policies.policies);
        policies
            .filter(|(index, _)| !spoken.contains(index))
            .map(|(_, policy)| silent(policy))
            .collect()
    }
}
