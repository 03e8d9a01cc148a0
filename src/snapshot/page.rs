//! A `Page` is one answer of the API, or what stands for one: its records list, its total, or the
//! error that came instead.

use std::sync::Arc;

use jiff::Timestamp;

use crate::operation::Operation;
use crate::text::{Level, Mark, Position, Problem};

use super::capture::Origin;
use super::flaw::MAX_FLAWS;
use super::rows::{Identity, Rows};
use super::whole::Wholeness;

/// Spreads the digests of records over that of their list: an odd number without a pattern.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// One answer within a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The file, followed by `#page=N` where it holds several.
    pub source: Arc<str>,
    /// JSON pointer of the records list; `None` where each record is a document of its own.
    pub list: Option<String>,
    /// Records in the list, repeated ones too.
    pub records: u64,
    /// The number of records over all pages, as this one says it.
    pub total: Total,
    /// Its number, as the answer states it, and where.
    pub number: Option<(i64, Mark)>,
    /// The number of records that it may hold, as the answer states it.
    pub size: Option<i64>,
    /// Digest of its records in their order.
    pub digest: u64,
    /// SHA-256 of its bytes in lower-case hex, where hashes were asked for.
    pub sha256: Option<String>,
    /// Where it begins: its `{`, or the first of its records.
    pub start: Mark,
    /// Whether there was a records list.
    pub has_list: bool,
    /// The error with which the API answered.
    pub error: Option<ApiError>,
}

/// An error of the API as its answer states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiError {
    /// Its code.
    pub code: Option<String>,
    /// Its message; of an error with neither, the member that does not say success.
    pub message: Option<String>,
    /// The id of the request.
    pub request: Option<String>,
}

impl Page {
    /// A page of which nothing is known but its name and where it begins.
    #[must_use]
    pub fn new(source: Arc<str>, start: Mark) -> Self {
        Self {
            source,
            list: None,
            records: 0,
            total: Total::Absent,
            number: None,
            size: None,
            digest: 0,
            sha256: None,
            start,
            has_list: false,
            error: None,
        }
    }

    /// Takes one more record by the digest of its content.
    pub(super) fn take(&mut self, digest: u64) {
        self.records += 1;
        self.digest = (self.digest.rotate_left(23) ^ digest).wrapping_mul(MIX);
    }

    /// Whether two pages hold the same list of records.
    pub(super) fn has_same_records(&self, other: &Self) -> bool {
        (self.has_list, self.records, self.digest) == (other.has_list, other.records, other.digest)
    }
}

/// What a page says of the number of records over all pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Total {
    /// Nothing.
    Absent,
    /// Something that is no count.
    Unreadable(Mark),
    /// A count.
    Known(u64, Mark),
}

/// How a finding weighs on the question whether the evidence is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Said, without any doubt about the whole.
    Noted,
    /// It cannot be proven that the evidence is whole.
    Unprovable,
    /// Something is missing.
    Partial,
}

impl Weight {
    /// Every weight, the lightest first.
    pub const ALL: [Self; 3] = [Self::Noted, Self::Unprovable, Self::Partial];

    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Noted => "noted",
            Self::Unprovable => "unprovable",
            Self::Partial => "partial",
        }
    }
}

/// A problem of evidence, and how it weighs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// How it weighs.
    pub weight: Weight,
    /// What it is.
    pub problem: Problem,
}

impl Flaw {
    /// A problem that says nothing against the evidence: an error of another file, worth a warning.
    #[must_use]
    pub fn note(mut problem: Problem) -> Self {
        problem.level = problem.level.max(Level::Warning);
        Self { weight: Weight::Noted, problem }
    }
}

/// Everything but the findings that reading one file brought.
#[derive(Clone, Debug)]
pub struct File {
    /// The path as it was given, or `<stdin>`.
    pub source: Arc<str>,
    /// The folder it lies in, however it was named; `None` for a stream, which stands alone.
    pub folder: Option<Arc<str>>,
    /// The operation that it was read as.
    pub operation: Arc<Operation>,
    /// Its pages, in order.
    pub pages: Vec<Page>,
    /// Its rows, each once.
    pub rows: Rows,
    /// What is wrong with it by itself.
    pub flaws: Vec<Flaw>,
    /// JSON documents in it.
    pub documents: u64,
    /// The first record without an identity.
    pub unidentified: Option<Mark>,
    /// What its capture recorded; `None` where it holds nothing but answers.
    pub captured: Option<Box<Captured>>,
}

/// What the capture of a file's pages recorded.
#[derive(Clone, Debug)]
pub struct Captured {
    /// How they were asked for.
    pub origin: Arc<Origin>,
    /// When the oldest of them had come; `None` if there is none.
    pub oldest: Option<Timestamp>,
    /// Whether they are whole, as it says, and where; `None` where it leaves that to the pages.
    pub said: Option<(Wholeness, Mark)>,
}

impl File {
    pub(super) fn new(source: &Arc<str>, operation: &Arc<Operation>) -> Self {
        Self {
            source: Arc::clone(source),
            folder: None,
            operation: Arc::clone(operation),
            pages: Vec::new(),
            rows: Rows::default(),
            flaws: Vec::new(),
            documents: 0,
            unidentified: None,
            captured: None,
        }
    }

    /// Adds a flaw unless there are many of its weight: notes never take the room of what weighs more.
    pub(super) fn flag(&mut self, flaw: Flaw) {
        let alike = || self.flaws.iter().filter(|own| own.weight == flaw.weight);
        let is_repeated = flaw.weight == Weight::Noted
            && alike().any(|own| own.problem.message == flaw.problem.message);
        if !is_repeated && alike().count() < MAX_FLAWS {
            self.flaws.push(flaw);
        }
    }

    /// What the place of a record of one of its pages is counted in: the page where the file is a
    /// capture, else the file.
    #[must_use]
    pub fn counted_in(&self, page: usize) -> &Arc<str> {
        match (&self.captured, self.pages.get(page)) {
            (Some(_), Some(page)) => &page.source,
            _ => &self.source,
        }
    }

    /// The pages' totals that could be read, in order; an error has none.
    pub fn totals(&self) -> impl Iterator<Item = (u64, &Mark)> {
        self.pages.iter().filter(|page| page.error.is_none()).filter_map(|page| match &page.total {
            Total::Known(total, mark) => Some((*total, mark)),
            Total::Absent | Total::Unreadable(_) => None,
        })
    }

    /// Whether no other file can belong to it: its own rows reach its own total, or it is a capture.
    #[must_use]
    pub fn stands_alone(&self) -> bool {
        if self.folder.is_none() || self.captured.is_some() {
            return true;
        }
        let greatest = self.totals().map(|(total, _)| total).max();
        let says = |page: &Page| page.error.is_some() || matches!(page.total, Total::Known(..));
        let says_all = self.pages.iter().all(says);
        says_all && greatest.is_some_and(|total| self.rows.distinct() >= total)
    }
}

/// Where a record lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPlace {
    /// Index of its page in the file.
    pub page: usize,
    /// Index in the page's records list.
    pub index: u64,
    /// Bytes of the file before its `{`.
    pub offset: u64,
    /// Line and column of its `{`.
    pub position: Position,
    /// What identifies it; `None` where that is not whole.
    pub identity: Option<Identity>,
    /// Digest of its content.
    pub digest: u64,
}
