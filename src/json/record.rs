//! A record is one object that is at hand from `{` to `}`: validated whole, its digest taken, and of
//! the members that the projection names the places kept.

use super::MAX_DEPTH;
use super::digest;
use super::keys::KeyList;
use super::number;
use super::projection::{Projection, STOP, Slot};
use super::scan::{Flaw, Scanner};
use super::value::{Kind, Raw};

/// What an object turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// A record, which was read.
    Record,
    /// An object with one of the keys that no record has; it was not read.
    Envelope,
}

/// What was last read as a record.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub(super) text: &'a str,
    pub(super) offset: u64,
    pub(super) projection: &'a Projection,
}

impl<'a> Record<'a> {
    /// The record as it stands, from `{` to `}`.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Bytes of the input before its `{`.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The value of a slot as it stands; `None` where the record does not have that member.
    #[inline]
    #[must_use]
    pub fn slot(&self, slot: usize) -> Option<Raw<'a>> {
        let Slot { start, end, first, .. } = self.projection.slot(slot)?;
        let text = self.text.get(start as usize..end as usize)?;
        Some(Raw { text, kind: Kind::of(first)? })
    }

    /// The value of a slot where it stands as one to sixteen digits and nothing else: what
    /// [`Number::parse`](super::Number::parse) makes of [`Self::slot`], at less cost.
    #[inline]
    #[must_use]
    pub fn whole(&self, slot: usize) -> Option<i64> {
        let Slot { start, end, first, short, .. } = self.projection.slot(slot)?;
        match first {
            _ if short >= 0 => Some(short),
            b'0'..=b'9' => number::long(self.text.get(start as usize..end as usize)?.as_bytes()),
            _ => None,
        }
    }

    /// Where the value of a slot begins, in bytes from the record's `{`; 0 where there is none.
    #[must_use]
    pub fn slot_start(&self, slot: usize) -> usize {
        self.projection.slot(slot).map_or(0, |slot| slot.start as usize)
    }

    /// What the record says, in 64 bits: equal for records whose members have equal texts, whatever
    /// the order of members and the whitespace between tokens. The same on every machine.
    #[must_use]
    pub fn digest(&self) -> u64 {
        self.projection.digest
    }
}

/// Reads the record that `text` begins with, which lies at `depth`. Returns where the scan ended.
pub(super) fn scan(
    text: &str,
    projection: &mut Projection,
    depth: usize,
) -> (usize, Result<Scan, Flaw>) {
    projection.begin();
    let mut scanner = Scanner::new(text);
    let outcome = members(&mut scanner, projection, depth);
    (scanner.at(), outcome)
}

fn members(
    scanner: &mut Scanner<'_>,
    projection: &mut Projection,
    depth: usize,
) -> Result<Scan, Flaw> {
    let mut sum = 0_u64;
    let mut member = projection.start();
    let mut open = scanner.any(b'}')?;
    while open {
        member = projection.member(scanner, member)?;
        if member.slot == STOP {
            return Ok(Scan::Envelope);
        }
        let first = scanner.next_solid()?;
        let (start, rest) = (scanner.at(), scanner.rest);
        let value = value(scanner, first, Some(&mut projection.keys), depth + 1)?;
        projection.keep(member.slot, start..scanner.at(), rest);
        sum = sum.wrapping_add(digest::member(member.digest, value));
        open = scanner.another(b'}', Flaw::ObjectEnd)?;
    }
    if !projection.keys.is_empty() {
        scanner.apart(|scanner| repeated(scanner, projection.keys.close(0)))?;
    }
    projection.digest = digest::object(sum);
    Ok(Scan::Record)
}

/// Skips the object or array that `text` begins with, which lies at `depth`. Returns where the scan ended.
pub(super) fn skip(text: &str, depth: usize) -> (usize, Result<(), Flaw>) {
    let mut scanner = Scanner::new(text);
    let outcome = scanner.next().and_then(|first| value(&mut scanner, first, None, depth));
    (scanner.at(), outcome.map(|_| ()))
}

/// Steps over a value that lies at `depth` if it is an object or array; returns its digest.
///
/// Keys that come twice are found where there are `keys` to collect them.
#[inline(always)]
fn value(
    scanner: &mut Scanner<'_>,
    first: u8,
    keys: Option<&mut KeyList>,
    depth: usize,
) -> Result<u64, Flaw> {
    let digest = match first {
        b'[' => scanner.apart(|scanner| array(scanner, keys, depth))?,
        b'{' => scanner.apart(|scanner| object(scanner, keys, depth))?,
        _ => scanner.scalar(first)?,
    };
    Ok(digest)
}

/// Recursion ends at [`MAX_DEPTH`].
fn array(
    scanner: &mut Scanner<'_>,
    mut keys: Option<&mut KeyList>,
    depth: usize,
) -> Result<u64, Flaw> {
    if depth > MAX_DEPTH {
        return Err(Flaw::Depth);
    }
    let mut state = digest::ARRAY;
    let mut open = scanner.any(b']')?;
    while open {
        let first = scanner.next()?;
        let element = value(scanner, first, keys.as_deref_mut(), depth + 1)?;
        state = digest::element(state, element);
        open = scanner.another(b']', Flaw::ArrayEnd)?;
    }
    Ok(state)
}

fn object(
    scanner: &mut Scanner<'_>,
    mut keys: Option<&mut KeyList>,
    depth: usize,
) -> Result<u64, Flaw> {
    if depth > MAX_DEPTH {
        return Err(Flaw::Depth);
    }
    let opened = keys.as_ref().map_or(0, |keys| keys.open());
    let mut sum = 0_u64;
    let mut open = scanner.any(b'}')?;
    while open {
        let start = scanner.at();
        let token = scanner.key()?;
        let key = keys.as_deref_mut().map_or(0, |keys| digest::key(keys.push(token, start)));
        let first = scanner.next_solid()?;
        sum = sum.wrapping_add(digest::member(
            key,
            value(scanner, first, keys.as_deref_mut(), depth + 1)?,
        ));
        open = scanner.another(b'}', Flaw::ObjectEnd)?;
    }
    repeated(scanner, keys.and_then(|keys| keys.close(opened)))?;
    Ok(digest::object(sum))
}

fn repeated(scanner: &mut Scanner<'_>, key: Option<usize>) -> Result<(), Flaw> {
    match key {
        None => Ok(()),
        Some(at) => {
            scanner.go_to(at);
            Err(Flaw::Duplicate)
        }
    }
}
