//! Evidence that is judged as it comes is judged as it is when it was kept.

use serde_json::{Value, json};

use crate::home::{Ended, Home, serving};
use crate::server::{Asked, Reply, Server, body, page, row, slice};

const POLICIES: &str = "
policies:
  - {id: high, rule: deny HTTPS if RiskLevel 3}
  - {id: watch, rule: alert if SuggestLevel >= 20}
";

fn home(server: &Server) -> Home {
    let home = Home::asking(server).with("PORTCULLIS_NOW", "2026-11-24T08:00:00Z");
    home.write("p.yaml", POLICIES);
    home
}

/// A report in which evidence goes by the same name, however it came.
fn neutral(ended: &Ended, name: &str) -> Value {
    let text = ended.out.replace(&format!("\"{name}#page="), "\"EVIDENCE#page=");
    serde_json::from_str(&text.replace(&format!("\"{name}\""), "\"EVIDENCE\"")).unwrap()
}

#[test]
fn live_and_saved_evidence_make_the_same_report() {
    type Play = fn(&Asked) -> Reply;
    let table: [(&str, Play, i32); 7] = [
        ("violations on three pages", |asked| page(asked, 137), 1),
        ("nothing open", |asked| page(asked, 0), 0),
        ("clean", |asked| slice(asked, (asked.page() - 1) * 2, 2, 2), 0),
        ("not whole", |asked| slice(asked, 0, 2, 7), 3),
        ("nothing to judge", |_| Reply::text(200, "{\"RequestId\": \"R\"}"), 3),
        (
            "drift, and unknown",
            |asked| {
                let mut row = row(1);
                row["RiskLevel"] = json!(-1);
                row["SuggestLevel"] = json!(77);
                body(asked, &[row], &json!(1))
            },
            3,
        ),
        (
            "rows that changed",
            |asked| {
                let mut row = row(1);
                row["InBytes"] = json!(asked.page());
                body(asked, &[row.clone(), row], &json!(2))
            },
            3,
        ),
    ];
    let live = "live:DescribeInternetOpenPort.cn-hangzhou";
    let more = "-p p.yaml -f json";
    for (name, play, code) in table {
        let home = home(&serving(play));
        let asked = format!("check --live --region cn-hangzhou --repair 0 --save kept.json {more}");
        let at_once = home.run(&asked);
        assert_eq!((at_once.code, at_once.err.as_str()), (code, ""), "{name}: {at_once:?}");
        assert!(at_once.out.contains(live), "{name}");
        let later = home.run(&format!("check kept.json {more}"));
        assert_eq!(later.code, code, "{name}");
        assert_eq!(neutral(&at_once, live), neutral(&later, "kept.json"), "{name}");

        let fetched = home.run("fetch --region cn-hangzhou --repair 0 -o fetched.json");
        assert_eq!(fetched.code, if code == 3 && !name.starts_with("drift") { 3 } else { 0 });
        let report = home.run(&format!("check fetched.json {more}"));
        let without_times = |report: &Value| {
            let mut report = report.clone();
            for time in ["started", "finished"] {
                report["evidence"][0]["origin"][time] = Value::Null;
            }
            report
        };
        assert_eq!(
            without_times(&neutral(&report, "fetched.json")),
            without_times(&neutral(&later, "kept.json")),
            "{name}"
        );
        let piped = home.command(&format!("check - {more}"));
        assert_eq!(piped_from(&home, piped).code, code, "{name}");
    }
}

/// What a command makes of the snapshot that was fetched.
fn piped_from(home: &Home, mut command: std::process::Command) -> Ended {
    let file = std::fs::File::open(home.path("fetched.json")).unwrap();
    Ended::of(command.stdin(file).output().unwrap())
}

#[test]
fn places_are_those_of_the_raw_pages() {
    let server = serving(|asked| page(asked, 137));
    let home = home(&server);
    let report = home.run("check --live -p p.yaml -f json").json();
    let finding = report["findings"].as_array().unwrap().last().unwrap();
    assert_eq!(finding["record"]["source"], "live:DescribeInternetOpenPort#page=3");
    let evidence = finding["evidence"].as_array().unwrap();
    let asked = server.asked().into_iter().find(|asked| asked.page() == 3).unwrap();
    let raw = String::from_utf8(page(&asked, 137).body).unwrap();
    for read in evidence {
        let at = |name: &str| usize::try_from(read[name].as_u64().unwrap()).unwrap();
        let text = raw.get(at("offset")..at("offset") + at("length")).unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), read["value"]);
    }
    let short = home.run("check --live -p p.yaml -f short --max-findings 1");
    assert!(short.out.starts_with("live:DescribeInternetOpenPort#page=1:1:"), "{short:?}");
}

#[test]
fn each_region_and_profile_has_its_findings() {
    let server = serving(|asked| page(asked, 3));
    let home = home(&server);
    let profiles: Vec<Value> = [("one", "cn-hangzhou"), ("two", "ap-southeast-1")]
        .map(|(name, region)| {
            json!({
                "name": name, "mode": "AK", "region_id": region,
                "access_key_id": crate::KEY_ID, "access_key_secret": crate::SECRET,
            })
        })
        .into();
    let config = json!({"current": "one", "profiles": profiles});
    home.write(".aliyun/config.json", &config.to_string());
    let line = "--profile one --profile two -p p.yaml -f json";
    let ended = home.run(&format!("check --live --save kept/ {line}"));
    assert_eq!(ended.code, 1, "{ended:?}");
    let report = ended.json();
    let regions: Vec<_> = report["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["origin"]["region"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(regions, ["cn-hangzhou", "ap-southeast-1"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2);
    assert_ne!(findings[0]["fingerprint"], findings[1]["fingerprint"]);
    for (finding, region) in findings.iter().zip(&regions) {
        assert_eq!(finding["record"]["identity"]["region"], region.as_str());
    }
    let kept = home.run("check kept -p p.yaml -f json").json();
    let fingerprints = |report: &Value| -> Vec<Value> {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["fingerprint"].clone()).collect()
    };
    assert_eq!(fingerprints(&kept), fingerprints(&report));
    assert_eq!(kept["evidence"].as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_judged_live_is_2_in_the_format_that_was_asked_for() {
    let server = serving(|_| Reply::error(403, "Forbidden.RAM", "not authorized"));
    let home = home(&server);
    home.write("kept.json", "old");
    home.write("input.json", "{}");
    for (line, code) in [
        ("check --live", "live/forbidden"),
        ("check --live --save kept.json", "live/forbidden"),
        ("check --live input.json", "cli/live-and-input"),
        ("check --live -", "cli/live-and-input"),
        ("check --live --save -", "cli/save-to-output"),
        ("check --live --filter RiskLvel=3", "operation/unknown-parameter"),
        ("check --live --operation Other", "cli/unknown-operation"),
        ("check --live --region cn-hangzhou,ap-southeast-1", "cli/endpoint-of-regions"),
    ] {
        let asked = server.asked().len();
        let ended = home.run(&format!("{line} -p p.yaml -f json -o json=report.json"));
        assert_eq!((ended.code, ended.err.as_str()), (2, ""), "{line}: {ended:?}");
        assert_eq!(ended.json()["problems"][0]["code"], code, "{line}");
        assert_eq!(home.read("report.json"), ended.out, "no earlier report stays");
        assert_eq!(home.read("kept.json"), "old", "{line}");
        assert_eq!(server.asked().len() > asked, code.starts_with("live/"), "{line}");
    }
    // Policies that are wrong are found before anybody is asked.
    let asked = server.asked().len();
    home.write("p.yaml", "policies: [deny RDP if RiskLevel 5]");
    assert_eq!(home.run("check --live -p p.yaml").code, 2);
    assert_eq!(server.asked().len(), asked);
}

#[test]
fn a_flag_of_live_evidence_is_for_live_evidence_and_a_variable_may_be_there() {
    let server = serving(|asked| page(asked, 3));
    let home = home(&server);
    assert_eq!(home.run("fetch -o kept.json").code, 0);
    for flag in ["--region cn-hangzhou", "--save a.json", "--filter Port=1", "--page-size 50"] {
        let ended = home.run(&format!("check kept.json {flag} -p p.yaml"));
        let name = flag.split(' ').next().unwrap();
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{flag}");
        assert!(ended.err.starts_with(&format!("error: {name} asks an API")), "{ended:?}");
    }
    let asked = server.asked().len();
    let home = home.with("PORTCULLIS_REGION", "cn-hangzhou").with("PORTCULLIS_SAVE", "a.json");
    for (value, expected) in [("", 0), ("false", 0), ("true", 2)] {
        let home = Home::asking(&server).with("PORTCULLIS_LIVE", value);
        home.write("p.yaml", POLICIES);
        home.write("e.json", "{\"PageInfo\": {\"TotalCount\": 0}, \"DataList\": []}");
        assert_eq!(home.run("check e.json -p p.yaml").code, expected, "{value}");
    }
    assert_eq!(home.run("check kept.json -p p.yaml").code, 1);
    assert_eq!(server.asked().len(), asked);
    assert_eq!(home.with("PORTCULLIS_LIVE", "1").run("check -p p.yaml").code, 1);
    assert!(server.asked().len() > asked);
}

#[test]
fn two_snapshots_are_compared_record_by_record() {
    let server = serving(|asked| page(asked, if asked.before < 2 { 60 } else { 59 }));
    let home = home(&server);
    assert_eq!(home.run("fetch -o before.json").code, 0);
    assert_eq!(home.run("fetch -o after.json").code, 0);
    let difference = home.run("diff before.json after.json -p p.yaml -f json");
    assert_eq!(difference.code, 0, "{difference:?}");
    let records = &difference.json()["records"];
    assert_eq!(records["closed"].as_array().map(Vec::len), Some(1), "{records}");
    assert_eq!(records["closed"][0]["identity"], json!({"Port": 59, "Protocol": "tcp"}));
    let difference = home.run("diff after.json before.json -p p.yaml -f json");
    assert_eq!(difference.code, 1, "{difference:?}");
    assert_eq!(difference.json()["records"]["opened"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_report_for_people_says_how_its_evidence_was_asked_for() {
    let server = serving(|asked| page(asked, 2));
    let home = home(&server);
    let line = "--region cn-hangzhou --since 2026-11-01 --until 2026-11-02 --filter Lang=en";
    assert_eq!(home.run(&format!("fetch -o kept.json {line}")).code, 0);
    let ended = home.run("check kept.json -p p.yaml");
    let document: Value = serde_json::from_str(&home.read("kept.json")).unwrap();
    let finished = document["finished"].as_str().unwrap();
    let words = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = format!(
        "captured {}Z, region cn-hangzhou, window 2026-11-01T00:00:00Z to 2026-11-02T23:59:59Z, Lang=en",
        finished.get(..19).unwrap()
    );
    assert!(words.contains(&expected), "{ended:?}");
    home.write("e.json", "{\"PageInfo\": {\"TotalCount\": 0}, \"DataList\": []}");
    let plain = home.run("check e.json -p p.yaml");
    assert!(plain.code == 0 && !plain.out.contains("captured "), "{plain:?}");
}
