//! `Rows` tells records apart by identity: a row that comes twice is judged once, and one that comes
//! with other content shows that the capture was not stable.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState as Fast;
use foldhash::quality::FixedState as Quality;

use crate::json::{Number, Raw, Record};
use crate::operation::reading::{self, Case};
use crate::operation::{FieldId, Kind, Operation};

/// Rows from which on a table by number pays.
const FEW_ROWS: usize = 1024;

/// Numbers of one table: those that differ in their low sixteen bits.
const NUMBERS: usize = 1 << 16;

/// Tables at most, 512 KiB each; rows of further classes stay in the map.
const MAX_TABLES: usize = 16;

/// Texts whose digests are remembered, since most rows have one of a few.
const MAX_REMEMBERED: usize = 16;

/// Rows that wait at most.
const MAX_WAITING: usize = 64;

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

/// What identifies a row, digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Digest of all but `number`.
    class: u64,
    /// Low bits of the last whole number in it; 0 where there is none.
    number: u16,
}

/// The distinct rows of a file, or of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    seen: Seen,
    /// Digests of further contents of rows that were seen.
    others: HashSet<u64, Fast>,
    anonymous: u64,
    repeated: u64,
}

/// The first content of each row: in a map while they are few, then by number in a table a class.
#[derive(Clone, Debug, Default)]
struct Seen {
    map: HashMap<Identity, u64, Fast>,
    tables: Vec<(u64, Vec<u64>)>,
    /// Rows in the tables.
    in_tables: usize,
}

/// What a table holds where there is no row; no digest is it.
const NO_ROW: u64 = 0;

impl Seen {
    fn len(&self) -> usize {
        self.map.len() + self.in_tables
    }

    fn get(&self, identity: Identity) -> Option<u64> {
        match self.tables.iter().find(|(class, _)| *class == identity.class) {
            Some((_, table)) => {
                table.get(usize::from(identity.number)).copied().filter(|digest| *digest != NO_ROW)
            }
            None => self.map.get(&identity).copied(),
        }
    }

    /// The content that was there before; else `digest` is from now on.
    fn get_or_insert(&mut self, identity: Identity, digest: u64) -> Option<u64> {
        let position = self.tables.iter().position(|(class, _)| *class == identity.class);
        let table = match position {
            Some(position) => self.tables.get_mut(position),
            None if self.map.len() < FEW_ROWS || self.tables.len() == MAX_TABLES => {
                return match self.map.entry(identity) {
                    Entry::Occupied(known) => Some(*known.get()),
                    Entry::Vacant(vacant) => {
                        vacant.insert(digest);
                        None
                    }
                };
            }
            None => self.open_table(identity.class),
        };
        let kept = table.and_then(|(_, table)| table.get_mut(usize::from(identity.number)))?;
        if *kept != NO_ROW {
            return Some(*kept);
        }
        *kept = digest;
        self.in_tables += 1;
        None
    }

    /// A table for a class, with the rows of it that are in the map.
    fn open_table(&mut self, class: u64) -> Option<&mut (u64, Vec<u64>)> {
        let mut table = vec![NO_ROW; NUMBERS];
        self.map.retain(|identity, digest| {
            let kept = table.get_mut(usize::from(identity.number));
            match kept.filter(|_| identity.class == class) {
                Some(kept) => {
                    *kept = *digest;
                    self.in_tables += 1;
                    false
                }
                None => true,
            }
        });
        self.tables.push((class, table));
        self.tables.last_mut()
    }

    /// Every row with its first content.
    fn iter(&self) -> impl Iterator<Item = (Identity, u64)> {
        let in_tables = self.tables.iter().flat_map(|(class, table)| {
            let rows = (0..=u16::MAX).zip(table).filter(|(_, digest)| **digest != NO_ROW);
            rows.map(|(number, digest)| (Identity { class: *class, number }, *digest))
        });
        self.map.iter().map(|(identity, digest)| (*identity, *digest)).chain(in_tables)
    }
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

    /// Takes one row: what identifies it, where that is whole, and the digest of its content.
    pub fn take(&mut self, identity: Option<Identity>, digest: u64) -> Row {
        let Some(identity) = identity else {
            self.anonymous += 1;
            return Row::New;
        };
        let digest = digest.max(NO_ROW + 1);
        match self.seen.get_or_insert(identity, digest) {
            None => Row::New,
            Some(known) if known != digest && self.others.insert(content(identity, digest)) => {
                Row::Changed
            }
            Some(_) => {
                self.repeated += 1;
                Row::Repeated
            }
        }
    }

    /// What a row of another file would be here, without taking it.
    #[must_use]
    pub fn look_up(&self, identity: Option<Identity>, digest: u64) -> Row {
        let digest = digest.max(NO_ROW + 1);
        let row = identity.and_then(|identity| Some((identity, self.seen.get(identity)?)));
        match row {
            None => Row::New,
            Some((_, known)) if known == digest => Row::Repeated,
            Some((identity, _)) if self.others.contains(&content(identity, digest)) => {
                Row::Repeated
            }
            Some(_) => Row::Changed,
        }
    }

    /// Takes the rows of a later file of the same snapshot.
    pub fn absorb(&mut self, later: &Self) {
        let contents = |rows: &Self| rows.seen.len() + rows.others.len();
        let before = contents(self);
        for (identity, digest) in later.seen.iter() {
            let known = self.seen.get_or_insert(identity, digest);
            if known.is_some_and(|known| known != digest) {
                self.others.insert(content(identity, digest));
            }
        }
        self.others.extend(&later.others);
        // What was a further content there may have been the first one here.
        if !later.others.is_empty() {
            for (identity, digest) in self.seen.iter() {
                self.others.remove(&content(identity, digest));
            }
        }
        let is_known = (before + contents(later)).saturating_sub(contents(self));
        self.anonymous += later.anonymous;
        self.repeated += later.repeated + is_known as u64;
    }
}

/// Rows of which nobody asks what they are, to be taken together: tables are seldom in the nearest
/// memory, and many look-ups side by side take little longer than one.
#[derive(Debug, Default)]
pub(super) struct Waiting(Vec<(Option<Identity>, u64)>);

impl Waiting {
    /// Takes a row sooner or later.
    pub(super) fn push(&mut self, identity: Option<Identity>, digest: u64, rows: &mut Rows) {
        self.0.push((identity, digest));
        if self.0.len() == MAX_WAITING {
            self.settle(rows);
        }
    }

    /// Takes all that wait, in order.
    pub(super) fn settle(&mut self, rows: &mut Rows) {
        for (identity, digest) in self.0.drain(..) {
            rows.take(identity, digest);
        }
    }
}

/// Digest of a row with one of its contents.
fn content(identity: Identity, digest: u64) -> u64 {
    let mut hasher = Quality::default().build_hasher();
    identity.hash(&mut hasher);
    hasher.write_u64(digest);
    hasher.finish()
}

/// Finds out what identifies records: numbers by value, names as they are compared.
#[derive(Debug)]
pub(super) struct Identities {
    slots: Vec<(FieldId, usize)>,
    scratch: reading::Scratch,
    /// Texts as they stood, by their field, and their digests.
    remembered: Vec<(FieldId, String, u64)>,
}

impl Identities {
    /// For records that are projected to `slots`.
    pub(super) fn new(operation: &Operation, slots: &[FieldId]) -> Self {
        let slot = |id: &FieldId| Some((*id, slots.iter().position(|slot| slot == id)?));
        Self {
            slots: operation.identity.iter().filter_map(slot).collect(),
            scratch: reading::Scratch::default(),
            remembered: Vec::new(),
        }
    }

    /// What identifies a record; `None` where a part of that is absent, null or malformed.
    pub(super) fn of(&mut self, operation: &Operation, record: &Record<'_>) -> Option<Identity> {
        let mut hasher = Quality::default().build_hasher();
        let mut number = 0_i64;
        for index in 0..self.slots.len() {
            let (field, slot) = *self.slots.get(index)?;
            let described = operation.schema.field(field);
            if described.kind == Kind::Text {
                hasher.write_u64(self.text(operation, field, record.slot(slot))?);
                continue;
            }
            match reading::number(described, record.slot(slot)).ok()? {
                Number::Integer(value) => {
                    hasher.write_i64(number);
                    hasher.write_i64(value >> u16::BITS);
                    number = value & i64::from(u16::MAX);
                }
                Number::Decimal(value) => hasher.write_u64(value.to_bits()),
            }
        }
        Some(Identity { class: hasher.finish(), number: number as u16 })
    }

    fn text(&mut self, operation: &Operation, field: FieldId, raw: Option<Raw<'_>>) -> Option<u64> {
        let stands = raw.map_or("", |raw| raw.text);
        let same = |(known, text, _): &&(FieldId, String, u64)| *known == field && text == stands;
        if let Some((.., digest)) = self.remembered.iter().find(same) {
            return Some(*digest);
        }
        let case = Case::of(operation.schema.field(field));
        let text = reading::text(case, raw, &mut self.scratch).ok()?;
        let digest = Quality::default().hash_one(text);
        if self.remembered.len() < MAX_REMEMBERED {
            self.remembered.push((field, stands.to_owned(), digest));
        }
        Some(digest)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// The contents of each row, in the order in which they came.
    #[derive(Default)]
    struct Model {
        rows: BTreeMap<(u64, u16), Vec<u64>>,
        repeated: u64,
    }

    impl Model {
        fn take(&mut self, (class, number, digest): (u64, u16, u64)) -> Row {
            let contents = self.rows.entry((class, number)).or_default();
            if contents.contains(&digest) {
                self.repeated += 1;
                return Row::Repeated;
            }
            contents.push(digest);
            if contents.len() == 1 { Row::New } else { Row::Changed }
        }

        #[track_caller]
        fn check(&self, rows: &Rows) {
            let contents: usize = self.rows.values().map(Vec::len).sum();
            assert_eq!(rows.distinct(), self.rows.len() as u64);
            assert_eq!(rows.judged(), contents as u64);
            assert_eq!(rows.repeated(), self.repeated);
            for ((class, number), contents) in &self.rows {
                let identity = Some(Identity { class: *class, number: *number });
                for digest in contents {
                    assert_eq!(rows.look_up(identity, *digest), Row::Repeated);
                }
                assert_eq!(rows.look_up(identity, 99), Row::Changed);
            }
            let other = Some(Identity { class: u64::MAX, number: 0 });
            assert_eq!(rows.look_up(other, 1), Row::New);
        }
    }

    fn taken(taken: &[(u64, u16, u64)], model: &mut Model) -> Rows {
        let (mut rows, mut waiting) = (Rows::default(), Waiting::default());
        for (class, number, digest) in taken {
            let identity = Some(Identity { class: *class, number: *number });
            let expected = model.take((*class, *number, *digest));
            if *number % 3 == 0 {
                waiting.settle(&mut rows);
                assert_eq!(rows.take(identity, *digest), expected);
            } else {
                waiting.push(identity, *digest, &mut rows);
            }
        }
        waiting.settle(&mut rows);
        rows
    }

    fn some_rows(classes: u64) -> impl Strategy<Value = Vec<(u64, u16, u64)>> {
        prop::collection::vec((0..classes, 0..900_u16, 1..4_u64), 0..6000)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn rows_are_told_apart_however_many_there_are(
            (first, later) in (1..40_u64).prop_flat_map(|classes| (some_rows(classes), some_rows(classes))),
        ) {
            let mut model = Model::default();
            let mut rows = taken(&first, &mut model);
            model.check(&rows);
            let mut of_later = Model::default();
            let later = taken(&later, &mut of_later);
            let is_new = |(row, digest): (&(u64, u16), &u64)| {
                let identity = Identity { class: row.0, number: row.1 };
                rows.look_up(Some(identity), *digest) != Row::Repeated
            };
            let contents = of_later.rows.iter();
            let contents = contents.flat_map(|(row, all)| all.iter().map(move |one| (row, one)));
            let new = contents.filter(|content| is_new(*content)).count() as u64;
            let alone = rows.judged();
            rows.absorb(&later);
            prop_assert_eq!(rows.judged() - alone, new, "what is kept is what is counted");
            model.repeated += of_later.repeated;
            for ((class, number), contents) in of_later.rows {
                for digest in contents {
                    model.take((class, number, digest));
                }
            }
            model.check(&rows);
        }
    }
}
