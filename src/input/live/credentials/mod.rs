//! Credentials, from the sources that the official tools ask, in their order. A source that is not there
//! is passed over; one that is there and broken is an error, so that no other account is asked by mistake.
//! Nothing is ever written.

mod config;
mod ecs;
mod environment;
mod ini;
mod keys;
mod oidc;
mod profile;
mod sts;
mod uri;
mod via;

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use zeroize::{Zeroize, Zeroizing};

use crate::text::{Place, Problem, nearest};

use super::Inner;
use super::retry::Patience;
use super::secret::Secret;
use super::world::World;

use via::Via;

/// They are not got again sooner than this.
const AGAIN: Duration = Duration::from_secs(60);

/// The largest file of credentials, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Names a profile where no flag does.
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";

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
trait Source: Send + Sync {
    /// Credentials; none where it turns out that there is no such source here.
    fn session(&self, via: &Via<'_>) -> Result<Option<Session>, Problem>;

    /// Whether it gives others when those have run out.
    fn can_renew(&self) -> bool;

    /// The access key, where it is known without a request.
    fn key_id(&self) -> Option<&str>;
}

/// A source, and what is known of it without asking anybody.
struct Found {
    source: Box<dyn Source>,
    /// How it works, in one or two words.
    kind: &'static str,
    /// Where it was found, for a reader.
    name: String,
    profile: Option<String>,
    region: Option<String>,
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
enum Error {
    #[error("there are no credentials; looked for: {0}")]
    #[diagnostic(
        code("live/no-credentials"),
        help(
            "set `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, or name a profile by `--profile`"
        )
    )]
    None(String),
    #[error("there is no profile `{name}`; looked for: {looked}")]
    #[diagnostic(code("live/unknown-profile"), help("{help}"))]
    Profile { name: String, looked: String, help: String },
    #[error("{source_name} cannot be used: {why}")]
    #[diagnostic(code("live/credentials-source"), help("{help}"))]
    Broken { source_name: String, why: String, help: String },
}

impl Error {
    fn of(&self, name: &str) -> Problem {
        Problem::new(self, Place::Whole(name.into()))
    }
}

/// The sources that are asked one after the other, the first that is there being the one that counts.
struct Chain {
    found: Vec<Found>,
    /// What was looked for and is not there.
    missing: Vec<String>,
}

/// The profile that is wanted, and by what.
struct Wanted {
    name: Option<String>,
    by: &'static str,
}

/// What a file of profiles holds.
enum Looked {
    Found(Found),
    /// Not what was looked for, but these.
    Missing {
        what: String,
        names: Vec<String>,
    },
}

impl Looked {
    fn missing(what: String) -> Self {
        Self::Missing { what, names: Vec::new() }
    }
}

impl Chain {
    /// The official order. A profile that a flag names comes before all, as nothing else was asked for.
    fn of(profile: Option<&str>, world: &dyn World) -> Result<Self, Problem> {
        let mut chain = Self { found: Vec::new(), missing: Vec::new() };
        if let Some(profile) = profile {
            let wanted = Wanted { name: Some(profile.to_owned()), by: "--profile" };
            chain.profile(&wanted, world)?;
            return Ok(chain);
        }
        let is_found = chain.take(environment::find(world)?, environment::NAME)
            || chain.take(oidc::find(world)?, oidc::NAME)
            || chain.profile(&Wanted { name: world.variable(PROFILE), by: PROFILE }, world)?;
        if !is_found {
            chain.take(ecs::find(world)?, ecs::NAME);
            chain.take(uri::find(world)?, "credentials URI");
        }
        Ok(chain)
    }

    /// Takes a source, where it is there; whether it is.
    fn take(&mut self, found: Option<Found>, name: &str) -> bool {
        let is_found = found.is_some();
        match found {
            Some(found) => self.found.push(found),
            None => self.missing.push(name.to_owned()),
        }
        is_found
    }

    /// Looks for a profile in the files that hold some; one that is named must be there.
    fn profile(&mut self, wanted: &Wanted, world: &dyn World) -> Result<bool, Problem> {
        let mut known = Vec::new();
        for find in [config::find, ini::find] {
            match find(wanted, world)? {
                Looked::Found(found) => {
                    self.found.push(found);
                    return Ok(true);
                }
                Looked::Missing { what, names } => {
                    known.extend(names);
                    self.missing.extend(Some(what).filter(|what| !what.is_empty()));
                }
            }
        }
        let Some(name) = &wanted.name else { return Ok(false) };
        let help = match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "run `aliyun configure` to make it".to_owned(),
            None => format!("there are: {}", known.join(", ")),
        };
        let looked = self.missing.join(", ");
        Err(Error::Profile { name: name.clone(), looked, help }.of(wanted.by))
    }

    fn none(&self) -> Problem {
        Error::None(self.missing.join(", ")).of("credentials")
    }
}

/// Whether a variable turns something on.
fn is_true(world: &dyn World, name: &str) -> bool {
    world.variable(name).is_some_and(|value| {
        matches!(value.trim(), "1") || value.trim().eq_ignore_ascii_case("true")
    })
}

/// A file that may hold secrets.
fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = std::fs::File::open(path)?;
    let size = file.metadata()?.len();
    if size > MAX_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    // Room for all of it, so that no part is left behind where it would have to grow.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1));
    file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Wipes values that may be secret.
fn wipe(pairs: impl IntoIterator<Item = (String, String)>) {
    pairs.into_iter().for_each(|(_, mut value)| value.zeroize());
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
    held: Mutex<Option<Held>>,
}

/// Credentials, and when they were got.
struct Held {
    session: Session,
    since: Duration,
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
    pub(super) fn session(
        &self,
        inner: &Inner,
        patience: &Patience<'_>,
    ) -> Result<Session, Problem> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = inner.world.now();
        let since = inner.world.elapsed();
        let lasts = |held: &&Held| {
            let left = held.session.expires.map(|expires| expires.duration_since(now));
            // Where keys last no longer than that anyway, they are not asked for each time.
            let is_new = since.saturating_sub(held.since) < AGAIN;
            left.is_none_or(|left| left > EARLY || (is_new && left > SignedDuration::ZERO))
        };
        if let Some(held) = held.as_ref().filter(lasts) {
            return Ok(held.session.clone());
        }
        let via = Via { inner, patience };
        for found in &self.chain.found {
            if let Some(session) = found.source.session(&via)? {
                *held = Some(Held { session: session.clone(), since });
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
        held.as_ref().and_then(|held| held.session.account.clone())
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
