//! A `Problem` is one diagnostic as data: what is wrong, where, and what helps. Every floor makes
//! them from its own error enum; only `output` and `cli` turn them into text for a reader.

use std::sync::Arc;

use super::{Location, Position};

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Nothing can be judged: exit code 2.
    Error,
    /// Worth a change, never changes the exit code of `check`.
    Warning,
    /// Said so that nothing happens in silence.
    Note,
}

impl Level {
    /// Every level, the heaviest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A place in evidence, whose text is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Name of the evidence: a path as it was given, or `<stdin>`.
    pub source: Arc<str>,
    /// Line and column of the first byte.
    pub position: Position,
    /// Bytes before it in the file.
    pub offset: u64,
    /// Bytes covered.
    pub length: u64,
}

/// Where a problem lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a text that is at hand.
    Text(Location),
    /// In evidence that was read past.
    Evidence(Mark),
    /// A file, a folder or a flag as a whole.
    Whole(Arc<str>),
}

impl Place {
    /// Name of the file, folder or flag.
    #[must_use]
    pub fn source(&self) -> &str {
        match self {
            Self::Text(location) => location.source.name(),
            Self::Evidence(mark) => &mark.source,
            Self::Whole(name) => name,
        }
    }

    /// Line and column, where there is one.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::Text(location) => Some(location.position()),
            Self::Evidence(mark) => Some(mark.position),
            Self::Whole(_) => None,
        }
    }

    /// Byte offset and length, where there are any.
    #[must_use]
    pub fn bytes(&self) -> Option<(u64, u64)> {
        match self {
            Self::Text(location) => Some((location.offset() as u64, location.span.len() as u64)),
            Self::Evidence(mark) => Some((mark.offset, mark.length)),
            Self::Whole(_) => None,
        }
    }

    /// Whether two places in texts at hand overlap or touch.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => {
                one.source.name() == other.source.name()
                    && one.span.start <= other.span.end
                    && other.span.start <= one.span.end
            }
            _ => false,
        }
    }
}

/// One diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How much it weighs.
    pub level: Level,
    /// Stable name, `floor/what-is-wrong`.
    pub code: String,
    /// Lower case, no final period, user text in backticks.
    pub message: String,
    /// What the underline says.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Where.
    pub place: Place,
    /// Other places that belong to it, such as the first of two equal ids.
    pub related: Vec<(String, Location)>,
}

impl Problem {
    /// Takes level, code, wording and help from a module's error.
    #[must_use]
    pub fn new(error: &dyn miette::Diagnostic, place: Place) -> Self {
        let level = match error.severity() {
            None | Some(miette::Severity::Error) => Level::Error,
            Some(miette::Severity::Warning) => Level::Warning,
            Some(miette::Severity::Advice) => Level::Note,
        };
        Self {
            level,
            code: error.code().map(|code| code.to_string()).unwrap_or_default(),
            message: error.to_string(),
            label: "here".to_owned(),
            help: error.help().map(|help| help.to_string()),
            place,
            related: Vec::new(),
        }
    }

    /// The same with words under the underline.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with another place that belongs to it.
    #[must_use]
    pub fn related(mut self, label: impl Into<String>, location: Location) -> Self {
        self.related.push((label.into(), location));
        self
    }
}
