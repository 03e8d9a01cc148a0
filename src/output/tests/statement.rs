//! The statement of a clean report, and the warnings of loading, stand in every format.

use serde_json::{Value, json};

use super::agreement::ways;
use super::*;
use crate::operation::{Effect, Severity};
use crate::output::difference_schema;
use crate::snapshot::Origin;
use crate::triage::{Difference, Side};

const CALM: &str =
    r#"{"Port": 443, "Protocol": "tcp", "RiskLevel": 1, "ServiceNameList": ["SSL"]}"#;
const LIMITS: &str = "; coverage of assets not checked";

/// The RDP policy on so many records that it does not mind, and some others, of so many.
fn judged(calm: usize, others: &[&str], total: usize, terms: Terms) -> Report {
    let records: Vec<String> =
        (0..calm).map(|port| CALM.replace("443", &port.to_string())).collect();
    let records: Vec<&str> =
        records.iter().map(String::as_str).chain(others.iter().copied()).collect();
    report(only(&["rdp-exposed"]), &[("ports.json", &response(&records, total))], terms)
}

/// The same with a snapshot a window; one of none recorded none.
fn captured(windows: &[Option<[&str; 2]>], filter: Option<&str>) -> Report {
    let mut report = judged(2, &[], 2, Terms::STRICT);
    let first = report.evidence.remove(0);
    for window in windows {
        let mut snapshot = first.clone();
        snapshot.origin = window.map(|window| Arc::new(origin(Some(window), filter)));
        report.evidence.push(snapshot);
    }
    report
}

fn origin(window: Option<[&str; 2]>, filter: Option<&str>) -> Origin {
    let time = jiff::Timestamp::UNIX_EPOCH;
    Origin {
        endpoint: "cloudfw.aliyuncs.com".to_owned(),
        region: None,
        account: None,
        profile: None,
        filters: filter.into_iter().map(|name| (name.to_owned(), "3".to_owned())).collect(),
        window: window.map(|[since, until]| (since.parse().unwrap(), until.parse().unwrap())),
        started: time,
        finished: time,
    }
}

const MONTH: [&str; 2] = ["2026-10-30T08:00:00Z", "2026-11-29T08:00:00Z"];
const WEEK: [&str; 2] = ["2026-11-22T00:00:00Z", "2026-11-29T23:59:59Z"];
const HOURS: [&str; 2] = ["2026-11-29T06:00:00Z", "2026-11-29T12:00:00Z"];

#[test]
fn a_clean_run_states_what_was_observed_and_in_which_window() {
    let raw = |records, total| judged(records, &[], total, Terms::STRICT);
    let partial = judged(1, &[], 2, Terms { allow_partial: true, ..Terms::STRICT });
    for (report, expected) in [
        (raw(12, 12), "clean: 1 policy held for 12 open ports observed (window not recorded)"),
        (raw(1, 1), "clean: 1 policy held for 1 open port observed (window not recorded)"),
        (
            raw(0, 0),
            "clean: 1 policy held; 0 open ports were observed in the window (window not recorded)",
        ),
        (partial, "clean: 1 policy held for 1 of 2 open ports observed (window not recorded)"),
        (
            captured(&[Some(MONTH)], None),
            "clean: 1 policy held for 2 open ports observed in the window 2026-10-30 to 2026-11-29",
        ),
        (
            captured(&[Some(MONTH), Some(MONTH)], None),
            "clean: 1 policy held for 4 open ports observed in the window 2026-10-30 to 2026-11-29",
        ),
        (
            captured(&[Some(WEEK)], Some("Lang")),
            "clean: 1 policy held for 2 open ports observed in the window 2026-11-22 to 2026-11-29",
        ),
        (
            captured(&[Some(WEEK)], Some("SourceIp")),
            "clean: 1 policy held for 2 open ports observed with filters in the window 2026-11-22 to \
             2026-11-29",
        ),
        (
            captured(&[Some(HOURS)], None),
            "clean: 1 policy held for 2 open ports observed in the window 2026-11-29T06:00:00Z to \
             2026-11-29T12:00:00Z",
        ),
        (
            captured(&[Some(MONTH), Some(WEEK), Some(WEEK)], None),
            "clean: 1 policy held for 6 open ports observed in 2 windows",
        ),
        (
            captured(&[Some(MONTH), None], None),
            "clean: 1 policy held for 4 open ports observed in the window 2026-10-30 to 2026-11-29 \
             (window not recorded of 1 of 2 snapshots)",
        ),
    ] {
        assert_eq!(report.statement(), Some(format!("{expected}{LIMITS}")));
    }
    let mut nothing = raw(0, 0);
    nothing.evidence[0].origin = Some(Arc::new(origin(Some(WEEK), None)));
    let expected = "0 open ports were observed in the window 2026-11-22 to 2026-11-29";
    assert!(nothing.statement().unwrap().contains(expected));
}

#[test]
fn a_clean_run_names_what_it_was_clean_in_spite_of() {
    let rdp = CALM.replace("SSL", "RDP").replace("443", "3389");
    let fails = rdp.replace("\"RiskLevel\": 1", "\"RiskLevel\": 3");
    let unknown = rdp.replace("\"RiskLevel\": 1", "\"RiskLevel\": -1");
    let failing = |disposition| {
        let mut report = judged(1, &[&fails], 2, Terms::STRICT);
        report.findings[0].disposition = disposition;
        report
    };
    let settled = |mut report: Report, count: fn(&mut triage::Summary) -> &mut u64| {
        report.verdict = triage::Verdict::Clean;
        report.summary = triage::Summary { policies: 1, records: 2, ..triage::Summary::default() };
        *count(&mut report.summary) = 1;
        report
    };
    let loose = |terms| judged(1, &[&unknown], 2, terms);
    let never = judged(1, &[&fails], 2, Terms { fail_on: FailOn::Never, ..Terms::STRICT });
    for (report, head) in [
        (settled(failing(Disposition::Waived), |one| &mut one.waived), "clean, 1 waived"),
        (settled(failing(Disposition::Known), |one| &mut one.known), "clean, 1 known"),
        (settled(failing(Disposition::Tolerated), |one| &mut one.tolerated), "clean, 1 tolerated"),
        (settled(failing(Disposition::Open), |one| &mut one.alert), "clean, 1 alert"),
        (never, "clean, 1 deny"),
        (
            loose(Terms { when_unknown: WhenUnknown::Report, ..Terms::STRICT }),
            "clean, 1 inconclusive",
        ),
        (
            loose(Terms { when_unknown: WhenUnknown::Pass, ..Terms::STRICT }),
            "clean, 1 inconclusive",
        ),
    ] {
        let expected = "1 policy judged 2 open ports observed (window not recorded)";
        assert_eq!(report.headline(), head);
        assert_eq!(report.statement(), Some(format!("{head}: {expected}{LIMITS}")));
        is_in_every_format(&report);
    }
    for report in [failing(Disposition::Open), judged(1, &[], 2, Terms::STRICT)] {
        assert_eq!(report.statement(), None);
        for (format, style, _) in ways() {
            let written = rendered(&report, format, &style);
            assert!(!written.contains("coverage of assets"), "{format:?}\n{written}");
        }
    }
}

/// What a format says without the marks around its words, on one line.
fn plain(written: &str) -> String {
    let marks = ["\\", "`", "<code>", "</code>", "<U+0060>"];
    let text = marks.iter().fold(written.to_owned(), |text, mark| text.replace(mark, ""));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn is_in_every_format(report: &Report) {
    let statement = report.statement().unwrap();
    for (format, style, _) in ways() {
        let written = rendered(report, format, &style);
        assert!(plain(&written).contains(&statement), "{format:?} without {statement}\n{written}");
    }
}

/// A report whose policies and waivers gave warnings.
fn warned() -> Report {
    let mut report = judged(2, &[], 2, Terms::STRICT);
    let warnings = hostile::load_problems().into_iter().zip(["first", "second"]);
    let warning = |(problem, word): (Problem, &str)| Problem {
        level: crate::text::Level::Warning,
        code: format!("policy/{word}"),
        message: format!("`{word}` is doubtful"),
        ..problem
    };
    report.policies.warnings = warnings.map(warning).collect();
    report
}

#[test]
fn warnings_of_loading_are_in_every_format() {
    let report = warned();
    assert_eq!(report.verdict.exit_code(), 0);
    let warnings = report.warnings();
    assert_eq!(warnings.len(), 2);
    is_in_every_format(&report);
    official::result(&rendered(&report, Format::Oscal, &Style::default()));
    for (format, style, reader) in ways() {
        let written = rendered(&report, format, &style);
        let text = plain(&written);
        for warning in &warnings {
            let line = warning.place.position().unwrap().line.to_string();
            let message = warning.message.replace('`', "");
            for part in [&warning.code, &message, warning.place.source(), &line] {
                assert!(text.contains(part), "{format:?} without {part}\n{written}");
            }
        }
        let is_told = format == Format::Short;
        assert!(is_told || !(reader.is_red)(&written), "{format:?}\n{written}");
    }
}

#[test]
fn warnings_stand_in_the_order_of_their_places_and_once() {
    let mut report = warned();
    let order = |report: &Report| -> Vec<String> {
        report.warnings().into_iter().map(|warning| warning.code.clone()).collect()
    };
    let expected = order(&report);
    report.policies.warnings.reverse();
    let again = report.policies.warnings[0].clone();
    report.policies.warnings.push(again);
    let mut note = report.policies.warnings[0].clone();
    note.level = crate::text::Level::Note;
    report.policies.warnings.push(note);
    assert_eq!(order(&report), expected);
    // Those of waivers stand among them.
    let mut of_waiver = report.policies.warnings[0].clone();
    of_waiver.code = "waiver/stale".to_owned();
    report.waivers.push(WaiverUse { problems: vec![of_waiver], ..WaiverUse::default() });
    assert!(order(&report).contains(&"waiver/stale".to_owned()));
}

#[test]
fn a_page_of_a_job_and_the_json_report_say_the_same() {
    let report = warned();
    let mut page = Vec::new();
    crate::output::summary(&report, usize::MAX, &mut page).unwrap();
    let page = plain(&String::from_utf8(page).unwrap());
    assert!(page.contains(&report.statement().unwrap()) && page.contains("policy/first"), "{page}");
    let json: Value =
        serde_json::from_str(&rendered(&report, Format::Json, &Style::default())).unwrap();
    schema::check(&schema::REPORT, &json);
    assert_eq!(json["statement"], json!(report.statement()));
    let codes: Vec<&Value> =
        json["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
    assert_eq!(codes, report.warnings().iter().map(|one| &*one.code).collect::<Vec<_>>());
}

#[test]
fn many_findings_do_not_push_warnings_off_a_job() {
    let mut policies = only(&["rdp-exposed"]);
    policies[0].effect = Effect::Alert;
    policies[0].severity = Severity::Critical;
    let record = |port: usize| {
        CALM.replace("443", &port.to_string())
            .replace("SSL", "RDP")
            .replace("\"RiskLevel\": 1", "\"RiskLevel\": 3")
    };
    let records: Vec<String> = (0..30).map(record).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let mut report = report(policies, &[("ports.json", &response(&records, 30))], Terms::STRICT);
    report.policies.warnings = warned().policies.warnings;
    let github = rendered(&report, Format::Github, &Style::default());
    let of = |command: &str| github.lines().filter(|line| line.starts_with(command)).count();
    assert_eq!((of("::warning "), of("::notice ")), (10, 2), "{github}");
    assert!(github.contains("title=policy/first") && github.contains("::22 more warnings; all"));
}

#[test]
fn a_clean_difference_says_what_was_compared() {
    let side = |report: Report| Side { source: Arc::from("side"), report, inventories: None };
    let difference = |before, after| Difference::new(side(before), side(after), Terms::STRICT);
    let clean = difference(captured(&[Some(MONTH)], None), judged(3, &[], 3, Terms::STRICT));
    let expected = "before, 2 open ports observed in the window 2026-10-30 to 2026-11-29; after, 3 \
                    open ports observed (window not recorded); coverage of assets not checked";
    let other = difference(clean.before.report.clone(), judged(1, &[], 2, Terms::STRICT));
    assert_eq!((clean.statement().as_deref(), other.statement()), (Some(expected), None));
    for format in Format::of_differences() {
        let mut out = Vec::new();
        crate::output::render_difference(&clean, format, &Style::default(), &mut out).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert!(plain(&written).contains(expected), "{format:?}\n{written}");
        if format == Format::Json {
            let document = serde_json::from_str(&written).unwrap();
            schema::check(&schema::validator(&difference_schema()), &document);
        }
    }
}
