//! Floor 4: evidence, from bytes to pages to records, and whether all of it is there.

mod assemble;
mod capture;
mod captured;
mod choose;
mod document;
mod envelope;
mod flaw;
mod page;
mod read;
mod rows;
mod unlisted;
mod whole;
mod words;

pub use assemble::assemble;
pub use capture::{
    Answer, Capture, MAX_CLOCK_STEP, MAX_WINDOW_AHEAD, Origin, WindowError, check_window,
};
pub use captured::{answers_together, read_answer, read_capture, together};
pub use choose::{NoOperation, operation_of};
pub use document::{
    DOCUMENT_SCHEMA, MAX_BYTES, MAX_PAGE_BYTES, MAX_PAGES, Opened, SCHEMA, open, write,
};
pub use page::{ApiError, Captured, File, Flaw, Page, RecordPlace, Total, Weight};
pub use read::{Hashes, Plan, Visitor, read};
pub use rows::{Identity, Row, Rows};
pub use whole::{Snapshot, Wholeness};

#[cfg(test)]
#[expect(
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tables are long, and a test fails by a panic"
)]
mod tests;
