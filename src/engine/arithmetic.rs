//! Arithmetic that says when it does not know: overflow and division by zero have no value.

use crate::json::Number;
use crate::policy::{Comparison, Expression, Operator};

use super::Fields;
use super::truth::Truth;

/// Compares two expressions over a record's fields.
pub(crate) fn compare(
    fields: &Fields<'_>,
    left: &Expression,
    op: Comparison,
    right: &Expression,
) -> Truth {
    match (value(fields, left), value(fields, right)) {
        (Some(left), Some(right)) => Truth::from(match op {
            Comparison::Equal => left == right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
        }),
        _ => Truth::Unknown,
    }
}

fn value(fields: &Fields<'_>, expression: &Expression) -> Option<Number> {
    match expression {
        Expression::Field(field) => fields.number(*field).ok(),
        Expression::Number(number) => Some(*number),
        Expression::Binary(left, operator, right) => {
            apply(value(fields, left)?, *operator, value(fields, right)?)
        }
    }
}

/// One operation; `None` where the result is beyond 64 bits, not finite, or a division by zero.
#[must_use]
pub fn apply(left: Number, operator: Operator, right: Number) -> Option<Number> {
    if let (Number::Integer(left), Number::Integer(right)) = (left, right) {
        let exact = match operator {
            Operator::Add => left.checked_add(right),
            Operator::Subtract => left.checked_sub(right),
            Operator::Multiply => left.checked_mul(right),
            Operator::Divide => return divide(left, right),
        };
        return exact.map(Number::Integer);
    }
    let (left, right) = (left.to_f64(), right.to_f64());
    let result = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide if right == 0.0 => return None,
        Operator::Divide => left / right,
    };
    result.is_finite().then_some(Number::Decimal(result))
}

/// A whole quotient stays exact; any other is the nearest decimal.
fn divide(left: i64, right: i64) -> Option<Number> {
    if right == 0 {
        return None;
    }
    match (left.checked_rem(right), left.checked_div(right)) {
        (Some(0), Some(quotient)) => Some(Number::Integer(quotient)),
        _ => {
            Some(Number::Decimal(Number::Integer(left).to_f64() / Number::Integer(right).to_f64()))
        }
    }
}
