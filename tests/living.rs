//! Living with findings: what was open is known, what is new fails, what is gone is said.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

const POLICIES: &str = "
policies:
  - {id: rdp, rule: deny RDP if RiskLevel 3, severity: high}
  - {id: watch, rule: alert if SuggestLevel 30}
";

/// A row: port, service and risk.
fn row(port: u32, service: &str, risk: i32) -> String {
    format!(
        r#"{{"Port":{port},"Protocol":"tcp","ServiceNameList":["{service}"],"RiskLevel":{risk},"SuggestLevel":10,"TotalBytes":{port}}}"#
    )
}

/// A folder in which a run lives.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.write("p.yaml", POLICIES);
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Evidence of rows; `total` as the API counts them.
    fn evidence(&self, rows: &[String], total: usize) {
        let rows = rows.join(",\n");
        let page = format!(r#"{{"PageInfo":{{"TotalCount":{total}}},"DataList":[{rows}]}}"#);
        self.write("e.json", &page);
    }

    /// Exit code, standard output and standard error of a command line.
    fn run(&self, line: &str) -> (i32, String, String) {
        self.on("2026-11-24T12:00:00Z", line)
    }

    fn on(&self, now: &str, line: &str) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .args(line.split(' '))
            .current_dir(self.path())
            .env_clear()
            .env("PORTCULLIS_NOW", now)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// The JSON report of a check against the baseline, which ends in a code.
    fn check(&self, expected: i32, more: &str) -> Value {
        let line = format!("check e.json -p p.yaml --baseline known -f json{more}");
        let (code, out, err) = self.run(&line);
        assert_eq!(code, expected, "{out}{err}");
        serde_json::from_str(&out).unwrap()
    }
}

const RECORD: &str = "baseline e.json -p p.yaml -o known";

/// A home whose one violation is recorded.
fn recorded() -> Home {
    let home = Home::new();
    home.evidence(&[row(3389, "RDP", 3), row(443, "HTTPS", 1)], 2);
    let (code, out, err) = home.run(RECORD);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "1 finding recorded\n", ""));
    home
}

#[test]
fn what_was_open_is_known_and_what_is_new_fails() {
    let home = recorded();
    let report = home.check(0, "");
    assert_eq!((&report["summary"]["known"], &report["summary"]["fixed"]), (&1.into(), &0.into()));
    assert_eq!(report["findings"][0]["disposition"], "known");
    let (_, short, _) = home.run("check e.json -p p.yaml --baseline known -f short");
    let clean = "clean, 1 known: 2 policies judged 2 open ports observed (window not recorded); \
                 coverage of assets not checked";
    assert_eq!(short, format!("… 1 known\n{clean}\n"));

    home.evidence(&[row(3389, "RDP", 3), row(3390, "RDP", 3)], 2);
    let report = home.check(1, "");
    assert_eq!((&report["summary"]["known"], &report["summary"]["deny"]), (&1.into(), &1.into()));
}

#[test]
fn traffic_and_lines_make_nothing_new_and_a_rise_does() {
    let home = recorded();
    let moved = row(3389, "RDP", 3).replace("\"TotalBytes\":3389", "\"TotalBytes\":\"7\"");
    home.evidence(&[row(443, "HTTPS", 1), format!("\n\n{moved}")], 2);
    home.check(0, "");
    home.write("p.yaml", &POLICIES.replace("severity: high", "severity: low"));
    home.check(0, "");
    home.write("p.yaml", &POLICIES.replace("severity: high", "severity: critical"));
    assert_eq!(home.check(1, "")["findings"][0]["disposition"], "open");

    let home = Home::new();
    home.evidence(&[row(3389, "RDP", 3)], 1);
    home.write("p.yaml", &POLICIES.replace("deny RDP", "alert RDP"));
    assert_eq!(home.run(RECORD).0, 0);
    home.write("p.yaml", POLICIES);
    home.check(1, "");
}

#[test]
fn what_is_tolerated_is_not_recorded() {
    let home = recorded();
    home.write("p.yaml", &POLICIES.replace("severity: high", "severity: high, at_most: 2"));
    home.evidence(&[row(3389, "RDP", 3), row(3390, "RDP", -1)], 2);
    let report = home.check(0, "");
    let summary = &report["summary"];
    assert_eq!((&summary["known"], &summary["tolerated"]), (&0.into(), &2.into()));
    assert_eq!(summary["fixed"], 0, "it is still there");
    let (code, out, err) = home.run("baseline e.json -p p.yaml -o others");
    let words = "0 findings recorded; tolerated and not recorded: 2\n";
    assert_eq!((code, out.as_str(), err.as_str()), (0, words, ""));
    // One more than is tolerated, and what was known still is.
    home.evidence(&[row(3389, "RDP", 3), row(3390, "RDP", 3), row(3391, "RDP", 3)], 3);
    let summary = home.check(1, "")["summary"].clone();
    assert_eq!((&summary["known"], &summary["deny"]), (&1.into(), &2.into()));
}

#[test]
fn only_whole_evidence_shows_what_is_fixed() {
    let home = recorded();
    home.evidence(&[row(443, "HTTPS", 1)], 1);
    let report = home.check(0, "");
    assert_eq!(report["summary"]["fixed"], 1);
    assert_eq!(report["fixed"][0]["policy"], "rdp");
    assert_eq!(
        report["fixed"][0]["identity"],
        serde_json::json!({"Port": 3389, "Protocol": "tcp"})
    );

    home.evidence(&[row(443, "HTTPS", 1)], 2);
    assert_eq!(home.check(3, "")["summary"]["fixed"], 0);
    assert_eq!(home.check(0, " --allow-partial")["summary"]["fixed"], 0);

    // It is not known whether it is gone.
    home.evidence(&[row(3389, "RDP", -1)], 1);
    for (code, more) in [(3, ""), (0, " --inconclusive pass")] {
        assert_eq!(home.check(code, more)["summary"]["fixed"], 0);
    }
    home.evidence(&[row(443, "HTTPS", 1)], 1);
    home.write("p.yaml", "policies: [{id: other, rule: deny SSH}]");
    assert_eq!(home.check(0, "")["summary"]["fixed"], 0, "the policy is gone, not the violation");
}

#[test]
fn recording_again_keeps_dates_and_pruning_only_drops() {
    let home = recorded();
    let first = home.text("known");
    assert!(first.contains("\"since\":\"2026-11-24\""), "{first}");
    home.evidence(&[row(3390, "RDP", 3), row(3389, "RDP", 3)], 2);
    let (_, out, _) = home.on("2026-12-01T00:00:00Z", RECORD);
    assert_eq!(out, "2 findings recorded, 1 new\n");
    let second = home.text("known");
    for line in first.lines() {
        assert!(second.contains(line), "{second}");
    }
    assert!(second.lines().skip(1).is_sorted());

    home.evidence(&[row(3390, "RDP", 3), row(3391, "RDP", 3)], 2);
    let (code, out, _) = home.run(&format!("{RECORD} --prune"));
    assert_eq!((code, out.as_str()), (0, "1 finding recorded, 1 dropped\n"));
    home.check(1, "");
    let text = home.text("known");
    home.run(&format!("{RECORD} --prune"));
    assert_eq!(home.text("known"), text, "the same again");
}

#[test]
fn nothing_is_recorded_that_hides_what_is_not_known() {
    let home = Home::new();
    home.evidence(&[row(3389, "RDP", -1)], 1);
    let (code, out, _) = home.run(RECORD);
    assert_eq!(
        (code, out.as_str()),
        (0, "0 findings recorded; inconclusive and not recorded: 1\n")
    );
    home.check(3, "");

    // A record without its port cannot be told from the next one.
    let nameless = row(3389, "RDP", 3).replace("\"Port\":3389,", "");
    home.evidence(&[nameless], 1);
    assert_eq!(home.run(RECORD).0, 3, "nor does it prove a total");
    assert_eq!(home.run(&format!("{RECORD} --assume-complete")).1, "0 findings recorded\n");
    home.check(1, "");

    let home = Home::new();
    home.evidence(&[row(3389, "RDP", 3)], 2);
    let (code, out, err) = home.run(RECORD);
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.contains("baseline/insufficient-evidence"), "{err}");
    assert!(!home.path().join("known").exists());
    assert_eq!(home.run(&format!("{RECORD} --allow-partial")).0, 0);
}

#[test]
fn a_merged_baseline_is_read_and_a_broken_one_is_not() {
    let home = recorded();
    let text = home.text("known");
    let (header, entry) = text.split_once('\n').unwrap();
    let later = entry.replace("2026-11-24", "2026-11-30");
    for good in [
        format!("{header}\n{entry}{entry}"),
        format!("{header}\r\n\r\n{}\r\n", entry.trim()),
        format!("{header}\n{entry}{later}"),
    ] {
        home.write("known", &good);
        home.check(0, "");
    }
    for (bad, place) in [
        (String::new(), "known: error[baseline/schema]"),
        (entry.to_owned(), "known:1:1: error[baseline/schema]"),
        (format!("{header}\n<<<<<<< ours\n{entry}"), "known:2:1: error[baseline/malformed]"),
        (
            format!("{header}\n{entry}{}", entry.replace("high", "low")),
            "known:3:1: error[baseline/conflict]",
        ),
        (
            format!("{header}\n{}", entry.replace("deny", "dny")),
            "known:2:1: error[baseline/bad-value]",
        ),
        (
            format!("{header}\n{}", entry.replace("\"since\"", "\"sinc\"")),
            "error[baseline/malformed]",
        ),
    ] {
        home.write("known", &bad);
        let (code, out, err) = home.run("check e.json -p p.yaml --baseline known -f short");
        assert_eq!((code, out.as_str()), (2, ""), "{bad}");
        assert!(err.contains(place), "{bad}: {err}");
    }
    assert_eq!(home.run("check e.json -p p.yaml --baseline missing").0, 2);
}

#[test]
fn a_waived_finding_is_not_recorded_and_comes_back() {
    let home = Home::new();
    home.evidence(&[row(3389, "RDP", 3)], 1);
    home.write("w.yaml", "waivers: [{policy: rdp, reason: a move, expires: 2026-12-01}]");
    let (code, out, _) = home.run(&format!("{RECORD} --waivers w.yaml"));
    assert_eq!((code, out.as_str()), (0, "0 findings recorded\n"));
    let line = "check e.json -p p.yaml --baseline known --waivers w.yaml -f short";
    assert_eq!(home.on("2026-12-01T23:59:59Z", line).0, 0);
    assert_eq!(home.on("2026-12-02T00:00:00Z", line).0, 1);
}

#[test]
fn a_project_file_settles_what_flags_do_not() {
    let home = Home::new();
    home.evidence(&[row(3389, "RDP", 3)], 1);
    home.write(
        "portcullis.yaml",
        "policies: [p.yaml]\nevidence: [e.json]\nfail_on: never\noutput: [short=out.txt]\n",
    );
    assert_eq!(home.run("check -f short").0, 0);
    assert!(home.text("out.txt").contains("deny[rdp]"));
    assert_eq!(home.run("check -f short --fail-on deny").0, 1, "flags win");
    assert_eq!(home.run("check e.json -f short --config /dev/null").0, 1, "another file");
    home.write("sub/q.yaml", "policies: [deny SSH]");
    let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(["list", "policies"])
        .current_dir(home.path().join("sub"))
        .env_clear()
        .output()
        .unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("rdp"), "found upward");
}

#[test]
fn an_override_says_why_and_is_shown() {
    let home = Home::new();
    home.evidence(&[row(3389, "RDP", 3)], 1);
    let project = |change: &str| format!("policies: [p.yaml]\noverrides: [{change}]\n");
    home.write("portcullis.yaml", &project("{policy: rdp, effect: alert, reason: a jump host}"));
    let (code, out, err) = home.run("check e.json -f json");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["loosened"][0]), (0, &"overrides".into()), "{err}");
    for (change, told) in [
        ("{policy: rpd, effect: alert, reason: a}", "project/unknown-policy"),
        ("{policy: rdp, effect: alert}", "policy/missing-key"),
        ("{policy: rdp, reason: a}", "project/empty-override"),
        ("{policy: rdp, severity: urgent, reason: a}", "policy/unknown-value"),
    ] {
        home.write("portcullis.yaml", &project(change));
        let (code, _, err) = home.run("check e.json -f short");
        assert!(code == 2 && err.contains(told), "{change}: {err}");
    }
}

#[test]
fn a_slip_in_a_project_file_is_told_at_its_place() {
    let home = Home::new();
    home.evidence(&[row(443, "HTTPS", 1)], 1);
    for (text, told) in [
        ("polices: [p.yaml]", "portcullis.yaml:1:1: error[policy/unknown-key]"),
        ("fail_on: denny", "portcullis.yaml:1:10: error[project/unknown-value]"),
        ("packs: {exposur: true}", "portcullis.yaml:1:9: error[project/unknown-pack]"),
        ("packs: {exposure: 'on'}", "portcullis.yaml:1:19: error[policy/wrong-shape]"),
        ("output: [jsn=x]", "portcullis.yaml:1:10: error[project/bad-output]"),
        ("policies: [p.yaml]\nparams: {bussy: 1}", "error[policy/unknown-param]"),
    ] {
        home.write("portcullis.yaml", text);
        let (code, out, err) = home.run("check e.json -f short");
        assert_eq!((code, out.as_str()), (2, ""), "{text}");
        assert!(err.contains(told), "{text}: {err}");
    }
}

#[test]
fn the_register_and_waivers_may_stand_in_the_project() {
    let home = Home::new();
    home.evidence(&[row(3389, "RDP", 3), row(443, "HTTPS", 1)], 2);
    home.write(
        "portcullis.yaml",
        "policies: [p.yaml]
packs: {register: true}
approvals:
  - {service: HTTPS, port: 443, scope: shop, owner: a, reason: b, approved_by: c, expires: 2027-01-01}
waivers:
  - {policy: rdp, reason: a move, expires: 2026-12-31}
",
    );
    let (code, out, err) = home.run("check e.json -f short");
    assert_eq!(code, 1, "{err}");
    assert!(
        out.contains("3389") && out.contains("unregistered-service") && !out.contains("443"),
        "{out}"
    );
    assert!(out.contains("1 waived"), "{out}");
}

#[test]
fn waivers_are_listed_with_the_days_left_and_what_they_hide() {
    let home = Home::new();
    home.evidence(&[row(3389, "RDP", 3)], 1);
    home.write(
        "w.yaml",
        "waivers:
  - {policy: rdp, match: Port 3389, reason: a move, expires: 2026-12-01, owner: ops}
  - {policy: watch, reason: looked at, expires: 2026-11-23}
  - {policy: watch, reason: looked at, expires: 2026-11-24}
",
    );
    let expected = "\
w.yaml:2:5: rdp where Port 3389, 7 days left, hides 1 finding, by ops: a move
w.yaml:3:5: watch, expired on 2026-11-23, hides 0 findings: looked at
w.yaml:4:5: watch, last day today, hides 0 findings: looked at
";
    let (code, out, err) = home.run("waivers e.json -p p.yaml --waivers w.yaml");
    assert_eq!((code, out.as_str()), (0, expected), "{err}");
    let (code, out, _) = home.run("waivers -p p.yaml --waivers w.yaml");
    assert_eq!(code, 0);
    assert!(out.contains("7 days left, by ops") && !out.contains("hides"), "{out}");
}

#[test]
fn what_init_writes_runs_and_nothing_is_overwritten() {
    let home = Home(tempfile::tempdir().unwrap());
    let (code, out, err) = home.run("init");
    assert_eq!((code, out.lines().count(), err.as_str()), (0, 4, ""), "{out}");
    for line in ["lint --strict", "test", "list policies"] {
        let (code, out, err) = home.run(line);
        assert_eq!((code, err.as_str()), (0, ""), "{line}: {out}");
        assert!(!out.is_empty(), "{line}");
    }
    home.write("policies/portcullis.yaml", "fail_on: never");
    assert_eq!(home.run("lint -p policies").0, 0, "a project file is no policy file");
    home.evidence(&[row(3389, "RDP", 3)], 1);
    let (code, out, err) = home.run("check e.json -f short");
    assert_eq!(code, 1, "{err}");
    assert!(out.contains("deny[rdp-open]"), "{out}");

    let policies = home.text("policies/estate.yaml");
    fs::remove_file(home.path().join("portcullis.yaml")).unwrap();
    let (code, out, err) = home.run("init");
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("cli/exists"), "{err}");
    assert!(!home.path().join("portcullis.yaml").exists(), "nothing was written");
    assert_eq!(home.text("policies/estate.yaml"), policies);

    // Every key that is commented out is one that there is.
    let text = include_str!("../src/cli/init/portcullis.yaml");
    let keys = ["evidence", "params", "overrides", "waivers", "max_waiver_days", "approvals"];
    for key in keys.iter().chain(&["baseline", "output"]) {
        assert!(text.contains(&format!("\n# {key}:")), "{key}");
    }
}

#[test]
fn the_report_shows_the_register_and_what_is_not_open_any_more() {
    let home = Home::new();
    let who = "owner: a, reason: b, approved_by: c, expires: 2027-01-01";
    home.write(
        "r.yaml",
        &format!(
            "approvals:\n  - {{service: HTTPS, port: 443, scope: shop, {who}}}\n  - {{service: SSH, port: 22, {who}}}\n  - {{service: SMTP, port: 25, {who}}}\n"
        ),
    );
    let rows = [row(443, "HTTPS", 1), row(25, "Unknown", 1)];
    let open = |total: usize| {
        home.evidence(&rows, total);
        let (_, out, err) = home.run("check e.json -p p.yaml --approvals r.yaml -f json");
        let report: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(report["approvals"][0]["scope"], "shop");
        let open: Vec<Value> =
            (0..3).map(|index| report["approvals"][index]["open"].clone()).collect();
        (open, err.contains("r.yaml:3:5: note[approval/not-open]"))
    };
    assert_eq!(open(2), (vec![true.into(), false.into(), Value::Null], true));
    assert_eq!(open(3), (vec![true.into(), Value::Null, Value::Null], false), "it may be missing");
}
