//! Aggregates: a keyword, and in brackets what it measures and of which records.

use super::cursor::{Parsed, Parser};
use super::error::SyntaxError;
use super::lexer::TokenKind;
use crate::policy::syntax::{AggregateOperand, Expr, Function, Operand, OperandKind};

/// The field and the condition.
type Measured = (Option<Operand>, Option<Expr>);

impl Parser<'_> {
    /// The aggregate at the next token; nothing where none begins there. A `count` without brackets reads as
    /// a name, since only the schema knows whether it is a field.
    pub(super) fn aggregate(&mut self) -> Parsed<Option<Operand>> {
        let mark = self.mark();
        let function = match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => Function::parse(word),
            _ => None,
        };
        let opens = self.peek_at(1).is_some_and(|token| token.is_sign("("));
        let Some(function) = function.filter(|_| opens) else {
            return Ok(None);
        };
        self.advance(1);
        let named = self.since(mark);
        self.advance(1);
        let (field, records) = self.nested(|parser| parser.measured(function))?;
        let aggregate = AggregateOperand { function, named, field, records };
        let kind = OperandKind::Aggregate(Box::new(aggregate));
        Ok(Some(Operand { kind, location: self.since(mark) }))
    }

    /// What stands within the brackets, and the closing one.
    fn measured(&mut self, function: Function) -> Parsed<Measured> {
        let field = match function {
            Function::Count => None,
            Function::Sum | Function::Distinct => Some(self.operand()?),
        };
        let is_where = self.eat_word("where");
        let has_records = is_where || (function == Function::Count && !self.at_sign(")"));
        let records = match has_records {
            true => Some(self.disjunction()?),
            false => None,
        };
        if self.eat_sign(")") {
            return Ok((field, records));
        }
        let (expected, help) = match records.is_some() {
            true => ("`and`, `or` or `)`", "join conditions by `and` or `or`"),
            false => ("`where` or `)`", "write a condition after `where`"),
        };
        self.fail(|found| SyntaxError::Unexpected { found, expected, help: help.to_owned() })
    }
}
