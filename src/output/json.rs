//! The `json` format: everything that the run knows, for programs, by a published schema.

use std::io::{self, Write};

use crate::triage::{Difference, Report, Revision};

use super::json_text::{self, Breaks};
use super::{Entry, Hashes, Reader, Style, Told};

mod approval;
mod coverage;
mod difference;
mod document;
mod failure;
mod finding;
mod lines;
mod origin;
mod revision;
mod waiver;

use difference::DifferenceText;
use document::Document;
use failure::Failure;
pub(super) use lines::{problem_lines, report_lines};
use revision::RevisionText;

pub(super) const ENTRY: Entry = Entry {
    name: "json",
    about: "Everything, for programs; `portcullis schema` prints its JSON Schema",
    reader: Reader::Machine,
    hashes: Hashes::Shown,
    max_findings: None,
    render,
    problems,
};

/// A member of the document is a line, and each element of a list of it.
const BREAKS: Breaks = Breaks { depth: 2 };

fn render(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    json_text::write(&Document::new(report), BREAKS, out)
}

fn problems(told: &Told<'_>, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    json_text::write(&Failure::new(told), BREAKS, out)
}

pub(super) fn difference(
    difference: &Difference,
    _style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    json_text::write(&DifferenceText::new(difference), BREAKS, out)
}

pub(super) fn revision(revision: &Revision, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    json_text::write(&RevisionText::new(revision), BREAKS, out)
}
