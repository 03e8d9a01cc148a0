//! Sets and params: values that have a name, so that a rule can say it.

use super::error::DraftError;
use super::formula;
use super::shape::Item;
use crate::policy::syntax::{Op, Operand};
use crate::text::{Location, Problem};
use crate::yaml::Node;

/// A name and its value.
#[derive(Debug)]
pub(in crate::policy) struct Named {
    pub name: String,
    /// The name.
    pub location: Location,
    /// A list for a set; for a param also a single value or a range.
    pub value: Operand,
}

/// `sets: {databases: [MySQL, Redis]}`
pub(super) fn sets(item: Item<'_>, problems: &mut Vec<Problem>) -> Vec<Named> {
    named(item, "a set", problems, |item, problems| {
        let items = item.list("a list of names, numbers or addresses", problems)?;
        formula::list(item, items, problems)
    })
}

/// `params: {busy: 1GB}`
pub(super) fn params(item: Item<'_>, problems: &mut Vec<Problem>) -> Vec<Named> {
    named(item, "a param", problems, formula::operand)
}

/// The value of a param that does not stand in a file: `node` is the document of a text of its own.
pub(in crate::policy) fn one_value(node: &Node, problems: &mut Vec<Problem>) -> Option<Operand> {
    formula::operand(Item { key: node, node }, problems)
}

fn named<'a>(
    item: Item<'a>,
    what: &'static str,
    problems: &mut Vec<Problem>,
    value: impl Fn(Item<'a>, &mut Vec<Problem>) -> Option<Operand>,
) -> Vec<Named> {
    let Some(entries) = item.node.as_mapping() else {
        problems.push(match item.is_null() {
            true => item.empty(),
            false => item.wrong("a mapping of names and values"),
        });
        return Vec::new();
    };
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        let item = Item::of(entry);
        if !is_name(item.name()) {
            let name = item.name().to_owned();
            problems.push(item.key_problem(&DraftError::BadName { name, what }, "not a name"));
        }
        if let Some(value) = value(item, problems) {
            all.push(Named {
                name: item.name().to_owned(),
                location: entry.key.location.clone(),
                value,
            });
        }
    }
    all
}

/// Words that cannot be names, beside the first words of operators.
const JOINING_WORDS: &[&str] = &["and", "or", "not", "if", "when", "unless", "approved"];

/// Whether a rule can say it: a word, and none of the language's own.
fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    let begins = characters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_');
    let goes_on = characters.all(|other| other.is_alphanumeric() || matches!(other, '_' | '-'));
    let operators = Op::spellings().iter();
    let taken = operators
        .filter_map(|spelling| spelling.text.split(' ').next())
        .chain(JOINING_WORDS.iter().copied())
        .any(|word| word.eq_ignore_ascii_case(name));
    begins && goes_on && !taken
}
