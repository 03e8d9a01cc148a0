//! Finds the project file and says what it settles. Flags and their variables win over it.

use std::path::{Path, PathBuf};

use crate::input::{self, PROJECT_FILE};
use crate::output::Format;
use crate::policy::{self, Project, Said};
use crate::text::{Place, Problem};
use crate::triage::FailOn;

use super::show;

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
}

/// A project file as a run sees it: its paths lead from the working directory.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) project: Project,
    pub(super) fail_on: Option<FailOn>,
    pub(super) output: Vec<(Format, PathBuf)>,
    folder: PathBuf,
}

impl Settings {
    /// Reads the file that `--config` names, else the nearest one from the working directory upward.
    pub(super) fn find(named: Option<&Path>) -> Result<Self, Vec<Problem>> {
        let Some(path) = named.map(Path::to_owned).or_else(nearest) else {
            return Ok(Self::default());
        };
        let source = input::read_text(&path).map_err(|problem| vec![problem])?;
        let project = policy::project(&source)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut settings = Self { project, folder, ..Self::default() };
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
fn nearest() -> Option<PathBuf> {
    let depth = std::env::current_dir().ok()?.ancestors().count();
    let mut folder = PathBuf::new();
    for _ in 0..depth {
        let path = folder.join(PROJECT_FILE);
        if path.is_file() {
            return Some(path);
        }
        if folder.join(TOP).exists() {
            return None;
        }
        folder.push("..");
    }
    None
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
    Ok((format, folder.join(path)))
}

fn wrong(error: &Error, said: &Said) -> Vec<Problem> {
    vec![Problem::new(error, Place::Text(said.location.clone())).labelled("this")]
}
