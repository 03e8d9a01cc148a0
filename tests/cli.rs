//! The command line as its users meet it: cases as data files, the README, and what needs a shell.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clap::CommandFactory;
use portcullis::cli::Cli;

const EXAMPLE: &str = "examples/01-first-check/DescribeInternetOpenPort.json";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn portcullis(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("PORTCULLIS_") || name.starts_with("CLICOLOR") || name == "NO_COLOR" {
            command.env_remove(name);
        }
    }
    command
}

fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn cases() {
    trycmd::TestCases::new()
        .env("COLUMNS", "80")
        .case("tests/cmd/*.trycmd")
        .case("examples/*/README.md");
}

/// Every command below one, with the path of names that leads to it.
fn commands(command: &clap::Command, path: &str, found: &mut Vec<(String, clap::Command)>) {
    for child in command.get_subcommands() {
        let path = format!("{path} {}", child.get_name());
        commands(child, &path, found);
        found.push((path, child.clone()));
    }
}

fn all_commands() -> Vec<(String, clap::Command)> {
    let mut found = vec![("portcullis".to_owned(), Cli::command())];
    commands(&Cli::command(), "portcullis", &mut found);
    found
}

#[test]
fn every_flag_has_its_environment_twin() {
    let mut flags = 0;
    for (path, command) in all_commands() {
        for argument in command.get_arguments() {
            let Some(long) = argument.get_long().filter(|long| !["help", "version"].contains(long))
            else {
                continue;
            };
            let twin = format!("PORTCULLIS_{}", long.to_uppercase().replace('-', "_"));
            let named = argument.get_env().map(|name| name.to_string_lossy().into_owned());
            assert_eq!(named, Some(twin), "{path} --{long}");
            flags += 1;
        }
    }
    assert!(flags >= 15, "{flags}");
}

#[test]
fn every_argument_says_what_it_is() {
    for (path, command) in all_commands() {
        assert!(command.get_about().is_some(), "{path}");
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{path} {}", argument.get_id());
        }
    }
}

#[test]
fn what_the_readme_names_exists() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let all = all_commands();
    let flags: BTreeSet<String> = all
        .iter()
        .flat_map(|(_, command)| command.get_arguments().filter_map(clap::Arg::get_long))
        .map(|long| format!("--{long}"))
        .collect();
    let ours = readme.lines().filter(|line| !line.contains("cargo "));
    let words = ours.flat_map(|line| line.split(|c: char| " `\"(),;|=".contains(c)));
    let mut named = 0;
    for flag in words.filter(|word| word.starts_with("--") && word.contains(char::is_alphabetic)) {
        assert!(flags.contains(flag), "the README names {flag}");
        named += 1;
    }
    assert!(named >= 5, "{named}");
    let names: BTreeSet<String> =
        Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for line in readme.lines().filter(|line| line.starts_with("portcullis ")) {
        let name = line.split_whitespace().nth(1).unwrap();
        assert!(names.contains(name), "the README names `portcullis {name}`");
    }
    let known = ["PORTCULLIS_NOW"].map(str::to_owned).into_iter();
    let twins: BTreeSet<String> = flags
        .iter()
        .map(|flag| {
            format!("PORTCULLIS{}", flag.get(1..).unwrap().to_uppercase().replace('-', "_"))
        })
        .chain(known)
        .collect();
    for name in readme.split(|c: char| !c.is_ascii_uppercase() && c != '_') {
        if name.starts_with("PORTCULLIS_") {
            assert!(twins.contains(name), "the README names {name}");
        }
    }
}

/// The texts of a Markdown page between its fences of a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// A folder with a copy of an example.
fn copy_of(example: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in ["evidence", "policies"] {
        fs::create_dir(folder.path().join(part)).unwrap();
        for entry in fs::read_dir(root().join("examples").join(example).join(part)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, folder.path().join(part).join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

#[test]
fn the_commands_of_the_readme_run() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let commands = blocks(&readme, "sh").concat();
    assert!(commands.contains("cd examples/02-own-policies\n"));
    let folder = copy_of("02-own-policies");
    let mut ran = 0;
    for line in commands.lines().filter_map(|line| line.strip_prefix("portcullis ")) {
        let words: Vec<&str> = line.split('#').next().unwrap().split_whitespace().collect();
        let (code, out, err) = run(portcullis(&words).current_dir(folder.path()));
        assert_eq!(code, i32::from(matches!(words[0], "check" | "report")), "{line}: {err}");
        assert!(!out.is_empty(), "{line}");
        ran += 1;
    }
    assert!(ran >= 7, "{ran}");
    assert!(folder.path().join("report.json").is_file());
}

#[test]
fn the_policies_of_the_readme_are_sound() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let all = blocks(&readme, "yaml");
    let policies: Vec<&String> = all.iter().filter(|text| text.contains("policies:\n")).collect();
    assert!(policies.len() >= 2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policies.yaml");
    for text in policies {
        fs::write(&path, text).unwrap();
        for command in ["lint", "test"] {
            let (code, _, err) = run(&mut portcullis(&[command, path.to_str().unwrap()]));
            assert_eq!(code, 0, "{command}: {err}");
        }
    }
}

#[test]
fn pipelines_call_what_there_is() {
    let mut calls = 0;
    for page in [
        "examples/03-pipeline/github-actions.yml",
        "examples/03-pipeline/gitlab-ci.yml",
        "examples/04-live/github-actions.yml",
        "examples/04-live/gitlab-ci.yml",
    ] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("- ")) {
            let call = line.strip_prefix("run: ").unwrap_or(line);
            if call.starts_with("portcullis ") {
                let parsed = Cli::command().try_get_matches_from(call.split(' '));
                assert!(parsed.is_ok(), "{page}: {call}");
                calls += 1;
            }
        }
    }
    assert!(calls >= 6, "{calls}");
}

#[test]
fn a_command_line_that_is_not_understood_is_told_in_the_format_that_it_asks_for() {
    let says = |arguments: &[&str]| {
        let (code, out, _) = run(&mut portcullis(arguments));
        assert_eq!(code, 2, "{arguments:?}");
        let document: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(document["schema"], "portcullis.error/v1");
        assert_eq!(
            (&document["exit_code"], &document["problems"][0]["code"]),
            (&2.into(), &"cli/usage".into())
        );
        let text = |name: &str| document["problems"][0][name].as_str().unwrap().to_owned();
        (text("message"), text("help"))
    };
    let (message, help) = says(&["check", "--fail-onn", "deny", "-f", "json"]);
    assert_eq!(message, "unexpected argument '--fail-onn' found");
    assert_eq!(help, "a similar argument exists: '--fail-on'");
    let (message, help) = says(&["check", "-fjson", "--fail-on=all"]);
    assert!(message.starts_with("invalid value 'all' for '--fail-on <EFFECT>'"), "{message}");
    assert_eq!(help, "see `--help`");
    says(&["--format=json", "chekc"]);
    let (code, out, err) = run(portcullis(&["chekc"]).env("PORTCULLIS_FORMAT", "json"));
    assert!(code == 2 && out.contains("cli/usage") && err.is_empty(), "{out}{err}");
    for arguments in
        [["chekc", "-f", "short"], ["chekc", "-f", "nothing"], ["chekc", "--", "-fjson"]]
    {
        let (code, out, err) = run(&mut portcullis(&arguments));
        assert!(code == 2 && out.is_empty() && err.contains("Usage: portcullis"), "{err}");
    }
    let (code, out, _) = run(&mut portcullis(&["check", "-f", "json", "--help"]));
    assert!(code == 0 && out.contains("Usage: portcullis check"));
}

#[test]
fn help_fits_80_columns() {
    for (path, _) in all_commands() {
        let arguments: Vec<&str> = path.split(' ').skip(1).chain(["--help"]).collect();
        let (code, text, _) = run(portcullis(&arguments).env("COLUMNS", "80"));
        assert_eq!(code, 0, "{path}");
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{path}: {line}");
        }
    }
}

#[test]
fn schemas_pages_and_completions_are_written() {
    for document in ["report", "error", "snapshot", "diff", "policy-diff"] {
        let (code, text, _) = run(&mut portcullis(&["schema", document]));
        let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (code, schema["$id"].as_str()),
            (0, Some(&*format!("portcullis.{document}/v1")))
        );
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, text, _) = run(&mut portcullis(&["completions", shell]));
        assert!(code == 0 && text.contains("fail-on"), "{shell}");
    }
    for (path, _) in all_commands().iter().filter(|(path, _)| path.matches(' ').count() == 1) {
        let name = path.split(' ').nth(1).unwrap();
        let (code, text, _) = run(&mut portcullis(&["man", name]));
        assert!(code == 0 && text.contains(&format!(".TH portcullis-{name} 1")), "{name}");
    }
}

#[test]
fn no_input_and_a_pipe_is_standard_input() {
    let mut child = portcullis(&["check", "-f", "short"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = fs::read(root().join(EXAMPLE)).unwrap();
    child.stdin.take().unwrap().write_all(&text).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("<stdin>:"));
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let mut command = portcullis(&["check", EXAMPLE]);
    for (_, found) in all_commands() {
        for name in found.get_arguments().filter_map(clap::Arg::get_env) {
            command.env(name, "");
        }
    }
    let (code, out, err) = run(&mut command);
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(out, run(&mut portcullis(&["check", EXAMPLE])).1);
}

#[test]
fn colour_is_on_where_it_is_asked_for() {
    let is_coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = portcullis(&["check", EXAMPLE]);
        command.args(arguments).envs(variables.iter().copied());
        run(&mut command).1.contains('\u{1b}')
    };
    assert!(!is_coloured(&[], &[]));
    assert!(is_coloured(&["--color", "always"], &[]));
    assert!(is_coloured(&["--color=always"], &[("NO_COLOR", "1")]));
    assert!(is_coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured(&[], &[("CLICOLOR_FORCE", "0")]));
    assert!(!is_coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!is_coloured(&["--color=never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(is_coloured(&[], &[("PORTCULLIS_COLOR", "always")]));
}

#[test]
fn the_exit_code_does_not_depend_on_the_format() {
    let evidence = "tests/cmd/evidence";
    let cases = [("clean", 0), ("one-line", 1), ("truncated", 2), ("throttled", 3)];
    for (name, expected) in cases {
        for format in ["human", "short", "json"] {
            let input = format!("{evidence}/{name}.json");
            let policies = "tests/cmd/policies/two.yaml";
            let (code, out, _) =
                run(&mut portcullis(&["check", &input, "-p", policies, "-f", format]));
            assert_eq!(code, expected, "{name} {format}");
            if format == "json" {
                let document: serde_json::Value = serde_json::from_str(&out).unwrap();
                assert_eq!(document["exit_code"], expected, "{name}");
            } else if expected == 2 {
                assert_eq!(out, "", "{name} {format}");
            }
        }
    }
}

#[test]
fn approvals_expire_by_the_clock_that_is_given() {
    let folder = "examples/02-own-policies";
    let (input, policies) = (format!("{folder}/evidence"), format!("{folder}/policies"));
    let mysql = |now: &str| {
        let arguments = ["check", &input, "-p", &policies, "-f", "short"];
        run(portcullis(&arguments).env("PORTCULLIS_NOW", now)).1.contains("MySQL on tcp/3306")
    };
    assert!(!mysql("2030-12-31T23:59:59Z"));
    assert!(mysql("2031-01-01T00:00:00Z"));
}

#[test]
fn files_are_written_whole_with_their_folders() {
    let folder = tempfile::tempdir().unwrap();
    let (json, short) = (folder.path().join("a/b/x.json"), folder.path().join("y.txt"));
    let outputs = [format!("json={}", json.display()), format!("short={}", short.display())];
    let (code, out, err) = run(portcullis(&["check", EXAMPLE, "-f", "json"]).args([
        "-o",
        &outputs[0],
        "-o",
        &outputs[1],
    ]));
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(fs::read_to_string(&json).unwrap(), out);
    assert_eq!(fs::read_to_string(&short).unwrap().lines().count(), 6);
    assert_eq!(fs::read_dir(json.parent().unwrap()).unwrap().count(), 1, "no file is left beside");

    let (code, ..) = run(portcullis(&["check", "missing.json"]).args(["-o", &outputs[0]]));
    assert_eq!(code, 2);
    let document: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(document["schema"], "portcullis.error/v1", "no earlier report stays");
}

#[cfg(unix)]
mod unix {
    use std::io::{BufRead, BufReader};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn folder_of_the_example() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let example = root().join(EXAMPLE);
        fs::copy(example, folder.path().join("DescribeInternetOpenPort.json")).unwrap();
        folder
    }

    fn check(path: &Path) -> (i32, String, String) {
        run(&mut portcullis(&["check", "-f", "short", path.to_str().unwrap()]))
    }

    #[test]
    fn a_reader_that_goes_away_changes_nothing() {
        let many = vec![fs::read_to_string(EXAMPLE).unwrap(); 2000].concat();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("many.json");
        fs::write(&path, many).unwrap();
        let mut child = portcullis(&["check", "-f", "json", path.to_str().unwrap()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), line.as_str()), (Some(1), "{\n"));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_no_verdict() {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = portcullis(&["check", EXAMPLE]).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("error: cannot write the output: "), "{said}");
        assert_eq!(said.lines().count(), 1);
    }

    #[test]
    fn a_link_loop_cannot_be_judged() {
        let folder = folder_of_the_example();
        fs::create_dir(folder.path().join("a")).unwrap();
        symlink("..", folder.path().join("a/b")).unwrap();
        let (code, out, err) = check(folder.path());
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.contains("input/link-loop"), "{err}");
    }

    #[test]
    fn hidden_files_are_left_alone_and_links_out_of_the_tree_are_not_followed() {
        let (folder, other) = (folder_of_the_example(), folder_of_the_example());
        let alone = check(folder.path());
        symlink("nowhere", folder.path().join(".#lock.json")).unwrap();
        symlink("..", folder.path().join(".up")).unwrap();
        fs::write(folder.path().join(".draft.json"), "{").unwrap();
        assert_eq!(check(folder.path()), alone, "hidden");
        symlink(other.path(), folder.path().join("other")).unwrap();
        let (code, out, err) = check(folder.path());
        let own = out.strip_prefix(&alone.1).unwrap_or(&out);
        assert_eq!((code, err.as_str()), (alone.0, ""));
        assert!(own.contains("other: evidence[input/link-outside]"), "{out}");
        assert_eq!(out.lines().count(), alone.1.lines().count() + 1, "{out}");
    }

    #[test]
    fn a_dead_link_and_a_missing_folder_cannot_be_judged() {
        let folder = folder_of_the_example();
        symlink("nowhere.json", folder.path().join("dead.json")).unwrap();
        for path in [folder.path().to_owned(), folder.path().join("missing")] {
            let (code, out, err) = check(&path);
            assert_eq!((code, out.as_str()), (2, ""));
            assert!(err.contains("input/unreadable"), "{err}");
        }
    }

    #[test]
    fn a_hostile_file_name_is_shown_and_escaped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a\"<&'\u{1b}[31m.json");
        fs::copy(root().join(EXAMPLE), &path).unwrap();
        for format in ["human", "short", "json"] {
            let arguments = ["check", "-f", format, path.to_str().unwrap()];
            let (code, out, _) = run(&mut portcullis(&arguments));
            assert!(code == 1 && !out.contains('\u{1b}'), "{format}");
            if format == "json" {
                let document: serde_json::Value = serde_json::from_str(&out).unwrap();
                let source = &document["evidence"][0]["pages"][0]["source"];
                assert_eq!(source.as_str(), path.to_str());
            }
        }
    }

    #[test]
    fn a_file_that_is_replaced_stays_readable_and_linked() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("x.json"), folder.path().join("link.json"));
        fs::write(&target, "old").unwrap();
        symlink(&target, &link).unwrap();
        let output = format!("json={}", link.display());
        let (code, ..) = run(&mut portcullis(&["check", EXAMPLE, "-f", "short", "-o", &output]));
        assert_eq!(code, 1);
        assert!(link.is_symlink() && fs::read_to_string(&target).unwrap().starts_with('{'));
        let plain = folder.path().join("plain");
        fs::write(&plain, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&target), mode(&plain), "as any new file of this process");
    }

    #[test]
    fn an_output_that_cannot_be_written_is_no_verdict() {
        let folder = tempfile::tempdir().unwrap();
        let output = format!("json={}", folder.path().display());
        let (code, out, err) =
            run(&mut portcullis(&["check", EXAMPLE, "-f", "short", "-o", &output]));
        assert_eq!((code, out.lines().count()), (2, 6), "the report is there all the same");
        assert!(err.contains("cli/unwritable"), "{err}");
        let (code, ..) = run(&mut portcullis(&["check", EXAMPLE, "-o", "json=/dev/null"]));
        assert_eq!(code, 1);
        assert!(!Path::new("/dev/null").is_file(), "a device is written to, not replaced");
    }
}

#[test]
fn all_that_is_wrong_with_all_policy_files_is_told_at_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    write("a.yaml", b"policies:\n  - deny Foobarqux\n  - deny if Port < 3 and Port > 4\n");
    write("b.yaml", b"\xff");
    write("c.yaml", b"policies: [{rule: deny if Port 70000, rule: deny SSH}]\n");
    for command in ["lint", "check"] {
        let policies = folder.path().to_str().unwrap();
        let input: &[&str] = if command == "check" { &[EXAMPLE] } else { &[] };
        let arguments = [&[command, "-f", "short", "-p", policies], input].concat();
        let (code, stdout, stderr) = run(&mut portcullis(&arguments));
        let told: Vec<_> = format!("{stdout}{stderr}")
            .lines()
            .filter_map(|line| line.split(['[', ']']).nth(1).map(str::to_owned))
            .collect();
        assert_eq!(code, 2, "{told:?}");
        let expected = [
            "policy/unknown-name",
            "policy/never-fires",
            "input/utf-8",
            "policy/out-of-range",
            "yaml/duplicate-key",
        ];
        assert_eq!(told, expected, "{command}");
    }
}

#[test]
fn a_tautology_is_told_and_changes_no_exit_code_but_that_of_strict() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.yaml");
    fs::write(&file, "policies: [alert if Port >= 0]\n").unwrap();
    let file = file.to_str().unwrap();
    for (arguments, expected) in [
        (vec!["check", EXAMPLE, "--allow-partial", "-f", "short", "-p", file], 0),
        (vec!["lint", "-f", "short", file], 0),
        (vec!["lint", "--strict", "-f", "short", file], 1),
    ] {
        let (code, stdout, stderr) = run(&mut portcullis(&arguments));
        assert_eq!(code, expected, "{arguments:?} {stdout}{stderr}");
        assert!(format!("{stdout}{stderr}").contains("policy/always-fires"), "{arguments:?}");
    }
}

#[test]
fn the_built_in_packs_leave_nothing_to_complain_about() {
    let (code, stdout, stderr) = run(&mut portcullis(&["lint", "--strict"]));
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
}

#[test]
fn the_view_of_a_framework_ends_in_the_exit_code_of_check() {
    let flags: [&[&str]; 5] = [
        &[],
        &["--fail-on", "alert"],
        &["--fail-on", "never"],
        &["--assume-complete", "--allow-partial", "--inconclusive", "pass"],
        &["-p", "tests/cmd/policies/two.yaml", "--waivers", "tests/cmd/waivers/rdp.yaml"],
    ];
    let mut codes = BTreeSet::new();
    let mut files: Vec<_> = fs::read_dir(root().join("tests/cmd/evidence"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.push(root().join("tests/cmd/evidence/missing.json"));
    for file in files {
        for flags in flags {
            let file = file.to_str().unwrap();
            let judged = |words: &[&str]| {
                let words: Vec<&str> = [words, &[file, "-f", "short"], flags].concat();
                let time = "2026-11-24T12:00:00Z";
                run(portcullis(&words).current_dir(root()).env("PORTCULLIS_NOW", time))
            };
            let (code, ..) = judged(&["check"]);
            for framework in ["cis-alibaba-cloud-2.0", "nis2", "mitre-attack"] {
                let (view, out, err) = judged(&["report", "--framework", framework]);
                assert_eq!(view, code, "{file} {flags:?}");
                assert!(view == 0 || !out.is_empty() || !err.is_empty(), "{file} {flags:?}");
            }
            codes.insert(code);
        }
    }
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
}
