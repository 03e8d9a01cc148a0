//! Whether a file is a report is told by its first members, so that of evidence, which may be large, no
//! more is read than that.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::path::Path;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};

use crate::input::Input;
use crate::snapshot::Hashes;
use crate::text::BYTE_ORDER_MARK;

/// What the documents that a run writes begin with.
const SCHEMAS: [&str; 2] = ["portcullis.report/", "portcullis.error/"];

/// Members of those documents, which may come before the schema where a program sorted them.
const MEMBERS: [&str; 18] = [
    "aggregates",
    "approvals",
    "day",
    "evidence",
    "exit_code",
    "findings",
    "fixed",
    "frameworks",
    "loosened",
    "policies",
    "problems",
    "summary",
    "terms",
    "time",
    "tool",
    "verdict",
    "view",
    "waivers",
];

/// Bytes of a stream that are looked at: its schema is among the first of a report as it was written.
const START: u64 = 1 << 12;

/// Whether a file is a report, be it one of another version or one that is broken within.
#[must_use]
pub fn is_report(path: &Path) -> bool {
    path.is_file() && Input::open(path, Hashes::Left).is_ok_and(begins)
}

/// Whether what was opened is a report; all of it is still there to be read.
///
/// # Errors
/// Where it cannot be read.
pub fn brings_report(input: &mut Input) -> io::Result<bool> {
    Ok(begins(input.start(START)?.as_slice()))
}

fn begins(mut text: impl Read) -> bool {
    let mut start = Vec::new();
    if text.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut start).is_err() {
        return false;
    }
    let start = start.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(&start);
    let text = BufReader::new(start.chain(text));
    let mut deserializer = serde_json::Deserializer::from_reader(text);
    let mut schema = None;
    // The rest of the document is not read, and its end is missed.
    let _ = deserializer.deserialize_map(Head { schema: &mut schema });
    schema.is_some_and(|schema| SCHEMAS.iter().any(|start| schema.starts_with(start)))
}

/// Finds the schema that a document names, as long as it may be one of this program.
struct Head<'a> {
    schema: &'a mut Option<String>,
}

impl<'de> Visitor<'de> for Head<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document of this program")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "schema" {
                *self.schema = map.next_value()?;
                break;
            }
            if !MEMBERS.contains(&name.as_str()) {
                break;
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}
