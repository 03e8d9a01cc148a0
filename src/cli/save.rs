//! Where snapshots are kept: each in a file of its own, written whole or not at all.

use std::collections::HashSet;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use crate::input::live::Request;
use crate::input::path_name;
use crate::snapshot::{self, Snapshot};
use crate::text::{Place, Problem};

use super::live::{Fetched, name};
use super::show;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("{0} snapshots do not go into one file")]
    #[diagnostic(code("cli/one-file"), help("name a folder, such as `evidence/`"))]
    OneFile(usize),
    #[error("two snapshots would be kept as `{0}`")]
    #[diagnostic(code("cli/same-file"), help("fetch them one by one, each into its own file"))]
    SameFile(String),
}

/// The file of each request: the path itself for one, unless it is a folder or ends as one; for several
/// the path is a folder.
pub(super) fn files(path: &Path, requests: &[Request]) -> Result<Vec<PathBuf>, Vec<Problem>> {
    let problem = |error| vec![Problem::new(&error, Place::Whole(path_name(path)))];
    if !is_folder(path) {
        if requests.len() == 1 {
            return Ok(vec![path.to_owned()]);
        }
        if path.exists() || path.extension().is_some() {
            return Err(problem(Error::OneFile(requests.len())));
        }
    }
    let mut taken = HashSet::new();
    let mut files = Vec::with_capacity(requests.len());
    for request in requests {
        let file = format!("{}.json", name(request));
        // Some file systems do not tell them apart.
        if !taken.insert(file.to_lowercase()) {
            return Err(problem(Error::SameFile(file)));
        }
        files.push(path.join(file));
    }
    Ok(files)
}

/// What goes to standard output: one snapshot.
pub(super) fn only_one(requests: &[Request]) -> Result<(), Vec<Problem>> {
    if requests.len() == 1 {
        return Ok(());
    }
    Err(vec![Problem::new(&Error::OneFile(requests.len()), Place::Whole("--save".into()))])
}

/// Writes captures to their files, each with what its pages make together.
pub(super) fn write(
    files: &[PathBuf],
    fetched: &[Fetched],
    snapshots: &[Snapshot],
) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    for (path, (fetched, snapshot)) in files.iter().zip(fetched.iter().zip(snapshots)) {
        let written =
            show::write_file(path, &mut |out| snapshot::write(&fetched.capture, snapshot, out));
        problems.extend(written.err());
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn is_folder(path: &Path) -> bool {
    let ends_as_one = path.to_string_lossy().ends_with(['/', MAIN_SEPARATOR]);
    ends_as_one || path.is_dir()
}
