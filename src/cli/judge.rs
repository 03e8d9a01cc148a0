//! Reads and judges files, one after the other, in order.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::Depth;
use crate::engine::{Judge, Program, Run};
use crate::input::{self, Input, Kind, STDIN};
use crate::operation::Operation;
use crate::policy::WhenUnknown;
use crate::snapshot::{self, File, Flaw, Hashes, NoOperation, Plan, Snapshot, Visitor};
use crate::text::{Level, Place, Problem};
use crate::triage::{self, Collector, Inventory, JudgedFile, Report, Survey, Terms};

use super::fresh::{Catch, Fresh};
use super::live::{Fetched, asked_for};
use super::load::{FRAMEWORK, Loaded, find_framework, load_for, now, operation};
use super::options::{EvidenceOptions, PolicyOptions, WaiverOptions};
use super::project::Settings;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("there is nothing to judge")]
    #[diagnostic(
        code("cli/no-input"),
        help(
            "name files or folders of saved answers, pipe one in (`… | portcullis check`), or ask the API: `portcullis check --live`"
        )
    )]
    NoInput,
    #[error("there is nothing to judge: standard input is empty")]
    #[diagnostic(
        code("cli/no-input"),
        help(
            "the command that should have written to it failed: name files or folders, or run it again"
        )
    )]
    EmptyInput,
    #[error("standard input was not read: the evidence of the project file is judged")]
    #[diagnostic(
        code("cli/stdin-not-read"),
        severity(Advice),
        help("name `-` to judge standard input instead")
    )]
    NotRead,
}

/// What was judged, and what there was beside it.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) files: Vec<JudgedFile>,
    /// The records of each file, where they are to be compared.
    pub(super) inventories: Vec<Inventory>,
    /// Folders without evidence, and files that were not read.
    pub(super) lacking: Vec<Snapshot>,
    /// Notes; no errors.
    pub(super) notes: Vec<Problem>,
}

/// One file that was judged, and its records where they are to be compared.
type JudgedOne = (JudgedFile, Option<Inventory>);

/// Why a file is not judged.
enum NotJudged {
    /// It could not be.
    Unreadable(Problem),
    /// It is of an operation that is not known, which says nothing about the evidence beside it.
    OtherOperation(Problem),
}

impl NotJudged {
    fn problem(self) -> Problem {
        match self {
            Self::Unreadable(problem) | Self::OtherOperation(problem) => problem,
        }
    }
}

impl From<Problem> for NotJudged {
    fn from(problem: Problem) -> Self {
        Self::Unreadable(problem)
    }
}

impl From<NoOperation> for NotJudged {
    fn from(why: NoOperation) -> Self {
        match why {
            NoOperation::Unclear(problem) => Self::Unreadable(problem),
            NoOperation::Other(problem) => Self::OtherOperation(problem),
        }
    }
}

/// Files to judge, and how.
pub(super) struct Judgement<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) when_unknown: WhenUnknown,
    pub(super) hashes: Hashes,
    pub(super) named: Option<Arc<Operation>>,
    /// Whether records are kept to be compared.
    pub(super) compares: bool,
}

/// What a run asks: evidence, judged by policies, less what is waived.
pub(super) struct Asked<'a> {
    pub(super) evidence: &'a EvidenceOptions,
    /// What is fetched in place of evidence that is saved.
    pub(super) fresh: Option<Fresh<'a>>,
    pub(super) policies: &'a PolicyOptions,
    pub(super) waivers: &'a WaiverOptions,
    pub(super) settings: &'a Settings,
    pub(super) hashes: Hashes,
    /// The framework whose view is asked for.
    pub(super) framework: Option<&'a str>,
}

impl Asked<'_> {
    /// The report on the terms of a time, and what is worth knowing beside it.
    pub(super) fn report(
        &self,
        terms: impl FnOnce(jiff::Timestamp) -> Terms,
    ) -> Result<(Report, Vec<Problem>), Vec<Problem>> {
        let mut loaded = load_for(self.settings, self.policies, Some(self.waivers), Depth::Each)?;
        let named = operation(self.evidence.operation.as_ref(), &loaded.catalogue)?;
        let framework = self.framework;
        framework.map(|name| find_framework(name, FRAMEWORK, &loaded.policies)).transpose()?;
        let catch = self.fetch(&mut loaded)?;
        let terms = terms(loaded.now);
        let judgement = Judgement {
            loaded: &loaded,
            when_unknown: terms.when_unknown,
            hashes: self.hashes,
            named,
            compares: false,
        };
        let judged = match &catch {
            Some(catch) => judgement.fetched(&catch.fetched)?,
            None => self.saved(&judgement)?,
        };
        catch.map_or(Ok(()), |catch| catch.keep())?;
        let mut notes = loaded.policies.warnings.clone();
        notes.extend(judged.notes);
        let report = triage::finish(loaded.policies, judged.files, &judged.lacking, terms);
        let waivers = report.waivers.iter().flat_map(|used| used.problems.iter().cloned());
        notes.extend(self.waivers.weigh(waivers.collect())?);
        let register = report.policies.approvals.iter().zip(&report.approvals);
        notes.extend(register.filter_map(|(approval, used)| used.problem(approval)));
        Ok((report, notes))
    }

    /// Reads and judges the evidence that the command line names, else the project's; without any, standard
    /// input.
    fn saved(&self, judgement: &Judgement<'_>) -> Result<Judged, Vec<Problem>> {
        if !self.evidence.input.is_empty() {
            return judgement.run(&self.evidence.input);
        }
        let place = |name: &str| Place::Whole(Arc::from(name));
        let project = self.settings.paths(&self.settings.project.evidence);
        if !project.is_empty() {
            let mut judged = judgement.run(&project)?;
            if input::stdin_holds_data() {
                judged.notes.push(Problem::new(&Error::NotRead, place("<stdin>")));
            }
            return Ok(judged);
        }
        let error = match std::io::stdin().is_terminal() {
            true => Error::NoInput,
            false if input::stdin_is_empty() => Error::EmptyInput,
            false => return judgement.run(&[PathBuf::from(STDIN)]),
        };
        // A project file that is not used may be the reason.
        let notes = self.settings.notes.iter().cloned();
        Err(notes.chain([Problem::new(&error, place("INPUT"))]).collect())
    }

    /// Fetches what is judged live; the report is of the time when it had come.
    fn fetch(&self, loaded: &mut Loaded) -> Result<Option<Catch>, Vec<Problem>> {
        let Some(fresh) = self.fresh else { return Ok(None) };
        let operation = asked_for(self.evidence.operation.as_ref(), &loaded.catalogue)?;
        let catch = fresh.fetch(&operation, loaded.now)?;
        loaded.now = now()?;
        Ok(Some(catch))
    }
}

impl Judgement<'_> {
    /// Reads and judges every file that the paths name.
    pub(super) fn run(&self, paths: &[PathBuf]) -> Result<Judged, Vec<Problem>> {
        let found = input::discover(paths, Kind::Evidence);
        let mut judged = Judged { lacking: found.lacking(), ..Judged::default() };
        let mut problems = found.problems;
        let mut others = Vec::new();
        let mut programs: Vec<Program> = Vec::new();
        for path in &found.files {
            match self.file(path, &mut programs) {
                Ok((file, inventory)) => {
                    judged.files.push(file);
                    judged.inventories.extend(inventory);
                }
                Err(NotJudged::Unreadable(problem)) => problems.push(problem),
                Err(NotJudged::OtherOperation(problem)) => others.push(problem),
            }
        }
        match judged.files.first_mut() {
            Some(first) => first.file.flaws.extend(others.into_iter().map(Flaw::note)),
            None => problems.extend(others),
        }
        if problems.iter().any(|problem| problem.level == Level::Error) {
            return Err(problems);
        }
        judged.notes = problems;
        Ok(judged)
    }

    /// Reads and judges what was opened already.
    pub(super) fn opened(&self, path: &Path, input: Input) -> Result<Judged, Vec<Problem>> {
        let (file, inventory) =
            self.input(path, input, &mut Vec::new()).map_err(|not| vec![not.problem()])?;
        let inventories = inventory.into_iter().collect();
        Ok(Judged { files: vec![file], inventories, ..Judged::default() })
    }

    /// Judges what was fetched.
    pub(super) fn fetched(&self, all: &[Fetched]) -> Result<Judged, Vec<Problem>> {
        let mut judged = Judged::default();
        let mut problems = Vec::new();
        let mut programs: Vec<Program> = Vec::new();
        for Fetched { name, capture } in all {
            let read = |plan: &Plan, visitor: &mut dyn Visitor| {
                snapshot::read_capture(capture, name, plan, visitor)
            };
            match self.judge((name, &capture.operation), &mut programs, read) {
                Ok((file, inventory)) => {
                    judged.files.push(file);
                    judged.inventories.extend(inventory);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(judged) } else { Err(problems) }
    }

    fn file(&self, path: &Path, programs: &mut Vec<Program>) -> Result<JudgedOne, NotJudged> {
        self.input(path, Input::open(path, self.hashes)?, programs)
    }

    fn input(
        &self,
        path: &Path,
        mut input: Input,
        programs: &mut Vec<Program>,
    ) -> Result<JudgedOne, NotJudged> {
        let name = Input::name(path);
        let catalogue = &self.loaded.catalogue;
        let opened = snapshot::open(&mut input, &name, catalogue)?;
        let operation = opened.operation(&name, self.named.as_ref(), catalogue)?;
        let read = |plan: &Plan, visitor: &mut dyn Visitor| opened.read(&name, plan, visitor);
        let mut judged = self.judge((&name, &operation), programs, read)?;
        let file = &mut judged.0.file;
        file.folder = Input::folder(path);
        // The page of a capture has its own.
        let sha256 = input.sha256().filter(|_| file.captured.is_none());
        if let ([page], Some(sha256)) = (file.pages.as_mut_slice(), sha256) {
            page.sha256 = Some(sha256);
        }
        Ok(judged)
    }

    /// Judges the records of an operation that `read` reads.
    fn judge(
        &self,
        (name, operation): (&Arc<str>, &Arc<Operation>),
        programs: &mut Vec<Program>,
        read: impl FnOnce(&Plan, &mut dyn Visitor) -> Result<File, Problem>,
    ) -> Result<JudgedOne, Problem> {
        let program = self.program(operation, programs)?;
        let slots = match self.compares {
            true => Collector::slots(operation, program.slots()),
            false => program.slots().to_vec(),
        };
        let plan = Plan { operation: Arc::clone(operation), slots, hashes: self.hashes };
        let mut judge = Judge::new(program, name);
        let mut collector = self.compares.then(|| Collector::new(operation, &plan.slots, name));
        let mut file = match &mut collector {
            Some(collector) => read(&plan, &mut Survey::new(&mut judge, collector))?,
            None => read(&plan, &mut judge)?,
        };
        let (found, drift) = judge.finish();
        file.flaws.extend(drift);
        let (inventory, flaw) = collector.map(Collector::finish).transpose()?.unzip();
        file.flaws.extend(flaw.flatten());
        Ok((JudgedFile { file, found }, inventory))
    }

    fn program<'p>(
        &self,
        operation: &Arc<Operation>,
        programs: &'p mut Vec<Program>,
    ) -> Result<&'p Program, Problem> {
        let position = programs.iter().position(|program| program.operation.name == operation.name);
        if position.is_none() {
            let run = Run { today: self.loaded.today(), when_unknown: self.when_unknown };
            programs.push(Program::new(&self.loaded.policies, operation, run)?);
        }
        let index = position.unwrap_or(programs.len() - 1);
        #[expect(
            clippy::indexing_slicing,
            reason = "the index was found, or is that of what was pushed"
        )]
        Ok(&programs[index])
    }
}
