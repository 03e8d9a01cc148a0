//! A `Census` tells the sorts of records apart that the aggregates of a policy count: which of their
//! conditions hold of a record at once. Of sorts that no record can be there are none, so that what one
//! aggregate counts may be a part of what another does.

use std::sync::Arc;

use crate::operation::Schema;
use crate::policy::{Aggregate, Condition, Measure, Predicate};

use super::effort::{Effort, Exhausted};
use super::search::{Answer, Goal, search};
use super::shift::is_same;
use super::truth::Truths;

/// Sorts of one census; of more, nothing is said.
const MOST_SORTS: usize = 64;

/// Sorts of records by the conditions that count them.
#[derive(Debug, Default)]
pub(super) struct Census<'a> {
    conditions: Vec<&'a Condition>,
    /// Of each sort, which conditions hold.
    sorts: Vec<Vec<bool>>,
}

/// Where a condition is unknown of a record, the record may count or not.
#[derive(Debug, Default)]
pub(super) struct Censuses<'a> {
    aggregates: Vec<&'a Arc<Aggregate>>,
    /// What is unknown does not count.
    pub(super) certain: Census<'a>,
    /// It does.
    pub(super) possible: Census<'a>,
    /// Nothing is unknown.
    pub(super) definite: Census<'a>,
}

impl<'a> Censuses<'a> {
    /// The censuses of all aggregates that some predicates ask; empty where none does.
    pub(super) fn new(
        schema: &Schema,
        predicates: impl IntoIterator<Item = &'a Predicate>,
        effort: &mut Effort,
    ) -> Result<Self, Exhausted> {
        let mut aggregates = Vec::new();
        for predicate in predicates {
            if let Predicate::Compare(left, _, right) = predicate {
                left.each_aggregate(&mut aggregates);
                right.each_aggregate(&mut aggregates);
            }
        }
        if aggregates.is_empty() {
            return Ok(Self::default());
        }
        let mut conditions: Vec<&Condition> = Vec::new();
        for aggregate in &aggregates {
            if !conditions.iter().any(|condition| is_same(condition, &aggregate.records)) {
                conditions.push(&aggregate.records);
            }
        }
        let mut census = |truths| Census::new(schema, &conditions, truths, effort);
        Ok(Self {
            certain: census((Truths::TRUE, Truths::NOT_TRUE))?,
            possible: census((Truths::NOT_FALSE, Truths::FALSE))?,
            definite: census((Truths::TRUE, Truths::FALSE))?,
            aggregates,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.aggregates.is_empty()
    }

    /// Whether some records come to whatever numbers the censuses allow: no condition restricts a field that
    /// is measured, and no field is measured twice.
    pub(super) fn are_exact(&self, schema: &Schema) -> bool {
        let measured = || self.aggregates.iter().filter(|one| one.measure != Measure::Count);
        measured().all(|one| {
            let fields: Vec<_> = one
                .measure
                .field()
                .into_iter()
                .flat_map(|id| {
                    let derived = schema.field(id).derived.iter();
                    [id].into_iter().chain(
                        derived.flat_map(|from| from.otherwise.iter().copied().chain([from.first])),
                    )
                })
                .collect();
            let mut is_free = true;
            for condition in &self.certain.conditions {
                condition.each_test(&mut |test| {
                    is_free &= !test.predicate.fields().iter().any(|id| fields.contains(id));
                });
            }
            is_free
                && measured().filter(|other| other.measure.field() == one.measure.field()).count()
                    == 1
        })
    }
}

impl<'a> Census<'a> {
    fn new(
        schema: &Schema,
        conditions: &[&'a Condition],
        (held, not): (Truths, Truths),
        effort: &mut Effort,
    ) -> Result<Self, Exhausted> {
        let pick = |holds: &bool| if *holds { held } else { not };
        let mut sorts: Vec<Vec<bool>> = vec![Vec::new()];
        for count in 1..=conditions.len() {
            let longer = sorts.iter().flat_map(|sort| {
                [true, false].map(|holds| sort.iter().copied().chain([holds]).collect::<Vec<_>>())
            });
            let mut possible = Vec::new();
            for sort in longer {
                let truths = sort.iter().map(pick);
                let goals = conditions.iter().take(count).zip(truths);
                let goals = goals.map(|(condition, truths)| Goal { condition, truths });
                let answer = search(schema, goals.collect(), effort)?;
                if !matches!(answer, Answer::Impossible) {
                    possible.push(sort);
                }
            }
            sorts = possible;
            if sorts.len() > MOST_SORTS {
                return Err(Exhausted);
            }
        }
        Ok(Self { conditions: conditions.to_vec(), sorts })
    }

    /// The sorts that an aggregate is about.
    pub(super) fn sorts(&self, aggregate: &Aggregate) -> Vec<usize> {
        let mut conditions = self.conditions.iter();
        let place = conditions.position(|condition| is_same(condition, &aggregate.records));
        let holds = |sort: &&Vec<bool>| place.and_then(|place| sort.get(place)) == Some(&true);
        let sorts = self.sorts.iter().enumerate();
        sorts.filter(|(_, sort)| holds(sort)).map(|(index, _)| index).collect()
    }
}
