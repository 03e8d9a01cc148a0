//! Sets and params: values that have a name, so that a rule can say it.

use std::collections::BTreeMap;

use super::error::DraftError;
use super::formula;
use super::shape::Item;
use crate::policy::resolve::{Param, Set};
use crate::policy::syntax::{Op, Operand};
use crate::text::Problem;
use crate::yaml::Node;

/// `sets: {databases: [MySQL, Redis]}`. A set keeps the elements that could be read, so that the rules
/// that use it can be checked.
pub(super) fn sets(item: Item<'_>, problems: &mut Vec<Problem>) -> BTreeMap<String, Set> {
    let mut sets = BTreeMap::new();
    for item in named(item, "a set", problems) {
        let items = item.list("a list of names, numbers or addresses", problems);
        let items = items.unwrap_or_default().into_iter();
        let set = Set {
            elements: items.filter_map(|item| formula::scalar(item, problems)).collect(),
            location: item.key.location.clone(),
        };
        sets.insert(item.name().to_owned(), set);
    }
    sets
}

/// `params: {busy: 1GB}`
pub(super) fn params(item: Item<'_>, problems: &mut Vec<Problem>) -> BTreeMap<String, Param> {
    let mut params = BTreeMap::new();
    for item in named(item, "a param", problems) {
        if let Some(value) = formula::operand(item, problems) {
            let location = item.key.location.clone();
            params.insert(item.name().to_owned(), Param { value, location, is_replaced: false });
        }
    }
    params
}

/// The value of a param that does not stand in a file: `node` is the document of a text of its own.
pub(in crate::policy) fn one_value(node: &Node, problems: &mut Vec<Problem>) -> Option<Operand> {
    formula::operand(Item { key: node, node }, problems)
}

/// The entries of a mapping from names to values.
fn named<'a>(item: Item<'a>, what: &'static str, problems: &mut Vec<Problem>) -> Vec<Item<'a>> {
    let Some(entries) = item.node.as_mapping() else {
        problems.push(match item.is_null() {
            true => item.empty(),
            false => item.wrong("a mapping of names and values"),
        });
        return Vec::new();
    };
    let items: Vec<_> = entries.iter().map(Item::of).collect();
    for item in items.iter().filter(|item| !is_name(item.name())) {
        let name = item.name().to_owned();
        problems.push(item.key_problem(&DraftError::BadName { name, what }, "not a name"));
    }
    items
}

/// Words that cannot be names, beside the first words of operators.
const JOINING_WORDS: &[&str] = &["and", "or", "not", "if", "when", "unless", "approved"];

/// Whether a rule can say it: a word, and none of the language's own.
fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    let begins = characters.next().is_some_and(|first| first.is_alphabetic() || first == '_');
    let goes_on = characters.all(|other| other.is_alphanumeric() || matches!(other, '_' | '-'));
    let operators = Op::spellings().iter();
    let taken = operators
        .filter_map(|spelling| spelling.text.split(' ').next())
        .chain(JOINING_WORDS.iter().copied())
        .any(|word| word.eq_ignore_ascii_case(name));
    begins && goes_on && !taken
}
