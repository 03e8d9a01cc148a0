//! A `Subject` is what a predicate is about: one field, the register of approvals, or how numbers compare.
//! Predicates about different subjects are taken to be independent; those about a numeric field are about
//! numbers too.

use foldhash::HashMap;

use crate::operation::{FieldId, Schema};
use crate::policy::{Predicate, Test};

use super::census::Censuses;
use super::domain::{self, Want};
use super::effort::{Effort, Exhausted};
use super::numbers::{self, Possible, is_numeric};
use super::truth::Truths;

/// A test, and the truths that are wanted of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact<'a> {
    pub(super) test: &'a Test,
    pub(super) truths: Truths,
}

/// What a predicate is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Field(FieldId),
    Approval,
    /// How numbers compare.
    Numbers,
}

impl Subject {
    pub(super) fn of(predicate: &Predicate) -> Self {
        match predicate {
            Predicate::Compare(..) => Self::Numbers,
            other => other.field().map_or(Self::Approval, Self::Field),
        }
    }

    fn has(self, predicate: &Predicate) -> bool {
        match self {
            Self::Numbers => is_numeric(predicate),
            other => Self::of(predicate) == other,
        }
    }
}

/// The facts about one subject.
pub(super) fn about<'f, 'a>(
    facts: &'f [Fact<'a>],
    subject: Subject,
) -> impl Iterator<Item = Fact<'a>> + 'f
where
    'a: 'f,
{
    facts.iter().filter(move |fact| subject.has(&fact.test.predicate)).copied()
}

/// The wants about one subject, each predicate once: it has one truth, however often it is asked.
#[expect(clippy::mutable_key_type, reason = "a pattern is hashed and compared by its text alone")]
pub(super) fn merged<'a>(facts: &[Fact<'a>], subject: Subject) -> Vec<Want<'a>> {
    let mut places: HashMap<&Predicate, usize> = HashMap::default();
    let mut wants: Vec<Want<'a>> = Vec::new();
    for fact in about(facts, subject) {
        let place = *places.entry(&fact.test.predicate).or_insert(wants.len());
        match wants.get_mut(place) {
            Some((_, truths)) => *truths = *truths & fact.truths,
            None => wants.push((&fact.test.predicate, fact.truths)),
        }
    }
    wants
}

/// Whether some value of the subject agrees with all that is wanted of it.
pub(super) fn is_possible<'a>(
    (schema, censuses): (&Schema, &Censuses<'a>),
    subject: Subject,
    wants: &[Want<'a>],
    effort: &mut Effort,
) -> Result<bool, Exhausted> {
    if wants.iter().any(|(_, truths)| *truths == Truths::NONE) {
        return Ok(false);
    }
    match subject {
        Subject::Field(id) => Ok(domain::find(schema.field(id), wants, effort)?.is_some()),
        Subject::Approval => Ok(true),
        Subject::Numbers => Ok(numbers::check(schema, censuses, wants, effort)? != Possible::No),
    }
}
