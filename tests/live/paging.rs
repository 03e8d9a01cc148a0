//! What a fetch makes of estates that move, shrink, and hide rows.

use portcullis::snapshot::Wholeness;
use serde_json::{Value, json};

use crate::server::{Asked, Reply, Server, body, page, row, slice};
use crate::{fetch, judged, serving};

/// The numbers of the pages that were asked for, in order.
fn numbers(server: &Server) -> Vec<u64> {
    let mut numbers: Vec<u64> = server.asked().iter().map(Asked::page).collect();
    numbers.sort_unstable();
    numbers
}

/// The one estate of 137 rows, seen through each fault.
#[test]
fn a_fetch_ends_in_evidence_that_says_what_it_is_worth() {
    type Play = fn(&Asked) -> Reply;
    let table: [(&str, Play, Wholeness, &str, &[u64]); 11] = [
        ("whole", |asked| page(asked, 137), Wholeness::Complete, "", &[1, 2, 3]),
        ("nothing open", |asked| page(asked, 0), Wholeness::Complete, "", &[1]),
        (
            "a total as text",
            |asked| {
                let rows: Vec<Value> =
                    ((asked.page() - 1) * 50..(asked.page() * 50).min(137)).map(row).collect();
                body(asked, &rows, &json!("137"))
            },
            Wholeness::Complete,
            "",
            &[1, 2, 3],
        ),
        (
            "a clamped page size",
            |asked| slice(asked, (asked.page() - 1) * 20, 20, 137),
            Wholeness::Complete,
            "",
            &[1, 2, 3, 4, 5, 6, 7],
        ),
        (
            "an empty page in the middle, once",
            |asked| {
                if asked.page() == 2 && asked.again == 0 {
                    slice(asked, 0, 0, 137)
                } else {
                    page(asked, 137)
                }
            },
            Wholeness::Complete,
            "",
            &[1, 2, 2, 3],
        ),
        (
            "an empty first page, once",
            |asked| {
                if asked.page() == 1 && asked.again == 0 {
                    slice(asked, 0, 0, 137)
                } else {
                    page(asked, 137)
                }
            },
            Wholeness::Complete,
            "",
            &[1, 1, 2, 3],
        ),
        (
            "an empty page in the middle, always",
            |asked| if asked.page() == 2 { slice(asked, 0, 0, 137) } else { page(asked, 137) },
            Wholeness::Partial,
            "87 of 137 records are here",
            &[1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 4, 4],
        ),
        (
            "rows that come twice",
            |asked| slice(asked, (asked.page() - 1) * 45, 50, 137),
            Wholeness::Complete,
            "",
            &[1, 2, 3],
        ),
        (
            "rows that move out of sight",
            |asked| slice(asked, (asked.page() - 1) * 55, 50, 137),
            Wholeness::Partial,
            "127 of 137 records are here",
            &[1, 1, 2, 2, 3, 3, 4, 4],
        ),
        (
            "pages that are short",
            |asked| slice(asked, (asked.page() - 1) * 50, 45, 137),
            Wholeness::Partial,
            "127 of 137 records are here",
            &[1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5],
        ),
        (
            "a total that shrinks",
            |asked| {
                let rows: Vec<Value> =
                    ((asked.page() - 1) * 50..(asked.page() * 50).min(137)).map(row).collect();
                body(asked, &rows, &json!(if asked.page() == 1 { 137 } else { 80 }))
            },
            Wholeness::Unprovable,
            "the total changed from 137 to 80 between pages",
            &[1, 1, 2, 2, 3, 3],
        ),
    ];
    for (name, play, wholeness, flaw, asked) in table {
        let server = serving(play);
        let capture = fetch(&server).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        let (found, flaws) = judged(&capture);
        assert_eq!(found, wholeness, "{name}: {flaws:?}");
        assert!(flaw.is_empty() || flaws.iter().any(|own| own == flaw), "{name}: {flaws:?}");
        assert_eq!(numbers(&server), asked, "{name}");
    }
}
