//! Evaluates one record: every field that is asked is read once, every distinct predicate is answered
//! once, and a policy's outcome is its formula's truth.

use regex_automata::PatternSet;

use crate::json::{Number, Raw, Record};
use crate::operation::reading::{self, Case, Reading, Unknown};
use crate::operation::{Field, FieldId, Kind, Schema};

use super::approved::{approved, is_open};
use super::arithmetic::compare;
use super::guard::{Glance, Shard};
use super::program::{Atom, Column, Formula, Program};
use super::table::{Block, Unidentified, Word, begins};
use super::truth::Truth;
use crate::policy::Approval;

/// A record's members as the program's slots hold them.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    pub(super) program: &'a Program,
    pub(super) record: &'a Record<'a>,
}

impl<'a> Fields<'a> {
    /// The member as it stands; `None` where the record has none.
    #[inline]
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
        reading::value(self.schema(), field, &|field| self.sent(field))
    }

    /// The number that a member has as its value.
    #[inline]
    fn sent(&self, field: FieldId) -> Reading<Number> {
        match self.program.slot(field) {
            Some(slot) => reading::number_at(self.schema().field(field), self.record, slot),
            None => Err(Unknown::Absent),
        }
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
///
/// A field is read when the first formula asks it, and not again for the same record.
#[derive(Debug)]
pub struct Scratch {
    words: Vec<Word>,
    /// Stamps what the record that is judged was asked.
    record: u64,
    /// Of each column, the last record that was asked.
    answered: Vec<u64>,
    /// Of each comparison the same, and what came out.
    compared: Vec<(u64, Truth)>,
    approved: Option<Truth>,
    texts: reading::Scratch,
    found: Vec<Vec<Option<PatternSet>>>,
    masks: Vec<u64>,
}

impl Scratch {
    /// Room for one program.
    #[must_use]
    pub fn new(program: &Program) -> Self {
        let room = |block: &Block| block.patterns.as_ref().map(|patterns| patterns.scratch());
        let rooms = |column: &Column| column.blocks.iter().map(room).collect();
        let longest = program.columns.iter().map(|column| column.blocks.len()).max();
        Self {
            words: vec![Word::default(); program.words()],
            record: 1,
            answered: vec![0; program.columns.len()],
            compared: vec![(0, Truth::Unknown); program.compares.len()],
            approved: None,
            texts: reading::Scratch::default(),
            found: program.columns.iter().map(rooms).collect(),
            masks: vec![0; longest.unwrap_or_default()],
        }
    }

    /// Forgets the last record.
    pub fn begin(&mut self) {
        self.record += 1;
        self.approved = None;
    }

    /// Whether what an approval speaks of is open on a record.
    pub(super) fn is_open(&mut self, fields: &Fields<'_>, approval: &Approval) -> Truth {
        is_open(fields, approval, &mut self.texts)
    }

    /// Judges the record that was begun last: the policies that are not false on it, in order, as
    /// indices of the program's policies.
    pub(super) fn outcomes(&mut self, fields: &Fields<'_>, outcomes: &mut Vec<(usize, Truth)>) {
        outcomes.clear();
        for shard in &fields.program.shards {
            let mut left = self.left(fields, shard);
            while left != 0 {
                let index = shard.first + left.trailing_zeros() as usize;
                left &= left - 1;
                let formula = fields.program.formulas.get(index);
                let truth = formula.map_or(Truth::Unknown, |formula| self.truth(fields, formula));
                if truth != Truth::False {
                    outcomes.push((index, truth));
                }
            }
        }
    }

    /// The policies of a shard that no guard rules out; columns that only others need are not read.
    fn left(&mut self, fields: &Fields<'_>, shard: &Shard) -> u64 {
        let glance = |left, glance: &Glance| glance.left(fields.record, left);
        let mut left = shard.glances.iter().fold(shard.all, glance);
        for guard in &shard.guards {
            if left == 0 {
                break;
            }
            if guard.concerns(left) {
                self.ensure(fields, guard.column);
                left &= guard.open(&self.words);
            }
        }
        left
    }

    /// A formula's truth on the record that was begun last.
    pub(super) fn truth(&mut self, fields: &Fields<'_>, formula: &Formula) -> Truth {
        match formula {
            Formula::Atom(atom) => self.atom(fields, *atom),
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
            Formula::Atom(atom) => into.extend_from_slice(fields.program.fields(*atom)),
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

    /// What a record makes of one predicate.
    #[inline]
    pub(super) fn atom(&mut self, fields: &Fields<'_>, atom: Atom) -> Truth {
        match atom {
            Atom::Bit { column, word, mask } => {
                self.ensure(fields, column);
                self.words.get(word).map_or(Truth::Unknown, |word| word.truth(mask))
            }
            Atom::Compare(index) => self.compare(fields, index),
            Atom::Approved => {
                let known = self.approved.unwrap_or_else(|| approved(fields, &mut self.texts));
                self.approved = Some(known);
                known
            }
        }
    }

    fn compare(&mut self, fields: &Fields<'_>, index: usize) -> Truth {
        let (Some(known), Some(asked)) =
            (self.compared.get_mut(index), fields.program.compares.get(index))
        else {
            return Truth::Unknown;
        };
        if known.0 != self.record {
            let truth = compare(fields, &asked.left, asked.comparison, &asked.right);
            *known = (self.record, truth);
        }
        known.1
    }

    /// Answers a column, unless this record has.
    #[inline]
    fn ensure(&mut self, fields: &Fields<'_>, column: usize) {
        if self.answered.get(column) != Some(&self.record) {
            self.answer(fields, column);
        }
    }

    /// Answers every predicate on one field.
    fn answer(&mut self, fields: &Fields<'_>, index: usize) {
        let (Some(column), Some(answered)) =
            (fields.program.columns.get(index), self.answered.get_mut(index))
        else {
            return;
        };
        *answered = self.record;
        let words = self.words.get_mut(column.first..).unwrap_or_default();
        let raw = || fields.raw(column.field);
        match &fields.schema().field(column.field).kind {
            Kind::Text | Kind::TextList => self.texts(fields, index, column),
            Kind::Boolean => column.answer(words, reading::boolean(raw()), Block::boolean),
            Kind::Address => column.answer(words, reading::address(raw()), Block::address),
            Kind::Time => column.answer(words, reading::time(raw()), Block::number),
            kind
            @ (Kind::Code(_) | Kind::Integer | Kind::Decimal | Kind::Bytes | Kind::Percent) => {
                column.number(words, kind, fields.number(column.field));
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
            let is_unidentified = column.unidentified.iter().any(|member| member == text);
            named_unknown |= is_unidentified;
            let blocks = column.blocks.iter().zip(found.iter_mut()).zip(masks.iter_mut());
            for ((block, found), mask) in blocks {
                *mask |= block.name(text, is_unidentified);
                if let (Some(patterns), Some(found)) = (&block.patterns, found) {
                    *mask |= patterns.search(text, found);
                }
            }
        };
        let shape = match field.kind {
            Kind::TextList => reading::list(Case::of(field), raw, texts, &mut part)
                .map(|members| (members.count == 0, members.malformed > 0)),
            _ => reading::text(field, raw, texts).map(|text| {
                part(text);
                (text.is_empty(), false)
            }),
        };
        let is_empty_name = shape.is_err() && raw.is_some_and(|raw| raw.text == "\"\"");
        let words = words.get_mut(column.first..).unwrap_or_default();
        for ((word, block), mask) in words.iter_mut().zip(&column.blocks).zip(masks.iter()) {
            *word = match shape {
                Err(_) if is_empty_name => block.empty_name(),
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

impl Column {
    /// Fills the column's words, of all of the program, by a whole number as the value of its field.
    pub(super) fn whole(&self, field: &Field, value: i64, words: &mut [Word]) {
        let words = words.get_mut(self.first..).unwrap_or_default();
        self.number(words, &field.kind, reading::fit(field, Number::Integer(value)));
    }

    /// Fills them by a text that begins with an ASCII character. False where that does not decide them.
    pub(super) fn initial(&self, field: &Field, initial: u8, words: &mut [Word]) -> bool {
        let initial = if field.ignores_case { initial.to_ascii_lowercase() } else { initial };
        let words = words.get_mut(self.first..).unwrap_or_default();
        let is_decided = words.iter_mut().zip(&self.blocks).all(|(word, block)| {
            let other = block.other(initial);
            *word = other.unwrap_or_default();
            other.is_some()
        });
        is_decided && !self.unidentified.iter().any(|member| begins(member, initial))
    }

    /// Fills the column's words by the number that was read of a field of such a kind.
    fn number(&self, words: &mut [Word], kind: &Kind, read: Reading<Number>) {
        match kind {
            Kind::Code(_) => self.answer(words, read, Block::code),
            _ => self.answer(words, read, Block::number),
        }
    }

    /// Fills the column's words by what was read.
    #[inline]
    fn answer<T: Copy>(
        &self,
        words: &mut [Word],
        read: Reading<T>,
        look_up: impl Fn(&Block, T) -> Word,
    ) {
        for (word, block) in words.iter_mut().zip(&self.blocks) {
            *word = match read {
                Ok(value) => look_up(block, value),
                Err(_) => block.absent(),
            };
        }
    }
}
