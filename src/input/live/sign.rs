//! The signature of a request, ACS3-HMAC-SHA256: everything that the server reads is hashed, and the hash
//! is signed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::text::hex;

use super::encode::query;
use super::secret::Secret;

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// What is signed of a request.
pub(super) struct Signable<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a [(String, String)],
    /// Every header that the signature covers; names in lower case.
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) body: &'a [u8],
}

/// SHA-256 in lower-case hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

impl Signable<'_> {
    /// The value of the `authorization` header.
    pub(super) fn authorization(&self, key_id: &str, secret: &Secret) -> String {
        let (request, names) = self.canonical();
        let signed = format!("{ALGORITHM}\n{}", sha256(request.as_bytes()));
        let signature = hex(&hmac_sha256(secret.reveal().as_bytes(), signed.as_bytes()));
        format!("{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}")
    }

    /// The request in the form that is hashed, and the names of its headers.
    fn canonical(&self) -> (String, String) {
        let mut headers = self.headers.to_vec();
        headers.sort_unstable();
        let lines: String =
            headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let (method, path, query) = (self.method, self.path, query(self.query));
        let body = sha256(self.body);
        (format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{body}"), names)
    }
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    // A key of any length makes an HMAC.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vector {
        name: String,
        method: String,
        path: String,
        query: std::collections::BTreeMap<String, String>,
        headers: std::collections::BTreeMap<String, String>,
        body: String,
        key_id: String,
        secret: String,
        canonical: String,
        authorization: String,
    }

    #[test]
    fn the_signatures_are_those_of_the_official_code() {
        let vectors: Vec<Vector> =
            serde_json::from_str(include_str!("tests/acs3-signatures.json")).unwrap();
        assert_eq!(vectors.len(), 9);
        for vector in vectors {
            let query: Vec<_> = vector.query.into_iter().collect();
            let headers: Vec<_> = vector
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let request = Signable {
                method: &vector.method,
                path: &vector.path,
                query: &query,
                headers: &headers,
                body: vector.body.as_bytes(),
            };
            assert_eq!(request.canonical().0, vector.canonical, "{}", vector.name);
            let secret = Secret::new(vector.secret);
            let authorization = request.authorization(&vector.key_id, &secret);
            assert_eq!(authorization, vector.authorization, "{}", vector.name);
        }
    }
}
