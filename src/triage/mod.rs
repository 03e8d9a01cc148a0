//! Floor 6: what was found becomes a finished report: ordered, counted, and with a verdict that no
//! format can change.

mod finish;
mod message;
mod report;

pub use finish::{JudgedFile, Terms, finish};
pub use report::{
    Disposition, Evidence, FailOn, Finding, Identity, Loosening, PolicyCounts, RecordAt, Report,
    Summary, Verdict,
};
