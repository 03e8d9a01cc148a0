//! What a reader says where it cannot go on. Places are counted from its cursor.

use std::io::Read;

use super::error::{EXCERPT_BYTES, Error, ErrorKind};
use super::reader::{Reader, State};
use super::scan::Flaw;
use super::window::Ending;

impl<R: Read> Reader<R> {
    #[cold]
    pub(super) fn fault(&mut self, flaw: Flaw, at: usize) -> Error {
        self.error(at, |text| ErrorKind::of(flaw, text))
    }

    #[cold]
    pub(super) fn no_value(&mut self) -> Error {
        match (self.depth, self.state) {
            (0, State::Start) => self.error(0, ErrorKind::not_json),
            (0, State::After | State::AfterWord) => self.error(0, ErrorKind::trailing),
            _ => self.fault(Flaw::Value, 0),
        }
    }

    #[cold]
    pub(super) fn unexpected(&mut self, expected: &'static str) -> Error {
        self.error(0, |text| {
            let found = text.chars().next().map(|first| format!("`{first}`"));
            (ErrorKind::Unexpected { found: found.unwrap_or_default(), expected }, 1)
        })
    }

    #[cold]
    pub(super) fn too_long(&mut self) -> Error {
        let longest = self.window.longest() / 1024 / 1024;
        self.error(0, |_| (ErrorKind::TooLong(longest), 1))
    }

    pub(super) fn error(&mut self, at: usize, kind: impl Fn(&str) -> (ErrorKind, usize)) -> Error {
        // What is said must not depend on where the window ends.
        while self.window.rest().len() < at + EXCERPT_BYTES && self.more() {}
        let (kind, length) = kind(self.window.rest().get(at..).unwrap_or_default());
        let place = self.window.cursor() + at;
        Error {
            kind,
            offset: self.window.offset(place),
            position: self.window.position(place),
            length: length as u64,
        }
    }

    /// Why the input does not go on.
    #[cold]
    pub(super) fn ended(&mut self) -> Error {
        let rest = self.window.rest().len();
        let place = self.window.cursor() + rest;
        let whole = self.depth == 0 && rest == 0;
        let (kind, beyond, length) = match self.window.ending() {
            Some(Ending::Failed(kind, length)) => (kind.clone(), 0, *length),
            Some(Ending::Cut(length)) if whole => (ErrorKind::Utf8, 0, *length),
            Some(Ending::Cut(length)) => (ErrorKind::Truncated, *length, 0),
            Some(Ending::Input) | None => (ErrorKind::Truncated, 0, 0),
        };
        Error {
            kind,
            offset: self.window.offset(place) + beyond as u64,
            position: self.window.position(place),
            length: length as u64,
        }
    }
}
