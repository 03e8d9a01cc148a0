//! Floor 5, beside the engine: what can be said of policies without any evidence. A policy that no
//! record can violate proves nothing, one that no record can pass says nothing, and one that is
//! covered by another adds nothing. Whatever is said is certain; where certainty is out of reach
//! (products of fields, conditions of too many alternatives), that is what is said.

mod advice;
mod census;
mod cover;
mod domain;
mod effort;
mod example;
mod filter;
mod idle;
mod implied;
mod linear;
mod model;
mod mutants;
mod numbers;
mod problem;
mod search;
mod shift;
mod subject;
mod text;
mod truth;
mod value;
mod waivers;

#[cfg(test)]
mod tests;

pub use cover::covered_by;
pub use example::{Approved, Example};
pub use filter::may_hide;
pub use mutants::{Change, MAX_MUTANTS, Mutant, mutants};
pub use problem::{Depth, problems};
pub use shift::{Doubt, Found, Judged, Patience, Rank, Shift, beyond, hold_up_all, is_same, shift};
pub use waivers::{overlap, overlaps, waivers};

use crate::policy::Policy;

use effort::{Effort, PER_SEARCH};
use search::{Conflict, Goal, why_impossible};
use truth::Truths;

/// Whether the policy's condition is true of no record; of no snapshot, where it judges the whole.
#[must_use]
pub fn never_fires(policy: &Policy) -> bool {
    why_never(policy, Truths::TRUE).is_some()
}

/// Whether the policy's condition is false of no record: none can pass, though it may be unknown.
#[must_use]
pub fn always_fires(policy: &Policy) -> bool {
    why_never(policy, Truths::FALSE).is_some()
}

/// What keeps the policy's condition from ever having one of the truths, where that is certain.
fn why_never(policy: &Policy, truths: Truths) -> Option<Option<Conflict<'_>>> {
    let goal = Goal { condition: &policy.condition, truths };
    why_impossible(&policy.operation.schema, vec![goal], &mut Effort::new(PER_SEARCH))
}
