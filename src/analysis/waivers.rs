//! What can be said of waivers without evidence: which name no policy, which have expired, and which
//! waive what another waives already.

use jiff::civil::Date;

use crate::operation::Operation;
use crate::policy::{Condition, PolicySet, Waiver};
use crate::text::{Place, Problem, nearest};

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Flaw {
    #[error("this waiver is of no policy: nothing has the id or tag `{name}`")]
    #[diagnostic(code("waiver/unknown-policy"), severity(Warning), help("{help}"))]
    UnknownPolicy { name: String, help: String },

    #[error("the waiver of `{name}`{by} expired on {expires}: it waives nothing any more")]
    #[diagnostic(
        code("waiver/expired"),
        severity(Advice),
        help("end the violation and remove the waiver, or have it approved anew")
    )]
    Expired { name: String, by: String, expires: Date },

    #[error("this waiver of `{name}` waives what another waives already")]
    #[diagnostic(
        code("waiver/overlap"),
        severity(Warning),
        help("keep one of the two, or narrow `match`: who answers for the finding must be clear")
    )]
    Overlap { name: String },
}

/// What is wrong with waivers on the day `today`, each beside the index of its waiver, in order.
#[must_use]
pub fn waivers(set: &PolicySet, today: Date) -> Vec<(usize, Problem)> {
    let waivers = set.waivers.iter().enumerate();
    waivers.filter_map(|(index, waiver)| Some((index, flaw(waiver, set, today)?))).collect()
}

/// Waivers in force that waive, whatever the evidence is, records that an earlier one waives too.
#[must_use]
pub fn overlaps(set: &PolicySet, today: Date) -> Vec<(usize, Problem)> {
    let in_force = || set.waivers.iter().enumerate().filter(|(_, w)| w.is_in_force(today));
    let mut overlaps = Vec::new();
    for (index, waiver) in in_force() {
        let mut earlier = in_force().take_while(|(other, _)| *other < index);
        if let Some((_, first)) = earlier.find(|(_, other)| must_meet(waiver, other, set)) {
            overlaps.push((index, overlap(waiver, first)));
        }
    }
    overlaps
}

/// Two waivers of one finding.
#[must_use]
pub fn overlap(second: &Waiver, first: &Waiver) -> Problem {
    let flaw = Flaw::Overlap { name: second.policy.clone() };
    let problem = Problem::new(&flaw, Place::Text(second.named.clone())).labelled("the second");
    problem.related("the first", first.named.clone())
}

fn flaw(waiver: &Waiver, set: &PolicySet, today: Date) -> Option<Problem> {
    let name = waiver.policy.clone();
    if !set.policies.iter().any(|policy| waiver.covers(policy)) {
        let ids = set.policies.iter().map(|policy| policy.id.as_str());
        let tags = set.policies.iter().flat_map(|policy| policy.tags.iter().map(String::as_str));
        let help = match nearest(&name, ids.chain(tags)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`portcullis list policies` names them all; `*` is all of them".to_owned(),
        };
        let flaw = Flaw::UnknownPolicy { name, help };
        let place = Place::Text(waiver.named.clone());
        return Some(Problem::new(&flaw, place).labelled("no policy"));
    }
    if waiver.is_in_force(today) {
        return None;
    }
    let by = waiver.owner.as_ref().map(|owner| format!(" (owner `{owner}`)")).unwrap_or_default();
    let flaw = Flaw::Expired { name, by, expires: waiver.expires };
    let place = Place::Text(waiver.expires_at.clone());
    Some(Problem::new(&flaw, place).labelled("the last day"))
}

/// Whether what one waives of some policy is all of what the other does.
fn must_meet(one: &Waiver, other: &Waiver, set: &PolicySet) -> bool {
    let mut policies = set.policies.iter().filter(|policy| one.covers(policy));
    policies.any(|policy| {
        other.covers(policy)
            && match (records(one, &policy.operation), records(other, &policy.operation)) {
                (Records::All, Records::Of(_) | Records::All) | (Records::Of(_), Records::All) => {
                    true
                }
                (Records::Of(one), Records::Of(other)) => is_same(one, other),
                (Records::None, _) | (_, Records::None) => false,
            }
    })
}

/// The records of an operation that a waiver is for.
enum Records<'a> {
    All,
    Of(&'a Condition),
    None,
}

fn records<'a>(waiver: &'a Waiver, operation: &Operation) -> Records<'a> {
    match &waiver.conditions {
        None => Records::All,
        Some(conditions) => match conditions.get(&operation.name) {
            Some(condition) => Records::Of(condition),
            None => Records::None,
        },
    }
}

/// Whether two conditions ask the same, wherever they are written.
fn is_same(one: &Condition, other: &Condition) -> bool {
    let are_same = |ones: &[Condition], others: &[Condition]| {
        ones.len() == others.len()
            && ones.iter().zip(others).all(|(one, other)| is_same(one, other))
    };
    match (one, other) {
        (Condition::All(ones), Condition::All(others))
        | (Condition::Any(ones), Condition::Any(others)) => are_same(ones, others),
        (Condition::Not(one), Condition::Not(other)) => is_same(one, other),
        (Condition::Test(one), Condition::Test(other)) => one.predicate == other.predicate,
        _ => false,
    }
}
