//! Formats as pipelines meet them: several at once, written whole, and the summary of a job.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use portcullis::output::Format;

const EXAMPLE: &str = "examples/01-first-check/DescribeInternetOpenPort.json";

fn check(arguments: &[&str], summary: Option<&Path>) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("PORTCULLIS_") || name == "GITHUB_STEP_SUMMARY" {
            command.env_remove(name);
        }
    }
    if let Some(summary) = summary {
        command.env("GITHUB_STEP_SUMMARY", summary);
    }
    command.args(["check"]).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("PORTCULLIS_NOW", "2026-01-02T03:04:05Z");
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn every_format_at_once_is_the_same_as_each_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |format: Format| folder.path().join(format!("a/b/{}", format.name()));
    let targets: Vec<String> = Format::ALL
        .iter()
        .map(|format| format!("{}={}", format.name(), path(*format).display()))
        .collect();
    let mut arguments = vec![EXAMPLE];
    for target in &targets {
        arguments.extend(["-o", target]);
    }
    assert_eq!(check(&arguments, None).0, 1);
    for format in Format::ALL {
        let (code, alone, _) = check(&[EXAMPLE, "-f", format.name()], None);
        assert_eq!(code, 1, "{format:?}");
        assert_eq!(fs::read_to_string(path(format)).unwrap(), alone, "{format:?}");
    }
}

#[test]
fn reports_become_a_history_that_changes_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history").display().to_string();
    let output = format!("json={history}/2026-01-01.json");
    let (code, before, _) = check(&[EXAMPLE, "-f", "html", "-o", &output], None);
    assert_eq!(code, 1);
    fs::write(folder.path().join("history/answer.json"), "{}").unwrap();
    let (code, after, told) = check(&[EXAMPLE, "-f", "html", "--history", &history], None);
    assert_eq!(code, 1);
    assert!(!before.contains("id=\"trend\"") && after.contains("id=\"trend\""));
    assert!(after.contains("2026-01-01.json") && told.contains("history/no-report"), "{told}");
    let json = |arguments: &[&str]| check(&[&[EXAMPLE, "-f", "json"], arguments].concat(), None).1;
    assert_eq!(json(&[]), json(&["--history", &history]));
    let nowhere = folder.path().join("nowhere").display().to_string();
    assert_eq!(check(&[EXAMPLE, "--history", &nowhere], None).0, 2);
}

#[test]
fn a_writer_that_fails_is_exit_2_and_the_others_still_come() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.sarif");
    let (wrong, right) =
        (format!("junit={}", folder.path().display()), format!("sarif={}", file.display()));
    let (code, out, err) = check(&[EXAMPLE, "-f", "json", "-o", &wrong, "-o", &right], None);
    assert_eq!(code, 2);
    assert!(err.contains("cli/unwritable"), "{err}");
    serde_json::from_str::<serde_json::Value>(&out).unwrap();
    assert!(fs::read_to_string(file).unwrap().contains("2.1.0"));
}

#[test]
fn the_summary_of_a_job_is_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "# Before\n").unwrap();
    assert_eq!(check(&[EXAMPLE, "-f", "short"], Some(&summary)).0, 1);
    assert_eq!(fs::read_to_string(&summary).unwrap(), "# Before\n");
    assert_eq!(check(&[EXAMPLE, "-f", "github"], Some(&summary)).0, 1);
    let page = fs::read_to_string(&summary).unwrap();
    assert!(page.starts_with("# Before\n\n# Portcullis: violations\n"), "{page}");
    let output = format!("github={}", folder.path().join("annotations").display());
    assert_eq!(check(&["nowhere.json", "-o", &output], Some(&summary)).0, 2);
    let page = fs::read_to_string(&summary).unwrap();
    assert!(page.contains("# Portcullis: could not judge"), "{page}");
    assert_eq!(check(&[EXAMPLE, "-f", "github"], Some(folder.path())).0, 2);
}

#[test]
fn the_summary_of_a_job_never_outgrows_its_room() {
    let record = |port: usize| {
        format!(
            "{{\"Port\":{port},\"Protocol\":\"tcp\",\"RiskLevel\":3,\"ServiceNameList\":[\"RDP\"]}}"
        )
    };
    let records: Vec<String> = (0..10_000).map(record).collect();
    let folder = tempfile::tempdir().unwrap();
    let evidence = folder.path().join("DescribeInternetOpenPort.json");
    let text =
        format!("{{\"PageInfo\":{{\"TotalCount\":10000}},\"DataList\":[{}]}}", records.join(","));
    fs::write(&evidence, text).unwrap();
    let summary = folder.path().join("summary.md");
    let (code, out, _) = check(&[evidence.to_str().unwrap(), "-f", "github"], Some(&summary));
    assert_eq!(code, 1);
    assert!(out.lines().count() <= 30, "{out}");
    let page = fs::read_to_string(&summary).unwrap();
    assert!((1_000_000..=1 << 20).contains(&page.len()), "{}", page.len());
    assert!(page.contains(" more, for which there was no room.\n"));
    assert!(page.contains("## What to do"));
}
