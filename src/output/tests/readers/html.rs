//! The page, as a browser takes it apart.

use super::{Extent, FILE, Reader, Said};
use crate::output::tests::html::findings;

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn read(written: &str, _file: &str) -> Vec<Said> {
    let open = findings(written).into_iter();
    let open =
        open.filter(|told| ["deny", "alert", "inconclusive"].contains(&told.result.as_str()));
    open.map(|told| {
        let mut place = told.place.rsplitn(3, ':');
        let column = place.next().and_then(|column| column.parse().ok());
        let line = place.next().and_then(|line| line.parse().ok());
        assert_eq!(place.next(), Some(FILE));
        Said {
            policy: told.policy,
            is_unknown: Some(told.result == "inconclusive"),
            message: Some(told.message),
            line,
            column,
            severity: Some(told.severity),
            fingerprint: Some(told.fingerprint),
        }
    })
    .collect()
}

fn is_red(written: &str) -> bool {
    !written.contains("class=\"verdict clean\"")
}
