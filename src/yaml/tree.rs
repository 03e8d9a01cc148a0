//! From the parser's events to the tree of nodes, within bounds that hold for hostile files as well:
//! nothing here recurses deeper, or keeps more, than the constants say.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::error::Error;
use super::{Entry, Node, NodeKind, Scalar, Style, syntax};
use crate::text::{Location, Place, Problem, Source, Span};

/// Bytes of a file at most.
pub const MAX_BYTES: usize = 16 << 20;

/// Lists and mappings inside each other at most, those inside an alias included.
pub const MAX_DEPTH: usize = 64;

/// Values and keys of a file at most; what an anchor names counts once more, and so for each alias.
pub const MAX_NODES: usize = 1 << 20;

/// Problems of a file at most; the rest waits for these to be solved.
pub const MAX_PROBLEMS: usize = 100;

/// Keys of a mapping that are compared one by one before an index of them pays.
const FEW_KEYS: usize = 8;

/// Reads the one document of a file.
///
/// None where the file has no content.
///
/// # Errors
///
/// Every problem of the file in its order, up to the first that hides what follows.
pub fn parse(source: &Arc<Source>) -> Result<Option<Node>, Vec<Problem>> {
    let mut tree = Tree::new(source);
    if let Err(problem) = tree.check_text().and_then(|()| tree.read()) {
        tree.problems.push(*problem);
    }
    if !tree.problems.is_empty() {
        tree.problems.sort_by_key(|problem| problem.place.bytes());
        return Err(tree.problems);
    }
    Ok(tree.root.filter(|root| {
        let is_absent = root.location.span.is_empty();
        !(is_absent && root.as_scalar().is_some_and(Scalar::is_plain))
    }))
}

/// A problem that hides what follows it.
type Fatal = Box<Problem>;

/// A list or a mapping that is not closed yet.
struct Frame {
    content: Content,
    span: Span,
    anchor: usize,
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

impl Mapping {
    /// The entry that has this text as its key.
    fn find(&mut self, text: &str) -> Option<&Entry> {
        if self.entries.len() <= FEW_KEYS {
            return self.entries.iter().find(|entry| entry.name() == text);
        }
        let indexed = self.index.len();
        for (at, entry) in self.entries.iter().enumerate().skip(indexed) {
            if let Some(key) = entry.key.as_scalar() {
                self.index.entry(key.shared_text()).or_insert(at);
            }
        }
        self.index.get(text).and_then(|at| self.entries.get(*at))
    }
}

/// What an anchor names.
struct Anchored {
    node: Node,
    nodes: usize,
    depth: usize,
}

struct Tree<'a> {
    source: &'a Arc<Source>,
    root: Option<Node>,
    documents: usize,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    /// Written place of the scalar before.
    last_scalar: Span,
    problems: Vec<Problem>,
}

impl<'a> Tree<'a> {
    fn new(source: &'a Arc<Source>) -> Self {
        Self {
            source,
            root: None,
            documents: 0,
            frames: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
            last_scalar: Span::default(),
            problems: Vec::new(),
        }
    }

    fn location(&self, span: Span) -> Location {
        Location {
            source: Arc::clone(self.source),
            span,
        }
    }

    fn problem(&self, error: &Error, span: Span) -> Problem {
        Problem::new(error, Place::Text(self.location(span)))
    }

    /// What YAML allows in no place, and some parsers take for the end of the file.
    fn check_text(&self) -> Result<(), Fatal> {
        let text = self.source.text();
        if text.len() > MAX_BYTES {
            let problem = self.problem(&Error::TooLarge, Span::new(MAX_BYTES, MAX_BYTES));
            return Err(Box::new(problem.labelled("the limit is here")));
        }
        let is_forbidden = |character: char| {
            (character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{85}'))
                || matches!(character, '\u{fffe}' | '\u{ffff}')
        };
        let Some((at, character)) = text.char_indices().find(|(_, each)| is_forbidden(*each))
        else {
            return Ok(());
        };
        let error = Error::ControlCharacter {
            shown: format!("U+{:04X}", u32::from(character)),
        };
        let span = Span::new(at, at + character.len_utf8());
        Err(Box::new(self.problem(&error, span)))
    }

    fn read(&mut self) -> Result<(), Fatal> {
        let mut options = granit_parser::options! {
            // The last line of a file reads the same with and without its line break.
            block_scalar_eof_without_line_feed: true,
            emit_unresolved_aliases: true,
            flow_nesting_limit: MAX_DEPTH + 1,
            block_nesting_limit: MAX_DEPTH + 1,
        };
        options.set_emit_comments(false);
        for event in Parser::new_from_str_with_options(self.source.text(), options) {
            let (event, span) = event.map_err(|error| {
                Box::new(syntax::problem(&error, self.source, self.last_scalar))
            })?;
            let tag = span.tag_span().and_then(|tag| tag.byte_range());
            if let Some(tag) = tag {
                self.refuse_tag(Span::new(tag.start, tag.end));
            }
            let bytes = span.byte_range().unwrap_or_default();
            self.take(event, Span::new(bytes.start, bytes.end))?;
            if self.problems.len() >= MAX_PROBLEMS {
                return Ok(());
            }
        }
        Ok(())
    }

    fn refuse_tag(&mut self, span: Span) {
        let error = Error::Tag {
            tag: self.source.slice(span).to_owned(),
        };
        self.problems
            .push(self.problem(&error, span).labelled("a tag"));
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Fatal> {
        match event {
            Event::DocumentStart(..) => self.begin_document(span),
            Event::Scalar(text, style, anchor, _) => {
                let node = self.scalar(&text, style, span);
                let written = node.location.span;
                self.add(node, written, anchor)
            }
            Event::SequenceStart(style, anchor, _) => {
                let span = self.sequence_start(style, span);
                self.open(Content::Sequence(Vec::new()), span, anchor)
            }
            Event::MappingStart(_, anchor, _) => {
                self.open(Content::Mapping(Mapping::default()), span, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                let error = Error::UnknownAnchor {
                    name: name.into_owned(),
                };
                self.problems.push(
                    self.problem(&error, span)
                        .labelled("nothing has this name yet"),
                );
                self.add(Node::absent(&self.location(span), span.end), span, 0)
            }
            _ => Ok(()),
        }
    }

    fn begin_document(&mut self, span: Span) -> Result<(), Fatal> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let problem = self.problem(&Error::SeveralDocuments, span);
        Err(Box::new(problem.labelled("the second document begins")))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Node {
        self.last_scalar = span;
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        if style == Style::Plain && span.is_empty() {
            return Node::absent(&self.location(span), self.absent_at(span.start));
        }
        let location = self.location(match style {
            Style::Literal | Style::Folded => self.block_text(span),
            Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => span,
        });
        Node {
            location,
            kind: NodeKind::Scalar(Scalar::new(text, style)),
        }
    }

    /// Where an absent value would be written: after the colon, before which the parser places it.
    fn absent_at(&self, offset: usize) -> usize {
        let awaited = matches!(
            self.frames.last(),
            Some(Frame {
                content: Content::Mapping(Mapping { key: Some(_), .. }),
                ..
            })
        );
        let colon = self.source.slice(Span::new(offset, offset + 1)) == ":";
        offset + usize::from(awaited && colon)
    }

    /// A block scalar's text without the line breaks and the indentation after it.
    fn block_text(&self, span: Span) -> Span {
        let written = self
            .source
            .slice(span)
            .trim_end_matches([' ', '\t', '\r', '\n']);
        if !written.is_empty() {
            return Span::new(span.start, span.start + written.len());
        }
        let before = self.source.slice(Span::new(0, span.start)).trim_end();
        Span::new(before.len(), before.len())
    }

    /// A list that stands in the column of its key begins with its first dash; the parser says after.
    fn sequence_start(&self, style: StructureStyle, span: Span) -> Span {
        let in_mapping = matches!(
            self.frames.last(),
            Some(Frame {
                content: Content::Mapping(_),
                ..
            })
        );
        if style == StructureStyle::Flow || !in_mapping {
            return span;
        }
        let before = self.source.slice(Span::new(0, span.start));
        let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let line = Span::new(line, span.start);
        let text = self.source.slice(line).trim_start_matches(' ');
        if text.starts_with('-') {
            Span::new(line.end - text.len(), line.end)
        } else {
            span
        }
    }

    fn open(&mut self, content: Content, span: Span, anchor: usize) -> Result<(), Fatal> {
        self.count(1, span)?;
        self.check_depth(1, span)?;
        self.frames.push(Frame {
            content,
            span,
            anchor,
        });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), Fatal> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        // The end of a block covers no byte and lies at whatever comes next.
        let span = if end.is_empty() {
            frame.span
        } else {
            frame.span.to(end)
        };
        let kind = match frame.content {
            Content::Sequence(elements) => NodeKind::Sequence(elements),
            Content::Mapping(mapping) => NodeKind::Mapping(mapping.entries),
        };
        self.place(
            Node {
                location: self.location(span),
                kind,
            },
            span,
            frame.anchor,
        )
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), Fatal> {
        let Some(anchored) = self.anchors.get(&id) else {
            let name = self.source.slice(span).trim_start_matches('*').to_owned();
            let problem = self.problem(&Error::EndlessAlias { name }, span);
            self.problems.push(problem.labelled("would hold itself"));
            return self.add(Node::absent(&self.location(span), span.end), span, 0);
        };
        let (nodes, depth) = (anchored.nodes, anchored.depth);
        self.count(nodes, span)?;
        self.check_depth(depth, span)?;
        match self.anchors.get(&id).map(|anchored| anchored.node.clone()) {
            Some(node) => self.place(node, span, 0),
            None => Ok(()),
        }
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Fatal> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        Err(Box::new(
            self.problem(&Error::TooManyNodes, span)
                .labelled("the limit is here"),
        ))
    }

    fn check_depth(&self, depth: usize, span: Span) -> Result<(), Fatal> {
        if self.frames.len() + depth <= MAX_DEPTH {
            return Ok(());
        }
        Err(Box::new(
            self.problem(&Error::TooDeep, span)
                .labelled("the limit is here"),
        ))
    }

    fn add(&mut self, node: Node, written: Span, anchor: usize) -> Result<(), Fatal> {
        self.count(1, written)?;
        self.place(node, written, anchor)
    }

    /// Puts a finished node where it belongs; `written` is its place, of an alias the alias's.
    fn place(&mut self, node: Node, written: Span, anchor: usize) -> Result<(), Fatal> {
        if anchor > 0 {
            let (nodes, depth) = weight(&node);
            self.count(nodes, written)?;
            self.anchors.insert(
                anchor,
                Anchored {
                    node: node.clone(),
                    nodes,
                    depth,
                },
            );
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.span = Span::new(frame.span.start, frame.span.end.max(written.end));
        match &mut frame.content {
            Content::Sequence(elements) => elements.push(node),
            Content::Mapping(mapping) => match mapping.key.take() {
                Some(key) => mapping.entries.push(Entry { key, value: node }),
                None => self.key(node, written),
            },
        }
        Ok(())
    }

    fn key(&mut self, key: Node, written: Span) {
        let Some(Frame {
            content: Content::Mapping(mapping),
            ..
        }) = self.frames.last_mut()
        else {
            return;
        };
        let location = Location {
            source: Arc::clone(self.source),
            span: written,
        };
        let problem = key_problem(mapping, &key, location);
        mapping.key = Some(key);
        self.problems.extend(problem);
    }
}

/// What is wrong with a key that comes after the entries of `mapping`.
fn key_problem(mapping: &mut Mapping, key: &Node, location: Location) -> Option<Problem> {
    let Some(scalar) = key.as_scalar() else {
        let error = Error::KeyNotText {
            found: key.kind.name(),
        };
        return Some(Problem::new(&error, Place::Text(location)).labelled(key.kind.name()));
    };
    if scalar.is_plain() && scalar.text() == "<<" {
        return Some(Problem::new(&Error::MergeKey, Place::Text(location)).labelled("a merge key"));
    }
    if scalar.is_plain() && scalar.text().is_empty() {
        return Some(Problem::new(&Error::MissingKey, Place::Text(location)).labelled("no key"));
    }
    let first = mapping.find(scalar.text())?;
    let error = Error::DuplicateKey {
        key: scalar.text().to_owned(),
    };
    let problem = Problem::new(&error, Place::Text(location)).labelled("the second");
    Some(problem.related("the first", first.key.location.clone()))
}

/// How many nodes a copy has, and how many collections inside each other.
fn weight(node: &Node) -> (usize, usize) {
    let children: Vec<(usize, usize)> = match &node.kind {
        NodeKind::Scalar(_) => return (1, 0),
        NodeKind::Sequence(elements) => elements.iter().map(weight).collect(),
        NodeKind::Mapping(entries) => entries
            .iter()
            .flat_map(|entry| [weight(&entry.key), weight(&entry.value)])
            .collect(),
    };
    let nodes = children.iter().map(|(nodes, _)| nodes).sum::<usize>();
    let depth = children
        .iter()
        .map(|(_, depth)| *depth)
        .max()
        .unwrap_or_default();
    (nodes + 1, depth + 1)
}
