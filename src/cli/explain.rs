//! `portcullis explain`: a policy in prose, and why each record came out as it did.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::analysis::Depth;
use crate::engine::{Judge, Program, Run, Tracer, Truth};
use crate::input::{self, Input, Kind};
use crate::json::Record;
use crate::output::Format;
use crate::policy::{Policy, WhenUnknown, prose};
use crate::snapshot::{self, Hashes, Plan, RecordPlace, Snapshot, Visitor};
use crate::text::{Level, Place, Problem, nearest, printable};
use crate::triage::{self, FailOn, JudgedFile, Report, Terms};

use super::Stop;
use super::judge::Judgement;
use super::load::{Loaded, load, operation};
use super::options::{Look, PolicyOptions};
use super::show::{Shown, unless_closed};
use super::test::why;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("there is no policy `{0}`")]
    #[diagnostic(code("cli/unknown-policy"), help("{1}"))]
    Policy(String, String),
}

/// Say what a policy means, and why records come out as they do
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The policy's id
    #[arg(value_name = "POLICY")]
    id: String,
    /// Saved answers: files, folders, or `-` for standard input
    #[arg(value_name = "INPUT")]
    input: Vec<PathBuf>,
    #[command(flatten)]
    policies: PolicyOptions,
    /// The operation that the evidence is an answer of
    #[arg(long, value_name = "NAME", env = "PORTCULLIS_OPERATION", hide_env_values = true)]
    operation: Option<String>,
}

impl Explain {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(Format::Human, look);
        let stop = |problems| Stop::Problems(problems, shown.clone());
        let loaded = load(&self.policies, Depth::Each).map_err(stop)?;
        let policy = self.policy(&loaded).map_err(stop)?;
        let mut text = prose(policy, &loaded.policies.frameworks);
        if !self.input.is_empty() {
            text.push('\n');
            match policy.judges_whole() {
                true => self.snapshots(&loaded, policy, &mut text).map_err(stop)?,
                false => self.records(&loaded, policy, &mut text).map_err(stop)?,
            }
        }
        unless_closed(io::stdout().lock().write_all(text.as_bytes()))?;
        Ok(0)
    }

    fn policy<'a>(&self, loaded: &'a Loaded) -> Result<&'a Policy, Vec<Problem>> {
        let policies = &loaded.policies.policies;
        policies.iter().find(|policy| policy.id == self.id).ok_or_else(|| {
            let help = match nearest(&self.id, policies.iter().map(|policy| policy.id.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`portcullis list policies` names them all".to_owned(),
            };
            let place = Place::Whole(Arc::from("POLICY"));
            vec![Problem::new(&Error::Policy(self.id.clone(), help), place)]
        })
    }

    /// A line a snapshot.
    fn snapshots(
        &self,
        loaded: &Loaded,
        policy: &Policy,
        text: &mut String,
    ) -> Result<(), Vec<Problem>> {
        let judgement = Judgement {
            loaded,
            when_unknown: WhenUnknown::Fail,
            hashes: Hashes::Left,
            named: operation(self.operation.as_ref(), &loaded.catalogue)?,
            compares: false,
        };
        let judged = judgement.run(&self.input)?;
        let report = finished(loaded, judged.files, &judged.lacking);
        for (source, truth, why) in report.wholes(index(loaded, policy)) {
            let _ = writeln!(text, "{}: {}: {}", printable(source), verb(truth), printable(why));
        }
        flaws(&report.evidence, text);
        Ok(())
    }

    /// A line a record; after them, a line a snapshot where the policy tolerates some.
    fn records(
        &self,
        loaded: &Loaded,
        policy: &Policy,
        text: &mut String,
    ) -> Result<(), Vec<Problem>> {
        let one = |problem| vec![problem];
        operation(self.operation.as_ref(), &loaded.catalogue)?;
        let run = Run { today: loaded.today(), when_unknown: WhenUnknown::Fail };
        let program = Program::new(&loaded.policies, &policy.operation, run).map_err(one)?;
        let found = input::discover(&self.input, Kind::Evidence);
        if found.problems.iter().any(|problem| problem.level == Level::Error) {
            return Err(found.problems);
        }
        let plan = Plan {
            operation: Arc::clone(&policy.operation),
            slots: program.slots().to_vec(),
            hashes: Hashes::Left,
        };
        let lacking = found.lacking();
        flaws(&lacking, text);
        let mut judged = Vec::new();
        for path in &found.files {
            let name = Input::name(path);
            let mut visitor = Explainer {
                tracer: Tracer::new(&program),
                judge: Judge::new(&program, &name),
                policy,
                last: String::new(),
                text,
                source: Arc::clone(&name),
            };
            let input = Input::open(path, Hashes::Left).map_err(one)?;
            let opened = snapshot::open(input, &name, &loaded.catalogue).map_err(one)?;
            let operation = opened.operation(&name, Some(&policy.operation), &loaded.catalogue);
            operation.map_err(|why| one(why.problem()))?;
            let mut file = opened.read(&name, &plan, &mut visitor).map_err(one)?;
            let (found, _) = visitor.judge.finish();
            for flaw in &file.flaws {
                let _ =
                    writeln!(text, "{}: {}", printable(&name), printable(&flaw.problem.message));
            }
            file.folder = Input::folder(path);
            judged.push(JudgedFile { file, found });
        }
        if policy.at_most.is_some() {
            tolerances(&finished(loaded, judged, &lacking), index(loaded, policy), text);
        }
        Ok(())
    }
}

/// A line for each flaw of evidence.
fn flaws(evidence: &[Snapshot], text: &mut String) {
    for snapshot in evidence {
        for flaw in &snapshot.flaws {
            let (source, message) = (&snapshot.source, &flaw.problem.message);
            let _ = writeln!(text, "{}: {}", printable(source), printable(message));
        }
    }
}

/// The report of what was judged, nothing being accepted.
fn finished(loaded: &Loaded, files: Vec<JudgedFile>, lacking: &[Snapshot]) -> Report {
    let terms = Terms {
        time: loaded.now,
        fail_on: FailOn::Alert,
        when_unknown: WhenUnknown::Fail,
        assume_complete: false,
        allow_partial: false,
        max_age: None,
    };
    triage::finish(loaded.policies.clone(), files, lacking, terms)
}

fn index(loaded: &Loaded, policy: &Policy) -> usize {
    let index = loaded.policies.policies.iter().position(|other| other.id == policy.id);
    index.unwrap_or_default()
}

/// Of each snapshot, whether no more records violate a policy than it tolerates.
fn tolerances(report: &Report, policy: usize, text: &mut String) {
    for tolerance in report.tolerances.iter().filter(|one| one.policy == policy) {
        let Some(snapshot) = report.evidence.get(tolerance.capture) else { continue };
        let verb = match tolerance.is_within() {
            Some(true) => "tolerated",
            Some(false) => "exceeded",
            None => "undecided",
        };
        let source = printable(&snapshot.source);
        let _ = writeln!(text, "{source}: {verb}: {}", tolerance.words());
    }
}

/// Writes what each record came to.
struct Explainer<'a> {
    tracer: Tracer<'a>,
    judge: Judge<'a>,
    policy: &'a Policy,
    last: String,
    text: &'a mut String,
    /// What places are counted in.
    source: Arc<str>,
}

impl Visitor for Explainer<'_> {
    fn enter(&mut self, page: &Arc<str>) {
        self.source = Arc::clone(page);
        self.judge.enter(page);
    }

    fn visit(&mut self, record: &Record<'_>) -> bool {
        self.judge.visit(record);
        let trace = self.tracer.trace(self.policy, record);
        self.last = format!("{}: {}", verb(trace.truth), why(&trace));
        true
    }

    fn keep(&mut self, record: &Record<'_>, place: RecordPlace) {
        let (source, at) = (printable(&self.source), place.position);
        let _ =
            writeln!(self.text, "{source}:{}:{}: {}", at.line, at.column, printable(&self.last));
        self.judge.keep(record, place);
    }
}

fn verb(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "fails",
        Truth::Unknown => "inconclusive",
        Truth::False => "passes",
    }
}
