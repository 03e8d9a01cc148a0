//! A policy is `Quiet` where none of its findings is listed. Formats that name passes must not take that
//! for one: only what was judged on whole evidence, with nothing loosened, is.

use crate::policy::Policy;
use crate::triage::{PolicyCounts, Report};

use super::count;
use super::item::fingerprint;

/// A policy of which nothing is listed.
#[derive(Clone, Debug)]
pub(super) struct Quiet<'a> {
    pub(super) policy: &'a Policy,
    /// Records that it judged.
    pub(super) judged: u64,
    /// Why that is no pass; nothing where it is one.
    doubts: Vec<String>,
}

impl<'a> Quiet<'a> {
    /// Every one that judged something, in the order of the policies.
    pub(super) fn all(report: &'a Report) -> impl Iterator<Item = Self> {
        Self::with_unjudged(report).filter(|quiet| report.has_evidence_for(quiet.policy))
    }

    /// Those too that had nothing to judge.
    pub(super) fn with_unjudged(report: &'a Report) -> impl Iterator<Item = Self> {
        let policies = &report.policies.policies;
        let mut is_listed = vec![false; policies.len()];
        for finding in &report.findings {
            if let Some(is_listed) = is_listed.get_mut(finding.policy as usize) {
                *is_listed = true;
            }
        }
        let known = report.counts.iter().zip(report.doubts()).zip(is_listed);
        let quiet = policies.iter().zip(known).filter(|(_, (_, is_listed))| !is_listed);
        let new = |(policy, ((counts, doubts), _)): (_, ((&PolicyCounts, _), _))| Self {
            policy,
            judged: counts.judged,
            doubts,
        };
        quiet.map(new)
    }

    /// The hash that stays the same from capture to capture.
    pub(super) fn fingerprint(&self) -> String {
        fingerprint(&["policy", &self.policy.operation.name, &self.policy.id])
    }

    /// Whether it is proven that nothing violates the policy.
    pub(super) fn is_pass(&self) -> bool {
        self.doubts.is_empty()
    }

    /// What is to be said.
    pub(super) fn message(&self) -> String {
        let records = count(self.judged, "record", "records");
        if self.is_pass() {
            format!("{records} judged, none violates the policy")
        } else {
            format!("{records} judged, no violation seen: {}", self.doubts.join("; "))
        }
    }
}
