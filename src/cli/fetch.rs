//! `portcullis fetch`: what an API answers now, kept as evidence.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::BoolishValueParser;

use crate::input::live::{Request, System, Whoami, whoami};
use crate::input::{STDIN, path_name};
use crate::operation::Catalogue;
use crate::output::Format;
use crate::snapshot::{self, Snapshot, Wholeness};
use crate::text::{Level, Place, Problem, printable};

use super::Stop;
use super::live::{Fetched, LiveOptions, asked_for, together};
use super::load::now;
use super::options::Look;
use super::save;
use super::show::{self, Shown, count, unless_closed};

/// What came is not whole.
const INSUFFICIENT: u8 = 3;

const EXIT_CODES: &str = "\
Exit codes:
  0  what came is whole
  2  could not fetch: no file is written, and none that was there is touched
  3  what came is not whole: it is written, and marked as incomplete

Credentials are looked for where the official tools look, in their order: the
environment, OIDC (RRSA), ~/.aliyun/config.json, ~/.alibabacloud/credentials,
the ECS metadata service, ALIBABA_CLOUD_CREDENTIALS_URI. None of those files is
ever written.

Environment:
  PORTCULLIS_ECS_METADATA  Another address of the ECS metadata service, for a
                           server of this machine that stands in for it
  HTTPS_PROXY, NO_PROXY    As everywhere

Examples:
  portcullis fetch -o evidence/ --since 30d
  portcullis fetch --region cn-hangzhou --region ap-southeast-1 -o evidence/
  portcullis fetch | portcullis check -
  portcullis fetch --whoami";

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("what came is not whole: the snapshot is marked as incomplete")]
    #[diagnostic(
        code("evidence/incomplete"),
        severity(Warning),
        help("fetch it again, maybe with a larger `--repair`")
    )]
    Incomplete,
}

/// Fetch what the API answers now, as a snapshot that `check` reads
#[derive(Debug, Args)]
#[command(after_long_help = EXIT_CODES)]
pub(super) struct Fetch {
    /// The operation to ask for
    #[arg(long, value_name = "NAME", env = "PORTCULLIS_OPERATION", hide_env_values = true)]
    operation: Option<String>,
    /// File to keep the snapshot in, or folder for one of each region and profile;
    /// without it, standard output
    #[arg(
        short = 'o',
        long,
        alias = "output",
        value_name = "PATH",
        env = "PORTCULLIS_SAVE",
        hide_env_values = true
    )]
    save: Option<PathBuf>,
    /// Say which credentials would be used, without asking anybody, and never the secret
    #[arg(long, env = "PORTCULLIS_WHOAMI", hide_env_values = true, value_parser = BoolishValueParser::new())]
    whoami: bool,
    #[command(flatten)]
    live: LiveOptions,
}

impl Fetch {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(Format::Human, look);
        let stop = |problems| Stop::Problems(problems, shown.clone());
        if self.whoami {
            let text = self.identities().map_err(stop)?;
            unless_closed(io::stdout().lock().write_all(text.as_bytes()))?;
            return Ok(0);
        }
        let requests = self.requests().map_err(stop)?;
        let files = self.files(&requests).map_err(stop)?;
        let fetched = self.live.fetch(&requests).map_err(stop)?;
        let snapshots = together(&fetched).map_err(stop)?;
        match &files {
            Some(files) => {
                save::write(files, &fetched, &snapshots).map_err(stop)?;
                tell(files, &snapshots);
            }
            None => unless_closed(to_output(&fetched, &snapshots))?,
        }
        shown.notes(&doubts(&snapshots));
        let is_whole = |snapshot: &Snapshot| snapshot.wholeness == Wholeness::Complete;
        Ok(if snapshots.iter().all(is_whole) { 0 } else { INSUFFICIENT })
    }

    fn requests(&self) -> Result<Vec<Request>, Vec<Problem>> {
        let catalogue = Catalogue::built_in()?;
        let operation = asked_for(self.operation.as_ref(), &catalogue)?;
        self.live.requests(&operation, now()?)
    }

    /// The files to keep it in; none where it goes to standard output.
    fn files(&self, requests: &[Request]) -> Result<Option<Vec<PathBuf>>, Vec<Problem>> {
        match self.save.as_deref().filter(|path| *path != Path::new(STDIN)) {
            Some(path) => save::files(path, requests).map(Some),
            None => save::only_one(requests).map(|()| None),
        }
    }

    /// A line for each profile.
    fn identities(&self) -> Result<String, Vec<Problem>> {
        let world = System::default();
        let named: Vec<_> = self.live.profile.iter().map(|name| Some(name.as_str())).collect();
        let profiles = if named.is_empty() { vec![None] } else { named };
        let mut text = String::new();
        let mut problems = Vec::new();
        for profile in profiles {
            match whoami(profile, &world) {
                Ok(identity) => text.push_str(&words(&identity)),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(text) } else { Err(problems) }
    }
}

/// Which credentials would be used, in words.
fn words(identity: &Whoami) -> String {
    let mut text = identity.kind.clone();
    if let Some(key_id) = &identity.key_id {
        let _ = write!(text, " {key_id}");
    }
    let _ = write!(text, " from {}", identity.source);
    if let Some(region) = &identity.region {
        let _ = write!(text, ", region {region}");
    }
    for other in &identity.otherwise {
        let _ = write!(text, "; else {other}");
    }
    format!("{}\n", printable(&text))
}

fn to_output(fetched: &[Fetched], snapshots: &[Snapshot]) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(show::BUFFER, io::stdout().lock());
    for (fetched, snapshot) in fetched.iter().zip(snapshots) {
        snapshot::write(&fetched.capture, snapshot, &mut out)?;
    }
    out.flush()
}

/// Says what was written, where somebody looks.
fn tell(files: &[PathBuf], snapshots: &[Snapshot]) {
    if !io::stderr().is_terminal() {
        return;
    }
    for (file, snapshot) in files.iter().zip(snapshots) {
        let records = usize::try_from(snapshot.records).unwrap_or(usize::MAX);
        let records = count(records, "record", "records");
        let pages = count(snapshot.pages.len(), "page", "pages");
        let file = path_name(file);
        // A reader that went away changes nothing.
        let _ = writeln!(io::stderr(), "{}: {records} on {pages}", printable(&file));
    }
}

/// What is not whole about what came, and what is worth knowing.
fn doubts(snapshots: &[Snapshot]) -> Vec<Problem> {
    let mut doubts = Vec::new();
    for snapshot in snapshots {
        doubts.extend(snapshot.flaws.iter().map(|flaw| flaw.problem.clone()));
        if snapshot.wholeness != Wholeness::Complete {
            let place = Place::Whole(Arc::clone(&snapshot.source));
            doubts.push(Problem::new(&Error::Incomplete, place));
        }
    }
    for doubt in doubts.iter_mut().filter(|doubt| doubt.level == Level::Error) {
        doubt.level = Level::Warning;
    }
    doubts
}
