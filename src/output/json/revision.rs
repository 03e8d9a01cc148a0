//! What a change of policies does as the members of a JSON document, in the order of its schema.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::analysis::{Approved, Doubt};
use crate::engine::Outcome;
use crate::policy::{Approval, Policy, WhenUnknown};
use crate::triage::{
    ApprovalChange, ConditionChange, Counterexample, FindingShift, PartChange, PolicyChange,
    Revision, Seen, Weighs,
};

use super::difference::{NoteText, finding};
use super::document::{RuleText, SnapshotText};

#[derive(Serialize)]
pub(super) struct RevisionText<'a> {
    schema: &'static str,
    exit_code: u8,
    loosened: Vec<&'static str>,
    notes: Vec<NoteText<'a>>,
    policies: Vec<ChangeText<'a>>,
    approvals: Vec<ApprovalText<'a>>,
    evidence: Option<Vec<SnapshotText<'a>>>,
    findings: Option<FindingsText<'a>>,
}

impl<'a> RevisionText<'a> {
    pub(super) fn new(revision: &'a Revision) -> Self {
        let approvals = revision.approvals.iter();
        Self {
            schema: "portcullis.policy-diff/v1",
            exit_code: revision.verdict.exit_code(),
            loosened: revision.loosened.iter().map(|flag| flag.name()).collect(),
            notes: revision.notes.iter().map(NoteText::new).collect(),
            policies: revision
                .policies
                .iter()
                .map(|change| ChangeText::new(revision, change))
                .collect(),
            approvals: approvals.filter_map(|change| ApprovalText::new(revision, change)).collect(),
            evidence: revision.new.report.as_ref().map(SnapshotText::all),
            findings: revision.findings.as_ref().map(|_| FindingsText(revision)),
        }
    }
}

#[derive(Serialize)]
struct ChangeText<'a> {
    id: &'a str,
    change: &'static str,
    tendency: &'static str,
    lets_through: Option<bool>,
    passing: Option<ExampleText>,
    covered_by: Option<&'a str>,
    old: Option<PolicyText<'a>>,
    new: Option<PolicyText<'a>>,
    condition: Option<ConditionText>,
    parts: Vec<PartText<'a>>,
}

impl<'a> ChangeText<'a> {
    fn new(revision: &'a Revision, change: &'a PolicyChange) -> Self {
        Self {
            id: revision.policy(change).map_or("", |policy| &policy.id),
            change: change.fate.name(),
            tendency: change.tendency().name(),
            lets_through: change.lets_through(),
            passing: change.passing.as_ref().and_then(Seen::example).map(ExampleText::new),
            covered_by: revision.cover(change).map(|policy| policy.id.as_str()),
            old: revision.old_policy(change).map(PolicyText::new),
            new: revision.new_policy(change).map(PolicyText::new),
            condition: change.condition.as_ref().map(ConditionText::new),
            parts: change.parts.iter().map(PartText::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct PolicyText<'a> {
    id: &'a str,
    effect: &'static str,
    severity: &'static str,
    when_unknown: Option<&'static str>,
    at_most: Option<u64>,
    rule: RuleText<'a>,
}

impl<'a> PolicyText<'a> {
    fn new(policy: &'a Policy) -> Self {
        Self {
            id: &policy.id,
            effect: policy.effect.name(),
            severity: policy.severity.name(),
            when_unknown: policy.when_unknown.map(WhenUnknown::name),
            at_most: policy.at_most,
            rule: RuleText::new(&policy.rule),
        }
    }
}

#[derive(Serialize)]
struct ConditionText {
    tendency: &'static str,
    catches_less: Option<bool>,
    catches_more: Option<bool>,
    not_any_more: Option<ExampleText>,
    not_before: Option<ExampleText>,
    undecided: Option<&'static str>,
}

impl ConditionText {
    fn new(condition: &ConditionChange) -> Self {
        let example = |seen: &Seen| seen.example().map(ExampleText::new);
        Self {
            tendency: condition.tendency().name(),
            catches_less: condition.less.is_seen(),
            catches_more: condition.more.is_seen(),
            not_any_more: example(&condition.less),
            not_before: example(&condition.more),
            undecided: condition.doubt().map(|doubt| match doubt {
                Doubt::TooLarge => "too_large",
                Doubt::NotSeenThrough => "not_seen_through",
                Doubt::Whole => "aggregates",
            }),
        }
    }
}

#[derive(Serialize)]
struct ExampleText {
    record: Option<Box<RawValue>>,
    approved: Option<&'static str>,
    old: &'static str,
    new: &'static str,
}

impl ExampleText {
    fn new(shown: &Counterexample) -> Self {
        let name = |outcome: Option<Outcome>| outcome.map_or("pass", Outcome::name);
        Self {
            record: RawValue::from_string(shown.example.record()).ok(),
            approved: shown.example.approved.map(Approved::name),
            old: name(shown.old),
            new: name(shown.new),
        }
    }
}

#[derive(Serialize)]
struct PartText<'a> {
    name: &'static str,
    old: Option<&'a str>,
    new: Option<&'a str>,
    catches: &'static str,
}

impl<'a> PartText<'a> {
    fn new(part: &'a PartChange) -> Self {
        let values = part.values.as_ref();
        Self {
            name: part.name,
            old: values.map(|[old, _]| old.as_str()),
            new: values.map(|[_, new]| new.as_str()),
            catches: match part.weighs {
                Weighs::Nothing => "the_same",
                Weighs::Less => "less",
                Weighs::More => "more",
            },
        }
    }
}

#[derive(Serialize)]
struct ApprovalText<'a> {
    change: &'static str,
    lets_through: bool,
    services: &'a [String],
    ports: Option<[i64; 2]>,
    protocol: Option<&'a str>,
    expires: String,
    owner: &'a str,
    reason: &'a str,
    rule: RuleText<'a>,
}

impl<'a> ApprovalText<'a> {
    fn new(revision: &'a Revision, change: &ApprovalChange) -> Option<Self> {
        let approval: &Approval = revision.approval(change)?;
        Some(Self {
            change: change.fate.name(),
            lets_through: change.lets_through,
            services: &approval.services,
            ports: approval.ports.as_ref().map(|ports| [*ports.start(), *ports.end()]),
            protocol: approval.protocol.as_deref(),
            expires: approval.expires.to_string(),
            owner: &approval.owner,
            reason: &approval.reason,
            rule: RuleText::new(&approval.location),
        })
    }
}

struct FindingsText<'a>(&'a Revision);

impl Serialize for FindingsText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lists = self.0.findings.as_ref();
        let lists = lists.map(|findings| findings.lists()).unwrap_or_default();
        let mut map = serializer.serialize_map(Some(lists.len()))?;
        for (name, list) in lists {
            map.serialize_entry(name, &List(self.0, list))?;
        }
        map.end()
    }
}

struct List<'a>(&'a Revision, &'a [FindingShift]);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.1.iter().map(|shift| Shift(self.0, shift)))
    }
}

struct Shift<'a>(&'a Revision, &'a FindingShift);

impl Serialize for Shift<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [old, new] = self.0.found(self.1);
        match (old, new) {
            (was, Some(is)) => finding(is, was, serializer),
            (Some(was), None) => finding(was, None, serializer),
            (None, None) => serializer.serialize_none(),
        }
    }
}
