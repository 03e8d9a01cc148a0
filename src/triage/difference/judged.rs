//! By what the sides were judged. What was found before is fixed only where what is after was asked the
//! same: a policy that is gone, or asks something else, finds nothing for reasons of its own.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::policy::{APPROVED_IN_WORDS, Approval, Policy};
use crate::triage::{Finding, Report, Terms};

use super::Side;

/// What of the policies before judged what is after too.
pub(super) struct Judged {
    /// Ids of policies whose findings would be listed if they were still there.
    again: HashSet<String>,
    /// Policies that decide, and of which it is not known what they would find after.
    pub(super) missed: Vec<String>,
}

impl Judged {
    pub(super) fn of(before: &Side, after: &Side, terms: Terms) -> Self {
        let (before, after) = (&before.report, &after.report);
        let known = conditions(after);
        let counted: HashSet<usize> =
            after.unlisted().iter().flat_map(|counts| counts.keys().copied()).collect();
        let are_approvals_same = approvals(before) == approvals(after);
        let mut judged = Self { again: HashSet::new(), missed: Vec::new() };
        for (policy, words) in before.policies.policies.iter().zip(before.conditions()) {
            let same = known.get(policy.id.as_str()).filter(|(_, other, condition)| {
                other.operation.name == policy.operation.name && *condition == words
            });
            let is_approved_alike = are_approvals_same || !words.contains(APPROVED_IN_WORDS);
            if same.is_some_and(|(index, ..)| !counted.contains(index)) && is_approved_alike {
                judged.again.insert(policy.id.clone());
            } else if same.is_none() && terms.fail_on.counts(policy.effect) {
                judged.missed.push(format!("`{}`", policy.id));
            }
        }
        judged
    }

    /// Whether what is after would have the finding if it were still there.
    pub(super) fn is_again(&self, before: &Report, finding: &Finding) -> bool {
        self.again.contains(&before.policy(finding).id)
    }
}

/// The policies by their ids: index, policy, and when it is violated.
fn conditions(report: &Report) -> HashMap<&str, (usize, &Policy, String)> {
    let policies = report.policies.policies.iter().zip(report.conditions()).enumerate();
    policies.map(|(index, (policy, words))| (policy.id.as_str(), (index, policy, words))).collect()
}

/// What the register accepted, as far as that decides.
pub(super) fn approvals(report: &Report) -> BTreeSet<String> {
    let uses = report.policies.approvals.iter().zip(&report.approvals);
    let in_force = uses.filter(|(_, used)| used.is_in_force);
    in_force
        .map(|(Approval { services, ports, protocol, .. }, _)| {
            format!("{services:?} {ports:?} {protocol:?}")
        })
        .collect()
}
