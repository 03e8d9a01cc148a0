//! Writes snapshot documents: each member on a line, each page on a line of its own, the same bytes for
//! the same capture, and nothing in them that a terminal would obey.

use std::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::ser::Formatter;

use crate::text::harmless_json;

use super::super::capture::{Answer, Capture};
use super::super::whole::{Snapshot, Wholeness};
use super::{MEMBERS, SCHEMA};

/// Writes a capture; `judged` is what its pages make together.
///
/// # Errors
/// Those of `out`.
pub fn write(capture: &Capture, judged: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    let operation = &capture.operation;
    let origin = &capture.origin;
    let filters = origin.filters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let request = Request {
        endpoint: &origin.endpoint,
        region: origin.region.as_deref(),
        account: origin.account.as_deref(),
        profile: origin.profile.as_deref(),
        filters: filters.collect(),
        window: origin
            .window
            .map(|(since, until)| Window { since: since.to_string(), until: until.to_string() }),
    };
    let tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
    let complete = match judged.wholeness {
        Wholeness::Complete => Some(true),
        Wholeness::Unprovable => None,
        Wholeness::Partial | Wholeness::NoEvidence => Some(false),
    };
    let incomplete = (judged.wholeness != Wholeness::Complete).then(|| Incomplete::new(judged));
    let mut lines = Lines { out, is_first: true };
    let [schema, tool_name, name, product, version, asked, started, finished, whole, rest, pages] =
        MEMBERS;
    lines.member(schema, SCHEMA)?;
    lines.member(tool_name, &tool)?;
    lines.member(name, &operation.name)?;
    lines.member(product, &operation.product)?;
    lines.member(version, &operation.version)?;
    lines.member(asked, &request)?;
    lines.member(started, &origin.started.to_string())?;
    lines.member(finished, &origin.finished.to_string())?;
    lines.member(whole, &complete)?;
    lines.member(rest, &incomplete)?;
    lines.list(pages, &capture.pages)
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Request<'a> {
    endpoint: &'a str,
    region: Option<&'a str>,
    account: Option<&'a str>,
    profile: Option<&'a str>,
    filters: BTreeMap<&'a str, &'a str>,
    window: Option<Window>,
}

#[derive(Serialize)]
struct Window {
    since: String,
    until: String,
}

/// Why a capture is not whole, with its numbers.
#[derive(Serialize)]
struct Incomplete<'a> {
    records: u64,
    expected: Option<u64>,
    problems: Vec<Flaw<'a>>,
}

#[derive(Serialize)]
struct Flaw<'a> {
    code: &'a str,
    message: &'a str,
}

impl<'a> Incomplete<'a> {
    fn new(judged: &'a Snapshot) -> Self {
        let problems = judged
            .flaws
            .iter()
            .map(|flaw| Flaw { code: &flaw.problem.code, message: &flaw.problem.message });
        Self { records: judged.records, expected: judged.expected, problems: problems.collect() }
    }
}

#[derive(Serialize)]
struct Page<'a> {
    taken: String,
    sha256: String,
    #[serde(flatten)]
    body: Body<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Body<'a> {
    /// UTF-8.
    Body(&'a str),
    /// Anything else.
    Base64(String),
}

impl<'a> Page<'a> {
    fn new(answer: &'a Answer) -> Self {
        let body = match std::str::from_utf8(&answer.body) {
            Ok(text) => Body::Body(text),
            Err(_) => Body::Base64(STANDARD.encode(&answer.body)),
        };
        Self { taken: answer.taken.to_string(), sha256: answer.sha256(), body }
    }
}

struct Lines<'a> {
    out: &'a mut dyn Write,
    is_first: bool,
}

impl Lines<'_> {
    fn name(&mut self, name: &str) -> io::Result<()> {
        self.out.write_all(if self.is_first { b"{\n  " } else { b",\n  " })?;
        self.is_first = false;
        self.value(name)?;
        self.out.write_all(b": ")
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> io::Result<()> {
        self.name(name)?;
        self.value(value)
    }

    /// The last member, and the end.
    fn list(&mut self, name: &str, pages: &[Answer]) -> io::Result<()> {
        self.name(name)?;
        self.out.write_all(b"[")?;
        for (index, page) in pages.iter().enumerate() {
            self.out.write_all(if index == 0 { b"\n    " } else { b",\n    " })?;
            self.value(&Page::new(page))?;
        }
        self.out.write_all(b"\n  ]\n}\n")
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> io::Result<()> {
        let mut serializer = serde_json::Serializer::with_formatter(&mut *self.out, Harmless);
        value.serialize(&mut serializer).map_err(io::Error::from)
    }
}

/// Escapes in texts what is hostile.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        out.write_all(harmless_json(fragment).as_bytes())
    }
}
