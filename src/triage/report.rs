//! A `Report` is the finished result of a run. Every format renders it; none can evaluate, filter, or
//! change its exit code.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::Outcome;
use crate::policy::{self, Policy, PolicySet, Waiver, WhenUnknown};
use crate::snapshot::Snapshot;
use crate::text::{Level, Position, Problem};

use super::baseline::Fixed;
use super::finish::Terms;
use super::kept::Kept;
use super::register::ApprovalUse;
use super::saved::Told;
use super::tolerance::Tolerance;
use super::trend::Moment;
use super::verdict::{Disposition, Loosening, PolicyCounts, Summary, Verdict};
use super::view::View;
use super::waiving::WaiverUse;

/// One finding; its texts are asked of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Index into the policy set.
    pub policy: u32,
    /// Index of the file's findings.
    pub(super) file: u32,
    /// Index within the file's findings.
    pub(super) index: u32,
    /// What came out.
    pub outcome: Outcome,
    /// What became of it.
    pub disposition: Disposition,
    /// Index of the waiver in the policy set, where it is waived.
    pub waiver: Option<u32>,
}

/// The finished result of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// When it was made, for the formats that must say so.
    pub time: jiff::Timestamp,
    /// What the run accepted.
    pub terms: Terms,
    /// What was proven.
    pub verdict: Verdict,
    /// Counts.
    pub summary: Summary,
    /// What was read, in order.
    pub evidence: Vec<Snapshot>,
    /// The policies, in order.
    pub policies: PolicySet,
    /// Counts of each policy, in the same order.
    pub counts: Vec<PolicyCounts>,
    /// In the order of the evidence, and within a record of the policies.
    pub findings: Vec<Finding>,
    /// How many violations there are of what tolerates some, in the order of the evidence, then of the policies.
    pub tolerances: Vec<Tolerance>,
    /// What became of each waiver, in the order of the set's.
    pub waivers: Vec<WaiverUse>,
    /// What became of each approval, in the order of the set's.
    pub approvals: Vec<ApprovalUse>,
    /// What the baseline had and is gone, in its order.
    pub fixed: Vec<Fixed>,
    /// What earlier reports said, the oldest first.
    pub history: Vec<Moment>,
    /// How the run was told to accept less.
    pub loosened: Vec<Loosening>,
    /// What it is narrowed to, where it shows less than was found.
    pub view: Option<View>,
    pub(super) found: Found,
}

/// What stands behind the findings of a report.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// What judging kept of each file.
    Judged(Vec<Kept>),
    /// What a saved report says.
    Saved(Told),
}

/// Where a finding's record lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordAt {
    /// The file.
    pub source: Arc<str>,
    /// JSON pointer within its document.
    pub pointer: String,
    /// Line and column of its `{`.
    pub position: Position,
    /// Bytes of the file before its `{`.
    pub offset: u64,
    /// Bytes from `{` to `}`.
    pub length: u64,
}

/// One member that decided a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The member's name.
    pub field: String,
    /// Its JSON text as it stands.
    pub value: String,
    /// JSON text of what it was read as, where that differs.
    pub read: Option<String>,
    /// JSON pointer within its document.
    pub pointer: String,
    /// Line and column of its first byte.
    pub position: Position,
    /// Bytes of the file before it.
    pub offset: u64,
    /// Bytes covered.
    pub length: u64,
}

/// What a person would say of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// A code's label, or why the value says nothing.
    pub words: String,
    /// Whether the value says nothing.
    pub is_unknown: bool,
}

/// One field that identifies a record: its name, and its JSON text as it stands.
pub type Identity = (String, String);

impl Report {
    /// The policy of a finding.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "findings are made with the index of a policy of the set"
    )]
    pub fn policy(&self, finding: &Finding) -> &Policy {
        &self.policies.policies[finding.policy as usize]
    }

    /// The waiver of a finding that is waived.
    #[must_use]
    pub fn waiver(&self, finding: &Finding) -> Option<&Waiver> {
        self.policies.waivers.get(finding.waiver? as usize)
    }

    /// The warnings that policies, approvals, waivers and the project file gave, by file and place.
    #[must_use]
    pub fn warnings(&self) -> Vec<&Problem> {
        let of_waivers = self.waivers.iter().flat_map(|used| &used.problems);
        let all = self.policies.warnings.iter().chain(of_waivers);
        let mut warnings: Vec<&Problem> = all.filter(|one| one.level == Level::Warning).collect();
        let key = |one: &Problem| {
            let place = (one.place.source().to_owned(), one.place.bytes());
            (place, one.code.clone(), one.message.clone())
        };
        warnings.sort_by_cached_key(|one| key(one));
        warnings.dedup_by_key(|one| key(one));
        warnings
    }

    /// Whether there is evidence of the operation that a policy judges.
    #[must_use]
    pub fn has_evidence_for(&self, policy: &Policy) -> bool {
        self.evidence.iter().any(|snapshot| snapshot.is_of(&policy.operation))
    }

    /// Of each snapshot, by the index of the policy, how many inconclusive outcomes are counted only.
    #[must_use]
    pub fn unlisted(&self) -> Vec<BTreeMap<usize, u64>> {
        if let Found::Saved(told) = &self.found {
            return told.unlisted.clone();
        }
        let mut unlisted = vec![BTreeMap::new(); self.evidence.len()];
        for kept in self.kept() {
            let found = kept.found.findings.iter();
            for found in found.filter(|found| found.outcome == Outcome::Inconclusive) {
                let policy = self.policies.policies.get(found.policy);
                let choice = policy.and_then(|policy| policy.when_unknown);
                if choice.unwrap_or(self.terms.when_unknown) == WhenUnknown::Pass
                    && let Some(counts) = unlisted.get_mut(kept.capture)
                {
                    *counts.entry(found.policy).or_default() += 1;
                }
            }
        }
        unlisted
    }

    /// When each policy is violated, in words: what its rule says once sets and parameters are put in.
    #[must_use]
    pub fn conditions(&self) -> Vec<String> {
        match &self.found {
            Found::Judged(_) => {
                self.policies.policies.iter().map(policy::condition_in_words).collect()
            }
            Found::Saved(told) => told.conditions.clone(),
        }
    }

    /// Whether it was read back, and is known as far as it was written down.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        matches!(self.found, Found::Saved(_))
    }

    /// Every outcome that is no pass, those that are only counted too.
    pub(super) fn everything_found(&self) -> impl Iterator<Item = Finding> {
        (0..).zip(self.kept()).flat_map(|(file, kept)| {
            let found = (0..).zip(&kept.found.findings);
            found.filter_map(move |(index, found)| {
                let policy = u32::try_from(found.policy).ok()?;
                let (outcome, disposition) = (found.outcome, Disposition::Open);
                Some(Finding { policy, file, index, outcome, disposition, waiver: None })
            })
        })
    }

    /// What judging kept; nothing of a saved report.
    pub(super) fn kept(&self) -> &[Kept] {
        match &self.found {
            Found::Judged(kept) => kept,
            Found::Saved(_) => &[],
        }
    }
}
