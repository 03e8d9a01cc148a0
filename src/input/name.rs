//! The name of a file in reports. Two different paths never have the same name, and no path has the name
//! of another kind of source: findings and pages are found again by it.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Standard input, as reports call it.
pub(super) const STDIN_NAME: &str = "<stdin>";

/// Separates the name of a file from the number of a page within it.
const PAGE_MARK: &str = "#page=";

/// Names of what is fetched begin with it.
const LIVE: &str = "live";

/// The name of a path: the path itself, with `<FF>` for each byte that is not UTF-8 and for a character
/// that would make the name look like such a byte, like standard input, a page, or something fetched.
#[must_use]
pub fn path_name(path: &Path) -> Arc<str> {
    let mut name = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for (at, character) in chunk.valid().char_indices() {
            let rest = chunk.valid().get(at..).unwrap_or_default();
            let is_ambiguous = match character {
                '<' => looks_like_escape(rest),
                '#' => rest.starts_with(PAGE_MARK),
                ':' => name == LIVE,
                _ => false,
            };
            match is_ambiguous {
                true => push_code(u32::from(character), &mut name),
                false => name.push(character),
            }
        }
        for byte in chunk.invalid() {
            push_code(u32::from(*byte), &mut name);
        }
    }
    Arc::from(name)
}

/// Whether a text begins like standard input, like an escaped byte, or like `<U+001B>`, as renderers show
/// control characters.
fn looks_like_escape(text: &str) -> bool {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    let is_byte = match text.as_bytes() {
        [_, high, low, b'>', ..] => is_digit(high) && is_digit(low),
        _ => false,
    };
    is_byte || text.starts_with(STDIN_NAME) || text.starts_with("<U+")
}

fn push_code(code: u32, name: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(name, "<{code:02X}>");
}

#[cfg(all(test, unix))]
mod tests {
    use std::collections::HashMap;
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    use proptest::prelude::*;

    use super::*;

    fn name(bytes: &[u8]) -> String {
        path_name(Path::new(&OsString::from_vec(bytes.to_vec()))).to_string()
    }

    #[test]
    fn a_usual_path_is_its_own_name() {
        for path in
            ["a.json", "../a/中.json", "a\"<&'\u{1b}[31m.json", "a#1.json", "a/live:b", "<b>"]
        {
            assert_eq!(name(path.as_bytes()), path);
        }
    }

    #[test]
    fn what_looks_like_something_else_is_escaped() {
        for (path, expected) in [
            (&b"a\xff.json"[..], "a<FF>.json"),
            (b"a\xfe.json", "a<FE>.json"),
            (b"a<FF>.json", "a<3C>FF>.json"),
            (b"a<3C>FF>.json", "a<3C>3C>FF>.json"),
            (b"<stdin>", "<3C>stdin>"),
            (b"a/<stdin>#page=2", "a/<3C>stdin><23>page=2"),
            (b"a<U+001B>", "a<3C>U+001B>"),
            (b"live:DescribeInternetOpenPort", "live<3A>DescribeInternetOpenPort"),
        ] {
            assert_eq!(name(path), expected);
        }
    }

    proptest! {
        #[test]
        fn no_two_paths_have_one_name(
            paths in prop::collection::vec(
                prop::collection::vec(
                    prop::sample::select(vec![
                        &b"<"[..], b">", b"F", b"3C", b"\xff", b"\xc3", b"\xb6", b"stdin", b"U+",
                        b"#page=", b"live", b":", b"\xef\xbf\xbd",
                    ]),
                    1..6,
                ),
                2..40,
            )
        ) {
            let mut known: HashMap<String, Vec<u8>> = HashMap::new();
            for path in paths {
                let path = path.concat();
                let name = name(&path);
                prop_assert_ne!(&name, STDIN_NAME);
                prop_assert!(!name.contains(PAGE_MARK) && !name.starts_with("live:"));
                if let Some(other) = known.insert(name.clone(), path.clone()) {
                    prop_assert_eq!(other, path, "{}", name);
                }
            }
        }
    }
}
