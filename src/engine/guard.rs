//! A `Guard` rules policies out by the answers of one column, before any formula is asked: a rule that
//! needs one of a few predicates is false where all of those are false.

use crate::json::Record;
use crate::operation::{Kind, is_single_name};

use super::program::{Atom, Formula, Program};
use super::table::Word;

/// Policies of one shard: bits of a `u64`.
const SHARD: usize = u64::BITS as usize;

/// Whole numbers from 0 on whose answers are worked out beforehand: most codes, counts and percentages.
const SMALL: u8 = 101;

/// Bytes that begin a text whose answers are worked out beforehand: those of ASCII.
const INITIALS: u8 = 128;

/// What rules nothing out.
const ALL: u64 = u64::MAX;

/// Policies that follow one another, as bits from the first one on, and what rules them out.
#[derive(Debug)]
pub(super) struct Shard {
    /// The index of its first policy.
    pub(super) first: usize,
    /// Every policy.
    pub(super) all: u64,
    /// What is looked at first.
    pub(super) glances: Vec<Glance>,
    /// In the order in which they are asked.
    pub(super) guards: Vec<Guard>,
}

impl Shard {
    /// Shards of all policies of a program that is complete but for them. Columns that are cheap to
    /// answer are asked first.
    pub(super) fn all(program: &Program) -> Vec<Self> {
        let shard = |(index, formulas): (usize, &[Formula])| {
            let mut guards = Guard::all(formulas);
            guards.sort_by_key(|guard| program.column_cost(guard.column));
            let glances = guards.iter().filter_map(|guard| Glance::new(program, guard)).collect();
            let all = formulas.iter().fold(0, |all, _| all << 1 | 1);
            Self { first: index * SHARD, all, glances, guards }
        };
        program.formulas.chunks(SHARD).enumerate().map(shard).collect()
    }
}

/// A predicate of a column, or its negation.
#[derive(Clone, Copy, Debug)]
struct Literal {
    word: usize,
    mask: u64,
    is_negated: bool,
}

/// What one column rules out of a shard.
#[derive(Debug, Default)]
pub(super) struct Guard {
    pub(super) column: usize,
    /// Policies that need one of its literals.
    needing: u64,
    leaves: Vec<Leaves>,
}

/// What can be said before a column is answered, by a glance at the member that it asks.
#[derive(Debug)]
pub(super) struct Glance {
    slot: usize,
    seen: Seen,
    /// The policies that it can rule out.
    needing: u64,
    /// By what is seen, the policies that are not ruled out.
    open: Vec<u64>,
}

/// What is seen.
#[derive(Clone, Copy, Debug)]
enum Seen {
    /// A whole number.
    Value,
    /// The first byte of a text.
    Initial,
    /// The first byte of a text that says nothing unless it is a name.
    Name,
}

impl Glance {
    /// What the answers of a column make a guard rule out.
    fn new(program: &Program, guard: &Guard) -> Option<Self> {
        let column = program.columns.get(guard.column)?;
        let slot = program.slot(column.field)?;
        let field = program.operation.schema.field(column.field);
        let mut words = vec![Word::default(); program.words()];
        let (seen, open): (_, Vec<u64>) = match field.kind {
            Kind::Text => {
                let open = (0..INITIALS).map(|initial| {
                    // An empty text, and one that is not meant as it stands.
                    let is_plain = !matches!(initial, b'"' | b'\\');
                    let is_decided = is_plain && column.initial(field, initial, &mut words);
                    if is_decided { guard.open(&words) } else { ALL }
                });
                let seen = if field.has_names() { Seen::Name } else { Seen::Initial };
                (seen, open.collect())
            }
            Kind::Code(_) | Kind::Integer | Kind::Decimal | Kind::Bytes | Kind::Percent => {
                let open = (0..SMALL).map(|value| {
                    column.whole(field, i64::from(value), &mut words);
                    guard.open(&words)
                });
                (Seen::Value, open.collect())
            }
            Kind::TextList | Kind::Boolean | Kind::Address | Kind::Time => return None,
        };
        let needing = guard.needing;
        open.iter().any(|open| *open != ALL).then_some(Self { slot, seen, needing, open })
    }

    /// Those of the policies `left` that it does not rule out.
    #[inline]
    pub(super) fn left(&self, record: &Record<'_>, left: u64) -> u64 {
        if self.needing & left == 0 { left } else { left & self.open(record).unwrap_or(ALL) }
    }

    #[inline]
    fn open(&self, record: &Record<'_>) -> Option<u64> {
        match self.seen {
            Seen::Value => {
                let value = usize::try_from(record.whole(self.slot)?).ok()?;
                self.open.get(value).copied()
            }
            Seen::Initial | Seen::Name => {
                let raw = record.slot(self.slot)?;
                let open = *self.open.get(usize::from(raw.initial()?))?;
                let text = if open == ALL { None } else { raw.plain() };
                let is_decided = text
                    .is_some_and(|text| matches!(self.seen, Seen::Initial) || is_single_name(text));
                is_decided.then_some(open)
            }
        }
    }
}

/// The literals of one word, all negated or none of them.
#[derive(Debug)]
struct Leaves {
    word: usize,
    is_negated: bool,
    /// The bits of the word that some policy needs.
    asked: u64,
    /// By bit, the policies that its literal leaves in unless it is false.
    policies: Vec<u64>,
}

impl Leaves {
    /// The bits whose literals are not false.
    #[inline]
    fn open(&self, words: &[Word]) -> u64 {
        let open = match words.get(self.word) {
            Some(word) if self.is_negated => !word.holds,
            Some(word) => word.holds | word.unknown,
            None => ALL,
        };
        open & self.asked
    }

    fn insert(&mut self, mask: u64, policy: u64) {
        let bit = mask.trailing_zeros() as usize;
        if self.policies.len() <= bit {
            self.policies.resize(bit + 1, 0);
        }
        if let Some(policies) = self.policies.get_mut(bit) {
            *policies |= policy;
        }
        self.asked |= mask;
    }
}

impl Guard {
    /// The guards of a shard's formulas, one a column.
    fn all(formulas: &[Formula]) -> Vec<Self> {
        let mut guards: Vec<Self> = Vec::new();
        for (index, formula) in formulas.iter().enumerate() {
            for (column, literals) in formula.needs(false) {
                let known = guards.iter().position(|guard| guard.column == column);
                let place = known.unwrap_or(guards.len());
                if known.is_none() {
                    guards.push(Self { column, ..Self::default() });
                }
                if let Some(guard) = guards.get_mut(place) {
                    guard.add(1 << index, &literals);
                }
            }
        }
        guards
    }

    fn add(&mut self, policy: u64, literals: &[Literal]) {
        // Of two needs on one column the first is asked: one bit cannot say that both must hold.
        if self.needing & policy != 0 {
            return;
        }
        self.needing |= policy;
        for literal in literals {
            let Literal { word, mask, is_negated } = *literal;
            let same = |leaves: &Leaves| leaves.word == word && leaves.is_negated == is_negated;
            let known = self.leaves.iter().position(same);
            let place = known.unwrap_or(self.leaves.len());
            if known.is_none() {
                let policies = Vec::new();
                self.leaves.push(Leaves { word, is_negated, asked: 0, policies });
            }
            if let Some(leaves) = self.leaves.get_mut(place) {
                leaves.insert(mask, policy);
            }
        }
    }

    /// Whether it can rule out any of these policies.
    #[inline]
    pub(super) fn concerns(&self, left: u64) -> bool {
        self.needing & left != 0
    }

    /// The policies that the answers do not rule out; the column must have answered.
    #[inline]
    pub(super) fn open(&self, words: &[Word]) -> u64 {
        let mut open = !self.needing;
        for leaves in &self.leaves {
            let mut bits = leaves.open(words);
            while bits != 0 {
                let policies = leaves.policies.get(bits.trailing_zeros() as usize);
                open |= policies.copied().unwrap_or(ALL);
                bits &= bits - 1;
            }
        }
        open
    }
}

impl Formula {
    /// For each part of a conjunction that asks one column only: the column, and the literals that must
    /// not all be false for the formula not to be. `is_negated` asks it of the formula's negation.
    fn needs(&self, is_negated: bool) -> Vec<(usize, Vec<Literal>)> {
        match self {
            Self::Not(part) => part.needs(!is_negated),
            Self::All(parts) if !is_negated => {
                parts.iter().flat_map(|part| part.needs(false)).collect()
            }
            Self::Any(parts) if is_negated => {
                parts.iter().flat_map(|part| part.needs(true)).collect()
            }
            Self::Atom(_) | Self::All(_) | Self::Any(_) => {
                let mut literals = Vec::new();
                let column = self.alternatives(is_negated, &mut literals);
                column.map(|column| (column, literals)).into_iter().collect()
            }
        }
    }

    /// Collects the literals of a disjunction that asks one column only; that column.
    fn alternatives(&self, is_negated: bool, literals: &mut Vec<Literal>) -> Option<usize> {
        match self {
            Self::Atom(Atom::Bit { column, word, mask }) => {
                literals.push(Literal { word: *word, mask: *mask, is_negated });
                Some(*column)
            }
            Self::Not(part) => part.alternatives(!is_negated, literals),
            Self::Any(parts) if !is_negated => alternatives(parts, false, literals),
            Self::All(parts) if is_negated => alternatives(parts, true, literals),
            Self::Atom(_) | Self::All(_) | Self::Any(_) => None,
        }
    }
}

/// The column that all parts of a disjunction ask, and their literals.
fn alternatives(parts: &[Formula], is_negated: bool, literals: &mut Vec<Literal>) -> Option<usize> {
    let mut columns = parts.iter().map(|part| part.alternatives(is_negated, literals));
    let column = columns.next()??;
    columns.all(|other| other == Some(column)).then_some(column)
}
