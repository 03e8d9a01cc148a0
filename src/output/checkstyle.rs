//! The `checkstyle` format: XML that Jenkins' warnings plug-in, reviewdog and editors read.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::text::{Level, Position, Problem};
use crate::triage::Report;

use super::artifact;
use super::item::{Status, items, short};
use super::{Entry, Hashes, Reader, Style, Told, hidden};

pub(super) const ENTRY: Entry = Entry {
    name: "checkstyle",
    about: "Checkstyle XML: Jenkins warnings, reviewdog",
    reader: Reader::Machine,
    hashes: Hashes::Hidden,
    max_findings: None,
    render,
    problems,
};

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// One entry of a file.
struct Fault {
    position: Position,
    level: Level,
    message: String,
    /// The policy, or the code of a problem.
    rule: String,
}

/// Entries by file, each file once, in the order in which they come.
#[derive(Default)]
struct Files {
    indices: HashMap<String, usize>,
    files: Vec<(String, Vec<Fault>)>,
}

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut files = Files::default();
    for warning in report.warnings() {
        files.push_problem(warning, style);
    }
    for item in items(report) {
        let message = match item.status {
            // There is no word for what is accepted.
            Status::Known | Status::Waived | Status::Tolerated => continue,
            Status::Inconclusive => format!("inconclusive: {}", item.message()),
            Status::Insufficient | Status::Failed | Status::Noted => item.message(),
        };
        let fault = Fault {
            position: item.position().unwrap_or_default(),
            level: item.level(),
            message,
            rule: item.rule().into_owned(),
        };
        files.push(item.source(), fault, style);
    }
    let comments: Vec<String> = hidden(report).into_iter().chain(report.statement()).collect();
    files.write(&comments, out)
}

fn problems(told: &Told<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut files = Files::default();
    for problem in told.problems {
        files.push_problem(problem, style);
    }
    files.write(&[], out)
}

impl Files {
    fn push_problem(&mut self, problem: &Problem, style: &Style) {
        let fault = Fault {
            position: problem.place.position().unwrap_or_default(),
            level: problem.level,
            message: short(&problem.message),
            rule: short(&problem.code),
        };
        self.push(problem.place.source(), fault, style);
    }

    fn push(&mut self, source: &str, fault: Fault, style: &Style) {
        let index = *self.indices.entry(source.to_owned()).or_insert_with(|| {
            let name = artifact::below(source, style.folder.as_deref());
            self.files.push((short(name.as_deref().unwrap_or(source)), Vec::new()));
            self.files.len() - 1
        });
        if let Some((_, faults)) = self.files.get_mut(index) {
            faults.push(fault);
        }
    }

    /// Writes them under comments: how many findings are not among them, and what a clean run proves.
    fn write(&self, comments: &[String], out: &mut dyn Write) -> io::Result<()> {
        let out = BufWriter::with_capacity(BUFFER, out);
        let mut xml = Writer::new_with_indent(out, b' ', 2);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        // The version of the shape, as Checkstyle itself counts it.
        xml.create_element("checkstyle").with_attribute(("version", "8.0")).write_inner_content(
            |xml| {
                for comment in comments {
                    xml.write_event(Event::Comment(BytesText::new(&format!(" {comment} "))))?;
                }
                self.files.iter().try_for_each(|(name, faults)| {
                    let file = xml.create_element("file").with_attribute(("name", name.as_str()));
                    file.write_inner_content(|xml| {
                        faults.iter().try_for_each(|fault| fault.write(xml))
                    })
                    .map(drop)
                })
            },
        )?;
        let mut out = xml.into_inner();
        out.write_all(b"\n")?;
        out.flush()
    }
}

impl Fault {
    fn write<W: Write>(&self, xml: &mut Writer<W>) -> io::Result<()> {
        let (line, column) = (self.position.line.to_string(), self.position.column.to_string());
        let severity = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "info",
        };
        let attributes = [
            ("line", line.as_str()),
            ("column", &column),
            ("severity", severity),
            ("message", &self.message),
            ("source", &self.rule),
        ];
        xml.create_element("error").with_attributes(attributes).write_empty().map(drop)
    }
}
