//! Evidence as captures leave it: compressed, and as snapshots.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by a panic"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use flate2::write::GzEncoder;
use portcullis::operation::Catalogue;
use portcullis::snapshot::{Answer, Capture, Origin, together, write};
use proptest::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::Value;
use sha2::Digest;

const EXAMPLE: &str = "examples/01-first-check/DescribeInternetOpenPort.json";

/// What a run ended in: its exit code, and both outputs.
type Ended = (i32, String, String);

fn portcullis(arguments: &[&str], input: &[u8]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PORTCULLIS_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A child that does not read its input has ended.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn check(path: &Path) -> Ended {
    portcullis(&["check", "-f", "json", path.to_str().unwrap()], b"")
}

fn example() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(EXAMPLE)).unwrap()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn zstandard(text: &[u8]) -> Vec<u8> {
    compress_to_vec(text, CompressionLevel::Fastest)
}

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKINGS: [(&str, Pack); 2] = [("gz", gzip), ("zst", zstandard)];

#[test]
fn what_is_packed_is_judged_as_the_text_within() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain.json");
    fs::write(&plain, example()).unwrap();
    let expected = check(&plain);
    assert_eq!(expected.0, 1);
    for (ending, pack) in PACKINGS {
        let name = format!("plain.json.{ending}");
        let path = folder.path().join(&name);
        fs::write(&path, pack(&example())).unwrap();
        let (code, out, err) = check(&path);
        let same = out.replace(&name, "plain.json");
        assert_eq!((code, same.as_str(), err.as_str()), (1, expected.1.as_str(), ""), "{ending}");

        let from_file = portcullis(&["check", "-f", "json", "-"], &example());
        let from_pipe = portcullis(&["check", "-f", "json", "-"], &pack(&example()));
        assert_eq!(from_pipe, from_file, "{ending}");
    }
}

#[test]
fn a_folder_holds_pages_that_are_packed_and_pages_that_are_not() {
    let page = |number: u16| {
        format!(
            r#"{{"PageInfo":{{"TotalCount":3}},"DataList":[{{"Port":{number},"Protocol":"tcp"}}]}}"#
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("1.json", page(1).as_bytes());
    write("2.json.gz", &gzip(page(2).as_bytes()));
    write("3.ndjson.zst", &zstandard(page(3).as_bytes()));
    write("4.txt.gz", b"evidence of which its name says nothing");
    let (_, out, err) = check(folder.path());
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(err, "");
    assert_eq!(document["evidence"][0]["records"], 3);
    assert_eq!(document["evidence"][0]["complete"], true);
    let unread = &document["evidence"][1];
    assert_eq!(document["evidence"].as_array().unwrap().len(), 2);
    assert_eq!(unread["problems"][0]["code"], "input/packed");
}

#[test]
fn what_cannot_be_unpacked_whole_cannot_be_judged() {
    let folder = tempfile::tempdir().unwrap();
    for (ending, pack) in PACKINGS {
        let path = folder.path().join(format!("a.json.{ending}"));
        let whole = pack(&example());
        let cut = whole.get(..whole.len() - 1).unwrap();
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        for (bytes, expected) in [
            (cut, "cut off or damaged"),
            (&changed, "cut off or damaged"),
            (&example(), "is not"),
            (b"", "is not"),
        ] {
            fs::write(&path, bytes).unwrap();
            let (code, out, _) = check(&path);
            let document: serde_json::Value = serde_json::from_str(&out).unwrap();
            let message = document["problems"][0]["message"].as_str().unwrap();
            assert!(code == 2 && message.contains(expected), "{ending} {expected}: {out}");
        }
    }
}

fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// A capture of raw answers.
fn capture(bodies: &[String]) -> Capture {
    let operation = Arc::clone(Catalogue::built_in().unwrap().only().unwrap());
    let origin = Origin {
        endpoint: "cloudfw.aliyuncs.com".to_owned(),
        region: None,
        account: None,
        profile: None,
        filters: Vec::new(),
        window: None,
        started: at(0),
        finished: at(bodies.len() as i64),
    };
    let page = |(index, body): (usize, &String)| Answer {
        taken: at(index as i64),
        body: Arc::from(body.as_bytes()),
    };
    Capture { operation, origin, pages: bodies.iter().enumerate().map(page).collect() }
}

fn document(capture: &Capture) -> Vec<u8> {
    let judged = together(capture, &Arc::from("a.json")).unwrap();
    let mut out = Vec::new();
    write(capture, &judged, &mut out).unwrap();
    out
}

/// One page with RDP on some ports, and nothing on others.
fn page(total: u64, ports: &[u16]) -> String {
    let row = |port: &u16| {
        let (service, risk) = if port % 2 == 1 { ("RDP", 3) } else { ("HTTPS", 1) };
        format!(
            "    {{\"Port\": {port}, \"Protocol\": \"tcp\", \"ServiceNameList\": [\"{service}\"], \"RiskLevel\": {risk}, \"SuggestLevel\": 10}}"
        )
    };
    let rows: Vec<String> = ports.iter().map(row).collect();
    format!(
        "{{\n  \"端口\": \"é\", \"PageInfo\": {{\"TotalCount\": {total}}},\n  \"DataList\": [\n{}\n  ]\n}}\n",
        rows.join(",\n")
    )
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A report with what a snapshot adds, and what depends on the number of files, taken off, so that it
/// can be compared with that of the same pages saved one by one.
fn comparable(report: &Value, folder: &str) -> String {
    let mut report = report.clone();
    for evidence in report["evidence"].as_array_mut().unwrap() {
        let evidence = evidence.as_object_mut().unwrap();
        evidence.shift_remove("origin");
        evidence.shift_remove("source");
        for problem in evidence["problems"].as_array_mut().unwrap() {
            if problem["line"].is_null() {
                problem["source"] = Value::Null;
            }
        }
    }
    report.to_string().replace(folder, "")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_is_judged_as_its_pages_are_judged_at_the_same_places(
        pages in prop::collection::vec(prop::collection::vec(1_u16..40, 0..6), 2..5),
        beyond in 0_u64..2,
    ) {
        let rows: BTreeSet<u16> = pages.iter().flatten().copied().collect();
        // So that no page reaches it alone: such a file would stand for itself.
        let total = rows.len() as u64 + beyond;
        prop_assume!(pages.iter().all(|page| {
            (page.iter().collect::<BTreeSet<_>>().len() as u64) < total
        }));
        let bodies: Vec<String> = pages.iter().map(|ports| page(total, ports)).collect();
        let folder = tempfile::tempdir().unwrap();
        let saved = folder.path().join("pages");
        fs::create_dir(&saved).unwrap();
        for (index, body) in bodies.iter().enumerate() {
            fs::write(saved.join(format!("{}.json", index + 1)), body).unwrap();
        }
        let one = folder.path().join("one.json.gz");
        fs::write(&one, gzip(&document(&capture(&bodies)))).unwrap();
        let (code, out, err) = check(&one);
        let (expected, pages_out, _) = check(&saved);
        prop_assert_eq!((code, err.as_str()), (expected, ""));
        let mut pages_out = pages_out;
        for number in 1..=bodies.len() {
            let file = saved.join(format!("{number}.json"));
            let name = format!("{}#page={number}", one.display());
            pages_out = pages_out.replace(&format!("\"{}\"", file.display()), &format!("\"{name}\""));
        }
        prop_assert_eq!(comparable(&json(&out), ""), comparable(&json(&pages_out), ""));
    }
}

#[test]
fn pages_of_a_snapshot_are_one_snapshot_and_join_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    // The first page reaches the total by itself; a file alone would leave the others to the folder.
    write("a.json", &document(&capture(&[page(2, &[1, 2]), page(2, &[2])])));
    write("b.json", page(3, &[4]).as_bytes());
    let (code, out, _) = check(folder.path());
    let report = json(&out);
    let evidence = report["evidence"].as_array().unwrap();
    assert_eq!(code, 1, "{out}");
    let sources: Vec<&Value> = evidence.iter().map(|one| &one["source"]).collect();
    assert_eq!(sources.len(), 2, "{sources:?}");
    let name = folder.path().join("a.json").display().to_string();
    assert_eq!(evidence[0]["source"], name);
    assert_eq!(evidence[0]["complete"], true);
    assert_eq!(evidence[0]["origin"]["endpoint"], "cloudfw.aliyuncs.com");
    assert_eq!(evidence[0]["origin"]["finished"], "2026-09-21T14:13:22Z");
    assert_eq!(evidence[0]["pages"][1]["source"], format!("{name}#page=2"));
    assert_eq!(evidence[0]["pages"][0]["sha256"], sha256(&page(2, &[1, 2])));
    assert_eq!(evidence[1]["complete"], false);
    assert_eq!(evidence[1]["origin"], Value::Null);
    let finding = &report["findings"][0];
    assert_eq!(finding["record"]["source"], format!("{name}#page=1"));
    let (offset, length) = (&finding["evidence"][0]["offset"], &finding["evidence"][0]["length"]);
    let at = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let text = page(2, &[1, 2]);
    assert_eq!(json(&text[at(offset)..][..at(length)]), finding["evidence"][0]["value"]);
}

fn sha256(text: &str) -> String {
    let hash = sha2::Sha256::digest(text.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn account_and_region_tell_findings_apart() {
    let folder = tempfile::tempdir().unwrap();
    let fingerprint = |account: Option<&str>, region: Option<&str>| {
        let mut made = capture(&[page(1, &[1])]);
        made.origin.account = account.map(str::to_owned);
        made.origin.region = region.map(str::to_owned);
        let path = folder.path().join("a.json");
        fs::write(&path, document(&made)).unwrap();
        let report = json(&check(&path).1);
        let finding = report["findings"][0].clone();
        let identity = finding["record"]["identity"].clone();
        (finding["fingerprint"].as_str().unwrap().to_owned(), identity)
    };
    let plain = folder.path().join("plain.json");
    fs::write(&plain, page(1, &[1])).unwrap();
    let saved = json(&check(&plain).1)["findings"][0]["fingerprint"].clone();
    let all = [
        fingerprint(None, None),
        fingerprint(Some("1"), None),
        fingerprint(None, Some("1")),
        fingerprint(Some("1"), Some("cn-hangzhou")),
        fingerprint(Some("2"), Some("cn-hangzhou")),
    ];
    let distinct: BTreeSet<&str> = all.iter().map(|(print, _)| print.as_str()).collect();
    assert_eq!(distinct.len(), all.len());
    assert_eq!(saved, all[0].0, "where nothing is known, as in a saved answer");
    assert_eq!(all[0].1, serde_json::json!({"Port": 1, "Protocol": "tcp"}));
    let known = r#"{"Port":1,"Protocol":"tcp","account":"1","region":"cn-hangzhou"}"#;
    assert_eq!(all[3].1.to_string(), known);
}

#[test]
fn what_a_page_of_a_snapshot_lacks_weighs_as_in_a_saved_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let error = r#"{"Code":"Throttling","Message":"slow down","RequestId":"R"}"#;
    for (bodies, expected, problem) in [
        (vec![page(2, &[2]), error.to_owned()], 3, "evidence/error-body"),
        (
            vec![page(2, &[2]), "{\"PageInfo\":{\"TotalCount\":2}}".to_owned()],
            3,
            "evidence/list-missing",
        ),
        (vec![page(3, &[2, 4])], 3, "evidence/rows-missing"),
        (vec![r#"{"DataList":[]}"#.to_owned()], 3, "evidence/total-missing"),
        (vec![], 3, "evidence/no-records"),
        (vec![page(2, &[2, 4])], 0, ""),
    ] {
        fs::write(&path, document(&capture(&bodies))).unwrap();
        let (code, out, _) = check(&path);
        assert_eq!(code, expected, "{out}");
        let codes = json(&out)["evidence"][0]["problems"].to_string();
        assert!(codes.contains(problem), "{codes}");
        assert!(!codes.contains("said-incomplete"), "its pages say it themselves: {codes}");
    }
    for broken in ["", "{", "[1", "\u{1}"] {
        let mut made = capture(&[page(1, &[2])]);
        let sound = String::from_utf8(document(&made)).unwrap();
        made.pages[0].body = Arc::from(broken.as_bytes());
        let body = serde_json::to_string(broken).unwrap();
        let whole = serde_json::to_string(&page(1, &[2])).unwrap();
        let text = sound.replace(&whole, &body).replace(&sha256(&page(1, &[2])), &sha256(broken));
        fs::write(&path, text).unwrap();
        let (code, out, _) = check(&path);
        let source = format!("{}#page=1", path.display());
        assert_eq!(
            (code, &json(&out)["problems"][0]["source"]),
            (2, &Value::from(source)),
            "{out}"
        );
    }
}

#[test]
fn a_snapshot_that_was_changed_cannot_be_judged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let text = String::from_utf8(document(&capture(&[page(2, &[1, 2])]))).unwrap();
    for (from, to, code) in [
        ("\\\"RiskLevel\\\": 3", "\\\"RiskLevel\\\": 1", "evidence/hash"),
        ("snapshot/v1", "snapshot/v9", "evidence/snapshot-version"),
        ("DescribeInternetOpenPort", "DescribeElse", "evidence/unknown-operation"),
        ("\"filters\"", "\"filter\"", "evidence/snapshot-member"),
    ] {
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let (exit, out, _) = check(&path);
        assert_eq!((exit, &json(&out)["problems"][0]["code"]), (2, &Value::from(code)), "{out}");
        assert!(json(&out)["problems"][0]["line"].as_u64().unwrap() > 1);
        let (exit, out, _) = portcullis(&["check", "-f", "json", "-"], &fs::read(&path).unwrap());
        assert_eq!((exit, &json(&out)["problems"][0]["source"]), (2, &Value::from("<stdin>")));
    }
    fs::write(&path, text.replace("\"complete\": true", "\"complete\": false")).unwrap();
    let (_, out, _) = check(&path);
    assert_eq!(json(&out)["evidence"][0]["complete"], false);
    assert!(out.contains("evidence/said-incomplete"), "{out}");
}

#[test]
fn explain_reads_snapshots_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json.zst");
    fs::write(&path, zstandard(&document(&capture(&[page(2, &[2]), page(2, &[1])])))).unwrap();
    let policies = "tests/cmd/policies/two.yaml";
    let (code, out, err) =
        portcullis(&["explain", "rdp", "-p", policies, path.to_str().unwrap()], b"");
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains(&format!("{}#page=1:4:5: passes", path.display())), "{out}");
    assert!(out.contains(&format!("{}#page=2:4:5: fails", path.display())), "{out}");
}

#[test]
fn a_filter_that_could_hide_what_a_policy_looks_for_proves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let checked = |name: &str, ports: &[u16], more: &[&str]| {
        let mut made = capture(&[page(ports.len() as u64, ports)]);
        made.origin.filters = vec![(name.to_owned(), "1".to_owned())];
        fs::write(&path, document(&made)).unwrap();
        let arguments = [&["check", "-f", "json", path.to_str().unwrap()], more].concat();
        let (code, out, _) = portcullis(&arguments, b"");
        let flaws = json(&out)["evidence"][0]["problems"].to_string();
        (code, flaws.contains("evidence/filtered"))
    };
    assert_eq!(checked("Lang", &[2], &[]), (0, false), "it leaves nothing out");
    for name in ["RiskLevel", "SourceIp", "ServiceNameFuzzy", "NotKnownAtAll"] {
        assert_eq!(checked(name, &[2], &[]), (3, true), "{name}");
        assert_eq!(checked(name, &[2], &["--assume-complete", "--allow-partial"]), (3, true));
        assert_eq!(checked(name, &[1], &[]), (1, true), "what is there is there");
        assert_eq!(checked(name, &[2], &["--fail-on", "never"]), (0, true), "none decides");
    }
    let (code, out, _) = portcullis(&["check", "-f", "github", path.to_str().unwrap()], b"");
    let errors: Vec<&str> = out.lines().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!((code, errors.len()), (3, 1), "{errors:?}");
    assert!(errors[0].contains("could hide violations of"), "{errors:?}");
}
