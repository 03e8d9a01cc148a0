//! Syntax to meaning: names become fields, sets and params, operands become values of their field's
//! kind, and an `Expr` becomes a `Condition` that cannot fail any more.

mod address;
mod aggregate;
mod arithmetic;
mod code;
mod comparison;
mod error;
mod item;
mod name;
mod number;
mod pattern;
mod spelling;
mod target;
#[cfg(test)]
mod tests;
mod text;
mod time;

use std::collections::{BTreeMap, BTreeSet};

use aggregate::Whole;
use error::ResolveError;
use item::Item;
use spelling::{Role, Word};

use super::draft::ApprovedName;
use super::syntax::{Expr, Operand, Sentence};
use super::told::Told;
use super::{Condition, Predicate, Test};
use crate::operation::{Field, FieldId, Operation};
use crate::text::{Level, Location, Place, Problem};

/// What the names of a rule may mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// Whose records are asked.
    pub operation: &'a Operation,
    /// By name.
    pub sets: &'a BTreeMap<String, Set>,
    /// By name, without the `$`.
    pub params: &'a BTreeMap<String, Param>,
}

/// An entry of `sets:`.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    pub elements: Vec<Operand>,
    /// Its key.
    pub location: Location,
}

/// An entry of `params:`, or what the command line put in its place.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    pub value: Operand,
    /// Its key, or the flag.
    pub location: Location,
    /// Whether the run gave it in place of the file's own.
    pub is_replaced: bool,
}

/// What a rule asks.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub condition: Condition,
    /// Names of the params that the run gave in place of the file's own, of those that it reads.
    pub replaced: BTreeSet<String>,
}

/// What a condition asks. Nothing where an error was reported; warnings may be reported beside it.
pub(crate) fn condition(
    expr: &Expr,
    scope: &Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Resolved> {
    Resolver::new(scope, problems).finish(|resolver| {
        let condition = resolver.condition(expr)?;
        resolver.unmixed(condition)
    })
}

/// The same of single records: aggregates are refused.
pub(crate) fn records(
    expr: &Expr,
    scope: &Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Resolved> {
    let mut resolver = Resolver::new(scope, problems);
    resolver.whole.is_refused = true;
    resolver.finish(|resolver| resolver.condition(expr))
}

/// What a sentence asks: one of its targets, and its condition, and not what follows `unless`.
pub(crate) fn sentence(
    sentence: &Sentence,
    scope: &Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Resolved> {
    Resolver::new(scope, problems).finish(|resolver| resolver.sentence(sentence))
}

/// What is wrong with the names of approvals.
pub(crate) fn approved_names<'a>(
    names: impl IntoIterator<Item = &'a ApprovedName>,
    operation: &Operation,
) -> Vec<Problem> {
    let (sets, params) = (BTreeMap::new(), BTreeMap::new());
    let scope = Scope { operation, sets: &sets, params: &params };
    let mut problems = Vec::new();
    let mut resolver = Resolver::new(&scope, &mut problems);
    for name in names {
        let asked = if name.is_protocol { operation.protocol } else { Some(operation.subject) };
        if let Some(id) = asked {
            let ApprovedName { text, quoted, location, .. } = name;
            let word = Word { text, quoted: *quoted, role: Role::NoSet, location };
            resolver.check_spelling(&word, resolver.field(id));
        }
    }
    problems
}

/// Resolves one rule.
struct Resolver<'a> {
    scope: &'a Scope<'a>,
    problems: &'a mut Vec<Problem>,
    told: Told,
    failed: bool,
    replaced: BTreeSet<String>,
    whole: Whole,
}

impl<'a> Resolver<'a> {
    fn new(scope: &'a Scope<'a>, problems: &'a mut Vec<Problem>) -> Self {
        let whole = Whole::default();
        Self {
            scope,
            problems,
            told: Told::default(),
            failed: false,
            replaced: BTreeSet::new(),
            whole,
        }
    }

    /// A name that is misspelt still resolves, so that what stands beside it is checked too; the
    /// rule as a whole does not.
    fn finish(mut self, resolve: impl FnOnce(&mut Self) -> Option<Condition>) -> Option<Resolved> {
        let condition = resolve(&mut self)?;
        (!self.failed).then_some(Resolved { condition, replaced: self.replaced })
    }

    fn sentence(&mut self, sentence: &'a Sentence) -> Option<Condition> {
        let subject = (!sentence.targets.is_empty()).then(|| self.subject(sentence));
        let named: Vec<&str> = sentence.targets.iter().map(|one| one.location.text()).collect();
        let words = if sentence.is_anything_but { "anything but " } else { "" };
        let words = format!("{words}{}", named.join(" or "));
        self.whole.subject = subject.clone().flatten().map(|subject| (subject, words));
        let condition = sentence.condition.as_ref().map(|expr| self.condition(expr));
        let unless = sentence.unless.as_ref().map(|expr| self.condition(expr));
        let mut parts = Vec::new();
        if let Some(condition) = condition {
            parts.push(condition?);
        }
        if let Some(unless) = unless {
            parts.push(not(unless?));
        }
        let condition = self.unmixed(all(parts))?;
        match subject {
            // Its aggregates have it.
            Some(subject) if condition.judges_whole() => subject.map(|_| condition),
            Some(subject) => Some(all(vec![subject?, condition])),
            None => Some(condition),
        }
    }

    fn condition(&mut self, expr: &'a Expr) -> Option<Condition> {
        match expr {
            Expr::All(parts) => self.parts(parts).map(all),
            Expr::Any(parts) => self.parts(parts).map(any),
            Expr::Not(part) => self.condition(part).map(not),
            Expr::Approved(location) => Some(test(Predicate::Approved, location)),
            Expr::Target(target) => self.target(target, Role::Condition),
            Expr::Comparison(comparison) => self.comparison(comparison),
        }
    }

    /// Every part is resolved, whether or not one before it failed.
    fn parts(&mut self, parts: &'a [Expr]) -> Option<Vec<Condition>> {
        let parts: Vec<_> = parts.iter().map(|part| self.condition(part)).collect();
        parts.into_iter().collect()
    }

    fn field(&self, id: FieldId) -> &'a Field {
        self.scope.operation.schema.field(id)
    }

    fn find(&self, name: &str) -> Option<FieldId> {
        self.scope.operation.schema.find(name)
    }

    /// Reports an error or a warning at a place.
    fn note(&mut self, error: &ResolveError, location: &Location) {
        let place = Place::Text(location.clone());
        self.report(Problem::new(error, place).labelled(error.label()));
    }

    /// Reports an error at a place, and has nothing to give.
    fn fail_at<T>(&mut self, error: &ResolveError, location: &Location) -> Option<T> {
        self.note(error, location);
        None
    }

    /// Reports an error about a value, at the place where the rule uses it.
    fn fail<T>(&mut self, error: &ResolveError, item: &Item<'_>) -> Option<T> {
        let place = Place::Text(item.used().clone());
        let problem = Problem::new(error, place).labelled(error.label());
        self.report(match item.origin() {
            None => problem,
            Some(what) => problem.related(what, item.operand.location.clone()),
        });
        None
    }

    fn report(&mut self, problem: Problem) {
        self.failed |= problem.level == Level::Error;
        if self.told.is_new_here(&problem) {
            self.problems.push(problem);
        }
    }
}

fn test(predicate: Predicate, location: &Location) -> Condition {
    Condition::Test(Test { predicate, location: location.clone() })
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

/// All of some parts; what is itself all of others joins them.
fn all(parts: Vec<Condition>) -> Condition {
    let flat = parts.into_iter().flat_map(|part| match part {
        Condition::All(parts) => parts,
        part => vec![part],
    });
    only(flat.collect()).unwrap_or_else(Condition::All)
}

/// Any of some parts; what is itself any of others joins them.
fn any(parts: Vec<Condition>) -> Condition {
    let flat = parts.into_iter().flat_map(|part| match part {
        Condition::Any(parts) => parts,
        part => vec![part],
    });
    only(flat.collect()).unwrap_or_else(Condition::Any)
}

/// The one part, or all parts as they were.
fn only(mut parts: Vec<Condition>) -> Result<Condition, Vec<Condition>> {
    match (parts.len(), parts.pop()) {
        (1, Some(part)) => Ok(part),
        (_, Some(part)) => {
            parts.push(part);
            Err(parts)
        }
        (_, None) => Err(parts),
    }
}
