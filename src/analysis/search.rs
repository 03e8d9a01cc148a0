//! A search for a record on which conditions have wanted truths. It takes the conditions apart until
//! only wants about single tests are left, tries the alternatives that remain one after another, and
//! asks field by field whether any value agrees, and of numbers whether they agree together. What it finds
//! impossible is impossible; what it finds possible need not be, unless the witness is certain.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use foldhash::HashMap;

use crate::operation::{FieldId, Schema};
use crate::policy::{Condition, Predicate};

use super::census::Censuses;
use super::domain;
use super::effort::{Effort, Exhausted};
use super::numbers::{self, Possible, are_joined};
use super::subject::{Fact, Subject, about, is_possible, merged};
use super::truth::Truths;
use super::value::{Value, ask};

/// A condition, and the truths that are wanted of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal<'a> {
    pub(super) condition: &'a Condition,
    pub(super) truths: Truths,
}

/// What a search finds.
#[derive(Debug)]
pub(super) enum Answer<'a> {
    /// Some record agrees, as far as the analysis can tell.
    Possible(Witness<'a>),
    /// No record does.
    Impossible,
}

/// Facts that no record agrees with.
#[derive(Debug)]
pub(super) struct Conflict<'a> {
    /// All about one subject; some may be beside the point.
    pub(super) facts: Vec<Fact<'a>>,
    /// Whether these facts alone rule everything out, and not just one alternative of several.
    pub(super) is_whole: bool,
}

/// A record that agrees. Fields that it does not name are absent.
#[derive(Debug, Default)]
pub(super) struct Witness<'a> {
    values: BTreeMap<FieldId, Value>,
    wants: HashMap<&'a Predicate, Truths>,
    /// Whether there certainly is such a record, or such a snapshot.
    pub(super) is_certain: bool,
}

/// Looks for a record on which every goal is met.
pub(super) fn search<'a>(
    schema: &Schema,
    goals: Vec<Goal<'a>>,
    effort: &mut Effort,
) -> Result<Answer<'a>, Exhausted> {
    let mut found = None;
    each_witness(schema, goals, effort, &mut |witness| {
        found = Some(witness);
        ControlFlow::Break(())
    })?;
    Ok(found.map_or(Answer::Impossible, Answer::Possible))
}

/// Looks for every way in which a record may meet every goal, until `visit` has enough.
pub(super) fn each_witness<'a>(
    schema: &Schema,
    goals: Vec<Goal<'a>>,
    effort: &mut Effort,
    visit: &mut dyn FnMut(Witness<'a>) -> ControlFlow<()>,
) -> Result<(), Exhausted> {
    Search::new(schema, &goals, effort)?
        .run(goals, effort, &mut |search, effort| Ok(visit(search.witness(effort)?)))
        .map(|_| ())
}

/// Why no record meets every goal, where that is certain; without facts if some goal has no alternative.
pub(super) fn why_impossible<'a>(
    schema: &Schema,
    goals: Vec<Goal<'a>>,
    effort: &mut Effort,
) -> Option<Option<Conflict<'a>>> {
    let mut is_met = false;
    let search = Search::new(schema, &goals, effort).ok()?;
    let conflict = search.run(goals, effort, &mut |_, _| {
        is_met = true;
        Ok(ControlFlow::Break(()))
    });
    conflict.ok().filter(|_| !is_met)
}

/// Whether certainly no record meets every goal.
pub(super) fn is_impossible(schema: &Schema, goals: Vec<Goal<'_>>, effort: &mut Effort) -> bool {
    why_impossible(schema, goals, effort).is_some()
}

/// Whether no record agrees with all the facts.
pub(super) fn exclude_each_other(
    schema: &Schema,
    facts: &[Fact<'_>],
    effort: &mut Effort,
) -> Result<bool, Exhausted> {
    let predicates = facts.iter().map(|fact| &fact.test.predicate);
    let context = (schema, &Censuses::new(schema, predicates, effort)?);
    let subjects = facts.iter().map(|fact| Subject::of(&fact.test.predicate));
    for subject in subjects.chain([Subject::Numbers]) {
        if !is_possible(context, subject, &merged(facts, subject), effort)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Witness<'_> {
    /// What each field holds that was asked for, as far as it was found.
    pub(super) fn values(&self) -> &BTreeMap<FieldId, Value> {
        &self.values
    }

    /// The truths that are wanted of a predicate.
    pub(super) fn wanted(&self, predicate: &Predicate) -> Truths {
        self.wants.get(predicate).copied().unwrap_or(Truths::ANY)
    }

    /// The truths that a condition may have on the witness.
    pub(super) fn truths(
        &self,
        schema: &Schema,
        condition: &Condition,
        effort: &mut Effort,
    ) -> Result<Truths, Exhausted> {
        effort.spend(1)?;
        match condition {
            Condition::All(parts) => parts.iter().try_fold(Truths::TRUE, |truths, part| {
                Ok(truths.minimum(self.truths(schema, part, effort)?))
            }),
            Condition::Any(parts) => parts.iter().try_fold(Truths::FALSE, |truths, part| {
                Ok(truths.maximum(self.truths(schema, part, effort)?))
            }),
            Condition::Not(part) => Ok(self.truths(schema, part, effort)?.negated()),
            Condition::Test(test) => Ok(self.ask(schema, &test.predicate)),
        }
    }

    fn ask(&self, schema: &Schema, predicate: &Predicate) -> Truths {
        let wanted = self.wanted(predicate);
        match Subject::of(predicate) {
            Subject::Field(id) => {
                let value = self.values.get(&id).unwrap_or(&Value::Absent);
                wanted & ask(predicate, schema.field(id), value)
            }
            Subject::Approval | Subject::Numbers => wanted,
        }
    }
}

/// A choice that was made, and what is left to try.
struct Branch<'a> {
    /// Alternatives not yet tried, the next one last.
    alternatives: Vec<Goal<'a>>,
    /// The choices that were open besides.
    choices: Vec<Goal<'a>>,
    /// How many facts there were.
    facts: usize,
}

struct Search<'a, 's> {
    schema: &'s Schema,
    censuses: Censuses<'a>,
    facts: Vec<Fact<'a>>,
    /// Goals that can be met in several ways.
    choices: Vec<Goal<'a>>,
    branches: Vec<Branch<'a>>,
    /// The first one that was met.
    conflict: Option<Conflict<'a>>,
}

/// What a goal comes down to.
enum Step<'a> {
    Fact(Fact<'a>),
    /// All of these.
    Every(Vec<Goal<'a>>),
    /// At least one of these.
    Either(Vec<Goal<'a>>),
}

impl<'a> Goal<'a> {
    fn step(self) -> Step<'a> {
        let Self { condition, truths } = self;
        let wanting = |truths| Self { condition, truths };
        let parts = match condition {
            _ if truths == Truths::ANY => return Step::Every(Vec::new()),
            Condition::Test(test) => return Step::Fact(Fact { test, truths }),
            Condition::Not(part) => {
                let (condition, truths) = (part.as_ref(), truths.negated());
                return Step::Every(vec![Self { condition, truths }]);
            }
            Condition::All(parts) | Condition::Any(parts) => parts,
        };
        let is_all = matches!(condition, Condition::All(_));
        let each = || parts.iter().map(|condition| Self { condition, truths });
        match if is_all { truths } else { truths.negated() } {
            Truths::TRUE | Truths::NOT_FALSE => Step::Every(each().collect()),
            Truths::FALSE | Truths::NOT_TRUE if parts.len() == 1 => Step::Every(each().collect()),
            Truths::FALSE | Truths::NOT_TRUE => Step::Either(each().collect()),
            Truths::UNKNOWN => {
                Step::Every(vec![wanting(Truths::NOT_FALSE), wanting(Truths::NOT_TRUE)])
            }
            Truths::DEFINITE => Step::Either(vec![wanting(Truths::TRUE), wanting(Truths::FALSE)]),
            _ => Step::Either(Vec::new()),
        }
    }
}

/// Called with each set of facts that agree.
type Visit<'v, 'a, 's> =
    dyn FnMut(&Search<'a, 's>, &mut Effort) -> Result<ControlFlow<()>, Exhausted> + 'v;

impl<'a, 's> Search<'a, 's> {
    fn new(schema: &'s Schema, goals: &[Goal<'a>], effort: &mut Effort) -> Result<Self, Exhausted> {
        let mut predicates = Vec::new();
        for goal in goals {
            goal.condition.each_test(&mut |test| predicates.push(&test.predicate));
        }
        Ok(Self {
            schema,
            censuses: Censuses::new(schema, predicates, effort)?,
            facts: Vec::new(),
            choices: Vec::new(),
            branches: Vec::new(),
            conflict: None,
        })
    }

    /// Calls `visit` until it has enough. Returns the first conflict, which says why `visit` was not called.
    fn run(
        mut self,
        goals: Vec<Goal<'a>>,
        effort: &mut Effort,
        visit: &mut Visit<'_, 'a, 's>,
    ) -> Result<Option<Conflict<'a>>, Exhausted> {
        let mut pending = goals;
        loop {
            self.settle(pending, effort)?;
            let is_consistent = self.check(effort)?;
            if is_consistent && !self.branch(effort)? && visit(&self, effort)?.is_break() {
                return Ok(self.conflict);
            }
            match self.next(effort)? {
                Some(alternative) => pending = vec![alternative],
                None => return Ok(self.conflict),
            }
        }
    }

    /// Takes goals apart into facts and choices.
    fn settle(&mut self, mut goals: Vec<Goal<'a>>, effort: &mut Effort) -> Result<(), Exhausted> {
        while let Some(goal) = goals.pop() {
            effort.spend(1)?;
            match goal.step() {
                Step::Fact(fact) => self.facts.push(fact),
                Step::Every(parts) => goals.extend(parts),
                Step::Either(_) => self.choices.push(goal),
            }
        }
        Ok(())
    }

    /// Whether values agree with the facts that came since the last choice; keeps the first conflict.
    fn check(&mut self, effort: &mut Effort) -> Result<bool, Exhausted> {
        let mut subjects: Vec<Subject> = Vec::new();
        let known = self.branches.last().map_or(0, |branch| branch.facts);
        for fact in self.facts.iter().skip(known) {
            let subject = Subject::of(&fact.test.predicate);
            effort.spend(subjects.len())?;
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        // Numbers come last: each field by itself costs less.
        subjects.retain(|subject| *subject != Subject::Numbers);
        if self.are_joined() {
            subjects.push(Subject::Numbers);
        }
        for subject in subjects {
            effort.spend(self.facts.len())?;
            let wants = merged(&self.facts, subject);
            if !is_possible((self.schema, &self.censuses), subject, &wants, effort)? {
                let facts = about(&self.facts, subject).collect();
                let is_whole = self.branches.is_empty();
                self.conflict.get_or_insert(Conflict { facts, is_whole });
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn are_joined(&self) -> bool {
        are_joined(self.schema, &|| self.facts.iter().map(|fact| &fact.test.predicate))
    }

    /// Opens the choice with the fewest alternatives; false where none is left.
    fn branch(&mut self, effort: &mut Effort) -> Result<bool, Exhausted> {
        effort.spend(self.choices.len())?;
        let fewest = (0..self.choices.len()).min_by_key(|index| self.alternatives(*index));
        let Some(index) = fewest else {
            return Ok(false);
        };
        let Step::Either(mut alternatives) = self.choices.remove(index).step() else {
            return Ok(false);
        };
        effort.spend(alternatives.len())?;
        alternatives.reverse();
        self.branches.push(Branch {
            alternatives,
            choices: std::mem::take(&mut self.choices),
            facts: self.facts.len(),
        });
        Ok(true)
    }

    fn alternatives(&self, choice: usize) -> usize {
        match self.choices.get(choice) {
            Some(Goal { condition: Condition::All(parts) | Condition::Any(parts), truths })
                if *truths != Truths::DEFINITE =>
            {
                parts.len()
            }
            _ => 2,
        }
    }

    /// The next alternative to try, of the latest choice that has one.
    fn next(&mut self, effort: &mut Effort) -> Result<Option<Goal<'a>>, Exhausted> {
        while let Some(branch) = self.branches.last_mut() {
            if let Some(alternative) = branch.alternatives.pop() {
                effort.spend(branch.choices.len())?;
                self.facts.truncate(branch.facts);
                self.choices.clone_from(&branch.choices);
                return Ok(Some(alternative));
            }
            self.branches.pop();
        }
        Ok(None)
    }

    fn witness(&self, effort: &mut Effort) -> Result<Witness<'a>, Exhausted> {
        let mut witness = Witness::default();
        for fact in &self.facts {
            let subject = Subject::of(&fact.test.predicate);
            if let Subject::Field(id) = subject
                && !witness.values.contains_key(&id)
            {
                effort.spend(self.facts.len())?;
                let wants = merged(&self.facts, subject);
                if let Some(value) = domain::find(self.schema.field(id), &wants, effort)? {
                    witness.values.insert(id, value);
                }
            }
            let wanted = witness.wants.entry(&fact.test.predicate);
            let wanted = wanted.or_insert(Truths::ANY);
            *wanted = *wanted & fact.truths;
        }
        witness.is_certain = !self.are_joined();
        if !witness.is_certain {
            let wants = merged(&self.facts, Subject::Numbers);
            let possible = numbers::check(self.schema, &self.censuses, &wants, effort)?;
            if let Possible::Yes(numbers) = possible {
                let numbers = numbers.into_iter().map(|(id, number)| (id, Value::Number(number)));
                witness.values.extend(numbers);
                witness.is_certain = true;
            }
        }
        Ok(witness)
    }
}
