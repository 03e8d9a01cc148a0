//! The analysis in a small world: one operation with a field of every kind that it sees through.

mod aggregates;
mod cases;
mod dead;
mod filters;
mod flaws;
mod idle;
mod mutants;
mod numbers;
mod oracle;
mod properties;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use crate::json::Number;
use crate::operation::{Code, Effect, Field, FieldId, Kind, Operation, Schema, Severity};
use crate::policy::{Condition, Policy, Predicate, Ranges, Template, Test, WhenUnknown};
use crate::text::{Location, Source, Span};

const PORT: FieldId = FieldId(0);
const RISK: FieldId = FieldId(1);
const SERVICES: FieldId = FieldId(2);
const SHARE: FieldId = FieldId(3);
const NAME: FieldId = FieldId(4);
const OPEN: FieldId = FieldId(5);
const SOURCE: FieldId = FieldId(6);
const HOSTS: FieldId = FieldId(7);

fn operation() -> Arc<Operation> {
    let code = |value, is_unknown: bool| Code {
        value,
        label: format!("code{value}"),
        rank: usize::try_from(value).ok().filter(|_| !is_unknown),
        is_unknown,
    };
    let codes = vec![code(1, false), code(2, false), code(3, false), code(0, true), code(-1, true)];
    let field = |name: &str, kind, range| Field {
        name: name.to_owned(),
        kind,
        about: String::new(),
        range,
        ignores_case: false,
        vocabulary: Vec::new(),
        unknown_members: Vec::new(),
        aliases: Vec::new(),
        derived: None,
    };
    let mut fields = vec![
        field("Port", Kind::Integer, Some((0, 7))),
        field("RiskLevel", Kind::Code(codes), None),
        field("Services", Kind::TextList, None),
        field("Share", Kind::Percent, None),
        field("Name", Kind::Text, None),
        field("Open", Kind::Boolean, None),
        field("Source", Kind::Address, None),
        field("Hosts", Kind::Integer, Some((0, 3))),
    ];
    fields[SERVICES.index()].unknown_members = vec!["Unknown".to_owned()];
    Arc::new(Operation {
        name: "List".to_owned(),
        product: "Test".to_owned(),
        version: "2024-01-01".to_owned(),
        title: String::new(),
        noun: Default::default(),
        limits: String::new(),
        provider: String::new(),
        documentation: String::new(),
        records: Vec::new(),
        total: None,
        response: Vec::new(),
        identity: vec![PORT],
        compared: Vec::new(),
        subject: SERVICES,
        port: Some(PORT),
        protocol: None,
        message: String::new(),
        call: None,
        schema: Schema { fields },
    })
}

/// The place of `words` in `rule`, whole rule where it is not in it.
fn place(rule: &Arc<Source>, words: &str) -> Location {
    let text = rule.text();
    let start = text.find(words).unwrap_or(0);
    let length = if text.contains(words) { words.len() } else { text.len() };
    Location { source: Arc::clone(rule), span: Span::new(start, start + length) }
}

fn test(predicate: Predicate) -> Condition {
    let source = Source::new("policies.yaml", "x");
    Condition::Test(Test { predicate, location: place(&source, "x") })
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn policy(operation: &Arc<Operation>, effect: Effect, condition: Condition) -> Policy {
    let source = Source::new("policies.yaml", "deny");
    Policy {
        id: "p".to_owned(),
        effect,
        severity: Severity::High,
        title: String::new(),
        message: Template { parts: Vec::new() },
        why: None,
        remediation: None,
        references: Vec::new(),
        controls: BTreeMap::new(),
        tags: Vec::new(),
        // Said, so that nothing is to be said about it.
        when_unknown: Some(WhenUnknown::Fail),
        at_most: None,
        operation: Arc::clone(operation),
        condition,
        replaced: Vec::new(),
        rule: place(&source, "deny"),
        location: place(&source, "deny"),
        cases: Vec::new(),
        overridden: None,
    }
}

fn deny(condition: Condition) -> Policy {
    policy(&operation(), Effect::Deny, condition)
}

fn at_least(field: FieldId, least: i64) -> Predicate {
    Predicate::Number(
        field,
        Ranges::new([(Bound::Included(Number::Integer(least)), Bound::Unbounded)]),
    )
}

fn above(field: FieldId, least: i64) -> Condition {
    test(Predicate::Number(
        field,
        Ranges::new([(Bound::Excluded(Number::Integer(least)), Bound::Unbounded)]),
    ))
}

fn below(field: FieldId, most: i64) -> Condition {
    test(Predicate::Number(
        field,
        Ranges::new([(Bound::Unbounded, Bound::Excluded(Number::Integer(most)))]),
    ))
}

fn code<const N: usize>(codes: [i64; N]) -> Condition {
    test(Predicate::Code(RISK, BTreeSet::from(codes)))
}

fn member(name: &str) -> Condition {
    test(Predicate::Member(SERVICES, BTreeSet::from([name.to_owned()])))
}

fn known(field: FieldId) -> Condition {
    test(Predicate::Known(field))
}

fn all<const N: usize>(parts: [Condition; N]) -> Condition {
    Condition::All(parts.into())
}

fn any_of<const N: usize>(parts: [Condition; N]) -> Condition {
    Condition::Any(parts.into())
}
