//! Conditions: comparisons joined by `not`, `and` and `or`, in the order in which they bind.

use super::cursor::{Compared, Parsed, Parser};
use super::error::SyntaxError;
use super::lexer::TokenKind;
use crate::policy::syntax::{Comparison, Expr, Op};
use crate::policy::unit::Unit;
use crate::text::nearest;

/// Operators of other languages that are words.
const FOREIGN_WORDS: &[(&str, &str)] = &[
    ("eq", "="),
    ("equals", "="),
    ("equal", "="),
    ("ne", "!="),
    ("neq", "!="),
    ("lt", "<"),
    ("le", "<="),
    ("lte", "<="),
    ("gt", ">"),
    ("ge", ">="),
    ("gte", ">="),
    ("above", ">"),
    ("exceeds", ">"),
    ("below", "<"),
    ("has", "contains"),
    ("have", "contains"),
    ("contain", "contains"),
    ("include", "contains"),
    ("includes", "contains"),
    ("startswith", "starts with"),
    ("starts", "starts with"),
    ("endswith", "ends with"),
    ("ends", "ends with"),
    ("like", "matches"),
    ("match", "matches"),
    ("regex", "matches"),
    ("between", "in"),
    ("within", "in"),
];

/// Words that stand alone after a field where an operator was meant.
const FOREIGN_QUESTIONS: &[(&str, &str)] = &[
    ("known", "is known"),
    ("exists", "is known"),
    ("present", "is known"),
    ("unknown", "is unknown"),
    ("missing", "is unknown"),
    ("absent", "is unknown"),
    ("null", "is unknown"),
    ("empty", "is empty"),
    ("does", "not contains"),
];

impl Parser<'_> {
    /// A condition that is a whole text.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        if self.peek().is_none() {
            return self.fail(|_| SyntaxError::EmptyCondition);
        }
        let expr = self.disjunction()?;
        self.end()?;
        Ok(expr)
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Parsed<()> {
        let after_number =
            matches!(self.previous().map(|token| &token.kind), Some(TokenKind::Number(..)));
        let help = match self.peek().map(|token| &token.kind) {
            None => return Ok(()),
            Some(TokenKind::Word(_)) if after_number => {
                let units: Vec<_> = Unit::names().collect();
                format!("join conditions by `and` or `or`; the units are {}", units.join(", "))
            }
            Some(TokenKind::Number(..)) if after_number => {
                "a minus directly before a digit is a sign; write spaces on both sides to subtract"
                    .to_owned()
            }
            Some(TokenKind::Sign(",")) => {
                "join conditions by `and` or `or`; write a list in brackets, such as `[80, 443]`"
                    .to_owned()
            }
            Some(_) => {
                "join conditions by `and` or `or`; put a text of several words in quotes".to_owned()
            }
        };
        self.fail(|found| SyntaxError::Unexpected {
            found,
            expected: "`and`, `or` or the end",
            help,
        })
    }

    /// `term {"or" term}`
    pub(super) fn disjunction(&mut self) -> Parsed<Expr> {
        let mut terms = vec![self.conjunction()?];
        while self.eat_word("or") {
            terms.push(self.conjunction()?);
        }
        Ok(joined(terms, Expr::Any))
    }

    /// `factor {"and" factor}`
    fn conjunction(&mut self) -> Parsed<Expr> {
        let mut factors = vec![self.factor()?];
        while self.eat_word("and") {
            factors.push(self.factor()?);
        }
        Ok(joined(factors, Expr::All))
    }

    /// `["not"] ( "(" expr ")" | comparison | target | "approved" )`
    fn factor(&mut self) -> Parsed<Expr> {
        let mark = self.mark();
        if self.eat_word("not") {
            let part = self.nested(Self::factor)?;
            return Ok(Expr::Not(Box::new(part)));
        }
        if self.at_sign("(") && !self.at_arithmetic_group() {
            self.advance(1);
            let part = self.nested(Self::disjunction)?;
            self.close_group()?;
            return Ok(part);
        }
        if self.at_word("approved") && self.operator_at(mark + 1).is_none() {
            self.advance(1);
            return Ok(Expr::Approved(self.since(mark)));
        }
        if self.peek().is_none() || self.at_sign(")") || self.at_reserved() {
            return self.fail_after(|after| SyntaxError::MissingCondition { after });
        }
        if self.at_anything_but() {
            return self.fail(|found| SyntaxError::Unexpected {
                found,
                expected: "a condition",
                help: "`anything but` begins a sentence; in a condition write `not (HTTPS or 443/tcp)`"
                    .to_owned(),
            });
        }
        match self.ports_condition() {
            Some(ports) => Ok(ports),
            None => self.comparison(),
        }
    }

    /// Whether the next token opens a group that is one side of a comparison.
    fn at_arithmetic_group(&self) -> bool {
        self.after_group().is_some_and(|after| {
            let ahead = after - self.mark();
            let arithmetic = self.peek_at(ahead).is_some_and(|token| {
                ["+", "-", "*", "/", ".."].iter().any(|sign| token.is_sign(sign))
            });
            arithmetic || self.operator_at(after).is_some()
        })
    }

    fn close_group(&mut self) -> Parsed<()> {
        if self.eat_sign(")") {
            return Ok(());
        }
        self.end()
    }

    /// `operand [op] operand`, or a service or a set alone
    fn comparison(&mut self) -> Parsed<Expr> {
        let start = self.mark();
        let left = self.operand()?;
        let value = self.mark();
        let op = self.operator();
        match op {
            Some((_, count)) => self.advance(count),
            None if self.at_operand() => self.refuse_operator_word()?,
            None => return self.uncompared(start, left),
        }
        let (kind, negated) =
            op.map_or((Op::Equal, false), |(spelling, _)| (spelling.op, spelling.negated));
        let op_location = op.map(|_| self.since(value));
        let right = match kind.takes_operand() {
            true => Some(self.operand()?),
            false => None,
        };
        self.refuse_chain(start)?;
        self.compared = right.as_ref().map(|_| Compared { start, value, op, end: self.mark() });
        let op_location = op_location
            .or_else(|| right.as_ref().map(|right| right.location.clone()))
            .unwrap_or_else(|| left.location.clone());
        let location = self.since(start);
        let comparison =
            Expr::Comparison(Comparison { left, op: kind, op_location, right, location });
        Ok(match negated {
            true => Expr::Not(Box::new(comparison)),
            false => comparison,
        })
    }

    /// `RiskLevel 3` is an equality, unless the word that follows stands where an operator would.
    fn refuse_operator_word(&self) -> Parsed<()> {
        let Some(TokenKind::Word(word)) = self.peek().map(|token| &token.kind) else {
            return Ok(());
        };
        let foreign = |table: &[(&str, &'static str)]| {
            table
                .iter()
                .find(|(foreign, _)| word.eq_ignore_ascii_case(foreign))
                .map(|(_, write)| *write)
        };
        let is_followed = self.operand_at(1);
        let meant = match foreign(FOREIGN_QUESTIONS) {
            Some(write) if !is_followed => Some(write),
            _ => foreign(FOREIGN_WORDS).filter(|_| is_followed),
        };
        if let Some(write) = meant {
            return self.fail(|found| SyntaxError::ForeignOperator { found, write });
        }
        if !is_followed {
            return Ok(());
        }
        let words = Op::ALL.map(Op::spelling);
        let words = words.into_iter().filter(|word| word.starts_with(char::is_alphabetic));
        let help = match nearest(word, words) {
            Some(operator) => format!("did you mean `{operator}`?"),
            None => {
                "write an operator such as `=`, `>=`, `in` or `contains`; put a text of several words in quotes"
                    .to_owned()
            }
        };
        self.fail(|found| SyntaxError::UnknownOperator { found, help })
    }

    fn refuse_chain(&self, mark: usize) -> Parsed<()> {
        let Some((_, count)) = self.operator() else {
            return Ok(());
        };
        let first = self.text(self.range_since(mark));
        let range = self.range_ahead(count);
        let help =
            format!("join two comparisons by `and`: `{first} and …`, or write a range with `in`");
        Err(SyntaxError::Chained { help }.at(range))
    }
}

fn joined(mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.len() {
        1 => parts.pop().unwrap_or_else(|| join(Vec::new())),
        _ => join(parts),
    }
}
