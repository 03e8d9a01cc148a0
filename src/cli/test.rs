//! `portcullis test`: the cases that policies bring with them.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use crate::analysis::Depth;
use crate::engine::{Program, Run, Trace, TracePart, Tracer, Truth};
use crate::json;
use crate::output::Format;
use crate::policy::{Case, Expectation, Policy, WhenUnknown};
use crate::text::{Place, Problem};

use super::Stop;
use super::load::{Loaded, load};
use super::mutate::Mutation;
use super::options::{Look, PolicyOptions};
use super::show::{self, Shown, count, told, unless_closed};

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`{policy}` should {expected} here, but it {came}")]
    #[diagnostic(code("case/unexpected"), help("{why}"))]
    Unexpected { policy: String, expected: &'static str, came: &'static str, why: String },
}

/// Run the cases of policies
#[derive(Debug, Args)]
pub(super) struct Test {
    /// Policy files or folders. Without any, the built-in packs
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    policies: PolicyOptions,
    /// Format of the failures
    #[arg(short, long, value_parser = show::formats(), default_value = "human", env = "PORTCULLIS_FORMAT", hide_env_values = true)]
    format: Format,
    /// Change each part of each rule in turn, too, and end in 1 where no case notices
    #[arg(long, env = "PORTCULLIS_MUTATE", hide_env_values = true, value_parser = clap::builder::BoolishValueParser::new())]
    mutate: bool,
}

/// What running cases brought.
#[derive(Default)]
struct Tally {
    cases: usize,
    failures: Vec<Problem>,
    /// Policies of which no case fires, and no case passes.
    never_fired: Vec<String>,
    never_passed: Vec<String>,
    /// Where rules were changed.
    mutation: Option<Mutation>,
}

impl Test {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(self.format, look);
        let stop = |problems| Stop::Problems(problems, shown.clone());
        let policies = self.policies.and(&self.paths);
        let loaded = load(&policies, Depth::Each).map_err(stop)?;
        let mutation = self.mutate.then(Mutation::default);
        let mut tally = Tally { mutation, ..Tally::default() };
        tally.all(&loaded).map_err(|problem| stop(vec![problem]))?;
        let problems = tally.problems();
        let exit_code = u8::from(!problems.is_empty());
        if exit_code != 0 || self.format.is_for_machines() {
            unless_closed(shown.report(&told(&problems, exit_code)))?;
        }
        if self.format == Format::Human {
            let text = tally.summary(loaded.policies.policies.len());
            unless_closed(io::stdout().lock().write_all(text.as_bytes()))?;
        }
        Ok(exit_code)
    }
}

impl Tally {
    fn all(&mut self, loaded: &Loaded) -> Result<(), Problem> {
        let run = Run { today: loaded.today(), when_unknown: WhenUnknown::Fail };
        for operation in &loaded.catalogue.operations {
            let program = Program::new(&loaded.policies, operation, run)?;
            let mut tracer = Tracer::new(&program);
            let mine = loaded.policies.policies.iter();
            for policy in mine.filter(|policy| policy.operation.name == operation.name) {
                let is_sound = self.policy(policy, &mut tracer);
                if let Some(mutation) = self.mutation.as_mut().filter(|_| is_sound) {
                    mutation.of(policy, &loaded.policies, run)?;
                }
            }
        }
        Ok(())
    }

    /// Runs the cases of a policy; whether all came out as they say.
    fn policy(&mut self, policy: &Policy, tracer: &mut Tracer<'_>) -> bool {
        let failed = self.failures.len();
        let (mut fired, mut passed) = (false, false);
        for case in &policy.cases {
            self.cases += 1;
            match Came::of(policy, case, tracer) {
                Ok(came) => {
                    fired |= came.truth == Truth::True;
                    passed |= came.truth == Truth::False;
                    self.failures.extend(failure(policy, case, &came));
                }
                Err(error) => {
                    let place = Place::Text(case.location.clone());
                    self.failures.push(Problem::new(&error.kind, place));
                }
            }
        }
        if !fired {
            self.never_fired.push(policy.id.clone());
        }
        if !passed {
            self.never_passed.push(policy.id.clone());
        }
        self.failures.len() == failed
    }

    /// Cases that came out otherwise, and changes that none noticed.
    fn problems(&self) -> Vec<Problem> {
        let unnoticed = self.mutation.iter().flat_map(|mutation| &mutation.unnoticed);
        self.failures.iter().chain(unnoticed).cloned().collect()
    }

    fn summary(&self, policies: usize) -> String {
        let mut text = format!(
            "{} of {}: {} passed, {} failed\n",
            count(self.cases, "case", "cases"),
            count(policies, "policy", "policies"),
            self.cases - self.failures.len(),
            self.failures.len()
        );
        for (words, ids) in [("fires", &self.never_fired), ("passes", &self.never_passed)] {
            if !ids.is_empty() {
                let _ = writeln!(text, "no case {words}: {}", ids.join(", "));
            }
        }
        if let Some(Mutation { mutants, unnoticed }) = &self.mutation {
            let noticed = mutants - unnoticed.len();
            let changes = count(*mutants, "changed rule", "changed rules");
            let _ = writeln!(text, "{changes}: {noticed} noticed, {} not", unnoticed.len());
        }
        text
    }
}

/// What came out of a case, and why.
struct Came {
    truth: Truth,
    why: String,
}

impl Came {
    fn of(policy: &Policy, case: &Case, tracer: &mut Tracer<'_>) -> Result<Self, json::Error> {
        if policy.judges_whole() {
            let whole = tracer.judge_texts(policy, &case.records)?;
            return Ok(Self { truth: whole.truth, why: whole.words });
        }
        let record = case.records.first().map_or("", String::as_str);
        let trace = tracer.trace_text(policy, record)?;
        Ok(Self { truth: trace.truth, why: why(&trace) })
    }
}

fn failure(policy: &Policy, case: &Case, came: &Came) -> Option<Problem> {
    let expected = match case.expect {
        Expectation::Fails(_) => Truth::True,
        Expectation::Pass => Truth::False,
        Expectation::Inconclusive => Truth::Unknown,
    };
    if came.truth == expected {
        return None;
    }
    let error = Error::Unexpected {
        policy: policy.id.clone(),
        expected: verb(expected),
        came: past(came.truth),
        why: came.why.clone(),
    };
    let problem = Problem::new(&error, Place::Text(case.location.clone())).labelled("this case");
    Some(problem.related("the rule", policy.rule.clone()))
}

fn verb(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "fire",
        Truth::Unknown => "be inconclusive",
        Truth::False => "pass",
    }
}

fn past(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "fired",
        Truth::Unknown => "was inconclusive",
        Truth::False => "passed",
    }
}

/// The predicates that decided, in words.
pub(super) fn why(trace: &Trace) -> String {
    let mut parts = Vec::new();
    trace.deciding(&mut |truth, part| {
        if let TracePart::Test(words, asked) = part {
            let truth = match truth {
                Truth::True => "true",
                Truth::Unknown => "unknown",
                Truth::False => "false",
            };
            let value = |(name, value): &(String, Option<String>)| {
                format!("`{name}` is {}", value.as_deref().map_or("absent".into(), one_line))
            };
            let values: Vec<String> = asked.iter().map(value).collect();
            let given =
                if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
            parts.push(format!("`{words}` is {truth}{given}"));
        }
    });
    parts.join("; ")
}

/// A JSON value without the line breaks and indents between its parts; inside a text there are none.
fn one_line(value: &str) -> String {
    let lines: Vec<&str> = value.lines().map(str::trim).collect();
    lines.concat()
}
