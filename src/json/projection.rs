//! A `Projection` says which members of a record to keep. It is built once and learns, record by
//! record, which keys there are and which follows which, so that most keys cost one comparison.

use std::ops::Range;

use super::digest;
use super::keys::KeyList;
use super::number;
use super::scan::{Flaw, Scanner};
use super::string::decode_exactly_into;

/// Keys that are known by number; further ones are compared as text, record by record.
const KNOWN_KEYS: usize = 128;

/// Bytes of a key, with its quotes and colon, that are compared at once.
const HEAD: usize = 32;

/// What comes before the first key.
const START: usize = 0;

/// The value is only validated.
const NO_SLOT: u32 = u32::MAX;

/// The value tells that this is no record.
pub(super) const STOP: u32 = u32::MAX - 1;

/// No key, or one that is not known by number.
const UNKNOWN: usize = usize::MAX;

/// Whether two names differ by case and separators only.
fn is_same_name(one: &[u8], other: &[u8]) -> bool {
    fn letters(name: &[u8]) -> impl Iterator<Item = u8> {
        let is_letter = |byte: &&u8| !matches!(**byte, b'_' | b'-');
        name.iter().filter(is_letter).map(u8::to_ascii_lowercase)
    }
    letters(one).eq(letters(other))
}

/// Which members of a record to keep, and where those of the last one were.
#[derive(Debug)]
pub struct Projection {
    /// Keys of which no record has any, in any case and with any separators.
    stops: Vec<Box<[u8]>>,
    /// The keys that were met, by number; [`START`] stands for the `{`.
    known: Vec<Key>,
    /// The key that was met last, where it was not as predicted.
    decoded: Vec<u8>,
    /// Stamps the keys of the record that is being read.
    record: u64,
    slots: Vec<Slot>,
    pub(super) digest: u64,
    pub(super) keys: KeyList,
}

/// Where the value of a slot is in the last record that had one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// That record's stamp.
    record: u64,
    pub(super) start: u32,
    pub(super) end: u32,
    /// The value's first byte, which says what kind it is.
    pub(super) first: u8,
    /// The value where it stands as one to eight digits and nothing else; else below zero.
    pub(super) short: i64,
}

const ABSENT: Slot = Slot { record: u64::MAX, start: 0, end: 0, first: 0, short: -1 };

#[derive(Debug)]
struct Key {
    /// The start of `token`, and ones where it has bytes.
    head: [u64; HEAD / 8],
    mask: [u64; HEAD / 8],
    digest: u64,
    /// The last record that had it.
    record: u64,
    /// The key that last came after it.
    next: usize,
    /// The slot of its value, [`NO_SLOT`] or [`STOP`].
    slot: u32,
    /// As it is written without escapes: quotes and colon included.
    token: Box<[u8]>,
    decoded: Box<[u8]>,
}

impl Key {
    fn new(decoded: &[u8], slot: u32) -> Self {
        let token = [b"\"", decoded, b"\":"].concat();
        let mut padded = [[0; 8]; HEAD / 8];
        let mut mask = padded;
        let bytes = padded.as_flattened_mut().iter_mut().zip(mask.as_flattened_mut());
        for ((byte, mask), token) in bytes.zip(&token) {
            *byte = *token;
            *mask = u8::MAX;
        }
        Self {
            head: padded.map(u64::from_le_bytes),
            mask: mask.map(u64::from_le_bytes),
            digest: digest::key(decoded),
            record: 0,
            next: UNKNOWN,
            slot,
            token: token.into(),
            decoded: decoded.into(),
        }
    }

    /// What to do about this key's value in record `record`.
    #[inline(always)]
    fn member(&mut self, number: usize, record: u64) -> Result<Member, Flaw> {
        if self.record == record {
            return Err(Flaw::Duplicate);
        }
        self.record = record;
        Ok(Member { slot: self.slot, digest: self.digest, key: number, next: self.next })
    }

    /// Whether `text` begins with the key, without escapes, and its colon.
    #[inline(always)]
    fn begins(&self, text: &[u8]) -> bool {
        match text.first_chunk::<HEAD>() {
            Some(head) => {
                let words = head.as_chunks::<8>().0.iter().zip(&self.head).zip(&self.mask);
                let different = words.fold(0, |different, ((word, expected), mask)| {
                    different | (u64::from_le_bytes(*word) ^ expected) & mask
                });
                different == 0 && (self.token.len() <= HEAD || text.starts_with(&self.token))
            }
            None => text.starts_with(&self.token),
        }
    }
}

/// What is to be done about a member, from its key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// The slot to keep it in, [`NO_SLOT`] or [`STOP`].
    pub(super) slot: u32,
    /// The key's part of the digest.
    pub(super) digest: u64,
    /// The key's number.
    pub(super) key: usize,
    /// The number of the key that last came after it.
    pub(super) next: usize,
}

impl Projection {
    /// Keeps the values under the keys `slots`, no two of which are equal; a record that has one of the
    /// keys `stops`, in any case and with any separators, is none.
    #[must_use]
    pub fn new(slots: &[&str], stops: &[&str]) -> Self {
        let mut projection = Self {
            stops: stops.iter().map(|stop| stop.as_bytes().into()).collect(),
            known: vec![Key::new(b"", NO_SLOT)],
            decoded: Vec::new(),
            record: 0,
            slots: vec![ABSENT; slots.len()],
            digest: 0,
            keys: KeyList::default(),
        };
        for stop in stops {
            projection.known.push(Key::new(stop.as_bytes(), STOP));
        }
        for (slot, name) in slots.iter().enumerate().filter(|(_, name)| !stops.contains(name)) {
            projection.known.push(Key::new(name.as_bytes(), slot as u32));
        }
        projection
    }

    /// Forgets the last record.
    pub(super) fn begin(&mut self) {
        self.record += 1;
        self.digest = 0;
        self.keys.clear();
    }

    /// Where the value of a slot is in the last record.
    #[inline]
    pub(super) fn slot(&self, slot: usize) -> Option<Slot> {
        self.slots.get(slot).copied().filter(|slot| slot.record == self.record)
    }

    /// Keeps where a value is, which `rest` begins with.
    #[inline(always)]
    pub(super) fn keep(&mut self, slot: u32, place: Range<usize>, rest: &[u8]) {
        if let (Some(kept), Some(first)) = (self.slots.get_mut(slot as usize), rest.first()) {
            let short = match first {
                b'0'..=b'9' => number::short(rest, place.len()).unwrap_or(-1),
                _ => -1,
            };
            let (start, end) = (place.start as u32, place.end as u32);
            *kept = Slot { record: self.record, start, end, first: *first, short };
        }
    }

    /// What stands for the `{`, before the first key.
    pub(super) fn start(&self) -> Member {
        let next = self.known.get(START).map_or(UNKNOWN, |key| key.next);
        Member { slot: NO_SLOT, digest: 0, key: START, next }
    }

    /// Steps over a key and its colon.
    #[inline(always)]
    pub(super) fn member(
        &mut self,
        scanner: &mut Scanner<'_>,
        previous: Member,
    ) -> Result<Member, Flaw> {
        match self.known.get_mut(previous.next) {
            Some(key) if key.begins(scanner.rest) => {
                let member = key.member(previous.next, self.record)?;
                scanner.advance(key.token.len())?;
                Ok(member)
            }
            _ => scanner.apart(|scanner| self.unpredicted(scanner, previous)),
        }
    }

    /// The same where the key is not the one that last came after the previous one.
    #[inline(never)]
    fn unpredicted(&mut self, scanner: &mut Scanner<'_>, previous: Member) -> Result<Member, Flaw> {
        // Most often one key was left out. The next record will have it.
        let after = self.known.get(previous.next).map_or(UNKNOWN, |key| key.next);
        if let Some(key) = self.known.get_mut(after).filter(|key| key.begins(scanner.rest)) {
            let member = key.member(after, self.record)?;
            scanner.advance(key.token.len())?;
            return Ok(member);
        }
        let start = scanner.at();
        let token = scanner.key()?;
        self.decoded.clear();
        decode_exactly_into(token, &mut self.decoded);
        let number = match self.number() {
            Some(number) => number,
            None if self.stops.iter().any(|stop| is_same_name(stop, &self.decoded)) => {
                return Ok(Member { slot: STOP, digest: 0, key: UNKNOWN, next: UNKNOWN });
            }
            None if self.known.len() <= KNOWN_KEYS => {
                self.known.push(Key::new(&self.decoded, NO_SLOT));
                self.known.len() - 1
            }
            None => {
                self.keys.push(token, start);
                let digest = digest::key(&self.decoded);
                return Ok(Member { slot: NO_SLOT, digest, key: UNKNOWN, next: UNKNOWN });
            }
        };
        if let Some(key) = self.known.get_mut(previous.key) {
            key.next = number;
        }
        let member = self.known.get_mut(number).map(|key| key.member(number, self.record));
        let member = member.unwrap_or(Err(Flaw::Key));
        if member.is_err() {
            scanner.go_to(start);
        }
        member
    }

    /// The number of the key that was decoded last.
    fn number(&self) -> Option<usize> {
        let keys = self.known.iter().skip(1);
        keys.into_iter().position(|key| *key.decoded == *self.decoded).map(|at| at + 1)
    }
}
