//! The `json` format: everything that the run knows, for programs, by a published schema.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::text::Problem;
use crate::triage::{Difference, Report};

use super::{Entry, Hashes, Reader, Style};

mod approval;
mod difference;
mod document;
mod failure;
mod finding;
mod origin;
mod text;
mod waiver;

use difference::DifferenceText;
use document::Document;
use failure::Failure;
use text::JsonText;

pub(super) const ENTRY: Entry = Entry {
    name: "json",
    about: "Everything, for programs; `portcullis schema` prints its JSON Schema",
    reader: Reader::Machine,
    hashes: Hashes::Shown,
    max_findings: None,
    render,
    problems,
};

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

fn render(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write(out, &Document::new(report))
}

fn problems(problems: &[Problem], _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write(out, &Failure::new(problems))
}

pub(super) fn difference(
    difference: &Difference,
    _style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    write(out, &DifferenceText::new(difference))
}

fn write(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    document
        .serialize(&mut serde_json::Serializer::with_formatter(&mut out, JsonText::default()))?;
    out.write_all(b"\n")?;
    out.flush()
}
