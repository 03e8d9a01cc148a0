//! Documents of every style mean what another parser reads in them, and each word is found where it
//! was written.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_yaml::Value as Oracle;

use super::super::{Node, NodeKind, Value};
use super::document;

/// A document before it is written.
#[derive(Clone, Debug)]
enum Document {
    /// Written plain and not as text.
    Atom(String),
    Text(Text),
    Sequence(Vec<Document>),
    Mapping(Vec<(Text, Document)>),
}

/// Words on lines; a line may be indented further where the style allows for it.
#[derive(Clone, Debug)]
struct Text {
    lines: Vec<(bool, Vec<String>)>,
    style: Style,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

/// Choices of the writer, all from one seed.
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn once_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

struct Writer {
    out: String,
    choices: Choices,
}

impl Writer {
    fn indent(&mut self, by: usize) {
        self.out.push('\n');
        self.out.push_str(&" ".repeat(by));
    }

    /// A collection or a scalar after `key:`, `-` or nothing; `indent` is that of its lines.
    fn block(&mut self, document: &Document, indent: usize, after_dash: bool) {
        match document {
            Document::Sequence(elements) if !elements.is_empty() && !self.choices.once_in(3) => {
                for (at, element) in elements.iter().enumerate() {
                    self.begin(at == 0 && after_dash, indent);
                    self.out.push('-');
                    self.block(element, indent + 2, true);
                }
            }
            Document::Mapping(entries) if !entries.is_empty() && !self.choices.once_in(3) => {
                for (at, (key, value)) in entries.iter().enumerate() {
                    self.begin(at == 0 && after_dash, indent);
                    self.flow_text(key, None);
                    self.out.push(':');
                    let more = 1 + usize::try_from(self.choices.below(3)).unwrap();
                    self.block(value, indent + more, false);
                }
            }
            Document::Text(text) if matches!(text.style, Style::Literal | Style::Folded) => {
                self.block_text(text, indent);
            }
            other => {
                self.out.push(' ');
                self.flow(other, indent);
            }
        }
    }

    fn begin(&mut self, in_line: bool, indent: usize) {
        if in_line {
            self.out.push(' ');
            return;
        }
        if self.choices.once_in(8) {
            self.out.push_str("\n# a 'comment'");
        }
        if !self.out.is_empty() {
            self.indent(indent);
        }
    }

    fn flow(&mut self, document: &Document, indent: usize) {
        match document {
            Document::Atom(atom) => self.out.push_str(atom),
            Document::Text(text) => self.flow_text(text, Some(indent)),
            Document::Sequence(elements) => {
                self.out.push('[');
                for element in elements {
                    self.flow(element, indent);
                    self.comma(indent);
                }
                self.out.push(']');
            }
            Document::Mapping(entries) => {
                self.out.push('{');
                for (key, value) in entries {
                    self.flow_text(key, None);
                    self.out.push_str(": ");
                    self.flow(value, indent);
                    self.comma(indent);
                }
                self.out.push('}');
            }
        }
    }

    fn comma(&mut self, indent: usize) {
        self.out.push(',');
        if self.choices.once_in(4) {
            self.indent(indent + 1);
        } else {
            self.out.push(' ');
        }
    }

    /// A text in quotes or without; on several lines only where an indentation is given.
    fn flow_text(&mut self, text: &Text, indent: Option<usize>) {
        let style = match text.style {
            Style::Literal | Style::Folded => Style::Double,
            style => style,
        };
        let quote = match style {
            Style::Single => "'",
            Style::Double => "\"",
            _ => "",
        };
        self.out.push_str(quote);
        for (at, (_, words)) in text.lines.iter().enumerate() {
            if at > 0 {
                self.line_break(style, indent);
            }
            for (at, word) in words.iter().enumerate() {
                if at > 0 {
                    self.space(style, indent);
                }
                self.word(style, word);
            }
        }
        self.out.push_str(quote);
    }

    fn space(&mut self, style: Style, indent: Option<usize>) {
        match indent {
            Some(indent) if self.choices.once_in(4) => {
                if style == Style::Double && self.choices.once_in(2) {
                    self.out.push_str(" \\");
                } else if self.choices.once_in(3) {
                    self.out.push_str("  ");
                }
                self.indent(indent + 1);
            }
            _ => self.out.push(' '),
        }
    }

    /// A line break of the text: an empty line, or an escape.
    fn line_break(&mut self, style: Style, indent: Option<usize>) {
        match (style, indent) {
            (Style::Double, None) => self.out.push_str("\\n"),
            (Style::Double, _) if self.choices.once_in(2) => self.out.push_str("\\n"),
            (_, Some(indent)) => {
                self.out.push('\n');
                self.indent(indent + 1);
            }
            // A key on one line cannot have one, so it gets a space instead.
            (_, None) => self.out.push(' '),
        }
    }

    fn word(&mut self, style: Style, word: &str) {
        match style {
            Style::Single => self.out.push_str(&word.replace('\'', "''")),
            Style::Double => word.chars().for_each(|character| self.escaped(character)),
            _ => self.out.push_str(word),
        }
    }

    fn escaped(&mut self, character: char) {
        let code = u32::from(character);
        let _ = match (character, self.choices.below(12)) {
            (_, 0) if code < 0x100 => write!(self.out, "\\x{code:02x}"),
            (_, 0 | 1) if code < 0x1_0000 => write!(self.out, "\\u{code:04X}"),
            (_, 0..=2) => write!(self.out, "\\U{code:08x}"),
            ('\\' | '"', _) => write!(self.out, "\\{character}"),
            ('/', 3..=7) => write!(self.out, "\\/"),
            ('\t', _) => write!(self.out, "\\t"),
            _ => write!(self.out, "{character}"),
        };
    }

    fn block_text(&mut self, text: &Text, indent: usize) {
        let folded = text.style == Style::Folded;
        let indent = indent.max(1);
        self.out.push_str(if folded { " >" } else { " |" });
        let chomping = ["", "-", "+"][usize::try_from(self.choices.below(3)).unwrap()];
        self.out.push_str(chomping);
        if self.choices.once_in(6) {
            self.out.push_str(" # header");
        }
        for _ in 0..self.choices.below(3) / 2 {
            self.out.push('\n');
        }
        let mut before = false;
        for (at, (indented, words)) in text.lines.iter().enumerate() {
            // The first line says how far the text is indented.
            let indented = *indented && at > 0;
            if at > 0 && folded && !before && !indented {
                self.out.push('\n');
            }
            before = indented;
            self.indent(indent);
            self.out.push_str(if indented { "  " } else { "" });
            for (at, word) in words.iter().enumerate() {
                match at {
                    0 => {}
                    _ if folded && !indented && self.choices.once_in(3) => self.indent(indent),
                    _ => self.out.push(' '),
                }
                self.out.push_str(word);
            }
        }
        if chomping == "+" {
            self.out.push_str(&"\n".repeat(usize::try_from(self.choices.below(3)).unwrap()));
        }
    }
}

/// The document as a file.
fn write(document: &Document, seed: u64) -> String {
    let mut writer = Writer { out: String::new(), choices: Choices(seed) };
    let (mark, crlf) = (writer.choices.once_in(3), writer.choices.once_in(3));
    writer.block(document, 0, false);
    let text = writer.out.trim_start_matches([' ', '\n']).to_owned() + "\n";
    let text = if crlf { text.replace('\n', "\r\n") } else { text };
    if mark { "\u{feff}".to_owned() + &text } else { text }
}

fn words(pattern: &'static str) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(pattern, 1..5)
}

fn lines(pattern: &'static str) -> impl Strategy<Value = Vec<(bool, Vec<String>)>> {
    prop::collection::vec((any::<bool>(), words(pattern)), 1..4)
}

const PLAIN: &str = "[a-zA-Z中文禁止端口🔒][a-zA-Z0-9中文é🔒_./%+-]{0,6}x";
const QUOTED: &str = "[ -~中文端口é🔒\u{a0}]{0,6}[!-~中🔒]";
const BLOCK: &str = "[!-~中文端口é🔒]{1,7}";

fn text() -> impl Strategy<Value = Text> {
    let style = |style| move |lines| Text { lines, style };
    // A word in quotes neither begins nor ends with a blank: at a fold those would be lost.
    let quoted = || lines(QUOTED).prop_map(|lines| trimmed(&lines));
    prop_oneof![
        lines(PLAIN).prop_map(style(Style::Plain)),
        quoted().prop_map(style(Style::Single)),
        quoted().prop_map(style(Style::Double)),
        lines(BLOCK).prop_map(style(Style::Literal)),
        lines(BLOCK).prop_map(style(Style::Folded)),
    ]
}

fn trimmed(lines: &[(bool, Vec<String>)]) -> Vec<(bool, Vec<String>)> {
    let trim = |words: &[String]| words.iter().map(|word| word.trim_start().to_owned()).collect();
    lines.iter().map(|(indented, words)| (*indented, trim(words))).collect()
}

fn key(at: usize) -> impl Strategy<Value = Text> {
    let style = prop_oneof![Just(Style::Plain), Just(Style::Single), Just(Style::Double)];
    (words(PLAIN), style).prop_map(move |(mut words, style)| {
        // Keys of one mapping differ.
        words.push(format!("k{at}"));
        Text { lines: vec![(false, words)], style }
    })
}

fn documents() -> impl Strategy<Value = Document> {
    let atoms = prop::sample::select(vec![
        "1",
        "-7",
        "0x1F",
        "017",
        "1_000",
        "no",
        "on",
        "null",
        "~",
        "true",
        "FALSE",
        "1e3",
        "1e400",
        ".5",
        "-.inf",
        "0o17",
        "0b11",
        "12345678901234567890",
        "3.0",
        "1.2.3",
        "10.0.0.0/8",
        "2026-11-24",
    ]);
    let leaf = prop_oneof![
        1 => atoms.prop_map(|atom| Document::Atom(atom.to_owned())),
        4 => text().prop_map(Document::Text),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let entries = prop::collection::vec(inner.clone(), 0..4).prop_flat_map(|values| {
            let keys: Vec<_> = (0..values.len()).map(key).collect();
            (keys, Just(values))
        });
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Document::Sequence),
            entries.prop_map(|(keys, values)| {
                Document::Mapping(keys.into_iter().zip(values).collect())
            }),
        ]
    })
}

/// Whether another parser reads the same values.
fn same(node: &Node, oracle: &Oracle) -> bool {
    match (&node.kind, oracle) {
        (NodeKind::Sequence(elements), Oracle::Sequence(others)) => {
            elements.len() == others.len()
                && elements.iter().zip(others).all(|(element, other)| same(element, other))
        }
        (NodeKind::Mapping(entries), Oracle::Mapping(others)) => {
            entries.len() == others.len()
                && entries
                    .iter()
                    .zip(others)
                    .all(|(entry, (key, value))| same(&entry.key, key) && same(&entry.value, value))
        }
        (NodeKind::Scalar(scalar), other) => same_scalar(scalar.value(), other),
        _ => false,
    }
}

fn same_scalar(value: Value<'_>, oracle: &Oracle) -> bool {
    match (value, oracle) {
        (Value::Null, Oracle::Null) => true,
        (Value::Bool(value), Oracle::Bool(other)) => value == *other,
        (Value::Integer(value), Oracle::Number(other)) => other.as_i64() == Some(value),
        (Value::Float(value), Oracle::Number(other)) => {
            other.as_i64().is_none()
                && other
                    .as_f64()
                    .is_some_and(|other| other == value || other.is_nan() && value.is_nan())
        }
        (Value::Text(value), Oracle::String(other)) => value == other,
        _ => false,
    }
}

/// What a piece of a file says, read by the other parser in the style of its scalar.
fn decoded(node: &Node, written: &str) -> String {
    let quoted = match node.as_scalar().unwrap().style() {
        super::super::Style::SingleQuoted => format!("'{written}'"),
        super::super::Style::DoubleQuoted => format!("\"{written}\""),
        _ => return written.to_owned(),
    };
    serde_yaml::from_str(&quoted).unwrap()
}

fn check_words(node: &Node) {
    let text = node.as_scalar().unwrap().text();
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let location = node.location_of(start..start + word.len());
        assert_eq!(decoded(node, location.text()), word, "in {:?}", node.location.text());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn a_document_of_any_style_reads_as_elsewhere_and_its_words_are_found(
        tree in documents(),
        seed in any::<u64>(),
    ) {
        let file = write(&tree, seed);
        // The other parser counts a byte order mark as a column, and loses the indentation by it.
        let oracle: Oracle = serde_yaml::from_str(file.trim_start_matches('\u{feff}')).unwrap();
        let document = document(&file);
        prop_assert!(same(&document, &oracle), "{file}\n{document:#?}\n{oracle:#?}");
        for node in super::nodes(&document) {
            if node.as_scalar().is_some() {
                check_words(node);
            }
        }
    }

    #[test]
    fn a_plain_word_means_what_it_means_elsewhere(
        word in "[-+]?(0x|0o|0b|\\.)?[0-9a-fA-F_]{0,5}[.eE]?[-+]?[0-9]{1,25}|[-+.]?(inf|nan|NaN|Inf|true|null|~)",
    ) {
        let file = format!("- {word}");
        // The other parser has no value for integers beyond 64 bits.
        if let Ok(oracle) = serde_yaml::from_str::<Oracle>(&file) {
            let document = document(&file);
            prop_assert!(same(&document, &oracle), "{document:?} {oracle:?}");
        }
    }

    #[test]
    fn no_text_makes_it_panic_and_every_place_lies_in_the_text(
        text in "([-?:,\\[\\]{}#&*!|>'\"%@` \n\r\tab\\\\\u{feff}中]|: |- |\n  ){0,40}",
    ) {
        let source = super::source(&text);
        match super::super::parse(&source) {
            Ok(None) => {}
            Ok(Some(document)) => {
                for node in super::nodes(&document) {
                    prop_assert!(text.get(node.location.span.range()).is_some(), "{node:?}");
                    let length = node.as_scalar().map_or(0, |scalar| scalar.text().len());
                    for start in 0..length {
                        let span = node.location_of(start..start + 1).span;
                        prop_assert!(text.get(span.range()).is_some(), "{node:?}");
                    }
                }
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    let (start, length) = problem.place.bytes().unwrap();
                    let (start, length) = (usize::try_from(start).unwrap(), usize::try_from(length).unwrap());
                    prop_assert!(text.get(start..start + length).is_some(), "{problem:?}");
                }
            }
        }
    }
}
