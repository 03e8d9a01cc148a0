//! Floor 4: evidence, from bytes to pages to records, and whether all of it is there.

mod assemble;
mod capture;
mod choose;
mod envelope;
mod flaw;
mod page;
mod read;
mod rows;
mod whole;

pub use assemble::assemble;
pub use capture::{Answer, Capture, Origin};
pub use choose::operation_of;
pub use page::{File, Flaw, Page, RecordPlace, Total, Weight};
pub use read::{Hashes, Plan, Visitor, read};
pub use rows::{Row, Rows};
pub use whole::{Snapshot, Wholeness};

#[cfg(test)]
#[expect(
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tables are long, and a test fails by a panic"
)]
mod tests;
