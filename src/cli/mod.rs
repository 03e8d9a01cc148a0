//! Floor 8: the command line. A command is one file and one line; its exit code is the verdict's.

mod check;
mod completions;
mod explain;
mod judge;
mod lint;
mod list;
mod load;
mod man;
mod options;
mod schema;
mod show;
mod test;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::text::Problem;

use options::Look;
use show::Shown;

/// Nothing could be judged: bad usage, policies or input.
const COULD_NOT_JUDGE: u8 = 2;

/// Policy as code for what cloud APIs answer: exit 0 is a proof.
///
/// Exit codes: 0 clean, 1 violations, 2 could not judge, 3 insufficient evidence.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    look: Look,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Lint(lint::Lint),
    Test(test::Test),
    Explain(explain::Explain),
    List(list::List),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

/// How a command ends when it does not end in a verdict.
enum Stop {
    /// What could not be judged, and the format to say it in.
    Problems(Vec<Problem>, Shown),
    /// The reader of the output went away, or it cannot be written.
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Runs the command line of the process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match &cli.command {
        Command::Check(check) => check.run(&cli.look),
        Command::Lint(lint) => lint.run(&cli.look),
        Command::Test(test) => test.run(&cli.look),
        Command::Explain(explain) => explain.run(&cli.look),
        Command::List(list) => list.run(&cli.look),
        Command::Schema(schema) => schema.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    };
    ExitCode::from(match outcome {
        Ok(code) => code,
        Err(Stop::Problems(problems, shown)) => {
            // A reader that went away does not change what was found.
            let _ = shown.problems(&problems);
            COULD_NOT_JUDGE
        }
        Err(Stop::Output(error)) => {
            let _ = writeln!(io::stderr(), "error: cannot write the output: {error}");
            COULD_NOT_JUDGE
        }
    })
}
