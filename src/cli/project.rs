//! Finds the project file and says what it settles. Flags and their variables win over it.

use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};

use crate::input::{self, PROJECT_FILE, path_name};
use crate::output::Format;
use crate::policy::{self, Project, Said};
use crate::text::{Place, Problem};
use crate::triage::FailOn;

use super::{show, targets};

/// What a repository has at its top: no project reaches beyond it.
const TOP: &str = ".git";

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`{0}` is no effect that fails a run")]
    #[diagnostic(code("project/unknown-value"), help("one of `deny`, `alert`, `never`"))]
    FailOn(String),
    #[error("`{0}` is no output: {1}")]
    #[diagnostic(code("project/bad-output"), help("write `json=report.json`"))]
    Output(String, String),
    #[error("the output `{0}` leaves the folder of the project file")]
    #[diagnostic(
        code("project/output-outside"),
        help("name a file in that folder or below it, or write elsewhere with `--output`")
    )]
    OutputOutside(String),
    #[error("this project file is not used: {0}")]
    #[diagnostic(
        code("project/not-used"),
        severity(Advice),
        help("name it with `--config` if you trust it")
    )]
    NotUsed(&'static str),
}

/// A project file as a run sees it: its paths lead from the working directory.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) project: Project,
    pub(super) fail_on: Option<FailOn>,
    pub(super) output: Vec<(Format, PathBuf)>,
    /// A project file that was found and is not used.
    pub(super) notes: Vec<Problem>,
    folder: PathBuf,
}

impl Settings {
    /// Reads the file that `--config` names, else the nearest one from the working directory upward.
    pub(super) fn find(named: Option<&Path>) -> Result<Self, Vec<Problem>> {
        let (path, note) = match named {
            Some(path) => (Some(path.to_owned()), None),
            None => nearest(),
        };
        let notes = Vec::from_iter(note);
        let Some(path) = path else { return Ok(Self { notes, ..Self::default() }) };
        let source = input::read_text(&path).map_err(|problem| vec![problem])?;
        let project = policy::project(&source)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut settings = Self { project, folder, notes, ..Self::default() };
        settings.fail_on = settings.project.fail_on.as_ref().map(fail_on).transpose()?;
        let output = settings.project.output.iter().map(|said| output(said, &settings.folder));
        settings.output = output.collect::<Result<_, _>>()?;
        Ok(settings)
    }

    /// Paths of the file, from the working directory.
    pub(super) fn paths(&self, said: &[Said]) -> Vec<PathBuf> {
        said.iter().map(|said| self.folder.join(&said.text)).collect()
    }

    /// The baseline of the file.
    pub(super) fn baseline(&self) -> Option<PathBuf> {
        self.project.baseline.as_ref().map(|said| self.folder.join(&said.text))
    }
}

/// The nearest project file: of the working directory, else of a folder around it in the same repository.
///
/// The search ends at a folder that others could have put a file in: one that belongs neither to the owner
/// of the working directory nor to root, or that everyone can write to. A project file there is not used,
/// and the note names it.
fn nearest() -> (Option<PathBuf>, Option<Problem>) {
    let depth = std::env::current_dir().map_or(0, |folder| folder.ancestors().count());
    let Ok(working) = Path::new(".").metadata() else { return (None, None) };
    let mut folder = PathBuf::new();
    for _ in 0..depth {
        let path = folder.join(PROJECT_FILE);
        let is_there = path.symlink_metadata().is_ok();
        let not_used = |reason| {
            let place = Place::Whole(path_name(&path));
            (None, is_there.then(|| Problem::new(&Error::NotUsed(reason), place)))
        };
        match folder.join(".").metadata() {
            Ok(data) if belongs_to_others(&data, &working) => {
                return not_used("its folder belongs to another user");
            }
            Ok(data) if is_open_to_everyone(&data) => {
                return not_used("everyone can write to its folder");
            }
            Ok(_) if !is_there => {}
            Ok(_) => {
                return match path.metadata() {
                    Ok(data) if !data.is_file() => not_used("it is not a file"),
                    Ok(data) if belongs_to_others(&data, &working) => {
                        not_used("it belongs to another user")
                    }
                    Ok(data) if is_open_to_everyone(&data) => not_used("everyone can write to it"),
                    // A link that leads nowhere fails when it is read.
                    Ok(_) | Err(_) => (Some(path), None),
                };
            }
            Err(_) => return (None, None),
        }
        if folder.join(TOP).exists() {
            return (None, None);
        }
        folder.push("..");
    }
    (None, None)
}

/// Returns whether neither the owner of the working directory nor root owns something.
#[cfg(unix)]
fn belongs_to_others(data: &Metadata, working: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    data.uid() != 0 && data.uid() != working.uid()
}

#[cfg(unix)]
fn is_open_to_everyone(data: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    data.mode() & 0o002 != 0
}

#[cfg(not(unix))]
fn belongs_to_others(_: &Metadata, _: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn is_open_to_everyone(_: &Metadata) -> bool {
    false
}

fn fail_on(said: &Said) -> Result<FailOn, Vec<Problem>> {
    match said.text.as_str() {
        "deny" => Ok(FailOn::Deny),
        "alert" => Ok(FailOn::Alert),
        "never" => Ok(FailOn::Never),
        other => Err(wrong(&Error::FailOn(other.to_owned()), said)),
    }
}

fn output(said: &Said, folder: &Path) -> Result<(Format, PathBuf), Vec<Problem>> {
    let (format, path) = show::target(&said.text)
        .map_err(|error| wrong(&Error::Output(said.text.clone(), error), said))?;
    let outside = || wrong(&Error::OutputOutside(path_name(&path).to_string()), said);
    Ok((format, within(folder, &path).ok_or_else(outside)?))
}

/// The path in a folder; `None` if it leads out of it, by itself or through a link.
fn within(folder: &Path, path: &Path) -> Option<PathBuf> {
    let mut inner = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => inner.push(name),
            Component::CurDir => {}
            Component::ParentDir if inner.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    let target = folder.join(inner);
    let root = targets::place(&folder.join("."));
    targets::place(&target).starts_with(root).then_some(target)
}

fn wrong(error: &Error, said: &Said) -> Vec<Problem> {
    vec![Problem::new(error, Place::Text(said.location.clone())).labelled("this")]
}
