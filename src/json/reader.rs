//! A `Reader` pulls values out of a JSON input of any length, one step at a time. It validates all it
//! passes and keeps no more of it than a window.

use std::io::Read;

use super::error::Error;
use super::projection::Projection;
use super::record::{self, Record, Scan};
use super::scan::Flaw;
use super::string::decode_lossy_into;
use super::value::{Kind, Raw};
use super::window::Window;
use super::{MAX_DEPTH, WINDOW_BYTES};
use crate::text::Position;

/// What the cursor stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
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
pub(super) struct Last {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) position: Option<Position>,
}

/// Reads a stream of JSON values; most inputs hold one.
///
/// After an error the reader stays where it is, and gives the same error again.
#[derive(Debug)]
pub struct Reader<R> {
    pub(super) window: Window<R>,
    pub(super) state: State,
    pub(super) depth: usize,
    /// Of each open level, the innermost lowest, whether it is an object.
    pub(super) objects: u128,
    pub(super) last: Last,
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

    /// The same with other bounds on the length of a record or token than [`MAX_TOKEN_BYTES`].
    ///
    /// [`MAX_TOKEN_BYTES`]: super::MAX_TOKEN_BYTES
    #[must_use]
    pub fn up_to(mut self, longest: usize) -> Self {
        self.window.hold_up_to(longest);
        self
    }

    /// The kind of the next value, whitespace skipped; `None` at the end of the input.
    ///
    /// # Errors
    /// Where no value begins, or the input ends within one.
    #[inline]
    pub fn peek(&mut self) -> Result<Option<Kind>, Error> {
        // The cursor stands on a value that was announced, unless its key or comma ends the window.
        match self.window.peek().and_then(Kind::of) {
            Some(kind) if self.state == State::Value => Ok(Some(kind)),
            _ => self.peek_on(),
        }
    }

    /// [`Self::peek`] where whitespace may come first, and more may have to be read.
    fn peek_on(&mut self) -> Result<Option<Kind>, Error> {
        if self.state == State::AfterWord {
            self.separate()?;
        }
        match self.next_byte()? {
            Some(byte) => match Kind::of(byte) {
                Some(kind) => Ok(Some(kind)),
                None => Err(self.no_value()),
            },
            None if self.depth == 0 => Ok(None),
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
        self.skip_or_enter(outer)?;
        while self.depth > outer {
            let more = if self.in_object() { self.pass_key()? } else { self.next_element()? };
            if more {
                self.skip_or_enter(outer)?;
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
        Ok(Raw { text: self.window.slice(start, start + length), kind })
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
        // Most often that is known already.
        if self.state != State::Value || self.window.peek() != Some(b'{') {
            self.require(Kind::Object, "an object")?;
        }
        if self.depth >= MAX_DEPTH {
            return Err(self.fault(Flaw::Depth, 0));
        }
        loop {
            let (length, outcome) = record::scan(self.window.rest(), projection, self.depth + 1);
            match outcome {
                Ok(Scan::Envelope) => return Ok(Scan::Envelope),
                Ok(Scan::Record) if length > self.window.longest() => return Err(self.too_long()),
                Ok(Scan::Record) => {
                    let start = self.window.cursor();
                    self.last = Last { start, end: start + length, position: None };
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
}
