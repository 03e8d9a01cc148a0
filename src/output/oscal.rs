//! The `oscal` format: assessment results of the Open Security Controls Assessment Language, for those
//! who audit. Only failures are findings: what was seen through one API can show that a control is not
//! met, and never that it is.

use std::io::{self, Write};

use crate::triage::Report;

use super::json_text::{self, Breaks};
use super::sources::Sources;
use super::uuid::Uuid;
use super::{Entry, Hashes, Reader, Style, Told};

mod assets;
mod control;
mod list;
mod part;
mod resource;
mod results;
mod said;
mod statement;

pub(super) use control::control_id;
pub(super) use part::{BackMatter, Citation, Metadata, Property, Resource, line, paragraph, token};
pub(super) use resource::{policy_files, policy_links};
use results::Document;
use statement::Context;

pub(super) const ENTRY: Entry = Entry {
    name: "oscal",
    about: "OSCAL 1.2.1 assessment results: audits",
    reader: Reader::Machine,
    hashes: Hashes::Shown,
    max_findings: None,
    render,
    problems,
};

/// An observation, a risk or a finding is a line.
const BREAKS: Breaks = Breaks { depth: 5 };

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let context = Context {
        tool: tool(),
        sources: Sources::of(report),
        targets: control::targets(report),
        time: report.time,
    };
    json_text::write(&Document::of_report(report, style, &context), BREAKS, out)
}

fn problems(told: &Told<'_>, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let sources = Sources::default();
    let context = Context { tool: tool(), sources, targets: Vec::new(), time: told.time };
    json_text::write(&Document::of_problems(told, &context), BREAKS, out)
}

fn tool() -> Uuid {
    Uuid::of(&["tool", env!("CARGO_PKG_VERSION")])
}
