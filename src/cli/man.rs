//! `portcullis man`: the manual page, from the same definitions as the flags.

use std::io::{self, Write};

use clap::{Args, CommandFactory};

use super::show::unless_closed;
use super::{Cli, Stop};

/// Print the manual page
#[derive(Debug, Args)]
pub(super) struct Man {}

impl Man {
    pub(super) fn run(&self) -> Result<u8, Stop> {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        unless_closed(io::stdout().lock().write_all(&page))?;
        Ok(0)
    }
}
