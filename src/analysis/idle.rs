//! An `IdlePart` is a part of a rule that never matters: an alternative that adds no violation, or a condition
//! that keeps nothing from being one. Each part is left out in turn, the last first, and stays out once it is
//! found idle: of two that say the same, one is.

use crate::operation::Schema;
use crate::policy::Condition;
use crate::text::{Location, Span};

use super::effort::{Effort, PER_PART};
use super::search::{Goal, is_impossible};
use super::truth::Truths;

/// A part, and why it never matters.
#[derive(Clone, Debug)]
pub(super) struct IdlePart {
    /// From its first test to its last.
    pub(super) location: Location,
    pub(super) reason: Reason,
    /// Whether the part is the negation of what stands there.
    pub(super) is_negation: bool,
}

/// Why a part never matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// An alternative that is never true.
    NeverHolds,
    /// An alternative without which the rule fires on the same records.
    Covered,
    /// A condition that is never false.
    NeverFails,
    /// A condition without which the rule comes out the same.
    Implied,
}

/// The idle parts of a condition, in the order in which they were written, and what is left without them.
pub(super) fn without_idle_parts(
    schema: &Schema,
    condition: &Condition,
) -> (Vec<IdlePart>, Condition) {
    let mut walk = Walk { schema, rest: condition.clone(), path: Vec::new(), found: Vec::new() };
    walk.parts();
    walk.found.reverse();
    (walk.found, walk.rest)
}

/// How the parts beside a path must come out for a part at its end to matter: those of which all must hold, and
/// those of which one is enough.
const DECIDES_VIOLATION: [Truths; 2] = [Truths::TRUE, Truths::NOT_TRUE];
const DECIDES_PASS: [Truths; 2] = [Truths::NOT_FALSE, Truths::FALSE];

struct Walk<'s> {
    schema: &'s Schema,
    /// The condition without the parts that were found.
    rest: Condition,
    /// Where the walk is.
    path: Vec<usize>,
    found: Vec<IdlePart>,
}

impl Walk<'_> {
    /// Goes through the parts of what is at the path.
    fn parts(&mut self) {
        let parts = match at(&self.rest, &self.path) {
            Some(Condition::All(parts) | Condition::Any(parts)) => parts.len(),
            Some(Condition::Not(_)) => {
                self.path.push(0);
                self.parts();
                self.path.pop();
                return;
            }
            Some(Condition::Test(_)) | None => return,
        };
        for index in (0..parts).rev() {
            self.path.push(index);
            match self.idle() {
                Some((part, without)) => {
                    put(&mut self.rest, &self.path, without);
                    self.found.push(part);
                }
                None => self.parts(),
            }
            self.path.pop();
        }
    }

    /// The part at the path, if it is idle, and what can stand in its place.
    fn idle(&self) -> Option<(IdlePart, Condition)> {
        let (parent, part) = (self.path.split_last()?.1, at(&self.rest, &self.path)?);
        let is_any = matches!(at(&self.rest, parent)?, Condition::Any(_));
        let is_turned = is_turned(&self.rest, &self.path);
        let reason = if is_any == is_turned { self.clause() } else { self.alternative() }?;
        let is_negation = matches!(part, Condition::Not(_));
        let part = IdlePart { location: location(part)?, reason, is_negation };
        let none = Vec::new();
        Some((part, if is_any { Condition::Any(none) } else { Condition::All(none) }))
    }

    /// Why an alternative adds no violation.
    fn alternative(&self) -> Option<Reason> {
        if !self.is_impossible(Truths::TRUE, Some(DECIDES_VIOLATION)) {
            return None;
        }
        let never_holds = self.is_impossible(Truths::TRUE, None);
        Some(if never_holds { Reason::NeverHolds } else { Reason::Covered })
    }

    /// Why a condition keeps nothing from being a violation. What makes unknown of true, or false of unknown,
    /// matters.
    fn clause(&self) -> Option<Reason> {
        if self.is_impossible(Truths::FALSE, None) {
            return Some(Reason::NeverFails);
        }
        let is_implied = self.is_impossible(Truths::NOT_TRUE, Some(DECIDES_VIOLATION))
            && self.is_impossible(Truths::FALSE, Some(DECIDES_PASS));
        is_implied.then_some(Reason::Implied)
    }

    /// Whether the part at the path never has the truths where the parts beside the path have theirs.
    fn is_impossible(&self, truths: Truths, beside: Option<[Truths; 2]>) -> bool {
        let mut goals = Vec::new();
        let (mut condition, mut is_turned) = (&self.rest, false);
        for index in &self.path {
            let (parts, is_any) = match condition {
                Condition::All(parts) => (parts.as_slice(), false),
                Condition::Any(parts) => (parts.as_slice(), true),
                Condition::Not(part) => {
                    condition = part;
                    is_turned = !is_turned;
                    continue;
                }
                Condition::Test(_) => return false,
            };
            let Some(next) = parts.get(*index) else { return false };
            if let Some([all, any]) = beside {
                let truths = turned(if is_any == is_turned { all } else { any }, is_turned);
                let others = parts.iter().enumerate().filter(|(other, _)| other != index);
                goals.extend(others.map(|(_, condition)| Goal { condition, truths }));
            }
            condition = next;
        }
        goals.push(Goal { condition, truths: turned(truths, is_turned) });
        is_impossible(self.schema, goals, &mut Effort::new(PER_PART))
    }
}

fn turned(truths: Truths, is_turned: bool) -> Truths {
    if is_turned { truths.negated() } else { truths }
}

/// The part at a path.
fn at<'c>(condition: &'c Condition, path: &[usize]) -> Option<&'c Condition> {
    let Some((index, path)) = path.split_first() else { return Some(condition) };
    match condition {
        Condition::All(parts) | Condition::Any(parts) => at(parts.get(*index)?, path),
        Condition::Not(part) => at(part, path),
        Condition::Test(_) => None,
    }
}

/// Whether an odd number of negations stands above what is at a path.
fn is_turned(condition: &Condition, path: &[usize]) -> bool {
    let lengths = 0..path.len();
    let above = lengths.filter_map(|length| at(condition, path.get(..length)?));
    above.filter(|part| matches!(part, Condition::Not(_))).count() % 2 == 1
}

/// Puts a part in the place of another.
fn put(condition: &mut Condition, path: &[usize], part: Condition) {
    let Some((index, path)) = path.split_first() else {
        *condition = part;
        return;
    };
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            if let Some(place) = parts.get_mut(*index) {
                put(place, path, part);
            }
        }
        Condition::Not(place) => put(place, path, part),
        Condition::Test(_) => {}
    }
}

/// From the first test of a part to its last.
fn location(part: &Condition) -> Option<Location> {
    let mut whole: Option<Location> = None;
    part.each_test(&mut |test| {
        let next = &test.location;
        whole = Some(whole.take().map_or_else(
            || next.clone(),
            |whole| {
                let start = whole.span.start.min(next.span.start);
                whole.at(Span::new(start, whole.span.end.max(next.span.end)))
            },
        ));
    });
    whole
}
