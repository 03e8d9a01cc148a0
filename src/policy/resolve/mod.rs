//! Syntax to meaning: names become fields, sets and params, operands become values of their field's
//! kind, and an `Expr` becomes a `Condition` that cannot fail any more.

mod address;
mod arithmetic;
mod code;
mod comparison;
mod error;
mod item;
mod name;
mod number;
mod pattern;
mod target;
#[cfg(test)]
mod tests;
mod text;
mod time;

use std::collections::BTreeMap;

use error::ResolveError;
use item::Item;

use super::syntax::{Expr, Operand, Sentence};
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
}

/// What a condition asks. Nothing where an error was reported; warnings may be reported beside it.
pub(crate) fn condition(
    expr: &Expr,
    scope: &Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Condition> {
    Resolver::new(scope, problems).finish(|resolver| resolver.condition(expr))
}

/// What a sentence asks: one of its targets, and its condition, and not what follows `unless`.
pub(crate) fn sentence(
    sentence: &Sentence,
    scope: &Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Condition> {
    Resolver::new(scope, problems).finish(|resolver| resolver.sentence(sentence))
}

/// Resolves one rule.
struct Resolver<'a> {
    scope: &'a Scope<'a>,
    problems: &'a mut Vec<Problem>,
    failed: bool,
}

impl<'a> Resolver<'a> {
    fn new(scope: &'a Scope<'a>, problems: &'a mut Vec<Problem>) -> Self {
        Self { scope, problems, failed: false }
    }

    /// A name that is misspelt still resolves, so that what stands beside it is checked too; the
    /// rule as a whole does not.
    fn finish(mut self, resolve: impl FnOnce(&mut Self) -> Option<Condition>) -> Option<Condition> {
        let resolved = resolve(&mut self);
        resolved.filter(|_| !self.failed)
    }

    fn sentence(&mut self, sentence: &'a Sentence) -> Option<Condition> {
        let targets: Vec<_> = sentence.targets.iter().map(|target| self.target(target)).collect();
        let condition = sentence.condition.as_ref().map(|expr| self.condition(expr));
        let unless = sentence.unless.as_ref().map(|expr| self.condition(expr));
        let mut parts = Vec::new();
        if !targets.is_empty() {
            parts.push(any(targets.into_iter().collect::<Option<_>>()?));
        }
        if let Some(condition) = condition {
            parts.push(condition?);
        }
        if let Some(unless) = unless {
            parts.push(not(unless?));
        }
        Some(all(parts))
    }

    fn condition(&mut self, expr: &'a Expr) -> Option<Condition> {
        match expr {
            Expr::All(parts) => self.parts(parts).map(all),
            Expr::Any(parts) => self.parts(parts).map(any),
            Expr::Not(part) => self.condition(part).map(not),
            Expr::Approved(location) => Some(test(Predicate::Approved, location)),
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

    /// Says nothing twice: a set may be used by many rules, be wrong in each element, and a word come
    /// many times.
    fn report(&mut self, problem: Problem) {
        self.failed |= problem.level == Level::Error;
        let is_known = self.problems.iter().any(|known| {
            known.code == problem.code
                && match problem.level {
                    Level::Error => known.place == problem.place,
                    Level::Warning | Level::Note => known.message == problem.message,
                }
        });
        if !is_known {
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

fn all(parts: Vec<Condition>) -> Condition {
    only(parts).unwrap_or_else(Condition::All)
}

fn any(parts: Vec<Condition>) -> Condition {
    only(parts).unwrap_or_else(Condition::Any)
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
