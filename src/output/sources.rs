//! Which snapshot a file belongs to, by the name that findings and flaws have for it.

use std::collections::HashMap;

use crate::snapshot::Snapshot;
use crate::triage::Report;

/// The files of a report.
#[derive(Debug, Default)]
pub(super) struct Sources<'a>(HashMap<&'a str, &'a Snapshot>);

impl<'a> Sources<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let mut sources = HashMap::new();
        for snapshot in &report.evidence {
            let pages = snapshot.pages.iter().map(|page| &*page.source);
            for name in pages.chain([&*snapshot.source]) {
                sources.entry(name).or_insert(snapshot);
            }
        }
        Self(sources)
    }

    /// The snapshot of a file; `None` where it is no evidence.
    pub(super) fn snapshot(&self, name: &str) -> Option<&'a Snapshot> {
        self.0.get(name).copied()
    }
}
