//! Loads what a run needs before it reads evidence: the catalogue, the policies, the day.

use std::path::PathBuf;
use std::sync::Arc;

use crate::analysis;
use crate::input::{self, Input, Kind};
use crate::operation::{Catalogue, Operation};
use crate::policy::{self, PolicySet};
use crate::text::{Level, Place, Problem, Source, nearest};

use super::options::PolicyOptions;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`PORTCULLIS_NOW` is `{0}`, not a time")]
    #[diagnostic(code("cli/now"), help("write it as RFC 3339: `2026-11-24T00:00:00Z`"))]
    Now(String),
    #[error("there is no operation `{0}`")]
    #[diagnostic(code("cli/unknown-operation"), help("{1}"))]
    Operation(String, String),
    #[error("there is no policy file in `{0}`")]
    #[diagnostic(code("cli/no-policies"), help("policy files end in `.yaml` or `.yml`"))]
    NoPolicies(String),
    #[error("there is no waiver file in `{0}`")]
    #[diagnostic(code("cli/no-waivers"), help("waiver files end in `.yaml` or `.yml`"))]
    NoWaivers(String),
}

/// What is loaded before evidence is read.
pub(super) struct Loaded {
    pub(super) catalogue: Catalogue,
    pub(super) policies: PolicySet,
    pub(super) now: jiff::Timestamp,
}

impl Loaded {
    /// The day in UTC.
    pub(super) fn today(&self) -> jiff::civil::Date {
        jiff::tz::Offset::UTC.to_datetime(self.now).date()
    }
}

/// Loads and checks policies; what is only worth a change is left in the set's warnings.
pub(super) fn load(
    options: &PolicyOptions,
    depth: analysis::Depth,
) -> Result<Loaded, Vec<Problem>> {
    load_with_waivers(options, &[], depth)
}

/// The same, with the waivers of files and folders.
pub(super) fn load_with_waivers(
    options: &PolicyOptions,
    waivers: &[PathBuf],
    depth: analysis::Depth,
) -> Result<Loaded, Vec<Problem>> {
    let catalogue = Catalogue::built_in()?;
    let now = now()?;
    let Files { sources, mut names, mut problems } = policy_files(&options.policies);
    if sources.is_empty() {
        return Err(problems);
    }
    let (mut policies, told) = policy::collect(&sources, &catalogue, &options.param);
    problems.extend(told);
    problems.extend(analysis::problems(&policies, depth));
    let files = files(waivers, |folder| Error::NoWaivers(folder.to_owned()));
    problems.extend(files.problems);
    names.extend(files.names);
    let mut loaded = Loaded { catalogue, policies: PolicySet::default(), now };
    let today = loaded.today();
    let (waivers, told) = policy::waivers(&files.sources, &policies, &loaded.catalogue, today);
    policies.waivers = waivers;
    problems.extend(told);
    in_order(&mut problems, &names);
    if problems.iter().any(|problem| problem.level == Level::Error) {
        return Err(problems);
    }
    policies.warnings = problems;
    loaded.policies = policies;
    Ok(loaded)
}

/// Files that people wrote.
struct Files {
    /// Those that can be read.
    sources: Vec<Arc<Source>>,
    /// The names of all, in order.
    names: Vec<String>,
    problems: Vec<Problem>,
}

/// The policy files of paths; without any, the built-in packs.
fn policy_files(paths: &[PathBuf]) -> Files {
    if !paths.is_empty() {
        return files(paths, |folder| Error::NoPolicies(folder.to_owned()));
    }
    let sources = policy::built_in();
    let names = sources.iter().map(|source| source.name().to_owned()).collect();
    Files { sources, names, problems: Vec::new() }
}

/// The files of paths; `none` says that a folder has none.
fn files(paths: &[PathBuf], none: fn(&str) -> Error) -> Files {
    let found = input::discover(paths, Kind::Policies);
    let mut problems = found.problems;
    problems.extend(
        found
            .empty
            .iter()
            .map(|folder| Problem::new(&none(folder.as_ref()), Place::Whole(Arc::clone(folder)))),
    );
    let mut sources = Vec::with_capacity(found.files.len());
    for file in &found.files {
        match input::read_text(file) {
            Ok(source) => sources.push(source),
            Err(problem) => problems.push(problem),
        }
    }
    let names = found.files.iter().map(|file| Input::name(file).to_string()).collect();
    Files { sources, names, problems }
}

/// Sorts by file and place; what lies in no policy file comes first.
fn in_order(problems: &mut [Problem], names: &[String]) {
    problems.sort_by_cached_key(|problem| {
        let file = names.iter().position(|name| name == problem.place.source());
        (file, problem.place.bytes().map(|(offset, _)| offset))
    });
}

/// The operation of `--operation`.
pub(super) fn operation(
    name: Option<&String>,
    catalogue: &Catalogue,
) -> Result<Option<Arc<Operation>>, Vec<Problem>> {
    name.map(|name| find(name, "--operation", catalogue)).transpose()
}

/// The operation of a name that an argument gave.
pub(super) fn find(
    name: &str,
    argument: &str,
    catalogue: &Catalogue,
) -> Result<Arc<Operation>, Vec<Problem>> {
    if let Some(operation) = catalogue.find(name) {
        return Ok(Arc::clone(operation));
    }
    let help = match nearest(name, catalogue.names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", catalogue.names().collect::<Vec<_>>().join(", ")),
    };
    let place = Place::Whole(Arc::from(argument));
    Err(vec![Problem::new(&Error::Operation(name.to_owned(), help), place)])
}

/// The time; `PORTCULLIS_NOW` replaces the clock, so that reports can be reproduced.
pub(super) fn now() -> Result<jiff::Timestamp, Vec<Problem>> {
    match std::env::var("PORTCULLIS_NOW") {
        Ok(text) if !text.is_empty() => text.parse().map_err(|_| {
            vec![Problem::new(&Error::Now(text), Place::Whole(Arc::from("PORTCULLIS_NOW")))]
        }),
        _ => Ok(jiff::Timestamp::now()),
    }
}
