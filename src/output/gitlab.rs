//! The `gitlab` format: GitLab Code Quality, which shows findings in merge requests. One entry that its
//! schema refuses would end the reading in silence, so every entry has everything.

use std::io::{self, Write};

use serde::Serialize;

use crate::operation::Severity;
use crate::text::{Level, Problem};
use crate::triage::Report;

use super::artifact;
use super::item::{Names, Status, fingerprint, items, short};
use super::json_text::{self, Breaks};
use super::{Entry, Hashes, Reader, Style, Told, notices};

pub(super) const ENTRY: Entry = Entry {
    name: "gitlab",
    about: "GitLab Code Quality: the widget of merge requests",
    reader: Reader::Machine,
    hashes: Hashes::Hidden,
    max_findings: None,
    render,
    problems,
};

/// An issue is a line.
const BREAKS: Breaks = Breaks { depth: 1 };

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
}

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut names = Names::default();
    let mut issues = of_problems(&notices(report), &mut names, style);
    for item in items(report) {
        let (severity, description) = match item.status {
            // There is no word for what is accepted.
            Status::Known | Status::Waived | Status::Tolerated => continue,
            Status::Inconclusive => ("info", format!("inconclusive: {}", item.message())),
            Status::Insufficient | Status::Failed | Status::Noted => {
                (severity(item.severity()), item.message())
            }
        };
        issues.push(Issue {
            description: described(description),
            check_name: item.rule().into_owned(),
            fingerprint: names.unique(item.fingerprint()),
            severity,
            location: Location::new(item.source(), item.position().map(|at| at.line), style),
        });
    }
    json_text::write(&issues, BREAKS, out)
}

fn problems(told: &Told<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let issues = of_problems(told.problems, &mut Names::default(), style);
    json_text::write(&issues, BREAKS, out)
}

fn of_problems(problems: &[Problem], names: &mut Names, style: &Style) -> Vec<Issue> {
    let mut issue = |problem: &Problem| {
        let place = &problem.place;
        let (severity, words) = match problem.level {
            Level::Error => ("blocker", problem.message.as_str()),
            Level::Warning => ("minor", problem.message.as_str()),
            // A merge request shows what its target does not have: other counts are no other note.
            Level::Note => ("info", ""),
        };
        Issue {
            description: described(short(&problem.message)),
            check_name: short(&problem.code),
            fingerprint: names.unique(fingerprint(&[&problem.code, place.source(), words])),
            severity,
            location: Location::new(place.source(), place.position().map(|at| at.line), style),
        }
    };
    problems.iter().map(&mut issue).collect()
}

impl Location {
    fn new(source: &str, line: Option<u64>, style: &Style) -> Self {
        let path = short(&artifact::path(source, style.folder.as_deref()));
        // GitLab reads a backslash as the separator that it is elsewhere.
        Self { path: path.replace('\\', "/"), lines: Lines { begin: line.unwrap_or(1) } }
    }
}

/// A description, which may not be empty.
fn described(text: String) -> String {
    if text.is_empty() { "no message".to_owned() } else { text }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "minor",
        Severity::Medium => "major",
        Severity::High => "critical",
        Severity::Critical => "blocker",
    }
}
