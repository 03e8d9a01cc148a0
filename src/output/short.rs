//! The `short` format: a line a finding, for grep and editors. What evidence lacks comes first, so that
//! no output without findings looks like a proof; the last line of a clean run says what it proves.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

use crate::engine::Outcome;
use crate::text::{Position, Problem, printable};
use crate::triage::{Disposition, Finding, Report};

use super::item::{self, Item};
use super::{Entry, Hashes, Reader, Style, Told, count};

pub(super) const ENTRY: Entry = Entry {
    name: "short",
    about: "A line a finding, for grep and editors",
    reader: Reader::Person,
    hashes: Hashes::Hidden,
    max_findings: None,
    render,
    problems,
};

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines::new(out);
    for warning in report.warnings() {
        lines.problem(super::level(warning.level), warning)?;
    }
    for lack in item::lacks(report) {
        lines.lack(&lack)?;
    }
    let is_open = |finding: &&Finding| finding.disposition == Disposition::Open;
    let mut open = report.findings.iter().filter(is_open);
    for finding in open.by_ref().take(style.max_findings.unwrap_or(usize::MAX)) {
        lines.finding(report, finding)?;
    }
    let more = open.count();
    if more > 0 {
        let more = count(more as u64, "more finding", "more findings");
        writeln!(lines.out, "… and {more}")?;
    }
    if let Some(hidden) = super::hidden(report) {
        writeln!(lines.out, "… {hidden}")?;
    }
    if let Some(statement) = report.statement() {
        writeln!(lines.out, "{statement}")?;
    }
    lines.out.flush()
}

fn problems(told: &Told<'_>, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines::new(out);
    for problem in told.problems {
        lines.problem(super::level(problem.level), problem)?;
    }
    lines.out.flush()
}

/// Lines as they are written, with room that is used again.
struct Lines<'a> {
    out: BufWriter<&'a mut dyn Write>,
    line: String,
    message: String,
    /// The source that was named last, and how it is shown.
    source: (String, String),
}

impl<'a> Lines<'a> {
    fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out: BufWriter::with_capacity(BUFFER, out),
            line: String::new(),
            message: String::new(),
            source: (String::new(), String::new()),
        }
    }

    fn lack(&mut self, lack: &Item<'_>) -> io::Result<()> {
        self.begin(lack.source(), lack.position());
        for part in ["evidence[", &lack.kind(), "] "] {
            self.line.push_str(part);
        }
        self.message = lack.message();
        self.end()
    }

    fn problem(&mut self, level: &str, problem: &Problem) -> io::Result<()> {
        self.begin(problem.place.source(), problem.place.position());
        // Writing to a string cannot fail.
        let _ = write!(self.line, "{level}[{}] ", printable(&problem.code));
        self.message.clear();
        self.message.push_str(&problem.message);
        self.end()
    }

    fn finding(&mut self, report: &Report, finding: &Finding) -> io::Result<()> {
        let policy = report.policy(finding);
        let (source, position) = report.place(finding);
        self.begin(source, Some(position));
        let word = match finding.outcome {
            Outcome::Fail => policy.effect.name(),
            Outcome::Inconclusive => "inconclusive",
        };
        for part in [word, "[", &printable(&policy.id), "] "] {
            self.line.push_str(part);
        }
        self.message.clear();
        report.message_into(finding, &mut self.message);
        self.end()
    }

    /// Starts a line with its place.
    fn begin(&mut self, source: &str, position: Option<Position>) {
        if self.source.0 != source {
            self.source = (source.to_owned(), printable(source).into_owned());
        }
        self.line.clear();
        self.line.push_str(&self.source.1);
        if let Some(Position { line, column }) = position {
            // Writing to a string cannot fail.
            let _ = write!(self.line, ":{line}:{column}");
        }
        self.line.push_str(": ");
    }

    /// Ends a line with its message.
    fn end(&mut self) -> io::Result<()> {
        self.line.push_str(&printable(&self.message));
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())
    }
}
