//! Checkstyle, as Jenkins reads it.

use super::xml::elements;
use super::{Extent, Reader, Said, message};
use crate::output::item::EVIDENCE;

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn read(written: &str, _file: &str) -> Vec<Said> {
    let errors = elements(written, &["error"]);
    let findings = errors.iter().filter(|error| error.attribute("source") != EVIDENCE);
    findings
        .map(|error| Said {
            policy: error.attribute("source").to_owned(),
            is_unknown: Some(error.attribute("severity") == "info"),
            message: message(error.attribute("message")),
            line: error.attribute("line").parse().ok(),
            column: error.attribute("column").parse().ok(),
            ..Said::default()
        })
        .collect()
}

fn is_red(written: &str) -> bool {
    elements(written, &["error"]).iter().any(|error| error.attribute("severity") == "error")
}
