//! What strings stand for.

use proptest::prelude::*;

use super::documents::string_token;
use crate::json::{LoneSurrogate, decode, decode_lossy};

proptest! {
    #![proptest_config(super::cases())]

    #[test]
    fn decodes_as_serde_json_does(token in string_token(true)) {
        let mut scratch = String::from("left over");
        match serde_json::from_str::<String>(&token) {
            Ok(expected) => {
                prop_assert_eq!(decode(&token, &mut scratch), Ok(expected.as_str()));
                prop_assert_eq!(decode_lossy(&token), expected);
            }
            Err(_) => {
                prop_assert!(decode(&token, &mut scratch).is_err());
                prop_assert!(decode_lossy(&token).contains(char::REPLACEMENT_CHARACTER));
            }
        }
    }

    #[test]
    fn no_text_at_all_makes_it_panic(text in "[\"\\\\u0-9da-f端]{0,20}") {
        let _ = decode(&text, &mut String::new());
        let _ = decode_lossy(&text);
    }
}

#[test]
fn halves_of_a_pair() {
    let mut scratch = String::new();
    assert_eq!(decode(r#""\ud83d""#, &mut scratch), Err(LoneSurrogate(0xd83d)));
    assert_eq!(decode(r#""\ude00\ud83d\ude00""#, &mut scratch), Err(LoneSurrogate(0xde00)));
    assert_eq!(decode_lossy(r#""\ud83d\ud83d\ude00x""#), "\u{fffd}😀x");
    assert_eq!(decode_lossy(r#""\ud83dA\ude00""#), "\u{fffd}A\u{fffd}");
    assert_eq!(decode_lossy(r#""\ud83d\u0041""#), "\u{fffd}A");
}

#[test]
fn an_escape_is_decoded_wherever_it_stands() {
    for (before, after) in (0..40).flat_map(|before| (0..40).map(move |after| (before, after))) {
        let (before, after) = ("a".repeat(before), "b".repeat(after));
        let decoded =
            decode(&format!("\"{before}\\n{after}\""), &mut String::new()).map(str::to_owned);
        assert_eq!(decoded, Ok(format!("{before}\n{after}")));
    }
}

#[test]
fn a_string_without_escapes_is_borrowed() {
    let raw = "\"端口\"";
    let text = decode(raw, &mut String::new()).map(str::as_ptr);
    assert_eq!(text, Ok(raw.trim_start_matches('"').as_ptr()));
}
