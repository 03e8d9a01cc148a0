//! The `tap` format: the Test Anything Protocol, version 14. A point is a policy on a record, or what
//! evidence lacks; a policy without findings is a point that passes.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

use serde_json::{Value, json};

use crate::text::{Level, Problem, harmless_json};
use crate::triage::Report;

use super::item::{Item, Status, items, prose, short};
use super::quiet::Quiet;
use super::{Entry, Hashes, Reader, Style, Told, notices, on_one_line};

pub(super) const ENTRY: Entry = Entry {
    name: "tap",
    about: "Test Anything Protocol: `prove`, and whatever else counts `not ok`",
    reader: Reader::Machine,
    hashes: Hashes::Hidden,
    max_findings: None,
    render,
    problems,
};

/// One point.
#[derive(Debug, Default)]
struct Point {
    is_ok: bool,
    /// On one line.
    name: String,
    /// `SKIP` or `TODO`, and why.
    directive: Option<(&'static str, String)>,
    /// What more there is to know.
    details: Vec<(&'static str, Value)>,
}

fn render(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut points: Vec<Point> = items(report).map(|item| of_item(report, &item)).collect();
    points.extend(Quiet::with_unjudged(report).map(|quiet| Point {
        is_ok: true,
        name: short(&quiet.policy.id),
        directive: (!quiet.is_pass()).then(|| ("SKIP", short(&quiet.message()))),
        details: Vec::new(),
    }));
    write(&notices(report), &points, out)
}

fn problems(told: &Told<'_>, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut points: Vec<Point> = Vec::new();
    for problem in told.problems {
        let place = problem.place.position();
        points.push(Point {
            is_ok: problem.level == Level::Note,
            name: format!("{}: {}", short(&problem.code), short(&problem.message)),
            directive: match problem.level {
                Level::Warning if told.exit_code == 0 => Some(("TODO", "a warning".to_owned())),
                _ => None,
            },
            details: vec![
                ("source", json!(short(problem.place.source()))),
                ("line", json!(place.map(|position| position.line))),
                ("column", json!(place.map(|position| position.column))),
                ("fix", json!(problem.help.as_deref().map(short))),
            ],
        });
    }
    if points.is_empty() {
        points.push(Point { is_ok: true, name: "policies".to_owned(), ..Point::default() });
    }
    write(&[], &points, out)
}

fn of_item(report: &Report, item: &Item<'_>) -> Point {
    let directive = match item.status {
        Status::Insufficient | Status::Failed => None,
        Status::Inconclusive => Some(("TODO", "inconclusive".to_owned())),
        Status::Noted => Some(("SKIP", "accepted".to_owned())),
        Status::Known => Some(("SKIP", "known".to_owned())),
        Status::Waived => {
            let waiver = item.finding().and_then(|finding| report.waiver(finding));
            Some((
                "SKIP",
                waiver.map_or("waived".to_owned(), |waiver| {
                    format!("waived until {}: {}", waiver.expires, prose(&waiver.reason))
                }),
            ))
        }
        Status::Tolerated => Some(("SKIP", item.tolerance().unwrap_or_default())),
    };
    let subject = match item.finding() {
        Some(_) => item.identity(),
        None => item.kind().into_owned(),
    };
    let position = item.position();
    let mut details = vec![
        ("message", json!(item.message())),
        ("severity", json!(item.severity().name())),
        ("source", json!(short(item.source()))),
        ("line", json!(position.map(|position| position.line))),
        ("column", json!(position.map(|position| position.column))),
        ("fingerprint", json!(item.fingerprint())),
    ];
    if let Some(policy) = item.policy() {
        details.push(("rule", json!(prose(policy.rule.text()))));
    }
    details.extend(item.help().map(|help| ("fix", json!(help))));
    Point {
        is_ok: item.status == Status::Noted || item.status.is_accepted(),
        name: format!("{}: {subject}", item.rule()),
        directive,
        details,
    }
}

fn write(notices: &[Problem], points: &[Point], out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    writeln!(out, "TAP version 14\n1..{}", points.len())?;
    for notice in notices {
        writeln!(out, "# {}", on_one_line(notice))?;
    }
    for (number, point) in (1..).zip(points) {
        out.write_all(point.written(number).as_bytes())?;
    }
    out.flush()
}

impl Point {
    fn written(&self, number: u64) -> String {
        let not = if self.is_ok { "" } else { "not " };
        let mut text = format!("{not}ok {number} - {}", escaped(&self.name));
        // Writing to a string cannot fail.
        if let Some((directive, reason)) = &self.directive {
            let _ = write!(text, " # {directive} {}", escaped(reason));
        }
        text.push('\n');
        let known = self.details.iter().filter(|(_, value)| !value.is_null());
        if self.details.is_empty() {
            return text;
        }
        text.push_str("  ---\n");
        for (name, value) in known {
            // A text of JSON is one of YAML too.
            let _ = writeln!(text, "  {name}: {}", harmless_json(&value.to_string()));
        }
        text.push_str("  ...\n");
        text
    }
}

/// A text in which nothing begins a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_directive() {
        let point = Point { name: "a # SKIP \\".to_owned(), ..Point::default() };
        assert_eq!(point.written(3), "not ok 3 - a \\# SKIP \\\\\n");
        let point = Point {
            is_ok: true,
            name: "b".to_owned(),
            directive: Some(("SKIP", "x # y".to_owned())),
            details: vec![("line", json!(1)), ("column", Value::Null), ("a", json!("\u{202e}:"))],
        };
        let expected = "ok 1 - b # SKIP x \\# y\n  ---\n  line: 1\n  a: \"\\u202e:\"\n  ...\n";
        assert_eq!(point.written(1), expected);
    }
}
