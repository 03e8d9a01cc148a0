//! A `Guard` rules policies out by the answers of one column, before any formula is asked: a rule that
//! needs one of a few predicates is false where all of those are false.

use super::program::{Atom, Formula};
use super::table::Word;
use super::truth::Truth;

/// Policies that one word of a set holds.
const WORD: usize = u64::BITS as usize;

/// Policies by their index in the program, as bits.
#[derive(Clone, Debug, Default)]
pub(super) struct Set(Box<[u64]>);

impl Set {
    /// Room for so many policies, with none of them.
    pub(super) fn of(policies: usize) -> Self {
        Self(vec![0; policies.div_ceil(WORD)].into())
    }

    pub(super) fn insert(&mut self, policy: usize) {
        if let Some(word) = self.0.get_mut(policy / WORD) {
            *word |= 1 << (policy % WORD);
        }
    }

    fn contains(&self, policy: usize) -> bool {
        self.0.get(policy / WORD).is_some_and(|word| word >> (policy % WORD) & 1 == 1)
    }

    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(word, other)| word & other != 0)
    }

    /// Becomes the other set, which has the same room.
    pub(super) fn copy(&mut self, other: &Self) {
        self.0.copy_from_slice(&other.0);
    }

    /// Takes the first policy out.
    pub(super) fn pop(&mut self) -> Option<usize> {
        let (index, word) = self.0.iter_mut().enumerate().find(|(_, word)| **word != 0)?;
        let bit = word.trailing_zeros() as usize;
        *word &= *word - 1;
        Some(index * WORD + bit)
    }
}

impl FromIterator<usize> for Set {
    fn from_iter<I: IntoIterator<Item = usize>>(policies: I) -> Self {
        let policies: Vec<usize> = policies.into_iter().collect();
        let mut set = Self::of(policies.iter().max().map_or(0, |last| last + 1));
        policies.into_iter().for_each(|policy| set.insert(policy));
        set
    }
}

/// A predicate of a column: its word, and its bit there.
type Bit = (usize, u64);

/// What one column rules out.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) column: usize,
    /// Policies that need one of its predicates.
    needing: Set,
    /// Of each predicate that some policy needs, the policies that it leaves in unless it is false.
    leaves: Vec<(Bit, Set)>,
}

impl Guard {
    /// The guards of policies' formulas, one a column.
    pub(super) fn all(formulas: &[Formula]) -> Vec<Self> {
        let mut guards: Vec<Self> = Vec::new();
        let none = Set::of(formulas.len());
        for (policy, formula) in formulas.iter().enumerate() {
            for (column, bits) in formula.needs() {
                let known = guards.iter().position(|guard| guard.column == column);
                let index = known.unwrap_or(guards.len());
                if known.is_none() {
                    guards.push(Self { column, needing: none.clone(), leaves: Vec::new() });
                }
                if let Some(guard) = guards.get_mut(index) {
                    guard.add(policy, &bits, &none);
                }
            }
        }
        guards
    }

    fn add(&mut self, policy: usize, bits: &[Bit], none: &Set) {
        // Of two needs on one column the first is asked: one set cannot say that both must hold.
        if self.needing.contains(policy) {
            return;
        }
        self.needing.insert(policy);
        for bit in bits {
            let known = self.leaves.iter().position(|(other, _)| other == bit);
            let index = known.unwrap_or(self.leaves.len());
            if known.is_none() {
                self.leaves.push((*bit, none.clone()));
            }
            if let Some((_, policies)) = self.leaves.get_mut(index) {
                policies.insert(policy);
            }
        }
    }

    /// Whether it can rule out any of these.
    #[inline]
    pub(super) fn concerns(&self, left: &Set) -> bool {
        self.needing.meets(left)
    }

    /// Takes out of `left` what the answers rule out; the column must have answered.
    #[inline]
    pub(super) fn rule_out(&self, words: &[Word], left: &mut Set) {
        for (index, (left, needing)) in left.0.iter_mut().zip(&self.needing.0).enumerate() {
            let mut open = !needing;
            for ((word, mask), policies) in &self.leaves {
                if words.get(*word).is_none_or(|word| word.truth(*mask) != Truth::False) {
                    open |= policies.0.get(index).copied().unwrap_or(u64::MAX);
                }
            }
            *left &= open;
        }
    }
}

impl Formula {
    /// For each part of a conjunction that asks one column only: the column, and the predicates that
    /// must not all be false for the formula not to be.
    fn needs(&self) -> Vec<(usize, Vec<Bit>)> {
        match self {
            Self::All(parts) => parts.iter().flat_map(Self::needs).collect(),
            Self::Not(_) => Vec::new(),
            Self::Atom(_) | Self::Any(_) => {
                let mut bits = Vec::new();
                let column = self.alternatives(&mut bits);
                column.map(|column| (column, bits)).into_iter().collect()
            }
        }
    }

    /// Collects the predicates of a disjunction that asks one column only; that column.
    fn alternatives(&self, bits: &mut Vec<Bit>) -> Option<usize> {
        match self {
            Self::Atom(Atom::Bit { column, word, mask }) => {
                bits.push((*word, *mask));
                Some(*column)
            }
            Self::Any(parts) => {
                let mut columns = parts.iter().map(|part| part.alternatives(bits));
                let column = columns.next()??;
                columns.all(|other| other == Some(column)).then_some(column)
            }
            Self::Atom(_) | Self::Not(_) | Self::All(_) => None,
        }
    }
}
