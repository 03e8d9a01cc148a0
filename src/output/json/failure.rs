//! Problems as a JSON document: why nothing could be judged.

use serde::Serialize;

use crate::text::{Level, Problem};

use super::document::ProblemText;

#[derive(Serialize)]
pub(super) struct Failure<'a> {
    schema: &'static str,
    exit_code: u8,
    problems: Vec<ProblemText<'a>>,
}

impl<'a> Failure<'a> {
    pub(super) fn new(problems: &'a [Problem]) -> Self {
        let has_error = problems.iter().any(|problem| problem.level == Level::Error);
        Self {
            schema: "portcullis.error/v1",
            exit_code: if has_error { 2 } else { 0 },
            problems: problems.iter().map(ProblemText::new).collect(),
        }
    }
}
