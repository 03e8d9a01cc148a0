//! What is said, as the model has it: an observation of everything, a risk of every violation, and a
//! finding of what keeps an objective from being satisfied.

use serde::Serialize;

use crate::operation::Severity;
use crate::output::item;
use crate::output::sources::Sources;
use crate::output::uuid::Uuid;
use crate::policy::Waiver;

use super::control::objective_id;
use super::part::{Property, at, line, paragraph};
use super::resource;
use super::said::{Said, State};

/// The system that the model's own names of facets are from.
const FACETS: &str = "http://csrc.nist.gov/ns/oscal";

/// What every statement of a document refers to.
#[derive(Debug)]
pub(super) struct Context<'a> {
    /// The component that made them.
    pub(super) tool: Uuid,
    pub(super) sources: Sources<'a>,
    /// What findings of each policy are about.
    pub(super) targets: Vec<String>,
    /// Stands in where it is not recorded when evidence was collected.
    pub(super) time: jiff::Timestamp,
}

#[derive(Debug, Serialize)]
pub(super) struct Observation {
    uuid: Uuid,
    title: String,
    description: String,
    props: Vec<Property>,
    methods: [&'static str; 1],
    types: [&'static str; 1],
    origins: [Origin; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subjects: Vec<Subject>,
    #[serde(rename = "relevant-evidence", skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Evidence>,
    collected: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<String>,
}

#[derive(Debug, Serialize)]
struct Origin {
    actors: [Actor; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Actor {
    #[serde(rename = "type")]
    kind: &'static str,
    actor_uuid: Uuid,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Subject {
    subject_uuid: Uuid,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Debug, Serialize)]
struct Evidence {
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    description: String,
    props: Vec<Property>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Risk {
    uuid: Uuid,
    title: String,
    description: String,
    statement: String,
    props: Vec<Property>,
    status: &'static str,
    origins: [Origin; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    characterizations: Vec<Characterization>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remediations: Vec<Remediation>,
    related_observations: [RelatedObservation; 1],
}

#[derive(Debug, Serialize)]
struct Characterization {
    origin: Origin,
    facets: [Facet; 1],
}

#[derive(Debug, Serialize)]
struct Facet {
    name: &'static str,
    system: &'static str,
    value: &'static str,
}

#[derive(Debug, Serialize)]
struct Remediation {
    uuid: Uuid,
    lifecycle: &'static str,
    title: &'static str,
    description: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Finding {
    uuid: Uuid,
    title: String,
    description: String,
    props: Vec<Property>,
    origins: [Origin; 1],
    target: Target,
    related_observations: [RelatedObservation; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_risks: Vec<RelatedRisk>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Target {
    #[serde(rename = "type")]
    kind: &'static str,
    target_id: String,
    status: Status,
}

#[derive(Debug, Serialize)]
struct Status {
    state: &'static str,
    reason: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct RelatedObservation {
    observation_uuid: Uuid,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct RelatedRisk {
    risk_uuid: Uuid,
}

impl Context<'_> {
    fn origin(&self) -> Origin {
        Origin { actors: [Actor { kind: "tool", actor_uuid: self.tool }] }
    }

    fn target(&self, said: &Said<'_>) -> String {
        let target = said.index.and_then(|index| self.targets.get(index));
        target.cloned().unwrap_or_else(|| objective_id(&said.rule))
    }

    fn resource(&self, name: &str) -> Option<Uuid> {
        self.sources.snapshot(name).map(|_| resource::uuid(name))
    }

    fn collected(&self, said: &Said<'_>) -> String {
        let snapshot = said.source.and_then(|source| self.sources.snapshot(source));
        let origin = snapshot.and_then(|snapshot| snapshot.origin.as_ref());
        at(origin.map_or(self.time, |origin| origin.finished))
    }
}

impl Observation {
    pub(super) fn new(said: &Said<'_>, context: &Context<'_>) -> Self {
        let file = said.source.and_then(|source| context.resource(source));
        let subject = match (said.record, file) {
            (Some(subject_uuid), _) => Some(Subject { subject_uuid, kind: "inventory-item" }),
            (None, Some(subject_uuid)) => Some(Subject { subject_uuid, kind: "resource" }),
            (None, None) => None,
        };
        Self {
            uuid: said.uuid("observation"),
            title: title(said),
            description: line(&said.message),
            props: properties(said),
            methods: ["TEST"],
            types: [match said.state {
                State::Passed | State::Unproven => "control-objective",
                _ => "discovery",
            }],
            origins: [context.origin()],
            subjects: subject.into_iter().collect(),
            evidence: evidence(said, file),
            collected: context.collected(said),
            remarks: said.help.as_deref().map(paragraph),
        }
    }
}

impl Risk {
    /// The risk of a violation; `None` where nothing is violated.
    pub(super) fn new(said: &Said<'_>, context: &Context<'_>) -> Option<Self> {
        if !said.is_risk() {
            return None;
        }
        let why = said.policy.map(|policy| policy.why.as_deref().unwrap_or(&policy.title));
        let mut props = properties(said);
        props.extend(said.waiver.map(waived).unwrap_or_default());
        let remediation = said.help.as_deref().map(|help| Remediation {
            uuid: said.uuid("remediation"),
            lifecycle: "recommendation",
            title: "How to end the violation",
            description: paragraph(help),
        });
        Some(Self {
            uuid: said.uuid("risk"),
            title: title(said),
            description: line(&said.message),
            statement: paragraph(why.unwrap_or(&said.rule)),
            props,
            status: match said.state {
                State::Item(item::Status::Waived | item::Status::Tolerated) => "deviation-approved",
                State::Item(item::Status::Known) => "investigating",
                State::Fixed => "closed",
                _ => "open",
            },
            origins: [context.origin()],
            characterizations: said
                .severity
                .map(|one| severity(one, context))
                .into_iter()
                .collect(),
            deadline: said.waiver.map(|waiver| format!("{}T23:59:59Z", waiver.expires)),
            remediations: remediation.into_iter().collect(),
            related_observations: [RelatedObservation::new(said)],
        })
    }
}

impl Finding {
    /// What keeps an objective from being satisfied; `None` where nothing does.
    pub(super) fn new(said: &Said<'_>, context: &Context<'_>) -> Option<Self> {
        let risk = RelatedRisk { risk_uuid: said.uuid("risk") };
        said.is_finding().then(|| Self {
            uuid: said.uuid("finding"),
            title: title(said),
            description: line(&said.message),
            props: properties(said),
            origins: [context.origin()],
            target: Target {
                kind: "objective-id",
                target_id: context.target(said),
                status: Status {
                    state: "not-satisfied",
                    reason: if said.is_violation { "fail" } else { "other" },
                },
            },
            related_observations: [RelatedObservation::new(said)],
            related_risks: said.is_violation.then_some(risk).into_iter().collect(),
        })
    }
}

impl RelatedObservation {
    fn new(said: &Said<'_>) -> Self {
        Self { observation_uuid: said.uuid("observation") }
    }
}

fn severity(severity: Severity, context: &Context<'_>) -> Characterization {
    let facet = Facet { name: "severity", system: FACETS, value: severity.name() };
    Characterization { origin: context.origin(), facets: [facet] }
}

fn title(said: &Said<'_>) -> String {
    let title = match (said.policy, said.state) {
        (Some(policy), _) => &policy.title,
        (None, State::Fixed) => &said.rule,
        (None, _) => &said.kind,
    };
    match said.state {
        State::Item(item::Status::Inconclusive) => line(&format!("inconclusive: {title}")),
        _ => line(title),
    }
}

/// What programs read: which rule, what it came to, how bad, where.
fn properties(said: &Said<'_>) -> Vec<Property> {
    let mut props = vec![
        Property::new("rule", &said.rule),
        Property::new("state", said.state.name()),
        Property::new("kind", &said.kind),
    ];
    props.extend(said.severity.map(|severity| Property::new("severity", severity.name())));
    let fingerprint = said.fingerprint.as_deref();
    props.extend(fingerprint.map(|fingerprint| Property::new("fingerprint", fingerprint)));
    props.extend(said.source.map(|source| Property::new("source", source)));
    if let Some(position) = said.position {
        props.push(Property::number("line", position.line));
        props.push(Property::number("column", position.column));
    }
    props.extend(said.judged.map(|judged| Property::number("judged", judged)));
    props
}

/// In whose words, and until when, a violation is accepted.
fn waived(waiver: &Waiver) -> Vec<Property> {
    let mut props = vec![
        Property::new("waiver-reason", &waiver.reason),
        Property::new("waiver-expires", &waiver.expires.to_string()),
    ];
    let words = [
        ("waiver-owner", &waiver.owner),
        ("waiver-approved-by", &waiver.approved_by),
        ("waiver-ticket", &waiver.ticket),
    ];
    let known = words.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)));
    props.extend(known.map(|(name, text)| Property::new(name, text)));
    props
}

/// The values that decided.
fn evidence(said: &Said<'_>, file: Option<Uuid>) -> Vec<Evidence> {
    let described = said.evidence.iter().map(|evidence| Evidence {
        href: file.map(|file| format!("#{file}")),
        description: line(&format!("{}: {}", evidence.field, evidence.value)),
        props: vec![
            Property::new("field", &evidence.field),
            Property::new("value", &evidence.value),
            Property::new("pointer", &evidence.pointer),
            Property::number("line", evidence.position.line),
            Property::number("column", evidence.position.column),
        ],
    });
    described.collect()
}
