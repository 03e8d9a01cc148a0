//! The digest of a record says what the record says, and nothing else.

use std::collections::HashMap;

use proptest::prelude::*;

use super::documents::{Tree, object, spaces};
use crate::json::{Projection, Reader};

fn digest(text: &str) -> Option<u64> {
    let mut projection = Projection::new(&["Port"], &[]);
    let mut reader = Reader::new(text.as_bytes());
    reader.record(&mut projection).ok()?;
    Some(reader.last_record(&projection).digest())
}

fn shuffled(tree: &Tree) -> Tree {
    match tree {
        Tree::Scalar(token) => Tree::Scalar(token.clone()),
        Tree::Array(elements) => Tree::Array(elements.iter().map(shuffled).collect()),
        Tree::Object(members) => Tree::Object(
            members.iter().rev().map(|(key, value)| (key.clone(), shuffled(value))).collect(),
        ),
    }
}

/// The tree with its `at`-th scalar written otherwise, counted down to 0.
fn changed(tree: &Tree, at: &mut usize) -> Tree {
    match tree {
        Tree::Scalar(token) => {
            let here = *at == 0;
            *at = at.wrapping_sub(1);
            Tree::Scalar(if here { format!("[{token}]") } else { token.clone() })
        }
        Tree::Array(elements) => {
            Tree::Array(elements.iter().map(|element| changed(element, at)).collect())
        }
        Tree::Object(members) => Tree::Object(
            members.iter().map(|(key, value)| (key.clone(), changed(value, at))).collect(),
        ),
    }
}

fn scalars(tree: &Tree) -> usize {
    match tree {
        Tree::Scalar(_) => 1,
        Tree::Array(elements) => elements.iter().map(scalars).sum(),
        Tree::Object(members) => members.iter().map(|(_, value)| scalars(value)).sum(),
    }
}

#[test]
fn every_byte_of_a_long_text_counts() {
    let mut digests = HashMap::new();
    for (length, at) in (0..=100).flat_map(|length| (0..=length).map(move |at| (length, at))) {
        let mut text = "a".repeat(length);
        text.insert(at, 'b');
        let before = digests.insert(digest(&format!("{{\"Port\":\"{text}\"}}")), text.clone());
        assert_eq!(before, None, "as for {text}");
    }
}

proptest! {
    #![proptest_config(super::cases())]

    #[test]
    fn order_and_whitespace_do_not_matter(tree in object(true), first in spaces(), second in spaces()) {
        prop_assert_eq!(digest(&tree.write(&first)), digest(&shuffled(&tree).write(&second)));
    }

    #[test]
    fn what_follows_does_not_matter(tree in object(true), space in spaces()) {
        let text = tree.write(&space);
        for after in ["", " ", "7", "                                ", "{}"] {
            prop_assert_eq!(digest(&format!("{text}{after}")), digest(&text));
        }
    }

    #[test]
    fn every_value_matters(tree in object(true), space in spaces()) {
        let Some(before) = digest(&tree.write(&space)) else { return Ok(()) };
        for at in 0..scalars(&tree) {
            let other = changed(&tree, &mut { at }).write(&space);
            prop_assert_ne!(digest(&other), Some(before));
        }
    }
}

#[test]
fn every_digit_of_a_long_number_counts() {
    let mut seen = HashMap::new();
    for length in 1..=40 {
        let digits = "1234567890".repeat(4);
        let (digits, _) = digits.split_at(length);
        for number in
            [digits.to_owned(), format!("-{digits}"), format!("{digits}.5"), format!("{digits}e5")]
        {
            let alone = digest(&format!("{{\"Port\":{number}}}"));
            let followed = digest(&format!("{{\"Port\":{number}   }}   1234567890123456789"));
            assert_eq!(alone, followed, "{number}");
            assert_eq!(seen.insert(alone, number.clone()), None, "{number}");
        }
    }
}

#[test]
fn what_looks_alike_differs() {
    let texts = [
        r#"{}"#,
        r#"{"a":1}"#,
        r#"{"a":"1"}"#,
        r#"{"a":-1}"#,
        r#"{"a":1.0}"#,
        r#"{"a":10}"#,
        r#"{"a":[1]}"#,
        r#"{"a":[[1]]}"#,
        r#"{"a":[1,1]}"#,
        r#"{"a":[]}"#,
        r#"{"a":[[]]}"#,
        r#"{"a":{}}"#,
        r#"{"a":[{}]}"#,
        r#"{"a":""}"#,
        r#"{"a":null}"#,
        r#"{"a":"null"}"#,
        r#"{"a":true}"#,
        r#"{"a":false}"#,
        r#"{"b":1}"#,
        r#"{"a":"b"}"#,
        r#"{"b":"a"}"#,
        r#"{"a":"b","b":"a"}"#,
        r#"{"a":"a","b":"b"}"#,
        r#"{"a":[1,2]}"#,
        r#"{"a":[2,1]}"#,
        r#"{"a":["b","c"]}"#,
        r#"{"a":["bc"]}"#,
        r#"{"a":["b"],"c":[]}"#,
        r#"{"a":{"b":1}}"#,
        r#"{"a":"12345678"}"#,
        r#"{"a":"123456789"}"#,
        r#"{"a":12345678}"#,
        r#"{"a":123456789}"#,
        r#"{"a":12345678.5}"#,
        r#"{"a":1234567.85}"#,
        r#"{"a":"\n"}"#,
        r#"{"a":"\\n"}"#,
        r#"{"a":1,"b":2}"#,
        r#"{"a":2,"b":1}"#,
        r#"{"":1}"#,
        r#"{"":""}"#,
    ];
    let mut seen = HashMap::new();
    for text in texts {
        if let Some(other) = seen.insert(digest(text).unwrap(), text) {
            panic!("{text} and {other} have one digest");
        }
    }
}

#[test]
fn many_records_that_differ_in_little_have_as_many_digests() {
    let mut seen = std::collections::HashSet::new();
    for port in 0..20_000 {
        for level in 0..3 {
            let text = format!(r#"{{"Port":{port},"RiskLevel":{level},"Protocol":"tcp"}}"#);
            assert!(seen.insert(digest(&text).unwrap()), "{text}");
        }
    }
}

#[test]
fn the_digest_is_the_same_on_every_machine() {
    assert_eq!(
        digest(r#"{"Port":80,"Protocol":"tcp","Names":["SSH"],"x":{"y":null}}"#),
        Some(PINNED)
    );
}

const PINNED: u64 = 11_450_304_988_631_145_380;
