//! What a document refers to: the policies as its plan, and the files of evidence with their hashes.

use std::collections::HashSet;

use crate::output::uuid::Uuid;
use crate::output::{INFORMATION_URI, Style, artifact, count};
use crate::snapshot::{Page, Snapshot, Wholeness};
use crate::triage::Report;

use super::part::{Citation, Hash, Link, Property, Resource, line};

const MEDIA_TYPE: &str = "application/json";

/// The resource that stands for a file of evidence.
pub(super) fn uuid(name: &str) -> Uuid {
    Uuid::of(&["evidence", name])
}

pub(super) fn plan_uuid() -> Uuid {
    Uuid::of(&["plan"])
}

/// The policies as the plan of the assessment.
pub(super) fn plan(files: &[&str], style: &Style) -> Resource {
    Resource {
        uuid: plan_uuid(),
        title: "The policies".to_owned(),
        description: "Each policy is a test that every record of its operation is put to."
            .to_owned(),
        props: files.iter().map(|name| Property::new("policies", name)).collect(),
        citation: Some(Citation { text: "The policies of the run".to_owned() }),
        rlinks: policy_links(files, style),
    }
}

/// The plan, and every file of evidence once.
pub(super) fn of_report(report: &Report, style: &Style) -> Vec<Resource> {
    let mut resources = vec![plan(&policy_files(report), style)];
    let mut known = HashSet::new();
    for snapshot in &report.evidence {
        for page in snapshot.pages.iter().filter(|page| known.insert(page.source.to_string())) {
            resources.push(of_page(snapshot, page, style));
        }
        if known.insert(snapshot.source.to_string()) {
            resources.push(of_snapshot(snapshot, style));
        }
    }
    resources
}

/// The files of the policies, each once, in the order of the policies.
pub(in crate::output) fn policy_files(report: &Report) -> Vec<&str> {
    let mut known = HashSet::new();
    let names = report.policies.policies.iter().map(|policy| policy.location.source.name());
    names.filter(|name| known.insert(*name)).collect()
}

/// Where the policies lie; where there are none, what would have judged by them.
pub(in crate::output) fn policy_links(files: &[&str], style: &Style) -> Vec<Link> {
    let link = |href, media_type| Link { href, media_type, hashes: Vec::new() };
    if files.is_empty() {
        return vec![link(INFORMATION_URI.to_owned(), "text/html")];
    }
    let hrefs = files.iter().map(|name| artifact::uri(name, style.folder.as_deref()));
    hrefs.map(|href| link(href, "application/yaml")).collect()
}

fn of_page(snapshot: &Snapshot, page: &Page, style: &Style) -> Resource {
    let mut resource = evidence(snapshot, &page.source, style);
    resource.description = line(&count(page.records, "record", "records"));
    let hashes = page.sha256.as_deref().map(Hash::sha256);
    for link in &mut resource.rlinks {
        link.hashes.extend(hashes.clone());
    }
    resource
}

fn of_snapshot(snapshot: &Snapshot, style: &Style) -> Resource {
    evidence(snapshot, &snapshot.source, style)
}

fn evidence(snapshot: &Snapshot, name: &str, style: &Style) -> Resource {
    let mut props = Vec::new();
    if let Some(operation) = &snapshot.operation {
        props.push(Property::new("operation", &operation.name));
        props.push(Property::new("version", &operation.version));
    }
    props.push(Property::new("whole", wholeness(snapshot.wholeness)));
    props.push(Property::number("records", snapshot.records));
    props.extend(snapshot.expected.map(|expected| Property::number("expected", expected)));
    if let Some(origin) = &snapshot.origin {
        let words = [("account", &origin.account), ("region", &origin.region)];
        let known = words.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)));
        props.extend(known.map(|(name, text)| Property::new(name, text)));
        props.push(Property::new("endpoint", &origin.endpoint));
        let filters = origin.filters.iter();
        props.extend(filters.map(|(name, value)| Property::named("filter", name, value)));
    }
    Resource {
        uuid: uuid(name),
        title: line(name),
        description: line(&count(snapshot.records, "record", "records")),
        props,
        citation: None,
        rlinks: vec![Link {
            href: artifact::uri(name, style.folder.as_deref()),
            media_type: MEDIA_TYPE,
            hashes: Vec::new(),
        }],
    }
}

/// Whether all of a snapshot is there.
fn wholeness(wholeness: Wholeness) -> &'static str {
    match wholeness {
        Wholeness::Complete => "yes",
        Wholeness::Unprovable => "not-provable",
        Wholeness::Partial => "no",
        Wholeness::NoEvidence => "no-evidence",
    }
}
