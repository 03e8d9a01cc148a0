//! Differences of evidence and of reports: what a report says of a side is what its evidence says, and no
//! side that is not known lets a difference be clean.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by a panic")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use portcullis::operation::Catalogue;
use portcullis::snapshot::{Answer, Capture, Origin, together, write};
use proptest::prelude::*;
use serde_json::{Value, json};

const POLICIES: &str = "\
policies:
  - id: rdp
    rule: deny RDP if RiskLevel 3
  - id: ssh
    rule: deny SSH if SuggestLevel 30 unless approved
  - id: watch
    rule: alert if SuggestLevel 30
";

/// A folder with policies, and the program in it.
struct Home {
    folder: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }

    /// The findings of a class, each its policy and port, in order.
    fn found(&self, class: &str) -> Vec<String> {
        let list = self.json()["findings"][class].as_array().unwrap().clone();
        let words = |finding: &Value| {
            format!("{} {}", finding["policy"].as_str().unwrap(), finding["identity"]["Port"])
        };
        list.iter().map(words).collect()
    }

    fn codes(&self) -> Vec<String> {
        let notes = self.json()["notes"].as_array().unwrap().clone();
        notes.iter().map(|note| note["code"].as_str().unwrap().to_owned()).collect()
    }
}

impl Home {
    fn new() -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap() };
        home.write("p.yaml", POLICIES);
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, line: &str) -> Ended {
        self.run_with(line, Stdio::null())
    }

    fn run_with(&self, line: &str, input: Stdio) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.args(line.split_whitespace()).current_dir(self.folder.path());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PORTCULLIS_") {
                command.env_remove(name);
            }
        }
        command.env("PORTCULLIS_NOW", "2026-01-10T00:00:00Z");
        let output = command.stdin(input).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Judges evidence, and keeps the report under a name.
    fn report(&self, evidence: &str, name: &str, more: &str) -> Ended {
        let ended = self.run(&format!("check {evidence} -p p.yaml -f json {more}"));
        self.write(name, &ended.out);
        ended
    }
}

fn record(port: u16, service: &str, risk: i64, suggestion: i64) -> Value {
    json!({"Port": port, "Protocol": "tcp", "ServiceNameList": [service], "RiskLevel": risk,
        "SuggestLevel": suggestion})
}

fn response(records: &[Value], missing: usize) -> String {
    json!({"PageInfo": {"TotalCount": records.len() + missing}, "DataList": records}).to_string()
}

const CLASSES: [&str; 5] = ["new", "fixed", "unchanged", "worsened", "unseen"];

/// Records by their ports, and how many are missing.
fn estates() -> impl Strategy<Value = (Vec<Value>, usize)> {
    let services = prop::sample::select(vec!["RDP", "SSH", "HTTPS", "Unknown"]);
    let levels =
        (prop::sample::select(vec![-1_i64, 1, 3]), prop::sample::select(vec![-1_i64, 10, 30]));
    let estate = prop::collection::btree_map(1_u16..7, (services, levels), 0..5);
    let missing = prop::sample::select(vec![0_usize, 0, 0, 2]);
    (estate, missing).prop_map(|(estate, missing)| {
        let records = estate
            .into_iter()
            .map(|(port, (service, (risk, suggestion)))| record(port, service, risk, suggestion));
        (records.collect(), missing)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_report_says_what_its_evidence_says(
        before in estates(), after in estates(), fail_on in prop::sample::select(vec!["deny", "alert", "never"]),
    ) {
        let home = Home::new();
        home.write("before.json", &response(&before.0, before.1));
        home.write("after.json", &response(&after.0, after.1));
        home.report("before.json", "was.json", "");
        home.report("after.json", "is.json", "");
        let diff = |one: &str, other: &str| {
            home.run(&format!("diff {one} {other} -p p.yaml -f json --fail-on {fail_on}"))
        };
        let expected = diff("before.json", "after.json");
        prop_assert!(expected.json()["records"].is_object());
        for (one, other) in [("was.json", "is.json"), ("was.json", "after.json"), ("before.json", "is.json")] {
            let ended = diff(one, other);
            prop_assert_eq!(ended.code, expected.code, "{} {}: {:?} {:?}", one, other, ended, expected);
            for class in CLASSES {
                prop_assert_eq!(ended.found(class), expected.found(class), "{} {} {}", one, other, class);
            }
            prop_assert!(ended.json()["records"].is_null());
            prop_assert!(ended.codes().contains(&"diff/records-not-compared".to_owned()));
        }
    }
}

/// What is before and after, further flags, and the exit code.
const ENDS: [(&str, &str, &str, i32); 22] = [
    ("tame", "tame", "", 0),
    ("tame", "bad", "", 1),
    ("tame", "bad", "--fail-on alert", 1),
    ("tame", "bad", "--fail-on never", 0),
    ("bad", "tame", "", 0),
    ("bad", "bad", "", 0),
    ("tame", "watched", "", 0),
    ("tame", "watched", "--fail-on alert", 1),
    ("tame", "unclear", "", 3),
    ("unclear", "unclear", "", 0),
    ("unclear", "tame", "", 0),
    ("partial", "tame", "", 3),
    ("tame", "partial", "", 3),
    ("tame", "partial", "--fail-on never", 3),
    ("tame", "partial", "--allow-partial", 0),
    ("partial", "bad", "", 1),
    ("tame", "bad-partial", "", 1),
    ("error", "tame", "", 3),
    ("tame", "error", "", 3),
    ("cut", "tame", "", 2),
    ("tame", "cut", "", 2),
    ("bad", "missing", "", 2),
];

#[test]
fn every_exit_code() {
    let home = Home::new();
    let (tame, bad) = (record(1, "RDP", 1, 10), record(2, "RDP", 3, 10));
    let (watched, unclear) = (record(3, "HTTPS", 1, 30), record(4, "RDP", -1, 10));
    let of = |records: &[&Value], missing| {
        response(&records.iter().map(|record| (*record).clone()).collect::<Vec<_>>(), missing)
    };
    for (name, text) in [
        ("tame", of(&[&tame], 0)),
        ("bad", of(&[&tame, &bad], 0)),
        ("watched", of(&[&tame, &watched], 0)),
        ("unclear", of(&[&tame, &unclear], 0)),
        ("partial", of(&[&tame], 5)),
        ("bad-partial", of(&[&tame, &bad], 5)),
        ("error", r#"{"Code": "Throttling", "Message": "later"}"#.to_owned()),
        ("cut", r#"{"PageInfo": {"To"#.to_owned()),
    ] {
        home.write(&format!("{name}.json"), &text);
    }
    for name in ["tame", "bad", "watched", "unclear", "partial", "bad-partial", "error", "cut"] {
        home.report(&format!("{name}.json"), &format!("{name}-report.json"), "");
    }
    fs::create_dir(home.path("nothing")).unwrap();
    for (before, after, more, code) in ENDS {
        for (one, other) in [("", ""), ("-report", "-report"), ("-report", ""), ("", "-report")] {
            let line =
                format!("diff {before}{one}.json {after}{other}.json -p p.yaml -f json {more}");
            let ended = home.run(&line);
            assert_eq!(ended.code, code, "{line}: {ended:?}");
            assert_eq!(ended.json()["exit_code"], code, "{line}");
        }
    }
    assert_eq!(home.run("diff nothing tame.json -p p.yaml").code, 3);
    assert_eq!(home.run("diff tame-report.json nothing -p p.yaml").code, 3);
    assert_eq!(home.run("diff tame.json").code, 2);
}

#[test]
fn what_is_not_judged_again_is_not_fixed_and_what_it_would_find_is_not_known() {
    let home = Home::new();
    home.write("before.json", &response(&[record(1, "RDP", 3, 30)], 0));
    home.write("after.json", &response(&[record(1, "RDP", 1, 10)], 0));
    home.report("before.json", "was.json", "");
    let judged_by = |policies: &str| {
        home.write("p.yaml", policies);
        home.report("after.json", "is.json", "");
        home.run("diff was.json is.json -f json")
    };
    let same = judged_by(POLICIES);
    assert_eq!((same.code, same.found("fixed").len()), (0, 2), "{same:?}");
    assert_eq!(same.codes(), ["diff/records-not-compared"]);
    let without = |line: &str| POLICIES.replace(line, "");
    for (policies, code, unseen, said) in [
        // A policy that denies is gone, asks something else, or has another name.
        (without("  - id: rdp\n    rule: deny RDP if RiskLevel 3\n"), 3, "rdp 1", true),
        (POLICIES.replace("RiskLevel 3", "RiskLevel 3 and Port > 9"), 3, "rdp 1", true),
        (POLICIES.replace("id: rdp", "id: other"), 3, "rdp 1", true),
        // One that alerts decides nothing, but what it found is not fixed for that.
        (without("  - id: watch\n    rule: alert if SuggestLevel 30\n"), 0, "watch 1", true),
        // Words and spelling change nothing, and what is milder still finds what it found.
        (POLICIES.replace("deny RDP if RiskLevel 3", "deny RDP if RiskLevel = high"), 0, "", true),
        (POLICIES.replace("rule: deny RDP", "title: other\n    rule: deny RDP"), 0, "", true),
        (format!("{POLICIES}  - deny FTP\n"), 0, "", true),
        (format!("# a comment\n{POLICIES}"), 0, "", false),
    ] {
        let ended = judged_by(&policies);
        let unseen: Vec<&str> = [unseen].into_iter().filter(|one| !one.is_empty()).collect();
        assert_eq!(
            (ended.code, ended.found("unseen")),
            (code, unseen.iter().map(|s| (*s).to_owned()).collect()),
            "{policies} {ended:?}"
        );
        let codes = ended.codes();
        assert_eq!(codes.iter().any(|code| code == "diff/other-policies"), said, "{codes:?}");
        assert_eq!(
            codes.iter().any(|code| code == "diff/not-judged-again"),
            code == 3,
            "{codes:?}"
        );
        assert_eq!(ended.err.contains("diff/other-policies"), said, "{}", ended.err);
    }
}

#[test]
fn what_is_approved_by_then_is_not_fixed() {
    let home = Home::new();
    home.write("e.json", &response(&[record(22, "SSH", 1, 30)], 0));
    home.write("a.yaml", "approvals:\n  - {service: SSH, port: 22, scope: all, owner: ops, reason: a jump host, approved_by: me, expires: 2026-03-01}\n");
    home.report("e.json", "was.json", "");
    let approved = home.report("e.json", "is.json", "--approvals a.yaml");
    assert_eq!(approved.code, 0, "{approved:?}");
    let ended = home.run("diff was.json is.json -f json");
    assert_eq!(
        (ended.code, ended.found("unseen"), ended.found("fixed").len()),
        (0, vec!["ssh 22".to_owned()], 0)
    );
    assert!(ended.codes().contains(&"diff/other-approvals".to_owned()), "{ended:?}");
    // The other way round it is new again.
    assert_eq!(home.run("diff is.json was.json -f json").found("new"), ["ssh 22"]);
}

#[test]
fn outcomes_that_a_report_only_counts_keep_the_difference_from_being_known() {
    let home = Home::new();
    home.write("before.json", &response(&[record(1, "RDP", 3, 10)], 0));
    home.write("after.json", &response(&[record(1, "RDP", -1, 10), record(2, "RDP", -1, 10)], 0));
    home.report("before.json", "was.json", "");
    assert_eq!(home.report("after.json", "is.json", "--inconclusive pass").code, 0);
    let ended = home.run("diff was.json is.json -f json");
    assert_eq!((ended.code, ended.found("unseen")), (3, vec!["rdp 1".to_owned()]));
    let codes = ended.codes();
    for code in ["diff/outcomes-not-listed", "diff/other-terms"] {
        assert!(codes.iter().any(|said| said == code), "{codes:?}");
    }
    assert_eq!(home.run("diff was.json is.json --inconclusive pass -f json").code, 0);
    assert_eq!(home.run("diff was.json is.json --fail-on never -f json").code, 0);
    let loosened = |line: &str| home.run(line).json()["loosened"].to_string();
    assert_eq!(loosened("diff was.json is.json -f json"), r#"["--inconclusive=pass"]"#);
    let both = r#"["--inconclusive=pass","--allow-partial"]"#;
    assert_eq!(loosened("diff was.json is.json --allow-partial -f json"), both);
    // What a report lists only is judged by the terms of the difference.
    assert_eq!(home.report("after.json", "is.json", "--inconclusive report").code, 0);
    assert_eq!(home.run("diff was.json is.json -f json").code, 3);
    assert_eq!(home.run("diff was.json is.json --inconclusive report -f json").code, 0);
}

#[test]
fn a_report_of_any_order_is_one_and_a_broken_one_is_refused() {
    let home = Home::new();
    home.write("e.json", &response(&[record(1, "RDP", 3, 10)], 0));
    home.report("e.json", "was.json", "");
    let text = fs::read_to_string(home.path("was.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let mut sorted: Vec<_> = report.as_object().unwrap().iter().collect();
    sorted.sort_by_key(|(name, _)| (*name).clone());
    let members = sorted.iter().map(|(name, value)| format!("{}: {value}", json!(name)));
    home.write("sorted.json", &format!("{{{}}}", members.collect::<Vec<_>>().join(",\n")));
    home.write("marked.json", &format!("\u{feff}{text}"));
    for name in ["was.json", "sorted.json", "marked.json"] {
        let ended = home.run(&format!("diff was.json {name} -f json"));
        assert_eq!((ended.code, ended.found("unchanged")), (0, vec!["rdp 1".to_owned()]), "{name}");
    }
    let with = |pointer: &str, value: Value| {
        let mut changed = report.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed.to_string()
    };
    for (text, code) in [
        (with("/verdict", json!("clean")), "report/contradiction"),
        (with("/findings", json!([])), "report/contradiction"),
        (with("/schema", json!("portcullis.report/v2")), "report/schema"),
        (with("/summary", json!({})), "report/malformed"),
        (text.get(..text.len() / 2).unwrap().to_owned(), "report/malformed"),
    ] {
        home.write("broken.json", &text);
        let ended = home.run("diff was.json broken.json -f json");
        let problems = &ended.json()["problems"];
        assert_eq!((ended.code, problems[0]["code"].as_str()), (2, Some(code)), "{ended:?}");
        assert!(problems[0]["help"].is_string());
    }
    // A report that shows one framework does not hold all findings.
    let viewed = home.run("report --framework cis-alibaba-cloud-2.0 e.json -f json");
    home.write("viewed.json", &viewed.out);
    assert_eq!(home.run("diff was.json viewed.json -f json").code, 2);
    // A merged report is a report.
    let merged = home.run("merge was.json was.json -f json");
    home.write("merged.json", &merged.out);
    assert_eq!(home.run("diff was.json merged.json -f json").found("unchanged"), ["rdp 1"]);
}

#[test]
fn policies_are_not_asked_for_where_nothing_is_judged() {
    let home = Home::new();
    home.write("e.json", &response(&[record(1, "RDP", 3, 10)], 0));
    home.report("e.json", "was.json", "");
    home.write("broken.yaml", "policies: [nonsense]");
    let ended = home.run("diff was.json was.json -p broken.yaml -f json");
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.err.contains("diff/nothing-judged"), "{}", ended.err);
    assert_eq!(home.run("diff was.json e.json -p broken.yaml").code, 2);
}

/// How a capture was asked for.
#[derive(Clone, Copy, Default)]
struct Asked {
    filter: Option<(&'static str, &'static str)>,
    account: Option<&'static str>,
    region: Option<&'static str>,
    days: Option<i64>,
    /// Hours before the report.
    age: i64,
}

/// What a fetch would have saved.
fn snapshot(asked: Asked, records: &[Value]) -> String {
    let operation = Arc::clone(Catalogue::built_in().unwrap().only().unwrap());
    let now: Timestamp = "2026-01-10T00:00:00Z".parse().unwrap();
    let taken = now - SignedDuration::from_hours(asked.age);
    let filters = asked.filter.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let origin = Origin {
        endpoint: "cloudfw.aliyuncs.com".to_owned(),
        region: asked.region.map(str::to_owned),
        account: asked.account.map(str::to_owned),
        profile: None,
        filters: filters.into_iter().collect(),
        window: asked.days.map(|days| (taken - SignedDuration::from_hours(24 * days), taken)),
        started: taken,
        finished: taken,
    };
    let body = response(records, 0);
    let pages = vec![Answer { taken, body: Arc::from(body.as_bytes()) }];
    let capture = Capture { operation, origin, pages };
    let judged = together(&capture, &Arc::from("a.json")).unwrap();
    let mut out = Vec::new();
    write(&capture, &judged, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn sides_that_were_asked_for_otherwise_are_told_apart() {
    let home = Home::new();
    let plain = Asked { days: Some(7), ..Asked::default() };
    let (tame, bad) = (record(1, "RDP", 1, 10), record(3, "RDP", 3, 10));
    for (before, after, code, said) in [
        (plain, plain, 0, None),
        (plain, Asked { age: 30, ..plain }, 0, None),
        (plain, Asked { days: Some(30), ..plain }, 0, Some("window 7d before, 30d after")),
        (plain, Asked { days: None, ..plain }, 0, Some("window 7d before, none after")),
        (
            Asked { filter: Some(("RiskLevel", "3")), ..plain },
            plain,
            3,
            Some("filters `RiskLevel=3` before, none after"),
        ),
        (
            plain,
            Asked { filter: Some(("RiskLevel", "3")), ..plain },
            3,
            Some("filters none before, `RiskLevel=3` after"),
        ),
        (plain, Asked { filter: Some(("Lang", "en")), ..plain }, 0, None),
        (plain, Asked { account: Some("1"), ..plain }, 0, Some("account none before, `1` after")),
        (
            Asked { region: Some("eu"), account: Some("1"), ..plain },
            Asked { account: Some("1"), ..plain },
            0,
            Some("region `eu` before, none after"),
        ),
    ] {
        home.write("before.json", &snapshot(before, &[tame.clone(), bad.clone()]));
        home.write("after.json", &snapshot(after, &[tame.clone(), bad.clone()]));
        home.report("before.json", "was.json", "");
        home.report("after.json", "is.json", "");
        for (one, other) in [("before", "after"), ("was", "is"), ("before", "is"), ("was", "after")]
        {
            let ended = home.run(&format!("diff {one}.json {other}.json -p p.yaml -f json"));
            assert_eq!(ended.code, code, "{said:?}: {ended:?}");
            assert_eq!(ended.found("unchanged"), ["rdp 3"], "{said:?}: {ended:?}");
            let notes = ended.json()["notes"].to_string();
            assert_eq!(notes.contains("diff/asked-otherwise"), said.is_some(), "{notes}");
            assert!(said.is_none_or(|said| notes.contains(said)), "{notes}");
            assert_eq!(ended.err.contains("diff/asked-otherwise"), said.is_some(), "{}", ended.err);
        }
    }
}

#[test]
fn what_a_filter_after_leaves_out_is_never_gone() {
    let home = Home::new();
    let (tame, bad) = (record(1, "RDP", 1, 10), record(3, "RDP", 3, 30));
    let narrowed = Asked { filter: Some(("Port", "1")), ..Asked::default() };
    home.write("before.json", &snapshot(Asked::default(), &[tame.clone(), bad.clone()]));
    home.write("after.json", &snapshot(narrowed, std::slice::from_ref(&tame)));
    home.report("before.json", "was.json", "");
    home.report("after.json", "is.json", "");
    for (one, other) in [("before", "after"), ("was", "is")] {
        let ended = home.run(&format!("diff {one}.json {other}.json -p p.yaml -f json"));
        assert_eq!((ended.code, ended.found("fixed").len()), (3, 0), "{ended:?}");
        assert_eq!(ended.found("unseen"), ["rdp 3", "watch 3"]);
        if one == "before" {
            let records = &ended.json()["records"];
            assert_eq!(records["closed"], json!([]));
            assert_eq!(records["unseen"][0]["identity"]["Port"], 3);
        }
        // The other way round it may only be newly asked for, and is new.
        let back = home.run(&format!("diff {other}.json {one}.json -p p.yaml -f json"));
        assert_eq!(
            (back.code, back.found("new")),
            (1, vec!["rdp 3".to_owned(), "watch 3".to_owned()])
        );
    }
}

#[test]
fn a_filter_that_touches_no_policy_lets_reports_be_clean_merged_and_compared() {
    let home = Home::new();
    home.write("p.yaml", "policies:\n  - {id: own, rule: deny 3/tcp if RiskLevel is known and RiskLevel 3}\n  - {id: other, rule: alert 4/tcp}\n");
    let narrowed = Asked { filter: Some(("Port", "3")), ..Asked::default() };
    home.write("e.json", &snapshot(narrowed, &[record(3, "RDP", 1, 10)]));
    assert_eq!(home.report("e.json", "was.json", "").code, 0);
    assert_eq!(home.run("merge was.json -f json").code, 0);
    assert_eq!(home.run("diff was.json was.json -f json").code, 0);
    // On terms that are stricter than its own, which policies a filter touches is not known any more.
    assert_eq!(home.run("diff was.json was.json -f json --fail-on alert").code, 3);
    assert_eq!(home.report("e.json", "is.json", "--fail-on alert").code, 3);
    assert_eq!(home.run("merge was.json is.json -f json").code, 3);
    assert_eq!(home.report("e.json", "never.json", "--fail-on never").code, 0);
    assert_eq!(home.run("merge never.json was.json -f json").code, 3);
    home.write("p.yaml", "policies:\n  - {id: own, rule: deny 3/tcp if RiskLevel 3}\n  - {id: unclear, rule: deny SSH if Port 3}\n");
    assert_eq!(home.report("e.json", "was.json", "").code, 0);
    assert_eq!(home.report("e.json", "is.json", "--inconclusive report").code, 0);
    assert_eq!(home.run("diff was.json is.json -f json").code, 3);
    assert_eq!(home.run("diff was.json is.json -f json --inconclusive report").code, 0);
    let merged = home.run("merge was.json is.json -f json");
    assert_eq!(merged.code, 3, "{merged:?}");
    home.write("merged.json", &merged.out);
    assert_eq!(home.run("merge merged.json was.json").code, 3, "what was merged can be read");
}

#[test]
fn other_accounts_and_regions_are_not_compared_and_names_below_tell_captures_apart() {
    let home = Home::new();
    let of = |account, region| Asked { account, region, ..Asked::default() };
    for (one, other, code) in [
        (of(Some("1"), None), of(Some("2"), None), 3),
        (of(None, Some("eu")), of(None, Some("us")), 3),
        (of(Some("1"), Some("eu")), of(Some("1"), Some("us")), 3),
        (of(Some("1"), Some("eu")), of(Some("1"), Some("eu")), 0),
    ] {
        home.write("before.json", &snapshot(one, &[record(1, "RDP", 3, 10)]));
        home.write("after.json", &snapshot(other, &[record(1, "HTTPS", 1, 10)]));
        home.report("before.json", "was.json", "");
        home.report("after.json", "is.json", "");
        for line in
            ["diff before.json after.json", "diff was.json is.json", "diff was.json after.json"]
        {
            let ended = home.run(&format!("{line} -p p.yaml -f json"));
            assert_eq!(ended.code, code, "{line} {ended:?}");
            let is_apart = ended.codes().contains(&"diff/no-partner".to_owned());
            assert_eq!((is_apart, ended.found("fixed").len()), (code == 3, usize::from(code == 0)));
        }
    }
    let (open, shut) = (response(&[record(1, "RDP", 3, 10)], 0), response(&[], 0));
    for (name, text) in [
        ("before/a/1.json", &open),
        ("before/b/1.json", &shut),
        ("after/a/1.json", &shut),
        ("after/b/1.json", &open),
    ] {
        home.write(name, text);
    }
    home.report("before", "was.json", "");
    home.report("after", "is.json", "");
    for line in ["before after", "was.json is.json", "was.json after", "before is.json"] {
        let ended = home.run(&format!("diff {line} -p p.yaml -f json"));
        assert_eq!(
            (ended.found("new").len(), ended.found("fixed").len()),
            (1, 1),
            "{line} {ended:?}"
        );
        assert_eq!(ended.code, 1);
    }
}

#[test]
fn a_report_whose_evidence_was_too_old_stays_so() {
    let home = Home::new();
    home.write(
        "e.json",
        &snapshot(Asked { age: 48, ..Asked::default() }, &[record(1, "RDP", 1, 10)]),
    );
    home.report("e.json", "was.json", "");
    assert_eq!(home.report("e.json", "old.json", "--max-age 24h").code, 3);
    assert_eq!(home.run("diff was.json old.json -f json").code, 3);
    home.write("bad.json", &snapshot(Asked::default(), &[record(1, "RDP", 3, 10)]));
    home.report("bad.json", "bad.json", "");
    let ended = home.run("diff bad.json old.json -f json");
    assert_eq!((ended.code, ended.found("unseen")), (3, vec!["rdp 1".to_owned()]), "{ended:?}");
    assert_eq!(home.run("diff was.json was.json -f json --max-age 24h").code, 3);
    assert_eq!(home.run("diff old.json was.json -f json").code, 0, "what is before is old");
}

#[test]
fn files_are_written_beside_standard_output_and_say_how_the_run_ended() {
    let home = Home::new();
    home.write("before.json", &response(&[record(1, "RDP", 1, 10)], 0));
    home.write("after.json", &response(&[record(1, "RDP", 3, 10)], 0));
    home.write("cut.json", "{\"PageInfo\": {");
    let line = "-p p.yaml -o json=out/d.json -o markdown=out/d.md -o html=out/d.html";
    let read = |name: &str| fs::read_to_string(home.path(name)).unwrap();
    let ended = home.run(&format!("diff before.json after.json {line}"));
    assert_eq!((ended.code, ended.err.as_str()), (1, ""), "{ended:?}");
    assert!(ended.out.contains("exit 1: new violations"), "{}", ended.out);
    let document: Value = serde_json::from_str(&read("out/d.json")).unwrap();
    assert_eq!(document["exit_code"], 1);
    assert!(read("out/d.md").starts_with("# Portcullis difference: new violations\n"));
    assert!(read("out/d.html").contains("<title>New violations (exit 1)"));
    // Nothing that says otherwise stays where a later run could not judge.
    let ended = home.run(&format!("diff before.json cut.json {line}"));
    assert_eq!(ended.code, 2, "{ended:?}");
    let document: Value = serde_json::from_str(&read("out/d.json")).unwrap();
    assert_eq!(document["schema"], "portcullis.error/v1");
    assert!(read("out/d.md").starts_with("# Portcullis: could not judge"));
    assert!(read("out/d.html").contains("Could not judge"));
    for (more, code, said) in [
        ("-o json=x -o markdown=./x", 2, "cli/same-file"),
        ("-o json=before.json/x", 2, "cli/unwritable"),
        ("-o sarif=x", 2, "differences are not written as `sarif`"),
        ("-o json", 2, "FORMAT=PATH"),
        ("-f sarif", 2, "sarif"),
    ] {
        let ended = home.run(&format!("diff before.json before.json -p p.yaml {more}"));
        assert_eq!(ended.code, code, "{more} {ended:?}");
        assert!(format!("{}{}", ended.out, ended.err).contains(said), "{more} {ended:?}");
    }
}

#[test]
fn what_is_accepted_is_treated_as_check_treats_it() {
    let home = Home::new();
    let waiver = |port: u16, expires: &str| {
        home.write("w.yaml", &format!("waivers:\n  - {{policy: rdp, match: Port {port}, reason: a jump host, expires: {expires}, owner: ops, approved_by: me}}\n"));
    };
    home.write("before.json", &response(&[record(1, "RDP", 3, 10)], 0));
    home.write("after.json", &response(&[record(1, "RDP", 3, 10), record(2, "RDP", 3, 10)], 0));
    // A finding that is waived is listed and counted, and fails nothing.
    waiver(2, "2026-02-01");
    let ended = home.run("diff before.json after.json -p p.yaml --waivers w.yaml -f json");
    assert_eq!((ended.code, ended.found("new")), (0, vec!["rdp 2".to_owned()]), "{ended:?}");
    assert_eq!(ended.json()["findings"]["new"][0]["disposition"], "waived");
    assert_eq!(ended.json()["summary"]["dispositions"]["waived"], 1);
    assert_eq!(home.run("diff before.json after.json -p p.yaml -f json").code, 1);
    // One that ran out between the sides makes it worse than it was.
    waiver(1, "2026-01-10");
    home.report("before.json", "was.json", "--waivers w.yaml");
    waiver(1, "2026-01-09");
    home.report("before.json", "is.json", "--waivers w.yaml");
    let ended = home.run("diff was.json is.json -f json");
    assert_eq!((ended.code, ended.found("worsened")), (1, vec!["rdp 1".to_owned()]), "{ended:?}");
    assert_eq!(ended.json()["findings"]["worsened"][0]["was"]["disposition"], "waived");
    let back = home.run("diff is.json was.json -f json");
    assert_eq!((back.code, back.found("unchanged")), (0, vec!["rdp 1".to_owned()]));
    // What a baseline knew is no violation where it is new to the other side.
    home.run("baseline after.json -p p.yaml -o b.json");
    home.report("after.json", "is.json", "--baseline b.json");
    home.report("before.json", "was.json", "");
    let ended = home.run("diff was.json is.json -f json");
    assert_eq!((ended.code, ended.found("new")), (0, vec!["rdp 2".to_owned()]), "{ended:?}");
    assert_eq!(ended.json()["findings"]["new"][0]["disposition"], "known");
}

#[test]
fn what_a_policy_tolerates_is_no_violation_until_there_are_more() {
    let home = Home::new();
    home.write("p.yaml", "policies:\n  - {id: rdp, rule: deny RDP if RiskLevel 3, at_most: 1}\n");
    let ports = |ports: &[u16]| {
        response(&ports.iter().map(|port| record(*port, "RDP", 3, 10)).collect::<Vec<_>>(), 0)
    };
    for (name, estate) in [("none", ports(&[])), ("one", ports(&[1])), ("two", ports(&[1, 2]))] {
        home.write(&format!("{name}.json"), &estate);
        home.report(&format!("{name}.json"), &format!("{name}-report.json"), "");
    }
    for end in ["", "-report"] {
        for (before, after, code, new, worsened) in [
            ("none", "one", 0, 1, 0),
            ("one", "two", 1, 1, 1),
            ("two", "two", 0, 0, 0),
            ("two", "one", 0, 0, 0),
        ] {
            let ended =
                home.run(&format!("diff {before}{end}.json {after}{end}.json -p p.yaml -f json"));
            assert_eq!(
                (ended.code, ended.found("new").len(), ended.found("worsened").len()),
                (code, new, worsened),
                "{before} {after} {end}: {ended:?}"
            );
        }
    }
}

#[test]
fn every_document_is_valid_by_the_published_schema() {
    let home = Home::new();
    let schema: Value = serde_json::from_str(&home.run("schema diff").out).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let asked = Asked {
        filter: Some(("RiskLevel", "3")),
        account: Some("1"),
        days: Some(7),
        ..Asked::default()
    };
    home.write("before.json", &response(&[record(1, "RDP", 3, 30), record(2, "SSH", -1, 10)], 0));
    home.write("after.json", &snapshot(asked, &[record(1, "RDP", 3, 10)]));
    home.write("partial.json", &response(&[record(3, "RDP", 3, 10)], 2));
    home.write("error.json", r#"{"Code": "Throttling", "Message": "later"}"#);
    home.report("before.json", "was.json", "");
    home.report("after.json", "is.json", "--inconclusive pass");
    let sides = ["before.json", "after.json", "partial.json", "error.json", "was.json", "is.json"];
    for (before, after) in sides.iter().flat_map(|one| sides.map(|other| (one, other))) {
        let ended = home.run(&format!("diff {before} {after} -p p.yaml -f json"));
        let document = ended.json();
        let faults: Vec<String> =
            schema.iter_errors(&document).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{before} {after}: {faults:?}");
        assert_eq!(document["exit_code"], ended.code, "{before} {after}");
    }
}

#[test]
fn a_side_may_come_through_a_pipe() {
    let home = Home::new();
    let services: Vec<Value> = (1..200).map(|port| record(port, "RDP", 1, 10)).collect();
    home.write("before.json", &response(&services, 0));
    home.write("after.json", &response(&[record(1, "RDP", 3, 10)], 0));
    home.report("before.json", "was.json", "");
    home.report("after.json", "is.json", "");
    let with = |line: &str, input: &str| {
        home.run_with(line, fs::File::open(home.path(input)).unwrap().into())
    };
    let hash = |ended: &Ended| ended.json()["evidence"]["after"][0]["pages"][0]["sha256"].clone();
    let expected = home.run("diff before.json after.json -p p.yaml -f json");
    for (before, after) in [("before.json", "after.json"), ("was.json", "is.json")] {
        let ended = with(&format!("diff {before} - -p p.yaml -f json"), after);
        assert_eq!((ended.code, ended.found("new")), (1, vec!["rdp 1".to_owned()]), "{ended:?}");
        assert_eq!(hash(&ended), hash(&expected), "what was looked at is hashed once");
        let back = with(&format!("diff - {after} -p p.yaml -f json"), before);
        assert_eq!((back.code, back.found("new")), (1, vec!["rdp 1".to_owned()]), "{back:?}");
    }
    for (line, input, code, said) in [
        ("diff - -", "was.json", 2, "cli/two-streams"),
        ("diff was.json -", "p.yaml", 2, "json/"),
        ("diff was.json -", "empty", 2, "evidence/empty"),
    ] {
        home.write("empty", "");
        let ended = with(line, input);
        assert_eq!(ended.code, code, "{line} {ended:?}");
        assert!(ended.err.contains(said), "{line} {ended:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_side_may_be_a_named_pipe() {
    let home = Home::new();
    home.write("e.json", &response(&[record(1, "RDP", 3, 10)], 0));
    home.report("e.json", "was.json", "");
    let pipe = home.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for name in ["was.json", "e.json"] {
        let (from, to) = (home.path(name), pipe.clone());
        let writer = std::thread::spawn(move || fs::write(to, fs::read(from).unwrap()));
        let ended = home.run("diff was.json pipe -p p.yaml -f json");
        writer.join().unwrap().unwrap();
        assert_eq!(
            (ended.code, ended.found("unchanged")),
            (0, vec!["rdp 1".to_owned()]),
            "{ended:?}"
        );
    }
}
