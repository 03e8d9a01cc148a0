//! Snapshot documents: what is written comes back, and what was changed is found.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::operation::Catalogue;
use crate::text::{Place, Problem, is_hostile};

use super::super::{Answer, Capture, Origin, Wholeness, together};
use super::{DOCUMENT_SCHEMA, Document, MEMBERS, Opened, open, write};

const NAME: &str = "a.json";

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

fn capture(bodies: &[&[u8]]) -> Capture {
    let operation = Arc::clone(Catalogue::built_in().unwrap().only().unwrap());
    let origin = Origin {
        endpoint: "127.0.0.1:8080".to_owned(),
        region: Some("cn-hangzhou".to_owned()),
        account: None,
        profile: Some("审计\u{202e}".to_owned()),
        filters: vec![("Lang".to_owned(), "en".to_owned()), ("Port".to_owned(), "22".to_owned())],
        window: Some((time(-1000), time(0))),
        started: time(0),
        finished: time(60),
    };
    let page = |(index, body): (usize, &&[u8])| Answer {
        taken: time(index as i64).saturating_add(SignedDuration::from_millis(5)).unwrap(),
        body: Arc::from(*body),
    };
    Capture { operation, origin, pages: bodies.iter().enumerate().map(page).collect() }
}

fn page(total: u64, ports: &[u16]) -> String {
    let rows: Vec<Value> =
        ports.iter().map(|port| json!({"Port": port, "Protocol": "tcp"})).collect();
    json!({"RequestId": "请求", "PageInfo": {"TotalCount": total}, "DataList": rows}).to_string()
}

fn written(capture: &Capture) -> String {
    let judged = together(capture, &Arc::from(NAME)).unwrap();
    let mut out = Vec::new();
    write(capture, &judged, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn read(text: &[u8]) -> Result<Option<Document>, Problem> {
    match open(text, &Arc::from(NAME), &Catalogue::built_in().unwrap())? {
        Opened::Snapshot(document) => Ok(Some(*document)),
        Opened::Answers(_) => Ok(None),
    }
}

/// A document that is sound, as a value whose members can be changed.
fn sound() -> Value {
    let (first, second) = (page(3, &[22, 80]), page(3, &[443]));
    serde_json::from_str(&written(&capture(&[first.as_bytes(), second.as_bytes()]))).unwrap()
}

fn refused(text: &str) -> Problem {
    match read(text.as_bytes()) {
        Err(problem) => problem,
        Ok(read) => panic!("it was read: {read:?}"),
    }
}

#[test]
fn a_document_is_laid_out_the_same_way_every_time() {
    let text = written(&capture(&[page(2, &[22]).as_bytes()]));
    let expected = r#"{
  "schema": "portcullis.snapshot/v1",
  "tool": {"name":"portcullis","version":"VERSION"},
  "operation": "DescribeInternetOpenPort",
  "product": "Cloudfw",
  "version": "2017-12-07",
  "request": {"endpoint":"127.0.0.1:8080","region":"cn-hangzhou","account":null,"profile":"审计\u202e","filters":{"Lang":"en","Port":"22"},"window":{"since":"2026-09-21T13:56:40Z","until":"2026-09-21T14:13:20Z"}},
  "started": "2026-09-21T14:13:20Z",
  "finished": "2026-09-21T14:14:20Z",
  "complete": false,
  "incomplete": {"records":1,"expected":2,"problems":[{"code":"evidence/rows-missing","message":"1 of 2 records are here"}]},
  "pages": [
    {"taken":"2026-09-21T14:13:20.005Z","sha256":"HASH","body":"{\"RequestId\":\"请求\",\"PageInfo\":{\"TotalCount\":2},\"DataList\":[{\"Port\":22,\"Protocol\":\"tcp\"}]}"}
  ]
}
"#;
    let hash = capture(&[page(2, &[22]).as_bytes()]).pages[0].sha256();
    let expected = expected.replace("VERSION", env!("CARGO_PKG_VERSION")).replace("HASH", &hash);
    assert_eq!(text, expected);
}

#[test]
fn documents_are_written_by_the_published_schema() {
    let schema = serde_json::from_str(DOCUMENT_SCHEMA).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let empty = Origin {
        region: None,
        profile: None,
        filters: Vec::new(),
        window: None,
        ..capture(&[]).origin
    };
    for made in [
        capture(&[page(1, &[22]).as_bytes()]),
        capture(&[page(9, &[22]).as_bytes(), page(9, &[80]).as_bytes()]),
        Capture { origin: empty, ..capture(&[b"{}"]) },
        capture(&[]),
    ] {
        let document = serde_json::from_str(&written(&made)).unwrap();
        let wrong: Vec<String> =
            schema.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
    let members = schema_members();
    assert_eq!(members, MEMBERS);
}

/// The members that the published schema requires, in order.
fn schema_members() -> Vec<String> {
    let schema: Value = serde_json::from_str(DOCUMENT_SCHEMA).unwrap();
    let required = schema["required"].as_array().unwrap();
    required.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_says_that_it_is_not_whole_is_not() {
    for (complete, expected) in [
        ("true", Wholeness::Complete),
        ("null", Wholeness::Unprovable),
        ("false", Wholeness::Partial),
    ] {
        let text = written(&capture(&[page(1, &[22]).as_bytes()]));
        let text = text.replace("\"complete\": true", &format!("\"complete\": {complete}"));
        let document = read(text.as_bytes()).unwrap().unwrap();
        assert_eq!(document.said.0, expected);
        assert_eq!(&text[document.said.1.offset as usize..][..4], &complete[..4]);
    }
}

#[test]
fn a_body_that_is_no_text_is_kept_too() {
    let body = b"\xff\xfe{\"DataList\":[]}\x00";
    let made = capture(&[body]);
    let judged = together(&capture(&[b"{}"]), &Arc::from(NAME)).unwrap();
    let mut out = Vec::new();
    write(&made, &judged, &mut out).unwrap();
    assert!(String::from_utf8_lossy(&out).contains("\"base64\":\""));
    assert_eq!(read(&out).unwrap().unwrap().capture.pages, made.pages);
    let changed = String::from_utf8(out).unwrap().replace("\"base64\":\"//", "\"base64\":\"/");
    assert_eq!(refused(&changed).code, "evidence/snapshot-member");
}

#[test]
fn a_document_is_told_by_its_schema_wherever_that_stands() {
    let sound = sound();
    let members = sound.as_object().unwrap();
    for first in members.keys() {
        let mut turned = serde_json::Map::new();
        turned.insert(first.clone(), members[first].clone());
        turned.extend(members.iter().rev().map(|(name, value)| (name.clone(), value.clone())));
        let text = Value::from(turned).to_string();
        let document = read(text.as_bytes()).unwrap().unwrap();
        assert_eq!(document.capture.pages.len(), 2, "{first}");
    }
    let pretty = format!("\u{feff}\n\n{sound:#}\n ");
    assert!(read(pretty.as_bytes()).unwrap().is_some());
    for other in
        ["{}", "[]", "", "{\"schema\":\"portcullis.report/v1\"}", "{\"schema\":1}", "{\"tool\":1}"]
    {
        assert!(read(other.as_bytes()).unwrap().is_none(), "{other}");
    }
}

#[test]
fn a_changed_byte_of_an_answer_is_found_at_its_hash() {
    let text = written(&capture(&[page(2, &[22]).as_bytes(), page(2, &[80]).as_bytes()]));
    let mut found = 0;
    for number in [1, 2] {
        let start = text.match_indices("\"body\":\"").nth(number - 1).unwrap().0 + 8;
        let rest = text[start..].lines().next().unwrap().trim_end_matches(['}', ',']);
        let end = start + rest.len() - 1;
        let hash = text[..start].rfind("\"sha256\":\"").unwrap() + 9;
        for at in start..end {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let problem = read(&bytes).unwrap_err();
            if problem.code == "evidence/hash" {
                let Place::Evidence(mark) = &problem.place else { panic!("a place in the file") };
                assert_eq!((mark.offset, mark.length), (hash as u64, 66));
                assert!(
                    problem.message.contains(&format!("page {number} ")),
                    "{}",
                    problem.message
                );
                found += 1;
            } else {
                // What is no JSON any more is no document either.
                assert!(problem.code.starts_with("json/"), "{at}: {problem:?}");
            }
        }
    }
    assert!(found > 100, "{found}");
}

#[test]
fn members_are_there_once_and_are_what_they_should_be() {
    let cases: Vec<(&str, Value, &str, &str)> = vec![
        (
            "/schema",
            json!("portcullis.snapshot/v2"),
            "evidence/snapshot-version",
            "`portcullis.snapshot/v2`",
        ),
        ("/tool", json!(null), "evidence/snapshot-member", "`tool`"),
        ("/tool/name", json!(7), "evidence/snapshot-member", "`tool.name`"),
        ("/operation", json!("DescribeOther"), "evidence/unknown-operation", "`DescribeOther`"),
        ("/product", json!("Ecs"), "evidence/unknown-operation", "`Ecs 2017-12-07`"),
        ("/version", json!("2020-01-01"), "evidence/unknown-operation", "`Cloudfw 2020-01-01`"),
        ("/request", json!([]), "evidence/snapshot-member", "`request`"),
        ("/request/endpoint", json!(null), "evidence/snapshot-member", "`request.endpoint`"),
        ("/request/region", json!(1), "evidence/snapshot-member", "`request.region`"),
        ("/request/filters", json!(null), "evidence/snapshot-member", "`request.filters`"),
        ("/request/filters/Port", json!(22), "evidence/snapshot-member", "`request.filters.Port`"),
        ("/request/window", json!("30d"), "evidence/snapshot-member", "`request.window`"),
        (
            "/request/window/since",
            json!("yesterday"),
            "evidence/snapshot-member",
            "`request.window.since`",
        ),
        ("/started", json!("2026-11-24"), "evidence/snapshot-member", "`started`"),
        ("/started", json!("2026-11-24T00:00:00Z"), "evidence/snapshot-member", "`finished`"),
        ("/finished", json!(1), "evidence/snapshot-member", "`finished`"),
        ("/complete", json!("yes"), "evidence/snapshot-member", "`complete`"),
        ("/incomplete", json!(false), "evidence/snapshot-member", "`incomplete`"),
        (
            "/incomplete",
            json!({"records": -1, "expected": 0, "problems": []}),
            "evidence/snapshot-member",
            "`incomplete.records`",
        ),
        ("/pages", json!({}), "evidence/snapshot-member", "`pages`"),
        ("/pages/1", json!("page"), "evidence/snapshot-member", "`pages.1`"),
        ("/pages/0/taken", json!(0), "evidence/snapshot-member", "`pages.0.taken`"),
        (
            "/pages/1/taken",
            json!("2020-01-01T00:00:00Z"),
            "evidence/snapshot-member",
            "`pages.1.taken`",
        ),
        ("/pages/0/sha256", json!("abc"), "evidence/hash", "page 1"),
        ("/pages/0/sha256", json!(null), "evidence/snapshot-member", "`pages.0.sha256`"),
        ("/pages/1/body", json!({"DataList": []}), "evidence/snapshot-member", "`pages.1.body`"),
        ("/pages/1/body", json!(""), "evidence/hash", "page 2"),
    ];
    for (pointer, value, code, words) in cases {
        let mut document = sound();
        *document.pointer_mut(pointer).unwrap() = value;
        let problem = refused(&document.to_string());
        assert_eq!(problem.code, code, "{pointer}: {problem:?}");
        assert!(problem.message.contains(words), "{pointer}: {}", problem.message);
        assert!(matches!(problem.place, Place::Evidence(_)) && problem.help.is_some(), "{pointer}");
    }
    for pointer in ["", "/tool", "/request", "/request/window", "/pages/0"] {
        let object = sound();
        for name in object.pointer(pointer).unwrap().as_object().unwrap().keys() {
            if name == "schema" {
                continue;
            }
            let mut document = sound();
            document.pointer_mut(pointer).unwrap().as_object_mut().unwrap().shift_remove(name);
            let problem = refused(&document.to_string());
            assert!(problem.message.contains(&format!("{name}`")), "{pointer}/{name}: {problem:?}");
        }
        let mut document = sound();
        document.pointer_mut(pointer).unwrap()["more"] = json!(1);
        let problem = refused(&document.to_string());
        assert_eq!(problem.code, "evidence/snapshot-member", "{pointer}");
        assert!(problem.message.contains("more`"), "{pointer}: {}", problem.message);
    }
}

#[test]
fn what_is_hostile_is_refused() {
    let text = written(&capture(&[page(1, &[22]).as_bytes()]));
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let start = "\"request\": {";
    for (from, to, code) in [
        ("\"operation\":", "\"operation\": \"x\", \"operation\":".to_owned(), "json/duplicate-key"),
        (
            "{\"taken\":",
            "{\"taken\":\"2026-09-21T14:13:20Z\",\"taken\":".to_owned(),
            "json/duplicate-key",
        ),
        ("\"Lang\":", "\"Lang\":\"zh\",\"Lang\":".to_owned(), "json/duplicate-key"),
        ("\"body\":", "\"body\":\"\",\"body\":".to_owned(), "json/duplicate-key"),
        ("\"body\":", "\"base64\":\"\",\"body\":".to_owned(), "evidence/snapshot-member"),
        ("\"complete\": true", format!("\"complete\": {deep}"), "evidence/snapshot-member"),
        (start, format!("\"x\": {deep}, {start}"), "evidence/snapshot-member"),
        ("]\n}\n", "]\n}\n{}".to_owned(), "json/trailing-garbage"),
        ("]\n}\n", "]\n}\n5".to_owned(), "json/trailing-garbage"),
        ("]\n}\n", "]\n}\n]".to_owned(), "json/trailing-garbage"),
        ("]\n}\n", "]".to_owned(), "json/truncated"),
        ("\\\"RequestId", "\\ud800".to_owned(), "evidence/snapshot-member"),
    ] {
        assert!(text.contains(from), "{from}");
        assert_eq!(refused(&text.replacen(from, &to, 1)).code, code, "{from} {to:.40}");
    }
    for end in 60..text.len() - 2 {
        assert!(
            text.is_char_boundary(end)
                .then(|| refused(&text[..end]))
                .is_none_or(|problem| { problem.code == "json/truncated" }),
            "{end}"
        );
    }
}

fn bodies() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let text = prop_oneof![
        any::<String>().prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..40),
        "[\"\\\\\u{1}-\u{1f}\u{7f}\u{202e}\u{e0001}]{0,20}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(text, 0..6)
}

proptest! {
    #[test]
    fn whatever_was_answered_comes_back_byte_for_byte(
        bodies in bodies(),
        region in prop::option::of(any::<String>()),
        filters in prop::collection::btree_map(any::<String>(), any::<String>(), 0..4),
        has_window in any::<bool>(),
    ) {
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let mut made = capture(&bodies);
        made.origin.region = region;
        made.origin.filters = filters.into_iter().collect();
        made.origin.window = made.origin.window.filter(|_| has_window);
        let judged = together(&capture(&[b"{}"]), &Arc::from(NAME)).unwrap();
        let mut out = Vec::new();
        write(&made, &judged, &mut out).unwrap();
        prop_assert!(!String::from_utf8(out.clone()).unwrap().replace('\n', "").contains(is_hostile));
        let document = read(&out).unwrap().unwrap();
        prop_assert_eq!(document.capture.pages, made.pages);
        prop_assert_eq!(document.capture.origin, made.origin);
    }
}
