//! Why nothing could be fetched: the API's own words, and what to do.

use std::time::Duration;

use crate::operation::Operation;
use crate::operation::call::Site;
use crate::text::{Place, Problem};

use super::answer::{Meaning, Refusal};
use super::transport::Failure;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub(super) enum Error {
    #[error("{0}")]
    #[diagnostic(
        code("live/throttled"),
        help(
            "something else uses up the ten requests a second of the account: try again later, or raise `--max-retries`"
        )
    )]
    Throttled(String),
    #[error("{0}")]
    #[diagnostic(
        code("live/server-fault"),
        help("the service has a fault: try again later, or raise `--max-retries`")
    )]
    Transient(String),
    #[error(
        "the clock of this machine is {by}, and requests are refused beyond 15 minutes: {what}"
    )]
    #[diagnostic(code("live/clock"), help("set the clock, or let it follow a time server"))]
    Clock { by: String, what: String },
    #[error("{what}; the credentials came from {source_name}")]
    #[diagnostic(
        code("live/credentials-expired"),
        help("the session has run out: sign in again, or write the new token there")
    )]
    Expired { what: String, source_name: String },
    #[error("{what}; the credentials came from {source_name}")]
    #[diagnostic(
        code("live/credentials-refused"),
        help(
            "check the access key and its secret there; `portcullis fetch --whoami` says what would be used"
        )
    )]
    Credentials { what: String, source_name: String },
    #[error("{what}; the credentials came from {source_name}")]
    #[diagnostic(code("live/forbidden"), help("{help}"))]
    Forbidden { what: String, source_name: String, help: String },
    #[error("{what}")]
    #[diagnostic(code("live/not-activated"), help("{help}"))]
    NotActivated { what: String, help: String },
    #[error("{what}")]
    #[diagnostic(code("live/api-error"), help("see {documentation}"))]
    Other { what: String, documentation: String },
    #[error("{failure}")]
    #[diagnostic(code("live/network"), help("{help}"))]
    Network { failure: Failure, help: &'static str },
    #[error("the answer is no JSON that can be read: {0}")]
    #[diagnostic(
        code("live/not-json"),
        help("check that `--endpoint`, or the proxy, leads to the API")
    )]
    NotJson(String),
    #[error("the answer repeats the credentials that it was asked with")]
    #[diagnostic(
        code("live/echo"),
        help("it is not kept: check that `--endpoint`, or the proxy, leads to the API")
    )]
    Echo,
    #[error("the deadline of {} has passed", shown(*.0))]
    #[diagnostic(
        code("live/deadline"),
        help("raise `--deadline`, or narrow what is asked for by `--filter`")
    )]
    Deadline(Duration),
    #[error("interrupted")]
    #[diagnostic(code("live/interrupted"), help("nothing was kept of what had come"))]
    Interrupted,
    #[error("there are {0} pages, more than {1}")]
    #[diagnostic(
        code("live/too-many-pages"),
        help("raise `--page-size`, or narrow what is asked for by `--filter`")
    )]
    TooManyPages(u64, u64),
    #[error("the pages are larger than {} MiB together", .0 >> 20)]
    #[diagnostic(code("live/too-large"), help("narrow what is asked for by `--filter`"))]
    TooLarge(u64),
    #[error("`{0}` cannot be fetched")]
    #[diagnostic(
        code("live/not-callable"),
        help("its descriptor does not say how it is asked for")
    )]
    NotCallable(String),
    #[error("`{0}` takes no time window")]
    #[diagnostic(code("live/no-window"), help("leave out `--since` and `--until`"))]
    NoWindow(String),
    #[error("the page size {0} is not possible")]
    #[diagnostic(code("live/page-size"), help("it is a number from 1 to {1}"))]
    PageSize(u32, u32),
    #[error("there is no region `{0}`")]
    #[diagnostic(code("live/region"), help("did you mean `{1}`?"))]
    Region(String, String),
}

impl Error {
    /// As a problem of a host, a flag or a file as a whole.
    pub(super) fn of(&self, name: &str) -> Problem {
        Problem::new(self, Place::Whole(name.into()))
    }

    /// What a failure of the network means for a reader.
    pub(super) fn network(failure: Failure) -> Self {
        let help = match &failure {
            Failure::ConnectTimeout | Failure::Broken(_) | Failure::HostNotFound => {
                "check the network, the endpoint, and `HTTPS_PROXY`"
            }
            Failure::ReadTimeout => "try again later, or raise `--read-timeout`",
            Failure::Truncated => "try again later",
            Failure::Tls(_) => "check the endpoint; `--ca-file` names the authority of an own one",
            Failure::Proxy => "check `HTTPS_PROXY`, and list in `NO_PROXY` what needs none",
            Failure::TooLarge => "lower `--page-size`",
            Failure::Unsendable => "check the access key, its secret and its token for line breaks",
            Failure::Protocol(_) => "check that the endpoint, or the proxy, leads to the API",
        };
        Self::Network { failure, help }
    }
}

/// Who was asked, for what is said of a refusal.
pub(super) struct Asked<'a> {
    pub(super) operation: &'a Operation,
    pub(super) region: Option<&'a str>,
    /// Where the credentials came from.
    pub(super) source_name: &'a str,
}

impl Asked<'_> {
    /// What a refusal means for a reader.
    pub(super) fn error(&self, refusal: &Refusal, meaning: Meaning) -> Error {
        let what = refusal.to_string();
        let source_name = self.source_name.to_owned();
        match meaning {
            Meaning::Throttled => Error::Throttled(what),
            Meaning::Transient => Error::Transient(what),
            Meaning::Clock => Error::Clock { by: refusal.wrong_by(), what },
            Meaning::Expired => Error::Expired { what, source_name },
            Meaning::Credentials => Error::Credentials { what, source_name },
            Meaning::Forbidden => Error::Forbidden { what, source_name, help: self.grant() },
            Meaning::NotActivated => Error::NotActivated { what, help: self.other_site() },
            Meaning::Refused | Meaning::Other => {
                Error::Other { what, documentation: self.operation.documentation.clone() }
            }
        }
    }

    fn grant(&self) -> String {
        match self.operation.call.as_ref().and_then(|call| call.access.as_ref()) {
            Some(access) => format!("let the identity read: attach the system policy `{access}`"),
            None => format!("let the identity call `{}`", self.operation.name),
        }
    }

    fn other_site(&self) -> String {
        let Some(call) = &self.operation.call else { return String::new() };
        let own = call.hosts.of(self.region).0;
        let name = |site: &Site| format!("`--region {}` ({})", site.region, site.name);
        let others: Vec<String> =
            call.hosts.sites.iter().filter(|site| Some(*site) != own).map(name).collect();
        let own = own.map(|own| format!(" at the site {}", own.name)).unwrap_or_default();
        format!(
            "the account has not activated {}{own}: activate it, or ask the other site by {}",
            self.operation.product,
            others.join(" or ")
        )
    }
}

impl Refusal {
    /// How wrong the clock is.
    fn wrong_by(&self) -> String {
        // The server's clock is told in whole seconds.
        let minutes = self.skew.map(|skew| (skew.abs().as_secs() + 30) / 60);
        match (minutes, self.skew) {
            (Some(by), Some(skew)) if skew.is_negative() => {
                format!("{by} minutes behind the server's")
            }
            (Some(by), Some(_)) => format!("{by} minutes ahead of the server's"),
            _ => "wrong".to_owned(),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the API answered with ")?;
        match (&self.code, &self.message) {
            (Some(code), Some(message)) => write!(formatter, "`{code}`: `{message}`")?,
            (Some(words), None) | (None, Some(words)) => write!(formatter, "`{words}`")?,
            (None, None) => formatter.write_str("an error that says nothing")?,
        }
        write!(formatter, " (HTTP {}", self.status)?;
        if let Some(request) = &self.request {
            write!(formatter, ", request `{request}`")?;
        }
        formatter.write_str(")")
    }
}

/// A duration as it is read.
pub(super) fn shown(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis.is_multiple_of(1000) {
        format!("{} s", millis / 1000)
    } else {
        format!("{millis} ms")
    }
}
