//! A side of a difference as the command line names it: evidence, which is read and judged, or a report,
//! which says what was judged.

use std::path::Path;
use std::sync::Arc;

use crate::input::{self, Input, Read};
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

/// What is said where policies are named that judge nothing.
pub(super) fn unused() -> Problem {
    Problem::new(&Note::Unused, Place::Whole(Arc::from("--policies")))
}

/// What a path names.
pub(super) enum Named<'a> {
    Evidence(&'a Path),
    Report(&'a Path),
}

impl<'a> Named<'a> {
    pub(super) fn of(path: &'a Path) -> Self {
        if input::is_report(path) { Self::Report(path) } else { Self::Evidence(path) }
    }

    pub(super) fn is_evidence(&self) -> bool {
        matches!(self, Self::Evidence(_))
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
    pub(super) fn side(&self, named: &Named<'_>) -> Result<ReadSide, Vec<Problem>> {
        match named {
            Named::Evidence(path) => self.evidence(path),
            Named::Report(path) => self.report(path),
        }
    }

    fn evidence(&self, path: &Path) -> Result<ReadSide, Vec<Problem>> {
        let judgement = Judgement {
            loaded: self.loaded,
            when_unknown: self.terms.when_unknown,
            hashes: self.hashes,
            named: self.operation.clone(),
            compares: true,
        };
        let judged = judgement.run(&[path.to_owned()])?;
        let policies = self.loaded.policies.clone();
        let report = triage::finish(policies, judged.files, &judged.nothing, self.terms);
        let inventories = Some(judged.inventories);
        let side = Side { source: Input::name(path), report, inventories };
        Ok(ReadSide { side, notes: judged.notes })
    }

    fn report(&self, path: &Path) -> Result<ReadSide, Vec<Problem>> {
        let Read { source, version, report } = input::read_report(path, &self.loaded.catalogue)?;
        let own = env!("CARGO_PKG_VERSION");
        let note = (version != own)
            .then(|| Problem::new(&Note::Version(version, own), Place::Whole(Arc::clone(&source))));
        let side = Side { source, report, inventories: None };
        Ok(ReadSide { side, notes: note.into_iter().collect() })
    }
}
