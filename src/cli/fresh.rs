//! Evidence that is fetched to be judged at once, and kept where that is asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::BoolishValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches};

use crate::input::STDIN;
use crate::operation::Operation;
use crate::text::{Place, Problem};

use super::live::{Fetched, LiveOptions, together};
use super::save;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("evidence is saved or live, not both")]
    #[diagnostic(code("cli/live-and-input"), help("leave out `--live`, or the input"))]
    Both,
    #[error("standard output carries the report")]
    #[diagnostic(code("cli/save-to-output"), help("name a file or a folder"))]
    Output,
}

/// The flags of evidence that is fetched; without `--live` none of them is given by hand.
#[derive(Debug)]
pub(super) struct FreshEvidence {
    live: Live,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Live options")]
struct Live {
    /// Ask the API itself, in place of INPUT
    #[arg(id = LIVE, long, env = "PORTCULLIS_LIVE", hide_env_values = true, value_parser = BoolishValueParser::new())]
    is_on: bool,
    /// Keep what came: a file, or a folder for one of each region and profile
    #[arg(long, value_name = "PATH", env = "PORTCULLIS_SAVE", hide_env_values = true)]
    save: Option<PathBuf>,
    #[command(flatten)]
    options: LiveOptions,
}

/// The flag without which the others mean nothing.
const LIVE: &str = "live";

impl Args for FreshEvidence {
    fn augment_args(command: Command) -> Command {
        Live::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Live::augment_args_for_update(command)
    }
}

impl FromArgMatches for FreshEvidence {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let live = Live::from_arg_matches(matches)?;
        // A variable may be there for another command of the same pipeline; a flag is meant.
        let by_hand = |arg: &&clap::Arg| {
            matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
        };
        let flags = Live::augment_args(Command::new(LIVE));
        match flags.get_arguments().filter(|arg| arg.get_id() != LIVE).find(by_hand) {
            Some(flag) if !live.is_on => {
                let flag = flag.get_long().unwrap_or_default();
                let message = format!("--{flag} asks an API: add --live, or leave it out\n");
                Err(clap::Error::raw(ErrorKind::MissingRequiredArgument, message))
            }
            _ => Ok(Self { live }),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl FreshEvidence {
    /// What is to be fetched, unless evidence is saved; `input` is what was named of the latter.
    pub(super) fn asked(&self, input: &[PathBuf]) -> Result<Option<Fresh<'_>>, Vec<Problem>> {
        let live = &self.live;
        if !live.is_on {
            return Ok(None);
        }
        let problem = |error: &Error, flag: &str| Problem::new(error, Place::Whole(flag.into()));
        if !input.is_empty() {
            return Err(vec![problem(&Error::Both, "--live")]);
        }
        let save = live.save.as_deref();
        if save == Some(Path::new(STDIN)) {
            return Err(vec![problem(&Error::Output, "--save")]);
        }
        Ok(Some(Fresh { options: &live.options, save }))
    }
}

/// What is to be fetched, and where it is to be kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fresh<'a> {
    options: &'a LiveOptions,
    save: Option<&'a Path>,
}

impl Fresh<'_> {
    /// Fetches an operation.
    pub(super) fn fetch(
        &self,
        operation: &Arc<Operation>,
        now: jiff::Timestamp,
    ) -> Result<Catch, Vec<Problem>> {
        let requests = self.options.requests(operation, now)?;
        let files = self.save.map(|path| save::files(path, &requests)).transpose()?;
        Ok(Catch { fetched: self.options.fetch(&requests)?, files })
    }
}

/// What was fetched, and the files to keep it in.
pub(super) struct Catch {
    pub(super) fetched: Vec<Fetched>,
    files: Option<Vec<PathBuf>>,
}

impl Catch {
    /// Keeps it, where that was asked for.
    pub(super) fn keep(&self) -> Result<(), Vec<Problem>> {
        match &self.files {
            Some(files) => save::write(files, &self.fetched, &together(&self.fetched)?),
            None => Ok(()),
        }
    }
}
