//! What is said about flawed policies, and where it points.

use super::*;
use crate::analysis::{Depth, covered_by, problems};
use crate::policy::PolicySet;
use crate::text::{Level, Place, Problem};

/// A policy whose tests stand at their words in its rule.
fn written(
    id: &str,
    text: &str,
    build: impl Fn(&dyn Fn(&str, Predicate) -> Condition) -> Condition,
) -> Policy {
    let source = Source::new("policies.yaml", text);
    let condition = build(&|words, predicate| {
        let location = place(&source, words);
        Condition::Test(Test { predicate, location })
    });
    Policy {
        id: id.to_owned(),
        rule: place(&source, text),
        location: place(&source, text),
        ..deny(condition)
    }
}

fn found_in(policies: Vec<Policy>, depth: Depth) -> Vec<Problem> {
    let set = PolicySet { policies, ..PolicySet::default() };
    problems(&set, depth)
}

fn underlined(problem: &Problem) -> &str {
    match &problem.place {
        Place::Text(location) => location.text(),
        _ => "",
    }
}

fn predicate(condition: Condition) -> Predicate {
    match condition {
        Condition::Test(test) => test.predicate,
        other => panic!("{other:?} is no test"),
    }
}

#[test]
fn a_dead_policy_is_shown_by_the_words_that_kill_it() {
    let text = "deny if Port < 3 and RiskLevel 3 and Port > 5 and Port > 6";
    let dead = written("dead", text, |test| {
        Condition::All(vec![
            test("Port < 3", predicate(below(PORT, 3))),
            test("RiskLevel 3", predicate(code([3]))),
            test("Port > 5", predicate(above(PORT, 5))),
            test("Port > 6", predicate(above(PORT, 6))),
        ])
    });
    let problems = found_in(vec![dead], Depth::Dead);
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert_eq!(problem.code, "policy/never-fires");
    assert_eq!(problem.level, Level::Error);
    assert_eq!(problem.message, "policy `dead` can never fire");
    assert_eq!(underlined(problem), "Port > 5");
    let help = problem.help.as_deref();
    assert_eq!(help, Some("`Port < 3` and `Port > 5` exclude each other"));
    let related: Vec<&str> = problem.related.iter().map(|(_, at)| at.text()).collect();
    assert_eq!(related, ["Port < 3"]);
}

#[test]
fn a_test_that_kills_a_policy_by_itself_is_named_alone() {
    let text = "deny if RiskLevel 3 and Port > 70000";
    let dead = written("dead", text, |test| {
        Condition::All(vec![
            test("RiskLevel 3", predicate(code([3]))),
            test("Port > 70000", predicate(above(PORT, 70000))),
        ])
    });
    let problems = found_in(vec![dead], Depth::Dead);
    assert_eq!(underlined(&problems[0]), "Port > 70000");
    assert_eq!(problems[0].help.as_deref(), Some("`Port > 70000` is never true"));
    assert!(problems[0].related.is_empty());
}

#[test]
fn a_policy_with_several_contradictions_is_shown_whole() {
    let text = "deny if (Port 1 or Port 2) and Port > 3";
    let dead = written("dead", text, |test| {
        let exactly = |port| {
            let bound = Bound::Included(Number::Integer(port));
            Predicate::Number(PORT, Ranges::new([(bound, bound)]))
        };
        Condition::All(vec![
            Condition::Any(vec![test("Port 1", exactly(1)), test("Port 2", exactly(2))]),
            test("Port > 3", predicate(above(PORT, 3))),
        ])
    });
    let problems = found_in(vec![dead], Depth::Dead);
    assert_eq!(underlined(&problems[0]), text);
    let help = problems[0].help.as_deref();
    assert_eq!(
        help,
        Some(
            "no alternative can be true: in the first, `Port 1` and `Port > 3` exclude each other"
        )
    );
}

#[test]
fn a_tautology_is_a_warning_of_lint_alone() {
    let text = "deny if Port < 5 or Port > 3";
    let always = written("always", text, |test| {
        Condition::Any(vec![
            test("Port < 5", predicate(below(PORT, 5))),
            test("Port > 3", predicate(above(PORT, 3))),
        ])
    });
    assert_eq!(found_in(vec![always.clone()], Depth::Dead), []);
    let problems = found_in(vec![always], Depth::Everything);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "policy/always-fires");
    assert_eq!(problems[0].level, Level::Warning);
    assert_eq!(
        problems[0].help.as_deref(),
        Some("between them, `Port < 5` and `Port > 3` leave no record out")
    );
}

#[test]
fn a_covered_policy_points_at_its_cover() {
    let rule = |id: &str, text: &str, codes: &[i64]| {
        let predicate = Predicate::Code(RISK, codes.iter().copied().collect());
        written(id, text, |test| test(text, predicate.clone()))
    };
    let narrow = rule("narrow", "deny if RiskLevel 3", &[3]);
    let wide = rule("wide", "deny if RiskLevel >= 2", &[2, 3]);
    let problems = found_in(vec![narrow, wide], Depth::Everything);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "policy/covered");
    assert_eq!(problems[0].level, Level::Warning);
    assert_eq!(underlined(&problems[0]), "deny if RiskLevel 3");
    assert_eq!(problems[0].related[0].1.text(), "deny if RiskLevel >= 2");
}

#[test]
fn only_a_mapping_without_any_words_is_undocumented() {
    let mapping = |why: Option<&str>| {
        let text = "id: risky\nrule: deny if RiskLevel 3";
        let mut policy = written("risky", text, |test| test("RiskLevel 3", predicate(code([3]))));
        policy.rule = place(&policy.location.source, "deny if RiskLevel 3");
        policy.why = why.map(str::to_owned);
        policy
    };
    let problems = found_in(vec![mapping(None)], Depth::Everything);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "policy/undocumented");
    assert_eq!(problems[0].level, Level::Note);
    assert_eq!(found_in(vec![mapping(Some("it is"))], Depth::Everything), []);
    let bare =
        written("bare", "deny if RiskLevel 3", |test| test("RiskLevel 3", predicate(code([3]))));
    assert_eq!(found_in(vec![bare], Depth::Everything), []);
}

#[test]
fn too_many_policies_are_not_compared_and_that_is_said() {
    let operation = operation();
    let one = policy(&operation, Effect::Deny, code([3]));
    let policies = vec![one; crate::analysis::cover::MOST_POLICIES + 1];
    assert_eq!(covered_by(&policies), []);
    let problems = found_in(policies, Depth::Everything);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "policy/not-compared");
    assert_eq!(problems[0].level, Level::Note);
}
