//! Whether one formula ranks no higher than another by its shape alone, whatever is asked: conjunction,
//! disjunction and negation are monotone, of two bounds on the same expression the narrower one holds only
//! where the wider one does, be the expression known exactly or within bounds, and a text that begins or
//! ends with another has every part of it.

use crate::json::Number;
use crate::policy::{Comparison, Condition, Expression, Predicate, TextTest};

/// Nesting that is looked into; formulas are rarely deeper than three.
const DEPTH: usize = 12;

/// Whether the first formula certainly ranks no higher than the second, on every record and snapshot.
pub(super) fn is_implied(low: &Condition, high: &Condition) -> bool {
    within(low, high, DEPTH)
}

fn within(low: &Condition, high: &Condition, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match (low, high) {
        (Condition::Test(low), Condition::Test(high)) => {
            low.predicate == high.predicate
                || is_narrower(&low.predicate, &high.predicate)
                || is_stricter(&low.predicate, &high.predicate)
        }
        (Condition::Not(low), Condition::Not(high)) => within(high, low, depth),
        (Condition::Any(parts), high) => parts.iter().all(|low| within(low, high, depth)),
        (low, Condition::All(parts)) => parts.iter().all(|high| within(low, high, depth)),
        (Condition::All(parts), high) => {
            parts.iter().any(|low| within(low, high, depth))
                || matches!(high, Condition::Any(wholes) if wholes.iter().any(|high| within(low, high, depth)))
        }
        (low, Condition::Any(parts)) => parts.iter().any(|high| within(low, high, depth)),
        (Condition::Test(_), Condition::Not(_)) | (Condition::Not(_), Condition::Test(_)) => false,
    }
}

/// A bound on an expression.
struct Limit<'a> {
    expression: &'a Expression,
    number: Number,
    /// Whether it is a lower one.
    is_low: bool,
    /// Whether the number itself is within.
    is_included: bool,
}

impl<'a> Limit<'a> {
    fn of(predicate: &'a Predicate) -> Option<Self> {
        let Predicate::Compare(left, comparison, right) = predicate else { return None };
        let is_included = match comparison {
            Comparison::Less => false,
            Comparison::LessOrEqual => true,
            Comparison::Equal => return None,
        };
        let (expression, number, is_low) = match (left, right) {
            (Expression::Number(number), expression) => (expression, *number, true),
            (expression, Expression::Number(number)) => (expression, *number, false),
            _ => return None,
        };
        Some(Self { expression, number, is_low, is_included })
    }
}

/// Whether every number within the first bound is within the second.
fn is_narrower(low: &Predicate, high: &Predicate) -> bool {
    let (Some(low), Some(high)) = (Limit::of(low), Limit::of(high)) else { return false };
    let reaches = match low.is_low {
        true => low.number.cmp(&high.number),
        false => high.number.cmp(&low.number),
    };
    low.expression == high.expression
        && low.is_low == high.is_low
        && (reaches.is_gt() || reaches.is_eq() && (high.is_included || !low.is_included))
}

/// Whether every text that passes the first test passes the second.
fn is_stricter(low: &Predicate, high: &Predicate) -> bool {
    let (Predicate::Text(field, low), Predicate::Text(other, high)) = (low, high) else {
        return false;
    };
    field == other
        && match (low, high) {
            (TextTest::StartsWith(low), TextTest::StartsWith(high)) => low.starts_with(high),
            (TextTest::EndsWith(low), TextTest::EndsWith(high)) => low.ends_with(high),
            (
                TextTest::StartsWith(low) | TextTest::EndsWith(low) | TextTest::Contains(low),
                TextTest::Contains(high),
            ) => low.contains(high),
            _ => false,
        }
}
