//! Evidence as a black box: files go in, an exit code and a report come out, and both are what a model
//! of captures and the contract say.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::too_many_lines,
    unreachable_pub,
    reason = "tables are long, and a test fails by a panic"
)]

#[path = "evidence/model.rs"]
mod model;
#[path = "evidence/random.rs"]
mod random;
#[path = "evidence/text.rs"]
mod text;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use model::{Expected, Flags, POLICIES, Whole};
use random::Random;
use text::Style;

const PLAIN: Flags =
    Flags { assume_complete: false, allow_partial: false, inconclusive: "fail", fail_on: "deny" };

const LOOSEST: Flags =
    Flags { assume_complete: true, allow_partial: true, inconclusive: "pass", fail_on: "never" };

/// A folder with the policies, and room for evidence in `saved`.
struct Room(tempfile::TempDir);

struct Run {
    exit: i32,
    bytes: Vec<u8>,
}

impl Room {
    fn new() -> Self {
        let room = Self(tempfile::tempdir().unwrap());
        fs::write(room.path("policies.yaml"), POLICIES).unwrap();
        fs::create_dir(room.path("saved")).unwrap();
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Empties `saved` and fills it with files, `00.json` and so on.
    fn fill(&self, files: &[Vec<u8>]) -> Vec<String> {
        fs::remove_dir_all(self.path("saved")).unwrap();
        fs::create_dir(self.path("saved")).unwrap();
        let name = |index: usize| format!("saved/{index:02}.json");
        for (index, bytes) in files.iter().enumerate() {
            fs::write(self.path(&name(index)), bytes).unwrap();
        }
        (0..files.len()).map(name).collect()
    }

    fn check<S: AsRef<str>>(&self, inputs: &[S], flags: Flags) -> Run {
        self.check_with(inputs, flags, b"")
    }

    fn check_with<S: AsRef<str>>(&self, inputs: &[S], flags: Flags, stdin: &[u8]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.current_dir(self.0.path()).args(["check", "-f", "json", "-p", "policies.yaml"]);
        command.args(["--inconclusive", flags.inconclusive, "--fail-on", flags.fail_on]);
        command.args(flags.assume_complete.then_some("--assume-complete"));
        command.args(flags.allow_partial.then_some("--allow-partial"));
        command.args(inputs.iter().map(AsRef::as_ref));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A run that fails early does not read it all.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        let exit = output.status.code().unwrap();
        Run { exit, bytes: output.stdout }
    }

    fn one(&self, text: &[u8], flags: Flags) -> Run {
        self.fill(&[text.to_vec()]);
        self.check(&["saved"], flags)
    }
}

impl Run {
    fn report(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| {
            panic!("exit {}: {:?}", self.exit, String::from_utf8_lossy(&self.bytes))
        })
    }

    fn codes(&self) -> Vec<String> {
        let report = self.report();
        let problems = match report["evidence"].as_array() {
            Some(evidence) => evidence.iter().flat_map(|one| all(&one["problems"])).collect(),
            None => all(&report["problems"]),
        };
        problems.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
    }

    fn wholes(&self) -> Vec<Whole> {
        let whole = |one: &Value| Whole {
            complete: one["complete"].as_bool(),
            records: one["records"].as_u64().unwrap(),
            expected: one["expected"].as_u64(),
        };
        all(&self.report()["evidence"]).iter().map(whole).collect()
    }

    /// Exit 0 that says that all of it is there.
    fn is_proof(&self) -> bool {
        self.exit == 0 && self.wholes().iter().all(|whole| whole.complete == Some(true))
    }
}

fn all(value: &Value) -> Vec<Value> {
    value.as_array().unwrap().clone()
}

fn flags(random: &mut Random) -> Flags {
    if random.once_in(2) {
        return PLAIN;
    }
    Flags {
        assume_complete: random.once_in(2),
        allow_partial: random.once_in(2),
        inconclusive: random.pick(&["fail", "report", "pass"]),
        fail_on: random.pick(&["deny", "alert", "never"]),
    }
}

#[test]
fn every_capture_comes_out_as_the_model_says() {
    let room = Room::new();
    let mut exits = [0_usize; 4];
    for seed in 0..400 {
        let random = &mut Random::new(seed);
        let mut files = model::capture(random);
        let harms: Vec<&str> =
            (0..random.below(4)).map(|_| model::harm(&mut files, random)).collect();
        let (flags, style) = (flags(random), Style::any(random));
        let texts: Vec<Vec<u8>> = files.iter().map(|file| style.bytes(file, random)).collect();
        let names = room.fill(&texts);
        let run = room.check(&["saved"], flags);
        let context = format!("seed {seed}, {harms:?}, {flags:?}\n{files:#?}");
        let Some(expected) = model::expected(&files, flags) else {
            assert_eq!(run.exit, 2, "{context}");
            exits[2] += 1;
            continue;
        };
        exits[usize::try_from(run.exit).unwrap()] += 1;
        compare(&run, &expected, flags, &context);
        places(&run.report(), &texts, &names, &context);
        if seed % 4 == 0 {
            one_by_one(&room, (&run, &names), flags, random);
        }
    }
    assert!(exits.iter().all(|count| *count > 20), "every outcome is tried: {exits:?}");
}

fn compare(run: &Run, expected: &Expected, flags: Flags, context: &str) {
    let report = run.report();
    assert_eq!(run.exit, expected.exit, "{context}");
    assert_eq!(report["exit_code"], run.exit, "{context}");
    assert_eq!(run.wholes(), expected.snapshots, "{context}");
    for (policy, counts) in all(&report["policies"]).iter().zip(&expected.policies) {
        let found = ["judged", "failed", "inconclusive"].map(|name| policy[name].as_u64().unwrap());
        assert_eq!(found, [counts.judged, counts.failed, counts.inconclusive], "{context}");
    }
    let [deny, alert] = expected.policies;
    let listed =
        if flags.inconclusive == "pass" { 0 } else { deny.inconclusive + alert.inconclusive };
    let records = expected.snapshots.iter().map(|whole| whole.records).sum();
    let summary = ["policies", "records", "deny", "alert", "inconclusive", "waived", "known"]
        .map(|name| report["summary"][name].as_u64().unwrap());
    assert_eq!(summary, [2, records, deny.failed, alert.failed, listed, 0, 0], "{context}");
    let findings = all(&report["findings"]).len() as u64;
    assert_eq!(findings, deny.failed + alert.failed + listed, "{context}");
}

/// The text at every reported place is the value.
fn places(report: &Value, texts: &[Vec<u8>], names: &[String], context: &str) {
    for finding in all(&report["findings"]) {
        let record = &finding["record"];
        let file = names.iter().position(|name| record["source"] == name.as_str()).unwrap();
        let bytes = &texts[file];
        let start = offset(bytes, record);
        let mut values = serde_json::Deserializer::from_slice(&bytes[start..]).into_iter::<Value>();
        let value = values.next().unwrap().unwrap();
        for (field, identity) in record["identity"].as_object().unwrap() {
            assert_eq!(&value[field], identity, "{context}");
        }
        for evidence in all(&finding["evidence"]) {
            let at = usize::try_from(evidence["offset"].as_u64().unwrap()).unwrap();
            let length = usize::try_from(evidence["length"].as_u64().unwrap()).unwrap();
            assert_eq!(at, offset(bytes, &evidence), "{context}");
            let text: Value = serde_json::from_slice(&bytes[at..at + length]).unwrap();
            assert_eq!(text, evidence["value"], "{context}");
            assert_eq!(value[evidence["field"].as_str().unwrap()], text, "{context}");
            if let Ok(document) = serde_json::from_slice::<Value>(without_mark(bytes)) {
                let pointer = evidence["pointer"].as_str().unwrap();
                assert_eq!(document.pointer(pointer), Some(&text), "{context}");
            }
        }
    }
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The byte at a line and column, both from 1, a byte order mark being no column.
fn offset(bytes: &[u8], place: &Value) -> usize {
    let (line, column) = (place["line"].as_u64().unwrap(), place["column"].as_u64().unwrap());
    let mark = bytes.len() - without_mark(bytes).len();
    let text = std::str::from_utf8(without_mark(bytes)).unwrap();
    let lines = text.split_inclusive('\n').take(usize::try_from(line - 1).unwrap());
    let start: usize = lines.map(str::len).sum();
    let scalars = text[start..].chars().take(usize::try_from(column - 1).unwrap());
    mark + start + scalars.map(char::len_utf8).sum::<usize>()
}

/// The same files named one by one, in another order and by other paths: the same but for the order.
fn one_by_one(room: &Room, (run, names): (&Run, &[String]), flags: Flags, random: &mut Random) {
    assert_eq!(run.bytes, room.check(&["saved"], flags).bytes, "the same bytes twice");
    let mut named: Vec<String> = names
        .iter()
        .map(|name| random.pick(&["./", "", "./saved/../", "saved/.././"]).to_string() + name)
        .collect();
    random.shuffle(&mut named);
    named.push("saved".to_owned());
    let other = room.check(&named, flags);
    let counts = |run: &Run| {
        let mut wholes: Vec<String> = run
            .wholes()
            .iter()
            .map(|whole| format!("{:?} {}", whole.complete, whole.records))
            .collect();
        wholes.sort();
        let report = run.report();
        let policies = all(&report["policies"]);
        (run.exit, wholes, report["summary"].clone(), policies)
    };
    assert_eq!(counts(run), counts(&other), "{named:?}");
}

const WHOLE: &str = r#"{"RequestId":"r","PageInfo":{"TotalCount":3},"DataList":[{"Port":80,"Protocol":"tcp","ServiceNameList":["HTTP"],"RiskLevel":1},{"Port":81,"Protocol":"tcp","ServiceNameList":["HTTP"],"RiskLevel":1},{"Port":81,"Protocol":"udp","ServiceNameList":["HTTP"],"RiskLevel":1}]}"#;

#[test]
fn nothing_that_is_cut_off_is_a_proof() {
    let room = Room::new();
    assert!(room.one(WHOLE.as_bytes(), PLAIN).is_proof());
    for end in 0..WHOLE.len() {
        for flags in [PLAIN, LOOSEST] {
            assert_eq!(room.one(&WHOLE.as_bytes()[..end], flags).exit, 2, "{}", &WHOLE[..end]);
        }
    }
}

#[test]
fn a_byte_less_is_a_proof_only_of_what_is_whole_without_it() {
    let room = Room::new();
    for at in 0..WHOLE.len() {
        let text = format!("{}{}", &WHOLE[..at], &WHOLE[at + 1..]);
        let run = room.one(text.as_bytes(), PLAIN);
        let Ok(value) = serde_json::from_str::<Value>(&text) else {
            assert_eq!(run.exit, 2, "{text}");
            continue;
        };
        let rows = value["DataList"].as_array();
        let distinct = rows.map(|rows| {
            let identity = |row: &Value| format!("{} {}", row["Port"], row["Protocol"]);
            rows.iter().map(identity).collect::<std::collections::BTreeSet<_>>().len() as u64
        });
        let total = value["PageInfo"]["TotalCount"].as_u64();
        let is_whole = distinct.is_some() && distinct == total;
        assert_eq!(run.is_proof(), is_whole && run.exit == 0, "{text}");
        assert!(is_whole || run.exit == 3, "{text}");
    }
}

#[test]
fn rows_and_pages_less_are_never_a_proof() {
    let room = Room::new();
    let flagged = Flags { allow_partial: true, ..PLAIN };
    for seed in 1000..1060 {
        let random = &mut Random::new(seed);
        let files = model::capture(random);
        let rows: usize = files
            .iter()
            .flat_map(|file| &file.pages)
            .map(|page| page.rows.as_ref().map_or(0, Vec::len))
            .sum();
        if rows == 0 {
            continue;
        }
        let style = Style::any(random);
        let mut fewer = files;
        let holders: Vec<usize> = (0..fewer.len())
            .filter(|file| {
                fewer[*file].pages.iter().any(|page| !page.rows.as_ref().unwrap().is_empty())
            })
            .collect();
        let file = random.pick(&holders);
        if random.once_in(2) {
            fewer.remove(file);
        } else {
            let pages = fewer[file].pages.iter_mut().map(|page| page.rows.as_mut().unwrap());
            let mut filled: Vec<_> = pages.filter(|rows| !rows.is_empty()).collect();
            let rows = filled.remove(0);
            rows.remove(random.below(rows.len()));
        }
        let texts: Vec<Vec<u8>> = fewer.iter().map(|file| style.bytes(file, random)).collect();
        room.fill(&texts);
        for flags in [PLAIN, flagged] {
            let run = room.check(&["saved"], flags);
            assert!(!run.is_proof(), "seed {seed}: {fewer:#?}");
        }
    }
}

/// Each row of the contract's table of what is found and the exit code.
#[test]
fn what_is_found_ends_in_the_exit_code_of_the_contract() {
    let room = Room::new();
    let whole = answer("1", 0..1);
    let row = r#"{"Port":1,"Protocol":"tcp","ServiceNameList":["HTTP"],"RiskLevel":1}"#;
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let page = |number: &str, rows| {
        answer("2", rows)
            .replace("\"TotalCount\"", &format!("\"CurrentPage\":{number},\"TotalCount\""))
    };
    let list = |value: &str| format!(r#"{{"PageInfo":{{"TotalCount":0}},"DataList":{value}}}"#);
    let empty = list("[]");
    let beside = |member: &str| empty.replacen('{', &format!("{{{member},"), 1);
    let violating = r#"[{"Port":3389,"Protocol":"tcp","ServiceNameList":["RDP"],"RiskLevel":3}]"#;
    let cases: Vec<(&str, Vec<u8>, i32)> = vec![
        ("whole", whole.clone().into(), 0),
        ("an empty list under total 0", empty.clone().into(), 0),
        ("an empty file", vec![], 2),
        ("a blank file", b" \n".to_vec(), 2),
        ("not JSON", b"ERROR: x".to_vec(), 2),
        ("truncated", whole.as_bytes()[..30].to_vec(), 2),
        ("trailing garbage", format!("{whole}]").into(), 2),
        ("invalid UTF-8", [whole.as_bytes(), b"\xff"].concat(), 2),
        ("UTF-16", utf16(&whole), 2),
        ("NaN", list("[{\"Port\":NaN}]").into(), 2),
        ("a key twice in a record", list("[{\"Port\":1,\"Port\":2}]").into(), 2),
        ("a key twice, once escaped", list("[{\"Port\":1,\"\\u0050ort\":2}]").into(), 2),
        ("a key twice in the envelope", beside("\"A\":1,\"\\u0041\":1").into(), 2),
        (
            "a total twice",
            empty.replace("\"TotalCount\":0", "\"TotalCount\":0,\"TotalCount\":0").into(),
            2,
        ),
        ("a list twice", beside("\"DataList\":[]").into(), 2),
        ("a list in a body and beside it", beside("\"body\":{\"DataList\":[]}").into(), 3),
        (
            "too deep",
            list(&format!("[{{\"a\":{}{}}}]", "[".repeat(126), "]".repeat(126))).into(),
            2,
        ),
        ("a list that is an object", list("{}").into(), 2),
        ("a list that is a text", list("\"[]\"").into(), 2),
        ("a list that is a number", list("0").into(), 2),
        ("{}", b"{}".to_vec(), 3),
        ("null", b"null".to_vec(), 3),
        ("[]", b"[]".to_vec(), 3),
        ("a list that is absent", br#"{"PageInfo":{"TotalCount":0}}"#.to_vec(), 3),
        ("a list that is null", list("null").into(), 3),
        ("an error", br#"{"Code":"Throttling","Message":"m"}"#.to_vec(), 3),
        ("rows missing", answer("2", 0..1).into(), 3),
        ("a total that is absent", br#"{"PageInfo":{},"DataList":[]}"#.to_vec(), 3),
        ("a total that is unreadable", empty.replace(":0}", ":\"many\"}").into(), 3),
        ("a pager's output", format!("{{\"DataList\":[{row}]}}").into(), 3),
        ("a bare array", format!("[{row}]").into(), 3),
        ("a bare stream", row.into(), 3),
        ("pages in a stream", format!("{}\n{}", page("1", 0..1), page("2", 1..2)).into(), 0),
        (
            "two lists of one page",
            format!("[{},{}]", page("1", 0..1), page("\"1\"", 1..2)).into(),
            3,
        ),
        (
            "a page without a number",
            format!("[{},{}]", page("1", 0..1), page("null", 1..2)).into(),
            0,
        ),
        (
            "a record without identity",
            list("[{\"Protocol\":\"tcp\",\"Port\":null}]").replace(":0}", ":1}").into(),
            3,
        ),
        (
            "the same twice",
            list("[{\"Port\":70000},{\"Port\":70000}]").replace(":0}", ":2}").into(),
            3,
        ),
        ("a second list", beside(&format!("\"datalist\":{violating}")).into(), 3),
        (
            "a body that is a text",
            format!(r#"{{"statusCode":200,"body":{}}}"#, Value::from(empty.as_str())).into(),
            3,
        ),
        ("a body that is a list", format!(r#"{{"statusCode":200,"body":[{whole}]}}"#).into(), 3),
        (
            "a body in a body",
            format!(r#"{{"statusCode":200,"body":{{"body":{whole}}}}}"#).into(),
            3,
        ),
        ("a body that is null", br#"{"statusCode":200,"body":null}"#.to_vec(), 3),
        (
            "an SDK's answer",
            format!(r#"{{"headers":{{"a":"b"}},"statusCode":200,"body":{whole}}}"#).into(),
            0,
        ),
        (
            "SDK's answers as lines",
            format!(
                "{{\"statusCode\":200,\"body\":{}}}\n{{\"statusCode\":200,\"body\":{}}}",
                page("1", 0..1),
                page("2", 1..2)
            )
            .into(),
            0,
        ),
        (
            "a failure over a success",
            format!(r#"{{"statusCode":500,"body":{}}}"#, beside("\"StatusCode\":200")).into(),
            3,
        ),
        ("more announced", beside("\"NextToken\":\"x\"").into(), 3),
        ("an unlisted scalar", beside("\"Extra\":1").into(), 0),
        ("an unlisted object", beside("\"Extra\":{\"a\":1}").into(), 3),
    ];
    for (name, text, exit) in cases {
        let run = room.one(&text, PLAIN);
        assert_eq!(run.exit, exit, "{name}: {}", String::from_utf8_lossy(&run.bytes));
    }
    fs::create_dir(room.path("empty")).unwrap();
    assert_eq!(room.check(&["empty"], PLAIN).exit, 3, "a folder without evidence");
    assert_eq!(room.check(&["none.json"], PLAIN).exit, 2, "a missing file");
}

#[test]
fn a_file_of_another_operation_is_not_judged() {
    let room = Room::new();
    let violating =
        answer("1", 0..1).replace("HTTP", "RDP").replace("\"RiskLevel\":1", "\"RiskLevel\":3");
    let other = "saved/DescribeInternetOpenIp-2026.json";
    let fill = |beside: Option<&str>| {
        room.fill(&beside.map(|text| text.as_bytes().to_vec()).into_iter().collect::<Vec<_>>());
        fs::write(room.path(other), &violating).unwrap();
    };
    fill(None);
    for inputs in [["saved"], [other]] {
        let run = room.check(&inputs, PLAIN);
        assert_eq!((run.exit, run.codes()), (2, vec!["evidence/other-operation".to_owned()]));
        assert_eq!(
            room.check(&["--operation", "DescribeInternetOpenPort", inputs[0]], PLAIN).exit,
            1
        );
    }
    for (beside, exit) in [(answer("0", 0..0), 0), (answer("2", 0..1), 3), (violating.clone(), 1)] {
        fill(Some(&beside));
        let run = room.check(&["saved"], PLAIN);
        assert_eq!(run.exit, exit);
        assert!(run.codes().contains(&"evidence/other-operation".to_owned()));
        let problems: Vec<Value> =
            all(&run.report()["evidence"]).iter().flat_map(|one| all(&one["problems"])).collect();
        assert!(problems.iter().any(|problem| problem["source"] == other), "{problems:?}");
        assert_eq!(all(&run.report()["evidence"]).len(), 1);
    }
    // What a stream is called after nobody knows.
    assert_eq!(room.check_with(&["-"], PLAIN, answer("0", 0..0).as_bytes()).exit, 0);
}

/// An answer with a total and so many rows, which violate nothing.
fn answer(total: &str, rows: std::ops::Range<u16>) -> String {
    let row = |port: u16| {
        format!(r#"{{"Port":{port},"Protocol":"tcp","ServiceNameList":["HTTP"],"RiskLevel":1}}"#)
    };
    let rows: Vec<String> = rows.map(row).collect();
    format!(r#"{{"PageInfo":{{"TotalCount":{total}}},"DataList":[{}]}}"#, rows.join(","))
}

#[test]
fn what_cannot_be_read_is_refused_at_its_place() {
    let room = Room::new();
    let whole = answer("1", 1..2);
    let at = |text: &str, what: &str| text.find(what).unwrap() as u64;
    let nan = whole.replace(":[\"HTTP\"]", ":NaN");
    let twice = whole.replace("RiskLevel", "\\u0050ort");
    let object = whole.replace(":[{", ":{\"a\":{").replace("}]}", "}}}");
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let deep = |depth: usize| whole.replace("\"HTTP\"", &nested(depth));
    let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: Vec<(&str, Vec<u8>, &str, Option<u64>)> = vec![
        ("empty", vec![], "evidence/empty", None),
        ("blank", b" \n\t\r\n".to_vec(), "evidence/empty", None),
        ("not JSON", b"ERROR: SDK.ServerError".to_vec(), "json/not-json", Some(0)),
        ("truncated", whole.as_bytes()[..50].to_vec(), "json/truncated", Some(50)),
        ("garbage", format!("{whole}}}").into(), "json/trailing-garbage", Some(whole.len() as u64)),
        ("invalid UTF-8", [&whole.as_bytes()[..9], b"\xff"].concat(), "json/utf-8", Some(9)),
        ("UTF-16", utf16.clone(), "json/utf-16", Some(0)),
        ("UTF-16 with a mark", [vec![0xff, 0xfe], utf16].concat(), "json/utf-16", Some(0)),
        ("NaN", nan.clone().into(), "json/not-json", Some(at(&nan, "NaN"))),
        ("key twice", twice.clone().into(), "json/duplicate-key", Some(at(&twice, "\"\\u0050"))),
        (
            "list an object",
            object.clone().into(),
            "evidence/list-type",
            Some(at(&object, "{\"a\"")),
        ),
        // The answer, its list, the record, the services.
        ("too deep", deep(125).into(), "json/too-deep", Some(at(&deep(125), "[[") + 125)),
    ];
    for (name, text, code, offset) in cases {
        for flags in [PLAIN, LOOSEST] {
            let run = room.one(&text, flags);
            assert_eq!(run.codes(), [code], "{name}");
            assert_eq!(run.exit, 2, "{name}");
            assert_eq!(run.report()["problems"][0]["offset"].as_u64(), offset, "{name}");
        }
    }
    room.fill(&[whole.clone().into()]);
    let missing = room.check(&["saved", "saved/none.json"], PLAIN);
    assert_eq!((missing.exit, missing.codes()), (2, vec!["input/unreadable".to_owned()]));
}

#[test]
fn what_is_no_evidence_is_never_accepted() {
    let room = Room::new();
    let list = answer("0", 0..0);
    let error = r#"{"RequestId":"r","Code":"Throttling.User","Message":"slow down"}"#;
    let beside = |members: &str| format!("{{{members},{}", &list[1..]);
    let cases: Vec<(&str, Vec<String>)> = vec![
        ("an error", vec![error.into()]),
        ("an error in lower case", vec![error.to_lowercase()]),
        ("an error in any case", vec![error.replace("Code", "cODE").replace("Message", "mESSAGE")]),
        ("an error beside a field", vec![error.replace("RequestId", "ProbRisk")]),
        ("an error beside a list", vec![beside(r#""Code":"x","Message":"y""#)]),
        ("a message beside an empty list", vec![beside(r#""Message":"not buy user""#)]),
        ("a failure's status", vec![format!(r#"{{"statusCode":"500","body":{list}}}"#)]),
        ("an error under a good status", vec![format!(r#"{{"statusCode":200,"body":{error}}}"#)]),
        ("errors only", vec![error.into(), error.into(), error.into()]),
        ("an error in place of a page", vec![answer("2", 0..1), error.into()]),
        ("an error beside all pages", vec![answer("2", 0..1), answer("2", 1..2), error.into()]),
        ("an error beside a whole answer", vec![answer("1", 0..1), error.into()]),
        ("an error after a page", vec![format!("{}\n{error}", answer("2", 0..2))]),
        ("an error in an array", vec![format!("[{error},{}]", answer("1", 0..1))]),
        ("no list", vec![r#"{"PageInfo":{"TotalCount":0}}"#.into()]),
        ("a list that is null", vec![list.replace("[]", "null")]),
        ("a body that is null", vec![r#"{"statusCode":200,"body":null}"#.into()]),
        ("an empty object", vec!["{}".into()]),
        ("an empty array", vec!["[]".into()]),
        ("null", vec!["null".into()]),
        ("a number", vec!["0".into()]),
        ("no files", vec![]),
    ];
    for (name, texts) in cases {
        room.fill(&texts.iter().map(|text| text.clone().into_bytes()).collect::<Vec<_>>());
        for flags in [PLAIN, LOOSEST] {
            let run = room.check(&["saved"], flags);
            assert_eq!(run.exit, 3, "{name}");
            assert!(run.wholes().iter().any(|whole| whole.complete == Some(false)), "{name}");
            let is_error = run.codes().contains(&"evidence/error-body".to_owned());
            let expected = ["error", "message", "status"].iter().any(|word| name.contains(word));
            assert_eq!(is_error, expected, "{name}: {:?}", run.codes());
        }
    }
}

#[test]
fn each_flag_accepts_what_it_is_for_and_says_so() {
    let room = Room::new();
    let assume = Flags { assume_complete: true, ..PLAIN };
    let allow = Flags { allow_partial: true, ..PLAIN };
    let never = Flags { fail_on: "never", ..PLAIN };
    let pager = r#"{"DataList":[{"Port":1,"Protocol":"tcp","ServiceNameList":[],"RiskLevel":1}]}"#;
    let not_sure = pager.replace("[]", r#"["RDP"]"#).replace("\"RiskLevel\":1", "\"RiskLevel\":-1");
    let cases: Vec<(&str, String, [i32; 4])> = vec![
        ("whole", answer("1", 0..1), [0, 0, 0, 0]),
        ("rows missing", answer("39", 0..1), [3, 3, 0, 3]),
        ("a pager's output", pager.into(), [3, 0, 3, 3]),
        ("no total", answer("null", 0..0), [3, 0, 3, 3]),
        ("more rows than the total", answer("1", 0..2), [3, 0, 3, 3]),
        ("not known, and not provable", not_sure, [3, 3, 3, 3]),
    ];
    for (name, text, exits) in cases {
        let run = |flags| room.one(text.as_bytes(), flags).exit;
        assert_eq!([PLAIN, assume, allow, never].map(run), exits, "{name}");
    }
}

#[test]
fn standard_input_is_a_capture_of_its_own() {
    let room = Room::new();
    let halves = [answer("2", 0..1), answer("2", 1..2)];
    let names = room.fill(&[halves[0].clone().into_bytes()]);
    let inputs: [&[&str]; 3] = [&[], &["-"], &["-", "-"]];
    for inputs in inputs {
        let whole = room.check_with(inputs, PLAIN, answer("2", 0..2).as_bytes());
        assert_eq!((whole.exit, whole.wholes().len()), (0, 1), "{inputs:?}");
        let half = room.check_with(inputs, PLAIN, halves[1].as_bytes());
        assert_eq!(half.exit, 3, "{inputs:?}");
        assert_eq!(room.check_with(inputs, LOOSEST, b"").exit, 2, "{inputs:?}");
    }
    let both = room.check_with(&["-", &names[0]], PLAIN, halves[1].as_bytes());
    assert_eq!((both.exit, both.wholes().len()), (3, 2), "a stream has no folder");
    fs::write(room.path("-"), "").unwrap();
    let named = room.check_with(&["-", "./-"], PLAIN, answer("2", 0..2).as_bytes());
    assert_eq!(named.exit, 2, "a file of that name is another input");
}

#[test]
fn a_value_that_is_not_listed_is_said_once_a_capture_at_its_first_place() {
    let room = Room::new();
    let pages = [answer("3", 0..1), answer("3", 1..2), answer("3", 2..3)];
    let odd = |text: &str, risk: &str| text.replace("\"RiskLevel\":1", risk).into_bytes();
    let texts = [
        pages[0].clone().into_bytes(),
        odd(&pages[1], "\"RiskLevel\":0"),
        odd(&pages[2], "\"RiskLevel\":\"0\""),
    ];
    let names = room.fill(&texts);
    let run = room.check(&["saved"], PLAIN);
    assert_eq!((run.exit, run.codes()), (0, vec!["evidence/unlisted-value".to_owned()]));
    let problem = &run.report()["evidence"][0]["problems"][0];
    assert_eq!(problem["source"], names[1].as_str());
    assert_eq!(texts[1][offset(&texts[1], problem)], b'0');
}
