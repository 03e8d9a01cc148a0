//! What pipelines take from this repository: each script is run as its platform would run it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by a panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clap::Parser;
use portcullis::cli::Cli;
use serde::Deserialize;
use serde_yaml::Value;

const ACTION: &str = ".github/actions/check/action.yml";
const INCLUDE: &str = "examples/06-gitlab-include/portcullis.yml";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn documents(path: &str) -> Vec<Value> {
    let text = fs::read_to_string(root().join(path)).unwrap();
    serde_yaml::Deserializer::from_str(&text).map(|one| Value::deserialize(one).unwrap()).collect()
}

/// A shell that finds the tool on its path, and of its own variables no other.
fn shell(name: &str) -> Command {
    let tool = Path::new(env!("CARGO_BIN_EXE_portcullis")).parent().unwrap();
    let path = format!("{}:{}", tool.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(name);
    command.env_clear().env("PATH", path).env("PORTCULLIS_NOW", "2026-11-24T12:00:00Z");
    command
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
        + &String::from_utf8(output.stderr.clone()).unwrap()
}

/// The script of the action's step that checks, and the variables that it is given.
fn action() -> (String, Vec<(String, String)>) {
    let action = documents(ACTION).remove(0);
    let steps = action["runs"]["steps"].as_sequence().unwrap().clone();
    let step = steps.iter().find(|step| step["id"] == "check").unwrap();
    let variables = step["env"].as_mapping().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let variables = variables.iter().map(|(name, value)| (text(name), text(value))).collect();
    (text(&step["run"]), variables)
}

/// Runs the action on inputs: its exit code, what it said, and the code that it put out.
fn run_action(folder: &Path, inputs: &[(&str, &str)]) -> (i32, String, String) {
    let (script, variables) = action();
    let outputs = folder.join("outputs.txt");
    fs::write(&outputs, "").unwrap();
    let mut command = shell("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script]);
    command.current_dir(root()).env("GITHUB_OUTPUT", &outputs);
    for (name, value) in variables {
        let input = value.strip_prefix("${{ inputs.").unwrap().strip_suffix(" }}").unwrap();
        let given = inputs.iter().find(|(name, _)| *name == input).map_or("", |(_, value)| *value);
        command.env(name, given);
    }
    let output = command.output().unwrap();
    let code = fs::read_to_string(outputs).unwrap();
    (output.status.code().unwrap(), said(&output), code)
}

#[test]
fn the_action_ends_as_check_does() {
    let folder = tempfile::tempdir().unwrap();
    let sarif = folder.path().join("a folder/results.sarif");
    let outputs = format!("sarif={}\n\njunit={}/x.xml", sarif.display(), folder.path().display());
    let evidence = "tests/cmd/evidence";
    for (name, expected) in [("clean", 0), ("one-line", 1), ("truncated", 2), ("throttled", 3)] {
        let input = format!("{evidence}/{name}.json\n");
        let inputs = [
            ("evidence", &*input),
            ("policies", "tests/cmd/policies/two.yaml"),
            ("outputs", &*outputs),
        ];
        let (code, said, put_out) = run_action(folder.path(), &inputs);
        assert_eq!((code, put_out), (expected, format!("exit-code={expected}\n")), "{said}");
        if expected != 2 {
            assert!(sarif.is_file() && folder.path().join("x.xml").is_file(), "{said}");
        }
    }
}

#[test]
fn the_action_passes_on_what_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let none = ("evidence", "");
    let (code, said, _) = run_action(folder.path(), &[none]);
    assert_eq!(code, 2, "no evidence is no pass: {said}");
    let hostile =
        format!("$(touch {0}/here) `touch {0}/here`; --fail-on=never", folder.path().display());
    let (code, said, _) = run_action(folder.path(), &[("evidence", &*hostile)]);
    assert_eq!(code, 2, "{said}");
    let (code, said, _) = run_action(folder.path(), &[("evidence", "--help")]);
    assert_eq!(code, 2, "an input is no flag: {said}");
    assert!(!folder.path().join("here").exists());
    let judged = |fail_on| {
        let inputs = [
            ("evidence", "tests/cmd/evidence/one-line.json"),
            ("policies", "tests/cmd/policies/two.yaml"),
            ("fail-on", fail_on),
        ];
        run_action(folder.path(), &inputs).0
    };
    assert_eq!((judged("never"), judged("deny")), (0, 1));
}

#[test]
fn no_input_of_the_action_is_part_of_a_script() {
    let action = documents(ACTION).remove(0);
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{"), "{step:?}");
    }
    let text = fs::read_to_string(root().join(ACTION)).unwrap();
    for (name, _) in action["inputs"].as_mapping().unwrap() {
        assert!(text.contains(&format!("inputs.{}", name.as_str().unwrap())), "{name:?} is used");
    }
    assert!(root().join(ACTION).parent().unwrap().join("../../../Cargo.toml").is_file());
}

#[test]
fn the_readme_gives_the_action_and_the_job_what_they_take() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut blocks =
        readme.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let workflow = blocks.find(|block| block.contains("uses: OWNER/portcullis/")).unwrap();
    let workflow: Value = serde_yaml::from_str(workflow).unwrap();
    let step = &workflow["jobs"]["exposure"]["steps"][1];
    let folder = Path::new(ACTION).parent().unwrap();
    assert_eq!(step["uses"], format!("OWNER/portcullis/{}@main", folder.display()));
    let inputs = documents(ACTION).remove(0)["inputs"].clone();
    for (name, _) in step["with"].as_mapping().unwrap() {
        assert!(inputs.get(name).is_some(), "{name:?}");
    }
    assert!(readme.contains(&format!("file: {INCLUDE}\n")));
    for hook in documents(".pre-commit-hooks.yaml").remove(0).as_sequence().unwrap() {
        assert!(readme.contains(&format!("`{}`", hook["id"].as_str().unwrap())));
    }
}

#[test]
fn hooks_run_on_the_files_that_they_are_given() {
    let hooks = documents(".pre-commit-hooks.yaml").remove(0);
    let files: Vec<PathBuf> = ["two.yaml"]
        .iter()
        .map(|name| Path::new("tests/cmd/policies").join(name))
        .filter(|path| root().join(path).is_file())
        .collect();
    let mut ids = BTreeSet::new();
    for hook in hooks.as_sequence().unwrap() {
        ids.insert(hook["id"].as_str().unwrap().to_owned());
        assert_eq!(hook["language"], "rust");
        let entry: Vec<&str> = hook["entry"].as_str().unwrap().split(' ').collect();
        let is_given = hook["pass_filenames"] != false;
        let wanted = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
        assert!(wanted.is_match("infra/policies/exposure.yaml") && !wanted.is_match("src/main.rs"));
        let given = files.iter().take(1).filter(|_| is_given).map(|path| path.to_str().unwrap());
        let call: Vec<&str> = entry.iter().copied().chain(given).collect();
        Cli::try_parse_from(&call).unwrap();
        if is_given {
            let output =
                shell("sh").arg("-c").arg(call.join(" ")).current_dir(root()).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{call:?}: {}", said(&output));
        }
    }
    let expected = ["check", "lint", "test"].map(|name| format!("portcullis-{name}"));
    assert_eq!(ids, BTreeSet::from(expected));
}

#[test]
fn the_gitlab_job_ends_as_check_does_and_keeps_its_reports() {
    let [head, jobs] = <[Value; 2]>::try_from(documents(INCLUDE)).unwrap();
    let job = &jobs["portcullis"];
    let filled = |text: &str| {
        let inputs = head["spec"]["inputs"].as_mapping().unwrap();
        let fill = |text: String, (name, input): (&Value, &Value)| {
            let name = format!("$[[ inputs.{} ]]", name.as_str().unwrap());
            text.replace(&name, input["default"].as_str().unwrap())
        };
        let text = inputs.iter().fold(text.to_owned(), fill);
        assert!(!text.contains("$[["), "{text}");
        text
    };
    let script: Vec<String> = ["before_script", "script"]
        .iter()
        .flat_map(|part| job[*part].as_sequence().unwrap())
        .map(|line| filled(line.as_str().unwrap()))
        .collect();
    for (evidence, expected) in [("clean", 0), ("one-line", 1), ("throttled", 3)] {
        let folder = tempfile::tempdir().unwrap();
        for part in ["policies", "evidence"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        let copy = |from: String, to: &str| {
            fs::copy(root().join("tests/cmd").join(from), folder.path().join(to)).unwrap();
        };
        copy("policies/two.yaml".to_owned(), "policies/two.yaml");
        copy(format!("evidence/{evidence}.json"), "evidence/DescribeInternetOpenPort.json");
        let mut command = shell("sh");
        for (name, value) in job["variables"].as_mapping().unwrap() {
            command.env(name.as_str().unwrap(), filled(value.as_str().unwrap()));
        }
        let lines = script.join("\n");
        let output =
            command.args(["-e", "-c", &lines]).current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(expected), "{}", said(&output));
        let artifacts = &job["artifacts"];
        let reports = artifacts["reports"].as_mapping().unwrap().iter().map(|(_, path)| path);
        for path in reports.chain(artifacts["paths"].as_sequence().unwrap()) {
            assert!(folder.path().join(path.as_str().unwrap()).is_file(), "{path:?}");
        }
    }
}
