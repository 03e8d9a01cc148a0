//! A report as the members of a JSON document, in the order of its schema.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::policy::Policy;
use crate::snapshot::{Page, Snapshot, Wholeness};
use crate::text::Problem;
use crate::triage::{PolicyCounts, Report, Summary};

use super::approval::ApprovalText;
use super::finding::{Findings, FixedText};
use super::origin::OriginText;
use super::waiver::UsedText;

#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    verdict: &'static str,
    exit_code: u8,
    summary: SummaryText,
    loosened: Vec<&'static str>,
    evidence: Vec<SnapshotText<'a>>,
    policies: Vec<PolicyText<'a>>,
    waivers: Vec<UsedText<'a>>,
    approvals: Vec<ApprovalText<'a>>,
    fixed: Vec<FixedText<'a>>,
    findings: Findings<'a>,
}

impl<'a> Document<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        let counted = report.policies.policies.iter().zip(&report.counts);
        let register = report.policies.approvals.iter().zip(&report.approvals);
        let used = report.policies.waivers.iter().zip(&report.waivers);
        Self {
            schema: "portcullis.report/v1",
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            verdict: report.verdict.name(),
            exit_code: report.verdict.exit_code(),
            summary: SummaryText::new(&report.summary),
            loosened: report.loosened.iter().map(|flag| flag.name()).collect(),
            evidence: report.evidence.iter().map(SnapshotText::new).collect(),
            policies: counted.map(|(policy, counts)| PolicyText::new(policy, counts)).collect(),
            waivers: used.map(|(waiver, used)| UsedText::new(waiver, used)).collect(),
            approvals: register.map(ApprovalText::new).collect(),
            fixed: report.fixed.iter().map(FixedText::new).collect(),
            findings: Findings(report),
        }
    }
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct SummaryText {
    policies: u64,
    records: u64,
    deny: u64,
    alert: u64,
    inconclusive: u64,
    waived: u64,
    known: u64,
    fixed: u64,
}

impl SummaryText {
    fn new(summary: &Summary) -> Self {
        Self {
            policies: summary.policies,
            records: summary.records,
            deny: summary.deny,
            alert: summary.alert,
            inconclusive: summary.inconclusive,
            waived: summary.waived,
            known: summary.known,
            fixed: summary.fixed,
        }
    }
}

#[derive(Serialize)]
pub(super) struct SnapshotText<'a> {
    source: &'a str,
    operation: Option<&'a str>,
    records: u64,
    expected: Option<u64>,
    complete: Option<bool>,
    origin: Option<OriginText<'a>>,
    pages: Vec<PageText<'a>>,
    problems: Vec<FlawText<'a>>,
}

impl<'a> SnapshotText<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            source: &snapshot.source,
            operation: snapshot.operation.as_ref().map(|operation| operation.name.as_str()),
            records: snapshot.records,
            expected: snapshot.expected,
            complete: match snapshot.wholeness {
                Wholeness::Complete => Some(true),
                Wholeness::Unprovable => None,
                Wholeness::Partial | Wholeness::NoEvidence => Some(false),
            },
            origin: snapshot.origin.as_deref().map(OriginText::new),
            pages: snapshot.pages.iter().map(PageText::new).collect(),
            problems: snapshot.flaws.iter().map(|flaw| FlawText::new(&flaw.problem)).collect(),
        }
    }
}

#[derive(Serialize)]
struct PageText<'a> {
    source: &'a str,
    records: u64,
    sha256: Option<&'a str>,
}

impl<'a> PageText<'a> {
    fn new(page: &'a Page) -> Self {
        Self { source: &page.source, records: page.records, sha256: page.sha256.as_deref() }
    }
}

#[derive(Serialize)]
pub(super) struct FlawText<'a> {
    code: &'a str,
    message: &'a str,
    source: &'a str,
    line: Option<u64>,
    column: Option<u64>,
}

impl<'a> FlawText<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        let position = problem.place.position();
        Self {
            code: &problem.code,
            message: &problem.message,
            source: problem.place.source(),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
        }
    }
}

#[derive(Serialize)]
struct PolicyText<'a> {
    id: &'a str,
    effect: &'static str,
    severity: &'static str,
    title: &'a str,
    source: &'a str,
    line: u64,
    column: u64,
    controls: &'a BTreeMap<String, Vec<String>>,
    tags: &'a [String],
    judged: u64,
    failed: u64,
    inconclusive: u64,
}

impl<'a> PolicyText<'a> {
    fn new(policy: &'a Policy, counts: &PolicyCounts) -> Self {
        let position = policy.location.position();
        Self {
            id: &policy.id,
            effect: policy.effect.name(),
            severity: policy.severity.name(),
            title: &policy.title,
            source: policy.location.source.name(),
            line: position.line,
            column: position.column,
            controls: &policy.controls,
            tags: &policy.tags,
            judged: counts.judged,
            failed: counts.failed,
            inconclusive: counts.inconclusive,
        }
    }
}
