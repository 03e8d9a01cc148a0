//! A value as it stands in the input: its text, and what kind of value it is.

use super::string::{decode, has_escapes, unquoted};

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

    /// The value that `parse` makes of the characters of a string, whatever escapes spell them; of
    /// anything else, of its text as it stands.
    ///
    /// What `parse` accepts holds no backslash, so that most strings need no search for one.
    #[inline]
    pub fn spelled<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        if self.kind != Kind::String {
            return parse(self.text);
        }
        parse(unquoted(self.text)).or_else(|| match has_escapes(self.text.as_bytes()) {
            true => parse(decode(self.text, &mut String::new()).ok()?),
            false => None,
        })
    }

    /// The characters of a string that stand as they are meant: without escapes.
    #[inline]
    #[must_use]
    pub fn plain(&self) -> Option<&'a str> {
        let is_plain = self.kind == Kind::String && !has_escapes(self.text.as_bytes());
        is_plain.then(|| unquoted(self.text))
    }
}
