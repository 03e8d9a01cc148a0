//! A `Profile` is one entry of the files in which the official tools keep credentials, however the file
//! is written, and the source that it makes.

use serde::Deserialize;

use crate::input::live::endpoint::Endpoint;
use crate::input::live::secret::Secret;
use crate::input::live::world::World;
use crate::text::{Problem, nearest};

use super::ecs::Ecs;
use super::keys::Keys;
use super::sts::{Assumed, ByToken, Place, Role};
use super::uri::Uri;
use super::{Error, Found, Session, Source};

/// Profiles that lead to one another, the last having the keys.
const MAX_CHAIN: usize = 8;

/// What each mode is called, the official tools' spelling first.
const MODES: [(&[&str], Mode); 14] = [
    (&["AK", "access_key"], Mode::Key),
    (&["StsToken", "sts"], Mode::Token),
    (&["RamRoleArn", "ram_role_arn"], Mode::Role),
    (&["EcsRamRole", "ecs_ram_role"], Mode::Ecs),
    (&["OIDC", "oidc_role_arn"], Mode::Oidc),
    (&["CredentialsURI", "credentials_uri"], Mode::Uri),
    (&["ChainableRamRoleArn"], Mode::Chain),
    (&["External"], Mode::Other("it runs another program")),
    (&["CloudSSO"], Mode::Other("it signs in by a browser, and writes to the file")),
    (&["OAuth"], Mode::Other("it signs in by a browser, and writes to the file")),
    (&["RsaKeyPair", "rsa_key_pair"], Mode::Other("it signs by a pair of RSA keys")),
    (&["BearerToken", "bearer"], Mode::Other("it sends a token in place of a signature")),
    (&["Anonymous"], Mode::Other("it signs nothing")),
    (&["RamRoleArnWithRoleName", "RamRoleArnWithEcs"], Mode::Other("it is not known here")),
];

#[derive(Clone, Copy)]
enum Mode {
    Key,
    Token,
    Role,
    Ecs,
    Oidc,
    Uri,
    Chain,
    /// One that cannot be used, and why.
    Other(&'static str),
}

/// One entry.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Profile {
    pub(super) name: Option<String>,
    pub(super) mode: Option<String>,
    pub(super) access_key_id: Option<String>,
    pub(super) access_key_secret: Option<Secret>,
    pub(super) sts_token: Option<Secret>,
    pub(super) ram_role_arn: Option<String>,
    pub(super) ram_session_name: Option<String>,
    pub(super) role_session_name: Option<String>,
    pub(super) expired_seconds: Option<u64>,
    pub(super) policy: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) sts_region: Option<String>,
    pub(super) enable_vpc: Option<bool>,
    pub(super) ram_role_name: Option<String>,
    pub(super) oidc_provider_arn: Option<String>,
    pub(super) oidc_token_file: Option<String>,
    pub(super) source_profile: Option<String>,
    pub(super) credentials_uri: Option<String>,
    pub(super) region_id: Option<String>,
}

/// The profiles of one file.
pub(super) struct Profiles<'a> {
    /// How the file is called, such as `~/.aliyun/config.json`.
    pub(super) file: &'a str,
    pub(super) profiles: &'a [Profile],
    pub(super) world: &'a dyn World,
}

impl Profiles<'_> {
    /// The profile of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name.as_deref() == Some(name))
    }

    /// The source that a profile makes.
    pub(super) fn found(&self, profile: &Profile) -> Result<Found, Problem> {
        let made = self.made(profile, 0)?;
        Ok(Found {
            source: made.source,
            kind: made.kind,
            name: self.called(profile),
            profile: profile.name.clone(),
            region: filled(profile.region_id.as_ref()),
        })
    }

    fn called(&self, profile: &Profile) -> String {
        format!("profile `{}` of `{}`", profile.name.as_deref().unwrap_or_default(), self.file)
    }

    fn made(&self, profile: &Profile, depth: usize) -> Result<Made, Problem> {
        let (spelled, mode) = self.mode(profile)?;
        let name = self.called(profile);
        let (source, kind): (Box<dyn Source>, _) = match mode {
            Mode::Key => (Box::new(self.keys(profile, None)?), "access key"),
            Mode::Token => {
                let token = self.secret(profile, "sts_token", profile.sts_token.as_ref())?;
                (Box::new(self.keys(profile, Some(token))?), "temporary key")
            }
            Mode::Role => {
                let token = profile.sts_token.clone().filter(|token| !token.is_empty());
                let base = Box::new(self.keys(profile, token)?);
                let role = self.role(profile)?;
                (Box::new(Assumed { base, role, name }), "role")
            }
            Mode::Ecs => {
                let role = filled(profile.ram_role_name.as_ref());
                (Box::new(Ecs::new(self.world, role, true, name)?), "ECS role")
            }
            Mode::Oidc => {
                let provider = profile.oidc_provider_arn.as_ref();
                let provider = self.text(profile, "oidc_provider_arn", provider)?;
                let token_file = profile.oidc_token_file.as_ref();
                let token_file = self.text(profile, "oidc_token_file", token_file)?;
                let role = self.role(profile)?;
                (Box::new(ByToken { role, provider, token_file, name }), "OIDC role")
            }
            Mode::Uri => {
                let uri = profile.credentials_uri.as_ref();
                let uri = self.text(profile, "credentials_uri", uri)?;
                let endpoint = Endpoint::parse_uri(&uri, &name)?;
                (Box::new(Uri::new(endpoint, name)), "credentials URI")
            }
            Mode::Chain => (self.chain(profile, depth)?, "role"),
            Mode::Other(why) => {
                let why = format!("its mode is `{spelled}`: {why}");
                let help = "let the aliyun CLI or the SDK get temporary keys, and set them as \
                            environment variables";
                return Err(self.broken(profile, why, help.to_owned()));
            }
        };
        Ok(Made { source, kind })
    }

    /// The role that another profile's keys assume.
    fn chain(&self, profile: &Profile, depth: usize) -> Result<Box<dyn Source>, Problem> {
        let from = self.text(profile, "source_profile", profile.source_profile.as_ref())?;
        let help = || format!("see `source_profile` in `{}`", self.file);
        let Some(base) = self.get(&from) else {
            return Err(self.broken(profile, format!("there is no profile `{from}`"), help()));
        };
        if depth >= MAX_CHAIN {
            let why = "its source profiles lead round in a circle, or too far".to_owned();
            return Err(self.broken(profile, why, help()));
        }
        let base = self.made(base, depth + 1)?.source;
        let role = self.role(profile)?;
        Ok(Box::new(Assumed { base, role, name: self.called(profile) }))
    }

    fn mode(&self, profile: &Profile) -> Result<(String, Mode), Problem> {
        // The aliyun CLI takes a profile without a mode for one with an access key.
        let mode = filled(profile.mode.as_ref()).unwrap_or_else(|| "AK".to_owned());
        let found =
            MODES.iter().find(|(names, _)| names.iter().any(|own| own.eq_ignore_ascii_case(&mode)));
        if let Some((names, known)) = found {
            return Ok((names.first().copied().unwrap_or_default().to_owned(), *known));
        }
        let names = MODES.iter().flat_map(|(names, _)| names.iter().copied());
        let help = match nearest(&mode, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "use keys, a role, OIDC, an ECS role or a credentials URI".to_owned(),
        };
        Err(self.broken(profile, format!("there is no mode `{mode}`"), help))
    }

    fn keys(&self, profile: &Profile, token: Option<Secret>) -> Result<Keys, Problem> {
        Ok(Keys(Session {
            key_id: self.text(profile, "access_key_id", profile.access_key_id.as_ref())?,
            secret: self.secret(
                profile,
                "access_key_secret",
                profile.access_key_secret.as_ref(),
            )?,
            token,
            expires: None,
            account: None,
            source: self.called(profile),
        }))
    }

    fn role(&self, profile: &Profile) -> Result<Role, Problem> {
        let session_name = filled(profile.role_session_name.as_ref());
        Ok(Role {
            arn: self.text(profile, "ram_role_arn", profile.ram_role_arn.as_ref())?,
            session_name: session_name.or_else(|| filled(profile.ram_session_name.as_ref())),
            seconds: profile.expired_seconds.filter(|seconds| *seconds > 0),
            policy: filled(profile.policy.as_ref()),
            external_id: filled(profile.external_id.as_ref()),
            place: Place {
                region: filled(profile.sts_region.as_ref()),
                is_within_vpc: profile.enable_vpc.unwrap_or_default(),
            }
            .or(self.world),
        })
    }

    fn text(
        &self,
        profile: &Profile,
        key: &str,
        value: Option<&String>,
    ) -> Result<String, Problem> {
        filled(value).ok_or_else(|| self.missing(profile, key))
    }

    fn secret(
        &self,
        profile: &Profile,
        key: &str,
        value: Option<&Secret>,
    ) -> Result<Secret, Problem> {
        let filled = value.filter(|secret| !secret.is_empty());
        filled.cloned().ok_or_else(|| self.missing(profile, key))
    }

    fn missing(&self, profile: &Profile, key: &str) -> Problem {
        let help = format!("write it into `{}`, or name another profile", self.file);
        self.broken(profile, format!("it has no `{key}`"), help)
    }

    fn broken(&self, profile: &Profile, why: String, help: String) -> Problem {
        Error::Broken { source_name: self.called(profile), why, help }.of(self.file)
    }
}

impl Profile {
    /// Whether it is one that was set up without keys, as the aliyun CLI leaves it.
    pub(super) fn is_blank(&self) -> bool {
        let mode = filled(self.mode.as_ref()).unwrap_or_else(|| "AK".to_owned());
        mode.eq_ignore_ascii_case("AK")
            && filled(self.access_key_id.as_ref()).is_none()
            && self.access_key_secret.as_ref().is_none_or(Secret::is_empty)
    }
}

struct Made {
    source: Box<dyn Source>,
    kind: &'static str,
}

/// A value that is there and not blank.
fn filled(value: Option<&String>) -> Option<String> {
    value.map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
}
