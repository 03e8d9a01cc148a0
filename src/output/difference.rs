//! The JSON Schema of differences, which describes captures as the schema of reports does.

use serde_json::Value;

use super::REPORT_SCHEMA;

const SCHEMA: &str = include_str!("diff.schema.json");

/// JSON Schema of what the `json` format writes of a difference.
#[must_use]
pub fn difference_schema() -> String {
    let (Ok(mut schema), Ok(report)) =
        (serde_json::from_str::<Value>(SCHEMA), serde_json::from_str::<Value>(REPORT_SCHEMA))
    else {
        return SCHEMA.to_owned();
    };
    let shared = report.get("$defs").and_then(Value::as_object);
    if let Some(own) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        let is_used = |name: &&String| SHARED.contains(&name.as_str());
        for (name, described) in shared.into_iter().flatten().filter(|(name, _)| is_used(name)) {
            own.insert(name.clone(), described.clone());
        }
    }
    format!("{schema:#}\n")
}

/// What both describe.
const SHARED: [&str; 8] =
    ["count", "ordinal", "effect", "severity", "pointer", "snapshot", "flaw", "level"];
