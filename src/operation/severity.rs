//! What a policy does about a violation, and how bad the violation is.

use std::fmt;

/// What a policy does about a violation. `deny` outranks `alert`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// Listed; fails the run only under `--fail-on alert`.
    Alert,
    /// Fails the run.
    Deny,
}

impl Effect {
    /// Every effect, the weaker first.
    pub const ALL: [Self; 2] = [Self::Alert, Self::Deny];

    /// As written in policies and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How bad a violation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Expected; worth a register entry.
    Info,
    /// Expected in some roles.
    Low,
    /// Clear text, amplification, or unregistered.
    Medium,
    /// Guarded by a log-in, but with no business on the Internet.
    High,
    /// No log-in in the usual set-up, and control or bulk data behind it.
    Critical,
}

impl Severity {
    /// Every severity, the mildest first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// As written in policies and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
