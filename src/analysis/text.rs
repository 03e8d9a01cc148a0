//! Looks for a text that passes some tests and fails others. Every test is a pattern; the patterns are
//! walked together, one character that stands for all alike at a time, from what may follow a state to what
//! may follow the next. Where no text is found there is none: each look-around is decided by the two
//! characters that it stands between.

use std::collections::{BTreeSet, HashMap, VecDeque};

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::operation::Field;
use crate::policy::TextTest;

use super::effort::{Effort, Exhausted};

/// A test, and whether the text passes it.
pub(super) type Wanted = (TextTest, bool);

/// The shortest text that every test judges as wanted, if there is one.
pub(super) fn find(
    field: &Field,
    wanted: &[Wanted],
    effort: &mut Effort,
) -> Result<Option<String>, Exhausted> {
    let mut automaton = Automaton::default();
    for (test, passes) in wanted {
        let parser =
            regex_syntax::ParserBuilder::new().case_insensitive(field.ignores_case).build();
        // What has compiled parses, unless it is nested deeper than this parser goes.
        let Ok(hir) = parser.clone().parse(&test.pattern()) else { return Err(Exhausted) };
        let end = automaton.push(State::End, effort)?;
        let start = automaton.add(&hir, end, effort)?;
        automaton.patterns.push((start, *passes));
    }
    automaton.walk(effort)
}

/// One place in a pattern.
enum State {
    /// Takes a character of these.
    Take(Vec<(char, char)>, usize),
    Look(Look, usize),
    Either(Vec<usize>),
    End,
}

/// The places of all patterns.
#[derive(Default)]
struct Automaton {
    states: Vec<State>,
    /// Where each begins, and whether it must be found.
    patterns: Vec<(usize, bool)>,
}

/// Where each pattern may be after a part of a text, or that it was found; and the last character.
type Position = (Vec<Option<BTreeSet<usize>>>, Option<char>);

impl Automaton {
    fn push(&mut self, state: State, effort: &mut Effort) -> Result<usize, Exhausted> {
        effort.spend(1)?;
        self.states.push(state);
        Ok(self.states.len() - 1)
    }

    /// Adds what comes before `next`; returns where that begins.
    fn add(&mut self, hir: &Hir, next: usize, effort: &mut Effort) -> Result<usize, Exhausted> {
        match hir.kind() {
            HirKind::Empty => Ok(next),
            HirKind::Literal(literal) => {
                let text = String::from_utf8_lossy(&literal.0);
                let mut characters = text.chars().rev();
                characters.try_fold(next, |next, character| {
                    self.push(State::Take(vec![(character, character)], next), effort)
                })
            }
            HirKind::Class(class) => self.push(State::Take(ranges(class), next), effort),
            HirKind::Look(look) => self.push(State::Look(*look, next), effort),
            HirKind::Capture(capture) => self.add(&capture.sub, next, effort),
            HirKind::Concat(parts) => {
                parts.iter().rev().try_fold(next, |next, part| self.add(part, next, effort))
            }
            HirKind::Alternation(parts) => {
                let starts: Result<_, _> =
                    parts.iter().map(|part| self.add(part, next, effort)).collect();
                self.push(State::Either(starts?), effort)
            }
            HirKind::Repetition(repetition) => {
                let sub = &repetition.sub;
                let mut start = next;
                match repetition.max {
                    None => {
                        start = self.push(State::Either(vec![next]), effort)?;
                        let again = self.add(sub, start, effort)?;
                        if let Some(State::Either(ways)) = self.states.get_mut(start) {
                            ways.push(again);
                        }
                    }
                    Some(most) => {
                        for _ in repetition.min..most {
                            let once = self.add(sub, start, effort)?;
                            start = self.push(State::Either(vec![once, next]), effort)?;
                        }
                    }
                }
                (0..repetition.min).try_fold(start, |start, _| self.add(sub, start, effort))
            }
        }
    }

    /// Goes through all texts, the shortest first, as far as the patterns tell them apart.
    fn walk(&self, effort: &mut Effort) -> Result<Option<String>, Exhausted> {
        let alphabet = self.alphabet(effort)?;
        let looks_around = self.states.iter().any(
            |state| matches!(state, State::Look(look, _) if !matches!(look, Look::Start | Look::End)),
        );
        let start: Position = (vec![Some(BTreeSet::new()); self.patterns.len()], None);
        let mut parents: HashMap<Position, Option<(Position, char)>> = HashMap::new();
        let mut queue = VecDeque::from([start.clone()]);
        parents.insert(start, None);
        while let Some(position) = queue.pop_front() {
            if self.next(&position, None, effort)?.is_some_and(|(sets, _)| self.is_wanted(&sets)) {
                return Ok(Some(spelled(&parents, position)));
            }
            for character in &alphabet {
                let Some((sets, _)) = self.next(&position, Some(*character), effort)? else {
                    continue;
                };
                let last = if looks_around { *character } else { 'x' };
                let next = (sets, Some(last));
                if !parents.contains_key(&next) {
                    parents.insert(next.clone(), Some((position.clone(), *character)));
                    queue.push_back(next);
                }
            }
        }
        Ok(None)
    }

    /// The position after one more character, or at the end of the text; none if a pattern was found that
    /// must not be.
    fn next(
        &self,
        (sets, last): &Position,
        character: Option<char>,
        effort: &mut Effort,
    ) -> Result<Option<Position>, Exhausted> {
        let mut after = Vec::with_capacity(sets.len());
        for ((start, must_be_found), set) in self.patterns.iter().zip(sets) {
            let Some(set) = set else {
                after.push(None);
                continue;
            };
            let mut pending: Vec<usize> = set.iter().copied().chain([*start]).collect();
            let mut seen: BTreeSet<usize> = pending.iter().copied().collect();
            let (mut taken, mut is_found) = (BTreeSet::new(), false);
            while let Some(state) = pending.pop() {
                effort.spend(1)?;
                let ways: &[usize] = match self.states.get(state) {
                    Some(State::Either(ways)) => ways,
                    Some(State::Look(look, next)) if holds(*look, *last, character) => {
                        std::slice::from_ref(next)
                    }
                    Some(State::Take(ranges, next)) => {
                        taken.extend(character.filter(|c| has(ranges, *c)).map(|_| *next));
                        &[]
                    }
                    Some(State::End) => {
                        is_found = true;
                        &[]
                    }
                    Some(State::Look(..)) | None => &[],
                };
                pending.extend(ways.iter().filter(|way| seen.insert(**way)));
            }
            if is_found && !must_be_found {
                return Ok(None);
            }
            after.push((!is_found).then_some(taken));
        }
        Ok(Some((after, character)))
    }

    fn is_wanted(&self, sets: &[Option<BTreeSet<usize>>]) -> bool {
        self.patterns
            .iter()
            .zip(sets)
            .all(|((_, must_be_found), set)| *must_be_found == set.is_none())
    }

    /// One character of each kind that some state, or a look-around, tells from the others.
    fn alphabet(&self, effort: &mut Effort) -> Result<Vec<char>, Exhausted> {
        let mut classes: Vec<Vec<(char, char)>> = vec![
            vec![('\n', '\n')],
            vec![('\r', '\r')],
            vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        ];
        if self
            .states
            .iter()
            .any(|state| matches!(state, State::Look(look, _) if asks_words(*look)))
        {
            classes.extend(regex_syntax::parse(r"\w").map(|words| match words.kind() {
                HirKind::Class(class) => ranges(class),
                _ => Vec::new(),
            }));
        }
        for state in &self.states {
            if let State::Take(ranges, _) = state
                && !classes.contains(ranges)
            {
                effort.spend(classes.len())?;
                classes.push(ranges.clone());
            }
        }
        let mut candidates: Vec<char> = ('a'..='z').chain('0'..='9').chain(' '..='~').collect();
        let after = |end: char| char::from_u32(end as u32 + 1).or_else(|| char::from_u32(0xe000));
        candidates.extend(
            classes
                .iter()
                .flatten()
                .flat_map(|(first, last)| [Some(*first), after(*last)])
                .flatten(),
        );
        candidates.push('\0');
        let mut kinds = HashMap::new();
        let mut alphabet = Vec::new();
        for candidate in candidates {
            effort.spend(classes.len())?;
            let kind: Vec<bool> = classes.iter().map(|ranges| has(ranges, candidate)).collect();
            if kinds.insert(kind, ()).is_none() {
                alphabet.push(candidate);
            }
        }
        Ok(alphabet)
    }
}

fn spelled(
    parents: &HashMap<Position, Option<(Position, char)>>,
    mut position: Position,
) -> String {
    let mut characters = Vec::new();
    while let Some(Some((parent, character))) = parents.get(&position) {
        characters.push(*character);
        position = parent.clone();
    }
    characters.iter().rev().collect()
}

fn ranges(class: &Class) -> Vec<(char, char)> {
    match class {
        Class::Unicode(class) => {
            class.ranges().iter().map(|range| (range.start(), range.end())).collect()
        }
        // Of a text only ASCII is single bytes.
        Class::Bytes(class) => {
            let ascii = class.ranges().iter().filter(|range| range.start().is_ascii());
            ascii.map(|range| (range.start().into(), range.end().min(0x7f).into())).collect()
        }
    }
}

/// Whether sorted ranges have a character.
fn has(ranges: &[(char, char)], character: char) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= character);
    after
        .checked_sub(1)
        .and_then(|index| ranges.get(index))
        .is_some_and(|(_, last)| character <= *last)
}

fn asks_words(look: Look) -> bool {
    !matches!(
        look,
        Look::Start | Look::End | Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF
    )
}

/// Whether a look-around holds between two characters, or at an end of the text.
fn holds(look: Look, before: Option<char>, after: Option<char>) -> bool {
    let ascii = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let word = |c: Option<char>| c.is_some_and(regex_syntax::is_word_character);
    match look {
        Look::Start => before.is_none(),
        Look::End => after.is_none(),
        Look::StartLF => before.is_none_or(|c| c == '\n'),
        Look::EndLF => after.is_none_or(|c| c == '\n'),
        Look::StartCRLF => before.is_none_or(|c| c == '\n' || c == '\r' && after != Some('\n')),
        Look::EndCRLF => after.is_none_or(|c| c == '\r' || c == '\n' && before != Some('\r')),
        Look::WordAscii => ascii(before) != ascii(after),
        Look::WordAsciiNegate => ascii(before) == ascii(after),
        Look::WordUnicode => word(before) != word(after),
        Look::WordUnicodeNegate => word(before) == word(after),
        Look::WordStartAscii => !ascii(before) && ascii(after),
        Look::WordEndAscii => ascii(before) && !ascii(after),
        Look::WordStartUnicode => !word(before) && word(after),
        Look::WordEndUnicode => word(before) && !word(after),
        Look::WordStartHalfAscii => !ascii(before),
        Look::WordEndHalfAscii => !ascii(after),
        Look::WordStartHalfUnicode => !word(before),
        Look::WordEndHalfUnicode => !word(after),
    }
}
