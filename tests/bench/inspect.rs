//! Checks of what the benchmark itself makes: evidence that lost its quirks, its size or its
//! identities, or policies that repeat, would be measured without a word.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Result;
use crate::generate::{Corpus, Layout, Shape};
use crate::policies;
use crate::record;

/// What must occur in the text of twenty thousand records.
const QUIRKS: [&str; 14] = [
    r#""RiskLevel":-1"#,
    r#""SuggestLevel":0"#,
    r#""SuggestLevel":-1"#,
    r#""Port":""#,
    r#".0,"Port""#,
    r#""TrafficPercent7Day":"1"#,
    r#"["['"#,
    r#""Unknown"]"#,
    r#"["no_payload"]"#,
    r#":null"#,
    r#"\u0052iskLevel"#,
    r#"\"web\""#,
    r#"\ud83d"#,
    "近30天",
];

/// Checks a corpus in every shape, and the policies.
pub(crate) fn corpus(corpus: &Corpus) -> Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let text = document(corpus, folder.path())?;
    let rows = rows(&text)?;
    ensure(document(corpus, folder.path())? == text, "the same seed gave other bytes")?;
    ensure(distinct(&rows) == rows.len(), "two records share port and protocol")?;
    for quirk in QUIRKS {
        ensure(corpus.layout == Layout::Pretty || text.contains(quirk), quirk)?;
    }
    let size = text.len() / rows.len().max(1);
    let expected = if corpus.layout == Layout::Pretty { 650..750 } else { 510..535 };
    ensure(expected.contains(&size), &format!("{size} bytes a record"))?;
    same_records(corpus, folder.path(), &rows)?;
    identities()?;
    policy_files()
}

fn ensure(holds: bool, otherwise: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(format!("generated data: {otherwise}").into()) }
}

fn document(corpus: &Corpus, folder: &Path) -> Result<String> {
    Ok(fs::read_to_string(corpus.save(Shape::Document, folder)?)?)
}

/// The records of a response whose total is their number.
fn rows(text: &str) -> Result<Vec<Value>> {
    let response: Value = serde_json::from_str(text)?;
    let rows = response.pointer("/DataList").and_then(Value::as_array).cloned();
    let rows = rows.ok_or("generated data: no records")?;
    let total = response.pointer("/PageInfo/TotalCount").and_then(Value::as_u64);
    ensure(total == u64::try_from(rows.len()).ok(), "another total than records")?;
    Ok(rows)
}

/// Different pairs of port and protocol, the port in whatever form.
fn distinct(rows: &[Value]) -> usize {
    let identity = |row: &Value| {
        let part = |name| row.get(name).map(ToString::to_string).unwrap_or_default();
        let port = part("Port").replace(['"'], "").replace(".0", "");
        (port, part("Protocol"))
    };
    rows.iter().map(identity).collect::<HashSet<_>>().len()
}

/// Whether the other shapes, and the other layout, hold the records of the document.
fn same_records(corpus: &Corpus, folder: &Path, expected: &[Value]) -> Result<()> {
    let mut paged = Vec::new();
    let pages = fs::read_dir(corpus.save(Shape::Pages, folder)?)?;
    let mut pages = pages.map(|page| Ok(page?.path())).collect::<Result<Vec<_>>>()?;
    pages.sort();
    for page in pages {
        extend(&mut paged, &fs::read_to_string(page)?)?;
    }
    ensure(paged == expected, "pages hold other records")?;
    let mut streamed = Vec::new();
    for line in fs::read_to_string(corpus.save(Shape::Responses, folder)?)?.lines() {
        extend(&mut streamed, line)?;
    }
    ensure(streamed == expected, "a stream of responses holds other records")?;
    let lines = fs::read_to_string(corpus.save(Shape::Ndjson, folder)?)?;
    let bare: Vec<Value> =
        lines.lines().map(serde_json::from_str).collect::<std::result::Result<_, _>>()?;
    ensure(bare == expected, "a stream of records holds other records")?;
    let pretty = Corpus { layout: Layout::Pretty, ..*corpus };
    ensure(rows(&document(&pretty, folder)?)? == expected, "indented text holds other records")
}

fn extend(rows: &mut Vec<Value>, response: &str) -> Result<()> {
    let response: Value = serde_json::from_str(response)?;
    let page = response.pointer("/DataList").and_then(Value::as_array);
    rows.extend(page.ok_or("generated data: no records on a page")?.iter().cloned());
    Ok(())
}

/// A million records are a million things to judge.
fn identities() -> Result<()> {
    let count = 1_000_000;
    let seen: HashSet<_> = (0..count).map(record::identity).collect();
    ensure(u64::try_from(seen.len()).ok() == Some(count), "a million identities are not distinct")
}

/// Whether policy files hold as many different policies as asked for.
fn policy_files() -> Result<()> {
    for count in [1, 10, 100, 1_000] {
        let file: serde_yaml::Value = serde_yaml::from_str(&policies::policy_file(count))?;
        let policies = file.get("policies").and_then(serde_yaml::Value::as_sequence);
        let rules = policies.into_iter().flatten().map(|policy| {
            let part = |name| policy.get(name).map(|part| format!("{part:?}"));
            (part("rule"), part("when"))
        });
        let rules: HashSet<_> = rules.collect();
        ensure(rules.len() == count, &format!("{} of {count} policies differ", rules.len()))?;
    }
    Ok(())
}
