//! The `json` format: everything that the run knows, for programs, by a published schema. Findings are
//! written as they come, however many there are.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::engine::Outcome;
use crate::policy::Policy;
use crate::snapshot::{Page, Snapshot, Wholeness};
use crate::text::{Level, Location, Problem};
use crate::triage::{Evidence, Finding, Identity, PolicyCounts, RecordAt, Report};

use super::json_text::JsonText;
use super::{Entry, Hashes, Reader, Style};

pub(super) const ENTRY: Entry = Entry {
    name: "json",
    about: "Everything, for programs; `portcullis schema` prints its JSON Schema",
    reader: Reader::Machine,
    hashes: Hashes::Shown,
    max_findings: None,
    render,
    problems,
};

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

fn render(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let counted = report.policies.policies.iter().zip(&report.counts);
    let summary = &report.summary;
    write(
        out,
        &Document {
            schema: "portcullis.report/v1",
            tool: Tool {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
            },
            verdict: report.verdict.name(),
            exit_code: report.verdict.exit_code(),
            summary: SummaryText {
                policies: summary.policies,
                records: summary.records,
                deny: summary.deny,
                alert: summary.alert,
                inconclusive: summary.inconclusive,
                waived: summary.waived,
                known: summary.known,
            },
            loosened: report
                .loosened
                .iter()
                .map(|loosening| loosening.name())
                .collect(),
            evidence: report.evidence.iter().map(SnapshotText::new).collect(),
            policies: counted
                .map(|(policy, counts)| PolicyText::new(policy, counts))
                .collect(),
            findings: Findings(report),
        },
    )
}

fn problems(problems: &[Problem], _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let has_error = problems.iter().any(|problem| problem.level == Level::Error);
    write(
        out,
        &Failure {
            schema: "portcullis.error/v1",
            exit_code: if has_error { 2 } else { 0 },
            problems: problems.iter().map(ProblemText::new).collect(),
        },
    )
}

fn write(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    document.serialize(&mut serde_json::Serializer::with_formatter(
        &mut out,
        JsonText::default(),
    ))?;
    out.write_all(b"\n")?;
    out.flush()
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    verdict: &'static str,
    exit_code: u8,
    summary: SummaryText,
    loosened: Vec<&'static str>,
    evidence: Vec<SnapshotText<'a>>,
    policies: Vec<PolicyText<'a>>,
    findings: Findings<'a>,
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
}

#[derive(Serialize)]
struct SnapshotText<'a> {
    source: &'a str,
    operation: Option<&'a str>,
    records: u64,
    expected: Option<u64>,
    complete: Option<bool>,
    pages: Vec<PageText<'a>>,
    problems: Vec<FlawText<'a>>,
}

impl<'a> SnapshotText<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            source: &snapshot.source,
            operation: snapshot
                .operation
                .as_ref()
                .map(|operation| operation.name.as_str()),
            records: snapshot.records,
            expected: snapshot.expected,
            complete: match snapshot.wholeness {
                Wholeness::Complete => Some(true),
                Wholeness::Unprovable => None,
                Wholeness::Partial | Wholeness::NoEvidence => Some(false),
            },
            pages: snapshot.pages.iter().map(PageText::new).collect(),
            problems: snapshot
                .flaws
                .iter()
                .map(|flaw| FlawText::new(&flaw.problem))
                .collect(),
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
        Self {
            source: &page.source,
            records: page.records,
            sha256: page.sha256.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct FlawText<'a> {
    code: &'a str,
    message: &'a str,
    source: &'a str,
    line: Option<u64>,
    column: Option<u64>,
}

impl<'a> FlawText<'a> {
    fn new(problem: &'a Problem) -> Self {
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
struct Failure<'a> {
    schema: &'static str,
    exit_code: u8,
    problems: Vec<ProblemText<'a>>,
}

#[derive(Serialize)]
struct ProblemText<'a> {
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
    fn new(problem: &'a Problem) -> Self {
        let position = problem.place.position();
        let bytes = problem.place.bytes();
        Self {
            level: super::level(problem.level),
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

/// The findings, put into words one by one.
struct Findings<'a>(&'a Report);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let policies = &report.policies.policies;
        let rules: Vec<RuleText<'_>> = policies.iter().map(|p| RuleText::new(&p.rule)).collect();
        let mut message = String::new();
        let mut evidence = Vec::new();
        let mut list = serializer.serialize_seq(Some(report.findings.len()))?;
        for finding in &report.findings {
            let Some(rule) = rules.get(finding.policy as usize) else {
                continue;
            };
            message.clear();
            report.message_into(finding, &mut message);
            report.evidence_into(finding, &mut evidence);
            let words = Words {
                message: &message,
                fingerprint: report.fingerprint(finding),
                record: report.record(finding).unwrap_or_default(),
                identity: report.identity(finding),
                evidence: &evidence,
            };
            list.serialize_element(&FindingText::new((report, finding), rule, &words))?;
        }
        list.end()
    }
}

/// What a report is asked for of one finding.
struct Words<'a> {
    message: &'a str,
    fingerprint: String,
    record: RecordAt,
    identity: Vec<Identity>,
    evidence: &'a [Evidence],
}

#[derive(Serialize)]
struct FindingText<'a> {
    policy: &'a str,
    effect: &'static str,
    severity: &'static str,
    outcome: &'static str,
    disposition: &'static str,
    message: &'a str,
    fingerprint: &'a str,
    record: RecordText<'a>,
    evidence: List<'a>,
    rule: &'a RuleText<'a>,
    waiver: Option<&'a str>,
    remediation: Option<&'a str>,
    controls: &'a BTreeMap<String, Vec<String>>,
}

impl<'a> FindingText<'a> {
    fn new(
        (report, finding): (&'a Report, &Finding),
        rule: &'a RuleText<'a>,
        words: &'a Words<'a>,
    ) -> Self {
        let policy = report.policy(finding);
        Self {
            policy: &policy.id,
            effect: policy.effect.name(),
            severity: policy.severity.name(),
            outcome: match finding.outcome {
                Outcome::Fail => "fail",
                Outcome::Inconclusive => "inconclusive",
            },
            disposition: finding.disposition.name(),
            message: words.message,
            fingerprint: &words.fingerprint,
            record: RecordText {
                source: &words.record.source,
                pointer: &words.record.pointer,
                line: words.record.position.line,
                column: words.record.position.column,
                identity: IdentityText {
                    policy,
                    known: &words.identity,
                },
            },
            evidence: List(words.evidence),
            rule,
            waiver: None,
            remediation: policy.remediation.as_deref(),
            controls: &policy.controls,
        }
    }
}

#[derive(Serialize)]
struct RecordText<'a> {
    source: &'a str,
    pointer: &'a str,
    line: u64,
    column: u64,
    identity: IdentityText<'a>,
}

/// Every field that identifies a record, with its value as it stands, or null where it has none.
struct IdentityText<'a> {
    policy: &'a Policy,
    known: &'a [Identity],
}

impl Serialize for IdentityText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let operation = &self.policy.operation;
        let mut map = serializer.serialize_map(Some(operation.identity.len()))?;
        for field in &operation.identity {
            let name = &operation.schema.field(*field).name;
            let value = self.known.iter().find(|(known, _)| known == name);
            map.serialize_entry(name, &value.and_then(|(_, value)| raw(value)))?;
        }
        map.end()
    }
}

struct List<'a>(&'a [Evidence]);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(EvidenceText::new))
    }
}

#[derive(Serialize)]
struct EvidenceText<'a> {
    field: &'a str,
    value: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<&'a RawValue>,
    pointer: &'a str,
    line: u64,
    column: u64,
    offset: u64,
    length: u64,
}

impl<'a> EvidenceText<'a> {
    fn new(evidence: &'a Evidence) -> Self {
        Self {
            field: &evidence.field,
            value: raw(&evidence.value),
            read: evidence.read.as_deref().and_then(raw),
            pointer: &evidence.pointer,
            line: evidence.position.line,
            column: evidence.position.column,
            offset: evidence.offset,
            length: evidence.length,
        }
    }
}

/// A value as it stands.
fn raw(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text).ok()
}

#[derive(Serialize)]
struct RuleText<'a> {
    source: &'a str,
    line: u64,
    column: u64,
    offset: u64,
    length: u64,
}

impl<'a> RuleText<'a> {
    fn new(rule: &'a Location) -> Self {
        let position = rule.position();
        Self {
            source: rule.source.name(),
            line: position.line,
            column: position.column,
            offset: rule.span.start as u64,
            length: rule.span.len() as u64,
        }
    }
}
