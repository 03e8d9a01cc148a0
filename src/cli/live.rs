//! What is asked of an API directly, as flags: they become requests, and the requests captures.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::input::live::{Client, Manners, Meter, Progress, Request, System, World, window};
use crate::operation::{Catalogue, Operation};
use crate::snapshot::{self, Capture, Snapshot};
use crate::text::{Place, Problem, duration};

use super::load::operation;
use super::options::pair;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("one endpoint cannot stand for {0} regions")]
    #[diagnostic(
        code("cli/endpoint-of-regions"),
        help("leave out `--endpoint`, or name one region: each region has an endpoint of its own")
    )]
    OneEndpoint(usize),
    #[error("it is not said which operation is asked for")]
    #[diagnostic(code("cli/no-operation"), help("add `--operation` and one of: {0}"))]
    NoOperation(String),
}

/// What is asked for, and how patiently.
#[derive(Debug, Args)]
#[command(next_help_heading = "Live options")]
pub(super) struct LiveOptions {
    /// Request parameter that narrows the answer; may repeat
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, env = "PORTCULLIS_FILTER", hide_env_values = true)]
    filter: Vec<(String, String)>,
    /// Begin of the time window: an instant, a day, or a time before now such as 30d
    #[arg(long, value_name = "TIME", env = "PORTCULLIS_SINCE", hide_env_values = true)]
    since: Option<String>,
    /// End of the time window, of a day its last second; now where only its begin is given
    #[arg(long, value_name = "TIME", env = "PORTCULLIS_UNTIL", hide_env_values = true)]
    until: Option<String>,
    /// Region to ask, else the one of the profile; may repeat
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        env = "PORTCULLIS_REGION",
        hide_env_values = true
    )]
    region: Vec<String>,
    /// Profile of the credentials, else the official chain of sources; may repeat
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        env = "PORTCULLIS_PROFILE",
        hide_env_values = true
    )]
    pub(super) profile: Vec<String>,
    /// Host to ask in place of the region's; plain HTTP only on this machine
    #[arg(long, value_name = "URL", env = "PORTCULLIS_ENDPOINT", hide_env_values = true)]
    endpoint: Option<String>,
    /// Host to ask for roles in place of the usual one
    #[arg(
        long,
        value_name = "URL",
        env = "PORTCULLIS_STS_ENDPOINT",
        hide_env_values = true,
        hide_short_help = true
    )]
    sts_endpoint: Option<String>,
    /// Certificates (PEM) that are trusted in place of the platform's
    #[arg(
        long,
        value_name = "FILE",
        env = "PORTCULLIS_CA_FILE",
        hide_env_values = true,
        hide_short_help = true
    )]
    ca_file: Option<PathBuf>,
    /// Records on a page; a server that refuses it is asked with less
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50,
        env = "PORTCULLIS_PAGE_SIZE",
        hide_env_values = true,
        hide_short_help = true
    )]
    page_size: u32,
    /// Attempts after the first, for each request
    #[arg(
        long,
        value_name = "N",
        default_value = "5",
        env = "PORTCULLIS_MAX_RETRIES",
        hide_env_values = true,
        hide_short_help = true
    )]
    max_retries: u32,
    /// How long the fetch of one region may take
    #[arg(long, value_name = "TIME", value_parser = limit, default_value = "5m", env = "PORTCULLIS_DEADLINE", hide_env_values = true, hide_short_help = true)]
    deadline: Duration,
    /// How long a connection may take
    #[arg(long, value_name = "TIME", value_parser = limit, default_value = "5s", env = "PORTCULLIS_CONNECT_TIMEOUT", hide_env_values = true, hide_short_help = true)]
    connect_timeout: Duration,
    /// How long the server may be silent
    #[arg(long, value_name = "TIME", value_parser = limit, default_value = "10s", env = "PORTCULLIS_READ_TIMEOUT", hide_env_values = true, hide_short_help = true)]
    read_timeout: Duration,
    /// Times that everything is read again where what came is not whole
    #[arg(
        long,
        value_name = "N",
        default_value = "1",
        env = "PORTCULLIS_REPAIR",
        hide_env_values = true,
        hide_short_help = true
    )]
    repair: u32,
}

/// What a fetch brought, and what it is called.
pub(super) struct Fetched {
    /// Its name in reports.
    pub(super) name: Arc<str>,
    pub(super) capture: Capture,
}

impl LiveOptions {
    /// A request for each region of each profile.
    pub(super) fn requests(
        &self,
        operation: &Arc<Operation>,
        now: jiff::Timestamp,
    ) -> Result<Vec<Request>, Vec<Problem>> {
        let call = operation.call.iter();
        let mut problems: Vec<Problem> = call.flat_map(|call| call.check(&self.filter)).collect();
        let (regions, profiles) = (each(&self.region), each(&self.profile));
        if self.endpoint.is_some() && regions.len() > 1 {
            let error = Error::OneEndpoint(regions.len());
            problems.push(Problem::new(&error, Place::Whole("--endpoint".into())));
        }
        let window = window(self.since.as_deref(), self.until.as_deref(), now);
        let window = window.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        let of = |profile: &Option<String>, region: &Option<String>| Request {
            operation: Arc::clone(operation),
            filters: self.filter.clone(),
            window,
            page_size: self.page_size,
            region: region.clone(),
            endpoint: self.endpoint.clone(),
            profile: profile.clone(),
        };
        let all =
            profiles.iter().flat_map(|profile| regions.iter().map(|region| of(profile, region)));
        Ok(all.collect())
    }

    /// Fetches what the requests ask for, one after the other: all of it or, with every reason, nothing.
    pub(super) fn fetch(&self, requests: &[Request]) -> Result<Vec<Fetched>, Vec<Problem>> {
        let world = Arc::new(System::interruptible());
        let client = Client::new(self.manners(), Arc::clone(&world) as Arc<dyn World>)
            .map_err(|problem| vec![problem])?;
        let mut fetched = Vec::with_capacity(requests.len());
        let mut problems = Vec::new();
        for request in requests {
            match client.fetch(request, progress().as_ref()) {
                Ok(capture) => {
                    let name = Arc::from(format!("live:{}", name(request)));
                    fetched.push(Fetched { name, capture });
                }
                Err(problem) if world.is_interrupted() => return Err(vec![problem]),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(fetched) } else { Err(problems) }
    }

    fn manners(&self) -> Manners {
        Manners {
            max_retries: self.max_retries,
            deadline: self.deadline,
            connect_timeout: self.connect_timeout,
            read_timeout: self.read_timeout,
            repair: self.repair,
            ca_file: self.ca_file.clone(),
            sts_endpoint: self.sts_endpoint.clone(),
        }
    }
}

/// What the pages of each capture make together.
pub(super) fn together(fetched: &[Fetched]) -> Result<Vec<Snapshot>, Vec<Problem>> {
    let each = fetched.iter().map(|one| snapshot::together(&one.capture, &one.name));
    each.collect::<Result<_, _>>().map_err(|problem| vec![problem])
}

/// The operation that is asked for: the one that was named, else the only one there is.
pub(super) fn asked_for(
    named: Option<&String>,
    catalogue: &Catalogue,
) -> Result<Arc<Operation>, Vec<Problem>> {
    let operation = operation(named, catalogue)?.or_else(|| catalogue.only().cloned());
    operation.ok_or_else(|| {
        let error = Error::NoOperation(catalogue.names().collect::<Vec<_>>().join(", "));
        vec![Problem::new(&error, Place::Whole("--operation".into()))]
    })
}

/// What a request is called: by its operation, then the region and the profile that were named.
pub(super) fn name(request: &Request) -> String {
    let mut name = request.operation.name.clone();
    for (mark, part) in [('.', &request.region), ('@', &request.profile)] {
        if let Some(part) = part {
            name.push(mark);
            name.extend(part.chars().map(|c| match c {
                c if c.is_alphanumeric() || c == '-' || c == '_' => c,
                _ => '~',
            }));
        }
    }
    name
}

/// Each value once, in order; none is one that is left to others.
fn each(values: &[String]) -> Vec<Option<String>> {
    let is_first =
        |(index, value): &(usize, &String)| !values.iter().take(*index).any(|one| one == *value);
    let once: Vec<_> =
        values.iter().enumerate().filter(is_first).map(|(_, value)| Some(value.clone())).collect();
    if once.is_empty() { vec![None] } else { once }
}

/// Tells how far a fetch is, where somebody looks.
fn progress() -> Box<dyn Progress> {
    if io::stderr().is_terminal() { Box::new(Meter::new(io::stderr())) } else { Box::new(()) }
}

/// A time that something may take; a bare number counts seconds.
fn limit(text: &str) -> Result<Duration, String> {
    let is_bare = text.ends_with(|c: char| c.is_ascii_digit());
    let time = if is_bare { duration(&format!("{text}s")) } else { duration(text) };
    let time = time.and_then(|time| Duration::try_from(time).ok());
    time.filter(|time| !time.is_zero())
        .ok_or_else(|| "expected a time such as `30s`, `500ms` or `5m`".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches};

    use super::*;

    fn options(line: &str) -> LiveOptions {
        let command = LiveOptions::augment_args(Command::new("fetch"));
        let matches = command.try_get_matches_from(line.split(' ')).unwrap();
        LiveOptions::from_arg_matches(&matches).unwrap()
    }

    fn requests(line: &str) -> Result<Vec<Request>, Vec<Problem>> {
        let catalogue = Catalogue::built_in().unwrap();
        options(line).requests(catalogue.only().unwrap(), "2026-11-24T08:00:00Z".parse().unwrap())
    }

    #[test]
    fn flags_have_the_manners_of_the_library_where_they_say_nothing() {
        let manners = options("fetch").manners();
        assert_eq!(format!("{manners:?}"), format!("{:?}", Manners::default()));
    }

    #[test]
    fn each_region_of_each_profile_is_asked_once() {
        let all = requests("fetch --region a,b --region a --profile p/1 --profile q").unwrap();
        let names: Vec<String> = all.iter().map(name).collect();
        let own = "DescribeInternetOpenPort";
        let expected = [".a@p~1", ".b@p~1", ".a@q", ".b@q"].map(|more| format!("{own}{more}"));
        assert_eq!(names, expected);
        assert_eq!(name(&requests("fetch").unwrap()[0]), own);
    }

    #[test]
    fn all_that_makes_no_sense_is_said_at_once() {
        let problems = requests(
            "fetch --region a,b --endpoint http://127.0.0.1:1 --filter RiskLvel=3 --filter RiskLevel=high --since soon",
        )
        .unwrap_err();
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
        let expected = [
            "operation/unknown-parameter",
            "operation/parameter-value",
            "cli/endpoint-of-regions",
            "live/time",
        ];
        assert_eq!(codes, expected);
    }

    #[test]
    fn a_limit_is_a_time_that_is_not_over_at_once() {
        assert_eq!(limit("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(limit("10"), Ok(Duration::from_secs(10)));
        for text in ["", "0", "0s", "-1", "soon", "1.5s"] {
            assert!(limit(text).is_err(), "{text}");
        }
    }
}
