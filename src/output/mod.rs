//! Floor 7: a finished report as text, one file a format. A format renders what is there: it cannot
//! judge, leave out a verdict, or change the exit code.

use std::io::{self, Write};
use std::sync::Arc;

use crate::text::{Level, Place, Position, Problem};
use crate::triage::{Difference, Report};

mod artifact;
mod changes;
mod checkstyle;
mod csv;
mod difference;
mod elsewhere;
mod github;
mod gitlab;
mod html;
mod human;
mod identity;
mod item;
mod json;
mod json_text;
mod junit;
mod markdown;
mod names;
mod ndjson;
mod ocsf;
mod oscal;
mod oscal_mapping;
mod quiet;
mod revised;
mod revision;
mod sarif;
mod short;
mod sources;
mod status;
mod tap;
mod unjudged;
mod uuid;

pub use self::csv::CsvDialect;
pub use difference::difference_schema;
pub use github::{problem_summary, summary};
pub use ndjson::line_schema;
pub use revision::{render_revision, revision_schema};

#[cfg(test)]
mod tests;

/// Where to read about the program.
const INFORMATION_URI: &str = "https://github.com/OWNER/portcullis";

/// JSON Schema of what the `json` format writes of a report.
pub const REPORT_SCHEMA: &str = include_str!("report.schema.json");

/// JSON Schema of what the `json` format writes where nothing could be judged.
pub const ERROR_SCHEMA: &str = include_str!("error.schema.json");

/// The formats, each the name of its file, in the order of help and lists.
macro_rules! formats {
    ($($name:ident $file:ident,)+) => {
        /// A way in which reports are written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Format {
            $(#[doc = concat!("The format of `", stringify!($file), "`.")] $name,)+
        }

        impl Format {
            /// Every format.
            pub const ALL: [Self; [$(stringify!($name)),+].len()] = [$(Self::$name),+];

            fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$name => &$file::ENTRY,)+
                }
            }
        }
    };
}

formats! {
    Human human,
    Short short,
    Json json,
    Ndjson ndjson,
    Sarif sarif,
    Junit junit,
    Github github,
    Gitlab gitlab,
    Checkstyle checkstyle,
    Csv csv,
    Markdown markdown,
    Html html,
    Ocsf ocsf,
    Oscal oscal,
    OscalMapping oscal_mapping,
    Tap tap,
}

/// What a format is to the rest of the program.
struct Entry {
    /// As flags spell it.
    name: &'static str,
    /// One line about it.
    about: &'static str,
    reader: Reader,
    hashes: Hashes,
    /// Findings that are listed unless asked otherwise; `None` lists all.
    max_findings: Option<usize>,
    render: fn(&Report, &Style, &mut dyn Write) -> io::Result<()>,
    problems: fn(&Told<'_>, &Style, &mut dyn Write) -> io::Result<()>,
}

/// Who reads a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    Person,
    Machine,
}

/// Whether a format shows the hashes of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hashes {
    Shown,
    Hidden,
}

impl Format {
    /// As flags spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// One line about it.
    #[must_use]
    pub fn about(self) -> &'static str {
        self.entry().about
    }

    /// Whether a program reads it, which looks for problems where the report would be.
    #[must_use]
    pub fn is_for_machines(self) -> bool {
        self.entry().reader == Reader::Machine
    }

    /// Whether it shows the hashes of pages, which cost about as much as reading them.
    #[must_use]
    pub fn shows_hashes(self) -> bool {
        self.entry().hashes == Hashes::Shown
    }

    /// Findings that it lists unless asked otherwise; `None` lists all.
    #[must_use]
    pub fn default_max_findings(self) -> Option<usize> {
        self.entry().max_findings
    }
}

/// Problems that stand by themselves: why nothing could be judged, or what `lint` has to say.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// In order.
    pub problems: &'a [Problem],
    /// The process's exit code.
    pub exit_code: u8,
    /// When they were told, for the formats that must say so.
    pub time: jiff::Timestamp,
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// They are.
    On,
    /// They are not.
    #[default]
    Off,
}

/// How output looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are used.
    pub colour: Colour,
    /// Columns of a line at most, apart from paths and addresses, which are never broken.
    pub width: usize,
    /// Findings that are listed at most; `None` lists all.
    pub max_findings: Option<usize>,
    /// The working directory, below which files are named from it; without it, names stay as they are.
    pub folder: Option<String>,
    /// Columns of the `csv` format.
    pub csv: CsvDialect,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            colour: Colour::Off,
            width: 80,
            max_findings: None,
            folder: None,
            csv: CsvDialect::Plain,
        }
    }
}

/// A level as it is written.
fn level(level: Level) -> &'static str {
    level.name()
}

/// A count and its noun.
fn count(number: u64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// The warnings of loading, and what a clean run proves as a note about its evidence, for formats that
/// have a place for problems and none for a sentence.
fn notices(report: &Report) -> Vec<Problem> {
    let source = report.evidence.first().map(|snapshot| Arc::clone(&snapshot.source));
    let note = |message| Problem {
        level: Level::Note,
        code: OBSERVED.to_owned(),
        message,
        label: String::new(),
        help: None,
        place: Place::Whole(source.unwrap_or_default()),
        related: Vec::new(),
    };
    report.warnings().into_iter().cloned().chain(report.statement().map(note)).collect()
}

/// The code of what a clean run proves.
const OBSERVED: &str = "evidence/observed";

/// A problem on one line, safe to show: `p.yaml:7:11: warning[policy/covered] …`.
fn on_one_line(problem: &Problem) -> String {
    let at = match problem.place.position() {
        Some(Position { line, column }) => format!(":{line}:{column}"),
        None => String::new(),
    };
    let (source, level) = (problem.place.source(), level(problem.level));
    item::short(&format!("{source}{at}: {level}[{}] {}", problem.code, problem.message))
}

/// How many findings are not listed: they are accepted, were known, are tolerated, or are gone.
fn hidden(report: &Report) -> Option<String> {
    let summary = &report.summary;
    let counts = [
        (summary.waived, "waived"),
        (summary.known, "known"),
        (summary.tolerated, "tolerated"),
        (summary.fixed, "fixed"),
    ];
    let counts = counts.into_iter().filter(|(number, _)| *number > 0);
    let counts: Vec<String> = counts.map(|(number, word)| format!("{number} {word}")).collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

/// Writes a report.
///
/// # Errors
/// Where `out` cannot be written.
pub fn render(
    report: &Report,
    format: Format,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    (format.entry().render)(report, style, out)
}

/// Writes problems that stand by themselves.
///
/// # Errors
/// Where `out` cannot be written.
pub fn problems(
    told: &Told<'_>,
    format: Format,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    (format.entry().problems)(told, style, out)
}

/// The formats of differences.
const DIFFERENCES: &[(Format, WriteDifference)] = &[
    (Format::Human, human::difference),
    (Format::Json, json::difference),
    (Format::Markdown, markdown::difference),
    (Format::Html, html::difference),
];

type WriteDifference = fn(&Difference, &Style, &mut dyn Write) -> io::Result<()>;

impl Format {
    /// The formats in which differences are written.
    pub fn of_differences() -> impl Iterator<Item = Self> {
        DIFFERENCES.iter().map(|(format, _)| *format)
    }
}

/// Writes a difference, in a format of [`Format::of_differences`].
///
/// # Errors
/// Where `out` cannot be written, or the format has no words for differences.
pub fn render_difference(
    difference: &Difference,
    format: Format,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match DIFFERENCES.iter().find(|(known, _)| *known == format) {
        Some((_, write)) => write(difference, style, out),
        None => Err(io::ErrorKind::Unsupported.into()),
    }
}
