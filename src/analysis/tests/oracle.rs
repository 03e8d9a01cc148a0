//! An oracle that tries every record of the small world, and reads policies by the contract alone.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::*;
use crate::analysis::truth::Truths;
use crate::policy::{Comparison, Expression, TextTest};

/// What a field of the small world holds; the flag says whether a value that holds nothing is known.
#[derive(Clone, Debug)]
pub(super) enum Held {
    Absent,
    Number(Number),
    Code(i64),
    List(BTreeSet<&'static str>, bool),
    Text(&'static str, bool),
    Flag(bool),
    Address(IpAddr),
}

#[derive(Clone, Debug)]
pub(super) struct Record {
    fields: Vec<Held>,
    approved: i8,
}

pub(super) const NAMES: [&str; 5] = ["a", "b", "c", "z", "Unknown"];

pub(super) fn world(field: FieldId) -> Vec<Held> {
    let mut values = vec![Held::Absent];
    match field {
        PORT => values.extend((0..=7).map(|n| Held::Number(Number::Integer(n)))),
        HOSTS => values.extend((0..=3).map(|n| Held::Number(Number::Integer(n)))),
        RISK => values.extend([1, 2, 3, 0, -1, 9].map(Held::Code)),
        SERVICES => {
            for bits in 0..32_u8 {
                let names = NAMES.into_iter().enumerate();
                let names: BTreeSet<_> =
                    names.filter(|(at, _)| bits >> at & 1 == 1).map(|(_, name)| name).collect();
                if bits & 0b1111 == 0 {
                    values.push(Held::List(names.clone(), false));
                }
                values.push(Held::List(names, true));
            }
        }
        SHARE => values.extend((-9..=35).map(|quarters| Held::Number(quarter(quarters)))),
        NAME => {
            values.push(Held::Text("", false));
            values.extend(["", "x", "y", "xy", "w"].map(|text| Held::Text(text, true)));
        }
        OPEN => values.extend([true, false].map(Held::Flag)),
        _ => {
            let addresses = (0..=9).map(|last| format!("10.0.0.{last}"));
            let others = ["0.0.0.0", "::", "2001:db8::1"].map(str::to_owned);
            let all = addresses.chain(others);
            values.extend(all.map(|text| Held::Address(text.parse().unwrap())));
        }
    }
    values
}

/// A number of quarters.
pub(super) fn quarter(quarters: i64) -> Number {
    Number::ratio(quarters.into(), 4).unwrap()
}

/// False, unknown and true as -1, 0 and 1.
pub(super) fn judge(condition: &Condition, record: &Record) -> i8 {
    match condition {
        Condition::All(parts) => parts.iter().map(|part| judge(part, record)).min().unwrap_or(1),
        Condition::Any(parts) => parts.iter().map(|part| judge(part, record)).max().unwrap_or(-1),
        Condition::Not(part) => -judge(part, record),
        Condition::Test(test) => answer(&test.predicate, record),
    }
}

pub(super) fn truth(holds: bool) -> i8 {
    if holds { 1 } else { -1 }
}

pub(super) fn answer(predicate: &Predicate, record: &Record) -> i8 {
    let held = |id: &FieldId| &record.fields[id.index()];
    match predicate {
        Predicate::Approved => record.approved,
        Predicate::Known(id) => truth(is_known(held(id))),
        Predicate::Number(id, ranges) => match held(id) {
            Held::Number(number) => truth(ranges.contains(*number)),
            _ => 0,
        },
        Predicate::Code(id, wanted) => match held(id) {
            Held::Code(code) if wanted.contains(code) => 1,
            Held::Code(0 | -1 | 9) if !wanted.iter().any(|code| *code < 1) => 0,
            Held::Code(0 | -1 | 9) if wanted.iter().any(|code| *code > 0) => 0,
            Held::Code(_) => -1,
            _ => 0,
        },
        Predicate::Text(id, test) => match held(id) {
            Held::Text(text, _) => truth(passes(test, text)),
            Held::List(names, _) if names.iter().any(|name| passes(test, name)) => 1,
            Held::List(names, _) if names.contains("Unknown") => 0,
            Held::List(..) => -1,
            _ => 0,
        },
        Predicate::Member(id, wanted) => match held(id) {
            Held::List(names, _) if names.iter().any(|name| wanted.contains(*name)) => 1,
            Held::List(names, _) if !names.contains("Unknown") => -1,
            _ => 0,
        },
        // Each element by itself; the least truth decides.
        Predicate::Only(id, wanted) => match held(id) {
            Held::List(names, _) => {
                names.iter().map(|name| is_among(name, wanted)).min().unwrap_or(1)
            }
            _ => 0,
        },
        Predicate::Empty(id) => match held(id) {
            Held::Text(text, _) => truth(text.is_empty()),
            Held::List(names, _) => truth(names.is_empty()),
            _ => 0,
        },
        Predicate::Boolean(id, wanted) => match held(id) {
            Held::Flag(value) => truth(value == wanted),
            _ => 0,
        },
        Predicate::Address(id, blocks) => match held(id) {
            Held::Address(address) => truth(blocks.iter().any(|block| block.contains(address))),
            _ => 0,
        },
        Predicate::Compare(left, comparison, right) => compare(left, *comparison, right, record),
    }
}

fn is_known(held: &Held) -> bool {
    match held {
        Held::Absent | Held::Code(0 | -1 | 9) => false,
        Held::List(_, known) | Held::Text(_, known) => *known,
        _ => true,
    }
}

fn is_among(name: &str, wanted: &BTreeSet<String>) -> i8 {
    match (wanted.contains(name), name) {
        (true, _) => 1,
        (false, "Unknown") => 0,
        (false, _) => -1,
    }
}

pub(super) fn passes(test: &TextTest, text: &str) -> bool {
    match test {
        TextTest::OneOf(texts) => texts.contains(text),
        TextTest::Contains(part) => text.contains(part),
        TextTest::StartsWith(start) => text.starts_with(start),
        TextTest::EndsWith(end) => text.ends_with(end),
        TextTest::Matches(pattern) => pattern.0.is_match(text),
    }
}

pub(super) fn compare(
    left: &Expression,
    comparison: Comparison,
    right: &Expression,
    record: &Record,
) -> i8 {
    let number = |side: &Expression| match side {
        Expression::Field(id) => match record.fields[id.index()] {
            Held::Number(number) => Some(number),
            _ => None,
        },
        Expression::Number(number) => Some(*number),
        Expression::Binary(..) | Expression::Aggregate(_) => None,
    };
    let (Some(left), Some(right)) = (number(left), number(right)) else {
        return 0;
    };
    truth(match comparison {
        Comparison::Equal => left == right,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
    })
}

/// Every record that differs in what the conditions ask about.
pub(super) fn records(conditions: &[&Condition]) -> Vec<Record> {
    let mut asked = BTreeSet::new();
    let mut asks_approval = false;
    for condition in conditions {
        condition.each_test(&mut |test| match &test.predicate {
            Predicate::Approved => asks_approval = true,
            Predicate::Compare(..) => asked.extend([PORT, HOSTS]),
            Predicate::Known(id)
            | Predicate::Number(id, _)
            | Predicate::Code(id, _)
            | Predicate::Text(id, _)
            | Predicate::Member(id, _)
            | Predicate::Only(id, _)
            | Predicate::Empty(id)
            | Predicate::Boolean(id, _)
            | Predicate::Address(id, _) => {
                asked.insert(*id);
            }
        });
    }
    let approvals = if asks_approval { vec![-1, 0, 1] } else { vec![-1] };
    let mut records: Vec<Record> = approvals
        .into_iter()
        .map(|approved| Record { fields: vec![Held::Absent; 8], approved })
        .collect();
    for id in asked {
        let values = world(id);
        records = records
            .into_iter()
            .flat_map(|record| {
                values.iter().map(move |value| {
                    let mut record = record.clone();
                    record.fields[id.index()] = value.clone();
                    record
                })
            })
            .collect();
    }
    records
}

pub(super) fn truths_of(number: i8) -> Truths {
    match number {
        -1 => Truths::FALSE,
        0 => Truths::UNKNOWN,
        _ => Truths::TRUE,
    }
}

/// Every truth that the condition has on some record.
pub(super) fn found(condition: &Condition) -> Truths {
    records(&[condition])
        .iter()
        .map(|record| truths_of(judge(condition, record)))
        .fold(Truths::NONE, |all, one| all | one)
}
