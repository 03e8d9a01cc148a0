//! Keys in environment variables.

use crate::input::live::secret::Secret;
use crate::input::live::world::World;
use crate::text::Problem;

use super::keys::Keys;
use super::{Error, Found, Session};

/// How the source is called.
pub(super) const NAME: &str = "environment variables";

const KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

/// The keys of the environment, where it has any.
pub(super) fn find(world: &dyn World) -> Result<Option<Found>, Problem> {
    let [key_id, secret, token] = [KEY_ID, SECRET, TOKEN].map(|name| world.variable(name));
    let (key_id, secret) = match (key_id, secret) {
        (Some(key_id), Some(secret)) => (key_id, secret),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(half(KEY_ID, SECRET)),
        (None, Some(_)) => return Err(half(SECRET, KEY_ID)),
    };
    let keys = Keys(Session {
        key_id: key_id.trim().to_owned(),
        secret: Secret::trimmed(secret),
        token: token.map(Secret::trimmed),
        expires: None,
        account: None,
        source: NAME.to_owned(),
    });
    let kind = keys.kind();
    let source = Box::new(keys);
    Ok(Some(Found { source, kind, name: NAME.to_owned(), profile: None, region: None }))
}

fn half(there: &str, missing: &str) -> Problem {
    let error = Error::Broken {
        source_name: format!("the access key of the {NAME}"),
        why: format!("`{there}` is set and `{missing}` is not"),
        help: "set both, or neither".to_owned(),
    };
    error.of(missing)
}
