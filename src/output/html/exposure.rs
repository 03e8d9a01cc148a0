//! A picture of what is open and has findings: a line a port, as long as its traffic, and a table that
//! says the same.

use maud::{Markup, html};

use crate::triage::{Opening, Report, Standing};

use super::page::{self, badge, count, number, table, text};

/// Lines of the picture at most.
const MOST_LINES: usize = 24;

/// Rows of the table at most; every finding is in the list of findings.
const MOST_ROWS: usize = 500;

/// Services that are named of one opening.
const MOST_SERVICES: usize = 6;

/// Characters of the services of one opening in the picture.
const LONGEST_SERVICES: usize = 18;

/// Height of a line in the picture, and of what is above the first one.
const LINE: usize = 44;
const HEAD: usize = 28;

/// The scale of the picture: a thousand times more at each step, as far as any traffic goes.
const STEPS: [(&str, f64); 4] = [("1 KB", 20.0), ("1 MB", 40.0), ("1 GB", 60.0), ("1 TB", 80.0)];

/// Hundredths of the width for each thousandfold.
const STEP: f64 = 20.0;

pub(super) fn section(report: &Report) -> Markup {
    let openings = report.exposure();
    if openings.is_empty() {
        return html! {};
    }
    let ports = count(openings.len() as u64, "port", "ports");
    let caption = format!("Ports with findings: {ports}");
    page::section(
        "exposure",
        "What is open",
        html! {
            p {
                "Of the records with findings. What violates nothing is not kept, so it is not drawn here."
            }
            (picture(&openings))
            details open[openings.len() <= MOST_LINES] {
                summary { "The same as a table" }
                (table(
                    &caption,
                    &["Port", "Services", "Worst open finding", "#Traffic", "#Records", "#Findings"],
                    html! { @for opening in openings.iter().take(MOST_ROWS) { (row(opening)) } },
                ))
                @if openings.len() > MOST_ROWS {
                    p { (number((openings.len() - MOST_ROWS) as u64)) " more are in the list of findings." }
                }
            }
        },
    )
}

fn row(opening: &Opening) -> Markup {
    html! { tr {
        th scope="row" { (text(&name(opening))) }
        td { (text(&services(opening))) }
        td { (worst(opening.worst)) }
        td.n { (traffic(opening.traffic)) }
        td.n { (number(opening.records)) }
        td.n { (number(opening.findings)) }
    } }
}

fn worst(standing: Option<Standing>) -> Markup {
    match standing {
        None => html! { span.faint { "none open" } },
        Some(Standing { fails: false, severity, .. }) => html! {
            (badge("inconclusive", "inconclusive")) " " (badge(severity.name(), severity.name()))
        },
        Some(Standing { effect, severity, .. }) => html! {
            (badge(effect.name(), effect.name())) " " (badge(severity.name(), severity.name()))
        },
    }
}

/// The worst openings, a line each.
fn picture(openings: &[Opening]) -> Markup {
    let shown = openings.len().min(MOST_LINES);
    let height = HEAD + shown * LINE + 4;
    let title =
        format!("The {} with the worst findings, by traffic", count(shown as u64, "port", "ports"));
    html! { figure {
        svg.exposure width="100%" height=(height) role="img" aria-labelledby="picture-title picture-about" {
            title id="picture-title" { (title) }
            desc id="picture-about" {
                "A line a port, its length the traffic on a scale in which every step is a thousand "
                "times the one before. The table below has the numbers."
            }
            @for (name, at) in STEPS {
                line.grid x1=(percent(at)) x2=(percent(at)) y1="20" y2=(height) {}
                text.step x=(percent(at)) y="13" text-anchor="middle" { (name) }
            }
            @for (index, opening) in openings.iter().take(MOST_LINES).enumerate() {
                (line(opening, HEAD + index * LINE))
            }
        }
        @if openings.len() > shown {
            figcaption { "Drawn are the worst " (shown) " of " (number(openings.len() as u64)) " ports." }
        }
    } }
}

fn line(opening: &Opening, top: usize) -> Markup {
    let class = match opening.worst {
        None => "none",
        Some(Standing { fails: false, .. }) => "inconclusive",
        Some(standing) => standing.severity.name(),
    };
    let words = match opening.worst {
        None => "none open",
        Some(Standing { fails: false, .. }) => "inconclusive",
        Some(standing) => standing.severity.name(),
    };
    let (text_at, line_at) = (top + 17, top + 28);
    let services = short(services(opening));
    html! { g class=(class) {
        rect.ground x="0" y=(top) width="100%" height=(LINE - 4) rx="4" {}
        text x="8" y=(text_at) { tspan.name { (text(&name(opening))) } " " (text(&services)) }
        text.value x="99%" y=(text_at) text-anchor="end" { (traffic(opening.traffic)) " · " (words) }
        @let end = percent(length(opening.traffic));
        line.track x1="8" x2="99%" y1=(line_at) y2=(line_at) {}
        line.stem x1="8" x2=(end) y1=(line_at) y2=(line_at) {}
        circle.dot cx=(end) cy=(line_at) r="5" {}
    } }
}

/// How far a line goes, in hundredths of the width.
fn length(traffic: Option<u64>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a bar is drawn by a few digits")]
    let bytes = traffic.unwrap_or(0) as f64;
    (bytes.max(1.0).log10() / 3.0 * STEP).clamp(1.5, 98.0)
}

fn percent(at: f64) -> String {
    format!("{at:.1}%")
}

/// The port as people write it.
fn name(opening: &Opening) -> String {
    match (opening.port, opening.protocol.as_str()) {
        (Some(port), "") => port.to_string(),
        (Some(port), protocol) => format!("{port}/{protocol}"),
        (None, "") => "no port".to_owned(),
        (None, protocol) => format!("no port/{protocol}"),
    }
}

fn services(opening: &Opening) -> String {
    let shown: Vec<&str> =
        opening.services.iter().take(MOST_SERVICES).map(String::as_str).collect();
    let more = opening.services.len().saturating_sub(shown.len());
    let shown = shown.join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// As much of a text as finds room beside the traffic on a narrow page.
fn short(words: String) -> String {
    match words.char_indices().nth(LONGEST_SERVICES) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
        None => words,
    }
}

/// Bytes in the unit that suits them.
fn traffic(bytes: Option<u64>) -> String {
    const UNITS: [&str; 6] = ["KB", "MB", "GB", "TB", "PB", "EB"];
    let Some(bytes) = bytes else {
        return "not known".to_owned();
    };
    if bytes < 1000 {
        return format!("{bytes}\u{a0}B");
    }
    let mut tenths = u128::from(bytes) / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    let unit = UNITS.get(unit).copied().unwrap_or_default();
    format!("{}.{}\u{a0}{unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traffic_has_the_unit_that_suits_it() {
        for (bytes, shown) in [
            (None, "not known"),
            (Some(0), "0\u{a0}B"),
            (Some(999), "999\u{a0}B"),
            (Some(1000), "1.0\u{a0}KB"),
            (Some(999_999), "999.9\u{a0}KB"),
            (Some(1_456_536_639), "1.4\u{a0}GB"),
            (Some(u64::MAX), "18.4\u{a0}EB"),
        ] {
            assert_eq!(traffic(bytes), shown);
        }
    }

    #[test]
    fn a_line_ends_at_the_step_of_its_traffic() {
        for (name, at) in STEPS {
            let bytes = match name {
                "1 KB" => 1_000,
                "1 MB" => 1_000_000,
                "1 GB" => 1_000_000_000,
                _ => 1_000_000_000_000,
            };
            assert!((length(Some(bytes)) - at).abs() < 1e-9, "{name}");
        }
        assert!(length(Some(u64::MAX)) <= 98.0 && length(None) > 0.0);
    }
}
