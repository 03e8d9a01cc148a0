//! What each fault of the server, the network and the account ends in.

use std::sync::Arc;
use std::time::Duration;

use portcullis::input::live::{Client, Manners};
use serde_json::json;

use crate::server::{Asked, End, Keys, Reply, Server, page};
use crate::world::Own;
use crate::{fetch, request, serving};

/// The page, once this reply was given first.
fn after(asked: &Asked, reply: impl Fn() -> Reply) -> Reply {
    if asked.again == 0 { reply() } else { page(asked, 137) }
}

#[test]
fn what_passes_is_asked_again() {
    type Play = fn(&Asked) -> Reply;
    let table: [(&str, Play); 9] = [
        ("throttled, 400", |asked| after(asked, || Reply::error(400, "Throttling.User", "denied"))),
        ("throttled, with a time", |asked| {
            after(asked, || Reply::error(400, "Rejected", "later").with("x-acs-retry-after", "70"))
        }),
        ("throttled, 200", |asked| after(asked, || Reply::error(200, "Throttling", "denied"))),
        ("503", |asked| after(asked, || Reply::text(503, "<html>busy</html>"))),
        ("a database fault", |asked| {
            after(asked, || Reply::error(400, "ErrorDBSelectError", "A database select error"))
        }),
        ("an answer that comes late", |asked| {
            page(asked, 137).ending(End::Late(Duration::from_millis(20)))
        }),
        ("a reset", |asked| after(asked, || page(asked, 137).ending(End::Reset))),
        ("a cut body", |asked| after(asked, || page(asked, 137).ending(End::Cut))),
        ("a body that ends early", |asked| after(asked, || Reply::text(200, "{\"DataList\": ["))),
    ];
    for (name, play) in table {
        let server = serving(play);
        let capture = fetch(&server).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        assert_eq!(capture.pages.len(), 3, "{name}");
        let asked = if name.ends_with("late") { 3 } else { 6 };
        assert_eq!(server.asked().len(), asked, "{name}");
        assert!(server.most_in_a_second() <= 10, "{name}");
    }
}

#[test]
fn what_does_not_pass_says_why_and_what_to_do() {
    type Play = fn(&Asked) -> Reply;
    let table: [(&str, Play, usize, &str, &str); 9] = [
        (
            "live/throttled",
            |_| Reply::error(400, "Throttling.User", "Request was denied"),
            6,
            "the API answered with `Throttling.User`: `Request was denied` (HTTP 400, request `E-1`), after 6 attempts",
            "--max-retries",
        ),
        (
            "live/forbidden",
            |_| Reply::error(403, "Forbidden.RAM", "not authorized"),
            1,
            "`Forbidden.RAM`",
            "AliyunYundunCloudFirewallReadOnlyAccess",
        ),
        (
            "live/not-activated",
            |_| Reply::error(400, "ErrorParametersBuy", "not buy user"),
            1,
            "`not buy user`",
            "--region ap-southeast-1",
        ),
        (
            "live/not-activated",
            |_| Reply::json(200, &json!({"Code": "x", "Message": "not buy user", "DataList": []})),
            1,
            "`not buy user`",
            "--region ap-southeast-1",
        ),
        (
            "live/api-error",
            |_| {
                Reply::json(200, &json!({"code": "SomeError", "message": "no", "requestId": "E-2"}))
            },
            1,
            "request `E-2`",
            "https://",
        ),
        ("live/server-fault", |_| Reply::text(500, ""), 6, "HTTP 500", "try again later"),
        (
            "live/network",
            |_| Reply::text(200, "{}").ending(End::Reset),
            6,
            "after 6 attempts",
            "network",
        ),
        ("live/not-json", |_| Reply::text(200, "<html>"), 6, "no JSON", "--endpoint"),
        (
            "live/deadline",
            |_| Reply::error(429, "Throttling", "later").with("x-acs-retry-after", "999999999999"),
            1,
            "beyond the deadline",
            "",
        ),
    ];
    for (code, play, asked, message, help) in table {
        let server = serving(play);
        let problem = fetch(&server).map(|_| "a capture").unwrap_err();
        assert!(problem.message.contains(message), "{code}: {problem:?}");
        assert!(problem.help.as_ref().is_some_and(|own| own.contains(help)), "{problem:?}");
        assert_eq!(server.asked().len(), asked, "{problem:?}");
        if code != "live/deadline" {
            assert_eq!(problem.code, code, "{problem:?}");
        }
    }
}

#[test]
fn nothing_but_one_document_under_200_is_an_answer() {
    for status in [201, 202, 203, 204, 206, 226, 299] {
        let server = serving(move |asked| Reply { status, ..page(asked, 3) });
        let problem = fetch(&server).map(|_| "a capture").unwrap_err();
        assert_eq!(problem.code, "live/api-error", "{problem:?}");
        assert!(problem.message.contains(&format!("HTTP {status}")), "{problem:?}");
    }
    for (before, after) in
        [("", "{}"), ("{} ", ""), ("", "{\"DataList\":[]}"), ("[", ",{\"DataList\":[]}]")]
    {
        let server = serving(move |asked| {
            let body = String::from_utf8(page(asked, 3).body).unwrap();
            Reply::text(200, &format!("{before}{body}{after}"))
        });
        let problem = fetch(&server).map(|_| "a capture").unwrap_err();
        assert_eq!(problem.code, "evidence/several-documents", "{before} {after}: {problem:?}");
    }
}

#[test]
fn a_failure_at_any_level_of_an_answer_is_an_error() {
    let table: [(&str, &str); 8] = [
        (r#""success":false"#, "`success: false`"),
        (r#""success":false,"Success":true"#, "`success: false`"),
        (r#""statusCode":"500 Internal Server Error""#, "`statusCode: 500 Internal Server Error`"),
        (r#""status":[500]"#, "`status: 500`"),
        (r#""Error":{"Code":"E1","Message":"no"}"#, "`E1`: `no`"),
        (r#""errors":["x"]"#, "`errors: x`"),
        (r#""ErrorCode":"E2""#, "`E2`"),
        (r#""PageInfo":{"Code":"E3","TotalCount":0}"#, "`E3`"),
    ];
    for (members, words) in table {
        let server = serving(move |_| Reply::text(200, &format!("{{{members},\"DataList\":[]}}")));
        let problem = fetch(&server).map(|_| "a capture").unwrap_err();
        assert_eq!(problem.code, "live/api-error", "{members}: {problem:?}");
        let message = format!("the API answered with {words} (HTTP 200)");
        assert_eq!(problem.message, message, "{members}");
    }
    // A success in its own words is none.
    let server = serving(|asked| {
        let mut value: serde_json::Value = serde_json::from_slice(&page(asked, 3).body).unwrap();
        value["Code"] = json!("200");
        value["success"] = json!(true);
        Reply::json(200, &value)
    });
    assert_eq!(fetch(&server).unwrap().pages.len(), 1);
}

#[test]
fn a_redirect_is_not_followed_and_a_flood_not_swallowed() {
    let elsewhere = serving(|asked| page(asked, 3));
    let url = elsewhere.url.clone();
    let server = serving(move |_| Reply::text(302, "").with("location", &url));
    let problem = fetch(&server).map(|_| "a capture").unwrap_err();
    assert_eq!(problem.code, "live/api-error");
    assert!(problem.message.contains("HTTP 302"), "{problem:?}");
    assert!(elsewhere.asked().is_empty());
    let server = serving(|_| Reply::text(200, &" ".repeat(33 << 20)));
    let problem = fetch(&server).map(|_| "a capture").unwrap_err();
    assert_eq!(problem.message, "the answer is larger than 32 MiB");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn keys_that_cannot_be_sent_and_keys_that_are_words_are_told_apart() {
    let server = serving(|asked| page(asked, 3));
    let with = |key_id: &str, secret: &str| {
        let variables =
            [("ALIBABA_CLOUD_ACCESS_KEY_ID", key_id), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret)];
        let client = Client::new(Manners::default(), Arc::new(Own::new(&variables))).unwrap();
        client.fetch(&request(&server), &()).map(|_| "a capture")
    };
    let problem = with("one\ntwo", "secret").unwrap_err();
    assert!(problem.message.contains("cannot be sent"), "{problem:?}");
    assert_eq!(server.asked().len(), 0);
    // A word that stands in every answer is taken for no secret.
    let keys = Keys::from([("id".to_owned(), ("HTTPS".to_owned(), None))]);
    let server = Server::new(keys, |asked| page(asked, 3));
    let variables =
        [("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "HTTPS")];
    let client = Client::new(Manners::default(), Arc::new(Own::new(&variables))).unwrap();
    client.fetch(&request(&server), &()).unwrap();
}
