//! The `github` format: annotations of a GitHub Actions job, as many as GitHub keeps; the others are
//! counted. Everything is in the summary of the job, a page of Markdown that the command line writes.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

use crate::text::{Level, Position, Problem};
use crate::triage::Report;

use super::artifact;
use super::item::{Item, Status, items, short};
use super::{Entry, Hashes, Reader, Style, Told, count, markdown, notices};

pub(super) const ENTRY: Entry = Entry {
    name: "github",
    about: "Annotations of a GitHub Actions job, and its summary",
    reader: Reader::Machine,
    hashes: Hashes::Shown,
    max_findings: None,
    render,
    problems,
};

/// Annotations of a level that GitHub keeps of one step.
const MOST_ANNOTATIONS: usize = 10;

/// Levels, and the commands that annotate.
const LEVELS: [(Level, &str); 3] =
    [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Note, "notice")];

/// One annotation.
struct Annotation {
    source: String,
    position: Option<Position>,
    title: String,
    message: String,
}

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let is_shown = |item: &Item<'_>| !item.status.is_accepted();
    let mut ranked: Vec<Item<'_>> = items(report).filter(is_shown).collect();
    ranked.sort_by_key(|item| (item.status, Reverse(item.severity())));
    let notices = notices(report);
    let mut left_out = Vec::new();
    for (level, command) in LEVELS {
        // A policy that does not say what its author means comes before what others found.
        let told = notices.iter().filter(|notice| notice.level == level).map(of_problem);
        let found = ranked.iter().filter(|item| item.level() == level).map(annotation);
        let mut all = told.chain(found);
        for annotation in all.by_ref().take(most(level)) {
            annotation.write(command, style, &mut out)?;
        }
        left_out.push((all.count(), command));
    }
    let summary = &report.summary;
    let accepted =
        [(summary.waived, "waived"), (summary.known, "known"), (summary.tolerated, "tolerated")];
    let accepted = accepted.iter().filter(|(number, _)| *number > 0);
    let accepted: Vec<String> = accepted.map(|(number, word)| format!("{number} {word}")).collect();
    rest(&left_out, &accepted, &mut out)?;
    out.flush()
}

fn problems(told: &Told<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let mut left_out = Vec::new();
    for (level, command) in LEVELS {
        let all = told.problems.iter().filter(|problem| problem.level == level);
        let all: Vec<&Problem> = all.collect();
        let most = most(level);
        for problem in all.iter().take(most) {
            of_problem(problem).write(command, style, &mut out)?;
        }
        left_out.push((all.len().saturating_sub(most), command));
    }
    rest(&left_out, &[], &mut out)?;
    out.flush()
}

/// Writes the page for the summary of a job, of at most so many bytes.
///
/// # Errors
/// Where `out` cannot be written.
pub fn summary(report: &Report, room: usize, out: &mut dyn Write) -> io::Result<()> {
    markdown::write(report, room, out)
}

/// Writes the page where nothing could be judged.
///
/// # Errors
/// Where `out` cannot be written.
pub fn problem_summary(told: &Told<'_>, room: usize, out: &mut dyn Write) -> io::Result<()> {
    markdown::write_problems(told, room, out)
}

/// Of notices there is one less, for the one that counts the others.
fn most(level: Level) -> usize {
    if level == Level::Note { MOST_ANNOTATIONS - 1 } else { MOST_ANNOTATIONS }
}

fn annotation(item: &Item<'_>) -> Annotation {
    let message = match item.status {
        Status::Inconclusive => format!("inconclusive: {}", item.message()),
        _ => item.message(),
    };
    Annotation {
        source: item.source().to_owned(),
        position: item.position(),
        title: format!("{} ({})", item.rule(), item.severity()),
        message,
    }
}

fn of_problem(problem: &Problem) -> Annotation {
    let message = match &problem.help {
        Some(help) => short(&format!("{}; {help}", problem.message)),
        None => short(&problem.message),
    };
    Annotation {
        source: problem.place.source().to_owned(),
        position: problem.place.position(),
        title: short(&problem.code),
        message,
    }
}

/// One notice about what is not annotated.
fn rest(left_out: &[(usize, &str)], accepted: &[String], out: &mut dyn Write) -> io::Result<()> {
    let more = left_out.iter().filter(|(number, _)| *number > 0);
    let mut parts: Vec<String> = more
        .map(|(number, command)| {
            count(*number as u64, &format!("more {command}"), &format!("more {command}s"))
        })
        .collect();
    let is_cut = !parts.is_empty();
    parts.extend_from_slice(accepted);
    match parts.is_empty() {
        true => Ok(()),
        false => {
            let parts = parts.join(", ");
            let where_to = if is_cut { "; all are in the summary of the job" } else { "" };
            writeln!(out, "::notice title=portcullis::{parts}{where_to}")
        }
    }
}

impl Annotation {
    fn write(&self, command: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let file = short(&artifact::path(&self.source, style.folder.as_deref()));
        let mut line = format!("::{command} file={}", property(&file));
        if let Some(Position { line: at, column }) = self.position {
            // Writing to a string cannot fail.
            let _ = write!(line, ",line={at},col={column}");
        }
        let message = if self.message.is_empty() { "no message" } else { &self.message };
        writeln!(out, "{line},title={}::{}", property(&self.title), data(message))
    }
}

/// A message as the runner takes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property as the runner takes it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
