//! Findings by severity, and by what became of them.

use maud::{Markup, html};

use crate::operation::Severity;
use crate::output::item::{Item, Status, items};
use crate::triage::Report;

use super::page::{self, badge, number, table};

/// The columns, in order; the last is their sum.
const COLUMNS: [&str; 6] = ["deny", "alert", "inconclusive", "waived", "known", "tolerated"];

pub(super) fn section(report: &Report) -> Markup {
    let mut counts = [[0_u64; COLUMNS.len()]; Severity::ALL.len()];
    for item in items(report).filter(|item| item.finding().is_some()) {
        let row = Severity::ALL.iter().position(|severity| *severity == item.severity());
        let cell = row.and_then(|row| counts.get_mut(row)?.get_mut(column(&item)?));
        if let Some(cell) = cell {
            *cell += 1;
        }
    }
    let rows = html! {
        @for (severity, counts) in Severity::ALL.iter().zip(&counts).rev() { tr {
            th scope="row" { (badge(severity.name(), severity.name())) }
            @for count in counts { (cell(*count)) }
            (cell(counts.iter().sum()))
        } }
        tr.sum {
            th scope="row" { "all" }
            @for column in 0..COLUMNS.len() {
                (cell(counts.iter().filter_map(|row| row.get(column)).sum()))
            }
            (cell(counts.iter().flatten().sum()))
        }
    };
    let head =
        ["Severity", "#Deny", "#Alert", "#Inconclusive", "#Waived", "#Known", "#Tolerated", "#All"];
    let table = table("Findings by severity and result", &head, rows);
    page::section(
        "numbers",
        "Findings in numbers",
        html! {
            (table)
            @match unlisted(report) {
                0 => {}
                outcomes => p {
                    strong { (number(outcomes)) } " further inconclusive outcomes are counted only, as the "
                    "run or their policies ask."
                }
            }
        },
    )
}

fn column(item: &Item<'_>) -> Option<usize> {
    let kind = item.kind();
    let name = match item.status {
        Status::Waived => "waived",
        Status::Known => "known",
        Status::Tolerated => "tolerated",
        _ => kind.as_ref(),
    };
    COLUMNS.iter().position(|column| *column == name)
}

/// Inconclusive outcomes that are in no list.
fn unlisted(report: &Report) -> u64 {
    report.unlisted().iter().flat_map(|counts| counts.values()).sum()
}

fn cell(count: u64) -> Markup {
    match count {
        0 => html! { td.n.zero { "0" } },
        count => html! { td.n { (number(count)) } },
    }
}
