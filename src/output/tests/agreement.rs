//! Every format says the same of a report: the same findings in the same order, at the same place, of
//! the same severity, with the same fingerprint; and none looks green where evidence is not sufficient.

use proptest::prelude::*;
use serde_json::Value;

use super::generated::{Response, responses};
use super::readers::{self, Extent, Reader, Said};
use super::*;
use crate::output::CsvDialect;

/// How each format is written, and read; one of them in two ways.
pub(super) fn ways() -> impl Iterator<Item = (Format, Style, &'static Reader)> {
    let own = Format::ALL
        .map(|format| (format, Style { width: 120, ..Style::default() }, readers::of(format)));
    let prowler = Style { csv: CsvDialect::Prowler, ..Style::default() };
    own.into_iter().chain([(Format::Csv, prowler, &readers::csv::PROWLER)])
}

/// Of every policy so many violations are tolerated; of one more, so that some are and some are not.
fn report_of(response: &Response, is_accepted: bool, at_most: u64) -> (String, Report) {
    let text = response.text();
    let mut policies = policies();
    for (policy, at_most) in policies.iter_mut().zip(at_most..) {
        policy.at_most = (at_most > 0).then_some(at_most);
    }
    let mut report = report(policies, &[("ports.json", &text)], Terms::STRICT);
    if is_accepted && report.findings.len() > 1 {
        report.findings[0].disposition = Disposition::Known;
        report = waived(report);
    }
    (text, report)
}

/// Holds what a format says against what the report says.
#[track_caller]
fn agree(said: &[Said], expected: &[Said], extent: Extent, written: &str) {
    let mut left: Vec<&Said> = expected.iter().collect();
    for said in said {
        // The first that may come next is the one that must.
        let next = match extent {
            Extent::All | Extent::Nothing => 0,
            Extent::Sorted | Extent::From(_) => {
                left.iter().position(|other| other.agrees(said)).unwrap_or(0)
            }
        };
        let other = (next < left.len()).then(|| left.remove(next));
        assert!(
            other.is_some_and(|other| other.agrees(said)),
            "{said:?} for {other:?} in\n{written}"
        );
    }
    let is_part = match extent {
        Extent::All | Extent::Sorted => false,
        Extent::From(most) => expected.len() >= most,
        Extent::Nothing => true,
    };
    assert!(left.is_empty() || is_part, "{left:?} are not in\n{written}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn every_format_says_the_same(
        response in responses(),
        is_accepted in any::<bool>(),
        at_most in 0..4_u64,
    ) {
        let (text, report) = report_of(&response, is_accepted, at_most);
        let json = rendered(&report, Format::Json, &Style::default());
        let expected = (readers::of(Format::Json).read)(&json, &text);
        for (format, style, reader) in ways() {
            let written = rendered(&report, format, &style);
            agree(&(reader.read)(&written, &text), &expected, reader.extent, &written);
        }
    }
}

#[test]
fn every_format_says_what_is_tolerated_and_is_green() {
    let rdp = CALM.replace("\"SSL\"", "\"RDP\"");
    let fails = rdp.replace("443", "445").replace("\"RiskLevel\": 1", "\"RiskLevel\": 3");
    let unknown = rdp.replace("443", "444").replace("\"RiskLevel\": 1", "\"RiskLevel\": -1");
    let mut policies = only(&["rdp-exposed"]);
    policies[0].at_most = Some(2);
    let text = response(&[&fails, &unknown, CALM], 3);
    let of = |text: &str| report(policies.clone(), &[("ports.json", text)], Terms::STRICT);
    let (report, calm) = (of(&text), of(&response(&[CALM], 1)));
    assert_eq!((report.verdict.exit_code(), report.summary.tolerated), (0, 2));
    for (format, style, reader) in ways() {
        let written = rendered(&report, format, &style);
        assert_eq!((reader.read)(&written, &text), [], "{format:?} {written}");
        assert!(!(reader.is_red)(&written), "{format:?} {written}");
        let times = |text: &str| text.matches("tolerated").count();
        let says = times(&written) > times(&rendered(&calm, format, &style));
        assert!(says, "{format:?} {written}");
    }
}

const CALM: &str = r#"{"Port": 443, "Protocol": "tcp", "RiskLevel": 1, "ServiceNameList": ["SSL"], "InBytes": 1, "OutBytes": 1, "SuggestLevel": 10, "ProbRisk": null, "RiskReason": ""}"#;

#[test]
fn no_format_looks_green_where_evidence_is_not_sufficient() {
    let unknown =
        CALM.replace("\"SSL\"", "\"RDP\"").replace("\"RiskLevel\": 1", "\"RiskLevel\": -1");
    let rdp = || only(&["rdp-exposed"]);
    let strict = |files: &[(&str, &str)]| report(rdp(), files, Terms::STRICT);
    let (partial, whole) = (response(&[CALM], 39), response(&[CALM], 1));
    let error = r#"{"Code": "Throttling.User", "Message": "slow down", "RequestId": "1"}"#;
    let bare = format!("[{CALM}]");
    let young = Terms { max_age: Some(jiff::SignedDuration::from_hours(1)), ..Terms::STRICT };
    let assumed = Terms { assume_complete: true, ..young };
    for report in [
        strict(&[]),
        report(rdp(), &[("ports.json", &whole)], young),
        report(rdp(), &[("ports.json", &bare)], assumed),
        strict(&[("ports.json", &partial)]),
        strict(&[("ports.json", &response(&[&unknown], 1))]),
        strict(&[("ports.json", error)]),
        strict(&[("ports.json", &bare)]),
        report(Vec::new(), &[], Terms::STRICT),
    ] {
        assert_eq!(report.verdict.exit_code(), 3);
        for (format, style, reader) in ways() {
            let written = rendered(&report, format, &style);
            assert!((reader.is_red)(&written), "{format:?} {written}");
            assert!(!written.contains("0 outcomes"), "{format:?} {written}");
        }
    }
    let loose = Terms { allow_partial: true, ..Terms::STRICT };
    // What was accepted is said, but it is not red.
    let accepted = report(rdp(), &[("ports.json", &partial)], loose);
    for (report, is_plain) in [(accepted, false), (strict(&[("ports.json", &whole)]), true)] {
        assert_eq!(report.verdict.exit_code(), 0);
        for (format, style, reader) in ways() {
            let written = rendered(&report, format, &style);
            let is_told = format == Format::Short && !is_plain;
            assert!(is_told || !(reader.is_red)(&written), "{format:?} {written}");
        }
    }
}

#[test]
fn no_format_looks_green_where_nothing_could_be_judged() {
    let problems = hostile::load_problems();
    for (format, style, reader) in ways() {
        let written = shown(&problems, format, &style);
        assert!((reader.is_red)(&written), "{format:?} {written}");
    }
}

#[test]
fn sarif_keeps_the_most_severe_results_and_says_so() {
    let record = |port: usize| {
        CALM.replace("443", &port.to_string())
            .replace("\"SSL\"", "\"RDP\"")
            .replace("\"RiskLevel\": 1", "\"RiskLevel\": 3")
            .replace("\"ProbRisk\": null", "\"ProbRisk\": \"x\"")
    };
    let records: Vec<String> = (0..3000).map(record).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let text = response(&records, 3000);
    let report = report(only(&["rdp-exposed", "reason"]), &[("ports.json", &text)], Terms::STRICT);
    let log: Value =
        serde_json::from_str(&rendered(&report, Format::Sarif, &Style::default())).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let of = |rule: &str| results.iter().filter(|result| result["ruleId"] == rule).count();
    assert_eq!((of("rdp-exposed"), of("reason"), results.len()), (3000, 2000, 5000));
    let notes = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(notes.contains("1000 results left out"), "{notes}");
    let github = rendered(&report, Format::Github, &Style::default());
    let of = |command: &str| github.lines().filter(|line| line.starts_with(command)).count();
    assert_eq!((of("::error "), of("::warning "), of("::notice ")), (10, 10, 1));
    assert!(github.ends_with("::notice title=portcullis::2990 more errors, 2990 more warnings; all are in the summary of the job\n"), "{github}");
}
