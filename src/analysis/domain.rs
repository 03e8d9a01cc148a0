//! The domain of a field: finitely many values that stand for all of them as far as the facts at
//! hand can tell. Numbers fall apart at the ends of the ranges that are asked for, addresses at the
//! ends of blocks; of the many lists that could agree, the one with the fewest names stands for all.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Bound;
use std::sync::LazyLock;

use regex::Regex;

use crate::json::Number;
use crate::operation::{Field, Kind};
use crate::policy::{Pattern, Predicate, TextTest};

use super::effort::{Effort, Exhausted};
use super::text;
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
    for value in values(field, wants, effort)? {
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
        Predicate::Member(_, names)
        | Predicate::Only(_, names)
        | Predicate::Text(_, TextTest::OneOf(names)) => names.len().max(1),
        Predicate::Address(_, blocks) => blocks.len().max(1),
        _ => 1,
    }
}

fn values<'a>(
    field: &'a Field,
    wants: &[Want<'a>],
    effort: &mut Effort,
) -> Result<Vec<Value>, Exhausted> {
    let mut values = match &field.kind {
        Kind::Integer | Kind::Bytes | Kind::Decimal | Kind::Percent | Kind::Time => {
            numbers(field, wants)
        }
        Kind::Code(codes) => {
            codes.iter().map(|code| Value::Code(code.value)).chain([Value::UnlistedCode]).collect()
        }
        Kind::Text => texts(field, wants, effort)?,
        Kind::TextList => lists(field, wants, effort)?,
        Kind::Boolean => vec![Value::Boolean(false), Value::Boolean(true)],
        Kind::Address => addresses(wants),
    };
    values.push(Value::Absent);
    Ok(values)
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

/// Every text that is named, the empty one, and one that is not named; where more is asked than names, one
/// that every test judges as wanted.
fn texts(field: &Field, wants: &[Want<'_>], effort: &mut Effort) -> Result<Vec<Value>, Exhausted> {
    let is_part = |(predicate, _): &Want<'_>| matches!(predicate, Predicate::Text(_, test) if !matches!(test, TextTest::OneOf(_)));
    if wants.iter().any(is_part) {
        let is_free = |truths: Truths| truths.meets(Truths::TRUE) && truths.meets(Truths::FALSE);
        let decided = wants.iter().filter(|(_, truths)| !is_free(*truths));
        let wanted: Vec<_> = decided
            .filter_map(|(predicate, truths)| {
                Some((element_test(predicate)?, truths.meets(Truths::TRUE)))
            })
            .chain(name_test().filter(|_| field.has_names()))
            .collect();
        let found = text::find(field, &wanted, effort)?;
        // An empty name is there, and says nothing.
        let empty = field.has_names().then(String::new);
        return Ok(found.into_iter().chain(empty).map(Value::Text).collect());
    }
    let named: BTreeSet<&String> = wants
        .iter()
        .flat_map(|(predicate, _)| match predicate {
            Predicate::Text(_, TextTest::OneOf(names)) => Some(names),
            _ => None,
        })
        .flatten()
        .filter(|name| !name.is_empty())
        .collect();
    Ok(named
        .into_iter()
        .map(|name| Value::Text(name.clone()))
        .chain([Value::OtherText, Value::Text(String::new())])
        .collect())
}

/// A name as evidence spells one, except that any character beyond ASCII is taken for one that shows.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let letter = r#"[^\x00-\x20\x7f"'`()\[\]{}<>,;|]"#;
    Regex::new(&format!(r"\A{letter}(?:(?:{letter}| )*{letter})?\z")).ok()
});

/// Passed by names alone.
fn name_test() -> Option<text::Wanted> {
    NAME.clone().map(|name| (TextTest::Matches(Pattern(name)), true))
}

/// The smallest list that may agree without a member that is not identified, and the one with.
fn lists<'a>(
    field: &'a Field,
    wants: &[Want<'a>],
    effort: &mut Effort,
) -> Result<Vec<Value>, Exhausted> {
    let elements = Elements::new(field, wants);
    let mut lists = Vec::new();
    for has_unidentified in [false, true] {
        if let Some(members) = elements.smallest(has_unidentified, effort)? {
            lists.push(Value::List(members));
        }
    }
    Ok(lists)
}

/// What is wanted of the elements of a list.
struct Elements<'a> {
    field: &'a Field,
    /// Predicates on single elements, with the truths that are wanted of each.
    wanted: Vec<Want<'a>>,
    /// Sets outside of which the list holds nothing.
    allowed: Vec<&'a BTreeSet<String>>,
    /// Whether an element must be there, whatever it is.
    is_not_empty: bool,
    /// Whether more is asked than names.
    has_parts: bool,
}

impl<'a> Elements<'a> {
    fn new(field: &'a Field, wants: &[Want<'a>]) -> Self {
        let is_part = |(predicate, _): &Want<'_>| matches!(predicate, Predicate::Text(..));
        let is_asked = |want: &Want<'_>| {
            is_part(want) || matches!(want.0, Predicate::Member(..) | Predicate::Only(..))
        };
        let allowed = |(predicate, truths): &Want<'a>| match predicate {
            Predicate::Only(_, names) if !truths.meets(Truths::FALSE) => Some(names),
            _ => None,
        };
        Self {
            field,
            wanted: wants.iter().copied().filter(is_asked).collect(),
            allowed: wants.iter().filter_map(allowed).collect(),
            is_not_empty: wants.iter().any(|(predicate, truths)| {
                matches!(predicate, Predicate::Empty(_)) && !truths.meets(Truths::TRUE)
            }),
            has_parts: wants.iter().any(is_part),
        }
    }

    /// A list with one element for each predicate that needs one; none if an element is impossible.
    fn smallest(
        &self,
        has_unidentified: bool,
        effort: &mut Effort,
    ) -> Result<Option<Members>, Exhausted> {
        let mut members = Members { has_unidentified, ..Members::default() };
        let without = Value::List(members.clone());
        for (predicate, truths) in &self.wanted {
            if truths.meets(ask(predicate, self.field, &without)) {
                continue;
            }
            if matches!(predicate, Predicate::Only(..)) && self.takes_any_name() {
                members.has_other = true;
            } else {
                let Some(name) = self.element(Some(predicate), effort)? else { return Ok(None) };
                members.names.insert(name);
            }
        }
        if self.is_not_empty && members.is_empty() {
            members.has_other = self.takes_any_name();
            if !members.has_other {
                let Some(name) = self.element(None, effort)? else { return Ok(None) };
                members.names.insert(name);
            }
        }
        Ok(Some(members))
    }

    /// Whether a name that no predicate mentions may be in the list.
    fn takes_any_name(&self) -> bool {
        !self.has_parts && self.allowed.is_empty()
    }

    /// A name that satisfies a predicate, and no predicate that must not hold.
    fn element(
        &self,
        predicate: Option<&Predicate>,
        effort: &mut Effort,
    ) -> Result<Option<String>, Exhausted> {
        let denied = self.wanted.iter().filter(|(predicate, truths)| {
            !truths.meets(Truths::TRUE) && !matches!(predicate, Predicate::Only(..))
        });
        let mut denied = denied.map(|(predicate, _)| *predicate);
        if let (Some(Predicate::Member(_, names)), false) = (predicate, self.has_parts) {
            let is_denied = |name: &String| {
                denied.clone().any(
                    |denied| matches!(denied, Predicate::Member(_, names) if names.contains(name)),
                )
            };
            effort.spend(names.len() * self.wanted.len())?;
            let mut names = names.iter();
            let is_allowed = |name: &String| self.allowed.iter().all(|set| set.contains(name));
            let name = names.find(|name| {
                !is_unidentified(self.field, name) && !is_denied(name) && is_allowed(name)
            });
            return Ok(name.cloned());
        }
        let unidentified = self.field.unknown_members.iter().map(|name| self.field.compared(name));
        let is_only = matches!(predicate, Some(Predicate::Only(..)));
        let asked = predicate.into_iter().filter_map(element_test).map(|test| (test, !is_only));
        let denied = denied.by_ref().filter_map(element_test).map(|test| (test, false));
        let allowed = self.allowed.iter().map(|set| (TextTest::OneOf((*set).clone()), true));
        let tests = asked.chain(denied).chain(allowed).chain(name_test());
        let tests = tests.chain([(TextTest::OneOf(unidentified.collect()), false)]);
        text::find(self.field, &tests.collect::<Vec<_>>(), effort)
    }
}

/// What a predicate asks of a text, or of each element of a list.
fn element_test(predicate: &Predicate) -> Option<TextTest> {
    match predicate {
        Predicate::Empty(_) => Some(TextTest::OneOf(BTreeSet::from([String::new()]))),
        Predicate::Member(_, names) | Predicate::Only(_, names) => {
            Some(TextTest::OneOf(names.clone()))
        }
        Predicate::Text(_, test) => Some(test.clone()),
        _ => None,
    }
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
