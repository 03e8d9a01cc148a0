//! The `markdown` format: a page for comments on merge requests, job summaries and wikis.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::policy::Policy;
use crate::snapshot::{Snapshot, Wholeness};
use crate::text::{Place, Position, Problem};
use crate::triage::{ControlCoverage, ControlState, Report};

use super::item::{Item, Status, items, prose, short};
use super::{Entry, Hashes, Reader, Style, Told, count};

mod difference;
mod revision;
mod text;

pub(super) use difference::write as difference;
pub(super) use revision::write as revision;
use text::code_cell;
pub(super) use text::{code, escaped};

pub(super) const ENTRY: Entry = Entry {
    name: "markdown",
    about: "A page with tables: comments, job summaries, wikis",
    reader: Reader::Machine,
    hashes: Hashes::Shown,
    max_findings: None,
    render,
    problems,
};

/// Bytes that are kept for what follows a table that was cut.
const ENDING: usize = 16_384;

fn render(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write(report, usize::MAX, out)
}

fn problems(told: &Told<'_>, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_problems(told, usize::MAX, out)
}

/// Writes a page of at most so many bytes; what finds no room is counted.
pub(super) fn write(report: &Report, room: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, left: room.saturating_sub(ENDING), is_begun: false };
    page.paragraph(&format!("# Portcullis: {}", report.headline()))?;
    if let Some(statement) = report.statement() {
        page.paragraph(&escaped(&statement))?;
    }
    page.paragraph(&summary(report))?;
    if !report.loosened.is_empty() {
        let flags: Vec<String> = report.loosened.iter().map(|flag| code(flag.name())).collect();
        page.paragraph(&format!("Loosened by {}.", flags.join(", ")))?;
    }
    let mut warnings = report.warnings().into_iter().map(of_problem);
    page.table("Warnings", &OF_PROBLEMS, &mut warnings)?;
    let head = ["Evidence", "Operation", "Records", "Whole", "SHA-256"];
    page.table("Evidence", &head, &mut report.evidence.iter().map(evidence))?;
    coverage(report, &mut page)?;
    let head = ["Result", "Severity", "Policy", "Finding", "Place"];
    page.table("Results", &head, &mut items(report).map(|item| row(&item)))?;
    page.left = ENDING;
    page.fixes(&failed(report))
}

/// The controls of the framework that the report is narrowed to.
fn coverage(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let Some(view) = &report.view else {
        return Ok(());
    };
    let framework = &view.coverage.framework;
    let title = format!("{} {} ({})", framework.name, framework.version, framework.id);
    let head = ["Control", "State", "Strength", "Asks for", "Open", "Why no more can be said"];
    let mut rows = view.coverage.controls.iter().map(control);
    page.table(&escaped(&short(&title)), &head, &mut rows)
}

fn control(control: &ControlCoverage) -> Vec<String> {
    vec![
        code_cell(&short(&control.id)),
        match control.state {
            ControlState::NotMet | ControlState::WeaknessFound => {
                format!("**{}**", control.state.words())
            }
            state => state.words().to_owned(),
        },
        control.strength.name().to_owned(),
        escaped(&short(&control.title)),
        control.findings.open.to_string(),
        escaped(&short(&control.reasons.join("; "))),
    ]
}

/// The policies that an open finding violates and that say what to do.
fn failed(report: &Report) -> Vec<&Policy> {
    let open = items(report).filter(|item| item.status == Status::Failed);
    let indices: HashSet<u32> = open.filter_map(|item| Some(item.finding()?.policy)).collect();
    let policies = (0..).zip(&report.policies.policies);
    policies
        .filter(|(index, policy)| indices.contains(index) && policy.remediation.is_some())
        .map(|(_, policy)| policy)
        .collect()
}

/// Writes a page of at most so many bytes about problems.
pub(super) fn write_problems(told: &Told<'_>, room: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, left: room.saturating_sub(ENDING), is_begun: false };
    let words = match told.exit_code {
        2 => "# Portcullis: could not judge",
        _ => "# Portcullis: problems",
    };
    page.paragraph(words)?;
    let number = count(told.problems.len() as u64, "problem", "problems");
    page.paragraph(&format!("Exit {}, {number}.", told.exit_code))?;
    page.table("Problems", &OF_PROBLEMS, &mut told.problems.iter().map(of_problem))
}

/// The columns of a table of problems.
const OF_PROBLEMS: [&str; 5] = ["Level", "Code", "Problem", "Help", "Place"];

fn of_problem(problem: &Problem) -> Vec<String> {
    difference::note(super::level(problem.level), problem)
}

fn summary(report: &Report) -> String {
    let summary = &report.summary;
    format!(
        "**Exit {}**: {} deny, {} alert, {} inconclusive, {} waived, {} known, {} tolerated. {} against {}.",
        report.verdict.exit_code(),
        summary.deny,
        summary.alert,
        summary.inconclusive,
        summary.waived,
        summary.known,
        summary.tolerated,
        count(summary.policies, "policy", "policies"),
        count(summary.records, "record", "records"),
    )
}

fn evidence(snapshot: &Snapshot) -> Vec<String> {
    let records = match snapshot.expected {
        Some(expected) => format!("{} of {expected}", snapshot.records),
        None => snapshot.records.to_string(),
    };
    let hashes: Vec<&str> =
        snapshot.pages.iter().filter_map(|page| page.sha256.as_deref()).collect();
    let hash = match hashes.as_slice() {
        [only] => code_cell(only),
        [] => String::new(),
        several => count(several.len() as u64, "page", "pages"),
    };
    vec![
        code_cell(&short(&snapshot.source)),
        snapshot.operation.as_ref().map(|own| code_cell(&own.name)).unwrap_or_default(),
        records,
        match snapshot.wholeness {
            Wholeness::Complete => "yes",
            Wholeness::Unprovable => "not provable",
            Wholeness::Partial => "no",
            Wholeness::NoEvidence => "no evidence",
        }
        .to_owned(),
        hash,
    ]
}

fn row(item: &Item<'_>) -> Vec<String> {
    let result = match item.status {
        Status::Insufficient => "**insufficient evidence**".to_owned(),
        Status::Failed => format!("**{}**", item.kind()),
        Status::Inconclusive => "inconclusive".to_owned(),
        Status::Noted => "note".to_owned(),
        Status::Known => "known".to_owned(),
        Status::Waived => "waived".to_owned(),
        Status::Tolerated => "tolerated".to_owned(),
    };
    vec![
        result,
        item.severity().name().to_owned(),
        code_cell(&item.rule()),
        escaped(&item.message()),
        place(item.source(), item.position()),
    ]
}

fn at(problem: &Place) -> String {
    place(problem.source(), problem.position())
}

fn place(source: &str, position: Option<Position>) -> String {
    let source = short(source);
    code_cell(&match position {
        Some(Position { line, column }) => format!("{source}:{line}:{column}"),
        None => source,
    })
}

/// A page as it is written, and the bytes that there is room for.
struct Page<'a> {
    out: &'a mut dyn Write,
    left: usize,
    is_begun: bool,
}

impl Page<'_> {
    fn write(&mut self, text: &str) -> io::Result<()> {
        self.left = self.left.saturating_sub(text.len());
        self.out.write_all(text.as_bytes())
    }

    fn paragraph(&mut self, text: &str) -> io::Result<()> {
        self.blank()?;
        self.write(text)?;
        self.write("\n")
    }

    /// The empty line between two parts.
    fn blank(&mut self) -> io::Result<()> {
        let is_begun = std::mem::replace(&mut self.is_begun, true);
        if is_begun { self.write("\n") } else { Ok(()) }
    }

    /// A heading and a table, unless that has no rows; rows without room are counted.
    fn table(
        &mut self,
        title: &str,
        head: &[&str],
        rows: &mut dyn Iterator<Item = Vec<String>>,
    ) -> io::Result<()> {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        self.paragraph(&format!("## {title}"))?;
        self.blank()?;
        self.write(&line(head.iter().copied()))?;
        self.write(&line(head.iter().map(|_| "---")))?;
        let mut left_out = 0;
        for row in rows {
            let row = line(row.iter().map(String::as_str));
            if left_out > 0 || row.len() > self.left {
                left_out += 1;
            } else {
                self.write(&row)?;
            }
        }
        if left_out > 0 {
            let rows = count(left_out, "row", "rows");
            self.paragraph(&format!("… and {rows} more, for which there was no room."))?;
        }
        Ok(())
    }

    /// What to do about policies that failed.
    fn fixes(&mut self, policies: &[&Policy]) -> io::Result<()> {
        if policies.is_empty() {
            return Ok(());
        }
        self.paragraph("## What to do")?;
        self.blank()?;
        let mut left_out = 0;
        for policy in policies {
            let fix = escaped(&prose(policy.remediation.as_deref().unwrap_or_default()));
            let entry = format!("- {}: {fix}\n", code(&short(&policy.id)));
            // The sentence that counts the others needs some, too.
            if entry.len() + 100 > self.left {
                left_out += 1;
            } else {
                self.write(&entry)?;
            }
        }
        match left_out {
            0 => Ok(()),
            more => self.write(&format!("- … and {}\n", count(more, "more", "more"))),
        }
    }
}

/// A row of a table.
fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::from("|");
    for cell in cells {
        line.extend([" ", cell, " |"]);
    }
    line.push('\n');
    line
}
