//! `portcullis init`: a project file that runs, a policy file, and pipelines that call them.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use crate::output::Format;
use crate::text::{Place, Problem};

use super::Stop;
use super::options::Look;
use super::show::{self, Shown, unless_closed};

/// What is written, by its path.
const FILES: &[(&str, &str)] = &[
    ("portcullis.yaml", include_str!("init/portcullis.yaml")),
    ("policies/estate.yaml", include_str!("init/policies.yaml")),
    (".github/workflows/portcullis.yml", include_str!("init/github.yml")),
    (".gitlab/portcullis.yml", include_str!("init/gitlab.yml")),
];

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`{0}` is there already")]
    #[diagnostic(
        code("cli/exists"),
        help("nothing was written: move it away, or begin in another folder")
    )]
    Exists(String),
}

/// Write a project file, a policy file and pipelines to begin with
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder to begin in, else the working directory
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl Init {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(Format::Human, look);
        let folder = self.folder.clone().unwrap_or_default();
        let files: Vec<(PathBuf, &str)> =
            FILES.iter().map(|(path, text)| (folder.join(path), *text)).collect();
        let there = files.iter().filter(|(path, _)| path.symlink_metadata().is_ok());
        let problems: Vec<Problem> = there
            .map(|(path, _)| {
                let name = path.to_string_lossy();
                Problem::new(&Error::Exists(name.to_string()), Place::Whole(name.into()))
            })
            .collect();
        if !problems.is_empty() {
            return Err(Stop::Problems(problems, shown));
        }
        for (path, text) in &files {
            show::write_file(path, &mut |out| out.write_all(text.as_bytes()))
                .map_err(|problem| Stop::Problems(vec![problem], shown.clone()))?;
            unless_closed(writeln!(io::stdout(), "wrote {}", path.display()))?;
        }
        Ok(0)
    }
}
