//! A world of its own for each test: variables and a home folder, and a clock that only sleep moves.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use portcullis::input::live::World;

pub(crate) struct Own {
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) home: Option<PathBuf>,
    /// By how much the clock is ahead.
    pub(crate) skew: SignedDuration,
    /// Whether sleep takes the time that it should.
    pub(crate) is_slow: bool,
    pub(crate) interrupted: AtomicBool,
    start: Instant,
    slept: Mutex<Duration>,
    chance: AtomicU64,
}

impl Own {
    pub(crate) fn new(variables: &[(&str, &str)]) -> Self {
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self {
            variables: variables.collect(),
            home: None,
            skew: SignedDuration::ZERO,
            is_slow: false,
            interrupted: AtomicBool::new(false),
            start: Instant::now(),
            slept: Mutex::default(),
            chance: AtomicU64::new(0),
        }
    }
}

impl World for Own {
    fn now(&self) -> Timestamp {
        Timestamp::now() + self.skew
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed() + *self.slept.lock().unwrap()
    }

    fn sleep(&self, how_long: Duration) {
        if self.is_slow {
            std::thread::sleep(how_long);
            return;
        }
        // Several threads that sleep at once do not add up.
        let until = self.elapsed() + how_long;
        let mut slept = self.slept.lock().unwrap();
        *slept = (*slept).max(until.saturating_sub(self.start.elapsed()));
    }

    fn random(&self) -> [u8; 16] {
        let count = self.chance.fetch_add(1, Ordering::Relaxed) + 1;
        let mixed = count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&mixed.to_be_bytes());
        bytes[8..].copy_from_slice(&count.to_be_bytes());
        bytes
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn home(&self) -> Option<PathBuf> {
        self.home.clone()
    }

    fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}
