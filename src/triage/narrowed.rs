//! A capture that was asked for by filters proves nothing of what they left out: what a policy looks for
//! may be there.

use std::sync::Arc;

use crate::analysis::may_hide;
use crate::operation::call::Narrows;
use crate::policy::{Policy, PolicySet, WhenUnknown};
use crate::snapshot::{Flaw, Snapshot, Weight};
use crate::text::{Place, Problem};

use super::finish::Terms;

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
    let filters: Vec<String> =
        filters.iter().map(|(name, value)| format!("`{name}={value}`")).collect();
    let (filters, policies) = (filters.join(", "), named(&blinded));
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
pub(super) fn hides(snapshot: &Snapshot, policies: &PolicySet, terms: Terms) -> bool {
    let filters = narrowing(snapshot);
    judging(snapshot, policies)
        .filter(|policy| terms.fail_on.counts(policy.effect))
        .any(|policy| filters.iter().any(|filter| hidden_by(filter, policy, terms).is_some()))
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
type Filter = (String, String);

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
fn narrowing(snapshot: &Snapshot) -> Vec<&Filter> {
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
