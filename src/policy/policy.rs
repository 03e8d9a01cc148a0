//! A `Policy` is a finished rule: it was parsed, resolved against its operation's schema, and cannot
//! fail any more. A `PolicySet` is all of them, with the approvals that `unless approved` reads.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::slug::slug;
use super::{Condition, Control, Framework, Predicate, Template, Test};
use crate::operation::{Effect, Operation, Severity};
use crate::text::{Location, Problem};

/// Violations of a snapshot that a policy may tolerate at most: far more than anybody means to.
pub const MAX_TOLERATED: u64 = 1_000_000;

/// One policy, ready to be judged by.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Unique in the set.
    pub id: String,
    /// What a violation does.
    pub effect: Effect,
    /// How bad a violation is; `high` for deny and `medium` for alert where the policy says nothing.
    pub severity: Severity,
    /// A short name; the rule's text where the policy gives none.
    pub title: String,
    /// The message of a finding.
    pub message: Template,
    /// Why it is a violation.
    pub why: Option<String>,
    /// How to end the violation.
    pub remediation: Option<String>,
    /// Addresses of pages.
    pub references: Vec<String>,
    /// Control ids by framework; each is there.
    pub controls: BTreeMap<String, Vec<String>>,
    /// Free words.
    pub tags: Vec<String>,
    /// What an inconclusive outcome does; the run's choice where the policy says nothing.
    pub when_unknown: Option<WhenUnknown>,
    /// Records of a snapshot that may violate it, from 1 to [`MAX_TOLERATED`]; `None` tolerates none.
    pub at_most: Option<u64>,
    /// The operation whose records it judges.
    pub operation: Arc<Operation>,
    /// Violation: the record is one when this is true; the snapshot, where it asks aggregates.
    pub condition: Condition,
    /// Params that it reads and whose values the run gave in place of the file's own, in order.
    pub replaced: Vec<String>,
    /// The sentence, or the `when:` value.
    pub rule: Location,
    /// Where the policy begins: what `lint` and reports call its line.
    pub location: Location,
    /// Its own tests.
    pub cases: Vec<Case>,
    /// What it was before the project file changed it.
    pub overridden: Option<Overridden>,
}

/// A policy's effect and severity as it says them itself, where the project file says others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overridden {
    /// What a violation does by itself.
    pub effect: Effect,
    /// How bad a violation is by itself.
    pub severity: Severity,
    /// Why that does not hold here.
    pub reason: String,
    /// Where the project file says so.
    pub location: Location,
}

impl Policy {
    /// Whether it asks if an approval covers the record.
    #[must_use]
    pub fn asks_for_approval(&self) -> bool {
        let mut asks = false;
        let mut ask = |test: &Test| asks |= test.predicate == Predicate::Approved;
        self.condition.each_test(&mut ask);
        for aggregate in self.condition.aggregates() {
            aggregate.records.each_test(&mut ask);
        }
        asks
    }

    /// Whether it judges each snapshot as a whole, and not each record.
    #[must_use]
    pub fn judges_whole(&self) -> bool {
        self.condition.judges_whole()
    }

    /// Whether its id is made from the words of its rule, and changes with them.
    #[must_use]
    pub fn is_named_by_its_rule(&self) -> bool {
        self.id == slug(self.rule.text())
    }

    /// Whether the project file made it milder than it is by itself.
    #[must_use]
    pub fn is_weakened(&self) -> bool {
        self.overridden
            .as_ref()
            .is_some_and(|was| self.effect < was.effect || self.severity < was.severity)
    }
}

/// What an inconclusive outcome does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhenUnknown {
    /// Listed, and evidence is insufficient.
    Fail,
    /// Listed only.
    Report,
    /// Counted only.
    Pass,
}

impl WhenUnknown {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Fail, Self::Report, Self::Pass];

    /// As written in policies and flags.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Report => "report",
            Self::Pass => "pass",
        }
    }
}

/// One test of a policy: a record, or all of a snapshot, and what must come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The records as JSON objects; one, unless the policy judges the whole.
    pub records: Vec<String>,
    /// What must come out.
    pub expect: Expectation,
    /// The case in its file.
    pub location: Location,
}

/// What a case expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expectation {
    /// The policy fails with this effect.
    Fails(Effect),
    /// The record violates nothing.
    Pass,
    /// It cannot be known.
    Inconclusive,
}

impl Expectation {
    /// Every expectation, as listed in errors.
    pub const ALL: [Self; 4] =
        [Self::Fails(Effect::Deny), Self::Fails(Effect::Alert), Self::Pass, Self::Inconclusive];

    /// As written in policies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fails(effect) => effect.name(),
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// A service that is meant to be open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Folded names; none means whatever runs there.
    pub services: Vec<String>,
    /// Ports; `None` means any.
    pub ports: Option<RangeInclusive<i64>>,
    /// Folded protocol; `None` means any.
    pub protocol: Option<String>,
    /// Where it holds, in words: for people, it is not asked of evidence.
    pub scope: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// Why it is open.
    pub reason: String,
    /// Who approved it.
    pub approved_by: String,
    /// The last day on which it holds, in UTC.
    pub expires: jiff::civil::Date,
    /// The entry in its file.
    pub location: Location,
}

/// An accepted violation: for a time, with a reason, and only where it matches.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// A policy's id, a tag, or `*`.
    pub policy: String,
    /// Where that is written.
    pub named: Location,
    /// The records that it is for, by the name of their operation; `None` means every record.
    pub conditions: Option<BTreeMap<String, Condition>>,
    /// What says so, on one line.
    pub words: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it holds, in UTC.
    pub expires: jiff::civil::Date,
    /// Where that is written.
    pub expires_at: Location,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Where it is followed up.
    pub ticket: Option<String>,
    /// Findings that it may match before it is reported as too wide.
    pub expect_at_most: Option<u64>,
    /// Whether it also waives inconclusive findings.
    pub waives_inconclusive: bool,
    /// The entry in its file.
    pub location: Location,
}

impl Waiver {
    /// Whether it names a policy, be it by its id, a tag or `*`.
    #[must_use]
    pub fn covers(&self, policy: &Policy) -> bool {
        self.policy == "*" || self.policy == policy.id || policy.tags.contains(&self.policy)
    }

    /// Whether it still holds on a day.
    #[must_use]
    pub fn is_in_force(&self, today: jiff::civil::Date) -> bool {
        today <= self.expires
    }
}

/// Every policy of a run, in the order of the files and within them.
#[derive(Clone, Debug, Default)]
pub struct PolicySet {
    /// The policies.
    pub policies: Vec<Policy>,
    /// The register of what is meant to be open.
    pub approvals: Vec<Approval>,
    /// What is accepted for a time.
    pub waivers: Vec<Waiver>,
    /// The frameworks whose controls policies may name, in the order of their ids.
    pub frameworks: Vec<Arc<Framework>>,
    /// What is worth a change but stops nothing.
    pub warnings: Vec<Problem>,
}

impl PolicySet {
    /// The policies that name a control of a framework, in order.
    pub fn policies_of<'a>(
        &'a self,
        framework: &'a Framework,
        control: &'a Control,
    ) -> impl Iterator<Item = &'a Policy> {
        self.policies.iter().filter(|policy| framework.is_named_by(policy, control))
    }
}
