//! `portcullis lint`: what can be said of policies without evidence.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use crate::analysis::{self, Depth};
use crate::output::Format;
use crate::text::{Level, Problem};

use super::Stop;
use super::load::{Loaded, load_for};
use super::options::{Look, PolicyOptions, WaiverOptions};
use super::project::Settings;
use super::show::{self, Shown, count, told, unless_closed};

/// Check policies: types, policies that never or always fire, policies that others cover
#[derive(Debug, Args)]
pub(super) struct Lint {
    /// Policy files or folders. Without any, the built-in packs
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    policies: PolicyOptions,
    #[command(flatten)]
    waivers: WaiverOptions,
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
        let stop = |problems| Stop::Problems(problems, shown.clone());
        let policies = self.policies.and(&self.paths);
        let settings = Settings::find(policies.config.as_deref()).map_err(stop)?;
        let loaded =
            load_for(&settings, &policies, Some(&self.waivers), Depth::Everything).map_err(stop)?;
        let warnings = self.waivers.weigh(warnings(&loaded)).map_err(stop)?;
        let has_warning = warnings.iter().any(|problem| problem.level == Level::Warning);
        let exit_code = u8::from(self.strict && has_warning);
        if !warnings.is_empty() || self.format.is_for_machines() {
            unless_closed(shown.problems(&told(&warnings, exit_code)))?;
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
        Ok(exit_code)
    }
}

/// What is worth a change: in policies, then in waivers.
fn warnings(loaded: &Loaded) -> Vec<Problem> {
    let (set, today) = (&loaded.policies, loaded.today());
    let mut waivers = analysis::waivers(set, today);
    waivers.extend(analysis::overlaps(set, today));
    waivers.sort_by_key(|(index, _)| *index);
    let waivers = waivers.into_iter().map(|(_, problem)| problem);
    set.warnings.iter().cloned().chain(waivers).collect()
}
