//! A `Throttle` keeps the manners of one account: at most ten requests reach the server in any second,
//! whatever the network delays.
//!
//! There are ten slots. A request holds one until its answer begins, and the slot rests for a second
//! from then. As the request had arrived by that time, two requests of one slot arrive a second apart.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::world::World;

/// Requests in any second.
pub(super) const PER_SECOND: usize = 10;

/// How long a slot rests. It is a little more than a second, for clocks that run a little apart.
const REST: Duration = Duration::from_millis(1005);

/// Longest time after which a thread without a slot looks again.
const LOOK: Duration = Duration::from_millis(20);

/// The slots of one account.
pub(super) struct Throttle {
    world: Arc<dyn World>,
    slots: Mutex<Slots>,
    freed: Condvar,
}

struct Slots {
    /// When each slot that nobody holds may be used again.
    free: Vec<Duration>,
    /// Nobody asks anything before.
    held_until: Duration,
}

/// The right to send one request now. Let go when the answer begins, or there is none.
pub(super) struct Permit<'a>(&'a Throttle);

impl Throttle {
    pub(super) fn new(world: Arc<dyn World>) -> Self {
        let slots = Slots { free: vec![Duration::ZERO; PER_SECOND], held_until: Duration::ZERO };
        Self { world, slots: Mutex::new(slots), freed: Condvar::new() }
    }

    /// Waits for a slot; none where the deadline would pass before, or the run is interrupted.
    pub(super) fn take(&self, deadline: Duration) -> Option<Permit<'_>> {
        while !self.world.is_interrupted() {
            let now = self.world.elapsed();
            let mut slots = self.lock();
            let earliest = slots.free.iter().enumerate().min_by_key(|(_, at)| **at);
            let Some((index, at)) = earliest.map(|(index, at)| (index, *at)) else {
                if now >= deadline {
                    return None;
                }
                drop(self.freed.wait_timeout(slots, LOOK));
                continue;
            };
            let at = at.max(slots.held_until);
            if at > deadline {
                return None;
            }
            if at <= now {
                slots.free.swap_remove(index);
                return Some(Permit(self));
            }
            drop(slots);
            self.world.sleep(at.saturating_sub(now));
        }
        None
    }

    /// Lets nobody ask anything before this time has gone by.
    pub(super) fn hold(&self, how_long: Duration) {
        let until = self.world.elapsed().saturating_add(how_long);
        let mut slots = self.lock();
        slots.held_until = slots.held_until.max(until);
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let again = self.0.world.elapsed() + REST;
        self.0.lock().free.push(again);
        self.0.freed.notify_one();
    }
}
