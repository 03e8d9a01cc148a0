//! Words to syntax: the text of a YAML scalar becomes a `Sentence`, an `Expr` or an `Operand` whose
//! every part knows its place in the file.

mod aggregate;
mod cursor;
mod error;
mod expression;
mod lexer;
mod operand;
mod sentence;
mod target;
#[cfg(test)]
mod tests;

use cursor::{Parsed, Parser, Script};
use error::Fault;
pub(super) use target::ports_meant;

use super::syntax::{Expr, Operand, OperandKind, Sentence};
use crate::text::{Place, Problem};
use crate::yaml::{Node, Scalar};

/// Reads a sentence such as `deny RDP if RiskLevel 3`.
pub(crate) fn sentence(node: &Node, problems: &mut Vec<Problem>) -> Option<Sentence> {
    rule(node, problems, |parser| parser.sentence())
}

/// Reads a condition such as `RiskLevel 3 and Port in 1..1023`.
pub(crate) fn expression(node: &Node, problems: &mut Vec<Problem>) -> Option<Expr> {
    rule(node, problems, |parser| parser.expression())
}

/// Reads a single value of the mapping form, of a set or of a param: what YAML quotes is a text, and what
/// is not an operand is a name.
pub(crate) fn operand(node: &Node) -> Operand {
    let locate = |range| node.location_of(range);
    let script = Script { text: text(node), locate: &locate };
    let is_plain = node.as_scalar().is_some_and(Scalar::is_plain);
    let read = Parser::new(&script).and_then(|mut parser| parser.lone_operand());
    let text = script.text.to_owned();
    match read {
        Ok(operand) if is_plain => operand,
        _ if is_plain => {
            Operand { kind: OperandKind::Name(text), location: locate(0..script.text.len()) }
        }
        _ => Operand { kind: OperandKind::Text(text), location: node.location.clone() },
    }
}

fn rule<T>(
    node: &Node,
    problems: &mut Vec<Problem>,
    read: fn(&mut Parser<'_>) -> Parsed<T>,
) -> Option<T> {
    let locate = |range| node.location_of(range);
    let script = Script { text: text(node), locate: &locate };
    Parser::new(&script)
        .and_then(|mut parser| read(&mut parser))
        .map_err(|fault| problems.push(problem(&script, &fault)))
        .ok()
}

/// What a scalar says; a list or a mapping, which no caller has, says nothing.
fn text(node: &Node) -> &str {
    node.as_scalar().map_or("", Scalar::text)
}

fn problem(script: &Script<'_>, fault: &Fault) -> Problem {
    let place = Place::Text((script.locate)(fault.range.clone()));
    Problem::new(&fault.error, place).labelled(fault.error.label())
}
