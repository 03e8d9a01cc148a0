//! What is wrong with evidence is accepted or is not, flaw by flaw: a flag accepts what it names, and no
//! flag accepts evidence that is too old or that filters narrowed.

use crate::snapshot::{Flaw, Snapshot, Weight};

use super::finish::is_accepted;
use super::report::Report;
use super::{aged, narrowed};

impl Report {
    /// Whether a flaw of a snapshot weighs nothing, or the run accepts it.
    #[must_use]
    pub fn accepts(&self, snapshot: &Snapshot, flaw: &Flaw) -> bool {
        let code = flaw.problem.code.as_str();
        let is_final = code == narrowed::CODE || aged::CODES.contains(&code);
        flaw.weight == Weight::Noted || (!is_final && is_accepted(snapshot, self.terms))
    }
}
