//! A `Token` is one word, literal or sign of a rule's text, with its bytes in that text.

use std::ops::Range;

use super::error::{Fault, SyntaxError};
use crate::json::Number;

/// One word, literal or sign.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    /// Bytes of the rule's decoded text.
    pub range: Range<usize>,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A name or a keyword, as written; a date and an instant are words too.
    Word(String),
    /// What stood in quotes.
    Text(String),
    /// A literal and the unit that directly follows it.
    Number(Number, Option<String>),
    /// An address, a block of addresses, or what looks like one.
    Address(String),
    /// The name after `$`.
    Param(String),
    /// An operator, a bracket, a comma or `..`.
    Sign(&'static str),
}

/// Signs that mean something, longer ones before their beginnings.
const SIGNS: &[&str] =
    &["==", "!=", "<=", ">=", "..", "=", "<", ">", "(", ")", "[", "]", ",", "+", "-", "*", "/"];

/// Signs of other languages, and what stands for them here.
const FOREIGN: &[(&str, &str)] = &[
    ("===", "="),
    ("!==", "!="),
    ("&&", "and"),
    ("||", "or"),
    ("=>", ">="),
    ("=<", "<="),
    ("<>", "!="),
    ("=~", "matches"),
    ("!~", "not matches"),
    (":=", "="),
    ("...", ".."),
    ("&", "and"),
    ("|", "or"),
    ("~", "matches"),
    ("≥", ">="),
    ("≤", "<="),
    ("≠", "!="),
    ("−", "-"),
    ("–", "-"),
    ("×", "*"),
    ("÷", "/"),
    ("…", ".."),
    ("“", "\""),
    ("”", "\""),
    ("„", "\""),
    ("‘", "'"),
    ("’", "'"),
    ("（", "("),
    ("）", ")"),
    ("，", ","),
    ("、", ","),
];

/// Splits a rule's text into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Result<Option<Token>, Fault> {
        self.take_while(char::is_whitespace);
        let start = self.at;
        let Some(first) = self.rest().chars().next() else {
            return Ok(None);
        };
        let kind = if matches!(first, '"' | '\'') {
            self.quoted(first)?
        } else if let Some(length) = instant(self.rest()) {
            TokenKind::Word(self.take(length).to_owned())
        } else if let Some(length) = address(self.rest()) {
            TokenKind::Address(self.take(length).to_owned())
        } else if is_number(self.rest()) {
            self.number()?
        } else if is_word(first) {
            TokenKind::Word(self.word().to_owned())
        } else if first == '$' {
            self.param()?
        } else {
            self.sign(first)?
        };
        Ok(Some(Token { kind, range: start..self.at }))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, length: usize) -> &'a str {
        let taken = self.rest().get(..length).unwrap_or_default();
        self.at += taken.len();
        taken
    }

    fn take_while(&mut self, wanted: fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        self.take(rest.find(|c| !wanted(c)).unwrap_or(rest.len()))
    }

    /// Letters, digits and `_`; `-` and `.` where more of the word follows.
    fn word(&mut self) -> &'a str {
        let start = self.at;
        loop {
            self.take_while(is_word);
            let mut next = self.rest().chars();
            match (next.next(), next.next()) {
                (Some('-' | '.'), Some(after)) if is_word(after) => self.at += 1,
                _ => return self.text.get(start..self.at).unwrap_or_default(),
            }
        }
    }

    fn param(&mut self) -> Result<TokenKind, Fault> {
        let start = self.at;
        self.take(1);
        match self.word() {
            "" => Err(SyntaxError::NamelessParam.at(start..self.at)),
            name => Ok(TokenKind::Param(name.to_owned())),
        }
    }

    /// A doubled quote stands for one. Within `"`, so do `\"` and `\\`; any other backslash stands
    /// for itself, so that patterns need no doubling.
    fn quoted(&mut self, quote: char) -> Result<TokenKind, Fault> {
        let start = self.at;
        self.take(1);
        let mut text = String::new();
        loop {
            let mut next = self.rest().chars();
            match (next.next(), next.next()) {
                (None, _) => return Err(SyntaxError::UnclosedText { quote }.at(start..start + 1)),
                (Some(c), Some(after)) if c == quote && after == quote => {
                    text.push(quote);
                    self.at += 2;
                }
                (Some(c), _) if c == quote => {
                    self.at += 1;
                    return Ok(TokenKind::Text(text));
                }
                (Some('\\'), Some(after @ ('"' | '\\'))) if quote == '"' => {
                    text.push(after);
                    self.at += 2;
                }
                (Some(c), _) => {
                    text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    fn number(&mut self) -> Result<TokenKind, Fault> {
        let start = self.at;
        if self.rest().starts_with('-') {
            self.take(1);
        }
        self.take_while(is_digit);
        if self.rest().starts_with('.') && self.digit_after(1) {
            self.take(1);
            self.take_while(is_digit);
        }
        let signed = self.rest().get(1..).is_some_and(|rest| rest.starts_with(['+', '-']));
        if self.rest().starts_with(['e', 'E']) && self.digit_after(1 + usize::from(signed)) {
            self.take(1 + usize::from(signed));
            self.take_while(is_digit);
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        let Some(number) = Number::parse(digits) else {
            let found = digits.to_owned();
            let after_zero = digits.trim_start_matches('-').strip_prefix('0');
            let error = match after_zero.is_some_and(|rest| rest.starts_with(is_digit)) {
                true => SyntaxError::BadNumber { found },
                false => SyntaxError::LongNumber { found },
            };
            return Err(error.at(start..self.at));
        };
        let unit = self.unit();
        Ok(TokenKind::Number(number, (!unit.is_empty()).then(|| unit.to_owned())))
    }

    /// Letters directly after a number, or a percent sign, which may stand apart.
    fn unit(&mut self) -> &'a str {
        let apart = self.rest().trim_start();
        if !apart.starts_with('%') {
            return self.take_while(is_word);
        }
        self.take(self.rest().len() - apart.len());
        self.take(1)
    }

    fn digit_after(&self, bytes: usize) -> bool {
        self.rest().get(bytes..).is_some_and(|rest| rest.starts_with(is_digit))
    }

    fn sign(&mut self, first: char) -> Result<TokenKind, Fault> {
        let start = self.at;
        let rest = self.rest();
        if let Some((found, write)) = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign)) {
            return Err(SyntaxError::ForeignOperator { found: (*found).to_owned(), write }
                .at(start..start + found.len()));
        }
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            self.take(sign.len());
            return Ok(TokenKind::Sign(sign));
        }
        let error = match first {
            '!' => SyntaxError::ForeignOperator { found: "!".to_owned(), write: "not" },
            ':' => SyntaxError::UnknownCharacter {
                found: first,
                help: "a port and its protocol are written `3389/tcp`; put a text with a `:` in quotes",
            },
            _ => SyntaxError::UnknownCharacter {
                found: first,
                help: "if it belongs to a text, put the text in quotes",
            },
        };
        Err(error.at(start..start + first.len_utf8()))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// A digit, or a minus directly before one.
fn is_number(rest: &str) -> bool {
    rest.strip_prefix('-').unwrap_or(rest).starts_with(is_digit)
}

/// Length of a date, or of a date with a time, at the start of a text.
fn instant(rest: &str) -> Option<usize> {
    let date = rest.as_bytes().get(..10)?;
    let is_date = date.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let after = rest.get(10..)?;
    if !is_date || after.starts_with(is_word) && !after.starts_with(['T', 't']) {
        return None;
    }
    let length = match after.starts_with(['T', 't']) {
        true => after
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, ':' | '.' | '+' | '-'))
            .unwrap_or(after.len()),
        false => 0,
    };
    Some(10 + length)
}

/// Length of an address or a block at the start of a text: what has two colons, or begins with three
/// numbers that are joined by dots. Whether it is one is said when it is used.
fn address(rest: &str) -> Option<usize> {
    let end =
        rest.find(|c: char| !is_word(c) && !matches!(c, ':' | '.' | '-')).unwrap_or(rest.len());
    let run = rest.get(..end)?;
    let run = run.split_once("..").map_or(run, |(before, _)| before);
    let dots = run.chars().take_while(|c| is_digit(*c) || *c == '.').filter(|c| *c == '.').count();
    let is_address = run.matches(':').count() >= 2 || (run.starts_with(is_digit) && dots >= 2);
    if !is_address {
        return None;
    }
    let prefix = rest
        .get(run.len()..)
        .and_then(|after| after.strip_prefix('/'))
        .filter(|after| after.starts_with(is_digit))
        .map_or(0, |after| 1 + after.find(|c| !is_digit(c)).unwrap_or(after.len()));
    Some(run.len() + prefix)
}
