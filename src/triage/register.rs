//! The register of approvals meets the evidence: what is approved, and whether it is still open.

use crate::engine::Truth;
use crate::policy::{Approval, PolicySet};
use crate::text::{Place, Problem};

use super::kept::Kept;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Flaw {
    #[error("what is approved here is not open any more")]
    #[diagnostic(
        code("approval/not-open"),
        severity(Advice),
        help("remove the approval, so that opening it again is decided again")
    )]
    NotOpen,
}

/// What became of an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalUse {
    /// Whether its last day is not over.
    pub is_in_force: bool,
    /// Whether what it speaks of is open; `None` where the evidence does not say.
    pub is_open: Option<bool>,
}

impl ApprovalUse {
    /// What is wrong with the approval.
    #[must_use]
    pub fn problem(&self, approval: &Approval) -> Option<Problem> {
        let place = Place::Text(approval.location.clone());
        let is_gone = self.is_open == Some(false);
        is_gone.then(|| Problem::new(&Flaw::NotOpen, place).labelled("not open"))
    }
}

/// What became of each approval. `is_whole` says whether all evidence is there.
pub(super) fn uses(
    policies: &PolicySet,
    kept: &[Kept],
    today: jiff::civil::Date,
    is_whole: bool,
) -> Vec<ApprovalUse> {
    let one = |(index, approval): (usize, &Approval)| {
        let truths = kept.iter().filter_map(|kept| kept.found.approvals.get(index).copied());
        let is_open = match truths.max() {
            Some(Truth::True) => Some(true),
            Some(Truth::False) if is_whole => Some(false),
            _ => None,
        };
        ApprovalUse { is_in_force: today <= approval.expires, is_open }
    };
    policies.approvals.iter().enumerate().map(one).collect()
}
