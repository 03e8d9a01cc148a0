//! What identifies a record, as it is shown.

use std::borrow::Cow;

use crate::triage::Identity;

use super::item::short;

/// What identifies a record, on one line: `Port 3389, Protocol tcp`; safe to show.
pub(super) fn named(identity: &[Identity]) -> String {
    let known = identity.iter().map(|(name, value)| format!("{name} {}", plain(value)));
    short(&known.collect::<Vec<_>>().join(", "))
}

/// The text of a JSON text, other values as they stand.
pub(super) fn plain(value: &str) -> Cow<'_, str> {
    serde_json::from_str::<String>(value).map_or(Cow::Borrowed(value), Cow::Owned)
}
