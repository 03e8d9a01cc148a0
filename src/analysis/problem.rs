//! What the analysis has to say about a set of policies, as problems: where the words that decide
//! are, and why they do.

use crate::policy::{Policy, PolicySet};
use crate::text::{Place, Problem, Span};

use super::advice::{idle, in_assessment, matches_nothing, undecided};
use super::cover::{Covers, covers};
use super::effort::{Effort, Exhausted, PER_SEARCH};

use super::search::{Conflict, exclude_each_other};
use super::subject::Fact;
use super::truth::Truths;
use super::why_never;

/// How much is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Depth {
    /// Nothing: policies that are not judged by, or whose place others are to take.
    Nothing,
    /// Each policy by itself: whether it can fire, which a run must not begin without, and whether
    /// a record can pass it.
    Each,
    /// That, and what is worth a change.
    Everything,
}

/// What is wrong with a policy that is well formed.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Flaw {
    #[error("policy `{id}` can never fire")]
    #[diagnostic(code("policy/never-fires"), help("{why}"))]
    NeverFires { id: String, why: String },

    #[error("policy `{id}` can never pass")]
    #[diagnostic(code("policy/always-fires"), severity(Warning), help("{why}"))]
    AlwaysFires { id: String, why: String },

    #[error("policy `{id}` is covered by `{cover}`")]
    #[diagnostic(
        code("policy/covered"),
        severity(Warning),
        help(
            "every record that violates `{id}` violates `{cover}` too: remove one, or narrow `{cover}`"
        )
    )]
    Covered { id: String, cover: String },

    #[error("policy `{id}` says neither why nor what to do")]
    #[diagnostic(
        code("policy/undocumented"),
        severity(Advice),
        help("add `why` and `remediation`, whoever reads a finding asks for both")
    )]
    Undocumented { id: String },

    #[error("not all of the {count} policies were compared with one another")]
    #[diagnostic(
        code("policy/not-compared"),
        severity(Advice),
        help(
            "policies that others cover are only reported where comparing all of them stays cheap; lint fewer at a time"
        )
    )]
    NotCompared { count: usize },
}

/// Everything that the analysis finds in a set, in the order of its policies.
#[must_use]
pub fn problems(set: &PolicySet, depth: Depth) -> Vec<Problem> {
    let policies = &set.policies;
    match depth {
        Depth::Nothing => Vec::new(),
        Depth::Each => policies.iter().flat_map(by_itself).collect(),
        Depth::Everything => everything(policies),
    }
}

fn everything(policies: &[Policy]) -> Vec<Problem> {
    let covers = covers(policies);
    let mut problems = Vec::new();
    for (index, policy) in policies.iter().enumerate() {
        problems.extend(by_itself(policy));
        problems.extend(undecided(policy));
        problems.extend(in_assessment(policy));
        problems.extend(covered(policies, &covers, index));
        problems.extend(undocumented(policy));
    }
    if let (false, Some(first)) = (covers.is_complete, policies.first()) {
        let flaw = Flaw::NotCompared { count: policies.len() };
        let place = Place::Text(first.rule.clone());
        problems.push(Problem::new(&flaw, place).labelled("the first of them"));
    }
    problems
}

/// What is wrong with a policy by itself; of one that never fires, or always does, no part matters.
fn by_itself(policy: &Policy) -> Vec<Problem> {
    if let Some(problem) = never_fires(policy) {
        return vec![problem];
    }
    let mut problems = matches_nothing(policy);
    match always_fires(policy) {
        Some(problem) => problems.push(problem),
        None => problems.extend(idle(policy)),
    }
    problems
}

fn never_fires(policy: &Policy) -> Option<Problem> {
    let cause = Cause::of(policy, Truths::TRUE)?;
    let why = match (cause.facts.as_slice(), cause.is_whole) {
        ([], _) => "it has no alternative that could be true".to_owned(),
        (facts, true) => exclusion(facts),
        (facts, false) => format!("no alternative can be true: in the first, {}", exclusion(facts)),
    };
    let id = policy.id.clone();
    Some(cause.problem(policy, &Flaw::NeverFires { id, why }, "cannot be true here"))
}

fn always_fires(policy: &Policy) -> Option<Problem> {
    let cause = Cause::of(policy, Truths::FALSE)?;
    let why = match (cause.facts.as_slice(), cause.is_whole) {
        ([fact], true) => format!("{} leaves no record out", words(fact)),
        (facts @ [_, ..], true) => format!("between them, {} leave no record out", list(facts)),
        _ => "every record violates it or is inconclusive: narrow its condition".to_owned(),
    };
    let id = policy.id.clone();
    Some(cause.problem(policy, &Flaw::AlwaysFires { id, why }, "cannot be false here"))
}

fn covered(policies: &[Policy], covers: &Covers, index: usize) -> Option<Problem> {
    let (_, cover) = covers.pairs.iter().find(|(covered, _)| *covered == index)?;
    let (policy, cover) = (policies.get(index)?, policies.get(*cover)?);
    let flaw = Flaw::Covered { id: policy.id.clone(), cover: cover.id.clone() };
    let problem = Problem::new(&flaw, Place::Text(policy.rule.clone()))
        .labelled("adds nothing")
        .related(format!("`{}` says it already", cover.id), cover.rule.clone());
    Some(problem)
}

/// A sentence by itself says all that it means to; a mapping has room for the rest.
fn undocumented(policy: &Policy) -> Option<Problem> {
    if policy.why.is_some() || policy.remediation.is_some() || !is_mapping(policy) {
        return None;
    }
    let flaw = Flaw::Undocumented { id: policy.id.clone() };
    let place = Place::Text(policy.location.clone());
    Some(Problem::new(&flaw, place).labelled("no `why`, no `remediation`"))
}

/// Whether a key stands between where the policy begins and its rule.
fn is_mapping(policy: &Policy) -> bool {
    let before = Span::new(policy.location.span.start, policy.rule.span.start);
    policy.rule.at(before).text().contains(':')
}

/// The tests that keep a condition from a truth.
struct Cause<'a> {
    /// None of them can be spared, in the order in which they were written.
    facts: Vec<Fact<'a>>,
    /// Whether they alone decide, and not just for one alternative of several.
    is_whole: bool,
}

impl<'a> Cause<'a> {
    fn of(policy: &'a Policy, truths: Truths) -> Option<Self> {
        let cause = match why_never(policy, truths)? {
            None => Self { facts: Vec::new(), is_whole: false },
            Some(Conflict { facts, is_whole }) => Self { facts: smallest(policy, facts), is_whole },
        };
        Some(cause)
    }

    /// Points at the last of the tests where they decide alone, else at the whole rule.
    fn problem(&self, policy: &Policy, flaw: &Flaw, label: &str) -> Problem {
        match self.facts.split_last() {
            Some((last, others)) if self.is_whole => {
                let place = Place::Text(last.test.location.clone());
                let problem = Problem::new(flaw, place).labelled(label);
                others.iter().fold(problem, |problem, other| {
                    problem.related("because of this", other.test.location.clone())
                })
            }
            _ => Problem::new(flaw, Place::Text(policy.rule.clone())).labelled(label),
        }
    }
}

/// Leaves out whatever the conflict does not need, the last first: what stays ends where reading on
/// becomes pointless.
fn smallest<'a>(policy: &Policy, mut facts: Vec<Fact<'a>>) -> Vec<Fact<'a>> {
    let mut effort = Effort::new(PER_SEARCH);
    facts.sort_by_key(|fact| fact.test.location.span);
    for index in (0..facts.len()).rev() {
        let mut fewer = facts.clone();
        fewer.remove(index);
        match exclude_each_other(&policy.operation.schema, &fewer, &mut effort) {
            Ok(true) => facts = fewer,
            Ok(false) => {}
            Err(Exhausted) => break,
        }
    }
    facts
}

/// Words may hold their own negation (`!=`), so only plain wants are spelled out.
fn exclusion(facts: &[Fact<'_>]) -> String {
    let are_plain = facts.iter().all(|fact| fact.truths == Truths::TRUE);
    match (facts, are_plain) {
        ([fact], true) => format!("{} is never true", words(fact)),
        ([fact], false) => format!("{} never comes out as this policy wants", words(fact)),
        (_, true) => format!("{} exclude each other", list(facts)),
        (_, false) => format!("no record answers {} as this policy wants", list(facts)),
    }
}

/// The words of every test: `a`, `b` and `c`.
fn list(facts: &[Fact<'_>]) -> String {
    let mut words: Vec<String> = facts.iter().map(words).collect();
    words.dedup();
    match words.split_last() {
        Some((last, [])) => format!("{last} and its opposite"),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The words of a test on one line.
fn words(fact: &Fact<'_>) -> String {
    format!("`{}`", one_line(fact.test.location.text()))
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
