//! Lines as grep finds them.

use super::{Extent, Reader, Said};

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn read(written: &str, _file: &str) -> Vec<Said> {
    // The last line may count what is not listed.
    let lines =
        written.lines().filter(|line| !line.contains(": evidence[") && !line.starts_with("… "));
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
