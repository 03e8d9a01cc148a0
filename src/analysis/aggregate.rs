//! What policies that judge the whole can come to. Each aggregate is taken to be independent of the others
//! and to have any value of its range; where every comparison is with a number, some values stand for all:
//! the numbers themselves, and one between each two.

use std::sync::Arc;

use crate::json::Number;
use crate::operation::{Kind, Schema};
use crate::policy::{
    Aggregate, Bounds, Condition, Expression, Measure, Operator, Policy, Predicate, Test,
};

use super::effort::{Effort, PER_SEARCH};
use super::search::{Answer, Goal, search};
use super::truth::Truths;

/// Combinations of values that are tried; where there are more, only the ranges as a whole are.
const MOST_COMBINATIONS: usize = 4096;

/// Why a condition over the whole never has a truth.
pub(super) struct Reason<'a> {
    /// The comparison that decides alone; `None` where several do together.
    pub(super) test: Option<&'a Test>,
    pub(super) why: String,
}

/// Why a policy that judges the whole is never true, or never false, where that is certain.
pub(super) fn why_never(policy: &Policy, truth: bool) -> Option<Reason<'_>> {
    let known = Known::new(policy);
    let condition = &policy.condition;
    if known.truths(condition).meets(Truths::of(truth)) {
        return None;
    }
    let parts = match (condition, truth) {
        (Condition::All(parts), true) | (Condition::Any(parts), false) => parts.as_slice(),
        (condition, _) => std::slice::from_ref(condition),
    };
    let alone = parts.iter().find_map(|part| match part {
        Condition::Test(test) if !known.truths(part).meets(Truths::of(truth)) => Some(test),
        _ => None,
    });
    let never = if truth { "true" } else { "false" };
    let why = match alone {
        Some(test) => {
            let words: Vec<&str> = test.location.text().split_whitespace().collect();
            format!("`{}` is never {never}, whatever the records are", words.join(" "))
        }
        None => format!("no numbers make it {never}"),
    };
    Some(Reason { test: alone, why })
}

/// The aggregates of a policy, and what each can be.
struct Known<'a> {
    schema: &'a Schema,
    ranges: Vec<(&'a Arc<Aggregate>, Bounds)>,
}

impl<'a> Known<'a> {
    fn new(policy: &'a Policy) -> Self {
        let schema = &policy.operation.schema;
        let ranges = policy.condition.aggregates().into_iter();
        let range = |aggregate: &'a Arc<Aggregate>| {
            let none = Bounds::exactly(Number::Integer(0));
            let may_count = may_hold(&aggregate.records, schema);
            (aggregate, if may_count { aggregate.possible(schema) } else { none })
        };
        Self { schema, ranges: ranges.map(range).collect() }
    }

    /// The truths that a condition may have.
    fn truths(&self, condition: &Condition) -> Truths {
        let points: Option<Vec<Vec<Number>>> =
            self.ranges.iter().map(|range| self.points(condition, range)).collect();
        let combinations = points.as_ref().and_then(|points| {
            points.iter().try_fold(1_usize, |all, some| all.checked_mul(some.len()))
        });
        match (points, combinations) {
            (Some(points), Some(count)) if count <= MOST_COMBINATIONS => {
                let each = (0..count).map(|index| self.at(condition, &points, index));
                each.fold(Truths::NONE, |all, one| all | one)
            }
            _ => evaluate(condition, &|aggregate| self.range(aggregate)),
        }
    }

    fn range(&self, aggregate: &Aggregate) -> Bounds {
        let mut ranges = self.ranges.iter();
        let found = ranges.find(|(other, _)| other.as_ref() == aggregate);
        found.map_or(Bounds::ANY, |(_, range)| *range)
    }

    /// The truth of one combination of values.
    fn at(&self, condition: &Condition, points: &[Vec<Number>], mut index: usize) -> Truths {
        let chosen: Vec<Option<Number>> = points
            .iter()
            .map(|points| {
                let point = points.get(index % points.len().max(1)).copied();
                index /= points.len().max(1);
                point
            })
            .collect();
        evaluate(condition, &|aggregate| {
            let place = self.ranges.iter().position(|(other, _)| other.as_ref() == aggregate);
            let number = place.and_then(|place| chosen.get(place).copied().flatten());
            number.map_or(Bounds::ANY, Bounds::exactly)
        })
    }

    /// The values that stand for all that an aggregate can have, where it is only compared with numbers.
    fn points(
        &self,
        condition: &Condition,
        (aggregate, range): &(&Arc<Aggregate>, Bounds),
    ) -> Option<Vec<Number>> {
        let mut numbers: Vec<Number> = [range.low, range.high].into_iter().flatten().collect();
        let mut is_simple = true;
        condition.each_test(&mut |test| match &test.predicate {
            Predicate::Compare(Expression::Number(number), _, Expression::Aggregate(other))
            | Predicate::Compare(Expression::Aggregate(other), _, Expression::Number(number)) => {
                if other == *aggregate {
                    numbers.push(*number);
                }
            }
            _ => is_simple = false,
        });
        numbers.sort_unstable();
        let one = Number::Integer(1);
        let first = numbers.first().and_then(|first| Operator::Subtract.apply(*first, one));
        let last = numbers.last().and_then(|last| Operator::Add.apply(*last, one));
        let between = numbers.windows(2).filter_map(|pair| match pair {
            [low, high] => Operator::Divide.apply(low.plus(*high)?, Number::Integer(2)),
            _ => None,
        });
        let mut points: Vec<Number> = between.chain(first).chain(last).collect();
        points.extend(numbers);
        if self.is_whole(aggregate) {
            points = points.into_iter().flat_map(whole).collect();
        }
        points.retain(|point| {
            range.low.is_none_or(|low| low <= *point)
                && range.high.is_none_or(|high| *point <= high)
        });
        points.sort_unstable();
        points.dedup();
        is_simple.then_some(points)
    }

    fn is_whole(&self, aggregate: &Aggregate) -> bool {
        match aggregate.measure {
            Measure::Count | Measure::Distinct(_) => true,
            Measure::Sum(field) => {
                matches!(self.schema.field(field).kind, Kind::Integer | Kind::Bytes)
            }
        }
    }
}

/// The whole numbers next to a number.
fn whole(number: Number) -> Vec<Number> {
    match number {
        Number::Integer(_) => vec![number],
        Number::Fraction(_) => [number.floor(), number.floor() + 1]
            .into_iter()
            .filter_map(|whole| Number::ratio(whole, 1))
            .collect(),
    }
}

/// Whether a condition can be true of some record. Where it cannot, no record counts in truth, even if one
/// does not say so.
fn may_hold(condition: &Condition, schema: &Schema) -> bool {
    let goal = Goal { condition, truths: Truths::TRUE };
    let answer = search(schema, vec![goal], &mut Effort::new(PER_SEARCH));
    !matches!(answer, Ok(Answer::Impossible(_)))
}

fn evaluate(condition: &Condition, known: &dyn Fn(&Aggregate) -> Bounds) -> Truths {
    match condition {
        Condition::All(parts) => {
            parts.iter().fold(Truths::TRUE, |truths, part| truths.minimum(evaluate(part, known)))
        }
        Condition::Any(parts) => {
            parts.iter().fold(Truths::FALSE, |truths, part| truths.maximum(evaluate(part, known)))
        }
        Condition::Not(part) => evaluate(part, known).negated(),
        Condition::Test(test) => {
            let Predicate::Compare(left, comparison, right) = &test.predicate else {
                return Truths::ANY;
            };
            let (left, right) = (Bounds::of(left, known), Bounds::of(right, known));
            left.compare(*comparison, right).map_or(Truths::ANY, Truths::of)
        }
    }
}
