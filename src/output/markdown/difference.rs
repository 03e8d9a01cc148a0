//! A difference as a page for a comment on a merge request: the verdict first, then what keeps it from
//! being known, then what became of findings and of records.

use std::io::{self, Write};

use crate::output::changes::{self, Class, Found, Tone};
use crate::output::identity::named;
use crate::output::item::short;
use crate::output::{Style, level};
use crate::text::Problem;
use crate::triage::{Difference, FindingChange, RecordChange, Side};

use super::{Page, at, code, code_cell, escaped, evidence, place};

/// Bytes of each table at most, and of a page as a whole: platforms refuse a comment of more than 64 KiB.
/// What finds no room is counted.
const ROOM: [usize; 4] = [12_000, 26_000, 14_000, 8_000];

pub(in crate::output) fn write(
    difference: &Difference,
    _style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page { out, left: usize::MAX, is_begun: false };
    page.paragraph(&format!("# Portcullis difference: {}", changes::headline(difference)))?;
    page.paragraph(&format!(
        "**Exit {}**. Findings: {}. Records: {}.",
        difference.verdict.exit_code(),
        changes::findings_in_numbers(difference),
        changes::records_in_numbers(difference),
    ))?;
    if let Some(statement) = difference.statement() {
        page.paragraph(&format!("Compared: {}.", escaped(&statement)))?;
    }
    if !difference.loosened.is_empty() {
        let flags: Vec<String> = difference.loosened.iter().map(|flag| code(flag.name())).collect();
        page.paragraph(&format!("Loosened by {}.", flags.join(", ")))?;
    }
    let [for_notes, for_findings, for_records, for_evidence] = ROOM;
    page.left = for_notes;
    let head = ["Level", "Code", "Note", "Help", "Place"];
    page.table("What to know", &head, &mut notes(difference))?;
    page.left = for_findings;
    let head = ["Change", "Result", "Severity", "Policy", "Finding", "Before", "Place"];
    page.table("Findings", &head, &mut findings(difference))?;
    page.left = for_records;
    let head = ["Change", "Record", "Values", "Evidence"];
    page.table("Records", &head, &mut records(difference))?;
    page.left = for_evidence;
    let head = ["Side", "Evidence", "Operation", "Records", "Whole", "SHA-256"];
    page.table("Evidence", &head, &mut sides(difference))
}

/// What keeps the difference from being known, then what is only worth knowing.
fn notes(difference: &Difference) -> impl Iterator<Item = Vec<String>> {
    let flaws = changes::flaws(difference).map(|flaw| (changes::does(flaw), &flaw.problem));
    let notes = difference.notes.iter().map(|note| (level(note.level), note));
    flaws.chain(notes).map(|(level, problem)| note(level, problem))
}

pub(super) fn note(level: &str, problem: &Problem) -> Vec<String> {
    vec![
        level.to_owned(),
        code_cell(&short(&problem.code)),
        escaped(&short(&problem.message)),
        escaped(&short(problem.help.as_deref().unwrap_or_default())),
        at(&problem.place),
    ]
}

/// Every finding but those that are what they were, which are counted.
fn findings(difference: &Difference) -> impl Iterator<Item = Vec<String>> {
    let classes = changes::of_findings(difference).into_iter();
    let changed = classes.filter(|class| class.tone != Tone::Plain);
    changed.flat_map(move |class| {
        let rows = class.list.iter().filter_map(move |change| finding(difference, &class, change));
        rows.collect::<Vec<_>>()
    })
}

fn finding(
    difference: &Difference,
    class: &Class<'_, FindingChange>,
    change: &FindingChange,
) -> Option<Vec<String>> {
    Some(found((class.word, class.tone), &Found::of(difference, change)?))
}

/// A finding, by the class that it is in.
pub(super) fn found((name, tone): (&str, Tone), found: &Found<'_>) -> Vec<String> {
    let (source, position) = found.place();
    vec![
        word(name, tone),
        found.is.result(),
        found.is.severity.name().to_owned(),
        code_cell(&short(found.policy())),
        escaped(&short(&found.message())),
        found.was.map(|was| escaped(&was.to_string())).unwrap_or_default(),
        place(source, Some(position)),
    ]
}

fn records(difference: &Difference) -> impl Iterator<Item = Vec<String>> {
    changes::of_records(difference).into_iter().flatten().flat_map(|class| {
        class.list.iter().map(move |change: &RecordChange| {
            vec![
                word(class.word, class.tone),
                escaped(&named(&change.identity)),
                escaped(&short(&changes::values_in_words(change))),
                code_cell(&short(&change.source)),
            ]
        })
    })
}

/// A class, which stands out where it is bad.
pub(super) fn word(word: &str, tone: Tone) -> String {
    if tone == Tone::Bad { format!("**{word}**") } else { word.to_owned() }
}

fn sides(difference: &Difference) -> impl Iterator<Item = Vec<String>> {
    let rows = |name: &'static str, side: &'_ Side| -> Vec<Vec<String>> {
        let captures = side.report.evidence.iter();
        captures.map(|capture| [vec![name.to_owned()], evidence(capture)].concat()).collect()
    };
    let rows = [rows("before", &difference.before), rows("after", &difference.after)];
    rows.into_iter().flatten()
}
