//! Tests on one text, against every short text over a small alphabet.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::analysis::effort::{Effort, PER_SEARCH};
use crate::analysis::text::find;
use crate::policy::{Pattern, TextTest};

/// Every text of up to five characters.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut texts = vec![String::new()];
    let mut last = texts.clone();
    for _ in 0..5 {
        last = last
            .iter()
            .flat_map(|text| ['a', 'b', '高', ' ', '\n'].map(|c| format!("{text}{c}")))
            .collect();
        texts.extend(last.iter().cloned());
    }
    texts
});

const PATTERNS: [&str; 24] = [
    "a^",
    "$a",
    "^a",
    "b$",
    "a.b",
    "(?m)^b",
    "(?m)a$",
    r"\bab\b",
    r"a\B",
    r"\B\b",
    "[^ab]",
    "a*",
    "(a|b){2}",
    "^$",
    r"\Aa\z",
    "(?s).",
    "a{2,3}$",
    "(?i)AB",
    r"\w高\b",
    r"(?-u:\b)a",
    "(?R)(?m)a$",
    "^(ab)+$",
    r"\b{start}b",
    "a?b?$",
];

pub(super) fn tests() -> impl Strategy<Value = TextTest> {
    let part = || "[ab 高]{1,2}".prop_map(|text| text);
    let pattern = prop::sample::select(PATTERNS.as_slice())
        .prop_map(|text| TextTest::Matches(Pattern(regex::Regex::new(text).unwrap())));
    prop_oneof![
        2 => part().prop_map(TextTest::Contains),
        2 => part().prop_map(TextTest::StartsWith),
        2 => part().prop_map(TextTest::EndsWith),
        4 => pattern,
        1 => prop::collection::btree_set("[ab]{0,3}", 1..3).prop_map(TextTest::OneOf),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// A text that is found passes as wanted; where none is found there is none.
    #[test]
    fn texts_are_exact(wanted in prop::collection::vec((tests(), any::<bool>()), 1..5)) {
        let passes = |text: &str| {
            wanted.iter().all(|(test, wanted)| super::oracle::passes(test, text) == *wanted)
        };
        let operation = operation();
        match find(operation.schema.field(NAME), &wanted, &mut Effort::new(PER_SEARCH)) {
            Ok(Some(text)) => prop_assert!(passes(&text), "{text:?} for {wanted:?}"),
            Ok(None) => {
                let passing = TEXTS.iter().find(|text| passes(text));
                prop_assert_eq!(passing, None);
            }
            Err(_) => prop_assert!(false, "not decided: {wanted:?}"),
        }
    }
}

#[test]
fn what_is_too_large_is_not_decided() {
    let operation = operation();
    let wanted =
        |text: &str, passes| (TextTest::Matches(Pattern(regex::Regex::new(text).unwrap())), passes);
    let wanted = [wanted("^(a|b)*a(a|b){20}$", true), wanted("^(a|b)*b(b|a){20}$", true)];
    assert!(find(operation.schema.field(NAME), &wanted, &mut Effort::new(PER_SEARCH)).is_err());
}
