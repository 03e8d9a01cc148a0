//! Findings as JSON, put into words one by one, however many there are.

use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::engine::Measured;
use crate::json::Number;
use crate::operation::{FieldId, Operation};
use crate::policy::{Bounds, Policy};
use crate::text::Location;
use crate::triage::{self, Evidence, Finding, Identity, Meaning, RecordAt, Report};

use super::waiver::WaiverText;

/// The findings, put into words one by one.
pub(super) struct Findings<'a>(pub(super) &'a Report);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.findings.len()))?;
        each(self.0, S::Error::custom, |text| list.serialize_element(text))?;
        list.end()
    }
}

/// Gives each finding in words, in order.
pub(super) fn each<E>(
    report: &Report,
    refuse: fn(serde_json::Error) -> E,
    mut give: impl FnMut(&FindingText<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let policies = &report.policies.policies;
    let fixed: Vec<Fixed> =
        policies.iter().map(Fixed::new).collect::<Result<_, _>>().map_err(refuse)?;
    let mut message = String::new();
    let mut evidence = Vec::new();
    for finding in &report.findings {
        let Some(fixed) = fixed.get(finding.policy as usize) else {
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
            meanings: report.meanings(finding),
        };
        give(&FindingText::new((report, finding), fixed, &words))?;
    }
    Ok(())
}

/// What is the same of every finding of a policy, as it is written.
struct Fixed {
    rule: Box<RawValue>,
    controls: Box<RawValue>,
}

impl Fixed {
    fn new(policy: &Policy) -> serde_json::Result<Self> {
        Ok(Self {
            rule: to_raw_value(&PlaceText::new(&policy.rule))?,
            controls: to_raw_value(&policy.controls)?,
        })
    }
}

/// What a report is asked for of one finding.
struct Words<'a> {
    message: &'a str,
    fingerprint: String,
    record: RecordAt,
    identity: Vec<Identity>,
    evidence: &'a [Evidence],
    meanings: Vec<Option<Meaning>>,
}

#[derive(Serialize)]
pub(super) struct FindingText<'a> {
    policy: &'a str,
    effect: &'static str,
    severity: &'static str,
    outcome: &'static str,
    disposition: &'static str,
    message: &'a str,
    fingerprint: &'a str,
    record: RecordText<'a>,
    evidence: List<'a>,
    absent: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aggregates: Vec<MeasuredText<'a>>,
    rule: &'a RawValue,
    waiver: Option<WaiverText<'a>>,
    matching: &'a [u32],
    remediation: Option<&'a str>,
    controls: &'a RawValue,
}

impl<'a> FindingText<'a> {
    fn new(
        (report, finding): (&'a Report, &Finding),
        fixed: &'a Fixed,
        words: &'a Words<'a>,
    ) -> Self {
        let policy = report.policy(finding);
        Self {
            policy: &policy.id,
            effect: policy.effect.name(),
            severity: policy.severity.name(),
            outcome: finding.outcome.name(),
            disposition: finding.disposition.name(),
            message: words.message,
            fingerprint: &words.fingerprint,
            record: RecordText {
                source: &words.record.source,
                pointer: &words.record.pointer,
                line: words.record.position.line,
                column: words.record.position.column,
                offset: words.record.offset,
                length: words.record.length,
                capture: report.capture(finding),
                identity: IdentityText::new(report, finding, &words.identity),
            },
            evidence: List(words.evidence, &words.meanings),
            absent: report.absent(finding),
            aggregates: report.measured(finding).iter().map(MeasuredText::new).collect(),
            rule: &fixed.rule,
            waiver: report.waiver(finding).map(WaiverText::new),
            matching: report.matching(finding),
            remediation: policy.remediation.as_deref(),
            controls: &fixed.controls,
        }
    }
}

/// An aggregate, and what it came to.
#[derive(Serialize)]
struct MeasuredText<'a> {
    aggregate: &'a str,
    low: Option<Box<RawValue>>,
    high: Option<Box<RawValue>>,
}

impl<'a> MeasuredText<'a> {
    fn new(measured: &'a Measured) -> Self {
        let end = |number: Option<Number>| RawValue::from_string(number?.to_string()).ok();
        let Bounds { low, high } = measured.bounds;
        Self { aggregate: &measured.aggregate, low: end(low), high: end(high) }
    }
}

#[derive(Serialize)]
struct RecordText<'a> {
    source: &'a str,
    pointer: &'a str,
    line: u64,
    column: u64,
    offset: u64,
    length: u64,
    capture: usize,
    identity: IdentityText<'a>,
}

/// Every field that identifies a record, with its value as it stands, or null where it has none; then
/// the account and the region, where they are known.
pub(super) struct IdentityText<'a> {
    operation: &'a Operation,
    fields: &'a [FieldId],
    known: &'a [Identity],
}

impl<'a> IdentityText<'a> {
    pub(super) fn new(report: &'a Report, finding: &Finding, known: &'a [Identity]) -> Self {
        let operation = &report.policy(finding).operation;
        Self { operation, fields: report.identity_fields(finding), known }
    }
}

impl Serialize for IdentityText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let operation = self.operation;
        let mut map = serializer.serialize_map(None)?;
        for field in self.fields {
            let name = &operation.schema.field(*field).name;
            let value = self.known.iter().find(|(known, _)| known == name);
            map.serialize_entry(name, &value.and_then(|(_, value)| raw(value)))?;
        }
        let is_field = |name: &str| {
            operation.identity.iter().any(|field| operation.schema.field(*field).name == name)
        };
        for (name, value) in self.known.iter().filter(|(name, _)| !is_field(name)) {
            map.serialize_entry(name, &raw(value))?;
        }
        map.end()
    }
}

struct List<'a>(&'a [Evidence], &'a [Option<Meaning>]);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let meanings = self.1.iter().map(Option::as_ref);
        serializer.collect_seq(
            self.0.iter().zip(meanings).map(|(one, meaning)| EvidenceText::new(one, meaning)),
        )
    }
}

#[derive(Serialize)]
struct EvidenceText<'a> {
    field: &'a str,
    value: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<bool>,
    pointer: &'a str,
    line: u64,
    column: u64,
    offset: u64,
    length: u64,
}

impl<'a> EvidenceText<'a> {
    fn new(evidence: &'a Evidence, meaning: Option<&'a Meaning>) -> Self {
        Self {
            field: &evidence.field,
            value: raw(&evidence.value),
            read: evidence.read.as_deref().and_then(raw),
            meaning: meaning.map(|meaning| meaning.words.as_str()),
            unknown: meaning.map(|meaning| meaning.is_unknown),
            pointer: &evidence.pointer,
            line: evidence.position.line,
            column: evidence.position.column,
            offset: evidence.offset,
            length: evidence.length,
        }
    }
}

/// A value as it stands.
pub(super) fn raw(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text).ok()
}

#[derive(Serialize)]
pub(super) struct PlaceText<'a> {
    source: &'a str,
    line: u64,
    column: u64,
    offset: u64,
    length: u64,
}

impl<'a> PlaceText<'a> {
    pub(super) fn new(rule: &'a Location) -> Self {
        let position = rule.position();
        Self {
            source: rule.source.name(),
            line: position.line,
            column: position.column,
            offset: rule.offset() as u64,
            length: rule.span.len() as u64,
        }
    }
}

/// A finding of the baseline that is gone.
#[derive(Serialize)]
pub(super) struct FixedText<'a> {
    policy: &'a str,
    fingerprint: &'a str,
    identity: Members<'a>,
}

impl<'a> FixedText<'a> {
    pub(super) fn new(fixed: &'a triage::Fixed) -> Self {
        let identity = Members(&fixed.identity);
        Self { policy: &fixed.policy, fingerprint: &fixed.fingerprint, identity }
    }
}

/// Names, and their values as they stood.
struct Members<'a>(&'a [Identity]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, raw(value))))
    }
}
