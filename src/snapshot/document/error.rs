//! What can be wrong with a snapshot document.

use crate::snapshot::capture::WindowError;
use crate::text::{Place, Problem};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
pub(super) enum Error {
    #[error("this snapshot is written as `{0}`, which is not known")]
    #[diagnostic(
        code("evidence/snapshot-version"),
        help("`{known}` is known: use the Portcullis that wrote it, or a newer one", known = super::SCHEMA)
    )]
    Version(String),
    #[error("`{path}` of the snapshot is not {expected}")]
    #[diagnostic(code("evidence/snapshot-member"), help("fetch it again: its file was changed"))]
    Member { path: String, expected: &'static str },
    #[error("the snapshot has no `{0}`")]
    #[diagnostic(code("evidence/snapshot-member"), help("fetch it again: its file was changed"))]
    Missing(String),
    #[error("a snapshot has no member `{0}`")]
    #[diagnostic(code("evidence/snapshot-member"), help("fetch it again: its file was changed"))]
    Unknown(String),
    #[error("the bytes of page {0} do not fit their hash")]
    #[diagnostic(
        code("evidence/hash"),
        help("what the API answered was changed since it was fetched: fetch it again")
    )]
    Hash(usize),
    #[error("the snapshot is of `{operation}`, which is not known")]
    #[diagnostic(code("evidence/unknown-operation"), help("there are: {known}"))]
    Operation { operation: String, known: String },
    #[error("the snapshot is of `{found}`, and `{known}` is known")]
    #[diagnostic(
        code("evidence/unknown-operation"),
        help("its fields may mean something else: fetch it again")
    )]
    Api { found: String, known: String },
    #[error("the snapshot is of `{said}`, not of `{named}`")]
    #[diagnostic(
        code("evidence/operation-contradicted"),
        help("leave out `--operation`: a snapshot says it itself")
    )]
    Contradicted { said: String, named: String },
    #[error("the window of the snapshot {0}")]
    #[diagnostic(
        code("evidence/window"),
        help("nothing is known about that time: fetch a window that ends when it is captured")
    )]
    Window(WindowError),
    #[error("the snapshot has more than {0}")]
    #[diagnostic(code("evidence/snapshot-size"), help("no fetch writes as much: fetch it again"))]
    TooMuch(String),
}

impl Error {
    pub(super) fn at(&self, place: Place) -> Problem {
        Problem::new(self, place)
    }
}
