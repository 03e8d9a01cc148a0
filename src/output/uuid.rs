//! A `Uuid` names a thing by what it is (version 5 of RFC 9562): the same thing has the same one in
//! every report, so that platforms follow it from run to run.

use std::fmt;

use serde::{Serialize, Serializer};
use sha1::{Digest, Sha1};

/// What keeps the names apart from everyone else's.
const NAMESPACE: [u8; 16] = [
    0x3c, 0x0e, 0x5b, 0x1d, 0x72, 0xa4, 0x4f, 0x86, 0x9d, 0x51, 0xe8, 0x27, 0xb6, 0x0a, 0xc3, 0x94,
];

/// The name of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Uuid(u128);

impl Uuid {
    /// The name of what these parts identify, of which the first says what kind of thing it is.
    pub(super) fn of(parts: &[&str]) -> Self {
        let mut hash = Sha1::new();
        hash.update(NAMESPACE);
        for part in parts {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let bytes = hash.finalize();
        let number = bytes.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte));
        let version = number & !(0xf << 76) | 5 << 76;
        Self(version & !(0x3 << 62) | 0x2 << 62)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |shift: u32, digits: u32| self.0 >> shift & ((1 << (4 * digits)) - 1);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            part(96, 8),
            part(80, 4),
            part(64, 4),
            part(48, 4),
            part(0, 12)
        )
    }
}

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_has_the_same_name_and_no_other_has() {
        let names: Vec<String> = [&["a", "b"] as &[&str], &["ab"], &["a", "b", ""], &["b", "a"]]
            .iter()
            .map(|parts| Uuid::of(parts).to_string())
            .collect();
        let expected = regex::Regex::new(
            "^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
        );
        let expected = expected.unwrap();
        for (index, name) in names.iter().enumerate() {
            assert!(expected.is_match(name), "{name}");
            assert_eq!(names.iter().position(|other| other == name), Some(index));
        }
        assert_eq!(Uuid::of(&["a", "b"]).to_string(), names[0]);
    }
}
