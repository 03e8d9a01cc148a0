//! The domain of a field: finitely many values that stand for all of them as far as the facts at
//! hand can tell. Numbers fall apart at the ends of the ranges that are asked for, addresses at the
//! ends of blocks; of the many lists that could agree, the one with the fewest names stands for all.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Bound;

use crate::json::Number;
use crate::operation::{Field, Kind};
use crate::policy::{Predicate, TextTest};

use super::effort::{Effort, Exhausted};
use super::truth::Truths;
use super::value::{Members, Value, ask, is_unidentified};

/// A predicate, and the truths that are wanted of it.
pub(super) type Want<'a> = (&'a Predicate, Truths);

/// A value of the field on which every predicate has a wanted truth. Each predicate comes once.
pub(super) fn find(
    field: &Field,
    wants: &[Want<'_>],
    effort: &mut Effort,
) -> Result<Option<Value>, Exhausted> {
    for (predicate, _) in wants {
        effort.spend(weight(predicate))?;
    }
    for value in values(field, wants) {
        if agrees(field, &value, wants, effort)? {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

fn agrees(
    field: &Field,
    value: &Value,
    wants: &[Want<'_>],
    effort: &mut Effort,
) -> Result<bool, Exhausted> {
    for (predicate, truths) in wants {
        effort.spend(weight(predicate))?;
        if !ask(predicate, field, value).meets(*truths) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How much one question costs, in comparisons.
fn weight(predicate: &Predicate) -> usize {
    match predicate {
        Predicate::Number(_, ranges) => ranges.as_slice().len().max(1),
        Predicate::Member(_, names) | Predicate::Text(_, TextTest::OneOf(names)) => {
            names.len().max(1)
        }
        Predicate::Address(_, blocks) => blocks.len().max(1),
        _ => 1,
    }
}

fn values(field: &Field, wants: &[Want<'_>]) -> Vec<Value> {
    let mut values = match &field.kind {
        Kind::Integer | Kind::Bytes | Kind::Decimal | Kind::Percent | Kind::Time => {
            numbers(field, wants)
        }
        Kind::Code(codes) => {
            codes.iter().map(|code| Value::Code(code.value)).chain([Value::UnlistedCode]).collect()
        }
        Kind::Text => texts(wants),
        Kind::TextList => lists(field, wants),
        Kind::Boolean => vec![Value::Boolean(false), Value::Boolean(true)],
        Kind::Address => addresses(wants),
    };
    values.push(Value::Absent);
    values
}

/// Every end of a range, and one number between each two.
fn numbers(field: &Field, wants: &[Want<'_>]) -> Vec<Value> {
    let is_whole = matches!(field.kind, Kind::Integer | Kind::Bytes);
    let (least, greatest) = match field.range {
        Some((least, greatest)) => (Number::Integer(least), Number::Integer(greatest)),
        None if is_whole => (Number::Integer(i64::MIN), Number::Integer(i64::MAX)),
        None => (Number::LEAST, Number::GREATEST),
    };
    let ends = wants.iter().flat_map(|(predicate, _)| match predicate {
        Predicate::Number(_, ranges) => ranges.as_slice(),
        _ => &[],
    });
    let ends: BTreeSet<Number> = ends
        .flat_map(|(low, high)| [*low, *high])
        .filter_map(|bound| match bound {
            Bound::Included(number) | Bound::Excluded(number) => Some(number),
            Bound::Unbounded => None,
        })
        .chain([least, greatest])
        .filter(|end| (least..=greatest).contains(end))
        .collect();
    let between = ends
        .iter()
        .zip(ends.iter().skip(1))
        .filter_map(|(low, high)| between(*low, *high, is_whole));
    ends.iter()
        .copied()
        .filter(|end| if is_whole { matches!(end, Number::Integer(_)) } else { end.is_decimal() })
        .chain(between)
        .map(Value::Number)
        .collect()
}

/// The number with the fewest decimal places strictly between two others, if there is one.
fn between(low: Number, high: Number, is_whole: bool) -> Option<Number> {
    let below = low.floor().max(i128::from(i64::MIN) - 1);
    let next = Number::ratio(below + 1, 1).filter(|next| *next < high);
    if next.is_some() || is_whole {
        return next;
    }
    let ten = Number::Integer(10);
    let (mut below, mut step) = (Number::ratio(below, 1)?, Number::Integer(1));
    loop {
        // Ends where a place is beyond what evidence can say.
        step = step.over(ten).filter(|step| step.is_decimal())?;
        let mut next = below.plus(step)?;
        while next <= low {
            below = next;
            next = below.plus(step)?;
        }
        if next < high {
            return Some(next);
        }
    }
}

/// Every text that is named, the empty one, and one that is not named.
fn texts(wants: &[Want<'_>]) -> Vec<Value> {
    let named: BTreeSet<&String> = wants
        .iter()
        .flat_map(|(predicate, _)| match predicate {
            Predicate::Text(_, TextTest::OneOf(names)) => Some(names),
            _ => None,
        })
        .flatten()
        .filter(|name| !name.is_empty())
        .collect();
    named
        .into_iter()
        .map(|name| Value::Text(name.clone()))
        .chain([Value::OtherText, Value::Text(String::new())])
        .collect()
}

/// The smallest list that may agree without a member that is not identified, and the one with.
fn lists(field: &Field, wants: &[Want<'_>]) -> Vec<Value> {
    let mut forbidden = BTreeSet::new();
    for (predicate, truths) in wants {
        if let Predicate::Member(_, names) = predicate
            && !truths.meets(Truths::TRUE)
        {
            forbidden.extend(names);
        }
    }
    [false, true]
        .into_iter()
        .map(|has_unidentified| Members {
            names: needed(field, wants, &forbidden, has_unidentified),
            has_other: !has_unidentified && must_hold_something(wants),
            has_unidentified,
        })
        .map(Value::List)
        .collect()
}

/// One name for each question that only a name can answer; none where all are forbidden.
fn needed(
    field: &Field,
    wants: &[Want<'_>],
    forbidden: &BTreeSet<&String>,
    has_unidentified: bool,
) -> BTreeSet<String> {
    let without = if has_unidentified { Truths::UNKNOWN } else { Truths::FALSE };
    let is_named = |name: &&String| !is_unidentified(field, name) && !forbidden.contains(*name);
    wants
        .iter()
        .filter_map(|(predicate, truths)| match predicate {
            Predicate::Member(_, names) if !truths.meets(without) => Some(names),
            _ => None,
        })
        .filter(|names| {
            !(has_unidentified && names.iter().any(|name| is_unidentified(field, name)))
        })
        .filter_map(|names| names.iter().find(is_named))
        .cloned()
        .collect()
}

fn must_hold_something(wants: &[Want<'_>]) -> bool {
    wants.iter().any(|(predicate, truths)| match predicate {
        Predicate::Empty(_) => !truths.meets(Truths::TRUE),
        Predicate::Text(..) => !truths.meets(Truths::FALSE),
        _ => false,
    })
}

/// Both ends of the address space, the first address of every block, and the one after its last.
fn addresses(wants: &[Want<'_>]) -> Vec<Value> {
    let blocks = wants.iter().filter_map(|(predicate, _)| match predicate {
        Predicate::Address(_, blocks) => Some(blocks),
        _ => None,
    });
    let ends = blocks.flatten().flat_map(|block| [Some(block.network()), after(block.broadcast())]);
    [Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), Some(IpAddr::V6(Ipv6Addr::UNSPECIFIED))]
        .into_iter()
        .chain(ends)
        .flatten()
        .collect::<BTreeSet<IpAddr>>()
        .into_iter()
        .map(Value::Address)
        .collect()
}

fn after(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => {
            u32::from(address).checked_add(1).map(|next| IpAddr::V4(next.into()))
        }
        IpAddr::V6(address) => {
            u128::from(address).checked_add(1).map(|next| IpAddr::V6(next.into()))
        }
    }
}
