//! What a report says of a place is what is there, over generated responses.

use proptest::prelude::*;
use serde_json::Value;

use super::generated::{Response, responses};
use super::*;
use crate::text::BYTE_ORDER_MARK;

/// Line and column, counted the slow way.
fn position(text: &str, offset: usize) -> (u64, u64) {
    let mut position = (1, 1);
    for c in text[..offset].strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text[..offset]).chars() {
        position = if c == '\n' { (position.0 + 1, 1) } else { (position.0, position.1 + 1) };
    }
    position
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn place(value: &Value) -> (u64, u64) {
    (value["line"].as_u64().unwrap(), value["column"].as_u64().unwrap())
}

/// The document of a response; `1e400` is beyond the oracle and stands for itself as a text.
fn parsed(text: &str) -> Value {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).replace("1e400", "\"1e400\"");
    serde_json::from_str(&text).unwrap()
}

/// Holds one finding of the JSON report against the file.
fn agrees(found: &Value, text: &str, document: &Value) {
    let record = document.pointer(found["record"]["pointer"].as_str().unwrap()).unwrap();
    let members = record.as_object().unwrap();
    for evidence in found["evidence"].as_array().unwrap() {
        let start = number(&evidence["offset"]);
        let there = &text[start..start + number(&evidence["length"])];
        assert_eq!(parsed(there), evidence["value"], "{there}");
        let pointer = evidence["pointer"].as_str().unwrap();
        assert_eq!(document.pointer(pointer), Some(&evidence["value"]), "{pointer}");
        assert_eq!(position(text, start), place(evidence), "{evidence}");
        assert_eq!(members.get(evidence["field"].as_str().unwrap()), Some(&evidence["value"]));
        assert_ne!(evidence.get("read"), Some(&evidence["value"]));
    }
    for (name, value) in found["record"]["identity"].as_object().unwrap() {
        assert_eq!(members.get(name).unwrap_or(&Value::Null), value);
    }
    let rule = &found["rule"];
    let start = number(&rule["offset"]);
    let words = &POLICIES[start..start + number(&rule["length"])];
    let expected = policies().into_iter().find(|policy| found["policy"] == policy.id).unwrap();
    assert_eq!(words, expected.rule.text());
    assert_eq!(position(POLICIES, start), place(rule));
}

fn report_of(response: &Response) -> (String, Report) {
    let text = response.text();
    let report = report(policies(), &[("ports.json", &text)], Terms::STRICT);
    (text, report)
}

proptest! {
    #[test]
    fn every_region_of_a_report_holds_the_value_reported(response in responses()) {
        let (text, report) = report_of(&response);
        let document = parsed(&text);
        let written = rendered(&report, Format::Json, &Style::default());
        let json: Value = serde_json::from_str(&written.replace("\"value\":1e400", "\"value\":\"1e400\"")).unwrap();
        schema::check(&schema::REPORT, &json);
        let found = json["findings"].as_array().unwrap();
        prop_assert_eq!(found.len(), report.findings.len());
        for (finding, found) in report.findings.iter().zip(found) {
            agrees(found, &text, &document);
            let record = report.record(finding).unwrap();
            let start = usize::try_from(record.offset).unwrap();
            let there = &text[start..start + usize::try_from(record.length).unwrap()];
            prop_assert_eq!(&parsed(there), document.pointer(&record.pointer).unwrap());
            prop_assert_eq!(position(&text, start), place(&found["record"]));
            for absent in report.absent(finding) {
                prop_assert!(parsed(there).get(absent).is_none(), "{absent}");
            }
            let is_bare = report.evidence(finding).is_empty() && report.absent(finding).is_empty();
            prop_assert!(!is_bare, "{found}");
            prop_assert_eq!(report.meanings(finding).len(), report.evidence(finding).len());
        }
    }

    #[test]
    fn a_short_line_stands_where_the_json_report_says(response in responses()) {
        let (_, report) = report_of(&response);
        let json: Value = serde_json::from_str(
            &rendered(&report, Format::Json, &Style::default()).replace("\"value\":1e400", "\"value\":\"1e400\""),
        ).unwrap();
        let short = rendered(&report, Format::Short, &Style::default());
        let notes = json["evidence"][0]["problems"].as_array().unwrap();
        let findings = short.lines().filter(|line| !line.starts_with("clean"));
        let lines: Vec<&str> = findings.clone().filter(|line| !line.contains(": evidence[")).collect();
        prop_assert!(findings.count() - lines.len() <= notes.len());
        prop_assert_eq!(lines.len(), report.findings.len());
        for (line, found) in lines.iter().zip(json["findings"].as_array().unwrap()) {
            let first = found["evidence"].get(0).unwrap_or(&found["record"]);
            let (at, column) = place(first);
            let word = match found["outcome"].as_str() {
                Some("fail") => found["effect"].as_str().unwrap(),
                other => other.unwrap(),
            };
            let start = format!("ports.json:{at}:{column}: {word}[{}] ", found["policy"].as_str().unwrap());
            prop_assert!(line.starts_with(&start), "{line}\n{start}");
        }
    }

    #[test]
    fn a_frame_shows_lines_under_their_numbers(response in responses(), width in 0_usize..140) {
        let (text, report) = report_of(&response);
        let style = Style { width, ..Style::default() };
        let human = rendered(&report, Format::Human, &style);
        let lines: Vec<String> = text
            .split('\n')
            .map(|line| crate::text::printable(line).replace("<U+0009>", "\t"))
            .collect();
        let mut is_evidence = false;
        for line in human.lines() {
            // What is narrower holds no frame with its labels.
            let widest = width.max(72);
            prop_assert!(textwrap::core::display_width(line) <= widest, "{line}");
            if line.contains("╭─[") {
                is_evidence = line.contains("ports.json:");
            }
            let Some((number, shown)) = line.split_once(" │ ").filter(|_| is_evidence) else {
                continue;
            };
            let Ok(number) = number.trim().parse::<usize>() else { continue };
            let there: String = lines[number - 1].split_whitespace().collect();
            // Of a list on several lines, arrows show which they are.
            let shown = shown.trim_start_matches(['╭', '─', '▶', '│', '├', '╰', ' ']);
            for piece in shown.split('…') {
                let piece: String = piece.split_whitespace().collect();
                prop_assert!(there.contains(&piece), "{piece}\n{there}");
            }
        }
    }

    #[test]
    fn nothing_that_a_terminal_obeys_leaves(response in responses()) {
        let (_, report) = report_of(&response);
        for format in Format::ALL {
            let text = rendered(&report, format, &Style::default()).replace('\n', "");
            prop_assert!(!text.contains(crate::text::is_hostile), "{format:?}: {text:?}");
        }
    }
}
