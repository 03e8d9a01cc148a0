//! `portcullis diff`: what changed from one capture to another, and whether something new is open.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::analysis::Depth;
use crate::input::Input;
use crate::output::{self, Format};
use crate::snapshot::Hashes;
use crate::text::Problem;
use crate::triage::{self, Difference, Side, Terms};

use super::Stop;
use super::judge::Judgement;
use super::load::{Loaded, load_for, operation};
use super::options::{Look, PolicyOptions, WaiverOptions};
use super::project::Settings;
use super::show::{self, Shown};
use super::terms::{Accepted, Threshold};

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing at or above --fail-on is new or worse, and both sides are whole
  1  something at or above --fail-on is new or worse
  2  could not judge: bad usage or policy, unreadable or malformed input
  3  a side is not whole, or cannot be compared

Ports are opened, closed or changed: risk, suggestion, services, addresses;
traffic is no change. What is only before is said to be closed or fixed where
what is after is whole, else it is unseen.

Examples:
  portcullis diff before/ after/
  portcullis diff monday.json friday.json -f json";

/// Compare two captures: what opened, closed, changed, and which findings are new
#[derive(Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub(super) struct Diff {
    /// The earlier capture: a file, or a folder of pages
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The later capture
    #[arg(value_name = "AFTER")]
    after: PathBuf,
    #[command(flatten)]
    policies: PolicyOptions,
    #[command(flatten)]
    waivers: WaiverOptions,
    /// The operation that the evidence is an answer of
    #[arg(long, value_name = "NAME", env = "PORTCULLIS_OPERATION", hide_env_values = true)]
    operation: Option<String>,
    /// The least effect that fails the run
    #[arg(
        long,
        value_name = "EFFECT",
        value_enum,
        env = "PORTCULLIS_FAIL_ON",
        hide_env_values = true
    )]
    fail_on: Option<Threshold>,
    /// Format of the difference
    #[arg(short, long, value_parser = formats(), default_value = "human", env = "PORTCULLIS_FORMAT", hide_env_values = true)]
    format: Format,
    #[command(flatten)]
    accepted: Accepted,
}

/// The formats of differences as values of a flag.
fn formats() -> impl TypedValueParser<Value = Format> {
    let value = |format: Format| PossibleValue::new(format.name());
    PossibleValuesParser::new(Format::of_differences().map(value))
        .try_map(|name| show::format(&name))
}

impl Diff {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(self.format, look);
        let (difference, notes) =
            self.compare().map_err(|problems| Stop::Problems(problems, shown.clone()))?;
        shown.notes(&notes);
        let stdout = io::stdout();
        let style = look.style(&stdout);
        let mut out = io::BufWriter::with_capacity(show::BUFFER, stdout.lock());
        let written = output::render_difference(&difference, self.format, &style, &mut out)
            .and_then(|()| out.flush());
        show::unless_closed(written)?;
        Ok(difference.verdict.exit_code())
    }

    /// The difference, and what is worth knowing beside it.
    fn compare(&self) -> Result<(Difference, Vec<Problem>), Vec<Problem>> {
        let settings = Settings::find(self.policies.config.as_deref())?;
        let loaded = load_for(&settings, &self.policies, Some(&self.waivers), Depth::Each)?;
        let terms = self.accepted.terms(self.fail_on, &settings, loaded.now);
        let mut notes = loaded.policies.warnings.clone();
        let mut problems = Vec::new();
        let mut sides = Vec::new();
        for path in [&self.before, &self.after] {
            match self.side(path, &loaded, terms) {
                Ok((side, said)) => {
                    sides.push(side);
                    notes.extend(said);
                }
                Err(found) => problems.extend(found),
            }
        }
        match <[Side; 2]>::try_from(sides) {
            Ok([before, after]) => {
                let used = after.report.waivers.iter();
                let stale = used.flat_map(|used| used.problems.iter().cloned()).collect();
                notes.extend(self.waivers.weigh(stale)?);
                Ok((Difference::new(before, after, terms), notes))
            }
            Err(_) => Err(problems),
        }
    }

    /// One side, read and judged.
    fn side(
        &self,
        path: &Path,
        loaded: &Loaded,
        terms: Terms,
    ) -> Result<(Side, Vec<Problem>), Vec<Problem>> {
        let judgement = Judgement {
            loaded,
            when_unknown: terms.when_unknown,
            hashes: if self.format.shows_hashes() { Hashes::Taken } else { Hashes::Left },
            named: operation(self.operation.as_ref(), &loaded.catalogue)?,
            compares: true,
        };
        let judged = judgement.run(&[path.to_owned()])?;
        let report = triage::finish(loaded.policies.clone(), judged.files, &judged.nothing, terms);
        let inventories = Some(judged.inventories);
        Ok((Side { source: Input::name(path), report, inventories }, judged.notes))
    }
}
