//! The project file: how far it is looked for, whom it is trusted from, and where it may write.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use crate::home::{Ended, Home, POLICY, answer};

/// A home with a project in `top`, and a folder two levels below.
fn project() -> Home {
    let home = Home::new();
    home.write("top/p.yaml", POLICY);
    home.write("top/e/a.json", answer(1));
    home.write("top/portcullis.yaml", "policies: [p.yaml]\nevidence: [e]\n");
    fs::create_dir_all(home.path("top/mid/sub")).unwrap();
    home
}

/// Checks in a folder, where only a project file can name evidence.
fn check_in(home: &Home, folder: &str) -> Ended {
    let mut command = home.command(&["check", "-f", "short"]);
    Ended::of(command.current_dir(home.path(folder)).output().unwrap())
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Whether tests may give files away.
fn is_root(home: &Home) -> bool {
    chown(home.path("p.yaml"), Some(4_000), None).is_ok()
}

#[test]
fn a_project_file_is_found_up_to_the_top_of_the_repository() {
    let home = project();
    for folder in ["top", "top/mid", "top/mid/sub"] {
        let ended = check_in(&home, folder);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{folder}");
    }
    fs::create_dir(home.path("top/.git")).unwrap();
    assert_eq!(check_in(&home, "top/mid/sub").code, 0, "the top itself belongs to it");
    home.write("top/mid/.git", "gitdir: elsewhere");
    let ended = check_in(&home, "top/mid/sub");
    assert!(ended.code == 2 && ended.err.contains("cli/no-input"), "{ended:?}");
    assert!(!ended.err.contains("project/not-used"), "beyond the top nothing is looked for");
}

#[test]
fn a_project_file_that_others_could_have_written_is_named_and_not_used() {
    let home = project();
    for (path, wrong, right) in [
        ("top", 0o777, 0o755),
        ("top", 0o1777, 0o755),
        ("top", 0o757, 0o755),
        ("top/portcullis.yaml", 0o666, 0o644),
    ] {
        mode(&home.path(path), wrong);
        for folder in ["top", "top/mid/sub"] {
            let ended = check_in(&home, folder);
            assert!(ended.code == 2 && ended.err.contains("everyone can write"), "{ended:?}");
            let is_named = ended.err.contains("portcullis.yaml: note[project/not-used]");
            assert!(is_named, "{path}: {ended:?}");
        }
        mode(&home.path(path), right);
        assert_eq!(check_in(&home, "top/mid/sub").code, 0, "{path}");
    }
    // A folder on the way ends the search, and what lies above it is not looked at.
    mode(&home.path("top/mid"), 0o777);
    assert!(!check_in(&home, "top/mid/sub").err.contains("project/not-used"));
    assert_eq!(check_in(&home, "top/mid/sub").code, 2);
    mode(&home.path("top/mid"), 0o775);
    assert_eq!(check_in(&home, "top/mid/sub").code, 0, "a group is not everyone");
}

#[test]
fn a_project_file_of_another_user_is_named_and_not_used() {
    let home = project();
    if !is_root(&home) {
        return;
    }
    let own = |path: &str, user| chown(home.path(path), Some(user), None).unwrap();
    for path in ["top", "top/portcullis.yaml"] {
        own(path, 4_000);
        let ended = check_in(&home, "top/mid/sub");
        assert!(ended.code == 2 && ended.err.contains("another user"), "{path}: {ended:?}");
        own(path, 0);
    }
    for path in ["top/mid", "top/mid/sub"] {
        own(path, 4_000);
    }
    assert_eq!(check_in(&home, "top/mid/sub").code, 0, "root is trusted");
    own("top", 4_000);
    own("top/portcullis.yaml", 4_000);
    assert_eq!(check_in(&home, "top/mid/sub").code, 0, "so is the owner of the working directory");
    assert_eq!(check_in(&home, "top").code, 0);
}

#[test]
fn a_project_file_that_is_not_used_is_a_note_in_every_command() {
    let home = project();
    mode(&home.path("top"), 0o777);
    for line in
        ["check e/a.json -f json", "lint -f short", "test -f short", "explain remote-access"]
    {
        let arguments: Vec<&str> = line.split(' ').collect();
        let ended =
            Ended::of(home.command(&arguments).current_dir(home.path("top")).output().unwrap());
        let is_silent = line.starts_with("test") || line.starts_with("explain");
        let said = format!("{}{}", ended.out, ended.err);
        assert!(is_silent || said.contains("project/not-used"), "{line}: {ended:?}");
    }
    let mut command = home.command(&["check", "--config", "portcullis.yaml", "-f", "short"]);
    let ended = Ended::of(command.current_dir(home.path("top")).output().unwrap());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "it is trusted by name");
}

#[test]
fn an_output_of_the_project_stays_in_its_folder() {
    let home = project();
    fs::create_dir(home.path("outside")).unwrap();
    symlink("../outside", home.path("top/link")).unwrap();
    symlink("mid", home.path("top/inner")).unwrap();
    symlink("../outside/file.json", home.path("top/file.json")).unwrap();
    home.write("outside/file.json", "");
    let absolute = home.path("top/x.json").display().to_string();
    for (output, written) in [
        ("x.json", Some("top/x.json")),
        ("./new/x.json", Some("top/new/x.json")),
        ("mid/../x.json", Some("top/x.json")),
        ("nowhere/../x.json", Some("top/x.json")),
        ("inner/x.json", Some("top/mid/x.json")),
        ("../x.json", None),
        ("mid/../../x.json", None),
        ("../top/x.json", None),
        ("/tmp/x.json", None),
        (absolute.as_str(), None),
        ("link/x.json", None),
        ("link/new/x.json", None),
        ("file.json", None),
        ("/dev/null", None),
    ] {
        let text = format!("policies: [p.yaml]\nevidence: [e]\noutput: [\"json={output}\"]\n");
        home.write("top/portcullis.yaml", text);
        for folder in ["top", "top/mid/sub"] {
            let ended = check_in(&home, folder);
            assert_eq!(ended.code, if written.is_some() { 0 } else { 2 }, "{output}: {ended:?}");
            let is_placed =
                ended.err.contains("portcullis.yaml:3:10: error[project/output-outside]")
                    || ended.err.contains("portcullis.yaml:3:11: error[project/output-outside]");
            assert_eq!(is_placed, written.is_none(), "{output}: {ended:?}");
            if let Some(written) = written {
                assert!(home.path(written).is_file(), "{output}");
                fs::remove_file(home.path(written)).unwrap();
            }
        }
    }
    assert_eq!(fs::read_to_string(home.path("outside/file.json")).unwrap(), "");
    assert_eq!(fs::read_dir(home.path("outside")).unwrap().count(), 1);
}
