//! A report as the members of a JSON document, in the order of its schema.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::policy::{Overridden, Policy, WhenUnknown};
use crate::snapshot::{Flaw, Page, Snapshot, Wholeness};
use crate::text::{Location, Problem};
use crate::triage::{self, PolicyCounts, Report, Summary, Terms, Tolerance};

use super::approval::ApprovalText;
use super::coverage::{FrameworkText, ViewText};
use super::finding::{Findings, FixedText, PlaceText};
use super::origin::OriginText;
use super::waiver::UsedText;

#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    day: String,
    verdict: &'static str,
    exit_code: u8,
    summary: SummaryText,
    statement: Option<String>,
    terms: TermsText,
    loosened: Vec<&'static str>,
    warnings: Vec<ProblemText<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    view: Option<ViewText<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frameworks: Option<[FrameworkText<'a>; 1]>,
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
        let conditions = report.conditions();
        Self {
            schema: "portcullis.report/v1",
            tool: Tool::OWN,
            day: triage::day(report.time).to_string(),
            verdict: report.verdict.name(),
            exit_code: report.verdict.exit_code(),
            summary: SummaryText::new(&report.summary),
            statement: report.statement(),
            terms: TermsText::new(report.terms),
            loosened: report.loosened.iter().map(|flag| flag.name()).collect(),
            warnings: report.warnings().into_iter().map(ProblemText::new).collect(),
            view: report.view.as_ref().map(ViewText::new),
            frameworks: report
                .view
                .as_ref()
                .map(|view| [FrameworkText::new(report, &view.coverage)]),
            evidence: SnapshotText::all(report),
            policies: counted
                .zip(conditions)
                .map(|((policy, counts), condition)| PolicyText::new(policy, counts, condition))
                .collect(),
            waivers: used.map(|(waiver, used)| UsedText::new(waiver, used)).collect(),
            approvals: register.map(ApprovalText::new).collect(),
            fixed: report.fixed.iter().map(FixedText::new).collect(),
            findings: Findings(report),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    /// This program.
    pub(super) const OWN: Self =
        Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
}

#[derive(Serialize)]
struct TermsText {
    fail_on: &'static str,
    inconclusive: &'static str,
    assume_complete: bool,
    allow_partial: bool,
    max_age: Option<i64>,
}

impl TermsText {
    fn new(terms: Terms) -> Self {
        Self {
            fail_on: terms.fail_on.name(),
            inconclusive: terms.when_unknown.name(),
            assume_complete: terms.assume_complete,
            allow_partial: terms.allow_partial,
            max_age: terms.max_age.map(|age| age.as_secs()),
        }
    }
}

#[derive(Serialize)]
pub(super) struct SummaryText {
    policies: u64,
    records: u64,
    deny: u64,
    alert: u64,
    inconclusive: u64,
    waived: u64,
    known: u64,
    tolerated: u64,
    fixed: u64,
}

impl SummaryText {
    pub(super) fn new(summary: &Summary) -> Self {
        Self {
            policies: summary.policies,
            records: summary.records,
            deny: summary.deny,
            alert: summary.alert,
            inconclusive: summary.inconclusive,
            waived: summary.waived,
            known: summary.known,
            tolerated: summary.tolerated,
            fixed: summary.fixed,
        }
    }
}

#[derive(Serialize)]
pub(super) struct SnapshotText<'a> {
    source: &'a str,
    operation: Option<&'a str>,
    records: u64,
    judged: u64,
    expected: Option<u64>,
    complete: Option<bool>,
    wholeness: &'static str,
    /// By policy.
    unlisted: BTreeMap<&'a str, u64>,
    /// By policy.
    tolerances: BTreeMap<&'a str, ToleranceText>,
    origin: Option<OriginText<'a>>,
    pages: Vec<PageText<'a>>,
    problems: Vec<FlawText<'a>>,
}

impl<'a> SnapshotText<'a> {
    /// What a report's evidence is.
    pub(super) fn all(report: &'a Report) -> Vec<Self> {
        let policies = &report.policies.policies;
        let id = |(index, count): (usize, u64)| Some((policies.get(index)?.id.as_str(), count));
        let named = |counts: BTreeMap<usize, u64>| counts.into_iter().filter_map(id).collect();
        let evidence = report.evidence.iter().zip(report.unlisted()).enumerate();
        let evidence = evidence.map(|(capture, (snapshot, counts))| {
            let own = report.tolerances_of(capture).iter().filter_map(|one| {
                Some((policies.get(one.policy)?.id.as_str(), ToleranceText::new(one)))
            });
            Self { tolerances: own.collect(), ..Self::new(snapshot, named(counts)) }
        });
        evidence.collect()
    }

    fn new(snapshot: &'a Snapshot, unlisted: BTreeMap<&'a str, u64>) -> Self {
        Self {
            source: &snapshot.source,
            operation: snapshot.operation.as_ref().map(|operation| operation.name.as_str()),
            records: snapshot.records,
            judged: snapshot.judged,
            expected: snapshot.expected,
            complete: match snapshot.wholeness {
                Wholeness::Complete => Some(true),
                Wholeness::Unprovable => None,
                Wholeness::Partial | Wholeness::NoEvidence => Some(false),
            },
            wholeness: snapshot.wholeness.name(),
            unlisted,
            tolerances: BTreeMap::new(),
            origin: snapshot.origin.as_deref().map(OriginText::new),
            pages: snapshot.pages.iter().map(PageText::new).collect(),
            problems: snapshot.flaws.iter().map(FlawText::new).collect(),
        }
    }
}

/// How many records violate a policy that tolerates some.
#[derive(Serialize)]
struct ToleranceText {
    least: u64,
    most: Option<u64>,
    within: Option<bool>,
}

impl ToleranceText {
    fn new(tolerance: &Tolerance) -> Self {
        Self { least: tolerance.least, most: tolerance.most, within: tolerance.is_within() }
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

/// A problem of evidence.
#[derive(Serialize)]
struct FlawText<'a> {
    #[serde(flatten)]
    problem: ProblemText<'a>,
    weight: &'static str,
}

impl<'a> FlawText<'a> {
    fn new(flaw: &'a Flaw) -> Self {
        Self { problem: ProblemText::new(&flaw.problem), weight: flaw.weight.name() }
    }
}

#[derive(Serialize)]
pub(super) struct ProblemText<'a> {
    level: &'static str,
    code: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    source: &'a str,
    line: Option<u64>,
    column: Option<u64>,
    offset: Option<u64>,
    length: Option<u64>,
}

impl<'a> ProblemText<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        let position = problem.place.position();
        let bytes = problem.place.bytes();
        Self {
            level: crate::output::level(problem.level),
            code: &problem.code,
            message: &problem.message,
            help: problem.help.as_deref(),
            source: problem.place.source(),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            offset: bytes.map(|(offset, _)| offset),
            length: bytes.map(|(_, length)| length),
        }
    }
}

#[derive(Serialize)]
struct PolicyText<'a> {
    id: &'a str,
    effect: &'static str,
    severity: &'static str,
    title: &'a str,
    operation: &'a str,
    rule: RuleText<'a>,
    condition: String,
    when_unknown: Option<&'static str>,
    at_most: Option<u64>,
    overridden: Option<OverriddenText<'a>>,
    replaced: &'a [String],
    why: Option<&'a str>,
    remediation: Option<&'a str>,
    references: &'a [String],
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
    fn new(policy: &'a Policy, counts: &PolicyCounts, condition: String) -> Self {
        let position = policy.location.position();
        Self {
            id: &policy.id,
            effect: policy.effect.name(),
            severity: policy.severity.name(),
            title: &policy.title,
            operation: &policy.operation.name,
            rule: RuleText::new(&policy.rule),
            condition,
            when_unknown: policy.when_unknown.map(WhenUnknown::name),
            at_most: policy.at_most,
            overridden: policy.overridden.as_ref().map(OverriddenText::new),
            replaced: &policy.replaced,
            why: policy.why.as_deref(),
            remediation: policy.remediation.as_deref(),
            references: &policy.references,
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

/// The rule of a policy as it stands in its file.
#[derive(Serialize)]
pub(super) struct RuleText<'a> {
    text: &'a str,
    #[serde(flatten)]
    place: PlaceText<'a>,
}

impl<'a> RuleText<'a> {
    pub(super) fn new(rule: &'a Location) -> Self {
        Self { text: rule.text(), place: PlaceText::new(rule) }
    }
}

/// What a policy says itself, where the project file says otherwise.
#[derive(Serialize)]
struct OverriddenText<'a> {
    effect: &'static str,
    severity: &'static str,
    reason: &'a str,
    source: &'a str,
    line: u64,
    column: u64,
}

impl<'a> OverriddenText<'a> {
    fn new(overridden: &'a Overridden) -> Self {
        let position = overridden.location.position();
        Self {
            effect: overridden.effect.name(),
            severity: overridden.severity.name(),
            reason: &overridden.reason,
            source: overridden.location.source.name(),
            line: position.line,
            column: position.column,
        }
    }
}
