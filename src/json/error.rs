//! What can be wrong with a JSON input, and where.

use std::sync::Arc;

use miette::Diagnostic;
use thiserror::Error;

use super::scan::{Flaw, Scanner};
use super::string::decode_lossy;
use crate::text::{Mark, Place, Position, Problem};

/// What is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
pub enum ErrorKind {
    /// The input could not be read on.
    #[error("cannot read on: {0}")]
    #[diagnostic(code("json/read"), help("check that the file is there, whole, and readable"))]
    Read(String),
    /// The input is UTF-16 or UTF-32.
    #[error("this is UTF-16, not UTF-8")]
    #[diagnostic(
        code("json/utf-16"),
        help("save it as UTF-8; in PowerShell: `Out-File -Encoding utf8`")
    )]
    Utf16,
    /// Bytes that are no UTF-8.
    #[error("this is not UTF-8")]
    #[diagnostic(
        code("json/utf-8"),
        help("save the file as UTF-8, or capture it again as raw bytes")
    )]
    Utf8,
    /// The input ends within a value.
    #[error("the input ends before the JSON does")]
    #[diagnostic(
        code("json/truncated"),
        help("the file was cut, or is still being written: capture it again")
    )]
    Truncated,
    /// Something else than what JSON has here.
    #[error("expected {expected}, found {found}")]
    #[diagnostic(
        code("json/unexpected"),
        help("the JSON is damaged here: capture it again, or mend it by hand")
    )]
    Unexpected {
        /// What is there.
        found: String,
        /// What should be.
        expected: &'static str,
    },
    /// Something that looks like a value of another language.
    #[error("{found} is not JSON")]
    #[diagnostic(code("json/not-json"), help("{help}"))]
    NotJson {
        /// What is there.
        found: String,
        /// What it looks like, and what to do.
        help: &'static str,
    },
    /// A number that JSON does not have.
    #[error("{found} is not a JSON number")]
    #[diagnostic(
        code("json/number"),
        help(
            "a number is digits without leading zeros, with at most one fraction and exponent: `-1.5e3`"
        )
    )]
    Number {
        /// What is there.
        found: String,
    },
    /// A control character within a string.
    #[error("control character U+{0:04X} in a string")]
    #[diagnostic(
        code("json/control-character"),
        help("write it as an escape: `\\n`, `\\t` or `\\u` with four hexadecimal digits")
    )]
    ControlCharacter(u32),
    /// An escape that JSON does not have.
    #[error("{found} is not a JSON escape")]
    #[diagnostic(
        code("json/escape"),
        help("after a backslash come one of `\"\\/bfnrt`, or `u` and four hexadecimal digits")
    )]
    Escape {
        /// What is there.
        found: String,
    },
    /// A key that the same object already has.
    #[error("duplicate key `{key}`")]
    #[diagnostic(
        code("json/duplicate-key"),
        help(
            "which of the two values counts is not defined: capture the file again, or remove one"
        )
    )]
    DuplicateKey {
        /// The key, decoded.
        key: String,
    },
    /// Objects and arrays nested too deep.
    #[error("nested deeper than {} levels", super::MAX_DEPTH)]
    #[diagnostic(code("json/too-deep"), help("no answer of a cloud API is nested that deep"))]
    TooDeep,
    /// A record or token that is longer than so many MiB, too long to be held.
    #[error("longer than {0} MiB in one piece")]
    #[diagnostic(
        code("json/too-long"),
        help("no record of a cloud API is that long: check what the file holds")
    )]
    TooLong(usize),
    /// Something that is no value follows the last value.
    #[error("{found} follows after the end of the JSON")]
    #[diagnostic(
        code("json/trailing-garbage"),
        help("remove what follows, or capture the file again")
    )]
    TrailingGarbage {
        /// What is there.
        found: String,
    },
}

/// What is wrong with an input, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Bytes of the input before it; where the input is cut off, all of them.
    pub offset: u64,
    /// The same as line and column.
    pub position: Position,
    /// Bytes of the input that are wrong.
    pub length: u64,
}

impl Error {
    /// As a problem of the evidence that goes by the name `source`.
    #[must_use]
    pub fn problem(&self, source: &Arc<str>) -> Problem {
        let mark = Mark {
            source: Arc::clone(source),
            position: self.position,
            offset: self.offset,
            length: self.length,
        };
        Problem::new(&self.kind, Place::Evidence(mark)).labelled(self.kind.label())
    }
}

impl ErrorKind {
    fn label(&self) -> &'static str {
        match self {
            Self::Read(_) => "reading failed here",
            Self::Utf16 | Self::Utf8 => "no UTF-8",
            Self::Truncated => "the input ends here",
            Self::Unexpected { expected, .. } => expected,
            Self::NotJson { .. } => "no JSON value",
            Self::Number { .. } => "no JSON number",
            Self::ControlCharacter(_) => "not allowed in a string",
            Self::Escape { .. } => "no JSON escape",
            Self::DuplicateKey { .. } => "second time",
            Self::TooDeep => "too deep",
            Self::TooLong(_) => "begins here",
            Self::TrailingGarbage { .. } => "after the end",
        }
    }

    /// What a flaw says about the text that begins at it, and how many bytes of it are wrong.
    pub(super) fn of(flaw: Flaw, text: &str) -> (Self, usize) {
        let excerpt = excerpt(text);
        let found = quoted(excerpt);
        let kind = match flaw {
            Flaw::End => return (Self::Truncated, 0),
            Flaw::Value => Self::no_value(text, "a value"),
            Flaw::Key => Self::no_value(text, "a key in double quotes"),
            Flaw::Colon => Self::no_value(text, "`:` after the key"),
            Flaw::ObjectEnd => Self::no_value(text, "`,` or `}`"),
            Flaw::ArrayEnd => Self::no_value(text, "`,` or `]`"),
            Flaw::Number if infinite(excerpt) => Self::NotJson { found, help: NOT_A_NUMBER },
            Flaw::Number => Self::Number { found },
            Flaw::Control => {
                let control = text.chars().next().map_or(0, u32::from);
                return (Self::ControlCharacter(control), 1);
            }
            Flaw::Escape => {
                let length = escape_length(text);
                let found = quoted(text.get(..length).unwrap_or_default());
                return (Self::Escape { found }, length);
            }
            Flaw::Depth => return (Self::TooDeep, 1),
            Flaw::Duplicate => return Self::duplicate(text),
        };
        (kind, excerpt.len())
    }

    /// What follows the last value without being one.
    pub(super) fn trailing(text: &str) -> (Self, usize) {
        let excerpt = excerpt(text);
        (Self::TrailingGarbage { found: quoted(excerpt) }, excerpt.len())
    }

    /// What the input begins with without it being a value.
    pub(super) fn not_json(text: &str) -> (Self, usize) {
        let excerpt = excerpt(text);
        let help = look_alike(text).unwrap_or("a JSON text begins with `{`, `[` or another value");
        (Self::NotJson { found: quoted(excerpt), help }, excerpt.len())
    }

    fn no_value(text: &str, expected: &'static str) -> Self {
        let found = quoted(excerpt(text));
        match look_alike(text) {
            Some(help) => Self::NotJson { found, help },
            None => Self::Unexpected { found, expected },
        }
    }

    fn duplicate(text: &str) -> (Self, usize) {
        let mut scanner = Scanner::new(text);
        let token = scanner.key().unwrap_or(text);
        (Self::DuplicateKey { key: decode_lossy(token) }, token.len())
    }
}

/// More text than this is not looked at to say what is wrong.
pub(super) const EXCERPT_BYTES: usize = 64;

const NOT_A_NUMBER: &str =
    "JSON has no NaN and no infinity: have what wrote the file write `null` instead";

/// What a text that is no JSON value looks like.
fn look_alike(text: &str) -> Option<&'static str> {
    let help = match excerpt(text) {
        "NaN" | "nan" | "Infinity" | "inf" | "-Infinity" | "-inf" | "+Infinity" => NOT_A_NUMBER,
        "True" | "False" | "None" => {
            "this is how Python prints a value: have it written by `json.dumps`"
        }
        "undefined" => "JSON has no `undefined`: write `null`",
        _ if text.starts_with("//") || text.starts_with("/*") || text.starts_with('#') => {
            "JSON has no comments: remove it"
        }
        _ if text.starts_with('\'') => {
            "JSON takes double quotes; if this is how Python prints a value, have it written by `json.dumps`"
        }
        _ if text.starts_with('<') => {
            "this looks like a web page: was an error or login page saved in place of the answer?"
        }
        _ => return None,
    };
    Some(help)
}

fn infinite(excerpt: &str) -> bool {
    matches!(excerpt, "-Infinity" | "-inf" | "-NaN")
}

/// The word or number that a text begins with, else its first character.
fn excerpt(text: &str) -> &str {
    let word = |scalar: &char| scalar.is_alphanumeric() || matches!(scalar, '_' | '+' | '-' | '.');
    let length: usize =
        text.chars().take(EXCERPT_BYTES / 4).take_while(word).map(char::len_utf8).sum();
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.get(..length.max(first)).unwrap_or_default()
}

fn quoted(text: &str) -> String {
    format!("`{}`", text.escape_debug())
}

/// The backslash with what follows, up to where it is no escape.
fn escape_length(text: &str) -> usize {
    let mut scalars = text.char_indices().skip(1);
    let end = match scalars.next() {
        Some((_, 'u')) => scalars.take(4).find(|(_, scalar)| !scalar.is_ascii_hexdigit()),
        first => first,
    };
    end.map_or(1, |(at, scalar)| at + scalar.len_utf8())
}
