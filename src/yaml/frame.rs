//! A `Frame` is a list or a mapping that is not closed yet, and what it knows about its keys.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::{Error, brief};
use super::{Entry, Node, NodeKind};
use crate::text::{Location, Place, Problem, Span};

/// Keys of a mapping that are compared one by one before an index of them pays.
const FEW_KEYS: usize = 8;

pub(super) struct Frame {
    content: Content,
    /// From its start to the end of what it holds so far.
    pub(super) span: Span,
    /// The parser's number of its anchor, 0 for none.
    pub(super) anchor: usize,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping(Mapping),
}

#[derive(Default)]
struct Mapping {
    entries: Vec<Entry>,
    /// A key whose value comes next.
    key: Option<Node>,
    /// Entries by the text of their key, once there are more than a few.
    index: HashMap<Arc<str>, usize>,
}

impl Frame {
    pub(super) fn sequence(span: Span, anchor: usize) -> Self {
        Self { content: Content::Sequence(Vec::new()), span, anchor }
    }

    pub(super) fn mapping(span: Span, anchor: usize) -> Self {
        Self { content: Content::Mapping(Mapping::default()), span, anchor }
    }

    pub(super) fn is_mapping(&self) -> bool {
        matches!(self.content, Content::Mapping(_))
    }

    /// Whether the next node is the value of a key.
    pub(super) fn awaits_value(&self) -> bool {
        matches!(&self.content, Content::Mapping(mapping) if mapping.key.is_some())
    }

    /// Takes the next element, key or value, and says what is wrong with a key.
    ///
    /// `written` is its place in the frame, which of an alias is not the place of the node.
    pub(super) fn take(&mut self, node: Node, written: Location) -> Option<Problem> {
        self.span = Span::new(self.span.start, self.span.end.max(written.span.end));
        let mapping = match &mut self.content {
            Content::Sequence(elements) => {
                elements.push(node);
                return None;
            }
            Content::Mapping(mapping) => mapping,
        };
        if let Some(key) = mapping.key.take() {
            let problem = problem_of_joined(&key, &node);
            mapping.entries.push(Entry { key, value: node });
            return problem;
        }
        let problem = mapping.problem_of_key(&node, written);
        mapping.key = Some(node);
        problem
    }

    pub(super) fn close(self) -> NodeKind {
        match self.content {
            Content::Sequence(elements) => NodeKind::Sequence(elements),
            Content::Mapping(mapping) => NodeKind::Mapping(mapping.entries),
        }
    }
}

impl Mapping {
    fn problem_of_key(&mut self, key: &Node, written: Location) -> Option<Problem> {
        let place = Place::Text(written);
        let Some(scalar) = key.as_scalar() else {
            let found = key.kind.name();
            return Some(Problem::new(&Error::KeyNotText { found }, place).labelled(found));
        };
        if scalar.is_plain() && scalar.text() == "<<" {
            return Some(Problem::new(&Error::MergeKey, place).labelled("a merge key"));
        }
        if scalar.is_plain() && scalar.text().is_empty() {
            return Some(Problem::new(&Error::MissingKey, place).labelled("no key"));
        }
        let first = self.find(scalar.text())?;
        let error = Error::DuplicateKey { key: brief(scalar.text()) };
        let problem = Problem::new(&error, place).labelled("the second");
        Some(problem.related("the first", first.key.location.clone()))
    }

    /// The entry that has this text as its key.
    fn find(&mut self, text: &str) -> Option<&Entry> {
        if self.entries.len() <= FEW_KEYS {
            return self.entries.iter().find(|entry| entry.name() == text);
        }
        // Only the entries since the last question are new to the index.
        let indexed = self.index.len();
        for (at, entry) in self.entries.iter().enumerate().skip(indexed) {
            if let Some(key) = entry.key.as_scalar() {
                self.index.entry(key.shared_text()).or_insert(at);
            }
        }
        self.index.get(text).and_then(|at| self.entries.get(*at))
    }
}

/// `{Port:3389}` is a key without a value to YAML, and to nobody else.
fn problem_of_joined(key: &Node, value: &Node) -> Option<Problem> {
    let is_absent = value.location.span == Span::new(key.location.span.end, key.location.span.end);
    if !is_absent || !key.as_scalar()?.is_plain() {
        return None;
    }
    let (name, _) = key.location.text().split_once(':')?;
    let colon = key.location.span.start + name.len();
    let location = key.location.at(Span::new(colon, colon + 1));
    let error = Error::SpaceAfterColon { key: brief(name) };
    Some(Problem::new(&error, Place::Text(location)).labelled("a space after this colon"))
}
