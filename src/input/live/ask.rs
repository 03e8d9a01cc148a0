//! An `Asker` asks for one page of an operation until there is an answer: signed afresh each time, within
//! the manners, and read by the same code that reads saved files.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use memchr::memmem;
use zeroize::Zeroizing;

use crate::json::Record;
use crate::operation::Operation;
use crate::snapshot::{self, Answer, File, Hashes, Plan, RecordPlace, Total, Visitor};
use crate::text::{Problem, hex};

use super::answer::{Meaning, Refusal};
use super::credentials::{Login, Session};
use super::encode::query;
use super::endpoint::Endpoint;
use super::error::{Asked, Error};
use super::retry::{Again, Attempt, Patience};
use super::sign::{Signable, sha256};
use super::transport::{Incoming, Outgoing};
use super::{Inner, Request};

/// How often a page that should hold rows, and holds none, is asked for again.
const EMPTY_AGAIN: u32 = 2;

/// How long is waited before.
const EMPTY_WAIT: Duration = Duration::from_millis(300);

/// Anything shorter is no key of the real service, and may be a word of an answer by chance.
const LEAST_SECRET: usize = 16;

/// Told what is waited for, and how long.
pub(super) type Waits<'a> = &'a dyn Fn(&str, Duration);

/// Asks for pages.
pub(super) struct Asker {
    pub(super) inner: Arc<Inner>,
    pub(super) operation: Arc<Operation>,
    pub(super) endpoint: Endpoint,
    pub(super) region: Option<String>,
    pub(super) login: Arc<Login>,
    /// Records on a page, as they were asked for first.
    pub(super) page_size: u32,
    /// How the host is called in problems.
    pub(super) name: String,
    parameters: Vec<(String, String)>,
    /// When the time for all pages ends.
    ends: Duration,
}

/// One page, and what it says.
pub(super) struct Read {
    pub(super) answer: Answer,
    pub(super) file: File,
}

/// Why a page could not be read.
pub(super) struct Unread {
    pub(super) problem: Problem,
    /// Whether a value was refused, maybe that of the page size.
    pub(super) is_refused: bool,
}

/// A page to ask for.
#[derive(Clone, Copy)]
pub(super) struct Page {
    /// From 1.
    pub(super) number: u64,
    pub(super) size: u32,
    /// Whether it must hold rows.
    pub(super) expects_rows: bool,
}

/// Where requests go.
pub(super) struct Target {
    pub(super) endpoint: Endpoint,
    pub(super) region: Option<String>,
}

/// The attempts at one page.
struct Tries<'a> {
    page: Page,
    patience: Patience<'a>,
    /// Whether the last one was refused a value.
    is_refused: Cell<bool>,
    /// Whether credentials that had run out were got again.
    renewed: Cell<bool>,
}

impl Asker {
    pub(super) fn new(
        inner: Arc<Inner>,
        login: Arc<Login>,
        request: &Request,
        Target { endpoint, region }: Target,
    ) -> Self {
        let mut parameters = request.filters.clone();
        let window = request.operation.call.as_ref().and_then(|call| call.window.as_ref());
        if let (Some((begin, end)), Some(window)) = (request.window, window) {
            parameters.push((window.begin.clone(), begin.as_second().to_string()));
            parameters.push((window.end.clone(), end.as_second().to_string()));
        }
        let ends = inner.world.elapsed().saturating_add(inner.manners.deadline);
        Self {
            operation: Arc::clone(&request.operation),
            name: format!("live:{}", endpoint.authority()),
            page_size: request.page_size,
            inner,
            endpoint,
            region,
            login,
            parameters,
            ends,
        }
    }

    /// Asks for a page; one that should hold rows, and holds none, is asked for again.
    pub(super) fn page(&self, page: Page, waits: Waits<'_>) -> Result<Read, Unread> {
        let mut read = self.once(page, waits)?;
        for _ in 0..EMPTY_AGAIN {
            let is_first_of_some = page.number == 1 && read.total().is_some_and(|all| all > 0);
            if read.rows() > 0 || !(page.expects_rows || is_first_of_some) {
                break;
            }
            waits("a page came without the rows that it should hold", EMPTY_WAIT);
            self.inner.world.sleep(EMPTY_WAIT);
            read = self.once(page, waits)?;
        }
        Ok(read)
    }

    /// Asks until there is an answer.
    fn once(&self, page: Page, waits: Waits<'_>) -> Result<Read, Unread> {
        let tries = Tries {
            page,
            patience: self.patience(waits),
            is_refused: Cell::new(false),
            renewed: Cell::new(false),
        };
        let read = tries.patience.run(&mut || self.attempt(&tries));
        read.map_err(|problem| Unread { problem, is_refused: tries.is_refused.get() })
    }

    fn patience<'a>(&'a self, waits: Waits<'a>) -> Patience<'a> {
        Patience {
            world: self.inner.world.as_ref(),
            max_retries: self.inner.manners.max_retries,
            deadline: self.inner.manners.deadline,
            ends: self.ends,
            throttle: Some(&self.inner.throttle),
            waits,
        }
    }

    fn attempt(&self, tries: &Tries<'_>) -> Attempt<Read> {
        let session = match self.login.session(&self.inner, &tries.patience) {
            Ok(session) => session,
            Err(problem) => return Attempt::Stop(problem),
        };
        let Some(permit) = self.inner.throttle.take(self.ends) else {
            let error =
                tries.patience.is_over().unwrap_or(Error::Deadline(tries.patience.deadline));
            return Attempt::Stop(error.of(&self.name));
        };
        let outgoing = self.outgoing(tries.page, &session, tries.patience.left());
        let incoming = match self.inner.transport.send(outgoing, Some(permit)) {
            Ok(incoming) => incoming,
            Err(failure) => {
                let is_transient = failure.is_transient();
                let problem = Error::network(failure).of(&self.name);
                return if is_transient { again(problem) } else { Attempt::Stop(problem) };
            }
        };
        match self.read(incoming, &session) {
            Ok(attempt) => attempt,
            Err(refusal) => self.after(&refusal, tries, &session),
        }
    }

    /// What follows an error of the API.
    fn after(&self, refusal: &Refusal, tries: &Tries<'_>, session: &Session) -> Attempt<Read> {
        let meaning = refusal.meaning(self.operation.call.as_ref());
        tries.is_refused.set(meaning == Meaning::Refused);
        let problem = self.refused(refusal, meaning, session);
        match meaning {
            Meaning::Throttled => {
                Attempt::Again(Again { problem, after: refusal.retry_after, holds: true })
            }
            Meaning::Transient => again(problem),
            Meaning::Expired if !tries.renewed.replace(true) && self.login.renew() => {
                Attempt::Again(Again { problem, after: Some(Duration::ZERO), holds: false })
            }
            _ => Attempt::Stop(problem),
        }
    }

    fn refused(&self, refusal: &Refusal, meaning: Meaning, session: &Session) -> Problem {
        let asked = Asked {
            operation: &self.operation,
            region: self.region.as_deref(),
            source_name: &session.source,
        };
        asked.error(refusal, meaning).of(&self.name)
    }

    /// A page that came, or a reason to ask again; an error of the API in their place.
    fn read(&self, incoming: Incoming, session: &Session) -> Result<Attempt<Read>, Refusal> {
        let now = self.inner.world.now();
        let refusal = |incoming: &Incoming| Refusal::of(incoming, now, &session.secrets());
        // Another 2xx holds a part of an answer, or none.
        if incoming.status != 200 {
            return Err(refusal(&incoming));
        }
        if session.secrets().iter().any(|secret| holds(&incoming.body, secret.reveal())) {
            return Ok(Attempt::Stop(Error::Echo.of(&self.name)));
        }
        let file = match self.file(incoming.body.as_slice()) {
            Ok(file) => file,
            Err(problem) if is_damage(&problem) => {
                let problem = Error::NotJson(problem.message).of(&self.name);
                return Ok(again(problem));
            }
            Err(problem) => return Ok(Attempt::Stop(problem)),
        };
        if let Some(error) = file.pages.iter().find_map(|page| page.error.as_ref()) {
            return Err(refusal(&incoming).stating(error, &session.secrets()));
        }
        let answer = Answer { taken: now, body: Arc::from(incoming.body) };
        Ok(Attempt::Done(Read { answer, file }))
    }

    /// Reads an answer as a saved file is read.
    fn file(&self, body: &[u8]) -> Result<File, Problem> {
        let plan = Plan {
            operation: Arc::clone(&self.operation),
            slots: self.operation.identity.clone(),
            hashes: Hashes::Left,
        };
        snapshot::read_answer(body, &Arc::from(self.name.as_str()), &plan, &mut Nobody)
    }

    fn outgoing(&self, page: Page, session: &Session, limit: Duration) -> Outgoing<'static> {
        let mut parameters = self.parameters.clone();
        let paging = self.operation.call.as_ref().and_then(|call| call.paging.as_ref());
        if let Some(paging) = paging {
            parameters.push((paging.number.clone(), page.number.to_string()));
            parameters.push((paging.size.clone(), page.size.to_string()));
        }
        let own = |text: &str| Zeroizing::new(text.to_owned());
        let now = self.inner.world.now();
        let date = Timestamp::from_second(now.as_second()).unwrap_or(now).to_string();
        let mut headers = vec![
            ("host", own(self.endpoint.authority())),
            ("x-acs-action", own(&self.operation.name)),
            ("x-acs-version", own(&self.operation.version)),
            ("x-acs-date", own(&date)),
            ("x-acs-signature-nonce", own(&hex(&self.inner.world.random()))),
            ("x-acs-content-sha256", own(&sha256(b""))),
        ];
        if let Some(token) = &session.token {
            headers.push(("x-acs-accesskey-id", own(&session.key_id)));
            headers.push(("x-acs-security-token", own(token.reveal())));
        }
        let signed: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request =
            Signable { method: "POST", path: "/", query: &parameters, headers: &signed, body: b"" };
        let authorization = request.authorization(&session.key_id, &session.secret);
        headers.push(("authorization", Zeroizing::new(authorization)));
        Outgoing {
            method: "POST",
            url: Zeroizing::new(self.endpoint.url(&query(&parameters))),
            headers,
            body: Zeroizing::default(),
            is_direct: self.endpoint.is_direct(),
            limit,
        }
    }
}

impl Read {
    /// Rows on the page, repeated ones too.
    pub(super) fn rows(&self) -> u64 {
        self.file.pages.iter().map(|page| page.records).sum()
    }

    /// The number of rows over all pages, as the page says it.
    pub(super) fn total(&self) -> Option<u64> {
        self.file.totals().map(|(total, _)| total).max()
    }

    /// Whether it has a records list.
    pub(super) fn has_list(&self) -> bool {
        self.file.pages.iter().any(|page| page.has_list)
    }

    /// Whether it says a total, be it one that can be read or not.
    pub(super) fn says_total(&self) -> bool {
        self.file.pages.iter().any(|page| page.total != Total::Absent)
    }
}

fn again<T>(problem: Problem) -> Attempt<T> {
    Attempt::Again(Again { problem, after: None, holds: false })
}

/// Whether a body came to harm on its way, so that the next one may be whole.
fn is_damage(problem: &Problem) -> bool {
    problem.code.starts_with("json/") || problem.code == "evidence/empty"
}

fn holds(body: &[u8], secret: &str) -> bool {
    secret.len() >= LEAST_SECRET && memmem::find(body, secret.as_bytes()).is_some()
}

/// Looks at no record.
struct Nobody;

impl Visitor for Nobody {
    fn visit(&mut self, _record: &Record<'_>) -> bool {
        false
    }

    fn keep(&mut self, _record: &Record<'_>, _place: RecordPlace) {}
}
