//! Problems as a JSON document: why nothing could be judged.

use serde::Serialize;

use crate::text::{Level, Problem};

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

#[derive(Serialize)]
struct ProblemText<'a> {
    level: &'static str,
    code: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    source: &'a str,
    line: Option<u64>,
    column: Option<u64>,
    offset: Option<u64>,
    length: Option<u64>,
}

impl<'a> ProblemText<'a> {
    fn new(problem: &'a Problem) -> Self {
        let position = problem.place.position();
        let bytes = problem.place.bytes();
        Self {
            level: crate::output::level(problem.level),
            code: &problem.code,
            message: &problem.message,
            help: problem.help.as_deref(),
            source: problem.place.source(),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            offset: bytes.map(|(offset, _)| offset),
            length: bytes.map(|(_, length)| length),
        }
    }
}
