//! Puts judged files together to the finished report: snapshots, findings that count once, counts, and
//! the verdict.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::SignedDuration;

use crate::engine::{Findings, Outcome};
use crate::operation::Effect;
use crate::policy::{Policy, PolicySet, WhenUnknown};
use crate::snapshot::{self, File, Row, Snapshot, Wholeness};

use super::aged;
use super::kept::Kept;
use super::narrowed;
use super::register;
use super::report::{Finding, Found, Report};
use super::tolerance;
use super::verdict::{Disposition, FailOn, Loosening, PolicyCounts, Summary, Verdict};
use super::waiving::waive;
use super::whole;

/// One file, read and judged.
#[derive(Clone, Debug)]
pub struct JudgedFile {
    /// What was read.
    pub file: File,
    /// What was found.
    pub found: Findings,
}

/// What the run accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// When the report is made.
    pub time: jiff::Timestamp,
    /// The least effect that fails the run.
    pub fail_on: FailOn,
    /// What inconclusive outcomes do, where the policy says nothing.
    pub when_unknown: WhenUnknown,
    /// Whether completeness that is not provable is accepted.
    pub assume_complete: bool,
    /// Whether evidence that is known to be partial is accepted.
    pub allow_partial: bool,
    /// How old evidence may be; `None` accepts any, and such whose age is not known.
    pub max_age: Option<SignedDuration>,
}

impl Terms {
    /// What a run accepts where nothing is said, made in 1970.
    #[cfg(test)]
    pub(crate) const STRICT: Self = Self {
        time: jiff::Timestamp::UNIX_EPOCH,
        fail_on: FailOn::Deny,
        when_unknown: WhenUnknown::Fail,
        assume_complete: false,
        allow_partial: false,
        max_age: None,
    };

    /// The day in UTC.
    pub(super) fn today(&self) -> jiff::civil::Date {
        day(self.time)
    }
}

/// The day of a time, in UTC, by which waivers and approvals expire.
#[must_use]
pub fn day(time: jiff::Timestamp) -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(time).date()
}

/// Finishes the report. `lacking` are the places without evidence and the files that were not read.
#[must_use]
pub fn finish(
    policies: PolicySet,
    files: Vec<JudgedFile>,
    lacking: &[Snapshot],
    terms: Terms,
) -> Report {
    let mut kept: Vec<Kept> = Vec::with_capacity(files.len());
    let mut read = Vec::with_capacity(files.len());
    for JudgedFile { file, found } in files {
        kept.push(Kept {
            capture: 0,
            source: Arc::clone(&file.source),
            sources: (0..file.pages.len()).map(|page| Arc::clone(file.counted_in(page))).collect(),
            origin: file.captured.as_ref().map(|captured| Arc::clone(&captured.origin)),
            operation: Arc::clone(&file.operation),
            lists: file.pages.iter().map(|page| page.list.clone()).collect(),
            found,
            of_whole: Vec::new(),
        });
        read.push(file);
    }
    let mut evidence = snapshot::assemble(read, &mut |index, earlier| {
        if let Some(kept) = kept.get_mut(index) {
            drop_repeated(&mut kept.found, earlier);
        }
    });
    place(&mut kept, &evidence);
    evidence.extend_from_slice(lacking);
    narrowed::say(&mut evidence, &policies, terms);
    aged::say(&mut evidence, terms);
    whole::judge(&policies, &evidence, &mut kept, terms);
    let counts = counts(&policies, &evidence, &kept);
    let findings = findings(&policies, &kept, terms);
    let is_whole = is_whole(&policies, &evidence, terms);
    let mut report = Report {
        time: terms.time,
        terms,
        verdict: Verdict::Clean,
        summary: Summary::default(),
        approvals: register::uses(&policies, &kept, terms.today(), is_whole),
        loosened: loosened(&policies, terms),
        evidence,
        policies,
        counts,
        findings,
        tolerances: Vec::new(),
        waivers: Vec::new(),
        fixed: Vec::new(),
        history: Vec::new(),
        view: None,
        found: Found::Judged(kept),
    };
    tolerance::judge(&mut report);
    waive(&mut report, is_whole);
    settle(&mut report, terms);
    report
}

/// Says of what was kept of each file which snapshot it is a part of.
fn place(kept: &mut [Kept], evidence: &[Snapshot]) {
    let pages = evidence.iter().enumerate().flat_map(|(index, snapshot)| {
        snapshot.pages.iter().map(move |page| (Arc::clone(&page.start.source), index))
    });
    let captures: HashMap<Arc<str>, usize> = pages.collect();
    for kept in kept {
        let capture = kept.sources.first().and_then(|source| captures.get(source));
        kept.capture = capture.copied().unwrap_or_default();
    }
}

/// Drops what was found on rows that an earlier page of the same snapshot had with the same content.
fn drop_repeated(found: &mut Findings, earlier: &snapshot::Rows) {
    found.tallies.iter_mut().for_each(|tally| tally.drop_repeated(earlier));
    let is_repeated = |hit: &crate::engine::Hit| {
        earlier.look_up(hit.place.identity, hit.place.digest) == Row::Repeated
    };
    let repeated = found.hits.iter().enumerate().filter(|(_, hit)| is_repeated(hit));
    let repeated: HashSet<usize> = repeated.map(|(index, _)| index).collect();
    found.findings.retain(|finding| !repeated.contains(&finding.hit));
}

fn counts(policies: &PolicySet, evidence: &[Snapshot], kept: &[Kept]) -> Vec<PolicyCounts> {
    let judged = |policy: &Policy| {
        let mine = evidence.iter().filter(|snapshot| snapshot.is_of(&policy.operation));
        mine.map(|snapshot| snapshot.judged).sum()
    };
    let start = |policy| PolicyCounts { judged: judged(policy), ..PolicyCounts::default() };
    let mut counts: Vec<PolicyCounts> = policies.policies.iter().map(start).collect();
    for finding in kept.iter().flat_map(|kept| &kept.found.findings) {
        if let Some(count) = counts.get_mut(finding.policy) {
            match finding.outcome {
                Outcome::Fail => count.failed += 1,
                Outcome::Inconclusive => count.inconclusive += 1,
            }
        }
    }
    counts
}

/// The findings that are listed: all but inconclusive ones that are only counted.
fn findings(policies: &PolicySet, kept: &[Kept], terms: Terms) -> Vec<Finding> {
    let mut findings = Vec::with_capacity(kept.iter().map(|kept| kept.found.findings.len()).sum());
    for (file, kept) in kept.iter().enumerate() {
        for (index, found) in kept.found.findings.iter().enumerate() {
            let is_listed = found.outcome == Outcome::Fail
                || policies.policies.get(found.policy).is_some_and(|policy| {
                    policy.when_unknown.unwrap_or(terms.when_unknown) != WhenUnknown::Pass
                });
            let numbers = (u32::try_from(found.policy), u32::try_from(file), u32::try_from(index));
            if let (true, (Ok(policy), Ok(file), Ok(index))) = (is_listed, numbers) {
                let disposition = Disposition::Open;
                let outcome = found.outcome;
                findings.push(Finding { policy, file, index, outcome, disposition, waiver: None });
            }
        }
    }
    findings
}

/// Counts and decides anew, after what became of findings has changed.
pub(super) fn settle(report: &mut Report, terms: Terms) {
    report.summary = summary(&report.policies, &report.evidence, &report.findings);
    report.summary.fixed = report.fixed.len() as u64;
    report.verdict = verdict(report, terms);
}

pub(super) fn summary(
    policies: &PolicySet,
    evidence: &[Snapshot],
    findings: &[Finding],
) -> Summary {
    let mut summary = Summary {
        policies: policies.policies.len() as u64,
        records: evidence.iter().map(|snapshot| snapshot.records).sum(),
        ..Summary::default()
    };
    for finding in findings {
        let effect = policies.policies.get(finding.policy as usize).map(|policy| policy.effect);
        match (finding.disposition, finding.outcome, effect) {
            (Disposition::Waived, _, _) => summary.waived += 1,
            (Disposition::Known, _, _) => summary.known += 1,
            (Disposition::Tolerated, _, _) => summary.tolerated += 1,
            (Disposition::Open, Outcome::Inconclusive, _) => summary.inconclusive += 1,
            (Disposition::Open, Outcome::Fail, Some(Effect::Deny)) => summary.deny += 1,
            (Disposition::Open, Outcome::Fail, _) => summary.alert += 1,
        }
    }
    summary
}

pub(super) fn loosened(policies: &PolicySet, terms: Terms) -> Vec<Loosening> {
    let inconclusive = match terms.when_unknown {
        WhenUnknown::Fail => None,
        WhenUnknown::Report => Some(Loosening::InconclusiveReport),
        WhenUnknown::Pass => Some(Loosening::InconclusivePass),
    };
    let flags = [
        terms.assume_complete.then_some(Loosening::AssumeComplete),
        terms.allow_partial.then_some(Loosening::AllowPartial),
        inconclusive,
        (terms.fail_on == FailOn::Never).then_some(Loosening::FailOnNever),
        policies.policies.iter().any(Policy::is_weakened).then_some(Loosening::Overrides),
    ];
    flags.into_iter().flatten().collect()
}

pub(super) fn verdict(report: &Report, terms: Terms) -> Verdict {
    let open = report.findings.iter().filter(|finding| {
        finding.disposition == Disposition::Open
            && terms.fail_on.counts(report.policy(finding).effect)
    });
    let mut is_inconclusive = false;
    for finding in open {
        match finding.outcome {
            Outcome::Fail => return Verdict::Violations,
            Outcome::Inconclusive => {
                let choice = report.policy(finding).when_unknown.unwrap_or(terms.when_unknown);
                is_inconclusive |= choice == WhenUnknown::Fail;
            }
        }
    }
    if is_inconclusive || !is_sufficient(report, terms) {
        Verdict::InsufficientEvidence
    } else {
        Verdict::Clean
    }
}

/// Whether every snapshot is whole enough, and every policy that decides had one to judge.
#[must_use]
pub fn is_sufficient(report: &Report, terms: Terms) -> bool {
    !report.evidence.is_empty()
        && report.evidence.iter().all(|snapshot| is_accepted(snapshot, terms))
        && !narrowed::hides(report, terms)
        && !report.evidence.iter().any(|one| aged::is_refused(one, terms))
        && report
            .policies
            .policies
            .iter()
            .filter(|policy| terms.fail_on.counts(policy.effect))
            .all(|policy| report.has_evidence_for(policy))
}

/// Whether a snapshot is whole enough.
pub(super) fn is_accepted(snapshot: &Snapshot, terms: Terms) -> bool {
    match snapshot.wholeness {
        Wholeness::Complete => true,
        Wholeness::Unprovable => terms.assume_complete,
        Wholeness::Partial => terms.allow_partial,
        Wholeness::NoEvidence => false,
    }
}

/// Whether a snapshot shows what is gone: all of it is there, and young enough.
pub(super) fn shows_gone(snapshot: &Snapshot, terms: Terms) -> bool {
    snapshot.wholeness != Wholeness::Partial
        && is_accepted(snapshot, terms)
        && !narrowed::is_narrowed(snapshot)
        && !aged::is_refused(snapshot, terms)
}

/// Whether all evidence is there that any policy asks: only then is gone what is not there.
fn is_whole(policies: &PolicySet, evidence: &[Snapshot], terms: Terms) -> bool {
    let is_judged = |policy: &Policy| evidence.iter().any(|one| one.is_of(&policy.operation));
    !evidence.is_empty()
        && evidence.iter().all(|snapshot| shows_gone(snapshot, terms))
        && policies.policies.iter().all(is_judged)
}
