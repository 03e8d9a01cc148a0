//! A `Value` stands for all values of a field that the predicates at hand cannot tell apart, and
//! `ask` says which truths a predicate may have on it. Where that is not certain, the answer is every
//! truth it could have: contradictions may then be missed, but none is invented.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::json::Number;
use crate::operation::Field;
use crate::policy::{Predicate, TextTest};

use super::truth::Truths;

/// What a field may hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Absent, null or malformed.
    Absent,
    /// A code that the schema lists.
    Code(i64),
    /// A code that it does not.
    UnlistedCode,
    Number(Number),
    Text(String),
    /// A text that is not empty and that no predicate names.
    OtherText,
    List(Members),
    Boolean(bool),
    Address(IpAddr),
}

/// What a text list holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Members {
    /// Names, none of which stands for "not identified".
    pub(super) names: BTreeSet<String>,
    /// Whether there is a name besides that no predicate mentions.
    pub(super) has_other: bool,
    /// Whether a member was not identified.
    pub(super) has_unidentified: bool,
}

impl Members {
    /// Whether there is no member that says what it is.
    fn names_nothing(&self) -> bool {
        self.names.is_empty() && !self.has_other
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names_nothing() && !self.has_unidentified
    }
}

/// Whether a name stands for "not identified" in a field's lists.
pub(super) fn is_unidentified(field: &Field, name: &str) -> bool {
    field.unknown_members.iter().any(|member| {
        member == name || (field.ignores_case && member.to_lowercase() == name.to_lowercase())
    })
}

/// The truths that a predicate on a field may have on a value of it.
pub(super) fn ask(predicate: &Predicate, field: &Field, value: &Value) -> Truths {
    match (predicate, value) {
        (Predicate::Known(_), value) => known(field, value),
        (_, Value::Absent) => Truths::UNKNOWN,
        (Predicate::Number(_, ranges), Value::Number(number)) => {
            Truths::of(ranges.contains(*number))
        }
        (Predicate::Code(_, codes), Value::Code(code)) => one_of_codes(field, codes, Some(*code)),
        (Predicate::Code(_, codes), Value::UnlistedCode) => one_of_codes(field, codes, None),
        // An empty name is empty, and nothing else is known of it.
        (Predicate::Text(..), Value::Text(text)) if text.is_empty() && field.has_names() => {
            Truths::UNKNOWN
        }
        (Predicate::Text(_, test), Value::Text(text)) => passes(field, test, text),
        (Predicate::Text(_, TextTest::OneOf(_)), Value::OtherText) => Truths::FALSE,
        (Predicate::Text(..), Value::OtherText) => Truths::DEFINITE,
        (Predicate::Text(_, test), Value::List(members)) => has_text(field, test, members),
        (Predicate::Member(_, names), Value::List(members)) => has_member(field, names, members),
        (Predicate::Only(_, names), Value::List(members)) => has_only(field, names, members),
        (Predicate::Empty(_), Value::Text(text)) => Truths::of(text.is_empty()),
        (Predicate::Empty(_), Value::OtherText) => Truths::FALSE,
        (Predicate::Empty(_), Value::List(members)) => Truths::of(members.is_empty()),
        (Predicate::Boolean(_, wanted), Value::Boolean(value)) => Truths::of(wanted == value),
        (Predicate::Address(_, blocks), Value::Address(address)) => {
            Truths::of(blocks.iter().any(|block| block.contains(address)))
        }
        _ => Truths::ANY,
    }
}

/// Whether a value says something; left open for values that are there but hold nothing.
fn known(field: &Field, value: &Value) -> Truths {
    match value {
        Value::Absent | Value::UnlistedCode => Truths::FALSE,
        Value::Code(code) => Truths::of(!is_unknown_code(field, *code)),
        Value::Text(text) if text.is_empty() => Truths::DEFINITE,
        Value::List(members) if members.names_nothing() => Truths::DEFINITE,
        _ => Truths::TRUE,
    }
}

fn is_unknown_code(field: &Field, code: i64) -> bool {
    field.kind.code(code).is_some_and(|code| code.is_unknown)
}

/// A question for unknown codes alone is definite on a code that is unknown itself, or not listed. An order
/// that no code meets wants none, and is no such question.
fn one_of_codes(field: &Field, wanted: &BTreeSet<i64>, code: Option<i64>) -> Truths {
    let is_for_unknown =
        !wanted.is_empty() && wanted.iter().all(|wanted| is_unknown_code(field, *wanted));
    let is_definite = is_for_unknown || code.is_some_and(|code| !is_unknown_code(field, code));
    match code.is_some_and(|code| wanted.contains(&code)) {
        true => Truths::TRUE,
        false if is_definite => Truths::FALSE,
        false => Truths::UNKNOWN,
    }
}

fn passes(field: &Field, test: &TextTest, text: &str) -> Truths {
    let (part, holds) = match test {
        TextTest::OneOf(texts) => return Truths::of(texts.contains(text)),
        TextTest::Matches(pattern) => return Truths::of(pattern.0.is_match(text)),
        TextTest::Contains(part) => (part, text.contains(part)),
        TextTest::StartsWith(start) => (start, text.starts_with(start)),
        TextTest::EndsWith(end) => (end, text.ends_with(end)),
    };
    // Beyond ASCII, a folded text may have letters that count as those of the part.
    match field.ignores_case && !(text.is_ascii() && part.is_ascii()) {
        true => Truths::DEFINITE,
        false => Truths::of(holds),
    }
}

/// Whether an element passes; one that is not identified may be any of those that stand for that.
fn has_text(field: &Field, test: &TextTest, members: &Members) -> Truths {
    let any = |names: &mut dyn Iterator<Item = &String>| {
        names.fold(Truths::FALSE, |truths, name| truths.maximum(passes(field, test, name)))
    };
    let mut truths = any(&mut members.names.iter());
    if members.has_other {
        truths = truths.maximum(Truths::DEFINITE);
    }
    if members.has_unidentified {
        let named: Vec<String> =
            field.unknown_members.iter().map(|member| field.compared(member)).collect();
        truths = truths.maximum(Truths::UNKNOWN | any(&mut named.iter()) & Truths::TRUE);
    }
    truths
}

fn has_member(field: &Field, wanted: &BTreeSet<String>, members: &Members) -> Truths {
    if wanted.iter().any(|name| members.names.contains(name)) {
        return Truths::TRUE;
    }
    if !members.has_unidentified {
        return Truths::FALSE;
    }
    match wanted.iter().any(|name| is_unidentified(field, name)) {
        false => Truths::UNKNOWN,
        true if field.unknown_members.len() == 1 => Truths::TRUE,
        // The member may be one that was not asked for.
        true => Truths::NOT_FALSE,
    }
}

fn has_only(field: &Field, wanted: &BTreeSet<String>, members: &Members) -> Truths {
    match members.has_other || !members.names.is_subset(wanted) {
        true => Truths::FALSE,
        false => nothing_outside(field, wanted, members.has_unidentified),
    }
}

/// What "only these" is of a list whose identified members are all among these.
fn nothing_outside(field: &Field, wanted: &BTreeSet<String>, has_unidentified: bool) -> Truths {
    let takes_unidentified = wanted.iter().any(|name| is_unidentified(field, name));
    match (has_unidentified, takes_unidentified) {
        (false, _) => Truths::TRUE,
        (true, false) => Truths::UNKNOWN,
        (true, true) if field.unknown_members.len() == 1 => Truths::TRUE,
        // The member may be one that is not among these.
        (true, true) => Truths::NOT_FALSE,
    }
}
