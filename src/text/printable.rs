//! Text from an API or a file name is untrusted: what a terminal would obey, or what would make a
//! reader see something else than is there, is shown by its number and never sent.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character does something other than appear: controls, line and paragraph separators,
/// bidirectional overrides, what has no width, tags, and what is no character at all.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    match c {
        ' '..='~' => false,
        _ if c.is_control() => true,
        '\u{061c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{e0000}'..='\u{e007f}' => true,
        // The last two of each plane.
        _ => u32::from(c) & 0xfffe == 0xfffe,
    }
}

/// The text with each hostile character written as `<U+202E>`; the text itself where there is none. A
/// command to a pipeline that prints it, `##[…]`, `##vso[…]` or `::…::`, is broken the same way.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if (is_plain || !text.contains(is_hostile)) && !text.contains("##") && !text.contains("::") {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push_printable(&mut shown, c));
    Cow::Owned(shown)
}

/// JSON text with each hostile character escaped, and the bracket of each `##[`, so that it says the same;
/// the text itself where there is none. Its controls below the space must be escaped already, as whoever
/// writes JSON does.
#[must_use]
pub fn harmless_json(json: &str) -> Cow<'_, str> {
    let is_plain = json.is_ascii() && memchr::memchr2(DELETE, b'#', json.as_bytes()).is_none();
    if is_plain || (!json.contains(is_hostile) && !json.contains("##")) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        // Outside of texts no JSON has a number sign.
        let begins_command = c == '[' && ends_in_signs(&shown);
        if !begins_command && !is_hostile(c) {
            shown.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    Cow::Owned(shown)
}

/// The only ASCII character that JSON lets stand and a terminal does not.
const DELETE: u8 = 0x7f;

/// Appends one character in its printable form.
pub(super) fn push_printable(shown: &mut String, c: char) {
    if is_broken(shown, c) {
        // Writing to a string cannot fail.
        let _ = write!(shown, "<U+{:04X}>", u32::from(c));
    } else {
        shown.push(c);
    }
}

/// Whether a character is not shown as it is after what stands before it.
pub(super) fn is_broken(before: &str, c: char) -> bool {
    is_hostile(c) || is_command(before, c)
}

/// Whether a character would complete the start of a command: runners of GitHub Actions, Azure Pipelines
/// and TeamCity read `##[` and `##name[` anywhere in a line, and `::name` at its start.
fn is_command(shown: &str, c: char) -> bool {
    let begins = |before: &str| before.is_empty() || before.ends_with(char::is_whitespace);
    match c {
        '[' => ends_in_signs(shown),
        _ => c.is_ascii_alphabetic() && shown.strip_suffix("::").is_some_and(begins),
    }
}

/// Whether a bracket here would begin a command.
fn ends_in_signs(shown: &str) -> bool {
    shown.trim_end_matches(|c: char| c.is_ascii_alphabetic()).ends_with("##")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_shown_by_number() {
        for (text, shown) in [
            ("\u{1b}[31mred", "<U+001B>[31mred"),
            ("a\0b", "a<U+0000>b"),
            ("a\r\n\tb", "a<U+000D><U+000A><U+0009>b"),
            ("\u{7f}\u{9b}1m", "<U+007F><U+009B>1m"),
            ("user\u{202e}txt.exe", "user<U+202E>txt.exe"),
            ("\u{2066}a\u{2069}", "<U+2066>a<U+2069>"),
            ("a\u{200b}b\u{200d}c\u{200e}d\u{200f}", "a<U+200B>b<U+200D>c<U+200E>d<U+200F>"),
            ("\u{feff}a\u{2060}\u{61c}", "<U+FEFF>a<U+2060><U+061C>"),
            ("a\u{2028}b\u{2029}c", "a<U+2028>b<U+2029>c"),
            ("\u{e0001}\u{e0041}\u{e007f}", "<U+E0001><U+E0041><U+E007F>"),
            ("\u{fffe}\u{ffff}\u{fdd0}\u{10ffff}", "<U+FFFE><U+FFFF><U+FDD0><U+10FFFF>"),
        ] {
            assert_eq!(printable(text), shown);
            assert!(!printable(text).contains(is_hostile), "{text:?}");
        }
    }

    #[test]
    fn what_a_pipeline_obeys_is_broken() {
        for (text, shown) in [
            ("##[error] x", "##<U+005B>error] x"),
            ("a ###[b", "a ###<U+005B>b"),
            ("a ##vso[task.complete]", "a ##vso<U+005B>task.complete]"),
            ("::set-output name=a::b", "::<U+0073>et-output name=a::b"),
            ("a ::error::b", "a ::<U+0065>rror::b"),
            ("a::b, ::/0, ::1, # [x], #[x]", "a::b, ::/0, ::1, # [x], #[x]"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }

    #[test]
    fn what_only_appears_is_not_touched_or_copied() {
        for text in
            ["", "plain ~", "端口对互联网开放", "é ñ ü", "🔒", "العربية", "\u{a0}", "\u{fffd}"]
        {
            assert!(matches!(printable(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn json_says_the_same_once_it_is_harmless() {
        for (text, is_plain) in [
            ("plain", true),
            ("端口 \u{e9}", true),
            ("# [a], #[b], [##], ##-[", true),
            ("\u{7f}", false),
            ("a\u{202e}b\u{e0041}\u{feff}\u{9b}", false),
            ("##[error]a", false),
            ("a ##vso[task.complete]", false),
        ] {
            let json = serde_json::to_string(text).unwrap();
            let harmless = harmless_json(&json);
            assert!(!harmless.contains(is_hostile), "{harmless}");
            assert_eq!(serde_json::from_str::<String>(&harmless).unwrap(), text);
            assert_eq!(harmless == json, is_plain, "{harmless}");
            assert!(!harmless.contains("##[") && !harmless.contains("##vso["), "{harmless}");
        }
        assert!(matches!(harmless_json("[\"plain\"]"), Cow::Borrowed(_)));
    }

    #[test]
    fn exactly_the_documented_characters_are_hostile() {
        let documented = |code: u32| {
            matches!(code,
                0..=0x1f | 0x7f..=0x9f | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060
                | 0x2066..=0x2069 | 0xfdd0..=0xfdef | 0xfeff | 0xe0000..=0xe007f)
                || code % 0x1_0000 >= 0xfffe
        };
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            assert_eq!(is_hostile(c), documented(u32::from(c)), "U+{:04X}", u32::from(c));
        }
    }
}
