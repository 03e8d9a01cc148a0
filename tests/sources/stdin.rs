//! Standard input: when it is judged, and what is said when it is not.

use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::home::{Ended, Home, POLICY, answer};

const NOT_READ: &str = "standard input was not read";

fn project() -> Home {
    let home = Home::new();
    home.write("e/a.json", answer(1));
    home.write("portcullis.yaml", "policies: [p.yaml]\nevidence: [e]\n");
    home
}

#[test]
fn without_input_and_project_it_is_judged_unless_it_is_empty() {
    let home = Home::new();
    for (input, code, told) in [
        (answer(1).as_str(), 0, "clean"),
        (answer(3).as_str(), 1, "deny"),
        ("", 2, "cli/no-input"),
        (" \n", 2, "evidence/empty"),
        ("{}", 3, "evidence/no-records"),
    ] {
        for command in ["check", "report --framework nis2"] {
            let ended = home.piped(&format!("{command} -p p.yaml"), input.as_bytes());
            assert_eq!(ended.code, code, "{command} {input:?}: {ended:?}");
            let said = format!("{}{}", ended.out, ended.err);
            assert!(command != "check" || said.contains(told), "{input:?}: {ended:?}");
        }
    }
    let ended = home.run("check -p p.yaml -f json");
    assert_eq!(ended.json()["problems"][0]["code"], "cli/no-input");
    let ended = home.piped("check - -p p.yaml -f short", b"");
    assert!(ended.code == 2 && ended.err.contains("evidence/empty"), "named, it is evidence");
    assert_eq!(home.piped("baseline -p p.yaml -o b", b"").code, 2);
}

#[test]
fn data_that_is_not_read_is_told() {
    let home = project();
    let from_file = |text: &str| {
        home.write("input", text);
        let mut command = home.command(&["check"]);
        command.stdin(File::open(home.path("input")).unwrap());
        Ended::of(command.output().unwrap())
    };
    for (ended, is_told) in [
        (home.piped("check", answer(3).as_bytes()), true),
        (home.piped("check", b"x"), true),
        (home.piped("check", b""), false),
        (home.run("check"), false),
        (from_file("x"), true),
        (from_file(""), false),
        (home.piped("check e", b"x"), false),
        (home.piped("check -", answer(1).as_bytes()), false),
    ] {
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(ended.err.contains(NOT_READ), is_told, "{ended:?}");
        assert_eq!(ended.err.contains("note[cli/stdin-not-read]"), is_told, "{ended:?}");
    }
}

#[test]
fn a_pipe_that_stays_open_and_silent_is_not_waited_for() {
    let home = project();
    let start = Instant::now();
    let mut command = home.command(&["check"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let held = child.stdin.take();
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(start.elapsed() < Duration::from_secs(20));
    drop(held);
}

#[test]
fn what_is_not_read_stays_for_the_next() {
    let home = project();
    let binary = env!("CARGO_BIN_EXE_portcullis");
    let script = format!("\"{binary}\" check >/dev/null 2>&1; cat");
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]).current_dir(home.path("."));
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), POLICY.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), POLICY);
}
