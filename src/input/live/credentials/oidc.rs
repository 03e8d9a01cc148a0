//! A role of the environment, assumed by an OIDC token, as it is given to the pods of a cluster and to
//! jobs of a pipeline: no long-lived key is needed.

use crate::input::live::world::World;
use crate::text::Problem;

use super::sts::{ByToken, Place, Role};
use super::{Error, Found};

/// How the source is called.
pub(super) const NAME: &str = "OIDC role of the environment";

const ROLE: &str = "ALIBABA_CLOUD_ROLE_ARN";
const PROVIDER: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
const SESSION_NAME: &str = "ALIBABA_CLOUD_ROLE_SESSION_NAME";

/// The role of the environment, where it names a provider or a token.
pub(super) fn find(world: &dyn World) -> Result<Option<Found>, Problem> {
    let values = [ROLE, PROVIDER, TOKEN_FILE].map(|name| (name, world.variable(name)));
    let [(_, role), (_, provider), (_, token_file)] = values.clone();
    // A role alone serves other sources too.
    if provider.is_none() && token_file.is_none() {
        return Ok(None);
    }
    let (Some(arn), Some(provider), Some(token_file)) = (role, provider, token_file) else {
        let missing = values.iter().filter(|(_, value)| value.is_none());
        let names: Vec<String> = missing.map(|(name, _)| format!("`{name}`")).collect();
        let error = Error::Broken {
            source_name: format!("the {NAME}"),
            why: format!("{} is not set", names.join(" and ")),
            help: format!("set `{ROLE}`, `{PROVIDER}` and `{TOKEN_FILE}`, or none of them"),
        };
        return Err(error.of("credentials"));
    };
    let session_name = world.variable(SESSION_NAME);
    let role = Role { arn, session_name, place: Place::default().or(world), ..Role::default() };
    let source = Box::new(ByToken { role, provider, token_file, name: format!("the {NAME}") });
    let name = NAME.to_owned();
    Ok(Some(Found { source, kind: "OIDC role", name, profile: None, region: None }))
}
