//! Depth, length, memory, and hashes of what was passed.

use std::io::Read;

use sha2::{Digest, Sha256};

use super::{Trickle, code, skip_all, skip_text};
use crate::json::{MAX_DEPTH, MAX_TOKEN_BYTES, Projection, Reader, Scan};

#[test]
fn the_top_level_is_1_and_129_is_too_deep() {
    for depth in 126..=130 {
        let arrays = "[".repeat(depth) + &"]".repeat(depth);
        let objects = "{\"a\":".repeat(depth - 1) + "{}" + &"}".repeat(depth - 1);
        let skipped = [skip_text(arrays.as_bytes()), skip_text(objects.as_bytes())];
        let mut projection = Projection::new(&[], &[]);
        let record = Reader::new(objects.as_bytes()).record(&mut projection);
        assert_eq!(record.is_ok(), depth <= MAX_DEPTH, "{depth}");
        for outcome in skipped {
            assert_eq!(outcome.is_ok(), depth <= MAX_DEPTH, "{depth}");
        }
    }
    let error = skip_text("[".repeat(1_000_000).as_bytes()).unwrap_err();
    assert_eq!((code(&error.kind).as_str(), error.offset), ("json/too-deep", 128));
}

#[test]
fn a_record_counts_the_levels_around_it() {
    for around in [0, 1, 100, 127, 128] {
        let text = "[".repeat(around) + "{\"a\":[[]]}";
        let mut reader = Reader::new(text.as_bytes());
        for _ in 0..around {
            reader.begin_array().unwrap();
            assert!(reader.next_element().unwrap());
        }
        let outcome = reader.record(&mut Projection::new(&[], &[]));
        assert_eq!(outcome.is_ok(), around + 3 <= MAX_DEPTH, "{around}");
    }
}

/// `{"a":"…"}` of `length` bytes, and a newline before and after.
fn long_record(length: usize) -> impl Read {
    let filler = std::io::repeat(b'x').take(length as u64 - 8);
    b"\n{\"a\":\"".chain(filler).chain(&b"\"}\n"[..])
}

#[test]
fn the_longest_record_is_read_and_a_longer_one_is_not() {
    let mut projection = Projection::new(&["a"], &[]);
    let mut reader = Reader::new(long_record(MAX_TOKEN_BYTES));
    assert_eq!(reader.record(&mut projection), Ok(Scan::Record));
    let record = reader.last_record(&projection);
    assert_eq!(record.slot(0).unwrap().text.len(), MAX_TOKEN_BYTES - 6);
    for beyond in [1, 100_000, 100_000_000] {
        let mut reader = Reader::new(long_record(MAX_TOKEN_BYTES + beyond));
        let error = reader.record(&mut projection).unwrap_err();
        assert_eq!((code(&error.kind).as_str(), error.offset), ("json/too-long", 1));
    }
}

#[test]
fn a_reader_of_long_tokens_is_bounded_too() {
    let longest = 3 * MAX_TOKEN_BYTES;
    let mut reader = Reader::new(long_record(longest)).up_to(longest);
    assert_eq!(reader.record(&mut Projection::new(&[], &[])), Ok(Scan::Record));
    let mut reader = Reader::new(long_record(longest + 1)).up_to(longest);
    let error = reader.record(&mut Projection::new(&[], &[])).unwrap_err();
    assert_eq!(error.to_string(), "longer than 24 MiB in one piece");
}

#[test]
fn a_string_that_never_ends_is_too_long() {
    let mut reader = Reader::new(b"[\"".chain(std::io::repeat(b'x')));
    assert_eq!(code(&skip_all(&mut reader).unwrap_err().kind), "json/too-long");
}

#[test]
fn a_value_of_any_length_is_skipped_in_the_window() {
    let elements = b"{\"a\": [1, \"two\"]},".repeat(1000);
    let mut reader = Reader::with_window(b"[".chain(&elements[..]).chain(&b"3]"[..]), 64);
    reader.skip().unwrap();
    assert_eq!(reader.offset() as usize, elements.len() + 3);
    assert!(reader.window.held() <= 128);
}

#[test]
fn whitespace_of_any_length_is_skipped_in_the_window() {
    let blank = b" \n".repeat(100_000);
    let mut reader = Reader::with_window(blank.chain(&b"1"[..]), 64);
    assert_eq!(skip_all(&mut reader), Ok(1));
    assert!(reader.window.held() <= 128);
}

#[test]
fn many_different_keys_are_not_quadratic() {
    let members: Vec<String> = (0..100_000).map(|key| format!("\"key {key}\":0")).collect();
    let flat = format!("{{{}}}", members.join(","));
    let nested = format!("{{\"a\":{flat}}}");
    let mut projection = Projection::new(&[], &[]);
    for text in [flat, nested] {
        let mut reader = Reader::new(text.as_bytes());
        assert_eq!(reader.record(&mut projection), Ok(Scan::Record));
    }
}

#[test]
fn the_hash_is_that_of_the_bytes_between_two_places() {
    let text = "\u{feff} {\"a\": [1, 2, {\"端\": \"口\"}]}\n [\"next\"] ";
    for window in [16, 20, 4096] {
        let mut reader = Reader::with_window(Trickle::new(text.as_bytes(), 5), window);
        assert_eq!(reader.end_hash(), None);
        for _ in 0..2 {
            reader.peek().unwrap();
            let start = reader.offset() as usize;
            reader.begin_hash();
            reader.skip().unwrap();
            let passed = &text.as_bytes()[start..reader.offset() as usize];
            let expected: [u8; 32] = Sha256::digest(passed).into();
            assert_eq!(reader.end_hash(), Some(expected));
            assert_eq!(reader.end_hash(), None);
        }
    }
}
