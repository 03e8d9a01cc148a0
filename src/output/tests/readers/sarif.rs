//! SARIF, its regions cut out as a reader does.

use serde_json::Value;

use super::super::{NAME, POLICIES};
use super::{Extent, FILE, INCONCLUSIVE, Reader, Said, message, text};
use crate::output::item::EVIDENCE;
use crate::text::printable;

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn read(written: &str, file: &str) -> Vec<Said> {
    let log: Value = serde_json::from_str(written).unwrap();
    let run = &log["runs"][0];
    let mut said = Vec::new();
    for result in run["results"].as_array().unwrap().iter().filter(|result| is_open(result)) {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let primary = &result["locations"][0]["physicalLocation"];
        assert_eq!(primary["artifactLocation"]["uri"], NAME);
        assert_eq!(
            region(&primary["region"], POLICIES),
            text(&primary["region"]["snippet"]["text"]).unwrap()
        );
        let related = &result["relatedLocations"][0]["physicalLocation"];
        assert_eq!(related["artifactLocation"]["uri"], FILE);
        let there = &related["region"];
        let value = there["snippet"]["text"].as_str().unwrap_or("{");
        assert_eq!(region(there, file), value);
        let words = text(&result["message"]["text"]).unwrap();
        said.push(Said {
            policy: text(&result["ruleId"]).unwrap(),
            is_unknown: Some(words.starts_with(INCONCLUSIVE)),
            message: message(&words.replace("\\[", "[").replace("\\]", "]")),
            line: there["startLine"].as_u64(),
            column: there["startColumn"].as_u64(),
            severity: text(&rule["properties"]["severity"]),
            fingerprint: text(&result["partialFingerprints"]["portcullis/v1"]),
        });
    }
    said
}

fn is_open(result: &Value) -> bool {
    result["ruleId"] != EVIDENCE && !is_suppressed(result) && result["baselineState"] != "unchanged"
}

fn is_suppressed(result: &Value) -> bool {
    result["suppressions"].as_array().is_some_and(|all| !all.is_empty())
}

/// The text of a region as a reader of SARIF cuts it out, made safe to show.
fn region(region: &Value, file: &str) -> String {
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let number = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap();
    let lines: Vec<&str> = file.split('\n').collect();
    let (first, last) = (number("startLine"), number("endLine"));
    let mut cut: Vec<String> =
        lines[first - 1..last].iter().map(|line| (*line).to_owned()).collect();
    let end: String = cut.last().unwrap().chars().take(number("endColumn") - 1).collect();
    *cut.last_mut().unwrap() = end;
    cut[0] = cut[0].chars().skip(number("startColumn") - 1).collect();
    printable(cut.join("\n").trim_end()).into_owned()
}

fn is_red(written: &str) -> bool {
    let log: Value = serde_json::from_str(written).unwrap();
    let run = &log["runs"][0];
    let mut results = run["results"].as_array().unwrap().iter();
    let is_error = results.any(|result| result["level"] == "error" && !is_suppressed(result));
    assert_eq!(run["invocations"][0]["executionSuccessful"], !is_error, "{written}");
    is_error
}
