//! Nothing that may be evidence, or a policy, is skipped in silence.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::home::{Home, POLICY, answer};

const FORMATS: [&str; 14] = [
    "human",
    "short",
    "json",
    "ndjson",
    "sarif",
    "junit",
    "gitlab",
    "github",
    "markdown",
    "tap",
    "csv",
    "checkstyle",
    "html",
    "ocsf",
];

#[test]
fn evidence_that_is_not_read_is_listed_and_proves_nothing() {
    for (name, code) in [
        ("b.json.xz", "input/packed"),
        ("b.JSON.XZ", "input/packed"),
        ("b.json.bz2", "input/packed"),
        ("b.json.lz4", "input/packed"),
        ("b.json.br", "input/packed"),
        ("b.json.gpg", "input/packed"),
        ("b.zip", "input/packed"),
        ("b.7z", "input/packed"),
        ("b.tar.gz", "input/packed"),
        ("b.tgz", "input/packed"),
        ("b.txt.gz", "input/packed"),
        ("b.gz", "input/packed"),
        ("b.zst", "input/packed"),
        ("b.json.part", "input/unfinished"),
        ("b.part", "input/unfinished"),
        ("b.json.tmp", "input/unfinished"),
        ("b.json.gz.partial", "input/unfinished"),
        ("b.Json.CrDownload", "input/unfinished"),
    ] {
        let home = Home::new();
        home.write("e/a.json", answer(1));
        assert_eq!(home.run("check e -p p.yaml").code, 0);
        home.write(format!("e/{name}"), answer(3));
        let ended = home.run("check e -p p.yaml -f json");
        let expected = vec![(format!("e/{name}"), code.to_owned())];
        assert_eq!((ended.code, ended.problems()), (3, expected), "{name}");
        assert_eq!(ended.json()["evidence"][1]["complete"], serde_json::Value::Null);
        assert_eq!(home.run("check e -p p.yaml --assume-complete").code, 0, "{name}");
        assert_eq!(home.run("check e -p p.yaml --allow-partial").code, 3, "{name}");
        // Named itself, it is an error.
        let ended = home.run(&format!("check e/{name} -p p.yaml -f short"));
        let is_read = ["b.txt.gz", "b.gz", "b.zst"].contains(&name);
        let own = if is_read { "input/not-packed" } else { code };
        assert!(ended.code == 2 && ended.err.contains(own), "{name}: {ended:?}");
    }
}

#[test]
fn every_format_lists_what_was_not_read() {
    let home = Home::new();
    home.write("e/a.json", answer(1));
    home.write("e/b.json.xz", "");
    for format in FORMATS {
        let ended = home.run(&format!("check e -p p.yaml -f {format}"));
        assert_eq!(ended.code, 3, "{format}");
        // These have a field for the rule, and none for the code.
        let has_code = !["gitlab", "github", "markdown", "checkstyle"].contains(&format);
        let told = if has_code { "input/packed" } else { "was not read" };
        assert!(ended.out.contains(told), "{format}: {}", ended.out);
        assert!(ended.out.contains("b.json.xz"), "{format}: {}", ended.out);
    }
}

#[test]
fn other_files_of_a_folder_of_evidence_are_left_alone() {
    let home = Home::new();
    home.write("e/a.json", answer(1));
    for name in ["README.md", "notes.txt", "a.json.sha256", ".b.json.xz", "p.yaml", "party"] {
        home.write(format!("e/{name}"), answer(3));
    }
    let ended = home.run("check e -p p.yaml");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    for (name, is_told) in [("a.json~", true), ("a.json.bak", true), ("a.md.orig", false)] {
        home.write(format!("e/{name}"), answer(3));
        let ended = home.run("check e -p p.yaml -f short");
        assert_eq!(ended.code, 0, "{name}");
        assert_eq!(ended.err.contains(&format!("e/{name}: note[input/backup]")), is_told, "{name}");
    }
}

#[test]
fn links_and_special_files_are_listed() {
    let home = Home::new();
    home.write("e/a.json", answer(1));
    home.write("other/b.json", answer(3));
    home.write("other/notes.md", "");
    type Make = fn(&Home);
    let fifo = |home: &Home| {
        assert!(Command::new("mkfifo").arg(home.path("e/x.json")).status().unwrap().success());
    };
    let cases: [(Make, i32, &str); 6] = [
        (|home| symlink("../other", home.path("e/x.json")).unwrap(), 3, "input/link-outside"),
        (
            |home| symlink("../other/b.json", home.path("e/x.json")).unwrap(),
            3,
            "input/link-outside",
        ),
        (|home| symlink("../other/b.json", home.path("e/x.txt")).unwrap(), 3, "input/link-outside"),
        (
            |home| symlink("../other/notes.md", home.path("e/x.md")).unwrap(),
            0,
            "input/link-outside",
        ),
        (|home| symlink("nowhere", home.path("e/x.json")).unwrap(), 2, "input/unreadable"),
        (fifo, 3, "input/special-file"),
    ];
    for (make, code, told) in cases {
        make(&home);
        let ended = home.run("check e -p p.yaml -f short");
        let said = format!("{}{}", ended.out, ended.err);
        assert!(ended.code == code && said.contains(told), "{told} {code}: {ended:?}");
        for name in ["e/x.json", "e/x.txt", "e/x.md"] {
            let _ = fs::remove_file(home.path(name));
        }
    }
    symlink("a.json", home.path("e/inside.json")).unwrap();
    let ended = home.run("check e -p p.yaml");
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "a link to a file of the folder");
}

#[test]
fn a_policy_waiver_or_approval_that_is_not_read_is_an_error() {
    let home = Home::new();
    home.write("e.json", answer(1));
    home.write("other/q.yaml", POLICY.replace("rdp", "q"));
    let waivers = "waivers: [{policy: rdp, match: Port 3389, reason: a, owner: b, approved_by: c, expires: 2027-01-01}]\n";
    for (folder, text, flag) in [("ps", POLICY, "-p ps"), ("ws", waivers, "-p p.yaml --waivers ws")]
    {
        home.write(format!("{folder}/a.yaml"), text);
        let line = format!("check e.json {flag} -f short");
        let clean = |home: &Home| {
            home.command(&line.split(' ').collect::<Vec<_>>())
                .env("PORTCULLIS_NOW", "2026-11-24T00:00:00Z")
                .output()
                .unwrap()
        };
        assert_eq!(clean(&home).status.code(), Some(0), "{folder}");
        for (name, code, told) in [
            ("q.yaml.gz", 2, "input/packed"),
            ("q.YAML.XZ", 2, "input/packed"),
            ("q.zip", 2, "input/packed"),
            ("q.tar.gz", 2, "input/packed"),
            ("q.yml.part", 2, "input/unfinished"),
            ("q.yaml.tmp", 2, "input/unfinished"),
            ("q.yaml~", 0, "input/backup"),
            ("q.yaml.bak", 0, "input/backup"),
            ("ports.json.gz", 0, ""),
            ("README.md", 0, ""),
        ] {
            home.write(format!("{folder}/{name}"), text);
            let ended = crate::home::Ended::of(clean(&home));
            assert_eq!(ended.code, code, "{folder}/{name}: {ended:?}");
            assert!(ended.err.contains(told), "{folder}/{name}: {ended:?}");
            fs::remove_file(home.path(format!("{folder}/{name}"))).unwrap();
        }
        for (target, name, code) in
            [("../other/q.yaml", "q.yaml", 2), ("../other", "more", 2), ("../e.json", "e.json", 0)]
        {
            symlink(target, home.path(folder).join(name)).unwrap();
            let ended = crate::home::Ended::of(clean(&home));
            assert_eq!(ended.code, code, "{folder}/{name}: {ended:?}");
            assert!(ended.err.contains("input/link-outside"), "{ended:?}");
            fs::remove_file(home.path(folder).join(name)).unwrap();
        }
    }
    home.write("q.yaml.part", POLICY);
    assert_eq!(home.run("check e.json -p q.yaml.part").code, 2);
    assert_eq!(home.run("lint q.yaml.part").code, 2);
}

#[test]
fn a_format_that_is_not_read_is_named_whatever_the_file_is_called() {
    let home = Home::new();
    for (start, name) in [
        (&b"\xfd7zXZ\0rest"[..], "xz"),
        (b"BZh91AY", "bzip2"),
        (b"PK\x03\x04rest", "zip"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x04\x22\x4d\x18rest", "lz4"),
    ] {
        home.write("x.json", start);
        for ended in [
            home.run("check x.json -p p.yaml -f short"),
            home.piped("check - -p p.yaml -f short", start),
        ] {
            let told = format!("input/packed] this is {name} data");
            assert!(ended.code == 2 && ended.err.contains(&told), "{name}: {ended:?}");
        }
    }
}
