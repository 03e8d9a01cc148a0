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
        let mut terms = Terms::default();
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
        let mut terms = Terms::default();
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
            | OperandKind::List(_) => self.number_needed(item),
        }
    }

    fn operand_field(
        &mut self,
        name: &str,
        item: &Item<'a>,
        terms: &mut Terms<'a>,
    ) -> Option<Expression> {
        let Some(id) = self.find(name).filter(|_| !item.is_of_set()) else {
            return self.number_needed(item);
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
    fn number_needed<T>(&mut self, item: &Item<'a>) -> Option<T> {
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
        match product(number, factor) {
            Ok(bytes) => Some(Number::Integer(bytes)),
            Err(Inexact::Part) => {
                let literal = item.text();
                self.fail(&ResolveError::PartOfByte { literal }, item)
            }
            Err(Inexact::Beyond) => {
                let text = item.text();
                self.fail(&ResolveError::Overflow { text }, item)
            }
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
        return computed(*left, operator, *right)
            .map(Expression::Number)
            .ok_or(ResolveError::Overflow { text });
    }
    Ok(Expression::Binary(Box::new(left), operator, Box::new(right)))
}

fn starts_as_number(text: &str) -> bool {
    text.strip_prefix('-').unwrap_or(text).starts_with(|c: char| c.is_ascii_digit())
}

/// Why a literal times its unit is no whole number in 64 bits.
enum Inexact {
    Part,
    Beyond,
}

/// Exact by the decimal digits of the literal: `1.001KB` is 1001 bytes, whatever binary makes of 1.001.
fn product(number: Number, factor: i64) -> Result<i64, Inexact> {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().map_err(|_| Inexact::Beyond)?;
    let scale = u32::try_from(fraction.len())
        .ok()
        .and_then(|places| 10_i128.checked_pow(places))
        .ok_or(Inexact::Part)?;
    let product = digits.checked_mul(i128::from(factor)).ok_or(Inexact::Beyond)?;
    if product % scale != 0 {
        return Err(Inexact::Part);
    }
    i64::try_from(product / scale).map_err(|_| Inexact::Beyond)
}

/// Integers are exact or nothing; what is no integer is computed in binary, and is nothing beyond it.
fn computed(left: Number, operator: Operator, right: Number) -> Option<Number> {
    if let (Number::Integer(left), Number::Integer(right)) = (left, right) {
        let exact = match operator {
            Operator::Add => left.checked_add(right),
            Operator::Subtract => left.checked_sub(right),
            Operator::Multiply => left.checked_mul(right),
            Operator::Divide if left.checked_rem(right) == Some(0) => left.checked_div(right),
            Operator::Divide => return decimal(to_f64(left) / to_f64(right)),
        };
        return exact.map(Number::Integer);
    }
    let (left, right) = (left.to_f64(), right.to_f64());
    decimal(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
    })
}

fn to_f64(integer: i64) -> f64 {
    Number::Integer(integer).to_f64()
}

/// A finite result; whole ones become integers again by way of their digits.
fn decimal(value: f64) -> Option<Number> {
    value.is_finite().then(|| value.to_string()).and_then(|digits| Number::parse(&digits))
}
