//! How JSON is laid out: so that a line is what one reads at a time, and with nothing in it that a
//! terminal would obey.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::text::harmless_json;

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Which members and elements begin a line: at most so deep, elements of every list, and members of the
/// document and of every second object below it. So an object within an object stays on its line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Breaks {
    pub(super) depth: usize,
}

/// Writes a document and ends it with a line break.
pub(super) fn write(
    document: &impl Serialize,
    breaks: Breaks,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let text = JsonText { breaks, ..JsonText::default() };
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut out, text))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Writes a document that is a line, to a writer that gathers lines.
pub(super) fn write_line(document: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    let text = JsonText::default();
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, text))?;
    out.write_all(b"\n")
}

/// Lays a document out and escapes in texts, raw values included, what is hostile. White space within
/// raw values is left out.
#[derive(Debug, Default)]
struct JsonText {
    breaks: Breaks,
    depth: usize,
    is_empty: bool,
}

impl JsonText {
    fn is_broken(&self, bracket: Bracket) -> bool {
        let is_odd = !self.depth.is_multiple_of(2);
        self.depth <= self.breaks.depth && (bracket == Bracket::List || is_odd)
    }

    fn break_line<W: ?Sized + Write>(out: &mut W, depth: usize) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..depth).try_for_each(|_| out.write_all(b"  "))
    }

    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.is_empty = true;
        out.write_all(bracket)
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, bracket: Bracket) -> io::Result<()> {
        let is_broken = !self.is_empty && self.is_broken(bracket);
        self.depth = self.depth.saturating_sub(1);
        self.is_empty = false;
        if is_broken {
            Self::break_line(out, self.depth)?;
        }
        out.write_all(match bracket {
            Bracket::List => b"]",
            Bracket::Object => b"}",
        })
    }

    /// Begins an element or a member.
    fn part<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        bracket: Bracket,
        is_first: bool,
    ) -> io::Result<()> {
        self.is_empty = false;
        if !is_first {
            out.write_all(b",")?;
        }
        if self.is_broken(bracket) { Self::break_line(out, self.depth) } else { Ok(()) }
    }
}

/// What encloses parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    List,
    Object,
}

impl Formatter for JsonText {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, Bracket::List)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.part(out, Bracket::List, first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, Bracket::Object)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.part(out, Bracket::Object, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(if self.is_broken(Bracket::Object) { b": " } else { b":" })
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        out.write_all(harmless_json(fragment).as_bytes())
    }

    fn write_raw_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if is_plain(fragment) {
            return out.write_all(fragment.as_bytes());
        }
        let mut is_text = false;
        let mut is_escape = false;
        // Quotes, backslashes and white space are single bytes, so no piece cuts a character.
        for piece in fragment.split_inclusive(['"', '\\', ' ', '\t', '\r', '\n']) {
            let last = piece.chars().next_back();
            let space = last.filter(|c| !is_text && c.is_ascii_whitespace());
            let solid = space.and_then(|c| piece.strip_suffix(c)).unwrap_or(piece);
            out.write_all(harmless_json(solid).as_bytes())?;
            let is_first = last.is_some_and(|c| c.len_utf8() == piece.len());
            let is_escaped = is_escape && is_first;
            is_escape = last == Some('\\') && !is_escaped;
            if last == Some('"') && !is_escaped {
                is_text = !is_text;
            }
        }
        Ok(())
    }
}

/// Whether nothing has to be escaped or left out.
fn is_plain(fragment: &str) -> bool {
    fragment.bytes().all(|byte| (b'!'..=b'~').contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::Value;
    use serde_json::value::RawValue;

    use super::*;
    use crate::text::is_hostile;

    fn written(value: &impl Serialize) -> String {
        let mut out = Vec::new();
        let text = JsonText { breaks: Breaks { depth: 2 }, ..JsonText::default() };
        let mut serializer = serde_json::Serializer::with_formatter(&mut out, text);
        value.serialize(&mut serializer).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn raw(text: &str) -> String {
        written(&serde_json::from_str::<Box<RawValue>>(text).unwrap())
    }

    #[test]
    fn an_element_of_a_list_of_the_document_is_a_line() {
        let value: Value = serde_json::json!({
            "name": "a", "none": [], "nothing": {}, "object": {"b": [1, [2]], "c": {}},
            "list": [{"d": [1, 2]}, {"e": {"f": [{}]}}]
        });
        let expected = r#"{
  "name": "a",
  "none": [],
  "nothing": {},
  "object": {"b":[1,[2]],"c":{}},
  "list": [
    {"d":[1,2]},
    {"e":{"f":[{}]}}
  ]
}"#;
        assert_eq!(written(&value), expected);
    }

    #[test]
    fn raw_values_lose_white_space_between_tokens_only() {
        for (text, expected) in [
            ("[\n  \"a b\",\t2 ]", r#"["a b",2]"#),
            (r#"{ "a \" b" : "\\" , "c" : "\\\" d" }"#, r#"{"a \" b":"\\","c":"\\\" d"}"#),
            (r#"[ "\\\\" , "x  y\n" ]"#, r#"["\\\\","x  y\n"]"#),
            (r#""\ud800""#, r#""\ud800""#),
            ("1e400", "1e400"),
            ("\"\u{202e}\u{e0041}中\u{7f}\"", r#""\u202e\udb40\udc41中\u007f""#),
        ] {
            assert_eq!(raw(text), expected, "{text}");
        }
    }

    /// Texts that are rich in what matters.
    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("\\".to_owned()),
            Just("\"".to_owned()),
            Just(" \n".to_owned()),
            Just("\u{202e}\u{feff}".to_owned()),
            any::<char>().prop_map(String::from),
            "[a-z ]{0,4}",
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn a_raw_value_stays_the_value_and_turns_harmless(
            texts in prop::collection::vec(texts(), 0..5),
            is_pretty in any::<bool>(),
        ) {
            let value = serde_json::json!({"a": texts, "b": texts.concat(), texts.concat(): [texts]});
            let text = if is_pretty {
                serde_json::to_string_pretty(&value).unwrap()
            } else {
                serde_json::to_string(&value).unwrap()
            };
            for written in [raw(&text), written(&value)] {
                prop_assert_eq!(&serde_json::from_str::<Value>(&written).unwrap(), &value);
                prop_assert!(!written.replace('\n', "").contains(is_hostile));
            }
            prop_assert!(!raw(&text).contains('\n'));
        }
    }
}
