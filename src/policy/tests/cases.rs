//! Cases: records as the API would have sent them.

use serde_json::value::RawValue;

use super::*;
use crate::operation::Effect;
use crate::policy::Expectation;

fn record(yaml: &str) -> String {
    let text = format!(
        "policies:\n  - rule: deny RDP\n    cases:\n      - {{record: {yaml}, expect: pass}}\n"
    );
    good(&text).policies[0].cases[0].records[0].clone()
}

#[test]
fn scalars_keep_what_they_are() {
    for (yaml, json) in [
        ("3", "3"),
        ("-1", "-1"),
        ("3.0", "3.0"),
        ("1456536639.0", "1456536639.0"),
        ("1e400", "1e400"),
        ("99999999999999999999", "99999999999999999999"),
        ("'3'", "\"3\""),
        ("\"a\\\"\\n\\u0007中\"", "\"a\\\"\\n\\u0007中\""),
        ("017", "\"017\""),
        ("0x10", "16"),
        ("+5", "5"),
        (".5", "0.5"),
        ("null", "null"),
        ("~", "null"),
        ("true", "true"),
        ("'true'", "\"true\""),
        ("[]", "[]"),
        ("[RDP, 'SSH', 3]", "[\"RDP\", \"SSH\", 3]"),
        ("{a: [1, {b: null}]}", "{\"a\": [1, {\"b\": null}]}"),
    ] {
        let written = record(&format!("{{Port: {yaml}}}"));
        assert_eq!(written, format!("{{\"Port\": {json}}}"), "{yaml}");
        assert!(serde_json::from_str::<Box<RawValue>>(&written).is_ok(), "{written}");
    }
    assert_eq!(record("{}"), "{}");
    assert_eq!(record("{Port: 1, Protocol: tcp}"), "{\"Port\": 1, \"Protocol\": \"tcp\"}");
}

#[test]
fn expectations_are_of_the_policy() {
    let set = good(
        "policies:
  - rule: alert SSH
    cases:
      - {record: {Port: 1}, expect: alert}
      - {record: {Port: 2}, expect: pass}
      - {record: {Port: 3}, expect: inconclusive}
",
    );
    let expected: Vec<_> = set.policies[0].cases.iter().map(|case| case.expect).collect();
    assert_eq!(
        expected,
        [Expectation::Fails(Effect::Alert), Expectation::Pass, Expectation::Inconclusive]
    );
    assert_eq!(set.policies[0].cases[1].location.text(), "{record: {Port: 2}, expect: pass}");
}

#[test]
fn a_slip_in_a_case_is_told_at_its_place() {
    let table = [
        ("{record: {«Prt»: 1}, expect: pass}", "policy/unknown-field", "did you mean `Port`?"),
        (
            "{record: {«traffic»: 1}, expect: pass}",
            "policy/derived-field",
            "`TotalBytes`, or `InBytes` and `OutBytes`",
        ),
        ("{record: {Port: «.inf»}, expect: pass}", "policy/no-json-number", "quote it"),
        ("{record: «[Port]», expect: pass}", "policy/wrong-shape", ""),
        ("{«record»: , expect: pass}", "policy/wrong-shape", ""),
        (
            "{record: {Port: 1}, expect: «alert»}",
            "policy/impossible-expectation",
            "`deny`, `pass` or `inconclusive`",
        ),
        ("{record: {Port: 1}, expect: «fail»}", "policy/unknown-value", "`pass`"),
        ("{«record»: {Port: 1}}", "policy/missing-key", "add `expect:`"),
        ("{«expect»: pass}", "policy/missing-key", "add `record:`"),
        ("{record: {Port: 1}, expect: pass, «nmae»: x}", "policy/unknown-key", "`expect`"),
        ("{«records»: [{Port: 1}], expect: pass}", "policy/records-needed", "`record:`"),
        ("«deny»", "policy/wrong-shape", "`record`, `records`, `expect`"),
    ];
    for (case, code, help) in table {
        let text = format!("policies:\n  - rule: deny RDP\n    cases: [{case}]\n");
        each_is_told(&[(&text, code, help)]);
    }
}

#[test]
fn a_policy_that_judges_the_whole_takes_all_records() {
    let of = |case: &str| format!("policies:\n  - rule: deny if count > 1\n    cases: [{case}]\n");
    let cases = good(&of("{records: [{Port: 1}, {Port: 2}], expect: deny}"));
    assert_eq!(cases.policies[0].cases[0].records, [r#"{"Port": 1}"#, r#"{"Port": 2}"#]);
    assert!(good(&of("{records: [], expect: pass}")).policies[0].cases[0].records.is_empty());
    each_is_told(&[
        (&of("{«record»: {Port: 1}, expect: pass}"), "policy/records-needed", "`records:`"),
        (&of("{records: [{«Prt»: 1}], expect: pass}"), "policy/unknown-field", "`Port`"),
        (&of("{records: «{}», expect: pass}"), "policy/wrong-shape", ""),
        (&of("{«record»: {}, records: [], expect: pass}"), "policy/two-records", "keep one"),
        (&of("{records: [«7»], expect: pass}"), "policy/wrong-shape", ""),
    ]);
}
