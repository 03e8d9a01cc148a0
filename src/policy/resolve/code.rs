//! Questions about an enumerated value, by its number or its label.

use std::collections::BTreeSet;

use super::Resolver;
use super::comparison::Question;
use super::error::ResolveError;
use super::item::Item;
use crate::json::Number;
use crate::operation::{Code, Field};
use crate::policy::syntax::{Op, OperandKind};
use crate::policy::{Condition, Predicate};
use crate::text::nearest;

impl<'a> Resolver<'a> {
    pub(super) fn code(&mut self, question: &Question<'a>) -> Option<Condition> {
        let op = question.op;
        let allowed = match op {
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
                let item = self.one(op, question.right)?;
                let bound = self.rank(&item, question.field)?;
                by_rank(question.field, |rank| match op {
                    Op::Less => rank < bound,
                    Op::LessOrEqual => rank <= bound,
                    Op::Greater => rank > bound,
                    _ => rank >= bound,
                })
            }
            _ => {
                let items = self.several(op, question.right)?;
                let codes: Vec<_> =
                    items.iter().map(|item| self.codes(item, question.field)).collect();
                let codes: Option<Vec<_>> = codes.into_iter().collect();
                codes?.into_iter().flatten().collect()
            }
        };
        Some(question.test(Predicate::Code(question.id, allowed)))
    }

    /// One value, or those between two by rank.
    fn codes(&mut self, item: &Item<'a>, field: &'a Field) -> Option<BTreeSet<i64>> {
        let OperandKind::Range(low, high) = &item.operand.kind else {
            return self.one_code(item, field).map(|code| [code.value].into());
        };
        let low = self.rank(&item.with(low), field);
        let high = self.rank(&item.with(high), field);
        let (low, high) = (low?, high?);
        if low > high {
            let range = item.text();
            return self.fail(&ResolveError::ReversedRange { range }, item);
        }
        Some(by_rank(field, |rank| (low..=high).contains(&rank)))
    }

    fn rank(&mut self, item: &Item<'a>, field: &'a Field) -> Option<usize> {
        let code = self.one_code(item, field)?;
        if code.rank.is_some() {
            return code.rank;
        }
        let mut ranked: Vec<_> =
            field.kind.codes().iter().filter(|code| code.rank.is_some()).collect();
        ranked.sort_by_key(|code| code.rank);
        let order = match ranked.is_empty() {
            true => "empty".to_owned(),
            false => joined(&ranked, " < "),
        };
        let error =
            ResolveError::UnorderedValue { value: item.text(), field: field.name.clone(), order };
        self.fail(&error, item)
    }

    fn one_code(&mut self, item: &Item<'a>, field: &'a Field) -> Option<&'a Code> {
        let found = match &item.operand.kind {
            OperandKind::Number(Number::Integer(value), None) => field.kind.code(*value),
            OperandKind::Number(_, Some(unit)) => {
                let error = ResolveError::UnitNotTaken {
                    unit: unit.clone(),
                    help: format!("`{}` is an enumerated value; {}", field.name, values(field)),
                };
                return self.fail(&error, item);
            }
            OperandKind::Name(label) | OperandKind::Text(label) => by_label(field, label),
            OperandKind::Param(_) => {
                let value = self.looked_up(item.clone())?;
                return self.one_code(&value, field);
            }
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        self.refuse_field(item)?;
        let error = ResolveError::UnknownValue {
            value: match &item.operand.kind {
                OperandKind::Text(text) => text.clone(),
                _ => item.text(),
            },
            field: field.name.clone(),
            help: value_help(item, field),
        };
        self.fail(&error, item)
    }
}

fn by_label<'a>(field: &'a Field, label: &str) -> Option<&'a Code> {
    let folded = label.to_lowercase();
    let mut codes = field.kind.codes().iter();
    codes.find(|code| code.label.to_lowercase() == folded)
}

fn by_rank(field: &Field, wanted: impl Fn(usize) -> bool) -> BTreeSet<i64> {
    let codes = field.kind.codes().iter();
    codes.filter(|code| code.rank.is_some_and(&wanted)).map(|code| code.value).collect()
}

fn value_help(item: &Item<'_>, field: &Field) -> String {
    let word = match &item.operand.kind {
        OperandKind::Text(text)
            if text.parse().is_ok_and(|value| field.kind.code(value).is_some()) =>
        {
            return format!("write `{text}` without quotes");
        }
        OperandKind::Name(word) | OperandKind::Text(word) => word.as_str(),
        _ => "",
    };
    let labels = field.kind.codes().iter().map(|code| code.label.as_str());
    let near = if word.is_empty() { None } else { nearest(word, labels) };
    match near {
        Some(near) => format!("did you mean `{near}`? {}", values(field)),
        None => values(field),
    }
}

fn values(field: &Field) -> String {
    let codes: Vec<_> = field.kind.codes().iter().collect();
    format!("its values are {}", joined(&codes, ", "))
}

fn joined(codes: &[&Code], between: &str) -> String {
    let codes: Vec<_> =
        codes.iter().map(|code| format!("{} ({})", code.label, code.value)).collect();
    codes.join(between)
}
