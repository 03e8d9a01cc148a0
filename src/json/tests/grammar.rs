//! What is accepted, what values come out, and that neither depends on windows and pieces.

use std::io::Read;

use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::documents::{damaged, object, spaces, tree};
use super::{Trickle, naive_position, skip_all, skip_text};
use crate::json::{Error, Kind, Reader, decode};

fn serde_accepts(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).ok();
    let text = text.map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
    text.is_some_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}

/// Builds a value through every step that the reader has.
fn build<R: Read>(reader: &mut Reader<R>) -> Result<Value, Error> {
    let kind = reader.peek()?.expect("a value");
    Ok(match kind {
        Kind::Object => {
            reader.begin_object()?;
            let (mut members, mut key) = (serde_json::Map::new(), String::new());
            while reader.next_key(&mut key)? {
                let value = build(reader)?;
                members.insert(key.clone(), value);
            }
            Value::Object(members)
        }
        Kind::Array => {
            reader.begin_array()?;
            let mut elements = Vec::new();
            while reader.next_element()? {
                elements.push(build(reader)?);
            }
            Value::Array(elements)
        }
        _ => {
            let raw = reader.scalar()?;
            assert_eq!(raw.kind, kind);
            match kind {
                Kind::String => decode(raw.text, &mut String::new()).expect("no halves").into(),
                _ => serde_json::from_str(raw.text).unwrap_or_default(),
            }
        }
    })
}

fn places(text: &str, window: usize) -> Result<Vec<(Kind, u64, u64, u64)>, Error> {
    let mut reader = Reader::with_window(text.as_bytes(), window);
    let (mut found, mut key) = (Vec::new(), String::new());
    let mut open = Vec::new();
    loop {
        let more = match open.last() {
            None => reader.peek()?.is_some(),
            Some(true) => reader.next_key(&mut key)?,
            Some(false) => reader.next_element()?,
        };
        if !more {
            if open.pop().is_none() {
                return Ok(found);
            }
            continue;
        }
        let kind = reader.peek()?.expect("a value");
        let position = reader.position();
        found.push((kind, reader.offset(), position.line, position.column));
        match kind {
            Kind::Object => reader.begin_object()?,
            Kind::Array => reader.begin_array()?,
            _ => reader.skip()?,
        }
        match kind {
            Kind::Object => open.push(true),
            Kind::Array => open.push(false),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(super::cases())]

    #[test]
    fn accepts_what_serde_json_accepts(bytes in damaged()) {
        prop_assert_eq!(skip_text(&bytes) == Ok(1), serde_accepts(&bytes));
    }

    #[test]
    fn windows_and_pieces_change_nothing(bytes in damaged(), window in 16_usize..80, piece in 1_usize..9) {
        let whole = skip_text(&bytes);
        prop_assert_eq!(&skip_all(&mut Reader::with_window(&*bytes, window)), &whole);
        let trickle = Trickle::new(&bytes, piece);
        prop_assert_eq!(&skip_all(&mut Reader::with_window(trickle, window)), &whole);
    }

    #[test]
    fn an_error_has_the_position_of_its_offset(bytes in damaged()) {
        if let (Err(error), Ok(text)) = (skip_text(&bytes), std::str::from_utf8(&bytes)) {
            let offset = error.offset as usize;
            prop_assert!(text.is_char_boundary(offset), "{:?}", error);
            prop_assert_eq!(error.position, naive_position(text, offset));
            prop_assert!(offset + error.length as usize <= text.len());
        }
    }

    #[test]
    fn the_values_are_those_of_serde_json(tree in tree(false), space in spaces(), window in 16_usize..64) {
        let text = tree.write(&space);
        // Numbers beyond `f64` are no error here.
        let Ok(expected) = serde_json::from_str::<Value>(&text) else { return Ok(()) };
        let mut reader = Reader::with_window(Trickle::new(text.as_bytes(), 3), window);
        prop_assert_eq!(build(&mut reader).unwrap(), expected);
        prop_assert_eq!(reader.peek(), Ok(None));
    }

    #[test]
    fn every_value_has_its_place(tree in object(true), space in spaces(), window in 16_usize..64) {
        let text = format!("\u{feff}{}", tree.write(&space));
        let found = places(&text, window).unwrap();
        for (kind, offset, line, column) in &found {
            let first = text.as_bytes()[*offset as usize];
            prop_assert_eq!(Kind::of(first), Some(*kind));
            let position = naive_position(&text, *offset as usize);
            prop_assert_eq!((*line, *column), (position.line, position.column));
        }
        prop_assert_eq!(places(&text, 1 << 20).unwrap(), found);
    }
}

#[test]
fn a_document_cut_at_any_byte_is_truncated() {
    let text = r#"{"端口": [1, -20.5e+10, "a\u12ab\\", true], "x": {"y": null}}"#;
    for end in 1..text.len() {
        for window in [16, 17, 4096] {
            let cut = &text.as_bytes()[..end];
            let error = skip_all(&mut Reader::with_window(cut, window)).unwrap_err();
            assert_eq!(super::code(&error.kind), "json/truncated", "{end}");
            assert_eq!(error.offset, end as u64);
        }
    }
}

#[test]
fn values_follow_each_other_where_they_can_be_told_apart() {
    let values = |text: &str| skip_text(text.as_bytes()).ok();
    assert_eq!(values(""), Some(0));
    assert_eq!(values(" \n\t"), Some(0));
    assert_eq!(values("\u{feff}"), Some(0));
    assert_eq!(values("{}{}[][]\"a\"\"b\"1 2\ntrue\r\nnull{}"), Some(11));
    assert_eq!(values("{}1"), Some(2));
    assert_eq!(values("1{}"), Some(2));
    assert_eq!(values("12"), Some(1));
    assert_eq!(values("truefalse"), None);
    assert_eq!(values("true1"), None);
    assert_eq!(values("1true"), None);
    assert_eq!(values("1,2"), None);
}

#[test]
fn a_number_may_end_where_the_window_and_the_input_do() {
    let text = "1".repeat(64);
    for length in 1..=64 {
        for window in 16..40 {
            let mut reader = Reader::with_window(&text.as_bytes()[..length], window);
            assert_eq!(reader.scalar().unwrap().text.len(), length);
            assert_eq!(reader.peek(), Ok(None));
        }
    }
}

#[test]
fn values_that_were_not_read_are_skipped() {
    let mut reader = Reader::new(&br#"{"a": [1, [2], {"b": 3}], "c": 4}"#[..]);
    let mut key = String::new();
    reader.begin_object().unwrap();
    assert!(reader.next_key(&mut key).unwrap());
    assert!(reader.next_key(&mut key).unwrap());
    assert_eq!(key, "c");
    assert!(!reader.next_key(&mut key).unwrap());
    assert_eq!(reader.peek(), Ok(None));
}
