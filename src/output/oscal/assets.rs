//! By which means, and of what: the tool, and the records that findings are about.

use std::collections::HashSet;

use serde::{Serialize, Serializer};

use crate::output::item::Item;
use crate::output::uuid::Uuid;
use crate::triage::Report;

use super::part::{Property, line};
use super::said::record;

/// What the assessment was made with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Assets {
    components: [Component; 1],
    assessment_platforms: [Platform; 1],
}

#[derive(Debug, Serialize)]
struct Component {
    uuid: Uuid,
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    description: &'static str,
    props: [Property; 1],
    status: Status,
}

#[derive(Debug, Serialize)]
struct Status {
    state: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Platform {
    uuid: Uuid,
    title: &'static str,
    uses_components: [Used; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Used {
    component_uuid: Uuid,
}

impl Assets {
    pub(super) fn new(tool: Uuid) -> Self {
        Self {
            components: [Component {
                uuid: tool,
                kind: "software",
                title: "Portcullis",
                description: "Judges what cloud APIs answered by policies as code.",
                props: [Property::new("version", env!("CARGO_PKG_VERSION"))],
                status: Status { state: "operational" },
            }],
            assessment_platforms: [Platform {
                uuid: Uuid::of(&["platform"]),
                title: "Where Portcullis ran",
                uses_components: [Used { component_uuid: tool }],
            }],
        }
    }
}

/// The records that findings are about, each once.
#[derive(Debug)]
pub(super) struct Inventory<'a>(pub(super) &'a Report);

#[derive(Debug, Serialize)]
struct InventoryItem {
    uuid: Uuid,
    description: String,
    props: Vec<Property>,
}

impl Serialize for Inventory<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let mut known = HashSet::new();
        serializer.collect_seq(report.findings.iter().filter_map(|finding| {
            let uuid = record(report, finding);
            known.insert(uuid).then(|| InventoryItem::new(uuid, &Item::of(report, finding)))
        }))
    }
}

impl InventoryItem {
    fn new(uuid: Uuid, item: &Item<'_>) -> Self {
        let identity = item.identities();
        let operation = item.policy().map_or("record", |policy| &policy.operation.name);
        let named = identity.iter().map(|(name, value)| Property::named(name, operation, value));
        let mut props = vec![Property::new("operation", operation)];
        props.extend(named);
        Self { uuid, description: line(&item.identity()), props }
    }
}
