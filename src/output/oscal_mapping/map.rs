//! How closely policies bear on controls: a map a control.

use serde::Serialize;

use crate::output::item::EVIDENCE;
use crate::output::oscal::{Property, control_id, paragraph, token};
use crate::output::uuid::Uuid;
use crate::policy::{Framework, Policy, Strength};
use crate::triage::{ControlCoverage, FrameworkCoverage, Report};

use super::resource::{framework_uuid, policies_uuid};

/// How the policies relate to one framework.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Mapping {
    uuid: Uuid,
    source_resource: Reference,
    target_resource: Reference,
    maps: Vec<Map>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<String>,
}

#[derive(Debug, Serialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: &'static str,
    href: String,
}

/// How some policies relate to one control.
#[derive(Debug, Serialize)]
struct Map {
    uuid: Uuid,
    relationship: &'static str,
    sources: Vec<Member>,
    targets: [Member; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    qualifiers: Vec<Qualifier>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    props: Vec<Property>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<String>,
}

/// A policy, or a control.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Member {
    #[serde(rename = "type")]
    kind: &'static str,
    id_ref: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    props: Vec<Property>,
}

/// What else has to be known before a map says anything of the control.
#[derive(Debug, Serialize)]
struct Qualifier {
    subject: &'static str,
    predicate: &'static str,
    category: &'static str,
    description: &'static str,
}

impl Mapping {
    /// One a framework that policies name; where they name none, the policies as what they are.
    pub(super) fn all(report: &Report, coverage: &[FrameworkCoverage]) -> Vec<Self> {
        if !coverage.is_empty() {
            return coverage.iter().map(|one| Self::new(report, one)).collect();
        }
        let policies = &report.policies.policies;
        if policies.is_empty() {
            return vec![Self::of_evidence()];
        }
        vec![Self::of_itself(policies.iter().map(Member::of_policy).map(Map::of_itself).collect())]
    }

    fn new(report: &Report, coverage: &FrameworkCoverage) -> Self {
        let framework = &coverage.framework;
        let named = coverage.controls.iter().filter(|control| !control.policies.is_empty());
        Self {
            uuid: Uuid::of(&["mapping", &framework.id]),
            source_resource: Reference::to(policies_uuid()),
            target_resource: Reference::to(framework_uuid(&framework.id)),
            maps: named.map(|control| Map::new(report, framework, control)).collect(),
            remarks: framework.note.as_deref().map(paragraph),
        }
    }

    /// Where there is no policy: that evidence is whole is asked of every run.
    pub(super) fn of_evidence() -> Self {
        Self::of_itself(vec![Map::of_itself(Member::new(EVIDENCE, Vec::new()))])
    }

    /// A mapping may not be empty: what names no control is itself.
    fn of_itself(maps: Vec<Map>) -> Self {
        Self {
            uuid: Uuid::of(&["mapping", ""]),
            source_resource: Reference::to(policies_uuid()),
            target_resource: Reference::to(policies_uuid()),
            maps,
            remarks: Some("No policy names a control of a framework.".to_owned()),
        }
    }

    /// What tells it from a mapping of other policies or controls.
    pub(super) fn identity(&self) -> String {
        let mut words = vec![self.uuid.to_string()];
        for map in &self.maps {
            words
                .extend(map.sources.iter().chain(&map.targets).map(|member| member.id_ref.clone()));
        }
        words.join(" ")
    }
}

impl Map {
    fn new(report: &Report, framework: &Framework, control: &ControlCoverage) -> Self {
        let policies = control.policies.iter();
        let sources = policies.filter_map(|index| report.policies.policies.get(*index));
        let described = framework.control(&control.id);
        Self {
            uuid: Uuid::of(&["map", &framework.id, &control.id]),
            // A policy asks for a part of what the control asks for, or for something beside it too.
            relationship: match control.strength {
                Strength::Direct => "subset-of",
                Strength::Partial | Strength::Context => "intersects-with",
            },
            sources: sources.map(Member::of_policy).collect(),
            targets: [Member::token(
                control_id(report, &framework.id, &control.id),
                vec![Property::new("control", &control.id), Property::new("title", &control.title)],
            )],
            qualifiers: Qualifier::of(control.strength).into_iter().collect(),
            props: standing(control),
            remarks: described.and_then(|control| control.bearing.as_deref()).map(paragraph),
        }
    }

    fn of_itself(member: Member) -> Self {
        let target = Member { props: Vec::new(), id_ref: member.id_ref.clone(), ..member };
        Self {
            uuid: Uuid::of(&["map", "", &member.id_ref]),
            relationship: "equal-to",
            targets: [target],
            sources: vec![member],
            qualifiers: Vec::new(),
            props: Vec::new(),
            remarks: None,
        }
    }
}

impl Reference {
    fn to(resource: Uuid) -> Self {
        Self { kind: "catalog", href: format!("#{resource}") }
    }
}

impl Member {
    fn new(id: &str, props: Vec<Property>) -> Self {
        Self::token(token(id), props)
    }

    fn token(id_ref: String, props: Vec<Property>) -> Self {
        Self { kind: "control", id_ref, props }
    }

    fn of_policy(policy: &Policy) -> Self {
        Self::new(&policy.id, vec![Property::new("policy", &policy.id)])
    }
}

impl Qualifier {
    fn of(strength: Strength) -> Option<Self> {
        let (category, description) = match strength {
            Strength::Direct => return None,
            Strength::Partial => ("addressable", "One aspect: more evidence is needed either way."),
            Strength::Context => ("restricted", "Background only: it says nothing of the control."),
        };
        let (subject, predicate) = ("target", "has-requirement");
        Some(Self { subject, predicate, category, description })
    }
}

/// What the run says of a control, and why no more: the least that all its policies say.
fn standing(control: &ControlCoverage) -> Vec<Property> {
    let findings = &control.findings;
    let numbers = [
        ("open", findings.open),
        ("inconclusive", findings.inconclusive),
        ("waived", findings.waived),
        ("known", findings.known),
        ("tolerated", findings.tolerated),
    ];
    let words = [("strength", control.strength.name()), ("state", control.state.name())];
    let words = words.into_iter().map(|(name, word)| Property::new(name, word));
    let numbers = numbers.into_iter().map(|(name, number)| Property::number(name, number));
    let reasons = control.reasons.iter().map(|reason| Property::new("reason", reason));
    words.chain(numbers).chain(reasons).collect()
}
