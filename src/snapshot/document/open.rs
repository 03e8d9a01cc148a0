//! Tells a snapshot document from other evidence by its `schema` member, wherever that stands.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use crate::json::{Kind, Reader, decode_lossy};
use crate::operation::{Catalogue, Operation};
use crate::text::{Place, Problem};

use super::super::captured::read_capture;
use super::super::choose;
use super::super::page::File;
use super::super::read::{Plan, Visitor, read};
use super::decode::decode;
use super::error::Error;
use super::{Document, FAMILY, MEMBERS};

/// Bytes within which the first key of a document is looked for, and the value of one that is `schema`.
const START_BYTES: u64 = 4096;

/// The longest document that is held to find where its `schema` member stands, in bytes.
const MAX_HELD_BYTES: u64 = 256 << 20;

/// Evidence whose shape is known.
pub enum Opened<R> {
    /// Answers as the API sent them, or records.
    Answers(io::Chain<Cursor<Vec<u8>>, R>),
    /// A snapshot document.
    Snapshot(Box<Document>),
}

/// Opens evidence that goes by the name `source`.
///
/// # Errors
/// What is wrong with a snapshot document.
pub fn open<R: Read>(
    mut input: R,
    source: &Arc<str>,
    catalogue: &Catalogue,
) -> Result<Opened<R>, Problem> {
    let mut held = Vec::new();
    hold(&mut input, START_BYTES, &mut held);
    let may_be = match first_key(&held) {
        Some((key, schema)) if key == "schema" => {
            schema.is_some_and(|schema| schema.starts_with(FAMILY))
        }
        Some((key, _)) if MEMBERS.contains(&key.as_str()) => {
            hold(&mut input, MAX_HELD_BYTES, &mut held);
            schema_of(&held).is_some_and(|schema| schema.starts_with(FAMILY))
        }
        _ => false,
    };
    let whole = Cursor::new(held).chain(input);
    if !may_be {
        return Ok(Opened::Answers(whole));
    }
    let document = decode(whole, source, catalogue).map_err(|problem| *problem)?;
    Ok(Opened::Snapshot(Box::new(document)))
}

/// Holds more of an input. Why it ends is found out when it is read on.
fn hold<R: Read>(input: &mut R, bytes: u64, held: &mut Vec<u8>) {
    let _ = input.by_ref().take(bytes).read_to_end(held);
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
    /// Where several could be meant, or a snapshot is of another than the one that was named.
    pub fn operation(
        &self,
        source: &Arc<str>,
        named: Option<&Arc<Operation>>,
        catalogue: &Catalogue,
    ) -> Result<Arc<Operation>, Problem> {
        let Self::Snapshot(document) = self else {
            return choose::operation_of(source, named, catalogue);
        };
        let own = &document.capture.operation;
        match named.filter(|named| named.name != own.name) {
            Some(named) => {
                let error =
                    Error::Contradicted { said: own.name.clone(), named: named.name.clone() };
                Err(error.at(Place::Whole(Arc::clone(source))))
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
