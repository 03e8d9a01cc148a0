//! The document: what was judged by which means, and what came out.

use serde::Serialize;

use crate::output::item::fingerprint;
use crate::output::uuid::Uuid;
use crate::output::{Style, Told, count, hidden};
use crate::triage::Report;

use super::assets::{Assets, Inventory};
use super::control::{Objective, Reviewed};
use super::list::{Kind, List, Voice};
use super::part::{BackMatter, Metadata, Property, Resource, at, line};
use super::resource;
use super::statement::Context;

const SCOPE: &str =
    "What the policies say of this evidence, and of nothing else. It is no certification.";

const UNDATED: &str =
    "Where it is not recorded when evidence was collected, the time of the report stands.";

/// The whole document.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Document<'a> {
    assessment_results: AssessmentResults<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct AssessmentResults<'a> {
    uuid: Uuid,
    metadata: Metadata,
    import_ap: ImportPlan,
    local_definitions: Objectives,
    results: [Outcome<'a>; 1],
    back_matter: BackMatter,
}

#[derive(Serialize)]
struct ImportPlan {
    href: String,
    remarks: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Objectives {
    objectives_and_methods: Vec<Objective>,
}

/// What came out of one run.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Outcome<'a> {
    uuid: Uuid,
    title: String,
    description: String,
    start: String,
    end: String,
    props: Vec<Property>,
    local_definitions: Definitions<'a>,
    reviewed_controls: Reviewed,
    #[serde(skip_serializing_if = "Option::is_none")]
    observations: Option<List<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risks: Option<List<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<List<'a>>,
    remarks: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Definitions<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    inventory_items: Option<Inventory<'a>>,
    assessment_assets: Assets,
}

impl<'a> Document<'a> {
    /// What a report has to say.
    pub(super) fn of_report(report: &'a Report, style: &Style, context: &'a Context<'a>) -> Self {
        let voice = Voice::Report(report);
        let (number, words) = (report.verdict.exit_code(), report.headline());
        let identity = identity(report);
        let has_records = !report.findings.is_empty();
        Self::new(Parts {
            uuid: Uuid::of(&["results", &identity]),
            title: format!("Portcullis: {words} (exit {number})"),
            description: description(report),
            start: start(report),
            time: report.time,
            props: properties(report),
            inventory: has_records.then_some(Inventory(report)),
            reviewed: Reviewed::new(report),
            objectives: Objective::all(report),
            resources: resource::of_report(report, style),
            voice,
            context,
        })
    }

    /// Problems that stand by themselves.
    pub(super) fn of_problems(told: &Told<'a>, context: &'a Context<'a>) -> Self {
        let voice = Voice::Problems(told.problems);
        let problems = count(told.problems.len() as u64, "problem", "problems");
        let title = match told.exit_code {
            0 => "Portcullis: what is worth a change",
            _ => "Portcullis: could not judge",
        };
        let words: Vec<&str> = told.problems.iter().map(|problem| &*problem.message).collect();
        let time = at(told.time);
        Self::new(Parts {
            uuid: Uuid::of(&["problems", &time, &words.join("\0")]),
            title: title.to_owned(),
            description: format!("{problems}; nothing was judged"),
            start: told.time,
            time: told.time,
            props: vec![Property::number("exit-code", told.exit_code.into())],
            inventory: None,
            reviewed: Reviewed::nothing(),
            objectives: vec![Objective::of_evidence()],
            resources: vec![resource::plan(&[], &Style::default())],
            voice,
            context,
        })
    }

    fn new(parts: Parts<'a>) -> Self {
        let Parts { voice, context, .. } = parts;
        let list = |kind| List { voice, kind, context }.unless_empty();
        Self {
            assessment_results: AssessmentResults {
                uuid: parts.uuid,
                metadata: Metadata::new(
                    line(&parts.title),
                    parts.time,
                    parts.props.clone(),
                    line(SCOPE),
                ),
                import_ap: ImportPlan {
                    href: format!("#{}", resource::plan_uuid()),
                    remarks: "There is no other plan than the policies.",
                },
                local_definitions: Objectives { objectives_and_methods: parts.objectives },
                results: [Outcome {
                    uuid: Uuid::of(&["result", &parts.uuid.to_string()]),
                    title: line(&parts.title),
                    description: line(&parts.description),
                    start: at(parts.start),
                    end: at(parts.time),
                    props: parts.props,
                    local_definitions: Definitions {
                        inventory_items: parts.inventory,
                        assessment_assets: Assets::new(context.tool),
                    },
                    reviewed_controls: parts.reviewed,
                    observations: list(Kind::Observation),
                    risks: list(Kind::Risk),
                    findings: list(Kind::Finding),
                    remarks: line(UNDATED),
                }],
                back_matter: BackMatter { resources: parts.resources },
            },
        }
    }
}

/// What a document is made from.
struct Parts<'a> {
    uuid: Uuid,
    title: String,
    description: String,
    start: jiff::Timestamp,
    time: jiff::Timestamp,
    props: Vec<Property>,
    inventory: Option<Inventory<'a>>,
    reviewed: Reviewed,
    objectives: Vec<Objective>,
    resources: Vec<Resource>,
    voice: Voice<'a>,
    context: &'a Context<'a>,
}

/// When the first page of evidence was asked for, where that is recorded.
fn start(report: &Report) -> jiff::Timestamp {
    let origins = report.evidence.iter().filter_map(|snapshot| snapshot.origin.as_ref());
    origins.map(|origin| origin.started).fold(report.time, jiff::Timestamp::min)
}

/// What tells a document from every other: all that it was made from.
fn identity(report: &Report) -> String {
    let mut parts = vec![at(report.time), report.verdict.name().to_owned()];
    for snapshot in &report.evidence {
        for page in &snapshot.pages {
            parts.push(page.source.to_string());
            parts.push(page.sha256.clone().unwrap_or_else(|| page.records.to_string()));
        }
        parts.push(format!("{} {:?} {:?}", snapshot.source, snapshot.expected, snapshot.wholeness));
    }
    for policy in &report.policies.policies {
        parts.push(policy.id.clone());
        parts.push(policy.rule.text().to_owned());
    }
    for finding in &report.findings {
        parts.push(report.fingerprint(finding));
        parts.push(format!("{:?} {:?}", finding.outcome, finding.disposition));
    }
    fingerprint(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

fn description(report: &Report) -> String {
    let summary = &report.summary;
    let mut words = vec![
        count(summary.policies, "policy", "policies"),
        count(summary.records, "record", "records"),
        format!("{} deny, {} alert", summary.deny, summary.alert),
        format!("{} inconclusive", summary.inconclusive),
    ];
    words.extend(hidden(report));
    report.statement().into_iter().chain([words.join("; ")]).collect::<Vec<_>>().join(". ")
}

/// What programs read of the whole run.
fn properties(report: &Report) -> Vec<Property> {
    let summary = &report.summary;
    let numbers = [
        ("exit-code", u64::from(report.verdict.exit_code())),
        ("policies", summary.policies),
        ("records", summary.records),
        ("deny", summary.deny),
        ("alert", summary.alert),
        ("inconclusive", summary.inconclusive),
        ("waived", summary.waived),
        ("known", summary.known),
        ("tolerated", summary.tolerated),
        ("fixed", summary.fixed),
    ];
    let verdict = Property::new("verdict", report.verdict.name());
    let numbers = numbers.map(|(name, number)| Property::number(name, number));
    let loosened = report.loosened.iter().map(|by| Property::new("loosened", by.name()));
    [verdict].into_iter().chain(numbers).chain(loosened).collect()
}
