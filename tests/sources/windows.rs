//! The time that saved evidence is of: its window, its pages, and how old it may be.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use portcullis::operation::Catalogue;
use portcullis::snapshot::{Answer, Capture, Origin, together, write};

use crate::home::{Ended, Home, answer};

/// The time at which the capture ended; everything is told in minutes after it.
fn at(minutes: i64) -> Timestamp {
    "2026-11-24T08:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// A snapshot of pages that came at these times.
fn snapshot(window: Option<(i64, i64)>, pages: &[i64]) -> String {
    let origin = Origin {
        endpoint: "cloudfw.aliyuncs.com".to_owned(),
        region: None,
        account: None,
        profile: None,
        filters: Vec::new(),
        window: window.map(|(begin, end)| (at(begin), at(end))),
        started: at(pages.iter().copied().min().unwrap_or_default()),
        finished: at(0),
    };
    let page = |(index, minutes): (usize, &i64)| {
        let number = format!("\"CurrentPage\":{}", index + 1);
        let body = answer(1).replace("\"CurrentPage\":1", &number);
        Answer { taken: at(*minutes), body: Arc::from(body.into_bytes()) }
    };
    let operation = Arc::clone(Catalogue::built_in().unwrap().only().unwrap());
    let capture =
        Capture { operation, origin, pages: pages.iter().enumerate().map(page).collect() };
    let judged = together(&capture, &Arc::from("a.json")).unwrap();
    let mut out = Vec::new();
    write(&capture, &judged, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn run_at(home: &Home, minutes: i64, line: &str) -> Ended {
    let arguments: Vec<&str> = line.split(' ').collect();
    let mut command = home.command(&arguments);
    Ended::of(command.env("PORTCULLIS_NOW", at(minutes).to_string()).output().unwrap())
}

#[test]
fn a_window_that_cannot_have_been_captured_is_an_error() {
    let home = Home::new();
    for (window, code) in [
        (None, 0),
        (Some((-60, -1)), 0),
        (Some((-60, 0)), 0),
        (Some((-60, 15)), 0),
        (Some((-60, 16)), 2),
        (Some((-60, 60 * 24 * 365)), 2),
        (Some((-60, -60)), 2),
        (Some((-60, -61)), 2),
        (Some((16, 60)), 2),
    ] {
        home.write("a.json", snapshot(window, &[0]));
        for line in ["check a.json -p p.yaml", "diff a.json a.json -p p.yaml"] {
            let ended = run_at(&home, 30, &format!("{line} -f json"));
            assert_eq!(ended.code, code, "{window:?} {line}: {ended:?}");
            if code == 2 {
                let problem = &ended.json()["problems"][0];
                assert_eq!(problem["code"], "evidence/window", "{window:?}");
                assert_eq!(problem["line"], 7, "{window:?}: at the window");
            }
        }
    }
    // Less than a second is empty.
    let text = snapshot(Some((-60, 0)), &[0]).replace("07:00:00Z", "08:00:00Z");
    home.write(
        "a.json",
        text.replace("\"until\":\"2026-11-24T08:00:00Z\"", "\"until\":\"2026-11-24T08:00:00.9Z\""),
    );
    assert_eq!(run_at(&home, 30, "check a.json -p p.yaml").code, 2);
}

#[test]
fn a_report_of_such_a_window_is_not_read() {
    let home = Home::new();
    home.write("a.json", snapshot(Some((-60, 0)), &[0]));
    let report = run_at(&home, 1, "check a.json -p p.yaml -f json").out;
    assert!(report.contains("\"since\":\"2026-11-24T07:00:00Z\""));
    for (since, code) in [("2026-11-24T07:00:00Z", 0), ("2026-11-24T08:00:00Z", 2)] {
        home.write(
            "r.json",
            report.replace("\"since\":\"2026-11-24T07:00:00Z\"", &format!("\"since\":\"{since}\"")),
        );
        let ended = run_at(&home, 1, "merge r.json -f short");
        assert_eq!(ended.code, code, "{ended:?}");
        assert_eq!(ended.err.contains("the window ends at"), code == 2, "{ended:?}");
    }
}

#[test]
fn evidence_is_as_old_as_its_oldest_page_and_the_end_of_its_window() {
    let home = Home::new();
    for (window, pages, now, told) in [
        (None, &[0][..], 60, None),
        (None, &[0], 61, Some("it was captured at 2026-11-24T08:00:00Z")),
        (None, &[-1, 0], 59, None),
        (None, &[-1, 0], 60, Some("it was captured at 2026-11-24T07:59:00Z")),
        (None, &[0, -30, 0], 31, Some("it was captured at 2026-11-24T07:30:00Z")),
        (Some((-600, 0)), &[0], 60, None),
        (Some((-600, -30)), &[0], 30, None),
        (Some((-600, -30)), &[0], 31, Some("its window ended at 2026-11-24T07:30:00Z")),
        (Some((-600, -500)), &[0], 0, Some("its window ended at 2026-11-23T23:40:00Z")),
        (Some((-600, 10)), &[0], 60, None),
        (Some((-600, 10)), &[0], 61, Some("it was captured at 2026-11-24T08:00:00Z")),
    ] {
        home.write("a.json", snapshot(window, pages));
        let line = "check a.json -p p.yaml -f json";
        assert_eq!(run_at(&home, now, line).code, 0, "{window:?} {pages:?}");
        let ended = run_at(&home, now, &format!("{line} --max-age 1h"));
        assert_eq!(ended.code, if told.is_some() { 3 } else { 0 }, "{window:?} {pages:?} {now}");
        let problems = ended.json()["evidence"][0]["problems"].to_string();
        assert_eq!(problems.contains("evidence/too-old"), told.is_some(), "{problems}");
        assert!(told.is_none_or(|told| problems.contains(told)), "{problems}");
        // A report that is read back says no less.
        home.write("r.json", run_at(&home, now, line).out);
        let ended = run_at(&home, now, "diff r.json r.json -f json --max-age 1h");
        assert_eq!(ended.code, if told.is_some() { 3 } else { 0 }, "{window:?} {pages:?} {now}");
    }
}

#[test]
fn a_window_longer_than_seven_days_is_noted() {
    let home = Home::new();
    let day = 24 * 60;
    for (days, is_noted) in [(1, false), (7, false), (8, true), (30, true)] {
        home.write("a.json", snapshot(Some((-days * day, 0)), &[0]));
        let ended = run_at(&home, 1, "check a.json -p p.yaml -f json");
        assert_eq!(ended.code, 0, "{days}");
        let expected = [("a.json".to_owned(), "evidence/long-window".to_owned())];
        assert_eq!(ended.problems(), &expected[..usize::from(is_noted)], "{days}");
    }
}
