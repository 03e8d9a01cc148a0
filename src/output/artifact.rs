//! Names of files as platforms want them: relative to the folder that holds everything, with slashes,
//! and as URIs where a URI is asked for.

use std::fmt::Write as _;

/// The name below a folder, where it lies there: a policy file of a repository, as opposed to one that
/// is part of the binary or lies elsewhere. Without a folder, relative names are taken to lie below it.
pub(super) fn below(name: &str, folder: Option<&str>) -> Option<String> {
    let folder: Vec<&str> = parts(folder.unwrap_or_default()).collect();
    let mut path = if is_absolute(name) { Vec::new() } else { folder.clone() };
    for part in parts(name) {
        if part == ".." {
            path.pop()?;
        } else {
            path.push(part);
        }
    }
    let rest = path.strip_prefix(folder.as_slice())?;
    (!rest.is_empty()).then(|| rest.join("/"))
}

/// A path that a platform takes to lie in its repository, whatever it was.
pub(super) fn path(name: &str, folder: Option<&str>) -> String {
    below(name, folder).unwrap_or_else(|| {
        let inner: Vec<&str> = parts(name).filter(|part| *part != "..").collect();
        if inner.is_empty() { env!("CARGO_PKG_NAME").to_owned() } else { inner.join("/") }
    })
}

/// A URI: relative to the folder where the file lies below it, else of the file.
pub(super) fn uri(name: &str, folder: Option<&str>) -> String {
    match below(name, folder) {
        Some(path) => encoded(&path),
        None if is_absolute(name) => {
            let path: Vec<&str> = parts(name).collect();
            format!("file:///{}", encoded(&path.join("/")))
        }
        None => encoded(&parts(name).collect::<Vec<_>>().join("/")),
    }
}

fn is_absolute(name: &str) -> bool {
    std::path::Path::new(name).is_absolute()
}

/// The steps of a path, without those that lead nowhere.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split(std::path::is_separator).filter(|part| !part.is_empty() && *part != ".")
}

/// A path with everything escaped that a URI does not take as it is.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn names_become_paths_and_uris() {
        let cases = [
            ("ports.json", Some("ports.json"), "ports.json", "ports.json"),
            ("./a//b/./c.json", Some("a/b/c.json"), "a/b/c.json", "a/b/c.json"),
            ("../repo/p.yaml", Some("p.yaml"), "p.yaml", "p.yaml"),
            ("../other/p.yaml", None, "other/p.yaml", "../other/p.yaml"),
            ("../../../x", None, "x", "../../../x"),
            ("/srv/repo/a/p.yaml", Some("a/p.yaml"), "a/p.yaml", "a/p.yaml"),
            (
                "/srv/repository/p.yaml",
                None,
                "srv/repository/p.yaml",
                "file:///srv/repository/p.yaml",
            ),
            ("/srv/repo", None, "srv/repo", "file:///srv/repo"),
            ("<stdin>", Some("<stdin>"), "<stdin>", "%3Cstdin%3E"),
            ("a b/100%.json", Some("a b/100%.json"), "a b/100%.json", "a%20b/100%25.json"),
            ("a\"<&'.json", Some("a\"<&'.json"), "a\"<&'.json", "a%22%3C%26%27.json"),
            ("c:口.json", Some("c:口.json"), "c:口.json", "c%3A%E5%8F%A3.json"),
            ("..", None, "portcullis", ".."),
        ];
        for (name, expected_below, expected_path, expected_uri) in cases {
            let folder = Some("/srv/repo");
            assert_eq!(below(name, folder).as_deref(), expected_below, "{name}");
            assert_eq!(path(name, folder), expected_path, "{name}");
            assert_eq!(uri(name, folder), expected_uri, "{name}");
        }
        assert_eq!(below("../p.yaml", None), None);
        assert_eq!(below("p.yaml", None).as_deref(), Some("p.yaml"));
    }
}
