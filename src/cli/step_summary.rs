//! The summary of a GitHub Actions job: a page that the runner shows below the job, and that commands add
//! to by a file that it names.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::text::{Place, Problem};

/// Names the file.
const VARIABLE: &str = "GITHUB_STEP_SUMMARY";

/// Bytes that GitHub takes of one step; of a longer summary it shows nothing.
const MOST: u64 = 1 << 20;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("cannot add to the summary of the job: {0}")]
    #[diagnostic(
        code("cli/unwritable"),
        help("`GITHUB_STEP_SUMMARY` names the file; unset it to go without")
    )]
    Unwritable(String),
}

/// Adds a page of at most so many bytes, where a runner asks for one; what could not be written.
pub(super) fn add(page: &dyn Fn(usize, &mut dyn Write) -> io::Result<()>) -> Option<Problem> {
    let path = std::env::var_os(VARIABLE).filter(|path| !path.is_empty())?;
    let written = append(&PathBuf::from(path), page);
    written.err().map(|error| {
        let error = Error::Unwritable(error.kind().to_string());
        Problem::new(&error, Place::Whole(Arc::from(VARIABLE)))
    })
}

fn append(
    path: &PathBuf,
    page: &dyn Fn(usize, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let there = file.metadata()?.len();
    let room = usize::try_from(MOST.saturating_sub(there)).unwrap_or_default();
    let mut bytes = Vec::new();
    if there > 0 {
        bytes.push(b'\n');
    }
    page(room, &mut bytes)?;
    file.write_all(&bytes)
}
