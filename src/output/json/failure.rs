//! Problems as a JSON document: why nothing could be judged.

use serde::Serialize;

use crate::output::Told;

use super::document::ProblemText;

#[derive(Serialize)]
pub(super) struct Failure<'a> {
    schema: &'static str,
    exit_code: u8,
    problems: Vec<ProblemText<'a>>,
}

impl<'a> Failure<'a> {
    pub(super) fn new(told: &Told<'a>) -> Self {
        Self {
            schema: "portcullis.error/v1",
            exit_code: told.exit_code,
            problems: told.problems.iter().map(ProblemText::new).collect(),
        }
    }
}
