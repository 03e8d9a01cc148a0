//! From policy files to a `PolicySet`: every problem of every file, in order, or policies that cannot fail.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use miette::Diagnostic;
use thiserror::Error;

use super::draft::{self, Draft, OperationName, PolicyDraft, RuleKind, suggestion};
use super::overrides::Overrides;
use super::resolve::{self, Scope};
use super::{Policy, PolicySet, Template, case, slug};
use crate::operation::{Catalogue, Effect, Operation, Schema, Severity};
use crate::text::{Level, Location, Place, Problem, Source};
use crate::yaml::{self, Node};

#[derive(Debug, Error, Diagnostic)]
enum LoadError {
    #[error("unknown operation `{name}`")]
    #[diagnostic(code("policy/unknown-operation"), help("{help}"))]
    UnknownOperation { name: String, help: String },

    #[error("it is not said which operation these policies judge")]
    #[diagnostic(code("policy/missing-operation"), help("add `operation:`, {help}"))]
    MissingOperation { help: String },

    #[error("the id `{id}` is taken")]
    #[diagnostic(code("policy/duplicate-id"), help("give one of the two another id"))]
    DuplicateId { id: String },

    #[error("the id `{id}`, made from the rule's words, is taken")]
    #[diagnostic(
        code("policy/duplicate-id"),
        help("write the rule under `rule:` and give it an `id:`, or remove it if it is the same rule")
    )]
    DuplicateSlug { id: String },

    #[error("the set `{name}` has the name of a field")]
    #[diagnostic(
        code("policy/bad-name"),
        help("give the set another name, so that a rule can tell them apart")
    )]
    SetNamedAsField { name: String },

    #[error("there is no policy")]
    #[diagnostic(
        code("policy/no-policy"),
        help("where nothing is asked nothing is proven; add a file with `policies:`")
    )]
    NoPolicy,
}

/// Reads policy files into policies.
///
/// `params` are names and values that replace the files' own.
///
/// # Errors
///
/// Every problem of every file, warnings too, in the order of the files and of the places in them,
/// where at least one is an error. Otherwise the warnings are in the set.
pub fn load(
    sources: &[Arc<Source>],
    catalogue: &Catalogue,
    params: &[(String, String)],
) -> Result<PolicySet, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut loader = Loader {
        catalogue,
        overrides: Overrides::read(params, &mut problems),
        ids: HashMap::new(),
        set: PolicySet::default(),
    };
    for source in sources {
        problems.extend(loader.file(source));
    }
    problems.extend(loader.overrides.unused());
    finish(loader.set, problems, sources)
}

fn finish(
    mut set: PolicySet,
    mut problems: Vec<Problem>,
    sources: &[Arc<Source>],
) -> Result<PolicySet, Vec<Problem>> {
    let mut told = HashSet::new();
    problems.retain(|problem| {
        problem.level != Level::Warning
            || told.insert((problem.code.clone(), problem.message.clone()))
    });
    let failed = problems.iter().any(|problem| problem.level == Level::Error);
    if !failed && set.policies.is_empty() {
        let name = sources.first().map_or("policies", |source| source.name());
        problems.push(Problem::new(&LoadError::NoPolicy, Place::Whole(name.into())));
        return Err(problems);
    }
    if failed {
        return Err(problems);
    }
    set.warnings = problems;
    Ok(set)
}

/// What is known over all files.
struct Loader<'a> {
    catalogue: &'a Catalogue,
    overrides: Overrides,
    ids: HashMap<String, Location>,
    set: PolicySet,
}

impl Loader<'_> {
    /// Reads one file into the set; what is wrong with it, in the order of the file.
    fn file(&mut self, source: &Arc<Source>) -> Vec<Problem> {
        let mut problems = Vec::new();
        match yaml::parse(source) {
            Ok(Some(root)) => self.document(&root, &mut problems),
            Ok(None) => problems.push(draft::empty_file(source.name())),
            Err(errors) => problems = errors,
        }
        problems.sort_by_key(|problem| problem.place.bytes().map(|(offset, _)| offset));
        problems
    }

    fn document(&mut self, root: &Node, problems: &mut Vec<Problem>) {
        let Some(mut draft) = draft::read(root, problems) else {
            return;
        };
        self.set.approvals.append(&mut draft.approvals);
        self.overrides.apply(&mut draft.params);
        let operation = self.operation(&draft.operation, problems);
        let ids: Vec<Option<String>> = draft
            .policies
            .iter()
            .map(|policy| self.id(policy, problems))
            .collect();
        let Some(operation) = operation else {
            return;
        };
        let policies = std::mem::take(&mut draft.policies);
        let scope = scope(draft, &operation, problems);
        for (policy, id) in policies.into_iter().zip(ids) {
            let policy = resolved(policy, &operation, &scope, problems);
            self.set.policies.extend(policy.zip(id).map(|(policy, id)| Policy { id, ..policy }));
        }
    }

    fn operation(
        &self,
        name: &OperationName,
        problems: &mut Vec<Problem>,
    ) -> Option<Arc<Operation>> {
        let (found, error, location) = match name {
            OperationName::Unreadable => return None,
            OperationName::Written(name, location) => (
                self.catalogue.find(name),
                LoadError::UnknownOperation {
                    name: name.clone(),
                    help: suggestion(name, self.names()),
                },
                location,
            ),
            OperationName::Omitted(location) => (
                self.catalogue.only(),
                LoadError::MissingOperation {
                    help: suggestion("", self.names()),
                },
                location,
            ),
        };
        if found.is_none() {
            let place = Place::Text(location.clone());
            problems.push(Problem::new(&error, place).labelled("unknown"));
        }
        found.cloned()
    }
}
