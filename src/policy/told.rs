//! `Told` remembers problems, so that none is told twice: many rules may use one set, a set may be wrong
//! in each element, and a word may come many times.

use std::collections::HashSet;

use crate::text::{Level, Problem};

/// What was told: code, message and, of an error, its place. A warning is about a word, not about the
/// places where it comes.
#[derive(Debug, Default)]
pub(super) struct Told(HashSet<(String, String, Option<Place>)>);

/// Source, and offset and length in it.
type Place = (String, Option<(u64, u64)>);

impl Told {
    /// Whether a problem was not told before; from now on it was.
    pub(super) fn is_new(&mut self, problem: &Problem) -> bool {
        self.0.insert((problem.code.clone(), problem.message.clone(), place(problem)))
    }

    /// The same of problems that are one where their code and place are: a word of a rule stands for
    /// every element of its set.
    pub(super) fn is_new_here(&mut self, problem: &Problem) -> bool {
        let message = match problem.level {
            Level::Error => String::new(),
            Level::Warning | Level::Note => problem.message.clone(),
        };
        self.0.insert((problem.code.clone(), message, place(problem)))
    }
}

fn place(problem: &Problem) -> Option<Place> {
    match problem.level {
        Level::Error => Some((problem.place.source().to_owned(), problem.place.bytes())),
        Level::Warning | Level::Note => None,
    }
}
