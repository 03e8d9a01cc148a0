//! `portcullis schema`: the JSON Schemas of what the `json` format writes.

use std::io::{self, Write};

use clap::{Args, ValueEnum};

use crate::output;
use crate::snapshot;

use super::Stop;
use super::show::unless_closed;

/// Print the JSON Schema of a report
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Which document
    #[arg(value_enum, default_value_t = Document::Report)]
    document: Document,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Document {
    /// What `check --format json` writes
    Report,
    /// What it writes when nothing could be judged
    Error,
    /// A line of what `check --format ndjson` writes
    Ndjson,
    /// What `fetch` writes: raw answers, and how they were asked for
    Snapshot,
    /// What `diff --format json` writes
    Diff,
    /// What `diff --policies OLD NEW --format json` writes
    PolicyDiff,
}

impl Schema {
    pub(super) fn run(&self) -> Result<u8, Stop> {
        let schema = match self.document {
            Document::Report => output::REPORT_SCHEMA.to_owned(),
            Document::Error => output::ERROR_SCHEMA.to_owned(),
            Document::Ndjson => output::line_schema(),
            Document::Snapshot => snapshot::DOCUMENT_SCHEMA.to_owned(),
            Document::Diff => output::difference_schema(),
            Document::PolicyDiff => output::revision_schema(),
        };
        unless_closed(io::stdout().lock().write_all(schema.as_bytes()))?;
        Ok(0)
    }
}
