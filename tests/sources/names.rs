//! Two sources that print alike stay two sources.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::home::{Ended, Home, answer};

/// The evidence that the only finding of a run is in: its pages' name, and the finding's own.
fn found(ended: &Ended) -> (String, String) {
    let report = ended.json();
    let finding = &report["findings"][0];
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{report}");
    let capture = usize::try_from(finding["record"]["capture"].as_u64().unwrap()).unwrap();
    let page = report["evidence"][capture]["pages"][0]["source"].as_str().unwrap();
    (page.to_owned(), finding["record"]["source"].as_str().unwrap().to_owned())
}

#[test]
fn names_that_are_not_utf_8_keep_their_judgements() {
    for (bad, good, name) in [
        (&b"a\xff.json"[..], &b"a\xfe.json"[..], "d/a<FF>.json"),
        (b"a\xfe.json", b"a\xff.json", "d/a<FE>.json"),
        (b"a\xff.json", b"a<FF>.json", "d/a<FF>.json"),
        (b"a<FF>.json", b"a\xff.json", "d/a<3C>FF>.json"),
        (b"a\xff.json", "a\u{fffd}.json".as_bytes(), "d/a<FF>.json"),
    ] {
        let home = Home::new();
        let inside = |name| home.path("d").join(OsStr::from_bytes(name));
        home.write(inside(bad), answer(3));
        home.write(inside(good), answer(1));
        let ended = home.run("check d -p p.yaml -f json");
        assert_eq!(ended.code, 1, "{ended:?}");
        assert_eq!(found(&ended), (name.to_owned(), name.to_owned()));
        let arguments = ["check".into(), inside(bad).into_os_string(), inside(good).into()];
        let flags = ["-p", "p.yaml", "-f", "sarif"].map(OsString::from);
        let ended = Ended::of(home.command(&[&arguments[..], &flags].concat()).output().unwrap());
        assert_eq!(ended.out.matches("\"ruleId\":\"rdp\"").count(), 1, "{ended:?}");
        let uri = name.replace('<', "%3C").replace('>', "%3E");
        assert!(ended.out.contains(&format!("\"uri\":\"{uri}\"")), "{ended:?}");
    }
}

#[test]
fn a_file_is_not_standard_input_nor_a_page_nor_a_fetch() {
    let many = format!("{}\n{}", answer(1), answer(1));
    for (bad, name) in [
        ("<stdin>", "<3C>stdin>"),
        ("./<stdin>", "./<stdin>"),
        ("-", "./-"),
        ("<stdin>#page=2", "<3C>stdin><23>page=2"),
        ("live:DescribeInternetOpenPort", "live<3A>DescribeInternetOpenPort"),
    ] {
        let home = Home::new();
        home.write(bad, answer(3));
        let path = if bad == "-" { "./-" } else { bad };
        for line in [format!("check - {path}"), format!("check {path} -")] {
            let ended = home.piped(&format!("{line} -p p.yaml -f json"), many.as_bytes());
            assert_eq!(ended.code, 1, "{ended:?}");
            let (page, source) = found(&ended);
            assert_eq!(page, source, "{line}");
            let expected = if bad == "./<stdin>" { "./<3C>stdin>" } else { name };
            assert_eq!(source, expected, "{line}");
        }
    }
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let home = Home::new();
    home.write("x.json", answer(3));
    symlink("x.json", home.path("link.json")).unwrap();
    for line in ["x.json ./x.json", "x.json .", "link.json x.json", "x.json x.json"] {
        let ended = home.run(&format!("check {line} -p p.yaml -f json"));
        let report = ended.json();
        assert_eq!(report["summary"]["records"], 1, "{line}");
        assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{line}");
    }
}
