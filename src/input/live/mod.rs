//! Reads an operation of a cloud API directly: signed requests, all pages, patiently and with manners.
//!
//! What came is a [`Capture`]: the raw answers, whether or not they are whole, for the caller to judge.
//! What could not be fetched is a [`Problem`] with the API's own words and what to do.

mod answer;
mod ask;
mod credentials;
mod encode;
mod endpoint;
mod error;
mod meter;
mod paging;
mod retry;
mod rpc;
mod secret;
mod sign;
mod throttle;
mod transport;
mod window;
mod world;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::operation::Operation;
use crate::snapshot::{Capture, Origin};
use crate::text::Problem;

pub use credentials::{Whoami, whoami};
pub use meter::Meter;
pub use window::window;
pub use world::{System, World};

use ask::{Asker, Target};
use credentials::Login;
use endpoint::Endpoint;
use error::Error;
use throttle::Throttle;
use transport::Transport;

/// The most records on a page that can be asked for.
pub const MAX_PAGE_SIZE: u32 = 1000;

/// What to ask, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// The operation.
    pub operation: Arc<Operation>,
    /// Request parameters that narrow the answer, each a name and a value; see [`Call::check`] for what is
    /// wrong with them.
    ///
    /// [`Call::check`]: crate::operation::Call::check
    pub filters: Vec<(String, String)>,
    /// Begin and end of the time window; `None` leaves it to the API.
    pub window: Option<(Timestamp, Timestamp)>,
    /// Records on a page, from 1 to [`MAX_PAGE_SIZE`]; a server that refuses it is asked with less.
    pub page_size: u32,
    /// Region; `None` takes the profile's, or `ALIBABA_CLOUD_REGION_ID`.
    pub region: Option<String>,
    /// Host or URL to ask in place of the region's.
    pub endpoint: Option<String>,
    /// Profile of the credentials; `None` takes the chain of sources in its order.
    pub profile: Option<String>,
}

/// Limits and manners of a run.
#[derive(Clone, Debug)]
pub struct Manners {
    /// Attempts after the first, for each request.
    pub max_retries: u32,
    /// How long one fetch may take, whatever happens.
    pub deadline: Duration,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long the server may be silent.
    pub read_timeout: Duration,
    /// Whole re-reads where what came is not whole.
    pub repair: u32,
    /// Certificates, as PEM, that are trusted in place of the platform's.
    pub ca_file: Option<PathBuf>,
    /// Host or URL that is asked for roles in place of the usual one.
    pub sts_endpoint: Option<String>,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            max_retries: 5,
            deadline: Duration::from_secs(300),
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(10),
            repair: 1,
            ca_file: None,
            sts_endpoint: None,
        }
    }
}

/// Told how far a fetch is. Called by the thread that called [`Client::fetch`].
pub trait Progress {
    /// So many pages and rows have come, of so many rows where the API said it.
    fn page(&self, pages: u64, rows: u64, of: Option<u64>);

    /// A request is tried again after this time, and why.
    fn wait(&self, why: &str, how_long: Duration);

    /// Everything is read again, as what came is not whole, and why.
    fn again(&self, why: &str);
}

/// Tells nobody.
impl Progress for () {
    fn page(&self, _pages: u64, _rows: u64, _of: Option<u64>) {}

    fn wait(&self, _why: &str, _how_long: Duration) {}

    fn again(&self, _why: &str) {}
}

/// Fetches, one after the other or at once. The credentials of each profile are got once, and all
/// requests together keep to ten in any second.
pub struct Client {
    inner: Arc<Inner>,
    logins: Mutex<HashMap<Option<String>, Arc<Login>>>,
}

/// What all fetches share.
struct Inner {
    manners: Manners,
    world: Arc<dyn World>,
    transport: Transport,
    throttle: Throttle,
}

impl Client {
    /// Prepares; nothing is asked yet.
    ///
    /// # Errors
    /// Certificates that cannot be read, a proxy that is no URL, an endpoint that may not be asked.
    pub fn new(manners: Manners, world: Arc<dyn World>) -> Result<Self, Problem> {
        if let Some(endpoint) = &manners.sts_endpoint {
            Endpoint::parse(endpoint, "--sts-endpoint")?;
        }
        let transport = Transport::new(&manners, world.as_ref())?;
        let throttle = Throttle::new(Arc::clone(&world));
        let inner = Arc::new(Inner { manners, world, transport, throttle });
        Ok(Self { inner, logins: Mutex::default() })
    }

    /// Fetches every page. What is not whole is read again as often as the manners say; what came is
    /// returned even then.
    ///
    /// # Errors
    /// Whatever could not be fetched: a request that makes no sense, no credentials, an error of the API,
    /// the network, the deadline, an interrupt.
    pub fn fetch(&self, request: &Request, progress: &dyn Progress) -> Result<Capture, Problem> {
        check(request)?;
        let login = self.login(request.profile.as_deref())?;
        let region = request.region.clone().or_else(|| login.region(self.inner.world.as_ref()));
        let endpoint = endpoint(request, region.as_deref())?;
        let started = self.inner.world.now();
        let asker =
            Asker::new(Arc::clone(&self.inner), login, request, Target { endpoint, region });
        let asker = Arc::new(asker);
        let pages = paging::fetch(&asker, progress)?;
        let origin = Origin {
            endpoint: asker.endpoint.authority().to_owned(),
            region: asker.region.clone(),
            account: asker.login.account(),
            profile: request.profile.clone(),
            filters: sorted(&request.filters),
            window: request.window,
            started,
            finished: self.inner.world.now(),
        };
        Ok(Capture { operation: Arc::clone(&request.operation), origin, pages })
    }

    /// The credentials of a profile, found once.
    fn login(&self, profile: Option<&str>) -> Result<Arc<Login>, Problem> {
        let mut logins = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        let key = profile.map(str::to_owned);
        if let Some(login) = logins.get(&key) {
            return Ok(Arc::clone(login));
        }
        let login = Arc::new(Login::find(profile, &self.inner)?);
        logins.insert(key, Arc::clone(&login));
        Ok(login)
    }
}

fn sorted(filters: &[(String, String)]) -> Vec<(String, String)> {
    let mut filters = filters.to_vec();
    filters.sort();
    filters
}

/// What makes no sense whoever is asked.
fn check(request: &Request) -> Result<(), Problem> {
    let operation = &request.operation;
    let Some(call) = &operation.call else {
        return Err(Error::NotCallable(operation.name.clone()).of("--operation"));
    };
    if let Some(problem) = call.check(&request.filters).into_iter().next() {
        return Err(problem);
    }
    if request.window.is_some() && call.window.is_none() {
        return Err(Error::NoWindow(operation.name.clone()).of("--since"));
    }
    let largest = call.paging.as_ref().and_then(|paging| paging.largest).unwrap_or(MAX_PAGE_SIZE);
    if request.page_size == 0 || request.page_size > largest {
        return Err(Error::PageSize(request.page_size, largest).of("--page-size"));
    }
    Ok(())
}

/// Where a request goes.
fn endpoint(request: &Request, region: Option<&str>) -> Result<Endpoint, Problem> {
    let hosts = request.operation.call.as_ref().map(|call| &call.hosts);
    let meant = region.zip(hosts).and_then(|(region, hosts)| Some((region, hosts.meant(region)?)));
    if let Some((region, meant)) = meant {
        return Err(Error::Region(region.to_owned(), meant.to_owned()).of("--region"));
    }
    match (&request.endpoint, &request.operation.call) {
        (Some(endpoint), _) => Endpoint::parse(endpoint, "--endpoint"),
        (None, Some(call)) => Ok(Endpoint::of_host(call.hosts.of(region).1)),
        (None, None) => Err(Error::NotCallable(request.operation.name.clone()).of("--operation")),
    }
}
