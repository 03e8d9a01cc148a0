//! A `Reader` pulls values out of a JSON input of any length, one step at a time. It validates all it
//! passes and keeps no more of it than a window.

use std::io::Read;

use super::error::{EXCERPT_BYTES, Error, ErrorKind};
use super::projection::Projection;
use super::record::{self, Record, Scan};
use super::scan::{Flaw, Scanner};
use super::string::decode_lossy_into;
use super::window::{Ending, Window};
use super::{MAX_DEPTH, MAX_TOKEN_BYTES, WINDOW_BYTES};
use crate::text::Position;

/// What a value is, by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// Anything that begins with a digit or a minus.
    Number,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

impl Kind {
    /// The kind of value that begins with `byte`.
    #[inline]
    pub(super) const fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            b'{' => Self::Object,
            b'[' => Self::Array,
            b'"' => Self::String,
            b'-' | b'0'..=b'9' => Self::Number,
            b't' => Self::True,
            b'f' => Self::False,
            b'n' => Self::Null,
            _ => return None,
        })
    }
}

/// A value as it stands in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a> {
    /// From its first byte to its last, quotes included.
    pub text: &'a str,
    /// What it is.
    pub kind: Kind,
}

/// What the cursor stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The first value of the input.
    Start,
    /// A value that was announced: by a key, or as an element.
    Value,
    /// The first member or element, or the end, of what was just opened.
    First,
    /// A comma or the end of what is open; at the top level, the next value or the end of the input.
    After,
    /// The same right after a number or a word at the top level, which another must not touch.
    AfterWord,
}

/// The last record, as places in the window.
#[derive(Clone, Copy, Debug, Default)]
struct Last {
    start: usize,
    end: usize,
    position: Option<Position>,
}

/// Reads a stream of JSON values; most inputs hold one.
///
/// After an error the reader stays where it is, and gives the same error again.
#[derive(Debug)]
pub struct Reader<R> {
    window: Window<R>,
    state: State,
    depth: usize,
    /// Of each open level, the innermost lowest, whether it is an object.
    objects: u128,
    last: Last,
}

impl<R: Read> Reader<R> {
    /// Starts at the beginning of an input, which may have a byte order mark.
    #[must_use]
    pub fn new(input: R) -> Self {
        Self::with_window(input, WINDOW_BYTES)
    }

    /// The same with a window of another size, in bytes; at least 16 are taken.
    #[must_use]
    pub fn with_window(input: R, bytes: usize) -> Self {
        Self {
            window: Window::new(input, bytes.max(16)),
            state: State::Start,
            depth: 0,
            objects: 0,
            last: Last::default(),
        }
    }

    /// The kind of the next value, whitespace skipped; `None` at the end of the input.
    ///
    /// # Errors
    /// Where no value begins, or the input ends within one.
    pub fn peek(&mut self) -> Result<Option<Kind>, Error> {
        if self.state == State::AfterWord {
            self.separate()?;
        }
        match self.next_byte()? {
            Some(byte) => match Kind::of(byte) {
                Some(kind) => Ok(Some(kind)),
                None => Err(self.no_value()),
            },
            None if self.between_values() => Ok(None),
            None => Err(self.ended()),
        }
    }

    /// Enters the object at the cursor.
    ///
    /// # Errors
    /// Where there is something else, or it is nested too deep.
    pub fn begin_object(&mut self) -> Result<(), Error> {
        self.require(Kind::Object, "an object")?;
        self.enter(true)
    }

    /// Enters the array at the cursor.
    ///
    /// # Errors
    /// Where there is something else, or it is nested too deep.
    pub fn begin_array(&mut self) -> Result<(), Error> {
        self.require(Kind::Array, "an array")?;
        self.enter(false)
    }

    /// Reads the next key of the innermost open object into `key`, decoded, U+FFFD in place of lone
    /// surrogates; the cursor then stands on its value. False when the object has ended instead.
    /// A value that was not read is skipped.
    ///
    /// # Errors
    /// Where there is neither a key nor `}`.
    pub fn next_key(&mut self, key: &mut String) -> Result<bool, Error> {
        key.clear();
        let Some(end) = self.key_end()? else {
            return Ok(false);
        };
        let start = self.window.cursor();
        decode_lossy_into(self.window.slice(start, start + end), key);
        self.leave_key(end)?;
        Ok(true)
    }

    /// Whether another element follows in the innermost open array; the cursor then stands on it.
    /// False when the array has ended instead. An element that was not read is skipped.
    ///
    /// # Errors
    /// Where there is neither an element nor `]`.
    #[inline]
    pub fn next_element(&mut self) -> Result<bool, Error> {
        if self.state == State::Value {
            self.skip()?;
        }
        if self.depth == 0 || self.in_object() {
            return Err(self.fault(Flaw::ArrayEnd, 0));
        }
        self.another(b']', Flaw::ArrayEnd)
    }

    /// Skips the value at the cursor, validating it.
    ///
    /// # Errors
    /// Where it is not JSON.
    pub fn skip(&mut self) -> Result<(), Error> {
        let outer = self.depth;
        self.skip_or_enter()?;
        while self.depth > outer {
            let more = if self.in_object() {
                self.pass_key()?
            } else {
                self.next_element()?
            };
            if more {
                self.skip_or_enter()?;
            }
        }
        Ok(())
    }

    /// Reads the scalar at the cursor: a string, number, `true`, `false` or `null`.
    ///
    /// # Errors
    /// Where there is an object or an array, or no JSON.
    pub fn scalar(&mut self) -> Result<Raw<'_>, Error> {
        let (kind, length) = self.scalar_end()?;
        let start = self.window.cursor();
        self.leave_value(kind, length);
        Ok(Raw {
            text: self.window.slice(start, start + length),
            kind,
        })
    }

    /// Bytes of the input before the cursor.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.window.offset(self.window.cursor())
    }

    /// Line and column of the cursor. Costs time in proportion to the bytes since it was last asked for.
    pub fn position(&mut self) -> Position {
        self.record_position();
        self.window.mark(self.window.cursor())
    }

    /// Reads the object at the cursor as one record. If it turns out to be an envelope, the cursor
    /// stays before it.
    ///
    /// # Errors
    /// Where there is something else, it is not JSON, a key comes twice, or it is too long or deep.
    pub fn record(&mut self, projection: &mut Projection) -> Result<Scan, Error> {
        self.require(Kind::Object, "an object")?;
        if self.depth >= MAX_DEPTH {
            return Err(self.fault(Flaw::Depth, 0));
        }
        loop {
            let (length, outcome) = record::scan(self.window.rest(), projection, self.depth + 1);
            match outcome {
                Ok(Scan::Envelope) => return Ok(Scan::Envelope),
                Ok(Scan::Record) if length > MAX_TOKEN_BYTES => return Err(self.too_long()),
                Ok(Scan::Record) => {
                    let start = self.window.cursor();
                    self.last = Last {
                        start,
                        end: start + length,
                        position: None,
                    };
                    self.leave_value(Kind::Object, length);
                    return Ok(Scan::Record);
                }
                Err(Flaw::End) => self.hold_more()?,
                Err(flaw) => return Err(self.fault(flaw, length)),
            }
        }
    }

    /// What the last [`Self::record`] read, with the projection that it was read by. Good until the
    /// reader is moved; empty from then on.
    #[must_use]
    pub fn last_record<'a>(&'a self, projection: &'a Projection) -> Record<'a> {
        Record {
            text: self.window.slice(self.last.start, self.last.end),
            offset: self.window.offset(self.last.start),
            projection,
        }
    }

    /// Line and column of the `{` of the last record. Good until the reader is moved.
    pub fn record_position(&mut self) -> Position {
        if let Some(position) = self.last.position {
            return position;
        }
        let position = self.window.mark(self.last.start);
        self.last.position = Some(position);
        position
    }

    /// Starts the SHA-256 of the bytes that the cursor passes from here on.
    pub fn begin_hash(&mut self) {
        self.window.begin_hash();
    }

    /// The SHA-256 of the bytes that the cursor passed since [`Self::begin_hash`]; `None` without it.
    pub fn end_hash(&mut self) -> Option<[u8; 32]> {
        self.window.end_hash()
    }

    #[inline]
    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    fn between_values(&self) -> bool {
        self.depth == 0
    }

    /// The next byte that is no whitespace.
    #[inline]
    fn next_byte(&mut self) -> Result<Option<u8>, Error> {
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
    fn separate(&mut self) -> Result<(), Error> {
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
    fn value(&mut self) -> Result<Kind, Error> {
        if self.state == State::Value
            && let Some(kind) = self.window.peek().and_then(Kind::of)
        {
            return Ok(kind);
        }
        match self.peek()? {
            Some(kind) => Ok(kind),
            None => Err(self.ended()),
        }
    }

    #[inline]
    fn require(&mut self, kind: Kind, expected: &'static str) -> Result<(), Error> {
        if self.value()? == kind {
            Ok(())
        } else {
            Err(self.unexpected(expected))
        }
    }

    fn enter(&mut self, object: bool) -> Result<(), Error> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fault(Flaw::Depth, 0));
        }
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(object);
        self.window.advance(1);
        self.state = State::First;
        Ok(())
    }

    fn leave(&mut self) {
        self.window.advance(1);
        self.depth = self.depth.saturating_sub(1);
        self.objects >>= 1;
        self.state = State::After;
    }

    /// Steps over a comma to what follows it, or out of what ends here.
    #[inline]
    fn another(&mut self, close: u8, flaw: Flaw) -> Result<bool, Error> {
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
    fn inner_byte(&mut self) -> Result<u8, Error> {
        match self.window.peek() {
            Some(byte) if byte > b' ' => Ok(byte),
            _ => match self.next_byte()? {
                Some(byte) => Ok(byte),
                None => Err(self.ended()),
            },
        }
    }

    /// Moves to the next key; returns the length of its token. `None` when the object has ended.
    fn key_end(&mut self) -> Result<Option<usize>, Error> {
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
    fn leave_key(&mut self, length: usize) -> Result<(), Error> {
        self.window.advance(length);
        if self.inner_byte()? != b':' {
            return Err(self.fault(Flaw::Colon, 0));
        }
        self.window.advance(1);
        self.inner_byte()?;
        Ok(())
    }

    fn pass_key(&mut self) -> Result<bool, Error> {
        match self.key_end()? {
            Some(length) => self.leave_key(length).map(|()| true),
            None => Ok(false),
        }
    }

    fn skip_or_enter(&mut self) -> Result<(), Error> {
        match self.value()? {
            Kind::Object => self.enter(true),
            Kind::Array => self.enter(false),
            _ => {
                let (kind, length) = self.scalar_end()?;
                self.leave_value(kind, length);
                Ok(())
            }
        }
    }

    /// Validates the scalar at the cursor; returns its length.
    fn scalar_end(&mut self) -> Result<(Kind, usize), Error> {
        let kind = self.value()?;
        let first = self.window.peek().unwrap_or_default();
        if matches!(kind, Kind::Object | Kind::Array) {
            return Err(self.unexpected("a single value"));
        }
        self.token(first).map(|length| (kind, length))
    }

    /// Validates the token at the cursor, which begins with `first`, and returns its length.
    fn token(&mut self, first: u8) -> Result<usize, Error> {
        loop {
            let mut scanner = Scanner::new(self.window.rest());
            let outcome = scanner.scalar(first);
            let length = scanner.at();
            // A number that ends where the window does may go on.
            let cut = scanner.rest.is_empty() && !matches!(first, b'"' | b't' | b'f' | b'n');
            match outcome {
                Ok(_) if cut && self.window.ending().is_none() => self.hold_more()?,
                Ok(_) if length > MAX_TOKEN_BYTES => return Err(self.too_long()),
                Ok(_) => return Ok(length),
                Err(Flaw::End) => self.hold_more()?,
                Err(flaw) => return Err(self.fault(flaw, length)),
            }
        }
    }

    /// Steps over a value that ends `length` bytes from here.
    #[inline]
    fn leave_value(&mut self, kind: Kind, length: usize) {
        self.window.advance(length);
        let word = !matches!(kind, Kind::Object | Kind::Array | Kind::String);
        self.state = if word && self.depth == 0 {
            State::AfterWord
        } else {
            State::After
        };
    }

    fn more(&mut self) -> bool {
        if self.window.ending().is_some() {
            return false;
        }
        self.last = Last::default();
        self.window.more()
    }

    /// Reads on within a record or token, which has to be held as a whole.
    fn hold_more(&mut self) -> Result<(), Error> {
        if self.window.rest().len() > MAX_TOKEN_BYTES {
            return Err(self.too_long());
        }
        if self.more() {
            Ok(())
        } else {
            Err(self.ended())
        }
    }
}

/// Errors, at a place that is counted from the cursor.
impl<R: Read> Reader<R> {
    #[cold]
    fn fault(&mut self, flaw: Flaw, at: usize) -> Error {
        self.error(at, |text| ErrorKind::of(flaw, text))
    }

    #[cold]
    fn no_value(&mut self) -> Error {
        match (self.depth, self.state) {
            (0, State::Start) => self.error(0, ErrorKind::not_json),
            (0, State::After | State::AfterWord) => self.error(0, ErrorKind::trailing),
            _ => self.fault(Flaw::Value, 0),
        }
    }

    #[cold]
    fn unexpected(&mut self, expected: &'static str) -> Error {
        self.error(0, |text| {
            let found = text.chars().next().map(|first| format!("`{first}`"));
            (
                ErrorKind::Unexpected {
                    found: found.unwrap_or_default(),
                    expected,
                },
                1,
            )
        })
    }

    #[cold]
    fn too_long(&mut self) -> Error {
        self.error(0, |_| (ErrorKind::TooLong, 1))
    }

    fn error(&mut self, at: usize, kind: impl Fn(&str) -> (ErrorKind, usize)) -> Error {
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
    fn ended(&mut self) -> Error {
        let rest = self.window.rest().len();
        let place = self.window.cursor() + rest;
        let whole = self.between_values() && rest == 0;
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
