//! Words to syntax: the text of a YAML scalar becomes a `Sentence`, an `Expr` or an `Operand` whose
//! every part knows its place in the file.

mod cursor;
mod error;
mod expression;
mod lexer;
mod operand;
mod sentence;
#[cfg(test)]
mod tests;

use cursor::{Parsed, Parser, Script};
use error::{Fault, SyntaxError};

use super::syntax::{Expr, Operand, OperandKind, Sentence};
use crate::text::{Place, Problem};
use crate::yaml::{Node, NodeKind};

/// Reads a sentence such as `deny RDP if RiskLevel 3`.
pub(crate) fn sentence(node: &Node, problems: &mut Vec<Problem>) -> Option<Sentence> {
    rule(node, problems, |parser| parser.sentence())
}

/// Reads a condition such as `RiskLevel 3 and Port in 1..1023`.
pub(crate) fn expression(node: &Node, problems: &mut Vec<Problem>) -> Option<Expr> {
    rule(node, problems, |parser| parser.expression())
}

/// Reads a value of the mapping form, of a set or of a param: what YAML quotes is a text, a list is a
/// list, and what is no operand is a text as well.
pub(crate) fn operand(node: &Node, problems: &mut Vec<Problem>) -> Option<Operand> {
    let kind = match &node.kind {
        NodeKind::Mapping(_) => {
            return report(node, problems, SyntaxError::NotAValue { found: "a mapping" });
        }
        NodeKind::Sequence(elements) if elements.is_empty() => {
            return report(node, problems, SyntaxError::EmptyList);
        }
        NodeKind::Sequence(elements) => {
            let read: Vec<_> = elements.iter().map(|element| operand(element, problems)).collect();
            OperandKind::List(read.into_iter().collect::<Option<_>>()?)
        }
        NodeKind::Scalar(scalar) if !scalar.is_plain() => {
            OperandKind::Text(scalar.text().to_owned())
        }
        NodeKind::Scalar(scalar) if matches!(scalar.text(), "" | "~" | "null") => {
            return report(node, problems, SyntaxError::NotAValue { found: "nothing" });
        }
        NodeKind::Scalar(scalar) => {
            let locate = |range| node.location_of(range);
            let script = Script { text: scalar.text(), locate: &locate };
            return Some(plain_operand(&script));
        }
    };
    Some(Operand { kind, location: node.location.clone() })
}

fn rule<T>(
    node: &Node,
    problems: &mut Vec<Problem>,
    read: fn(&mut Parser<'_>) -> Parsed<T>,
) -> Option<T> {
    let Some(scalar) = node.as_scalar() else {
        let found = node.kind.name();
        return report(node, problems, SyntaxError::NotAText { found });
    };
    let locate = |range| node.location_of(range);
    let script = Script { text: scalar.text(), locate: &locate };
    Parser::new(&script)
        .and_then(|mut parser| read(&mut parser))
        .map_err(|fault| problems.push(problem(&script, &fault)))
        .ok()
}

fn plain_operand(script: &Script<'_>) -> Operand {
    Parser::new(script).and_then(|mut parser| parser.lone_operand()).unwrap_or_else(|_| Operand {
        kind: OperandKind::Text(script.text.to_owned()),
        location: (script.locate)(0..script.text.len()),
    })
}

fn report<T>(node: &Node, problems: &mut Vec<Problem>, error: SyntaxError) -> Option<T> {
    let place = Place::Text(node.location.clone());
    problems.push(Problem::new(&error, place).labelled(error.label()));
    None
}

fn problem(script: &Script<'_>, fault: &Fault) -> Problem {
    let place = Place::Text((script.locate)(fault.range.clone()));
    Problem::new(&fault.error, place).labelled(fault.error.label())
}
