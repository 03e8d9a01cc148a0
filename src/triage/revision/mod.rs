//! A `Revision` is what a change of policies does: to each policy and to the register of approvals over
//! all records, as far as that can be decided, and to findings on the evidence at hand.

mod bench;
mod comparison;
mod findings;
mod pairs;
mod parts;
mod policies;
mod register;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::analysis::Doubt;
use crate::engine::{Outcome, Run};
use crate::policy::{Approval, Policy, PolicySet, WhenUnknown};
use crate::text::{Place, Problem};

use super::finish::{self, Terms, is_sufficient};
use super::report::{Finding, Report};
use super::verdict::{Disposition, Loosening, Verdict};

use comparison::Comparison;

pub use bench::Counterexample;
pub use findings::{FindingShift, FindingShifts};
pub use parts::{PartChange, Weighs};
pub use policies::{ConditionChange, PolicyChange, PolicyFate, Seen, Tendency};
pub use register::{ApprovalChange, ApprovalFate};

/// One side of a revision.
#[derive(Clone, Debug)]
pub struct Policies {
    /// The path as it was given.
    pub source: Arc<str>,
    /// The policies, and the approvals that they ask.
    pub set: PolicySet,
    /// What they make of the evidence at hand, where there is any.
    pub report: Option<Report>,
}

/// What a change of policies does.
#[derive(Clone, Debug)]
pub struct Revision {
    /// When it was made, for the formats that say so.
    pub time: jiff::Timestamp,
    /// What there is.
    pub old: Policies,
    /// What is to be.
    pub new: Policies,
    /// What becomes of each policy: of the old ones in their order, then of those that are added.
    pub policies: Vec<PolicyChange>,
    /// What becomes of approvals, in the same way; those that stay as they are, are left out.
    pub approvals: Vec<ApprovalChange>,
    /// What becomes of findings on the evidence at hand.
    pub findings: Option<FindingShifts>,
    /// Violations where something is let through or findings change at or above `--fail-on`, insufficient
    /// evidence where that is not decided.
    pub verdict: Verdict,
    /// Whether a policy or an approval lets through at or above `--fail-on` what was held up before.
    pub lets_through: bool,
    /// How the run was told to accept less.
    pub loosened: Vec<Loosening>,
    /// What keeps it from being known.
    pub notes: Vec<Problem>,
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Note {
    #[error(
        "the evidence at hand is not whole: what the change does to the rest of it is not seen"
    )]
    #[diagnostic(
        code("policy-diff/not-whole"),
        severity(Warning),
        help("capture it again, every page")
    )]
    NotWhole,
    #[error("whether `{0}` lets through what was caught is not known")]
    #[diagnostic(code("policy-diff/undecided"), severity(Warning), help("{1}: read both rules"))]
    Undecided(String, &'static str),
}

impl Revision {
    /// Compares two sets; the reports, where there are any, are of the same evidence on the same terms.
    #[must_use]
    pub fn new(old: Policies, new: Policies, terms: Terms) -> Self {
        let run = Run { today: terms.today(), when_unknown: terms.when_unknown };
        let policies = Comparison::new(&old.set, &new.set, run).policies();
        let decides = |policy: &Policy| terms.fail_on.counts(policy.effect);
        let asked = |set: &PolicySet| {
            let mut policies = set.policies.iter();
            policies.any(|policy| decides(policy) && policy.asks_for_approval())
        };
        let asked = asked(&old.set) && asked(&new.set);
        let approvals = register::compare(&old.set, &new.set, run.today, asked);
        let both = old.report.as_ref().zip(new.report.as_ref());
        let findings = both.map(|(old, new)| findings::compare(old, new, &policies));
        let mut revision = Self {
            time: terms.time,
            loosened: finish::loosened(&new.set, terms),
            old,
            new,
            policies,
            approvals,
            findings,
            verdict: Verdict::Clean,
            lets_through: false,
            notes: Vec::new(),
        };
        revision.notes = revision.doubts(terms);
        revision.lets_through = revision.approvals.iter().any(|change| change.lets_through)
            || revision.deciding(terms).any(|change| change.lets_through() == Some(true));
        revision.verdict = revision.decided(terms);
        revision
    }

    /// The policy of a change: the new one, where there are two.
    #[must_use]
    pub fn policy(&self, change: &PolicyChange) -> Option<&Policy> {
        self.new_policy(change).or_else(|| self.old_policy(change))
    }

    /// The old policy of a change.
    #[must_use]
    pub fn old_policy(&self, change: &PolicyChange) -> Option<&Policy> {
        self.old.set.policies.get(change.old?)
    }

    /// The new policy of a change.
    #[must_use]
    pub fn new_policy(&self, change: &PolicyChange) -> Option<&Policy> {
        self.new.set.policies.get(change.new?)
    }

    /// The new policy that covers a change.
    #[must_use]
    pub fn cover(&self, change: &PolicyChange) -> Option<&Policy> {
        self.new.set.policies.get(change.covered_by?)
    }

    /// The approval of a change: the new one, where there are two.
    #[must_use]
    pub fn approval(&self, change: &ApprovalChange) -> Option<&Approval> {
        let new = change.new.and_then(|index| self.new.set.approvals.get(index));
        new.or_else(|| self.old.set.approvals.get(change.old?))
    }

    /// Both findings of a shift, each with its report.
    #[must_use]
    pub fn found(&self, shift: &FindingShift) -> [Option<(&Report, Finding)>; 2] {
        [self.old.report.as_ref().zip(shift.old), self.new.report.as_ref().zip(shift.new)]
    }

    /// Changes of old policies that decide, be it that only their old effect does.
    fn deciding(&self, terms: Terms) -> impl Iterator<Item = &PolicyChange> {
        self.policies.iter().filter(move |change| {
            self.old_policy(change).is_some_and(|policy| terms.fail_on.counts(policy.effect))
        })
    }

    /// What keeps it from being known whether something is let through.
    fn doubts(&self, terms: Terms) -> Vec<Problem> {
        let mut doubts = Vec::new();
        for change in self.deciding(terms).filter(|change| change.lets_through().is_none()) {
            let Some(policy) = self.policy(change) else { continue };
            let doubt = change.condition.as_ref().and_then(ConditionChange::doubt);
            let note = Note::Undecided(policy.id.clone(), doubt.map_or("", Doubt::words));
            doubts.push(Problem::new(&note, Place::Text(policy.rule.clone())));
        }
        let reports = [&self.old.report, &self.new.report].into_iter().flatten();
        let mut partial = reports.filter(|report| !is_sufficient(report, terms));
        if let Some(report) = partial.next() {
            let first = report.evidence.first().map_or("INPUT", |capture| &capture.source);
            doubts.push(Problem::new(&Note::NotWhole, Place::Whole(Arc::from(first))));
        }
        doubts
    }

    fn decided(&self, terms: Terms) -> Verdict {
        let known = match self.notes.is_empty() {
            _ if self.lets_through => Verdict::Violations,
            true => Verdict::Clean,
            false => Verdict::InsufficientEvidence,
        };
        self.of_findings(terms).worst(known)
    }

    /// The verdict over findings that are not what they were.
    fn of_findings(&self, terms: Terms) -> Verdict {
        let weigh = |side: &Policies, finding: Option<Finding>| {
            let (Some(report), Some(finding)) = (&side.report, finding) else {
                return Verdict::Clean;
            };
            weigh(report, &finding, terms)
        };
        let Some(findings) = &self.findings else { return Verdict::Clean };
        let more = findings.new.iter().chain(&findings.worsened);
        let more = more.map(|shift| weigh(&self.new, shift.new));
        let less = findings.lost.iter().chain(&findings.eased);
        let less = less.map(|shift| match weigh(&self.old, shift.old) {
            Verdict::Clean => Verdict::Clean,
            // What was not known to be right passes now.
            Verdict::Violations | Verdict::InsufficientEvidence => Verdict::Violations,
        });
        more.chain(less).fold(Verdict::Clean, Verdict::worst)
    }
}

/// What a finding does to a run.
fn weigh(report: &Report, finding: &Finding, terms: Terms) -> Verdict {
    let policy = report.policy(finding);
    if finding.disposition != Disposition::Open || !terms.fail_on.counts(policy.effect) {
        return Verdict::Clean;
    }
    match (finding.outcome, policy.when_unknown.unwrap_or(terms.when_unknown)) {
        (Outcome::Fail, _) => Verdict::Violations,
        (Outcome::Inconclusive, WhenUnknown::Fail) => Verdict::InsufficientEvidence,
        (Outcome::Inconclusive, WhenUnknown::Report | WhenUnknown::Pass) => Verdict::Clean,
    }
}
