//! Files that reports are written to.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::input::path_name;
use crate::output::Format;
use crate::text::{Place, Problem};

use super::show;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`{path}` is to hold both `{first}` and `{second}`")]
    #[diagnostic(code("cli/same-file"), help("give each format a file of its own"))]
    SameFile { path: Arc<str>, first: &'static str, second: &'static str },
}

/// Writes each file whole or not at all; what could not be written.
pub(super) fn write(
    output: &[(Format, PathBuf)],
    render: &dyn Fn(Format, &mut dyn Write) -> io::Result<()>,
) -> Vec<Problem> {
    let write = |(format, path): &(Format, PathBuf)| {
        show::write_file(path, &mut |out| render(*format, out)).err()
    };
    output.iter().filter_map(write).collect()
}

/// Files that two formats would be written to, of which one would be lost.
pub(super) fn doubled(output: &[(Format, PathBuf)]) -> Vec<Problem> {
    let mut seen: Vec<(PathBuf, Format)> = Vec::new();
    let mut problems = Vec::new();
    // What a device or a pipe was given stays given.
    let is_kept = |path: &Path| path.metadata().is_ok_and(|data| !data.is_file());
    for (format, path) in output.iter().filter(|(_, path)| !is_kept(path)) {
        let place = place(path);
        match seen.iter().find(|(other, _)| *other == place) {
            None => seen.push((place, *format)),
            Some((_, first)) => {
                let path = path_name(path);
                let whole = Place::Whole(Arc::clone(&path));
                let error = Error::SameFile { path, first: first.name(), second: format.name() };
                problems.push(Problem::new(&error, whole));
            }
        }
    }
    problems
}

/// The file itself, however it is named: links resolved as far as there is something.
pub(super) fn place(path: &Path) -> PathBuf {
    let mut rest = Vec::new();
    let mut place = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    loop {
        if let Ok(found) = place.canonicalize() {
            return rest.iter().rev().fold(found, |place, part| place.join(part));
        }
        let (Some(name), Some(folder)) = (place.file_name(), place.parent()) else {
            return path.to_owned();
        };
        rest.push(name.to_owned());
        place = folder.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_same_however_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| (Format::Json, folder.path().join(name));
        for (one, other, is_same) in [
            ("a", "a", true),
            ("a", "./a", true),
            ("new/a", "new/./a", true),
            ("a", "b", false),
            ("new/a", "other/a", false),
        ] {
            let problems = doubled(&[at(one), at(other)]);
            assert_eq!(problems.len(), usize::from(is_same), "{one} {other}");
        }
        assert!(doubled(&[at("."), at(".")]).is_empty(), "what cannot be written fails by itself");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path(), folder.path().join("link")).unwrap();
            assert_eq!(doubled(&[at("link/new/a"), at("new/a")]).len(), 1);
            let null = (Format::Json, PathBuf::from("/dev/null"));
            assert!(doubled(&[null.clone(), null]).is_empty());
        }
    }
}
