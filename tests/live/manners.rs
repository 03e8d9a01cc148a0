//! Manners: how fast requests go out, how long is waited, and how a fetch is ended.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use portcullis::input::live::{Client, Manners, Progress};
use portcullis::text::Problem;

use crate::server::{End, Reply, Server, page};
use crate::world::Own;
use crate::{VARIABLES, fetch, keys, request, serving};

#[test]
fn no_second_sees_more_than_ten_requests_by_the_real_clock() {
    let server = serving(|asked| page(asked, 1500));
    let mut own = Own::new(&VARIABLES);
    own.is_slow = true;
    let client = Client::new(Manners::default(), Arc::new(own)).unwrap();
    let start = Instant::now();
    let capture = client.fetch(&request(&server), &()).unwrap();
    assert_eq!(capture.pages.len(), 30);
    assert_eq!(server.most_in_a_second(), 10, "as many as are allowed, and no more");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn each_attempt_has_its_own_nonce_and_signature() {
    let server = serving(|asked| match asked.again {
        0..3 => Reply::error(400, "Throttling.Api", "later"),
        _ => page(asked, 137),
    });
    fetch(&server).unwrap();
    let asked = server.asked();
    let header = |name: &str| -> HashSet<String> {
        asked.iter().map(|asked| asked.headers[name].clone()).collect()
    };
    assert_eq!(header("x-acs-signature-nonce").len(), 12);
    assert_eq!(header("authorization").len(), 12);
}

/// Remembers what was waited for.
#[derive(Default)]
struct Waits(Mutex<Vec<Duration>>);

impl Progress for Waits {
    fn page(&self, _pages: u64, _rows: u64, _of: Option<u64>) {}

    fn wait(&self, _why: &str, how_long: Duration) {
        self.0.lock().unwrap().push(how_long);
    }

    fn again(&self, _why: &str) {}
}

fn waits(reply: fn() -> Reply) -> Vec<Duration> {
    let server = serving(move |asked| if asked.again < 5 { reply() } else { page(asked, 3) });
    let client = Client::new(Manners::default(), Arc::new(Own::new(&VARIABLES))).unwrap();
    let waits = Waits::default();
    client.fetch(&request(&server), &waits).unwrap();
    waits.0.into_inner().unwrap()
}

#[test]
fn the_time_that_the_server_names_is_waited_in_milliseconds() {
    let named = waits(|| Reply::error(503, "Busy", "later").with("x-acs-retry-after", "1234"));
    assert_eq!(named, [Duration::from_millis(1234); 5]);
    let unnamed = waits(|| Reply::error(503, "Busy", "later").with("x-acs-retry-after", "soon"));
    for (index, wait) in unnamed.iter().enumerate() {
        assert!(*wait <= Duration::from_millis(500 << index), "{unnamed:?}");
    }
    assert_eq!(unnamed.iter().collect::<HashSet<_>>().len(), 5, "chance has a part: {unnamed:?}");
}

fn limited(manners: Manners, reply: fn() -> Reply) -> (Problem, usize) {
    let server = serving(move |_| reply());
    let mut own = Own::new(&VARIABLES);
    own.is_slow = true;
    let client = Client::new(manners, Arc::new(own)).unwrap();
    let problem = client.fetch(&request(&server), &()).map(|_| "a capture").unwrap_err();
    (problem, server.asked().len())
}

#[test]
fn attempts_and_time_have_their_limits() {
    let none = Manners { max_retries: 0, ..Manners::default() };
    let (problem, asked) = limited(none, || Reply::text(502, ""));
    assert_eq!((problem.code.as_str(), asked), ("live/server-fault", 1));
    let start = Instant::now();
    let short = Manners { deadline: Duration::from_millis(200), ..Manners::default() };
    let late = || Reply::text(200, "{}").ending(End::Late(Duration::from_secs(5)));
    let (problem, _) = limited(short, late);
    assert!(
        problem.message.contains("deadline") || problem.message.contains("time limit"),
        "{problem:?}"
    );
    let silent =
        Manners { read_timeout: Duration::from_millis(100), max_retries: 1, ..Manners::default() };
    let (problem, asked) = limited(silent, late);
    assert_eq!((problem.code.as_str(), asked), ("live/network", 2));
    assert!(problem.message.contains("no answer within the time limit, after 2 attempts"));
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[test]
fn an_interrupt_ends_a_fetch_at_once() {
    let server = serving(|asked| page(asked, 137).ending(End::Late(Duration::from_secs(9))));
    let own = Arc::new(Own::new(&VARIABLES));
    let other = Arc::clone(&own);
    let client = Client::new(Manners::default(), own).unwrap();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        other.interrupted.store(true, Ordering::Relaxed);
    });
    let start = Instant::now();
    let problem = client.fetch(&request(&server), &()).map(|_| "a capture").unwrap_err();
    assert_eq!(problem.code, "live/interrupted");
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_clock_that_is_wrong_is_named_and_by_how_much() {
    for (minutes, by) in [(17, "17 minutes ahead"), (-90, "90 minutes behind")] {
        let skew = SignedDuration::from_mins(-minutes);
        let server = Server::skewed(keys(), skew, |asked| page(asked, 3));
        let problem = fetch(&server).map(|_| "a capture").unwrap_err();
        assert_eq!(problem.code, "live/clock");
        assert!(problem.message.contains(by), "{problem:?}");
        assert_eq!(server.asked().len(), 1);
    }
    let near = Server::skewed(keys(), SignedDuration::from_mins(14), |asked| page(asked, 3));
    fetch(&near).unwrap();
}
