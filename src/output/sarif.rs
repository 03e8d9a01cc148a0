//! The `sarif` format: SARIF 2.1.0, for code scanning of GitHub and GitLab, DefectDojo and editors.

use std::cmp::Reverse;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::snapshot::{Snapshot, Wholeness};
use crate::triage::Report;

use super::item::{Item, Status, items};
use super::json_text::{self, Breaks};
use super::{Entry, Hashes, Reader, Style, Told, count, notices};

mod failure;
mod log;
mod place;
mod result;
mod rule;

use log::{Details, Driver, Invocation, Log, Notification, Run, Tool};
use result::Results;

pub(super) const ENTRY: Entry = Entry {
    name: "sarif",
    about: "SARIF 2.1.0: code scanning of GitHub and GitLab, DefectDojo, editors",
    reader: Reader::Machine,
    hashes: Hashes::Hidden,
    max_findings: None,
    render,
    problems,
};

/// Results that GitHub keeps of a run: the most severe ones.
const MOST_RESULTS: usize = 5000;

/// Notifications of one run.
const MOST_NOTIFICATIONS: usize = 100;

/// A result is a line.
const BREAKS: Breaks = Breaks { depth: 4 };

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (kept, left_out) = most_severe(items(report).collect());
    let missed: Vec<&Item<'_>> =
        kept.iter().filter(|item| item.status == Status::Insufficient).collect();
    let mut notifications: Vec<Notification> = missed
        .iter()
        .take(MOST_NOTIFICATIONS)
        .map(|item| Notification::of_item(item, style))
        .collect();
    notifications.extend(notices(report).iter().map(|one| failure::notification(one, style)));
    if left_out > 0 {
        notifications.push(Notification::cut(&format!(
            "{} left out: the {MOST_RESULTS} most severe are here",
            count(left_out as u64, "result", "results")
        )));
    }
    let time = report.time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let invocation = Invocation {
        execution_successful: missed.is_empty(),
        exit_code: report.verdict.exit_code(),
        start_time_utc: Some(time.clone()),
        end_time_utc: Some(time),
        tool_execution_notifications: notifications,
    };
    let log = Log::new(Run {
        tool: Tool { driver: Driver::new(rule::all(report)) },
        invocations: [invocation],
        automation_details: Details { id: category(report) },
        column_kind: "unicodeCodePoints",
        results: Results::new(report, &kept, style).all(),
        properties: Some(properties(report)),
    });
    json_text::write(&log, BREAKS, out)
}

fn problems(told: &Told<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    json_text::write(&failure::log(told, style), BREAKS, out)
}

/// The most severe items in the order that they had, and how many are left out.
fn most_severe(items: Vec<Item<'_>>) -> (Vec<Item<'_>>, usize) {
    let left_out = items.len().saturating_sub(MOST_RESULTS);
    if left_out == 0 {
        return (items, 0);
    }
    let mut ranked: Vec<(usize, Item<'_>)> = items.into_iter().enumerate().collect();
    ranked.sort_by_key(|(_, item)| (item.status, Reverse(item.severity())));
    ranked.truncate(MOST_RESULTS);
    ranked.sort_by_key(|(index, _)| *index);
    (ranked.into_iter().map(|(_, item)| item).collect(), left_out)
}

/// What tells runs apart that may be uploaded beside each other: accounts and regions, where known.
fn category(report: &Report) -> String {
    let mut id = format!("{}/", env!("CARGO_PKG_NAME"));
    for origin in report.evidence.iter().filter_map(|snapshot| snapshot.origin.as_ref()) {
        for part in [&origin.account, &origin.region].into_iter().flatten() {
            let part = format!("{}/", super::item::short(part).replace('/', "-"));
            if !id.contains(&format!("/{part}")) {
                id.push_str(&part);
            }
        }
    }
    id
}

/// What was proven, from what.
fn properties(report: &Report) -> Value {
    let summary = &report.summary;
    json!({
        "verdict": report.verdict.name(),
        "summary": {
            "policies": summary.policies,
            "records": summary.records,
            "deny": summary.deny,
            "alert": summary.alert,
            "inconclusive": summary.inconclusive,
            "waived": summary.waived,
            "known": summary.known,
            "tolerated": summary.tolerated,
        },
        "loosened": report.loosened.iter().map(|flag| flag.name()).collect::<Vec<_>>(),
        "evidence": report.evidence.iter().map(evidence).collect::<Vec<_>>(),
    })
}

fn evidence(snapshot: &Snapshot) -> Value {
    json!({
        "source": super::item::short(&snapshot.source),
        "operation": snapshot.operation.as_ref().map(|operation| operation.name.as_str()),
        "records": snapshot.records,
        "expected": snapshot.expected,
        "complete": match snapshot.wholeness {
            Wholeness::Complete => Some(true),
            Wholeness::Unprovable => None,
            Wholeness::Partial | Wholeness::NoEvidence => Some(false),
        },
    })
}
