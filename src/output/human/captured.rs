//! How evidence was asked for, in a line of each capture that says so.

use std::io;

use crate::output::count;
use crate::snapshot::Origin;
use crate::triage::Report;

use super::page::{Page, Paint};

/// Captures that have a line; more are counted.
const MOST: usize = 8;

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let mut origins = report.evidence.iter().filter_map(|snapshot| snapshot.origin.as_deref());
    for origin in origins.by_ref().take(MOST) {
        page.paragraph(("captured ", Paint::Faint), &words(origin), 2)?;
    }
    match origins.count() as u64 {
        0 => Ok(()),
        more => page.line(("… and ", Paint::Plain), &count(more, "more capture", "more captures")),
    }
}

fn words(origin: &Origin) -> String {
    let second = |time: jiff::Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut words = vec![second(origin.finished)];
    let named =
        [("account", &origin.account), ("region", &origin.region), ("profile", &origin.profile)];
    for (name, value) in named {
        words.extend(value.as_ref().map(|value| format!("{name} {value}")));
    }
    if let Some((since, until)) = origin.window {
        words.push(format!("window {} to {}", second(since), second(until)));
    }
    words.extend(origin.filters.iter().map(|(name, value)| format!("{name}={value}")));
    words.join(", ")
}
