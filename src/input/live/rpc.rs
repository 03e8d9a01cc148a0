//! The older signature, HMAC-SHA1 over the parameters, by which STS is asked for a role.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::encode::{encode, query};
use super::secret::Secret;

/// The signature of all parameters, those of the form too.
pub(super) fn signature(method: &str, parameters: &[(String, String)], secret: &Secret) -> String {
    // The parameters hold a security token where there is one.
    let encoded = Zeroizing::new(query(parameters));
    let signed = Zeroizing::new(format!("{method}&%2F&{}", encode(&encoded)));
    let key = Zeroizing::new(format!("{}&", secret.reveal()));
    // A key of any length makes an HMAC.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(signed.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vector {
        name: String,
        method: String,
        parameters: std::collections::BTreeMap<String, String>,
        secret: String,
        signature: String,
    }

    #[test]
    fn the_signatures_are_those_of_the_official_code() {
        let vectors: Vec<Vector> =
            serde_json::from_str(include_str!("tests/rpc-signatures.json")).unwrap();
        assert_eq!(vectors.len(), 3);
        for vector in vectors {
            let parameters: Vec<_> = vector.parameters.into_iter().collect();
            let secret = Secret::new(vector.secret);
            let signed = signature(&vector.method, &parameters, &secret);
            assert_eq!(signed, vector.signature, "{}", vector.name);
        }
    }
}
