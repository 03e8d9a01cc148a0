//! The house rules that a machine can hold: floors, sizes, and what the README promises.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and its floor; a module names only modules on floors below its own.
const FLOORS: &[(&str, u8)] = &[
    ("text", 1),
    ("yaml", 2),
    ("json", 2),
    ("operation", 3),
    ("policy", 4),
    ("snapshot", 4),
    ("engine", 5),
    ("analysis", 5),
    ("triage", 6),
    ("input", 7),
    ("output", 7),
    ("cli", 8),
];

/// Lines of a file without its tests.
const MAX_LINES: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

fn sources() -> BTreeMap<String, String> {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let name = |path: &PathBuf| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The part of a file before its tests.
fn without_tests(text: &str) -> &str {
    match text.find("\nmod tests {") {
        Some(module) => text
            .get(..module)
            .and_then(|before| before.rfind("#[cfg(test)]"))
            .map_or(text, |at| text.get(..at).unwrap()),
        None => text,
    }
}

fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs")
}

#[test]
fn every_module_of_the_library_has_a_floor() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let floors: Vec<&str> = FLOORS.iter().map(|(name, _)| *name).collect();
    let mut sorted = (declared.clone(), floors.clone());
    sorted.0.sort_unstable();
    sorted.1.sort_unstable();
    assert_eq!(sorted.0, sorted.1);
    let heights: Vec<u8> = declared
        .iter()
        .map(|name| FLOORS.iter().find(|(floor, _)| floor == name).unwrap().1)
        .collect();
    assert!(heights.is_sorted(), "lib.rs declares the floors from the ground up");
}

#[test]
fn a_module_names_only_modules_below_it() {
    let floor =
        |name: &str| FLOORS.iter().find(|(floor, _)| *floor == name).map(|(_, floor)| *floor);
    let mut climbs = Vec::new();
    for (name, text) in sources() {
        let Some(own) = name.split('/').nth(1).map(|part| part.trim_end_matches(".rs")) else {
            continue;
        };
        let Some(height) = floor(own).filter(|_| !is_test(&name)) else { continue };
        for named in text.split("crate::").skip(1) {
            let module: String =
                named.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let is_climb = floor(&module).is_some_and(|other| other >= height) && module != own;
            if is_climb {
                climbs.push(format!("{name} names {module}"));
            }
        }
        for braces in text.split("use crate::{").skip(1) {
            climbs.push(format!(
                "{name}: one `use` a module, not `{}`",
                braces.lines().next().unwrap()
            ));
        }
    }
    assert!(climbs.is_empty(), "{climbs:#?}");
}

#[test]
fn a_file_has_at_most_400_lines_without_its_tests() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(name, _)| !is_test(name))
        .map(|(name, text)| (name, without_tests(&text).lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(name, lines)| format!("{name}: {lines}"))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn a_file_opens_with_what_it_is() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(name, _)| name)
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn no_module_is_named_after_nothing() {
    const EMPTY: [&str; 6] = ["utils", "util", "common", "helpers", "manager", "misc"];
    let named: Vec<String> = sources()
        .into_keys()
        .filter(|name| EMPTY.iter().any(|empty| name.contains(&format!("/{empty}"))))
        .collect();
    assert!(named.is_empty(), "{named:#?}");
}

#[test]
fn the_top_level_holds_what_it_should() {
    const ALLOWED: [&str; 9] = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "src",
        "policies",
        "examples",
        "tests",
        "target",
    ];
    let other: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !ALLOWED.contains(&name.as_str()))
        .collect();
    assert!(other.is_empty(), "{other:#?}");
}

#[test]
fn no_rust_code_names_a_field_of_an_operation() {
    let mut fields = Vec::new();
    let folder = root().join("src/operation");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let text = fs::read_to_string(path).unwrap();
            let names = text.lines().filter_map(|line| line.trim().strip_prefix("- name: "));
            fields.extend(names.map(str::to_owned));
        }
    }
    assert!(fields.len() > 10, "the descriptor lists its fields as `- name: …`");
    let code = sources().into_iter().filter(|(name, _)| !is_test(name));
    let named: Vec<String> = code
        .flat_map(|(name, text)| {
            let code: Vec<String> = without_tests(&text)
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .map(str::to_owned)
                .collect();
            // Between backticks stand examples for a reader.
            let code: String = code.join("\n").split('`').step_by(2).collect();
            fields
                .iter()
                .filter(|field| field.chars().next().is_some_and(char::is_uppercase))
                .filter(|field| field.len() > 8 && code.contains(field.as_str()))
                .map(|field| format!("{name} names {field}"))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(named.is_empty(), "{named:#?}");
}
