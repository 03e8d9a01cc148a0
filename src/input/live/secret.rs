//! A `Secret` is text that is wiped from memory when it is let go, and that nothing shows.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// A key, a token, or a text that holds one.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Secret(Zeroizing<String>);

impl Secret {
    pub(super) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text without the blanks around it.
    pub(super) fn trimmed(text: String) -> Self {
        let whole = Zeroizing::new(text);
        if whole.trim().len() == whole.len() {
            Self(whole)
        } else {
            Self::new(whole.trim().to_owned())
        }
    }

    /// The text, for the signature and the request alone.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        for secret in [Secret::new("hidden".to_owned()), Secret::trimmed(" hidden\n".to_owned())] {
            assert_eq!(secret.reveal(), "hidden");
            assert_eq!(format!("{secret:?} {secret:#?}"), "[secret] [secret]");
        }
        let read: Secret = serde_json::from_str("\"hidden\"").unwrap();
        assert_eq!(format!("{:?}", Some(read)), "Some([secret])");
    }
}
