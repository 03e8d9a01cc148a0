//! Whether two reports were judged by the same policies, wherever their files lie.

use std::collections::HashMap;
use std::sync::Arc;

use crate::policy::Policy;
use crate::text::{Place, Problem};

use super::super::report::Report;
use super::Part;

/// Differences that are said of two reports; more are counted.
const MOST_SAID: usize = 20;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`{policy}` judges by {what} here than in `{other}`")]
    #[diagnostic(
        code("merge/other-policies"),
        help("judge every part by the same policies and parameters")
    )]
    Differs { policy: String, what: String, other: String },
    #[error("policy `{policy}` is only in `{only}`")]
    #[diagnostic(
        code("merge/other-policies"),
        help("judge every part by the same policies, packs on and off alike")
    )]
    Only { policy: String, only: String },
    #[error("{0} more policies differ")]
    #[diagnostic(code("merge/other-policies"), help("judge every part by the same policies"))]
    More(usize),
}

/// How the policies of two parts differ.
pub(super) fn policies(first: &Part, other: &Part) -> Vec<Problem> {
    let mut errors = Vec::new();
    for (policy, how) in differences(&first.report, &other.report) {
        errors.push(match how {
            Difference::Is(what) => {
                Error::Differs { policy, what, other: first.source.to_string() }
            }
            Difference::OnlyBefore => Error::Only { policy, only: first.source.to_string() },
            Difference::OnlyAfter => Error::Only { policy, only: other.source.to_string() },
        });
    }
    let more = errors.len().saturating_sub(MOST_SAID);
    errors.truncate(MOST_SAID);
    if more > 0 {
        errors.push(Error::More(more));
    }
    let place = || Place::Whole(Arc::clone(&other.source));
    errors.iter().map(|error| Problem::new(error, place())).collect()
}

/// How a policy of two reports differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// In what is named: `another severity`.
    Is(String),
    /// The first has it only.
    OnlyBefore,
    /// The second has it only.
    OnlyAfter,
}

/// How the policies of two reports differ, by their ids: those of the first in its order, then those
/// that only the second has.
#[must_use]
pub fn differences<'a>(first: &'a Report, second: &'a Report) -> Vec<(String, Difference)> {
    let all = |report: &'a Report| -> Vec<(&'a Policy, String)> {
        report.policies.policies.iter().zip(report.conditions()).collect()
    };
    let (ones, others) = (all(first), all(second));
    let known = |all: &[(&'a Policy, String)]| -> HashMap<&'a str, usize> {
        all.iter().enumerate().map(|(index, (policy, _))| (policy.id.as_str(), index)).collect()
    };
    let (before, after) = (known(&ones), known(&others));
    let mut differences = Vec::new();
    for (one, condition) in &ones {
        let other = after.get(one.id.as_str()).and_then(|index| others.get(*index));
        let Some((other, other_condition)) = other else {
            differences.push((one.id.clone(), Difference::OnlyBefore));
            continue;
        };
        let mut what = of(one, other);
        if condition != other_condition && what.is_empty() {
            what.push("other values in its rule");
        }
        if !what.is_empty() {
            differences.push((one.id.clone(), Difference::Is(what.join(" and "))));
        }
    }
    for (other, _) in &others {
        if !before.contains_key(other.id.as_str()) {
            differences.push((other.id.clone(), Difference::OnlyAfter));
        }
    }
    differences
}

/// In what two policies of the same id differ.
fn of(one: &Policy, other: &Policy) -> Vec<&'static str> {
    let overridden = |policy: &Policy| {
        let was = policy.overridden.as_ref();
        was.map(|was| (was.effect, was.severity, was.reason.clone()))
    };
    let words = |policy: &Policy| {
        let prose = (policy.why.clone(), policy.remediation.clone(), policy.references.clone());
        (policy.title.clone(), prose, policy.tags.clone())
    };
    let parts = [
        (one.operation.name != other.operation.name, "another operation"),
        (one.rule.text() != other.rule.text(), "another rule"),
        (one.effect != other.effect, "another effect"),
        (one.severity != other.severity, "another severity"),
        (one.when_unknown != other.when_unknown, "another way with what is unknown"),
        (one.at_most != other.at_most, "another number that it tolerates"),
        (overridden(one) != overridden(other), "another override"),
        (one.replaced != other.replaced, "other parameters"),
        (one.controls != other.controls, "other controls"),
        (words(one) != words(other), "other words"),
    ];
    parts.into_iter().filter_map(|(differs, what)| differs.then_some(what)).collect()
}
