//! `portcullis baseline`: records what is open today, so that a check fails only on what is new.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::BoolishValueParser;

use crate::engine::Outcome;
use crate::input;
use crate::output::Format;
use crate::policy::WhenUnknown;
use crate::snapshot::Hashes;
use crate::text::{Level, Place, Problem};
use crate::triage::{
    Baseline, Disposition, FailOn, MAX_BASELINE_BYTES, Report, Terms, day, is_sufficient,
};

use super::Stop;
use super::judge::Asked;
use super::options::{EvidenceOptions, Look, PolicyOptions, WaiverOptions};
use super::project::Settings;
use super::show::{self, Shown, count, told, unless_closed};
use super::terms::AcceptedEvidence;

/// The evidence is not enough to record anything by.
const INSUFFICIENT: u8 = 3;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("the evidence is not whole: no baseline is written")]
    #[diagnostic(
        code("baseline/insufficient-evidence"),
        help("what is missing could not be told from what is fixed: fetch every page")
    )]
    Insufficient,
    #[error("it is not said where to record")]
    #[diagnostic(
        code("baseline/no-file"),
        help("add `-o FILE`, or `baseline:` in `portcullis.yaml`")
    )]
    NoFile,
}

/// Record what is open today, so that `check --baseline` fails only on what is new
#[derive(Debug, Args)]
pub(super) struct Record {
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    policies: PolicyOptions,
    #[command(flatten)]
    waivers: WaiverOptions,
    /// The file to record in, else the project's; what it has keeps its date
    #[arg(
        short = 'o',
        long,
        alias = "output",
        value_name = "FILE",
        env = "PORTCULLIS_BASELINE",
        hide_env_values = true
    )]
    baseline: Option<PathBuf>,
    /// Drop what is fixed, and record nothing new
    #[arg(long, env = "PORTCULLIS_PRUNE", hide_env_values = true, value_parser = BoolishValueParser::new())]
    prune: bool,
    #[command(flatten)]
    accepted: AcceptedEvidence,
}

impl Record {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(Format::Human, look);
        let stop = |problems| Stop::Problems(problems, shown.clone());
        let settings = Settings::find(self.policies.config.as_deref()).map_err(stop)?;
        let file = self.baseline.clone().or_else(|| settings.baseline());
        let file = file.ok_or_else(|| {
            stop(vec![Problem::new(&Error::NoFile, Place::Whole("--baseline".into()))])
        })?;
        let earlier = self.earlier(&file).map_err(stop)?;
        let asked = Asked {
            evidence: &self.evidence,
            fresh: None,
            policies: &self.policies,
            waivers: &self.waivers,
            settings: &settings,
            hashes: Hashes::Left,
            framework: None,
        };
        let (report, notes) = asked.report(|time| self.terms(time)).map_err(stop)?;
        let terms = self.terms(report.time);
        shown.notes(&notes);
        if !is_sufficient(&report, terms) {
            let problems = insufficient(&report, &file);
            unless_closed(shown.problems(&told(&problems, INSUFFICIENT)))?;
            return Ok(INSUFFICIENT);
        }
        let baseline = if self.prune {
            earlier.without(&earlier.fixed(&report, terms))
        } else {
            earlier.with(&report, day(report.time))
        };
        let text = baseline.text();
        show::write_file(&file, &mut |out| out.write_all(text.as_bytes()))
            .map_err(|problem| stop(vec![problem]))?;
        unless_closed(writeln!(io::stdout(), "{}", self.words(&report, &earlier, &baseline)))?;
        Ok(0)
    }

    /// What the file holds already; a file that is to be pruned must be there.
    fn earlier(&self, file: &Path) -> Result<Baseline, Vec<Problem>> {
        if self.prune || file.exists() { read(file) } else { Ok(Baseline::default()) }
    }

    /// Every policy must have had its evidence.
    fn terms(&self, time: jiff::Timestamp) -> Terms {
        Terms {
            time,
            fail_on: FailOn::Alert,
            when_unknown: WhenUnknown::Report,
            assume_complete: self.accepted.assume_complete,
            allow_partial: self.accepted.allow_partial,
            max_age: self.accepted.max_age,
        }
    }

    /// What became of the file.
    fn words(&self, report: &Report, earlier: &Baseline, baseline: &Baseline) -> String {
        let findings = count(baseline.len(), "finding", "findings");
        let mut words = format!("{findings} recorded");
        let (before, now) = (earlier.len(), baseline.len());
        if self.prune {
            words.push_str(&format!(", {} dropped", before.saturating_sub(now)));
        } else if before > 0 {
            words.push_str(&format!(", {} new", now.saturating_sub(before)));
        }
        let inconclusive = report.findings.iter().filter(|finding| {
            finding.outcome == Outcome::Inconclusive
                && finding.disposition != Disposition::Tolerated
        });
        for (number, what) in
            [(inconclusive.count() as u64, "inconclusive"), (report.summary.tolerated, "tolerated")]
        {
            if number > 0 {
                words.push_str(&format!("; {what} and not recorded: {number}"));
            }
        }
        words
    }
}

/// Why nothing is recorded.
fn insufficient(report: &Report, file: &Path) -> Vec<Problem> {
    let flaws = report.evidence.iter().flat_map(|snapshot| &snapshot.flaws);
    let said = flaws.map(|flaw| &flaw.problem).filter(|problem| problem.level != Level::Note);
    let place = Place::Whole(input::path_name(file));
    said.cloned().chain([Problem::new(&Error::Insufficient, place)]).collect()
}

/// Reads a baseline.
pub(super) fn read(path: &Path) -> Result<Baseline, Vec<Problem>> {
    let source = input::read_text_within(path, MAX_BASELINE_BYTES).map_err(|error| vec![error])?;
    Baseline::parse(&source)
}
