//! From the parser's events to the tree of nodes, within bounds that hold for hostile files as well:
//! nothing here recurses deeper, or keeps more, than the constants say.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle};

use super::error::{Error, brief};
use super::frame::Frame;
use super::{Node, NodeKind, Scalar, Style, layout, syntax};
use crate::text::{Location, Place, Problem, Source, Span};

/// Bytes of a file at most.
pub const MAX_BYTES: usize = 16 << 20;

/// Lists and mappings inside each other at most, those inside an alias included.
pub const MAX_DEPTH: usize = 64;

/// Values and keys of a file at most; what an anchor names counts once more, and so for each alias.
pub const MAX_NODES: usize = 1 << 20;

/// Problems of a file at most; the rest waits for these to be solved.
pub const MAX_PROBLEMS: usize = 100;

/// Reads the one document of a file.
///
/// None where the file has no content.
///
/// # Errors
///
/// Every problem of the file in its order, up to the first that hides what follows.
pub fn parse(source: &Arc<Source>) -> Result<Option<Node>, Vec<Problem>> {
    let (root, problems) = recover(source);
    if problems.is_empty() { Ok(root) } else { Err(problems) }
}

/// Reads the one document of a file whatever is wrong with it, so that what it says can be looked at
/// too; the problems in the order of the file.
///
/// No document where the file has no content, or a problem that hides what follows.
#[must_use]
pub fn recover(source: &Arc<Source>) -> (Option<Node>, Vec<Problem>) {
    let mut tree = Tree::new(source);
    if let Err(problem) = tree.check_text().and_then(|()| tree.read()) {
        tree.problems.push(*problem);
        tree.root = None;
    }
    tree.problems.sort_by_key(|problem| problem.place.bytes());
    let is_absent = |root: &Node| {
        root.location.span.is_empty() && root.as_scalar().is_some_and(Scalar::is_plain)
    };
    (tree.root.filter(|root| !is_absent(root)), tree.problems)
}

/// A problem that hides what follows it.
type Fatal = Box<Problem>;

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

    fn check_text(&self) -> Result<(), Fatal> {
        let text = self.source.text();
        if text.len() > MAX_BYTES {
            return self.fatal(&Error::TooLarge, Span::new(0, 0), "more than the limit");
        }
        let Some((span, character)) = layout::forbidden(text) else {
            return Ok(());
        };
        self.fatal(&Error::control(character), span, "this character")
    }

    /// Returns whether the file begins with `%YAML 1.2`; any other directive is an error.
    fn has_directive(&self) -> Result<bool, Fatal> {
        let mut found: Option<Span> = None;
        for line in layout::before_content(self.source.text()) {
            let text = self.source.slice(line);
            let is_version = text.split_whitespace().take_while(|word| !word.starts_with('#'));
            if is_version.eq(["%YAML", "1.2"]) && found.is_none() {
                found = Some(line);
            } else if text.starts_with('%') {
                let error = Error::Directive { directive: brief(text) };
                return self.fatal(&error, line, "a directive").map(|()| false);
            } else if !text.starts_with("---") && found.is_some() {
                break;
            } else {
                return Ok(found.is_some());
            }
        }
        match found {
            None => Ok(false),
            Some(line) => {
                let error = Error::MissingDocumentStart;
                self.fatal(&error, line, "`---` is needed after this").map(|()| false)
            }
        }
    }

    fn read(&mut self) -> Result<(), Fatal> {
        let mut options = options();
        options.disallow_directives = !self.has_directive()?;
        for event in Parser::new_from_str_with_options(self.source.text(), options) {
            let (event, span) = event
                .map_err(|error| syntax::problem(&error, self.source, self.last_scalar))
                .map_err(Box::new)?;
            if let Some(tag) = span.tag_span().and_then(|tag| tag.byte_range()) {
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

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Fatal> {
        match event {
            Event::DocumentStart(..) => self.begin_document(span),
            Event::Scalar(text, style, anchor, _) => self.scalar(&text, style, (span, anchor)),
            Event::SequenceStart(style, anchor, _) => {
                let span = self.sequence_start(style, span);
                self.open(Frame::sequence(span, anchor))
            }
            Event::MappingStart(_, anchor, _) => self.open(Frame::mapping(span, anchor)),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                let error = Error::UnknownAnchor { name: brief(&name) };
                self.unresolved(&error, span, "nothing has this name yet")
            }
            _ => Ok(()),
        }
    }

    fn begin_document(&mut self, span: Span) -> Result<(), Fatal> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        self.fatal(&Error::SeveralDocuments, span, "the second document begins")
    }

    fn refuse_tag(&mut self, span: Span) {
        let tag = brief(self.source.slice(span));
        self.problems.push(self.problem(&Error::Tag { tag }, span).labelled("a tag"));
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        (span, anchor): (Span, usize),
    ) -> Result<(), Fatal> {
        self.last_scalar = span;
        self.count(1, span)?;
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let is_absent = style == Style::Plain && span.is_empty();
        let span = match style {
            Style::Plain if is_absent => self.absence(span.start),
            Style::Literal | Style::Folded => layout::block_text(self.source.text(), span),
            Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => span,
        };
        // The parser's word for an absent value is `~`, as if someone had written it.
        let scalar = Scalar::new(if is_absent { "" } else { text }, style);
        let node = Node { location: self.location(span), kind: NodeKind::Scalar(scalar) };
        self.place(node, span, anchor)
    }

    fn absence(&self, offset: usize) -> Span {
        let is_value = self.frames.last().is_some_and(Frame::awaits_value);
        let text = self.source.text();
        let offset = if is_value { layout::after_colon(text, offset) } else { offset };
        Span::new(offset, offset)
    }

    fn sequence_start(&self, style: StructureStyle, span: Span) -> Span {
        let in_mapping = self.frames.last().is_some_and(Frame::is_mapping);
        if style == StructureStyle::Block && in_mapping {
            layout::first_dash(self.source.text(), span)
        } else {
            span
        }
    }

    fn open(&mut self, frame: Frame) -> Result<(), Fatal> {
        self.count(1, frame.span)?;
        self.check_depth(1, frame.span)?;
        self.frames.push(frame);
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), Fatal> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        // The end of a block covers no byte and lies at whatever comes next.
        let span = if end.is_empty() { frame.span } else { frame.span.to(end) };
        let anchor = frame.anchor;
        self.place(Node { location: self.location(span), kind: frame.close() }, span, anchor)
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), Fatal> {
        let Some(Anchored { nodes, depth, .. }) = self.anchors.get(&id) else {
            let name = brief(self.source.slice(span).trim_start_matches('*'));
            return self.unresolved(&Error::EndlessAlias { name }, span, "would hold itself");
        };
        let (nodes, depth) = (*nodes, *depth);
        self.count(nodes, span)?;
        self.check_depth(depth, span)?;
        match self.anchors.get(&id).map(|anchored| anchored.node.clone()) {
            Some(node) => self.place(node, span, 0),
            None => Ok(()),
        }
    }

    /// An alias for nothing, in the tree as its own text so that what follows is still looked at.
    fn unresolved(&mut self, error: &Error, span: Span, label: &str) -> Result<(), Fatal> {
        self.problems.push(self.problem(error, span).labelled(label));
        self.count(1, span)?;
        let scalar = Scalar::new(self.source.slice(span), Style::Plain);
        let node = Node { location: self.location(span), kind: NodeKind::Scalar(scalar) };
        self.place(node, span, 0)
    }

    /// Puts a finished node where it belongs; `written` is its place, of an alias the alias's.
    fn place(&mut self, node: Node, written: Span, anchor: usize) -> Result<(), Fatal> {
        if anchor > 0 {
            let (nodes, depth) = weight(&node);
            self.count(nodes, written)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, depth });
        }
        let written = self.location(written);
        match self.frames.last_mut() {
            Some(frame) => self.problems.extend(frame.take(node, written)),
            None => self.root = Some(node),
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Fatal> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        self.fatal(&Error::TooManyNodes, span, "the limit is here")
    }

    fn check_depth(&self, depth: usize, span: Span) -> Result<(), Fatal> {
        if self.frames.len() + depth <= MAX_DEPTH {
            return Ok(());
        }
        self.fatal(&Error::TooDeep, span, "the limit is here")
    }

    fn fatal(&self, error: &Error, span: Span, label: &str) -> Result<(), Fatal> {
        Err(Box::new(self.problem(error, span).labelled(label)))
    }

    fn problem(&self, error: &Error, span: Span) -> Problem {
        Problem::new(error, Place::Text(self.location(span)))
    }

    fn location(&self, span: Span) -> Location {
        Location { source: Arc::clone(self.source), span }
    }
}

fn options() -> Options {
    let mut options = granit_parser::options! {
        // The last line of a file reads the same with and without its line break.
        block_scalar_eof_without_line_feed: true,
        disallow_directives: true,
        emit_unresolved_aliases: true,
        // One level more than allowed, so that it is the tree that finds it too deep.
        flow_nesting_limit: MAX_DEPTH + 1,
        block_nesting_limit: MAX_DEPTH + 1,
    };
    options.set_emit_comments(false);
    options
}

/// How many nodes a copy has, and how many collections inside each other.
fn weight(node: &Node) -> (usize, usize) {
    let add = |(nodes, depth): (usize, usize), child: &Node| {
        let (more, below) = weight(child);
        (nodes + more, depth.max(below + 1))
    };
    match &node.kind {
        NodeKind::Scalar(_) => (1, 0),
        NodeKind::Sequence(elements) => elements.iter().fold((1, 1), add),
        NodeKind::Mapping(entries) => {
            entries.iter().flat_map(|entry| [&entry.key, &entry.value]).fold((1, 1), add)
        }
    }
}
