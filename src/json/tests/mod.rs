//! Tests of the module as a whole, most of them against `serde_json` over generated documents.

mod digests;
mod documents;
mod errors;
mod grammar;
mod limits;
mod numbers;
mod records;
mod strings;

use std::io::{self, Read};

use proptest::prelude::ProptestConfig;

use super::{Error, ErrorKind, Reader};
use crate::text::Position;

/// Failures are reported, not saved beside the sources.
fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() }
}

/// Gives its bytes in pieces of a fixed size, and is interrupted before each.
struct Trickle<'a> {
    bytes: &'a [u8],
    piece: usize,
    interrupted: bool,
}

impl<'a> Trickle<'a> {
    fn new(bytes: &'a [u8], piece: usize) -> Self {
        Self { bytes, piece, interrupted: false }
    }
}

impl Read for Trickle<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self.piece.min(room.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(count);
        room[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

/// Skips through a whole stream; how many values it held.
fn skip_all<R: Read>(reader: &mut Reader<R>) -> Result<usize, Error> {
    let mut values = 0;
    while reader.peek()?.is_some() {
        reader.skip()?;
        values += 1;
    }
    Ok(values)
}

fn skip_text(text: &[u8]) -> Result<usize, Error> {
    skip_all(&mut Reader::new(text))
}

/// Line and column of an offset, counted the slow way.
fn naive_position(text: &str, offset: usize) -> Position {
    let mut position = Position::START;
    for scalar in text.split_at(offset).0.trim_start_matches('\u{feff}').chars() {
        if scalar == '\n' {
            position = Position { line: position.line + 1, column: 1 };
        } else {
            position.column += 1;
        }
    }
    position
}

fn code(kind: &ErrorKind) -> String {
    miette::Diagnostic::code(kind).unwrap().to_string()
}
