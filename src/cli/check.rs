//! `portcullis check`: policies judge evidence, and the exit code says what was proven.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

use crate::analysis::Depth;
use crate::output::{self, Format, Style};
use crate::policy::WhenUnknown;
use crate::snapshot::Hashes;
use crate::text::Problem;
use crate::triage::{self, FailOn, Report, Terms};

use super::Stop;
use super::judge::{Judgement, inputs};
use super::load::{load, operation};
use super::options::{EvidenceOptions, Look, PolicyOptions};
use super::show::{self, Shown};

/// Judge saved answers by policies
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    policies: PolicyOptions,
    /// The least effect that fails the run
    #[arg(long, value_enum, default_value_t = Threshold::Deny, env = "PORTCULLIS_FAIL_ON")]
    fail_on: Threshold,
    /// Format of the report on standard output
    #[arg(short, long, value_parser = show::format, default_value = "human", env = "PORTCULLIS_FORMAT")]
    format: Format,
    /// Write the report in another format to a file too; may repeat
    #[arg(short, long, value_name = "FORMAT=PATH", value_parser = target, env = "PORTCULLIS_OUTPUT")]
    output: Vec<(Format, PathBuf)>,
    /// Findings that `human` and `short` show; 0 shows all
    #[arg(long, value_name = "N", env = "PORTCULLIS_MAX_FINDINGS")]
    max_findings: Option<usize>,
    /// Accept evidence whose completeness is not provable
    #[arg(long, env = "PORTCULLIS_ASSUME_COMPLETE", value_parser = BoolishValueParser::new())]
    assume_complete: bool,
    /// Accept evidence that is known to be partial
    #[arg(long, env = "PORTCULLIS_ALLOW_PARTIAL", value_parser = BoolishValueParser::new())]
    allow_partial: bool,
    /// What an inconclusive outcome does, where the policy does not say it
    #[arg(long, value_enum, default_value_t = Inconclusive::Fail, env = "PORTCULLIS_INCONCLUSIVE")]
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
        let stop = |problems| Stop::Problems(problems, shown.clone());
        let paths = inputs(&self.evidence).map_err(stop)?;
        let loaded = load(&self.policies, Depth::Dead).map_err(stop)?;
        let named = operation(self.evidence.operation.as_ref(), &loaded.catalogue).map_err(stop)?;
        let terms = self.terms();
        let judgement = Judgement {
            loaded: &loaded,
            when_unknown: terms.when_unknown,
            hashes: self.hashes(),
            named,
        };
        let judged = judgement.run(&paths).map_err(stop)?;
        let notes: Vec<Problem> =
            loaded.policies.warnings.iter().cloned().chain(judged.notes).collect();
        let report = triage::finish(loaded.policies, judged.files, &judged.nothing, terms);
        shown.notes(&notes);
        let files = self.write_files(&report);
        self.write(&report, look)?;
        if !files.is_empty() {
            return Err(stop(files));
        }
        Ok(report.verdict.exit_code())
    }

    fn terms(&self) -> Terms {
        Terms {
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

    /// Writes the files of `--output`, each whole or not at all; what could not be written.
    fn write_files(&self, report: &Report) -> Vec<Problem> {
        let write = |(format, path): &(Format, PathBuf)| {
            let style = self.style(Style::default(), *format);
            show::write_file(path, &mut |out| output::render(report, *format, &style, out)).err()
        };
        self.output.iter().filter_map(write).collect()
    }
}
