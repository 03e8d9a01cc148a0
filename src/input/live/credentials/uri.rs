//! Temporary keys that a URI gives, as a helper of this machine serves them.

use zeroize::Zeroizing;

use crate::input::live::encode::decode;
use crate::input::live::endpoint::Endpoint;
use crate::input::live::secret::Secret;
use crate::input::live::transport::Outgoing;
use crate::input::live::world::World;
use crate::text::Problem;

use super::via::{Question, Via, sent};
use super::{Found, Session, Source};

/// The variable that names one.
const NAME: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

/// A URI that gives keys.
pub(super) struct Uri {
    endpoint: Endpoint,
    name: String,
    /// Values of its query, which may be secret.
    hidden: Vec<Secret>,
}

impl Uri {
    pub(super) fn new(endpoint: Endpoint, name: String) -> Self {
        let forms = |value: &str| [value.to_owned(), decode(value)].map(Secret::new);
        let hidden = endpoint.values().flat_map(forms).collect();
        Self { endpoint, name, hidden }
    }
}

/// The URI of the environment.
pub(super) fn find(world: &dyn World) -> Result<Option<Found>, Problem> {
    let Some(uri) = world.variable(NAME) else { return Ok(None) };
    let name = format!("credentials URI of `{NAME}`");
    let endpoint = Endpoint::parse_uri(uri.trim(), NAME)?;
    let source = Box::new(Uri::new(endpoint, format!("the {name}")));
    Ok(Some(Found { source, kind: "credentials URI", name, profile: None, region: None }))
}

impl Source for Uri {
    fn session(&self, via: &Via<'_>) -> Result<Option<Session>, Problem> {
        let help = "check that the helper runs, and the URI";
        let question = Question { source: &self.name, secrets: self.hidden.iter().collect(), help };
        let body = via.ask(&question, &mut |limit| Outgoing {
            method: "GET",
            url: Zeroizing::new(self.endpoint.url("")),
            headers: vec![("host", Zeroizing::new(self.endpoint.authority().to_owned()))],
            body: Zeroizing::default(),
            is_direct: self.endpoint.is_direct(),
            limit,
        })?;
        sent(&question, &body).map(Some)
    }

    fn can_renew(&self) -> bool {
        true
    }

    fn key_id(&self) -> Option<&str> {
        None
    }
}
