//! The elements of an array that was validated before.

use super::{Kind, Raw};

/// The elements of an array's text, in order; none where the text is no array.
///
/// The text must come from a reader, which validated it; of any other the elements mean nothing.
pub fn elements(array: &str) -> impl Iterator<Item = Raw<'_>> {
    let inside = array.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let mut rest = inside.unwrap_or_default();
    std::iter::from_fn(move || {
        let between = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',');
        rest = rest.get(rest.bytes().take_while(between).count()..)?;
        let kind = Kind::of(*rest.as_bytes().first()?)?;
        let (text, after) = rest.split_at_checked(length(rest, kind))?;
        rest = after;
        Some(Raw { text, kind })
    })
}

/// Bytes of the value that `text` begins with.
fn length(text: &str, kind: Kind) -> usize {
    match kind {
        Kind::String => string(text),
        Kind::Object | Kind::Array => nested(text),
        _ => {
            let end = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',');
            text.bytes().position(end).unwrap_or(text.len())
        }
    }
}

fn string(text: &str) -> usize {
    let mut at = 1;
    while let Some(found) =
        memchr::memchr2(b'"', b'\\', text.as_bytes().get(at..).unwrap_or_default())
    {
        at += found + 1;
        if text.as_bytes().get(at - 1) == Some(&b'"') {
            return at;
        }
        at += 1;
    }
    text.len()
}

fn nested(text: &str) -> usize {
    let (mut at, mut depth) = (0_usize, 0_usize);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => at += string(text.get(at..).unwrap_or_default()) - 1,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_those_of_serde_json() {
        let texts = [
            r#"[]"#,
            r#"[ ]"#,
            r#"["a"]"#,
            r#"[ "a\"]," , 1.5e3,null ,[1,[2,"]"],{"k":"}"}], {"a":["\\"]},"\\" , true]"#,
            "[\n\t\"中文\",\r\n false\n]",
        ];
        for text in texts {
            let expected: Vec<Box<serde_json::value::RawValue>> =
                serde_json::from_str(text).unwrap();
            let expected: Vec<&str> = expected.iter().map(|raw| raw.get()).collect();
            let found: Vec<&str> = elements(text).map(|raw| raw.text).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
