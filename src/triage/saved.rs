//! A `Saved` report is what a report says, without what judging kept. It can be written down, read back,
//! put together with others, and finished to the report that it was.

use std::collections::BTreeMap;

use crate::engine::{Measured, Outcome};
use crate::policy::{Policy, PolicySet, WhenUnknown};
use crate::snapshot::{Flaw, Snapshot};

use super::aged;
use super::baseline::Fixed;
use super::finish::{Terms, loosened, settle};
use super::narrowed;
use super::register::ApprovalUse;
use super::report::{Evidence, Finding, Found, Identity, Meaning, RecordAt, Report};
use super::tolerance::{self, Tolerance};
use super::verdict::{Disposition, PolicyCounts, Summary, Verdict};
use super::waiving::WaiverUse;

/// What a report says.
#[derive(Clone, Debug)]
pub struct Saved {
    /// What the run accepted.
    pub terms: Terms,
    /// What it proved; once put together, never less than any part of it.
    pub verdict: Verdict,
    /// What was read, in order.
    pub evidence: Vec<Snapshot>,
    /// Of each snapshot, by the index of the policy, how many inconclusive outcomes are counted only.
    pub unlisted: Vec<BTreeMap<usize, u64>>,
    /// The policies, with approvals and waivers. What they are judged by is in `conditions`.
    pub policies: PolicySet,
    /// When each policy is violated, in words.
    pub conditions: Vec<String>,
    /// How many violations there are of what tolerates some.
    pub tolerances: Vec<Tolerance>,
    /// What became of each waiver.
    pub waivers: Vec<WaiverUse>,
    /// What became of each approval.
    pub approvals: Vec<ApprovalUse>,
    /// What the baseline had and is gone.
    pub fixed: Vec<Fixed>,
    /// In the order of the evidence, and within a record of the policies.
    pub findings: Vec<SavedFinding>,
}

/// What a report says of one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFinding {
    /// Index of the policy.
    pub policy: u32,
    /// What came out.
    pub outcome: Outcome,
    /// What became of it.
    pub disposition: Disposition,
    /// Index of the waiver, where it is waived.
    pub waiver: Option<u32>,
    /// Indices of the waivers that match it, whether they hold or not.
    pub matching: Vec<u32>,
    /// Index of its snapshot.
    pub capture: usize,
    /// Its message.
    pub message: String,
    /// Its record.
    pub record: RecordAt,
    /// What identifies the record.
    pub identity: Vec<Identity>,
    /// The values that decided.
    pub evidence: Vec<Evidence>,
    /// What each of them means, where that says more.
    pub meanings: Vec<Option<Meaning>>,
    /// Names of the members that decided by not being there.
    pub absent: Vec<String>,
    /// Of a whole snapshot, the aggregates that decided; none of a record.
    pub measured: Vec<Measured>,
}

/// What of a saved report stands in place of what judging kept.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) conditions: Vec<String>,
    pub(super) unlisted: Vec<BTreeMap<usize, u64>>,
    pub(super) findings: Vec<SavedFinding>,
}

impl Saved {
    /// What a report says.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        Self {
            terms: report.terms,
            verdict: report.verdict,
            evidence: report.evidence.clone(),
            unlisted: report.unlisted(),
            policies: report.policies.clone(),
            conditions: report.conditions(),
            tolerances: report.tolerances.clone(),
            waivers: report.waivers.clone(),
            approvals: report.approvals.clone(),
            fixed: report.fixed.clone(),
            findings: report.findings.iter().map(|one| SavedFinding::of(report, one)).collect(),
        }
    }

    /// The report: counted and decided anew, and never milder than it was.
    #[must_use]
    pub fn finish(self) -> Report {
        let findings = (0..).zip(&self.findings).map(|(index, saved)| Finding {
            policy: saved.policy,
            file: 0,
            index,
            outcome: saved.outcome,
            disposition: saved.disposition,
            waiver: saved.waiver,
        });
        let findings: Vec<Finding> = findings.collect();
        let counts = self.counts();
        let is_unknown = self.leaves_open();
        let told =
            Told { conditions: self.conditions, unlisted: self.unlisted, findings: self.findings };
        let mut report = Report {
            time: self.terms.time,
            terms: self.terms,
            verdict: Verdict::Clean,
            summary: Summary::default(),
            loosened: loosened(&self.policies, self.terms),
            evidence: self.evidence,
            policies: self.policies,
            counts,
            findings,
            tolerances: Vec::new(),
            waivers: self.waivers,
            approvals: self.approvals,
            fixed: self.fixed,
            history: Vec::new(),
            view: None,
            found: Found::Saved(told),
        };
        tolerance::judge_again(&mut report, &self.tolerances);
        // The time of day is not kept, and what it said of ages is.
        settle(&mut report, Terms { max_age: None, ..self.terms });
        let least = if is_unknown { Verdict::InsufficientEvidence } else { Verdict::Clean };
        report.verdict = report.verdict.worst(least).worst(self.verdict);
        report
    }

    /// Whether evidence was too old, or what is counted only would make a run insufficient on these terms.
    fn leaves_open(&self) -> bool {
        let mut flaws = self.evidence.iter().flat_map(|snapshot| &snapshot.flaws);
        if flaws.any(|flaw| aged::CODES.contains(&flaw.problem.code.as_str())) {
            return true;
        }
        let decides = |policy: &Policy| {
            self.terms.fail_on.counts(policy.effect)
                && policy.when_unknown.unwrap_or(self.terms.when_unknown) == WhenUnknown::Fail
        };
        let counted = self.unlisted.iter().flat_map(BTreeMap::keys);
        counted.filter_map(|index| self.policies.policies.get(*index)).any(decides)
    }

    fn counts(&self) -> Vec<PolicyCounts> {
        let judged = |policy: &Policy| {
            let mine = self.evidence.iter().filter(|snapshot| snapshot.is_of(&policy.operation));
            mine.map(|snapshot| snapshot.judged).sum()
        };
        let start = |policy| PolicyCounts { judged: judged(policy), ..PolicyCounts::default() };
        let mut counts: Vec<PolicyCounts> = self.policies.policies.iter().map(start).collect();
        for finding in &self.findings {
            if let Some(count) = counts.get_mut(finding.policy as usize) {
                match finding.outcome {
                    Outcome::Fail => count.failed += 1,
                    Outcome::Inconclusive => count.inconclusive += 1,
                }
            }
        }
        for (index, number) in self.unlisted.iter().flatten() {
            if let Some(count) = counts.get_mut(*index) {
                count.inconclusive += number;
            }
        }
        counts
    }
}

/// Whether a flaw comes from what a run asked, and not from what a capture is.
#[must_use]
pub fn is_of_run(flaw: &Flaw) -> bool {
    let code = flaw.problem.code.as_str();
    code == narrowed::CODE || aged::CODES.contains(&code)
}

impl SavedFinding {
    fn of(report: &Report, finding: &Finding) -> Self {
        Self {
            policy: finding.policy,
            outcome: finding.outcome,
            disposition: finding.disposition,
            waiver: finding.waiver,
            matching: report.matching(finding).to_vec(),
            capture: report.capture(finding),
            message: report.message(finding),
            record: report.record(finding).unwrap_or_default(),
            identity: report.identity(finding),
            evidence: report.evidence(finding),
            meanings: report.meanings(finding),
            absent: report.absent(finding).into_iter().map(str::to_owned).collect(),
            measured: report.measured(finding).to_vec(),
        }
    }
}
