//! One policy covers another when it fails on every record on which the other fails, with at least
//! the same effect: the other adds nothing. Most pairs are told apart by one record that violates the
//! one and not the other; only the rest are searched.

use std::sync::Arc;

use crate::policy::Policy;

use super::effort::{Effort, Exhausted, PER_SET};
use super::search::{Answer, Goal, Witness, search};
use super::truth::Truths;

/// Policies that are compared with one another; of more, none are.
pub(super) const MOST_POLICIES: usize = 2000;

/// Pairs of policies by index: the first is covered by the second. Each comes once, with the first
/// policy that covers it; of two that cover each other, the later is covered.
///
/// Policies that can never fire are left out, and so is everything above 2,000 policies.
#[must_use]
pub fn covered_by(policies: &[Policy]) -> Vec<(usize, usize)> {
    covers(policies).pairs
}

/// What was found, and whether all of it was.
pub(super) struct Covers {
    pub(super) pairs: Vec<(usize, usize)>,
    /// False where there were too many policies, or comparing them took too long.
    pub(super) is_complete: bool,
}

pub(super) fn covers(policies: &[Policy]) -> Covers {
    let mut covers = Covers { pairs: Vec::new(), is_complete: policies.len() <= MOST_POLICIES };
    if !covers.is_complete {
        return covers;
    }
    let mut purse = Purse(Effort::new(PER_SET));
    for (index, policy) in policies.iter().enumerate() {
        match purse.first_cover(policies, index, policy) {
            Ok(Some(cover)) => covers.pairs.push((index, cover)),
            Ok(None) => {}
            Err(Exhausted) => {
                covers.is_complete = false;
                break;
            }
        }
    }
    covers
}

/// The effort of the whole comparison. A search that runs out of its own part finds nothing; only
/// when the whole is spent is that an error.
struct Purse(Effort);

impl Purse {
    fn first_cover(
        &mut self,
        policies: &[Policy],
        index: usize,
        policy: &Policy,
    ) -> Result<Option<usize>, Exhausted> {
        let Some(Answer::Possible(witness)) = self.search(policy, vec![fires(policy)])? else {
            return Ok(None);
        };
        for (place, other) in policies.iter().enumerate() {
            if place != index
                && is_comparable(policy, other)
                && self.may_fire(other, &witness)?
                && self.implies(policy, other)?
                && !(place > index
                    && is_comparable(other, policy)
                    && self.implies(other, policy)?)
            {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    fn may_fire(&mut self, policy: &Policy, witness: &Witness<'_>) -> Result<bool, Exhausted> {
        let schema = &policy.operation.schema;
        let truths = witness.truths(schema, &policy.condition, &mut self.0)?;
        Ok(truths.meets(Truths::TRUE))
    }

    /// Whether `other` certainly fires wherever `policy` does.
    fn implies(&mut self, policy: &Policy, other: &Policy) -> Result<bool, Exhausted> {
        let silent = Goal { truths: Truths::NOT_TRUE, ..fires(other) };
        let answer = self.search(policy, vec![silent, fires(policy)])?;
        Ok(matches!(answer, Some(Answer::Impossible)))
    }

    fn search<'a>(
        &mut self,
        policy: &Policy,
        goals: Vec<Goal<'a>>,
    ) -> Result<Option<Answer<'a>>, Exhausted> {
        let mut part = self.0.lend();
        let answer = search(&policy.operation.schema, goals, &mut part);
        self.0.settle(part);
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(Exhausted) if self.0.is_spent() => Err(Exhausted),
            Err(Exhausted) => Ok(None),
        }
    }
}

fn fires(policy: &Policy) -> Goal<'_> {
    Goal { condition: &policy.condition, truths: Truths::TRUE }
}

/// Whether `other` may cover `policy`: it judges the same records, does no less about them, and tolerates no
/// more of them.
fn is_comparable(policy: &Policy, other: &Policy) -> bool {
    other.at_most.unwrap_or(0) <= policy.at_most.unwrap_or(0)
        && other.effect >= policy.effect
        && other.severity >= policy.severity
        && (Arc::ptr_eq(&policy.operation, &other.operation) || policy.operation == other.operation)
}
