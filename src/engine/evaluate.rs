//! Evaluates one record: every field that is asked is read once, every distinct predicate is answered
//! once, and a policy's outcome is its formula's truth.

use regex_automata::PatternSet;

use crate::json::{Number, Raw, Record};
use crate::operation::reading::{self, Case, Reading, Unknown};
use crate::operation::{FieldId, Kind, Schema};

use super::approved::approved;
use super::arithmetic::compare;
use super::program::{Column, Formula, Program};
use super::table::{Block, Unidentified, Word};
use super::truth::Truth;

/// A record's members as the program's slots hold them.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    pub(super) program: &'a Program,
    pub(super) record: &'a Record<'a>,
}

impl<'a> Fields<'a> {
    /// The member as it stands; `None` where the record has none.
    #[must_use]
    pub fn raw(&self, field: FieldId) -> Option<Raw<'a>> {
        self.record.slot(self.program.slot(field)?)
    }

    /// Where the member's value begins, in bytes from the record's `{`.
    pub(super) fn start(&self, field: FieldId) -> usize {
        self.program.slot(field).map_or(0, |slot| self.record.slot_start(slot))
    }

    pub(super) fn schema(&self) -> &'a Schema {
        &self.program.operation.schema
    }

    /// A numeric field's value, derived or sent.
    pub(super) fn number(&self, field: FieldId) -> Reading<Number> {
        let described = self.schema().field(field);
        let Some(derived) = &described.derived else {
            return reading::number(described, self.raw(field));
        };
        match self.number(derived.first) {
            Err(Unknown::Absent | Unknown::Null) => self.sum(&derived.otherwise),
            read => read,
        }
    }

    fn sum(&self, fields: &[FieldId]) -> Reading<Number> {
        let mut sum = Number::Integer(0);
        for field in fields {
            let number = self.number(*field)?;
            sum = super::arithmetic::apply(sum, crate::policy::Operator::Add, number)
                .ok_or(Unknown::Malformed)?;
        }
        Ok(sum)
    }

    /// The members that a field's value came from: itself, or what a derived field was made of.
    pub(super) fn origins(&self, field: FieldId, visit: &mut dyn FnMut(FieldId)) {
        let Some(derived) = &self.schema().field(field).derived else {
            return visit(field);
        };
        match self.number(derived.first) {
            Err(Unknown::Absent | Unknown::Null) => {
                derived.otherwise.iter().for_each(|field| self.origins(*field, visit));
            }
            _ => self.origins(derived.first, visit),
        }
    }
}

/// What one record makes of a program's predicates; reused from record to record.
#[derive(Debug)]
pub struct Scratch {
    words: Vec<Word>,
    approved: Option<Truth>,
    pub(super) texts: reading::Scratch,
    found: Vec<Vec<Option<PatternSet>>>,
    masks: Vec<u64>,
}

impl Scratch {
    /// Room for one program.
    #[must_use]
    pub fn new(program: &Program) -> Self {
        let room = |block: &Block| block.patterns.as_ref().map(|patterns| patterns.scratch());
        let longest =
            program.columns.iter().map(|column| column.blocks.len()).max().unwrap_or_default();
        Self {
            words: vec![Word::default(); program.words()],
            approved: None,
            texts: reading::Scratch::default(),
            found: program
                .columns
                .iter()
                .map(|column| column.blocks.iter().map(room).collect())
                .collect(),
            masks: vec![0; longest],
        }
    }

    /// Answers every predicate about a record.
    pub fn evaluate(&mut self, fields: &Fields<'_>) {
        self.approved = None;
        for (index, column) in fields.program.columns.iter().enumerate() {
            match &fields.schema().field(column.field).kind {
                Kind::Text | Kind::TextList => self.texts(fields, index, column),
                _ => self.scalar(fields, column),
            }
        }
        for (bit, left, comparison, right) in &fields.program.compares {
            let truth = compare(fields, left, *comparison, right);
            self.set(*bit, truth);
        }
    }

    /// A policy's outcome; `index` counts the program's policies.
    pub fn outcome(&mut self, fields: &Fields<'_>, index: usize) -> Truth {
        match fields.program.formulas.get(index) {
            Some(formula) => self.truth(fields, formula),
            None => Truth::Unknown,
        }
    }

    pub(super) fn truth(&mut self, fields: &Fields<'_>, formula: &Formula) -> Truth {
        match formula {
            Formula::Bit(bit) => self.bit(*bit),
            Formula::Approved => self.approved(fields),
            Formula::Not(part) => !self.truth(fields, part),
            Formula::All(parts) => self.fold(fields, parts, Truth::True),
            Formula::Any(parts) => self.fold(fields, parts, Truth::False),
        }
    }

    /// `and` from true, `or` from false, stopping at the truth that decides.
    fn fold(&mut self, fields: &Fields<'_>, parts: &[Formula], neutral: Truth) -> Truth {
        let mut truth = neutral;
        for part in parts {
            let next = self.truth(fields, part);
            truth = if neutral == Truth::True { truth.and(next) } else { truth.or(next) };
            if truth == !neutral {
                break;
            }
        }
        truth
    }

    /// Appends the members that made a formula what it is: of `and` and `or`, those parts whose truth is
    /// the whole's, and for an unknown `and` also what held.
    pub(super) fn deciding(
        &mut self,
        fields: &Fields<'_>,
        formula: &Formula,
        into: &mut Vec<FieldId>,
    ) {
        match formula {
            Formula::Approved => {}
            Formula::Bit(bit) => {
                for field in fields.program.asked.get(*bit).into_iter().flatten() {
                    fields.origins(*field, &mut |field| push_once(into, field));
                }
            }
            Formula::Not(part) => self.deciding(fields, part, into),
            Formula::All(parts) | Formula::Any(parts) => {
                let whole = self.truth(fields, formula);
                let is_all = matches!(formula, Formula::All(_));
                for part in parts {
                    let truth = self.truth(fields, part);
                    if truth == whole || (is_all && truth > whole && whole == Truth::Unknown) {
                        self.deciding(fields, part, into);
                    }
                }
            }
        }
    }

    pub(super) fn bit(&self, bit: usize) -> Truth {
        let Some(word) = self.words.get(bit / 64) else {
            return Truth::Unknown;
        };
        let mask = 1 << (bit % 64);
        if word.holds & mask != 0 {
            Truth::True
        } else if word.unknown & mask != 0 {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    pub(super) fn approved(&mut self, fields: &Fields<'_>) -> Truth {
        let known = self.approved.unwrap_or_else(|| approved(fields, &mut self.texts));
        self.approved = Some(known);
        known
    }

    fn set(&mut self, bit: usize, truth: Truth) {
        if let Some(word) = self.words.get_mut(bit / 64) {
            let mask = 1 << (bit % 64);
            word.holds &= !mask;
            word.unknown &= !mask;
            match truth {
                Truth::True => word.holds |= mask,
                Truth::Unknown => word.unknown |= mask,
                Truth::False => {}
            }
        }
    }

    fn scalar(&mut self, fields: &Fields<'_>, column: &Column) {
        let field = fields.schema().field(column.field);
        let raw = fields.raw(column.field);
        let words = self.words.get_mut(column.first..).unwrap_or_default();
        let answer = |look_up: &dyn Fn(&Block) -> Word, words: &mut [Word]| {
            for (word, block) in words.iter_mut().zip(&column.blocks) {
                *word = look_up(block);
            }
        };
        match &field.kind {
            Kind::Code(_) => match reading::code(raw) {
                Ok(code) => answer(&|block| block.code(code).unwrap_or(block.absent()), words),
                Err(_) => answer(&Block::absent, words),
            },
            Kind::Boolean => match reading::boolean(raw) {
                Ok(value) => answer(&|block| block.boolean(value), words),
                Err(_) => answer(&Block::absent, words),
            },
            Kind::Address => match reading::address(raw) {
                Ok(address) => answer(&|block| block.address(address), words),
                Err(_) => answer(&Block::absent, words),
            },
            kind => {
                let number = if *kind == Kind::Time {
                    reading::time(raw)
                } else {
                    fields.number(column.field)
                };
                match number {
                    Ok(number) => answer(&|block| block.number(number), words),
                    Err(_) => answer(&Block::absent, words),
                }
            }
        }
    }

    fn texts(&mut self, fields: &Fields<'_>, index: usize, column: &Column) {
        let field = fields.schema().field(column.field);
        let raw = fields.raw(column.field);
        let Self { words, texts, found, masks, .. } = self;
        masks.iter_mut().for_each(|mask| *mask = 0);
        let Some(found) = found.get_mut(index) else {
            return;
        };
        let mut named_unknown = false;
        let mut part = |text: &str| {
            named_unknown |= column.unidentified.iter().any(|member| member == text);
            let blocks = column.blocks.iter().zip(found.iter_mut()).zip(masks.iter_mut());
            for ((block, found), mask) in blocks {
                *mask |= block.name(text);
                if let (Some(patterns), Some(found)) = (&block.patterns, found) {
                    *mask |= patterns.search(text, found);
                }
            }
        };
        let shape = match field.kind {
            Kind::TextList => reading::list(Case::of(field), raw, texts, &mut part)
                .map(|members| (members.count == 0, members.malformed > 0)),
            _ => reading::text(Case::of(field), raw, texts).map(|text| {
                part(text);
                (text.is_empty(), false)
            }),
        };
        let words = words.get_mut(column.first..).unwrap_or_default();
        for ((word, block), mask) in words.iter_mut().zip(&column.blocks).zip(masks.iter()) {
            *word = match shape {
                Err(_) => block.absent(),
                Ok((is_empty, true)) => block.texts(*mask, is_empty, Unidentified::Malformed),
                Ok((is_empty, false)) if named_unknown => {
                    block.texts(*mask, is_empty, Unidentified::Named)
                }
                Ok((is_empty, false)) => block.texts(*mask, is_empty, Unidentified::None),
            };
        }
    }
}

fn push_once(fields: &mut Vec<FieldId>, field: FieldId) {
    if !fields.contains(&field) {
        fields.push(field);
    }
}
