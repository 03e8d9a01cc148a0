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
    match operator {
        Operator::Add => left.plus(right),
        Operator::Subtract => left.combine(right, i64::checked_sub, |left, right| left - right),
        Operator::Multiply => left.combine(right, i64::checked_mul, |left, right| left * right),
        Operator::Divide => divide(left, right),
    }
}

/// A whole quotient stays exact; any other is the nearest decimal.
fn divide(left: Number, right: Number) -> Option<Number> {
    if right.to_f64() == 0.0 {
        return None;
    }
    let whole = |left: i64, right: i64| {
        let is_whole = left.checked_rem(right) == Some(0);
        is_whole.then(|| left.checked_div(right)).flatten()
    };
    left.combine(right, whole, |left, right| left / right).or_else(|| {
        let quotient = left.to_f64() / right.to_f64();
        quotient.is_finite().then_some(Number::Decimal(quotient))
    })
}
