//! `portcullis man`: manual pages, from the same definitions as the flags.

use std::io::{self, Write};
use std::sync::Arc;

use clap::{Args, CommandFactory};

use crate::output::Format;
use crate::text::{Place, Problem, nearest};

use super::options::Look;
use super::show::{Shown, unless_closed};
use super::{Cli, Stop};

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("there is no command `{0}`")]
    #[diagnostic(code("cli/unknown-command"), help("{1}"))]
    Command(String, String),
}

/// Print the manual page of all, or of a command
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The command
    #[arg(value_name = "COMMAND")]
    name: Option<String>,
}

impl Man {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let mut all = Cli::command();
        all.build();
        let command = match &self.name {
            None => all,
            Some(name) => all.find_subcommand(name).cloned().ok_or_else(|| {
                Stop::Problems(unknown(name, &all), Shown::new(Format::Human, look))
            })?,
        };
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        unless_closed(io::stdout().lock().write_all(&page))?;
        Ok(0)
    }
}

fn unknown(name: &str, all: &clap::Command) -> Vec<Problem> {
    let names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", names.join(", ")),
    };
    let error = Error::Command(name.to_owned(), help);
    vec![Problem::new(&error, Place::Whole(Arc::from("COMMAND")))]
}
