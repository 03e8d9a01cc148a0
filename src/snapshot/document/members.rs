//! Takes the members of a snapshot document one by one: each that there is exactly once, none beside
//! them, every value of its type.

use std::collections::HashSet;
use std::io::Read;
use std::sync::Arc;

use jiff::Timestamp;

use crate::json::{Kind, Number, Reader, decode};
use crate::text::{Mark, Place, Problem};

use super::super::flaw;
use super::error::Error;

pub(super) type Decoded<T> = Result<T, Box<Problem>>;

/// A document while it is read.
pub(super) struct Members<'a, R> {
    pub(super) reader: Reader<R>,
    pub(super) source: &'a Arc<str>,
}

impl<R: Read> Members<'_, R> {
    /// The object at the cursor: `take` is called with the place of each of `names` in them and reads its
    /// value. A name that ends in `?` may be left out. `path` is what the object is called.
    pub(super) fn object(
        &mut self,
        path: &str,
        names: &[&str],
        take: &mut dyn FnMut(&mut Self, usize) -> Decoded<()>,
    ) -> Decoded<()> {
        let place = self.place()?;
        if self.kind()? != Some(Kind::Object) {
            return Err(self.not(path, "an object")?);
        }
        self.reader.begin_object().map_err(self.json())?;
        let mut seen = vec![false; names.len()];
        let mut key = String::new();
        while self.reader.next_key(&mut key).map_err(self.json())? {
            let here = self.place()?;
            let index = names.iter().position(|name| name.trim_end_matches('?') == key);
            let Some((index, seen)) = index.and_then(|index| Some((index, seen.get_mut(index)?)))
            else {
                return Err(Error::Unknown(below(path, &key)).at(here).into());
            };
            if std::mem::replace(seen, true) {
                return Err(flaw::Error::DuplicateKey(key).at(here).into());
            }
            take(self, index)?;
        }
        let missing = names.iter().zip(seen).find(|(name, seen)| !seen && !name.ends_with('?'));
        match missing {
            Some((name, _)) => Err(Error::Missing(below(path, name)).at(place).into()),
            None => Ok(()),
        }
    }

    /// The object at the cursor as names and texts; no name twice.
    pub(super) fn texts(&mut self, path: &str) -> Decoded<Vec<(String, String)>> {
        if self.kind()? != Some(Kind::Object) {
            return Err(self.not(path, "an object")?);
        }
        self.reader.begin_object().map_err(self.json())?;
        let mut texts = Vec::new();
        let mut seen = HashSet::new();
        let mut key = String::new();
        while self.reader.next_key(&mut key).map_err(self.json())? {
            if !seen.insert(key.clone()) {
                let place = self.place()?;
                return Err(flaw::Error::DuplicateKey(key).at(place).into());
            }
            let value = self.text(&below(path, &key))?;
            texts.push((key.clone(), value));
        }
        Ok(texts)
    }

    /// The list at the cursor: `take` is called with the number of each element, from 0, and reads it.
    pub(super) fn list(
        &mut self,
        path: &str,
        take: &mut dyn FnMut(&mut Self, usize) -> Decoded<()>,
    ) -> Decoded<()> {
        if self.kind()? != Some(Kind::Array) {
            return Err(self.not(path, "a list")?);
        }
        self.reader.begin_array().map_err(self.json())?;
        let mut index = 0;
        while self.reader.next_element().map_err(self.json())? {
            take(self, index)?;
            index += 1;
        }
        Ok(())
    }

    pub(super) fn text(&mut self, path: &str) -> Decoded<String> {
        self.place_and_text(path).map(|(_, text)| text)
    }

    /// A text, and where it stands.
    pub(super) fn place_and_text(&mut self, path: &str) -> Decoded<(Mark, String)> {
        if self.kind()? != Some(Kind::String) {
            return Err(self.not(path, "a text")?);
        }
        let mut mark = self.mark()?;
        let raw = self.reader.scalar();
        let raw = raw.map_err(|error| Box::new(error.problem(self.source)))?;
        mark.length = raw.text.len() as u64;
        let mut text = String::new();
        let whole = decode(raw.text, &mut text).map(str::to_owned);
        match whole {
            Ok(text) => Ok((mark, text)),
            Err(_) => {
                Err(Error::Member { path: path.to_owned(), expected: "a text of characters" }
                    .at(Place::Evidence(mark))
                    .into())
            }
        }
    }

    pub(super) fn optional_text(&mut self, path: &str) -> Decoded<Option<String>> {
        if self.null()? { Ok(None) } else { self.text(path).map(Some) }
    }

    pub(super) fn time(&mut self, path: &str) -> Decoded<Timestamp> {
        let (mark, text) = self.place_and_text(path)?;
        text.parse().map_err(|_| {
            let expected = "a time such as `2026-11-24T00:00:00Z`";
            Error::Member { path: path.to_owned(), expected }.at(Place::Evidence(mark)).into()
        })
    }

    /// A count, or null.
    pub(super) fn count(&mut self, path: &str) -> Decoded<()> {
        let place = self.place()?;
        let raw = match self.kind()? {
            Some(Kind::Number | Kind::Null) => self.reader.scalar(),
            _ => return Err(self.not(path, "a count")?),
        };
        let raw = raw.map_err(|error| Box::new(error.problem(self.source)))?;
        let is_count = raw.kind == Kind::Null
            || matches!(Number::parse(raw.text), Some(Number::Integer(count)) if count >= 0);
        match is_count {
            true => Ok(()),
            false => {
                Err(Error::Member { path: path.to_owned(), expected: "a count" }.at(place).into())
            }
        }
    }

    /// True, false or null.
    pub(super) fn truth(&mut self, path: &str) -> Decoded<Option<bool>> {
        let truth = match self.kind()? {
            Some(Kind::True) => Some(true),
            Some(Kind::False) => Some(false),
            Some(Kind::Null) => None,
            _ => return Err(self.not(path, "true, false or null")?),
        };
        self.reader.skip().map_err(self.json())?;
        Ok(truth)
    }

    /// Whether null is next, which is stepped over.
    pub(super) fn null(&mut self) -> Decoded<bool> {
        let is_null = self.kind()? == Some(Kind::Null);
        if is_null {
            self.reader.skip().map_err(self.json())?;
        }
        Ok(is_null)
    }

    pub(super) fn kind(&mut self) -> Decoded<Option<Kind>> {
        self.reader.peek().map_err(self.json())
    }

    /// The place of the value at the cursor.
    pub(super) fn place(&mut self) -> Decoded<Place> {
        self.mark().map(Place::Evidence)
    }

    pub(super) fn mark(&mut self) -> Decoded<Mark> {
        self.kind()?;
        let position = self.reader.position();
        let (source, offset) = (Arc::clone(self.source), self.reader.offset());
        Ok(Mark { source, position, offset, length: 1 })
    }

    fn not(&mut self, path: &str, expected: &'static str) -> Decoded<Box<Problem>> {
        let place = self.place()?;
        Ok(Error::Member { path: path.to_owned(), expected }.at(place).into())
    }

    pub(super) fn json(&self) -> impl FnOnce(crate::json::Error) -> Box<Problem> + use<R> {
        let source = Arc::clone(self.source);
        move |error| Box::new(error.problem(&source))
    }
}

/// What a member of an object is called.
fn below(path: &str, name: &str) -> String {
    let name = name.trim_end_matches('?');
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
