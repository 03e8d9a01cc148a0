//! A value as it stands in the input: its text, and what kind of value it is.

use super::string::has_escapes;

/// What a value is, by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// Anything that begins with a digit or a minus.
    Number,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

impl Kind {
    /// The kind of value that begins with `byte`.
    #[inline]
    pub(super) const fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            b'{' => Self::Object,
            b'[' => Self::Array,
            b'"' => Self::String,
            b'-' | b'0'..=b'9' => Self::Number,
            b't' => Self::True,
            b'f' => Self::False,
            b'n' => Self::Null,
            _ => return None,
        })
    }
}

/// A value as it stands in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a> {
    /// From its first byte to its last, quotes included.
    pub text: &'a str,
    /// What it is.
    pub kind: Kind,
}

impl<'a> Raw<'a> {
    /// A JSON text that was validated before, without white space around it.
    #[must_use]
    pub fn of(text: &'a str) -> Option<Self> {
        Some(Self { text, kind: Kind::of(*text.as_bytes().first()?)? })
    }

    /// The first byte of a string as it stands; of an empty one its closing quote.
    #[inline]
    #[must_use]
    pub fn initial(&self) -> Option<u8> {
        match self.text.as_bytes() {
            [b'"', initial, ..] => Some(*initial),
            _ => None,
        }
    }

    /// Whether it stands as it is meant: without escapes.
    #[inline]
    #[must_use]
    pub fn is_plain(&self) -> bool {
        !has_escapes(self.text.as_bytes())
    }
}
