//! The sentence: an effect, what it is about, and when.

use super::cursor::{Parsed, Parser};
use super::error::SyntaxError;
use super::lexer::{Token, TokenKind};
use crate::json::Number;
use crate::operation::Effect;
use crate::policy::syntax::{Expr, Sentence, Target, TargetKind};
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

/// Words that look as if they meant every service.
const EVERYTHING: [&str; 5] = ["all", "any", "every", "everything", "anything"];

impl Parser<'_> {
    /// `effect [subject] [("if" | "when") expr] ["unless" expr]`
    pub(super) fn sentence(&mut self) -> Parsed<Sentence> {
        let effect = self.effect()?;
        let targets = self.targets()?;
        let condition = self.clause(&["if", "when"])?;
        let unless = self.clause(&["unless"])?;
        self.end_of_sentence()?;
        Ok(Sentence { effect, targets, condition, unless, location: self.since(0) })
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

    fn at_clause(&self) -> bool {
        CLAUSES.iter().any(|word| self.at_word(word))
    }

    fn targets(&mut self) -> Parsed<Vec<Target>> {
        let mut targets = Vec::new();
        if self.peek().is_none() || self.at_clause() {
            return Ok(targets);
        }
        loop {
            targets.push(self.target()?);
            let comma = self.eat_sign(",");
            if !self.eat_word("or") && !comma {
                break;
            }
        }
        if self.peek().is_none() || self.at_clause() {
            return Ok(targets);
        }
        let help = if self.at_word("and") {
            "join targets by `or`, and write `if` before a condition"
        } else {
            "write `if` before a condition, `or` between targets, and quotes around a name of several words"
        };
        self.fail(|found| SyntaxError::MissingIf { found, help })
    }

    /// A quoted name, or a run of tokens with no space between them: `RDP`, `SSL/TLS`, `3389/tcp`.
    fn target(&mut self) -> Parsed<Target> {
        let mark = self.mark();
        let missing = match self.peek() {
            None => true,
            Some(token) => ["or", "and", ","].iter().any(|word| token.is_joint(word)),
        };
        if missing || self.at_clause() {
            return self.fail_after(|after| SyntaxError::MissingTarget { after });
        }
        if let Some(TokenKind::Text(name)) = self.peek().map(|token| &token.kind) {
            let name = name.clone();
            self.advance(1);
            return Ok(self.named(mark, TargetKind::Name { name, quoted: true }));
        }
        let run = self.run();
        let text = self.text(self.range_since(mark));
        match target_kind(&run, &text) {
            Ok(kind) => Ok(self.named(mark, kind)),
            Err(help) => Err(SyntaxError::BadTarget { found: text, help: help.to_owned() }
                .at(self.range_since(mark))),
        }
    }

    fn named(&self, mark: usize, kind: TargetKind) -> Target {
        Target { kind, location: self.since(mark) }
    }

    /// Goes over the next token and those that follow it without a space, up to a comma.
    fn run(&mut self) -> Vec<TokenKind> {
        let mut run = Vec::new();
        while let Some(token) = self.peek() {
            let adjacent =
                self.previous().is_some_and(|previous| previous.range.end == token.range.start);
            if !run.is_empty() && (!adjacent || token.is_sign(",")) {
                break;
            }
            run.push(token.kind.clone());
            self.advance(1);
        }
        run
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
    fn is_joint(&self, joint: &str) -> bool {
        self.is_word(joint) || self.is_sign(joint)
    }
}

/// What a run of tokens names, or what to write in its place.
fn target_kind(run: &[TokenKind], text: &str) -> Result<TargetKind, &'static str> {
    match run {
        [TokenKind::Number(Number::Integer(port), None)] => {
            Ok(TargetKind::Port { port: *port, protocol: None })
        }
        [
            TokenKind::Number(Number::Integer(port), None),
            TokenKind::Sign("/"),
            TokenKind::Word(protocol),
        ] => Ok(TargetKind::Port { port: *port, protocol: Some(protocol.clone()) }),
        [TokenKind::Word(word)] if word.eq_ignore_ascii_case("not") => {
            Err("write `if not` and the condition that must not hold")
        }
        [TokenKind::Word(word)] if EVERYTHING.iter().any(|all| word.eq_ignore_ascii_case(all)) => {
            Err(
                "leave it out: a sentence without a target is about every record; quote it if a service has that name",
            )
        }
        [TokenKind::Sign("*")] => {
            Err("leave it out: a sentence without a target is about every record")
        }
        [_, TokenKind::Sign(".."), ..] => {
            Err("for a range of ports write a condition, such as `if Port in 8000..8010`")
        }
        [TokenKind::Word(_) | TokenKind::Number(_, Some(_)), rest @ ..]
            if rest.iter().all(is_part_of_name) =>
        {
            Ok(TargetKind::Name { name: text.to_owned(), quoted: false })
        }
        [TokenKind::Param(_), ..] => {
            Err("a param is a value; name a service, a set of `sets:` or a port such as `3389/tcp`")
        }
        _ => Err(
            "name a service, a set or a port such as `3389/tcp`; quote a name that has other signs in it",
        ),
    }
}

fn is_part_of_name(kind: &TokenKind) -> bool {
    matches!(kind, TokenKind::Word(_) | TokenKind::Number(..) | TokenKind::Sign("/" | "+" | "-"))
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
