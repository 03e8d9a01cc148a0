//! A `Verdict` is what a run proved, together with what it counted and how it was told to accept less.

use crate::operation::Effect;

/// What the run proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every policy judged every record of whole evidence, and nothing is open at or above `--fail-on`.
    Clean,
    /// At least one open finding at or above `--fail-on`.
    Violations,
    /// No violation, but evidence is missing or does not say.
    InsufficientEvidence,
}

impl Verdict {
    /// The one of two that weighs more: violations, then evidence that is not sufficient.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        let weight = |verdict| match verdict {
            Self::Clean => 0,
            Self::InsufficientEvidence => 1,
            Self::Violations => 2,
        };
        if weight(other) > weight(self) { other } else { self }
    }

    /// Every verdict.
    pub const ALL: [Self; 3] = [Self::Clean, Self::Violations, Self::InsufficientEvidence];

    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Violations => "violations",
            Self::InsufficientEvidence => "insufficient_evidence",
        }
    }

    /// The process's exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Violations => 1,
            Self::InsufficientEvidence => 3,
        }
    }
}

/// The least effect that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Policies that deny.
    Deny,
    /// Policies that deny or alert.
    Alert,
    /// No policy; evidence must still be whole.
    Never,
}

impl FailOn {
    /// Every choice, the strictest first.
    pub const ALL: [Self; 3] = [Self::Alert, Self::Deny, Self::Never];

    /// As written in flags and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Alert => "alert",
            Self::Never => "never",
        }
    }

    /// Whether a policy of this effect decides.
    #[must_use]
    pub fn counts(self, effect: Effect) -> bool {
        match self {
            Self::Deny => effect == Effect::Deny,
            Self::Alert => true,
            Self::Never => false,
        }
    }
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// It stands.
    Open,
    /// It is accepted for a time, with a reason.
    Waived,
    /// It was there when the baseline was taken.
    Known,
    /// Its policy puts up with as many as there are.
    Tolerated,
}

impl Disposition {
    /// Every disposition, the one that weighs most first.
    pub const ALL: [Self; 4] = [Self::Open, Self::Known, Self::Waived, Self::Tolerated];

    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waived => "waived",
            Self::Known => "known",
            Self::Tolerated => "tolerated",
        }
    }
}

/// A way in which the run was told to accept less; shows in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loosening {
    /// Completeness that is not provable was accepted.
    AssumeComplete,
    /// Evidence that is known to be partial was accepted.
    AllowPartial,
    /// Inconclusive outcomes are listed only.
    InconclusiveReport,
    /// Inconclusive outcomes are counted only.
    InconclusivePass,
    /// No policy fails the run.
    FailOnNever,
    /// The project file makes a policy milder than it is by itself.
    Overrides,
}

impl Loosening {
    /// Every way.
    pub const ALL: [Self; 6] = [
        Self::AssumeComplete,
        Self::AllowPartial,
        Self::InconclusiveReport,
        Self::InconclusivePass,
        Self::FailOnNever,
        Self::Overrides,
    ];

    /// The flag that did it, or the key of the project file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AssumeComplete => "--assume-complete",
            Self::AllowPartial => "--allow-partial",
            Self::InconclusiveReport => "--inconclusive=report",
            Self::InconclusivePass => "--inconclusive=pass",
            Self::FailOnNever => "--fail-on=never",
            Self::Overrides => "overrides",
        }
    }
}

/// Counts over the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Policies loaded.
    pub policies: u64,
    /// Records distinct by identity.
    pub records: u64,
    /// Open failures of policies that deny.
    pub deny: u64,
    /// Open failures of policies that alert.
    pub alert: u64,
    /// Open inconclusive findings.
    pub inconclusive: u64,
    /// Findings that are waived.
    pub waived: u64,
    /// Findings that the baseline knows.
    pub known: u64,
    /// Findings that their policies tolerate.
    pub tolerated: u64,
    /// Findings of the baseline that are gone.
    pub fixed: u64,
}

/// Counts of one policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyCounts {
    /// Records that it was evaluated on, whatever came out.
    pub judged: u64,
    /// Records that violate it.
    pub failed: u64,
    /// Records of which it could not be known, counted-only ones too.
    pub inconclusive: u64,
}
