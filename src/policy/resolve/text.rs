//! Questions about a text or a list of texts, and whether its names are spelt as the schema knows them.

use std::collections::BTreeSet;

use super::comparison::Question;
use super::error::ResolveError;
use super::item::{Item, Right};
use super::spelling::{Role, Word};
use super::{Resolver, all, any, test};
use crate::operation::{Field, FieldId, Kind};
use crate::policy::syntax::{Op, Operand, OperandKind};
use crate::policy::{Condition, Operator, Predicate, TextTest};
use crate::text::Location;

impl<'a> Resolver<'a> {
    pub(super) fn text(&mut self, question: &Question<'a>) -> Option<Condition> {
        let op = question.op;
        match op {
            Op::ContainsAnyOf | Op::ContainsAllOf => self.contains_several(question),
            Op::ContainsOnly => {
                let items = match self.right(question.right)? {
                    Right::One(item) => vec![item],
                    Right::Many(items) => items,
                };
                let names = self.names(&items, question.field)?;
                Some(question.test(Predicate::Only(question.id, names)))
            }
            Op::Contains if question.field.kind == Kind::TextList => {
                let item = self.one(op, question.right)?;
                let name = self.name(&item, question.field)?;
                Some(question.test(Predicate::Member(question.id, [name].into())))
            }
            Op::Contains | Op::StartsWith | Op::EndsWith => {
                let item = self.one(op, question.right)?;
                let part = self.part(&item, question)?;
                let part = match op {
                    Op::Contains => TextTest::Contains(part),
                    Op::StartsWith => TextTest::StartsWith(part),
                    _ => TextTest::EndsWith(part),
                };
                Some(question.test(Predicate::Text(question.id, part)))
            }
            Op::Matches => {
                let item = self.one(op, question.right)?;
                let pattern = self.pattern(&item, question.field)?;
                Some(question.test(Predicate::Text(question.id, TextTest::Matches(pattern))))
            }
            _ => {
                let items = self.several(op, question.right)?;
                let names = self.names(&items, question.field)?;
                Some(question.test(Predicate::Text(question.id, TextTest::OneOf(names))))
            }
        }
    }

    /// On a list, some of its elements are these; on a text, some of these lie within it.
    fn contains_several(&mut self, question: &Question<'a>) -> Option<Condition> {
        let items = self.several(question.op, question.right)?;
        if question.field.kind == Kind::TextList && question.op == Op::ContainsAnyOf {
            let names = self.names(&items, question.field)?;
            return Some(question.test(Predicate::Member(question.id, names)));
        }
        let parts: Vec<_> = items
            .iter()
            .map(|item| {
                let predicate = match question.field.kind {
                    Kind::TextList => {
                        Predicate::Member(question.id, [self.name(item, question.field)?].into())
                    }
                    _ => {
                        Predicate::Text(question.id, TextTest::Contains(self.part(item, question)?))
                    }
                };
                Some(question.test(predicate))
            })
            .collect();
        let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        Some(match question.op {
            Op::ContainsAllOf => all(parts),
            _ => any(parts),
        })
    }

    pub(super) fn names(
        &mut self,
        items: &[Item<'a>],
        field: &'a Field,
    ) -> Option<BTreeSet<String>> {
        let names: Vec<_> = items.iter().map(|item| self.name(item, field)).collect();
        names.into_iter().collect()
    }

    /// A whole value of the field, folded where case does not matter.
    fn name(&mut self, item: &Item<'a>, field: &'a Field) -> Option<String> {
        let text = self.word(item)?;
        if field.kind == Kind::TextList && text.is_empty() {
            return self.fail(&ResolveError::EmptyName, item);
        }
        let word = Word {
            text: &text,
            quoted: matches!(item.operand.kind, OperandKind::Text(_)),
            role: if item.is_of_set() { Role::NoSet } else { Role::Value },
            location: &item.operand.location,
        };
        self.check_spelling(&word, field);
        Some(field.compared(&text))
    }

    /// A part of a text, which an empty one would be of every text.
    fn part(&mut self, item: &Item<'a>, question: &Question<'a>) -> Option<String> {
        let text = self.word(item)?;
        if text.is_empty() {
            let op = question.op;
            return self.fail(&ResolveError::EmptyText { op }, item);
        }
        Some(question.field.compared(&text))
    }

    /// Reads a text; `SSL/TLS` is one where nothing can be divided.
    pub(super) fn word(&mut self, item: &Item<'a>) -> Option<String> {
        self.refuse_field(item)?;
        if let Some(text) = spelt(item.operand) {
            return Some(text);
        }
        let help = match &item.operand.kind {
            OperandKind::Range(..) | OperandKind::List(_) => "name the texts in a list".to_owned(),
            _ if item.is_of_set() => self.set_help(item),
            _ => format!("put it in quotes if it is a name: `\"{}\"`", item.text()),
        };
        let found = item.described();
        self.fail(&ResolveError::TextNeeded { found, help }, item)
    }

    /// What to do about a set of numbers where names are needed.
    fn set_help(&self, item: &Item<'a>) -> String {
        let operation = self.scope.operation;
        let field = self.field(operation.port.unwrap_or(operation.subject));
        format!(
            "for numbers write a condition, such as `{} in {}`; quote the element if it is a name",
            field.name,
            item.used().text()
        )
    }

    /// Asks a text field, or a list, for one of some names.
    pub(super) fn one_of(
        &self,
        id: FieldId,
        names: BTreeSet<String>,
        location: &Location,
    ) -> Condition {
        let predicate = match self.field(id).kind {
            Kind::TextList => Predicate::Member(id, names),
            _ => Predicate::Text(id, TextTest::OneOf(names)),
        };
        test(predicate, location)
    }
}

/// What an operand spells, if it is a text, a word, an address, or such with slashes directly between.
fn spelt(operand: &Operand) -> Option<String> {
    match &operand.kind {
        OperandKind::Text(text) | OperandKind::Name(text) | OperandKind::Address(text) => {
            Some(text.clone())
        }
        OperandKind::Binary(left, Operator::Divide, right) => {
            let is_tight = left.location.span.end + 1 == right.location.span.start;
            let (left, right) = (spelt(left)?, spelt(right)?);
            is_tight.then(|| format!("{left}/{right}"))
        }
        _ => None,
    }
}
