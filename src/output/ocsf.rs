//! The `ocsf` format: Compliance Findings of the Open Cybersecurity Schema Framework, an event a line,
//! as data lakes and security platforms take them in.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::text::Problem;
use crate::triage::Report;

use super::item::{Names, fingerprint, items};
use super::json_text::{self, Breaks};
use super::quiet::Quiet;
use super::{Entry, Hashes, Reader, Style, Told, notices};

mod caption;
mod event;
mod speaker;

use event::Event;
use speaker::Speaker;

pub(super) const ENTRY: Entry = Entry {
    name: "ocsf",
    about: "OCSF 1.8 Compliance Findings, an event a line: data lakes",
    reader: Reader::Machine,
    hashes: Hashes::Hidden,
    max_findings: None,
    render,
    problems,
};

fn render(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut names = Names::default();
    let mut out = BufWriter::new(out);
    let speaker = Speaker::new(report);
    write_problems(&notices(report), report.time, &mut names, &mut out)?;
    for item in items(report) {
        let uid = names.unique(item.fingerprint());
        write(&Event::new(speaker.item(&item), uid, report.time), &mut out)?;
    }
    for fixed in &report.fixed {
        let uid = names.unique(fixed.fingerprint.clone());
        write(&Event::new(speaker.fixed(fixed), uid, report.time), &mut out)?;
    }
    for quiet in Quiet::all(report) {
        let uid = names.unique(quiet.fingerprint());
        write(&Event::new(speaker.quiet(&quiet), uid, report.time), &mut out)?;
    }
    out.flush()
}

fn problems(told: &Told<'_>, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut names = Names::default();
    let mut out = BufWriter::new(out);
    write_problems(told.problems, told.time, &mut names, &mut out)?;
    out.flush()
}

fn write_problems(
    problems: &[Problem],
    time: jiff::Timestamp,
    names: &mut Names,
    out: &mut dyn Write,
) -> io::Result<()> {
    for problem in problems {
        let parts = [problem.code.as_str(), problem.place.source(), &problem.message];
        let uid = names.unique(fingerprint(&parts));
        write(&Event::new(speaker::problem(problem), uid, time), out)?;
    }
    Ok(())
}

/// An event is a line.
fn write(event: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    json_text::write(event, Breaks::default(), out)
}
