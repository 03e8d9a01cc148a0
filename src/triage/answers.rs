//! What a report answers of one finding: from what judging kept, or as a saved report says it.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::engine::{Capture, Hit, Outcome};
use crate::json::Raw;
use crate::operation::FieldId;
use crate::policy::{Condition, Predicate};
use crate::text::{Position, hex};

use super::kept::Kept;
use super::message;
use super::report::{Evidence, Finding, Found, Identity, Meaning, RecordAt, Report};
use super::saved::SavedFinding;

/// Bytes of a hash that tell findings apart.
const FINGERPRINT_BYTES: usize = 16;

impl Report {
    /// Appends a finding's message: the policy's template filled from the record.
    pub fn message_into(&self, finding: &Finding, message: &mut String) {
        if let Some(told) = self.told(finding) {
            message.push_str(&told.message);
        } else if let Some(whole) = self.of_whole(finding) {
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
            self.bounds_into(finding, message);
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
        if let Some(told) = self.told(finding) {
            let position = told.evidence.first().map(|evidence| evidence.position);
            return (&told.record.source, position.unwrap_or(told.record.position));
        }
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
        let told = self.told(finding).map(|told| told.capture);
        told.or_else(|| Some(self.hit(finding)?.0.capture)).unwrap_or_default()
    }

    /// The waivers that match a finding, whether they hold or not, as indices into the policy set's.
    #[must_use]
    pub fn matching(&self, finding: &Finding) -> &[u32] {
        if let Some(told) = self.told(finding) {
            return &told.matching;
        }
        let matching = self
            .hit(finding)
            .and_then(|(kept, found, _)| kept.found.waivers.get(found.waivers.clone()));
        matching.unwrap_or_default()
    }

    /// The record of a finding.
    #[must_use]
    pub fn record(&self, finding: &Finding) -> Option<RecordAt> {
        if let Some(told) = self.told(finding) {
            return Some(told.record.clone());
        }
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
        if let Some(told) = self.told(finding) {
            evidence.clone_from(&told.evidence);
            return;
        }
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
        if let Some(told) = self.told(finding) {
            return told.meanings.clone();
        }
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
        if let Some(told) = self.told(finding) {
            return told.absent.iter().map(String::as_str).collect();
        }
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
        if let Some(told) = self.told(finding) {
            return told.identity.clone();
        }
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
        let policy = self.policy(finding);
        let operation = &policy.operation;
        let mut hash = Sha256::new();
        for part in [&policy.id, &operation.product, &operation.name] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        for value in self.identifying(finding) {
            hash.update(value.as_bytes());
            hash.update([0]);
        }
        let origin = self.evidence.get(self.capture(finding)).and_then(|one| one.origin.as_ref());
        for (name, value) in origin.into_iter().flat_map(|origin| origin.scope()) {
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
        // A snapshot is identified by where it lies.
        self.judges_whole(finding)
            || self.identifying(finding).iter().all(|value| !value.is_empty())
    }

    /// The values that identify the record of a finding, each as it identifies.
    fn identifying(&self, finding: &Finding) -> Vec<String> {
        let operation = &self.policy(finding).operation;
        let told = self.told(finding);
        let hit = self.hit(finding);
        let value = |field: &FieldId| {
            let described = operation.schema.field(*field);
            let raw = match told {
                Some(told) => {
                    let mut known = told.identity.iter();
                    known.find(|(name, _)| *name == described.name).and_then(|one| Raw::of(&one.1))
                }
                None => hit.and_then(|(kept, _, hit)| kept.raw(hit, *field)),
            };
            message::identifying(described, raw)
        };
        operation.identity.iter().map(value).collect()
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

    /// What a saved report says of a finding.
    pub(super) fn told(&self, finding: &Finding) -> Option<&SavedFinding> {
        match &self.found {
            Found::Judged(_) => None,
            Found::Saved(told) => told.findings.get(finding.index as usize),
        }
    }

    pub(super) fn hit(&self, finding: &Finding) -> Option<(&Kept, &crate::engine::Finding, &Hit)> {
        let kept = self.kept().get(finding.file as usize)?;
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
