//! Which certificates are trusted.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use portcullis::input::live::{Client, Manners};
use portcullis::snapshot::Capture;
use portcullis::text::Problem;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::server::{Server, page};
use crate::world::Own;
use crate::{VARIABLES, keys, request};

/// A server whose certificate an authority of its own vouches for, and that authority as PEM.
fn server() -> (Server, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let own = own.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], key)
        .unwrap();
    let server = Server::over_tls(keys(), Arc::new(config), |asked| page(asked, 137));
    (server, authority.pem())
}

fn fetch(server: &Server, ca_file: Option<PathBuf>) -> Result<Capture, Problem> {
    let manners = Manners { ca_file, ..Manners::default() };
    Client::new(manners, Arc::new(Own::new(&VARIABLES)))?.fetch(&request(server), &())
}

#[test]
fn an_authority_of_ones_own_is_trusted_where_it_is_named() {
    let (server, authority) = server();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    fs::write(&file, &authority).unwrap();
    assert_eq!(fetch(&server, Some(file.clone())).unwrap().pages.len(), 3);
    // Without it nothing is sent, and nothing is tried again.
    let problem = fetch(&server, None).map(|_| "a capture").unwrap_err();
    assert_eq!(problem.code, "live/network");
    assert!(
        problem.message.starts_with("the certificate or the TLS connection was refused"),
        "{problem:?}"
    );
    assert!(problem.help.unwrap().contains("--ca-file"));
    assert_eq!(server.asked().len(), 3);
    fs::write(&file, "no certificate").unwrap();
    for path in [file, folder.path().join("gone.pem")] {
        let problem = fetch(&server, Some(path)).map(|_| "a capture").unwrap_err();
        assert_eq!(problem.code, "live/ca-file");
    }
}
