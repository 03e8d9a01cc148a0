//! `Unlisted` collects what a response holds beside the members that its descriptor lists: failures and
//! announcements of more, which count at every level, records in another place, and the unexplained.

use std::collections::HashSet;
use std::io::Read;
use std::sync::Arc;

use crate::json::{Kind, Number, Reader, decode_lossy};
use crate::operation::Operation;
use crate::text::{Mark, Place};

use super::flaw::Error;
use super::page::ApiError;
use super::read::Stop;
use super::words::{Word, folded, is_like_json};

/// Characters of an API's text that are repeated.
const MAX_TEXT: usize = 300;

/// Unlisted scalars of a page that are reported.
const MAX_SCALARS: usize = 20;

/// A member with its place.
#[derive(Clone, Debug)]
pub(super) struct Unusual {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) mark: Mark,
}

impl Unusual {
    pub(super) fn of(name: &str, mark: Mark) -> Self {
        Self { name: name.to_owned(), value: String::new(), mark }
    }
}

/// What a response holds beside its listed members; of each kind the first.
#[derive(Debug, Default)]
pub(super) struct Unlisted {
    /// What the answer states if it is an error.
    pub(super) error: ApiError,
    /// The first member that does not say success.
    pub(super) failure: Option<Unusual>,
    /// What announces more records.
    pub(super) more: Option<Unusual>,
    /// A second list of objects, or a second wrapper.
    pub(super) second: Option<Unusual>,
    /// An object, a list that is not empty, or a text like JSON.
    pub(super) structured: Option<Unusual>,
    /// Numbers that are called as the total.
    pub(super) totals: Vec<(u64, Mark)>,
    /// Any other scalar.
    pub(super) scalars: Vec<Unusual>,
}

/// Where in a response a member lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Beside listed members.
    Response,
    /// Among the headers of HTTP: texts are nothing unusual there.
    Headers,
    /// It is listed itself, or lies within a member that is unlisted.
    Within,
    /// In a list of objects, which may be records: their words are about them.
    Rows,
}

/// A reader within a response.
pub(super) struct Cursor<'a, R> {
    pub(super) reader: &'a mut Reader<R>,
    pub(super) source: Arc<str>,
    pub(super) operation: &'a Operation,
    pub(super) level: Level,
    /// The text that is read as JSON.
    pub(super) text: Option<Mark>,
}

impl<R: Read> Cursor<'_, R> {
    fn mark(&mut self) -> Mark {
        if let Some(mark) = &self.text {
            return mark.clone();
        }
        let position = self.reader.position();
        let source = Arc::clone(&self.source);
        Mark { source, position, offset: self.reader.offset(), length: 1 }
    }

    fn unusual(&mut self, name: &str, value: &str) -> Unusual {
        Unusual { name: name.to_owned(), value: value.to_owned(), mark: self.mark() }
    }

    /// Goes into a member; what lies in rows stays there. Returns the level to come back to.
    fn enter(&mut self, level: Level) -> Level {
        let inner = if self.level == Level::Rows { Level::Rows } else { level };
        std::mem::replace(&mut self.level, inner)
    }

    /// Takes a key that must not have come before in its object.
    pub(super) fn once(&mut self, keys: &mut HashSet<String>, key: &str) -> Result<(), Stop> {
        if keys.insert(key.to_owned()) {
            return Ok(());
        }
        let problem = Error::DuplicateKey(key.to_owned()).at(Place::Evidence(self.mark()));
        Err(Stop::Shape(Box::new(problem)))
    }

    fn word(&self, key: &str) -> Word {
        if self.level == Level::Rows { Word::Other } else { Word::of(key) }
    }

    /// Whether a member is called as what holds the records or the total, or as the body of a wrapper.
    fn is_wrapper(&self, key: &str) -> bool {
        let key = folded(key);
        let heads = self.operation.response.iter().filter(|path| path.len() > 1);
        let names = self.operation.records.iter().chain(heads.filter_map(|path| path.first()));
        key == "body" || names.into_iter().any(|name| folded(name) == key)
    }

    fn is_identity(&self, key: &str) -> bool {
        let schema = &self.operation.schema;
        self.operation.identity.iter().any(|id| schema.field(*id).name.eq_ignore_ascii_case(key))
    }
}

impl Unlisted {
    /// The error that the response is, in its own words or else by the first member that makes it one.
    pub(super) fn api_error(&self) -> Option<ApiError> {
        let failure = self.failure.as_ref()?;
        let mut error = self.error.clone();
        if error.code.is_none() && error.message.is_none() {
            error.message = Some(format!("{}: {}", failure.name, failure.value));
        }
        Some(error)
    }

    /// Reads the value of a member; keys that come twice in any of its objects are an error.
    pub(super) fn member<R: Read>(
        &mut self,
        cursor: &mut Cursor<'_, R>,
        key: &str,
    ) -> Result<(), Stop> {
        match cursor.reader.peek()? {
            Some(Kind::Object) => self.object(cursor, key),
            Some(Kind::Array) => self.array(cursor, key),
            _ => self.scalar(cursor, key),
        }
    }

    fn object<R: Read>(&mut self, cursor: &mut Cursor<'_, R>, key: &str) -> Result<(), Stop> {
        let unusual = cursor.unusual(key, "an object");
        let word = cursor.word(key);
        self.structure(cursor, &unusual, word);
        let level = cursor.enter(Level::Within);
        let mut keys = HashSet::new();
        let mut inner = String::new();
        let mut identity = 0;
        cursor.reader.begin_object()?;
        while cursor.reader.next_key(&mut inner)? {
            cursor.once(&mut keys, &inner)?;
            identity += usize::from(cursor.is_identity(&inner));
            if cursor.is_wrapper(&inner) {
                self.second.get_or_insert_with(|| unusual.clone());
            }
            self.member(cursor, &inner)?;
        }
        cursor.level = level;
        if identity > 0 && identity >= cursor.operation.identity.len() {
            self.second.get_or_insert_with(|| unusual.clone());
        }
        if !keys.is_empty() {
            self.bad(word, unusual);
        }
        Ok(())
    }

    fn array<R: Read>(&mut self, cursor: &mut Cursor<'_, R>, key: &str) -> Result<(), Stop> {
        let unusual = cursor.unusual(key, "a list");
        let word = cursor.word(key);
        let level = cursor.level;
        let mut is_empty = true;
        cursor.reader.begin_array()?;
        while cursor.reader.next_element()? {
            if std::mem::take(&mut is_empty) && level != Level::Headers {
                self.structure(cursor, &unusual, word);
            }
            let is_object = cursor.reader.peek()? == Some(Kind::Object);
            if is_object {
                self.second.get_or_insert_with(|| unusual.clone());
            }
            cursor.enter(if is_object { Level::Rows } else { Level::Within });
            self.member(cursor, key)?;
            cursor.level = level;
        }
        if !is_empty {
            self.bad(word, unusual);
        }
        Ok(())
    }

    fn scalar<R: Read>(&mut self, cursor: &mut Cursor<'_, R>, key: &str) -> Result<(), Stop> {
        let mut mark = cursor.mark();
        let raw = cursor.reader.scalar()?;
        if cursor.text.is_none() {
            mark.length = raw.text.len() as u64;
        }
        let kind = raw.kind;
        let text = if kind == Kind::String { decode_lossy(raw.text) } else { raw.text.to_owned() };
        let word = cursor.word(key);
        let value = text.chars().take(MAX_TEXT).collect();
        let unusual = Unusual { name: key.to_owned(), value, mark };
        if word == Word::Request {
            self.error.request.get_or_insert_with(|| unusual.value.clone());
        }
        if kind == Kind::String && is_like_json(&text) {
            self.structure(cursor, &unusual, word);
            self.json(cursor, &text, &unusual);
        } else if word == Word::Other && kind != Kind::Null {
            self.drift(cursor, &unusual);
        }
        if word.is_bad(kind, &text) {
            self.bad(word, unusual);
        }
        Ok(())
    }

    /// Keeps what does not say success, or announces more.
    fn bad(&mut self, word: Word, unusual: Unusual) {
        let slot = match word {
            Word::Other | Word::Request => return,
            Word::More => &mut self.more,
            Word::Status | Word::Outcome | Word::Error => {
                let name = folded(&unusual.name);
                let said = match word {
                    Word::Status => None,
                    _ if name.ends_with("code") => Some(&mut self.error.code),
                    _ if name.ends_with("message") || name.ends_with("msg") => {
                        Some(&mut self.error.message)
                    }
                    _ => None,
                };
                said.map(|said| said.get_or_insert_with(|| unusual.value.clone()));
                &mut self.failure
            }
        };
        slot.get_or_insert(unusual);
    }

    /// Keeps what may hold records, unless its name says that it is about something else.
    fn structure<R: Read>(&mut self, cursor: &Cursor<'_, R>, unusual: &Unusual, word: Word) {
        if cursor.is_wrapper(&unusual.name) {
            self.second.get_or_insert_with(|| unusual.clone());
        }
        if matches!(word, Word::Other | Word::Request) {
            self.structured.get_or_insert_with(|| unusual.clone());
        }
    }

    /// Looks into a text that begins like JSON; what lies in a text within it is not looked for.
    fn json<R: Read>(&mut self, cursor: &Cursor<'_, R>, text: &str, unusual: &Unusual) {
        if cursor.text.is_some() {
            self.second.get_or_insert_with(|| unusual.clone());
            return;
        }
        let mut inner = Cursor {
            reader: &mut Reader::new(text.as_bytes()),
            source: Arc::clone(&cursor.source),
            operation: cursor.operation,
            level: Level::Within,
            text: Some(unusual.mark.clone()),
        };
        // Damaged JSON stays a text that begins like it.
        while let Ok(Some(_)) = inner.reader.peek() {
            if self.member(&mut inner, &unusual.name).is_err() {
                break;
            }
        }
    }

    fn drift<R: Read>(&mut self, cursor: &Cursor<'_, R>, unusual: &Unusual) {
        let total = cursor.operation.total.as_ref().and_then(|path| path.last());
        if total.is_some_and(|total| folded(total) == folded(&unusual.name)) {
            let count = match Number::parse(&unusual.value) {
                Some(Number::Integer(count)) => u64::try_from(count).ok(),
                _ => None,
            };
            // Of two that differ one is not the total.
            let is_new = |count: &u64| self.totals.iter().all(|(own, _)| own != count);
            if let Some(count) = count.filter(is_new).filter(|_| self.totals.len() < 2) {
                self.totals.push((count, unusual.mark.clone()));
            }
        }
        if cursor.level == Level::Response && self.scalars.len() < MAX_SCALARS {
            self.scalars.push(unusual.clone());
        }
    }
}
