//! A `Window` is the part of the input that is in memory: text that was checked to be UTF-8, with a
//! cursor in it. What lies before the cursor goes when more is read; lines, columns and hashes are
//! carried forward as it goes.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use super::MAX_TOKEN_BYTES;
use super::error::ErrorKind;
use crate::text::{BYTE_ORDER_MARK, Position};

/// A window starts small, since most inputs are one page of an answer.
const FIRST_BYTES: usize = 64 * 1024;

/// Why no more text will follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The input was read to its end.
    Input,
    /// The input ends within a character, so many bytes after its start.
    Cut(usize),
    /// What follows cannot be read, or so many bytes of it are no text.
    Failed(ErrorKind, usize),
}

/// The part of the input that is in memory.
#[derive(Debug)]
pub(super) struct Window<R> {
    input: R,
    /// Bytes that are held once the input has proved to be long.
    bytes: usize,
    /// Bytes that are held of one record or token.
    longest: usize,
    /// Bytes that are held after the next fill.
    capacity: usize,
    text: String,
    /// The cursor, in bytes of `text`.
    at: usize,
    /// Bytes of the input before `text`.
    base: u64,
    /// What is read goes here first.
    buffer: Vec<u8>,
    /// Bytes at the start of the buffer that begin a character whose end was not read yet.
    waiting: usize,
    ending: Option<Ending>,
    /// A place in `text`, at or before the cursor, whose line and column are known.
    mark: (usize, Position),
    /// The hash of what lies before the place in `text`.
    hash: Option<(Sha256, usize)>,
}

impl<R: Read> Window<R> {
    pub(super) fn new(input: R, bytes: usize) -> Self {
        Self {
            input,
            bytes,
            longest: MAX_TOKEN_BYTES,
            capacity: bytes.min(FIRST_BYTES),
            text: String::new(),
            at: 0,
            base: 0,
            buffer: Vec::new(),
            waiting: 0,
            ending: None,
            mark: (0, Position::START),
            hash: None,
        }
    }

    /// Bytes that are held of one record or token at most.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    pub(super) fn hold_up_to(&mut self, longest: usize) {
        self.longest = longest;
    }

    /// The text at hand from the cursor on.
    #[inline(always)]
    pub(super) fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is at hand.
    #[inline(always)]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The text at hand between two places, counted as [`Self::cursor`] does.
    #[inline(always)]
    pub(super) fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The cursor, as a place in what is at hand: good until more is read.
    #[inline(always)]
    pub(super) fn cursor(&self) -> usize {
        self.at
    }

    /// Bytes of the input before a place.
    #[inline(always)]
    pub(super) fn offset(&self, place: usize) -> u64 {
        self.base + place as u64
    }

    /// Moves the cursor on.
    #[inline(always)]
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Bytes that are held, whether in use or not.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.text.capacity()
    }

    /// Why [`Self::more`] has nothing more to give.
    pub(super) fn ending(&self) -> Option<&Ending> {
        self.ending.as_ref()
    }

    /// Marks a place at or before the cursor, and not before the last one; returns its line and column.
    pub(super) fn mark(&mut self, place: usize) -> Position {
        let position = self.position(place);
        self.mark = (place.max(self.mark.0), position);
        position
    }

    /// Line and column of a place that does not lie before the marked one.
    pub(super) fn position(&self, place: usize) -> Position {
        let (known, position) = self.mark;
        position.after(self.text.as_bytes().get(known..place).unwrap_or_default())
    }

    /// Hashes what the cursor passes from now on.
    pub(super) fn begin_hash(&mut self) {
        self.hash = Some((Sha256::new(), self.at));
    }

    /// The hash of what the cursor passed.
    pub(super) fn end_hash(&mut self) -> Option<[u8; 32]> {
        self.hash_passed();
        self.hash.take().map(|(hash, _)| hash.finalize().into())
    }

    fn hash_passed(&mut self) {
        if let Some((hash, from)) = &mut self.hash {
            hash.update(self.text.as_bytes().get(*from..self.at).unwrap_or_default());
            *from = self.at;
        }
    }

    /// Reads on, and drops what lies before the cursor. False if nothing more came.
    pub(super) fn more(&mut self) -> bool {
        if self.ending.is_some() {
            return false;
        }
        let first = self.base == 0 && self.text.is_empty();
        self.mark(self.at);
        self.hash_passed();
        self.text.drain(..self.at);
        self.base += self.at as u64;
        self.at = 0;
        self.mark.0 = 0;
        if let Some((_, from)) = &mut self.hash {
            *from = 0;
        }
        let held = self.text.len();
        let room = self.room_for(held + self.waiting).saturating_sub(held);
        let mut filled = self.fill(room);
        if first && is_utf16(self.buffer.get(..filled).unwrap_or_default()) {
            self.ending = Some(Ending::Failed(ErrorKind::Utf16, 0));
            filled = 0;
        }
        self.keep_text(filled);
        if first && self.text.starts_with(BYTE_ORDER_MARK) {
            self.at = BYTE_ORDER_MARK.len();
            self.mark.0 = self.at;
        }
        self.text.len() > held
    }

    /// How much to hold: the whole window, and at least as much again as is held already, so that
    /// what is long costs time in proportion to its length.
    fn room_for(&mut self, held: usize) -> usize {
        if self.base > 0 || held > 0 {
            self.capacity = self.bytes.min(2 * self.capacity);
        }
        let mut capacity = self.capacity;
        while held > capacity / 2 {
            capacity *= 2;
        }
        capacity.min(self.bytes + self.longest)
    }

    /// Reads until so many bytes are in the buffer, or there are no more; how many are in it.
    fn fill(&mut self, room: usize) -> usize {
        let mut filled = self.waiting;
        self.buffer.resize(room.max(self.buffer.len()), 0);
        while let Some(rest) = self.buffer.get_mut(filled..room).filter(|rest| !rest.is_empty()) {
            match self.input.read(rest) {
                Ok(0) => {
                    self.ending = Some(Ending::Input);
                    break;
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ending = Some(Ending::Failed(ErrorKind::Read(error.to_string()), 0));
                    break;
                }
            }
        }
        filled
    }

    /// Takes what is UTF-8 of the bytes in the buffer; a character whose end may yet come waits there.
    fn keep_text(&mut self, filled: usize) {
        let bytes = self.buffer.get(..filled).unwrap_or_default();
        let unfinished = unfinished(bytes);
        if self.ending == Some(Ending::Input) && unfinished > 0 {
            self.ending = Some(Ending::Cut(unfinished));
        }
        let whole = bytes.get(..filled - unfinished).unwrap_or_default();
        match simdutf8::compat::from_utf8(whole) {
            Ok(text) => self.text.push_str(text),
            Err(error) => {
                let valid = whole.get(..error.valid_up_to()).unwrap_or_default();
                self.text.push_str(&String::from_utf8_lossy(valid));
                let length = error.error_len().unwrap_or(whole.len() - valid.len());
                self.ending = Some(Ending::Failed(ErrorKind::Utf8, length));
            }
        }
        self.buffer.copy_within(filled - unfinished..filled, 0);
        self.waiting = unfinished;
    }
}

/// UTF-16 begins with a mark, or with a NUL in one of two characters.
fn is_utf16(bytes: &[u8]) -> bool {
    let is_marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    is_marked || bytes.iter().take(4).any(|byte| *byte == 0)
}

/// Bytes at the end that begin a character without ending it.
fn unfinished(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(3).position(|byte| *byte & 0xc0 != 0x80);
    let length = last.and_then(|back| {
        let tail = bytes.get(bytes.len() - back - 1..)?;
        std::str::from_utf8(tail).err().filter(|error| error.error_len().is_none())?;
        Some(tail.len())
    });
    length.unwrap_or(0)
}
