//! Pages for people: groups by policy, each record with its place.

use std::sync::LazyLock;

use regex::Regex;

use super::{Extent, Reader, Said};

pub(super) const READER: Reader = Reader { extent: Extent::Sorted, read, is_red };

static HEAD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("^(deny|alert|inconclusive)\\[([a-z]+)\\] ([a-z0-9-]+)").unwrap());

static PLACE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("^(?: *╭─\\[|  )ports\\.json:([0-9]+):([0-9]+)").unwrap());

fn read(written: &str, _file: &str) -> Vec<Said> {
    let (mut said, mut group) = (Vec::new(), None);
    for line in written.lines() {
        if let Some(found) = HEAD.captures(line) {
            group = Some((found[3].to_owned(), found[2].to_owned(), &found[1] == "inconclusive"));
        }
        if let (Some((policy, severity, is_unknown)), Some(found)) = (&group, PLACE.captures(line))
        {
            said.push(Said {
                policy: policy.clone(),
                is_unknown: Some(*is_unknown),
                severity: Some(severity.clone()),
                line: found[1].parse().ok(),
                column: found[2].parse().ok(),
                ..Said::default()
            });
        }
    }
    said
}

fn is_red(written: &str) -> bool {
    let is_counted = |line: &str| line.starts_with(|c: char| c.is_ascii_digit());
    let ending = written.lines().rev().find(|line| is_counted(line)).unwrap_or_default();
    ending.contains("exit 3: insufficient evidence") || ending.contains(" error")
}
