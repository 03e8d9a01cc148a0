//! Places in SARIF: a policy's line where its file lies below the working directory, and the value in
//! the evidence that decided.

use serde::Serialize;

use crate::output::Style;
use crate::output::artifact;
use crate::output::item::{Item, Region, short};
use crate::policy::{Policy, is_built_in};

use super::log::Message;

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u32>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<RegionText>,
}

#[derive(Clone, Debug, Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RegionText {
    start_line: u64,
    start_column: u64,
    end_line: u64,
    end_column: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Message>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

impl Location {
    /// A place in a file; without a region, the start of the file, since GitHub wants one.
    pub(super) fn new(source: &str, region: Option<Region>, style: &Style) -> Self {
        let region = region.unwrap_or(Region::START);
        Self {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: artifact::uri(source, style.folder.as_deref()),
                },
                region: Some(RegionText::new(region, None)),
            },
            logical_locations: Vec::new(),
            message: None,
        }
    }

    /// What an item is about: the deciding value in the evidence.
    pub(super) fn of_item(item: &Item<'_>, style: &Style) -> Self {
        let (region, value) = item.region().unzip();
        let mut location = Self::new(item.source(), region, style);
        if let Some(region) = &mut location.physical_location.region {
            region.snippet = value.flatten().map(|value| Message { text: short(&value) });
        }
        location
    }

    /// A policy's rule, where its file lies below the working directory.
    pub(super) fn of_rule(policy: &Policy, style: &Style) -> Option<Self> {
        let source = &policy.rule.source;
        let folder = style.folder.as_deref();
        if is_built_in(source) || artifact::below(source.name(), folder).is_none() {
            return None;
        }
        let mut location = Self::new(source.name(), Some(Region::of(&policy.rule)), style);
        if let Some(region) = &mut location.physical_location.region {
            region.snippet = Some(Message { text: short(policy.rule.text()) });
        }
        Some(location)
    }

    /// The same with the record that it is about.
    pub(super) fn about(mut self, item: &Item<'_>) -> Self {
        if let Some(policy) = item.policy() {
            let name = item.identity();
            let fully_qualified_name = format!("{} {name}", policy.operation.name);
            let kind = "resource";
            self.logical_locations.push(LogicalLocation { name, fully_qualified_name, kind });
        }
        self
    }

    /// The same as a related location.
    pub(super) fn related(mut self, message: &str) -> Self {
        self.id = Some(1);
        self.message = Some(Message::new(message));
        self
    }
}

impl RegionText {
    fn new(Region { start, end }: Region, snippet: Option<Message>) -> Self {
        Self {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
            snippet,
        }
    }
}
