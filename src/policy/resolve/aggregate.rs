//! Aggregates: what they measure, of which records, and what may not stand beside them.

use std::sync::Arc;

use super::arithmetic::Terms;
use super::comparison::with_article;
use super::error::ResolveError;
use super::item::Item;
use super::{Resolver, all};
use crate::operation::FieldId;
use crate::policy::syntax::{AggregateOperand, Function, Operand, OperandKind};
use crate::policy::{Aggregate, Condition, Expression, Measure, Test};
use crate::text::Location;

/// What the aggregates of a rule are about.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// The subject of the sentence, and its words.
    pub subject: Option<(Condition, String)>,
    /// Whether an aggregate is being read.
    pub is_within: bool,
    /// Whether each record is asked by itself, whatever is written: so that nothing asks all of them.
    pub is_refused: bool,
}

impl<'a> Resolver<'a> {
    /// Whether an operand is an aggregate by itself.
    pub(super) fn is_aggregate(&self, operand: &Operand) -> bool {
        match &operand.kind {
            OperandKind::Aggregate(_) => true,
            OperandKind::Name(name) => self.is_count(name),
            _ => false,
        }
    }

    /// Whether a word means the number of records.
    pub(super) fn is_count(&self, name: &str) -> bool {
        Function::parse(name) == Some(Function::Count)
            && self.find(name).is_none()
            && !self.scope.sets.contains_key(name)
    }

    /// The number of all records, or of those of the subject.
    pub(super) fn count(&mut self, item: &Item<'a>, terms: &mut Terms<'a>) -> Option<Expression> {
        self.check_place(&item.operand.location)?;
        terms.has_aggregate = true;
        Some(self.finished(Measure::Count, Vec::new(), &item.operand.location))
    }

    pub(super) fn aggregate(
        &mut self,
        asked: &'a AggregateOperand,
        location: &'a Location,
        terms: &mut Terms<'a>,
    ) -> Option<Expression> {
        self.check_place(&asked.named)?;
        terms.has_aggregate = true;
        let field = asked.field.as_ref().map(|field| self.measured(asked.function, field));
        self.whole.is_within = true;
        let records = asked.records.as_ref().map(|records| self.condition(records));
        self.whole.is_within = false;
        let records: Vec<Condition> = match records {
            Some(records) => vec![records?],
            None => Vec::new(),
        };
        let measure = match (asked.function, field) {
            (Function::Sum, Some(field)) => {
                let field = field?;
                terms.fields.push(field);
                Measure::Sum(field)
            }
            (Function::Distinct, Some(field)) => Measure::Distinct(field?),
            (_, Some(_)) | (_, None) => Measure::Count,
        };
        Some(self.finished(measure, records, location))
    }

    /// An aggregate of the records of the subject that meet conditions.
    fn finished(
        &self,
        measure: Measure,
        mut records: Vec<Condition>,
        location: &Location,
    ) -> Expression {
        let words: Vec<&str> = location.text().split_whitespace().collect();
        let mut words = words.join(" ");
        if let Some((subject, named)) = &self.whole.subject {
            records.insert(0, subject.clone());
            words = format!("{words} of {named}");
        }
        let schema = &self.scope.operation.schema;
        Expression::Aggregate(Arc::new(Aggregate::new(measure, all(records), words, schema)))
    }

    /// The field that is summed, or whose values are told apart.
    fn measured(&mut self, function: Function, operand: &'a Operand) -> Option<FieldId> {
        let OperandKind::Name(name) = &operand.kind else {
            let name = function.name();
            let found = Item::written(operand).described();
            return self.fail_at(&ResolveError::FieldNeeded { name, found }, &operand.location);
        };
        let Some(id) = self.find(name) else {
            return self.unknown_field(name, operand);
        };
        let field = self.field(id);
        if function == Function::Sum && !field.kind.is_numeric() {
            let (field, kind) = (field.name.clone(), with_article(&field.kind));
            return self.fail_at(&ResolveError::NotNumeric { field, kind }, &operand.location);
        }
        Some(id)
    }

    /// Refuses an aggregate where only a record can be asked.
    fn check_place(&mut self, location: &Location) -> Option<()> {
        let error = match &self.whole {
            Whole { is_within: true, .. } => ResolveError::NestedAggregate,
            Whole { is_refused: true, .. } => ResolveError::AggregateNotTaken,
            _ => return Some(()),
        };
        self.fail_at(&error, location)
    }

    /// Refuses a rule that asks all records in one place and a single one in another.
    pub(super) fn unmixed(&mut self, condition: Condition) -> Option<Condition> {
        let mut single: Option<Test> = None;
        condition.each_test(&mut |test| {
            if !test.predicate.judges_whole() && single.is_none() {
                single = Some(test.clone());
            }
        });
        match single.filter(|_| condition.judges_whole()) {
            None => Some(condition),
            Some(test) => {
                let words: Vec<&str> = test.location.text().split_whitespace().collect();
                let text = words.join(" ");
                self.fail_at(&ResolveError::RecordBesideAggregate { text }, &test.location)
            }
        }
    }
}
