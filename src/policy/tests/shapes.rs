//! Keys and shapes: every slip is told at its exact place.

use super::*;

/// The text with its underline, the code, a part of the help.
const SLIPS: &[(&str, &str, &str)] = &[
    // The file.
    ("«- deny RDP»\n- alert SSH\n", "policy/wrong-shape", "under `policies:`"),
    ("«deny RDP»", "policy/wrong-shape", "under `policies:`"),
    (
        "«polices»: [deny RDP]\npolicies: [deny SSH]",
        "policy/unknown-key",
        "did you mean `policies`?",
    ),
    ("«sets»: {a: [RDP]}", "policy/missing-key", "add `policies:`"),
    ("«policies»: []", "policy/empty-list", ""),
    ("«policies»:", "policy/empty-list", ""),
    ("policies: «deny RDP»", "policy/wrong-shape", "`- `"),
    ("policies: «{a: deny RDP}»", "policy/wrong-shape", "`- `"),
    (
        "operation: «DescribeInternetOpenPorts»\npolicies: [deny RDP]",
        "policy/unknown-operation",
        "did you mean `DescribeInternetOpenPort`?",
    ),
    ("operation: «3»\npolicies: [deny RDP]", "policy/wrong-shape", "quote it"),
    // Sets and params.
    ("sets: {«a»: []}\npolicies: [deny RDP]", "policy/empty-list", ""),
    ("sets:\n  «a»:\npolicies: [deny RDP]", "policy/empty-list", ""),
    ("sets: {a: «RDP»}\npolicies: [deny RDP]", "policy/wrong-shape", "[…]"),
    ("sets: {a: [RDP, «[SSH]»]}\npolicies: [deny RDP]", "policy/wrong-shape", ""),
    ("sets: {a: [RDP, «{b: c}»]}\npolicies: [deny RDP]", "policy/wrong-shape", ""),
    ("sets: {a: [RDP, «null»]}\npolicies: [deny RDP]", "policy/wrong-shape", "quotes"),
    ("sets: «[a]»\npolicies: [deny RDP]", "policy/wrong-shape", ""),
    ("sets: {«a b»: [RDP]}\npolicies: [deny RDP]", "policy/bad-name", "begins with a letter"),
    ("sets: {«unless»: [RDP]}\npolicies: [deny RDP]", "policy/bad-name", "no word of the language"),
    ("sets: {«Port»: [80]}\npolicies: [deny RDP]", "policy/bad-name", "another name"),
    ("params: {busy: «{a: 1}»}\npolicies: [deny RDP]", "policy/wrong-shape", ""),
    ("params: {«busy»: []}\npolicies: [deny RDP]", "policy/empty-list", ""),
    ("params: «3»\npolicies: [deny RDP]", "policy/wrong-shape", ""),
    // Policies.
    ("policies: [«3»]", "policy/wrong-shape", "a sentence such as"),
    ("policies: [«[deny RDP]»]", "policy/wrong-shape", ""),
    ("policies:\n  - «id»: a\n    title: b", "policy/missing-key", "`effect:` and `when:`"),
    ("policies:\n  - rule: deny RDP\n    «effect»: deny", "policy/two-rules", "either"),
    ("policies:\n  - rule: deny RDP\n    «when»: Port 3", "policy/two-rules", "either"),
    ("policies:\n  - «effect»: deny", "policy/missing-key", "add `when:`"),
    ("policies:\n  - «when»: Port 3", "policy/missing-key", "add `effect:`"),
    (
        "policies:\n  - effect: «block»\n    when: Port 3",
        "policy/unknown-value",
        "one of `alert`, `deny`",
    ),
    (
        "policies:\n  - effect: «denny»\n    when: Port 3",
        "policy/unknown-value",
        "did you mean `deny`?",
    ),
    (
        "policies:\n  - rule: deny RDP\n    severity: «hgih»",
        "policy/unknown-value",
        "did you mean `high`?",
    ),
    (
        "policies:\n  - rule: deny RDP\n    «sevrity»: high",
        "policy/unknown-key",
        "did you mean `severity`?",
    ),
    ("policies:\n  - rule: deny RDP\n    when_unknown: «ignore»", "policy/unknown-value", "`pass`"),
    ("policies:\n  - rule: deny RDP\n    at_most: «-1»", "policy/wrong-shape", "`at_most: 5`"),
    ("policies:\n  - rule: deny RDP\n    at_most: «2.5»", "policy/wrong-shape", "`at_most: 5`"),
    ("policies:\n  - rule: deny RDP\n    at_most: «1e3»", "policy/wrong-shape", "`at_most: 5`"),
    ("policies:\n  - rule: deny RDP\n    at_most: «.nan»", "policy/wrong-shape", "`at_most: 5`"),
    ("policies:\n  - rule: deny RDP\n    at_most: «few»", "policy/wrong-shape", "`at_most: 5`"),
    ("policies:\n  - rule: deny RDP\n    at_most: «true»", "policy/wrong-shape", "`at_most: 5`"),
    ("policies:\n  - rule: deny RDP\n    at_most: «[5]»", "policy/wrong-shape", "`at_most: 5`"),
    ("policies:\n  - rule: deny RDP\n    «at_most»:", "policy/wrong-shape", "`at_most: 5`"),
    (
        "policies:\n  - rule: deny RDP\n    at_most: «\"5\"»",
        "policy/wrong-shape",
        "without quotes: `at_most: 5`",
    ),
    (
        "policies:\n  - rule: deny RDP\n    at_most: «1000001»",
        "policy/too-tolerant",
        "0 to 1000000",
    ),
    (
        "policies:\n  - rule: deny RDP\n    at_most: «99999999999999999999»",
        "policy/too-tolerant",
        "0 to 1000000",
    ),
    (
        "policies:\n  - effect: deny\n    when: Port 3\n    at_most: «-5»",
        "policy/wrong-shape",
        "`at_most: 5`",
    ),
    ("policies:\n  - rule: deny RDP\n    «at-most»: 5", "policy/unknown-key", "`at_most`"),
    (
        "policies:\n  - rule: deny if count > 3\n    «at_most»: 5",
        "policy/at-most-beside-aggregate",
        "`count > 5`",
    ),
    (
        "policies:\n  - effect: deny\n    when: count > 3\n    «at_most»: 0",
        "policy/at-most-beside-aggregate",
        "`count > 5`",
    ),
    (
        "policies:\n  - rule: deny RDP\n    title: «2024»",
        "policy/wrong-shape",
        "quote it: `\"2024\"`",
    ),
    ("policies:\n  - rule: deny RDP\n    title: «true»", "policy/wrong-shape", "quote it"),
    ("policies:\n  - rule: deny RDP\n    «title»:", "policy/wrong-shape", ""),
    ("policies:\n  - rule: deny RDP\n    title: «null»", "policy/wrong-shape", ""),
    ("policies:\n  - rule: deny RDP\n    title: «''»", "policy/wrong-shape", ""),
    ("policies:\n  - rule: deny RDP\n    title: «[a]»", "policy/wrong-shape", ""),
    ("policies:\n  - rule: deny RDP\n    tags: «exposure»", "policy/wrong-shape", "[…]"),
    ("policies:\n  - rule: deny RDP\n    «tags»: []", "policy/empty-list", ""),
    ("policies:\n  - rule: deny RDP\n    tags: [a, «1»]", "policy/wrong-shape", "quote it"),
    ("policies:\n  - rule: deny RDP\n    id: «a b»", "policy/bad-id", "no space"),
    ("policies:\n  - rule: deny RDP\n    id: «7»", "policy/wrong-shape", "quote it"),
    ("policies:\n  - rule: deny RDP\n    id: \"«a\\u200bb»\"", "policy/bad-id", "printable"),
    (
        "policies:\n  - rule: deny RDP\n    controls: {pci-dss-4.0.1: [1.4.4, «4.3»]}",
        "policy/unquoted-control",
        "`\"4.3\"`",
    ),
    (
        "policies:\n  - rule: deny RDP\n    controls: {pci-dss-4.0.1: «1.4.4»}",
        "policy/wrong-shape",
        "[…]",
    ),
    ("policies:\n  - rule: deny RDP\n    controls: «[1.4.4]»", "policy/wrong-shape", "controls: {"),
    ("policies:\n  - rule: deny RDP\n    «controls»: {}", "policy/empty-list", ""),
    (
        "policies:\n  - rule: deny RDP\n    references: [«ftp://a»]",
        "policy/bad-reference",
        "https://",
    ),
    (
        "policies:\n  - rule: deny RDP\n    references: [«https://»]",
        "policy/bad-reference",
        "https://",
    ),
    ("policies:\n  - «deny RDP: x»", "policy/unquoted-sentence", "in quotes"),
    ("policies:\n  - «alert if RiskReason contains a: b»", "policy/unquoted-sentence", "in quotes"),
];

#[test]
fn a_slip_in_the_shape_is_told_at_its_place() {
    each_is_told(SLIPS);
}

#[test]
fn a_file_without_content_is_an_error() {
    for text in ["", "\n", "# nothing yet\n", "---\n"] {
        let problems = bad(text);
        assert_eq!(problems.len(), 1, "{text:?}");
        assert!(
            ["policy/empty-file", "policy/wrong-shape"].contains(&problems[0].code.as_str()),
            "{}",
            told(&problems)
        );
    }
}

#[test]
fn every_mistake_of_a_policy_is_told_at_once() {
    let problems = problems_at_marks(
        "policies:
  - id: «a b»
    rule: deny RDP if «RiskLvl» 3
    severity: «hihg»
    message: '{«Prt»}'
    tags: [a, «1»]
    controls: {pci-dss-4.0.1: [«4.3»]}
    cases:
      - {record: {«Prot»: 3}, expect: «denny»}
",
    );
    assert_eq!(problems.len(), 8);
}

#[test]
fn an_entry_between_two_dashes_is_told_at_the_list() {
    let problems = problems_at_marks("«policies»:\n  - deny RDP\n  -\n");
    assert_eq!(problems[0].code, "policy/wrong-shape");
}
