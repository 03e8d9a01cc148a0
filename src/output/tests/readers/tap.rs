//! Points, as whatever counts them reads them.

use serde_json::Value;

use super::{Extent, Reader, Said, text};
use crate::output::item::EVIDENCE;

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

/// Lines of points, each with its details; as many as the plan says.
fn points(written: &str) -> Vec<(&str, Value)> {
    let mut lines = written.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    let plan: usize =
        lines.next().and_then(|line| line.strip_prefix("1..")).unwrap().parse().unwrap();
    let mut points: Vec<(&str, Value)> = Vec::new();
    for line in lines.filter(|line| !line.starts_with("# ")) {
        match line.strip_prefix("  ") {
            None => points.push((line, Value::Null)),
            Some("---" | "...") => {}
            Some(detail) => {
                let (name, value) = detail.split_once(": ").unwrap();
                let value: Value = serde_json::from_str(value).unwrap();
                points.last_mut().unwrap().1[name] = value;
            }
        }
    }
    for (number, (line, _)) in (1..).zip(&points) {
        let (_, rest) = line.split_once("ok ").unwrap();
        assert!(rest.starts_with(&format!("{number} - ")), "{line}");
    }
    assert_eq!(points.len(), plan);
    points
}

fn read(written: &str, _file: &str) -> Vec<Said> {
    let bad = points(written).into_iter().filter(|(line, _)| line.starts_with("not ok "));
    let said = bad.map(|(line, details)| {
        let name = line.split_once(" - ").unwrap().1;
        Said {
            policy: name.split_once(": ").unwrap().0.to_owned(),
            is_unknown: Some(line.ends_with(" # TODO inconclusive")),
            message: text(&details["message"]),
            line: details["line"].as_u64(),
            column: details["column"].as_u64(),
            severity: text(&details["severity"]),
            fingerprint: text(&details["fingerprint"]),
        }
    });
    said.filter(|said| said.policy != EVIDENCE).collect()
}

fn is_red(written: &str) -> bool {
    points(written)
        .iter()
        .any(|(line, _)| line.starts_with("not ok ") && !line.contains(" # TODO "))
}
