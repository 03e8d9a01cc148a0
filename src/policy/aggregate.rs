//! An `Aggregate` is a number over all records of a snapshot: a rule that asks one judges the whole
//! snapshot and not each record.
//!
//! ```text
//! aggregate = "count" ["(" ["where"] expr ")"]
//!           | "sum" "(" field ["where" expr] ")"
//!           | "distinct" "(" field ["where" expr] ")"
//! ```
//!
//! `count` is the number of records on which the expression holds, `sum` adds a numeric field of them,
//! `distinct` counts the different values that a field of them has; the elements of a list count one by
//! one. An aggregate is a number: it compares by `=`, `!=`, `<`, `<=`, `>`, `>=`, also within arithmetic and
//! with other aggregates, and such comparisons join by `and`, `or`, `not` and `unless`. A unit fits where a
//! sum of such a field is asked. The fields of a record are only asked within the brackets; no aggregate
//! stands within another. The subject of a sentence restricts what all of its aggregates are about: `deny
//! RDP if count > 3` speaks of more than three records with RDP.
//!
//! What is not known makes an aggregate a range, its [`Bounds`]: a record on which the expression is unknown
//! may count or not, a value that is unknown is any that its field can have. A comparison has a truth where
//! it has that truth all over the range; otherwise it is unknown.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::condition::{Condition, Expression, Predicate};
use super::{Bounds, prose};
use crate::json::Number;
use crate::operation::{Field, FieldId, Kind, Schema};

/// A number over all records of a snapshot.
///
/// Two are equal where they mean the same, wherever they are written.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// What is measured.
    pub measure: Measure,
    /// The records that it is about.
    pub records: Condition,
    /// As a rule writes it, on one line, followed by its subject.
    pub words: String,
    /// Its meaning in prose, in which sets and params are spelled out.
    meaning: String,
}

/// What an aggregate measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// How many records there are.
    Count,
    /// The sum of a numeric field.
    Sum(FieldId),
    /// How many different values a field has.
    Distinct(FieldId),
}

impl Measure {
    /// The field that is measured.
    #[must_use]
    pub fn field(self) -> Option<FieldId> {
        match self {
            Self::Count => None,
            Self::Sum(field) | Self::Distinct(field) => Some(field),
        }
    }

    /// The keyword.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum(_) => "sum",
            Self::Distinct(_) => "distinct",
        }
    }
}

impl Aggregate {
    /// An aggregate of a schema's records.
    #[must_use]
    pub fn new(measure: Measure, records: Condition, words: String, schema: &Schema) -> Self {
        let meaning = prose::aggregate(measure, &records, schema);
        Self { measure, records, words, meaning }
    }

    /// Its meaning in prose, on one line.
    #[must_use]
    pub fn meaning(&self) -> &str {
        &self.meaning
    }

    /// What a record adds to a sum whose value is not known.
    #[must_use]
    pub fn any_summand(field: FieldId, schema: &Schema) -> Bounds {
        match schema.field(field).range {
            None => Bounds::ANY,
            Some((least, greatest)) => Bounds {
                low: (least != i64::MIN).then_some(Number::Integer(least)),
                high: (greatest != i64::MAX).then_some(Number::Integer(greatest)),
            },
        }
    }

    /// Every value that it can have, whatever the evidence is.
    #[must_use]
    pub fn possible(&self, schema: &Schema) -> Bounds {
        let none = Number::Integer(0);
        match self.measure {
            Measure::Count => Bounds { low: Some(none), high: None },
            Measure::Sum(field) => {
                let (least, greatest) = schema.field(field).range.unwrap_or((-1, 1));
                Bounds { low: (least >= 0).then_some(none), high: (greatest <= 0).then_some(none) }
            }
            Measure::Distinct(field) => {
                let most = values(schema.field(field)).map(Number::Integer);
                Bounds { low: Some(none), high: most }
            }
        }
    }
}

/// How many different values a field can have, where that is bounded.
pub(crate) fn values(field: &Field) -> Option<i64> {
    match &field.kind {
        Kind::Code(codes) => {
            let known = codes.iter().filter(|code| !code.is_unknown).count();
            i64::try_from(known).ok()
        }
        Kind::Boolean => Some(2),
        Kind::Integer | Kind::Bytes => {
            let (least, greatest) = field.range?;
            greatest.checked_sub(least)?.checked_add(1)
        }
        Kind::Decimal
        | Kind::Percent
        | Kind::Text
        | Kind::TextList
        | Kind::Time
        | Kind::Address => None,
    }
}

impl PartialEq for Aggregate {
    fn eq(&self, other: &Self) -> bool {
        self.measure == other.measure && self.meaning == other.meaning
    }
}

impl Eq for Aggregate {}

impl Hash for Aggregate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.measure.hash(state);
        self.meaning.hash(state);
    }
}

impl Condition {
    /// Whether it asks aggregates, and nothing of a single record.
    #[must_use]
    pub fn judges_whole(&self) -> bool {
        let mut asks = false;
        self.each_test(&mut |test| asks |= test.predicate.judges_whole());
        asks
    }

    /// The aggregates that it asks, each once, in the order in which they were written; none where it
    /// judges each record by itself.
    #[must_use]
    pub fn aggregates(&self) -> Vec<&Arc<Aggregate>> {
        let mut found = Vec::new();
        self.each_test(&mut |test| {
            if let Predicate::Compare(left, _, right) = &test.predicate {
                left.each_aggregate(&mut found);
                right.each_aggregate(&mut found);
            }
        });
        found
    }
}

impl Predicate {
    /// Whether it compares aggregates.
    #[must_use]
    pub fn judges_whole(&self) -> bool {
        match self {
            Self::Compare(left, _, right) => left.is_of_whole() || right.is_of_whole(),
            _ => false,
        }
    }
}

impl Expression {
    fn is_of_whole(&self) -> bool {
        match self {
            Self::Aggregate(_) => true,
            Self::Field(_) | Self::Number(_) => false,
            Self::Binary(left, _, right) => left.is_of_whole() || right.is_of_whole(),
        }
    }

    /// Appends the aggregates that are not there yet.
    pub fn each_aggregate<'a>(&'a self, found: &mut Vec<&'a Arc<Aggregate>>) {
        match self {
            Self::Aggregate(aggregate) => {
                if !found.contains(&aggregate) {
                    found.push(aggregate);
                }
            }
            Self::Field(_) | Self::Number(_) => {}
            Self::Binary(left, _, right) => {
                left.each_aggregate(found);
                right.each_aggregate(found);
            }
        }
    }
}
