//! The floor as a whole: policy files in, policies or problems out.

mod approvals;
mod cases;
mod controls;
mod diagnostics;
mod files;
mod formulas;
mod languages;
mod messages;
mod prose;
mod shapes;
mod waivers;

use std::sync::Arc;

use crate::operation::{Catalogue, Operation};
use crate::policy::{Condition, PolicySet, collect, load};
use crate::text::{Level, Location, Place, Problem, Source};

fn catalogue() -> Catalogue {
    Catalogue::built_in().unwrap()
}

fn loaded(text: &str) -> Result<PolicySet, Vec<Problem>> {
    load(&[Source::new("p.yaml", text)], &catalogue(), &[])
}

/// The policies of a file without a problem.
#[track_caller]
fn good(text: &str) -> PolicySet {
    loaded(text).unwrap_or_else(|problems| panic!("{text}\n{}", told(&problems)))
}

/// The problems of a file that has some.
#[track_caller]
fn bad(text: &str) -> Vec<Problem> {
    match loaded(text) {
        Ok(_) => panic!("no problem in\n{text}"),
        Err(problems) => problems,
    }
}

/// The place of a problem in a text.
#[track_caller]
fn location(problem: &Problem) -> &Location {
    match &problem.place {
        Place::Text(location) => location,
        place => panic!("{place:?}"),
    }
}

fn told(problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| {
        let text = match &problem.place {
            Place::Text(location) => location.text(),
            _ => "",
        };
        let position = problem.place.position();
        let place = position.map(|at| format!("{}:{}", at.line, at.column));
        format!(
            "{:?} {} {} `{text}`: {} ({:?})\n",
            problem.level,
            place.unwrap_or_default(),
            problem.code,
            problem.message,
            problem.help,
        )
    });
    lines.collect()
}

/// A text whose expected underlines are written `«…»`, and where they are without the marks.
fn unmarked(marked: &str) -> (String, Vec<std::ops::Range<usize>>) {
    let mut text = String::new();
    let mut spans = Vec::new();
    let mut start = 0;
    for c in marked.chars() {
        match c {
            '«' => start = text.len(),
            '»' => spans.push(start..text.len()),
            _ => text.push(c),
        }
    }
    (text, spans)
}

/// Loads a marked text and checks that its problems lie under the marks, in order.
#[track_caller]
fn problems_at_marks(marked: &str) -> Vec<Problem> {
    let (text, spans) = unmarked(marked);
    let problems = bad(&text);
    let found: Vec<_> = problems.iter().map(|problem| location(problem).span.range()).collect();
    assert_eq!(found, spans, "{marked}\n{}", told(&problems));
    problems
}

/// One mistake a line: the text with its underline, the code, a part of the help.
#[track_caller]
fn each_is_told(table: &[(&str, &str, &str)]) {
    for (marked, code, help) in table {
        let problems = problems_at_marks(marked);
        let [problem] = problems.as_slice() else {
            panic!("{marked}\n{}", told(&problems));
        };
        assert_eq!(problem.code, *code, "{marked}\n{}", told(&problems));
        let said = problem.help.clone().unwrap_or_default();
        assert!(said.contains(help), "{marked}\n{}", told(&problems));
        assert!(!problem.label.is_empty() && problem.label != "here", "{marked}");
        assert_eq!(problem.level, Level::Error);
        assert!(!problem.message.ends_with('.'), "{}", problem.message);
    }
}

/// A condition without its places.
fn meaning(condition: &Condition) -> String {
    let parts = |parts: &[Condition]| parts.iter().map(meaning).collect::<Vec<_>>().join(", ");
    match condition {
        Condition::All(all) => format!("all({})", parts(all)),
        Condition::Any(any) => format!("any({})", parts(any)),
        Condition::Not(part) => format!("not({})", meaning(part)),
        Condition::Test(test) => format!("{:?}", test.predicate),
    }
}

/// The operation of every test.
fn open_ports() -> Arc<Operation> {
    Arc::clone(catalogue().only().unwrap())
}
