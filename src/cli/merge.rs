//! `portcullis merge`: the reports of parts become one, whose verdict is the worst that any could prove.

use std::path::PathBuf;

use clap::Args;

use crate::input::{self, Read};
use crate::operation::Catalogue;
use crate::text::{Place, Problem};
use crate::triage::{self, Part, Report};

use super::Stop;
use super::options::Look;
use super::rendering::Rendering;
use super::targets;

const EXIT_CODES: &str = "\
Exit codes:
  0  clean: every part is, and so are all of them together
  1  violations: in any part
  2  a report cannot be read or contradicts itself, its run ended in 2, or parts
     were judged by different policies
  3  insufficient evidence: in any part, and no violation

The order does not matter, and what was merged may be merged again. A capture
that several reports have counts once. The strictest terms of all parts hold
for all of them: their --fail-on, and evidence that some part would not accept.

Examples:
  portcullis check account-1/ -f json >1.json
  portcullis merge 1.json 2.json 3.json
  portcullis merge shards/*.json -f json -o markdown=summary.md";

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("it was judged by version {0}, and this is {1}")]
    #[diagnostic(
        code("merge/other-version"),
        help("judge and merge every part by the same version")
    )]
    Version(String, &'static str),
}

/// Merge the JSON reports of several runs, such as one an account, into one
#[derive(Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub(super) struct Merge {
    /// Reports that `check -f json` wrote
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<PathBuf>,
    #[command(flatten)]
    rendering: Rendering,
}

impl Merge {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let output = &self.rendering.output;
        match self.merged() {
            Ok(report) => self.rendering.report(&report, output, look),
            Err(problems) => Err(self.rendering.failure(problems, output, look)),
        }
    }

    fn merged(&self) -> Result<Report, Vec<Problem>> {
        let catalogue = Catalogue::built_in()?;
        let mut parts = Vec::with_capacity(self.reports.len());
        let mut problems = targets::doubled(&self.rendering.output);
        for path in &self.reports {
            match input::read_report(path, &catalogue).and_then(part) {
                Ok(part) => parts.push(part),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { triage::merge(parts) } else { Err(problems) }
    }
}

/// A report of this version.
fn part(Read { source, version, report }: Read) -> Result<Part, Vec<Problem>> {
    let own = env!("CARGO_PKG_VERSION");
    if version == own {
        return Ok(Part { source, report });
    }
    let error = Error::Version(version, own);
    Err(vec![Problem::new(&error, Place::Whole(source))])
}
