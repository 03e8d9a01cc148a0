//! Reads live from a server of this machine that plays every fault.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "tables are long, and a test fails by a panic"
)]

#[path = "live/credentials.rs"]
mod credentials;
#[path = "live/faults.rs"]
mod faults;
#[path = "live/manners.rs"]
mod manners;
#[path = "live/paging.rs"]
mod paging;
#[path = "live/requests.rs"]
mod requests;
#[path = "live/server.rs"]
mod server;
#[path = "live/services.rs"]
mod services;
#[path = "live/tls.rs"]
mod tls;
#[path = "live/world.rs"]
mod world;

use std::sync::Arc;

use portcullis::input::live::{Client, Manners, Request};
use portcullis::operation::Catalogue;
use portcullis::snapshot::{self, Capture, Wholeness};
use portcullis::text::Problem;

use server::{Asked, Keys, Reply, Server, page};
use world::Own;

const KEY_ID: &str = "LTAIexampleKey0001";
const SECRET: &str = "example-secret-of-the-access-key";
const VARIABLES: [(&str, &str); 2] =
    [("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_ID), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET)];

fn keys() -> Keys {
    Keys::from([(KEY_ID.to_owned(), (SECRET.to_owned(), None))])
}

fn serving(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Server {
    Server::new(keys(), script)
}

fn request(server: &Server) -> Request {
    Request {
        operation: Arc::clone(Catalogue::built_in().unwrap().only().unwrap()),
        filters: Vec::new(),
        window: None,
        page_size: 50,
        region: None,
        endpoint: Some(server.url.clone()),
        profile: None,
    }
}

/// Whether all of a capture is there, and the flaws that it has, as they are judged of saved files.
fn judged(capture: &Capture) -> (Wholeness, Vec<String>) {
    let snapshot = snapshot::together(capture, &Arc::from("live")).unwrap();
    let flaws = snapshot.flaws.into_iter().map(|flaw| flaw.problem.message);
    (snapshot.wholeness, flaws.collect())
}

fn fetch(server: &Server) -> Result<Capture, Problem> {
    let client = Client::new(Manners::default(), Arc::new(Own::new(&VARIABLES))).unwrap();
    client.fetch(&request(server), &())
}

#[test]
fn every_page_is_asked_for_once_and_comes_as_it_was_sent() {
    let server = serving(|asked| page(asked, 137));
    let capture = fetch(&server).unwrap();
    let mut asked = server.asked();
    asked.sort_by_key(Asked::page);
    assert_eq!(asked.iter().map(Asked::page).collect::<Vec<_>>(), [1, 2, 3]);
    let bodies: Vec<&[u8]> = capture.pages.iter().map(|page| page.body.as_ref()).collect();
    let sent: Vec<Vec<u8>> = asked.iter().map(|asked| page(asked, 137).body).collect();
    assert_eq!(bodies, sent);
    assert_eq!(capture.origin.endpoint, server.url.trim_start_matches("http://"));
    assert!(capture.origin.started <= capture.origin.finished);
}
