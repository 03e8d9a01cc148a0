//! Lines as grep finds them.

use super::{Extent, Reader, Said};

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn read(written: &str, _file: &str) -> Vec<Said> {
    // The last lines may count what is not listed, and say what a clean run proves.
    let is_finding = |line: &&str| {
        let is_other = line.contains(": evidence[") || line.contains(": warning[");
        !is_other && !line.starts_with("… ") && !line.starts_with("clean")
    };
    let lines = written.lines().filter(is_finding);
    lines
        .map(|line| {
            let (place, rest) = line.split_once(": ").unwrap();
            let (head, message) = rest.split_once("] ").unwrap();
            let (line, column) = super::place(place);
            Said {
                policy: head.split_once('[').unwrap().1.to_owned(),
                is_unknown: Some(head.starts_with("inconclusive[")),
                message: Some(message.to_owned()),
                line,
                column,
                ..Said::default()
            }
        })
        .collect()
}

fn is_red(written: &str) -> bool {
    ["evidence[", "inconclusive[", "error["].iter().any(|word| written.contains(word))
}
