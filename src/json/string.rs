//! Strings as they stand in JSON, quotes and escapes included, and what they mean.

use thiserror::Error;

/// A `\u` escape for one half of a surrogate pair, without the other half: no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the escape `\\u{0:04x}` is half of a surrogate pair")]
pub struct LoneSurrogate(pub u16);

/// What a string token stands for. Borrows from `raw` where no escape has to be decoded, else from `scratch`.
///
/// `raw` is a string token as the reader accepts it, quotes included.
///
/// # Errors
/// Where a surrogate stands alone.
pub fn decode<'a>(raw: &'a str, scratch: &'a mut String) -> Result<&'a str, LoneSurrogate> {
    let inner = unquoted(raw);
    if !has_escapes(inner.as_bytes()) {
        return Ok(inner);
    }
    scratch.clear();
    let mut lone = None;
    pieces(inner, |piece| match piece {
        Piece::Text(text) => scratch.push_str(text),
        Piece::Scalar(scalar) => scratch.push(scalar),
        Piece::Lone(half) => lone = lone.or(Some(half)),
    });
    match lone {
        None => Ok(scratch),
        Some(half) => Err(LoneSurrogate(half)),
    }
}

/// Whether there is a `\`. Most strings are so short that a call to search them would cost more.
#[inline]
pub(super) fn has_escapes(text: &[u8]) -> bool {
    let any = |bytes: &[u8]| bytes.iter().fold(false, |any, byte| any | (*byte == b'\\'));
    match text.last_chunk::<16>() {
        Some(last) => text.as_chunks::<16>().0.iter().any(|step| any(step)) || any(last),
        None => any(text),
    }
}

/// What a string token stands for, with U+FFFD for lone surrogates.
#[must_use]
pub fn decode_lossy(raw: &str) -> String {
    let mut text = String::new();
    decode_lossy_into(raw, &mut text);
    text
}

/// Appends what a string token stands for, with U+FFFD for lone surrogates.
pub(super) fn decode_lossy_into(raw: &str, text: &mut String) {
    pieces(unquoted(raw), |piece| match piece {
        Piece::Text(run) => text.push_str(run),
        Piece::Scalar(scalar) => text.push(scalar),
        Piece::Lone(_) => text.push(char::REPLACEMENT_CHARACTER),
    });
}

/// Appends what a string token stands for so that different strings stay different: lone surrogates
/// are encoded as if they were scalars.
pub(super) fn decode_exactly_into(raw: &str, bytes: &mut Vec<u8>) {
    pieces(unquoted(raw), |piece| match piece {
        Piece::Text(run) => bytes.extend_from_slice(run.as_bytes()),
        Piece::Scalar(scalar) => {
            bytes.extend_from_slice(scalar.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Piece::Lone(half) => bytes.extend_from_slice(&[
            0xe0 | (half >> 12) as u8,
            0x80 | (half >> 6) as u8 & 0x3f,
            0x80 | half as u8 & 0x3f,
        ]),
    });
}

enum Piece<'a> {
    Text(&'a str),
    Scalar(char),
    Lone(u16),
}

/// What stands between the quotes of a string token.
#[inline]
pub(super) fn unquoted(raw: &str) -> &str {
    let inner = raw.strip_prefix('"').unwrap_or(raw);
    inner.strip_suffix('"').unwrap_or(inner)
}

fn pieces<'a>(inner: &'a str, mut take: impl FnMut(Piece<'a>)) {
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (run, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        take(Piece::Text(run));
        let (piece, length) = unescape(escape);
        take(piece);
        rest = escape.get(length..).unwrap_or_default();
    }
    take(Piece::Text(rest));
}

/// The escape that `text` begins with, and its length.
fn unescape(text: &str) -> (Piece<'_>, usize) {
    let simple = match text.as_bytes().get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unescape_unit(text),
        Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
        _ => return (Piece::Scalar(char::REPLACEMENT_CHARACTER), 1),
    };
    (Piece::Scalar(simple), 2)
}

fn unescape_unit(text: &str) -> (Piece<'_>, usize) {
    let Some(unit) = unit(text) else {
        return (Piece::Scalar(char::REPLACEMENT_CHARACTER), 2);
    };
    let low = text.get(6..).filter(|next| next.starts_with("\\u")).and_then(self::unit);
    let pair = low.and_then(|low| char::decode_utf16([unit, low]).next()?.ok());
    match (char::from_u32(u32::from(unit)), pair) {
        (Some(scalar), _) => (Piece::Scalar(scalar), 6),
        (None, Some(scalar)) => (Piece::Scalar(scalar), 12),
        (None, None) => (Piece::Lone(unit), 6),
    }
}

/// The four hexadecimal digits of a `\u` escape.
fn unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.get(2..6)?, 16).ok()
}
