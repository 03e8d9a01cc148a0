//! A role, assumed by the keys of another source or by an OIDC token. STS gives temporary keys for it.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::input::live::encode::query;
use crate::input::live::endpoint::Endpoint;
use crate::input::live::rpc;
use crate::input::live::secret::Secret;
use crate::input::live::transport::Outgoing;
use crate::input::live::world::World;
use crate::text::{Problem, hex};

use super::via::{Question, Via};
use super::{Error, Session, Source};

const VERSION: &str = "2015-04-01";

/// How sessions are called where nothing says it.
const SESSION_NAME: &str = "portcullis";

/// How long a session lasts where nothing says it; no session is shorter than the least.
const SECONDS: u64 = 3600;
const LEAST_SECONDS: u64 = 900;

const HELP: &str = "check the role, who may assume it, and `--sts-endpoint`";

/// A role, and how its sessions are.
#[derive(Clone, Debug, Default)]
pub(super) struct Role {
    pub(super) arn: String,
    pub(super) session_name: Option<String>,
    pub(super) seconds: Option<u64>,
    pub(super) policy: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) place: Place,
}

/// Which STS is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) region: Option<String>,
    pub(super) is_within_vpc: bool,
}

impl Place {
    /// What the environment says, where the profile does not.
    pub(super) fn or(self, world: &dyn World) -> Self {
        if self.region.is_some() {
            return self;
        }
        Self {
            region: world.variable("ALIBABA_CLOUD_STS_REGION"),
            is_within_vpc: self.is_within_vpc
                || super::is_true(world, "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"),
        }
    }

    fn endpoint(&self, via: &Via<'_>) -> Result<Endpoint, Problem> {
        if let Some(endpoint) = &via.inner.manners.sts_endpoint {
            return Endpoint::parse(endpoint, "--sts-endpoint");
        }
        let Some(region) = &self.region else { return Ok(Endpoint::of_host("sts.aliyuncs.com")) };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if !region.chars().all(is_plain) {
            let error = Error::Broken {
                source_name: "STS".to_owned(),
                why: format!("`{region}` is no region"),
                help: "see `ALIBABA_CLOUD_STS_REGION`, or `sts_region` of the profile".to_owned(),
            };
            return Err(error.of("credentials"));
        }
        let vpc = if self.is_within_vpc { "-vpc" } else { "" };
        Ok(Endpoint::of_host(&format!("sts{vpc}.{region}.aliyuncs.com")))
    }
}

/// A role that the keys of another source assume.
pub(super) struct Assumed {
    pub(super) base: Box<dyn Source>,
    pub(super) role: Role,
    pub(super) name: String,
}

impl Source for Assumed {
    fn session(&self, via: &Via<'_>) -> Result<Option<Session>, Problem> {
        let Some(base) = self.base.session(via)? else { return Ok(None) };
        let mut form = self.role.form();
        let external_id = self.role.external_id.iter();
        form.extend(external_id.map(|id| ("ExternalId".to_owned(), id.clone())));
        let question = Question { source: &self.name, secrets: base.secrets(), help: HELP };
        let endpoint = self.role.place.endpoint(via)?;
        let form_query = query(&form);
        let body = via.ask(&question, &mut |left| {
            let mut parameters = common("AssumeRole", via.inner.world.as_ref());
            parameters.extend(signed(&base));
            let all: Vec<_> = parameters.iter().chain(&form).cloned().collect();
            let signature = rpc::signature("POST", &all, &base.secret);
            parameters.push(("Signature".to_owned(), signature));
            let outgoing = post(&endpoint, &Zeroizing::new(query(&parameters)), &form_query, left);
            super::wipe(parameters.into_iter().chain(all));
            outgoing
        })?;
        self.role.session(&question, &body).map(Some)
    }

    fn can_renew(&self) -> bool {
        true
    }

    fn key_id(&self) -> Option<&str> {
        self.base.key_id()
    }
}

/// A role that an OIDC token assumes, without any other key.
pub(super) struct ByToken {
    pub(super) role: Role,
    pub(super) provider: String,
    /// File that holds the token; it is read each time, as it is replaced before it runs out.
    pub(super) token_file: String,
    pub(super) name: String,
}

impl Source for ByToken {
    fn session(&self, via: &Via<'_>) -> Result<Option<Session>, Problem> {
        let token = self.token()?;
        let question = Question { source: &self.name, secrets: vec![&token], help: HELP };
        let endpoint = self.role.place.endpoint(via)?;
        let mut form = self.role.form();
        form.push(("OIDCProviderArn".to_owned(), self.provider.clone()));
        form.push(("OIDCToken".to_owned(), token.reveal().to_owned()));
        let encoded = Zeroizing::new(query(&form));
        super::wipe(form);
        let body = via.ask(&question, &mut |left| {
            let parameters = common("AssumeRoleWithOIDC", via.inner.world.as_ref());
            post(&endpoint, &query(&parameters), &encoded, left)
        })?;
        self.role.session(&question, &body).map(Some)
    }

    fn can_renew(&self) -> bool {
        true
    }

    fn key_id(&self) -> Option<&str> {
        None
    }
}

impl ByToken {
    fn token(&self) -> Result<Secret, Problem> {
        let broken = |why: String| {
            let (source_name, help) = (self.name.clone(), "check the token file".to_owned());
            Error::Broken { source_name, why, help }.of("credentials")
        };
        let file = &self.token_file;
        let bytes = super::read(std::path::Path::new(file))
            .map_err(|error| broken(format!("cannot read `{file}`: {}", error.kind())))?;
        let text = std::str::from_utf8(&bytes).map(str::trim).unwrap_or_default();
        if text.is_empty() {
            return Err(broken(format!("`{file}` holds no token")));
        }
        Ok(Secret::new(text.to_owned()))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    credentials: Keys,
    assumed_role_user: Option<User>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    access_key_id: String,
    access_key_secret: Secret,
    security_token: Secret,
    expiration: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    arn: Option<String>,
}

impl Role {
    fn form(&self) -> Vec<(String, String)> {
        let name = self.session_name.as_deref().unwrap_or(SESSION_NAME);
        let seconds = self.seconds.unwrap_or(SECONDS).max(LEAST_SECONDS);
        let mut form = vec![
            ("RoleArn".to_owned(), self.arn.clone()),
            ("RoleSessionName".to_owned(), name.to_owned()),
            ("DurationSeconds".to_owned(), seconds.to_string()),
        ];
        form.extend(self.policy.iter().map(|policy| ("Policy".to_owned(), policy.clone())));
        form
    }

    /// The keys that STS gave.
    fn session(&self, question: &Question<'_>, body: &[u8]) -> Result<Session, Problem> {
        // What serde says of a wrong value may repeat it.
        let none = || question.broken("the answer holds no credentials".to_owned());
        let given: Given = serde_json::from_slice(body).map_err(|_| none())?;
        let expires = given.credentials.expiration.parse().map_err(|_| none())?;
        let arn = given.assumed_role_user.and_then(|user| user.arn);
        Ok(Session {
            key_id: given.credentials.access_key_id,
            secret: given.credentials.access_key_secret,
            token: Some(given.credentials.security_token),
            expires: Some(expires),
            account: arn.as_deref().and_then(account).or_else(|| account(&self.arn)),
            source: question.source.to_owned(),
        })
    }
}

/// The account of a resource name such as `acs:ram::123456789012:role/reader`.
fn account(arn: &str) -> Option<String> {
    let id = arn.split(':').nth(3)?;
    let is_number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| id.to_owned())
}

fn common(action: &str, world: &dyn World) -> Vec<(String, String)> {
    let now = world.now();
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let pairs = [
        ("Action", action.to_owned()),
        ("Format", "JSON".to_owned()),
        ("Version", VERSION.to_owned()),
        ("Timestamp", now.to_string()),
        ("SignatureNonce", hex(&world.random())),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

fn signed(base: &Session) -> Vec<(String, String)> {
    let mut pairs = vec![
        ("SignatureMethod".to_owned(), "HMAC-SHA1".to_owned()),
        ("SignatureVersion".to_owned(), "1.0".to_owned()),
        ("AccessKeyId".to_owned(), base.key_id.clone()),
    ];
    let token = base.token.iter();
    pairs.extend(token.map(|token| ("SecurityToken".to_owned(), token.reveal().to_owned())));
    pairs
}

fn post(endpoint: &Endpoint, query: &str, form: &str, limit: Duration) -> Outgoing<'static> {
    let own = |text: &str| Zeroizing::new(text.to_owned());
    Outgoing {
        method: "POST",
        url: Zeroizing::new(endpoint.url(query)),
        headers: vec![
            ("host", own(endpoint.authority())),
            ("content-type", own("application/x-www-form-urlencoded")),
        ],
        body: Zeroizing::new(form.as_bytes().to_vec()),
        is_direct: endpoint.is_direct(),
        limit,
    }
}
