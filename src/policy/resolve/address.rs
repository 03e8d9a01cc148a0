//! Questions about an address: whether it lies in a block. An address by itself is a block of one.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::Resolver;
use super::comparison::Question;
use super::error::ResolveError;
use super::item::{Item, Right};
use crate::policy::syntax::OperandKind;
use crate::policy::{Condition, Predicate};

impl<'a> Resolver<'a> {
    pub(super) fn address(&mut self, question: &Question<'a>) -> Option<Condition> {
        let items = match self.right(question.right)? {
            Right::One(item) => vec![item],
            Right::Many(items) => items,
        };
        let blocks: Vec<_> = items.iter().map(|item| self.block(item)).collect();
        let blocks: Option<BTreeSet<_>> = blocks.into_iter().collect();
        Some(question.test(Predicate::Address(question.id, blocks?)))
    }

    fn block(&mut self, item: &Item<'a>) -> Option<IpNet> {
        let block = match &item.operand.kind {
            OperandKind::Address(text) | OperandKind::Text(text) => parse(text),
            _ => None,
        };
        let Some(block) = block else {
            self.refuse_field(item)?;
            let found = item.described();
            return self.fail(&ResolveError::AddressNeeded { found }, item);
        };
        if block != block.trunc() {
            let error =
                ResolveError::HostBits { found: item.text(), block: block.trunc().to_string() };
            return self.fail(&error, item);
        }
        Some(block)
    }
}

fn parse(text: &str) -> Option<IpNet> {
    match text.parse::<IpAddr>() {
        Ok(address) => Some(IpNet::from(address)),
        Err(_) => text.parse().ok(),
    }
}
