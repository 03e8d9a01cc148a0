//! A capture that was asked for by filters proves nothing of what they left out: what a policy looks for
//! may be there.

use std::sync::Arc;

use crate::analysis::may_hide;
use crate::operation::Effect;
use crate::operation::call::Narrows;
use crate::policy::{Policy, PolicySet, WhenUnknown};
use crate::snapshot::{Flaw, Snapshot, Weight};
use crate::text::{Place, Problem};

use super::finish::Terms;
use super::report::Report;
use super::verdict::FailOn;

/// Policies that are named; more are counted.
const MOST_NAMED: usize = 5;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("{filters} could hide violations of {policies}")]
    #[diagnostic(
        code("evidence/filtered"),
        help("fetch without that filter, or judge by policies that it cannot touch")
    )]
    Violations { filters: String, policies: String },
    #[error("{filters} could hide what is not known to pass {policies}")]
    #[diagnostic(
        code("evidence/filtered"),
        help(
            "fetch without that filter, or say by `--inconclusive` or `when_unknown:` that it does not matter"
        )
    )]
    Unknown { filters: String, policies: String },
}

/// What a filter could hide from a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hidden {
    /// A record that it fails on.
    Violations,
    /// A record that it does not know, where that keeps a run from being clean, and none that it fails on.
    Unknown,
}

/// What is said of a snapshot for its filters.
pub(super) const CODE: &str = "evidence/filtered";

/// Says of each snapshot what its filters could hide, and from which policies.
pub(super) fn say(evidence: &mut [Snapshot], policies: &PolicySet, terms: Terms) {
    for snapshot in evidence {
        let flaws = [Hidden::Violations, Hidden::Unknown]
            .into_iter()
            .filter_map(|kind| flaw(snapshot, policies, terms, kind));
        let flaws: Vec<Flaw> = flaws.collect();
        snapshot.flaws.extend(flaws);
    }
}

fn flaw(snapshot: &Snapshot, policies: &PolicySet, terms: Terms, kind: Hidden) -> Option<Flaw> {
    let is_so = |filter: &Filter, policy: &Policy| hidden_by(filter, policy, terms) == Some(kind);
    let mut filters = narrowing(snapshot);
    filters.retain(|filter| judging(snapshot, policies).any(|policy| is_so(filter, policy)));
    let blinded: Vec<&Policy> = judging(snapshot, policies)
        .filter(|policy| filters.iter().any(|filter| is_so(filter, policy)))
        .collect();
    if blinded.is_empty() {
        return None;
    }
    let (filters, policies) = (in_words(&filters), named(&blinded));
    let error = match kind {
        Hidden::Violations => Error::Violations { filters, policies },
        Hidden::Unknown => Error::Unknown { filters, policies },
    };
    let decides = blinded.iter().any(|policy| terms.fail_on.counts(policy.effect));
    let weight = if decides { Weight::Unprovable } else { Weight::Noted };
    let place = Place::Whole(Arc::clone(&snapshot.source));
    Some(Flaw { weight, problem: Problem::new(&error, place) })
}

/// Whether a filter left out what a policy that decides may not have passed.
///
/// What a saved report was judged by is known in words only, and what it says of filters is taken for it.
pub(super) fn hides(report: &Report, terms: Terms) -> bool {
    if report.is_saved() {
        let decides = |flaw: &Flaw| flaw.problem.code == CODE && flaw.weight > Weight::Noted;
        let mut flaws = report.evidence.iter().flat_map(|snapshot| &snapshot.flaws);
        return terms.fail_on != FailOn::Never && flaws.any(decides);
    }
    report.evidence.iter().any(|snapshot| {
        let filters = narrowing(snapshot);
        judging(snapshot, &report.policies)
            .filter(|policy| terms.fail_on.counts(policy.effect))
            .any(|policy| filters.iter().any(|filter| hidden_by(filter, policy, terms).is_some()))
    })
}

/// Says of the snapshots of a saved report what its filters could hide on terms that are stricter than its
/// own: which policies they touch is not known any more, so that all are taken to be.
pub(super) fn restate(
    evidence: &mut [Snapshot],
    policies: &PolicySet,
    (said, terms): (Terms, Terms),
) {
    let counts_more = Effect::ALL
        .iter()
        .any(|effect| terms.fail_on.counts(*effect) && !said.fail_on.counts(*effect));
    let asks_more =
        terms.when_unknown == WhenUnknown::Fail && said.when_unknown != WhenUnknown::Fail;
    for snapshot in evidence.iter_mut().filter(|_| counts_more || asks_more) {
        let mut is_said = false;
        for flaw in snapshot.flaws.iter_mut().filter(|flaw| flaw.problem.code == CODE) {
            flaw.weight = Weight::Unprovable;
            is_said = true;
        }
        let judging: Vec<&Policy> = judging(snapshot, policies).collect();
        if asks_more && !is_said && is_narrowed(snapshot) && !judging.is_empty() {
            let filters = in_words(&narrowing(snapshot));
            let error = Error::Unknown { filters, policies: named(&judging) };
            let problem = Problem::new(&error, Place::Whole(Arc::clone(&snapshot.source)));
            snapshot.flaws.push(Flaw { weight: Weight::Unprovable, problem });
        }
    }
}

pub(super) fn in_words(filters: &[&Filter]) -> String {
    let filters = filters.iter().map(|(name, value)| format!("`{name}={value}`"));
    filters.collect::<Vec<_>>().join(", ")
}

/// Whether a filter could have left out what a policy does not pass.
pub(super) fn may_hide_from(snapshot: &Snapshot, policy: &Policy) -> bool {
    narrowing(snapshot).into_iter().any(|(name, value)| may_hide(policy, name, value, true))
}

/// Whether a filter could have left anything out.
pub(super) fn is_narrowed(snapshot: &Snapshot) -> bool {
    !narrowing(snapshot).is_empty()
}

/// A request parameter and its value.
pub(super) type Filter = (String, String);

fn hidden_by((name, value): &Filter, policy: &Policy, terms: Terms) -> Option<Hidden> {
    let unknown = policy.when_unknown.unwrap_or(terms.when_unknown);
    if may_hide(policy, name, value, false) {
        Some(Hidden::Violations)
    } else if unknown == WhenUnknown::Fail && may_hide(policy, name, value, true) {
        Some(Hidden::Unknown)
    } else {
        None
    }
}

fn judging<'a>(snapshot: &Snapshot, policies: &'a PolicySet) -> impl Iterator<Item = &'a Policy> {
    policies.policies.iter().filter(|policy| snapshot.is_of(&policy.operation))
}

/// The filters of which it is not known that they leave nothing out.
pub(super) fn narrowing(snapshot: &Snapshot) -> Vec<&Filter> {
    let call = snapshot.operation.as_ref().and_then(|operation| operation.call.as_ref());
    let leaves_out = |name: &str| {
        let parameter = call.and_then(|call| call.parameter(name));
        parameter.is_none_or(|parameter| parameter.narrows != Narrows::Nothing)
    };
    let filters = snapshot.origin.iter().flat_map(|origin| &origin.filters);
    filters.filter(|(name, _)| leaves_out(name)).collect()
}

fn named(policies: &[&Policy]) -> String {
    let names = policies.iter().take(MOST_NAMED).map(|policy| format!("`{}`", policy.id));
    let names = names.collect::<Vec<_>>().join(", ");
    match policies.len().saturating_sub(MOST_NAMED) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}
