//! Tells a snapshot document from other evidence by its `schema` member, wherever that stands.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use crate::json::{Kind, Reader, decode_lossy};
use crate::operation::{Catalogue, Operation};
use crate::text::{Place, Problem};

use super::super::captured::read_capture;
use super::super::choose::{self, NoOperation};
use super::super::page::File;
use super::super::read::{Plan, Visitor, read};
use super::decode::decode;
use super::error::Error;
use super::{Document, FAMILY, MEMBERS};

/// Bytes within which the first key of a document is looked for, and the value of one that is `schema`.
const START_BYTES: u64 = 4096;

/// The longest name of a schema, in bytes.
const MAX_SCHEMA_BYTES: usize = 64;

/// The longest document that is held to find where its `schema` member stands, in bytes.
const MAX_HELD_BYTES: u64 = 256 << 20;

/// Evidence whose shape is known.
pub enum Opened<R> {
    /// Answers as the API sent them, or records.
    Answers(Held<R>),
    /// A snapshot document.
    Snapshot(Box<Document>),
}

/// An input whose beginning was looked at.
pub struct Held<R> {
    start: Cursor<Vec<u8>>,
    /// Why no more could be read, where that was found out already.
    failed: Option<io::Error>,
    rest: R,
}

impl<R: Read> Held<R> {
    fn new(rest: R) -> Self {
        Self { start: Cursor::new(Vec::new()), failed: None, rest }
    }

    /// What is held, after so many more bytes.
    fn hold(&mut self, bytes: u64) -> &[u8] {
        if self.failed.is_none() {
            let held = self.rest.by_ref().take(bytes).read_to_end(self.start.get_mut());
            self.failed = held.err();
        }
        self.start.get_ref()
    }
}

impl<R: Read> Read for Held<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.start.read(buffer)?;
        match &self.failed {
            _ if count > 0 || buffer.is_empty() => Ok(count),
            // A stream that failed may seem to have ended when it is asked again.
            Some(error) => Err(io::Error::new(error.kind(), error.to_string())),
            None => self.rest.read(buffer),
        }
    }
}

/// Opens evidence that goes by the name `source`.
///
/// # Errors
/// What is wrong with a snapshot document.
pub fn open<R: Read>(
    input: R,
    source: &Arc<str>,
    catalogue: &Catalogue,
) -> Result<Opened<R>, Problem> {
    let mut input = Held::new(input);
    let is_snapshot = match first_key(input.hold(START_BYTES)) {
        Some((key, schema)) if key == "schema" => {
            schema.is_some_and(|schema| schema.starts_with(FAMILY))
        }
        Some((key, _)) if MEMBERS.contains(&key.as_str()) => {
            schema_of(input.hold(MAX_HELD_BYTES)).is_some_and(|schema| schema.starts_with(FAMILY))
        }
        _ => false,
    };
    if !is_snapshot {
        return Ok(Opened::Answers(input));
    }
    let document = decode(input, source, catalogue).map_err(|problem| *problem)?;
    Ok(Opened::Snapshot(Box::new(document)))
}

/// The schema of a document that this program wrote, where that is what a text begins with.
pub(in crate::snapshot) fn own_schema(text: &[u8]) -> Option<String> {
    let (key, schema) = first_key(text)?;
    // A name such as `portcullis.report/v1`: nothing else of a text is repeated.
    let is_name =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"./-".contains(&byte);
    let is_own = |schema: &String| {
        schema.len() <= MAX_SCHEMA_BYTES
            && schema.starts_with("portcullis.")
            && schema.bytes().all(is_name)
    };
    schema.filter(|schema| key == "schema" && is_own(schema))
}

/// The first key of the object that a text begins with, and its value where that is a text.
fn first_key(text: &[u8]) -> Option<(String, Option<String>)> {
    let mut reader = Reader::new(text);
    let mut key = String::new();
    if reader.peek().ok()? != Some(Kind::Object) {
        return None;
    }
    reader.begin_object().ok()?;
    let has_key = reader.next_key(&mut key).ok()?;
    has_key.then(|| (key, value(&mut reader)))
}

/// The `schema` member of the object that a text begins with.
fn schema_of(text: &[u8]) -> Option<String> {
    let mut reader = Reader::new(text).up_to(text.len());
    let mut key = String::new();
    reader.begin_object().ok()?;
    while reader.next_key(&mut key).ok()? {
        if key == "schema" {
            return value(&mut reader);
        }
    }
    None
}

fn value<R: Read>(reader: &mut Reader<R>) -> Option<String> {
    let raw = reader.scalar().ok()?;
    (raw.kind == Kind::String).then(|| decode_lossy(raw.text))
}

impl<R: Read> Opened<R> {
    /// The operation: what a snapshot says, else the one that was named, else what the file is called
    /// after, else the only one there is.
    ///
    /// # Errors
    /// Where several could be meant, a snapshot is of another than the one that was named, or the file is
    /// called after another.
    pub fn operation(
        &self,
        source: &Arc<str>,
        named: Option<&Arc<Operation>>,
        catalogue: &Catalogue,
    ) -> Result<Arc<Operation>, NoOperation> {
        let Self::Snapshot(document) = self else {
            return choose::operation_of(source, named, catalogue);
        };
        let own = &document.capture.operation;
        match named.filter(|named| named.name != own.name) {
            Some(named) => {
                let error =
                    Error::Contradicted { said: own.name.clone(), named: named.name.clone() };
                Err(NoOperation::Unclear(error.at(Place::Whole(Arc::clone(source)))))
            }
            None => Ok(Arc::clone(own)),
        }
    }

    /// Reads it; where it is no snapshot, to its end.
    ///
    /// # Errors
    /// What makes it no evidence at all.
    pub fn read(
        self,
        source: &Arc<str>,
        plan: &Plan,
        visitor: &mut dyn Visitor,
    ) -> Result<File, Problem> {
        match self {
            Self::Answers(input) => read(input, source, plan, visitor),
            Self::Snapshot(document) => {
                let mut file = read_capture(&document.capture, source, plan, visitor)?;
                if let Some(captured) = &mut file.captured {
                    captured.said = Some(document.said);
                }
                Ok(file)
            }
        }
    }
}
