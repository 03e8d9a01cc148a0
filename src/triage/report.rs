//! A `Report` is the finished result of a run. Every format renders it; none can evaluate, filter, or
//! change its exit code.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::engine::{Capture, Hit, Outcome};
use crate::operation::FieldId;
use crate::policy::{self, Condition, Policy, PolicySet, Predicate, Waiver, WhenUnknown};
use crate::snapshot::Snapshot;
use crate::text::{Position, hex};

use super::baseline::Fixed;
use super::finish::Terms;
use super::kept::Kept;
use super::message;
use super::register::ApprovalUse;
use super::trend::Moment;
use super::verdict::{Disposition, Loosening, PolicyCounts, Summary, Verdict};
use super::view::View;
use super::waiving::WaiverUse;

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
    /// Index of the waiver in the policy set, where it is waived.
    pub waiver: Option<u32>,
}

/// Bytes of a hash that tell findings apart.
const FINGERPRINT_BYTES: usize = 16;

/// The finished result of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// When it was made, for the formats that must say so.
    pub time: jiff::Timestamp,
    /// What the run accepted.
    pub terms: Terms,
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
    /// What became of each waiver, in the order of the set's.
    pub waivers: Vec<WaiverUse>,
    /// What became of each approval, in the order of the set's.
    pub approvals: Vec<ApprovalUse>,
    /// What the baseline had and is gone, in its order.
    pub fixed: Vec<Fixed>,
    /// What earlier reports said, the oldest first.
    pub history: Vec<Moment>,
    /// How the run was told to accept less.
    pub loosened: Vec<Loosening>,
    /// What it is narrowed to, where it shows less than was found.
    pub view: Option<View>,
    pub(super) kept: Vec<Kept>,
}

/// Where a finding's record lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The member's name.
    pub field: String,
    /// Its JSON text as it stands.
    pub value: String,
    /// JSON text of what it was read as, where that differs.
    pub read: Option<String>,
    /// JSON pointer within its document.
    pub pointer: String,
    /// Line and column of its first byte.
    pub position: Position,
    /// Bytes of the file before it.
    pub offset: u64,
    /// Bytes covered.
    pub length: u64,
}

/// What a person would say of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// A code's label, or why the value says nothing.
    pub words: String,
    /// Whether the value says nothing.
    pub is_unknown: bool,
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

    /// The waiver of a finding that is waived.
    #[must_use]
    pub fn waiver(&self, finding: &Finding) -> Option<&Waiver> {
        self.policies.waivers.get(finding.waiver? as usize)
    }

    /// Whether there is evidence of the operation that a policy judges.
    #[must_use]
    pub fn has_evidence_for(&self, policy: &Policy) -> bool {
        self.evidence.iter().any(|snapshot| snapshot.is_of(&policy.operation))
    }

    /// Appends a finding's message: the policy's template filled from the record.
    pub fn message_into(&self, finding: &Finding, message: &mut String) {
        if let Some(whole) = self.of_whole(finding) {
            message.push_str(&whole.message);
        } else if let Some((kept, _, hit)) = self.hit(finding) {
            let captures = kept.found.captures.get(hit.captures.clone()).unwrap_or_default();
            let schema = &kept.operation.schema;
            message::fill(
                &self.policy(finding).message,
                schema,
                &message::Values { captures, text: &kept.found.text },
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
        let first = kept.found.evidence.get(found.evidence.clone()).and_then(<[u8]>::first);
        let capture = first
            .and_then(|index| kept.found.captures.get(hit.captures.start + usize::from(*index)));
        (kept.source_of(hit), capture.map_or(hit.place.position, |capture| capture.position))
    }

    /// The snapshot of a finding, as an index into the evidence.
    #[must_use]
    pub fn capture(&self, finding: &Finding) -> usize {
        self.hit(finding).map_or(0, |(kept, _, _)| kept.capture)
    }

    /// The waivers that match a finding, whether they hold or not, as indices into the policy set's.
    #[must_use]
    pub fn matching(&self, finding: &Finding) -> &[u32] {
        let matching = self
            .hit(finding)
            .and_then(|(kept, found, _)| kept.found.waivers.get(found.waivers.clone()));
        matching.unwrap_or_default()
    }

    /// Of each snapshot, by the index of the policy, how many inconclusive outcomes are counted only.
    #[must_use]
    pub fn unlisted(&self) -> Vec<BTreeMap<usize, u64>> {
        let mut unlisted = vec![BTreeMap::new(); self.evidence.len()];
        for kept in &self.kept {
            let found = kept.found.findings.iter();
            for found in found.filter(|found| found.outcome == Outcome::Inconclusive) {
                let policy = self.policies.policies.get(found.policy);
                let choice = policy.and_then(|policy| policy.when_unknown);
                if choice.unwrap_or(self.terms.when_unknown) == WhenUnknown::Pass
                    && let Some(counts) = unlisted.get_mut(kept.capture)
                {
                    *counts.entry(found.policy).or_default() += 1;
                }
            }
        }
        unlisted
    }

    /// When each policy is violated, in words: what its rule says once sets and parameters are put in.
    #[must_use]
    pub fn conditions(&self) -> Vec<String> {
        self.policies.policies.iter().map(policy::condition_in_words).collect()
    }

    /// The record of a finding.
    #[must_use]
    pub fn record(&self, finding: &Finding) -> Option<RecordAt> {
        let (kept, _, hit) = self.hit(finding)?;
        let mut pointer = String::new();
        match self.of_whole(finding) {
            Some(whole) => pointer.push_str(&whole.pointer),
            None => kept.pointer_into(hit, &mut pointer),
        }
        Some(RecordAt {
            source: Arc::clone(kept.source_of(hit)),
            pointer,
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
        let mut evidence = Vec::new();
        self.evidence_into(finding, &mut evidence);
        evidence
    }

    /// The same in place of other values, whose room is used again.
    pub fn evidence_into(&self, finding: &Finding, evidence: &mut Vec<Evidence>) {
        let mut count = 0;
        for (kept, hit, capture) in self.deciding(finding) {
            if count == evidence.len() {
                evidence.push(Evidence::default());
            }
            if let Some(evidence) = evidence.get_mut(count) {
                kept.describe(hit, capture, evidence);
            }
            count += 1;
        }
        evidence.truncate(count);
    }

    /// What each of the values that decided a finding means, where that says more than the value.
    #[must_use]
    pub fn meanings(&self, finding: &Finding) -> Vec<Option<Meaning>> {
        let condition = &self.policy(finding).condition;
        let meaning = |(kept, _, capture): (&Kept, &Hit, &Capture)| {
            let field = kept.operation.schema.field(capture.field);
            let meaning = message::meaning(field, kept.raw_of(capture))?;
            // A list that has what is asked for says enough, whatever else it may hold.
            let holds = |name: &str| asks_for(condition, capture.field, &field.compared(name));
            match meaning {
                message::Known::Words(words) => Some(Meaning { words, is_unknown: false }),
                message::Known::Nothing(words) => Some(Meaning { words, is_unknown: true }),
                message::Known::Not(words, names) => (finding.outcome == Outcome::Inconclusive
                    && !names.iter().any(|name| holds(name)))
                .then_some(Meaning { words, is_unknown: true }),
            }
        };
        self.deciding(finding).map(meaning).collect()
    }

    /// Names of the members that decided a finding by not being in its record.
    #[must_use]
    pub fn absent(&self, finding: &Finding) -> Vec<&str> {
        let Some((kept, found, _)) = self.hit(finding) else {
            return Vec::new();
        };
        let absent = kept.found.absent.get(found.absent.clone());
        let name = |field: &FieldId| kept.operation.schema.field(*field).name.as_str();
        absent.unwrap_or_default().iter().map(name).collect()
    }

    /// What identifies the record of a finding: its fields, an absent one left out, and the `account` and
    /// `region` that it lies in, where they are known.
    #[must_use]
    pub fn identity(&self, finding: &Finding) -> Vec<Identity> {
        let Some((kept, _, hit)) = self.hit(finding) else {
            return Vec::new();
        };
        let identity = |field: &FieldId| {
            let value = kept.value(hit, *field)?;
            Some((kept.operation.schema.field(*field).name.clone(), value.to_owned()))
        };
        let scope = kept
            .scope()
            .map(|(name, value)| (name.to_owned(), serde_json::Value::from(value).to_string()));
        kept.operation.identity.iter().filter_map(identity).chain(scope).collect()
    }

    /// A finding's fingerprint: policy, operation, the record's identity, and account and region where
    /// they are known, hashed; never lines, times, traffic or counts.
    #[must_use]
    pub fn fingerprint(&self, finding: &Finding) -> String {
        let Some((kept, _, hit)) = self.hit(finding) else {
            return String::new();
        };
        let mut hash = Sha256::new();
        for part in [&self.policy(finding).id, &kept.operation.product, &kept.operation.name] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        for field in &kept.operation.identity {
            let described = kept.operation.schema.field(*field);
            hash.update(message::identifying(described, kept.raw(hit, *field)).as_bytes());
            hash.update([0]);
        }
        for (name, value) in kept.scope() {
            for part in [name, "=", value, "\0"] {
                hash.update(part.as_bytes());
            }
        }
        hex(hash.finalize().get(..FINGERPRINT_BYTES).unwrap_or_default())
    }

    /// Whether every field that identifies the record of a finding has a value: another record without
    /// would have the same fingerprint.
    #[must_use]
    pub fn is_identified(&self, finding: &Finding) -> bool {
        let Some((kept, _, hit)) = self.hit(finding) else {
            return false;
        };
        // A snapshot is identified by where it lies.
        self.policy(finding).judges_whole()
            || kept.operation.identity.iter().all(|field| {
                let described = kept.operation.schema.field(*field);
                !message::identifying(described, kept.raw(hit, *field)).is_empty()
            })
    }

    /// Every outcome that is no pass, those that are only counted too.
    pub(super) fn everything_found(&self) -> impl Iterator<Item = Finding> {
        (0..).zip(&self.kept).flat_map(|(file, kept)| {
            let found = (0..).zip(&kept.found.findings);
            found.filter_map(move |(index, found)| {
                let policy = u32::try_from(found.policy).ok()?;
                let (outcome, disposition) = (found.outcome, Disposition::Open);
                Some(Finding { policy, file, index, outcome, disposition, waiver: None })
            })
        })
    }

    fn deciding(&self, finding: &Finding) -> impl Iterator<Item = (&Kept, &Hit, &Capture)> {
        let hit = self.hit(finding);
        hit.into_iter().flat_map(|(kept, found, hit)| {
            let indices = kept.found.evidence.get(found.evidence.clone());
            indices.unwrap_or_default().iter().filter_map(move |index| {
                let index = hit.captures.start + usize::from(*index);
                Some((kept, hit, kept.found.captures.get(index)?))
            })
        })
    }

    pub(super) fn hit(&self, finding: &Finding) -> Option<(&Kept, &crate::engine::Finding, &Hit)> {
        let kept = self.kept.get(finding.file as usize)?;
        let found = kept.found.findings.get(finding.index as usize)?;
        Some((kept, found, kept.found.hits.get(found.hit)?))
    }
}

/// Whether a condition asks a list for this member.
fn asks_for(condition: &Condition, list: FieldId, name: &str) -> bool {
    let mut asks = false;
    condition.each_test(&mut |test| {
        if let Predicate::Member(field, members) = &test.predicate {
            asks |= *field == list && members.contains(name);
        }
    });
    asks
}
