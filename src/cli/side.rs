//! A side of a difference as the command line names it: evidence, which is read and judged, or a report,
//! which says what was judged.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::input::{self, Input, Read, STDIN};
use crate::operation::Operation;
use crate::snapshot::Hashes;
use crate::text::{Place, Problem};
use crate::triage::{self, Side, Terms};

use super::judge::Judgement;
use super::load::Loaded;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Note {
    #[error("it was judged by version {0}, and this is {1}")]
    #[diagnostic(
        code("diff/other-version"),
        severity(Warning),
        help("what differs may do so for that: write the report again, or name the evidence")
    )]
    Version(String, &'static str),
    #[error("nothing is judged here: both sides are reports, which say what was")]
    #[diagnostic(
        code("diff/nothing-judged"),
        severity(Warning),
        help("to judge by other policies, name the evidence itself")
    )]
    Unused,
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("both sides are standard input, which can be read once")]
    #[diagnostic(code("cli/two-streams"), help("save one of them to a file, and name that"))]
    Streams,
}

/// Standard input cannot be both sides.
pub(super) fn is_readable(sides: &[PathBuf; 2]) -> Result<(), Vec<Problem>> {
    match sides.iter().all(|path| path.as_os_str() == STDIN) {
        true => Err(vec![Problem::new(&Error::Streams, Place::Whole(Arc::from(STDIN)))]),
        false => Ok(()),
    }
}

/// What is said where policies are named that judge nothing.
pub(super) fn unused() -> Problem {
    Problem::new(&Note::Unused, Place::Whole(Arc::from("--policies")))
}

/// What a path names. What can be read only once is open.
pub(super) enum Named<'a> {
    Evidence(&'a Path, Option<Input>),
    Report(&'a Path, Option<Input>),
}

impl<'a> Named<'a> {
    /// Looks at what a path names; a stream is hashed from its first byte.
    pub(super) fn of(path: &'a Path, hashes: Hashes) -> Result<Self, Vec<Problem>> {
        let is_stream = path.as_os_str() == STDIN
            || path.metadata().is_ok_and(|data| !data.is_file() && !data.is_dir());
        if !is_stream {
            let is_report = input::is_report(path);
            return Ok(if is_report {
                Self::Report(path, None)
            } else {
                Self::Evidence(path, None)
            });
        }
        let mut input = Input::open(path, hashes).map_err(|problem| vec![problem])?;
        // What cannot be read now cannot be later, and is said then.
        match input::brings_report(&mut input) {
            Ok(true) => Ok(Self::Report(path, Some(input))),
            Ok(false) | Err(_) => Ok(Self::Evidence(path, Some(input))),
        }
    }

    pub(super) fn is_evidence(&self) -> bool {
        matches!(self, Self::Evidence(..))
    }
}

/// How sides are read.
pub(super) struct Reading<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) terms: Terms,
    pub(super) hashes: Hashes,
    pub(super) operation: Option<Arc<Operation>>,
}

/// A side, and what is worth knowing of how it was read.
pub(super) struct ReadSide {
    pub(super) side: Side,
    pub(super) notes: Vec<Problem>,
}

impl Reading<'_> {
    /// Reads a side, and judges it where it is evidence.
    pub(super) fn side(&self, named: Named<'_>) -> Result<ReadSide, Vec<Problem>> {
        match named {
            Named::Evidence(path, input) => self.evidence(path, input),
            Named::Report(path, input) => self.report(path, input),
        }
    }

    fn evidence(&self, path: &Path, input: Option<Input>) -> Result<ReadSide, Vec<Problem>> {
        let judgement = Judgement {
            loaded: self.loaded,
            when_unknown: self.terms.when_unknown,
            hashes: self.hashes,
            named: self.operation.clone(),
            compares: true,
        };
        let judged = match input {
            Some(input) => judgement.opened(path, input)?,
            None => judgement.run(&[path.to_owned()])?,
        };
        let policies = self.loaded.policies.clone();
        let report = triage::finish(policies, judged.files, &judged.lacking, self.terms);
        let inventories = Some(judged.inventories);
        let side = Side { source: Input::name(path), report, inventories };
        Ok(ReadSide { side, notes: judged.notes })
    }

    fn report(&self, path: &Path, input: Option<Input>) -> Result<ReadSide, Vec<Problem>> {
        let catalogue = &self.loaded.catalogue;
        let Read { source, version, report } = match input {
            Some(input) => input::read_opened_report(input, path, catalogue)?,
            None => input::read_report(path, catalogue)?,
        };
        let own = env!("CARGO_PKG_VERSION");
        let note = (version != own)
            .then(|| Problem::new(&Note::Version(version, own), Place::Whole(Arc::clone(&source))));
        let side = Side { source, report, inventories: None };
        Ok(ReadSide { side, notes: note.into_iter().collect() })
    }
}
