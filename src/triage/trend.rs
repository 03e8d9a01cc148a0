//! A `Moment` is what an earlier report said, as far as a trend shows it. Moments change nothing of what
//! a run proves.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::finish::day;
use super::report::Report;
use super::verdict::Verdict;

/// What a report said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The file, as it was named.
    pub source: Arc<str>,
    /// The day on which it was made, in UTC; `None` where it does not say.
    pub day: Option<Date>,
    /// When its evidence was whole, where its capture recorded that.
    pub captured: Option<Timestamp>,
    /// What it proved.
    pub verdict: Verdict,
    /// Open failures of policies that deny.
    pub deny: u64,
    /// Open failures of policies that alert.
    pub alert: u64,
    /// Open inconclusive findings.
    pub inconclusive: u64,
    /// Records distinct by identity.
    pub records: u64,
}

impl Moment {
    /// Puts moments in order: by day, then by the time of their evidence, then by name.
    pub fn sort(moments: &mut [Self]) {
        moments.sort_by(|one, other| {
            (one.day, one.captured, &one.source).cmp(&(other.day, other.captured, &other.source))
        });
    }
}

impl Report {
    /// This report as the last moment of its history.
    #[must_use]
    pub fn moment(&self) -> Moment {
        let finished = self.evidence.iter().filter_map(|one| one.origin.as_deref());
        Moment {
            source: Arc::from("this report"),
            day: Some(day(self.time)),
            captured: finished.map(|origin| origin.finished).max(),
            verdict: self.verdict,
            deny: self.summary.deny,
            alert: self.summary.alert,
            inconclusive: self.summary.inconclusive,
            records: self.summary.records,
        }
    }
}
