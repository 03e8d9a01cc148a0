//! Names in evidence. A text that is not plainly one name, such as `RDP `, `RDP,HTTP` or one with a
//! character that does not show, may stand for any name, so it must not be read as a name of its own.

use std::sync::LazyLock;

use regex::Regex;

use crate::json::Number;

/// Beyond ASCII: characters that do not show or are not assigned, blanks, brackets, quotes, separators in
/// the scripts that an API in China may answer with, and what stands for a lost character.
static FOREIGN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\p{Ps}\p{Pe}\p{Pi}\p{Pf}--\x20]|[\u{2800}\u{fffd}＂＇｀＜＞，；｜､、﹐﹑﹔︐︑︔،؛]",
    )
    .ok()
});

/// Of a byte that no name has.
const FORBIDDEN: u8 = 1;

/// Of a byte beyond ASCII.
const BEYOND: u8 = 2;

/// By byte, [`FORBIDDEN`], [`BEYOND`] or neither.
const CLASSES: [u8; 256] = {
    let mut classes = [BEYOND; 256];
    let mut byte = 0;
    while byte < 0x80 {
        let is_forbidden = matches!(
            byte as u8,
            0..b' '
                | b'"'
                | b'\''
                | b'`'
                | b'['
                | b']'
                | b'('
                | b')'
                | b'{'
                | b'}'
                | b'<'
                | b'>'
                | b','
                | b';'
                | b'|'
                | 0x7f
        );
        #[expect(clippy::indexing_slicing, reason = "the index is below the length")]
        {
            classes[byte] = if is_forbidden { FORBIDDEN } else { 0 };
        }
        byte += 1;
    }
    classes
};

/// Whether a text is one name: not empty, without blanks at its ends, quotes, brackets, a separator, and
/// characters that do not show.
#[inline]
#[must_use]
pub fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let class = |byte: &u8| CLASSES.get(usize::from(*byte)).copied().unwrap_or(FORBIDDEN);
    match bytes.iter().fold(0, |classes, byte| classes | class(byte)) {
        0 | BEYOND if matches!(bytes, [] | [b' ', ..] | [.., b' ']) => false,
        0 => true,
        BEYOND => is_foreign_name(text),
        _ => false,
    }
}

/// Whether the text of a field that holds one name, such as a protocol, is one: `tcp/udp` names two.
#[inline]
#[must_use]
pub fn is_single_name(text: &str) -> bool {
    is_name(text) && !text.as_bytes().contains(&b'/')
}

#[cold]
fn is_foreign_name(text: &str) -> bool {
    FOREIGN.as_ref().is_some_and(|foreign| !foreign.is_match(text))
}

/// Calls `visit` with each item of the printed form of a list, such as `['HTTPS', 'RDP']`; an item that
/// names nothing is `None`. Returns `false`, perhaps after some items, if the text is not such a form.
pub(super) fn printed(text: &str, visit: &mut dyn FnMut(Option<&str>)) -> bool {
    let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let Some(mut rest) = inside.map(str::trim_ascii) else {
        return false;
    };
    while !rest.is_empty() {
        let Some((item, after)) = item(rest) else {
            return false;
        };
        visit(item);
        match after {
            Some("") => return false,
            Some(after) => rest = after,
            None => break,
        }
    }
    true
}

/// An item at the start of a text, in quotes or bare, and what follows the comma after it.
fn item(text: &str) -> Option<(Option<&str>, Option<&str>)> {
    let quote = text.chars().next().filter(|first| matches!(first, '\'' | '"'));
    let Some(quote) = quote else {
        let (bare, after) = match text.split_once(',') {
            Some((bare, after)) => (bare, Some(after.trim_ascii_start())),
            None => (text, None),
        };
        let bare = bare.trim_ascii_end();
        let is_broken = bare.is_empty() || bare.contains(['[', ']', '\'', '"', '\\']);
        let is_value = matches!(bare, "None" | "null") || Number::parse(bare).is_some();
        return (!is_broken).then_some(((!is_value).then_some(bare), after));
    };
    let (quoted, rest) = text.strip_prefix(quote)?.split_once(quote)?;
    let after = match rest.trim_ascii_start() {
        "" => None,
        rest => Some(rest.strip_prefix(',')?.trim_ascii_start()),
    };
    (!quoted.contains('\\')).then_some((Some(quoted), after))
}
