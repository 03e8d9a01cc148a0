//! Conditions: comparisons joined by `not`, `and` and `or`, in the order in which they bind.

use super::cursor::{Parsed, Parser};
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

const EXAMPLES: &str = "such as `RiskLevel 3`, `Port in 1..1023` or `ServiceNameList contains RDP`";

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

    /// `["not"] ( "(" expr ")" | comparison | "approved" )`
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
        self.comparison()
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

    /// `operand [op] operand`
    fn comparison(&mut self) -> Parsed<Expr> {
        let mark = self.mark();
        let left = self.operand()?;
        let at_op = self.mark();
        let (op, negated, op_location) = match self.operator() {
            Some((spelling, count)) => {
                self.advance(count);
                (spelling.op, spelling.negated, Some(self.since(at_op)))
            }
            None => {
                self.check_implicit_equality(mark)?;
                (Op::Equal, false, None)
            }
        };
        let right = match op.takes_operand() {
            true => Some(self.operand()?),
            false => None,
        };
        self.refuse_chain(mark)?;
        let op_location = op_location
            .or_else(|| right.as_ref().map(|right| right.location.clone()))
            .unwrap_or_else(|| left.location.clone());
        let comparison = Expr::Comparison(Comparison {
            left,
            op,
            op_location,
            right,
            location: self.since(mark),
        });
        Ok(match negated {
            true => Expr::Not(Box::new(comparison)),
            false => comparison,
        })
    }

    /// `RiskLevel 3` is an equality, unless what follows was meant as an operator or is no value.
    fn check_implicit_equality(&self, mark: usize) -> Parsed<()> {
        if !self.at_operand() {
            let left = self.range_since(mark);
            let found = self.text(left.clone());
            let help = self.comparison_help(mark, &found);
            return Err(SyntaxError::MissingComparison { found, help }.at(left));
        }
        match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => self.refuse_operator_word(word),
            _ => Ok(()),
        }
    }

    /// Says what to write for a word that stands where an operator would.
    fn refuse_operator_word(&self, word: &str) -> Parsed<()> {
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

    /// What to write in place of an operand that stands alone.
    fn comparison_help(&self, mark: usize, found: &str) -> String {
        if nearest(found, ["approved"]).is_some() {
            return "did you mean `approved`?".to_owned();
        }
        let joint = mark
            .checked_sub(1)
            .and_then(|before| self.token(before))
            .filter(|token| token.is_word("or") || token.is_word("and"))
            .map(|token| self.text(token.range.clone()));
        match joint {
            Some(joint) => format!(
                "each side of `{joint}` is a whole comparison, {EXAMPLES}; for one of several values write `in [a, b]`"
            ),
            None => format!("compare it, {EXAMPLES}"),
        }
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
