//! The parts of a SARIF log that are written here, by the names that the standard gives them.

use serde::Serialize;
use serde_json::Value;

use crate::output::Style;
use crate::output::item::Item;
use crate::text::Level;

use super::place::Location;
use super::result::SarifResult;
use super::rule::Rule;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
pub(super) struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

impl<'a> Log<'a> {
    pub(super) fn new(run: Run<'a>) -> Self {
        Self { schema: SCHEMA, version: "2.1.0", runs: [run] }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a> {
    pub(super) tool: Tool<'a>,
    pub(super) invocations: [Invocation; 1],
    pub(super) automation_details: Details,
    pub(super) column_kind: &'static str,
    pub(super) results: Vec<SarifResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<Value>,
}

#[derive(Serialize)]
pub(super) struct Tool<'a> {
    pub(super) driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver<'a> {
    name: &'static str,
    full_name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule<'a>>,
}

impl<'a> Driver<'a> {
    pub(super) fn new(rules: Vec<Rule<'a>>) -> Self {
        Self {
            name: "Portcullis",
            full_name: concat!("Portcullis ", env!("CARGO_PKG_VERSION")),
            semantic_version: env!("CARGO_PKG_VERSION"),
            information_uri: crate::output::INFORMATION_URI,
            rules,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Details {
    pub(super) id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: bool,
    pub(super) exit_code: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_time_utc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_time_utc: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
pub(super) struct Notification {
    pub(super) descriptor: Details,
    pub(super) level: &'static str,
    pub(super) message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) locations: Vec<Location>,
}

impl Notification {
    pub(super) fn of_item(item: &Item<'_>, style: &Style) -> Self {
        Self {
            descriptor: Details { id: item.kind().into_owned() },
            level: crate::output::level(item.level()),
            message: Message::new(&item.message()),
            locations: vec![Location::of_item(item, style)],
        }
    }

    /// Says that a log does not hold everything.
    pub(super) fn cut(message: &str) -> Self {
        Self {
            descriptor: Details { id: "portcullis/results-left-out".to_owned() },
            level: crate::output::level(Level::Warning),
            message: Message::new(message),
            locations: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Message {
    pub(super) text: String,
}

impl Message {
    /// A message in which nothing is read as a link.
    pub(super) fn new(text: &str) -> Self {
        let text = if text.contains("](") {
            text.replace('[', "\\[").replace(']', "\\]")
        } else {
            text.to_owned()
        };
        Self { text }
    }
}
