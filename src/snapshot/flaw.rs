//! What can be wrong with evidence that is JSON, and how it weighs on the question whether it is whole.

use crate::text::Place;

use super::page::{ApiError, Flaw, Weight};

/// Flaws of one kind that are kept; more say nothing new.
pub(super) const MAX_FLAWS: usize = 100;

/// What is wrong with evidence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
pub(super) enum Error {
    #[error("the file is empty")]
    #[diagnostic(
        code("evidence/empty"),
        help("the command that wrote it failed, or printed its error elsewhere: capture it again")
    )]
    Empty,
    #[error("`{list}` is {found}, not a list")]
    #[diagnostic(code("evidence/list-type"), help("capture the answer again as the API sent it"))]
    ListType { list: String, found: &'static str },
    #[error("duplicate key `{0}`")]
    #[diagnostic(
        code("json/duplicate-key"),
        help(
            "which of the two values counts is not defined: capture the file again, or remove one"
        )
    )]
    DuplicateKey(String),
    #[error("{0} follows after the end of the JSON")]
    #[diagnostic(
        code("json/trailing-garbage"),
        help("remove what follows, or capture the file again")
    )]
    TrailingScalar(&'static str),
    #[error("the API answered with an error: {what}{request}")]
    #[diagnostic(
        code("evidence/error-body"),
        help("an error is no evidence: fetch this page again")
    )]
    Answered { what: String, request: String },
    #[error("`{0}` announces more records")]
    #[diagnostic(
        code("evidence/more-announced"),
        help("fetch every page, or accept partial evidence with `--allow-partial`")
    )]
    More(String),
    #[error("`{0}` may hold records that are not read: the records list is `{1}`")]
    #[diagnostic(
        code("evidence/second-list"),
        help("save the answer as the API sent it, or accept it with `--assume-complete`")
    )]
    SecondList(String, String),
    #[error("`{0}` is not explained, and `{1}` holds no records")]
    #[diagnostic(
        code("evidence/unexplained"),
        help(
            "the records may be there: save the answer as the API sent it, or accept it with `--assume-complete`"
        )
    )]
    Unexplained(String, String),
    #[error("`{0}` is not a known member of the answer")]
    #[diagnostic(
        code("evidence/unlisted-member"),
        severity(Advice),
        help("the API may have changed; policies do not see it")
    )]
    Unlisted(String),
    #[error("the answer names two totals, {total} and {other}")]
    #[diagnostic(
        code("evidence/second-total"),
        help("save the answer as the API sent it, or accept it with `--assume-complete`")
    )]
    SecondTotal { total: u64, other: u64 },
    #[error("{rows} without a valid {fields}, so the total proves nothing")]
    #[diagnostic(
        code("evidence/no-identity"),
        help(
            "such records cannot be told apart: capture them again, or accept them with `--assume-complete`"
        )
    )]
    NoIdentity { rows: String, fields: String },
    #[error("page {0} came twice with different records")]
    #[diagnostic(
        code("evidence/pages-differ"),
        help(
            "rows may have been missed: capture all pages again, or accept them with `--assume-complete`"
        )
    )]
    PagesDiffer(i64),
    #[error("page {found} came in place of page {requested}")]
    #[diagnostic(
        code("evidence/page-number"),
        help(
            "rows may have been missed: fetch all pages again, or accept them with `--assume-complete`"
        )
    )]
    PageNumber { found: i64, requested: u64 },
    #[error("there is no page {0}: pages are counted from 1")]
    #[diagnostic(
        code("evidence/page-number"),
        help("capture the page again, or accept it with `--assume-complete`")
    )]
    NoSuchPage(i64),
    #[error("the page size changed from {first} to {other} between pages")]
    #[diagnostic(
        code("evidence/page-sizes"),
        severity(Advice),
        help(
            "capture all pages with one size; the records still prove the total unless something else is reported"
        )
    )]
    PageSizes { first: i64, other: i64 },
    #[error("{0} documents came in one answer")]
    #[diagnostic(
        code("evidence/several-documents"),
        help("an answer is one JSON document: fetch it again")
    )]
    SeveralDocuments(usize),
    #[error("no records: {0}")]
    #[diagnostic(
        code("evidence/no-records"),
        help("save the answer of the API as it came: an object with `{1}`")
    )]
    NoRecords(String, String),
    #[error("no records: this is `{0}`, which Portcullis wrote")]
    #[diagnostic(
        code("evidence/no-records"),
        help(
            "evidence is what the API answered; `portcullis diff` compares reports, `portcullis merge` joins them"
        )
    )]
    OwnDocument(String),
    #[error("the records list `{list}` is {found}")]
    #[diagnostic(
        code("evidence/list-missing"),
        help("a missing list is not an empty one: save the answer as the API sent it{near}")
    )]
    ListMissing { list: String, found: &'static str, near: String },
    #[error("there is no evidence here")]
    #[diagnostic(
        code("evidence/no-files"),
        help(
            "evidence is `.json`, `.ndjson` or `.jsonl`, also with `.gz` or `.zst`; name the folder in which the answers were saved"
        )
    )]
    NoFiles,
    #[error("element {index} of the records is {found}, not an object")]
    #[diagnostic(
        code("evidence/not-a-record"),
        help("capture the answer again as the API sent it")
    )]
    NotARecord { index: u64, found: &'static str },
    #[error("{rows} of {total} records are here")]
    #[diagnostic(
        code("evidence/rows-missing"),
        help("fetch every page, or accept partial evidence with `--allow-partial`")
    )]
    RowsMissing { rows: u64, total: u64 },
    #[error("{rows} records are here, more than the total of {total}")]
    #[diagnostic(
        code("evidence/rows-beyond-total"),
        help(
            "the list changed while it was captured: capture it again, or accept it with `--assume-complete`"
        )
    )]
    RowsBeyondTotal { rows: u64, total: u64 },
    #[error("the number of records over all pages is not in the answer{0}")]
    #[diagnostic(
        code("evidence/total-missing"),
        help(
            "save whole answers, or accept the evidence with `--assume-complete`; a pager's output often holds page one only"
        )
    )]
    TotalMissing(String),
    #[error("the total `{0}` is no count")]
    #[diagnostic(
        code("evidence/total-unreadable"),
        help("capture the answer again, or accept the evidence with `--assume-complete`")
    )]
    TotalUnreadable(String),
    #[error("the total changed from {first} to {other} between pages")]
    #[diagnostic(
        code("evidence/totals-differ"),
        help(
            "rows may have been missed: capture all pages again, or accept them with `--assume-complete`"
        )
    )]
    TotalsDiffer { first: u64, other: u64 },
    #[error("its capture was not whole")]
    #[diagnostic(code("evidence/said-incomplete"), help("fetch it again: `portcullis fetch`"))]
    SaidIncomplete,
    #[error("its window of {0} is longer than 7 days")]
    #[diagnostic(
        code("evidence/long-window"),
        severity(Advice),
        help(
            "the console shows exposure details of 7 days, and the API does not say how far it looks back: capture shorter windows"
        )
    )]
    LongWindow(String),
    #[error("{0} came again with other content")]
    #[diagnostic(
        code("evidence/not-stable"),
        help(
            "rows moved while pages were captured: capture all pages again, or accept them with `--assume-complete`"
        )
    )]
    NotStable(String),
    #[error("{0} came more than once with the same content, and counted once")]
    #[diagnostic(
        code("evidence/repeated-rows"),
        severity(Advice),
        help("a page may have been saved twice")
    )]
    Repeated(String),
}

impl Error {
    pub(super) fn answered(error: &ApiError) -> Self {
        let words = error.code.iter().chain(&error.message).map(|word| format!("`{word}`"));
        let request = error.request.as_ref().map(|request| format!(", request `{request}`"));
        Self::Answered {
            what: words.collect::<Vec<_>>().join(": "),
            request: request.unwrap_or_default(),
        }
    }

    pub(super) fn at(&self, place: Place) -> crate::text::Problem {
        crate::text::Problem::new(self, place)
    }

    /// The same as a flaw.
    pub(super) fn flaw(&self, weight: Weight, place: Place) -> Flaw {
        Flaw { weight, problem: self.at(place) }
    }
}

/// `1 row`, `2 rows`.
pub(super) fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}
