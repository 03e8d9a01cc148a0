//! Questions about a text or a list of texts, and whether its names are spelt as the schema knows them.

use std::collections::BTreeSet;

use super::comparison::Question;
use super::error::ResolveError;
use super::item::Item;
use super::{Resolver, all, any, test};
use crate::operation::{Field, FieldId, Kind};
use crate::policy::syntax::{Op, Operand, OperandKind};
use crate::policy::{Condition, Operator, Predicate, TextTest};
use crate::text::{Location, nearest};

/// A text, and whether it was in quotes.
pub(super) struct Word {
    pub text: String,
    pub quoted: bool,
}

impl<'a> Resolver<'a> {
    pub(super) fn text(&mut self, question: &Question<'a>) -> Option<Condition> {
        let op = question.op;
        match op {
            Op::ContainsAnyOf | Op::ContainsAllOf => self.contains_several(question),
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
        let word = self.word(item)?;
        let is_list = field.kind == Kind::TextList;
        if is_list && word.text.is_empty() {
            return self.fail(&ResolveError::EmptyName, item);
        }
        self.check_spelling(&word, field, &item.operand.location, !item.is_of_set());
        Some(folded(field, word.text))
    }

    /// A part of a text, which an empty one would be of every text.
    fn part(&mut self, item: &Item<'a>, question: &Question<'a>) -> Option<String> {
        let word = self.word(item)?;
        if word.text.is_empty() {
            let op = question.op;
            return self.fail(&ResolveError::EmptyText { op }, item);
        }
        Some(folded(question.field, word.text))
    }

    /// Reads a text; `SSL/TLS` is one where nothing can be divided.
    pub(super) fn word(&mut self, item: &Item<'a>) -> Option<Word> {
        self.refuse_field(item)?;
        let help = match &item.operand.kind {
            OperandKind::Text(text) => {
                let text = text.clone();
                return Some(Word { text, quoted: true });
            }
            OperandKind::Range(..) => "name the texts in a list".to_owned(),
            OperandKind::List(_) => "write one text".to_owned(),
            _ => match spelt(item.operand) {
                Some(text) => {
                    let quoted = false;
                    return Some(Word { text, quoted });
                }
                None => format!("put it in quotes: `\"{}\"`", item.text()),
            },
        };
        let found = item.described();
        self.fail(&ResolveError::TextNeeded { found, help }, item)
    }

    /// A bare word that the schema does not know is misspelt where it is close to one that it knows,
    /// or to a set; the API does not publish all, so any other is only warned of.
    pub(super) fn check_spelling(
        &mut self,
        word: &Word,
        field: &'a Field,
        location: &Location,
        may_be_set: bool,
    ) {
        let known = || field.vocabulary.iter().chain(&field.unknown_members);
        let written = folded(field, word.text.clone());
        if word.quoted || known().any(|name| folded(field, name.clone()) == written) {
            return;
        }
        let sets = self.scope.sets.keys().filter(|_| may_be_set);
        let near = nearest(&word.text, known().chain(sets).map(String::as_str));
        let (text, name) = (word.text.clone(), field.name.clone());
        if let Some(near) = near {
            let error = ResolveError::MisspeltName {
                word: text,
                field: name,
                near: near.to_owned(),
            };
            self.note(&error, location);
        } else if !field.vocabulary.is_empty() {
            let error = ResolveError::UnknownName {
                word: text,
                field: name,
            };
            self.note(&error, location);
        }
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

/// In lower case where case does not matter.
pub(super) fn folded(field: &Field, text: String) -> String {
    match field.ignores_case {
        true => text.to_lowercase(),
        false => text,
    }
}

/// What a bare operand spells, if it is a word, an address, or words with slashes directly between.
fn spelt(operand: &Operand) -> Option<String> {
    match &operand.kind {
        OperandKind::Name(text) | OperandKind::Address(text) => Some(text.clone()),
        OperandKind::Binary(left, Operator::Divide, right) => {
            let is_tight = left.location.span.end + 1 == right.location.span.start;
            let (left, right) = (spelt(left)?, spelt(right)?);
            is_tight.then(|| format!("{left}/{right}"))
        }
        _ => None,
    }
}
