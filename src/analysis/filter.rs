//! What a filter of a fetch could hide from a policy: a record that it leaves out, and that the policy
//! would not have passed.

use std::ops::Bound;

use crate::json::Number;
use crate::operation::call::Narrows;
use crate::operation::{FieldId, Kind, Schema};
use crate::policy::{Condition, Policy, Predicate, Ranges, Test};

use super::effort::{Effort, PER_SEARCH};
use super::search::{Goal, is_impossible};
use super::truth::Truths;

/// Whether a request parameter of this value could leave out a record that the policy fails on or, where
/// `asks_unknown`, that it does not know. Where that is not certain, it could: only numbers and codes are
/// compared alike everywhere, and a parameter that is not described leaves out anything.
///
/// A field is taken to hold what the schema says that it holds: it is there, and a code is a listed one.
#[must_use]
pub fn may_hide(policy: &Policy, name: &str, value: &str, asks_unknown: bool) -> bool {
    let call = policy.operation.call.as_ref();
    let field = match call.and_then(|call| call.parameter(name)).map(|known| &known.narrows) {
        Some(Narrows::Nothing) => return false,
        Some(Narrows::To(field)) => *field,
        Some(Narrows::Near(_) | Narrows::Unclear) | None => return true,
    };
    // What is left out would have counted.
    if !policy.condition.aggregates().is_empty() {
        return true;
    }
    let schema = &policy.operation.schema;
    let Some(predicate) = left_out(schema, field, value) else { return true };
    let left_out = Condition::Test(Test { predicate, location: policy.rule.clone() });
    let truths = if asks_unknown { Truths::NOT_FALSE } else { Truths::TRUE };
    let goals = vec![
        Goal { condition: &left_out, truths: Truths::TRUE },
        Goal { condition: &policy.condition, truths },
    ];
    !is_impossible(schema, goals, &mut Effort::new(PER_SEARCH))
}

/// What is true of the records that an exact filter leaves out; none where it is not certain which.
fn left_out(schema: &Schema, id: FieldId, value: &str) -> Option<Predicate> {
    let value: i64 = value.parse().ok()?;
    match &schema.field(id).kind {
        Kind::Integer => {
            let end = Bound::Excluded(Number::Integer(value));
            let others = Ranges::new([(Bound::Unbounded, end), (end, Bound::Unbounded)]);
            Some(Predicate::Number(id, others))
        }
        Kind::Code(codes) => {
            let others = codes.iter().map(|code| code.value).filter(|code| *code != value);
            Some(Predicate::Code(id, others.collect()))
        }
        _ => None,
    }
}
