//! How JSON is laid out: each member of the document on a line, and each element of a list of it, so
//! that a line is a finding; and nothing in it that a terminal would obey.

use std::io::{self, Write};

use serde_json::ser::Formatter;

use crate::text::harmless_json;

/// Lays a document out and escapes in texts, raw values included, what is hostile. White space within
/// raw values is left out.
#[derive(Debug, Default)]
pub(super) struct JsonText {
    depth: usize,
    is_empty: bool,
}

/// Depth within the document, and within a list that is its member.
const DOCUMENT: usize = 1;
const LIST: usize = 2;

impl JsonText {
    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.is_empty = true;
        out.write_all(bracket)
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        let breaks = match self.depth {
            _ if self.is_empty => "",
            DOCUMENT => "\n",
            LIST if bracket == b"]" => "\n  ",
            _ => "",
        };
        self.depth = self.depth.saturating_sub(1);
        self.is_empty = false;
        out.write_all(breaks.as_bytes())?;
        out.write_all(bracket)
    }
}

impl Formatter for JsonText {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.is_empty = false;
        if !first {
            out.write_all(b",")?;
        }
        if self.depth == LIST { out.write_all(b"\n    ") } else { Ok(()) }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.is_empty = false;
        if !first {
            out.write_all(b",")?;
        }
        if self.depth == DOCUMENT { out.write_all(b"\n  ") } else { Ok(()) }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(if self.depth == DOCUMENT { b": " } else { b":" })
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
        let mut serializer = serde_json::Serializer::with_formatter(&mut out, JsonText::default());
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
