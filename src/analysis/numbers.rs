//! What the numbers of one record, or the aggregates of one snapshot, leave possible together.

use std::collections::{BTreeMap, BTreeSet};

use crate::json::Number;
use crate::operation::{FieldId, Schema};
use crate::policy::{Comparison, Expression, Predicate};

use super::census::Censuses;
use super::domain::Want;
use super::effort::{Effort, Exhausted};
use super::linear::{Solution, ZERO};
use super::model::Model;
use super::truth::Truths;

/// Whether numbers can meet what is wanted of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Possible {
    No,
    /// None were found, and it is not certain that there are none.
    Perhaps,
    /// These fields of a record do; of a snapshot none are named.
    Yes(BTreeMap<FieldId, Number>),
}

/// Whether a predicate asks numbers, or whether there is one.
pub(super) fn is_numeric(predicate: &Predicate) -> bool {
    matches!(predicate, Predicate::Compare(..) | Predicate::Number(..) | Predicate::Known(_))
}

/// Whether the wants on the numbers of a record, or of a snapshot, can be met together.
pub(super) fn check(
    schema: &Schema,
    censuses: &Censuses<'_>,
    wants: &[Want<'_>],
    effort: &mut Effort,
) -> Result<Possible, Exhausted> {
    if wants.iter().any(|(_, truths)| *truths == Truths::NONE) {
        return Ok(Possible::No);
    }
    match censuses.is_empty() {
        true => of_record(schema, wants, effort),
        false => of_snapshot(schema, censuses, wants, effort),
    }
}

fn of_record(
    schema: &Schema,
    wants: &[Want<'_>],
    effort: &mut Effort,
) -> Result<Possible, Exhausted> {
    if !are_joined(schema, &|| wants.iter().map(|(predicate, _)| *predicate)) {
        return Ok(Possible::Yes(BTreeMap::new()));
    }
    effort.spend(wants.len())?;
    let presence = Presence::new(schema, wants);
    if presence.is_contradiction() {
        return Ok(Possible::No);
    }
    let mut model = Model::new(schema, None);
    for (predicate, truths) in wants {
        match presence.narrowed(predicate, *truths) {
            Truths::NONE => return Ok(Possible::No),
            Truths::TRUE => model.want(predicate, true),
            Truths::FALSE => model.want(predicate, false),
            _ => {}
        }
    }
    for id in schema.ids().filter(|id| presence.fields.contains(id)) {
        model.derive(id, &presence.fields, &presence.absent);
    }
    Ok(match model.system.solve(effort)? {
        Solution::None => Possible::No,
        Solution::Unclear => Possible::Perhaps,
        Solution::Some(values) => match presence.shown(schema, &model.fields(&values), wants) {
            Some(fields) => Possible::Yes(fields),
            None => Possible::Perhaps,
        },
    })
}

/// Whether a predicate is about more than one field, or about one that another is made from: else each field
/// can be asked by itself.
pub(super) fn are_joined<'a, I: Iterator<Item = &'a Predicate>>(
    schema: &Schema,
    predicates: &dyn Fn() -> I,
) -> bool {
    let asks = |id: &FieldId| predicates().any(|predicate| predicate.field() == Some(*id));
    predicates().any(|predicate| match predicate {
        Predicate::Compare(..) => true,
        other => other.field().is_some_and(|id| {
            let derived = schema.field(id).derived.as_ref();
            derived.is_some_and(|from| asks(&from.first) || from.otherwise.iter().any(asks))
        }),
    })
}

/// A snapshot has some numbers of records of each sort. What is not known of them makes ranges; wherever a
/// comparison has a truth over all of its ranges, it has it at each point of them, so that each way to take
/// the unknown for something leads to numbers that meet all comparisons at once.
fn of_snapshot(
    schema: &Schema,
    censuses: &Censuses<'_>,
    wants: &[Want<'_>],
    effort: &mut Effort,
) -> Result<Possible, Exhausted> {
    let definite =
        || wants.iter().filter(|(_, truths)| [Truths::TRUE, Truths::FALSE].contains(truths));
    for census in [&censuses.certain, &censuses.possible] {
        let mut model = Model::new(schema, Some(census));
        definite().for_each(|(predicate, truths)| model.want(predicate, *truths == Truths::TRUE));
        if model.system.solve(effort)? == Solution::None {
            return Ok(Possible::No);
        }
    }
    // A comparison of two aggregates is open only if it fails somewhere in the ranges.
    for (predicate, truths) in wants.iter().filter(|(predicate, _)| is_of_two(predicate)) {
        let fails = match *truths {
            Truths::NOT_TRUE => false,
            Truths::NOT_FALSE => true,
            _ => continue,
        };
        let mut model = Model::new(schema, None);
        definite().for_each(|(predicate, truths)| model.want(predicate, *truths == Truths::TRUE));
        model.want(predicate, fails);
        if model.system.solve(effort)? == Solution::None {
            return Ok(Possible::No);
        }
    }
    let mut model = Model::new(schema, Some(&censuses.definite));
    definite().for_each(|(predicate, truths)| model.want(predicate, *truths == Truths::TRUE));
    let solution = model.system.solve(effort)?;
    let is_certain =
        censuses.are_exact(schema) && definite().count() == wants.len() && model.is_linear();
    Ok(match solution {
        Solution::Some(_) if is_certain => Possible::Yes(BTreeMap::new()),
        _ => Possible::Perhaps,
    })
}

/// Whether a comparison is between two aggregates, or between one and a number.
fn is_of_two(predicate: &Predicate) -> bool {
    let Predicate::Compare(left, _, right) = predicate else { return false };
    let is_leaf = |side: &Expression| !matches!(side, Expression::Binary(..));
    is_leaf(left) && is_leaf(right) && left != right
}

/// Which fields, and which expressions of them, certainly have a value.
#[derive(Default)]
struct Presence<'a> {
    defined: Vec<&'a Expression>,
    fields: BTreeSet<FieldId>,
    absent: BTreeSet<FieldId>,
}

impl<'a> Presence<'a> {
    fn new(schema: &Schema, wants: &[Want<'a>]) -> Self {
        let mut presence = Self::default();
        for (predicate, truths) in wants {
            match predicate {
                Predicate::Known(id) if *truths == Truths::FALSE => _ = presence.absent.insert(*id),
                Predicate::Known(id) if *truths == Truths::TRUE => _ = presence.fields.insert(*id),
                Predicate::Number(id, _) if *truths == Truths::UNKNOWN => {
                    presence.absent.insert(*id);
                }
                Predicate::Number(id, _) if !truths.meets(Truths::UNKNOWN) => {
                    presence.fields.insert(*id);
                }
                Predicate::Compare(left, _, right) if !truths.meets(Truths::UNKNOWN) => {
                    presence.define(left);
                    presence.define(right);
                }
                _ => {}
            }
        }
        // What is made from a field has a value where that has.
        let made = schema.ids().filter(|id| {
            let derived = schema.field(*id).derived.as_ref();
            derived.is_some_and(|from| presence.fields.contains(&from.first))
        });
        let made: Vec<FieldId> = made.collect();
        presence.fields.extend(made);
        presence
    }

    fn define(&mut self, expression: &'a Expression) {
        match expression {
            Expression::Field(id) => _ = self.fields.insert(*id),
            Expression::Binary(left, _, right) => {
                self.define(left);
                self.define(right);
            }
            Expression::Number(_) | Expression::Aggregate(_) => {}
        }
        self.defined.push(expression);
    }

    fn is_contradiction(&self) -> bool {
        self.fields.intersection(&self.absent).next().is_some()
    }

    /// The truths that are left of those wanted of a predicate, once it is known what has a value.
    fn narrowed(&self, predicate: &Predicate, truths: Truths) -> Truths {
        let has_value = match predicate {
            Predicate::Number(id, _) => self.fields.contains(id),
            Predicate::Compare(left, _, right) => self.has_value(left) && self.has_value(right),
            _ => false,
        };
        if has_value { truths & Truths::DEFINITE } else { truths }
    }

    /// Arithmetic may overflow, so that it has a value only where a comparison needs it.
    fn has_value(&self, expression: &Expression) -> bool {
        match expression {
            Expression::Number(_) => true,
            Expression::Field(id) => self.fields.contains(id),
            other => self.defined.contains(&other),
        }
    }

    /// The values of a record that meets the wants: the first of those that a derived field may be made from is
    /// there, or it is not and the others are.
    fn shown(
        &self,
        schema: &Schema,
        values: &BTreeMap<FieldId, Number>,
        wants: &[Want<'_>],
    ) -> Option<BTreeMap<FieldId, Number>> {
        let derived = || {
            let made =
                self.fields.iter().filter_map(|id| Some((id, schema.field(*id).derived.as_ref()?)));
            made.filter(|(_, from)| !self.fields.contains(&from.first))
        };
        let by_first = || derived().map(|(_, from)| from.first).collect::<Vec<_>>();
        let by_others = || derived().flat_map(|(_, from)| from.otherwise.clone()).collect();
        [by_first(), by_others()].into_iter().find_map(|more| {
            let present = self.fields.iter().copied().chain(more);
            let shown: BTreeMap<FieldId, Number> =
                present.map(|id| (id, values.get(&id).copied().unwrap_or(ZERO))).collect();
            let is_made = |id: &FieldId| {
                let Some(from) = &schema.field(*id).derived else { return true };
                let sum =
                    || from.otherwise.iter().try_fold(ZERO, |sum, id| sum.plus(*shown.get(id)?));
                shown.get(id).copied() == shown.get(&from.first).copied().or_else(sum)
            };
            let is_met = shown.keys().all(|id| is_made(id) && !self.absent.contains(id))
                && wants.iter().all(|(predicate, truths)| ask(predicate, &shown).meets(*truths));
            is_met.then_some(shown)
        })
    }
}

/// The truth of a predicate on a record whose fields have these values.
fn ask(predicate: &Predicate, values: &BTreeMap<FieldId, Number>) -> Truths {
    let holds = match predicate {
        Predicate::Known(id) => Some(values.contains_key(id)),
        Predicate::Number(id, ranges) => values.get(id).map(|value| ranges.contains(*value)),
        Predicate::Compare(left, comparison, right) => {
            value(left, values).zip(value(right, values)).map(|(left, right)| match comparison {
                Comparison::Equal => left == right,
                Comparison::Less => left < right,
                Comparison::LessOrEqual => left <= right,
            })
        }
        _ => None,
    };
    holds.map_or(Truths::UNKNOWN, Truths::of)
}

fn value(expression: &Expression, values: &BTreeMap<FieldId, Number>) -> Option<Number> {
    match expression {
        Expression::Number(number) => Some(*number),
        Expression::Field(id) => values.get(id).copied(),
        Expression::Aggregate(_) => None,
        Expression::Binary(left, operator, right) => {
            operator.apply(value(left, values)?, value(right, values)?)
        }
    }
}
