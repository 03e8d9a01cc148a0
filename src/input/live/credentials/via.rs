//! What a source may use to ask another service for credentials: one request, tried as patiently as any
//! other, whose words are shown without the secrets that were sent.

use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::input::live::Inner;
use crate::input::live::answer::{Meaning, Refusal};
use crate::input::live::retry::{Again, Attempt, Patience};
use crate::input::live::secret::Secret;
use crate::input::live::transport::{Failure, Incoming, Outgoing};
use crate::text::Problem;

use super::{Error, Session};

/// The longest word for what went wrong; anything longer is none, and may be secret.
const MAX_CODE: usize = 60;

/// How a source asks.
pub(super) struct Via<'a> {
    pub(super) inner: &'a Inner,
    pub(super) patience: &'a Patience<'a>,
}

/// What a source asks, and who it is.
pub(super) struct Question<'a> {
    /// How the source is called.
    pub(super) source: &'a str,
    /// What must not be shown of the answer.
    pub(super) secrets: Vec<&'a Secret>,
    /// What to do where it is refused.
    pub(super) help: &'a str,
}

impl Question<'_> {
    /// Why it cannot be used.
    pub(super) fn broken(&self, why: String) -> Problem {
        let (source_name, help) = (self.source.to_owned(), self.help.to_owned());
        Error::Broken { source_name, why, help }.of("credentials")
    }
}

impl Via<'_> {
    /// One request, sent once.
    pub(super) fn once(&self, outgoing: Outgoing<'_>) -> Result<Incoming, Failure> {
        self.inner.transport.send(outgoing, None)
    }

    /// Asks until there is an answer; `outgoing` makes each request afresh, of the time that is left.
    pub(super) fn ask(
        &self,
        question: &Question<'_>,
        outgoing: &mut dyn FnMut(Duration) -> Outgoing<'static>,
    ) -> Result<Zeroizing<Vec<u8>>, Problem> {
        self.patience.run(&mut || self.attempt(question, outgoing))
    }

    fn attempt(
        &self,
        question: &Question<'_>,
        outgoing: &mut dyn FnMut(Duration) -> Outgoing<'static>,
    ) -> Attempt<Zeroizing<Vec<u8>>> {
        let again = |problem, after| Attempt::Again(Again { problem, after, holds: false });
        let incoming = match self.once(outgoing(self.patience.left())) {
            Ok(incoming) => incoming,
            Err(failure) => {
                let problem = question.broken(failure.to_string());
                return if failure.is_transient() {
                    again(problem, None)
                } else {
                    Attempt::Stop(problem)
                };
            }
        };
        if (200..300).contains(&incoming.status) {
            return Attempt::Done(Zeroizing::new(incoming.body));
        }
        let refusal = Refusal::of(&incoming, self.inner.world.now(), &question.secrets);
        let problem = question.broken(refusal.to_string());
        match refusal.meaning(None) {
            Meaning::Throttled => again(problem, refusal.retry_after),
            Meaning::Transient => again(problem, None),
            _ => Attempt::Stop(problem),
        }
    }
}

/// Temporary keys as the metadata service and a credentials URI send them.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sent {
    code: Option<String>,
    access_key_id: Option<String>,
    access_key_secret: Option<Secret>,
    security_token: Option<Secret>,
    expiration: Option<String>,
}

/// The keys that a service sent, all of which must be there.
pub(super) fn sent(question: &Question<'_>, body: &[u8]) -> Result<Session, Problem> {
    let sent: Sent = serde_json::from_slice(body)
        .map_err(|_| question.broken("the answer is no JSON with credentials".to_owned()))?;
    if let Some(code) = sent.code.as_ref().filter(|code| !code.eq_ignore_ascii_case("success")) {
        let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ' ');
        let why = match code.len() <= MAX_CODE && code.chars().all(is_code) {
            true => format!("the answer says `{code}`"),
            false => "the answer says that it failed".to_owned(),
        };
        return Err(question.broken(why));
    }
    let missing = |name: &str| question.broken(format!("the answer holds no `{name}`"));
    let filled = |secret: &Secret| !secret.is_empty();
    Ok(Session {
        key_id: sent
            .access_key_id
            .filter(|id| !id.is_empty())
            .ok_or_else(|| missing("AccessKeyId"))?,
        secret: sent.access_key_secret.filter(filled).ok_or_else(|| missing("AccessKeySecret"))?,
        token: Some(sent.security_token.filter(filled).ok_or_else(|| missing("SecurityToken"))?),
        expires: Some(
            sent.expiration
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| missing("Expiration"))?,
        ),
        account: None,
        source: question.source.to_owned(),
    })
}
