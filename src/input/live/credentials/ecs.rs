//! The role of an ECS instance, by the metadata service, whose address leads nowhere but to the machine
//! itself. Version 2, which wants a token, is asked first.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::input::live::encode::encode;
use crate::input::live::endpoint::Endpoint;
use crate::input::live::secret::Secret;
use crate::input::live::transport::{Failure, Incoming, Outgoing};
use crate::input::live::world::World;
use crate::text::Problem;

use super::via::{Question, Via, sent};
use super::{Found, Session, Source, is_true};

/// How the source is called.
pub(super) const NAME: &str = "ECS metadata service";

const ADDRESS: &str = "100.100.100.200";
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
const VERSION_1_DISABLED: &str = "ALIBABA_CLOUD_IMDSV1_DISABLED";

/// Another address of the service, for a server of this machine that stands in for it.
const ELSEWHERE: &str = "PORTCULLIS_ECS_METADATA";

const TOKEN: &str = "/latest/api/token";
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
const TTL: &str = "x-aliyun-ecs-metadata-token-ttl-seconds";
const TTL_SECONDS: &str = "21600";
const TOKEN_HEADER: &str = "x-aliyun-ecs-metadata-token";

/// How long the service may take; it answers at once where it is there.
const LIMIT: Duration = Duration::from_secs(1);

/// The metadata service of an instance.
pub(super) struct Ecs {
    endpoint: Endpoint,
    role: Option<String>,
    /// Whether something says that it is there; else it is only tried.
    is_named: bool,
    is_version_1_allowed: bool,
    name: String,
}

/// The service, unless it is turned off.
pub(super) fn find(world: &dyn World) -> Result<Option<Found>, Problem> {
    if is_true(world, DISABLED) {
        return Ok(None);
    }
    let role = world.variable(ROLE);
    let ecs = Ecs::new(world, role.clone(), role.is_some(), format!("the {NAME}"))?;
    let source = Box::new(ecs);
    let name = match role {
        Some(role) => format!("role `{role}` of the {NAME}"),
        None => format!("{NAME}, if this is an ECS instance"),
    };
    Ok(Some(Found { source, kind: "ECS role", name, profile: None, region: None }))
}

impl Ecs {
    pub(super) fn new(
        world: &dyn World,
        role: Option<String>,
        is_named: bool,
        name: String,
    ) -> Result<Self, Problem> {
        let endpoint = match world.variable(ELSEWHERE) {
            Some(elsewhere) => Endpoint::parse(&elsewhere, ELSEWHERE)?,
            None => Endpoint::plain(ADDRESS),
        };
        let is_version_1_allowed = !is_true(world, VERSION_1_DISABLED);
        Ok(Self { endpoint, role, is_named, is_version_1_allowed, name })
    }

    fn get(&self, via: &Via<'_>, path: &str, token: Option<&Secret>) -> Result<Incoming, Failure> {
        let token = token.map(|token| (TOKEN_HEADER, Zeroizing::new(token.reveal().to_owned())));
        via.once(self.outgoing("GET", path, token))
    }

    fn outgoing(
        &self,
        method: &'static str,
        path: &str,
        header: Option<(&'static str, Zeroizing<String>)>,
    ) -> Outgoing<'static> {
        let host = ("host", Zeroizing::new(self.endpoint.authority().to_owned()));
        Outgoing {
            method,
            url: Zeroizing::new(self.endpoint.at(path)),
            headers: std::iter::once(host).chain(header).collect(),
            body: Zeroizing::default(),
            is_direct: true,
            limit: LIMIT,
        }
    }

    /// The token of version 2; none where the service only has version 1.
    fn token(&self, via: &Via<'_>) -> Result<Option<Secret>, String> {
        let ttl = (TTL, Zeroizing::new(TTL_SECONDS.to_owned()));
        let incoming = via
            .once(self.outgoing("PUT", TOKEN, Some(ttl)))
            .map_err(|failure| failure.to_string())?;
        match text(&incoming) {
            Some(token) => Ok(Some(Secret::new(token))),
            None if self.is_version_1_allowed => Ok(None),
            None => Err(format!("it gave no token (HTTP {})", incoming.status)),
        }
    }

    /// The keys of the role, or why there are none.
    fn keys(&self, via: &Via<'_>, question: &Question<'_>) -> Result<Session, Why> {
        let token = self.token(via).map_err(Why::Absent)?;
        let token = token.as_ref();
        let failed = |failure: Failure| Why::Absent(failure.to_string());
        let role = match &self.role {
            Some(role) => role.clone(),
            None => {
                let incoming = self.get(via, ROLES, token).map_err(failed)?;
                let roles = text(&incoming);
                let role = roles.as_deref().and_then(|roles| roles.lines().next()).map(str::trim);
                let none = || Why::Absent("the instance has no role".to_owned());
                role.filter(|role| !role.is_empty()).ok_or_else(none)?.to_owned()
            }
        };
        let path = format!("{ROLES}{}", encode(&role));
        let incoming = self.get(via, &path, token).map_err(failed)?;
        if incoming.status != 200 {
            let why = format!("it has no credentials of role `{role}` (HTTP {})", incoming.status);
            return Err(Why::Broken(question.broken(why)));
        }
        let body = Zeroizing::new(incoming.body);
        sent(question, &body).map_err(Why::Broken)
    }
}

/// Why there are no keys.
enum Why {
    /// There is no such service, or no role.
    Absent(String),
    /// It is there, and does not do what it should.
    Broken(Problem),
}

impl Source for Ecs {
    fn session(&self, via: &Via<'_>) -> Result<Option<Session>, Problem> {
        let help = "check that this is an ECS instance, and its role";
        let question = Question { source: &self.name, secrets: Vec::new(), help };
        match self.keys(via, &question) {
            Ok(session) => Ok(Some(session)),
            Err(Why::Broken(problem)) => Err(problem),
            Err(Why::Absent(why)) if self.is_named => Err(question.broken(why)),
            Err(Why::Absent(_)) => Ok(None),
        }
    }

    fn can_renew(&self) -> bool {
        true
    }

    fn key_id(&self) -> Option<&str> {
        None
    }
}

/// The text of an answer that succeeded and says something.
fn text(incoming: &Incoming) -> Option<String> {
    let text = std::str::from_utf8(&incoming.body).ok()?.trim();
    (incoming.status == 200 && !text.is_empty()).then(|| text.to_owned())
}
