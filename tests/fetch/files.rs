//! Where snapshots go, and how they are asked for.

use serde_json::{Value, json};

use crate::home::{Home, serving};
use crate::server::{Asked, page};
use crate::{KEY_ID, SECRET};

const OPERATION: &str = "DescribeInternetOpenPort";

#[test]
fn a_snapshot_goes_to_a_file_a_folder_or_the_output() {
    let server = serving(|asked| page(asked, 60));
    let home = Home::asking(&server);
    std::fs::create_dir(home.path("there")).unwrap();
    for (path, file) in [
        ("a.json", "a.json"),
        ("deep/er/b.json", "deep/er/b.json"),
        ("there", "there/DescribeInternetOpenPort.json"),
        ("new/", "new/DescribeInternetOpenPort.json"),
    ] {
        let ended = home.run(&format!("fetch -o {path}"));
        assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (0, "", ""), "{path}");
        let document: Value = serde_json::from_str(&home.read(file)).unwrap();
        assert_eq!(document["schema"], "portcullis.snapshot/v1");
        assert_eq!(document["pages"].as_array().unwrap().len(), 2);
    }
    for line in ["fetch", "fetch -o -"] {
        let ended = home.run(line);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""));
        assert_eq!(ended.json()["complete"], true);
    }
    assert_eq!(home.files().len(), 4);
}

#[test]
fn a_day_that_is_not_over_ends_now() {
    let server = serving(|asked| page(asked, 3));
    let home = Home::asking(&server).with("PORTCULLIS_NOW", "2026-11-24T08:00:00Z");
    for (window, since, until) in [
        ("--since 2026-11-24 --until 2026-11-24", "2026-11-24T00:00:00Z", "2026-11-24T08:00:00Z"),
        ("--since 2026-11-23 --until 2026-11-23", "2026-11-23T00:00:00Z", "2026-11-23T23:59:59Z"),
        ("--since 1h --until 2999-01-01", "2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z"),
        ("--since 1h --until 2026-11-24T08:15:00Z", "2026-11-24T07:00:00Z", "2026-11-24T08:15:00Z"),
    ] {
        let ended = home.run(&format!("fetch {window}"));
        assert_eq!(ended.code, 0, "{window}: {ended:?}");
        let asked = json!({"since": since, "until": until});
        assert_eq!(ended.json()["request"]["window"], asked, "{window}");
    }
}

#[test]
fn what_is_asked_for_is_recorded() {
    let server = serving(|asked| page(asked, 3));
    let home = Home::asking(&server).with("PORTCULLIS_NOW", "2026-11-24T08:00:00Z");
    let ended = home.run(
        "fetch --filter RiskLevel=3 --filter Port=22 --since 1d --until 1h --page-size 20 --region cn-hangzhou",
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    let request = &ended.json()["request"];
    assert_eq!(request["filters"], json!({"Port": "22", "RiskLevel": "3"}));
    let window = json!({"since": "2026-11-23T08:00:00Z", "until": "2026-11-24T07:00:00Z"});
    assert_eq!((&request["window"], &request["region"]), (&window, &json!("cn-hangzhou")));
    let asked = server.asked().remove(0);
    let expected = [
        ("RiskLevel", "3"),
        ("Port", "22"),
        ("PageSize", "20"),
        ("StartTime", "1795420800"),
        ("EndTime", "1795503600"),
    ];
    for (name, value) in expected {
        assert_eq!(asked.query.get(name).map(String::as_str), Some(value), "{name}");
    }
    // The clock of reports is not the one that requests are signed by, nor that of evidence.
    let old = home.with("PORTCULLIS_NOW", "2001-01-01T00:00:00Z").run("fetch");
    assert_eq!(old.code, 0, "{old:?}");
    assert!(old.json()["finished"].as_str().unwrap() > "2024", "{old:?}");
}

#[test]
fn variables_stand_for_flags() {
    let server = serving(|asked| page(asked, 120));
    let home = Home::asking(&server)
        .with("PORTCULLIS_OPERATION", OPERATION)
        .with("PORTCULLIS_FILTER", "Lang=en")
        .with("PORTCULLIS_PAGE_SIZE", "60")
        .with("PORTCULLIS_REGION", "cn-hangzhou")
        .with("PORTCULLIS_SAVE", "evidence/")
        .with("PORTCULLIS_REPAIR", "");
    let ended = home.run("fetch");
    assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{ended:?}");
    let document: Value =
        serde_json::from_str(&home.read(&format!("evidence/{OPERATION}.cn-hangzhou.json")))
            .unwrap();
    assert_eq!(document["request"]["filters"], json!({"Lang": "en"}));
    assert_eq!(server.asked().iter().map(Asked::size).collect::<Vec<_>>(), [60, 60]);
}

#[test]
fn several_regions_and_profiles_are_a_file_each() {
    let server = serving(|asked| page(asked, 3));
    let home = Home::asking(&server);
    home.write(".aliyun/config.json", &profiles(&["one", "two"]));
    let ended = home.run("fetch --profile one --profile two -o evidence");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let names: Vec<String> = home.files().into_iter().map(|(name, _)| name).collect();
    let expected = ["@one", "@two"].map(|more| format!("evidence/{OPERATION}{more}.json"));
    assert_eq!(names[1..], expected);
    for name in expected {
        let document: Value = serde_json::from_str(&home.read(&name)).unwrap();
        let profile = document["request"]["profile"].as_str().unwrap();
        assert!(name.contains(profile), "{name}");
    }
}

/// A configuration that has profiles of one access key.
fn profiles(names: &[&str]) -> String {
    let profile = |name: &&str| {
        json!({
            "name": name, "mode": "AK", "region_id": "cn-hangzhou",
            "access_key_id": KEY_ID, "access_key_secret": SECRET,
        })
    };
    let profiles: Vec<Value> = names.iter().map(profile).collect();
    json!({"current": names[0], "profiles": profiles}).to_string()
}

#[test]
fn what_makes_no_sense_is_2_before_anybody_is_asked() {
    let server = serving(|asked| page(asked, 3));
    let home = Home::asking(&server);
    home.write("a.json", "old");
    let plain = "http://cloudfw.example.invalid";
    for (line, said) in [
        ("fetch --filter RiskLvel=3", "did you mean `RiskLevel`?"),
        ("fetch --filter RiskLevel=high", "high is written `3`"),
        ("fetch --filter CurrentPage=2", "--page-size"),
        ("fetch --filter Port", "NAME=VALUE"),
        ("fetch --operation DescribeInternetOpenPorts", "did you mean `DescribeInternetOpenPort`?"),
        ("fetch --since soon", "is no time"),
        ("fetch --since 1h --until 1d", "not after its begin"),
        ("fetch --since 1h --until 1h", "not after its begin"),
        ("fetch --since 2999-01-01 --until 2999-01-02", "not after its begin"),
        ("fetch --since 1h --until 2999-01-01T00:00:00Z", "more than 15m after now"),
        ("check --live --since 1h --until 2999-01-01T00:00:00Z", "more than 15m after now"),
        ("check --live --since 1h --until 1h", "not after its begin"),
        ("fetch --until 1d", "--since"),
        ("fetch --page-size 0", "page size"),
        ("fetch --page-size many", "--page-size"),
        ("fetch --deadline soon", "--deadline"),
        ("fetch --region cn-hangzou", "did you mean `cn-hangzhou`?"),
        ("fetch --region cn-hangzhou --region ap-southeast-1", "--endpoint"),
        ("fetch --profile a --profile b", "do not go into one file"),
        ("fetch --profile a,b -o a.json", "do not go into one file"),
        ("fetch --profile a,b -o b.json", "do not go into one file"),
        ("fetch --profile A,a -o new/", "cli/same-file"),
        ("fetch --profile none", "there is no profile `none`"),
        (&format!("fetch --endpoint {plain}"), "live/plain-http"),
        (&format!("fetch --sts-endpoint {plain}"), "live/plain-http"),
        ("fetch --endpoint http://u:p@127.0.0.1", "user name or a password"),
        ("fetch --ca-file none.pem", "none.pem"),
        ("fetch more", "unexpected argument"),
    ] {
        let ended = home.run(line);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{line}: {ended:?}");
        let words = ended.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(said), "{line}: {words}");
    }
    assert!(server.asked().is_empty());
    assert_eq!(home.files(), [("a.json".to_owned(), "old".to_owned())]);
}

#[test]
fn whoami_names_the_source_and_asks_nobody() {
    let server = serving(|asked| page(asked, 3));
    let home = Home::asking(&server);
    home.write(".aliyun/config.json", &profiles(&["one", "two"]));
    let ended = home.run("fetch --whoami");
    let expected = "access key LTAI…0001 from environment variables\n";
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (0, expected, ""));
    let ended = home.run("fetch --whoami --profile one --profile two");
    assert_eq!(ended.code, 0);
    let lines: Vec<&str> = ended.out.lines().collect();
    for (line, name) in lines.iter().zip(["one", "two"]) {
        assert!(line.starts_with("access key LTAI…0001 from "), "{line}");
        assert!(line.contains(name) && line.ends_with("region cn-hangzhou"), "{line}");
    }
    let ended = home.run("fetch --whoami --profile thre");
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("there is no profile `thre`"), "{ended:?}");
    let ended = Home::bare().run("fetch --whoami");
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("live/no-credentials"), "{ended:?}");
    assert!(server.asked().is_empty());
}

#[test]
fn a_page_that_was_changed_cannot_be_judged() {
    let server = serving(|asked| page(asked, 3));
    let home = Home::asking(&server);
    assert_eq!(home.run("fetch -o a.json").code, 0);
    assert_eq!(home.run("check a.json").code, 0);
    let text = home.read("a.json");
    assert!(text.contains("HTTPS"));
    home.write("a.json", &text.replacen("HTTPS", "HTTPX", 1));
    let ended = home.run("check a.json");
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("evidence/hash"), "{ended:?}");
}
