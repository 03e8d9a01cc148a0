//! The `junit` format: test results as Jenkins, GitLab, Azure and most others read them. A case is a
//! policy on a record, or what evidence lacks; a policy without findings is a case that passes.

use std::io::{self, BufWriter, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::text::{Level, Position, Problem};
use crate::triage::Report;

use super::item::{EVIDENCE, Item, Names, Status, items, prose, short};
use super::quiet::Quiet;
use super::{Entry, Hashes, Reader, Style, Told, notices, on_one_line};

pub(super) const ENTRY: Entry = Entry {
    name: "junit",
    about: "JUnit XML: test reports of Jenkins, GitLab, Azure Pipelines, CircleCI",
    reader: Reader::Machine,
    hashes: Hashes::Hidden,
    max_findings: None,
    render,
    problems,
};

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// What became of a case.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    /// With the reason.
    Skipped(String),
    Failed(Words),
    Broken(Words),
}

/// What is wrong: its kind, one line, and everything.
#[derive(Debug, PartialEq, Eq)]
struct Words {
    kind: String,
    message: String,
    text: String,
}

/// One case. Class and name together are unique, since platforms merge cases of the same name.
#[derive(Debug)]
struct Case {
    class: String,
    name: String,
    outcome: Outcome,
}

fn render(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut names = Names::default();
    let found = items(report).map(|item| case(report, &item, &mut names));
    let mut cases: Vec<Case> = found.collect();
    cases.extend(quiet(report));
    let time = report.time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let notices: Vec<String> = notices(report).iter().map(on_one_line).collect();
    write((&properties(report), &notices.join("\n")), &time, &cases, out)
}

fn problems(told: &Told<'_>, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut names = Names::default();
    let mut cases: Vec<Case> =
        told.problems.iter().map(|problem| broken(problem, told.exit_code, &mut names)).collect();
    if cases.is_empty() {
        let class = env!("CARGO_PKG_NAME").to_owned();
        cases.push(Case { class, name: "policies".to_owned(), outcome: Outcome::Passed });
    }
    let exit_code = [("exit-code", told.exit_code.to_string())];
    write(
        (&exit_code, ""),
        &jiff::Timestamp::UNIX_EPOCH.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        &cases,
        out,
    )
}

fn case(report: &Report, item: &Item<'_>, names: &mut Names) -> Case {
    let class = item.rule().into_owned();
    let name = match item.finding() {
        Some(_) => item.identity(),
        None => format!("{} {}", item.kind(), short(item.source())),
    };
    let words =
        || Words { kind: item.kind().into_owned(), message: item.message(), text: details(item) };
    let outcome = match item.status {
        Status::Insufficient | Status::Failed => Outcome::Failed(words()),
        Status::Inconclusive => Outcome::Skipped(format!("inconclusive: {}", item.message())),
        Status::Noted => Outcome::Skipped(format!("accepted: {}", item.message())),
        Status::Known => Outcome::Skipped(format!("known: {}", item.message())),
        Status::Waived => {
            let waiver = item.finding().and_then(|finding| report.waiver(finding));
            let reason = waiver.map_or(String::new(), |waiver| {
                format!(" ({} until {})", short(&waiver.reason), waiver.expires)
            });
            Outcome::Skipped(format!("waived{reason}: {}", item.message()))
        }
        Status::Tolerated => Outcome::Skipped(format!("tolerated: {}", item.message())),
    };
    named(class, &name, outcome, names)
}

/// A case whose name no other of its class has.
fn named(class: String, name: &str, outcome: Outcome, names: &mut Names) -> Case {
    // No class holds a line break.
    let unique = names.unique(format!("{class}\n{name}"));
    let name = unique.split_once('\n').map_or(name, |(_, name)| name).to_owned();
    Case { class, name, outcome }
}

/// Where an item lies, what decided, and what to do.
fn details(item: &Item<'_>) -> String {
    let mut lines = vec![item.message(), format!("at {}", place(item.source(), item.position()))];
    if let Some(policy) = item.policy() {
        let at = place(policy.rule.source.name(), Some(policy.rule.position()));
        lines.push(format!("rule: {} ({at})", prose(policy.rule.text())));
        lines.push(format!("severity: {}", policy.severity));
        lines.push(format!("fingerprint: {}", item.fingerprint()));
        lines.extend(policy.why.as_deref().map(|why| format!("why: {}", prose(why))));
    }
    lines.extend(item.help().map(|help| format!("fix: {help}")));
    lines.join("\n")
}

fn place(source: &str, position: Option<Position>) -> String {
    match position {
        Some(Position { line, column }) => format!("{}:{line}:{column}", short(source)),
        None => short(source),
    }
}

/// Policies with nothing to say: they passed where that is proven.
fn quiet(report: &Report) -> impl Iterator<Item = Case> {
    Quiet::with_unjudged(report).map(|quiet| Case {
        class: short(&quiet.policy.id),
        name: "every record".to_owned(),
        outcome: match quiet.is_pass() {
            true => Outcome::Passed,
            false => Outcome::Skipped(short(&quiet.message())),
        },
    })
}

/// What stops a run is an error. A warning is a failure where it makes the run one.
fn broken(problem: &Problem, exit_code: u8, names: &mut Names) -> Case {
    let at = place(problem.place.source(), problem.place.position());
    let words = Words {
        kind: short(&problem.code),
        message: short(&problem.message),
        text: match &problem.help {
            Some(help) => format!("at {at}\nhelp: {}", short(help)),
            None => format!("at {at}"),
        },
    };
    let outcome = match problem.level {
        Level::Error => Outcome::Broken(words),
        Level::Warning if exit_code > 0 => Outcome::Failed(words),
        Level::Warning | Level::Note => Outcome::Skipped(words.message),
    };
    named(short(&problem.code), &at, outcome, names)
}

fn properties(report: &Report) -> Vec<(&'static str, String)> {
    let mut properties = vec![
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("verdict", report.verdict.name().to_owned()),
        ("exit-code", report.verdict.exit_code().to_string()),
        ("records", report.summary.records.to_string()),
    ];
    properties.extend(report.loosened.iter().map(|by| ("loosened", by.name().to_owned())));
    for snapshot in &report.evidence {
        properties.push(("evidence", short(&snapshot.source)));
    }
    properties
}

/// Writes the subset that the schemas of Jenkins and of Ant both take. Notices are what the run printed.
fn write(
    (properties, notices): (&[(&str, String)], &str),
    time: &str,
    cases: &[Case],
    out: &mut dyn Write,
) -> io::Result<()> {
    let out = BufWriter::with_capacity(BUFFER, out);
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let number = |is: fn(&Outcome) -> bool| {
        cases.iter().filter(|case| is(&case.outcome)).count().to_string()
    };
    let tests = cases.len().to_string();
    let failures = number(|outcome| matches!(outcome, Outcome::Failed(_)));
    let errors = number(|outcome| matches!(outcome, Outcome::Broken(_)));
    let skipped = number(|outcome| matches!(outcome, Outcome::Skipped(_)));
    let suite = [
        ("name", EVIDENCE.split('/').next().unwrap_or_default()),
        ("package", env!("CARGO_PKG_NAME")),
        ("id", "0"),
        ("timestamp", time),
        ("hostname", "localhost"),
        ("tests", &tests),
        ("failures", &failures),
        ("errors", &errors),
        ("skipped", &skipped),
        ("time", "0"),
    ];
    xml.create_element("testsuites").write_inner_content(|xml| {
        xml.create_element("testsuite").with_attributes(suite).write_inner_content(|xml| {
            xml.create_element("properties").write_inner_content(|xml| {
                properties.iter().try_for_each(|(name, value)| {
                    let pair = [("name", *name), ("value", value)];
                    xml.create_element("property").with_attributes(pair).write_empty().map(drop)
                })
            })?;
            cases.iter().try_for_each(|case| case.write(xml))?;
            xml.create_element("system-out").write_text_content(BytesText::new(notices))?;
            xml.create_element("system-err").write_empty().map(drop)
        })?;
        Ok(())
    })?;
    let mut out = xml.into_inner();
    out.write_all(b"\n")?;
    out.flush()
}

impl Case {
    fn write<W: Write>(&self, xml: &mut Writer<W>) -> io::Result<()> {
        let attributes = [("classname", &*self.class), ("name", &*self.name), ("time", "0")];
        let case = xml.create_element("testcase").with_attributes(attributes);
        match &self.outcome {
            Outcome::Passed => case.write_empty().map(drop),
            Outcome::Skipped(reason) => case
                .write_inner_content(|xml| {
                    let reason = ("message", reason.as_str());
                    xml.create_element("skipped").with_attribute(reason).write_empty().map(drop)
                })
                .map(drop),
            Outcome::Failed(words) => {
                case.write_inner_content(|xml| words.write("failure", xml)).map(drop)
            }
            Outcome::Broken(words) => {
                case.write_inner_content(|xml| words.write("error", xml)).map(drop)
            }
        }
    }
}

impl Words {
    fn write<W: Write>(&self, element: &str, xml: &mut Writer<W>) -> io::Result<()> {
        xml.create_element(element)
            .with_attributes([("type", &*self.kind), ("message", &*self.message)])
            .write_text_content(BytesText::new(&self.text))
            .map(drop)
    }
}
