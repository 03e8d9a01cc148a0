//! The `gitlab` format: GitLab Code Quality, which shows findings in merge requests. One entry that its
//! schema refuses would end the reading in silence, so every entry has everything.

use std::io::{self, Write};

use serde::Serialize;

use crate::operation::Severity;
use crate::text::Level;
use crate::triage::Report;

use super::artifact;
use super::item::{Names, Status, fingerprint, items, short};
use super::json_text::{self, Breaks};
use super::{Entry, Hashes, Reader, Style, Told};

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
    let mut issues = Vec::new();
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
    let mut names = Names::default();
    let issue = |problem: &crate::text::Problem| {
        let place = &problem.place;
        Issue {
            description: described(short(&problem.message)),
            check_name: short(&problem.code),
            fingerprint: names.unique(fingerprint(&[
                &problem.code,
                place.source(),
                &problem.message,
            ])),
            severity: match problem.level {
                Level::Error => "blocker",
                Level::Warning => "minor",
                Level::Note => "info",
            },
            location: Location::new(place.source(), place.position().map(|at| at.line), style),
        }
    };
    let issues: Vec<Issue> = told.problems.iter().map(issue).collect();
    json_text::write(&issues, BREAKS, out)
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
