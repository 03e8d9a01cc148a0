//! Finds the member of a JSON document that a pointer names, as bytes of its text.

use serde_json::value::RawValue;

use crate::text::Span;

use super::value::Members;

/// Bytes of the value that `pointer` names within `document`, which is a part of `text`.
pub(super) fn locate(text: &str, document: &str, pointer: &str) -> Option<Span> {
    let mut here = document.trim();
    for step in pointer.split('/').skip(1) {
        here = if here.starts_with('[') {
            let list: Vec<&RawValue> = serde_json::from_str(here).ok()?;
            list.get(step.parse::<usize>().ok()?)?.get()
        } else {
            let members: Members<&RawValue> = serde_json::from_str(here).ok()?;
            let name = step.replace("~1", "/").replace("~0", "~");
            members.0.iter().find(|(member, _)| *member == name)?.1.get()
        };
    }
    let start = here.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    Some(Span::new(start, start + here.len()))
}

/// Appends one step to a pointer.
pub(super) fn push_step(name: &str, pointer: &mut String) {
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_its_value() {
        let text = "\u{feff} {\"a\": [1, {\"b/c~\": \"中\"}], \"d\": null}";
        let document = text.trim_start_matches('\u{feff}');
        let at = |pointer: &str| {
            locate(text, document, pointer).map(|span| text.get(span.range()).unwrap())
        };
        let mut pointer = "/a/1".to_owned();
        push_step("b/c~", &mut pointer);
        for (pointer, expected) in [
            ("/d", Some("null")),
            ("/a/0", Some("1")),
            (pointer.as_str(), Some("\"中\"")),
            ("/a/2", None),
            ("/e", None),
            ("/d/x", None),
            ("", Some(document.trim())),
        ] {
            assert_eq!(at(pointer), expected, "{pointer}");
        }
    }
}
