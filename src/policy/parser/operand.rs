//! The sides of a comparison: names, literals, lists, ranges and arithmetic.

use super::cursor::{Parsed, Parser};
use super::error::SyntaxError;
use super::lexer::TokenKind;
use crate::policy::Operator;
use crate::policy::syntax::{Operand, OperandKind};
use crate::policy::unit::Unit;

/// Words that are never an operand; quotes make any of them a text.
const RESERVED: [&str; 10] =
    ["and", "or", "not", "if", "when", "unless", "is", "in", "contains", "matches"];

/// Words that are none where `with` follows.
const RESERVED_BEFORE_WITH: [&str; 2] = ["starts", "ends"];

const SUMS: &[(&str, Operator)] = &[("+", Operator::Add), ("-", Operator::Subtract)];
const PRODUCTS: &[(&str, Operator)] = &[("*", Operator::Multiply), ("/", Operator::Divide)];

impl Parser<'_> {
    /// An operand that is a whole text.
    pub(super) fn lone_operand(&mut self) -> Parsed<Operand> {
        let operand = self.operand()?;
        self.end()?;
        Ok(operand)
    }

    /// `sum [".." sum]`
    pub(super) fn operand(&mut self) -> Parsed<Operand> {
        let mark = self.mark();
        let low = self.sum()?;
        if !self.eat_sign("..") {
            return Ok(low);
        }
        let high = self.sum()?;
        Ok(self.made(mark, OperandKind::Range(Box::new(low), Box::new(high))))
    }

    fn sum(&mut self) -> Parsed<Operand> {
        self.chain(SUMS, Self::product)
    }

    fn product(&mut self) -> Parsed<Operand> {
        self.chain(PRODUCTS, Self::atom)
    }

    /// Operands joined by operators of one strength, the left ones first.
    fn chain(
        &mut self,
        operators: &[(&str, Operator)],
        part: fn(&mut Self) -> Parsed<Operand>,
    ) -> Parsed<Operand> {
        let mark = self.mark();
        let mut left = part(self)?;
        let mut levels = 0;
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.eat_sign(sign)) {
            levels += 1;
            self.limit(levels)?;
            let right = part(self)?;
            let kind = OperandKind::Binary(Box::new(left), *operator, Box::new(right));
            left = self.made(mark, kind);
        }
        Ok(left)
    }

    fn atom(&mut self) -> Parsed<Operand> {
        let mark = self.mark();
        if self.at_reserved() {
            return self.fail_after(|after| SyntaxError::MissingValue { after });
        }
        if let Some(aggregate) = self.aggregate()? {
            return Ok(aggregate);
        }
        let kind = match self.peek().map(|token| token.kind.clone()) {
            Some(TokenKind::Word(word)) => OperandKind::Name(word),
            Some(TokenKind::Text(text)) => OperandKind::Text(text),
            Some(TokenKind::Address(text)) => OperandKind::Address(text),
            Some(TokenKind::Param(name)) => OperandKind::Param(name),
            Some(TokenKind::Number(number, unit)) => {
                let unit = unit.or_else(|| self.unit_after_space());
                OperandKind::Number(number, unit)
            }
            Some(TokenKind::Sign("(")) => {
                self.advance(1);
                return self.group();
            }
            Some(TokenKind::Sign("[")) => {
                self.advance(1);
                let elements = self.nested(Self::elements)?;
                return Ok(self.made(mark, OperandKind::List(elements)));
            }
            Some(TokenKind::Sign("-")) => return self.refuse_minus(),
            _ => return self.fail_after(|after| SyntaxError::MissingValue { after }),
        };
        self.advance(1);
        Ok(self.made(mark, kind))
    }

    /// Goes over the number when a unit stands behind it with a space between.
    fn unit_after_space(&mut self) -> Option<String> {
        let TokenKind::Word(word) = &self.peek_at(1)?.kind else {
            return None;
        };
        let unit = Unit::parse(word).map(|_| word.clone())?;
        self.advance(1);
        Some(unit)
    }

    /// Arithmetic up to the closing bracket.
    fn group(&mut self) -> Parsed<Operand> {
        let inner = self.nested(Self::sum)?;
        if self.eat_sign(")") {
            return Ok(inner);
        }
        self.fail(|found| SyntaxError::Unexpected {
            found,
            expected: "`)`",
            help: "brackets hold arithmetic or a whole condition; write a list as `[80, 443]`"
                .to_owned(),
        })
    }

    fn elements(&mut self) -> Parsed<Vec<Operand>> {
        let mut elements = Vec::new();
        if self.at_sign("]") {
            let opened = self.previous().map_or(0, |token| token.range.start);
            let closed = self.range_ahead(1).end;
            return Err(SyntaxError::EmptyList.at(opened..closed));
        }
        loop {
            elements.push(self.operand()?);
            let comma = self.eat_sign(",");
            if self.eat_sign("]") {
                return Ok(elements);
            }
            if !comma {
                return self.fail(|found| SyntaxError::Unexpected {
                    found,
                    expected: "`,` or `]`",
                    help:
                        "write commas between elements, and quotes around a text of several words"
                            .to_owned(),
                });
            }
        }
    }

    fn refuse_minus<T>(&self) -> Parsed<T> {
        self.fail(|found| SyntaxError::Unexpected {
            found,
            expected: "a value",
            help: "a sign stands directly before a digit; for the opposite of a field write `0 - InBytes`"
                .to_owned(),
        })
    }

    fn made(&self, mark: usize, kind: OperandKind) -> Operand {
        Operand { kind, location: self.since(mark) }
    }

    /// Whether the next token begins an operand.
    pub(super) fn at_operand(&self) -> bool {
        self.operand_at(0)
    }

    /// Whether the token some places after the next one begins an operand.
    pub(super) fn operand_at(&self, ahead: usize) -> bool {
        match self.peek_at(ahead).map(|token| &token.kind) {
            None => false,
            Some(TokenKind::Sign(sign)) => matches!(*sign, "(" | "["),
            Some(TokenKind::Word(_)) => !self.reserved_at(ahead),
            Some(_) => true,
        }
    }

    /// Whether the next token is a keyword.
    pub(super) fn at_reserved(&self) -> bool {
        self.reserved_at(0)
    }

    fn reserved_at(&self, ahead: usize) -> bool {
        let is = |ahead: usize, words: &[&str]| {
            self.peek_at(ahead).is_some_and(|token| words.iter().any(|word| token.is_word(word)))
        };
        is(ahead, &RESERVED) || is(ahead, &RESERVED_BEFORE_WITH) && is(ahead + 1, &["with"])
    }
}
