//! Assessment results, by their observations; findings and risks are held to them.

use serde_json::Value;

use super::{Extent, FILE, Reader, Said, text};
use crate::output::tests::official::{list, property, result};

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn read(written: &str, _file: &str) -> Vec<Said> {
    let result = result(written);
    let is = |value: &Value, states: &[&str]| {
        states.iter().any(|state| property(value, "state") == Some(state))
    };
    let observations = list(&result, "observations").iter();
    let open: Vec<&Value> =
        observations.filter(|value| is(value, &["failed", "inconclusive"])).collect();
    let failed = open.iter().filter(|value| is(value, &["failed"])).map(|value| of(value));
    for name in ["findings", "risks"] {
        let values = list(&result, name).iter().filter(|value| is(value, &["failed"]));
        assert_eq!(values.map(of).collect::<Vec<_>>(), failed.clone().collect::<Vec<_>>());
    }
    open.into_iter().map(of).collect()
}

fn of(value: &Value) -> Said {
    let number = |name| property(value, name).and_then(|text| text.parse().ok());
    let words = |name| property(value, name).map(str::to_owned);
    assert_eq!(words("source").as_deref(), Some(FILE));
    Said {
        policy: words("rule").unwrap(),
        is_unknown: words("state").map(|state| state == "inconclusive"),
        message: text(&value["description"]).map(|text| unescaped(&text)),
        line: number("line"),
        column: number("column"),
        severity: words("severity"),
        fingerprint: words("fingerprint"),
    }
}

/// What was escaped in Markdown.
fn unescaped(text: &str) -> String {
    let mut rest = text.replace("`@`", "@");
    for digit in '0'..='9' {
        rest = rest.replace(&format!("`#`{digit}"), &format!("#{digit}"));
    }
    let mut chars = rest.chars();
    let mut written = String::new();
    while let Some(c) = chars.next() {
        written.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    written
}

fn is_red(written: &str) -> bool {
    written.contains("\"not-satisfied\"")
}
