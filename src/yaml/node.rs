//! A `Node` is one YAML value, or one key, together with the bytes that it was written in.

use std::ops::Range;

use super::{Scalar, align};
use crate::text::Location;

/// A value or a key with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Quotes and brackets included; of a block collection from its first to its last byte of
    /// content; of a block scalar the indented text without the header above it. An absent value
    /// covers no byte. What an alias stands for lies where the anchor is.
    pub location: Location,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// Text, a number, a boolean or null.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in the order of the file; every key is a scalar and no key comes twice.
    Mapping(Vec<Entry>),
}

/// One key of a mapping and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key, a scalar.
    pub key: Node,
    /// The value.
    pub value: Node,
}

impl NodeKind {
    /// In words, with an article: `a list`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Scalar(scalar) => scalar.value().name(),
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a mapping",
        }
    }
}

impl Entry {
    /// Text of the key.
    #[must_use]
    pub fn name(&self) -> &str {
        self.key.as_scalar().map_or("", Scalar::text)
    }
}

impl Node {
    /// The scalar, if it is one.
    #[must_use]
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => None,
        }
    }

    /// The elements, if it is a list.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Self]> {
        match &self.kind {
            NodeKind::Sequence(elements) => Some(elements),
            NodeKind::Scalar(_) | NodeKind::Mapping(_) => None,
        }
    }

    /// The entries, if it is a mapping.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&[Entry]> {
        match &self.kind {
            NodeKind::Mapping(entries) => Some(entries),
            NodeKind::Scalar(_) | NodeKind::Sequence(_) => None,
        }
    }

    /// The value of a key, if it is a mapping that has the key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let entry = self.as_mapping()?.iter().find(|entry| entry.name() == key)?;
        Some(&entry.value)
    }

    /// Where in the file a byte range of this scalar's decoded text was written.
    ///
    /// Exact in every style; an escape or a folded line break is covered whole. Of any other kind
    /// of node it is the node's own location.
    #[must_use]
    pub fn location_of(&self, decoded: Range<usize>) -> Location {
        let Some(scalar) = self.as_scalar() else {
            return self.location.clone();
        };
        let span = align::locate(scalar, &self.location, decoded);
        self.location.at(span.unwrap_or(self.location.span))
    }
}
