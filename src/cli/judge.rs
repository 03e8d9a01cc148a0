//! Reads and judges files, one after the other, in order.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::Depth;
use crate::engine::{Judge, Program, Run};
use crate::input::{self, Input, Kind, STDIN};
use crate::operation::Operation;
use crate::policy::WhenUnknown;
use crate::snapshot::{self, Hashes, Plan};
use crate::text::{Level, Place, Problem};
use crate::triage::{self, Collector, Inventory, JudgedFile, Report, Survey, Terms};

use super::load::{Loaded, load_for, operation};
use super::options::{EvidenceOptions, PolicyOptions, WaiverOptions};
use super::project::Settings;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("there is nothing to judge")]
    #[diagnostic(
        code("cli/no-input"),
        help("name files or folders of saved answers, or pipe one in: `… | portcullis check`")
    )]
    NoInput,
}

/// What was judged, and what there was beside it.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) files: Vec<JudgedFile>,
    /// The records of each file, where they are to be compared.
    pub(super) inventories: Vec<Inventory>,
    /// Folders without evidence.
    pub(super) nothing: Vec<Arc<str>>,
    /// Notes; no errors.
    pub(super) notes: Vec<Problem>,
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
    pub(super) policies: &'a PolicyOptions,
    pub(super) waivers: &'a WaiverOptions,
    pub(super) settings: &'a Settings,
    pub(super) hashes: Hashes,
}

impl Asked<'_> {
    /// The report on the terms of a time, and what is worth knowing beside it.
    pub(super) fn report(
        &self,
        terms: impl FnOnce(jiff::Timestamp) -> Terms,
    ) -> Result<(Report, Vec<Problem>), Vec<Problem>> {
        let paths = inputs(self.evidence, self.settings)?;
        let loaded = load_for(self.settings, self.policies, Some(self.waivers), Depth::Each)?;
        let named = operation(self.evidence.operation.as_ref(), &loaded.catalogue)?;
        let terms = terms(loaded.now);
        let judgement = Judgement {
            loaded: &loaded,
            when_unknown: terms.when_unknown,
            hashes: self.hashes,
            named,
            compares: false,
        };
        let judged = judgement.run(&paths)?;
        let mut notes = loaded.policies.warnings.clone();
        notes.extend(judged.notes);
        let report = triage::finish(loaded.policies, judged.files, &judged.nothing, terms);
        let waivers = report.waivers.iter().flat_map(|used| used.problems.iter().cloned());
        notes.extend(self.waivers.weigh(waivers.collect())?);
        let register = report.policies.approvals.iter().zip(&report.approvals);
        notes.extend(register.filter_map(|(approval, used)| used.problem(approval)));
        Ok((report, notes))
    }
}

/// The paths of the command line, else of the project; without any, standard input unless that is a
/// terminal.
fn inputs(options: &EvidenceOptions, settings: &Settings) -> Result<Vec<PathBuf>, Vec<Problem>> {
    if !options.input.is_empty() {
        return Ok(options.input.clone());
    }
    if !settings.project.evidence.is_empty() {
        return Ok(settings.paths(&settings.project.evidence));
    }
    if std::io::stdin().is_terminal() {
        return Err(vec![Problem::new(&Error::NoInput, Place::Whole(Arc::from("INPUT")))]);
    }
    Ok(vec![PathBuf::from(STDIN)])
}

impl Judgement<'_> {
    /// Reads and judges every file that the paths name.
    pub(super) fn run(&self, paths: &[PathBuf]) -> Result<Judged, Vec<Problem>> {
        let found = input::discover(paths, Kind::Evidence);
        let mut judged = Judged { nothing: found.empty, ..Judged::default() };
        let mut problems = found.problems;
        let mut programs: Vec<Program> = Vec::new();
        for path in &found.files {
            match self.file(path, &mut programs) {
                Ok((file, inventory)) => {
                    judged.files.push(file);
                    judged.inventories.extend(inventory);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.iter().any(|problem| problem.level == Level::Error) {
            return Err(problems);
        }
        judged.notes = problems;
        Ok(judged)
    }

    fn file(
        &self,
        path: &Path,
        programs: &mut Vec<Program>,
    ) -> Result<(JudgedFile, Option<Inventory>), Problem> {
        let name = Input::name(path);
        let catalogue = &self.loaded.catalogue;
        let mut input = Input::open(path, self.hashes)?;
        let opened = snapshot::open(&mut input, &name, catalogue)?;
        let operation = opened.operation(&name, self.named.as_ref(), catalogue)?;
        let program = self.program(&operation, programs)?;
        let slots = match self.compares {
            true => Collector::slots(&operation, program.slots()),
            false => program.slots().to_vec(),
        };
        let plan = Plan { operation, slots, hashes: self.hashes };
        let mut judge = Judge::new(program, &name);
        let mut collector =
            self.compares.then(|| Collector::new(&plan.operation, &plan.slots, &name));
        let mut file = match &mut collector {
            Some(collector) => {
                let mut survey = Survey::new(&mut judge, collector);
                opened.read(&name, &plan, &mut survey)?
            }
            None => opened.read(&name, &plan, &mut judge)?,
        };
        file.folder = Input::folder(path);
        // The page of a capture has its own.
        let sha256 = input.sha256().filter(|_| file.captured.is_none());
        if let ([page], Some(sha256)) = (file.pages.as_mut_slice(), sha256) {
            page.sha256 = Some(sha256);
        }
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
