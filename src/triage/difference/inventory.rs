//! An `Inventory` is the records of one file by what identifies them, each with the values by which it is
//! compared with the same record of another capture.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::Judge;
use crate::json::{self, Number, Raw, Record};
use crate::operation::reading;
use crate::operation::{FieldId, Kind, Operation};
use crate::snapshot::{Flaw, RecordPlace, Visitor, Weight};
use crate::text::{Mark, Place, Problem};

/// Records of one file that are kept to be compared.
pub const MOST_RECORDS: usize = 2_000_000;

/// Bytes of one file's identities and compared values that are kept.
pub const MOST_BYTES: usize = 1 << 30;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("{} without what identifies one, and cannot be compared", records(*count))]
    #[diagnostic(
        code("evidence/not-identified"),
        severity(Warning),
        help("capture the answer again as the API sent it")
    )]
    NotIdentified { count: u64 },
    #[error("there are too many records to compare")]
    #[diagnostic(
        code("diff/too-many-records"),
        help(
            "of one file {records} records are compared, and {gigabytes} GiB of their values",
            records = MOST_RECORDS,
            gigabytes = MOST_BYTES >> 30
        )
    )]
    TooMany,
}

fn records(count: u64) -> String {
    if count == 1 { "1 record is".to_owned() } else { format!("{count} records are") }
}

/// What identifies a record: numbers by value, names as they are compared.
pub(super) type Key = Vec<Part>;

/// One field of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Number(Number),
    Text(String),
}

/// The key of a record whose members are given as they stand; `None` where it is not whole.
pub(super) fn key<'a>(
    operation: &Operation,
    scratch: &mut reading::Scratch,
    raw: impl Fn(FieldId) -> Option<Raw<'a>>,
) -> Option<Key> {
    let mut part = |field: &FieldId| {
        let described = operation.schema.field(*field);
        Some(match described.kind {
            Kind::Text => {
                let text = reading::text(described, raw(*field), scratch).ok()?;
                Part::Text(text.to_owned())
            }
            _ => Part::Number(reading::number(described, raw(*field)).ok()?),
        })
    };
    operation.identity.iter().map(&mut part).collect()
}

/// A value as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    text: Box<str>,
    kind: json::Kind,
}

impl Cell {
    fn new(raw: Raw<'_>) -> Self {
        Self { text: raw.text.into(), kind: raw.kind }
    }

    pub(super) fn raw(&self) -> Raw<'_> {
        Raw { text: &self.text, kind: self.kind }
    }
}

/// What is kept of one record; fields that it does not have are `None`.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// In the order of the operation's identity.
    pub(super) identity: Vec<Option<Cell>>,
    /// In the order of the fields that are compared.
    pub(super) values: Vec<Option<Cell>>,
}

/// The records of one file, or of one capture.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// The file.
    pub source: Arc<str>,
    /// Of a record that came again with other content, the later one counts.
    pub(super) rows: BTreeMap<Key, Row>,
    /// Records whose identity is not whole.
    pub(super) unidentified: u64,
}

impl Inventory {
    /// Takes the records of a later file of the same capture.
    pub(super) fn absorb(&mut self, later: &Self) {
        self.rows.extend(later.rows.iter().map(|(key, row)| (key.clone(), row.clone())));
        self.unidentified += later.unidentified;
    }
}

/// Takes records into an inventory as they go by.
#[derive(Debug)]
pub struct Collector {
    operation: Arc<Operation>,
    slots: Vec<FieldId>,
    scratch: reading::Scratch,
    inventory: Inventory,
    bytes: usize,
    /// The first record whose identity is not whole.
    first: Option<Mark>,
}

impl Collector {
    /// A collector for one file, whose records are projected to `slots`.
    #[must_use]
    pub fn new(operation: &Arc<Operation>, slots: &[FieldId], source: &Arc<str>) -> Self {
        let source = Arc::clone(source);
        Self {
            operation: Arc::clone(operation),
            slots: slots.to_vec(),
            scratch: reading::Scratch::default(),
            inventory: Inventory { source, rows: BTreeMap::new(), unidentified: 0 },
            bytes: 0,
            first: None,
        }
    }

    /// The slots of a program with those added that a collector needs, the program's own first.
    #[must_use]
    pub fn slots(operation: &Operation, program: &[FieldId]) -> Vec<FieldId> {
        let mut slots = program.to_vec();
        for field in operation.identity.iter().chain(&operation.compared) {
            if !slots.contains(field) {
                slots.push(*field);
            }
        }
        slots
    }

    /// The inventory, and what is to be said of its file.
    ///
    /// # Errors
    /// Where there were more records than are kept.
    pub fn finish(self) -> Result<(Inventory, Option<Flaw>), Problem> {
        let source = &self.inventory.source;
        if self.is_full() {
            return Err(Problem::new(&Error::TooMany, Place::Whole(Arc::clone(source))));
        }
        let flaw = self.first.map(|mark| Flaw {
            weight: Weight::Unprovable,
            problem: Problem::new(
                &Error::NotIdentified { count: self.inventory.unidentified },
                Place::Evidence(mark),
            ),
        });
        Ok((self.inventory, flaw))
    }

    fn is_full(&self) -> bool {
        self.inventory.rows.len() > MOST_RECORDS || self.bytes > MOST_BYTES
    }

    /// Takes a record; false where it is the first one that cannot be told from others.
    fn take(&mut self, record: &Record<'_>) -> bool {
        if self.is_full() {
            return true;
        }
        let Self { operation, slots, .. } = self;
        let raw = |field: FieldId| record.slot(slots.iter().position(|slot| *slot == field)?);
        let Some(key) = key(operation, &mut self.scratch, raw) else {
            self.inventory.unidentified += 1;
            return self.inventory.unidentified > 1;
        };
        let cell = |field: &FieldId| raw(*field).map(Cell::new);
        let row = Row {
            identity: operation.identity.iter().map(cell).collect(),
            values: operation.compared.iter().map(cell).collect(),
        };
        let cells = row.identity.iter().chain(&row.values).flatten();
        self.bytes += cells.map(|cell| cell.text.len()).sum::<usize>();
        self.inventory.rows.insert(key, row);
        true
    }
}

/// Judges records and takes them into an inventory.
#[derive(Debug)]
pub struct Survey<'a, 'p> {
    /// The judge.
    pub judge: &'a mut Judge<'p>,
    /// The collector.
    pub collector: &'a mut Collector,
    is_hit: bool,
    is_first: bool,
}

impl<'a, 'p> Survey<'a, 'p> {
    /// Both, record by record.
    pub fn new(judge: &'a mut Judge<'p>, collector: &'a mut Collector) -> Self {
        Self { judge, collector, is_hit: false, is_first: false }
    }
}

impl Visitor for Survey<'_, '_> {
    fn visit(&mut self, record: &Record<'_>) -> bool {
        self.is_first = !self.collector.take(record);
        self.is_hit = self.judge.visit(record);
        self.is_hit || self.is_first
    }

    fn keep(&mut self, record: &Record<'_>, place: RecordPlace) {
        if self.is_first {
            self.collector.first = Some(Mark {
                source: Arc::clone(&self.collector.inventory.source),
                position: place.position,
                offset: place.offset,
                length: 1,
            });
        }
        if self.is_hit {
            self.judge.keep(record, place);
        }
    }
}
