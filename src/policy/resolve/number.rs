//! Questions about a number: one of some ranges, or compared with other numbers of the record.

use std::ops::Bound;

use super::Resolver;
use super::comparison::Question;
use super::error::ResolveError;
use super::item::Item;
use crate::json::Number;
use crate::operation::Kind;
use crate::policy::syntax::{Op, Operand, OperandKind};
use crate::policy::{Condition, Predicate, Ranges};

impl<'a> Resolver<'a> {
    pub(super) fn number(&mut self, question: &Question<'a>) -> Option<Condition> {
        if self.asks_field(question.right) && question.op.flipped().is_some() {
            return self.arithmetic(question.comparison);
        }
        let read = |resolver: &mut Self, item: &Item<'a>| resolver.bounded(item, question);
        let ranges = self.ranges(question, read)?;
        Some(question.test(Predicate::Number(question.id, ranges)))
    }

    /// What an operator and its values allow, where `read` makes a number of each.
    pub(super) fn ranges(
        &mut self,
        question: &Question<'a>,
        read: impl Fn(&mut Self, &Item<'a>) -> Option<Number>,
    ) -> Option<Ranges> {
        let op = question.op;
        if let Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual = op {
            let item = self.one(op, question.right)?;
            let number = read(self, &item)?;
            return Some(Ranges::new([open_range(op, number)]));
        }
        let items = self.several(op, question.right)?;
        let ranges: Vec<_> = items.iter().map(|item| self.range(item, &read)).collect();
        Some(Ranges::new(ranges.into_iter().collect::<Option<Vec<_>>>()?))
    }

    fn range(
        &mut self,
        item: &Item<'a>,
        read: &impl Fn(&mut Self, &Item<'a>) -> Option<Number>,
    ) -> Option<(Bound<Number>, Bound<Number>)> {
        let OperandKind::Range(low, high) = &item.operand.kind else {
            let number = read(self, item)?;
            return Some((Bound::Included(number), Bound::Included(number)));
        };
        let low = read(self, &item.with(low));
        let high = read(self, &item.with(high));
        let (low, high) = (low?, high?);
        if low > high {
            let range = item.text();
            return self.fail(&ResolveError::ReversedRange { range }, item);
        }
        Some((Bound::Included(low), Bound::Included(high)))
    }

    /// A literal that the field can have.
    fn bounded(&mut self, item: &Item<'a>, question: &Question<'a>) -> Option<Number> {
        let field = question.field;
        let number = self.literal(item, question.id)?;
        if let Some((low, high)) = field.range
            && (number < Number::Integer(low) || number > Number::Integer(high))
        {
            let error = ResolveError::OutOfRange {
                number: item.text(),
                field: field.name.clone(),
                low,
                high,
            };
            return self.fail(&error, item);
        }
        if matches!(field.kind, Kind::Integer | Kind::Bytes)
            && matches!(number, Number::Fraction(_))
        {
            let error = ResolveError::NotWhole { number: item.text(), field: field.name.clone() };
            return self.fail(&error, item);
        }
        Some(number)
    }

    /// Whether a value is, or is computed from, a word that is no set; a param's value counts, but no
    /// param within it.
    fn asks_field(&self, operand: &Operand) -> bool {
        match &operand.kind {
            OperandKind::Param(name) => {
                let param = self.scope.params.get(name);
                param.is_some_and(|param| self.has_field(&param.value))
            }
            OperandKind::Binary(left, _, right) => self.asks_field(left) || self.asks_field(right),
            _ => self.has_field(operand),
        }
    }

    fn has_field(&self, operand: &Operand) -> bool {
        match &operand.kind {
            OperandKind::Name(name) => !self.scope.sets.contains_key(name),
            OperandKind::Binary(left, _, right) => self.has_field(left) || self.has_field(right),
            _ => false,
        }
    }
}

fn open_range(op: Op, number: Number) -> (Bound<Number>, Bound<Number>) {
    match op {
        Op::Less => (Bound::Unbounded, Bound::Excluded(number)),
        Op::LessOrEqual => (Bound::Unbounded, Bound::Included(number)),
        Op::Greater => (Bound::Excluded(number), Bound::Unbounded),
        _ => (Bound::Included(number), Bound::Unbounded),
    }
}
