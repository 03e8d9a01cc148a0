//! What is written of a change of policies, against its published schema.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::schema::{check, members, properties, refused, strict, validator};
use super::*;
use crate::output::{render_revision, revision_schema};
use crate::triage::{Policies, Revision};

const OLD: &str = "\
policies:
  - {id: looser, rule: deny RDP}
  - {id: reason, rule: 'deny if RiskReason matches \"a|b\"', title: x}
  - {id: gone, rule: deny VNC}
  - {id: held, rule: deny SSH if Port 22 unless approved}
";

const NEW: &str = "\
policies:
  - {id: looser, rule: deny RDP if RiskLevel 3, severity: low}
  - {id: reason, rule: 'deny if RiskReason matches \"a\"', when_unknown: report, at_most: 1}
  - {id: kept, rule: deny SSH}
approvals:
  - {service: SSH, port: 22, protocol: tcp, owner: o, reason: r, approved_by: b, expires: 2027-01-31}
";

fn side(name: &str, text: &str, evidence: &[(&str, &str)], terms: Terms) -> Policies {
    let catalogue = Catalogue::built_in().unwrap();
    let set = policy::load(&[Source::new(name, text)], &catalogue, &[]).unwrap();
    let report = (!evidence.is_empty()).then(|| report_of(set.clone(), evidence, terms));
    Policies { source: Arc::from(name), set, report }
}

fn revised(old: &str, new: &str, records: &[&str], missing: usize) -> Revision {
    let terms = Terms { allow_partial: true, ..Terms::STRICT };
    let text = response(records, records.len() + missing);
    let evidence = [("a.json", text.as_str())];
    let evidence = if records.is_empty() { &[][..] } else { &evidence };
    let (old, new) =
        (side("old.yaml", old, evidence, terms), side("new.yaml", new, evidence, terms));
    Revision::new(old, new, terms)
}

/// Changes in which, together, every member of the schema occurs.
fn revisions() -> Vec<Revision> {
    let record = |port: u16, risk: u8, name: &str| {
        format!(
            r#"{{"Port": {port}, "Protocol": "tcp", "RiskLevel": {risk}, "ServiceNameList": ["{name}"], "RiskReason": "x"}}"#
        )
    };
    let records =
        [record(1, 3, "RDP"), record(2, 1, "RDP"), record(22, 2, "SSH"), record(5, 1, "VNC")];
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    vec![
        revised(OLD, NEW, &records, 1),
        revised(NEW, OLD, &records, 0),
        revised(OLD, OLD, &[], 0),
        revised(
            "policies: [{id: a, rule: deny if count > 1}]",
            "policies: [{id: a, rule: deny if count > 2}]",
            &[],
            0,
        ),
    ]
}

fn document(revision: &Revision) -> Value {
    let mut out = Vec::new();
    render_revision(revision, Format::Json, &Style::default(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn revisions_are_valid_and_nothing_else_is() {
    let schema = validator(&revision_schema());
    let documents: Vec<Value> = revisions().iter().map(document).collect();
    for document in &documents {
        check(&schema, document);
    }
    for (pointer, value) in [
        ("/exit_code", json!(2)),
        ("/schema", json!("portcullis.diff/v1")),
        ("/policies/0/tendency", json!("better")),
        ("/policies/0/change", json!("moved")),
        ("/policies/0/lets_through", json!("yes")),
        ("/policies/0/passing/old", json!("deny")),
        ("/policies/0/old/rule/line", json!(0)),
        ("/policies/0/condition/not_any_more", json!({})),
        ("/approvals/0/ports", json!([22])),
        ("/findings/lost/0/outcome", json!("pass")),
        ("/findings/new", Value::Null),
        ("/evidence/0/complete", json!("yes")),
    ] {
        refused(&schema, &documents[0], pointer, &value);
    }
    let codes: Vec<_> = documents.iter().map(|document| document["exit_code"].clone()).collect();
    assert_eq!(codes, [json!(1), json!(1), json!(0), json!(3)]);
}

#[test]
fn the_schema_is_closed() {
    let schema: Value = serde_json::from_str(&revision_schema()).unwrap();
    strict(&schema, &[]);
    let mut described = BTreeSet::new();
    properties(&schema, &mut described);
    let mut written = BTreeSet::new();
    for revision in revisions() {
        members(&document(&revision), &mut written);
    }
    // A snapshot's origin is told of reports.
    let mut elsewhere = BTreeSet::new();
    properties(schema.pointer("/$defs/snapshot/properties/origin").unwrap(), &mut elsewhere);
    let missing: Vec<&String> = described.difference(&written).collect();
    assert!(missing.iter().all(|name| elsewhere.contains(*name)), "{missing:?}");
}

#[test]
fn people_read_the_same_words_and_nothing_hostile() {
    let hostile = r#"{"Port": 5, "Protocol": "tcp\u001b[31m\u202e", "ServiceNameList": ["RDP"], "RiskLevel": 2}"#;
    let old = "policies:\n  - {id: p, rule: 'deny if RiskReason = \"\u{202e}tcp\"', title: a}\n  - {id: q, rule: deny RDP}\n";
    let new = "policies:\n  - {id: p, rule: 'deny if Protocol = \"udp\"'}\n";
    let revision = revised(old, new, &[hostile], 0);
    for format in Format::of_revisions() {
        let mut out = Vec::new();
        render_revision(&revision, format, &Style::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        for word in ["different", "removed", "lost"] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn revisions_are_written_in_the_formats_of_differences_with_the_same_verdict() {
    assert!(Format::of_revisions().eq(Format::of_differences()));
    for revision in revisions() {
        let document = document(&revision);
        for format in Format::of_revisions().filter(|format| *format != Format::Json) {
            let mut out = Vec::new();
            render_revision(&revision, format, &Style::default(), &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let text = text.to_lowercase();
            assert!(text.contains(crate::output::revised::headline(&revision)), "{text}");
            assert!(text.contains(&document["exit_code"].to_string()), "{text}");
            for change in document["policies"].as_array().unwrap() {
                let is_shown =
                    change["change"] == "same" || text.contains(change["id"].as_str().unwrap());
                assert!(is_shown, "{change} {text}");
            }
        }
    }
}

#[test]
fn every_format_of_revisions_says_when_nobody_reads() {
    for format in Format::of_revisions() {
        let written = render_revision(&revisions()[0], format, &Style::default(), &mut Closed);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
