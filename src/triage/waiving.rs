//! Waivers meet findings: which finding is waived by which waiver, what each waiver hides today, and
//! what is wrong with the waivers themselves.

use jiff::civil::Date;

use crate::analysis;
use crate::engine::Outcome;
use crate::policy::{PolicySet, Waiver};
use crate::text::{Level, Place, Problem};

use super::kept::Kept;
use super::report::{Finding, Report};
use super::verdict::Disposition;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Flaw {
    #[error("the waiver of `{policy}` matches nothing")]
    #[diagnostic(code("waiver/stale"), severity(Warning), help("{help}"))]
    Stale { policy: String, help: &'static str },

    #[error("the waiver of `{policy}` matches {matched} findings, expected are at most {limit}")]
    #[diagnostic(
        code("waiver/too-wide"),
        severity(Warning),
        help("narrow `match`, or raise `expect_at_most` once all of them are accepted")
    )]
    TooWide { policy: String, matched: u64, limit: u64 },
}

/// A waiver that matches nothing.
pub(super) const STALE: &str = "waiver/stale";

/// A waiver that matches more than is expected.
pub(super) const TOO_WIDE: &str = "waiver/too-wide";

const GONE: &str = "the violation is gone: remove the waiver";
const PERHAPS_GONE: &str = "not all evidence is there: what it matches may be missing";

/// What became of a waiver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaiverUse {
    /// Whether its last day is not over.
    pub is_in_force: bool,
    /// Findings that it matches; inconclusive ones only where it says so.
    pub matched: u64,
    /// Findings that are waived by it.
    pub waived: u64,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// Disposes of findings by waivers. `is_whole` says whether all evidence is there.
pub(super) fn waive(report: &mut Report, is_whole: bool) {
    let mut findings = std::mem::take(&mut report.findings);
    let today = report.terms.today();
    report.waivers = used((&report.policies, report.kept()), &mut findings, today, is_whole);
    report.findings = findings;
}

fn used(
    (policies, kept): (&PolicySet, &[Kept]),
    findings: &mut [Finding],
    today: Date,
    is_whole: bool,
) -> Vec<WaiverUse> {
    let mut ledger: Vec<Entry<'_>> =
        policies.waivers.iter().map(|waiver| Entry::new(waiver, today)).collect();
    for finding in findings {
        let matching = matching(finding, kept);
        dispose(finding, matching, &mut ledger);
    }
    for (index, problem) in analysis::waivers(policies, today) {
        if let Some(entry) = ledger.get_mut(index) {
            entry.used.problems.push(problem);
        }
    }
    ledger.into_iter().map(|entry| entry.closed(policies, is_whole)).collect()
}

/// What is learned of one waiver while findings are disposed of.
struct Entry<'a> {
    waiver: &'a Waiver,
    used: WaiverUse,
    /// Whether it matches anything, be it what it cannot waive.
    matches: bool,
    /// The waiver by which a finding of both is waived.
    overlaps: Option<usize>,
}

impl<'a> Entry<'a> {
    fn new(waiver: &'a Waiver, today: Date) -> Self {
        let is_in_force = waiver.is_in_force(today);
        let used = WaiverUse { is_in_force, ..WaiverUse::default() };
        Self { waiver, used, matches: false, overlaps: None }
    }

    /// What became of the waiver, once every finding was disposed of.
    fn closed(mut self, policies: &PolicySet, is_whole: bool) -> WaiverUse {
        if self.used.is_in_force && self.used.problems.is_empty() {
            self.used.problems.extend(self.unmatched(is_whole).or_else(|| self.too_wide()));
            let first = self.overlaps.and_then(|first| policies.waivers.get(first));
            self.used.problems.extend(first.map(|first| analysis::overlap(self.waiver, first)));
        }
        self.used
    }

    /// It matches nothing; where evidence is missing, that is no reason to do anything.
    fn unmatched(&self, is_whole: bool) -> Option<Problem> {
        if self.matches {
            return None;
        }
        let policy = self.waiver.policy.clone();
        let help = if is_whole { GONE } else { PERHAPS_GONE };
        let mut problem = self.problem(&Flaw::Stale { policy, help }, "nothing matches");
        if !is_whole {
            problem.level = Level::Note;
        }
        Some(problem)
    }

    fn too_wide(&self) -> Option<Problem> {
        let (matched, limit) = (self.used.matched, self.waiver.expect_at_most?);
        let place = Place::Text(self.waiver.named.clone());
        (matched > limit).then(|| too_wide(self.waiver, matched, place))
    }

    fn problem(&self, flaw: &Flaw, label: &str) -> Problem {
        Problem::new(flaw, Place::Text(self.waiver.named.clone())).labelled(label)
    }
}

/// A waiver that matches more findings than it may.
pub(super) fn too_wide(waiver: &Waiver, matched: u64, place: Place) -> Problem {
    let (policy, limit) = (waiver.policy.clone(), waiver.expect_at_most.unwrap_or_default());
    Problem::new(&Flaw::TooWide { policy, matched, limit }, place).labelled("more than expected")
}

/// The waivers that match a finding, in order.
fn matching<'a>(finding: &Finding, kept: &'a [Kept]) -> &'a [u32] {
    let found = kept.get(finding.file as usize).map(|kept| &kept.found);
    let range = found.and_then(|found| {
        let finding = found.findings.get(finding.index as usize)?;
        found.waivers.get(finding.waivers.clone())
    });
    range.unwrap_or_default()
}

/// Waives an open finding by the first waiver in force that may; the others overlap with that one.
fn dispose(finding: &mut Finding, matching: &[u32], ledger: &mut [Entry<'_>]) {
    let is_open = finding.disposition == Disposition::Open;
    let mut by: Option<usize> = None;
    for index in matching.iter().map(|index| *index as usize) {
        let Some(entry) = ledger.get_mut(index) else { continue };
        entry.matches = true;
        if finding.outcome == Outcome::Inconclusive && !entry.waiver.waives_inconclusive {
            continue;
        }
        entry.used.matched += 1;
        match by {
            _ if !entry.used.is_in_force || !is_open => {}
            None => {
                entry.used.waived += 1;
                by = Some(index);
            }
            Some(first) => {
                entry.overlaps.get_or_insert(first);
            }
        }
    }
    if let Some(index) = by.and_then(|index| u32::try_from(index).ok()) {
        finding.disposition = Disposition::Waived;
        finding.waiver = Some(index);
    }
}
