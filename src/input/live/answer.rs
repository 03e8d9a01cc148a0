//! An answer of the API: a page, or a refusal. An error is told by its code first, then by the status.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::operation::call::{Call, Errors};
use crate::snapshot::ApiError;

use super::encode::encode;
use super::secret::Secret;
use super::transport::Incoming;

/// How far the clocks may be apart; the API's own limit.
const MAX_SKEW: SignedDuration = SignedDuration::from_mins(15);

/// Characters of a text of the API that are repeated.
const MAX_TEXT: usize = 300;

/// Anything shorter is no secret, and may be a part of many words.
const LEAST_SECRET: usize = 6;

/// What the API said in place of data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    /// Id of the request.
    pub(super) request: Option<String>,
    /// How long the server wants to be left alone.
    pub(super) retry_after: Option<Duration>,
    /// By how much the own clock is ahead of the server's, where that is too much.
    pub(super) skew: Option<SignedDuration>,
}

/// What a refusal means for the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Too many requests: ask later.
    Throttled,
    /// A fault of the server: ask again.
    Transient,
    /// The clock of this machine is wrong.
    Clock,
    /// The temporary credentials have run out.
    Expired,
    /// The credentials are wrong.
    Credentials,
    /// The identity may not read this.
    Forbidden,
    /// The account has no such service at this site.
    NotActivated,
    /// A value was refused, maybe that of the page size.
    Refused,
    /// Something else, that asking again does not change.
    Other,
}

impl Refusal {
    /// What an answer says in place of data.
    pub(super) fn of(incoming: &Incoming, now: Timestamp, secrets: &[&Secret]) -> Self {
        let members: Map<String, Value> =
            serde_json::from_slice(&incoming.body).unwrap_or_default();
        let text = |name: &str| {
            let mut found = members.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
            found.find_map(|(_, value)| match value {
                Value::String(text) if !text.is_empty() => Some(clipped(text, secrets)),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })
        };
        let skew = incoming.date.map(|date| now.duration_since(date));
        Self {
            status: incoming.status,
            code: text("code"),
            message: text("message"),
            request: text("requestid")
                .or_else(|| incoming.request.as_deref().map(|id| clipped(id, secrets))),
            retry_after: incoming.retry_after,
            skew: skew.filter(|skew| skew.abs() > MAX_SKEW),
        }
    }

    /// The same with what an error states that was read at every level of an answer.
    pub(super) fn stating(self, error: &ApiError, secrets: &[&Secret]) -> Self {
        let own = |text: &Option<String>| text.as_ref().map(|text| clipped(text, secrets));
        Self {
            code: own(&error.code),
            message: own(&error.message),
            request: own(&error.request).or(self.request),
            ..self
        }
    }

    pub(super) fn meaning(&self, call: Option<&Call>) -> Meaning {
        let code = self.code.as_deref().unwrap_or_default();
        let starts = |words: &[&str]| words.iter().any(|word| code.starts_with(word));
        let says = |words: fn(&Errors) -> &Vec<String>| {
            let words = call.map(|call| words(&call.errors));
            let (code, message) = (self.code.as_deref(), self.message.as_deref());
            words.is_some_and(|words| Errors::says(words, code, message))
        };
        let is_throttled = code.to_ascii_lowercase().contains("throttling") || self.status == 429;
        if is_throttled || (self.retry_after.is_some() && self.status >= 400) {
            return Meaning::Throttled;
        }
        if says(|errors| &errors.not_activated) {
            return Meaning::NotActivated;
        }
        if starts(&["InvalidTimeStamp"]) {
            return Meaning::Clock;
        }
        if starts(&["InvalidSecurityToken"]) {
            return Meaning::Expired;
        }
        if starts(&["InvalidAccessKey", "SignatureDoesNotMatch", "IncompleteSignature"]) {
            return if self.skew.is_some() { Meaning::Clock } else { Meaning::Credentials };
        }
        if starts(&["Forbidden", "NoPermission"]) {
            return Meaning::Forbidden;
        }
        if starts(&["SignatureNonceUsed", "ServiceUnavailable", "InternalError"])
            || says(|errors| &errors.transient)
        {
            return Meaning::Transient;
        }
        if says(|errors| &errors.refused) {
            return Meaning::Refused;
        }
        match self.status {
            500.. => Meaning::Transient,
            401 => Meaning::Credentials,
            403 => Meaning::Forbidden,
            _ => Meaning::Other,
        }
    }
}

/// The begin of a text without what must not be shown, which an API may repeat as it came or encoded.
fn clipped(text: &str, secrets: &[&Secret]) -> String {
    let mut shown = text.to_owned();
    for secret in secrets.iter().filter(|secret| secret.reveal().len() >= LEAST_SECRET) {
        let once = encode(secret.reveal());
        for form in [encode(&once), once, secret.reveal().to_owned()] {
            shown = shown.replace(&form, "[secret]");
        }
    }
    shown.chars().take(MAX_TEXT).collect()
}
