//! What each fault ends in: the exit code, what is said, and what is written.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::home::{Ended, Home, serving};
use crate::server::{Asked, End, Keys, Reply, Server, body, page, row, slice};
use crate::{KEY_ID, SECRET};

/// What a file held before a fetch.
const OLD: &str = "what was there before";

/// Fetches to a file that is there already.
fn fetched(server: &Server, more: &str) -> (Ended, String) {
    let home = Home::asking(server);
    home.write("evidence/a.json", OLD);
    let ended = home.run(&format!("fetch -o evidence/a.json --max-retries 1{more}"));
    let files: Vec<String> = home.files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(files, ["evidence/a.json"], "nothing is left beside it");
    (ended, home.read("evidence/a.json"))
}

type Play = fn(&Asked) -> Reply;

#[test]
fn what_cannot_be_fetched_is_2_and_touches_no_file() {
    let table: [(&str, Play, &str, &[&str]); 13] = [
        (
            "throttled for ever",
            |_| Reply::error(400, "Throttling.User", "Request was denied"),
            " --connect-timeout 1",
            &["live/throttled", "`Throttling.User`", "`E-1`", "after 2 attempts", "--max-retries"],
        ),
        (
            "throttled in a 200",
            |_| Reply::error(200, "Throttling", "slow down"),
            "",
            &["live/throttled", "`Throttling`", "HTTP 200"],
        ),
        (
            "not allowed",
            |_| Reply::error(403, "Forbidden.RAM", "not authorized"),
            "",
            &["live/forbidden", "`Forbidden.RAM`", "`E-1`", "CloudFirewallReadOnlyAccess"],
        ),
        (
            "an error in a 200",
            |asked| {
                let error =
                    json!({"Code": "ErrorX", "Message": "no", "RequestId": "E-7", "DataList": []});
                if asked.page() == 2 { Reply::json(200, &error) } else { page(asked, 137) }
            },
            "",
            &["live/api-error", "`ErrorX`", "`E-7`", "HTTP 200"],
        ),
        (
            "another site's",
            |_| Reply::error(400, "ErrorFirewall", "not buy user"),
            " --region cn-hangzhou",
            &["live/not-activated", "`not buy user`", "--region ap-southeast-1"],
        ),
        ("a fault of the server", |_| Reply::text(500, ""), "", &["live/server-fault", "HTTP 500"]),
        (
            "a reset",
            |_| Reply::text(200, "{}").ending(End::Reset),
            "",
            &["live/network", "after 2 attempts"],
        ),
        (
            "a cut body",
            |asked| page(asked, 137).ending(End::Cut),
            "",
            &["live/network", "after 2 attempts"],
        ),
        (
            "silence",
            |asked| page(asked, 3).ending(End::Late(Duration::from_secs(3))),
            " --read-timeout 100ms",
            &["live/network", "--read-timeout"],
        ),
        (
            "a deadline",
            |_| Reply::error(400, "Throttling", "later").with("x-acs-retry-after", "60000"),
            " --deadline 2s",
            &["beyond the deadline of 2 s"],
        ),
        (
            "a redirect",
            |_| Reply::text(302, "").with("location", "http://127.0.0.1:9/"),
            "",
            &["live/api-error", "HTTP 302"],
        ),
        (
            "a flood",
            |_| Reply::text(200, &" ".repeat(33 << 20)),
            "",
            &["live/network", "larger than 32 MiB"],
        ),
        ("no JSON", |_| Reply::text(200, "<html>"), "", &["live/not-json", "--endpoint"]),
    ];
    for (name, play, more, said) in table {
        let (ended, file) = fetched(&serving(play), more);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{name}: {ended:?}");
        assert_eq!(file, OLD, "{name}");
        let words = ended.err.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in said {
            assert!(words.contains(said), "{name}: {said}: {words}");
        }
    }
}

#[test]
fn a_clock_that_is_wrong_is_named() {
    let keys = || Keys::from([(KEY_ID.to_owned(), (SECRET.to_owned(), None))]);
    let server = Server::skewed(keys(), SignedDuration::from_mins(40), |asked| page(asked, 3));
    let (ended, file) = fetched(&server, "");
    assert_eq!((ended.code, file.as_str()), (2, OLD));
    assert!(ended.err.contains("live/clock"), "{ended:?}");
    assert!(ended.err.contains("40 minutes behind the server's"), "{ended:?}");
}

#[test]
fn credentials_that_are_missing_or_wrong_are_2() {
    let server = serving(|asked| page(asked, 3));
    let bare = Home::bare().with("PORTCULLIS_ENDPOINT", &server.url);
    let ended = bare.run("fetch -o a.json");
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("live/no-credentials"), "{ended:?}");
    assert!(server.asked().is_empty());
    let wrong = Home::asking(&server).with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "another-secret-0");
    let ended = wrong.run("fetch -o a.json");
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("live/credentials-refused"), "{ended:?}");
    assert!(bare.files().is_empty() && wrong.files().is_empty());
}

#[test]
fn what_came_and_is_not_whole_is_3_and_written() {
    let table: [(&str, Play, Value, &str); 8] = [
        (
            "a page under another number",
            |asked| {
                let mut value: Value = serde_json::from_slice(&page(asked, 60).body).unwrap();
                value["PageInfo"]["CurrentPage"] = json!(1);
                Reply::json(200, &value)
            },
            Value::Null,
            "page 1 came in place of page 2",
        ),
        (
            "records in another place",
            |_| {
                Reply::text(
                    200,
                    r#"{"PageInfo":{"TotalCount":0},"DataList":[],"Data":[{"Port":1}]}"#,
                )
            },
            Value::Null,
            "evidence/second-list",
        ),
        ("no list", |_| Reply::text(200, "{}"), json!(false), "evidence/no-records"),
        (
            "a list that is null",
            |_| Reply::text(200, "{\"DataList\": null, \"PageInfo\": {\"TotalCount\": 0}}"),
            json!(false),
            "evidence/list-missing",
        ),
        (
            "a total that shrinks",
            |asked| {
                let (from, to) = ((asked.page() - 1) * 50, (asked.page() * 50).min(137));
                let rows: Vec<Value> = (from..to).map(row).collect();
                body(asked, &rows, &json!(if asked.page() == 1 { 137 } else { 80 }))
            },
            Value::Null,
            "evidence/totals-differ",
        ),
        (
            "rows that shift",
            |asked| slice(asked, (asked.page() - 1) * 55, 50, 137),
            json!(false),
            "127 of 137 records are here",
        ),
        (
            "a page that is always empty",
            |asked| if asked.page() == 2 { slice(asked, 0, 0, 137) } else { page(asked, 137) },
            json!(false),
            "87 of 137 records are here",
        ),
        (
            "no total",
            |asked| {
                let rows = if asked.page() == 1 { vec![row(1)] } else { Vec::new() };
                Reply::json(200, &json!({ "DataList": rows }))
            },
            Value::Null,
            "evidence/total-missing",
        ),
    ];
    for (name, play, complete, said) in table {
        let (ended, file) = fetched(&serving(play), " --repair 0");
        assert_eq!((ended.code, ended.out.as_str()), (3, ""), "{name}: {ended:?}");
        assert!(ended.err.contains(said), "{name}: {ended:?}");
        assert!(ended.err.contains("marked as incomplete"), "{name}: {ended:?}");
        let document: Value = serde_json::from_str(&file).unwrap();
        assert_eq!(document["complete"], complete, "{name}");
        assert!(document["incomplete"].is_object(), "{name}");
        // Read back it is worth the same, and its own word is not needed for that.
        let home = Home::bare();
        home.write("b.json", &file.replacen("\"complete\": null", "\"complete\": true", 1));
        let ended = home.run("check b.json --fail-on never -f json");
        assert_eq!(ended.code, 3, "{name}: {ended:?}");
        let report: Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(report["evidence"][0]["complete"], complete, "{name}");
    }
}

#[test]
fn what_passes_is_whole() {
    let table: [(&str, Play); 4] = [
        ("throttled once", |asked| match asked.again {
            0 => Reply::error(400, "Throttling", "later").with("x-acs-retry-after", "10"),
            _ => page(asked, 60),
        }),
        ("a fault of the server, once", |asked| match asked.again {
            0 => Reply::error(400, "ErrorDBSelectError", "A database select error"),
            _ => page(asked, 60),
        }),
        ("reset once", |asked| match asked.again {
            0 => page(asked, 60).ending(End::Reset),
            _ => page(asked, 60),
        }),
        ("a second reading", |asked| match asked.before {
            0 => slice(asked, 0, 40, 60),
            _ => page(asked, 60),
        }),
    ];
    for (name, play) in table {
        let (ended, file) = fetched(&serving(play), "");
        assert_eq!(ended.code, 0, "{name}: {ended:?}");
        let document: Value = serde_json::from_str(&file).unwrap();
        assert_eq!(document["complete"], true, "{name}");
        assert_eq!(document["pages"].as_array().unwrap().len(), 2, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_and_a_kill_leave_what_was_there() {
    for signal in ["-INT", "-TERM", "-KILL"] {
        let server = serving(|asked| match asked.page() {
            1 => page(asked, 137),
            _ => page(asked, 137).ending(End::Late(Duration::from_secs(20))),
        });
        let home = Home::asking(&server);
        home.write("a.json", OLD);
        let mut command = home.command("fetch -o a.json --read-timeout 30s");
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        while server.asked().len() < 2 {
            std::thread::sleep(Duration::from_millis(10));
        }
        let id = child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(fs::read_to_string(home.path("a.json")).unwrap(), OLD, "{signal}");
        assert_eq!(home.files().len(), 1, "{signal}");
        if signal != "-KILL" {
            let ended = Ended::of(output);
            assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{signal}");
            assert!(ended.err.contains("live/interrupted"), "{ended:?}");
        }
    }
}
