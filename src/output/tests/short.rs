//! Lines for grep: what evidence lacks first, then a line a finding.

use super::*;

const RECORDS: [&str; 3] = [
    r#"{"Port": 3389, "Protocol": "tcp", "RiskLevel": 3, "ServiceNameList": ["RDP"], "ProbRisk": null, "RiskReason": ""}"#,
    r#"{"Port": 3390, "Protocol": "tcp", "RiskLevel": -1, "ServiceNameList": ["RDP"], "ProbRisk": null, "RiskReason": ""}"#,
    r#"{"Port": 3391, "Protocol": "tcp", "RiskLevel": 9, "ServiceNameList": ["SSH"], "ProbRisk": null, "RiskReason": ""}"#,
];

fn short(total: usize, max_findings: Option<usize>) -> String {
    let text = response(&RECORDS, total);
    let policies = only(&["rdp-exposed", "reason"]);
    let report = report(policies, &[("ports.json", &text)], Terms::STRICT);
    rendered(&report, Format::Short, &Style { max_findings, ..Style::default() })
}

#[test]
fn a_line_says_where_what_and_why() {
    let expected = "\
ports.json:7:52: evidence[evidence/unlisted-value] `RiskLevel` is 9, which is not one of its values
ports.json:5:74: deny[rdp-exposed] RDP open on tcp/3389, risk 3 (high)
ports.json:6:75: inconclusive[rdp-exposed] RDP open on tcp/3390, risk -1 (in_assessment)
";
    assert_eq!(short(3, None), expected);
}

#[test]
fn missing_evidence_comes_first_and_is_never_cut() {
    let text = short(39, Some(1));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(
        text.contains("\nports.json:3:31: evidence[evidence/rows-missing] 3 of 39 records"),
        "{text}"
    );
    assert!(lines[2].starts_with("ports.json:5:74: deny"));
    assert_eq!(lines[3], "… and 1 more finding");
}

#[test]
fn notes_are_no_lines() {
    let record = RECORDS[0];
    let text = format!("[{record}, {record}]");
    let report = report(only(&["rdp-exposed"]), &[("ports.json", &text)], Terms::STRICT);
    let short = rendered(&report, Format::Short, &Style::default());
    let lines: Vec<&str> = short.lines().collect();
    assert_eq!(lines.len(), 2, "{short}");
    assert!(lines[0].starts_with("ports.json:1:2: evidence[evidence/total-missing] "), "{short}");
}

#[test]
fn problems_name_their_level() {
    let text = shown(&hostile::load_problems(), Format::Short, &Style::default());
    let expected = "\
policies/ports.yaml:6:23: error[policy/unknown-field] `RiskLevel` is no field of it
policies/ports.yaml:19:9: error[policy/unknown-field] duplicate id
ports.json:3:7: warning[policy/unknown-field] the list ends too early
policies: note[policy/unknown-field] nothing is here
";
    assert_eq!(text, expected);
}

#[test]
fn policies_without_evidence_are_said() {
    let report = report(policies(), &[], Terms::STRICT);
    let short = rendered(&report, Format::Short, &Style::default());
    let expected = "policies/ports.yaml:4:5: evidence[evidence/unjudged] 4 policies judged nothing: \
                    there is no evidence of `DescribeInternetOpenPort`\n";
    assert_eq!(short, expected);
}
