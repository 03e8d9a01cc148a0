//! The sentence: an effect, what it is about, and when.

use super::cursor::{Parsed, Parser};
use super::error::SyntaxError;
use super::lexer::Token;
use crate::operation::Effect;
use crate::policy::syntax::{Expr, Sentence};
use crate::text::nearest;

/// Words that begin a part of a sentence.
const CLAUSES: [&str; 3] = ["if", "when", "unless"];

/// Words that other tools use for an effect.
const EFFECT_SYNONYMS: &[(&str, Effect)] = &[
    ("block", Effect::Deny),
    ("forbid", Effect::Deny),
    ("reject", Effect::Deny),
    ("refuse", Effect::Deny),
    ("drop", Effect::Deny),
    ("fail", Effect::Deny),
    ("error", Effect::Deny),
    ("warn", Effect::Alert),
    ("warning", Effect::Alert),
    ("notify", Effect::Alert),
    ("report", Effect::Alert),
    ("flag", Effect::Alert),
    ("audit", Effect::Alert),
];

impl Parser<'_> {
    /// `effect [subject] [("if" | "when") expr] ["unless" expr]`
    pub(super) fn sentence(&mut self) -> Parsed<Sentence> {
        let effect = self.effect()?;
        let (targets, is_anything_but) = self.subject()?;
        let condition = self.clause(&["if", "when"])?;
        let unless = self.clause(&["unless"])?;
        self.end_of_sentence()?;
        let location = self.since(0);
        Ok(Sentence { effect, targets, is_anything_but, condition, unless, location })
    }

    fn effect(&mut self) -> Parsed<Effect> {
        if self.peek().is_none() {
            return self.fail(|_| SyntaxError::EmptyRule);
        }
        let found = Effect::ALL.into_iter().find(|effect| self.eat_word(effect.name()));
        match found {
            Some(effect) => Ok(effect),
            None => self.fail(|found| {
                let help = effect_help(&found);
                SyntaxError::UnknownEffect { found, help }
            }),
        }
    }

    pub(super) fn at_clause(&self) -> bool {
        CLAUSES.iter().any(|word| self.at_word(word))
    }

    /// A condition after one of the words, if one of them is next.
    fn clause(&mut self, words: &[&str]) -> Parsed<Option<Expr>> {
        match words.iter().any(|word| self.eat_word(word)) {
            true => self.disjunction().map(Some),
            false => Ok(None),
        }
    }

    fn end_of_sentence(&mut self) -> Parsed<()> {
        if self.at_clause() {
            return self.fail(|found| SyntaxError::Unexpected {
                found,
                expected: "the end of the sentence",
                help: "a sentence has one `if` and after it one `unless`; join conditions by `and`"
                    .to_owned(),
            });
        }
        self.end()
    }
}

impl Token {
    pub(super) fn is_joint(&self, joint: &str) -> bool {
        self.is_word(joint) || self.is_sign(joint)
    }
}

fn effect_help(found: &str) -> String {
    let meant = EFFECT_SYNONYMS
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(found))
        .map(|(_, effect)| effect.name())
        .or_else(|| nearest(found, Effect::ALL.map(Effect::name)));
    let rule = "a sentence begins with `deny` or `alert`";
    match meant {
        Some(effect) => format!("{rule}; did you mean `{effect}`?"),
        None => rule.to_owned(),
    }
}
