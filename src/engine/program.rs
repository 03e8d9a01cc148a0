//! A `Program` is the policies of one operation, compiled: equal predicates are one, each field is read
//! once a record, and a policy is a formula over bits.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::operation::{FieldId, Kind, Operation};
use crate::policy::{
    Approval, Comparison, Condition, Expression, Policy, PolicySet, Predicate, WhenUnknown,
};
use crate::text::{Location, Place, Problem};

use super::aggregate::{Counted, asked_by, of_records};
use super::drift::Listed;
use super::guard::Shard;
use super::table::Block;

/// Predicates that one block answers.
const BLOCK: usize = 64;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("the patterns on `{0}` are too large together")]
    #[diagnostic(
        code("policy/patterns-too-large"),
        help("repetitions such as `{{1000}}` cost most: make them shorter")
    )]
    Patterns(String),
}

/// What a run decides and policies do not.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// In UTC; approvals that expired before do not count.
    pub today: jiff::civil::Date,
    /// What inconclusive outcomes do, where the policy says nothing.
    pub when_unknown: WhenUnknown,
}

/// The policies of one operation, ready to judge records.
#[derive(Debug)]
pub struct Program {
    /// The operation whose records it judges.
    pub operation: Arc<Operation>,
    /// Indices into the set's policies, in order.
    pub policies: Vec<usize>,
    pub(super) slots: Vec<FieldId>,
    pub(super) columns: Vec<Column>,
    pub(super) compares: Vec<Compare>,
    /// Of each policy; false of every record where it judges the whole.
    pub(super) formulas: Vec<Formula>,
    pub(super) aggregates: Vec<Counted>,
    /// What rules policies out before their formulas are asked.
    pub(super) shards: Vec<Shard>,
    pub(super) atoms: HashMap<Predicate, Atom, FixedState>,
    /// Fields that each policy asks, in the order in which they were written.
    pub(super) asked: Vec<Vec<FieldId>>,
    /// Fields that each policy's message shows.
    pub(super) shown: Vec<Vec<FieldId>>,
    pub(super) approvals: Vec<Approval>,
    /// Every approval, expired ones too.
    pub(super) register: Vec<Approval>,
    /// Of each policy, what may waive its findings.
    pub(super) waivers: Vec<Vec<Waives>>,
    /// What each policy's inconclusive outcomes do.
    pub(super) when_unknown: Vec<WhenUnknown>,
    /// Enumerated fields, whether a policy asks them or not.
    pub(super) codes: Vec<Listed>,
    words: usize,
    slot_of: Vec<Option<usize>>,
}

/// The predicates on one field, in blocks that follow one another from a first word on.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) field: FieldId,
    pub(super) first: usize,
    /// Members that stand for "not identified", the way they are compared.
    pub(super) unidentified: Vec<String>,
    pub(super) blocks: Vec<Block>,
}

/// A waiver of a policy.
#[derive(Debug)]
pub(super) struct Waives {
    /// Index into the set's waivers.
    pub(super) waiver: u32,
    /// The records that it is for; `None` means every record.
    pub(super) records: Option<Formula>,
}

/// A comparison of expressions.
#[derive(Debug)]
pub(super) struct Compare {
    pub(super) left: Expression,
    pub(super) comparison: Comparison,
    pub(super) right: Expression,
    pub(super) fields: Vec<FieldId>,
}

/// What answers one predicate.
#[derive(Clone, Copy, Debug)]
pub(super) enum Atom {
    /// A bit of a word of a column.
    Bit { column: usize, word: usize, mask: u64 },
    /// A comparison of expressions.
    Compare(usize),
    /// The register of approvals.
    Approved,
}

/// A condition over atoms; of `and` and `or`, what is cheap to answer comes first.
#[derive(Debug)]
pub(super) enum Formula {
    Atom(Atom),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Program {
    /// Compiles the policies of one operation for one run.
    ///
    /// # Errors
    /// A field's patterns that are too large together.
    pub fn new(set: &PolicySet, operation: &Arc<Operation>, run: Run) -> Result<Self, Problem> {
        let mine = |(_, policy): &(usize, &Policy)| policy.operation.name == operation.name;
        let indices: Vec<usize> =
            set.policies.iter().enumerate().filter(mine).map(|(index, _)| index).collect();
        let policies: Vec<&Policy> =
            set.policies.iter().filter(|policy| policy.operation.name == operation.name).collect();
        let mut program = Self {
            operation: Arc::clone(operation),
            policies: indices,
            slots: Vec::new(),
            columns: Vec::new(),
            compares: Vec::new(),
            formulas: Vec::new(),
            aggregates: Vec::new(),
            shards: Vec::new(),
            atoms: HashMap::default(),
            asked: policies.iter().map(|policy| asked_by(policy)).collect(),
            shown: policies.iter().map(|policy| policy.message.fields().collect()).collect(),
            waivers: Vec::new(),
            register: set.approvals.clone(),
            approvals: set
                .approvals
                .iter()
                .filter(|approval| approval.expires >= run.today)
                .cloned()
                .collect(),
            when_unknown: policies
                .iter()
                .map(|policy| policy.when_unknown.unwrap_or(run.when_unknown))
                .collect(),
            codes: Vec::new(),
            words: 0,
            slot_of: vec![None; operation.schema.fields.len()],
        };
        program.place_predicates(policies.iter().flat_map(|policy| of_records(policy)))?;
        program.formulas = policies.iter().map(|policy| program.of_record(policy)).collect();
        program.aggregates = program.counted(&policies);
        let waivers = program.place_waivers(set, &policies)?;
        program.place_slots(waivers);
        program.shards = Shard::all(&program);
        Ok(program)
    }

    /// Gives what waivers ask columns of their own, so that a field is read for their sake only on
    /// records that violate something; the fields that they ask.
    fn place_waivers(
        &mut self,
        set: &PolicySet,
        policies: &[&Policy],
    ) -> Result<Vec<FieldId>, Problem> {
        let operation = Arc::clone(&self.operation);
        let name = &operation.name;
        let conditions: Vec<(&Condition, &Location)> = set
            .waivers
            .iter()
            .filter_map(|waiver| Some((waiver.conditions.as_ref()?.get(name)?, &waiver.named)))
            .collect();
        self.place_predicates(conditions.iter().copied())?;
        let waives = |policy: &&Policy| {
            let covering = (0..).zip(&set.waivers).filter(|(_, waiver)| waiver.covers(policy));
            let of_records = covering.filter_map(|(index, waiver)| match &waiver.conditions {
                None => Some(Waives { waiver: index, records: None }),
                Some(by_operation) => {
                    let records = self.formula(by_operation.get(name)?);
                    Some(Waives { waiver: index, records: Some(records) })
                }
            });
            of_records.collect()
        };
        self.waivers = policies.iter().map(waives).collect();
        Ok(conditions.iter().flat_map(|(condition, _)| asked(condition)).collect())
    }

    /// The members that records must be projected to, in slot order.
    #[must_use]
    pub fn slots(&self) -> &[FieldId] {
        &self.slots
    }

    /// The slot of a member that the API sends.
    pub(super) fn slot(&self, field: FieldId) -> Option<usize> {
        self.slot_of.get(field.index()).copied().flatten()
    }

    /// Words that hold every bit.
    pub(super) fn words(&self) -> usize {
        self.words
    }

    /// Fields that an atom asks.
    pub(super) fn fields(&self, atom: Atom) -> &[FieldId] {
        match atom {
            Atom::Bit { column, .. } => {
                self.columns.get(column).map_or(&[], |column| std::slice::from_ref(&column.field))
            }
            Atom::Compare(index) => self.compares.get(index).map_or(&[], |compare| &compare.fields),
            Atom::Approved => &[],
        }
    }

    /// Gives every predicate that has none yet an atom, those of one field side by side.
    fn place_predicates<'c>(
        &mut self,
        conditions: impl Iterator<Item = (&'c Condition, &'c Location)>,
    ) -> Result<(), Problem> {
        let mut distinct: Vec<(&Predicate, &Location)> = Vec::new();
        for (condition, rule) in conditions {
            condition.each_test(&mut |test| {
                // Marked as seen; the atom itself is given below.
                if !self.atoms.contains_key(&test.predicate) {
                    self.atoms.insert(test.predicate.clone(), Atom::Approved);
                    distinct.push((&test.predicate, rule));
                }
            });
        }
        for field in self.operation.clone().schema.ids() {
            let mine = |(predicate, _): &&(&Predicate, &Location)| predicate.field() == Some(field);
            let column: Vec<_> = distinct.iter().filter(mine).copied().collect();
            if !column.is_empty() {
                self.place_column(field, &column)?;
            }
        }
        distinct.iter().for_each(|(predicate, _)| self.place_compare(predicate));
        Ok(())
    }

    fn place_column(
        &mut self,
        field: FieldId,
        predicates: &[(&Predicate, &Location)],
    ) -> Result<(), Problem> {
        let operation = Arc::clone(&self.operation);
        let described = operation.schema.field(field);
        let unidentified =
            described.unknown_members.iter().map(|member| described.compared(member)).collect();
        let mut column = Column { field, first: self.words, unidentified, blocks: Vec::new() };
        for chunk in predicates.chunks(BLOCK) {
            for (index, (predicate, _)) in chunk.iter().enumerate() {
                let (column, word) = (self.columns.len(), self.words);
                let atom = Atom::Bit { column, word, mask: 1 << index };
                self.atoms.insert((*predicate).clone(), atom);
            }
            let asked: Vec<&Predicate> = chunk.iter().map(|(predicate, _)| *predicate).collect();
            let block =
                Block::new(described, &asked).map_err(|_| too_large(&described.name, chunk))?;
            column.blocks.push(block);
            self.words += 1;
        }
        self.columns.push(column);
        Ok(())
    }

    fn place_compare(&mut self, predicate: &Predicate) {
        if let Predicate::Compare(left, comparison, right) = predicate {
            self.atoms.insert(predicate.clone(), Atom::Compare(self.compares.len()));
            self.compares.push(Compare {
                left: left.clone(),
                comparison: *comparison,
                right: right.clone(),
                fields: predicate.fields(),
            });
        }
    }

    pub(super) fn formula(&self, condition: &Condition) -> Formula {
        let formulas = |parts: &[Condition]| {
            let mut formulas: Vec<Formula> = parts.iter().map(|part| self.formula(part)).collect();
            formulas.sort_by_key(|formula| self.cost(formula));
            formulas
        };
        match condition {
            Condition::All(parts) => Formula::All(formulas(parts)),
            Condition::Any(parts) => Formula::Any(formulas(parts)),
            Condition::Not(part) => Formula::Not(Box::new(self.formula(part))),
            Condition::Test(test) => Formula::Atom(self.atom(&test.predicate)),
        }
    }

    /// What answers a predicate of one of the policies.
    pub(super) fn atom(&self, predicate: &Predicate) -> Atom {
        self.atoms.get(predicate).copied().unwrap_or(Atom::Approved)
    }

    /// How much it costs to answer, from little to much.
    fn cost(&self, formula: &Formula) -> u32 {
        match formula {
            Formula::Atom(Atom::Bit { column, .. }) => self.column_cost(*column),
            Formula::Atom(Atom::Compare(_)) => 4,
            Formula::Atom(Atom::Approved) => 20,
            Formula::Not(part) => self.cost(part),
            Formula::All(parts) | Formula::Any(parts) => {
                parts.iter().map(|part| self.cost(part)).sum()
            }
        }
    }

    /// How much it costs to answer the predicates on one field.
    pub(super) fn column_cost(&self, column: usize) -> u32 {
        let Some(column) = self.columns.get(column) else { return 0 };
        let has_patterns = column.blocks.iter().any(|block| block.patterns.is_some());
        match self.operation.schema.field(column.field).kind {
            _ if has_patterns => 10,
            Kind::Code(_) | Kind::Boolean => 1,
            Kind::Text => 3,
            _ if self.operation.schema.field(column.field).derived.is_some() => 4,
            Kind::TextList => 5,
            _ => 2,
        }
    }

    /// Slots for what waivers want, what some policy asks or shows, what identifies a record, and every enumerated field,
    /// so that a code which the schema does not list is seen whether a policy reads it or not.
    fn place_slots(&mut self, mut wanted: Vec<FieldId>) {
        let operation = Arc::clone(&self.operation);
        let schema = &operation.schema;
        let approval = [Some(operation.subject), operation.port, operation.protocol];
        let asked = self.asked.iter().flatten().chain(self.shown.iter().flatten()).copied();
        wanted.extend(asked);
        wanted.extend(operation.identity.iter().copied().chain(approval.into_iter().flatten()));
        wanted.extend(schema.ids().filter(|id| !schema.field(*id).kind.codes().is_empty()));
        let derived = wanted.clone().into_iter().filter_map(|id| schema.field(id).derived.as_ref());
        wanted.extend(
            derived.flat_map(|derived| derived.otherwise.iter().chain([&derived.first])).copied(),
        );
        wanted.retain(|id| schema.field(*id).derived.is_none());
        wanted.sort_unstable();
        wanted.dedup();
        for (slot, field) in wanted.iter().enumerate() {
            if let Some(place) = self.slot_of.get_mut(field.index()) {
                *place = Some(slot);
            }
        }
        let listed = (0..).zip(&wanted).map(|(slot, field)| Listed::new(schema, *field, slot));
        self.codes = listed.flatten().collect();
        self.slots = wanted;
    }
}

fn too_large(field: &str, chunk: &[(&Predicate, &Location)]) -> Problem {
    let error = Error::Patterns(field.to_owned());
    let is_pattern = |predicate: &Predicate| matches!(predicate, Predicate::Text(..));
    let rule =
        chunk.iter().rev().find(|(predicate, _)| is_pattern(predicate)).map(|(_, rule)| *rule);
    let place = rule.map_or_else(|| Place::Whole(field.into()), |rule| Place::Text(rule.clone()));
    Problem::new(&error, place)
}

/// The fields that a condition asks, each once, in the order in which they were written.
pub(super) fn asked(condition: &Condition) -> Vec<FieldId> {
    let mut fields = Vec::new();
    condition.each_test(&mut |test| {
        for field in test.predicate.fields() {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    });
    fields
}
