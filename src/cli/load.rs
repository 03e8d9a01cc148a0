//! Loads what a run needs before it reads evidence: the catalogue, the policies, the day.

use std::path::PathBuf;
use std::sync::Arc;

use crate::analysis;
use crate::input::{self, Input, Kind};
use crate::operation::{Catalogue, Operation};
use crate::policy::{self, Framework, PolicySet, Project, Wishes};
use crate::text::{Level, Place, Problem, Source, nearest};
use crate::triage;

use super::options::{PolicyOptions, WaiverOptions};
use super::project::Settings;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`PORTCULLIS_NOW` is `{0}`, not a time")]
    #[diagnostic(code("cli/now"), help("write it as RFC 3339: `2026-11-24T00:00:00Z`"))]
    Now(String),
    #[error("there is no operation `{0}`")]
    #[diagnostic(code("cli/unknown-operation"), help("{1}"))]
    Operation(String, String),
    #[error("there is no framework `{0}`")]
    #[diagnostic(code("cli/unknown-framework"), help("{1}"))]
    Framework(String, String),
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
    /// Without policies, where everything was judged before.
    pub(super) fn without_policies() -> Result<Self, Vec<Problem>> {
        let (catalogue, now) = (Catalogue::built_in()?, now()?);
        Ok(Self { catalogue, policies: PolicySet::default(), now })
    }

    /// The day in UTC.
    pub(super) fn today(&self) -> jiff::civil::Date {
        triage::day(self.now)
    }
}

/// Loads and checks policies; what is only worth a change is left in the set's warnings.
pub(super) fn load(
    options: &PolicyOptions,
    depth: analysis::Depth,
) -> Result<Loaded, Vec<Problem>> {
    let settings = Settings::find(options.config.as_deref())?;
    load_for(&settings, options, None, depth)
}

/// The same of a project, with its waivers or those of the command line.
pub(super) fn load_for(
    settings: &Settings,
    options: &PolicyOptions,
    waivers: Option<&WaiverOptions>,
    depth: analysis::Depth,
) -> Result<Loaded, Vec<Problem>> {
    let catalogue = Catalogue::built_in()?;
    let now = now()?;
    let Files { sources, mut names, mut problems } = policy_files(settings, options);
    if sources.is_empty() && !problems.is_empty() {
        return Err(problems);
    }
    // Approvals of the command line stand in for those of the project.
    let mut project = settings.project.clone();
    if !options.approvals.is_empty() {
        project.approvals.clear();
    }
    let is_all = options.policies.is_empty();
    let wishes = Wishes { params: &options.param, project: Some(&project), is_all };
    let (mut policies, told) = policy::collect_for(&sources, &catalogue, &wishes);
    problems.extend(told);
    problems.extend(analysis::problems(&policies, depth));
    let mut loaded = Loaded { catalogue, policies: PolicySet::default(), now };
    if let Some(waivers) = waivers {
        let files = waiver_files(settings, waivers, &mut project);
        problems.extend(files.problems);
        names.extend(files.names);
        let judged = (&policies, &loaded.catalogue);
        let (read, told) = policy::waivers_for(&project, &files.sources, judged, loaded.today());
        policies.waivers = read;
        problems.extend(told);
    }
    problems.extend(settings.notes.iter().cloned());
    in_order(&mut problems, &names);
    if problems.iter().any(|problem| problem.level == Level::Error) {
        return Err(problems);
    }
    policies.warnings = problems;
    loaded.policies = policies;
    Ok(loaded)
}

/// The waiver files of the command line, else those of the project; its own waivers go with the latter.
fn waiver_files(settings: &Settings, waivers: &WaiverOptions, project: &mut Project) -> Files {
    let none = |folder: &str| Error::NoWaivers(folder.to_owned());
    if waivers.waivers.is_empty() {
        return files(&settings.paths(&project.waiver_files), none);
    }
    project.drop_waivers();
    files(&waivers.waivers, none)
}

/// Files that people wrote.
struct Files {
    /// Those that can be read.
    sources: Vec<Arc<Source>>,
    /// The names of all, in order.
    names: Vec<String>,
    problems: Vec<Problem>,
}

/// The files of policies and approvals: of the command line, else of the project, else the built-in
/// packs. A pack judges beside the project's own policies where it is switched on.
fn policy_files(settings: &Settings, options: &PolicyOptions) -> Files {
    let project = &settings.project;
    let none = |folder: &str| Error::NoPolicies(folder.to_owned());
    let named = settings.paths(project.policies.as_deref().unwrap_or_default());
    let mut paths = if options.policies.is_empty() { named } else { options.policies.clone() };
    match options.approvals.is_empty() {
        true => paths.extend(settings.paths(&project.approval_files)),
        false => paths.extend(options.approvals.iter().cloned()),
    }
    let mut files = files(&paths, none);
    if options.policies.is_empty() {
        let packs = policy::packs(&project.packs, project.policies.is_none());
        files.names.extend(packs.iter().map(|source| source.name().to_owned()));
        files.sources.extend(packs);
    }
    files
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

/// The flag that names a framework.
pub(super) const FRAMEWORK: &str = "--framework";

/// The framework of a name that an argument gave.
pub(super) fn find_framework<'a>(
    name: &str,
    argument: &str,
    policies: &'a PolicySet,
) -> Result<&'a Arc<Framework>, Vec<Problem>> {
    if let Some(framework) = policy::find_framework(&policies.frameworks, name) {
        return Ok(framework);
    }
    let ids = || policies.frameworks.iter().map(|framework| framework.id.as_str());
    let aliases = policies.frameworks.iter().flat_map(|framework| &framework.aliases);
    let all: Vec<&str> = ids().chain(aliases.map(String::as_str)).collect();
    let help = match nearest(name, all.iter().copied()) {
        Some(near) => {
            format!("did you mean `{near}`? there are: {}", ids().collect::<Vec<_>>().join(", "))
        }
        None => format!("there are: {}", ids().collect::<Vec<_>>().join(", ")),
    };
    let place = Place::Whole(Arc::from(argument));
    Err(vec![Problem::new(&Error::Framework(name.to_owned(), help), place)])
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
