//! `portcullis diff`: what changed from one capture to another, and whether something new is open.

mod revision;
mod sides;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::analysis::Depth;
use crate::output::{self, Format, Style};
use crate::snapshot::Hashes;
use crate::text::{Level, Problem};
use crate::triage::{Difference, Revision};

use super::load::{Loaded, load_for, operation};
use super::options::{Look, PolicyOptions, WaiverOptions, plain};
use super::project::Settings;
use super::show::{self, Shown};
use super::side::{self, Named, Reading};
use super::terms::{Accepted, Threshold};
use super::{COULD_NOT_JUDGE, Stop, targets};

use revision::Asked;
use sides::{Sides, two_policies};

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing at or above --fail-on is new or worse, and both sides are whole
  1  something at or above --fail-on is new or worse
  2  could not judge: bad usage or policy, unreadable or malformed input
  3  a side is not whole, or cannot be compared

Ports are opened, closed or changed: risk, suggestion, services, addresses;
traffic is no change. What is only before is said to be closed or fixed where
what is after is whole, else it is unseen.

A side is evidence, which is judged by the policies given, or a report that
`check -f json` wrote, which stays as it was judged; one of them may be `-`. A
report holds only the records of its findings, so that ports are not compared
then. What was found before is fixed only where what is after was judged by the
same policies, and where a policy that decides did not judge what is after, the
end is 3.

In what the sides were asked for or judged otherwise is a warning: filters, the
length of the window, region, account, policies, approvals, --inconclusive.

Exit codes with --policies OLD NEW:
  0  nothing at or above --fail-on is let through that was caught, over all
     records that there could be, and on the evidence nothing is new or lost
  1  something is let through, or a finding is new, worse, lost or milder
  2  could not judge: bad usage or policy, unreadable or malformed input
  3  that cannot be decided, or the evidence is not whole

A policy is compared with the one of the same id: equivalent, stricter, looser
or different, with a record that both have judged, else undecided: parts of
texts, patterns and arithmetic are not seen through, and of rules that ask
aggregates only shape and bounds are compared. A record that was inconclusive and
passes is let through; so is what a milder effect, severity or when_unknown,
or a new approval makes less of. What other new policies catch is not.

Examples:
  portcullis diff before/ after/
  portcullis diff monday.json friday.json -f json
  portcullis diff main.json after/ -f markdown -o html=difference.html
  portcullis check --live -f json | portcullis diff main.json -
  portcullis diff --policies main/policies policies evidence/";

const USAGE: &str = "\
portcullis diff [OPTIONS] <BEFORE> <AFTER>
       portcullis diff [OPTIONS] --policies <OLD> <NEW> [INPUT]...";

/// Compare two captures, or two sets of policies: what changed, and what is new
#[derive(Debug, Args)]
#[command(after_long_help = EXIT_CODES, override_usage = USAGE)]
#[command(mut_arg("policies", two_policies))]
pub(super) struct Diff {
    /// The earlier side, a file, a folder of pages or a report of `check -f json`,
    /// and the later one; with --policies OLD NEW the evidence at hand, or none
    #[arg(value_name = "BEFORE AFTER")]
    paths: Vec<PathBuf>,
    /// Policy file or folder by which captures are judged; may repeat
    #[arg(short = 'p', value_name = "PATH")]
    by: Vec<PathBuf>,
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
    /// Write the difference to a file too, in this format; may repeat
    #[arg(short, long, value_name = "FORMAT=PATH", value_parser = target, env = "PORTCULLIS_OUTPUT", hide_env_values = true)]
    output: Vec<(Format, PathBuf)>,
    #[command(flatten)]
    accepted: Accepted,
}

/// The formats of differences as values of a flag.
fn formats() -> impl TypedValueParser<Value = Format> {
    let value = |format: Format| PossibleValue::new(format.name()).help(format.about());
    PossibleValuesParser::new(Format::of_differences().map(value))
        .try_map(|name| show::format(&name))
}

/// A format of differences, and the file to write it to.
fn target(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) = show::target(text)?;
    if Format::of_differences().any(|known| known == format) {
        return Ok((format, path));
    }
    let names = Format::of_differences().map(Format::name).collect::<Vec<_>>().join(", ");
    Err(format!("differences are not written as `{}`; there are: {names}", format.name()))
}

impl Diff {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(self.format, look);
        let (found, mut notes) = match self.find() {
            Ok(found) => found,
            Err(problems) => return Err(Stop::Problems(self.tell(problems), shown)),
        };
        // On the page for people they stand at the end.
        if self.format != Format::Human {
            let warnings = found.notes().iter().filter(|note| note.level == Level::Warning);
            notes.extend(warnings.cloned());
        }
        let unwritten =
            targets::write(&self.output, &|format, out| found.render(format, &plain(), out));
        let is_written = unwritten.is_empty();
        notes.extend(unwritten);
        shown.notes(&notes);
        self.write(&found, look)?;
        Ok(if is_written { found.exit_code() } else { COULD_NOT_JUDGE })
    }

    fn write(&self, found: &Found, look: &Look) -> io::Result<()> {
        let stdout = io::stdout();
        let style = look.style(&stdout);
        let mut out = io::BufWriter::with_capacity(show::BUFFER, stdout.lock());
        let written = found.render(self.format, &style, &mut out).and_then(|()| out.flush());
        show::unless_closed(written)
    }

    /// The problems, which the files of `--output` say too: those of an earlier run must not stay.
    fn tell(&self, mut problems: Vec<Problem>) -> Vec<Problem> {
        let told = show::told(&problems, COULD_NOT_JUDGE);
        let unwritten = targets::write(&self.output, &|format, out| {
            output::problems(&told, format, &plain(), out)
        });
        problems.extend(unwritten);
        problems
    }

    /// What was asked for, and what is worth knowing beside it.
    fn find(&self) -> Result<(Found, Vec<Problem>), Vec<Problem>> {
        let doubled = targets::doubled(&self.output);
        if !doubled.is_empty() {
            return Err(doubled);
        }
        match Sides::of(&self.policies.policies, &self.by, &self.paths)? {
            Sides::Captures { captures, policies } => {
                let (difference, notes) = self.compare(&captures, &self.policies.by(policies))?;
                Ok((Found::Captures(Box::new(difference)), notes))
            }
            Sides::Policies { policies: [old, new], inputs } => {
                let asked = Asked { diff: self, old: &old, new: &new, inputs: &inputs };
                let (revision, notes) = asked.revise()?;
                Ok((Found::Policies(Box::new(revision)), notes))
            }
        }
    }

    /// The difference, and what is worth knowing beside it.
    fn compare(
        &self,
        captures: &[PathBuf; 2],
        policies: &PolicyOptions,
    ) -> Result<(Difference, Vec<Problem>), Vec<Problem>> {
        let settings = Settings::find(policies.config.as_deref())?;
        side::is_readable(captures)?;
        let [before, after] = captures.each_ref().map(|path| Named::of(path, self.hashes()));
        let sides = <[Named<'_>; 2]>::from(both(before, after)?);
        let loaded = match sides.iter().any(Named::is_evidence) {
            true => load_for(&settings, policies, Some(&self.waivers), Depth::Each)?,
            false => Loaded::without_policies()?,
        };
        let terms = self.accepted.terms(self.fail_on, &settings, loaded.now);
        let reading = Reading {
            loaded: &loaded,
            terms,
            hashes: self.hashes(),
            operation: operation(self.operation.as_ref(), &loaded.catalogue)?,
        };
        let mut notes = loaded.policies.warnings.clone();
        if self.judges(policies) && !sides.iter().any(Named::is_evidence) {
            notes.push(side::unused());
        }
        let [before, after] = sides.map(|named| reading.side(named));
        let (mut before, mut after) = both(before, after)?;
        notes.append(&mut before.notes);
        notes.append(&mut after.notes);
        if !after.side.report.is_saved() {
            let used = after.side.report.waivers.iter();
            let stale = used.flat_map(|used| used.problems.iter().cloned()).collect();
            notes.extend(self.waivers.weigh(stale)?);
        }
        Ok((Difference::new(before.side, after.side, terms), notes))
    }

    /// Every format that it is written in.
    fn formats(&self) -> impl Iterator<Item = Format> {
        self.output.iter().map(|(format, _)| *format).chain([self.format])
    }

    /// Whether any format shows the hashes of pages.
    fn hashes(&self) -> Hashes {
        if self.formats().any(Format::shows_hashes) { Hashes::Taken } else { Hashes::Left }
    }

    /// Whether a flag says by what evidence is judged.
    fn judges(&self, options: &PolicyOptions) -> bool {
        let PolicyOptions { config: _, policies, param, approvals } = options;
        let files = [policies, approvals, &self.waivers.waivers];
        files.iter().any(|paths| !paths.is_empty()) || !param.is_empty() || self.operation.is_some()
    }
}

/// What was compared.
enum Found {
    Captures(Box<Difference>),
    Policies(Box<Revision>),
}

impl Found {
    fn notes(&self) -> &[Problem] {
        match self {
            Self::Captures(difference) => &difference.notes,
            Self::Policies(revision) => &revision.notes,
        }
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Captures(difference) => difference.verdict.exit_code(),
            Self::Policies(revision) => revision.verdict.exit_code(),
        }
    }

    fn render(&self, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Captures(found) => output::render_difference(found, format, style, out),
            Self::Policies(found) => output::render_revision(found, format, style, out),
        }
    }
}

/// Both, or what is wrong with either.
fn both<T>(
    before: Result<T, Vec<Problem>>,
    after: Result<T, Vec<Problem>>,
) -> Result<(T, T), Vec<Problem>> {
    match (before, after) {
        (Ok(before), Ok(after)) => Ok((before, after)),
        (before, after) => {
            let problems = before.err().into_iter().chain(after.err()).flatten();
            Err(problems.collect())
        }
    }
}
