//! What becomes of findings on the evidence at hand: the records are the same, so that a finding is the
//! same where its policy and its record are.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::Outcome;
use crate::triage::{Disposition, Finding, Report};

use super::policies::PolicyChange;

/// What becomes of findings, in the order of the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingShifts {
    /// Only by the new policies.
    pub new: Vec<FindingShift>,
    /// Only by the old policies: the record is what it was, and is not found any more.
    pub lost: Vec<FindingShift>,
    /// By both, and worse by the new ones.
    pub worsened: Vec<FindingShift>,
    /// By both, and milder by the new ones.
    pub eased: Vec<FindingShift>,
    /// By both alike.
    pub unchanged: Vec<FindingShift>,
}

impl FindingShifts {
    /// Every list with its name, as written in reports.
    #[must_use]
    pub fn lists(&self) -> Vec<(&'static str, &[FindingShift])> {
        vec![
            ("new", &self.new),
            ("lost", &self.lost),
            ("worsened", &self.worsened),
            ("eased", &self.eased),
            ("unchanged", &self.unchanged),
        ]
    }
}

/// One finding by the policies that make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingShift {
    /// Of the report by the old policies.
    pub old: Option<Finding>,
    /// Of the report by the new ones.
    pub new: Option<Finding>,
}

/// A policy, by its index among the changes, and a record, by its file and the bytes before it.
type Key = (usize, Arc<str>, u64);

/// Compares what both sets make of the same evidence.
pub(super) fn compare(old: &Report, new: &Report, policies: &[PolicyChange]) -> FindingShifts {
    let index = |of: fn(&PolicyChange) -> Option<usize>| -> HashMap<usize, usize> {
        let known = policies.iter().enumerate();
        known.filter_map(|(place, change)| Some((of(change)?, place))).collect()
    };
    let (by_old, by_new) = (index(|change| change.old), index(|change| change.new));
    let mut left: HashMap<Key, Vec<Finding>> = HashMap::new();
    for finding in old.findings.iter().rev() {
        left.entry(key(old, finding, &by_old)).or_default().push(*finding);
    }
    let mut shifts = FindingShifts::default();
    for finding in &new.findings {
        let was = left.get_mut(&key(new, finding, &by_new)).and_then(Vec::pop);
        let shift = FindingShift { old: was, new: Some(*finding) };
        let list = match was.map(|was| weight(new, finding).cmp(&weight(old, &was))) {
            None => &mut shifts.new,
            Some(Ordering::Greater) => &mut shifts.worsened,
            Some(Ordering::Less) => &mut shifts.eased,
            Some(Ordering::Equal) => &mut shifts.unchanged,
        };
        list.push(shift);
    }
    for finding in &old.findings {
        let same = left.get_mut(&key(old, finding, &by_old));
        if same.is_some_and(|left| left.contains(finding)) {
            shifts.lost.push(FindingShift { old: Some(*finding), new: None });
        }
    }
    shifts
}

fn key(report: &Report, finding: &Finding, by_index: &HashMap<usize, usize>) -> Key {
    let policy = by_index.get(&(finding.policy as usize)).copied().unwrap_or(usize::MAX);
    let record = report.record(finding).unwrap_or_default();
    (policy, record.source, record.offset)
}

/// What a finding weighs: whether it stands, whether it is certain, and how bad it is.
fn weight(report: &Report, finding: &Finding) -> impl Ord + use<> {
    let policy = report.policy(finding);
    (
        finding.disposition == Disposition::Open,
        policy.effect,
        finding.outcome == Outcome::Fail,
        policy.severity,
    )
}
