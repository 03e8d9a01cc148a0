//! The same in lines, each a document of its own: for streams, logs and `jq` over more findings than fit
//! into memory. The summary is the last line, so that lines without one were cut.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::output::item::{Item, items};
use crate::output::json_text::write_line;
use crate::output::{Told, ndjson};
use crate::triage::Report;

use super::document::{ProblemText, SummaryText, Tool};
use super::finding::{self, FindingText};

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line<'a> {
    Evidence(Lack<'a>),
    Finding(&'a FindingText<'a>),
    Problem(ProblemText<'a>),
    Summary(Ending),
}

/// What evidence lacks.
#[derive(Serialize)]
struct Lack<'a> {
    status: &'static str,
    severity: &'static str,
    code: &'a str,
    message: String,
    help: Option<String>,
    source: &'a str,
    line: Option<u64>,
    column: Option<u64>,
    fingerprint: String,
}

#[derive(Serialize)]
struct Ending {
    schema: &'static str,
    tool: Tool,
    exit_code: u8,
    verdict: Option<&'static str>,
    loosened: Vec<&'static str>,
    summary: Option<SummaryText>,
    statement: Option<String>,
}

/// Writes the warnings of loading, what evidence lacks, the findings, and the summary.
pub(in crate::output) fn report_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    for warning in report.warnings() {
        write_line(&Line::Problem(ProblemText::new(warning)), &mut out)?;
    }
    for item in items(report).take_while(|item| item.finding().is_none()) {
        write_line(&Line::Evidence(Lack::new(&item, &item.kind())), &mut out)?;
    }
    finding::each(report, io::Error::other, |text| write_line(&Line::Finding(text), &mut out))?;
    let ending = Ending {
        schema: ndjson::SCHEMA_NAME,
        tool: Tool::OWN,
        exit_code: report.verdict.exit_code(),
        verdict: Some(report.verdict.name()),
        loosened: report.loosened.iter().map(|flag| flag.name()).collect(),
        summary: Some(SummaryText::new(&report.summary)),
        statement: report.statement(),
    };
    write_line(&Line::Summary(ending), &mut out)?;
    out.flush()
}

/// Writes problems that stand by themselves, and the summary.
pub(in crate::output) fn problem_lines(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    for problem in told.problems {
        write_line(&Line::Problem(ProblemText::new(problem)), &mut out)?;
    }
    let ending = Ending {
        schema: ndjson::SCHEMA_NAME,
        tool: Tool::OWN,
        exit_code: told.exit_code,
        verdict: None,
        loosened: Vec::new(),
        summary: None,
        statement: None,
    };
    write_line(&Line::Summary(ending), &mut out)?;
    out.flush()
}

impl<'a> Lack<'a> {
    fn new(item: &Item<'a>, code: &'a str) -> Self {
        let position = item.position();
        Self {
            status: item.status.name(),
            severity: item.severity().name(),
            code,
            message: item.message(),
            help: item.help(),
            source: item.source(),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            fingerprint: item.fingerprint(),
        }
    }
}
