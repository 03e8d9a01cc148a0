//! Credentials, from the sources that the official tools ask, in their order. A source that is not there
//! is passed over; one that is there and broken is an error, so that no other account is asked by mistake.
//! Nothing is ever written.

mod environment;
mod keys;

use std::fmt;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::text::{Place, Problem};

use super::Inner;
use super::secret::Secret;
use super::world::World;

/// Temporary credentials are renewed this long before they run out.
const EARLY: SignedDuration = SignedDuration::from_mins(15);

/// Credentials that requests are signed with.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) key_id: String,
    pub(super) secret: Secret,
    pub(super) token: Option<Secret>,
    /// When they run out, where they do.
    pub(super) expires: Option<Timestamp>,
    /// Account that they belong to, where that is known.
    pub(super) account: Option<String>,
    /// Where they came from, for a reader.
    pub(super) source: String,
}

impl Session {
    /// What must not be shown.
    pub(super) fn secrets(&self) -> Vec<&Secret> {
        std::iter::once(&self.secret).chain(&self.token).collect()
    }
}

/// Gives credentials.
pub(super) trait Source: Send + Sync {
    /// Credentials; none where it turns out that there is no such source here.
    fn session(&self) -> Result<Option<Session>, Problem>;

    /// Whether it gives others when those have run out.
    fn can_renew(&self) -> bool;

    /// The access key, where it is known without a request.
    fn key_id(&self) -> Option<&str>;
}

/// A source, and what is known of it without asking anybody.
pub(super) struct Found {
    pub(super) source: Box<dyn Source>,
    /// How it works, in one or two words.
    pub(super) kind: &'static str,
    /// Where it was found, for a reader.
    pub(super) name: String,
    pub(super) profile: Option<String>,
    pub(super) region: Option<String>,
}

/// Which source of credentials would be used. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whoami {
    /// How it works: `access key`, `temporary key`, `role`, `OIDC role`, `ECS role`, `credentials URI`.
    pub kind: String,
    /// Where it was found, such as ``profile `ci` of `~/.aliyun/config.json` ``.
    pub source: String,
    /// The access key's id with its middle left out, where it is known without a request.
    pub key_id: Option<String>,
    /// The profile, where it is one.
    pub profile: Option<String>,
    /// The region that the profile or the environment names.
    pub region: Option<String>,
    /// Sources that are asked next, where it is not known without a request that this one is there.
    pub otherwise: Vec<String>,
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub(super) enum Error {
    #[error("there are no credentials; looked for: {0}")]
    #[diagnostic(
        code("live/no-credentials"),
        help(
            "set `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, or name a profile by `--profile`"
        )
    )]
    None(String),
    #[error("{source_name} cannot be used: {why}")]
    #[diagnostic(code("live/credentials-source"), help("{help}"))]
    Broken { source_name: String, why: String, help: String },
}

impl Error {
    pub(super) fn of(&self, name: &str) -> Problem {
        Problem::new(self, Place::Whole(name.into()))
    }
}

/// The sources that are asked one after the other, the first that is there being the one that counts.
struct Chain {
    found: Vec<Found>,
    /// What was looked for and is not there.
    missing: Vec<String>,
}

impl Chain {
    fn of(_profile: Option<&str>, world: &dyn World) -> Result<Self, Problem> {
        let mut chain = Self { found: Vec::new(), missing: Vec::new() };
        match environment::find(world)? {
            Some(found) => chain.found.push(found),
            None => chain.missing.push(environment::NAME.to_owned()),
        }
        Ok(chain)
    }

    fn none(&self) -> Problem {
        Error::None(self.missing.join(", ")).of("credentials")
    }
}

/// The region that the environment names.
fn region(world: &dyn World) -> Option<String> {
    world.variable("ALIBABA_CLOUD_REGION_ID")
}

/// Which source of credentials would be used, found without the network.
///
/// # Errors
/// Where there is none, or the first is broken.
pub fn whoami(profile: Option<&str>, world: &dyn World) -> Result<Whoami, Problem> {
    let chain = Chain::of(profile, world)?;
    let (first, others) = chain.found.split_first().ok_or_else(|| chain.none())?;
    Ok(Whoami {
        kind: first.kind.to_owned(),
        source: first.name.clone(),
        key_id: first.source.key_id().map(masked),
        profile: first.profile.clone(),
        region: first.region.clone().or_else(|| region(world)),
        otherwise: others.iter().map(|found| found.name.clone()).collect(),
    })
}

/// The first and the last four characters of an access key's id, which tell keys apart.
fn masked(key_id: &str) -> String {
    let characters: Vec<char> = key_id.chars().collect();
    match characters.as_slice() {
        [a, b, c, d, .., w, x, y, z] if characters.len() >= 12 => {
            format!("{a}{b}{c}{d}…{w}{x}{y}{z}")
        }
        _ => "…".to_owned(),
    }
}

/// Credentials of one profile, or of the chain of sources, got when they are needed.
pub(super) struct Login {
    chain: Chain,
    held: Mutex<Option<Session>>,
}

impl Login {
    pub(super) fn find(profile: Option<&str>, inner: &Inner) -> Result<Self, Problem> {
        let chain = Chain::of(profile, inner.world.as_ref())?;
        if chain.found.is_empty() {
            return Err(chain.none());
        }
        Ok(Self { chain, held: Mutex::default() })
    }

    /// Credentials that have not run out.
    pub(super) fn session(&self, inner: &Inner) -> Result<Session, Problem> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = inner.world.now();
        let lasts = |session: &Session| {
            session.expires.is_none_or(|expires| expires.duration_since(now) > EARLY)
        };
        if let Some(session) = held.as_ref().filter(|session| lasts(session)) {
            return Ok(session.clone());
        }
        for found in &self.chain.found {
            if let Some(session) = found.source.session()? {
                *held = Some(session.clone());
                return Ok(session);
            }
        }
        let names = self.chain.found.iter().map(|found| found.name.clone());
        let missing: Vec<String> = self.chain.missing.iter().cloned().chain(names).collect();
        Err(Error::None(missing.join(", ")).of("credentials"))
    }

    /// Forgets credentials that have run out; whether there will be others.
    pub(super) fn renew(&self) -> bool {
        let can_renew = self.chain.found.iter().any(|found| found.source.can_renew());
        if can_renew {
            *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        can_renew
    }

    /// The account, where the credentials that were used say it.
    pub(super) fn account(&self) -> Option<String> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().and_then(|session| session.account.clone())
    }

    /// The region that the profile or the environment names.
    pub(super) fn region(&self, world: &dyn World) -> Option<String> {
        self.chain.found.first().and_then(|found| found.region.clone()).or_else(|| region(world))
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.chain.found.iter().map(|found| found.name.as_str()).collect();
        formatter.debug_struct("Login").field("sources", &names).finish_non_exhaustive()
    }
}
