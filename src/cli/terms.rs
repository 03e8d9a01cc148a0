//! What a run accepts, as flags: which effect fails it, evidence that is not whole, outcomes that are
//! not known.

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use jiff::SignedDuration;

use crate::policy::WhenUnknown;
use crate::text::duration;
use crate::triage::{FailOn, Terms};

use super::project::Settings;

/// Evidence that is accepted, though it is not proven to be whole, or only while it is young.
#[derive(Debug, Args)]
pub(super) struct AcceptedEvidence {
    /// Accept evidence whose completeness is not provable
    #[arg(long, env = "PORTCULLIS_ASSUME_COMPLETE", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub(super) assume_complete: bool,
    /// Accept evidence that is known to be partial
    #[arg(long, env = "PORTCULLIS_ALLOW_PARTIAL", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub(super) allow_partial: bool,
    /// Refuse evidence that is older, such as 24h or 30d, or does not say how old it is
    #[arg(long, value_name = "AGE", value_parser = age, env = "PORTCULLIS_MAX_AGE", hide_env_values = true)]
    pub(super) max_age: Option<SignedDuration>,
}

fn age(text: &str) -> Result<SignedDuration, String> {
    duration(text)
        .ok_or_else(|| "expected a number and its unit, such as `24h` or `30d`".to_owned())
}

/// What is accepted of evidence and of outcomes.
#[derive(Debug, Args)]
pub(super) struct Accepted {
    #[command(flatten)]
    evidence: AcceptedEvidence,
    /// What an inconclusive outcome does, where the policy does not say it
    #[arg(long, value_name = "ACTION", value_enum, default_value_t = Inconclusive::Fail, env = "PORTCULLIS_INCONCLUSIVE", hide_env_values = true)]
    inconclusive: Inconclusive,
}

impl Accepted {
    /// The terms of a run. What fails it is said by the flag, else by the project, else it is `deny`.
    pub(super) fn terms(
        &self,
        fail_on: Option<Threshold>,
        settings: &Settings,
        time: jiff::Timestamp,
    ) -> Terms {
        Terms {
            time,
            fail_on: match fail_on {
                Some(threshold) => threshold.into(),
                None => settings.fail_on.unwrap_or(FailOn::Deny),
            },
            when_unknown: self.inconclusive.into(),
            assume_complete: self.evidence.assume_complete,
            allow_partial: self.evidence.allow_partial,
            max_age: self.evidence.max_age,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Threshold {
    /// Policies that deny
    Deny,
    /// Policies that deny or alert
    Alert,
    /// None; evidence must still be whole
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Inconclusive {
    /// Counted only
    Pass,
    /// Listed only
    Report,
    /// Listed, and evidence is insufficient
    Fail,
}

impl From<Threshold> for FailOn {
    fn from(threshold: Threshold) -> Self {
        match threshold {
            Threshold::Deny => Self::Deny,
            Threshold::Alert => Self::Alert,
            Threshold::Never => Self::Never,
        }
    }
}

impl From<Inconclusive> for WhenUnknown {
    fn from(action: Inconclusive) -> Self {
        match action {
            Inconclusive::Pass => Self::Pass,
            Inconclusive::Report => Self::Report,
            Inconclusive::Fail => Self::Fail,
        }
    }
}
