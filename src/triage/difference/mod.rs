//! A `Difference` is what changed from one capture to another, or from one report to another: records
//! that opened, closed or changed, and findings that are new, fixed or worse. What a side that is not
//! whole does not show is never said to be gone.

mod findings;
mod inventory;
mod pairing;
mod records;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::engine::Outcome;
use crate::policy::WhenUnknown;
use crate::text::{Place, Problem};

use super::finish::{Terms, is_sufficient, shows_gone};
use super::report::{Finding, Report};
use super::verdict::{Disposition, Loosening, Verdict};

pub use findings::{FindingChange, FindingChanges};
pub use inventory::{Collector, Inventory, MOST_BYTES, MOST_RECORDS, Survey};
pub use records::{FieldChange, RecordChange, RecordChanges};

use pairing::Pair;

/// One side of a difference.
#[derive(Clone, Debug)]
pub struct Side {
    /// The path as it was given.
    pub source: Arc<str>,
    /// What was read and judged.
    pub report: Report,
    /// The records of each file; `None` where the side is a saved report, which has those of findings only.
    pub inventories: Option<Vec<Inventory>>,
}

/// What changed.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The earlier side.
    pub before: Side,
    /// The later side.
    pub after: Side,
    /// What became of records; `None` where a side is a saved report.
    pub records: Option<RecordChanges>,
    /// What became of findings.
    pub findings: FindingChanges,
    /// Violations where something new or worse stands, insufficient evidence where a side is not whole.
    pub verdict: Verdict,
    /// How the run was told to accept less.
    pub loosened: Vec<Loosening>,
    /// What keeps the difference from being known, and what was not compared.
    pub notes: Vec<Problem>,
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Note {
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
    #[error("records are not compared: a report holds only those of its findings")]
    #[diagnostic(
        code("diff/records-not-compared"),
        severity(Advice),
        help("name the evidence itself on both sides")
    )]
    NoRecords,
}

/// Both sides while they are compared.
struct Sides<'a> {
    before: &'a Side,
    after: &'a Side,
    terms: Terms,
}

impl Sides<'_> {
    /// Whether what a capture does not hold is not there.
    fn is_whole(&self, side: &Side, index: usize) -> bool {
        let capture = side.report.evidence.get(index);
        capture.is_some_and(|capture| shows_gone(capture, self.terms))
    }
}

impl Difference {
    /// Compares two sides.
    #[must_use]
    pub fn new(before: Side, after: Side, terms: Terms) -> Self {
        let sides = Sides { before: &before, after: &after, terms };
        let pairs = pairing::pairs(&before, &after);
        let records = records::compare(&sides, &pairs);
        let findings = findings::compare(&sides, &pairs);
        let mut notes = doubts(&sides, &pairs);
        let verdict = verdict(&sides, &findings, notes.is_empty());
        if records.is_none() {
            notes.push(Problem::new(&Note::NoRecords, Place::Whole(Arc::clone(&after.source))));
        }
        let mut loosened = before.report.loosened.clone();
        let added =
            after.report.loosened.iter().filter(|flag| !before.report.loosened.contains(flag));
        loosened.extend(added);
        Self { before, after, records, findings, verdict, loosened, notes }
    }

    /// The report and finding that say most of a change: the later ones, where there are two.
    #[must_use]
    pub fn latest(&self, change: &FindingChange) -> Option<(&Report, Finding)> {
        let after = change.after.map(|finding| (&self.after.report, finding));
        after.or_else(|| change.before.map(|finding| (&self.before.report, finding)))
    }
}

/// What keeps the difference from being known.
fn doubts(sides: &Sides<'_>, pairs: &[Pair]) -> Vec<Problem> {
    let mut doubts = Vec::new();
    // What is before is as old as it may be.
    let before = Terms { max_age: None, ..sides.terms };
    let each = [(sides.before, before, Note::Before), (sides.after, sides.terms, Note::After)];
    for (side, terms, note) in each {
        if !is_sufficient(&side.report, terms) {
            doubts.push(Problem::new(&note, Place::Whole(Arc::clone(&side.source))));
        }
        let inventories = side.inventories.iter().flatten();
        if inventories.map(|inventory| inventory.unidentified).sum::<u64>() > 0 {
            let place = Place::Whole(Arc::clone(&side.source));
            doubts.push(Problem::new(&Note::NotIdentified, place));
        }
    }
    for pair in pairs {
        let alone = match (pair.before, pair.after) {
            (Some(index), None) => pairing::capture(sides.before, index),
            (None, Some(index)) => pairing::capture(sides.after, index),
            _ => None,
        };
        doubts.extend(alone.map(|capture| {
            let place = Place::Whole(Arc::clone(&capture.source));
            Problem::new(&Note::Alone(Arc::clone(&capture.source)), place)
        }));
    }
    doubts
}

/// The verdict over what is new or worse.
fn verdict(sides: &Sides<'_>, findings: &FindingChanges, is_known: bool) -> Verdict {
    let report = &sides.after.report;
    let decides = |finding: &Finding| {
        finding.disposition == Disposition::Open
            && sides.terms.fail_on.counts(report.policy(finding).effect)
    };
    let worse = findings.new.iter().chain(&findings.worsened).filter_map(|change| change.after);
    let mut is_inconclusive = false;
    for finding in worse.filter(decides) {
        match finding.outcome {
            Outcome::Fail => return Verdict::Violations,
            Outcome::Inconclusive => {
                let choice = report.policy(&finding).when_unknown;
                is_inconclusive |= choice.unwrap_or(sides.terms.when_unknown) == WhenUnknown::Fail;
            }
        }
    }
    if is_inconclusive || !is_known { Verdict::InsufficientEvidence } else { Verdict::Clean }
}
