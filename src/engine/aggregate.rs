//! A `Tally` is what the records of a file add to one aggregate, each within bounds, in one pass. What it
//! keeps of a record is what it takes to leave out a row that an earlier file of the snapshot had already.

use std::sync::Arc;

use crate::json::Number;
use crate::operation::reading;
use crate::operation::{FieldId, Operation};
use crate::policy::{Aggregate, Bounds, Condition, Measure, Policy};
use crate::snapshot::{Identity, Row, Rows};
use crate::text::Location;

use super::evaluate::{Fields, Scratch};
use super::program::{Formula, Program, asked};
use super::total::Total;
use super::truth::Truth;
use super::values::{Taking, Values};

/// Records of a file and aggregate that are remembered one by one. Of those beyond, where another file
/// belongs to the snapshot too, it is not certain that they count.
pub const MAX_REMEMBERED: usize = 1 << 16;

/// An aggregate of a program, and the records that it is about.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) aggregate: Arc<Aggregate>,
    pub(super) records: Formula,
}

/// The conditions that a policy asks of single records, each with its rule.
pub(super) fn of_records(policy: &Policy) -> Vec<(&Condition, &Location)> {
    if !policy.judges_whole() {
        return vec![(&policy.condition, &policy.rule)];
    }
    let aggregates = policy.condition.aggregates().into_iter();
    aggregates.map(|aggregate| (&aggregate.records, &policy.rule)).collect()
}

/// The fields that a policy asks of a record.
pub(super) fn asked_by(policy: &Policy) -> Vec<FieldId> {
    let mut fields: Vec<FieldId> =
        of_records(policy).into_iter().flat_map(|(condition, _)| asked(condition)).collect();
    let aggregates = policy.condition.aggregates().into_iter();
    fields.extend(aggregates.filter_map(|aggregate| aggregate.measure.field()));
    fields
}

impl Program {
    /// When a record violates a policy: never, where that judges the whole.
    pub(super) fn of_record(&self, policy: &Policy) -> Formula {
        match policy.judges_whole() {
            true => Formula::Any(Vec::new()),
            false => self.formula(&policy.condition),
        }
    }

    /// The aggregates of policies, each once.
    pub(super) fn counted(&self, policies: &[&Policy]) -> Vec<Counted> {
        let mut all: Vec<Counted> = Vec::new();
        for aggregate in policies.iter().flat_map(|policy| policy.condition.aggregates()) {
            if !all.iter().any(|counted| counted.aggregate == *aggregate) {
                let records = self.formula(&aggregate.records);
                all.push(Counted { aggregate: Arc::clone(aggregate), records });
            }
        }
        all
    }
}

/// What a file adds to one aggregate.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    aggregate: Arc<Aggregate>,
    /// What each remembered record adds.
    shares: Vec<Share>,
    /// What the others add.
    rest: Total,
    /// Whether it is certain that each of the others counts.
    is_rest_certain: bool,
    values: Values,
}

/// What one record adds.
#[derive(Clone, Debug, PartialEq)]
struct Share {
    identity: Option<Identity>,
    digest: u64,
    bounds: Bounds,
}

/// What the records of a snapshot leave open beside what they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Whether there may be records that were not seen.
    pub may_have_more: bool,
    /// Records of which another content was seen too.
    pub changed: u64,
}

const NONE: Number = Number::Integer(0);
const ONE: Number = Number::Integer(1);

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub fn new(aggregate: &Arc<Aggregate>) -> Self {
        Self {
            aggregate: Arc::clone(aggregate),
            shares: Vec::new(),
            rest: Total::default(),
            is_rest_certain: true,
            values: Values::default(),
        }
    }

    /// The aggregate.
    #[must_use]
    pub fn aggregate(&self) -> &Aggregate {
        &self.aggregate
    }

    /// Leaves out what an earlier file of the same snapshot had.
    pub fn drop_repeated(&mut self, earlier: &Rows) {
        let is_repeated =
            |share: &Share| earlier.look_up(share.identity, share.digest) == Row::Repeated;
        self.shares.retain(|share| !is_repeated(share));
        self.is_rest_certain = false;
    }

    /// Adds what a later file of the same snapshot has, once repeated rows are left out of it.
    pub fn absorb(&mut self, later: Self) {
        self.is_rest_certain &= later.is_rest_certain || later.rest == Total::default();
        self.shares.extend(later.shares);
        self.rest.add_all(&later.rest);
        self.values.absorb(later.values);
    }

    /// The bounds of the aggregate.
    #[must_use]
    pub fn bounds(&self, operation: &Operation, open: Open) -> Bounds {
        let mut total = self.rest.clone();
        if !self.is_rest_certain || (open.changed > 0 && total != Total::default()) {
            total = total.perhaps();
        }
        self.shares.iter().for_each(|share| total.add(share.bounds));
        let bounds = match self.aggregate.measure {
            Measure::Count | Measure::Sum(_) => total.less(self.dropped(open.changed)),
            Measure::Distinct(field) => {
                self.values.bounds(total.bounds().high, operation.schema.field(field), open.changed)
            }
        };
        let possible = self.aggregate.possible(&operation.schema);
        let bounds = match open.may_have_more {
            false => bounds,
            // More records make a sum of what may be negative less, and of what may be positive more.
            true => Bounds {
                low: bounds.low.filter(|_| possible.low == Some(NONE)),
                high: bounds.high.filter(|_| possible.high == Some(NONE)),
            },
        };
        Bounds { high: least(bounds.high, possible.high), ..bounds }
    }

    /// What the contents that do not hold may have added: of each record that came with several contents
    /// all but one do not.
    fn dropped(&self, changed: u64) -> (Total, Total) {
        let changed = usize::try_from(changed).unwrap_or(usize::MAX);
        let mut lows: Vec<Number> = self.shares.iter().filter_map(|one| one.bounds.low).collect();
        let mut highs: Vec<Number> = self.shares.iter().filter_map(|one| one.bounds.high).collect();
        lows.sort_unstable_by(|one, other| other.cmp(one));
        highs.sort_unstable();
        let sum = |numbers: &mut dyn Iterator<Item = Number>| {
            let mut total = Total::default();
            numbers.for_each(|number| total.add(Bounds::exactly(number)));
            total
        };
        (
            sum(&mut lows.into_iter().take(changed).filter(|low| *low > NONE)),
            sum(&mut highs.into_iter().take(changed).filter(|high| *high < NONE)),
        )
    }
}

fn least(one: Option<Number>, other: Option<Number>) -> Option<Number> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The tallies of one file while it is read.
#[derive(Debug)]
pub(super) struct Tallies {
    tallies: Vec<Tally>,
    /// What the record that was visited last adds, by the index of its tally.
    pending: Vec<(usize, Bounds)>,
    texts: reading::Scratch,
}

impl Tallies {
    pub(super) fn new(counted: &[Counted]) -> Self {
        let tallies = counted.iter().map(|counted| Tally::new(&counted.aggregate)).collect();
        Self { tallies, pending: Vec::new(), texts: reading::Scratch::default() }
    }

    pub(super) fn finish(self) -> Vec<Tally> {
        self.tallies
    }

    /// Adds a record; whether it is to be kept.
    pub(super) fn visit(&mut self, fields: &Fields<'_>, scratch: &mut Scratch) -> bool {
        self.pending.clear();
        for (index, counted) in fields.program.aggregates.iter().enumerate() {
            let Some(tally) = self.tallies.get_mut(index) else { continue };
            let truth = scratch.truth(fields, &counted.records);
            if truth == Truth::False {
                continue;
            }
            let is_certain = truth == Truth::True;
            let bounds = match counted.aggregate.measure {
                Measure::Count => share(Bounds::exactly(ONE), is_certain),
                Measure::Sum(field) => share(summand(fields, field), is_certain),
                Measure::Distinct(field) => {
                    let mut taking = Taking { values: &mut tally.values, is_certain };
                    match taking.record(fields, field, &mut self.texts) {
                        Some(nameless) => nameless,
                        None => continue,
                    }
                }
            };
            match tally.shares.len() < MAX_REMEMBERED {
                true => self.pending.push((index, bounds)),
                false => tally.rest.add(bounds),
            }
        }
        !self.pending.is_empty()
    }

    /// Remembers what the record that was visited last adds.
    pub(super) fn keep(&mut self, identity: Option<Identity>, digest: u64) {
        for (index, bounds) in self.pending.drain(..) {
            if let Some(tally) = self.tallies.get_mut(index) {
                tally.shares.push(Share { identity, digest, bounds });
            }
        }
    }
}

/// What a record adds that certainly counts, or may.
fn share(bounds: Bounds, is_certain: bool) -> Bounds {
    match is_certain {
        true => bounds,
        false => Bounds {
            low: bounds.low.map(|low| low.min(NONE)),
            high: bounds.high.map(|high| high.max(NONE)),
        },
    }
}

/// A number, or any that its field can have.
fn summand(fields: &Fields<'_>, field: FieldId) -> Bounds {
    if let Ok(number) = fields.number(field) {
        return Bounds::exactly(number);
    }
    Aggregate::any_summand(field, fields.schema())
}
