//! `portcullis lint`: what can be said of policies without evidence.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use crate::analysis::Depth;
use crate::output::Format;
use crate::text::Level;

use super::Stop;
use super::load::load;
use super::options::{Look, PolicyOptions};
use super::show::{self, Shown, count, unless_closed};

/// Check policies: types, policies that never or always fire, policies that others cover
#[derive(Debug, Args)]
pub(super) struct Lint {
    /// Policy files or folders. Without any, the built-in packs
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    policies: PolicyOptions,
    /// Format of the problems
    #[arg(short, long, value_parser = show::formats(), default_value = "human", env = "PORTCULLIS_FORMAT", hide_env_values = true)]
    format: Format,
    /// End in 1 where there is a warning
    #[arg(long, env = "PORTCULLIS_STRICT", hide_env_values = true, value_parser = clap::builder::BoolishValueParser::new())]
    strict: bool,
}

impl Lint {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(self.format, look);
        let policies = self.policies.and(&self.paths);
        let loaded = load(&policies, Depth::Everything)
            .map_err(|problems| Stop::Problems(problems, shown.clone()))?;
        let warnings = &loaded.policies.warnings;
        let has_warning = warnings.iter().any(|problem| problem.level == Level::Warning);
        if !warnings.is_empty() || self.format.is_for_machines() {
            unless_closed(shown.problems(warnings))?;
        }
        if self.format == Format::Human {
            let policies = count(loaded.policies.policies.len(), "policy", "policies");
            let of = |level| warnings.iter().filter(|problem| problem.level == level).count();
            let found = match (of(Level::Warning), of(Level::Note)) {
                (0, 0) => "nothing to complain about".to_owned(),
                (warnings, 0) => count(warnings, "warning", "warnings"),
                (0, notes) => count(notes, "note", "notes"),
                (warnings, notes) => format!(
                    "{}, {}",
                    count(warnings, "warning", "warnings"),
                    count(notes, "note", "notes")
                ),
            };
            unless_closed(writeln!(io::stdout(), "{policies}: {found}"))?;
        }
        Ok(u8::from(self.strict && has_warning))
    }
}
