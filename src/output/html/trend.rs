//! What earlier reports said, and this one at the end: a strip for each number, and a table.

use maud::{Markup, html};

use crate::triage::{Moment, Report, Verdict};

use super::page::{self, badge, count, number, table, text};

/// Moments that are drawn; the table has as many.
const MOST_MOMENTS: usize = 60;

/// Height of a strip's tallest bar, and of a strip with its words.
const BAR: u64 = 46;
const STRIP: u64 = 88;

/// Height of the marks of verdicts, and of their strip with its words.
const MARK: u64 = 12;
const VERDICTS: u64 = 52;

/// Columns that there is room for at least, so that few reports are no walls.
const LEAST_COLUMNS: usize = 24;

/// A number of each moment, and what it is called.
type Measure = (&'static str, &'static str, fn(&Moment) -> u64);

const MEASURES: [Measure; 4] = [
    ("Deny", "deny", |moment| moment.deny),
    ("Alert", "alert", |moment| moment.alert),
    ("Inconclusive", "inconclusive", |moment| moment.inconclusive),
    ("Records", "info", |moment| moment.records),
];

pub(super) fn section(report: &Report) -> Markup {
    if report.history.is_empty() {
        return html! {};
    }
    let mut moments = report.history.clone();
    moments.push(report.moment());
    let left_out = moments.len().saturating_sub(MOST_MOMENTS);
    let moments = moments.split_off(left_out);
    page::section(
        "trend",
        "Trend",
        html! {
            p {
                "The reports that were given as history, the oldest first, and this one at the end. "
                "They change nothing of what this report proves."
                @if left_out > 0 { " Older ones, " (number(left_out as u64)) " of them, are not shown." }
            }
            (picture(&moments))
            details open[moments.len() <= 12] {
                summary { "The same as a table" }
                (table(
                    "Reports, the newest first",
                    &["Day", "Verdict", "#Deny", "#Alert", "#Inconclusive", "#Records", "Report"],
                    html! { @for moment in moments.iter().rev() { (row(moment)) } },
                ))
            }
        },
    )
}

fn row(moment: &Moment) -> Markup {
    html! { tr {
        th scope="row" { (day(moment)) }
        td { (badge(class(moment.verdict), words(moment.verdict))) }
        @for (.., value) in MEASURES { td.n { (number(value(moment))) } }
        td { code { (text(&moment.source)) } }
    } }
}

fn day(moment: &Moment) -> String {
    moment.day.map_or_else(|| "not known".to_owned(), |day| day.to_string())
}

fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "clean",
        Verdict::Violations => "violations",
        Verdict::InsufficientEvidence => "insufficient evidence",
    }
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "good",
        Verdict::Violations => "deny",
        Verdict::InsufficientEvidence => "inconclusive",
    }
}

/// A strip of bars for each number.
fn picture(moments: &[Moment]) -> Markup {
    let height = VERDICTS + STRIP * MEASURES.len() as u64;
    let reports = count(moments.len() as u64, "report", "reports");
    html! { figure {
        svg.trend width="100%" height=(height) role="img" aria-labelledby="trend-picture trend-about" {
            title id="trend-picture" { "Findings and records over " (reports) }
            desc id="trend-about" {
                "A strip of bars for each number, the oldest report to the left, this one to the right. "
                "The table below has the numbers."
            }
            (verdicts(moments))
            @for (top, measure) in (0..).map(|index| VERDICTS + index * STRIP).zip(MEASURES) {
                (strip(moments, measure, top))
            }
        }
    } }
}

/// A mark for what each report proved.
fn verdicts(moments: &[Moment]) -> Markup {
    let now = moments.last().map(|moment| words(moment.verdict)).unwrap_or_default();
    html! { g {
        text x="0" y="15" { tspan.name { "Verdict" } " " (now) }
        @for (index, moment) in moments.iter().enumerate() {
            @let (start, width) = column_of(index, moments);
            rect class={ "bar now " (class(moment.verdict)) } x=(start) y="24" width=(width) height=(MARK) rx="1" {
                title { (day(moment)) ": " (words(moment.verdict)) }
            }
        }
    } }
}

fn strip(moments: &[Moment], (name, class, value): Measure, top: u64) -> Markup {
    let most = moments.iter().map(value).max().unwrap_or_default();
    let now = moments.last().map(value).unwrap_or_default();
    let base = top + 24 + BAR;
    html! { g class=(class) {
        text x="0" y=(top + 15) { tspan.name { (name) } " " (number(now)) }
        text.value x="100%" y=(top + 15) text-anchor="end" { "most " (number(most)) }
        line.track x1="0" x2="100%" y1=(base) y2=(base) {}
        @for (index, moment) in moments.iter().enumerate() {
            @let bar = height(value(moment), most);
            @let (start, width) = column_of(index, moments);
            rect.bar.now[index + 1 == moments.len()] x=(start) y=(base - bar) width=(width) height=(bar) {
                title { (day(moment)) ": " (number(value(moment))) }
            }
        }
    } }
}

/// The column of a moment; the last one ends at the right.
fn column_of(index: usize, moments: &[Moment]) -> (String, String) {
    let columns = moments.len().max(LEAST_COLUMNS);
    column(index + columns - moments.len(), columns)
}

/// Where a column of so many begins, and how wide it is: a fifth of its room is left free.
fn column(index: usize, columns: usize) -> (String, String) {
    let thousandths = |parts: usize| parts * 100_000 / columns.max(1);
    let percent = |thousandths: usize| format!("{}.{:03}%", thousandths / 1000, thousandths % 1000);
    let (start, end) = (thousandths(index), thousandths(index + 1));
    (percent(start), percent((end - start) * 4 / 5))
}

/// How high a bar is: whatever is there is seen.
fn height(value: u64, most: u64) -> u64 {
    match (value, most) {
        (0, _) | (_, 0) => 0,
        (value, most) => {
            let height = u128::from(value) * u128::from(BAR) / u128::from(most);
            u64::try_from(height).unwrap_or(BAR).max(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_lie_side_by_side() {
        assert_eq!(column(0, 1), ("0.000%".to_owned(), "80.000%".to_owned()));
        assert_eq!(column(1, 4), ("25.000%".to_owned(), "20.000%".to_owned()));
        assert_eq!(column(59, 60), ("98.333%".to_owned(), "1.333%".to_owned()));
    }

    #[test]
    fn a_bar_is_as_high_as_its_share_and_never_vanishes() {
        let cases = [(0, 0, 0), (0, 9, 0), (9, 9, BAR), (1, 10_000, 2), (u64::MAX, u64::MAX, BAR)];
        for (value, most, expected) in cases {
            assert_eq!(height(value, most), expected);
        }
    }
}
