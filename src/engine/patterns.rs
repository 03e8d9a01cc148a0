//! All text tests on one field but equality, in one automaton that is searched once a text.

use regex_automata::util::syntax;
use regex_automata::{Input, MatchKind, PatternSet, meta};

use crate::operation::Field;
use crate::policy::TextTest;

/// Bytes that the patterns of one block may take when compiled.
const MAX_AUTOMATON_BYTES: usize = 64 << 20;

/// The patterns of one field are too large together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// Patterns and the bit that each one stands for.
#[derive(Debug)]
pub(crate) struct Patterns {
    automaton: meta::Regex,
    bits: Vec<u64>,
}

impl Patterns {
    pub(crate) fn new(field: &Field, tests: &[(u64, &TextTest)]) -> Result<Self, TooLarge> {
        let sources: Vec<String> = tests.iter().map(|(_, test)| test.pattern()).collect();
        let config = meta::Config::new()
            .match_kind(MatchKind::All)
            .nfa_size_limit(Some(MAX_AUTOMATON_BYTES));
        let automaton = meta::Builder::new()
            .syntax(syntax::Config::new().case_insensitive(field.ignores_case))
            .configure(config)
            .build_many(&sources)
            .map_err(|_| TooLarge)?;
        Ok(Self { automaton, bits: tests.iter().map(|(bit, _)| *bit).collect() })
    }

    /// Room for one search.
    pub(crate) fn scratch(&self) -> PatternSet {
        PatternSet::new(self.bits.len())
    }

    /// The bits of all patterns that are found in `text`.
    pub(crate) fn search(&self, text: &str, found: &mut PatternSet) -> u64 {
        found.clear();
        self.automaton.which_overlapping_matches(&Input::new(text), found);
        let bits = found.iter().filter_map(|pattern| self.bits.get(pattern.as_usize()));
        bits.fold(0, |all, bit| all | bit)
    }
}
