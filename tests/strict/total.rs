//! Aggregates over a snapshot, as ranges: unknown values and missing records widen them.

use crate::exact::Exact;
use crate::fields::{self, Kind, Value};
use crate::json::Json;
use crate::judge::{Judge, Truth, all, any, not, ordered, quantity};
use crate::policy::{Condition, Measure, Operand, Operator, Policy};

/// From a least to a greatest number; no greatest one is known if records may be missing.
#[derive(Clone, Debug)]
struct Range {
    least: Exact,
    most: Option<Exact>,
}

/// Records of one snapshot, each with its contents, and whether these are all.
pub struct Rows<'r> {
    pub records: &'r [Vec<Json>],
    pub are_all: bool,
}

/// Returns whether a policy judges a snapshot as a whole.
pub fn is_total(policy: &Policy) -> bool {
    policy.condition.iter().chain(&policy.unless).any(asks_total)
}

fn asks_total(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(asks_total),
        Condition::Not(part) => asks_total(part),
        Condition::Compare(left, _, right) => {
            [left, right].iter().any(|side| matches!(side, Operand::Aggregate(..)))
        }
        _ => false,
    }
}

/// Returns whether a snapshot violates a policy with aggregates. The subject restricts the records
/// that are counted.
pub fn violates(judge: &Judge, policy: &Policy, rows: &Rows) -> Truth {
    let holds = |part: &Condition| holds(judge, policy, (part, rows));
    all([
        policy.condition.as_ref().map_or(Some(true), holds),
        policy.unless.as_ref().map_or(Some(true), |part| not(holds(part))),
    ])
}

fn holds(judge: &Judge, policy: &Policy, of: (&Condition, &Rows)) -> Truth {
    let (condition, rows) = of;
    let part = |part: &Condition| holds(judge, policy, (part, rows));
    match condition {
        Condition::All(parts) => all(parts.iter().map(part)),
        Condition::Any(parts) => any(parts.iter().map(part)),
        Condition::Not(inner) => not(part(inner)),
        Condition::Compare(
            Operand::Aggregate(measure, filter),
            operator,
            Operand::Number(limit),
        ) => {
            let counts = |record: &Json| {
                let filter = filter.as_ref().map_or(Some(true), |f| judge.holds(f, record));
                all([judge.subject(&policy.subject, record), filter])
            };
            let range = range(measure, rows, &counts);
            compare(&range, *operator, &quantity(limit).unwrap())
        }
        _ => panic!("aggregates are compared with numbers here: {condition:?}"),
    }
}

fn compare(range: &Range, operator: Operator, limit: &Exact) -> Truth {
    let least = range.least.order(limit);
    let most = range.most.as_ref().map(|most| most.order(limit));
    match operator {
        Operator::Greater | Operator::AtLeast => {
            if ordered(least, operator) {
                return Some(true);
            }
            most.filter(|most| !ordered(*most, operator)).map(|_| false)
        }
        Operator::Less => not(compare(range, Operator::AtLeast, limit)),
        Operator::AtMost => not(compare(range, Operator::Greater, limit)),
        Operator::Equal => {
            let outside = least.is_gt() || most.is_some_and(|most| most.is_lt());
            let is_exact = least.is_eq() && most.is_some_and(|most| most.is_eq());
            if outside { Some(false) } else { is_exact.then_some(true) }
        }
        Operator::Unequal => not(compare(range, Operator::Equal, limit)),
        _ => panic!("{operator:?} does not compare aggregates"),
    }
}

fn range(measure: &Measure, rows: &Rows, counts: &dyn Fn(&Json) -> Truth) -> Range {
    let mut range = match measure {
        Measure::Count => count(rows.records, counts),
        Measure::Sum(field) => sum(field, rows.records, counts),
        Measure::Distinct(field) => distinct(field, rows.records, counts),
    };
    if !rows.are_all {
        range.most = match measure {
            Measure::Distinct(field) => domain(field),
            _ => None,
        };
    }
    range
}

/// A record with several contents is at least one of them, and at most as many records.
fn count(records: &[Vec<Json>], counts: &dyn Fn(&Json) -> Truth) -> Range {
    let (mut certain, mut possible) = (0, 0);
    for contents in records {
        certain += i128::from(contents.iter().all(|content| counts(content) == Some(true)));
        possible += contents.iter().filter(|content| counts(content) != Some(false)).count();
    }
    Range { least: Exact::integer(certain), most: Some(Exact::integer(possible as i128)) }
}

fn sum(field: &str, records: &[Vec<Json>], counts: &dyn Fn(&Json) -> Truth) -> Range {
    let mut range = Range { least: Exact::integer(0), most: Some(Exact::integer(0)) };
    for contents in records {
        let mut least: Option<Exact> = None;
        for content in contents {
            // No field that is summed here is ever negative.
            let (value, most) = match (counts(content), fields::read(content, field)) {
                (Some(false), _) => (Exact::integer(0), Some(Exact::integer(0))),
                (Some(true), Value::Number(value)) => (value.clone(), Some(value)),
                (None, Value::Number(value)) => (Exact::integer(0), Some(value)),
                _ => (Exact::integer(0), greatest(field)),
            };
            range.most = range.most.zip(most).map(|(sum, most)| sum.add(&most));
            least = Some(least.filter(|least| least.order(&value).is_le()).unwrap_or(value));
        }
        range.least = range.least.add(&least.unwrap());
    }
    range
}

/// Returns the greatest value of a field, if it has one.
fn greatest(field: &str) -> Option<Exact> {
    match fields::kind(field) {
        Some(Kind::Integer { most }) => most.map(|most| Exact::integer(most.into())),
        Some(Kind::Percent) => Some(Exact::integer(100)),
        _ => None,
    }
}

/// Returns the number of values that a field can have, if there is a bound.
fn domain(field: &str) -> Option<Exact> {
    match fields::kind(field) {
        Some(Kind::Integer { most }) => most.map(|most| Exact::integer(i128::from(most) + 1)),
        _ => None,
    }
}

fn distinct(field: &str, records: &[Vec<Json>], counts: &dyn Fn(&Json) -> Truth) -> Range {
    let (mut certain, mut possible) = (Vec::new(), Vec::new());
    let (mut is_certain, mut unknown) = (false, 0);
    for contents in records {
        let counting: Vec<&Json> =
            contents.iter().filter(|content| counts(content) != Some(false)).collect();
        let keys: Vec<Option<String>> =
            counting.iter().map(|content| key(&fields::read(content, field))).collect();
        unknown += keys.iter().filter(|key| key.is_none()).count();
        possible.extend(keys.iter().flatten().cloned());
        if contents.iter().all(|content| counts(content) == Some(true)) {
            is_certain = true;
            let is_one = keys.iter().all(|key| *key == keys[0]);
            certain.extend(keys[0].clone().filter(|_| is_one));
        }
    }
    for keys in [&mut certain, &mut possible] {
        keys.sort();
        keys.dedup();
    }
    Range {
        least: Exact::integer(certain.len().max(usize::from(is_certain)) as i128),
        most: Some(Exact::integer((possible.len() + unknown) as i128)),
    }
}

/// Returns a text that is the same for equal values, and `None` of an unknown one.
fn key(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => number.to_integer().map(|number| number.to_string()),
        Value::Code(code) => Some(code.to_string()),
        Value::Text(text) => Some(text.to_lowercase()),
        _ => None,
    }
}
