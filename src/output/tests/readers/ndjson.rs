//! Lines of JSON, as `jq` reads them.

use serde_json::Value;

use super::{Extent, Reader, Said, json};

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn lines(written: &str) -> Vec<Value> {
    let lines: Vec<Value> = written.lines().map(json::parsed).collect();
    let endings = lines.iter().filter(|line| line["kind"] == "summary");
    assert_eq!((endings.count(), &lines.last().unwrap()["kind"]), (1, &Value::from("summary")));
    lines
}

fn read(written: &str, file: &str) -> Vec<Said> {
    let lines = lines(written);
    let open =
        lines.iter().filter(|line| line["kind"] == "finding" && line["disposition"] == "open");
    open.map(|found| {
        for evidence in found["evidence"].as_array().unwrap() {
            let number = |name: &str| usize::try_from(evidence[name].as_u64().unwrap()).unwrap();
            let bytes = file.bytes().skip(number("offset")).take(number("length")).collect();
            let there = String::from_utf8(bytes).unwrap();
            let there = if there == "1e400" { "\"1e400\"".to_owned() } else { there };
            assert_eq!(json::parsed(&there), evidence["value"]);
        }
        json::finding(found)
    })
    .collect()
}

fn is_red(written: &str) -> bool {
    let lines = lines(written);
    let is_said =
        lines.iter().any(|line| line["status"] == "insufficient" || line["level"] == "error");
    assert_eq!(is_said, lines.last().unwrap()["exit_code"].as_u64().unwrap() > 1, "{written}");
    is_said
}
