//! A `Difference` is what changed from one capture to another, or from one report to another: records
//! that opened, closed or changed, and findings that are new, fixed or worse. What a side that is not
//! whole does not show is never said to be gone.

mod asked;
mod doubts;
mod findings;
mod inventory;
mod judged;
mod pairing;
mod records;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::engine::Outcome;
use crate::policy::WhenUnknown;
use crate::text::{Place, Problem};

use super::finish::{self, Terms, shows_gone};
use super::narrowed;
use super::report::{Finding, Report};
use super::verdict::{Disposition, Loosening, Verdict};

pub use findings::{FindingChange, FindingChanges};
pub use inventory::{Collector, Inventory, MOST_BYTES, MOST_RECORDS, Survey};
pub use records::{FieldChange, RecordChange, RecordChanges};

use doubts::{doubts, was_too_old};
use judged::Judged;

/// Names that are said; more are counted.
const MOST_NAMED: usize = 5;

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

impl Side {
    /// What the filters of a saved report could hide on these terms, where its own were less strict.
    fn judge_on(&mut self, terms: Terms) {
        let report = &mut self.report;
        if report.is_saved() {
            narrowed::restate(&mut report.evidence, &report.policies, (report.terms, terms));
        }
    }
}

/// What changed.
#[derive(Clone, Debug)]
pub struct Difference {
    /// When the sides were compared.
    pub time: jiff::Timestamp,
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
    judged: Judged,
}

impl Sides<'_> {
    /// Whether what a capture after does not hold is not there.
    fn is_whole(&self, index: usize) -> bool {
        let report = &self.after.report;
        let capture = report.evidence.get(index);
        capture.is_some_and(|capture| shows_gone(capture, self.terms)) && !was_too_old(report)
    }
}

impl Difference {
    /// Compares two sides.
    #[must_use]
    pub fn new(mut before: Side, mut after: Side, terms: Terms) -> Self {
        before.judge_on(terms);
        after.judge_on(terms);
        let judged = Judged::of(&before, &after, terms);
        let sides = Sides { before: &before, after: &after, terms, judged };
        let pairs = pairing::pairs(&before, &after);
        let records = records::compare(&sides, &pairs);
        let findings = findings::compare(&sides, &pairs);
        let mut notes = doubts(&sides, &pairs);
        let verdict = verdict(&sides, &findings, notes.is_empty());
        notes.extend(asked::warnings(&sides, &pairs));
        if records.is_none() {
            notes.push(Problem::new(&Note::NoRecords, Place::Whole(Arc::clone(&after.source))));
        }
        let loosened = loosened(&before.report, &after.report, terms);
        let time = terms.time;
        Self { time, before, after, records, findings, verdict, loosened, notes }
    }

    /// The report and finding that say most of a change: the later ones, where there are two.
    #[must_use]
    pub fn latest(&self, change: &FindingChange) -> Option<(&Report, Finding)> {
        let after = change.after.map(|finding| (&self.after.report, finding));
        after.or_else(|| change.before.map(|finding| (&self.before.report, finding)))
    }
}

/// How the sides and their comparison were told to accept less, each way once.
fn loosened(before: &Report, after: &Report, terms: Terms) -> Vec<Loosening> {
    let own = finish::loosened(&after.policies, terms);
    let mut loosened = Vec::new();
    for flag in before.loosened.iter().chain(&after.loosened).chain(&own) {
        if !loosened.contains(flag) {
            loosened.push(*flag);
        }
    }
    loosened
}

/// The first few of what is named; the others are counted.
fn in_short(names: &[String]) -> String {
    let shown = names.get(..MOST_NAMED).unwrap_or(names).join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
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
