//! A `Parser` walks over a rule's tokens, knows where each stands in its file, and never goes deeper
//! than [`MAX_DEPTH`].

use std::collections::HashMap;
use std::ops::Range;

use super::error::{Fault, SyntaxError};
use super::lexer::{self, Token, TokenKind};
use crate::policy::syntax::{Op, Spelling};
use crate::text::Location;

/// Levels of brackets, `not` and arithmetic that a rule may have.
pub(crate) const MAX_DEPTH: usize = 64;

/// Bytes that a rule may have.
pub(crate) const MAX_BYTES: usize = 16 << 10;

/// Either what was read, or the first thing that is wrong.
pub(super) type Parsed<T> = Result<T, Fault>;

/// A rule's decoded text, and where its bytes stand in a file.
pub(super) struct Script<'a> {
    pub text: &'a str,
    pub locate: &'a dyn Fn(Range<usize>) -> Location,
}

/// Where a rule's tokens are read.
pub(super) struct Parser<'a> {
    script: &'a Script<'a>,
    tokens: Vec<Token>,
    /// Index of the bracket that closes the one at an index.
    closing: HashMap<usize, usize>,
    at: usize,
    depth: usize,
    /// The comparison with a value that was read last, unless something else ended after it.
    pub(super) compared: Option<Compared>,
}

/// Where the parts of a comparison stand, as indices of tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compared {
    pub start: usize,
    /// The token after its left side.
    pub value: usize,
    /// The operator, and how many tokens it has; none for an equality without one.
    pub op: Option<(&'static Spelling, usize)>,
    /// The token after its last one.
    pub end: usize,
}

impl<'a> Parser<'a> {
    /// Splits the text and pairs its brackets.
    pub(super) fn new(script: &'a Script<'a>) -> Parsed<Self> {
        if script.text.len() > MAX_BYTES {
            return Err(SyntaxError::TooLong { limit: MAX_BYTES }.at(0..script.text.len()));
        }
        let tokens = lexer::tokens(script.text)?;
        let closing = pairs(&tokens)?;
        Ok(Self { script, tokens, closing, at: 0, depth: 0, compared: None })
    }

    /// The next token, if there is one.
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// The token some places after the next one.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    /// The token before the next one.
    pub(super) fn previous(&self) -> Option<&Token> {
        self.tokens.get(self.at.checked_sub(1)?)
    }

    /// The token of an index.
    pub(super) fn token(&self, index: usize) -> Option<&Token> {
        self.tokens.get(index)
    }

    /// Index of the next token.
    pub(super) fn mark(&self) -> usize {
        self.at
    }

    /// Goes over tokens.
    pub(super) fn advance(&mut self, tokens: usize) {
        self.at += tokens;
    }

    /// The token that follows the group that the next token opens.
    pub(super) fn after_group(&self) -> Option<usize> {
        self.closing.get(&self.at).map(|close| close + 1)
    }

    /// Whether the next token is a word, in any case.
    pub(super) fn at_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    /// Whether the next token is a sign.
    pub(super) fn at_sign(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| token.is_sign(sign))
    }

    /// Whether the next token is a word, exactly as written.
    pub(super) fn at_exactly(&self, word: &str) -> bool {
        matches!(self.peek().map(|token| &token.kind), Some(TokenKind::Word(found)) if found == word)
    }

    /// Whether the token some places after the next one is a sign.
    pub(super) fn is_sign_at(&self, ahead: usize, sign: &str) -> bool {
        self.peek_at(ahead).is_some_and(|token| token.is_sign(sign))
    }

    /// Whether the token some places after the next one follows the one before it without a space.
    pub(super) fn is_joined(&self, ahead: usize) -> bool {
        let before = (self.at + ahead).checked_sub(1).and_then(|before| self.tokens.get(before));
        before
            .zip(self.peek_at(ahead))
            .is_some_and(|(before, token)| before.range.end == token.range.start)
    }

    /// Goes over a word, if it is the next token.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        self.at += usize::from(found);
        found
    }

    /// Goes over a sign, if it is the next token.
    pub(super) fn eat_sign(&mut self, sign: &str) -> bool {
        let found = self.at_sign(sign);
        self.at += usize::from(found);
        found
    }

    /// The longest operator that stands at an index, and its number of tokens.
    pub(super) fn operator_at(&self, index: usize) -> Option<(&'static Spelling, usize)> {
        let tokens = self.tokens.get(index..).unwrap_or_default();
        Op::spellings()
            .iter()
            .filter_map(|spelling| {
                let words = spelling.text.split(' ');
                let count = words.clone().count();
                let found = tokens.get(..count)?;
                let fits = found.iter().zip(words).all(|(token, word)| token.is(word));
                fits.then_some((spelling, count))
            })
            .max_by_key(|(_, count)| *count)
    }

    /// The operator at the next token.
    pub(super) fn operator(&self) -> Option<(&'static Spelling, usize)> {
        self.operator_at(self.at)
    }

    /// The rule's text of a token.
    pub(super) fn text(&self, range: Range<usize>) -> String {
        self.script.text.get(range).unwrap_or_default().to_owned()
    }

    /// Bytes from a token up to the one before the next.
    pub(super) fn range_since(&self, mark: usize) -> Range<usize> {
        let start = self.tokens.get(mark).map_or(0, |token| token.range.start);
        let end = self.previous().map_or(start, |token| token.range.end);
        start..end.max(start)
    }

    /// The rule's text of the tokens from one up to another.
    pub(super) fn text_between(&self, start: usize, end: usize) -> String {
        let first = self.tokens.get(start).map_or(0, |token| token.range.start);
        let last = end.checked_sub(1).and_then(|last| self.tokens.get(last));
        self.text(first..last.map_or(first, |token| token.range.end.max(first)))
    }

    /// Bytes of the next tokens.
    pub(super) fn range_ahead(&self, count: usize) -> Range<usize> {
        let start = self.peek().map_or(0, |token| token.range.start);
        let last = self.peek_at(count.saturating_sub(1));
        start..last.map_or(start, |token| token.range.end)
    }

    /// Place in the file from a token up to the one before the next.
    pub(super) fn since(&self, mark: usize) -> Location {
        (self.script.locate)(self.range_since(mark))
    }

    /// Place in the file of the tokens from one place up to another after the next one.
    pub(super) fn location_ahead(&self, first: usize, end: usize) -> Location {
        let start = self.peek_at(first).map_or(0, |token| token.range.start);
        let last = self.peek_at(end.saturating_sub(1)).map_or(start, |token| token.range.end);
        (self.script.locate)(start..last.max(start))
    }

    /// Reads something one level deeper.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.limit(1)?;
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Refuses more levels below this one than are left.
    pub(super) fn limit(&self, levels: usize) -> Parsed<()> {
        match self.depth + levels > MAX_DEPTH {
            true => self.fail_after(|_| SyntaxError::TooDeep { limit: MAX_DEPTH }),
            false => Ok(()),
        }
    }

    /// An error about the next token, or about what came before the end.
    pub(super) fn fail<T>(&self, error: impl FnOnce(String) -> SyntaxError) -> Parsed<T> {
        let range = self
            .peek()
            .or(self.previous())
            .map_or(0..self.script.text.len(), |token| token.range.clone());
        Err(error(self.text(range.clone())).at(range))
    }

    /// An error about the token that was read last.
    pub(super) fn fail_after<T>(&self, error: impl FnOnce(String) -> SyntaxError) -> Parsed<T> {
        let range = self
            .previous()
            .or(self.peek())
            .map_or(0..self.script.text.len(), |token| token.range.clone());
        Err(error(self.text(range.clone())).at(range))
    }
}

impl Token {
    /// Whether it is this word, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, TokenKind::Word(found) if found.eq_ignore_ascii_case(word))
    }

    /// Whether it is this sign.
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.kind, TokenKind::Sign(found) if found == sign)
    }

    fn is(&self, spelling: &str) -> bool {
        self.is_word(spelling) || self.is_sign(spelling)
    }
}

/// Pairs every opening bracket with the one that closes it.
fn pairs(tokens: &[Token]) -> Parsed<HashMap<usize, usize>> {
    let mut open: Vec<(usize, &Token, &'static str, &'static str)> = Vec::new();
    let mut closing = HashMap::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Sign("(") => open.push((index, token, "(", ")")),
            TokenKind::Sign("[") => open.push((index, token, "[", "]")),
            TokenKind::Sign(close @ (")" | "]")) => match open.pop() {
                Some((opened, _, _, closes)) if closes == close => {
                    closing.insert(opened, index);
                }
                Some((_, token, open, close)) => return unclosed(token, open, close),
                None => {
                    let open = if close == ")" { "(" } else { "[" };
                    return Err(SyntaxError::Unopened { open, close }.at(token.range.clone()));
                }
            },
            _ => {}
        }
    }
    match open.pop() {
        Some((_, token, open, close)) => unclosed(token, open, close),
        None => Ok(closing),
    }
}

fn unclosed<T>(token: &Token, open: &'static str, close: &'static str) -> Parsed<T> {
    Err(SyntaxError::Unclosed { open, close }.at(token.range.clone()))
}
