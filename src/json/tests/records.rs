//! Records: the slots, the places, the keys that come twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::documents::{damaged, object, spaces};
use super::{Trickle, code, naive_position};
use crate::json::{Error, Projection, Reader, Scan};

const SLOTS: [&str; 5] =
    ["RiskLevel", "Port", "端口", "a key that is longer than what is compared at once", "absent"];

fn projection() -> Projection {
    Projection::new(&SLOTS, &["DataList"])
}

/// Accepts JSON in which no object has a key twice.
struct Strict;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

/// A key that may hold halves of surrogate pairs.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key(Vec<u8>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Key;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Key, E> {
                Ok(Key(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Self;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = members.next_key::<Key>()? {
            if !keys.insert(key) {
                return Err(serde::de::Error::custom("duplicate"));
            }
            let value: &RawValue = members.next_value()?;
            strict_inside(value.get()).map_err(serde::de::Error::custom)?;
        }
        Ok(self)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self, A::Error> {
        while let Some(value) = elements.next_element::<&RawValue>()? {
            strict_inside(value.get()).map_err(serde::de::Error::custom)?;
        }
        Ok(self)
    }
}

fn strict_inside(text: &str) -> serde_json::Result<()> {
    if text.starts_with(['{', '[']) {
        serde_json::from_str::<Strict>(text).map(|_| ())
    } else {
        Ok(())
    }
}

type Seen = (String, u64, u64, Vec<Option<(String, usize)>>, u64);

/// Reads the only record of an input; `None` if something else follows.
fn read(bytes: &[u8], window: usize, piece: usize) -> Result<Option<Seen>, Error> {
    let mut reader = Reader::with_window(Trickle::new(bytes, piece), window);
    let mut projection = projection();
    assert_eq!(reader.record(&mut projection)?, Scan::Record);
    let position = reader.record_position();
    let record = reader.last_record(&projection);
    let slots = (0..SLOTS.len())
        .map(|slot| record.slot(slot).map(|raw| (raw.text.to_owned(), record.slot_start(slot))))
        .collect();
    let seen = (record.text().to_owned(), record.offset(), position.column, slots, record.digest());
    Ok(reader.peek()?.is_none().then_some(seen))
}

proptest! {
    #![proptest_config(super::cases())]

    #[test]
    fn accepts_what_serde_json_accepts_apart_from_keys_that_come_twice(bytes in damaged()) {
        let text = std::str::from_utf8(&bytes).ok().map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
        let accepted = text.is_some_and(|text| {
            text.trim_start_matches([' ', '\n', '\r', '\t']).starts_with('{')
                && serde_json::from_str::<Strict>(text).is_ok()
                // `Key` lets control characters pass.
                && serde_json::from_str::<IgnoredAny>(text).is_ok()
        });
        prop_assert_eq!(read(&bytes, 1 << 16, 1 << 16).is_ok_and(|seen| seen.is_some()), accepted);
    }

    #[test]
    fn windows_and_pieces_change_nothing(bytes in damaged(), window in 16_usize..80, piece in 1_usize..9) {
        prop_assert_eq!(read(&bytes, window, piece), read(&bytes, 1 << 16, 1 << 16));
    }

    #[test]
    fn slots_are_the_raw_values_of_serde_json(tree in object(false), space in spaces(), window in 16_usize..99) {
        let text = format!("\u{feff}{}", tree.write(&space));
        let Ok(Some((record, offset, column, slots, _))) = read(text.as_bytes(), window, 7) else {
            return Ok(());
        };
        let offset = offset as usize;
        prop_assert_eq!(text.get(offset..offset + record.len()), Some(record.as_str()));
        prop_assert_eq!(column, naive_position(&text, offset).column);
        let raw: BTreeMap<String, &RawValue> = serde_json::from_str(&record).unwrap();
        for (name, slot) in SLOTS.iter().zip(slots) {
            prop_assert_eq!(slot.as_ref().map(|(text, _)| text.as_str()), raw.get(*name).map(|raw| raw.get()));
            if let Some((text, start)) = slot {
                prop_assert_eq!(record.get(start..start + text.len()), Some(text.as_str()));
            }
        }
    }
}

/// What a record says of the slot `Port`: as it stands, and as a whole number.
fn port(text: &str) -> (String, Option<i64>) {
    let mut reader = Reader::new(text.as_bytes());
    let mut projection = projection();
    assert_eq!(reader.record(&mut projection), Ok(Scan::Record), "{text}");
    let record = reader.last_record(&projection);
    (record.slot(1).unwrap().text.to_owned(), record.whole(1))
}

#[test]
fn a_whole_number_is_one_to_sixteen_digits() {
    let digits = "9081726354019283746";
    for length in 1..=digits.len() {
        for number in [digits, "1000000000000000000", "0"] {
            let number: String = number.chars().take(length).collect();
            let expected = number.parse().ok().filter(|_| number.len() <= 16);
            // Whatever stands behind it, nothing of that is taken for a digit.
            for (before, after) in [("", ""), ("", " "), ("\"Risk\":1,", ",\"x\":\"0123456789\"")] {
                let text = format!("{{{before}\"Port\":{number}{after}}}");
                assert_eq!(port(&text), (number.clone(), expected), "{text}");
            }
        }
    }
    for other in ["-1", "1.0", "1e2", "10000000.5", "\"12\"", "[1]", "null", "0.25", "12345678e1"] {
        let text = format!("{{\"Port\":{other},\"x\":11111111}}");
        assert_eq!(port(&text), (other.to_owned(), None));
    }
}

#[test]
fn what_ends_a_string_is_found_wherever_it_stands() {
    for (before, after) in (0..75).flat_map(|before| [(before, 0), (before, 1), (before, 40)]) {
        for piece in
            ["", "端", "\\n", "\\\"", "\\u0041", "\\\\", "\u{1}", "\u{1f}", "\u{7f}", "\\x"]
        {
            let token = format!("\"{}{piece}{}\"", "a".repeat(before), "[".repeat(after));
            let text = format!("{{\"Port\":{token},\"RiskLevel\":3}}");
            let accepted = serde_json::from_str::<IgnoredAny>(&text).is_ok();
            let mut projection = projection();
            let mut reader = Reader::new(text.as_bytes());
            assert_eq!(reader.record(&mut projection).is_ok(), accepted, "{text}");
            if accepted {
                let record = reader.last_record(&projection);
                assert_eq!(record.slot(1).unwrap().text, token);
                assert_eq!(record.whole(0), Some(3));
            }
        }
    }
}

#[test]
fn what_ends_a_number_is_found_wherever_it_stands() {
    let digits = "1203456789".repeat(2);
    let lengths = [1, 2, 7, 8, 9, 14, 15, 16, 17];
    let wholes = lengths.iter().filter_map(|length| digits.get(..*length));
    for whole in ["", "0", "00", "01", "-", "-0", "-01", "1."].into_iter().chain(wholes) {
        for (byte, after) in (0..128_u8).flat_map(|byte| [(byte, ""), (byte, "5"), (byte, "5.5")]) {
            let number = format!("{whole}{}{after}", char::from(byte));
            // So much follows that the number is read in one step, and so little that it is not.
            for rest in ["", ",\"RiskLevel\":\"0123456789abcdef\""] {
                let text = format!("{{\"Port\":{number}{rest}}}");
                let accepted = serde_json::from_str::<IgnoredAny>(&text).is_ok();
                let mut reader = Reader::new(text.as_bytes());
                let is_record = reader.record(&mut projection()).is_ok();
                assert_eq!(is_record && reader.peek() == Ok(None), accepted, "{text}");
            }
        }
    }
}

/// Line, column and offset of each record of a document, with the text of its first slot.
fn all(text: &str, window: usize) -> Vec<(u64, u64, u64, String)> {
    let mut reader = Reader::with_window(text.as_bytes(), window);
    let mut projection = projection();
    let (mut key, mut seen) = (String::new(), Vec::new());
    assert_eq!(reader.record(&mut projection).unwrap(), Scan::Envelope);
    reader.begin_object().unwrap();
    while reader.next_key(&mut key).unwrap() {
        if key != "DataList" {
            continue;
        }
        reader.begin_array().unwrap();
        while reader.next_element().unwrap() {
            assert_eq!(reader.record(&mut projection).unwrap(), Scan::Record);
            if seen.len() % 3 == 0 {
                reader.position();
            }
            let position = reader.record_position();
            let record = reader.last_record(&projection);
            let slot = record.slot(0).map(|raw| raw.text.to_owned()).unwrap_or_default();
            seen.push((position.line, position.column, record.offset(), slot));
        }
    }
    seen
}

#[test]
fn records_keep_their_places_across_windows() {
    let mut text = String::from("\u{feff}{\"RequestId\": \"端\",\n\"DataList\": [");
    let mut expected = Vec::new();
    for number in 0..200 {
        let separator = ["", " ", "\n  "][number % 3];
        text.push_str(if number == 0 { "" } else { "," });
        text.push_str(separator);
        let place = naive_position(&text, text.len());
        expected.push((place.line, place.column, text.len() as u64, number.to_string()));
        let other = ["Port", "Ort", "端口"][number % 4 % 3];
        text.push_str(&format!("{{\"{other}\":\"公网{number}\", \"RiskLevel\":{number}}}"));
    }
    text.push_str("\n]}");
    for window in [16, 33, 64, 100, 1000, 1 << 20] {
        assert_eq!(all(&text, window), expected, "{window}");
    }
}

fn error(text: &str) -> Error {
    let mut reader = Reader::new(text.as_bytes());
    reader.record(&mut projection()).unwrap_err()
}

#[test]
fn a_key_that_comes_twice_is_an_error_at_the_second() {
    for (text, offset, length) in [
        (r#"{"Port":1,"Port":1}"#, 10, 6),
        (r#"{"RiskLevel":1,"\u0052iskLevel":1}"#, 15, 16),
        (r#"{"other":1, "x":2, "other" :1}"#, 19, 7),
        (r#"{"a":{"b":1,"c":2,"\u0062":3,"c":1}}"#, 18, 8),
        (r#"{"a":[{"b":[{"d":1,"d":2}]}]}"#, 19, 3),
    ] {
        let error = error(text);
        assert_eq!(code(&error.kind), "json/duplicate-key", "{text}");
        assert_eq!((error.offset, error.length), (offset, length), "{text}");
    }
}

#[test]
fn members_that_are_left_out_change_nothing_about_the_others() {
    let names = ["a", "b", "c", "d"];
    let mut projection = Projection::new(&names, &[]);
    // Each selection of members comes after each other one.
    for (first, second) in (0..16).flat_map(|first| (0..16).map(move |second| (first, second))) {
        for has in [first, second] {
            let had = || (0..4).filter(|slot| has >> slot & 1 == 1);
            let members: Vec<String> =
                had().map(|slot| format!("\"{}\":{has}{slot}", names[slot])).collect();
            let text = format!("{{{}}}", members.join(","));
            let mut reader = Reader::new(text.as_bytes());
            assert_eq!(reader.record(&mut projection), Ok(Scan::Record));
            let record = reader.last_record(&projection);
            for slot in 0..4 {
                let value = had().any(|one| one == slot).then(|| format!("{has}{slot}"));
                assert_eq!(record.slot(slot).map(|raw| raw.text.to_owned()), value, "{text}");
            }
            for member in &members {
                let text = format!("{{{},{member}}}", members.join(","));
                let error = Reader::new(text.as_bytes()).record(&mut projection).unwrap_err();
                assert_eq!(code(&error.kind), "json/duplicate-key");
                assert_eq!(error.offset as usize, text.len() - 1 - member.len(), "{text}");
            }
        }
    }
}

#[test]
fn equal_keys_of_different_objects_are_none() {
    let text = r#"{"a":{"a":{"a":1},"b":{"a":1}},"b":[{"a":1},{"a":1}]}"#;
    let mut reader = Reader::new(text.as_bytes());
    assert_eq!(reader.record(&mut projection()), Ok(Scan::Record));
}

#[test]
fn more_keys_than_are_known_by_number() {
    let mut projection = projection();
    for round in 0..3 {
        let keys: Vec<String> = (0..500).map(|key| format!("\"k{}\":1", key + round)).collect();
        let good = format!("{{{},\"Port\":{round}}}", keys.join(","));
        let mut reader = Reader::new(good.as_bytes());
        assert_eq!(reader.record(&mut projection), Ok(Scan::Record));
        assert_eq!(reader.last_record(&projection).slot(1).unwrap().text, round.to_string());
        for repeated in [0, 100, 200, 499] {
            let bad = format!("{{{},{}}}", keys.join(","), keys[repeated]);
            let error = Reader::new(bad.as_bytes()).record(&mut projection).unwrap_err();
            assert_eq!(code(&error.kind), "json/duplicate-key");
            assert_eq!(error.offset as usize, bad.len() - 1 - keys[repeated].len());
        }
    }
}

#[test]
fn halves_of_surrogate_pairs_are_different_keys() {
    let mut reader =
        Reader::new(&br#"{"\ud800":1,"\ud801":2,"\ufffd":3,"x":{"\ud800":1,"\udc00":2}}"#[..]);
    assert_eq!(reader.record(&mut projection()), Ok(Scan::Record));
    assert_eq!(code(&error(r#"{"\uD800":1,"\ud800":2}"#).kind), "json/duplicate-key");
}

#[test]
fn a_stop_makes_an_envelope_and_consumes_nothing() {
    let mut reader = Reader::new(&br#" {"Port":1,"\u0044ataList":[1"#[..]);
    let mut projection = projection();
    assert_eq!(reader.record(&mut projection), Ok(Scan::Envelope));
    assert_eq!(reader.offset(), 1);
    reader.begin_object().unwrap();
    let nested = &br#"{"x":{"DataList":1}}"#[..];
    assert_eq!(Reader::new(nested).record(&mut projection), Ok(Scan::Record));
}

#[test]
fn a_slot_does_not_outlive_its_record() {
    let mut projection = projection();
    let mut reader = Reader::new(&br#"{"Port":1}{"RiskLevel":2}"#[..]);
    reader.record(&mut projection).unwrap();
    reader.record(&mut projection).unwrap();
    assert_eq!(reader.last_record(&projection).slot(1), None);
}
