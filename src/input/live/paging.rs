//! Asks for all pages so that no row can be lost: as many as the total and the rows on the first page
//! make, several at once, and on while rows are missing and more come. Whether all of it is there is
//! judged as saved files are judged; where it is not, everything is read again.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::snapshot::{self, Answer, Rows, Wholeness};
use crate::text::Problem;

use super::Progress;
use super::ask::{Asker, Page, Read, Unread};
use super::error::Error;

/// Pages that are asked for at once.
const CREW: u64 = 8;

/// The most pages of one fetch.
const MAX_PAGES: u64 = 20_000;

/// The most bytes of all pages together.
const MAX_BYTES: u64 = 2 << 30;

/// Sizes that services of this kind name as their largest; a server that refuses one is asked with less.
const SMALLER: [u32; 4] = [100, 50, 20, 10];

/// Longest time after which an interrupt is noticed.
const LOOK: Duration = Duration::from_millis(50);

/// The answers of the best reading, in the order of their pages.
pub(super) fn fetch(asker: &Arc<Asker>, progress: &dyn Progress) -> Result<Vec<Answer>, Problem> {
    let mut size = asker.page_size;
    let mut best = Pass::all(asker, &mut size, progress)?;
    for _ in 0..asker.inner.manners.repair {
        let Some(why) = best.flaw.clone().filter(|_| best.can_be_better()) else { break };
        progress.again(&why);
        match Pass::all(asker, &mut size, progress) {
            Ok(pass) if pass.rank() >= best.rank() => best = pass,
            Ok(_) => {}
            Err(problem) if asker.inner.world.is_interrupted() => return Err(problem),
            // What came before is evidence, though it is not whole.
            Err(_) => break,
        }
    }
    Ok(best.pages.into_values().map(|read| read.answer).collect())
}

/// One reading of all pages.
struct Pass {
    pages: BTreeMap<u64, Read>,
    rows: Rows,
    bytes: u64,
    wholeness: Wholeness,
    /// What is not whole about it.
    flaw: Option<String>,
}

/// What the crew tells.
enum Event {
    Page(u64, Box<Result<Read, Unread>>),
    Wait(String, Duration),
}

impl Pass {
    /// Reads all pages, with less on each where the server refuses the size.
    fn all(asker: &Arc<Asker>, size: &mut u32, progress: &dyn Progress) -> Result<Self, Problem> {
        let mut refused = None;
        loop {
            let mut pass = Self {
                pages: BTreeMap::new(),
                rows: Rows::default(),
                bytes: 0,
                wholeness: Wholeness::NoEvidence,
                flaw: None,
            };
            let turn = Turn { asker, size: *size, progress };
            let smaller = SMALLER.into_iter().find(|smaller| smaller < size);
            match (turn.every_page(&mut pass), smaller) {
                (Ok(()), _) => {
                    pass.judge(asker);
                    return Ok(pass);
                }
                (Err(unread), Some(smaller)) if unread.is_refused && pass.pages.is_empty() => {
                    // Where less does not help either, it was something else.
                    refused.get_or_insert(unread.problem);
                    *size = smaller;
                }
                (Err(unread), _) => return Err(refused.unwrap_or(unread.problem)),
            }
        }
    }

    /// Judges it as a saved file is judged.
    fn judge(&mut self, asker: &Asker) {
        let answers: Vec<Answer> = self.pages.values().map(|read| read.answer.clone()).collect();
        let source = Arc::from(asker.name.as_str());
        let Ok(snapshot) = snapshot::answers_together(&asker.operation, &answers, &source) else {
            self.flaw = Some("an answer holds no page".to_owned());
            return;
        };
        self.wholeness = snapshot.wholeness;
        let flaws = snapshot.flaws.into_iter().map(|flaw| (flaw.weight, flaw.problem.message));
        let heaviest = flaws.max_by_key(|(weight, _)| *weight).map(|(_, message)| message);
        self.flaw = heaviest.filter(|_| snapshot.wholeness != Wholeness::Complete);
    }

    /// Whether another reading may be whole: not where the API never says a total.
    fn can_be_better(&self) -> bool {
        self.wholeness != Wholeness::Unprovable || self.pages.values().any(Read::says_total)
    }

    /// How much it is worth: first how whole it is, then its rows.
    fn rank(&self) -> (u8, u64) {
        let whole = match self.wholeness {
            Wholeness::Complete => 3,
            Wholeness::Unprovable => 2,
            Wholeness::Partial => 1,
            Wholeness::NoEvidence => 0,
        };
        (whole, self.rows.distinct())
    }

    /// The greatest number of rows over all pages that a page named.
    fn total(&self) -> Option<u64> {
        self.pages.values().filter_map(Read::total).max()
    }

    /// Takes a page; whether it brought rows that were not there. One that came with other content was:
    /// where traffic changes by the second, that would have no end.
    fn take(&mut self, number: u64, read: Read) -> bool {
        let before = self.rows.distinct();
        self.rows.absorb(&read.file.rows);
        self.bytes += read.answer.body.len() as u64;
        self.pages.insert(number, read);
        self.rows.distinct() > before
    }
}

/// One turn through all pages.
struct Turn<'a> {
    asker: &'a Arc<Asker>,
    size: u32,
    progress: &'a dyn Progress,
}

impl Turn<'_> {
    fn every_page(&self, pass: &mut Pass) -> Result<(), Unread> {
        self.ask(pass, 1..=1, false)?;
        let Some(first) = pass.pages.get(&1) else { return Ok(()) };
        let call = self.asker.operation.call.as_ref();
        if call.is_none_or(|call| call.paging.is_none()) || !first.has_list() {
            return Ok(());
        }
        // The rows that were served say how large a page is, not the number that was asked for.
        let served = if first.rows() == 0 { u64::from(self.size) } else { first.rows() };
        let mut last = 1;
        while let Some(total) = pass.total().filter(|total| total.div_ceil(served) > last) {
            let next = total.div_ceil(served);
            if next > MAX_PAGES {
                return Err(self.failed(&Error::TooManyPages(next, MAX_PAGES)));
            }
            self.ask(pass, last + 1..=next, true)?;
            last = next;
        }
        while pass.total().is_none_or(|total| pass.rows.distinct() < total) {
            last += 1;
            if last > MAX_PAGES {
                return Err(self.failed(&Error::TooManyPages(last, MAX_PAGES)));
            }
            // Without a total an empty page is the end, so it had better be one.
            let expects_rows = pass.total().is_none();
            if !self.ask(pass, last..=last, expects_rows)? {
                break;
            }
        }
        Ok(())
    }

    /// Asks for pages, several at once; whether they brought rows that were not there.
    fn ask(
        &self,
        pass: &mut Pass,
        pages: RangeInclusive<u64>,
        expects_rows: bool,
    ) -> Result<bool, Unread> {
        let (sender, receiver) = mpsc::channel();
        let wanted = pages.end() + 1 - pages.start();
        let job = Arc::new(Job {
            asker: Arc::clone(self.asker),
            next: AtomicU64::new(*pages.start()),
            last: *pages.end(),
            size: self.size,
            expects_rows,
            is_over: AtomicBool::new(false),
        });
        for _ in 0..wanted.min(CREW) {
            let (job, sender) = (Arc::clone(&job), sender.clone());
            // Not joined: an interrupt does not wait for answers.
            thread::spawn(move || job.work(&sender));
        }
        drop(sender);
        let done = self.listen(pass, &receiver, wanted);
        job.is_over.store(true, Ordering::Relaxed);
        done
    }

    fn listen(
        &self,
        pass: &mut Pass,
        receiver: &mpsc::Receiver<Event>,
        wanted: u64,
    ) -> Result<bool, Unread> {
        let mut brought = false;
        let mut came = 0;
        while came < wanted {
            match receiver.recv_timeout(LOOK) {
                Ok(Event::Page(number, read)) => {
                    brought |= pass.take(number, (*read)?);
                    came += 1;
                    let rows = pass.rows.distinct();
                    self.progress.page(pass.pages.len() as u64, rows, pass.total());
                    if pass.bytes > MAX_BYTES {
                        return Err(self.failed(&Error::TooLarge(MAX_BYTES)));
                    }
                }
                Ok(Event::Wait(why, how_long)) => self.progress.wait(&why, how_long),
                Err(RecvTimeoutError::Timeout) if self.asker.inner.world.is_interrupted() => {
                    return Err(self.failed(&Error::Interrupted));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        Ok(brought)
    }

    fn failed(&self, error: &Error) -> Unread {
        Unread { problem: error.of(&self.asker.name), is_refused: false }
    }
}

/// Pages that the crew shares.
struct Job {
    asker: Arc<Asker>,
    next: AtomicU64,
    last: u64,
    size: u32,
    expects_rows: bool,
    is_over: AtomicBool,
}

impl Job {
    /// Asks for one page after the other until there is none left.
    fn work(&self, events: &mpsc::Sender<Event>) {
        while !self.is_over.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number > self.last {
                return;
            }
            let waits = |why: &str, how_long| {
                // Nobody listens any more where the fetch has ended.
                let _ = events.send(Event::Wait(why.to_owned(), how_long));
            };
            let page = Page { number, size: self.size, expects_rows: self.expects_rows };
            let read = self.asker.page(page, &waits);
            let has_failed = read.is_err();
            if events.send(Event::Page(number, Box::new(read))).is_err() || has_failed {
                return;
            }
        }
    }
}
