//! Arithmetic: literals with their units, fields, and what joins them. What holds no field is computed
//! here, exactly or not at all.

use super::comparison::with_article;
use super::error::ResolveError;
use super::item::Item;
use super::{Resolver, test};
use crate::json::Number;
use crate::operation::{FieldId, Kind};
use crate::policy::syntax::{self, Op, OperandKind};
use crate::policy::unit::Unit;
use crate::policy::{Comparison, Condition, Expression, Operator, Predicate};
use crate::text::nearest;

/// One side of a comparison between numbers, and what its units must fit.
#[derive(Default)]
pub(super) struct Terms<'a> {
    pub fields: Vec<FieldId>,
    pub has_aggregate: bool,
    /// The field whose value a literal is.
    compared: Option<FieldId>,
    /// The first field that a record is asked for.
    asked: Option<Item<'a>>,
    units: Vec<(Unit, String, Item<'a>)>,
}

impl<'a> Resolver<'a> {
    /// A comparison in which arithmetic or a second field takes part.
    ///
    /// `!=` is answered as `=`; whoever asks turns it round.
    pub(super) fn arithmetic(&mut self, comparison: &'a syntax::Comparison) -> Option<Condition> {
        let op = comparison.op;
        if op.flipped().is_none() {
            let error = ResolveError::OperatorOnArithmetic { op };
            return self.fail_at(&error, &comparison.op_location);
        }
        let compared = match &comparison.left.kind {
            OperandKind::Name(name) => self.find(name),
            _ => None,
        };
        let mut terms = Terms { compared, ..Terms::default() };
        let left = self.expression(&Item::written(&comparison.left), &mut terms);
        let right = self
            .one(op, comparison.right.as_ref()?)
            .and_then(|item| self.expression(&item, &mut terms));
        let (left, right) = (left?, right?);
        if terms.fields.is_empty() && !terms.has_aggregate {
            return self.fail_at(&ResolveError::NoField, &comparison.location);
        }
        self.check_sides(&terms)?;
        self.check_units(&terms)?;
        let (left, op, right) = match op {
            Op::Less | Op::NotEqual | Op::Equal | Op::LessOrEqual => (left, op, right),
            _ => (right, op.flipped()?, left),
        };
        let how = match op {
            Op::Less => Comparison::Less,
            Op::LessOrEqual => Comparison::LessOrEqual,
            _ => Comparison::Equal,
        };
        let predicate = Predicate::Compare(left, how, right);
        Some(test(predicate, &comparison.location))
    }

    /// A literal of a field, its unit multiplied out; arithmetic of literals is computed.
    pub(super) fn literal(&mut self, item: &Item<'a>, field: FieldId) -> Option<Number> {
        let mut terms = Terms { compared: Some(field), ..Terms::default() };
        let expression = self.expression(item, &mut terms)?;
        if terms.has_aggregate {
            let help = "compare aggregates by `=`, `<` and the like".to_owned();
            let found = item.described();
            return self.fail(&ResolveError::NumberNeeded { found, help }, item);
        }
        if let Some(other) = terms.fields.first() {
            let name = self.field(*other).name.clone();
            let help =
                "compare fields by `=`, `<` and the like, not in a list or a range".to_owned();
            let found = format!("the field `{name}`");
            return self.fail(&ResolveError::NumberNeeded { found, help }, item);
        }
        terms.fields.push(field);
        self.check_units(&terms)?;
        match expression {
            Expression::Number(number) => Some(number),
            Expression::Field(_) | Expression::Aggregate(_) | Expression::Binary(..) => None,
        }
    }

    fn expression(&mut self, item: &Item<'a>, terms: &mut Terms<'a>) -> Option<Expression> {
        match &item.operand.kind {
            OperandKind::Number(number, None) => Some(Expression::Number(*number)),
            OperandKind::Number(number, Some(unit)) => {
                let unit = self.unit(unit, item, terms)?;
                self.multiplied(*number, unit, item).map(Expression::Number)
            }
            OperandKind::Name(name) if !item.is_of_set() && self.is_count(name) => {
                self.count(item, terms)
            }
            OperandKind::Name(name) => self.operand_field(name, item, terms),
            OperandKind::Aggregate(asked) => self.aggregate(asked, &item.operand.location, terms),
            OperandKind::Param(_) => {
                let value = self.looked_up(item.clone())?;
                self.expression(&value, terms)
            }
            OperandKind::Binary(left, operator, right) => {
                let left = self.expression(&item.with(left), terms);
                let right = self.expression(&item.with(right), terms);
                match joined(left?, *operator, right?, item.text()) {
                    Ok(expression) => Some(expression),
                    Err(error) => self.fail(&error, item),
                }
            }
            OperandKind::Text(_)
            | OperandKind::Address(_)
            | OperandKind::Range(..)
            | OperandKind::List(_) => self.number_needed(item, terms),
        }
    }

    fn operand_field(
        &mut self,
        name: &str,
        item: &Item<'a>,
        terms: &mut Terms<'a>,
    ) -> Option<Expression> {
        let Some(id) = self.find(name).filter(|_| !item.is_of_set()) else {
            return self.number_needed(item, terms);
        };
        let field = self.field(id);
        if !field.kind.is_numeric() {
            let error = ResolveError::NotNumeric {
                field: field.name.clone(),
                kind: with_article(&field.kind),
            };
            return self.fail(&error, item);
        }
        terms.fields.push(id);
        terms.asked.get_or_insert_with(|| item.clone());
        Some(Expression::Field(id))
    }

    /// Refuses a record's field beside an aggregate.
    fn check_sides(&mut self, terms: &Terms<'a>) -> Option<()> {
        match terms.asked.as_ref().filter(|_| terms.has_aggregate) {
            None => Some(()),
            Some(item) => {
                let text = item.text();
                self.fail(&ResolveError::FieldBesideAggregate { text }, item)
            }
        }
    }

    /// Reports what is no number, as a misspelt field where it is close to one.
    fn number_needed<T>(&mut self, item: &Item<'a>, terms: &Terms<'a>) -> Option<T> {
        let near = match &item.operand.kind {
            OperandKind::Name(name) if !item.is_of_set() => {
                self.near_field(name).map(|near| (name, near))
            }
            _ => None,
        };
        if let Some((name, near)) = near {
            let error = ResolveError::UnknownField {
                name: name.clone(),
                operation: self.scope.operation.name.clone(),
                help: format!("did you mean `{near}`?"),
            };
            return self.fail(&error, item);
        }
        let help = match &item.operand.kind {
            OperandKind::Text(text) if starts_as_number(text) => {
                format!("write `{text}` without quotes")
            }
            OperandKind::Name(name)
                if terms.compared == self.scope.operation.port && !item.is_of_set() =>
            {
                format!(
                    "write the ports, such as `{} in [80, 443]`, or add `{name}: […]` with numbers under `sets:`",
                    self.scope.operation.port.map_or("Port", |port| &self.field(port).name)
                )
            }
            _ => "write a number, such as `80`, without quotes".to_owned(),
        };
        let found = item.described();
        self.fail(&ResolveError::NumberNeeded { found, help }, item)
    }

    fn unit(&mut self, unit: &str, item: &Item<'a>, terms: &mut Terms<'a>) -> Option<Unit> {
        if let Some(known) = Unit::parse(unit) {
            terms.units.push((known, unit.to_owned(), item.clone()));
            return Some(known);
        }
        let help = match nearest(unit, Unit::names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the units are {}", Unit::names().collect::<Vec<_>>().join(", ")),
        };
        let unit = unit.to_owned();
        self.fail(&ResolveError::UnknownUnit { unit, help }, item)
    }

    /// Bytes need a field of bytes in the comparison, and hundredths one of hundredths.
    fn check_units(&mut self, terms: &Terms<'a>) -> Option<()> {
        for (unit, text, item) in &terms.units {
            let wanted = match unit {
                Unit::Bytes(_) => Kind::Bytes,
                Unit::Percent => Kind::Percent,
            };
            let field = terms.fields.first().map(|id| self.field(*id));
            if terms.fields.iter().any(|id| self.field(*id).kind == wanted) {
                continue;
            }
            let error = ResolveError::UnitNotTaken {
                unit: text.clone(),
                help: field.map_or_else(
                    || "a number of records or of values has no unit".to_owned(),
                    |field| {
                        format!(
                            "`{}` is {}; write the number without this unit",
                            field.name,
                            with_article(&field.kind)
                        )
                    },
                ),
            };
            return self.fail(&error, item);
        }
        Some(())
    }

    fn multiplied(&mut self, number: Number, unit: Unit, item: &Item<'a>) -> Option<Number> {
        let Unit::Bytes(factor) = unit else {
            return Some(number);
        };
        let text = item.text();
        match number.times(Number::Integer(factor)) {
            Some(Number::Fraction(_)) => {
                self.fail(&ResolveError::PartOfByte { literal: text }, item)
            }
            None => self.fail(&ResolveError::Overflow { text }, item),
            bytes => bytes,
        }
    }
}

/// Two operands, computed where both are literals.
fn joined(
    left: Expression,
    operator: Operator,
    right: Expression,
    text: String,
) -> Result<Expression, ResolveError> {
    if operator == Operator::Divide && right == Expression::Number(Number::Integer(0)) {
        return Err(ResolveError::DivisionByZero { text });
    }
    if let (Expression::Number(left), Expression::Number(right)) = (&left, &right) {
        return operator
            .apply(*left, *right)
            .map(Expression::Number)
            .ok_or(ResolveError::Overflow { text });
    }
    Ok(Expression::Binary(Box::new(left), operator, Box::new(right)))
}

fn starts_as_number(text: &str) -> bool {
    text.strip_prefix('-').unwrap_or(text).starts_with(|c: char| c.is_ascii_digit())
}
