//! `portcullis check`: policies judge evidence, and the exit code says what was proven.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

use crate::output::{self, Format, Style};
use crate::policy::WhenUnknown;
use crate::snapshot::Hashes;
use crate::text::Problem;
use crate::triage::{FailOn, Report, Terms};

use super::Stop;
use super::baseline;
use super::judge::Asked;
use super::options::{EvidenceOptions, Look, PolicyOptions, WaiverOptions};
use super::show::{self, Shown};

const EXIT_CODES: &str = "\
Exit codes:
  0  clean: every policy judged every record of whole evidence
  1  violations: an open finding at or above --fail-on
  2  could not judge: bad usage or policy, unreadable or malformed input
  3  insufficient evidence: pages missing, an error in place of data, or unknown

Examples:
  portcullis check saved/ -p policies/
  portcullis check saved/ -f short -o json=report.json
  collect | portcullis check --fail-on alert";

/// Judge saved answers by policies
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
    /// The least effect that fails the run
    #[arg(long, value_name = "EFFECT", value_enum, default_value_t = Threshold::Deny, env = "PORTCULLIS_FAIL_ON", hide_env_values = true)]
    fail_on: Threshold,
    /// Format of the report on standard output
    #[arg(short, long, value_parser = show::formats(), default_value = "human", env = "PORTCULLIS_FORMAT", hide_env_values = true)]
    format: Format,
    /// Write the report to a file too, in this format; may repeat
    #[arg(short, long, value_name = "FORMAT=PATH", value_parser = target, env = "PORTCULLIS_OUTPUT", hide_env_values = true)]
    output: Vec<(Format, PathBuf)>,
    /// Findings that `human` and `short` show; 0 shows all
    #[arg(long, value_name = "N", env = "PORTCULLIS_MAX_FINDINGS", hide_env_values = true)]
    max_findings: Option<usize>,
    /// Accept evidence whose completeness is not provable
    #[arg(long, env = "PORTCULLIS_ASSUME_COMPLETE", hide_env_values = true, value_parser = BoolishValueParser::new())]
    assume_complete: bool,
    /// Accept evidence that is known to be partial
    #[arg(long, env = "PORTCULLIS_ALLOW_PARTIAL", hide_env_values = true, value_parser = BoolishValueParser::new())]
    allow_partial: bool,
    /// What an inconclusive outcome does, where the policy does not say it
    #[arg(long, value_name = "ACTION", value_enum, default_value_t = Inconclusive::Fail, env = "PORTCULLIS_INCONCLUSIVE", hide_env_values = true)]
    inconclusive: Inconclusive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Threshold {
    /// Policies that deny
    Deny,
    /// Policies that deny or alert
    Alert,
    /// None; evidence must still be whole
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Inconclusive {
    /// Counted only
    Pass,
    /// Listed only
    Report,
    /// Listed, and evidence is insufficient
    Fail,
}

fn target(text: &str) -> Result<(Format, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or("expected FORMAT=PATH")?;
    match path {
        "" => Err("expected FORMAT=PATH".to_owned()),
        path => Ok((show::format(name)?, PathBuf::from(path))),
    }
}

impl Check {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(self.format, look);
        let (report, notes) = match self.judge() {
            Ok(judged) => judged,
            Err(mut problems) => {
                let files = self.write_files(&|format, style, out| {
                    output::problems(&problems, format, style, out)
                });
                problems.extend(files);
                return Err(Stop::Problems(problems, shown));
            }
        };
        shown.notes(&notes);
        let files =
            self.write_files(&|format, style, out| output::render(&report, format, style, out));
        self.write(&report, look)?;
        if !files.is_empty() {
            return Err(Stop::Problems(files, shown));
        }
        Ok(report.verdict.exit_code())
    }

    /// The report, and what is worth knowing beside it.
    fn judge(&self) -> Result<(Report, Vec<Problem>), Vec<Problem>> {
        let baseline = self.baseline.as_deref().map(baseline::read).transpose()?;
        let asked = Asked {
            evidence: &self.evidence,
            policies: &self.policies,
            waivers: &self.waivers,
            hashes: self.hashes(),
        };
        let (report, notes) = asked.report(|time| self.terms(time))?;
        let terms = self.terms(report.time);
        let report = match &baseline {
            Some(baseline) => report.since(baseline, terms),
            None => report,
        };
        Ok((report, notes))
    }

    fn terms(&self, time: jiff::Timestamp) -> Terms {
        Terms {
            time,
            fail_on: match self.fail_on {
                Threshold::Deny => FailOn::Deny,
                Threshold::Alert => FailOn::Alert,
                Threshold::Never => FailOn::Never,
            },
            when_unknown: match self.inconclusive {
                Inconclusive::Pass => WhenUnknown::Pass,
                Inconclusive::Report => WhenUnknown::Report,
                Inconclusive::Fail => WhenUnknown::Fail,
            },
            assume_complete: self.assume_complete,
            allow_partial: self.allow_partial,
        }
    }

    /// Hashes cost as much as reading, and only some formats show them.
    fn hashes(&self) -> Hashes {
        let formats = self.output.iter().map(|(format, _)| *format).chain([self.format]);
        if formats.into_iter().any(Format::shows_hashes) { Hashes::Taken } else { Hashes::Left }
    }

    fn style(&self, base: Style, format: Format) -> Style {
        let max_findings = match self.max_findings {
            Some(0) => None,
            Some(count) => Some(count),
            None => format.default_max_findings(),
        };
        Style { max_findings, ..base }
    }

    /// A reader that goes away does not change the verdict.
    fn write(&self, report: &Report, look: &Look) -> io::Result<()> {
        let stdout = io::stdout();
        let style = self.style(look.style(&stdout), self.format);
        let mut out = io::BufWriter::with_capacity(show::BUFFER, stdout.lock());
        let written =
            output::render(report, self.format, &style, &mut out).and_then(|()| out.flush());
        show::unless_closed(written)
    }

    /// Writes the files of `--output`, each whole or not at all; what could not be written. Where
    /// nothing could be judged they say so: the report of an earlier run must not stay.
    fn write_files(
        &self,
        render: &dyn Fn(Format, &Style, &mut dyn Write) -> io::Result<()>,
    ) -> Vec<Problem> {
        let write = |(format, path): &(Format, PathBuf)| {
            let style = self.style(Style::default(), *format);
            show::write_file(path, &mut |out| render(*format, &style, out)).err()
        };
        self.output.iter().filter_map(write).collect()
    }
}
