//! What a fetch makes of estates that move, shrink, and hide rows.

use std::sync::Arc;

use portcullis::input::live::{Client, Manners, Request};
use portcullis::operation::Operation;
use portcullis::snapshot::Wholeness;
use portcullis::text::Source;
use serde_json::{Value, json};

use crate::server::{Asked, Reply, Server, body, page, row, slice};
use crate::world::Own;
use crate::{VARIABLES, fetch, judged, request, serving};

/// The numbers of the pages that were asked for, in order.
fn numbers(server: &Server) -> Vec<u64> {
    let mut numbers: Vec<u64> = server.asked().iter().map(Asked::page).collect();
    numbers.sort_unstable();
    numbers
}

/// An answer that says to be another page.
fn renumbered(reply: &Reply, number: &str) -> Reply {
    let mut value: Value = serde_json::from_slice(&reply.body).unwrap();
    value["PageInfo"]["CurrentPage"] = serde_json::from_str(number).unwrap();
    Reply::json(reply.status, &value)
}

/// The one estate of 137 rows, seen through each fault.
#[test]
fn a_fetch_ends_in_evidence_that_says_what_it_is_worth() {
    type Play = fn(&Asked) -> Reply;
    let table: [(&str, Play, Wholeness, &str, &[u64]); 15] = [
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
            "the same row on every page, with other traffic",
            |asked| {
                let mut row = row(7);
                row["InBytes"] = json!(asked.before);
                body(asked, &[row], &json!(3))
            },
            Wholeness::Partial,
            "1 of 3 records are here",
            &[1, 1, 2, 2, 3, 3, 4, 4],
        ),
        (
            "a page under another number, once",
            |asked| match (asked.page(), asked.again) {
                (2, 0) => renumbered(&page(asked, 137), "1"),
                _ => page(asked, 137),
            },
            Wholeness::Complete,
            "",
            &[1, 1, 2, 2, 3, 3],
        ),
        (
            "a page under another number, always",
            |asked| match asked.page() {
                2 => renumbered(&page(asked, 137), "\"3\""),
                _ => page(asked, 137),
            },
            Wholeness::Unprovable,
            "page 3 came in place of page 2",
            &[1, 1, 2, 2, 3, 3],
        ),
        (
            "a page without a number",
            |asked| renumbered(&page(asked, 137), "null"),
            Wholeness::Complete,
            "",
            &[1, 2, 3],
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

/// The operation with its descriptor changed.
fn changed(server: &Server, changes: &[(&str, &str)]) -> Request {
    let mut text = include_str!("../../src/operation/describe_internet_open_port.yaml").to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let operation = Operation::parse(&Source::new("changed.yaml", text)).unwrap();
    Request { operation: Arc::new(operation), ..request(server) }
}

fn client() -> Client {
    Client::new(Manners::default(), Arc::new(Own::new(&VARIABLES))).unwrap()
}

#[test]
fn without_a_total_it_goes_on_until_a_page_brings_nothing_new() {
    let server = serving(|asked| match (asked.page(), asked.again) {
        (2, 0) => slice(asked, 0, 0, 137),
        _ => page(asked, 137),
    });
    let request = changed(&server, &[("total: PageInfo.TotalCount\n", "")]);
    let capture = client().fetch(&request, &()).unwrap();
    assert_eq!(judged(&capture).0, Wholeness::Unprovable);
    assert_eq!(capture.pages.len(), 4);
    assert_eq!(
        numbers(&server),
        [1, 2, 2, 3, 4, 4, 4],
        "a hole is no end, and the end is made sure of"
    );
    // One that comes again and again is the end too.
    let server = serving(|asked| slice(asked, 0, 50, 137));
    let request = changed(&server, &[("total: PageInfo.TotalCount\n", "")]);
    client().fetch(&request, &()).unwrap();
    assert_eq!(numbers(&server), [1, 2]);
}

#[test]
fn the_descriptor_says_how_an_operation_pages() {
    let server = serving(|asked| {
        let (number, size) = (asked.number("PageNo"), asked.number("Limit"));
        slice(asked, (number - 1) * size, size, 137)
    });
    let paging = "{number: CurrentPage, size: PageSize}";
    let request = changed(&server, &[(paging, "{number: PageNo, size: Limit}")]);
    let capture = client().fetch(&request, &()).unwrap();
    assert_eq!((judged(&capture).0, capture.pages.len()), (Wholeness::Complete, 3));
    let server = serving(|asked| slice(asked, 0, 137, 137));
    let request = changed(&server, &[("  paging: {number: CurrentPage, size: PageSize}\n", "")]);
    let capture = client().fetch(&request, &()).unwrap();
    assert_eq!((judged(&capture).0, capture.pages.len()), (Wholeness::Complete, 1));
    assert!(server.asked()[0].query.is_empty());
}

#[test]
fn a_page_size_that_is_refused_is_asked_for_again_with_less() {
    let server = serving(|asked| match asked.size() {
        21.. => Reply::error(400, "ErrorParameters", "A parameter error occurred."),
        _ => page(asked, 45),
    });
    let mut request = request(&server);
    request.page_size = 200;
    let capture = client().fetch(&request, &()).unwrap();
    assert_eq!((judged(&capture).0, capture.pages.len()), (Wholeness::Complete, 3));
    let sizes: Vec<u64> = server.asked().iter().map(Asked::size).collect();
    assert_eq!(sizes, [200, 100, 50, 20, 20, 20]);
    // Where no size is right, it was something else, and the first answer says it.
    let server =
        serving(|asked| Reply::error(400, "ErrorParameters", &format!("no to {}", asked.size())));
    let problem = fetch(&server).map(|_| "a capture").unwrap_err();
    assert_eq!(problem.code, "live/api-error");
    assert!(problem.message.contains("`no to 50`"), "{problem:?}");
}

#[test]
fn what_is_not_whole_is_read_again_and_the_best_reading_is_kept() {
    // The second reading is whole.
    let server = serving(|asked| match (asked.page(), asked.before) {
        (2, 0..4) => slice(asked, 50, 40, 137),
        _ => page(asked, 137),
    });
    let capture = fetch(&server).unwrap();
    assert_eq!((judged(&capture).0, capture.pages.len()), (Wholeness::Complete, 3));
    // The second reading is worse, or fails altogether.
    for worse in [true, false] {
        let server = serving(move |asked| match (asked.page(), asked.before) {
            (2, 0..4) => slice(asked, 50, 40, 137),
            (_, 0..4) => page(asked, 137),
            _ if worse => slice(asked, 0, 5, 137),
            _ => Reply::error(403, "Forbidden.RAM", "no more"),
        });
        let (wholeness, flaws) = judged(&fetch(&server).unwrap());
        assert_eq!(wholeness, Wholeness::Partial);
        assert_eq!(flaws, ["127 of 137 records are here"]);
    }
}

#[test]
fn it_is_read_again_as_often_as_the_manners_say() {
    for repair in [0, 1, 3] {
        let server = serving(|asked| {
            let rows = if asked.before == 0 { 9 } else { 5 };
            slice(asked, (asked.page() - 1) * 50, rows, 10)
        });
        let manners = Manners { repair, ..Manners::default() };
        let client = Client::new(manners, Arc::new(Own::new(&VARIABLES))).unwrap();
        let capture = client.fetch(&request(&server), &()).unwrap();
        assert_eq!(judged(&capture).1, ["9 of 10 records are here"]);
        let firsts = server.asked().iter().filter(|asked| asked.page() == 1).count();
        assert_eq!(firsts, repair as usize + 1);
    }
}

#[test]
fn an_answer_without_a_list_is_evidence_of_nothing() {
    for body in ["{}", "null", "[]", "{\"DataList\": null}", "{\"PageInfo\": {\"TotalCount\": 0}}"]
    {
        let server = serving(move |_| Reply::text(200, body));
        let capture = fetch(&server).unwrap_or_else(|problem| panic!("{body}: {problem:?}"));
        assert_eq!(judged(&capture).0, Wholeness::NoEvidence, "{body}");
        assert_eq!(capture.pages[0].body.as_ref(), body.as_bytes());
        assert_eq!(server.asked().len(), 2, "{body}");
    }
    let server = serving(|_| Reply::text(200, "{\"DataList\": {}}"));
    assert_eq!(fetch(&server).map(|_| "a capture").unwrap_err().code, "evidence/list-type");
}

#[test]
fn a_total_beyond_reason_is_a_limit_that_is_named() {
    let server = serving(|asked| slice(asked, 0, 50, 99_999_999_999));
    let problem = fetch(&server).map(|_| "a capture").unwrap_err();
    assert_eq!(problem.code, "live/too-many-pages");
    assert_eq!(server.asked().len(), 1);
}
