//! Floor 6: what was found becomes a finished report: ordered, counted, and with a verdict that no
//! format can change.

mod accepted;
mod aged;
mod answers;
mod baseline;
mod coverage;
mod difference;
mod exposure;
mod finish;
mod kept;
mod merge;
mod message;
mod narrowed;
mod observed;
mod register;
mod report;
mod revision;
mod saved;
mod tolerance;
mod trend;
mod verdict;
mod view;
mod waiving;
mod whole;

pub use baseline::{Baseline, Fixed, MAX_BASELINE_BYTES};
pub use coverage::{ControlCoverage, ControlState, FrameworkCoverage, Tally};
pub use difference::{
    Collector, Difference, FieldChange, FindingChange, FindingChanges, Inventory, MOST_BYTES,
    MOST_RECORDS, RecordChange, RecordChanges, Side, Survey,
};
pub use exposure::{Opening, Standing};
pub use finish::{JudgedFile, Terms, day, finish, is_sufficient};
pub use merge::{Part, PolicyDifference, differences, merge};
pub use register::ApprovalUse;
pub use report::{Evidence, Finding, Identity, Meaning, RecordAt, Report};
pub use revision::{
    ApprovalChange, ApprovalFate, ConditionChange, Counterexample, FindingShift, FindingShifts,
    PartChange, Policies, PolicyChange, PolicyFate, Revision, Seen, Tendency, Weighs,
};
pub use saved::{Saved, SavedFinding, is_of_run};
pub use tolerance::Tolerance;
pub use trend::Moment;
pub use verdict::{Disposition, FailOn, Loosening, PolicyCounts, Summary, Verdict};
pub use view::{Elsewhere, View};
pub use waiving::WaiverUse;
