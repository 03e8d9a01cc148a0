//! An `Endpoint` is where requests go: a host that is asked over TLS, or a server of this machine, which
//! alone may be asked without.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::text::{Place, Problem};

/// A host, and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    scheme: &'static str,
    /// Host, with its port where that is not the usual one.
    authority: String,
    /// What follows the host, with its `/`.
    path: String,
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`{0}` is no endpoint")]
    #[diagnostic(
        code("live/endpoint"),
        help("write a host, such as `cloudfw.aliyuncs.com`, or `https://` and one")
    )]
    Shape(String),
    #[error("`{0}` would be asked over plain HTTP")]
    #[diagnostic(
        code("live/plain-http"),
        help(
            "requests carry signatures and tokens: use `https://`; only a server of this machine, such as `http://127.0.0.1:8080`, is asked without"
        )
    )]
    Plain(String),
    #[error("the endpoint holds a user name or a password")]
    #[diagnostic(code("live/endpoint"), help("requests are signed: name the host alone"))]
    User,
}

impl Endpoint {
    /// The endpoint of a host that is asked over TLS.
    pub(super) fn of_host(host: &str) -> Self {
        Self { scheme: "https", authority: host.to_owned(), path: "/".to_owned() }
    }

    /// Reads a host or a URL without a path; `named` says where it was written.
    pub(super) fn parse(text: &str, named: &str) -> Result<Self, Problem> {
        let endpoint = Self::parse_uri(text, named)?;
        if endpoint.path == "/" {
            return Ok(endpoint);
        }
        Err(Error::Shape(without_query(text)).named(named))
    }

    /// Reads a URL, which may have a path.
    pub(super) fn parse_uri(text: &str, named: &str) -> Result<Self, Problem> {
        let shape = || Error::Shape(without_query(text)).named(named);
        let with_scheme =
            if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let uri: Uri = with_scheme.parse().map_err(|_| shape())?;
        let authority = uri.authority().ok_or_else(shape)?;
        if authority.as_str().contains('@') {
            return Err(Error::User.named(named));
        }
        let host = authority.host();
        let scheme = match uri.scheme_str().map(str::to_ascii_lowercase).as_deref() {
            Some("https") => "https",
            Some("http") if is_loopback(host) => "http",
            Some("http") => return Err(Error::Plain(without_query(text)).named(named)),
            _ => return Err(shape()),
        };
        let has_port = authority.as_str().len() > host.len();
        if host.is_empty() || (has_port && authority.port_u16().is_none()) {
            return Err(shape());
        }
        let usual = if scheme == "https" { 443 } else { 80 };
        let authority = match authority.port_u16() {
            Some(port) if port != usual => format!("{host}:{port}"),
            _ => host.to_owned(),
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self { scheme, authority, path: path.to_owned() })
    }

    /// The same over plain HTTP; for the metadata service, whose address leads nowhere else.
    pub(super) fn plain(host: &str) -> Self {
        Self { scheme: "http", authority: host.to_owned(), path: "/".to_owned() }
    }

    /// Host, with its port where that is not the usual one.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// The URL of a query, which is empty or encoded.
    pub(super) fn url(&self, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}://{}{}{mark}{query}", self.scheme, self.authority, self.path)
    }

    /// The URL of another path.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.authority)
    }

    /// The values of the query that the URL has, as they are written.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        let query = self.path.split_once('?').map(|(_, query)| query);
        let pairs = query.into_iter().flat_map(|query| query.split('&'));
        pairs.map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value))
    }

    /// Whether no proxy may be asked in its place.
    pub(super) fn is_direct(&self) -> bool {
        self.scheme == "http"
            || self.authority.parse::<Uri>().is_ok_and(|uri| uri.host().is_some_and(is_loopback))
    }
}

/// What a URL shows of itself: a query may hold a token.
fn without_query(text: &str) -> String {
    text.split(['?', '#']).next().unwrap_or_default().chars().take(200).collect()
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Error {
    fn named(&self, named: &str) -> Problem {
        Problem::new(self, Place::Whole(named.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_of_this_machine_is_asked_without_tls() {
        for (text, url) in [
            ("cloudfw.aliyuncs.com", "https://cloudfw.aliyuncs.com/"),
            ("https://cloudfw.aliyuncs.com", "https://cloudfw.aliyuncs.com/"),
            ("HTTPS://cloudfw.aliyuncs.com:443/", "https://cloudfw.aliyuncs.com/"),
            ("proxy.internal:8443", "https://proxy.internal:8443/"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("http://127.3.2.1:80/", "http://127.3.2.1/"),
            ("http://LocalHost:9", "http://LocalHost:9/"),
            ("http://[::1]:8080", "http://[::1]:8080/"),
        ] {
            assert_eq!(Endpoint::parse(text, "--endpoint").unwrap().url(""), url);
        }
        for (text, code) in [
            ("http://cloudfw.aliyuncs.com", "live/plain-http"),
            ("http://127.0.0.1.evil.example:80", "live/plain-http"),
            ("http://localhost.evil.example", "live/plain-http"),
            ("http://10.0.0.1:8080", "live/plain-http"),
            ("http://0.0.0.0:8080", "live/plain-http"),
            ("http://[::ffff:10.0.0.1]:8080", "live/plain-http"),
            ("http://127.0.0.1:8080@evil.example", "live/endpoint"),
            ("https://user:s3cr3t@cloudfw.aliyuncs.com", "live/endpoint"),
            ("ftp://127.0.0.1", "live/endpoint"),
            ("http://127.0.0.1:99999", "live/endpoint"),
            ("https://cloudfw.aliyuncs.com/path", "live/endpoint"),
            ("https://cloudfw.aliyuncs.com/?a=b", "live/endpoint"),
            ("https://", "live/endpoint"),
            ("", "live/endpoint"),
            ("a b", "live/endpoint"),
        ] {
            let problem = Endpoint::parse(text, "--endpoint").unwrap_err();
            assert_eq!(problem.code, code, "{text}");
            assert!(!problem.message.contains("s3cr3t"), "{}", problem.message);
        }
    }

    #[test]
    fn a_server_of_this_machine_is_never_asked_by_a_proxy() {
        for (text, direct) in [
            ("http://127.0.0.1:8080", true),
            ("https://127.0.0.1:8443", true),
            ("https://localhost", true),
            ("https://[::1]:8443", true),
            ("cloudfw.aliyuncs.com", false),
        ] {
            assert_eq!(Endpoint::parse(text, "--endpoint").unwrap().is_direct(), direct, "{text}");
        }
    }
}
