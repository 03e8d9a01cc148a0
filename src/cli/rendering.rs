//! Where a report goes and how it looks: standard output in one format, files in any, and the summary of
//! a job where its platform is asked for.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use crate::output::{self, Format, Style};
use crate::text::Problem;
use crate::triage::Report;

use super::options::{Look, TableOptions, plain};
use super::show::{self, Shown};
use super::{COULD_NOT_JUDGE, Stop, step_summary, targets};

/// How a report is written.
#[derive(Debug, Args)]
pub(super) struct Rendering {
    /// Format of the report on standard output
    #[arg(short, long, value_parser = show::formats(), default_value = "human", env = "PORTCULLIS_FORMAT", hide_env_values = true)]
    pub(super) format: Format,
    /// Write the report to a file too, in this format; may repeat
    #[arg(short, long, value_name = "FORMAT=PATH", value_parser = show::target, env = "PORTCULLIS_OUTPUT", hide_env_values = true)]
    pub(super) output: Vec<(Format, PathBuf)>,
    #[command(flatten)]
    table: TableOptions,
    /// Findings that `human` and `short` show; 0 shows all
    #[arg(long, value_name = "N", env = "PORTCULLIS_MAX_FINDINGS", hide_env_values = true)]
    max_findings: Option<usize>,
}

impl Rendering {
    /// Writes a report, to standard output and to these files; how the run ends.
    pub(super) fn report(
        &self,
        report: &Report,
        output: &[(Format, PathBuf)],
        look: &Look,
    ) -> Result<u8, Stop> {
        let mut files = self
            .write_files(output, &|format, style, out| output::render(report, format, style, out));
        files.extend(self.summarise(output, &|room, out| output::summary(report, room, out)));
        self.write(report, look)?;
        if !files.is_empty() {
            // The report is where its reader looks; beside it there is room for no other document.
            Shown::new(self.format, look).notes(&files);
            return Ok(COULD_NOT_JUDGE);
        }
        Ok(report.verdict.exit_code())
    }

    /// Writes to these files why there is no report, and how the run ends.
    pub(super) fn failure(
        &self,
        mut problems: Vec<Problem>,
        output: &[(Format, PathBuf)],
        look: &Look,
    ) -> Stop {
        let told = show::told(&problems, COULD_NOT_JUDGE);
        let mut files = self
            .write_files(output, &|format, style, out| output::problems(&told, format, style, out));
        files
            .extend(self.summarise(output, &|room, out| output::problem_summary(&told, room, out)));
        problems.extend(files);
        Stop::Problems(problems, Shown::new(self.format, look).by(self.table.csv_dialect))
    }

    fn style(&self, base: Style, format: Format) -> Style {
        let max_findings = match self.max_findings {
            Some(0) => None,
            Some(count) => Some(count),
            None => format.default_max_findings(),
        };
        Style { max_findings, csv: self.table.csv_dialect, ..base }
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
        output: &[(Format, PathBuf)],
        render: &dyn Fn(Format, &Style, &mut dyn Write) -> io::Result<()>,
    ) -> Vec<Problem> {
        targets::write(output, &|format, out| render(format, &self.style(plain(), format), out))
    }

    /// Adds to the summary of a job of GitHub Actions, where its format is asked for.
    fn summarise(
        &self,
        output: &[(Format, PathBuf)],
        page: &dyn Fn(usize, &mut dyn Write) -> io::Result<()>,
    ) -> Option<Problem> {
        let mut formats = output.iter().map(|(format, _)| *format).chain([self.format]);
        let is_asked = formats.any(|format| format == Format::Github);
        is_asked.then(|| step_summary::add(page)).flatten()
    }
}
