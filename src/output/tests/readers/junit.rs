//! JUnit, as test reports read it: cases, and what became of them.

use super::xml::elements;
use super::{Extent, INCONCLUSIVE, Reader, Said, message, place};
use crate::output::item::EVIDENCE;

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn read(written: &str, _file: &str) -> Vec<Said> {
    let mut said = Vec::new();
    let mut class = String::new();
    for element in elements(written, &["testcase", "failure", "skipped"]) {
        if element.name == "testcase" {
            class = element.attribute("classname").to_owned();
            continue;
        }
        let reason = element.attribute("message");
        let is_finding = element.name == "failure" || reason.starts_with(INCONCLUSIVE);
        if class == EVIDENCE || !is_finding {
            continue;
        }
        let mut lines = element.body.lines();
        let line = |start: &str| {
            let mut lines = element.body.lines();
            lines.find_map(|line| line.strip_prefix(start)).map(str::to_owned)
        };
        let at = lines.find(|line| line.starts_with("at ports.json:")).map(place);
        let (line_number, column) = at.unwrap_or_default();
        said.push(Said {
            policy: class.clone(),
            is_unknown: Some(element.name == "skipped"),
            message: message(reason),
            line: line_number,
            column,
            severity: line("severity: "),
            fingerprint: line("fingerprint: "),
        });
    }
    said
}

fn is_red(written: &str) -> bool {
    !elements(written, &["failure", "error"]).is_empty()
}
