//! What became of findings from one side to the other: they are the same where policy and record are, as
//! their fingerprints say. Whose records those are is the same within a pair, though one side may not say it.

use std::collections::{BTreeMap, HashMap};

use crate::engine::Outcome;
use crate::json::Raw;
use crate::operation::{FieldId, reading};
use crate::triage::{Disposition, Finding, Report};

use super::inventory::{Key, key};
use super::pairing::Pair;
use super::{Side, Sides};

/// What became of findings, in the order of the pairs of captures, what identifies the record, and the
/// policies' ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingChanges {
    /// Only after, or of a record that cannot be told from others.
    pub new: Vec<FindingChange>,
    /// Only before, and what is after is whole and was judged by the same policy.
    pub fixed: Vec<FindingChange>,
    /// On both sides, and no worse.
    pub unchanged: Vec<FindingChange>,
    /// On both sides: effect or severity rose, what was inconclusive fails, or what was accepted stands.
    pub worsened: Vec<FindingChange>,
    /// Only before, and what is after does not say that it is fixed.
    pub unseen: Vec<FindingChange>,
}

/// One finding on the sides that it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingChange {
    /// Of the report before.
    pub before: Option<Finding>,
    /// Of the report after.
    pub after: Option<Finding>,
}

/// Where a finding stands in the lists: its pair, its record, none where it is of the whole, and its policy.
type Order = (usize, Option<Key>, String);

/// The findings of one side: those that can be matched, and the others.
#[derive(Default)]
struct Known {
    matched: BTreeMap<Order, Finding>,
    others: Vec<(Order, Finding)>,
}

/// Compares the findings of every pair.
pub(super) fn compare(sides: &Sides<'_>, pairs: &[Pair]) -> FindingChanges {
    let before = Known::of(sides.before, pairs, |pair| pair.before);
    let mut after = Known::of(sides.after, pairs, |pair| pair.after);
    let mut lists: [Vec<(Order, FindingChange)>; 5] = Default::default();
    let [new, fixed, unchanged, worsened, unseen] = &mut lists;
    for (order, finding) in before.matched {
        let was = FindingChange { before: Some(finding), after: None };
        let is_whole = pairs.get(order.0).and_then(|pair| pair.after);
        let is_whole = is_whole.is_some_and(|index| sides.is_whole(index));
        match after.matched.remove(&order) {
            Some(now) if is_worse(sides, &finding, &now) => {
                worsened.push((order, FindingChange { after: Some(now), ..was }));
            }
            Some(now) => {
                unchanged.push((order, FindingChange { after: Some(now), ..was }));
            }
            None if is_whole && sides.judged.is_again(&sides.before.report, &finding) => {
                fixed.push((order, was))
            }
            None => unseen.push((order, was)),
        }
    }
    for (order, finding) in before.others {
        unseen.push((order, FindingChange { before: Some(finding), after: None }));
    }
    for (order, finding) in after.matched.into_iter().chain(after.others) {
        new.push((order, FindingChange { before: None, after: Some(finding) }));
    }
    let [new, fixed, unchanged, worsened, unseen] = lists.map(|mut list| {
        list.sort_by(|(one, _), (other, _)| one.cmp(other));
        list.into_iter().map(|(_, change)| change).collect()
    });
    FindingChanges { new, fixed, unchanged, worsened, unseen }
}

impl Known {
    fn of(side: &Side, pairs: &[Pair], index: impl Fn(&Pair) -> Option<usize>) -> Self {
        let pairs_of: HashMap<usize, usize> = pairs
            .iter()
            .enumerate()
            .filter_map(|(place, pair)| Some((index(pair)?, place)))
            .collect();
        let mut known = Self::default();
        for finding in &side.report.findings {
            let pair = pairs_of.get(&side.report.capture(finding)).copied();
            let key = identity(&side.report, finding);
            let is_told_apart = key.is_some() || side.report.judges_whole(finding);
            let is_whole = pair.is_some() && is_told_apart;
            let pair = pair.unwrap_or(pairs.len());
            let order = (pair, key, side.report.policy(finding).id.clone());
            if is_whole {
                let known = known.matched.entry(order).or_insert(*finding);
                if weight(finding) > weight(known) {
                    *known = *finding;
                }
            } else {
                known.others.push((order, *finding));
            }
        }
        known
    }
}

/// Of a record that came twice with other content, the worse finding counts.
fn weight(finding: &Finding) -> (bool, bool) {
    (finding.disposition == Disposition::Open, finding.outcome == Outcome::Fail)
}

/// What identifies the record of a finding; `None` where that is not whole.
fn identity(report: &Report, finding: &Finding) -> Option<Key> {
    let known = report.identity(finding);
    let operation = &report.policy(finding).operation;
    let mut scratch = reading::Scratch::default();
    key(operation, &mut scratch, |field: FieldId| {
        let name = &operation.schema.field(field).name;
        let (_, text) = known.iter().find(|(known, _)| known == name)?;
        Raw::of(text)
    })
}

fn is_worse(sides: &Sides<'_>, before: &Finding, after: &Finding) -> bool {
    let (was, is) = (sides.before.report.policy(before), sides.after.report.policy(after));
    is.effect > was.effect
        || is.severity > was.severity
        || (before.outcome == Outcome::Inconclusive && after.outcome == Outcome::Fail)
        || (before.disposition != Disposition::Open && after.disposition == Disposition::Open)
}
