//! The `World` is all that a fetch takes from outside beside the network: clock, sleep, chance, variables
//! and the home folder. Tests bring their own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Longest sleep after which an interrupt is noticed.
const SLICE: Duration = Duration::from_millis(50);

/// How a process ends that an interrupt ends, by the custom of shells.
const INTERRUPTED: i32 = 130;

/// What a fetch takes from outside.
pub trait World: Send + Sync {
    /// The clock by which requests are signed.
    fn now(&self) -> Timestamp;

    /// Time that went by since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;

    /// Waits, or until the run is interrupted.
    fn sleep(&self, how_long: Duration);

    /// Bytes that nobody can foresee.
    fn random(&self) -> [u8; 16];

    /// An environment variable; one that is blank counts as unset.
    fn variable(&self, name: &str) -> Option<String>;

    /// The home folder.
    fn home(&self) -> Option<PathBuf>;

    /// Whether somebody asked the run to stop.
    fn is_interrupted(&self) -> bool;
}

/// The world as it is.
#[derive(Clone, Debug)]
pub struct System {
    start: Instant,
    interrupted: Arc<AtomicBool>,
}

impl Default for System {
    fn default() -> Self {
        Self { start: Instant::now(), interrupted: Arc::default() }
    }
}

impl System {
    /// The world in which Ctrl-C, or a request to terminate, ends a fetch as soon as may be and leaves
    /// nothing behind. The second one ends the process at once.
    #[must_use]
    pub fn interruptible() -> Self {
        let system = Self::default();
        let interrupted = Arc::clone(&system.interrupted);
        let handled = ctrlc::set_handler(move || {
            if interrupted.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED);
            }
        });
        // Where there can be no handler, the signal ends the process as it ends any other.
        drop(handled);
        system
    }
}

impl World for System {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, how_long: Duration) {
        let end = Instant::now() + how_long;
        while !self.is_interrupted() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            thread::sleep(left.min(SLICE));
        }
    }

    fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            // Without a source of chance a nonce must still differ from every other.
            let now = u128::try_from(Timestamp::now().as_nanosecond()).unwrap_or_default();
            let own = u128::from(std::process::id()) << 96;
            bytes = (now ^ own ^ self.start.elapsed().as_nanos().rotate_left(64)).to_le_bytes();
        }
        bytes
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.trim().is_empty())
    }

    fn home(&self) -> Option<PathBuf> {
        std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
    }

    fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}
