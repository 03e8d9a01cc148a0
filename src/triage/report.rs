//! A `Report` is the finished result of a run. Every format renders it; none can evaluate, filter, or
//! change its exit code.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::engine::{Capture, Findings, Hit, Outcome};
use crate::operation::{Effect, Field, Operation};
use crate::policy::{Policy, PolicySet};
use crate::snapshot::Snapshot;
use crate::text::Position;

use super::message;

/// What the run proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every policy judged every record of whole evidence, and nothing is open at or above `--fail-on`.
    Clean,
    /// At least one open finding at or above `--fail-on`.
    Violations,
    /// No violation, but evidence is missing or does not say.
    InsufficientEvidence,
}

impl Verdict {
    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Violations => "violations",
            Self::InsufficientEvidence => "insufficient_evidence",
        }
    }

    /// The process's exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Violations => 1,
            Self::InsufficientEvidence => 3,
        }
    }
}

/// The least effect that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Policies that deny.
    Deny,
    /// Policies that deny or alert.
    Alert,
    /// No policy; evidence must still be whole.
    Never,
}

impl FailOn {
    /// Whether a policy of this effect decides.
    #[must_use]
    pub fn counts(self, effect: Effect) -> bool {
        match self {
            Self::Deny => effect == Effect::Deny,
            Self::Alert => true,
            Self::Never => false,
        }
    }
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// It stands.
    Open,
    /// It is accepted for a time, with a reason.
    Waived,
    /// It was there when the baseline was taken.
    Known,
}

impl Disposition {
    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waived => "waived",
            Self::Known => "known",
        }
    }
}

/// A way in which the run was told to accept less; shows in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loosening {
    /// Completeness that is not provable was accepted.
    AssumeComplete,
    /// Evidence that is known to be partial was accepted.
    AllowPartial,
    /// Inconclusive outcomes are listed only.
    InconclusiveReport,
    /// Inconclusive outcomes are counted only.
    InconclusivePass,
    /// No policy fails the run.
    FailOnNever,
}

impl Loosening {
    /// The flag that did it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AssumeComplete => "--assume-complete",
            Self::AllowPartial => "--allow-partial",
            Self::InconclusiveReport => "--inconclusive=report",
            Self::InconclusivePass => "--inconclusive=pass",
            Self::FailOnNever => "--fail-on=never",
        }
    }
}

/// Counts over the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Policies loaded.
    pub policies: u64,
    /// Records distinct by identity.
    pub records: u64,
    /// Open failures of policies that deny.
    pub deny: u64,
    /// Open failures of policies that alert.
    pub alert: u64,
    /// Open inconclusive findings.
    pub inconclusive: u64,
    /// Findings that are waived.
    pub waived: u64,
    /// Findings that the baseline knows.
    pub known: u64,
}

/// Counts of one policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyCounts {
    /// Records that it was evaluated on, whatever came out.
    pub judged: u64,
    /// Records that violate it.
    pub failed: u64,
    /// Records of which it could not be known, counted-only ones too.
    pub inconclusive: u64,
}

/// One finding; its texts are asked of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Index into the policy set.
    pub policy: u32,
    /// Index of the file's findings.
    pub(super) file: u32,
    /// Index within the file's findings.
    pub(super) index: u32,
    /// What came out.
    pub outcome: Outcome,
    /// What became of it.
    pub disposition: Disposition,
}

/// What a file's judgement kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) source: Arc<str>,
    pub(super) operation: Arc<Operation>,
    /// Pointer of each page's records list.
    pub(super) lists: Vec<Option<String>>,
    pub(super) found: Findings,
}

/// The finished result of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was proven.
    pub verdict: Verdict,
    /// Counts.
    pub summary: Summary,
    /// What was read, in order.
    pub evidence: Vec<Snapshot>,
    /// The policies, in order.
    pub policies: PolicySet,
    /// Counts of each policy, in the same order.
    pub counts: Vec<PolicyCounts>,
    /// In the order of the evidence, and within a record of the policies.
    pub findings: Vec<Finding>,
    /// How the run was told to accept less.
    pub loosened: Vec<Loosening>,
    pub(super) kept: Vec<Kept>,
}

/// Where a finding's record lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordAt {
    /// The file.
    pub source: Arc<str>,
    /// JSON pointer within its document.
    pub pointer: String,
    /// Line and column of its `{`.
    pub position: Position,
    /// Bytes of the file before its `{`.
    pub offset: u64,
    /// Bytes from `{` to `}`.
    pub length: u64,
}

/// One member that decided a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The member's name.
    pub field: String,
    /// Its JSON text as it stands.
    pub value: String,
    /// JSON text of what it was read as, where that differs.
    pub read: Option<String>,
    /// What a person would call the value, where that says more: a code's label, a list's names.
    pub label: Option<String>,
    /// JSON pointer within its document.
    pub pointer: String,
    /// Line and column of its first byte.
    pub position: Position,
    /// Bytes of the file before it.
    pub offset: u64,
    /// Bytes covered.
    pub length: u64,
}

/// One field that identifies a record: its name, and its JSON text as it stands.
pub type Identity = (String, String);

impl Report {
    /// The policy of a finding.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "findings are made with the index of a policy of the set"
    )]
    pub fn policy(&self, finding: &Finding) -> &Policy {
        &self.policies.policies[finding.policy as usize]
    }

    /// Appends a finding's message: the policy's template filled from the record.
    pub fn message_into(&self, finding: &Finding, message: &mut String) {
        if let Some((kept, _, hit)) = self.hit(finding) {
            let captures = kept
                .found
                .captures
                .get(hit.captures.clone())
                .unwrap_or_default();
            let schema = &kept.operation.schema;
            message::fill(
                &self.policy(finding).message,
                schema,
                &message::Values {
                    captures,
                    text: &kept.found.text,
                },
                message,
            );
        }
    }

    /// A finding's message.
    #[must_use]
    pub fn message(&self, finding: &Finding) -> String {
        let mut message = String::new();
        self.message_into(finding, &mut message);
        message
    }

    /// The file of a finding, and the line and column of its first deciding value, or of its record.
    #[must_use]
    pub fn place(&self, finding: &Finding) -> (&str, Position) {
        let Some((kept, found, hit)) = self.hit(finding) else {
            return ("", Position::START);
        };
        let first = kept
            .found
            .evidence
            .get(found.evidence.clone())
            .and_then(<[u8]>::first);
        let capture = first.and_then(|index| {
            kept.found
                .captures
                .get(hit.captures.start + usize::from(*index))
        });
        (
            &kept.source,
            capture.map_or(hit.place.position, |capture| capture.position),
        )
    }

    /// The record of a finding.
    #[must_use]
    pub fn record(&self, finding: &Finding) -> Option<RecordAt> {
        let (kept, _, hit) = self.hit(finding)?;
        Some(RecordAt {
            source: Arc::clone(&kept.source),
            pointer: kept.pointer(hit),
            position: hit.place.position,
            offset: hit.place.offset,
            length: hit.length as u64,
        })
    }

    /// The record's text, from `{` to `}`, for the first few findings of each policy.
    #[must_use]
    pub fn excerpt(&self, finding: &Finding) -> Option<&str> {
        let (kept, _, hit) = self.hit(finding)?;
        kept.found.excerpts.get(hit.excerpt?).map(String::as_str)
    }

    /// The values that decided a finding, in the order of the rule.
    #[must_use]
    pub fn evidence(&self, finding: &Finding) -> Vec<Evidence> {
        let Some((kept, found, hit)) = self.hit(finding) else {
            return Vec::new();
        };
        let pointer = kept.pointer(hit);
        let evidence = |index: &u8| {
            let capture = kept
                .found
                .captures
                .get(hit.captures.start + usize::from(*index))?;
            let field = kept.operation.schema.field(capture.field);
            let value = kept.found.text.get(capture.text.clone())?;
            Some(kept.evidence(hit, capture, (field, value, &pointer)))
        };
        let indices = kept
            .found
            .evidence
            .get(found.evidence.clone())
            .unwrap_or_default();
        indices.iter().filter_map(evidence).collect()
    }

    /// What identifies the record of a finding; an absent field is left out.
    #[must_use]
    pub fn identity(&self, finding: &Finding) -> Vec<Identity> {
        let Some((kept, _, hit)) = self.hit(finding) else {
            return Vec::new();
        };
        let identity = |field: &crate::operation::FieldId| {
            let value = kept.value(hit, *field)?;
            Some((
                kept.operation.schema.field(*field).name.clone(),
                value.to_owned(),
            ))
        };
        kept.operation
            .identity
            .iter()
            .filter_map(identity)
            .collect()
    }

    /// A finding's fingerprint: policy, operation and the record's identity, hashed; never lines, times,
    /// traffic or counts.
    #[must_use]
    pub fn fingerprint(&self, finding: &Finding) -> String {
        let Some((kept, _, hit)) = self.hit(finding) else {
            return String::new();
        };
        let mut hash = Sha256::new();
        for part in [
            &self.policy(finding).id,
            &kept.operation.product,
            &kept.operation.name,
        ] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        for field in &kept.operation.identity {
            let described = kept.operation.schema.field(*field);
            hash.update(message::identifying(described, kept.raw(hit, *field)).as_bytes());
            hash.update([0]);
        }
        hash.finalize()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn hit(&self, finding: &Finding) -> Option<(&Kept, &crate::engine::Finding, &Hit)> {
        let kept = self.kept.get(finding.file as usize)?;
        let found = kept.found.findings.get(finding.index as usize)?;
        Some((kept, found, kept.found.hits.get(found.hit)?))
    }
}

impl Kept {
    fn pointer(&self, hit: &Hit) -> String {
        match self.lists.get(hit.place.page).and_then(Option::as_ref) {
            Some(list) => format!("{list}/{}", hit.place.index),
            None => String::new(),
        }
    }

    fn raw(&self, hit: &Hit, field: crate::operation::FieldId) -> Option<crate::json::Raw<'_>> {
        let captures = self.found.captures.get(hit.captures.clone())?;
        let capture = captures.iter().find(|capture| capture.field == field)?;
        Some(crate::json::Raw {
            text: self.found.text.get(capture.text.clone())?,
            kind: capture.kind,
        })
    }

    fn value(&self, hit: &Hit, field: crate::operation::FieldId) -> Option<&str> {
        self.raw(hit, field).map(|raw| raw.text)
    }

    fn evidence(
        &self,
        hit: &Hit,
        capture: &Capture,
        (field, value, record): (&Field, &str, &str),
    ) -> Evidence {
        let raw = crate::json::Raw {
            text: value,
            kind: capture.kind,
        };
        Evidence {
            field: field.name.clone(),
            value: value.to_owned(),
            read: message::read_as(field, raw),
            label: message::label(field, raw),
            pointer: format!(
                "{record}/{}",
                field.name.replace('~', "~0").replace('/', "~1")
            ),
            position: capture.position,
            offset: hit.place.offset + capture.start as u64,
            length: value.len() as u64,
        }
    }
}
