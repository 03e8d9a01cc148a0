//! Reports are saved, read back, and put together: nothing is lost, no order shows, no part is made
//! milder, and a report that was changed is refused.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by a panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use portcullis::engine::{Judge, Program, Run};
use portcullis::input::{self, Read};
use portcullis::operation::{Catalogue, Operation};
use portcullis::output::{self, Format, Style};
use portcullis::policy::{self, Approval, PolicySet};
use portcullis::snapshot::{self, Hashes, Plan};
use portcullis::text::{Location, Problem, Source, Span};
use portcullis::triage::{self, Disposition, FailOn, JudgedFile, Part, Report, Terms};
use proptest::prelude::*;
use serde_json::{Value, json};

const POLICIES: &str = "\
operation: DescribeInternetOpenPort
policies:
  - id: rdp
    rule: deny RDP if RiskLevel 3
    severity: critical
    remediation: Close it.
    tags: [exposure]
  - id: busy
    rule: alert if traffic > 1KB
  - id: quiet
    rule: deny SSH if SuggestLevel 30 unless approved
    when_unknown: report
  - id: few
    rule: deny if SuggestLevel >= alert
    at_most: 2
  - id: many
    rule: deny if count(RiskLevel high) > 1
  - id: much
    rule: alert if sum(traffic where Port > 1) > 2.5KB
";

const WAIVERS: &str = "\
waivers:
  - {policy: rdp, match: Port 1, reason: a jump host, expires: 2026-02-01, owner: ops, expect_at_most: 2}
  - {policy: '*', match: Port 2, reason: soon gone, expires: 2026-01-01}
  - {policy: quiet, reason: never there, expires: 2026-03-01}
";

fn catalogue() -> Catalogue {
    Catalogue::built_in().unwrap()
}

fn operation() -> Arc<Operation> {
    Arc::clone(catalogue().only().unwrap())
}

fn terms() -> Terms {
    Terms {
        time: "2026-01-10T00:00:00Z".parse().unwrap(),
        fail_on: FailOn::Deny,
        when_unknown: policy::WhenUnknown::Fail,
        assume_complete: false,
        allow_partial: false,
        max_age: None,
    }
}

fn set(has_waivers: bool) -> PolicySet {
    let source = Source::new("policies/ports.yaml", POLICIES);
    let mut set = policy::load(&[source], &catalogue(), &[]).unwrap();
    if has_waivers {
        let source = Source::new("waivers.yaml", WAIVERS);
        let today = jiff::civil::date(2025, 12, 24);
        let (waivers, problems) = policy::waivers(&[source], &set, &catalogue(), today);
        assert_eq!(problems, []);
        set.waivers = waivers;
    }
    set
}

/// A capture of some account: its name, its records, and how many there are said to be.
#[derive(Clone, Debug)]
struct Shard {
    name: String,
    records: Vec<String>,
    beyond: usize,
    terms: Terms,
    has_waivers: bool,
}

fn text(shard: &Shard) -> String {
    let total = shard.records.len() + shard.beyond;
    let rows = shard.records.join(",\n");
    format!("{{\"PageInfo\":{{\"TotalCount\":{total}}},\n\"DataList\":[{rows}]}}")
}

fn report(shard: &Shard) -> Report {
    let set = set(shard.has_waivers);
    let operation = operation();
    let run = Run { today: jiff::civil::date(2026, 1, 10), when_unknown: shard.terms.when_unknown };
    let program = Program::new(&set, &operation, run).unwrap();
    let plan = Plan { operation, slots: program.slots().to_vec(), hashes: Hashes::Taken };
    let name: Arc<str> = Arc::from(shard.name.as_str());
    let mut judge = Judge::new(&program, &name);
    let text = text(shard);
    let mut file = snapshot::read(text.as_bytes(), &name, &plan, &mut judge).unwrap();
    if let [page] = file.pages.as_mut_slice() {
        let answer =
            snapshot::Answer { taken: jiff::Timestamp::UNIX_EPOCH, body: text.as_bytes().into() };
        page.sha256 = Some(answer.sha256());
    }
    let (found, drift) = judge.finish();
    file.flaws.extend(drift);
    triage::finish(set, vec![JudgedFile { file, found }], &[], shard.terms)
}

fn written(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    output::render(report, format, &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn read(text: &str) -> Result<Report, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    fs::write(&file, text).unwrap();
    input::read_report(&file, &catalogue()).map(|Read { report, .. }| report)
}

fn merged(reports: &[Report]) -> Report {
    let part = |report: &Report| Part { source: Arc::from("a.json"), report: report.clone() };
    triage::merge(reports.iter().map(part).collect()).unwrap()
}

fn shards() -> impl Strategy<Value = Shard> {
    let record = (1_u16..5, 0_usize..4, 0_usize..4, 0_usize..3, 0_usize..3).prop_map(
        |(port, risk, services, suggest, bytes)| {
            let risk = ["3", "\"3\"", "2", "-1"][risk];
            let services = ["[\"RDP\"]", "[\"SSH\", \"Unknown\"]", "\"['RDP', 'SSH']\"", "[]"][services];
            let suggest = ["30", "10", "null"][suggest];
            let bytes = ["5", "5000.0", "null"][bytes];
            format!(
                "{{\"Port\": {port}, \"Protocol\": \"tcp\", \"RiskLevel\": {risk}, \"ServiceNameList\": \
                 {services}, \"SuggestLevel\": {suggest}, \"TotalBytes\": {bytes}}}"
            )
        },
    );
    let ways = (0_usize..3, 0_usize..3, any::<bool>(), any::<bool>()).prop_map(
        |(fail_on, way, assume_complete, allow_partial)| Terms {
            fail_on: FailOn::ALL[fail_on],
            when_unknown: policy::WhenUnknown::ALL[way],
            assume_complete,
            allow_partial,
            ..terms()
        },
    );
    let ways = prop_oneof![3 => Just(terms()), 1 => ways];
    let rest = (0_usize..2, ways, any::<bool>(), 0_u8..3);
    (prop::collection::vec(record, 0..5), rest).prop_map(
        |(records, (beyond, terms, has_waivers, name))| Shard {
            name: format!("account-{name}/ports.json"),
            records,
            beyond,
            terms,
            has_waivers,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_report_that_is_read_back_says_the_same(shard in shards()) {
        let report = report(&shard);
        let json = written(&report, Format::Json);
        let back = read(&json);
        prop_assert!(back.is_ok(), "{:?}\n{json}", back.err());
        let back = back.unwrap();
        prop_assert_eq!(written(&back, Format::Json), json);
        prop_assert_eq!(back.verdict, report.verdict);
        for format in Format::ALL {
            // What shows evidence shows less of it, as it is not at hand, and the time of day is not kept.
            let is_same = written(&back, format) == written(&report, format);
            prop_assert!(is_same || !matches!(format, Format::Short | Format::Json), "{format:?}");
        }
    }

    #[test]
    fn any_tree_of_merges_of_any_order_gives_the_same(
        (shards, order, cut) in prop::collection::vec(shards(), 1..5).prop_flat_map(|shards| {
            let several: Vec<usize> = (0..shards.len()).chain(0..shards.len()).collect();
            let length = several.len();
            (Just(shards), Just(several).prop_shuffle(), 1..length.max(2))
        }),
    ) {
        let reports: Vec<Report> = shards.iter().map(report).collect();
        let flat = merged(&reports);
        let expected = written(&flat, Format::Json);
        // Every part twice, in any order, in two branches that were saved in between.
        let shuffled: Vec<Report> = order.iter().map(|index| reports[*index].clone()).collect();
        let (left, right) = shuffled.split_at(cut.min(shuffled.len()));
        let branches: Vec<Report> = [left, right]
            .into_iter()
            .filter(|branch| !branch.is_empty())
            .map(|branch| {
                let json = written(&merged(branch), Format::Json);
                read(&json).unwrap_or_else(|problems| panic!("{problems:?}\n{json}"))
            })
            .collect();
        prop_assert_eq!(written(&merged(&branches), Format::Json), expected.clone());
        // No part is milder than the whole, and nothing that is open anywhere is not listed.
        let weight = |report: &Report| [0, 2, 9, 1][usize::from(report.verdict.exit_code())];
        for report in &reports {
            prop_assert!(weight(&flat) >= weight(report));
            for finding in &report.findings {
                let (place, print) = (report.place(finding), report.fingerprint(finding));
                let is_there = |other: &&triage::Finding| {
                    flat.fingerprint(other) == print && flat.place(other) == place
                };
                let other = flat.findings.iter().find(is_there);
                prop_assert!(other.is_some(), "{place:?}");
            }
        }
        let records: u64 = flat.evidence.iter().map(|capture| capture.records).sum();
        prop_assert_eq!(flat.summary.records, records);
    }
}

#[test]
fn an_outcome_that_one_report_lists_and_another_counts_is_one() {
    let unknown =
        "{\"Port\": 3, \"Protocol\": \"tcp\", \"RiskLevel\": -1, \"ServiceNameList\": [\"RDP\"]}";
    // Rules over the whole are inconclusive without a record, too.
    for records in [vec![], vec![unknown.to_owned()]] {
        let shard = |when_unknown| Shard {
            name: "ports.json".to_owned(),
            records: records.clone(),
            beyond: 1,
            terms: Terms { when_unknown, ..terms() },
            has_waivers: false,
        };
        let listing = report(&shard(policy::WhenUnknown::Fail));
        let counting = report(&shard(policy::WhenUnknown::Pass));
        assert_ne!(listing.unlisted(), counting.unlisted());
        for reports in [[listing.clone(), counting.clone()], [counting, listing.clone()]] {
            let both = merged(&reports);
            let counts = both.counts.iter().map(|one| (one.judged, one.failed, one.inconclusive));
            let expected = listing.counts.iter();
            let expected = expected.map(|one| (one.judged, one.failed, one.inconclusive));
            assert_eq!(counts.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            assert!(read(&written(&both, Format::Json)).is_ok());
        }
    }
}

fn sample() -> Value {
    let record = "{\"Port\": 3, \"Protocol\": \"tcp\", \"RiskLevel\": 3, \"ServiceNameList\": [\"RDP\"], \
                  \"SuggestLevel\": 30, \"TotalBytes\": 5000}";
    let other = record.replace("\"Port\": 3", "\"Port\": 1");
    let shard = Shard {
        name: "ports.json".to_owned(),
        records: vec![record.to_owned(), other],
        beyond: 0,
        terms: terms(),
        has_waivers: true,
    };
    serde_json::from_str(&written(&report(&shard), Format::Json)).unwrap()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a row a change")]
fn a_report_that_was_changed_is_refused_at_the_place() {
    let sample = sample();
    assert!(read(&sample.to_string()).is_ok());
    for (pointer, value, code) in [
        ("/verdict", json!("clean"), "report/contradiction"),
        ("/verdict", json!("fine"), "report/malformed"),
        ("/exit_code", json!(0), "report/contradiction"),
        ("/exit_code", json!(7), "report/contradiction"),
        ("/exit_code", json!("1"), "report/malformed"),
        ("/summary/deny", json!(0), "report/contradiction"),
        ("/summary/records", json!(3), "report/contradiction"),
        ("/summary/waived", json!(0), "report/contradiction"),
        ("/summary", json!([]), "report/malformed"),
        ("/statement", json!("clean: all is well"), "report/contradiction"),
        ("/statement", json!(7), "report/malformed"),
        ("/warnings/0/level", json!("note"), "report/contradiction"),
        ("/warnings/0/message", json!(null), "report/malformed"),
        ("/terms/fail_on", json!("never"), "report/contradiction"),
        ("/terms/assume_complete", json!(true), "report/contradiction"),
        ("/terms/max_age", json!(-1), "report/malformed"),
        ("/loosened", json!(["--allow-partial"]), "report/contradiction"),
        ("/day", json!("tomorrow"), "report/malformed"),
        ("/evidence/0/complete", json!(null), "report/contradiction"),
        ("/evidence/0/expected", json!(39), "report/contradiction"),
        ("/evidence/0/records", json!(1e3), "report/malformed"),
        ("/evidence/0/judged", json!(1), "report/contradiction"),
        ("/evidence/0/wholeness", json!("partial"), "report/contradiction"),
        ("/evidence/0/operation", json!("DescribeNothing"), "report/malformed"),
        ("/evidence/0/pages/0/sha256", json!("abc"), "report/malformed"),
        ("/evidence/0/unlisted", json!({"rdp": 1}), "report/contradiction"),
        ("/evidence/0/unlisted", json!({"no": 1}), "report/malformed"),
        ("/evidence/0/tolerances", json!({}), "report/contradiction"),
        ("/evidence/0/tolerances/few/least", json!(1), "report/contradiction"),
        ("/evidence/0/tolerances/few/most", json!(1), "report/contradiction"),
        ("/evidence/0/tolerances/few/most", json!(null), "report/contradiction"),
        ("/evidence/0/tolerances/few/within", json!(null), "report/contradiction"),
        ("/evidence/0/tolerances/few/most", json!(-1), "report/malformed"),
        (
            "/evidence/0/tolerances",
            json!({"no": {"least": 0, "most": 0, "within": true}}),
            "report/malformed",
        ),
        ("/policies/3/at_most", json!(1), "report/contradiction"),
        ("/policies/3/at_most", json!(0), "report/malformed"),
        ("/policies/3/at_most", json!(null), "report/contradiction"),
        ("/policies/0/failed", json!(1), "report/contradiction"),
        ("/policies/0/judged", json!(0), "report/contradiction"),
        ("/policies/0/effect", json!("alert"), "report/contradiction"),
        ("/policies/0/id", json!("busy"), "report/malformed"),
        ("/policies/0/rule/text", json!("deny if Port 1"), "report/contradiction"),
        ("/findings/0/severity", json!("low"), "report/contradiction"),
        ("/findings/0/fingerprint", json!("0".repeat(32)), "report/contradiction"),
        ("/findings/0/fingerprint", json!("x"), "report/malformed"),
        ("/findings/0/disposition", json!("waived"), "report/contradiction"),
        ("/findings/0/disposition", json!("known"), "report/contradiction"),
        ("/findings/0/disposition", json!("tolerated"), "report/contradiction"),
        ("/summary/tolerated", json!(0), "report/contradiction"),
        ("/findings/0/record/capture", json!(1), "report/malformed"),
        ("/findings/0/record/source", json!("other.json"), "report/contradiction"),
        ("/findings/0/record/line", json!(0), "report/malformed"),
        ("/findings/0/record/identity/Port", json!(4), "report/contradiction"),
        ("/findings/0/matching", json!([9]), "report/malformed"),
        ("/findings/0/evidence/0/offset", json!(u64::MAX), "report/malformed"),
        ("/findings", json!([]), "report/contradiction"),
        ("/waivers/0/waived", json!(0), "report/contradiction"),
        ("/waivers/0/expires", json!("2026-01-09"), "report/malformed"),
        ("/waivers/1/in_force", json!(true), "report/contradiction"),
        ("/schema", json!("portcullis.report/v2"), "report/schema"),
        ("/schema", json!("portcullis.error/v1"), "report/not-judged"),
        ("/schema", json!(null), "report/schema"),
    ] {
        let mut changed = sample.clone();
        *changed.pointer_mut(pointer).unwrap() = value.clone();
        let problems = read(&changed.to_string()).err();
        let problems = problems.unwrap_or_else(|| panic!("{pointer} = {value} is accepted"));
        assert!(problems.iter().any(|one| one.code == code), "{pointer} = {value}: {problems:#?}");
        assert!(problems.iter().all(|one| one.help.is_some()), "{problems:?}");
    }
}

#[test]
fn nothing_may_be_missing_or_more_than_is_known() {
    fn each(value: &Value, pointer: &str, all: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let pointer =
                        format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                    all.push(pointer.clone());
                    each(value, &pointer, all);
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    each(value, &format!("{pointer}/{index}"), all);
                }
            }
            _ => {}
        }
    }
    let sample = sample();
    let mut all = Vec::new();
    each(&sample, "", &mut all);
    assert!(all.len() > 200);
    let optional = ["read", "meaning", "unknown"];
    for pointer in all {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut without = sample.clone();
        without.pointer_mut(parent).unwrap().as_object_mut().unwrap().shift_remove(name);
        let is_optional = optional.contains(&name);
        assert_eq!(read(&without.to_string()).is_ok(), is_optional, "without {pointer}");
        let mut more = sample.clone();
        more.pointer_mut(parent).unwrap()["surprise"] = json!(1);
        assert!(read(&more.to_string()).is_err(), "more in {parent}");
        // Of another type, whatever it is.
        let mut other = sample.clone();
        let value = other.pointer_mut(&pointer).unwrap();
        *value = if value.is_string() { json!(true) } else { json!("\u{1b}[31m") };
        // What may be null may be a text.
        let is_null = sample.pointer(&pointer).unwrap().is_null();
        let is_free = is_null || parent.ends_with("/identity") || name == "value" || name == "read";
        if !is_free {
            let problems = read(&other.to_string()).unwrap_err();
            assert_eq!(problems[0].code.split('/').next(), Some("report"), "{pointer}");
        }
    }
}

#[test]
fn hostile_texts_are_refused_and_do_no_harm() {
    let deep = format!("{{\"schema\":\"portcullis.report/v1\",\"x\":{}", "[".repeat(100_000));
    let twice =
        sample().to_string().replacen("\"exit_code\":1", "\"exit_code\":1,\"exit_code\":1", 1);
    let trailing = sample().to_string() + "]";
    let half = sample().to_string();
    let half = half.get(..half.len() / 2).unwrap().to_owned();
    for text in
        ["", "null", "[]", "{}", "\u{feff}", "{\"schema\":3}", &deep, &twice, &trailing, &half]
    {
        let problems = read(text).unwrap_err();
        assert!(problems.iter().all(|one| one.code.starts_with("report/")), "{problems:?}");
    }
    let marked = format!("\u{feff}{}", sample());
    assert!(read(&marked).is_ok());
}

#[test]
fn other_policies_are_refused_and_told() {
    let first = report(&Shard {
        name: "a.json".to_owned(),
        records: Vec::new(),
        beyond: 0,
        terms: terms(),
        has_waivers: false,
    });
    let part = |report: &Report| Part { source: Arc::from("b.json"), report: report.clone() };
    let json: Value = serde_json::from_str(&written(&first, Format::Json)).unwrap();
    let text = "deny RDP if RiskLevel 2";
    for (pointer, value, words) in [
        ("/policies/0/severity", json!("low"), "another severity"),
        ("/policies/0/effect", json!("alert"), "another effect"),
        ("/policies/0/condition", json!("- Port is 1\n"), "other values in its rule"),
        ("/policies/0/rule/text", json!(text), "another rule"),
        ("/policies/0/id", json!("other"), "is only in"),
        ("/policies/0/when_unknown", json!("report"), "another way with what is unknown"),
        ("/policies/3/at_most", json!(1), "another number that it tolerates"),
    ] {
        let mut changed = json.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed["policies"][0]["rule"]["length"] = json!(text.len());
        let other = read(&changed.to_string()).unwrap();
        let problems = triage::merge(vec![part(&first), part(&other)]).unwrap_err();
        assert!(problems[0].message.contains(words), "{problems:?}");
        let backwards = triage::merge(vec![part(&other), part(&first)]).unwrap_err();
        assert_eq!(backwards.len(), problems.len());
    }
    // Where the files lie is no difference.
    let mut moved = json;
    for policy in moved["policies"].as_array_mut().unwrap() {
        policy["source"] = json!("elsewhere.yaml");
        policy["rule"]["source"] = json!("elsewhere.yaml");
    }
    let moved = read(&moved.to_string()).unwrap();
    assert!(triage::merge(vec![part(&first), part(&moved)]).is_ok());
}

#[test]
fn what_a_part_tolerates_on_milder_terms_is_open_on_those_of_all() {
    let record = |port: u16, suggest: &str| {
        format!("{{\"Port\": {port}, \"Protocol\": \"tcp\", \"SuggestLevel\": {suggest}}}")
    };
    let shard = |name: &str, allow_partial| Shard {
        name: name.to_owned(),
        records: vec![record(1, "30"), record(2, "-1")],
        beyond: 1,
        terms: Terms { allow_partial, ..terms() },
        has_waivers: false,
    };
    let mild = report(&shard("a.json", true));
    assert_eq!(mild.summary.tolerated, 2);
    let all = merged(&[mild.clone(), report(&shard("b.json", false))]);
    assert_eq!((all.summary.tolerated, all.verdict.exit_code()), (2, 3), "what fails still is");
    let open: Vec<String> = all
        .findings
        .iter()
        .filter(|one| all.policy(one).id == "few" && one.disposition == Disposition::Open)
        .map(|one| all.message(one))
        .collect();
    assert_eq!(open.len(), 2);
    let bounds = "(at least 1 record fails, at most 2 are tolerated)";
    assert!(open.iter().all(|message| message.ends_with(bounds)), "{open:?}");
    let json = written(&all, Format::Json);
    assert_eq!(written(&read(&json).unwrap(), Format::Json), json);
    // Of the same terms, it stays what it was.
    let other = report(&shard("b.json", true));
    assert_eq!(merged(&[mild, other]).summary.tolerated, 4);
}

#[test]
fn an_approval_is_open_where_a_part_saw_it_open() {
    let of = |records: Vec<String>, is_open: Option<bool>| {
        let mut report = report(&Shard {
            name: format!("{}.json", records.len()),
            records,
            beyond: 0,
            terms: terms(),
            has_waivers: false,
        });
        report.policies.approvals.push(Approval {
            services: vec!["ssh".to_owned()],
            ports: Some(22..=22),
            protocol: None,
            scope: None,
            owner: "ops".to_owned(),
            reason: "jump host".to_owned(),
            approved_by: "ciso".to_owned(),
            expires: jiff::civil::date(2026, 1, 10),
            location: Location { source: Source::new("register.yaml", ""), span: Span::default() },
        });
        report.approvals.push(triage::ApprovalUse { is_in_force: true, is_open });
        report
    };
    let record = "{\"Port\": 3, \"Protocol\": \"tcp\"}".to_owned();
    for (one, other, expected) in [
        (Some(true), Some(false), Some(true)),
        (Some(false), Some(false), Some(false)),
        (Some(false), None, None),
        (None, Some(true), Some(true)),
    ] {
        let all = merged(&[of(vec![record.clone()], one), of(Vec::new(), other)]);
        assert_eq!(all.approvals.len(), 1);
        assert_eq!(all.approvals[0].is_open, expected);
        assert!(all.approvals[0].is_in_force);
    }
}

/// A folder with evidence of some accounts, and the command run in it.
struct Runs {
    folder: tempfile::TempDir,
}

impl Runs {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let page = |total: usize, records: &str| {
            format!("{{\"PageInfo\":{{\"TotalCount\":{total}}},\"DataList\":[{records}]}}")
        };
        let record = |port: u16, risk: i8| {
            format!(
                "{{\"Port\":{port},\"Protocol\":\"tcp\",\"RiskLevel\":{risk},\"ServiceNameList\":[\"RDP\"],\
                 \"SuggestLevel\":10,\"TotalBytes\":1}}"
            )
        };
        for (name, text) in [
            ("policies.yaml", POLICIES.to_owned()),
            ("clean.json", page(1, &record(1, 1))),
            ("open.json", page(1, &record(2, 3))),
            ("cut.json", page(5, &record(3, 1))),
            ("broken.json", "{".to_owned()),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, words: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .args(words)
            .current_dir(self.folder.path())
            .env("PORTCULLIS_NOW", "2026-01-10T00:00:00Z")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn check(&self, name: &str, more: &[&str]) -> i32 {
        let output = format!("json={name}-report.json");
        let input = format!("{name}.json");
        let mut words = vec!["check", &input, "-p", "policies.yaml", "-o", &output];
        words.extend(more);
        self.run(&words).0
    }
}

fn at(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn the_exit_code_is_the_worst_of_all() {
    let run = Runs::new();
    for (name, code) in [("clean", 0), ("open", 1), ("cut", 3), ("broken", 2)] {
        assert_eq!(run.check(name, &[]), code, "{name}");
    }
    for (names, code) in [
        (&["clean"] as &[&str], 0),
        (&["clean", "clean"], 0),
        (&["clean", "open"], 1),
        (&["cut", "clean"], 3),
        (&["cut", "open"], 1),
        (&["open", "cut", "clean"], 1),
        (&["clean", "broken"], 2),
        (&["open", "broken"], 2),
    ] {
        let files: Vec<String> = names.iter().map(|name| format!("{name}-report.json")).collect();
        let mut words = vec!["merge", "-f", "short", "-o", "json=all/merged.json"];
        words.extend(files.iter().map(String::as_str));
        let (found, _, err) = run.run(&words);
        assert_eq!(found, code, "{names:?}: {err}");
        let document: Value =
            serde_json::from_str(&at(run.folder.path(), "all/merged.json")).unwrap();
        assert_eq!(document["exit_code"], json!(code), "{names:?}");
    }
    // What was merged is merged again.
    let (code, out, _) = run.run(&["merge", "clean-report.json", "cut-report.json", "-f", "json"]);
    assert_eq!(code, 3);
    fs::write(run.path("two.json"), out).unwrap();
    let (code, _, _) = run.run(&["merge", "two.json", "open-report.json", "clean-report.json"]);
    assert_eq!(code, 1);
}

#[test]
fn what_one_part_accepts_another_need_not() {
    let run = Runs::new();
    assert_eq!(run.check("cut", &["--allow-partial"]), 0);
    assert_eq!(run.check("clean", &[]), 0);
    let (code, out, _) = run.run(&["merge", "cut-report.json", "clean-report.json", "-f", "json"]);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &document["loosened"]), (3, &json!([])));
    assert_eq!(run.check("clean", &["--allow-partial"]), 0);
    let (code, out, _) = run.run(&["merge", "cut-report.json", "clean-report.json", "-f", "json"]);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &document["loosened"]), (0, &json!(["--allow-partial"])));
}

#[test]
fn what_is_merged_states_and_warns_as_its_parts_did() {
    let run = Runs::new();
    for (name, port) in [("one.json", 4), ("other.json", 5)] {
        let text =
            at(run.folder.path(), "clean.json").replace("\"Port\":1", &format!("\"Port\":{port}"));
        fs::write(run.path(name), text).unwrap();
    }
    let policies = "policies: [deny RDP if RiskLevel 3, {rule: alert if Port >= 0, id: every}]";
    fs::write(run.path("policies.yaml"), policies).unwrap();
    for name in ["one", "other"] {
        assert_eq!(run.check(name, &[]), 0);
    }
    let words = ["merge", "one-report.json", "other-report.json", "-f"];
    let statement = "clean, 2 alert: 2 policies judged 2 open ports observed (window not recorded); \
                     coverage of assets not checked";
    let plain = |out: &str| out.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ");
    for format in Format::ALL {
        let (code, out, err) = run.run(&[&words[..], &[format.name()]].concat());
        assert_eq!(code, 0, "{err}");
        assert!(plain(&out).contains(statement), "{}: {out}", format.name());
        assert!(out.contains("policy/always-fires"), "{}: {out}", format.name());
    }
    // One report alone prints what its run printed, and merging again changes nothing.
    for format in [Format::Json, Format::Short, Format::Junit, Format::Markdown, Format::Tap] {
        let checked = run.run(&["check", "one.json", "-p", "policies.yaml", "-f", format.name()]);
        let merged = run.run(&["merge", "one-report.json", "-f", format.name()]);
        assert_eq!((merged.0, &merged.1), (0, &checked.1), "{}", format.name());
    }
    let (_, out, _) = run.run(&[&words[..], &["json"]].concat());
    fs::write(run.path("both.json"), &out).unwrap();
    let again = run.run(&["merge", "both.json", "one-report.json", "-f", "json"]);
    assert_eq!(again.1, out);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["warnings"].as_array().unwrap().len(), 1);
}

#[test]
fn every_format_writes_what_was_merged() {
    let run = Runs::new();
    run.check("open", &[]);
    run.check("cut", &[]);
    for format in Format::ALL {
        let words = ["merge", "open-report.json", "cut-report.json", "-f", format.name()];
        let (code, out, err) = run.run(&words);
        assert_eq!(code, 1, "{}: {err}", format.name());
        assert!(out.contains("rdp") && !out.is_empty(), "{}: {out}", format.name());
    }
}
