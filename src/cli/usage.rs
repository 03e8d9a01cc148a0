//! A command line that cannot be understood is told in the format that it asks for, so that whoever
//! reads reports by machine reads this too.

use std::ffi::OsString;
use std::sync::Arc;

use crate::output::Format;
use crate::text::{Level, Place, Problem};

use super::COULD_NOT_JUDGE;
use super::options::Look;
use super::show::{self, Shown, told};

/// Tells what clap has to say, help and version as well; the exit code.
pub(super) fn tell(error: &clap::Error, arguments: &[OsString]) -> u8 {
    if !error.use_stderr() {
        // A reader that went away does not matter.
        let _ = error.print();
        return 0;
    }
    match asked(arguments).filter(|format| format.is_for_machines()) {
        Some(format) => {
            let problems = [problem(&error.render().to_string())];
            let told = told(&problems, COULD_NOT_JUDGE);
            let _ = Shown::new(format, &Look::PLAIN).problems(&told);
        }
        None => {
            let _ = error.print();
        }
    }
    COULD_NOT_JUDGE
}

/// The format that a command line asks for, or else the environment.
fn asked(arguments: &[OsString]) -> Option<Format> {
    let mut words = arguments.iter().map(|word| word.to_string_lossy()).peekable();
    let mut name = std::env::var("PORTCULLIS_FORMAT").ok();
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        if word == "-f" || word == "--format" {
            name = words.peek().map(ToString::to_string);
        } else if let Some(value) =
            word.strip_prefix("--format=").or_else(|| word.strip_prefix("-f"))
        {
            name = Some(value.trim_start_matches('=').to_owned());
        }
    }
    show::format(&name?).ok()
}

/// What clap says as a problem: its first paragraph, and its tips.
fn problem(text: &str) -> Problem {
    let paragraphs = || text.split("\n\n").map(str::trim);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let message = paragraphs().next().unwrap_or_default();
    let tips: Vec<String> =
        paragraphs().filter_map(|text| text.strip_prefix("tip: ")).map(words).collect();
    let help = if tips.is_empty() { "see `--help`".to_owned() } else { tips.join("; ") };
    Problem {
        level: Level::Error,
        code: "cli/usage".to_owned(),
        message: words(message.strip_prefix("error: ").unwrap_or(message)),
        label: "here".to_owned(),
        help: Some(help),
        place: Place::Whole(Arc::from("<command line>")),
        related: Vec::new(),
    }
}
