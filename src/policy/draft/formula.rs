//! The mapping form of a rule: `all`, `any`, `not`, expressions, and fields with their operators, as the
//! same `Expr` that a sentence becomes.

use super::error::{DraftError, suggestion};
use super::shape::{Item, words_of};
use crate::policy::parser;
use crate::policy::syntax::{Comparison, Expr, Op, Operand, OperandKind};
use crate::text::{Location, Problem};
use crate::yaml::{Entry, NodeKind, Value};

/// What `when:` says; a list means all of it. Parts that cannot be read are told and left out.
pub(super) fn when(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<Expr> {
    match &item.node.kind {
        NodeKind::Sequence(_) => all_of(item, problems).map(all),
        NodeKind::Scalar(_) | NodeKind::Mapping(_) => condition(item, problems),
    }
}

/// One condition: an expression, or a mapping of which everything holds.
fn condition(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<Expr> {
    let problem = match &item.node.kind {
        NodeKind::Scalar(scalar) => match scalar.value() {
            Value::Text(text) if !text.trim().is_empty() => {
                return parser::expression(item.node, problems);
            }
            Value::Null => item.empty(),
            Value::Integer(port) => {
                let help = format!("write `port {port}` if it is a port");
                item.wrong_with("a condition", Some(help))
            }
            _ => item.wrong("a condition"),
        },
        NodeKind::Mapping(entries) if entries.is_empty() => item.empty(),
        NodeKind::Mapping(entries) => {
            return readable(entries, |entry| part(entry, problems)).map(all);
        }
        NodeKind::Sequence(_) => {
            item.wrong_with("a condition", Some("put the list under `all:` or `any:`".to_owned()))
        }
    };
    problems.push(problem);
    None
}

/// One key of a condition: a joining word, or a field.
fn part(entry: &Entry, problems: &mut Vec<Problem>) -> Option<Expr> {
    let item = Item::of(entry);
    match item.name().to_lowercase().as_str() {
        "all" => all_of(item, problems).map(all),
        "any" => all_of(item, problems).map(Expr::Any),
        "not" if item.node.as_sequence().is_some() => {
            problems.push(item.problem(&DraftError::NotOfList, "a list"));
            None
        }
        "not" => condition(item, problems).map(negated),
        "approved" => {
            let approved = Expr::Approved(item.key.location.clone());
            truth(item, approved, problems)
        }
        "and" => join_word(item, "all", problems),
        "or" => join_word(item, "any", problems),
        _ => field(item, problems),
    }
}

/// `and` and `or` are for sentences.
fn join_word(item: Item<'_>, instead: &'static str, problems: &mut Vec<Problem>) -> Option<Expr> {
    let key = item.name().to_owned();
    problems.push(item.key_problem(&DraftError::JoinWord { key, instead }, "not a key"));
    None
}

/// The list under `all` or `any`.
fn all_of(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<Vec<Expr>> {
    let items = item.list("a list of conditions", problems)?;
    readable(items, |item| condition(item, problems))
}

/// A field and what is asked of it.
fn field(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<Expr> {
    match &item.node.kind {
        NodeKind::Scalar(_) => {
            let right = operand(item, problems)?;
            Some(comparison(item, Op::Equal, right))
        }
        NodeKind::Sequence(_) => {
            let right = operand(item, problems)?;
            Some(comparison(item, Op::In, right))
        }
        NodeKind::Mapping(entries) if entries.is_empty() => {
            problems.push(item.empty());
            None
        }
        NodeKind::Mapping(entries) => {
            let whole = (entries.len() == 1).then(|| item.location());
            readable(entries, |entry| {
                let asked = Item::of(entry);
                let location = whole.clone().unwrap_or_else(|| asked.location());
                operation(item, (asked, location), problems)
            })
            .map(all)
        }
    }
}

/// A comparison without an operator of its own.
fn comparison(item: Item<'_>, op: Op, right: Operand) -> Expr {
    Expr::Comparison(Comparison {
        left: left(item),
        op,
        op_location: right.location.clone(),
        right: Some(right),
        location: item.location(),
    })
}

/// One operator of a field's mapping.
fn operation(
    field: Item<'_>,
    (asked, location): (Item<'_>, Location),
    problems: &mut Vec<Problem>,
) -> Option<Expr> {
    let Some(op) = Op::parse(asked.name()) else {
        let error = DraftError::UnknownOperator {
            op: asked.name().to_owned(),
            help: operator_help(field.name(), asked.name()),
        };
        problems.push(asked.key_problem(&error, "unknown operator"));
        return None;
    };
    let right = match op.takes_operand() {
        true => Some(operand(asked, problems)?),
        false => None,
    };
    let comparison = Expr::Comparison(Comparison {
        left: left(field),
        op,
        op_location: words_of(asked.key),
        right,
        location,
    });
    match op.takes_operand() {
        true => Some(comparison),
        false => truth(asked, comparison, problems),
    }
}

/// What to write instead of an operator that there is not. A negated one is never answered by its
/// opposite.
fn operator_help(field: &str, written: &str) -> String {
    let positive = Op::ALL
        .iter()
        .map(|op| op.spelling())
        .find(|positive| written.to_lowercase() == format!("not {positive}"));
    match positive {
        Some(positive) => format!("write `not: {{{field}: {{{positive}: …}}}}`"),
        None => suggestion(written, Op::ALL.iter().map(|op| op.spelling())),
    }
}

/// The field's name, which the schema has not seen yet.
fn left(item: Item<'_>) -> Operand {
    Operand { kind: OperandKind::Name(item.name().to_owned()), location: words_of(item.key) }
}

/// A value that a field is compared with: a scalar, or a list of them.
pub(super) fn operand(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<Operand> {
    match &item.node.kind {
        NodeKind::Scalar(_) => scalar(item, problems),
        NodeKind::Sequence(_) => {
            let items = item.list("a list of values", problems)?;
            let elements: Vec<_> = items.into_iter().map(|item| scalar(item, problems)).collect();
            Some(Operand {
                kind: OperandKind::List(elements.into_iter().collect::<Option<_>>()?),
                location: item.node.location.clone(),
            })
        }
        NodeKind::Mapping(_) => {
            problems.push(item.wrong("a value or a list"));
            None
        }
    }
}

/// A single value.
pub(super) fn scalar(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<Operand> {
    if item.node.as_scalar().is_some() && !item.is_null() {
        return Some(parser::operand(item.node));
    }
    problems.push(match item.is_null() {
        true => item.wrong_with(
            "a value",
            Some(
                "for a missing value ask `is known: false`; the word null needs quotes".to_owned(),
            ),
        ),
        false => item.wrong("a single value"),
    });
    None
}

/// A question that is answered by `true` or `false`.
fn truth(item: Item<'_>, question: Expr, problems: &mut Vec<Problem>) -> Option<Expr> {
    item.boolean(problems).map(|holds| if holds { question } else { negated(question) })
}

fn negated(part: Expr) -> Expr {
    Expr::Not(Box::new(part))
}

/// Everything holds; a single part is itself.
fn all(mut parts: Vec<Expr>) -> Expr {
    match parts.len() {
        1 => parts.remove(0),
        _ => Expr::All(parts),
    }
}

/// The parts that could be read. What is wrong with the others was told, and the schema can still be
/// asked about these.
fn readable<T>(
    parts: impl IntoIterator<Item = T>,
    read: impl FnMut(T) -> Option<Expr>,
) -> Option<Vec<Expr>> {
    let parts: Vec<Expr> = parts.into_iter().filter_map(read).collect();
    (!parts.is_empty()).then_some(parts)
}
