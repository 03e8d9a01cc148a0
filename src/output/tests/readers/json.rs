//! The report that the others are held to; other tests hold it to the evidence.

use serde_json::Value;

use super::{Extent, Reader, Said, text};
use crate::text::printable;

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

/// A document; `1e400` is beyond this reader and stands for itself as a text.
pub(in crate::output::tests) fn parsed(written: &str) -> Value {
    serde_json::from_str(&written.replace(":1e400", ":\"1e400\"")).unwrap()
}

fn read(written: &str, _file: &str) -> Vec<Said> {
    let document = parsed(written);
    let findings = document["findings"].as_array().unwrap().iter();
    findings.filter(|found| found["disposition"] == "open").map(finding).collect()
}

/// What is said of a finding.
pub(super) fn finding(found: &Value) -> Said {
    let first = found["evidence"].get(0).unwrap_or(&found["record"]);
    Said {
        policy: text(&found["policy"]).unwrap(),
        is_unknown: Some(found["outcome"] == "inconclusive"),
        message: text(&found["message"]).map(|message| printable(message.trim_end()).into_owned()),
        line: first["line"].as_u64(),
        column: first["column"].as_u64(),
        severity: text(&found["severity"]),
        fingerprint: text(&found["fingerprint"]),
    }
}

fn is_red(written: &str) -> bool {
    parsed(written)["exit_code"] != 0
}
