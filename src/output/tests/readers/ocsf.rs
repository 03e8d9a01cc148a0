//! Events, as a data lake reads them.

use super::{Extent, FILE, Reader, Said, text};
use crate::output::tests::official::events;

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn read(written: &str, _file: &str) -> Vec<Said> {
    let findings = events(written).into_iter().filter(|event| {
        let is_finding = event["unmapped"]["outcome"].is_string();
        is_finding && event["status"] == "New"
    });
    findings
        .map(|event| {
            let severity = match event["severity_id"].as_u64().unwrap() {
                1 => "info",
                2 => "low",
                3 => "medium",
                4 => "high",
                5 => "critical",
                other => panic!("{other}"),
            };
            let place = &event["unmapped"];
            assert_eq!(place["source"], FILE);
            let is_unknown = place["outcome"] != "fail";
            let checked = if is_unknown { "Warning" } else { "Fail" };
            assert_eq!(event["compliance"]["status"], checked);
            let uid = event["finding_info"]["uid"].as_str().unwrap();
            Said {
                policy: text(&event["finding_info"]["analytic"]["uid"]).unwrap(),
                is_unknown: Some(is_unknown),
                message: text(&event["message"]),
                line: place["line"].as_u64(),
                column: place["column"].as_u64(),
                severity: Some(severity.to_owned()),
                fingerprint: uid.split('-').next().map(str::to_owned),
            }
        })
        .collect()
}

fn is_red(written: &str) -> bool {
    let mut events = events(written).into_iter();
    events.any(|event| event["compliance"]["status"] == "Fail" && event["status"] != "Suppressed")
}
