//! A snapshot document is a capture as one JSON file: the raw answers byte for byte, each with its hash,
//! how they were asked for, and whether they are whole.

mod decode;
mod error;
mod members;
mod open;
mod write;

#[cfg(test)]
#[expect(
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tables are long, and a test fails by a panic"
)]
mod tests;

pub(super) use open::own_schema;
pub use open::{Opened, open};
pub use write::write;

use crate::text::Mark;

use super::capture::Capture;
use super::whole::Wholeness;

/// The name of the format that is written, which its `schema` member holds.
pub const SCHEMA: &str = "portcullis.snapshot/v1";

/// JSON Schema of what is written.
pub const DOCUMENT_SCHEMA: &str = include_str!("../snapshot.schema.json");

/// What the name of every version begins with.
const FAMILY: &str = "portcullis.snapshot/";

/// The most pages of one snapshot.
pub const MAX_PAGES: usize = 100_000;

/// The longest raw answer, in bytes.
pub const MAX_PAGE_BYTES: usize = 32 << 20;

/// The most bytes of all raw answers of one snapshot together.
pub const MAX_BYTES: usize = 2 << 30;

/// The members of the document, in the order in which they are written.
const MEMBERS: [&str; 11] = [
    "schema",
    "tool",
    "operation",
    "product",
    "version",
    "request",
    "started",
    "finished",
    "complete",
    "incomplete",
    "pages",
];

/// A snapshot document that was read, its hashes found right.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it holds.
    pub capture: Capture,
    /// Whether that is whole, as it says, and where it says so.
    pub said: (Wholeness, Mark),
}
