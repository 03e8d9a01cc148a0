//! A `Mutant` is a policy's condition with one part changed. Cases that come out the same for it do
//! not say what that part is for.

use std::ops::Bound;

use crate::json::Number;
use crate::policy::{Condition, Predicate, Ranges, Test};
use crate::text::Location;

/// Mutants of one policy at most; one with so many parts says nothing that its cases could all show.
pub const MAX_MUTANTS: usize = 256;

/// A condition with one part changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The whole, changed.
    pub condition: Condition,
    /// The words of the part that was changed.
    pub part: Location,
    /// What became of the part.
    pub change: Change,
}

/// What becomes of one comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It always holds.
    AlwaysTrue,
    /// It never holds.
    AlwaysFalse,
    /// A number at the end of a range, which it took, is left out; or the other way round.
    End(Number),
    /// A code that it took is left out.
    Without(i64),
}

/// Every mutant of a condition, in the order in which it was written.
#[must_use]
pub fn mutants(condition: &Condition) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    each(condition, &|condition| condition, &mut mutants);
    mutants.truncate(MAX_MUTANTS);
    mutants
}

/// Collects the mutants of a part; `whole` puts a changed part in its place.
fn each(part: &Condition, whole: &dyn Fn(Condition) -> Condition, mutants: &mut Vec<Mutant>) {
    match part {
        Condition::Test(test) => {
            mutants.extend(changes(test).into_iter().map(|(change, changed)| Mutant {
                condition: whole(changed),
                part: test.location.clone(),
                change,
            }));
        }
        Condition::Not(inner) => {
            each(inner, &|changed| whole(Condition::Not(Box::new(changed))), mutants);
        }
        Condition::All(parts) | Condition::Any(parts) => {
            for (index, inner) in parts.iter().enumerate() {
                let in_place = |changed: Condition| {
                    let mut parts = parts.clone();
                    if let Some(place) = parts.get_mut(index) {
                        *place = changed;
                    }
                    whole(match part {
                        Condition::Any(_) => Condition::Any(parts),
                        _ => Condition::All(parts),
                    })
                };
                each(inner, &in_place, mutants);
            }
        }
    }
}

/// What can become of one comparison.
fn changes(test: &Test) -> Vec<(Change, Condition)> {
    let with = |predicate| Condition::Test(Test { predicate, location: test.location.clone() });
    let mut changes = vec![
        (Change::AlwaysTrue, Condition::All(Vec::new())),
        (Change::AlwaysFalse, Condition::Any(Vec::new())),
    ];
    match &test.predicate {
        Predicate::Number(field, ranges) => {
            for (number, moved) in ends(ranges) {
                changes.push((Change::End(number), with(Predicate::Number(*field, moved))));
            }
        }
        Predicate::Code(field, codes) if codes.len() > 1 => {
            for code in codes {
                let rest = codes.iter().filter(|other| *other != code).copied().collect();
                changes.push((Change::Without(*code), with(Predicate::Code(*field, rest))));
            }
        }
        _ => {}
    }
    changes
}

/// For each end of a range, its number, and the ranges with that number taken or left out.
fn ends(ranges: &Ranges) -> Vec<(Number, Ranges)> {
    let slice = ranges.as_slice();
    let mut moved = Vec::new();
    for (index, (low, high)) in slice.iter().enumerate() {
        // Of a single number there is nothing left without it: that is `AlwaysFalse`.
        if low == high {
            continue;
        }
        for (number, changed) in [(*low, (turned(*low), *high)), (*high, (*low, turned(*high)))] {
            let (Bound::Included(number) | Bound::Excluded(number)) = number else { continue };
            let others = slice.iter().enumerate().filter(|(other, _)| *other != index);
            let ranges = others.map(|(_, range)| *range).chain([changed]);
            moved.push((number, Ranges::new(ranges)));
        }
    }
    moved
}

/// The same end, with its number if it was without, and the other way round.
pub(super) fn turned(bound: Bound<Number>) -> Bound<Number> {
    match bound {
        Bound::Included(number) => Bound::Excluded(number),
        Bound::Excluded(number) => Bound::Included(number),
        Bound::Unbounded => Bound::Unbounded,
    }
}
