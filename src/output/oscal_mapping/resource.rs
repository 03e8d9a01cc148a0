//! What a mapping refers to: the policies, and the frameworks whose controls they name.

use crate::output::Style;
use crate::output::oscal::{
    Citation, Property, Resource, line, paragraph, policy_files, policy_links,
};
use crate::output::uuid::Uuid;
use crate::policy::Framework;
use crate::triage::{FrameworkCoverage, Report};

pub(super) fn policies_uuid() -> Uuid {
    Uuid::of(&["policies"])
}

pub(super) fn framework_uuid(id: &str) -> Uuid {
    Uuid::of(&["framework", id])
}

/// The policies as what is mapped.
pub(super) fn policies(files: &[&str], style: &Style) -> Resource {
    Resource {
        uuid: policies_uuid(),
        title: "Portcullis's policies".to_owned(),
        description: "The policies of the run, each under its id.".to_owned(),
        props: Vec::new(),
        citation: Some(Citation { text: "The policies of the run".to_owned() }),
        rlinks: policy_links(files, style),
    }
}

/// The policies, and each framework that one of them names.
pub(super) fn of_report(
    report: &Report,
    coverage: &[FrameworkCoverage],
    style: &Style,
) -> Vec<Resource> {
    let frameworks = coverage.iter().map(|one| of_framework(&one.framework));
    [policies(&policy_files(report), style)].into_iter().chain(frameworks).collect()
}

fn of_framework(framework: &Framework) -> Resource {
    let name = format!("{} {}", framework.name, framework.version);
    let source = framework.source.as_deref().unwrap_or(&name);
    Resource {
        uuid: framework_uuid(&framework.id),
        title: line(&name),
        description: paragraph(framework.note.as_deref().unwrap_or(&name)),
        props: vec![Property::new("framework", &framework.id)],
        citation: Some(Citation { text: paragraph(source) }),
        rlinks: Vec::new(),
    }
}
