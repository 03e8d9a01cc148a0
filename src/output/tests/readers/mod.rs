//! What each format says, read back the way its consumer reads it. A format is a file here, with a
//! function that reads and one that looks for red, and a line below.

use serde_json::Value;

use crate::output::Format;

mod checkstyle;
pub(super) mod csv;
mod github;
mod gitlab;
mod html;
mod human;
pub(super) mod json;
mod junit;
mod markdown;
mod ndjson;
mod ocsf;
mod oscal;
mod oscal_mapping;
mod sarif;
mod short;
mod tap;
mod xml;

/// What is read of one open finding; `None` where the format does not carry it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) policy: String,
    /// Whether it cannot be known.
    pub(super) is_unknown: Option<bool>,
    pub(super) message: Option<String>,
    pub(super) line: Option<u64>,
    pub(super) column: Option<u64>,
    pub(super) severity: Option<String>,
    pub(super) fingerprint: Option<String>,
}

impl Said {
    /// Whether nothing that is said here is said otherwise there.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        let trimmed = |text: &Option<String>| text.as_deref().map(|text| text.trim().to_owned());
        self.policy == other.policy
            && same(&self.is_unknown, &other.is_unknown)
            // A line of Markdown begins with its first character that is no space.
            && same(&trimmed(&self.message), &trimmed(&other.message))
            && same(&self.line, &other.line)
            && same(&self.column, &other.column)
            && same(&self.severity, &other.severity)
            && same(&self.fingerprint, &other.fingerprint)
    }
}

/// Which of the open findings a format shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All, in the order of the report.
    All,
    /// All, in an order of its own.
    Sorted,
    /// The most severe ones, and all where they are fewer than this.
    From(usize),
    /// None, since it is about something else.
    Nothing,
}

/// How a format is read.
pub(super) struct Reader {
    pub(super) extent: Extent,
    /// The open findings of what was written of evidence, which is the second text.
    pub(super) read: fn(&str, &str) -> Vec<Said>,
    /// Whether who reads this alone sees that the run is not clean.
    pub(super) is_red: fn(&str) -> bool,
}

/// How what a format writes is read.
pub(super) fn of(format: Format) -> &'static Reader {
    match format.name() {
        "human" => &human::READER,
        "short" => &short::READER,
        "json" => &json::READER,
        "ndjson" => &ndjson::READER,
        "sarif" => &sarif::READER,
        "junit" => &junit::READER,
        "github" => &github::READER,
        "gitlab" => &gitlab::READER,
        "checkstyle" => &checkstyle::READER,
        "csv" => &csv::READER,
        "markdown" => &markdown::READER,
        "html" => &html::READER,
        "ocsf" => &ocsf::READER,
        "oscal" => &oscal::READER,
        "oscal-mapping" => &oscal_mapping::READER,
        "tap" => &tap::READER,
        name => panic!(
            "nothing reads `{name}`: write src/output/tests/readers/{name}.rs, and name it in mod.rs there"
        ),
    }
}

/// The file that findings are of.
const FILE: &str = "ports.json";

/// What formats write before the message of what cannot be known.
const INCONCLUSIVE: &str = "inconclusive: ";

/// The message of what cannot be known is said to be one.
fn message(text: &str) -> Option<String> {
    Some(text.strip_prefix(INCONCLUSIVE).unwrap_or(text).to_owned())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// Line and column of `ports.json:3:7`.
fn place(text: &str) -> (Option<u64>, Option<u64>) {
    let mut parts = text.split(':').skip(1).map(|part| part.parse().unwrap());
    (parts.next(), parts.next())
}
