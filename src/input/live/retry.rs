//! `Patience` asks again what may succeed later: after the time that the server named, else after a
//! random part of a growing time, until the attempts or the deadline are used up.

use std::time::Duration;

use crate::text::Problem;

use super::error::{Error, shown};
use super::throttle::Throttle;
use super::world::World;

/// The first backoff is a random part of this.
const FIRST: Duration = Duration::from_millis(500);

/// No backoff is longer.
const LONGEST: Duration = Duration::from_secs(20);

/// How one attempt ended.
pub(super) enum Attempt<T> {
    /// It succeeded.
    Done(T),
    /// It may succeed later.
    Again(Again),
    /// It will not succeed.
    Stop(Problem),
}

/// Why it is to be tried again, and when.
pub(super) struct Again {
    /// What is said where it is not.
    pub(super) problem: Problem,
    /// The time that the server named.
    pub(super) after: Option<Duration>,
    /// Whether nobody else should ask in the meantime.
    pub(super) holds: bool,
}

/// How long and how often it is tried.
pub(super) struct Patience<'a> {
    pub(super) world: &'a dyn World,
    /// Attempts after the first.
    pub(super) max_retries: u32,
    /// All of the time that there was, and when it has passed.
    pub(super) deadline: Duration,
    pub(super) ends: Duration,
    /// What is held while the server wants to be left alone.
    pub(super) throttle: Option<&'a Throttle>,
    /// Told what is waited for, and how long.
    pub(super) waits: &'a dyn Fn(&str, Duration),
}

impl Patience<'_> {
    /// Tries until it succeeds, cannot succeed, or there is no attempt or time left.
    pub(super) fn run<T>(&self, attempt: &mut dyn FnMut() -> Attempt<T>) -> Result<T, Problem> {
        let mut tried = 0;
        loop {
            if let Some(error) = self.is_over() {
                let place = if matches!(error, Error::Interrupted) { "live" } else { "--deadline" };
                return Err(error.of(place));
            }
            let again = match attempt() {
                Attempt::Done(value) => return Ok(value),
                Attempt::Stop(problem) => return Err(problem),
                Attempt::Again(again) => again,
            };
            tried += 1;
            if tried > self.max_retries {
                let suffix =
                    if tried > 1 { format!(", after {tried} attempts") } else { String::new() };
                return Err(with(again.problem, &suffix));
            }
            let wait = again.after.unwrap_or_else(|| self.backoff(tried));
            if self.world.elapsed().saturating_add(wait) >= self.ends {
                let deadline = shown(self.deadline);
                let suffix = format!(
                    ", and another attempt would be in {}, beyond the deadline of {deadline}",
                    shown(wait)
                );
                return Err(with(again.problem, &suffix));
            }
            (self.waits)(&again.problem.message, wait);
            if let Some(throttle) = self.throttle.filter(|_| again.holds) {
                throttle.hold(wait);
            }
            self.world.sleep(wait);
        }
    }

    /// The time that is left.
    pub(super) fn left(&self) -> Duration {
        self.ends.saturating_sub(self.world.elapsed())
    }

    /// Why there is no time for another attempt.
    pub(super) fn is_over(&self) -> Option<Error> {
        if self.world.is_interrupted() {
            Some(Error::Interrupted)
        } else if self.world.elapsed() >= self.ends {
            Some(Error::Deadline(self.deadline))
        } else {
            None
        }
    }

    /// A random part of a time that doubles with every attempt, up to a bound.
    fn backoff(&self, tried: u32) -> Duration {
        let most = FIRST.saturating_mul(1 << (tried - 1).min(16)).min(LONGEST);
        let [a, b, c, d, ..] = self.world.random();
        let part = f64::from(u32::from_le_bytes([a, b, c, d])) / f64::from(u32::MAX);
        most.mul_f64(part)
    }
}

fn with(problem: Problem, suffix: &str) -> Problem {
    Problem { message: format!("{}{suffix}", problem.message), ..problem }
}
