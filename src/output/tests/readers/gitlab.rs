//! Code Quality, as GitLab reads it.

use serde_json::Value;

use super::{Extent, FILE, INCONCLUSIVE, Reader, Said, message, text};
use crate::output::OBSERVED;
use crate::output::item::EVIDENCE;

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn read(written: &str, _file: &str) -> Vec<Said> {
    let issues: Vec<Value> = serde_json::from_str(written).unwrap();
    let others = [EVIDENCE, OBSERVED];
    let findings =
        issues.iter().filter(|issue| !others.iter().any(|other| issue["check_name"] == *other));
    findings
        .map(|issue| {
            let description = issue["description"].as_str().unwrap();
            let severity = match issue["severity"].as_str().unwrap() {
                "info" => "info",
                "minor" => "low",
                "major" => "medium",
                "critical" => "high",
                "blocker" => "critical",
                other => panic!("{other}"),
            };
            assert_eq!(issue["location"]["path"], FILE);
            let fingerprint = issue["fingerprint"].as_str().unwrap();
            Said {
                policy: text(&issue["check_name"]).unwrap(),
                is_unknown: Some(description.starts_with(INCONCLUSIVE)),
                message: message(description),
                line: issue["location"]["lines"]["begin"].as_u64(),
                column: None,
                severity: (!description.starts_with(INCONCLUSIVE)).then(|| severity.to_owned()),
                fingerprint: fingerprint.split('-').next().map(str::to_owned),
            }
        })
        .collect()
}

fn is_red(written: &str) -> bool {
    let issues: Vec<Value> = serde_json::from_str(written).unwrap();
    issues.iter().any(|issue| issue["severity"] == "critical" || issue["severity"] == "blocker")
}
