//! Arithmetic that says when it does not know: overflow and division by zero have no value.

use crate::json::Number;
use crate::policy::{Comparison, Expression};

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
        // No record has it.
        Expression::Aggregate(_) => None,
        Expression::Binary(left, operator, right) => {
            operator.apply(value(fields, left)?, value(fields, right)?)
        }
    }
}
