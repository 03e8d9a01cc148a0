//! How old evidence may be.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::home::{Ended, Home, serving};
use crate::server::page;

/// A home with evidence that is clean, and the time at which its page came.
fn captured() -> (Home, Timestamp) {
    let server = serving(|asked| page(asked, 2));
    let home = Home::asking(&server);
    home.write("p.yaml", "policies: [{id: none, rule: deny RDP if RiskLevel 3}]");
    let ended = home.run("fetch -o kept.json");
    assert_eq!(ended.code, 0, "{ended:?}");
    home.write("plain.json", "{\"PageInfo\": {\"TotalCount\": 0}, \"DataList\": []}");
    let document: Value = serde_json::from_str(&home.read("kept.json")).unwrap();
    let taken = document["pages"][0]["taken"].as_str().unwrap().parse().unwrap();
    (home, taken)
}

fn at(home: &Home, time: Timestamp, line: &str) -> Ended {
    Ended::of(home.command(line).env("PORTCULLIS_NOW", time.to_string()).output().unwrap())
}

fn codes(ended: &Ended) -> Vec<String> {
    let report = ended.json();
    let problems = report["evidence"][0]["problems"].as_array().unwrap();
    problems.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn evidence_that_is_too_old_is_3_and_no_flag_accepts_it() {
    let (home, taken) = captured();
    let hour = SignedDuration::from_hours(1);
    let second = SignedDuration::from_secs(1);
    for (after, code, flaw) in [
        (SignedDuration::ZERO, 0, None),
        (hour, 0, None),
        (hour + second, 3, Some("evidence/too-old")),
        (hour * 24 * 365, 3, Some("evidence/too-old")),
        (-SignedDuration::from_mins(4), 0, None),
        (-SignedDuration::from_mins(5) - second, 3, Some("evidence/from-the-future")),
    ] {
        let line = "check kept.json -p p.yaml -f json";
        let ended = at(&home, taken + after, &format!("{line} --max-age 1h"));
        assert_eq!(ended.code, code, "{after}: {ended:?}");
        assert_eq!(codes(&ended), Vec::from_iter(flaw), "{after}");
        assert_eq!(ended.json()["evidence"][0]["complete"], true);
        assert_eq!(ended.json()["terms"]["max_age"], 3600);
        let loose = "--assume-complete --allow-partial --inconclusive pass --fail-on never";
        let ended = at(&home, taken + after, &format!("{line} --max-age 60m {loose}"));
        assert_eq!(ended.code, code, "{after}");
        assert_eq!(at(&home, taken + after, line).code, 0, "{after}");
    }
    let late = taken + hour * 2;
    let words = at(&home, late, "check kept.json -p p.yaml --max-age 90m");
    assert!(words.out.contains("90m before the report"), "{words:?}");
    assert!(words.out.contains("evidence/too-old"), "{words:?}");
    let by_variable = home.with("PORTCULLIS_MAX_AGE", "1h");
    assert_eq!(at(&by_variable, late, "check kept.json -p p.yaml").code, 3);
}

#[test]
fn evidence_that_does_not_say_its_age_is_not_young() {
    let (home, taken) = captured();
    let ended = at(&home, taken, "check plain.json -p p.yaml -f json --max-age 9999d");
    assert_eq!((ended.code, codes(&ended)), (3, vec!["evidence/age-unknown".to_owned()]));
    assert_eq!(at(&home, taken, "check plain.json -p p.yaml").code, 0);
    // What is there is there, however old.
    home.write("q.yaml", "policies: [{id: all, rule: deny HTTPS}]");
    let late = taken + SignedDuration::from_hours(2);
    assert_eq!(at(&home, late, "check kept.json -p q.yaml --max-age 1h").code, 1);
    for age in ["soon", "1", "-1h", "1.5h", ""] {
        let ended = at(&home, taken, &format!("check kept.json --max-age {age}"));
        assert_eq!(ended.code, 2, "{age}");
    }
}

#[test]
fn live_evidence_is_young() {
    let server = serving(|asked| page(asked, 2));
    let home = Home::asking(&server);
    home.write("p.yaml", "policies: [{id: none, rule: deny RDP if RiskLevel 3}]");
    let ended = home.run("check --live --max-age 10s -p p.yaml -f json");
    assert_eq!((ended.code, codes(&ended)), (0, Vec::new()), "{ended:?}");
}

#[test]
fn old_evidence_neither_records_nor_shows_what_is_gone() {
    let (home, taken) = captured();
    let late = taken + SignedDuration::from_hours(2);
    let ended = at(&home, late, "baseline kept.json -p p.yaml -o known --max-age 1h");
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.err.contains("evidence/too-old"), "{ended:?}");
    home.write("q.yaml", "policies: [{id: all, rule: deny HTTPS}]");
    assert_eq!(at(&home, taken, "baseline kept.json -p q.yaml -o known").code, 0);
    // What was before may be old; what is after may not.
    for (after, code) in [("1h", 3), ("3h", 0)] {
        let line = format!("diff kept.json kept.json -p q.yaml --max-age {after}");
        assert_eq!(at(&home, late, &line).code, code, "{after}");
    }
}

#[test]
fn a_filter_shows_nothing_to_be_gone() {
    let server = serving(|asked| match asked.query.contains_key("Port") {
        true => page(asked, 0),
        false => page(asked, 2),
    });
    let home = Home::asking(&server);
    home.write("p.yaml", "policies: [{id: all, rule: deny HTTPS}]");
    assert_eq!(home.run("fetch -o all.json").code, 0);
    assert_eq!(home.run("fetch -o some.json --filter Port=22").code, 0);
    assert_eq!(home.run("baseline all.json -p p.yaml -o known").code, 0);
    let ended = home.run("check some.json -p p.yaml --baseline known -f json");
    assert_eq!(ended.json()["summary"]["fixed"], 0, "{ended:?}");
    let ended = home.run("diff all.json some.json -p p.yaml -f json");
    assert_eq!(ended.code, 3);
    let difference = ended.json();
    assert_eq!(difference["notes"][0]["code"], "diff/after-not-whole", "{difference}");
    for (list, gone, unseen) in [("records", "closed", 2), ("findings", "fixed", 2)] {
        let count = |name: &str| difference[list][name].as_array().map(Vec::len);
        assert_eq!((count(gone), count("unseen")), (Some(0), Some(unseen)), "{list}: {difference}");
    }
}
