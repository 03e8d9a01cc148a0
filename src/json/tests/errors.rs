//! What is said about inputs that are no JSON, and where.

use std::io::{self, Read};
use std::sync::Arc;

use super::{code, skip_all, skip_text};
use crate::json::{ErrorKind, Projection, Reader, Scan};

fn error(bytes: &[u8]) -> (String, u64, u64) {
    let error = skip_text(bytes).unwrap_err();
    (code(&error.kind), error.offset, error.length)
}

#[test]
fn each_kind_of_damage_has_its_code_and_place() {
    for (text, expected, offset, length) in [
        ("{", "json/truncated", 1, 0),
        ("[1", "json/truncated", 2, 0),
        ("\"a", "json/truncated", 2, 0),
        ("tru", "json/truncated", 3, 0),
        ("-", "json/truncated", 1, 0),
        ("{\"a\" 1}", "json/unexpected", 5, 1),
        ("{\"a\":1 \"b\"}", "json/unexpected", 7, 1),
        ("{\"a\":1,}", "json/unexpected", 7, 1),
        ("{a:1}", "json/unexpected", 1, 1),
        ("[1 2]", "json/unexpected", 3, 1),
        ("[1,]", "json/unexpected", 3, 1),
        ("[,1]", "json/unexpected", 1, 1),
        ("[1}", "json/unexpected", 2, 1),
        ("[truth]", "json/unexpected", 1, 5),
        ("hello", "json/not-json", 0, 5),
        ("<html>", "json/not-json", 0, 1),
        ("[NaN]", "json/not-json", 1, 3),
        ("[-Infinity]", "json/not-json", 1, 9),
        ("[None]", "json/not-json", 1, 4),
        ("[undefined]", "json/not-json", 1, 9),
        ("{'a': 1}", "json/not-json", 1, 1),
        ("[1, // one\n2]", "json/not-json", 4, 1),
        ("[01]", "json/number", 1, 2),
        ("01", "json/number", 0, 2),
        ("[1.]", "json/number", 1, 2),
        ("[-x]", "json/number", 1, 2),
        ("[1e]", "json/number", 1, 2),
        ("[\"a\tb\"]", "json/control-character", 3, 1),
        ("[\"a\nb\"]", "json/control-character", 3, 1),
        ("[\"a\\x41\"]", "json/escape", 3, 2),
        ("[\"\\u12g4\"]", "json/escape", 2, 5),
        ("{} x", "json/trailing-garbage", 3, 1),
        ("{}}", "json/trailing-garbage", 2, 1),
        ("1 ]", "json/trailing-garbage", 2, 1),
        ("1,2", "json/trailing-garbage", 1, 1),
        ("truefalse", "json/trailing-garbage", 4, 5),
        ("{} // x", "json/trailing-garbage", 3, 1),
    ] {
        assert_eq!(error(text.as_bytes()), (expected.to_owned(), offset, length), "{text}");
    }
}

#[test]
fn what_is_not_utf_8_is_named_at_its_byte() {
    let code = |bytes: &[u8]| error(bytes);
    assert_eq!(code(b"[\"a\xffb\"]"), ("json/utf-8".to_owned(), 3, 1));
    assert_eq!(code("[\"端口".as_bytes().split_last().unwrap().1).0, "json/truncated");
    assert_eq!(code(b"[1]\xe7\xab"), ("json/utf-8".to_owned(), 3, 2));
    assert_eq!(code(b"[\"\xed\xa0\x80\"]").0, "json/utf-8");
    assert_eq!(code(b"[\"\xc0\xaf\"]").0, "json/utf-8");
    assert_eq!(code(b"\xff\xfe[\0]\0"), ("json/utf-16".to_owned(), 0, 0));
    assert_eq!(code(b"\xfe\xff\0[\0]").0, "json/utf-16");
    assert_eq!(code(b"[\0]\0").0, "json/utf-16");
    assert_eq!(code(b"\0[\0]").0, "json/utf-16");
}

#[test]
fn what_comes_before_bytes_that_are_not_utf_8_is_read() {
    let mut reader = Reader::new(&b"[1]\n[2]\n[x]\n\"\xff\""[..]);
    for _ in 0..2 {
        assert!(reader.peek().unwrap().is_some());
        reader.skip().unwrap();
    }
    assert_eq!(code(&skip_all(&mut reader).unwrap_err().kind), "json/unexpected");
}

#[test]
fn a_reader_that_fails_is_quoted() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let mut reader = Reader::new(b"[1, ".chain(Broken));
    let error = skip_all(&mut reader).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Read("the disk is on fire".to_owned()));
    assert_eq!(error.offset, 4);
    let again = reader.skip().unwrap_err();
    assert_eq!(again, error);
}

#[test]
fn an_error_becomes_a_problem_with_a_help() {
    let error = skip_text("{\n \"端\": NaN}".as_bytes()).unwrap_err();
    let problem = error.problem(&Arc::from("page.json"));
    assert_eq!(problem.code, "json/not-json");
    assert_eq!(problem.message, "`NaN` is not JSON");
    assert!(problem.help.unwrap().contains("`null`"));
    assert_eq!(problem.place.position().map(|at| (at.line, at.column)), Some((2, 7)));
    assert_eq!(problem.place.bytes(), Some((10, 3)));
}

#[test]
fn steps_that_do_not_fit_are_errors() {
    let mut reader = Reader::new(&b"[{}]"[..]);
    let mut key = String::new();
    assert!(reader.begin_object().is_err());
    assert!(reader.next_key(&mut key).is_err());
    assert!(reader.next_element().is_err());
    assert!(reader.scalar().is_err());
    reader.begin_array().unwrap();
    assert!(reader.next_key(&mut key).is_err());
    assert!(reader.next_element().unwrap());
    assert!(reader.begin_array().is_err());
    reader.begin_object().unwrap();
    assert!(reader.next_element().is_err());
    assert!(!reader.next_key(&mut key).unwrap());
    assert!(!reader.next_element().unwrap());
    assert!(reader.skip().is_err());
}

#[test]
fn only_an_object_that_was_announced_is_a_record() {
    let mut projection = Projection::new(&["a"], &[]);
    let mut reader = Reader::new(&br#"[7, "{}", [], {"a":1} {"a":2}]"#[..]);
    reader.begin_array().unwrap();
    for _ in 0..3 {
        assert!(reader.next_element().unwrap());
        let error = reader.record(&mut projection).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Unexpected { expected: "an object", .. }));
        reader.skip().unwrap();
    }
    assert!(reader.next_element().unwrap());
    assert_eq!(reader.record(&mut projection), Ok(Scan::Record));
    assert!(reader.next_element().is_err());
}
