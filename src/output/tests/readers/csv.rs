//! Tables, by the names of their columns.

use std::collections::HashMap;

use super::{Extent, Reader, Said, place};
use crate::output::OBSERVED;
use crate::output::item::EVIDENCE;

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

/// The other dialect.
pub(in crate::output::tests) const PROWLER: Reader =
    Reader { extent: Extent::All, read: read_prowler, is_red: is_red_prowler };

/// Rows by the names of their columns, every one with as many cells as there are columns.
pub(in crate::output::tests) fn rows(written: &str, delimiter: u8) -> Vec<HashMap<String, String>> {
    let mut reader =
        ::csv::ReaderBuilder::new().delimiter(delimiter).from_reader(written.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn read(written: &str, _file: &str) -> Vec<Said> {
    let rows = rows(written, b',');
    let open =
        rows.iter().filter(|row| ["failed", "inconclusive"].contains(&row["status"].as_str()));
    open.map(|row| Said {
        policy: row["policy"].clone(),
        is_unknown: Some(row["status"] == "inconclusive"),
        message: Some(row["message"].clone()),
        line: row["line"].parse().ok(),
        column: row["column"].parse().ok(),
        severity: Some(row["severity"].clone()),
        fingerprint: Some(row["fingerprint"].clone()),
    })
    .collect()
}

fn is_red(written: &str) -> bool {
    rows(written, b',')
        .iter()
        .any(|row| ["insufficient", "error"].contains(&row["status"].as_str()))
}

fn read_prowler(written: &str, _file: &str) -> Vec<Said> {
    let rows = rows(written, b';');
    let is_finding = |id: &str| ![EVIDENCE, OBSERVED].contains(&id);
    let open = rows.iter().filter(|row| is_finding(&row["CHECK_ID"]) && row["MUTED"] == "False");
    open.map(|row| {
        let (line, column) = place(row["NOTES"].split(" | ").next().unwrap());
        let hash = row["FINDING_UID"].split('-').find(|part| part.len() == 32);
        Said {
            policy: row["CHECK_ID"].clone(),
            is_unknown: Some(row["STATUS"] == "MANUAL"),
            message: Some(row["STATUS_EXTENDED"].clone()),
            line,
            column,
            severity: Some(row["SEVERITY"].replace("informational", "info")),
            fingerprint: hash.map(str::to_owned),
        }
    })
    .collect()
}

fn is_red_prowler(written: &str) -> bool {
    rows(written, b';').iter().any(|row| row["STATUS"] == "FAIL" && row["MUTED"] == "False")
}
