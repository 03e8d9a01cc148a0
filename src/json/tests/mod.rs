//! Tests of the module as a whole.

use super::{Kind, Projection, Reader, Scan};

#[test]
fn a_record_in_an_envelope_is_read_by_its_slots() {
    let text = "\u{feff}{\"Total\": 1, \"DataList\": [\n {\"Port\": 80, \"é\": \"x\", \"RiskLevel\": 3}, {\"RiskLevel\":1,\"Port\":\"8\"}]}";
    let mut reader = Reader::with_window(text.as_bytes(), 16);
    let mut projection = Projection::new(&["RiskLevel", "Port", "No"], &["DataList"]);
    assert_eq!(reader.peek().unwrap(), Some(Kind::Object));
    assert_eq!(reader.record(&mut projection).unwrap(), Scan::Envelope);
    reader.begin_object().unwrap();
    let mut key = String::new();
    while reader.next_key(&mut key).unwrap() && key != "DataList" {}
    reader.begin_array().unwrap();
    let mut seen = Vec::new();
    while reader.next_element().unwrap() {
        assert_eq!(reader.record(&mut projection).unwrap(), Scan::Record);
        let position = reader.record_position();
        let record = reader.last_record(&projection);
        assert!(text[record.offset() as usize..].starts_with(record.text()));
        assert_eq!(record.slot(2), None);
        let raw = |slot| record.slot(slot).unwrap().text.to_owned();
        seen.push((raw(0), raw(1), position.line, position.column));
    }
    assert_eq!(
        seen,
        [
            ("3".into(), "80".into(), 2, 2),
            ("1".into(), "\"8\"".into(), 2, 42)
        ] as [(String, String, u64, u64); 2]
    );
    assert!(!reader.next_key(&mut key).unwrap());
    assert_eq!(reader.peek().unwrap(), None);
}
