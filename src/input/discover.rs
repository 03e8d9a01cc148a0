//! Finds the files that paths name: files as they are, folders walked in a stable order. Hidden files are
//! left alone; any other file that may be of the kind and is not read is reported.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use crate::snapshot::Snapshot;
use crate::text::{Level, Place, Problem};

use super::name::path_name;
use super::skipped::Skipped;
use super::unpack::Packing;

/// What names standard input on the command line.
pub const STDIN: &str = "-";

/// What a project file is called.
pub const PROJECT_FILE: &str = "portcullis.yaml";

/// What kind of files a folder is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Saved answers: `.json`, `.ndjson`, `.jsonl`, each also `.gz` and `.zst`.
    Evidence,
    /// Policy files: `.yaml`, `.yml`.
    Policies,
}

impl Kind {
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Evidence => &["json", "ndjson", "jsonl"],
            Self::Policies => &["yaml", "yml"],
        }
    }

    /// Whether a file of a folder is of the kind, by its name.
    #[must_use]
    pub fn takes(self, path: &Path) -> bool {
        if self == Self::Evidence && Packing::of_name(path).is_some() {
            return path.file_stem().is_some_and(|stem| self.has_ending(Path::new(stem)));
        }
        // A project file may lie in a folder of policies, and is none.
        let is_project = path.file_name().is_some_and(|name| name == PROJECT_FILE);
        self.has_ending(path) && !(self == Self::Policies && is_project)
    }

    pub(super) fn has_ending(self, path: &Path) -> bool {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| {
            self.endings().iter().any(|known| known.eq_ignore_ascii_case(ending))
        })
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Files in order, each once, by the paths as they were given.
    pub files: Vec<PathBuf>,
    /// Folders that hold no file of the kind.
    pub empty: Vec<Arc<str>>,
    /// Files of folders of evidence that may be evidence and are not read, each with the reason. A policy
    /// file that is not read is an error.
    pub skipped: Vec<Problem>,
    /// Errors and notes.
    pub problems: Vec<Problem>,
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("cannot read `{0}`: {1}")]
    #[diagnostic(code("input/unreadable"), help("check the path and its permissions"))]
    Unreadable(String, String),
    #[error("the link `{0}` leads back to a folder that it lies in")]
    #[diagnostic(code("input/link-loop"), help("remove the link"))]
    Loop(String),
}

impl Error {
    fn at(&self, path: &Path) -> Problem {
        Problem::new(self, Place::Whole(path_name(path)))
    }
}

/// Finds the files that `paths` name, `-` being standard input.
#[must_use]
pub fn discover(paths: &[PathBuf], kind: Kind) -> Found {
    let mut found = Found::default();
    let mut seen = HashSet::new();
    for path in paths {
        if path.as_os_str() == STDIN {
            // A file of that name is another input: `./-`.
            if seen.insert(path.clone()) {
                found.files.push(path.clone());
            }
            continue;
        }
        match path.metadata() {
            Err(error) => found.problems.push(unreadable(path, &error)),
            Ok(metadata) if metadata.is_dir() => found.walk(path, kind, &mut seen),
            Ok(_) => match Skipped::of_named(path, kind) {
                Some(reason) => found.problems.push(reason.problem(path)),
                None => found.add(path, &mut seen),
            },
        }
    }
    found
}

impl Found {
    fn add(&mut self, path: &Path, seen: &mut HashSet<PathBuf>) {
        if seen.insert(path.canonicalize().unwrap_or_else(|_| path.to_owned())) {
            self.files.push(path.to_owned());
        }
    }

    /// What a run has to say of evidence that is not there, or was not read.
    #[must_use]
    pub fn lacking(&self) -> Vec<Snapshot> {
        let empty = self.empty.iter().map(|folder| Snapshot::nothing(Arc::clone(folder)));
        empty.chain(self.skipped.iter().cloned().map(Snapshot::unread)).collect()
    }

    fn walk(&mut self, folder: &Path, kind: Kind, seen: &mut HashSet<PathBuf>) {
        let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let mut has_any = false;
        let mut entries = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.depth() > 0 && error.path().is_some_and(has_hidden_name) => {
                    continue;
                }
                Err(error) => {
                    has_any = true;
                    self.problems.push(walk_problem(folder, &error));
                    continue;
                }
            };
            let outside = target_outside(&entry, &root);
            if is_hidden(&entry) || outside.is_some() {
                if entry.file_type().is_dir() {
                    entries.skip_current_dir();
                }
                if let Some(target) = outside.filter(|_| !is_hidden(&entry)) {
                    self.skip(Skipped::link(entry.path(), &target, kind), kind);
                }
                continue;
            }
            has_any |= self.visit(&entry, kind, seen);
        }
        if !has_any {
            self.empty.push(path_name(folder));
        }
    }

    /// Takes a file of a folder, if it is one of the kind.
    fn visit(&mut self, entry: &DirEntry, kind: Kind, seen: &mut HashSet<PathBuf>) -> bool {
        let (path, file_type) = (entry.path(), entry.file_type());
        let is_taken = file_type.is_file() && kind.takes(path);
        if is_taken {
            self.add(path, seen);
        } else if !file_type.is_dir() {
            let reason = Skipped::of_type(file_type).or_else(|| Skipped::of_name(path, kind));
            if let Some(reason) = reason {
                self.skip(reason.problem(path), kind);
            }
        }
        is_taken
    }

    fn skip(&mut self, problem: Problem, kind: Kind) {
        match kind {
            Kind::Evidence if problem.level == Level::Error => self.skipped.push(problem),
            _ => self.problems.push(problem),
        }
    }
}

/// The target of a link that leads out of a folder.
fn target_outside(entry: &DirEntry, root: &Path) -> Option<PathBuf> {
    let is_link = entry.depth() > 0 && entry.path_is_symlink();
    let target = is_link.then(|| entry.path().canonicalize().ok()).flatten()?;
    (!target.starts_with(root)).then_some(target)
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Error::Unreadable(path_name(path).to_string(), reason(error)).at(path)
}

/// An operating system's message without its number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.to_lowercase()
}

fn walk_problem(folder: &Path, error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(folder);
    if error.loop_ancestor().is_some() {
        return Error::Loop(path_name(path).to_string()).at(path);
    }
    match error.io_error() {
        Some(io) => unreadable(path, io),
        None => Error::Unreadable(path_name(path).to_string(), error.to_string()).at(path),
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.depth() > 0 && has_hidden_name(entry.path())
}

fn has_hidden_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
