//! One request over the network, and what came back; no redirect is followed, nothing is retried.

use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use ureq::http::{HeaderValue, Request, Response};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Proxy};
use zeroize::Zeroizing;

use crate::text::{Place, Problem};

use super::Manners;
use super::throttle::Permit;
use super::world::World;

/// The largest body of one answer, in bytes.
const MAX_BODY: u64 = 32 << 20;

/// The largest file of certificates, in bytes.
const MAX_CERTIFICATES: u64 = 4 << 20;

const USER_AGENT: &str = concat!("portcullis/", env!("CARGO_PKG_VERSION"));

/// What is sent.
pub(super) struct Outgoing<'a> {
    pub(super) method: &'static str,
    pub(super) url: Zeroizing<String>,
    pub(super) headers: Vec<(&'a str, Zeroizing<String>)>,
    pub(super) body: Zeroizing<Vec<u8>>,
    /// Whether no proxy may come between.
    pub(super) is_direct: bool,
    /// How long all of it may take.
    pub(super) limit: Duration,
}

/// What came back.
pub(super) struct Incoming {
    pub(super) status: u16,
    /// How long the server wants to be left alone.
    pub(super) retry_after: Option<Duration>,
    /// The server's clock.
    pub(super) date: Option<Timestamp>,
    /// The request's id, where a header says it.
    pub(super) request: Option<String>,
    pub(super) body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("no connection within the time limit")]
    ConnectTimeout,
    #[error("no answer within the time limit")]
    ReadTimeout,
    #[error("the host name is not known")]
    HostNotFound,
    #[error("the connection failed: {0}")]
    Broken(String),
    #[error("the answer ended before its end")]
    Truncated,
    #[error("the certificate or the TLS connection was refused: {0}")]
    Tls(String),
    #[error("the proxy let nothing through")]
    Proxy,
    #[error("the answer is larger than {} MiB", MAX_BODY >> 20)]
    TooLarge,
    #[error("the credentials, or what is asked for, hold characters that cannot be sent")]
    Unsendable,
    #[error("the answer is no HTTP: {0}")]
    Protocol(String),
}

impl Failure {
    /// Whether the same request may succeed later.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::ConnectTimeout | Self::ReadTimeout | Self::Broken(_) | Self::Truncated => true,
            Self::HostNotFound | Self::Tls(_) | Self::Proxy | Self::TooLarge | Self::Unsendable => {
                false
            }
            Self::Protocol(_) => true,
        }
    }
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("cannot read `{0}`: {1}")]
    #[diagnostic(code("live/ca-file"), help("check the path and its permissions"))]
    Unreadable(String, String),
    #[error("`{0}` holds no certificate")]
    #[diagnostic(code("live/ca-file"), help("it must hold certificates as PEM"))]
    NoCertificate(String),
    #[error("the proxy of `{0}` is no URL")]
    #[diagnostic(code("live/proxy"), help("write it as `http://host:port`"))]
    Proxy(&'static str),
}

/// Sends requests.
pub(super) struct Transport {
    agent: Agent,
    proxy: Option<Proxy>,
    /// Hosts and domains that are asked without the proxy.
    no_proxy: String,
}

impl Transport {
    pub(super) fn new(manners: &Manners, world: &dyn World) -> Result<Self, Problem> {
        let roots = match &manners.ca_file {
            Some(path) => certificates(path)?,
            None => RootCerts::PlatformVerifier,
        };
        let config = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(USER_AGENT)
            .accept("application/json")
            .timeout_resolve(Some(manners.connect_timeout))
            .timeout_connect(Some(manners.connect_timeout))
            .timeout_recv_response(Some(manners.read_timeout))
            .timeout_per_read(Some(manners.read_timeout))
            .timeout_per_write(Some(manners.read_timeout))
            .build();
        let no_proxy = ["NO_PROXY", "no_proxy"].iter().find_map(|name| world.variable(name));
        Ok(Self {
            agent: config.new_agent(),
            proxy: proxy(world)?,
            no_proxy: no_proxy.unwrap_or_default(),
        })
    }

    /// Sends a request and reads the whole answer. The permit is let go as soon as the answer begins.
    pub(super) fn send(
        &self,
        outgoing: Outgoing<'_>,
        permit: Option<Permit<'_>>,
    ) -> Result<Incoming, Failure> {
        let mut request = Request::builder().method(outgoing.method).uri(outgoing.url.as_str());
        for (name, value) in &outgoing.headers {
            let mut value = HeaderValue::from_str(value).map_err(|_| Failure::Unsendable)?;
            value.set_sensitive(true);
            request = request.header(*name, value);
        }
        let request = request.body(outgoing.body.as_slice()).map_err(|_| Failure::Unsendable)?;
        let host = request.uri().host().unwrap_or_default();
        let is_direct = outgoing.is_direct || is_listed(&self.no_proxy, host);
        let proxy = self.proxy.clone().filter(|_| !is_direct);
        let configured = self.agent.configure_request(request);
        let request = configured.proxy(proxy).timeout_global(Some(outgoing.limit)).build();
        let response = self.agent.run(request).map_err(|error| failure(&error));
        drop(permit);
        incoming(response?)
    }
}

fn incoming(mut response: Response<Body>) -> Result<Incoming, Failure> {
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let retry_after = header("x-acs-retry-after").and_then(|text| text.trim().parse().ok());
    let date = header("date").and_then(|text| {
        let parser = jiff::fmt::rfc2822::DateTimeParser::new();
        parser.parse_timestamp(text).ok()
    });
    let request = header("x-acs-request-id").map(str::to_owned);
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let mut reader = response.body_mut().with_config().limit(MAX_BODY + 1).reader();
    reader.read_to_end(&mut body).map_err(|error| body_failure(&error))?;
    if body.len() as u64 > MAX_BODY {
        return Err(Failure::TooLarge);
    }
    let retry_after = retry_after.filter(|wait| *wait > 0).map(Duration::from_millis);
    Ok(Incoming { status, retry_after, date, request, body })
}

fn body_failure(error: &io::Error) -> Failure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>());
    match inner {
        Some(ureq::Error::BodyExceedsLimit(_)) => Failure::TooLarge,
        Some(ureq::Error::Timeout(_)) => Failure::ReadTimeout,
        Some(ureq::Error::Io(error)) => body_failure(error),
        _ if error.kind() == io::ErrorKind::TimedOut => Failure::ReadTimeout,
        _ => Failure::Truncated,
    }
}

fn failure(error: &ureq::Error) -> Failure {
    use ureq::Timeout;
    match error {
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => Failure::ConnectTimeout,
        ureq::Error::Timeout(_) => Failure::ReadTimeout,
        ureq::Error::HostNotFound => Failure::HostNotFound,
        ureq::Error::Io(error) => match error.kind() {
            // So does rustls say that it refuses a certificate.
            io::ErrorKind::InvalidData => Failure::Tls(error.to_string()),
            io::ErrorKind::TimedOut => Failure::ReadTimeout,
            kind => Failure::Broken(kind.to_string()),
        },
        ureq::Error::Tls(what) => Failure::Tls((*what).to_owned()),
        ureq::Error::Rustls(error) => Failure::Tls(error.to_string()),
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => Failure::Proxy,
        ureq::Error::ConnectionFailed => Failure::Broken("no address answered".to_owned()),
        ureq::Error::BodyStalled => Failure::Truncated,
        ureq::Error::LargeResponseHeader(..) => {
            Failure::Protocol("its header is too large".to_owned())
        }
        _ => Failure::Protocol("it cannot be read".to_owned()),
    }
}

fn certificates(path: &Path) -> Result<RootCerts, Problem> {
    let shown = path.display().to_string();
    let at = |error: &Error| Problem::new(error, Place::Whole("--ca-file".into()));
    let mut pem = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_CERTIFICATES).read_to_end(&mut pem))
        .map_err(|error| at(&Error::Unreadable(shown.clone(), error.kind().to_string())))?;
    let certificates: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(at(&Error::NoCertificate(shown)));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// The proxy that the environment names for hosts that are asked over TLS.
fn proxy(world: &dyn World) -> Result<Option<Proxy>, Problem> {
    const NAMES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let named = NAMES.iter().find_map(|name| Some((*name, world.variable(name)?)));
    let Some((name, url)) = named else { return Ok(None) };
    // The URL may hold a password, and is not repeated.
    let problem = |_| Problem::new(&Error::Proxy(name), Place::Whole(name.into()));
    Proxy::new(&url).map(Some).map_err(problem)
}

/// Whether a list of hosts and domains, as `NO_PROXY` holds it, names a host.
fn is_listed(list: &str, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    list.split([',', ' ']).map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
        let domain = entry.trim_start_matches('*').trim_start_matches('.');
        let is_below = host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        entry == "*" || (!domain.is_empty() && (host == domain || is_below))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_host_is_asked_without_a_proxy() {
        for (list, host, listed) in [
            ("*", "a.example", true),
            ("a.example", "a.example", true),
            ("a.example", "b.a.example", true),
            (".a.example", "b.a.example", true),
            ("*.a.example", "b.a.example", true),
            ("x, A.Example ,y", "b.a.example", true),
            ("a.example", "ba.example", false),
            ("b.a.example", "a.example", false),
            ("", "a.example", false),
            (",", "a.example", false),
        ] {
            assert_eq!(is_listed(list, host), listed, "{list:?} {host}");
        }
    }
}
