//! What people read: pages that were read by eye, and kept.

use std::path::PathBuf;

use super::*;
use crate::output::Colour;

const EXAMPLE: &str =
    include_str!("../../../examples/01-first-check/DescribeInternetOpenPort.json");

/// Compares a page with the one that was kept; with `PORTCULLIS_KEEP` set, keeps it.
#[track_caller]
fn is_kept(name: &str, page: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/output/tests/pages");
    let path = folder.join(format!("{name}.txt"));
    if std::env::var_os("PORTCULLIS_KEEP").is_some() {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(&path, page).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(page, kept, "\n{page}");
}

fn page(report: &Report) -> String {
    rendered(report, Format::Human, &Style { max_findings: Some(50), ..Style::default() })
}

#[test]
fn the_example_of_the_api() {
    let files = [("DescribeInternetOpenPort.json", EXAMPLE)];
    is_kept("example", &page(&report(policies(), &files, Terms::STRICT)));
}

#[test]
fn one_line_with_chinese_text() {
    let reason = "\"管理口对公网开放,存在弱口令,建议尽快修改并开启多因素认证,收敛访问来源地址\"";
    let line: String = EXAMPLE.split_whitespace().collect();
    let line = line.replace("\"test\"", reason).replace("39", "1");
    let files = [("DescribeInternetOpenPort.json", line.as_str())];
    is_kept("one-line", &page(&report(policies(), &files, Terms::STRICT)));
}

/// Records that a few policies fail or do not know of.
fn many() -> String {
    let record = |port: usize| {
        let risk = ["3", "-1", "null"][port % 3];
        let sent = if port.is_multiple_of(2) { ", \"OutBytes\": 700" } else { "" };
        format!(
            "{{\"Port\": {port}, \"Protocol\": \"tcp\", \"RiskLevel\": {risk}, \
             \"ServiceNameList\": [\"RDP\", \"Unknown\"], \"InBytes\": 5{sent}, \
             \"SuggestLevel\": 10, \"ProbRisk\": null, \"RiskReason\": \"\"}}"
        )
    };
    let records: Vec<String> = (0..40).map(record).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    response(&records, 40)
}

#[test]
fn many_records_of_one_policy() {
    let text = many();
    let report = report(policies(), &[("ports.json", &text)], Terms::STRICT);
    let style = Style { max_findings: Some(12), ..Style::default() };
    is_kept("many", &rendered(&report, Format::Human, &style));
}

#[test]
fn findings_are_cut_evenly_and_counted() {
    let text = many();
    let report = report(policies(), &[("ports.json", &text)], Terms::STRICT);
    for most in [0, 1, 2, 5, 12, 50, 1000] {
        let style = Style { max_findings: Some(most), ..Style::default() };
        let page = rendered(&report, Format::Human, &style);
        let is_record = |line: &&str| line.contains(" open on tcp/");
        assert_eq!(page.lines().filter(is_record).count(), most.min(report.findings.len()));
        assert_eq!(page.lines().filter(|line| line.contains("] rdp-exposed:")).count(), 2);
    }
}

#[test]
fn a_clean_run_says_what_it_proved() {
    let record = r#"{"Port": 443, "Protocol": "tcp", "RiskLevel": 1, "ServiceNameList": ["SSL"]}"#;
    let text = response(&[record], 1);
    let rdp = || only(&["rdp-exposed"]);
    let report = |total: usize, terms| {
        let text = text.replace("TotalCount\": 1", &format!("TotalCount\": {total}"));
        page(&report(rdp(), &[("ports.json", &text)], terms))
    };
    let clean = "clean: 1 policy held for 1 open port observed (window not recorded); coverage of\n  \
                 assets not checked\n";
    assert_eq!(report(1, Terms::STRICT), clean);
    let partial = report(2, Terms::STRICT);
    assert!(partial.starts_with("incomplete[evidence/rows-missing]: 1 of 2 records are here\n"));
    let ending = "1 of 2 records · 1 policy · exit 3: insufficient evidence\n";
    assert!(partial.ends_with(ending), "{partial}");
    let loose = report(2, Terms { allow_partial: true, fail_on: FailOn::Never, ..Terms::STRICT });
    let ending = "\nclean: 1 policy held for 1 of 2 open ports observed (window not recorded);\n  \
                  coverage of assets not checked\n\
                  loosened by --allow-partial, --fail-on=never\n";
    assert!(loose.ends_with(ending), "{loose}");
}

#[test]
fn no_evidence_is_said_and_counted_outcomes_are_not_forgotten() {
    let nothing = page(&report(policies(), &[], Terms::STRICT));
    let expected = "\
evidence: 4 policies judged nothing: there is no evidence of
  `DescribeInternetOpenPort`
0 deny, 0 alert · 0 records · 4 policies · exit 3: insufficient evidence
";
    assert_eq!(nothing, expected);
    let record = r#"{"Port": 443, "Protocol": "tcp", "ServiceNameList": ["RDP"]}"#;
    let text = response(&[record], 1);
    let loose = Terms { when_unknown: WhenUnknown::Pass, ..Terms::STRICT };
    let report = report(only(&["rdp-exposed"]), &[("ports.json", &text)], loose);
    let expected = "\
clean, 1 inconclusive: 1 policy judged 1 open port observed (window not
  recorded); coverage of assets not checked
loosened by --inconclusive=pass
not listed: 1 inconclusive outcome
";
    assert_eq!(page(&report), expected);
}

#[test]
fn problems_of_policy_files() {
    is_kept("problems", &shown(&hostile::load_problems(), Format::Human, &Style::default()));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let text = many();
    let report = report(policies(), &[("ports.json", &text)], Terms::STRICT);
    let plain = rendered(&report, Format::Human, &Style::default());
    let style = Style { colour: Colour::On, ..Style::default() };
    let coloured = rendered(&report, Format::Human, &style);
    let colours = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    assert_ne!(coloured, plain);
    assert_eq!(colours.replace_all(&coloured, ""), plain);
}

#[test]
fn the_most_severe_comes_first_and_what_is_unknown_last() {
    let text = many();
    let human = page(&report(policies(), &[("ports.json", &text)], Terms::STRICT));
    let heads = human.lines().filter(|line| {
        ["deny[", "alert[", "inconclusive["].iter().any(|word| line.starts_with(word))
    });
    let heads: Vec<&str> = heads.map(|line| line.split([':', ' ']).next().unwrap()).collect();
    let expected = ["deny[critical]", "deny[high]", "inconclusive[critical]", "inconclusive[high]"];
    assert_eq!(heads, expected, "{human}");
}
