//! An `Item` is a YAML value under its key; a `Form` is a mapping of known keys. Both say what they
//! expected where they find something else.

use jiff::civil::Date;

use super::Written;
use super::error::{DraftError, suggestion};
use crate::text::{Location, Place, Problem, Span, nearest};
use crate::yaml::{Entry, Node, NodeKind, Value};

/// A value together with the key it stands under, which is underlined where the value is nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub key: &'a Node,
    pub node: &'a Node,
}

impl<'a> Item<'a> {
    pub(super) fn of(entry: &'a Entry) -> Self {
        Self { key: &entry.key, node: &entry.value }
    }

    /// The key's text.
    pub(super) fn name(self) -> &'a str {
        text_of(self.key)
    }

    /// What to underline: the value's first line, or its key where there is no value.
    pub(super) fn place(self) -> Location {
        if self.node.location.span.is_empty() {
            self.key.location.clone()
        } else {
            first_line(&self.node.location)
        }
    }

    /// Key and value, for what is wrong between them.
    pub(super) fn location(self) -> Location {
        joined(&self.key.location, &self.node.location)
    }

    /// An error at the value.
    pub(super) fn problem(self, error: &DraftError, label: &str) -> Problem {
        Problem::new(error, Place::Text(self.place())).labelled(label)
    }

    /// An error at the key.
    pub(super) fn key_problem(self, error: &DraftError, label: &str) -> Problem {
        Problem::new(error, Place::Text(self.key.location.clone())).labelled(label)
    }

    /// Something else was expected.
    pub(super) fn wrong(self, expected: &'static str) -> Problem {
        self.wrong_with(expected, None)
    }

    /// The same with words on what to do.
    pub(super) fn wrong_with(self, expected: &'static str, help: Option<String>) -> Problem {
        let error = DraftError::WrongShape { expected, found: found(self.node), help };
        self.problem(&error, "this")
    }

    /// The key has nothing in it.
    pub(super) fn empty(self) -> Problem {
        let key = self.name().to_owned();
        self.key_problem(&DraftError::EmptyList { key }, "nothing in it")
    }

    /// Whether the value is left out, or `null`.
    pub(super) fn is_null(self) -> bool {
        self.node.as_scalar().is_some_and(|scalar| matches!(scalar.value(), Value::Null))
    }

    /// A text that says something, without the white space around it.
    pub(super) fn text(self, problems: &mut Vec<Problem>) -> Option<String> {
        let scalar = self.node.as_scalar();
        let problem = match scalar.map(|scalar| scalar.value()) {
            Some(Value::Text(text)) if !text.trim().is_empty() => {
                return Some(text.trim().to_owned());
            }
            Some(Value::Bool(_) | Value::Integer(_) | Value::Float(_)) => {
                let help = format!("quote it: `\"{}\"`", text_of(self.node));
                self.wrong_with("a text", Some(help))
            }
            Some(Value::Text(_) | Value::Null) => {
                let help = format!("write some words for `{}`", self.name());
                self.wrong_with("a text", Some(help))
            }
            None => self.wrong("a text"),
        };
        problems.push(problem);
        None
    }

    /// A list with at least one element; each keeps the list's key.
    pub(super) fn list(
        self,
        expected: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<Vec<Self>> {
        let nodes = self.node.as_sequence().unwrap_or_default();
        if !nodes.is_empty() {
            let key = self.key;
            return Some(nodes.iter().map(|node| Self { key, node }).collect());
        }
        problems.push(match &self.node.kind {
            NodeKind::Sequence(_) => self.empty(),
            NodeKind::Scalar(_) if self.is_null() => self.empty(),
            NodeKind::Scalar(_) => {
                let help = "begin each element with `- `, or write `[…]`".to_owned();
                self.wrong_with(expected, Some(help))
            }
            NodeKind::Mapping(_) => {
                self.wrong_with(expected, Some("begin each element with `- `".to_owned()))
            }
        });
        None
    }

    /// A whole number from 0 on.
    pub(super) fn number(self, problems: &mut Vec<Problem>) -> Option<u64> {
        let scalar = self.node.as_scalar().map(|scalar| scalar.value());
        if let Some(Value::Integer(number)) = scalar
            && let Ok(number) = u64::try_from(number)
        {
            return Some(number);
        }
        problems.push(self.wrong("a whole number from 0 on"));
        None
    }

    /// `true` or `false`.
    pub(super) fn boolean(self, problems: &mut Vec<Problem>) -> Option<bool> {
        match self.node.as_scalar().map(|scalar| scalar.value()) {
            Some(Value::Bool(value)) => Some(value),
            _ => {
                problems.push(self.wrong("`true` or `false`"));
                None
            }
        }
    }

    /// A calendar day: `2026-12-31`.
    pub(super) fn date(self, problems: &mut Vec<Problem>) -> Option<Date> {
        let text = self.text(problems)?;
        // The parser also takes times and other spellings, which would hide a slip of the pen.
        let date: Option<Date> = text.parse().ok().filter(|date: &Date| date.to_string() == text);
        if date.is_none() {
            let text = text_of(self.node).to_owned();
            problems.push(self.problem(&DraftError::BadDate { text }, "not a date"));
        }
        date
    }

    /// A list of texts.
    pub(super) fn texts(self, problems: &mut Vec<Problem>) -> Vec<String> {
        let items = self.list("a list of texts", problems).unwrap_or_default();
        items.into_iter().filter_map(|item| item.text(problems)).collect()
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        self,
        choices: &[T],
        name: fn(T) -> &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let text = self.text(problems)?;
        let chosen = choices.iter().copied().find(|choice| name(*choice) == text);
        if chosen.is_none() {
            let error = DraftError::UnknownValue {
                help: suggestion(&text, choices.iter().map(|choice| name(*choice))),
                key: self.name().to_owned(),
                value: text,
            };
            problems.push(self.problem(&error, "unknown"));
        }
        chosen
    }
}

/// What the top level of a kind of file looks like.
#[derive(Debug)]
pub(super) struct Document {
    /// The kind of file, with an article.
    pub within: &'static str,
    /// The keys that it may have.
    pub keys: &'static [&'static str],
    /// What was expected where it is no mapping.
    pub expected: &'static str,
    /// What to do then.
    pub help: &'static str,
}

/// A mapping whose keys are all known.
#[derive(Debug)]
pub(super) struct Form<'a> {
    entries: &'a [Entry],
    within: &'static str,
    keys: &'static [&'static str],
    place: Location,
}

impl<'a> Form<'a> {
    /// A file's top level.
    pub(super) fn of_document(
        root: &'a Node,
        document: &'static Document,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let Document { within, keys, expected, help } = document;
        if let Some(entries) = root.as_mapping() {
            return Self::open(entries, (root, within), keys, problems);
        }
        let help = Some((*help).to_owned());
        let error = DraftError::WrongShape { expected, found: found(root), help };
        let place = Place::Text(first_line(&root.location));
        problems.push(Problem::new(&error, place).labelled("this"));
        None
    }

    /// A mapping under a key; `within` is what it describes.
    pub(super) fn of(
        item: Item<'a>,
        within: &'static str,
        keys: &'static [&'static str],
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        match item.node.as_mapping() {
            Some(entries) => Self::open(entries, (item.node, within), keys, problems),
            None => {
                let help = format!("{within} has the keys {}", listed(keys));
                problems.push(item.wrong_with("a mapping", Some(help)));
                None
            }
        }
    }

    fn open(
        entries: &'a [Entry],
        (node, within): (&Node, &'static str),
        keys: &'static [&'static str],
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        for entry in entries {
            let key = text_of(&entry.key);
            if !keys.contains(&key) {
                let error = DraftError::UnknownKey {
                    key: key.to_owned(),
                    within,
                    help: elsewhere(key)
                        .map_or_else(|| suggestion(key, keys.iter().copied()), str::to_owned),
                };
                problems.push(Item::of(entry).key_problem(&error, "unknown key"));
            }
        }
        let first = entries.first().map(|entry| &entry.key.location);
        Some(Self { entries, within, keys, place: first.unwrap_or(&node.location).clone() })
    }

    /// The first key, or the empty mapping.
    pub(super) fn place(&self) -> Location {
        self.place.clone()
    }

    /// The value of a key.
    pub(super) fn item(&self, key: &str) -> Option<Item<'a>> {
        self.entries.iter().find(|entry| text_of(&entry.key) == key).map(Item::of)
    }

    /// The value of a key that must be there.
    pub(super) fn required(
        &self,
        key: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<Item<'a>> {
        let item = self.item(key);
        if item.is_none() {
            problems.extend(self.missing(key));
        }
        item
    }

    /// A key is missing; nothing where another key is so near that it was told already.
    pub(super) fn missing(&self, key: &'static str) -> Option<Problem> {
        let names = || self.entries.iter().map(Entry::name);
        if names().any(|name| nearest(name, self.keys.iter().copied()) == Some(key)) {
            return None;
        }
        let within = self.within;
        let error = DraftError::MissingKey { key, within };
        Some(self.problem(&error, &format!("`{key}` is missing")))
    }

    /// An error of the mapping as a whole.
    pub(super) fn problem(&self, error: &DraftError, label: &str) -> Problem {
        Problem::new(error, Place::Text(self.place())).labelled(label)
    }

    /// A text that may be left out.
    pub(super) fn written(&self, key: &str, problems: &mut Vec<Problem>) -> Written {
        let Some(item) = self.item(key) else {
            return Written::Omitted;
        };
        match item.text(problems) {
            Some(text) => Written::Text(text, words_of(item.node)),
            None => Written::Unreadable,
        }
    }

    /// What `read` makes of a key's value; nothing where the key is left out.
    pub(super) fn read<T: Default>(
        &self,
        key: &str,
        problems: &mut Vec<Problem>,
        read: impl FnOnce(Item<'a>, &mut Vec<Problem>) -> T,
    ) -> T {
        match self.item(key) {
            Some(item) => read(item, problems),
            None => T::default(),
        }
    }
}

/// What to do with a key that is right in another kind of file.
fn elsewhere(key: &str) -> Option<&'static str> {
    match key {
        "waivers" | "max_waiver_days" => Some("waivers have a file of their own: `--waivers PATH`"),
        "policies" => Some("policies have a file of their own: `--policies PATH`"),
        _ => None,
    }
}

/// Decoded text of a scalar; nothing for a collection.
pub(super) fn text_of(node: &Node) -> &str {
    node.as_scalar().map_or("", |scalar| scalar.text())
}

/// Where the text of a scalar stands, without its quotes.
pub(super) fn words_of(node: &Node) -> Location {
    node.location_of(0..text_of(node).len())
}

/// From one place to another; just the first where an alias put the second elsewhere.
pub(super) fn joined(first: &Location, last: &Location) -> Location {
    if last.span.start < first.span.end {
        return first.clone();
    }
    first.at(first.span.to(last.span))
}

/// What a value is, in words.
fn found(node: &Node) -> &'static str {
    match node.as_scalar().map(|scalar| scalar.value()) {
        Some(Value::Text(text)) if text.trim().is_empty() => "an empty text",
        _ => node.kind.name(),
    }
}

fn listed(keys: &[&str]) -> String {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    quoted.join(", ")
}

/// The first line of a place that may go over many.
fn first_line(location: &Location) -> Location {
    let line = location.text().lines().next().unwrap_or_default();
    let start = location.span.start;
    location.at(Span::new(start, start + line.trim_end().len()))
}
