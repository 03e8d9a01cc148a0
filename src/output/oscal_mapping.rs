//! The `oscal-mapping` format: which controls of which frameworks the policies of a run bear on, and how
//! closely, as a mapping collection of the Open Security Controls Assessment Language. It says what the
//! run came to and how often each policy failed, and never that a control is met.

use std::io::{self, Write};

use serde::Serialize;

use crate::triage::Report;

use super::item::{Status, items};
use super::json_text::{self, Breaks};
use super::oscal::{BackMatter, Metadata, Property, line};
use super::uuid::Uuid;
use super::{Entry, Hashes, Reader, Style, Told, hidden, notices, on_one_line};

mod map;
mod resource;

use map::Mapping;

pub(super) const ENTRY: Entry = Entry {
    name: "oscal-mapping",
    about: "OSCAL 1.2.1 mapping of the policies to controls",
    reader: Reader::Machine,
    hashes: Hashes::Hidden,
    max_findings: None,
    render,
    problems,
};

/// A map is a line.
const BREAKS: Breaks = Breaks { depth: 5 };

/// Lacks of evidence that are told; more say nothing new.
const MOST_LACKS: usize = 20;

const SCOPE: &str =
    "A mapping says what a policy bears on, not that a control is met. It is no certification.";

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document {
    mapping_collection: Collection,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Collection {
    uuid: Uuid,
    metadata: Metadata,
    provenance: Provenance,
    mappings: Vec<Mapping>,
    back_matter: BackMatter,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Provenance {
    method: &'static str,
    matching_rationale: &'static str,
    status: &'static str,
    mapping_description: &'static str,
}

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let verdict = report.verdict;
    let mut props = vec![
        Property::new("verdict", verdict.name()),
        Property::number("exit-code", verdict.exit_code().into()),
    ];
    props.extend(report.loosened.iter().map(|by| Property::new("loosened", by.name())));
    let (words, code) = (report.headline(), verdict.exit_code());
    let title = format!("Portcullis: policies and controls; {words} (exit {code})");
    let metadata = Metadata::new(line(&title), report.time, props, remarks(report));
    let coverage = report.coverage();
    let mappings = Mapping::all(report, &coverage);
    let resources = resource::of_report(report, &coverage, style);
    json_text::write(&Document::new(metadata, mappings, resources), BREAKS, out)
}

fn problems(told: &Told<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let props = vec![Property::number("exit-code", told.exit_code.into())];
    let title = match told.exit_code {
        0 => "Portcullis: what is worth a change",
        _ => "Portcullis: could not judge",
    };
    let said = told.problems.iter().take(MOST_LACKS).map(|problem| line(&problem.message));
    let remarks = said.chain([line(SCOPE)]).collect::<Vec<_>>().join("\n\n");
    let metadata = Metadata::new(line(title), told.time, props, remarks);
    let document =
        Document::new(metadata, vec![Mapping::of_evidence()], vec![resource::policies(&[], style)]);
    json_text::write(&document, BREAKS, out)
}

impl Document {
    fn new(
        metadata: Metadata,
        mappings: Vec<Mapping>,
        resources: Vec<super::oscal::Resource>,
    ) -> Self {
        let names: Vec<String> = mappings.iter().map(Mapping::identity).collect();
        let mut parts = vec!["mapping-collection", metadata.version()];
        parts.extend(names.iter().map(String::as_str));
        Self {
            mapping_collection: Collection {
                uuid: Uuid::of(&parts),
                metadata,
                provenance: Provenance {
                    method: "human",
                    matching_rationale: "functional",
                    status: "not-complete",
                    mapping_description: "Which controls a failure of each policy speaks to. The \
                                          frameworks have more controls than the policies bear on.",
                },
                mappings,
                back_matter: BackMatter { resources },
            },
        }
    }
}

/// Warnings, what a clean run proves, what the evidence lacks, what came out, and what a mapping is not.
fn remarks(report: &Report) -> String {
    let summary = &report.summary;
    let lacks = items(report).filter(|item| item.status == Status::Insufficient);
    let lacks =
        lacks.take(MOST_LACKS).map(|item| format!("insufficient evidence: {}", item.message()));
    let mut counts = format!(
        "{} deny, {} alert, {} inconclusive",
        summary.deny, summary.alert, summary.inconclusive
    );
    if let Some(hidden) = hidden(report) {
        counts = format!("{counts}; {hidden}");
    }
    let notices = notices(report);
    let said = notices.iter().map(on_one_line).chain(lacks);
    let said = said.chain([counts, SCOPE.to_owned()]).map(|text| line(&text));
    said.collect::<Vec<_>>().join("\n\n")
}
