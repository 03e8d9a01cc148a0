//! Which controls were looked at: the policies themselves, each with an objective of its own, and the
//! controls of frameworks that they name.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::output::item::EVIDENCE;
use crate::policy::{Policy, Strength, find_framework};
use crate::triage::Report;

use super::part::{Property, line, paragraph, token};

/// The controls that were looked at.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Reviewed {
    description: &'static str,
    control_selections: Vec<Selection>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Selection {
    description: String,
    props: [Property; 1],
    include_controls: Vec<Included>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Included {
    control_id: String,
}

/// What a finding is about.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Objective {
    control_id: String,
    description: String,
    props: Vec<Property>,
    parts: (Part, Method),
}

/// What is asked.
#[derive(Debug, Serialize)]
struct Part {
    id: String,
    name: &'static str,
    title: String,
    props: [Property; 1],
    prose: String,
}

/// How it is found out.
#[derive(Debug, Serialize)]
struct Method {
    id: String,
    name: &'static str,
    props: [Property; 1],
    parts: [Objects; 1],
}

/// From what.
#[derive(Debug, Serialize)]
struct Objects {
    name: &'static str,
    prose: String,
}

/// The id of a rule's objective: that of a policy, or of evidence.
pub(super) fn objective_id(rule: &str) -> String {
    format!("{}_obj", token(rule))
}

/// The framework whose catalog names an objective of each control.
const CATALOG: &str = "nist-800-53r5";

/// What a finding of a policy is about: a control's own objective, where a failure alone shows that it is
/// not met, else the policy's.
fn target_of(report: &Report, policy: &Policy) -> String {
    let catalog = find_framework(&report.policies.frameworks, CATALOG);
    let named = policy.controls.get(CATALOG).into_iter().flatten();
    let controls = named.filter_map(|id| catalog?.control(id));
    let mut direct = controls.filter(|control| control.strength == Strength::Direct);
    match direct.find_map(|control| control.oscal.as_deref()) {
        Some(id) => objective_id(id),
        None => objective_id(&policy.id),
    }
}

/// What findings of each policy are about, in the order of the policies.
pub(super) fn targets(report: &Report) -> Vec<String> {
    report.policies.policies.iter().map(|policy| target_of(report, policy)).collect()
}

/// A control's id as a token: its own, or that of its framework and it, since others number theirs alike.
pub(in crate::output) fn control_id(report: &Report, framework: &str, control: &str) -> String {
    let known = find_framework(&report.policies.frameworks, framework);
    let known = known.and_then(|framework| framework.control(control));
    match known.and_then(|control| control.oscal.as_deref()) {
        Some(id) => token(id),
        None => token(&format!("{framework}_{control}")),
    }
}

impl Reviewed {
    pub(super) fn new(report: &Report) -> Self {
        let mut frameworks: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for policy in &report.policies.policies {
            for (framework, controls) in &policy.controls {
                let known = frameworks.entry(framework).or_default();
                known.extend(controls.iter().map(|control| control_id(report, framework, control)));
            }
        }
        let rules = report.policies.policies.iter().map(|policy| token(&policy.id));
        let own = Selection::new(env!("CARGO_PKG_NAME"), rules.chain([token(EVIDENCE)]).collect());
        let named = frameworks.into_iter().map(|(name, controls)| Selection::new(name, controls));
        Self {
            description: "The policies, and the controls that they bear on. A finding is about a \
                          policy's own objective; that nothing was found does not satisfy a control.",
            control_selections: [own].into_iter().chain(named).collect(),
        }
    }

    /// Where nothing was judged.
    pub(super) fn nothing() -> Self {
        Self {
            description: "Nothing was judged.",
            control_selections: vec![Selection::new(env!("CARGO_PKG_NAME"), vec![token(EVIDENCE)])],
        }
    }
}

impl Selection {
    fn new(framework: &str, mut controls: Vec<String>) -> Self {
        controls.sort();
        controls.dedup();
        Self {
            description: line(&format!("controls of {framework}")),
            props: [Property::new("framework", framework)],
            include_controls: controls
                .into_iter()
                .map(|control_id| Included { control_id })
                .collect(),
        }
    }
}

impl Objective {
    /// One a policy, and that of evidence.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        let policies = report.policies.policies.iter().map(Self::of_policy);
        policies.chain([Self::of_evidence()]).collect()
    }

    pub(super) fn of_evidence() -> Self {
        let asked = "Evidence is whole and says what the policies ask.";
        Self::new(EVIDENCE, EVIDENCE, asked, "The evidence of the run")
    }

    fn of_policy(policy: &Policy) -> Self {
        let objects = format!("What {} answered", policy.operation.name);
        let mut objective = Self::new(&policy.id, &policy.title, policy.rule.text(), &objects);
        let props = &mut objective.props;
        props.push(Property::new("effect", policy.effect.name()));
        props.push(Property::new("severity", policy.severity.name()));
        for (framework, controls) in &policy.controls {
            let named =
                controls.iter().map(|control| Property::named("control", framework, control));
            props.extend(named);
        }
        objective
    }

    fn new(rule: &str, title: &str, asked: &str, objects: &str) -> Self {
        let method = format!("{}_test", token(rule));
        Self {
            control_id: token(rule),
            description: paragraph(title),
            props: vec![Property::new("rule", rule)],
            parts: (
                Part {
                    id: objective_id(rule),
                    name: "assessment-objective",
                    title: paragraph(title),
                    props: [Property::of_model("method-id", &method)],
                    prose: paragraph(asked),
                },
                Method {
                    id: method,
                    name: "assessment-method",
                    props: [Property::of_model("method", "TEST")],
                    parts: [Objects { name: "assessment-objects", prose: paragraph(objects) }],
                },
            ),
        }
    }
}
