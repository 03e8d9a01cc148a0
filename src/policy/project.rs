//! A `Project` is what a project file says: which policies judge, what of them is changed and why, and
//! what is accepted. Its paths are as they were written.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::{self, ApprovedName, WaiverDraft};
use super::file::document;
use super::resolve::{self, Param};
use super::{Approval, Overridden, Policy, PolicySet};
use crate::operation::{Catalogue, Effect, Operation, Severity};
use crate::text::{Location, Place, Problem, Source, nearest};
use crate::yaml;

/// What a project file says.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// Policy files and folders, where it names any.
    pub policies: Option<Vec<Said>>,
    /// Built-in packs that are switched on or off.
    pub packs: BTreeMap<String, bool>,
    pub(super) params: BTreeMap<String, Param>,
    /// Policies whose effect or severity is another than they say.
    pub overrides: Vec<SeverityOverride>,
    /// The least effect that fails a run.
    pub fail_on: Option<Said>,
    /// Evidence, where the command line names none.
    pub evidence: Vec<Said>,
    /// Waiver files.
    pub waiver_files: Vec<Said>,
    pub(super) waivers: Vec<WaiverDraft>,
    pub(super) max_waiver_days: Option<u64>,
    /// Files of approvals.
    pub approval_files: Vec<Said>,
    /// The register of what is meant to be open.
    pub approvals: Vec<Approval>,
    /// The names in them, which no schema has seen.
    pub(super) approved: Vec<ApprovedName>,
    /// What was open.
    pub baseline: Option<Said>,
    /// Reports that are written to files: format, `=`, path.
    pub output: Vec<Said>,
}

/// A text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Without its quotes.
    pub text: String,
    /// Its place.
    pub location: Location,
}

/// Another effect or severity of a policy.
#[derive(Clone, Debug)]
pub struct SeverityOverride {
    /// The policy's id.
    pub policy: Said,
    /// How bad a violation is here.
    pub severity: Option<Severity>,
    /// What a violation does here.
    pub effect: Option<Effect>,
    /// Why it is not as the policy says.
    pub reason: String,
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum ProjectError {
    #[error("there is no policy `{id}` to override")]
    #[diagnostic(code("project/unknown-policy"), help("{help}"))]
    UnknownPolicy { id: String, help: String },
    #[error("the policy `{id}` is overridden twice")]
    #[diagnostic(code("project/duplicate-override"), help("say it once"))]
    Duplicate { id: String },
}

impl Project {
    /// Leaves out the waivers that stand in the file itself.
    pub fn drop_waivers(&mut self) {
        self.waivers.clear();
    }

    /// What is wrong with the names in its approvals, by the operation that they fit best.
    pub(super) fn approved_names(&self, catalogue: &Catalogue) -> Vec<Problem> {
        let names = |operation: &Arc<Operation>| resolve::approved_names(&self.approved, operation);
        let found = catalogue.operations.iter().map(names).min_by_key(Vec::len);
        found.unwrap_or_default()
    }

    /// Changes the policies that are overridden; `is_known` tells which ids need not be complained of.
    pub(super) fn change(
        &self,
        set: &mut PolicySet,
        is_known: &dyn Fn(&str) -> bool,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (index, change) in self.overrides.iter().enumerate() {
            let id = &change.policy.text;
            let place = || Place::Text(change.policy.location.clone());
            let mut earlier = self.overrides.iter().take(index);
            if let Some(first) = earlier.find(|earlier| earlier.policy.text == *id) {
                let problem = Problem::new(&ProjectError::Duplicate { id: id.clone() }, place());
                let problem = problem.labelled("the second");
                problems.push(problem.related("the first", first.policy.location.clone()));
                continue;
            }
            if let Some(policy) = set.policies.iter_mut().find(|policy| policy.id == *id) {
                change.apply(policy);
            } else if !is_known(id) {
                let ids = set.policies.iter().map(|policy| policy.id.as_str());
                let help = match nearest(id, ids) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`portcullis list policies` names them all".to_owned(),
                };
                let error = ProjectError::UnknownPolicy { id: id.clone(), help };
                problems.push(Problem::new(&error, place()).labelled("no policy"));
            }
        }
        problems
    }
}

impl SeverityOverride {
    fn apply(&self, policy: &mut Policy) {
        policy.overridden = Some(Overridden {
            effect: policy.effect,
            severity: policy.severity,
            reason: self.reason.clone(),
            location: self.policy.location.clone(),
        });
        policy.effect = self.effect.unwrap_or(policy.effect);
        policy.severity = self.severity.unwrap_or(policy.severity);
    }
}

/// Reads a project file. One without any content says nothing.
///
/// # Errors
/// Everything that is wrong with it, in order.
pub fn project(source: &Arc<Source>) -> Result<Project, Vec<Problem>> {
    if let Ok(None) = yaml::parse(source) {
        return Ok(Project::default());
    }
    let mut project = Project::default();
    let (_, problems) = document(source, "", &mut |root, problems| {
        project = draft::project(root, problems);
    });
    if problems.is_empty() { Ok(project) } else { Err(problems) }
}
