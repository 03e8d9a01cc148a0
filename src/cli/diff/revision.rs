//! `portcullis diff --policies`: what a change of policies does, over all records and to the evidence at
//! hand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::Depth;
use crate::input::{Input, STDIN};
use crate::policy::WhenUnknown;
use crate::text::{Place, Problem};
use crate::triage::{self, Policies, Revision};

use crate::cli::judge::{Judged, Judgement};
use crate::cli::load::{Loaded, load_for, operation};
use crate::cli::options::PolicyOptions;
use crate::cli::project::Settings;

use super::Diff;

/// The problem of a param that no file has.
const UNKNOWN_PARAM: &str = "policy/unknown-param";

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("standard input is read once, and two sets of policies would judge it")]
    #[diagnostic(code("cli/read-once"), help("save what is piped to a file, and name that"))]
    ReadOnce,
}

/// A change of policies, and what is asked about it.
pub(super) struct Asked<'a> {
    pub(super) diff: &'a Diff,
    pub(super) old: &'a Path,
    pub(super) new: &'a Path,
    pub(super) inputs: &'a [PathBuf],
}

impl Asked<'_> {
    /// What the change does, and what is worth knowing beside it.
    pub(super) fn revise(&self) -> Result<(Revision, Vec<Problem>), Vec<Problem>> {
        self.check()?;
        let settings = Settings::find(self.diff.policies.config.as_deref())?;
        let (old, mut new) = self.load(&settings)?;
        new.now = old.now;
        let terms = self.diff.accepted.terms(self.diff.fail_on, &settings, new.now);
        let mut notes = new.policies.warnings.clone();
        let mut sides = Vec::with_capacity(2);
        for (path, loaded) in [(self.old, &old), (self.new, &new)] {
            let report = self.judge(loaded, terms.when_unknown)?.map(|judged| {
                let Judged { files, lacking, notes: said, .. } = judged;
                notes.extend(
                    said.into_iter().filter(|note| !notes.contains(note)).collect::<Vec<_>>(),
                );
                triage::finish(loaded.policies.clone(), files, &lacking, terms)
            });
            sides.push(Policies {
                source: Input::name(path),
                set: loaded.policies.clone(),
                report,
            });
        }
        let used = sides.last().and_then(|side| side.report.as_ref()).map(|report| &report.waivers);
        let stale = used.into_iter().flatten().flat_map(|used| used.problems.iter().cloned());
        notes.extend(self.diff.waivers.weigh(stale.collect())?);
        match <[Policies; 2]>::try_from(sides) {
            Ok([old, new]) => Ok((Revision::new(old, new, terms), notes)),
            Err(_) => Err(Vec::new()),
        }
    }

    /// What can be told before anything is read.
    fn check(&self) -> Result<(), Vec<Problem>> {
        match self.inputs.iter().any(|path| path.as_os_str() == STDIN) {
            true => Err(vec![Problem::new(&Error::ReadOnce, Place::Whole(Arc::from("INPUT")))]),
            false => Ok(()),
        }
    }

    /// Both sets, each with the params that it knows.
    fn load(&self, settings: &Settings) -> Result<(Loaded, Loaded), Vec<Problem>> {
        // What can never fire is refused where it is new; where it is old, the change may be its end.
        let sides = [(self.old, Depth::Nothing), (self.new, Depth::Each)];
        let loaded = sides.map(|side| self.side(settings, side, &BTreeSet::new()));
        let unknown =
            loaded.each_ref().map(|side| side.as_ref().err().map(|all| unknown_params(all)));
        let [of_old, of_new] = unknown.map(Option::unwrap_or_default);
        // A param that the change adds or takes away is known to one side only.
        let left_out: [BTreeSet<String>; 2] = [&of_old - &of_new, &of_new - &of_old];
        let mut again =
            loaded.into_iter().zip(sides).zip(&left_out).map(|((loaded, side), names)| {
                if names.is_empty() { loaded } else { self.side(settings, side, names) }
            });
        match (again.next(), again.next()) {
            (Some(Ok(old)), Some(Ok(new))) => Ok((old, new)),
            (old, new) => {
                let mut problems: Vec<Problem> = Vec::new();
                let failed = [old, new].into_iter().flatten().filter_map(Result::err);
                for problem in failed.flatten() {
                    if !problems.contains(&problem) {
                        problems.push(problem);
                    }
                }
                Err(problems)
            }
        }
    }

    /// One set, without some of the params that were given.
    fn side(
        &self,
        settings: &Settings,
        (path, depth): (&Path, Depth),
        left_out: &BTreeSet<String>,
    ) -> Result<Loaded, Vec<Problem>> {
        let given = self.diff.policies.param.iter().filter(|(name, _)| !left_out.contains(name));
        let param = given.cloned().collect();
        let options = PolicyOptions { param, ..self.diff.policies.by(vec![path.to_owned()]) };
        load_for(settings, &options, Some(&self.diff.waivers), depth)
    }

    /// What a set makes of the evidence, where there is any.
    fn judge(
        &self,
        loaded: &Loaded,
        when_unknown: WhenUnknown,
    ) -> Result<Option<Judged>, Vec<Problem>> {
        let named = operation(self.diff.operation.as_ref(), &loaded.catalogue)?;
        if self.inputs.is_empty() {
            return Ok(None);
        }
        let hashes = self.diff.hashes();
        let judgement = Judgement { loaded, when_unknown, hashes, named, compares: false };
        judgement.run(self.inputs).map(Some)
    }
}

/// Names of params that were given and are in no file.
fn unknown_params(problems: &[Problem]) -> BTreeSet<String> {
    let unknown = problems.iter().filter(|problem| problem.code == UNKNOWN_PARAM);
    let named = unknown.filter_map(|problem| match &problem.place {
        Place::Whole(name) => name.strip_prefix("--param ").map(str::to_owned),
        Place::Text(_) | Place::Evidence(_) => None,
    });
    named.collect()
}
