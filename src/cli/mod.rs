//! Floor 8: the command line. A command is one file and one line; its exit code is the verdict's.

mod baseline;
mod check;
mod completions;
mod diff;
mod explain;
mod fetch;
mod fresh;
mod init;
mod judge;
mod lint;
mod list;
mod live;
mod load;
mod man;
mod merge;
mod mutate;
mod options;
mod project;
mod rendering;
mod report;
mod save;
mod schema;
mod show;
mod side;
mod step_summary;
mod targets;
mod terms;
mod test;
mod usage;
mod waivers;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::text::Problem;

use options::Look;
use show::{Shown, told};

const ENVIRONMENT: &str = "\
Environment:
  PORTCULLIS_…    Every flag has a twin: --fail-on is PORTCULLIS_FAIL_ON
  PORTCULLIS_NOW  Replaces the clock by which approvals expire
  NO_COLOR        No colour, unless --color says otherwise
  CLICOLOR_FORCE  Colour even where the output is no terminal";

/// Nothing could be judged: bad usage, policies or input.
const COULD_NOT_JUDGE: u8 = 2;

/// Policy as code for what cloud APIs answer: exit 0 is a proof.
///
/// Judges saved answers of cloud APIs by policies that read like sentences, points at the exact
/// place in both, and ends in an exit code that a pipeline can trust.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, max_term_width = 100, after_long_help = ENVIRONMENT)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    look: Look,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Report(report::Report),
    Fetch(fetch::Fetch),
    Merge(merge::Merge),
    Diff(diff::Diff),
    Lint(lint::Lint),
    Test(test::Test),
    Explain(explain::Explain),
    #[command(name = "baseline")]
    Record(baseline::Record),
    Waivers(waivers::Waivers),
    Init(init::Init),
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
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let parsed = without_blank_twins(Cli::command()).try_get_matches_from(&arguments);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(usage::tell(&error, &arguments)),
    };
    let outcome = match &cli.command {
        Command::Check(check) => check.run(&cli.look),
        Command::Report(report) => report.run(&cli.look),
        Command::Fetch(fetch) => fetch.run(&cli.look),
        Command::Merge(merge) => merge.run(&cli.look),
        Command::Diff(diff) => diff.run(&cli.look),
        Command::Lint(lint) => lint.run(&cli.look),
        Command::Test(test) => test.run(&cli.look),
        Command::Explain(explain) => explain.run(&cli.look),
        Command::Record(record) => record.run(&cli.look),
        Command::Waivers(waivers) => waivers.run(&cli.look),
        Command::Init(init) => init.run(&cli.look),
        Command::List(list) => list.run(&cli.look),
        Command::Schema(schema) => schema.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(&cli.look),
    };
    ExitCode::from(match outcome {
        Ok(code) => code,
        Err(Stop::Problems(problems, shown)) => {
            // A reader that went away does not change what was found.
            let told = told(&problems, COULD_NOT_JUDGE);
            let _ = shown.problems(&told);
            COULD_NOT_JUDGE
        }
        Err(Stop::Output(error)) => {
            let _ = writeln!(io::stderr(), "error: cannot write the output: {}", error.kind());
            COULD_NOT_JUDGE
        }
    })
}

/// A variable that is set to nothing is one that is not set, as pipelines leave them.
fn without_blank_twins(command: clap::Command) -> clap::Command {
    let is_blank = |arg: &clap::Arg| {
        arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty())
    };
    command
        .mut_args(|arg| if is_blank(&arg) { arg.env(None::<&'static str>) } else { arg })
        .mut_subcommands(without_blank_twins)
}
