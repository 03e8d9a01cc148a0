//! The tool under measurement: how it is called, and whether it did the work that is measured.

use std::ffi::OsString;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::Result;
use crate::generate::Shape;

/// Inputs of fewer records show what it costs to start: they are run many times over.
pub(crate) const REPEATED_BELOW: u64 = 1_000;

/// So many records in one shape, judged by so many policies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    /// How the records are kept.
    pub(crate) shape: Shape,
    /// How many records.
    pub(crate) records: u64,
    /// How many policies.
    pub(crate) policies: usize,
}

/// A `check` of one input by one policy file.
pub(crate) struct Check<'a> {
    /// The program.
    pub(crate) tool: &'a Path,
    /// What the files hold.
    pub(crate) case: Case,
    /// The policy file.
    pub(crate) policies: PathBuf,
    /// What is judged: a file or a folder.
    pub(crate) evidence: &'a Path,
}

/// The part of the report that says what was judged.
#[derive(Deserialize)]
pub(crate) struct Report {
    exit_code: i32,
    summary: Summary,
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
struct Summary {
    records: u64,
    deny: u64,
    alert: u64,
    inconclusive: u64,
}

#[derive(Deserialize)]
struct Evidence {
    complete: Option<bool>,
}

impl Check<'_> {
    /// The arguments of the call, with the report in `format`.
    pub(crate) fn arguments(&self, format: &str) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["check".into(), "-p".into()];
        arguments.push(self.policies.clone().into());
        arguments.extend(["-f".into(), format.into()]);
        if self.case.shape == Shape::Ndjson {
            // Bare records carry no total, so nothing in them proves that they are all.
            arguments.push("--assume-complete".into());
        }
        arguments.push(self.evidence.into());
        arguments
    }

    /// Runs once for the JSON report. What the tool says on stderr is shown.
    pub(crate) fn report(&self) -> Result<Report> {
        let mut child = Command::new(self.tool)
            .args(self.arguments("json"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("the report has no pipe")?;
        let report = serde_json::from_reader(BufReader::with_capacity(1 << 16, output));
        let ended = child.wait()?;
        report.map_err(|error| {
            format!("no report from {} ({ended}): {error}", self.tool.display()).into()
        })
    }
}

impl Report {
    /// Failed and inconclusive outcomes that the report lists.
    pub(crate) fn findings(&self) -> u64 {
        self.summary.deny + self.summary.alert + self.summary.inconclusive
    }

    /// Refuses a report over fewer records than were written, over evidence that the tool did not
    /// find whole, or without a finding where there are many: its cost would say nothing.
    pub(crate) fn confirm(&self, case: Case) -> Result<()> {
        let Case { shape, records, .. } = case;
        if self.summary.records != records {
            return Err(format!("{} of {records} records judged", self.summary.records).into());
        }
        let partial = self.evidence.iter().any(|one| one.complete != Some(true));
        if shape != Shape::Ndjson && (partial || self.evidence.is_empty()) {
            return Err(format!("whole evidence as {} was not found complete", shape.name()).into());
        }
        if records >= REPEATED_BELOW && self.findings() == 0 {
            return Err(format!("nothing found in {records} records").into());
        }
        Ok(())
    }

    /// The exit code that every run over the same input must have.
    pub(crate) fn exit_code(&self) -> i32 {
        self.exit_code
    }
}
