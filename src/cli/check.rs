//! `portcullis check`: policies judge evidence, and the exit code says what was proven.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::input;
use crate::output::Format;
use crate::snapshot::Hashes;
use crate::text::Problem;
use crate::triage::{Moment, Report, Terms};

use super::Stop;
use super::baseline;
use super::fresh::FreshEvidence;
use super::judge::Asked;
use super::load::{FRAMEWORK, find_framework};
use super::options::{EvidenceOptions, Look, PolicyOptions, WaiverOptions};
use super::project::Settings;
use super::rendering::Rendering;
use super::show::Shown;
use super::targets;
use super::terms::{Accepted, Threshold};

const EXIT_CODES: &str = "\
Exit codes:
  0  clean: every policy judged every record of whole evidence
  1  violations: an open finding at or above --fail-on
  2  could not judge: bad usage or policy, unreadable or malformed input,
     or what --live asks for could not be fetched
  3  insufficient evidence: pages missing, an error in place of data, or unknown

Examples:
  portcullis check saved/ -p policies/
  portcullis check saved/ -f short -o json=report.json
  portcullis fetch | portcullis check --fail-on alert
  portcullis check --live --since 30d --save evidence/";

/// Judge saved or live answers by policies
#[derive(Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub(super) struct Check {
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    policies: PolicyOptions,
    #[command(flatten)]
    waivers: WaiverOptions,
    /// What was open when `portcullis baseline` recorded it; only what is new since fails
    #[arg(long, value_name = "FILE", env = "PORTCULLIS_BASELINE", hide_env_values = true)]
    baseline: Option<PathBuf>,
    /// The least effect that fails the run; `deny` where nothing is said
    #[arg(
        long,
        value_name = "EFFECT",
        value_enum,
        env = "PORTCULLIS_FAIL_ON",
        hide_env_values = true
    )]
    fail_on: Option<Threshold>,
    #[command(flatten)]
    rendering: Rendering,
    /// Folder of earlier reports, written by `-o json=FILE`, whose trend the page of `html` shows
    #[arg(long, value_name = "DIR", env = "PORTCULLIS_HISTORY", hide_env_values = true)]
    history: Option<PathBuf>,
    #[command(flatten)]
    accepted: Accepted,
    #[command(flatten)]
    fresh: FreshEvidence,
}

impl Check {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        self.run_for(None, look)
    }

    /// The same run, of which no more is shown than the view of a framework.
    pub(super) fn run_for(&self, framework: Option<&str>, look: &Look) -> Result<u8, Stop> {
        let (settings, judged) = match Settings::find(self.policies.config.as_deref()) {
            Ok(settings) => {
                let doubled = targets::doubled(self.output(&settings));
                let judged = match doubled.is_empty() {
                    true => self.judge(&settings, framework),
                    false => Err(doubled),
                };
                (settings, judged)
            }
            Err(problems) => (Settings::default(), Err(problems)),
        };
        let output = self.output(&settings);
        match judged {
            Ok((report, notes)) => {
                Shown::new(self.rendering.format, look).notes(&notes);
                self.rendering.report(&report, output, look)
            }
            Err(problems) => Err(self.rendering.failure(problems, output, look)),
        }
    }

    /// The report, and what is worth knowing beside it.
    fn judge(
        &self,
        settings: &Settings,
        framework: Option<&str>,
    ) -> Result<(Report, Vec<Problem>), Vec<Problem>> {
        let baseline = self.baseline.clone().or_else(|| settings.baseline());
        let baseline = baseline.as_deref().map(baseline::read).transpose()?;
        let (history, left_out) = self.history()?;
        let asked = Asked {
            evidence: &self.evidence,
            fresh: self.fresh.asked(&self.evidence.input)?,
            policies: &self.policies,
            waivers: &self.waivers,
            settings,
            hashes: self.hashes(settings),
            framework,
        };
        let (mut report, mut notes) = asked.report(|time| self.terms(settings, time))?;
        let terms = self.terms(settings, report.time);
        report.history = history;
        notes.extend(left_out);
        let report = match &baseline {
            Some(baseline) => report.since(baseline, terms),
            None => report,
        };
        Ok((view(report, framework)?, notes))
    }

    /// What earlier reports said, and what is none or cannot be read.
    fn history(&self) -> Result<(Vec<Moment>, Vec<Problem>), Vec<Problem>> {
        self.history.as_deref().map(input::history).transpose().map(Option::unwrap_or_default)
    }

    /// The files of the command line, else of the project.
    fn output<'a>(&'a self, settings: &'a Settings) -> &'a [(Format, PathBuf)] {
        let own = &self.rendering.output;
        if own.is_empty() { &settings.output } else { own }
    }

    fn terms(&self, settings: &Settings, time: jiff::Timestamp) -> Terms {
        self.accepted.terms(self.fail_on, settings, time)
    }

    /// Hashes cost as much as reading, and only some formats show them.
    fn hashes(&self, settings: &Settings) -> Hashes {
        let formats =
            self.output(settings).iter().map(|(format, _)| *format).chain([self.rendering.format]);
        if formats.into_iter().any(Format::shows_hashes) { Hashes::Taken } else { Hashes::Left }
    }
}

/// The report as far as it is about a framework, where one is named.
fn view(report: Report, framework: Option<&str>) -> Result<Report, Vec<Problem>> {
    let Some(name) = framework else { return Ok(report) };
    let framework = Arc::clone(find_framework(name, FRAMEWORK, &report.policies)?);
    Ok(report.viewed(&framework))
}
