//! A capture that was asked for by filters proves nothing of what they left out: what a policy looks for
//! may be there.

use std::sync::Arc;

use crate::operation::call::Narrows;
use crate::policy::{Policy, PolicySet};
use crate::snapshot::{Flaw, Snapshot, Weight};
use crate::text::{Place, Problem};

use super::finish::Terms;

/// Policies that are named; more are counted.
const MOST_NAMED: usize = 5;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("{filters} could hide what {policies}")]
    #[diagnostic(
        code("evidence/filtered"),
        help("fetch without that filter, or judge by policies that it cannot touch")
    )]
    Filtered { filters: String, policies: String },
}

/// What is said of a snapshot for its filters.
pub(super) const CODE: &str = "evidence/filtered";

/// Says of each snapshot what its filters could hide, and from which policies.
pub(super) fn say(evidence: &mut [Snapshot], policies: &PolicySet, terms: Terms) {
    for snapshot in evidence {
        let filters = narrowing(snapshot);
        let judging: Vec<&Policy> = judging(snapshot, policies).collect();
        if filters.is_empty() || judging.is_empty() {
            continue;
        }
        let decides = judging.iter().any(|policy| terms.fail_on.counts(policy.effect));
        let error = Error::Filtered { filters: filters.join(", "), policies: named(&judging) };
        let place = Place::Whole(Arc::clone(&snapshot.source));
        let weight = if decides { Weight::Unprovable } else { Weight::Noted };
        snapshot.flaws.push(Flaw { weight, problem: Problem::new(&error, place) });
    }
}

/// Whether a policy that decides could have failed on a record that a filter left out.
pub(super) fn hides(snapshot: &Snapshot, policies: &PolicySet, terms: Terms) -> bool {
    is_narrowed(snapshot)
        && judging(snapshot, policies).any(|policy| terms.fail_on.counts(policy.effect))
}

/// Whether a filter could have left anything out.
pub(super) fn is_narrowed(snapshot: &Snapshot) -> bool {
    !narrowing(snapshot).is_empty()
}

fn judging<'a>(
    snapshot: &'a Snapshot,
    policies: &'a PolicySet,
) -> impl Iterator<Item = &'a Policy> {
    policies.policies.iter().filter(|policy| snapshot.is_of(&policy.operation))
}

/// The filters of which it is not known that they leave nothing out.
fn narrowing(snapshot: &Snapshot) -> Vec<String> {
    let call = snapshot.operation.as_ref().and_then(|operation| operation.call.as_ref());
    let leaves_out = |name: &str| {
        let parameter = call.and_then(|call| call.parameter(name));
        parameter.is_none_or(|parameter| parameter.narrows != Narrows::Nothing)
    };
    let filters = snapshot.origin.iter().flat_map(|origin| &origin.filters);
    let narrowing = filters.filter(|(name, _)| leaves_out(name));
    narrowing.map(|(name, value)| format!("`{name}={value}`")).collect()
}

fn named(policies: &[&Policy]) -> String {
    let names: Vec<String> =
        policies.iter().take(MOST_NAMED).map(|policy| format!("`{}`", policy.id)).collect();
    let names = names.join(", ");
    match policies.len() {
        1 => format!("{names} looks for"),
        count if count > MOST_NAMED => format!("{names} and {} more look for", count - MOST_NAMED),
        _ => format!("{names} look for"),
    }
}
