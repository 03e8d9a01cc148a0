//! What became of records from one capture to another: values count as they are read, and are shown as
//! they stand.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::json::{Number, Raw};
use crate::operation::reading::{self, Case, Unknown};
use crate::operation::{Field, FieldId, Kind, Operation};
use crate::triage::Identity;

use super::inventory::{Cell, Inventory, Row};
use super::pairing::{self, Pair};
use super::{Side, Sides};

/// What became of records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordChanges {
    /// Only after.
    pub opened: Vec<RecordChange>,
    /// Only before, and what is after is whole.
    pub closed: Vec<RecordChange>,
    /// On both sides, with other values.
    pub changed: Vec<RecordChange>,
    /// Only before, and what is after is not whole: it may still be there.
    pub unseen: Vec<RecordChange>,
    /// On both sides, with the same values.
    pub unchanged: u64,
}

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordChange {
    /// The capture that it is in; the later one of two.
    pub source: Arc<str>,
    /// What identifies it.
    pub identity: Vec<Identity>,
    /// Whether it is on both sides.
    pub is_on_both_sides: bool,
    /// The fields that differ; of a record that is on one side only, every field that it has.
    pub fields: Vec<FieldChange>,
}

/// One field of a record on both sides, as JSON texts as they stand; `None` where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The field's name.
    pub name: String,
    /// Its value before.
    pub before: Option<String>,
    /// Its value after.
    pub after: Option<String>,
}

/// Compares the records of every pair; `None` where a side has none to compare.
pub(super) fn compare(sides: &Sides<'_>, pairs: &[Pair]) -> Option<RecordChanges> {
    let before = inventories(sides.before)?;
    let after = inventories(sides.after)?;
    let mut changes = RecordChanges::default();
    for pair in pairs {
        let first = pair.before.and_then(|index| before.get(index)).and_then(Option::as_ref);
        let second = pair.after.and_then(|index| after.get(index)).and_then(Option::as_ref);
        let is_whole = second.is_some_and(|second| second.unidentified == 0)
            && pair.after.is_some_and(|index| sides.is_whole(index));
        let mut compared = Compared { sides, pair, changes: &mut changes };
        compared.records(first, second, is_whole);
    }
    Some(changes)
}

/// The inventory of each capture of a side; none where there was no file with a page.
fn inventories(side: &Side) -> Option<Vec<Option<Inventory>>> {
    let captures = captures_of_files(side);
    let mut all: Vec<Option<Inventory>> = vec![None; side.report.evidence.len()];
    for inventory in side.inventories.as_ref()? {
        let index = captures.get(&*inventory.source);
        match index.and_then(|index| all.get_mut(*index)) {
            Some(Some(earlier)) => earlier.absorb(inventory),
            Some(place) => *place = Some(inventory.clone()),
            None => {}
        }
    }
    Some(all)
}

/// The capture of each file of a side, and of each page that places are counted in.
fn captures_of_files(side: &Side) -> HashMap<&str, usize> {
    let captures = side.report.evidence.iter().enumerate();
    let sources = captures.flat_map(|(index, capture)| {
        let pages = capture.pages.iter().map(|page| &*page.start.source);
        pages.chain([&*capture.source]).map(move |source| (source, index))
    });
    sources.collect()
}

/// One pair, and where its changes go.
struct Compared<'a> {
    sides: &'a Sides<'a>,
    pair: &'a Pair,
    changes: &'a mut RecordChanges,
}

impl Compared<'_> {
    fn records(&mut self, before: Option<&Inventory>, after: Option<&Inventory>, is_whole: bool) {
        for (key, row) in before.into_iter().flat_map(|inventory| &inventory.rows) {
            match after.and_then(|inventory| inventory.rows.get(key)) {
                Some(later) => self.changed(row, later),
                None => {
                    let change = self.change(Some(row), None);
                    let list = match is_whole {
                        true => &mut self.changes.closed,
                        false => &mut self.changes.unseen,
                    };
                    list.extend(change);
                }
            }
        }
        for (key, row) in after.into_iter().flat_map(|inventory| &inventory.rows) {
            if !before.is_some_and(|inventory| inventory.rows.contains_key(key)) {
                let change = self.change(None, Some(row));
                self.changes.opened.extend(change);
            }
        }
    }

    fn changed(&mut self, before: &Row, after: &Row) {
        match self.change(Some(before), Some(after)) {
            Some(change) if !change.fields.is_empty() => self.changes.changed.push(change),
            _ => self.changes.unchanged += 1,
        }
    }

    fn change(&self, before: Option<&Row>, after: Option<&Row>) -> Option<RecordChange> {
        let one = |side, index: Option<usize>| pairing::capture(side, index?);
        let capture = one(self.sides.after, self.pair.after.filter(|_| after.is_some()))
            .or_else(|| one(self.sides.before, self.pair.before))?;
        let operation = capture.operation.as_ref()?;
        let cell = |row: Option<&Row>, index: usize| row?.values.get(index)?.clone();
        let fields = operation.compared.iter().enumerate().filter_map(|(index, field)| {
            let (first, second) = (cell(before, index), cell(after, index));
            let described = operation.schema.field(*field);
            (!is_same(described, first.as_ref(), second.as_ref())).then(|| FieldChange {
                name: described.name.clone(),
                before: first.map(|cell| cell.raw().text.to_owned()),
                after: second.map(|cell| cell.raw().text.to_owned()),
            })
        });
        Some(RecordChange {
            source: Arc::clone(&capture.source),
            identity: identity(operation, after.or(before)?),
            is_on_both_sides: before.is_some() && after.is_some(),
            fields: fields.collect(),
        })
    }
}

fn identity(operation: &Operation, row: &Row) -> Vec<Identity> {
    let named = |(field, cell): (&FieldId, &Option<Cell>)| {
        let name = operation.schema.field(*field).name.clone();
        Some((name, cell.as_ref()?.raw().text.to_owned()))
    };
    operation.identity.iter().zip(&row.identity).filter_map(named).collect()
}

fn is_same(field: &Field, before: Option<&Cell>, after: Option<&Cell>) -> bool {
    before == after || read(field, before.map(Cell::raw)) == read(field, after.map(Cell::raw))
}

/// What a value was read as. What is absent and what is null say the same: nothing.
#[derive(Debug, PartialEq)]
enum Read {
    Nothing,
    /// By its text as it stands.
    Malformed(String),
    Number(Number),
    Boolean(bool),
    Text(String),
    /// Names as they are compared, in whatever order.
    Names(BTreeSet<String>),
}

fn read(field: &Field, raw: Option<Raw<'_>>) -> Read {
    let mut scratch = reading::Scratch::default();
    let read = match &field.kind {
        Kind::Code(_) => reading::code(raw).map(|code| Read::Number(Number::Integer(code))),
        Kind::Boolean => reading::boolean(raw).map(Read::Boolean),
        Kind::Time => reading::time(raw).map(Read::Number),
        Kind::Address => reading::address(raw).map(|address| Read::Text(address.to_string())),
        Kind::Text => {
            reading::text(field, raw, &mut scratch).map(|text| Read::Text(text.to_owned()))
        }
        Kind::TextList => {
            let mut names = BTreeSet::new();
            let mut add = |name: &str| {
                names.insert(name.to_owned());
            };
            reading::list(Case::of(field), raw, &mut scratch, &mut add).and_then(|members| {
                match members.malformed {
                    0 => Ok(Read::Names(names)),
                    // What an element says that is not a name, only its text tells.
                    _ => Err(Unknown::Malformed),
                }
            })
        }
        Kind::Integer | Kind::Decimal | Kind::Bytes | Kind::Percent => {
            reading::number(field, raw).map(Read::Number)
        }
    };
    read.unwrap_or_else(|why| match why {
        Unknown::Absent | Unknown::Null => Read::Nothing,
        Unknown::Malformed => {
            Read::Malformed(raw.map(|raw| raw.text.to_owned()).unwrap_or_default())
        }
    })
}
