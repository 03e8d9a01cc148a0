//! `Rows` tells records apart by identity: a row that comes twice is judged once, and one that comes
//! with other content shows that the capture was not stable.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState as Fast;
use foldhash::quality::FixedState as Quality;

use crate::json::{Number, Raw, Record};
use crate::operation::reading;
use crate::operation::{Field, FieldId, Kind, Operation, is_name};

/// Rows from which on a table by number pays.
const FEW_ROWS: usize = 1024;

/// Numbers of one table: those that differ in their low sixteen bits.
const NUMBERS: usize = 1 << 16;

/// Tables at most, 520 KiB each; rows of further classes stay in the map.
const MAX_TABLES: usize = 16;

/// Texts of a member whose digests are remembered at most, since most rows have one of a few.
const REMEMBERED: usize = 16;

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
    /// Digests of the contents of rows without an identity.
    anonymous: HashSet<u64, Fast>,
    repeated: u64,
}

/// The first content of each row: in a map while they are few, then by number in a table a class.
#[derive(Clone, Debug, Default)]
struct Seen {
    map: HashMap<Identity, u64, Fast>,
    /// By class.
    tables: Vec<Table>,
    /// Rows in the tables.
    in_tables: usize,
}

/// The rows of one class, by number.
#[derive(Clone, Debug)]
struct Table {
    class: u64,
    /// Which rows there are, a bit each: so few that they are in the nearest memory, which the digests
    /// are not. Those of a new row are only written, which nothing waits for.
    present: Vec<u64>,
    digests: Vec<u64>,
}

impl Table {
    fn new(class: u64) -> Self {
        let present = vec![0; NUMBERS / u64::BITS as usize];
        Self { class, present, digests: vec![0; NUMBERS] }
    }

    fn get(&self, number: u16) -> Option<u64> {
        let (word, bit) = place(number);
        let is_present = self.present.get(word)? & bit != 0;
        self.digests.get(usize::from(number)).copied().filter(|_| is_present)
    }

    /// The content that was there before; else `digest` is from now on.
    fn get_or_insert(&mut self, number: u16, digest: u64) -> Option<u64> {
        let (word, bit) = place(number);
        let bits = self.present.get_mut(word)?;
        let kept = self.digests.get_mut(usize::from(number))?;
        if *bits & bit != 0 {
            return Some(*kept);
        }
        *bits |= bit;
        *kept = digest;
        None
    }
}

/// Where the bit of a number is: in which word, and which it is there.
fn place(number: u16) -> (usize, u64) {
    let number = usize::from(number);
    let bits = u64::BITS as usize;
    (number / bits, 1 << (number % bits))
}

impl Seen {
    fn len(&self) -> usize {
        self.map.len() + self.in_tables
    }

    fn get(&self, identity: Identity) -> Option<u64> {
        match self.place(identity.class).ok().and_then(|place| self.tables.get(place)) {
            Some(table) => table.get(identity.number),
            None => self.map.get(&identity).copied(),
        }
    }

    /// Where the table of a class is, or else where it would be.
    fn place(&self, class: u64) -> Result<usize, usize> {
        self.tables.binary_search_by_key(&class, |table| table.class)
    }

    /// The content that was there before; else `digest` is from now on.
    fn get_or_insert(&mut self, identity: Identity, digest: u64) -> Option<u64> {
        let table = match self.place(identity.class) {
            Ok(place) => self.tables.get_mut(place),
            Err(_) if self.map.len() < FEW_ROWS || self.tables.len() == MAX_TABLES => {
                return match self.map.entry(identity) {
                    Entry::Occupied(known) => Some(*known.get()),
                    Entry::Vacant(vacant) => {
                        vacant.insert(digest);
                        None
                    }
                };
            }
            Err(place) => self.open_table(place, identity.class),
        };
        let before = table?.get_or_insert(identity.number, digest);
        self.in_tables += usize::from(before.is_none());
        before
    }

    /// A table for a class, with the rows of it that are in the map.
    fn open_table(&mut self, place: usize, class: u64) -> Option<&mut Table> {
        let mut table = Table::new(class);
        let rows = self.map.extract_if(|identity, _| identity.class == class);
        for (identity, digest) in rows {
            table.get_or_insert(identity.number, digest);
            self.in_tables += 1;
        }
        self.tables.insert(place, table);
        self.tables.get_mut(place)
    }

    /// Every row with its first content.
    fn iter(&self) -> impl Iterator<Item = (Identity, u64)> {
        let in_tables = self.tables.iter().flat_map(|table| {
            (0..=u16::MAX).filter_map(|number| {
                Some((Identity { class: table.class, number }, table.get(number)?))
            })
        });
        self.map.iter().map(|(identity, digest)| (*identity, *digest)).chain(in_tables)
    }
}

impl Rows {
    /// Records distinct by identity; those without one by content.
    #[must_use]
    pub fn distinct(&self) -> u64 {
        (self.seen.len() + self.anonymous.len()) as u64
    }

    /// Records without an identity, distinct by content.
    #[must_use]
    pub fn anonymous(&self) -> u64 {
        self.anonymous.len() as u64
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
            let is_new = self.anonymous.insert(digest);
            self.repeated += u64::from(!is_new);
            return if is_new { Row::New } else { Row::Repeated };
        };
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
        let Some(identity) = identity else {
            let is_known = self.anonymous.contains(&digest);
            return if is_known { Row::Repeated } else { Row::New };
        };
        match self.seen.get(identity) {
            None => Row::New,
            Some(known) if known == digest => Row::Repeated,
            Some(_) if self.others.contains(&content(identity, digest)) => Row::Repeated,
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
        let is_new = |digest: &&u64| self.anonymous.insert(**digest);
        let new = later.anonymous.iter().filter(is_new).count();
        let is_known = is_known + later.anonymous.len() - new;
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
    parts: Vec<Part>,
    scratch: reading::Scratch,
}

/// One of the members that identify a record.
#[derive(Debug)]
struct Part {
    field: FieldId,
    slot: usize,
    is_text: bool,
    /// Texts as they stood, and their digests: by length and first letter, so that one of the few that
    /// most rows have is found at once.
    remembered: [(String, u64); REMEMBERED],
}

impl Identities {
    /// For records that are projected to `slots`.
    pub(super) fn new(operation: &Operation, slots: &[FieldId]) -> Self {
        let part = |field: &FieldId| {
            let slot = slots.iter().position(|slot| slot == field)?;
            let is_text = operation.schema.field(*field).kind == Kind::Text;
            Some(Part { field: *field, slot, is_text, remembered: Default::default() })
        };
        let parts = operation.identity.iter().filter_map(part).collect();
        Self { parts, scratch: reading::Scratch::default() }
    }

    /// What identifies a record; `None` if a part of that is absent, null, blank or malformed.
    pub(super) fn of(&mut self, operation: &Operation, record: &Record<'_>) -> Option<Identity> {
        let mut hasher = Quality::default().build_hasher();
        let mut number = 0_i64;
        for part in &mut self.parts {
            let described = operation.schema.field(part.field);
            if part.is_text {
                let raw = record.slot(part.slot);
                hasher.write_u64(part.text(described, raw, &mut self.scratch)?);
                continue;
            }
            match reading::number_at(described, record, part.slot).ok()? {
                Number::Integer(value) => {
                    hasher.write_i64(number);
                    hasher.write_i64(value >> u16::BITS);
                    number = value & i64::from(u16::MAX);
                }
                fraction @ Number::Fraction(_) => fraction.hash(&mut hasher),
            }
        }
        Some(Identity { class: hasher.finish(), number: number as u16 })
    }
}

impl Part {
    /// The digest of a text.
    fn text(
        &mut self,
        field: &Field,
        raw: Option<Raw<'_>>,
        scratch: &mut reading::Scratch,
    ) -> Option<u64> {
        let stands = raw?.text;
        // After the quote.
        let letter = stands.as_bytes().get(1).copied().unwrap_or_default();
        let place = (stands.len() + usize::from(letter)) % REMEMBERED;
        let (remembered, digest) = self.remembered.get_mut(place)?;
        if remembered != stands {
            let text = reading::text(field, raw, scratch).ok()?;
            if !is_name(text) {
                return None;
            }
            *digest = Quality::default().hash_one(text);
            remembered.clear();
            remembered.push_str(stands);
        }
        Some(*digest)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::json::{Projection, Reader};
    use crate::operation::Catalogue;

    /// What identifies records, one after another.
    fn identified(records: &[&str]) -> Vec<Option<Identity>> {
        let catalogue = Catalogue::built_in().unwrap();
        let operation = catalogue.only().unwrap();
        let names: Vec<&str> =
            operation.identity.iter().map(|id| operation.schema.field(*id).name.as_str()).collect();
        let mut projection = Projection::new(&names, &[]);
        let mut identities = Identities::new(operation, &operation.identity);
        let identity = |record: &&str| {
            let mut reader = Reader::new(record.as_bytes());
            reader.record(&mut projection).unwrap();
            identities.of(operation, &reader.last_record(&projection))
        };
        records.iter().map(identity).collect()
    }

    #[test]
    fn rows_are_known_by_what_identifies_them_not_by_how_it_is_written() {
        let found = identified(&[
            r#"{"Port":80,"Protocol":"tcp"}"#,
            r#"{"Protocol":"TCP","Port":"80"}"#,
            r#"{"Port":80.0,"Protocol":"t\u0063p"}"#,
            r#"{"Port":80,"Protocol":"tcp"}"#,
        ]);
        assert!(found.iter().all(|identity| identity.is_some() && *identity == found[0]));
        // `udp` and `ump` have one length and one first letter.
        let found = identified(&[
            r#"{"Port":80,"Protocol":"udp"}"#,
            r#"{"Port":80,"Protocol":"ump"}"#,
            r#"{"Port":80,"Protocol":"udp"}"#,
            r#"{"Port":81,"Protocol":"udp"}"#,
            r#"{"Port":65535,"Protocol":"udp"}"#,
        ]);
        assert_eq!(found[0], found[2]);
        assert_eq!(found.iter().collect::<HashSet<_>>().len(), 4);
    }

    #[test]
    fn a_record_without_all_of_its_identity_has_none() {
        let known = r#"{"Port":80,"Protocol":"tcp"}"#;
        for record in [
            r#"{"Port":80}"#,
            r#"{"Protocol":"tcp"}"#,
            r#"{"Port":80,"Protocol":null}"#,
            r#"{"Port":80,"Protocol":7}"#,
            r#"{"Port":80,"Protocol":""}"#,
            r#"{"Port":80,"Protocol":"  "}"#,
            r#"{"Port":80,"Protocol":"tcp "}"#,
            r#"{"Port":80,"Protocol":"tcp\u200b"}"#,
            r#"{"Port":80,"Protocol":"tcp,udp"}"#,
            r#"{"Port":80,"Protocol":["tcp"]}"#,
            r#"{"Port":80.5,"Protocol":"tcp"}"#,
            r#"{"Port":"","Protocol":"tcp"}"#,
            r#"{"Port":"http","Protocol":"tcp"}"#,
            r#"{"Port":70000,"Protocol":"tcp"}"#,
            r#"{"Port":null,"Protocol":"tcp"}"#,
            r#"{"Port":-1,"Protocol":"tcp"}"#,
            r#"{"Port":65536,"Protocol":"tcp"}"#,
            "{}",
        ] {
            for records in [[record, known], [known, record]] {
                let none =
                    identified(&records).iter().filter(|identity| identity.is_none()).count();
                assert_eq!(none, 1, "{records:?}");
            }
        }
    }

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
        prop::collection::vec((0..classes, 0..900_u16, 0..4_u64), 0..6000)
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
