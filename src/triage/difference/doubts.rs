//! What keeps a difference from being known. Where there is any doubt, no difference is clean.

use std::sync::Arc;

use crate::policy::WhenUnknown;
use crate::text::{Place, Problem};
use crate::triage::aged;
use crate::triage::finish::{self, is_sufficient};
use crate::triage::{Report, Terms, Verdict};

use super::pairing::{self, Pair};
use super::{Side, Sides, in_short};

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Doubt {
    #[error("what is before is not whole: what is not in it may have been there")]
    #[diagnostic(
        code("diff/before-not-whole"),
        severity(Warning),
        help("capture it again, every page")
    )]
    Before,
    #[error("what is after is not whole: what is not in it may still be there")]
    #[diagnostic(
        code("diff/after-not-whole"),
        severity(Warning),
        help("capture it again, every page")
    )]
    After,
    #[error("there is nothing on the other side to compare `{0}` with")]
    #[diagnostic(
        code("diff/no-partner"),
        severity(Warning),
        help(
            "name two captures of the same account, or folders in which they have the same names"
        )
    )]
    Alone(Arc<str>),
    #[error("some records have not what identifies one, and cannot be compared")]
    #[diagnostic(code("diff/not-identified"), severity(Warning), help("capture the answer again"))]
    NotIdentified,
    #[error("its run ended in insufficient evidence, for what its evidence does not show")]
    #[diagnostic(
        code("diff/report-insufficient"),
        severity(Warning),
        help("the report says why: mend that, and write it again")
    )]
    Insufficient,
    #[error("{0} counted only, and not listed: whether they are new is not known")]
    #[diagnostic(
        code("diff/outcomes-not-listed"),
        severity(Warning),
        help("write the report without `--inconclusive pass`, or compare with it")
    )]
    NotListed(String),
    #[error(
        "what is after was not judged by {0} as what is before was: what is new by it is not known"
    )]
    #[diagnostic(
        code("diff/not-judged-again"),
        severity(Warning),
        help("judge both by the same policies: name the evidence itself on both sides")
    )]
    NotJudged(String),
}

impl Doubt {
    fn of(&self, side: &Side) -> Problem {
        Problem::new(self, Place::Whole(Arc::clone(&side.source)))
    }
}

/// What keeps the difference from being known.
pub(super) fn doubts(sides: &Sides<'_>, pairs: &[Pair]) -> Vec<Problem> {
    let mut doubts = Vec::new();
    // What is before is as old as it may be.
    let before = Terms { max_age: None, ..sides.terms };
    let each = [(sides.before, before, Doubt::Before), (sides.after, sides.terms, Doubt::After)];
    for (side, terms, doubt) in each {
        if !is_sufficient(&side.report, terms) {
            doubts.push(doubt.of(side));
        } else if is_unexplained(&side.report) {
            doubts.push(Doubt::Insufficient.of(side));
        }
        let inventories = side.inventories.iter().flatten();
        if inventories.map(|inventory| inventory.unidentified).sum::<u64>() > 0 {
            doubts.push(Doubt::NotIdentified.of(side));
        }
    }
    if was_too_old(&sides.after.report) {
        doubts.push(Doubt::Insufficient.of(sides.after));
    }
    let counted = not_listed(&sides.after.report, sides.terms);
    if counted > 0 {
        let outcomes =
            if counted == 1 { "inconclusive outcome is" } else { "inconclusive outcomes are" };
        doubts.push(Doubt::NotListed(format!("{counted} {outcomes}")).of(sides.after));
    }
    if !sides.judged.missed.is_empty() {
        doubts.push(Doubt::NotJudged(in_short(&sides.judged.missed)).of(sides.after));
    }
    doubts.extend(pairs.iter().filter_map(|pair| alone(sides, *pair)));
    doubts
}

/// What is said of a capture that has no partner.
fn alone(sides: &Sides<'_>, pair: Pair) -> Option<Problem> {
    let capture = match (pair.before, pair.after) {
        (Some(index), None) => pairing::capture(sides.before, index),
        (None, Some(index)) => pairing::capture(sides.after, index),
        _ => None,
    }?;
    let place = Place::Whole(Arc::clone(&capture.source));
    Some(Problem::new(&Doubt::Alone(Arc::clone(&capture.source)), place))
}

/// Whether the run of a saved report ended in insufficient evidence for no reason that its evidence and
/// findings show: what was merged may have lacked something that no part says.
fn is_unexplained(report: &Report) -> bool {
    let own = Terms { max_age: None, ..report.terms };
    report.is_saved()
        && report.verdict == Verdict::InsufficientEvidence
        && !is_aged(report)
        && finish::verdict(report, own) == Verdict::Clean
}

/// Whether the run of a saved report found its evidence too old: it stays so.
pub(super) fn was_too_old(report: &Report) -> bool {
    report.is_saved() && is_aged(report)
}

fn is_aged(report: &Report) -> bool {
    let mut flaws = report.evidence.iter().flat_map(|capture| &capture.flaws);
    flaws.any(|flaw| aged::CODES.contains(&flaw.problem.code.as_str()))
}

/// Inconclusive outcomes that a saved report only counts, and that would decide on these terms.
fn not_listed(report: &Report, terms: Terms) -> u64 {
    let unlisted = report.unlisted();
    let decides = |index: usize| {
        report.policies.policies.get(index).is_some_and(|policy| {
            terms.fail_on.counts(policy.effect)
                && policy.when_unknown.unwrap_or(terms.when_unknown) == WhenUnknown::Fail
        })
    };
    let counts = unlisted.iter().flatten();
    counts.filter(|(index, _)| decides(**index)).map(|(_, count)| count).sum()
}
