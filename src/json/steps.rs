//! The single steps that a reader is made of: whitespace and commas, keys, tokens, in and out of
//! objects and arrays, and reading on where the window ends.

use std::io::Read;

use super::MAX_DEPTH;
use super::error::Error;
use super::reader::{Last, Reader, State};
use super::record;
use super::scan::{Flaw, Scanner};
use super::value::Kind;
use super::window::Ending;

impl<R: Read> Reader<R> {
    #[inline]
    pub(super) fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    /// The next byte that is no whitespace.
    #[inline]
    pub(super) fn next_byte(&mut self) -> Result<Option<u8>, Error> {
        loop {
            let mut scanner = Scanner::new(self.window.rest());
            let byte = scanner.next_solid();
            let passed = scanner.at();
            self.window.advance(passed);
            if let Ok(byte) = byte {
                return Ok(Some(byte));
            }
            if !self.more() {
                return match self.window.ending() {
                    Some(Ending::Input) | None => Ok(None),
                    Some(Ending::Cut(_) | Ending::Failed(..)) => Err(self.ended()),
                };
            }
        }
    }

    /// After a number or a word at the top level: what follows must not be part of another.
    pub(super) fn separate(&mut self) -> Result<(), Error> {
        if self.window.peek().is_none() {
            self.more();
        }
        match self.window.peek() {
            None
            | Some(b' ' | b'\n' | b'\r' | b'\t' | b'"' | b'[' | b']' | b'{' | b'}' | b',' | b':') =>
            {
                self.state = State::After;
                Ok(())
            }
            Some(_) => Err(self.no_value()),
        }
    }

    /// The kind of the value at the cursor, where there must be one.
    #[inline]
    pub(super) fn value(&mut self) -> Result<Kind, Error> {
        match self.peek()? {
            Some(kind) => Ok(kind),
            None => Err(self.ended()),
        }
    }

    #[inline]
    pub(super) fn require(&mut self, kind: Kind, expected: &'static str) -> Result<(), Error> {
        if self.value()? == kind { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    pub(super) fn enter(&mut self, object: bool) -> Result<(), Error> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fault(Flaw::Depth, 0));
        }
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(object);
        self.window.advance(1);
        self.state = State::First;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.window.advance(1);
        self.depth = self.depth.saturating_sub(1);
        self.objects >>= 1;
        self.state = State::After;
    }

    /// Steps over a comma to what follows it, or out of what ends here.
    #[inline]
    pub(super) fn another(&mut self, close: u8, flaw: Flaw) -> Result<bool, Error> {
        let byte = self.inner_byte()?;
        if byte == close && self.state != State::Value {
            self.leave();
            return Ok(false);
        }
        if self.state != State::First {
            if byte != b',' {
                return Err(self.fault(flaw, 0));
            }
            self.window.advance(1);
            self.inner_byte()?;
        }
        self.state = State::Value;
        Ok(true)
    }

    /// The next byte that is no whitespace, where the input must not end.
    #[inline]
    pub(super) fn inner_byte(&mut self) -> Result<u8, Error> {
        match self.window.peek() {
            Some(byte) if byte > b' ' => Ok(byte),
            _ => match self.next_byte()? {
                Some(byte) => Ok(byte),
                None => Err(self.ended()),
            },
        }
    }

    /// Moves to the next key; returns the length of its token. `None` when the object has ended.
    pub(super) fn key_end(&mut self) -> Result<Option<usize>, Error> {
        if self.state == State::Value {
            self.skip()?;
        }
        if !self.in_object() {
            return Err(self.fault(Flaw::ObjectEnd, 0));
        }
        if !self.another(b'}', Flaw::ObjectEnd)? {
            return Ok(None);
        }
        if self.window.peek() != Some(b'"') {
            return Err(self.fault(Flaw::Key, 0));
        }
        self.token(b'"').map(Some)
    }

    /// Steps over a key and its colon to the value.
    pub(super) fn leave_key(&mut self, length: usize) -> Result<(), Error> {
        self.window.advance(length);
        if self.inner_byte()? != b':' {
            return Err(self.fault(Flaw::Colon, 0));
        }
        self.window.advance(1);
        self.inner_byte()?;
        Ok(())
    }

    pub(super) fn pass_key(&mut self) -> Result<bool, Error> {
        match self.key_end()? {
            Some(length) => self.leave_key(length).map(|()| true),
            None => Ok(false),
        }
    }

    /// Skips the value at the cursor, or enters it if it is one that may be long.
    pub(super) fn skip_or_enter(&mut self, outer: usize) -> Result<(), Error> {
        let kind = self.value()?;
        if !matches!(kind, Kind::Object | Kind::Array) {
            let (kind, length) = self.scalar_end()?;
            self.leave_value(kind, length);
            return Ok(());
        }
        // Most are at hand as a whole. Trying it on a few levels only bounds what is scanned in vain.
        if self.depth - outer < 3 {
            let (length, outcome) = record::skip(self.window.rest(), self.depth + 1);
            match outcome {
                Ok(()) => {
                    self.leave_value(kind, length);
                    return Ok(());
                }
                Err(Flaw::End) => {}
                Err(flaw) => return Err(self.fault(flaw, length)),
            }
        }
        self.enter(kind == Kind::Object)
    }

    /// Validates the scalar at the cursor; returns its length.
    pub(super) fn scalar_end(&mut self) -> Result<(Kind, usize), Error> {
        let kind = self.value()?;
        let first = self.window.peek().unwrap_or_default();
        if matches!(kind, Kind::Object | Kind::Array) {
            return Err(self.unexpected("a single value"));
        }
        self.token(first).map(|length| (kind, length))
    }

    /// Validates the token at the cursor, which begins with `first`, and returns its length.
    pub(super) fn token(&mut self, first: u8) -> Result<usize, Error> {
        loop {
            let mut scanner = Scanner::new(self.window.rest());
            let outcome = scanner.scalar(first);
            let length = scanner.at();
            // A number that ends where the window does may go on.
            let cut = scanner.rest.is_empty() && !matches!(first, b'"' | b't' | b'f' | b'n');
            match outcome {
                Ok(_) if length > self.window.longest() => return Err(self.too_long()),
                Ok(_) if cut && self.more() => {}
                Ok(_) => return Ok(length),
                Err(Flaw::End) => self.hold_more()?,
                Err(flaw) => return Err(self.fault(flaw, length)),
            }
        }
    }

    /// Steps over a value that ends `length` bytes from here.
    #[inline]
    pub(super) fn leave_value(&mut self, kind: Kind, length: usize) {
        self.window.advance(length);
        let word = !matches!(kind, Kind::Object | Kind::Array | Kind::String);
        self.state = if word && self.depth == 0 { State::AfterWord } else { State::After };
    }

    pub(super) fn more(&mut self) -> bool {
        if self.window.ending().is_some() {
            return false;
        }
        self.last = Last::default();
        self.window.more()
    }

    /// Reads on within a record or token, which has to be held as a whole.
    pub(super) fn hold_more(&mut self) -> Result<(), Error> {
        if self.window.rest().len() > self.window.longest() {
            return Err(self.too_long());
        }
        if self.more() { Ok(()) } else { Err(self.ended()) }
    }
}
