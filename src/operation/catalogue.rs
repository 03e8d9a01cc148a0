//! An `Operation` is one API action as data: where its records lie, what identifies one, how it
//! pages. The catalogue holds those that are built in, each one descriptor file.

use std::sync::Arc;

use super::call::Paging;
use super::{Call, FieldId, Schema};

/// One API action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The action's name.
    pub name: String,
    /// Whose cloud it is, such as `Alibaba Cloud`.
    pub provider: String,
    /// The product's code, such as `Cloudfw`.
    pub product: String,
    /// The API version, a date.
    pub version: String,
    /// One line about it.
    pub title: String,
    /// A record in words, one and several: `open port`, `open ports`.
    pub noun: [String; 2],
    /// What a clean verdict over its records leaves open, such as `coverage of assets not checked`.
    pub limits: String,
    /// Where the facts come from.
    pub documentation: String,
    /// Path of the records list in a response.
    pub records: Vec<String>,
    /// Path of the number of records over all pages; `None` where the operation does not say it.
    pub total: Option<Vec<String>>,
    /// Paths of every member that a response may have.
    pub response: Vec<Vec<String>>,
    /// Fields that together identify a record.
    pub identity: Vec<FieldId>,
    /// Fields by which a record of two captures has changed; none is derived.
    pub compared: Vec<FieldId>,
    /// The text list that `deny X` asks.
    pub subject: FieldId,
    /// Fields that a target such as `3389/tcp` asks.
    pub port: Option<FieldId>,
    /// See `port`.
    pub protocol: Option<FieldId>,
    /// Message template for policies without one.
    pub message: String,
    /// How it is asked for; `None` where it cannot be fetched.
    pub call: Option<Call>,
    /// What a record holds.
    pub schema: Schema,
}

impl Operation {
    /// Path of the page's number in a response: the member that is called as the parameter of a request.
    #[must_use]
    pub fn page_number(&self) -> Option<&[String]> {
        self.paging_member(|paging| &paging.number)
    }

    /// Path of the number of records that a page may hold.
    #[must_use]
    pub fn page_size(&self) -> Option<&[String]> {
        self.paging_member(|paging| &paging.size)
    }

    fn paging_member(&self, name: fn(&Paging) -> &String) -> Option<&[String]> {
        let name = name(self.call.as_ref()?.paging.as_ref()?);
        self.response.iter().find(|path| path.last() == Some(name)).map(Vec::as_slice)
    }
}

/// The operations that policies and evidence may name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// In the order of their names.
    pub operations: Vec<Arc<Operation>>,
}

impl Catalogue {
    /// The operation of an exact name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Arc<Operation>> {
        self.operations.iter().find(|operation| operation.name == name)
    }

    /// The only operation, where there is just one.
    #[must_use]
    pub fn only(&self) -> Option<&Arc<Operation>> {
        match self.operations.as_slice() {
            [operation] => Some(operation),
            _ => None,
        }
    }

    /// Every name, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().map(|operation| operation.name.as_str())
    }
}
