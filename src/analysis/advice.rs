//! What may be wrong with one policy that can fire: parts that never matter, a pattern that matches nothing, no
//! answer for what is in assessment, and that it is not known whether it can fire at all.

use std::ops::ControlFlow;

use crate::policy::{Condition, Policy, Predicate, Test, TextTest};
use crate::text::{Location, Place, Problem, Span};

use super::effort::{Effort, Exhausted, PER_SEARCH};
use super::idle::{IdlePart, Reason, without_idle_parts};
use super::problem::one_line;
use super::search::{Goal, each_witness, is_impossible};
use super::text;
use super::truth::Truths;

/// What a person should look at.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Flaw {
    #[error("policy `{id}` cannot fire by `{words}`: nothing matches the pattern")]
    #[diagnostic(
        code("policy/matches-nothing"),
        help(
            "`^` begins and `$` ends the text, and `\\b` stands beside a word: look for a place where one cannot"
        )
    )]
    MatchesNothing { id: String, words: String },

    #[error("`{words}` never matters in policy `{id}`")]
    #[diagnostic(code("policy/dead-branch"), severity(Warning), help("{why}"))]
    DeadBranch { id: String, words: String, why: &'static str },

    #[error("`{words}` never matters in policy `{id}`")]
    #[diagnostic(code("policy/redundant-condition"), severity(Warning), help("{why}"))]
    Redundant { id: String, words: String, why: &'static str },

    #[error("the `unless` never matters in policy `{id}`")]
    #[diagnostic(
        code("policy/idle-unless"),
        severity(Warning),
        help("the rule fires on the same records without it: correct or remove it")
    )]
    IdleUnless { id: String },

    #[error("policy `{id}` is inconclusive whenever `{field}` is {labels}")]
    #[diagnostic(
        code("policy/inconclusive-when-unknown"),
        severity(Warning),
        help(
            "add `when_unknown:` to say what that means, or `or {field} is unknown` to report such records"
        )
    )]
    InAssessment { id: String, field: String, labels: String },

    #[error("policy `{id}` could not be decided: it may never fire")]
    #[diagnostic(
        code("policy/undecided"),
        severity(Advice),
        help("{why}; add a case that must fail, and run `portcullis test`")
    )]
    Undecided { id: String, why: &'static str },
}

/// The condition, and those of its aggregates.
fn conditions(policy: &Policy) -> impl Iterator<Item = &Condition> {
    let aggregates = policy.condition.aggregates().into_iter();
    [&policy.condition].into_iter().chain(aggregates.map(|aggregate| &aggregate.records))
}

/// Patterns that no text matches, in a policy that may fire without them.
pub(super) fn matches_nothing(policy: &Policy) -> Vec<Problem> {
    let schema = &policy.operation.schema;
    let mut problems = Vec::new();
    let mut ask = |test: &Test| {
        let Predicate::Text(id, asked @ TextTest::Matches(pattern)) = &test.predicate else {
            return;
        };
        let wanted = [(asked.clone(), true)];
        let found = text::find(schema.field(*id), &wanted, &mut Effort::new(PER_SEARCH));
        if found != Ok(None) {
            return;
        }
        let words = test.location.text();
        let pattern = pattern.0.as_str();
        let pattern = pattern.strip_prefix("(?i)").unwrap_or(pattern);
        let location = match words.find(pattern) {
            Some(start) => {
                let start = test.location.span.start + start;
                test.location.at(Span::new(start, start + pattern.len()))
            }
            None => test.location.clone(),
        };
        let flaw = Flaw::MatchesNothing { id: policy.id.clone(), words: one_line(words) };
        problems.push(Problem::new(&flaw, Place::Text(location)).labelled("matches nothing"));
    };
    conditions(policy).for_each(|condition| condition.each_test(&mut ask));
    problems
}

pub(super) fn idle(policy: &Policy) -> Vec<Problem> {
    let schema = &policy.operation.schema;
    let parts = conditions(policy).flat_map(|condition| without_idle_parts(schema, condition).0);
    parts
        .map(|IdlePart { location, reason, is_negation }| {
            let (id, words) = (policy.id.clone(), one_line(location.text()));
            let flaw = match reason {
                Reason::NeverHolds => {
                    let why = "no record meets it: correct or remove it";
                    Flaw::DeadBranch { id, words, why }
                }
                Reason::Covered => {
                    let why = "the rule fires on the same records without it: correct or remove it";
                    Flaw::DeadBranch { id, words, why }
                }
                Reason::NeverFails | Reason::Implied if is_negation && is_exception(&location) => {
                    Flaw::IdleUnless { id }
                }
                Reason::NeverFails => {
                    let why = "it is never false: correct or remove it";
                    Flaw::Redundant { id, words, why }
                }
                Reason::Implied => {
                    let why = "the rest of the rule already decides it: correct or remove it";
                    Flaw::Redundant { id, words, why }
                }
            };
            Problem::new(&flaw, Place::Text(location)).labelled("never matters")
        })
        .collect()
}

/// Whether `unless` stands before the words.
fn is_exception(location: &Location) -> bool {
    let before = location.source.text().get(..location.span.start).unwrap_or_default();
    before.trim_end_matches(|c: char| c == '(' || c.is_whitespace()).ends_with("unless")
}

/// A policy of which it is not known whether it can fire.
pub(super) fn undecided(policy: &Policy) -> Option<Problem> {
    let goal = Goal { condition: &policy.condition, truths: Truths::TRUE };
    let schema = &policy.operation.schema;
    let (mut is_met, mut is_certain) = (false, false);
    let found = each_witness(schema, vec![goal], &mut Effort::new(PER_SEARCH), &mut |witness| {
        is_met = true;
        is_certain = witness.is_certain;
        if is_certain { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let why = match found {
        _ if is_certain => return None,
        Ok(_) if is_met => "it compares numbers in a way that is not seen through",
        Ok(_) => return None,
        Err(Exhausted) => "its condition has too many alternatives",
    };
    let flaw = Flaw::Undecided { id: policy.id.clone(), why };
    Some(Problem::new(&flaw, Place::Text(policy.rule.clone())).labelled("not decided"))
}

/// A policy that says nothing definite of a record whose field is unknown by its code, and does not say what
/// that means.
pub(super) fn in_assessment(policy: &Policy) -> Option<Problem> {
    let schema = &policy.operation.schema;
    if policy.when_unknown.is_some() || policy.judges_whole() {
        return None;
    }
    let mut asked: Vec<&Test> = Vec::new();
    policy.condition.each_test(&mut |test| asked.push(test));
    asked.into_iter().find_map(|test| {
        let Predicate::Code(id, _) = &test.predicate else { return None };
        let field = schema.field(*id);
        let unknown = || field.kind.codes().iter().filter(|code| code.is_unknown);
        let codes = unknown().map(|code| code.value).collect();
        let location = test.location.clone();
        let is_unknown = Condition::Test(Test { predicate: Predicate::Code(*id, codes), location });
        let may_be = |truths| {
            let given = Goal { condition: &is_unknown, truths: Truths::TRUE };
            let goals = vec![given, Goal { condition: &policy.condition, truths }];
            !is_impossible(schema, goals, &mut Effort::new(PER_SEARCH))
        };
        if !may_be(Truths::UNKNOWN) || may_be(Truths::DEFINITE) {
            return None;
        }
        let labels: Vec<&str> = unknown().map(|code| code.label.as_str()).collect();
        let (id, field, labels) = (policy.id.clone(), field.name.clone(), labels.join(" or "));
        let flaw = Flaw::InAssessment { id, field, labels };
        Some(Problem::new(&flaw, Place::Text(test.location.clone())).labelled("unknown then"))
    })
}
