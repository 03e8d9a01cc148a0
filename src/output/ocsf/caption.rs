//! Enumerations of the framework, each value with its number and its caption.

use crate::operation::Severity;

/// A value of an enumeration: its number and its caption.
pub(super) type Caption = (u32, &'static str);

/// What became of the finding itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    Create,
    Update,
    Close,
}

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    Unknown,
    Pass,
    /// No result, because information is missing.
    Warning,
    Fail,
}

/// Where a finding stands with those who work on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    New,
    InProgress,
    Suppressed,
    Resolved,
}

impl Activity {
    pub(super) fn caption(self) -> Caption {
        match self {
            Self::Create => (1, "Create"),
            Self::Update => (2, "Update"),
            Self::Close => (3, "Close"),
        }
    }
}

impl Checked {
    pub(super) fn caption(self) -> Caption {
        match self {
            Self::Unknown => (0, "Unknown"),
            Self::Pass => (1, "Pass"),
            Self::Warning => (2, "Warning"),
            Self::Fail => (3, "Fail"),
        }
    }
}

impl Standing {
    pub(super) fn caption(self) -> Caption {
        match self {
            Self::New => (1, "New"),
            Self::InProgress => (2, "In Progress"),
            Self::Suppressed => (3, "Suppressed"),
            Self::Resolved => (4, "Resolved"),
        }
    }
}

pub(super) fn severity(severity: Severity) -> Caption {
    match severity {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}
