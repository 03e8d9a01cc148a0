//! What is found in evidence, shape by shape, and what it proves.

use std::sync::Arc;

use super::*;
use crate::json::Record;
use crate::operation::Catalogue;
use crate::text::{Place, Problem};

/// Collects where every record lies.
#[derive(Debug, Default)]
struct Collector(Vec<(RecordPlace, String)>);

impl Visitor for Collector {
    fn visit(&mut self, _record: &Record<'_>) -> bool {
        true
    }

    fn keep(&mut self, record: &Record<'_>, place: RecordPlace) {
        self.0.push((place, record.text().to_owned()));
    }
}

fn plan() -> Plan {
    let operation = Arc::clone(Catalogue::built_in().unwrap().only().unwrap());
    let slots = operation.schema.ids().filter(|id| operation.schema.field(*id).derived.is_none());
    Plan { slots: slots.collect(), operation, hashes: Hashes::Taken }
}

fn read_as(name: &str, text: &[u8]) -> Result<(File, Collector), Problem> {
    let mut collector = Collector::default();
    let mut file = read(text, &Arc::from(name), &plan(), &mut collector)?;
    file.folder = Some(Arc::from("folder"));
    Ok((file, collector))
}

/// What one file alone proves: the codes of its flaws, and whether it is whole.
fn alone(text: &str) -> (Wholeness, Vec<String>, u64) {
    let (file, _) = read_as("a.json", text.as_bytes()).unwrap();
    let snapshot = assemble(vec![file], &mut |_, _| ()).remove(0);
    let codes = snapshot.flaws.iter().map(|flaw| flaw.problem.code.clone()).collect();
    (snapshot.wholeness, codes, snapshot.records)
}

fn refused(text: &[u8]) -> String {
    read_as("a.json", text).unwrap_err().code
}

fn page(total: &str, rows: &[u32]) -> String {
    let rows: Vec<String> =
        rows.iter().map(|port| format!(r#"{{"Port":{port},"Protocol":"tcp"}}"#)).collect();
    format!(
        r#"{{"RequestId":"r","PageInfo":{{"TotalCount":{total}}},"DataList":[{}]}}"#,
        rows.join(",")
    )
}

#[test]
fn what_this_program_wrote_is_called_by_its_name() {
    let long = "a".repeat(80);
    for (schema, is_own) in [
        ("portcullis.report/v1", true),
        ("portcullis.policy-diff/v1", true),
        ("portcullis.report/v1\\n", false),
        ("acme.report/v1", false),
        (&*format!("portcullis.{long}"), false),
    ] {
        let text = format!(r#"{{"schema":"{schema}","findings":[]}}"#);
        let own = document::own_schema(text.as_bytes());
        assert_eq!(own.as_deref(), is_own.then_some(schema));
    }
    assert_eq!(document::own_schema(br#"{"a":1,"schema":"portcullis.report/v1"}"#), None);
    assert_eq!(document::own_schema(b"[]"), None);
}

#[test]
fn every_shape_is_told_apart() {
    use Wholeness::{Complete, NoEvidence, Partial, Unprovable};
    let whole = page("2", &[80, 443]);
    let cases: Vec<(&str, String, Wholeness, &[&str], u64)> = vec![
        ("raw response", whole.clone(), Complete, &[], 2),
        ("pretty, with a byte order mark", format!("\u{feff}\n{whole}\n"), Complete, &[], 2),
        ("SDK wrapper", format!(r#"{{"headers":{{}},"statusCode":200,"body":{whole}}}"#), Complete, &[], 2),
        ("SDK wrapper, body first", format!(r#"{{"body":{whole},"headers":{{"x-acs-trace-id":"x","content-type":["a","b"]}},"statusCode":200}}"#), Complete, &[], 2),
        ("array of responses", format!("[{},{}]", page("2", &[80]), page("2", &[443])), Complete, &[], 2),
        ("stream of responses", format!("{}\n{}\n", page("2", &[80]), page("2", &[443])), Complete, &[], 2),
        ("list before the total", r#"{"DataList":[{"Port":1,"Protocol":"tcp"}],"PageInfo":{"TotalCount":1}}"#.into(), Complete, &[], 1),
        ("total as text", page("\"2\"", &[80, 443]), Complete, &[], 2),
        ("total as decimal", page("2.0", &[80, 443]), Complete, &[], 2),
        ("empty and clean", page("0", &[]), Complete, &[], 0),
        ("same page twice", format!("[{whole},{whole}]"), Complete, &["evidence/repeated-rows"], 2),
        ("rows missing", page("39", &[80]), Partial, &["evidence/rows-missing"], 1),
        ("no row of many", page("39", &[]), Partial, &["evidence/rows-missing"], 0),
        ("more rows than the total", page("1", &[80, 443]), Unprovable, &["evidence/rows-beyond-total"], 2),
        ("total absent", r#"{"PageInfo":{},"DataList":[]}"#.into(), Unprovable, &["evidence/total-missing"], 0),
        ("total null", page("null", &[]), Unprovable, &["evidence/total-unreadable"], 0),
        ("total negative", page("-1", &[]), Unprovable, &["evidence/total-unreadable"], 0),
        ("total in words", page("\"many\"", &[]), Unprovable, &["evidence/total-unreadable"], 0),
        ("total a list", page("[1]", &[]), Unprovable, &["evidence/total-unreadable"], 0),
        ("pager output", r#"{"DataList":[{"Port":1,"Protocol":"tcp"}]}"#.into(), Unprovable, &["evidence/total-missing"], 1),
        ("bare array", r#"[{"Port":1,"Protocol":"tcp"},{"Port":2,"Protocol":"tcp"}]"#.into(), Unprovable, &["evidence/total-missing"], 2),
        ("bare stream", "{\"Port\":1,\"Protocol\":\"tcp\"}\n{\"Port\":2,\"Protocol\":\"tcp\"}\n".into(), Unprovable, &["evidence/total-missing"], 2),
        ("empty object", "{}".into(), NoEvidence, &["evidence/no-records"], 0),
        ("a report", r#"{"schema":"portcullis.report/v1","records":[]}"#.into(), NoEvidence, &["evidence/no-records"], 0),
        ("empty array", "[]".into(), NoEvidence, &["evidence/no-records"], 0),
        ("null", "null".into(), NoEvidence, &["evidence/no-records"], 0),
        ("a number", "5".into(), NoEvidence, &["evidence/no-records"], 0),
        ("list absent", r#"{"PageInfo":{"TotalCount":0}}"#.into(), NoEvidence, &["evidence/list-missing"], 0),
        ("list null", r#"{"PageInfo":{"TotalCount":0},"DataList":null}"#.into(), NoEvidence, &["evidence/list-missing"], 0),
        ("error body", r#"{"RequestId":"r","Code":"Throttling","Message":"slow down"}"#.into(), NoEvidence, &["evidence/error-body"], 0),
        ("error body, lower case", r#"{"code":"Throttling","message":"m"}"#.into(), NoEvidence, &["evidence/error-body"], 0),
        ("error body beside an empty list", r#"{"Code":"x","Message":"m","PageInfo":{"TotalCount":0},"DataList":[]}"#.into(), NoEvidence, &["evidence/error-body"], 0),
        ("error code alone beside an empty list", r#"{"Code":"x","PageInfo":{"TotalCount":0},"DataList":[]}"#.into(), NoEvidence, &["evidence/error-body"], 0),
        ("error in an SDK wrapper", r#"{"headers":{},"statusCode":400,"body":{"Code":"x","Message":"m"}}"#.into(), NoEvidence, &["evidence/error-body"], 0),
        ("error body in odd case, beside a field", r#"{"cODE":"Throttling","mESSAGE":"m","Port":80}"#.into(), NoEvidence, &["evidence/error-body"], 0),
        ("message alone beside an empty list", r#"{"Message":"not buy user","PageInfo":{"TotalCount":0},"DataList":[]}"#.into(), NoEvidence, &["evidence/error-body"], 0),
        ("no success", r#"{"Success":false,"PageInfo":{"TotalCount":0},"DataList":[]}"#.into(), NoEvidence, &["evidence/error-body"], 0),
        ("code and message that are null", r#"{"Code":null,"Message":null,"PageInfo":{"TotalCount":0},"DataList":[]}"#.into(), Complete, &[], 0),
        ("failure status over a body that looks whole", format!(r#"{{"headers":{{}},"statusCode":503,"body":{}}}"#, page("0", &[])), NoEvidence, &["evidence/error-body"], 0),
        ("one page is an error", format!(r#"[{},{{"Code":"Throttling","Message":"m"}}]"#, page("2", &[80])), NoEvidence, &["evidence/error-body", "evidence/rows-missing"], 1),
        ("an element that is no object", format!("[{whole},5]"), Partial, &["evidence/not-a-record"], 2),
        ("a record that is no object", r#"{"PageInfo":{"TotalCount":1},"DataList":[null]}"#.into(), Partial, &["evidence/not-a-record", "evidence/rows-missing"], 0),
        ("totals differ, rows reach them", format!("[{},{}]", page("1", &[80]), page("2", &[443])), Unprovable, &["evidence/totals-differ"], 2),
        ("totals differ, rows fall short", format!("[{},{}]", page("3", &[80]), page("4", &[443])), Partial, &["evidence/totals-differ", "evidence/rows-missing"], 2),
        ("a row changed", r#"{"PageInfo":{"TotalCount":1},"DataList":[{"Port":1,"Protocol":"tcp","RiskLevel":1},{"Port":1,"Protocol":"TCP","RiskLevel":3}]}"#.into(), Unprovable, &["evidence/not-stable"], 1),
        ("a row changed, and both came again", r#"{"PageInfo":{"TotalCount":1},"DataList":[{"Port":1,"Protocol":"tcp","RiskLevel":1},{"Port":1,"Protocol":"tcp","RiskLevel":3},{"Port":1,"Protocol":"tcp","RiskLevel":3}]}"#.into(), Unprovable, &["evidence/not-stable", "evidence/repeated-rows"], 1),
        ("rows without identity prove no total", r#"{"PageInfo":{"TotalCount":2},"DataList":[{"Port":1},{"Port":2}]}"#.into(), Unprovable, &["evidence/no-identity"], 2),
        ("one row without identity among others", r#"{"PageInfo":{"TotalCount":2},"DataList":[{"Port":1,"Protocol":"tcp"},{"Port":70000,"Protocol":"tcp"}]}"#.into(), Unprovable, &["evidence/no-identity"], 2),
        ("a row without identity twice is one", r#"{"PageInfo":{"TotalCount":2},"DataList":[{"Port":1},{"Port":1}]}"#.into(), Partial, &["evidence/rows-missing", "evidence/repeated-rows", "evidence/no-identity"], 1),
    ];
    for (name, text, wholeness, codes, records) in cases {
        let found = alone(&text);
        assert_eq!(
            (found.0, found.1.as_slice(), found.2),
            (
                wholeness,
                codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>().as_slice(),
                records
            ),
            "{name}"
        );
    }
}

/// An answer with an empty list under total 0, and members before it.
fn empty_with(members: &str) -> String {
    format!(r#"{{{members},"PageInfo":{{"TotalCount":0}},"DataList":[]}}"#)
}

/// An answer with one row under total 1, and members after it.
fn full_with(members: &str) -> String {
    format!(
        r#"{{"PageInfo":{{"TotalCount":1}},"DataList":[{{"Port":1,"Protocol":"tcp"}}],{members}}}"#
    )
}

#[test]
fn a_failure_at_any_level_is_an_error_of_the_api() {
    let values = [
        "206",
        "299",
        "204",
        "0",
        "500",
        "false",
        "\"500 Internal Server Error\"",
        "\"200 OK\"",
        "[500]",
        "{\"a\":1}",
        "[200]",
    ];
    for name in [
        "statusCode",
        "StatusCode",
        "httpStatus",
        "HttpStatusCode",
        "status",
        "success",
        "Success",
        "isSuccess",
        "ok",
        "status_code",
    ] {
        for value in values {
            let member = format!(r#""{name}":{value}"#);
            for text in [
                empty_with(&member),
                full_with(&member),
                format!(r#"{{"body":{}}}"#, empty_with(&member)),
                format!(
                    r#"{{"headers":{{}},{member},"body":{}}}"#,
                    empty_with(r#""StatusCode":200,"Success":true"#)
                ),
                format!(r#"{{"headers":{{{member}}},"statusCode":200,"body":{}}}"#, page("0", &[])),
                format!(r#"{{"PageInfo":{{"TotalCount":0,{member}}},"DataList":[]}}"#),
                format!(r#"[{},{}]"#, page("0", &[]), empty_with(&member)),
            ] {
                let (found, codes, _) = alone(&text);
                assert_eq!(found, Wholeness::NoEvidence, "{text}");
                assert_eq!(codes, ["evidence/error-body"], "{text}");
            }
        }
    }
    for name in [
        "Code",
        "code",
        "Message",
        "Error",
        "errors",
        "ErrorCode",
        "ErrCode",
        "errorMessage",
        "error_code",
        "ErrMsg",
        "AccessDeniedDetail",
        "Recommend",
        "HostId",
    ] {
        for value in ["\"x\"", "{\"a\":null}", "[\"x\"]", "[{}]", "500", "false", "0", "\"{}\""] {
            let member = format!(r#""{name}":{value}"#);
            for text in [
                empty_with(&member),
                full_with(&member),
                format!(r#"{{"PageInfo":{{{member},"TotalCount":0}},"DataList":[]}}"#),
                format!("{{{member}}}"),
            ] {
                assert_eq!(alone(&text).1, ["evidence/error-body"], "{text}");
            }
        }
        for value in [
            "null",
            "\"\"",
            "\" \"",
            "[]",
            "{}",
            "200",
            "\"200\"",
            "\"OK\"",
            "\"ok\"",
            "\"Success\"",
        ] {
            let text = empty_with(&format!(r#""{name}":{value}"#));
            assert_eq!(alone(&text), (Wholeness::Complete, vec![], 0), "{text}");
        }
    }
    for text in [
        r#"{"success":false,"Success":true}"#,
        r#"{"Success":true,"success":0}"#,
        r#"{"Error":true}"#,
        r#"{"Error":"true"}"#,
    ] {
        let text = empty_with(&text[1..text.len() - 1]);
        assert_eq!(alone(&text).1, ["evidence/error-body"], "{text}");
    }
    for member in [
        r#""Code":true"#,
        r#""success":true,"Success":"OK""#,
        r#""statusCode":"200","status":null"#,
        r#""Message":"success","Code":"200""#,
    ] {
        assert_eq!(alone(&empty_with(member)), (Wholeness::Complete, vec![], 0), "{member}");
    }
}

#[test]
fn an_error_is_reported_in_its_own_words_at_its_place() {
    for (member, words) in [
        (
            r#""Code":"Throttling","Message":"slow down","RequestId":"E-1""#,
            "`Throttling`: `slow down`, request `E-1`",
        ),
        (r#""PageInfo2":{"ErrorCode":"X1","ErrMsg":"no"}"#, "`X1`: `no`"),
        (r#""statusCode":500,"Code":"200""#, "`statusCode: 500`"),
        (r#""errors":[{"code":1}]"#, "`errors: a list`"),
    ] {
        let text = empty_with(member);
        let (file, _) = read_as("a.json", text.as_bytes()).unwrap();
        let problem = &file.flaws[0].problem;
        assert_eq!(problem.message, format!("the API answered with an error: {words}"));
        let Place::Evidence(mark) = &problem.place else { panic!("{member}") };
        assert!(mark.offset > 0 && mark.position.column == mark.offset + 1, "{mark:?}");
    }
}

#[test]
fn nothing_unexplained_stands_beside_an_empty_list() {
    let row = r#"{"Port":3389,"Protocol":"tcp","ServiceNameList":["RDP"],"RiskLevel":3}"#;
    let answer = page("1", &[3389]);
    let quoted = serde_json::Value::from(answer.as_str()).to_string();
    let twice = serde_json::Value::from(quoted.as_str()).to_string();
    // Records or a wrapper in another place: not provable, whatever the list holds.
    for name in ["datalist", "Data", "Body", "body", "Response", "Result", "data_list", "rows"] {
        for value in [
            format!("[{row}]"),
            format!("[[{row}]]"),
            answer.clone(),
            quoted.clone(),
            twice.clone(),
            format!("[{answer}]"),
            format!("[{quoted}]"),
            row.to_owned(),
            format!(r#"{{"a":[{row}]}}"#),
        ] {
            // A body that holds an answer is where its records are expected.
            if name == "body" && value == answer {
                continue;
            }
            let member = format!(r#""{name}":{value}"#);
            for text in [
                empty_with(&member),
                full_with(&member),
                format!(r#"{{"statusCode":200,"body":{}}}"#, empty_with(&member)),
                format!(
                    r#"{{"statusCode":200,"headers":{{{member}}},"body":{}}}"#,
                    page("1", &[1])
                ),
                format!(r#"{{"PageInfo":{{"TotalCount":0,{member}}},"DataList":[]}}"#),
            ] {
                let (found, codes, _) = alone(&text);
                assert_eq!(found, Wholeness::Unprovable, "{codes:?} {text}");
                assert_eq!(codes[0], "evidence/second-list", "{text}");
            }
        }
    }
    // What may hold records makes an empty list unprovable, and is only noted beside others.
    for value in ["{}", "{\"a\":1}", "[1]", "[[]]", "\"[1]\"", "\" {\"", "\"{not json\""] {
        let member = format!(r#""Extra":{value}"#);
        assert_eq!(
            alone(&empty_with(&member)),
            (Wholeness::Unprovable, vec!["evidence/unexplained".to_owned()], 0),
            "{member}"
        );
        assert_eq!(
            alone(&full_with(&member)),
            (Wholeness::Complete, vec!["evidence/unlisted-member".to_owned()], 1),
            "{member}"
        );
    }
    for value in ["1", "\"x\"", "true", "\"\""] {
        let member = format!(r#""Extra":{value}"#);
        for text in [empty_with(&member), full_with(&member)] {
            let (found, codes, _) = alone(&text);
            assert_eq!(
                (found, codes),
                (Wholeness::Complete, vec!["evidence/unlisted-member".to_owned()])
            );
        }
    }
    for value in ["null", "[]"] {
        let member = format!(r#""Extra":{value}"#);
        assert_eq!(alone(&empty_with(&member)), (Wholeness::Complete, vec![], 0), "{member}");
    }
    let split = r#"{"body":{"DataList":[]},"PageInfo":{"TotalCount":0}}"#;
    assert_eq!(alone(split).1[0], "evidence/second-list");
    for text in [
        r#"{"DataList":[],"body":{"DataList":[{"Port":1}]},"PageInfo":{"TotalCount":0}}"#,
        r#"{"body":{"PageInfo":{"TotalCount":0},"DataList":[]},"DataList":[]}"#,
        r#"{"body":{"PageInfo":{"TotalCount":0},"DataList":[]},"PageInfo":{"TotalCount":9}}"#,
    ] {
        assert_eq!(alone(text).0, Wholeness::Unprovable, "{text}");
        assert!(alone(text).1.contains(&"evidence/second-list".to_owned()), "{text}");
    }
    let beside = r#"{"body":{"a":1},"PageInfo":{"TotalCount":0},"DataList":[]}"#;
    assert_eq!(alone(beside).0, Wholeness::Unprovable);
    let totals = r#"{"PageInfo":{"TotalCount":0},"totalCount":4,"DataList":[]}"#;
    assert_eq!(alone(totals).0, Wholeness::Unprovable);
}

#[test]
fn what_announces_more_says_that_rows_are_missing() {
    for name in [
        "NextToken",
        "nextToken",
        "next_token",
        "HasMore",
        "IsTruncated",
        "NextPage",
        "Marker",
        "nextCursor",
    ] {
        for value in ["true", "1", "\"abc\"", "\"true\"", "{\"a\":1}", "[1]"] {
            let member = format!(r#""{name}":{value}"#);
            for text in [
                empty_with(&member),
                full_with(&member),
                format!(r#"{{"PageInfo":{{"TotalCount":0,{member}}},"DataList":[]}}"#),
            ] {
                let (found, codes, _) = alone(&text);
                assert_eq!(found, Wholeness::Partial, "{text}");
                assert!(codes.contains(&"evidence/more-announced".to_owned()), "{text}");
            }
        }
        for value in ["null", "\"\"", "false", "\"false\"", "[]"] {
            let text = full_with(&format!(r#""{name}":{value}"#));
            assert_eq!(alone(&text), (Wholeness::Complete, vec![], 1), "{text}");
        }
    }
}

#[test]
fn notes_do_not_hide_what_weighs_more() {
    let many: Vec<String> = (0..400).map(|index| format!(r#""Extra{index}":1"#)).collect();
    let text = format!("[{},{}]", empty_with(&many.join(",")), empty_with(r#""NextToken":"x""#));
    assert_eq!(alone(&text).0, Wholeness::Partial);
}

/// A page of a number.
fn numbered(number: &str, total: u32, rows: &[u32]) -> String {
    let page = page(&total.to_string(), rows);
    page.replace("\"TotalCount\"", &format!(r#""CurrentPage":{number},"TotalCount""#))
}

#[test]
fn two_pages_of_one_number_hold_the_same_records() {
    use Wholeness::{Complete, Unprovable};
    let cases: Vec<(&str, Vec<String>, Wholeness, &[&str])> = vec![
        ("pages", vec![numbered("1", 2, &[1]), numbered("2", 2, &[2])], Complete, &[]),
        (
            "the same number",
            vec![numbered("1", 2, &[1]), numbered("1", 2, &[2])],
            Unprovable,
            &["evidence/pages-differ"],
        ),
        (
            "once as text",
            vec![numbered("1", 2, &[1]), numbered("\"1\"", 2, &[2])],
            Unprovable,
            &["evidence/pages-differ"],
        ),
        (
            "once empty",
            vec![numbered("1", 1, &[1]), numbered("1", 1, &[])],
            Unprovable,
            &["evidence/pages-differ"],
        ),
        (
            "the same page twice",
            vec![numbered("1", 1, &[1]), numbered("1", 1, &[1])],
            Complete,
            &["evidence/repeated-rows"],
        ),
        ("no number", vec![numbered("null", 2, &[1]), numbered("null", 2, &[2])], Complete, &[]),
        (
            "no number in words",
            vec![numbered("\"x\"", 2, &[1]), numbered("\"x\"", 2, &[2])],
            Complete,
            &[],
        ),
        (
            "no number but a list",
            vec![numbered("[1]", 2, &[1]), numbered("[1]", 2, &[2])],
            Complete,
            &[],
        ),
        ("page 0", vec![numbered("0", 1, &[1])], Unprovable, &["evidence/page-number"]),
        ("a page below 0", vec![numbered("-1", 1, &[1])], Unprovable, &["evidence/page-number"]),
        (
            "another size",
            vec![numbered("1,\"PageSize\":1", 2, &[1]), numbered("2,\"PageSize\":\"2\"", 2, &[2])],
            Complete,
            &["evidence/page-sizes"],
        ),
    ];
    for (name, pages, wholeness, codes) in cases {
        let expected = (wholeness, codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>());
        for text in [format!("[{}]", pages.join(",")), pages.join("\n")] {
            let (found, codes, _) = alone(&text);
            assert_eq!((found, codes), expected, "{name}: {text}");
        }
    }
    let file = |name: &str, text: &str| read_as(name, text.as_bytes()).unwrap().0;
    let files = |second: &str| {
        let files = vec![
            file("d/1.json", &numbered("1", 2, &[1])),
            file("d/2.json", &numbered(second, 2, &[2])),
        ];
        assemble(files, &mut |_, _| ()).remove(0).wholeness
    };
    assert_eq!((files("1"), files("2")), (Unprovable, Complete), "files of one folder");
}

#[test]
fn what_is_no_evidence_is_refused() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", vec![], "evidence/empty"),
        ("blank", b" \n\t ".to_vec(), "evidence/empty"),
        ("only a byte order mark", "\u{feff}".into(), "evidence/empty"),
        ("list of another type", br#"{"DataList":{}}"#.to_vec(), "evidence/list-type"),
        ("list a text", br#"{"DataList":"[]"}"#.to_vec(), "evidence/list-type"),
        ("two lists", br#"{"DataList":[],"DataList":[]}"#.to_vec(), "json/duplicate-key"),
        (
            "two totals",
            br#"{"PageInfo":{"TotalCount":1,"TotalCount":0},"DataList":[]}"#.to_vec(),
            "json/duplicate-key",
        ),
        ("key twice in a record", br#"[{"Port":1,"Port":2}]"#.to_vec(), "json/duplicate-key"),
        (
            "key twice in the envelope",
            br#"{"A":1,"DataList":[],"\u0041":1}"#.to_vec(),
            "json/duplicate-key",
        ),
        (
            "key twice in headers",
            br#"{"headers":{"a":1,"a":2},"body":{"DataList":[]}}"#.to_vec(),
            "json/duplicate-key",
        ),
        (
            "key twice in PageInfo",
            br#"{"PageInfo":{"A":1,"B":2,"A":1},"DataList":[]}"#.to_vec(),
            "json/duplicate-key",
        ),
        (
            "key twice in an unlisted member",
            br#"{"X":[{"a":{"b":1,"b":1}}],"DataList":[]}"#.to_vec(),
            "json/duplicate-key",
        ),
        (
            "key twice in an error",
            br#"{"Code":"x","Error":{"a":1,"a":1}}"#.to_vec(),
            "json/duplicate-key",
        ),
        (
            "key twice, once escaped",
            br#"{"DataList":[{"Port":1,"\u0050ort":2}]}"#.to_vec(),
            "json/duplicate-key",
        ),
        ("truncated", br#"{"DataList":[{"Port":1}"#.to_vec(), "json/truncated"),
        ("trailing garbage", br#"{"DataList":[]} x"#.to_vec(), "json/trailing-garbage"),
        ("a brace too many", br#"{"DataList":[]}}"#.to_vec(), "json/trailing-garbage"),
        ("a number behind", br#"{"DataList":[]} 5"#.to_vec(), "json/trailing-garbage"),
        ("NaN", br#"{"DataList":[{"Port":NaN}]}"#.to_vec(), "json/not-json"),
        ("not JSON", b"ERROR: SDK.ServerError".to_vec(), "json/not-json"),
        ("UTF-16", vec![0xff, 0xfe, b'{', 0, b'}', 0], "json/utf-16"),
        ("invalid UTF-8", b"{\"DataList\":[{\"ProbRisk\":\"\xff\"}]}".to_vec(), "json/utf-8"),
        ("too deep", deep(129).into_bytes(), "json/too-deep"),
    ];
    for (name, text, code) in cases {
        assert_eq!(refused(&text), code, "{name}");
    }
    assert!(read_as("a.json", deep(128).as_bytes()).is_ok(), "128 levels are not too deep");
}

#[test]
fn a_truncation_at_any_byte_is_never_whole() {
    let text = page("2", &[80, 443]);
    for end in 0..text.len() {
        assert!(read_as("a.json", &text.as_bytes()[..end]).is_err(), "{}", &text[..end]);
    }
}

#[test]
fn pages_of_one_folder_are_one_snapshot() {
    let file = |name: &str, text: &str| read_as(name, text.as_bytes()).unwrap().0;
    let files = vec![
        file("d/1.json", &page("3", &[1, 2])),
        file("d/all.json", &page("2", &[1, 2])),
        file("d/2.json", &page("3", &[2, 3])),
    ];
    let mut joined = Vec::new();
    let assembly = assemble(files, &mut |index, rows| joined.push((index, rows.distinct())));
    assert_eq!(joined, [(2, 2)], "the third file joins the two rows of the first");
    let found: Vec<_> = assembly
        .iter()
        .map(|snapshot| (snapshot.source.as_ref(), snapshot.records, snapshot.wholeness))
        .collect();
    assert_eq!(found, [("d", 3, Wholeness::Complete), ("d/all.json", 2, Wholeness::Complete)]);
    assert_eq!(assembly[0].pages.len(), 2);
}

#[test]
fn a_stream_has_no_neighbours() {
    let mut file = read_as("<stdin>", page("3", &[1]).as_bytes()).unwrap().0;
    file.folder = None;
    let other = read_as("2.json", page("3", &[2, 3]).as_bytes()).unwrap().0;
    let assembly = assemble(vec![file, other], &mut |_, _| panic!("nothing joins"));
    assert!(assembly.iter().all(|snapshot| snapshot.wholeness == Wholeness::Partial));
}

#[test]
fn places_are_those_of_the_file() {
    let text = format!("\u{feff}[\n  {},\n {}]", page("2", &[1]), page("2", &[2]));
    let (file, Collector(records)) = read_as("中文.json", text.as_bytes()).unwrap();
    let lists: Vec<_> = file.pages.iter().map(|page| page.list.as_deref().unwrap()).collect();
    assert_eq!(lists, ["/0/DataList", "/1/DataList"]);
    let sources: Vec<_> = file.pages.iter().map(|page| page.source.as_ref()).collect();
    assert_eq!(sources, ["中文.json#page=1", "中文.json#page=2"]);
    for (place, record) in &records {
        let start = usize::try_from(place.offset).unwrap();
        assert_eq!(&text[start..start + record.len()], record);
        let line = text[..start].matches('\n').count() as u64 + 1;
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let column =
            text[line_start..start].trim_start_matches('\u{feff}').chars().count() as u64 + 1;
        assert_eq!((place.position.line, place.position.column), (line, column));
    }
    assert_eq!(records.len(), 2);
}

#[test]
fn a_page_within_a_file_is_hashed_by_itself() {
    use sha2::{Digest, Sha256};
    let pages = [page("2", &[1]), page("2", &[2])];
    let (file, _) =
        read_as("a.ndjson", format!("{}\n{}\n", pages[0], pages[1]).as_bytes()).unwrap();
    for (page, text) in file.pages.iter().zip(&pages) {
        let hash: String =
            Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(page.sha256.as_ref(), Some(&hash));
    }
}

#[test]
fn every_flaw_has_a_code_a_help_and_a_place() {
    for text in
        [page("39", &[1]), page("null", &[]), "[]".into(), r#"{"Code":"x","Message":"m"}"#.into()]
    {
        let (file, _) = read_as("a.json", text.as_bytes()).unwrap();
        let snapshot = assemble(vec![file], &mut |_, _| ()).remove(0);
        for flaw in &snapshot.flaws {
            assert!(!flaw.problem.code.is_empty() && flaw.problem.help.is_some());
            assert_eq!(flaw.problem.place.source(), "a.json");
        }
    }
    let total = page("39", &[1]);
    let (file, _) = read_as("a.json", total.as_bytes()).unwrap();
    let snapshot = assemble(vec![file], &mut |_, _| ()).remove(0);
    let Place::Evidence(mark) = &snapshot.flaws[0].problem.place else {
        panic!("a place in the file")
    };
    let start = usize::try_from(mark.offset).unwrap();
    assert_eq!(&total[start..start + usize::try_from(mark.length).unwrap()], "39");
}
