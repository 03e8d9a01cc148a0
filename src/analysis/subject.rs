//! A `Subject` is what a predicate is about: one field, the register of approvals, or how two
//! expressions compare. Predicates about different subjects are taken to be independent.

use foldhash::HashMap;

use crate::operation::{FieldId, Schema};
use crate::policy::{Comparison, Expression, Predicate, Test};

use super::domain::{self, Want};
use super::effort::{Effort, Exhausted};
use super::truth::Truths;

/// A test, and the truths that are wanted of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact<'a> {
    pub(super) test: &'a Test,
    pub(super) truths: Truths,
}

/// What a predicate is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject<'a> {
    Field(FieldId),
    Approval,
    /// Two expressions, in either order.
    Pair(&'a Expression, &'a Expression),
}

impl<'a> Subject<'a> {
    pub(super) fn of(predicate: &'a Predicate) -> Self {
        match predicate {
            Predicate::Compare(left, _, right) => Self::Pair(left, right),
            other => other.field().map_or(Self::Approval, Self::Field),
        }
    }
}

impl PartialEq for Subject<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Field(id), Self::Field(other)) => id == other,
            (Self::Approval, Self::Approval) => true,
            (Self::Pair(left, right), Self::Pair(other_left, other_right)) => {
                (left == other_left && right == other_right)
                    || (left == other_right && right == other_left)
            }
            _ => false,
        }
    }
}

/// The facts about one subject.
pub(super) fn about<'f, 'a>(
    facts: &'f [Fact<'a>],
    subject: Subject<'a>,
) -> impl Iterator<Item = Fact<'a>> + 'f
where
    'a: 'f,
{
    facts.iter().filter(move |fact| Subject::of(&fact.test.predicate) == subject).copied()
}

/// The wants about one subject, each predicate once: it has one truth, however often it is asked.
#[expect(clippy::mutable_key_type, reason = "a pattern is hashed and compared by its text alone")]
pub(super) fn merged<'a>(facts: &[Fact<'a>], subject: Subject<'a>) -> Vec<Want<'a>> {
    let mut places: HashMap<&Predicate, usize> = HashMap::default();
    let mut wants: Vec<Want<'a>> = Vec::new();
    for fact in about(facts, subject) {
        let place = *places.entry(&fact.test.predicate).or_insert(wants.len());
        match wants.get_mut(place) {
            Some((_, truths)) => *truths = *truths & fact.truths,
            None => wants.push((&fact.test.predicate, fact.truths)),
        }
    }
    wants
}

/// Whether some value of the subject agrees with all that is wanted of it.
pub(super) fn is_possible<'a>(
    schema: &Schema,
    subject: Subject<'a>,
    wants: &[Want<'a>],
    effort: &mut Effort,
) -> Result<bool, Exhausted> {
    if wants.iter().any(|(_, truths)| *truths == Truths::NONE) {
        return Ok(false);
    }
    match subject {
        Subject::Field(id) => Ok(domain::find(schema.field(id), wants, effort)?.is_some()),
        Subject::Approval => Ok(true),
        Subject::Pair(left, right) => Ok(can_compare(left, right, wants)),
    }
}

/// Two numbers are unknown, or one is less, or they are equal, whichever way each comparison has them.
fn can_compare(left: &Expression, right: &Expression, wants: &[Want<'_>]) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let outcomes = match left == right {
        true => [None, Some(Equal), Some(Equal), Some(Equal)],
        false => [None, Some(Less), Some(Equal), Some(Greater)],
    };
    outcomes.into_iter().any(|outcome| {
        wants.iter().all(|(predicate, truths)| {
            let Predicate::Compare(first, comparison, _) = predicate else {
                return true;
            };
            let outcome = outcome.map(|order| if first == left { order } else { order.reverse() });
            let truth = match (outcome, comparison) {
                (None, _) => Truths::UNKNOWN,
                (Some(order), Comparison::Equal) => Truths::of(order == Equal),
                (Some(order), Comparison::Less) => Truths::of(order == Less),
                (Some(order), Comparison::LessOrEqual) => Truths::of(order != Greater),
            };
            truth.meets(*truths)
        })
    })
}
