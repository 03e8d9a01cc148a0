//! A `Whole` says what the aggregates of a snapshot make of a condition over all of its records, and by
//! which numbers.

use crate::json::Number;
use crate::operation::Schema;
use crate::policy::{Aggregate, Bounds, Condition, Expression, Measure, Predicate, Test, amount};

use super::truth::Truth;

/// What a snapshot makes of a policy that judges the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    /// What came out.
    pub truth: Truth,
    /// The aggregates that decided, in the order of the rule.
    pub measured: Vec<Measured>,
    /// The same in words, with what they were compared with.
    pub words: String,
}

/// An aggregate, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// As the rule writes it.
    pub aggregate: String,
    /// Exact where both ends are the same.
    pub bounds: Bounds,
}

impl Whole {
    /// Judges by what is known of each aggregate.
    #[must_use]
    pub fn of(
        condition: &Condition,
        schema: &Schema,
        known: &dyn Fn(&Aggregate) -> Bounds,
    ) -> Self {
        let judging = Judging { schema, known };
        let truth = judging.truth(condition);
        let mut deciding = Vec::new();
        judging.deciding(condition, &mut deciding);
        let mut measured = Vec::new();
        let mut words: Vec<String> = Vec::new();
        for test in deciding {
            let said = judging.said(test, &mut measured);
            if !words.contains(&said) {
                words.push(said);
            }
        }
        Self { truth, measured, words: words.join("; ") }
    }
}

struct Judging<'a> {
    schema: &'a Schema,
    known: &'a dyn Fn(&Aggregate) -> Bounds,
}

impl Judging<'_> {
    fn truth(&self, condition: &Condition) -> Truth {
        match condition {
            Condition::All(parts) => {
                parts.iter().fold(Truth::True, |truth, part| truth.and(self.truth(part)))
            }
            Condition::Any(parts) => {
                parts.iter().fold(Truth::False, |truth, part| truth.or(self.truth(part)))
            }
            Condition::Not(part) => !self.truth(part),
            Condition::Test(test) => self.test(&test.predicate),
        }
    }

    fn test(&self, predicate: &Predicate) -> Truth {
        let Predicate::Compare(left, comparison, right) = predicate else {
            // What asks a record says nothing of the whole.
            return Truth::Unknown;
        };
        let (left, right) = (Bounds::of(left, self.known), Bounds::of(right, self.known));
        left.compare(*comparison, right).map_or(Truth::Unknown, Truth::from)
    }

    /// The tests that made a condition what it is.
    fn deciding<'c>(&self, condition: &'c Condition, into: &mut Vec<&'c Test>) {
        match condition {
            Condition::Test(test) => into.push(test),
            Condition::Not(part) => self.deciding(part, into),
            Condition::All(parts) | Condition::Any(parts) => {
                let whole = self.truth(condition);
                let decide = parts.iter().filter(|part| self.truth(part) == whole);
                decide.for_each(|part| self.deciding(part, into));
            }
        }
    }

    /// What each aggregate of a test is, and the number that it is compared with.
    fn said(&self, test: &Test, measured: &mut Vec<Measured>) -> String {
        let Predicate::Compare(left, _, right) = &test.predicate else {
            return String::new();
        };
        let mut aggregates = Vec::new();
        for side in [left, right] {
            side.each_aggregate(&mut aggregates);
        }
        // `a > b` is asked as `b < a`.
        let written = test.location.text();
        aggregates
            .sort_by_key(|one| one.words.split(" of ").next().and_then(|it| written.find(it)));
        let mut parts = Vec::with_capacity(aggregates.len());
        for aggregate in &aggregates {
            let bounds = (self.known)(aggregate);
            let said = bounds.words(&|number| self.amount(aggregate, number));
            parts.push(format!("{} is {said}", aggregate.words));
            let known = Measured { aggregate: aggregate.words.clone(), bounds };
            if !measured.contains(&known) {
                measured.push(known);
            }
        }
        let limit = match (left, right) {
            (Expression::Number(limit), Expression::Aggregate(aggregate))
            | (Expression::Aggregate(aggregate), Expression::Number(limit)) => {
                Some(self.amount(aggregate, *limit))
            }
            (Expression::Number(limit), _) | (_, Expression::Number(limit)) => {
                Some(limit.to_string())
            }
            _ => None,
        };
        parts.extend(limit.map(|limit| format!("limit {limit}")));
        parts.join(", ")
    }

    fn amount(&self, aggregate: &Aggregate, number: Number) -> String {
        match aggregate.measure {
            Measure::Sum(field) => amount(self.schema.field(field), number),
            _ => number.to_string(),
        }
    }
}
