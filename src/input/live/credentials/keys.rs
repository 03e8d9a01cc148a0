//! Keys that are written down: an access key, or a temporary one with its token.

use crate::text::Problem;

use super::via::Via;
use super::{Session, Source};

/// Keys as they were found.
pub(super) struct Keys(pub(super) Session);

impl Source for Keys {
    fn session(&self, _via: &Via<'_>) -> Result<Option<Session>, Problem> {
        Ok(Some(self.0.clone()))
    }

    fn can_renew(&self) -> bool {
        false
    }

    fn key_id(&self) -> Option<&str> {
        Some(&self.0.key_id)
    }
}

impl Keys {
    /// How they work, in one or two words.
    pub(super) fn kind(&self) -> &'static str {
        if self.0.token.is_some() { "temporary key" } else { "access key" }
    }
}
