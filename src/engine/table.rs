//! A `Block` answers up to 64 predicates on one field by one look-up: what each distinct value makes
//! of all of them is worked out when the program is compiled.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::ops::Bound;

use foldhash::fast::FixedState;
use ipnet::IpNet;

use crate::json::Number;
use crate::operation::Field;
use crate::policy::{Predicate, Ranges, TextTest};

use super::patterns::{Patterns, TooLarge};
use super::truth::Truth;

/// Truth of up to 64 predicates: a bit in `holds` is true, in `unknown` unknown, in neither false.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) holds: u64,
    pub(crate) unknown: u64,
}

impl Word {
    /// The truth of one predicate.
    #[inline]
    pub(crate) fn truth(self, mask: u64) -> Truth {
        if self.holds & mask != 0 {
            Truth::True
        } else if self.unknown & mask != 0 {
            Truth::Unknown
        } else {
            Truth::False
        }
    }
}

/// Up to 64 predicates on one field, bit by bit.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Predicates that ask whether the field is known: definite, whatever came.
    known: u64,
    /// All the others.
    asked: u64,
    empty: u64,
    numbers: Numbers,
    codes: Vec<(i64, Word)>,
    /// The word of a code that the schema does not list.
    unlisted: Word,
    names: HashMap<Box<str>, u64, FixedState>,
    /// What texts begin or end with, where case counts: no automaton is asked for these.
    starts: Vec<(Box<str>, u64)>,
    ends: Vec<(Box<str>, u64)>,
    /// Predicates that name a member that stands for "not identified".
    unidentified: u64,
    /// Predicates that no element outside of their names may contradict.
    only: u64,
    pub(super) patterns: Option<Patterns>,
    when_true: u64,
    when_false: u64,
    addresses: Vec<(IpNet, u64)>,
}

/// Truth by interval: cell `2i + 1` is the point `i`, cell `2i` what lies before it.
#[derive(Debug, Default)]
struct Numbers {
    points: Vec<Number>,
    /// The points, where all of them are integers.
    whole: Option<Vec<i64>>,
    cells: Vec<u64>,
}

impl Block {
    /// The block of predicates that all ask the same field.
    pub(crate) fn new(field: &Field, predicates: &[&Predicate]) -> Result<Self, TooLarge> {
        let mut block = Self::default();
        let mut ranges = Vec::new();
        let mut codes = Vec::new();
        let mut patterns = Vec::new();
        for (index, predicate) in predicates.iter().enumerate() {
            let bit = 1_u64 << index;
            block.asked |= bit;
            match *predicate {
                Predicate::Known(_) => block.known |= bit,
                Predicate::Empty(_) => block.empty |= bit,
                Predicate::Number(_, within) => ranges.push((bit, within)),
                Predicate::Code(_, within) => codes.push((bit, within)),
                Predicate::Member(_, names) => block.add_names(field, bit, names),
                Predicate::Only(_, names) => {
                    block.only |= bit;
                    block.add_names(field, bit, names);
                }
                Predicate::Text(_, TextTest::OneOf(names)) => block.add_names(field, bit, names),
                Predicate::Text(_, TextTest::StartsWith(start)) if !field.ignores_case => {
                    block.starts.push((start.as_str().into(), bit));
                }
                Predicate::Text(_, TextTest::EndsWith(end)) if !field.ignores_case => {
                    block.ends.push((end.as_str().into(), bit));
                }
                Predicate::Text(_, test) => patterns.push((bit, test)),
                Predicate::Boolean(_, true) => block.when_true |= bit,
                Predicate::Boolean(_, false) => block.when_false |= bit,
                Predicate::Address(_, nets) => block.add_addresses(bit, nets),
                Predicate::Approved | Predicate::Compare(..) => {}
            }
        }
        block.asked &= !block.known;
        block.numbers = Numbers::new(&ranges);
        block.codes = block.code_words(field, &codes);
        block.unlisted =
            Word { holds: 0, unknown: block.asked & !for_unknown_codes(field, &codes) };
        if !patterns.is_empty() {
            block.patterns = Some(Patterns::new(field, &patterns)?);
        }
        Ok(block)
    }

    fn add_names(&mut self, field: &Field, bit: u64, names: &BTreeSet<String>) {
        for name in names {
            *self.names.entry(field.compared(name).into_boxed_str()).or_default() |= bit;
        }
        for member in &field.unknown_members {
            if names.contains(&field.compared(member)) {
                self.unidentified |= bit;
            }
        }
    }

    fn add_addresses(&mut self, bit: u64, nets: &BTreeSet<IpNet>) {
        self.addresses.extend(nets.iter().map(|net| (*net, bit)));
    }

    /// For each declared code, what it makes of every question for codes.
    ///
    /// A code that means "unknown" answers only questions for such codes.
    fn code_words(&self, field: &Field, questions: &[(u64, &BTreeSet<i64>)]) -> Vec<(i64, Word)> {
        let is_unknown = |value: i64| field.kind.code(value).is_some_and(|code| code.is_unknown);
        let definite = for_unknown_codes(field, questions);
        let word = |value: i64| {
            let mut word = Word::default();
            for (bit, within) in questions {
                if within.contains(&value) {
                    word.holds |= bit;
                } else if is_unknown(value) {
                    word.unknown |= bit & !definite;
                }
            }
            if !is_unknown(value) {
                word.holds |= self.known;
            }
            (value, word)
        };
        field.kind.codes().iter().map(|code| word(code.value)).collect()
    }

    /// No value that says something: everything is unknown but whether it is known.
    pub(crate) fn absent(&self) -> Word {
        Word { holds: 0, unknown: self.asked }
    }

    /// A number, or a time in seconds.
    #[inline]
    pub(crate) fn number(&self, number: Number) -> Word {
        Word { holds: self.known | self.numbers.look_up(number), unknown: 0 }
    }

    /// An enumerated value; one that the schema does not list says only what it is not.
    pub(crate) fn code(&self, value: Number) -> Word {
        let listed = self.codes.iter().find(|(code, _)| Number::Integer(*code) == value);
        listed.map_or(self.unlisted, |(_, word)| *word)
    }

    /// A boolean.
    pub(crate) fn boolean(&self, value: bool) -> Word {
        let asked = if value { self.when_true } else { self.when_false };
        Word { holds: self.known | asked, unknown: 0 }
    }

    /// An address.
    pub(crate) fn address(&self, address: IpAddr) -> Word {
        let within = self.addresses.iter().filter(|(net, _)| net.contains(&address));
        Word { holds: within.fold(self.known, |holds, (_, bit)| holds | bit), unknown: 0 }
    }

    /// What one text, or one element of a list, makes true by equality, by its start and by its end, and
    /// which predicates of the kind "only these" it contradicts: an element that was not identified may be
    /// any of these.
    pub(crate) fn name(&self, name: &str, is_unidentified: bool) -> u64 {
        let equal = self.names.get(name).copied().unwrap_or_default();
        let contradicted = if is_unidentified { 0 } else { self.only & !equal };
        let equal = (equal & !self.only) | contradicted;
        let starts = self.starts.iter().filter(|(start, _)| name.starts_with(&**start));
        let ends = self.ends.iter().filter(|(end, _)| name.ends_with(&**end));
        starts.chain(ends).fold(equal, |holds, (_, bit)| holds | bit)
    }

    /// The word of a name that is empty, of which nothing else is known.
    pub(crate) fn empty_name(&self) -> Word {
        Word { holds: self.empty, unknown: self.asked & !self.empty }
    }

    /// The word of every text that begins with a byte, as texts are compared, where that is all that is
    /// asked of it: nothing that is asked for begins with it.
    pub(crate) fn other(&self, initial: u8) -> Option<Word> {
        let starts = self.starts.iter().map(|(start, _)| &**start);
        let mut asked = self.names.keys().map(|name| &**name).chain(starts);
        let may_hold = self.patterns.is_some()
            || !self.ends.is_empty()
            || asked.any(|text| begins(text, initial));
        (!may_hold).then(|| self.texts(0, false, Unidentified::None))
    }

    /// The word of a text or a list whose parts made `found` true, or contradicted it of "only these".
    ///
    /// `unidentified` says whether some element names nothing: it may be whatever is asked for.
    pub(crate) fn texts(&self, found: u64, is_empty: bool, unidentified: Unidentified) -> Word {
        let mut holds = self.known | (found ^ self.only);
        if is_empty {
            holds |= self.empty;
        }
        if unidentified == Unidentified::None {
            return Word { holds, unknown: 0 };
        }
        if unidentified == Unidentified::Malformed {
            holds |= self.unidentified & !self.only;
        }
        // Unless an element contradicts it, "only these" holds if these include what is not identified.
        holds &= !self.only | self.unidentified;
        let contradicted = self.only & found;
        Word { holds, unknown: self.asked & !holds & !self.empty & !contradicted }
    }
}

/// The questions for nothing but codes that mean "unknown": any code at all answers them. An order that no
/// code meets names none, and is no such question.
fn for_unknown_codes(field: &Field, questions: &[(u64, &BTreeSet<i64>)]) -> u64 {
    let is_unknown = |value: &i64| field.kind.code(*value).is_some_and(|code| code.is_unknown);
    let for_unknown =
        questions.iter().filter(|(_, codes)| !codes.is_empty() && codes.iter().all(is_unknown));
    for_unknown.fold(0, |mask, (bit, _)| mask | bit)
}

/// Whether a text that begins with a byte can be, or begin with, what is asked for.
pub(super) fn begins(asked: &str, initial: u8) -> bool {
    asked.bytes().next().is_none_or(|byte| byte == initial)
}

/// Whether a list has a member that was not identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unidentified {
    /// Every member is a name.
    None,
    /// The API named a member as not identified.
    Named,
    /// A member names nothing.
    Malformed,
}

impl Numbers {
    fn new(questions: &[(u64, &Ranges)]) -> Self {
        let ends = questions.iter().flat_map(|(_, ranges)| ranges.as_slice());
        let mut points: Vec<Number> =
            ends.flat_map(|(low, high)| [*low, *high]).filter_map(end).collect();
        points.sort_unstable();
        points.dedup();
        let mut cells = Vec::with_capacity(2 * points.len() + 1);
        for (index, point) in points.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| points.get(index));
            cells.push(mask(questions, |ranges| ranges.covers(before.copied(), Some(*point))));
            cells.push(mask(questions, |ranges| ranges.contains(*point)));
        }
        cells.push(mask(questions, |ranges| ranges.covers(points.last().copied(), None)));
        let whole = |point: &Number| match point {
            Number::Integer(value) => Some(*value),
            Number::Fraction(_) => None,
        };
        Self { whole: points.iter().map(whole).collect(), points, cells }
    }

    #[inline]
    fn look_up(&self, number: Number) -> u64 {
        let cell = match (number, &self.whole) {
            (Number::Integer(value), Some(whole)) => cell(whole, &value),
            _ => cell(&self.points, &number),
        };
        self.cells.get(cell).copied().unwrap_or_default()
    }
}

/// The cell of a value, by the points in order.
#[inline]
fn cell<T: Ord>(points: &[T], value: &T) -> usize {
    let before = points.partition_point(|point| point < value);
    2 * before + usize::from(points.get(before) == Some(value))
}

fn end(bound: Bound<Number>) -> Option<Number> {
    match bound {
        Bound::Included(number) | Bound::Excluded(number) => Some(number),
        Bound::Unbounded => None,
    }
}

fn mask(questions: &[(u64, &Ranges)], holds: impl Fn(&Ranges) -> bool) -> u64 {
    questions.iter().filter(|(_, ranges)| holds(ranges)).fold(0, |mask, (bit, _)| mask | bit)
}
