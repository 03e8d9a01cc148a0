//! `portcullis test --mutate`: whether the cases of a policy notice when a part of its rule is changed.

use crate::analysis::{Change, mutants};
use crate::engine::{Program, Run, Tracer, Truth};
use crate::policy::{Policy, PolicySet};
use crate::text::{Place, Problem};

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("no case of `{policy}` notices when `{part}` {change}")]
    #[diagnostic(code("case/unnoticed"), help("{help}"))]
    Unnoticed { policy: String, part: String, change: String, help: String },
}

/// Changed rules, and those that no case noticed.
#[derive(Debug, Default)]
pub(super) struct Mutation {
    pub(super) mutants: usize,
    pub(super) unnoticed: Vec<Problem>,
}

impl Mutation {
    /// Changes each part of a policy's rule in turn and runs its cases on each.
    ///
    /// # Errors
    /// Patterns that are too large together.
    pub(super) fn of(&mut self, policy: &Policy, set: &PolicySet, run: Run) -> Result<(), Problem> {
        // What judges the whole is not changed part by part.
        if policy.cases.is_empty() || policy.judges_whole() {
            return Ok(());
        }
        let came = outcomes(policy, set, run)?;
        for mutant in mutants(&policy.condition) {
            self.mutants += 1;
            let changed = Policy { condition: mutant.condition, ..policy.clone() };
            if outcomes(&changed, set, run)? == came {
                let part = mutant.part.text().to_owned();
                let error = unnoticed(policy, part, &mutant.change);
                let problem = Problem::new(&error, Place::Text(mutant.part));
                self.unnoticed.push(problem.labelled("changed here"));
            }
        }
        Ok(())
    }
}

/// What each case of a policy comes to.
fn outcomes(policy: &Policy, set: &PolicySet, run: Run) -> Result<Vec<Option<Truth>>, Problem> {
    let alone = PolicySet {
        policies: vec![policy.clone()],
        approvals: set.approvals.clone(),
        ..PolicySet::default()
    };
    let program = Program::new(&alone, &policy.operation, run)?;
    let mut tracer = Tracer::new(&program);
    let mut truth =
        |record: &String| tracer.trace_text(policy, record).ok().map(|trace| trace.truth);
    let records = policy.cases.iter().flat_map(|case| &case.records);
    Ok(records.map(&mut truth).collect())
}

fn unnoticed(policy: &Policy, part: String, change: &Change) -> Error {
    let (change, help) = match change {
        Change::AlwaysTrue => (
            "always holds".to_owned(),
            "add a case that differs in this part only, where it does not hold".to_owned(),
        ),
        Change::AlwaysFalse => (
            "never holds".to_owned(),
            "add a case that differs in this part only, where it holds".to_owned(),
        ),
        Change::End(number) => {
            (format!("treats {number} otherwise"), format!("add a case with {number}"))
        }
        Change::Without(code) => (format!("leaves out {code}"), format!("add a case with {code}")),
    };
    Error::Unnoticed { policy: policy.id.clone(), part, change, help }
}
