//! A difference as a page: the verdict, what keeps it from being known, and what became of findings and of
//! records, from what is new down to what is as it was.

use std::io::{self, Write};

use maud::{Markup, html};

use crate::output::changes::{self, Class, Found, Tone};
use crate::output::identity::named;
use crate::output::{Style, level};
use crate::text::{Level, Problem};
use crate::triage::{Difference, FindingChange, RecordChange, Side, Verdict};

use super::page::{self, Page, badge, count, number, place, said, table, text};
use super::{accepted, basis, verdict};

pub(in crate::output) fn write(
    difference: &Difference,
    _style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (code, words) = (difference.verdict.exit_code(), title(difference));
    let head = format!("{words} (exit {code}) – Portcullis difference");
    let mut page = Page::begin(&head, Some(difference.time), nonce(difference), out)?;
    page.put(banner(difference))?;
    page.put(notes(&all_notes(difference), lacking(difference)))?;
    page.put(contents())?;
    page.put(findings(difference))?;
    page.put(records(difference))?;
    page.put(sides(difference))?;
    page.end_of_difference()
}

/// A name that no text of the page can bring: a hash of all of them.
fn nonce(difference: &Difference) -> String {
    let classes = changes::of_findings(difference).into_iter();
    let found = classes.flat_map(|class| class.list);
    let found = found.filter_map(|change| Found::of(difference, change));
    let found = found.flat_map(|found| {
        let (source, _) = found.place();
        [found.message(), found.policy().to_owned(), source.to_owned()]
    });
    let records = changes::of_records(difference).into_iter().flatten();
    let records = records.flat_map(|class| class.list);
    let records =
        records.map(|change| format!("{:?} {}", change.identity, changes::values_in_words(change)));
    let notes = difference.notes.iter().map(|note| note.message.clone());
    let sides = [&difference.before, &difference.after].map(|side| basis::nonce(&side.report));
    let texts: Vec<String> = sides.into_iter().chain(notes).chain(found).chain(records).collect();
    page::nonce(texts.iter().map(String::as_str))
}

fn title(difference: &Difference) -> String {
    capital(changes::headline(difference))
}

/// What the comparison proved, and the numbers that it comes to.
fn banner(difference: &Difference) -> Markup {
    let class = difference.verdict.name().replace('_', "-");
    html! {
        div class={ "verdict " (class) } {
            (verdict::sign(Some(difference.verdict)))
            div {
                h1 { (title(difference)) }
                p.lead { (sentence(difference)) }
                @if let Some(statement) = difference.statement() { p { "Compared: " (text(&statement)) "." } }
                p.exit {
                    "Exit code " strong { (difference.verdict.exit_code()) } ": "
                    code { (text(&difference.before.source)) } " → "
                    code { (text(&difference.after.source)) }
                }
            }
        }
        dl.tiles {
            @for class in &changes::of_findings(difference) { (tile("findings", class)) }
            @if let Some(classes) = changes::of_records(difference) {
                @for class in &classes { (tile("records", class)) }
            } @else { (verdict::tile("Records compared", "no".to_owned(), "inconclusive")) }
        }
    }
}

/// How many there are of a class.
pub(super) fn tile<T>(what: &str, class: &Class<'_, T>) -> Markup {
    let tone = if class.list.is_empty() { "none" } else { tone(class.tone) };
    verdict::tile(&format!("{} {what}", capital(class.word)), number(class.list.len() as u64), tone)
}

pub(super) fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad => "deny",
        Tone::Doubtful => "alert",
        Tone::Unclear => "inconclusive",
        Tone::Good => "good",
        Tone::Plain => "none",
    }
}

fn sentence(difference: &Difference) -> &'static str {
    let is_known = difference.records.is_some();
    match difference.verdict {
        Verdict::Violations => {
            "Something at or above what fails the run is open now that was not, or is worse than it was."
        }
        Verdict::InsufficientEvidence => {
            "Nothing new was found that fails the run, but the two sides do not prove that there is \
             nothing. This is not a pass."
        }
        Verdict::Clean if !difference.loosened.is_empty() => {
            "Nothing is new that fails the run, which was told to accept less than all evidence and every \
             policy as written: see what was loosened."
        }
        Verdict::Clean if is_known => {
            "Both sides are whole, and nothing that fails the run is new or worse."
        }
        Verdict::Clean => {
            "Both sides are whole, and no finding that fails the run is new or worse. Records were not \
             compared, since a report holds only those of its findings."
        }
    }
}

/// What keeps the difference from being known, then what is only worth knowing.
fn all_notes(difference: &Difference) -> Vec<(&str, &Problem)> {
    let flaws = changes::flaws(difference).map(|flaw| (changes::does(flaw), &flaw.problem));
    let told = difference.notes.iter().map(|note| (level(note.level), note));
    flaws.chain(told).collect()
}

fn lacking(difference: &Difference) -> &'static str {
    match difference.verdict {
        Verdict::InsufficientEvidence => "Why this is not known",
        _ => "What to know of the two sides",
    }
}

/// Notes under a name, which stand out where one weighs; nothing where there are none.
pub(super) fn notes(notes: &[(&str, &Problem)], name: &str) -> Markup {
    if notes.is_empty() {
        return html! {};
    }
    let list = html! { ul.lacks { @for (word, problem) in notes { li {
        p { (word) ": " strong { (said(&problem.message)) } " " code { (text(&problem.code)) } }
        @if let Some(help) = &problem.help { p.help { (said(help)) } }
        p { (place(problem.place.source(), problem.place.position())) }
    } } } };
    let weighs = |(_, problem): &(&str, &Problem)| problem.level != Level::Note;
    let is_heavy = notes.iter().any(weighs);
    let section = page::section("notes", name, list);
    if is_heavy {
        html! { div.lacking { (section) } }
    } else {
        section
    }
}

fn contents() -> Markup {
    html! {
        nav aria-label="Parts of the page" {
            ul { @for (id, name) in
                [("findings", "Findings"), ("records", "Records"), ("sides", "The two sides")]
            {
                li { a href={ "#" (id) } { (name) } }
            } }
        }
    }
}

fn findings(difference: &Difference) -> Markup {
    let classes = changes::of_findings(difference);
    let is_empty = classes.iter().all(|class| class.list.is_empty());
    let body = html! {
        p { (capital(&changes::findings_in_numbers(difference))) "." }
        @for class in classes.iter().filter(|class| !class.list.is_empty()) {
            h3 { (badge(tone(class.tone), class.word)) " " (count(class.list.len() as u64, "finding", "findings")) }
            @if class.tone == Tone::Plain {
                details { summary { "What is on both sides, and no worse" } (found(difference, class)) }
            } @else { (found(difference, class)) }
        }
        @if is_empty { p { "No policy found anything, on either side." } }
    };
    page::section("findings", "Findings", body)
}

fn found(difference: &Difference, class: &Class<'_, FindingChange>) -> Markup {
    let all = class.list.iter().filter_map(|change| Found::of(difference, change));
    findings_table(class.word, all)
}

/// The findings of a class.
pub(super) fn findings_table<'a>(word: &str, all: impl Iterator<Item = Found<'a>>) -> Markup {
    let rows = html! {
        @for found in all { tr {
            td { (badge(standing(&found), &found.is.result())) }
            td { (badge(found.is.severity.name(), found.is.severity.name())) }
            th scope="row" { (text(found.policy())) }
            td { (text(&found.message())) }
            td { @if let Some(was) = found.was { (was.to_string()) } @else { span.faint { "–" } } }
            td { @let (source, position) = found.place(); (place(source, Some(position))) }
        } }
    };
    let head = ["Result", "Severity", "Policy", "Finding", "Before", "Place"];
    table(&format!("Findings: {word}"), &head, rows)
}

/// The colour of what a finding is: what is accepted does not stand out.
fn standing(found: &Found<'_>) -> &'static str {
    match found.is.is_open() {
        true => found.is.kind,
        false => found.is.disposition.name(),
    }
}

fn records(difference: &Difference) -> Markup {
    let body = match changes::of_records(difference) {
        None => html! {
            p {
                strong { "Records were not compared" } ": a side is a report, which holds only the records of "
                "its findings. What opened, closed or changed is not known."
            }
        },
        Some(classes) => html! {
            p { (capital(&changes::records_in_numbers(difference))) "." }
            @for class in classes.iter().filter(|class| !class.list.is_empty()) {
                h3 { (badge(tone(class.tone), class.word)) " " (count(class.list.len() as u64, "record", "records")) }
                (changed(class))
            }
        },
    };
    page::section("records", "Records", body)
}

fn changed(class: &Class<'_, RecordChange>) -> Markup {
    let rows = html! { @for change in class.list { tr {
        th scope="row" { (text(&named(&change.identity))) }
        td { @for (name, value) in changes::values(change) {
            div { (text(name)) " " code { (text(&value)) } }
        } }
        td { code.place { (text(&change.source)) } }
    } } };
    table(&format!("Records: {}", class.word), &["Record", "Values", "Evidence"], rows)
}

fn sides(difference: &Difference) -> Markup {
    let body = html! {
        (side("Before", &difference.before))
        (side("After", &difference.after))
        @if !difference.loosened.is_empty() {
            h3 { "Loosened" }
            (accepted::loosened(&difference.loosened))
        }
    };
    page::section("sides", "The two sides", body)
}

fn side(name: &str, side: &Side) -> Markup {
    let report = &side.report;
    let pages: usize = report.evidence.iter().map(|capture| capture.pages.len()).sum();
    html! {
        h3 { (name) ": " code { (text(&side.source)) } }
        @if report.is_saved() { p { "A report: it is as it was judged." } }
        (basis::evidence(report))
        @for capture in &report.evidence {
            @if let Some(origin) = &capture.origin { (basis::asked(capture, origin)) }
        }
        @if pages > 0 {
            details open[pages <= basis::FEW_PAGES] {
                summary { "Pages and their hashes" }
                (basis::hashes(report))
            }
        }
    }
}

pub(super) fn capital(words: &str) -> String {
    let (first, rest) = words.split_at_checked(1).unwrap_or((words, ""));
    format!("{}{rest}", first.to_ascii_uppercase())
}
