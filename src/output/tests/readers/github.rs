//! Annotations, as a runner of GitHub Actions reads them.

use super::{Extent, FILE, Reader, Said, message};
use crate::output::item::EVIDENCE;

pub(super) const READER: Reader = Reader { extent: Extent::From(10), read, is_red };

fn read(written: &str, _file: &str) -> Vec<Said> {
    let mut said = Vec::new();
    for line in written.lines() {
        let (command, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let properties = command.split_once(' ').unwrap().1;
        let property = |name: &str| {
            let start = format!("{name}=");
            properties.split(',').find_map(|own| own.strip_prefix(&start)).map(unescaped)
        };
        let Some(file) = property("file") else { continue };
        let title = property("title").unwrap();
        // Warnings of loading, and what a clean run proves, have no severity.
        let Some((policy, severity)) = title.rsplit_once(" (") else { continue };
        if policy == EVIDENCE {
            continue;
        }
        assert_eq!(file, FILE);
        said.push(Said {
            policy: policy.to_owned(),
            is_unknown: Some(line.starts_with("::notice ")),
            message: message(&unescaped(data)),
            line: property("line").and_then(|line| line.parse().ok()),
            column: property("col").and_then(|column| column.parse().ok()),
            severity: severity.strip_suffix(')').map(str::to_owned),
            fingerprint: None,
        });
    }
    said
}

fn unescaped(text: &str) -> String {
    let text = text.replace("%3A", ":").replace("%2C", ",");
    text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
}

fn is_red(written: &str) -> bool {
    written.lines().any(|line| line.starts_with("::error "))
}
