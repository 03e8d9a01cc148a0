//! A `Capture` is what a fetch brought: the raw pages of one operation, and how they were asked for.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use sha2::{Digest, Sha256};

use crate::operation::Operation;
use crate::text::{hex, spelled};

/// By how much clocks may be apart, or put right in the middle of a fetch.
pub const MAX_CLOCK_STEP: SignedDuration = SignedDuration::from_mins(5);

/// How far the end of a time window may lie ahead of its capture; the API's clock may be off by as much.
pub const MAX_WINDOW_AHEAD: SignedDuration = SignedDuration::from_mins(15);

/// Why a time window cannot have been captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// It is empty or inverted.
    #[error("ends at {end}, not after its begin at {begin}")]
    Reversed {
        /// Its begin.
        begin: Timestamp,
        /// Its end.
        end: Timestamp,
    },
    /// It ends in the future.
    #[error(
        "ends at {end}, more than {} after {captured}, when it was captured",
        spelled(MAX_WINDOW_AHEAD)
    )]
    Ahead {
        /// Its end.
        end: Timestamp,
        /// The time of the capture.
        captured: Timestamp,
    },
}

/// Checks the begin and the end of a time window against the time of its capture. The API counts in seconds.
///
/// # Errors
/// A window that holds no second, or ends more than [`MAX_WINDOW_AHEAD`] after its capture.
pub fn check_window(
    (begin, end): (Timestamp, Timestamp),
    captured: Timestamp,
) -> Result<(), WindowError> {
    if begin.as_second() >= end.as_second() {
        return Err(WindowError::Reversed { begin, end });
    }
    if end.duration_since(captured) > MAX_WINDOW_AHEAD {
        return Err(WindowError::Ahead { end, captured });
    }
    Ok(())
}

/// How evidence was asked for, as far as its capture recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Host that answered, with its port where that is not the usual one.
    pub endpoint: String,
    /// Region, as the command line or the profile named it.
    pub region: Option<String>,
    /// Account that the credentials belong to, where an answer said so.
    pub account: Option<String>,
    /// Profile of the credentials, where one was named.
    pub profile: Option<String>,
    /// Request parameters that narrow the answer, in the order of their names.
    pub filters: Vec<(String, String)>,
    /// Begin and end of the time window that was asked for.
    pub window: Option<(Timestamp, Timestamp)>,
    /// When the first page was asked for.
    pub started: Timestamp,
    /// When the last page had come.
    pub finished: Timestamp,
}

impl Origin {
    /// Where the records lie, as far as that is known: the account, then the region.
    pub fn scope(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let parts = [("account", self.account.as_deref()), ("region", self.region.as_deref())];
        parts.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

/// One raw answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// When it had come.
    pub taken: Timestamp,
    /// The body, byte for byte.
    pub body: Arc<[u8]>,
}

impl Answer {
    /// SHA-256 of the body, in lower-case hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(&self.body))
    }
}

/// What a fetch brought.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The operation.
    pub operation: Arc<Operation>,
    /// How it was asked for.
    pub origin: Origin,
    /// The answers, in the order of their pages.
    pub pages: Vec<Answer>,
}
