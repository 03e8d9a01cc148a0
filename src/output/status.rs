//! A `Status` is what an item comes to.

/// What an item comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// Evidence is not sufficient: without it the run cannot be clean.
    Insufficient,
    /// A policy is violated.
    Failed,
    /// It cannot be known whether a policy is violated.
    Inconclusive,
    /// Evidence is not what it should be, which was accepted or weighs nothing.
    Noted,
    /// A violation that was there when the baseline was taken.
    Known,
    /// A violation that is accepted for a time.
    Waived,
    /// What its policy tolerates.
    Tolerated,
}

impl Status {
    /// Whether it is a finding that is held against nobody.
    pub(super) fn is_accepted(self) -> bool {
        matches!(self, Self::Known | Self::Waived | Self::Tolerated)
    }

    /// As it is written.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Insufficient => "insufficient",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
            Self::Noted => "noted",
            Self::Known => "known",
            Self::Waived => "waived",
            Self::Tolerated => "tolerated",
        }
    }
}
