//! A `Shift` is what becomes of a policy when its condition is replaced by another: whether some record
//! gets further than before, and whether some record is held up that was not. A record passes, or it is
//! not known, or it fails, in this order; whoever holds up less lets something through, be it only that
//! what was not known now passes.

use std::ops::ControlFlow;

use crate::operation::Schema;
use crate::policy::{Condition, Policy, Predicate};

use super::effort::{Effort, Exhausted, PER_SEARCH};
use super::example::{Example, examples};
use super::implied::is_implied;
use super::search::{Goal, each_witness, is_impossible};
use super::truth::Truths;

/// Examples of one goal that are judged, by how many policies judge each; after so many, nothing is said.
const MOST_JUDGED: usize = 4096;

/// Questions about single values that comparing two policies may ask.
const PER_SHIFT: u64 = 6 * PER_SEARCH;

/// Questions about single values that comparing policies with many others may ask in all.
const PER_REVISION: u64 = 1 << 24;

/// How a record ranks lower by some conditions than by another, the clearest way first: the truths of the
/// one, and those of each of the others. The latter two are all there are.
const DROPS: [(Truths, Truths); 3] = [
    (Truths::TRUE, Truths::FALSE),
    (Truths::TRUE, Truths::NOT_TRUE),
    (Truths::UNKNOWN, Truths::FALSE),
];

/// What a policy makes of a record, in the order of what it holds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rank {
    /// The condition is false.
    Pass,
    /// It is unknown.
    Inconclusive,
    /// It is true.
    Fail,
}

/// What a change of a condition does over all records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Whether some record ranks lower than before.
    pub lost: Found,
    /// Whether some record ranks higher than before.
    pub gained: Found,
}

/// Whether there is such a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// No record is one.
    None,
    /// This one is.
    One(Example),
    /// It is not known.
    Unsure(Doubt),
}

/// Why it is not known whether there is a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// The conditions have too many alternatives.
    TooLarge,
    /// They ask what is not seen through: parts of texts, patterns, arithmetic.
    NotSeenThrough,
    /// They ask aggregates, which are not about a record.
    Whole,
}

impl Doubt {
    /// Every doubt.
    pub const ALL: [Self; 3] = [Self::TooLarge, Self::NotSeenThrough, Self::Whole];

    /// Why it is not known, as a clause.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TooLarge => "the rules have too many alternatives",
            Self::NotSeenThrough => "parts of texts, patterns and arithmetic are not seen through",
            Self::Whole => "of rules that ask aggregates only shape and bounds are compared",
        }
    }
}

/// What is made of an example by whoever judges records: by the one that is looked at, and by the others.
pub type Judged<'a> = dyn FnMut(&Example) -> Option<(Rank, Rank)> + 'a;

/// Compares two policies of the same operation over all records, for whatever approvals are in force.
///
/// What is said to be impossible is; an example is only given where `judged` confirms it.
pub fn shift(old: &Policy, new: &Policy, judged: &mut Judged<'_>) -> Shift {
    let mut patience = Patience(Effort::new(PER_SHIFT));
    let lost = beyond(old, &[new], &mut patience, judged);
    let gained = beyond(new, &[old], &mut patience, &mut |example| {
        judged(example).map(|(old, new)| (new, old))
    });
    Shift { lost, gained }
}

/// Looks for a record that a policy holds up more than each of the others does, all of them of the same
/// operation; what they rank highest counts.
pub fn beyond(
    policy: &Policy,
    others: &[&Policy],
    patience: &mut Patience,
    judged: &mut Judged<'_>,
) -> Found {
    if others.iter().any(|other| is_implied(&policy.condition, &other.condition)) {
        return Found::None;
    }
    if policy.judges_whole() || others.iter().any(|other| other.judges_whole()) {
        return Found::Unsure(Doubt::Whole);
    }
    let others = others.iter().map(|other| &other.condition);
    let conditions: Vec<&Condition> = [&policy.condition].into_iter().chain(others).collect();
    let mut doubt = None;
    for (above, below) in DROPS {
        let goals =
            goals((&policy.condition, above), (conditions.get(1..).unwrap_or_default(), below));
        let mut part = patience.0.lend();
        let found = confirmed(&policy.operation.schema, (goals, &conditions), &mut part, judged);
        patience.0.settle(part);
        match found {
            Ok(Found::None) => {}
            Ok(Found::Unsure(why)) => doubt = doubt.or(Some(why)),
            Ok(one) => return one,
            Err(Exhausted) => doubt = Some(Doubt::TooLarge),
        }
    }
    doubt.map_or(Found::None, Found::Unsure)
}

/// Whether of some policies one certainly holds up every record as much as another policy does, by their
/// conditions alone: not the same one of every record.
#[must_use]
pub fn hold_up_all(policies: &[&Policy], other: &Policy, patience: &mut Patience) -> bool {
    if policies.iter().any(|policy| is_implied(&other.condition, &policy.condition)) {
        return true;
    }
    if other.judges_whole() || policies.iter().any(|policy| policy.judges_whole()) {
        return false;
    }
    let conditions: Vec<&Condition> = policies.iter().map(|policy| &policy.condition).collect();
    DROPS.into_iter().all(|(above, below)| {
        let goals = goals((&other.condition, above), (&conditions, below));
        let mut part = patience.0.lend();
        let is_held_up = is_impossible(&other.operation.schema, goals, &mut part);
        patience.0.settle(part);
        is_held_up
    })
}

/// How much is left to spend on comparing policies with one another.
#[derive(Debug)]
pub struct Patience(Effort);

impl Default for Patience {
    fn default() -> Self {
        Self(Effort::new(PER_REVISION))
    }
}

/// Whether two conditions are the same formula, wherever they are written.
#[must_use]
pub fn is_same(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::All(one), Condition::All(other))
        | (Condition::Any(one), Condition::Any(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Condition::Not(one), Condition::Not(other)) => is_same(one, other),
        (Condition::Test(one), Condition::Test(other)) => one.predicate == other.predicate,
        _ => false,
    }
}

type Wanted<'a> = (&'a Condition, Truths);

/// What must be met for a record to rank lower by each of some conditions than by another.
fn goals<'a>((high, above): Wanted<'a>, (low, below): (&[&'a Condition], Truths)) -> Vec<Goal<'a>> {
    let low = low.iter().map(|condition| Goal { condition, truths: below });
    low.chain([Goal { condition: high, truths: above }]).collect()
}

/// Looks for a record that meets all goals, and has it confirmed that it ranks higher by the first of the
/// conditions.
fn confirmed<'a>(
    schema: &Schema,
    (goals, conditions): (Vec<Goal<'a>>, &[&Condition]),
    effort: &mut Effort,
    judged: &mut Judged<'_>,
) -> Result<Found, Exhausted> {
    let asks_for_approval = conditions.iter().any(|condition| asks_for_approval(condition));
    let mut ranks = |example: &Example| judged(example).filter(|(high, low)| high > low);
    let mut found = Found::None;
    let mut left = MOST_JUDGED / conditions.len().max(1);
    each_witness(schema, goals, effort, &mut |witness| {
        found = Found::Unsure(Doubt::NotSeenThrough);
        let proposed = examples(schema, &witness, conditions, asks_for_approval);
        let confirmed = proposed.take(left).find_map(|example| {
            left = left.saturating_sub(1);
            let confirmed = ranks(&example)?;
            Some(example.shortened(&mut |shorter| ranks(shorter) == Some(confirmed)))
        });
        match confirmed {
            Some(example) => {
                found = Found::One(example);
                ControlFlow::Break(())
            }
            None if left == 0 => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    })?;
    Ok(found)
}

fn asks_for_approval(condition: &Condition) -> bool {
    let mut asks = false;
    condition.each_test(&mut |test| asks |= test.predicate == Predicate::Approved);
    asks
}
