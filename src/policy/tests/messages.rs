//! Templates of messages.

use super::*;
use crate::policy::Part;

fn parts(message: &str) -> Vec<String> {
    let set = good(&format!("policies:\n  - rule: deny RDP\n    message: '{message}'\n"));
    let schema = &open_ports().schema;
    set.policies[0]
        .message
        .parts
        .iter()
        .map(|part| match part {
            Part::Literal(text) => format!("={text}"),
            Part::Field(id) => schema.field(*id).name.clone(),
        })
        .collect()
}

#[test]
fn braces_hold_fields_and_doubled_they_are_braces() {
    assert_eq!(parts("plain"), ["=plain"]);
    assert_eq!(parts("{Port}"), ["Port"]);
    assert_eq!(parts("{Protocol}/{Port} 端口"), ["Protocol", "=/", "Port", "= 端口"]);
    assert_eq!(parts("{{Port}}"), ["={Port}"]);
    assert_eq!(parts("{{{Port}}}"), ["={", "Port", "=}"]);
    assert_eq!(parts("{ traffic }"), ["traffic"]);
    assert_eq!(parts("}}{{"), ["=}{"]);
}

#[test]
fn a_slip_in_a_message_is_told_at_its_place() {
    let table = [
        ("message: '{«Prt»}'", "policy/unknown-field", "did you mean `Port`?"),
        ("message: \"\\u4e2d {«Prt»}\"", "policy/unknown-field", "`Port`"),
        ("message: '端口 {Port} { «Prt» }'", "policy/unknown-field", "`Port`"),
        ("message: |\n      端口\n      {«Prt»} x", "policy/unknown-field", "`Port`"),
        ("message: >-\n      端口\n      {«Prt»} x", "policy/unknown-field", "`Port`"),
        ("message: 'it''s {«Prt»}'", "policy/unknown-field", "`Port`"),
        ("message: '«{»Port'", "policy/bad-message", "twice"),
        ("message: 'Port«}»'", "policy/bad-message", "twice"),
        ("message: '«{}»'", "policy/bad-message", "name a field"),
        ("message: '«{»a{Port}'", "policy/bad-message", "twice"),
        ("message: «''»", "policy/wrong-shape", ""),
    ];
    for (message, code, help) in table {
        let text = format!("policies:\n  - rule: deny RDP\n    {message}\n");
        each_is_told(&[(&text, code, help)]);
    }
}

#[test]
fn every_slip_of_a_message_is_told() {
    let problems = problems_at_marks("policies: [{rule: deny RDP, message: '{«A»} {«B»} «}»'}]");
    assert_eq!(problems.len(), 3);
}

#[test]
fn a_policy_without_a_message_shows_the_operations_own() {
    let set = good("policies: [deny RDP]");
    let operation = open_ports();
    let names: Vec<_> = set.policies[0]
        .message
        .fields()
        .map(|id| operation.schema.field(id).name.clone())
        .collect();
    assert_eq!(names, ["ServiceNameList", "Protocol", "Port", "RiskLevel", "SuggestLevel"]);
}
