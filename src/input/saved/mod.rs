//! A report that `check` wrote as JSON is read back: every member is checked, and a report that
//! contradicts itself is refused, since nobody knows which half of it is true.

mod build;
mod consistent;
mod document;
mod kind;
mod locate;
mod parts;
mod value;

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Deserializer;
use serde_path_to_error::Segment;

use crate::operation::Catalogue;
use crate::snapshot::Hashes;
use crate::text::{BYTE_ORDER_MARK, Place, Position, Problem, Source, Span};
use crate::triage::Report;

pub use kind::{brings_report, is_report};

use document::Document;
use locate::{locate, push_step};

use super::open::{Input, read_opened};

/// The reports that are read.
const SCHEMA: &str = "portcullis.report/v1";

/// What a run writes that could not judge.
const FAILURE: &str = "portcullis.error/v1";

/// Bytes of a report at most: some hundred thousand findings.
pub const MAX_REPORT_BYTES: usize = 512 << 20;

/// Contradictions that are said of one report; more say nothing new.
const MOST_FAULTS: usize = 20;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("this is no report")]
    #[diagnostic(code("report/schema"), help("`portcullis check -f json` writes one"))]
    None,
    #[error("this is `{0}`, and no report that can be read")]
    #[diagnostic(code("report/schema"), help("read is `{SCHEMA}`, as `check -f json` writes it"))]
    Other(String),
    #[error("its run could not judge, and ended in 2")]
    #[diagnostic(code("report/not-judged"), help("the file says why: mend that, and run it again"))]
    Failed,
    #[error("this report is malformed: {0}")]
    #[diagnostic(
        code("report/malformed"),
        help("write it again with `check -f json` of this version, and leave it as it is")
    )]
    Malformed(String),
    #[error("this report contradicts itself: {0}")]
    #[diagnostic(
        code("report/contradiction"),
        help("it was changed after it was written: write it again with `check -f json`")
    )]
    Contradiction(String),
}

/// A report that was read, and the version of the program that wrote it.
#[derive(Debug)]
pub struct Read {
    /// The path as it was given.
    pub source: Arc<str>,
    /// The version.
    pub version: String,
    /// The report.
    pub report: Report,
}

/// What is wrong with a report: a JSON pointer into it, and words.
struct Fault {
    pointer: String,
    words: String,
    is_contradiction: bool,
}

/// What every document of this program begins with.
#[derive(Deserialize)]
struct Header {
    schema: Option<String>,
}

/// Reads a report.
///
/// # Errors
/// Where it cannot be read, is none, is malformed, or contradicts itself; each at its place.
pub fn read_report(path: &Path, catalogue: &Catalogue) -> Result<Read, Vec<Problem>> {
    let input = Input::open(path, Hashes::Left).map_err(|problem| vec![problem])?;
    read_opened_report(input, path, catalogue)
}

/// The same of what was opened already.
///
/// # Errors
/// As above.
pub fn read_opened_report(
    input: Input,
    path: &Path,
    catalogue: &Catalogue,
) -> Result<Read, Vec<Problem>> {
    let source = read_opened(input, path, MAX_REPORT_BYTES).map_err(|problem| vec![problem])?;
    let (version, report) = parse(&source, catalogue)?;
    Ok(Read { source: Input::name(path), version, report })
}

/// The report of a text, and the version that wrote it.
fn parse(source: &Arc<Source>, catalogue: &Catalogue) -> Result<(String, Report), Vec<Problem>> {
    let whole = |error| vec![Problem::new(&error, Place::Whole(source.name().into()))];
    match header(source).map(|header| header.schema) {
        Some(Some(schema)) if schema == SCHEMA => {}
        Some(Some(schema)) if schema == FAILURE => return Err(whole(Error::Failed)),
        Some(Some(schema)) => return Err(whole(Error::Other(schema))),
        Some(None) => return Err(whole(Error::None)),
        // What is wrong is said below.
        None => {}
    }
    let document = document(source).map_err(|problem| vec![problem])?;
    let faults = |faults: Vec<Fault>| {
        faults.into_iter().take(MOST_FAULTS).map(|fault| fault.at(source)).collect::<Vec<_>>()
    };
    let saved = build::saved(&document, catalogue).map_err(faults)?;
    let report = saved.finish();
    let report = consistent::with(&document, report).map_err(faults)?;
    Ok((document.tool.version, report))
}

fn header(source: &Source) -> Option<Header> {
    serde_json::from_str(text(source)).ok()
}

fn text(source: &Source) -> &str {
    source.text().strip_prefix(BYTE_ORDER_MARK).unwrap_or(source.text())
}

fn document(source: &Arc<Source>) -> Result<Document<'_>, Problem> {
    let mut deserializer = Deserializer::from_str(text(source));
    let document: Document<'_> = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| malformed(source, &error))?;
    deserializer.end().map_err(|error| {
        let at = Position { line: error.line() as u64, column: error.column() as u64 };
        Error::Malformed(without_place(&error)).at(source, byte(source, at))
    })?;
    Ok(document)
}

/// What is malformed, at the member that is.
fn malformed(
    source: &Arc<Source>,
    error: &serde_path_to_error::Error<serde_json::Error>,
) -> Problem {
    let mut pointer = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => push_step(&index.to_string(), &mut pointer),
            Segment::Map { key } => push_step(key, &mut pointer),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let inner = error.inner();
    let words = without_place(inner);
    let here = locate(source.text(), text(source), &pointer);
    match here.filter(|_| inner.is_data()) {
        Some(span) if !pointer.is_empty() => {
            Error::Malformed(format!("{words}, at `{pointer}`")).at(source, span)
        }
        _ => {
            let at = Position { line: inner.line() as u64, column: inner.column() as u64 };
            Error::Malformed(words).at(source, byte(source, at))
        }
    }
}

/// An error in its words, without where it lies.
fn without_place(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words).to_owned()
}

/// The byte at a line and a column that is counted in bytes.
fn byte(source: &Source, at: Position) -> Span {
    let text = source.text();
    let line = usize::try_from(at.line.saturating_sub(1)).unwrap_or(usize::MAX);
    let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let column = usize::try_from(at.column.saturating_sub(1)).unwrap_or_default();
    let start = before.saturating_add(column).min(text.len());
    Span::new(start, start.saturating_add(1)).within(text)
}

impl Error {
    fn at(&self, source: &Arc<Source>, span: Span) -> Problem {
        let location = crate::text::Location { source: Arc::clone(source), span };
        Problem::new(self, Place::Text(location))
    }
}

impl Fault {
    fn at(self, source: &Arc<Source>) -> Problem {
        let span = locate(source.text(), text(source), &self.pointer).unwrap_or_default();
        match self.is_contradiction {
            true => Error::Contradiction(self.words).at(source, span),
            false => Error::Malformed(self.words).at(source, span),
        }
    }
}
