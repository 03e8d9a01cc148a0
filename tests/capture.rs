//! Evidence as captures leave it: compressed, and as snapshots.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

const EXAMPLE: &str = "examples/01-first-check/DescribeInternetOpenPort.json";

/// What a run ended in: its exit code, and both outputs.
type Ended = (i32, String, String);

fn portcullis(arguments: &[&str], input: &[u8]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PORTCULLIS_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A child that does not read its input has ended.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn check(path: &Path) -> Ended {
    portcullis(&["check", "-f", "json", path.to_str().unwrap()], b"")
}

fn example() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(EXAMPLE)).unwrap()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

fn zstandard(text: &[u8]) -> Vec<u8> {
    compress_to_vec(text, CompressionLevel::Fastest)
}

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKINGS: [(&str, Pack); 2] = [("gz", gzip), ("zst", zstandard)];

#[test]
fn what_is_packed_is_judged_as_the_text_within() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain.json");
    fs::write(&plain, example()).unwrap();
    let expected = check(&plain);
    assert_eq!(expected.0, 1);
    for (ending, pack) in PACKINGS {
        let name = format!("plain.json.{ending}");
        let path = folder.path().join(&name);
        fs::write(&path, pack(&example())).unwrap();
        let (code, out, err) = check(&path);
        let same = out.replace(&name, "plain.json");
        assert_eq!((code, same.as_str(), err.as_str()), (1, expected.1.as_str(), ""), "{ending}");

        let from_file = portcullis(&["check", "-f", "json", "-"], &example());
        let from_pipe = portcullis(&["check", "-f", "json", "-"], &pack(&example()));
        assert_eq!(from_pipe, from_file, "{ending}");
    }
}

#[test]
fn a_folder_holds_pages_that_are_packed_and_pages_that_are_not() {
    let page = |number: u16| {
        format!(
            r#"{{"PageInfo":{{"TotalCount":3}},"DataList":[{{"Port":{number},"Protocol":"tcp"}}]}}"#
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("1.json", page(1).as_bytes());
    write("2.json.gz", &gzip(page(2).as_bytes()));
    write("3.ndjson.zst", &zstandard(page(3).as_bytes()));
    write("4.txt.gz", b"no evidence by its name");
    let (_, out, err) = check(folder.path());
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(err, "");
    assert_eq!(document["evidence"][0]["records"], 3);
    assert_eq!(document["evidence"][0]["complete"], true);
    assert_eq!(document["evidence"].as_array().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_unpacked_whole_cannot_be_judged() {
    let folder = tempfile::tempdir().unwrap();
    for (ending, pack) in PACKINGS {
        let path = folder.path().join(format!("a.json.{ending}"));
        let whole = pack(&example());
        let cut = whole.get(..whole.len() - 1).unwrap();
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        for (bytes, expected) in [
            (cut, "cut off or damaged"),
            (&changed, "cut off or damaged"),
            (&example(), "is not"),
            (b"", "is not"),
        ] {
            fs::write(&path, bytes).unwrap();
            let (code, out, _) = check(&path);
            let document: serde_json::Value = serde_json::from_str(&out).unwrap();
            let message = document["problems"][0]["message"].as_str().unwrap();
            assert!(code == 2 && message.contains(expected), "{ending} {expected}: {out}");
        }
    }
}
