//! Reads one file: tells the shapes of evidence apart by content, finds the records, the totals and the
//! errors in them, and hands every record to a visitor as it goes by.

use std::io::Read;
use std::sync::Arc;

use crate::json::{Kind, Projection, Reader, Record, Scan};
use crate::operation::{FieldId, Operation};
use crate::text::{Mark, Place, Problem, hex};

use super::document::own_schema;
use super::envelope::Envelope;
use super::flaw::Error;
use super::page::{File, Page, RecordPlace, Weight};
use super::rows::{Identities, Row, Waiting};

/// Takes records as they go by.
pub trait Visitor {
    /// Told of the answer of a capture that is read next, in which the places of its records are counted.
    fn enter(&mut self, _page: &Arc<str>) {}

    /// Looks at a record, which may have come before; whether something of it is to be kept if not.
    fn visit(&mut self, record: &Record<'_>) -> bool;

    /// Keeps what is to be kept of the record that was visited last.
    fn keep(&mut self, record: &Record<'_>, place: RecordPlace);
}

/// How files of one operation are read.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The operation.
    pub operation: Arc<Operation>,
    /// Members to keep of each record; those that identify it must be among them.
    pub slots: Vec<FieldId>,
    /// Whether pages are hashed.
    pub hashes: Hashes,
}

/// Whether pages are hashed, which costs about as much as reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashes {
    /// They are.
    Taken,
    /// They are not.
    Left,
}

/// Reads one file. `input` is read to its end, once.
///
/// # Errors
/// What makes it no evidence at all: it is empty, not JSON, or not of the operation's shape.
pub fn read<R: Read>(
    input: R,
    source: &Arc<str>,
    plan: &Plan,
    visitor: &mut dyn Visitor,
) -> Result<File, Problem> {
    let file = File::new(source, &plan.operation);
    let reading = Reading::new(input, file, plan, visitor);
    let mut file = reading.documents().map_err(|stop| stop.problem(source))?;
    if let [only] = file.pages.as_mut_slice() {
        only.source = Arc::clone(&file.source);
    }
    Ok(file)
}

/// Why reading a file ends before its end.
pub(super) enum Stop {
    Json(crate::json::Error),
    Shape(Box<Problem>),
}

impl Stop {
    pub(super) fn problem(self, source: &Arc<str>) -> Problem {
        match self {
            Self::Json(error) => error.problem(source),
            Self::Shape(problem) => *problem,
        }
    }
}

impl From<crate::json::Error> for Stop {
    fn from(error: crate::json::Error) -> Self {
        Self::Json(error)
    }
}

/// A file while it is read.
pub(super) struct Reading<'a, R> {
    pub(super) reader: Reader<R>,
    pub(super) plan: &'a Plan,
    pub(super) file: File,
    /// The answer of a capture that is read; `None` where the file itself is.
    pub(super) within: Option<Arc<str>>,
    visitor: &'a mut dyn Visitor,
    /// For objects that may turn out to be an envelope.
    either: Projection,
    /// For elements of a records list.
    listed: Projection,
    identities: Identities,
    /// Rows that violate nothing, and are not in the file's yet.
    waiting: Waiting,
}

impl<'a, R: Read> Reading<'a, R> {
    pub(super) fn new(input: R, file: File, plan: &'a Plan, visitor: &'a mut dyn Visitor) -> Self {
        let schema = &plan.operation.schema;
        let names: Vec<&str> =
            plan.slots.iter().map(|id| schema.field(*id).name.as_str()).collect();
        let stops = Envelope::stops(&plan.operation);
        Self {
            reader: Reader::new(input),
            plan,
            file,
            within: None,
            visitor,
            either: Projection::new(&names, &stops),
            listed: Projection::new(&names, &[]),
            identities: Identities::new(&plan.operation, &plan.slots),
            waiting: Waiting::default(),
        }
    }

    /// Reads every document of the file, most hold one, and gives the file.
    pub(super) fn documents(mut self) -> Result<File, Stop> {
        let mut scalar = None;
        let mut bare = None;
        while let Some(kind) = self.reader.peek()? {
            self.file.documents += 1;
            match kind {
                Kind::Object => self.object(&Pointer::Document, &mut bare)?,
                Kind::Array => self.array()?,
                _ => {
                    let here = self.place();
                    self.reader.skip()?;
                    scalar.get_or_insert((kind, here));
                }
            }
        }
        let count = self.file.documents;
        match scalar {
            _ if count == 0 => {
                Err(self.stop(&Error::Empty, Place::Whole(Arc::clone(self.source()))))
            }
            Some((kind, place)) if count > 1 => {
                Err(self.stop(&Error::TrailingScalar(name(kind)), place))
            }
            Some((kind, place)) => {
                self.no_records(&format!("the file holds {}", name(kind)), place);
                Ok(self.finish())
            }
            None => Ok(self.finish()),
        }
    }

    /// An array of responses, of records, or of both.
    fn array(&mut self) -> Result<(), Stop> {
        let place = self.place();
        self.reader.begin_array()?;
        let mut bare = None;
        let mut index = 0;
        while self.reader.next_element()? {
            match self.reader.peek()? {
                Some(Kind::Object) => self.object(&Pointer::Element(index), &mut bare)?,
                other => self.not_a_record(index, other)?,
            }
            index += 1;
        }
        if index == 0 {
            self.no_records("an empty array has neither records nor a total", place);
        }
        Ok(())
    }

    /// An object that is a record, or the envelope of some.
    fn object(&mut self, pointer: &Pointer, bare: &mut Option<usize>) -> Result<(), Stop> {
        match self.reader.record(&mut self.either)? {
            Scan::Envelope => Envelope::read(self, pointer),
            Scan::Record => {
                let record = self.reader.last_record(&self.either);
                if (0..self.plan.slots.len()).all(|slot| record.slot(slot).is_none()) {
                    let own = own_schema(record.text().as_bytes());
                    let place = Place::Evidence(self.record_mark());
                    self.no_record(own, place);
                    return Ok(());
                }
                let page = match *bare {
                    Some(page) => page,
                    None => {
                        let start = self.record_mark();
                        self.file.pages.push(Page::bare(start, pointer));
                        *bare.insert(self.file.pages.len() - 1)
                    }
                };
                self.record(page, pointer.index(), Which::Either);
                Ok(())
            }
        }
    }

    /// The elements of a page's records list; the cursor stands on the list.
    pub(super) fn list(&mut self, page: usize) -> Result<(), Stop> {
        self.reader.begin_array()?;
        let mut index = 0;
        while self.reader.next_element()? {
            match self.reader.peek()? {
                Some(Kind::Object) => {
                    self.reader.record(&mut self.listed)?;
                    self.record(page, index, Which::Listed);
                }
                other => self.not_a_record(index, other)?,
            }
            index += 1;
        }
        Ok(())
    }

    /// Hands the record that was read last to the visitor, unless the same came before.
    fn record(&mut self, page: usize, index: u64, which: Which) {
        let projection = match which {
            Which::Either => &self.either,
            Which::Listed => &self.listed,
        };
        let mut record = self.reader.last_record(projection);
        let identity = self.identities.of(&self.plan.operation, &record);
        let digest = record.digest();
        if let Some(page) = self.file.pages.get_mut(page) {
            page.take(digest);
        }
        if identity.is_none() && self.file.unidentified.is_none() {
            let offset = record.offset();
            let position = self.reader.record_position();
            let source = Arc::clone(self.within.as_ref().unwrap_or(&self.file.source));
            self.file.unidentified = Some(Mark { source, position, offset, length: 1 });
            record = self.reader.last_record(projection);
        }
        if !self.visitor.visit(&record) {
            return self.waiting.push(identity, digest, &mut self.file.rows);
        }
        self.waiting.settle(&mut self.file.rows);
        if self.file.rows.take(identity, digest) == Row::Repeated {
            return;
        }
        let position = self.reader.record_position();
        let record = self.reader.last_record(projection);
        let offset = record.offset();
        self.visitor.keep(&record, RecordPlace { page, index, offset, position, identity, digest });
    }

    fn finish(mut self) -> File {
        self.waiting.settle(&mut self.file.rows);
        self.file
    }

    /// Starts the hash of one page within its file.
    pub(super) fn begin_page_hash(&mut self) {
        // That of a capture's answer is taken as a whole.
        if self.plan.hashes == Hashes::Taken && self.within.is_none() {
            self.reader.begin_hash();
        }
    }

    /// The hash of the page that ends here, in hex.
    pub(super) fn end_page_hash(&mut self) -> Option<String> {
        self.reader.end_hash().map(|hash| hex(&hash))
    }

    fn not_a_record(&mut self, index: u64, kind: Option<Kind>) -> Result<(), Stop> {
        let place = self.place();
        self.reader.skip()?;
        let found = kind.map_or("nothing", name);
        self.flaw(&Error::NotARecord { index, found }, Weight::Partial, place);
        Ok(())
    }

    /// An object that is no record; `own` is its schema where this program wrote it.
    fn no_record(&mut self, own: Option<String>, place: Place) {
        match own {
            Some(schema) => self.flaw(&Error::OwnDocument(schema), Weight::Partial, place),
            None => self.no_records("the object has neither records nor a field of one", place),
        }
    }

    fn no_records(&mut self, why: &str, place: Place) {
        let error = Error::NoRecords(why.to_owned(), self.plan.operation.records.join("."));
        self.flaw(&error, Weight::Partial, place);
    }

    pub(super) fn flaw(&mut self, error: &Error, weight: Weight, place: Place) {
        self.file.flag(error.flaw(weight, place));
    }

    /// What places are counted in.
    pub(super) fn source(&self) -> &Arc<str> {
        self.within.as_ref().unwrap_or(&self.file.source)
    }

    /// The name of the page that begins here.
    pub(super) fn page_name(&self) -> Arc<str> {
        match &self.within {
            Some(page) => Arc::clone(page),
            None => Arc::from(format!("{}#page={}", self.file.source, self.file.pages.len() + 1)),
        }
    }

    /// The place of the value at the cursor.
    pub(super) fn place(&mut self) -> Place {
        Place::Evidence(self.mark(1))
    }

    /// The place where the record begins that was read last.
    fn record_mark(&mut self) -> Mark {
        let position = self.reader.record_position();
        let offset = self.reader.last_record(&self.either).offset();
        Mark { source: Arc::clone(self.source()), position, offset, length: 1 }
    }

    pub(super) fn mark(&mut self, length: u64) -> Mark {
        let position = self.reader.position();
        Mark { source: Arc::clone(self.source()), position, offset: self.reader.offset(), length }
    }

    pub(super) fn stop(&self, error: &Error, place: Place) -> Stop {
        Stop::Shape(Box::new(error.at(place)))
    }
}

#[derive(Clone, Copy)]
enum Which {
    Either,
    Listed,
}

/// Where an object lies in its file.
pub(super) enum Pointer {
    /// It is a document.
    Document,
    /// It is an element of an array that is a document.
    Element(u64),
}

impl Pointer {
    fn index(&self) -> u64 {
        match self {
            Self::Document => 0,
            Self::Element(index) => *index,
        }
    }

    /// The JSON pointer of a member path below the object.
    pub(super) fn below(&self, path: &[String]) -> String {
        let mut pointer = match self {
            Self::Document => String::new(),
            Self::Element(index) => format!("/{index}"),
        };
        for step in path {
            pointer.push('/');
            pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        }
        pointer
    }
}

impl Page {
    /// The page of records that no answer envelops.
    fn bare(start: Mark, pointer: &Pointer) -> Self {
        let list = match pointer {
            Pointer::Document => None,
            Pointer::Element(_) => Some(String::new()),
        };
        Self { list, has_list: true, ..Self::new(Arc::clone(&start.source), start) }
    }
}

/// A kind in words.
pub(super) fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "an object",
        Kind::Array => "an array",
        Kind::String => "a text",
        Kind::Number => "a number",
        Kind::True | Kind::False => "a boolean",
        Kind::Null => "null",
    }
}
