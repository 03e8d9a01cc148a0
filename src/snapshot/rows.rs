//! `Rows` tells records apart by identity: a row that comes twice is judged once, and one that comes
//! with other content shows that the capture was not stable.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState as Fast;
use foldhash::quality::FixedState as Quality;

use crate::json::{Number, Record};
use crate::operation::reading::{self, Case};
use crate::operation::{FieldId, Kind, Operation};

/// What a row is to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Not seen before.
    New,
    /// Seen with the same content.
    Repeated,
    /// Seen with other content only.
    Changed,
}

/// The distinct rows of a file, or of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    seen: HashMap<u64, u64, Fast>,
    /// Further contents of rows that were seen, by identity and digest.
    others: HashSet<(u64, u64), Fast>,
    anonymous: u64,
    repeated: u64,
}

impl Rows {
    /// Records distinct by identity; one whose identity is missing counts by itself.
    #[must_use]
    pub fn distinct(&self) -> u64 {
        self.seen.len() as u64 + self.anonymous
    }

    /// Rows to be judged: the distinct ones, and those that changed.
    #[must_use]
    pub fn judged(&self) -> u64 {
        self.distinct() + self.changed()
    }

    /// Rows that came again with the same content.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Rows that came again with other content, each content once.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.others.len() as u64
    }

    /// Takes one row: the digest of its identity, where that is whole, and of its content.
    pub fn take(&mut self, identity: Option<u64>, digest: u64) -> Row {
        let Some(identity) = identity else {
            self.anonymous += 1;
            return Row::New;
        };
        match self.seen.entry(identity) {
            Entry::Vacant(vacant) => {
                vacant.insert(digest);
                Row::New
            }
            Entry::Occupied(known)
                if *known.get() != digest && self.others.insert((identity, digest)) =>
            {
                Row::Changed
            }
            Entry::Occupied(_) => {
                self.repeated += 1;
                Row::Repeated
            }
        }
    }

    /// What a row of another file would be here, without taking it.
    #[must_use]
    pub fn look_up(&self, identity: Option<u64>, digest: u64) -> Row {
        let row = identity.and_then(|identity| Some((identity, *self.seen.get(&identity)?)));
        match row {
            None => Row::New,
            Some((_, known)) if known == digest => Row::Repeated,
            Some((identity, _)) if self.others.contains(&(identity, digest)) => Row::Repeated,
            Some(_) => Row::Changed,
        }
    }

    /// Takes the rows of a later file of the same snapshot.
    pub fn absorb(&mut self, later: &Self) {
        let contents = later.seen.iter().map(|(identity, digest)| (*identity, *digest));
        for (identity, digest) in contents.chain(later.others.iter().copied()) {
            self.take(Some(identity), digest);
        }
        self.anonymous += later.anonymous;
        self.repeated += later.repeated;
    }
}

/// Digest of the fields that identify a record: numbers by value, names as they are compared.
///
/// `None` where one of them is absent, null or malformed.
pub(super) fn identity(
    operation: &Operation,
    slots: &[(FieldId, usize)],
    record: &Record<'_>,
    scratch: &mut reading::Scratch,
) -> Option<u64> {
    let mut hasher = Quality::default().build_hasher();
    for (field, slot) in slots {
        let described = operation.schema.field(*field);
        let raw = record.slot(*slot);
        match described.kind {
            Kind::Text => {
                let text = reading::text(Case::of(described), raw, scratch).ok()?;
                hasher.write(text.as_bytes());
                hasher.write_u8(0xff);
            }
            _ => match reading::number(described, raw).ok()? {
                Number::Integer(value) => hasher.write_i64(value),
                Number::Decimal(value) => hasher.write_u64(value.to_bits()),
            },
        }
    }
    Some(hasher.finish())
}
