//! Compares two sets of policies, one policy with another and with all.

use std::collections::BTreeMap;

use crate::analysis::{Found, Patience, Shift, beyond, hold_up_all, is_same, shift};
use crate::engine::Run;
use crate::policy::{Policy, PolicySet};

use super::bench::{Bench, Counterexample, Seat};
use super::pairs::Pairs;
use super::parts::{changed, tolerated, weight};
use super::policies::{ConditionChange, PolicyChange, PolicyFate, Seen};

/// Compares two sets.
pub(super) struct Comparison<'a> {
    old: &'a PolicySet,
    new: &'a PolicySet,
    run: Run,
    /// By the names of operations.
    benches: BTreeMap<&'a str, Bench>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(old: &'a PolicySet, new: &'a PolicySet, run: Run) -> Self {
        let mut policies: BTreeMap<&str, Vec<Policy>> = BTreeMap::new();
        for policy in old.policies.iter().chain(&new.policies) {
            policies.entry(&policy.operation.name).or_default().push(policy.clone());
        }
        let benches = policies.into_iter();
        let benches = benches.map(|(name, policies)| (name, Bench::new(policies, run))).collect();
        Self { old, new, run, benches }
    }

    /// What becomes of each policy: of the old ones in their order, then of those that are added.
    pub(super) fn policies(&self) -> Vec<PolicyChange> {
        let pairs = Pairs::of(&self.old.policies, &self.new.policies);
        let mut patience = Patience::default();
        let mut changes: Vec<PolicyChange> = self
            .old
            .policies
            .iter()
            .zip(&pairs.partners)
            .enumerate()
            .map(|(index, (old, partner))| {
                let new = partner.and_then(|place| self.new.policies.get(place));
                let mut change = self.kept_or_removed(old, new);
                (change.old, change.new) = (Some(index), *partner);
                if change.holds_up_less() != Some(false) {
                    self.pass(old, &mut change, &mut patience);
                }
                change
            })
            .collect();
        let added = (0..self.new.policies.len()).filter(|place| !pairs.kept.contains(place));
        changes.extend(added.map(|place| PolicyChange {
            new: Some(place),
            ..PolicyChange::plain(PolicyFate::Added)
        }));
        changes
    }

    fn kept_or_removed(&self, old: &Policy, new: Option<&Policy>) -> PolicyChange {
        let Some(new) = new else {
            return PolicyChange::plain(PolicyFate::Removed);
        };
        let condition = self.condition(old, new);
        let parts = changed(old, new, self.run.when_unknown);
        let fate = match parts.is_empty() && is_same(&old.condition, &new.condition) {
            _ if old.id != new.id => PolicyFate::Renamed,
            true => PolicyFate::Same,
            false => PolicyFate::Changed,
        };
        PolicyChange { condition: Some(condition), parts, ..PolicyChange::plain(fate) }
    }

    /// Where the policies of an operation judge.
    fn seat(&self, policy: &Policy) -> Seat<'_> {
        let bench = self.benches.get(policy.operation.name.as_str());
        bench.map(Bench::seat).unwrap_or_default()
    }

    fn condition(&self, old: &Policy, new: &Policy) -> ConditionChange {
        let mut seat = self.seat(old);
        let Shift { lost, gained } =
            shift(old, new, &mut |example| seat.judge(example, old, &[new]));
        ConditionChange {
            less: seat.seen(&lost, old, &[new]),
            more: seat.seen(&gained, old, &[new]),
        }
    }

    /// Finds out whether what an old policy held up gets past all new ones.
    fn pass(&self, old: &Policy, change: &mut PolicyChange, patience: &mut Patience) {
        let others = self.as_weighty(old, change.new);
        let mut is_cover = |(place, other): &&(usize, &Policy)| {
            Some(*place) != change.new && hold_up_all(&[other], old, patience)
        };
        change.covered_by = others.iter().find(&mut is_cover).map(|(place, _)| *place);
        let policies: Vec<&Policy> = others.into_iter().map(|(_, policy)| policy).collect();
        change.passing = Some(match change.covered_by {
            Some(_) => Seen::Never,
            None => self.passing((old, &policies), change.condition.as_ref(), patience),
        });
    }

    /// The new policies that weigh as much as an old one, with their indices. Of those that tolerate
    /// violations only its own successor is one, since several together tolerate more than each.
    fn as_weighty(&self, old: &Policy, own: Option<usize>) -> Vec<(usize, &Policy)> {
        let weight = |policy: &Policy| weight(policy, self.run.when_unknown);
        let new = self.new.policies.iter().enumerate();
        new.filter(|(place, new)| {
            let is_own = own == Some(*place);
            let most = if is_own { tolerated(old) } else { 0 };
            new.operation == old.operation
                && new.effect >= old.effect
                && new.severity >= old.severity
                && weight(new) >= weight(old)
                && tolerated(new) <= most
                && new.judges_whole() == old.judges_whole()
        })
        .collect()
    }

    /// Whether some record gets past all of the new policies that an old one held up.
    fn passing(
        &self,
        (old, new): (&Policy, &[&Policy]),
        condition: Option<&ConditionChange>,
        patience: &mut Patience,
    ) -> Seen {
        let mut seat = self.seat(old);
        match condition.map(|condition| &condition.less) {
            Some(Seen::Unsure(doubt)) => {
                let is_caught = hold_up_all(new, old, patience);
                return if is_caught { Seen::Never } else { Seen::Unsure(*doubt) };
            }
            // What got past the policy itself may get past the others.
            Some(Seen::On(Counterexample { example, .. })) => {
                let ranks = seat.judge(example, old, new);
                if ranks.is_some_and(|(was, is)| was > is) {
                    return seat.seen(&Found::One(example.clone()), old, new);
                }
            }
            Some(Seen::Never) | None => {}
        }
        let found = beyond(old, new, patience, &mut |example| seat.judge(example, old, new));
        seat.seen(&found, old, new)
    }
}
