//! What a change of policies does, as text: the formats that have words for it, and the JSON Schema of
//! what they write.

use std::io::{self, Write};

use serde_json::Value;

use crate::triage::Revision;

use super::{Format, Style, difference_schema, html, human, json, markdown};

type WriteRevision = fn(&Revision, &Style, &mut dyn Write) -> io::Result<()>;

/// The formats of revisions.
const REVISIONS: &[(Format, WriteRevision)] = &[
    (Format::Human, human::revision),
    (Format::Json, json::revision),
    (Format::Markdown, markdown::revision),
    (Format::Html, html::revision),
];

impl Format {
    /// The formats in which is written what a change of policies does.
    pub fn of_revisions() -> impl Iterator<Item = Self> {
        REVISIONS.iter().map(|(format, _)| *format)
    }
}

/// Writes what a change of policies does, in a format of [`Format::of_revisions`].
///
/// # Errors
/// Where `out` cannot be written, or the format has no words for it.
pub fn render_revision(
    revision: &Revision,
    format: Format,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match REVISIONS.iter().find(|(known, _)| *known == format) {
        Some((_, write)) => write(revision, style, out),
        None => Err(io::ErrorKind::Unsupported.into()),
    }
}

const SCHEMA: &str = include_str!("policy-diff.schema.json");

/// JSON Schema of what the `json` format writes of a change of policies; it describes findings and
/// captures as the schema of differences does.
#[must_use]
pub fn revision_schema() -> String {
    let (Ok(mut schema), Ok(difference)) = (
        serde_json::from_str::<Value>(SCHEMA),
        serde_json::from_str::<Value>(&difference_schema()),
    ) else {
        return SCHEMA.to_owned();
    };
    let shared = difference.get("$defs").and_then(Value::as_object);
    if let Some(own) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        let is_used = |name: &&String| SHARED.contains(&name.as_str());
        for (name, described) in shared.into_iter().flatten().filter(|(name, _)| is_used(name)) {
            own.insert(name.clone(), described.clone());
        }
    }
    format!("{schema:#}\n")
}

/// What both describe.
const SHARED: [&str; 12] = [
    "count",
    "ordinal",
    "effect",
    "severity",
    "pointer",
    "snapshot",
    "flaw",
    "level",
    "identity",
    "outcome",
    "disposition",
    "finding",
];
