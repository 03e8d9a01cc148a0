//! An `Item` is one value on the right of a comparison and, where a set or a param holds it, the place
//! at which the rule uses that.

use super::error::ResolveError;
use super::{Resolver, Set};
use crate::policy::syntax::{Op, Operand, OperandKind};
use crate::text::{Location, nearest};

/// One value and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Item<'a> {
    pub operand: &'a Operand,
    holder: Option<Holder<'a>>,
}

/// What holds a value that the rule does not spell out.
#[derive(Clone, Debug)]
struct Holder<'a> {
    /// The set's or the param's name in the rule.
    used: &'a Location,
    is_set: bool,
    /// Whether a param stands between the rule or the set and the value; no second one may.
    is_param: bool,
}

/// The right side of a comparison.
pub(super) enum Right<'a> {
    One(Item<'a>),
    /// Of a list, a range or a set.
    Many(Vec<Item<'a>>),
}

impl<'a> Item<'a> {
    /// A value that the rule spells out.
    pub(super) fn written(operand: &'a Operand) -> Self {
        Self { operand, holder: None }
    }

    /// The place in the rule.
    pub(super) fn used(&self) -> &'a Location {
        self.holder.as_ref().map_or(&self.operand.location, |holder| holder.used)
    }

    /// What holds the value, in words.
    pub(super) fn origin(&self) -> Option<&'static str> {
        self.holder.as_ref().map(|holder| match holder.is_param {
            true => "the value of the param",
            false => "this element of the set",
        })
    }

    /// Whether it is an element of a set, where a bare word is never a field or another set.
    pub(super) fn is_of_set(&self) -> bool {
        self.holder.as_ref().is_some_and(|holder| holder.is_set)
    }

    /// Another operand that is held by the same.
    pub(super) fn with(&self, operand: &'a Operand) -> Self {
        Self { operand, holder: self.holder.clone() }
    }

    /// As messages write it.
    pub(super) fn text(&self) -> String {
        self.operand.location.text().to_owned()
    }

    /// In words, for messages that say what it is in place of what it should be.
    pub(super) fn described(&self) -> String {
        let text = self.text();
        match &self.operand.kind {
            OperandKind::Name(_) => format!("the word `{text}`"),
            OperandKind::Text(found) => format!("the text `{found}`"),
            OperandKind::Number(..) => format!("the number `{text}`"),
            OperandKind::Address(_) => format!("the address `{text}`"),
            OperandKind::Param(name) => format!("the param `${name}`"),
            OperandKind::Range(..) => format!("the range `{text}`"),
            OperandKind::List(_) => "a list".to_owned(),
            OperandKind::Binary(..) => format!("the arithmetic `{text}`"),
            OperandKind::Aggregate(_) => format!("the aggregate `{text}`"),
        }
    }

    fn of_set(operand: &'a Operand, used: &'a Location) -> Self {
        Self { operand, holder: Some(Holder { used, is_set: true, is_param: false }) }
    }
}

impl<'a> Resolver<'a> {
    /// The right side of a comparison with its params, its sets and its lists looked up.
    pub(super) fn right(&mut self, operand: &'a Operand) -> Option<Right<'a>> {
        let item = self.looked_up(Item::written(operand))?;
        match &item.operand.kind {
            OperandKind::List(elements) => {
                let mut items = Vec::new();
                for element in elements {
                    self.collect(item.with(element), &mut items)?;
                }
                Some(Right::Many(items))
            }
            OperandKind::Name(name) if self.scope.sets.contains_key(name) => {
                let mut items = Vec::new();
                self.collect(item, &mut items)?;
                Some(Right::Many(items))
            }
            OperandKind::Range(..) => Some(Right::Many(vec![item])),
            _ => Some(Right::One(item)),
        }
    }

    /// The value of a param, or the item itself.
    pub(super) fn looked_up(&mut self, item: Item<'a>) -> Option<Item<'a>> {
        let OperandKind::Param(name) = &item.operand.kind else {
            return Some(item);
        };
        let Some(param) = self.scope.params.get(name) else {
            let near = nearest(name, self.scope.params.keys().map(String::as_str));
            let help = match near {
                Some(near) => format!("did you mean `${near}`?"),
                None => format!("add `{name}:` with its value under `params:`"),
            };
            let name = name.clone();
            return self.fail(&ResolveError::UnknownParam { name, help }, &item);
        };
        let is_nested = item.holder.as_ref().is_some_and(|holder| holder.is_param);
        if is_nested || matches!(param.value.kind, OperandKind::Param(_)) {
            return self.fail(&ResolveError::NestedParam, &item);
        }
        if param.is_replaced {
            self.replaced.insert(name.clone());
        }
        Some(Item {
            operand: &param.value,
            holder: Some(Holder { used: item.used(), is_set: item.is_of_set(), is_param: true }),
        })
    }

    /// Adds an element of a list, or every element of the set that it names.
    fn collect(&mut self, item: Item<'a>, items: &mut Vec<Item<'a>>) -> Option<()> {
        let item = self.looked_up(item)?;
        match &item.operand.kind {
            OperandKind::List(_) => return self.fail(&ResolveError::NestedList, &item),
            OperandKind::Name(name) => {
                if let Some(set) = self.scope.sets.get(name) {
                    items.extend(self.elements(set, item.used())?);
                    return Some(());
                }
            }
            _ => {}
        }
        items.push(item);
        Some(())
    }

    /// The elements of a set that the rule uses at a place.
    pub(super) fn elements(&mut self, set: &'a Set, used: &'a Location) -> Option<Vec<Item<'a>>> {
        let mut items = Vec::new();
        for element in &set.elements {
            self.collect_element(Item::of_set(element, used), &mut items)?;
        }
        Some(items)
    }

    /// Adds an element of a set, which holds no other set.
    fn collect_element(&mut self, item: Item<'a>, items: &mut Vec<Item<'a>>) -> Option<()> {
        let item = self.looked_up(item)?;
        match &item.operand.kind {
            OperandKind::List(_) => self.fail(&ResolveError::NestedList, &item),
            OperandKind::Name(name) if self.scope.sets.contains_key(name) => {
                let name = name.clone();
                self.fail_at(&ResolveError::NestedSet { name }, &item.operand.location)
            }
            _ => {
                items.push(item);
                Some(())
            }
        }
    }

    /// The one value that an operator needs.
    pub(super) fn one(&mut self, op: Op, operand: &'a Operand) -> Option<Item<'a>> {
        if let Right::One(item) = self.right(operand)? {
            return Some(item);
        }
        let help = match op {
            Op::Contains => "write `contains any of` or `contains all of`",
            _ => "join several comparisons by `or` or `and`",
        };
        let item = Item::written(operand);
        let found = item.described();
        self.fail(&ResolveError::OneValueNeeded { op, found, help }, &item)
    }

    /// The values that `=` or `in` asks for: one, or those of a list, a range or a set.
    pub(super) fn several(&mut self, op: Op, operand: &'a Operand) -> Option<Vec<Item<'a>>> {
        let item = match self.right(operand)? {
            Right::Many(items) => return Some(items),
            Right::One(item) if matches!(op, Op::Equal | Op::NotEqual) => return Some(vec![item]),
            Right::One(item) => item,
        };
        if let OperandKind::Name(name) = &item.operand.kind {
            let near = nearest(name, self.scope.sets.keys().map(String::as_str));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add `{name}:` under `sets:`, or write a list, such as `[{name}]`"),
            };
            let name = name.clone();
            return self.fail(&ResolveError::UnknownSet { name, help }, &item);
        }
        let help = format!("write a list, such as `[{}]`", item.text());
        let found = item.described();
        self.fail(&ResolveError::ListNeeded { op, found, help }, &item)
    }
}
