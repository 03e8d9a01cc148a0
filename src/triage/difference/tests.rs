//! Differences of evidence that is read and judged as the program does it, against a model.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::engine::{Judge, Program, Run};
use crate::operation::Catalogue;
use crate::policy::{self, PolicySet};
use crate::snapshot::{self, Hashes, Plan};
use crate::text::Source;
use crate::triage::{self, JudgedFile};

const POLICIES: &str = "\
policies:
  - id: rdp
    rule: deny RDP if RiskLevel 3
  - id: suggested
    rule: alert if SuggestLevel 30
";

fn policies(text: &str) -> PolicySet {
    let catalogue = Catalogue::built_in().unwrap();
    policy::load(&[Source::new("p.yaml", text)], &catalogue, &[]).unwrap()
}

/// Files of a side, each a name and its text; a file lies in the folder that its name says.
fn side_by(policies: &PolicySet, files: &[(&str, String)], terms: Terms) -> Side {
    let catalogue = Catalogue::built_in().unwrap();
    let operation = Arc::clone(catalogue.only().unwrap());
    let run = Run { today: jiff::civil::date(2026, 1, 1), when_unknown: terms.when_unknown };
    let program = Program::new(policies, &operation, run).unwrap();
    let slots = Collector::slots(&operation, program.slots());
    let plan = Plan { operation, slots, hashes: Hashes::Left };
    let (mut judged, mut inventories) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let name: Arc<str> = Arc::from(*name);
        let mut judge = Judge::new(&program, &name);
        let mut collector = Collector::new(&plan.operation, &plan.slots, &name);
        let mut survey = Survey::new(&mut judge, &mut collector);
        let mut file = snapshot::read(text.as_bytes(), &name, &plan, &mut survey).unwrap();
        file.folder = Some(Arc::from(name.rsplit_once('/').map_or("", |(folder, _)| folder)));
        let (found, drift) = judge.finish();
        let (inventory, flaw) = collector.finish().unwrap();
        file.flaws.extend(drift.into_iter().chain(flaw));
        judged.push(JudgedFile { file, found });
        inventories.push(inventory);
    }
    let source = files.first().map_or("side", |(name, _)| name.split('/').next().unwrap());
    Side {
        source: Arc::from(source),
        report: triage::finish(policies.clone(), judged, &[], terms),
        inventories: Some(inventories),
    }
}

fn side(files: &[(&str, String)]) -> Side {
    side_by(&policies(POLICIES), files, Terms::STRICT)
}

fn response(records: &[String], total: usize) -> String {
    format!(r#"{{"PageInfo": {{"TotalCount": {total}}}, "DataList": [{}]}}"#, records.join(","))
}

fn record(port: u16, more: &str) -> String {
    format!(r#"{{"Port": {port}, "Protocol": "tcp"{more}}}"#)
}

fn whole(records: &[String]) -> String {
    response(records, records.len())
}

fn difference(before: &str, after: &str) -> Difference {
    let side = |name: &'static str, text: &str| side(&[(name, text.to_owned())]);
    Difference::new(side("before", before), side("after", after), Terms::STRICT)
}

/// The ports of changes, in their order.
fn ports(changes: &[RecordChange]) -> Vec<&str> {
    changes.iter().map(|change| change.identity[0].1.as_str()).collect()
}

/// The policies and ports of findings, in their order.
fn found(difference: &Difference, changes: &[FindingChange]) -> Vec<String> {
    let words = |change: &FindingChange| {
        let (report, finding) = difference.latest(change).unwrap();
        format!("{} {}", report.policy(&finding).id, report.identity(&finding)[0].1)
    };
    changes.iter().map(words).collect()
}

const RDP: &str = r#", "ServiceNameList": ["RDP"], "RiskLevel": 3, "SuggestLevel": 10"#;
const TAME: &str = r#", "ServiceNameList": ["RDP"], "RiskLevel": 1, "SuggestLevel": 10"#;

#[test]
fn values_count_as_they_are_read() {
    for (name, one, other, is_same) in [
        ("RiskLevel", "3", "\"3\"", true),
        ("RiskLevel", "3", "3.0", true),
        ("RiskLevel", "3", "2", false),
        ("RiskLevel", "null", "7", false),
        ("RiskLevel", "\"x\"", "\"y\"", false),
        ("RiskLevel", "\"x\"", "\"x\"", true),
        ("PublicIpNum", "1e2", "100", true),
        ("PublicIpNum", "9007199254740993", "9007199254740992", false),
        ("ServiceNameList", r#"["SSH", "RDP"]"#, r#"["rdp", "ssh"]"#, true),
        ("ServiceNameList", r#"["SSH"]"#, r#""ssh""#, true),
        ("ServiceNameList", r#"["['SSH', 'RDP']"]"#, r#"["RDP","SSH"]"#, true),
        ("ServiceNameList", r#"["SSH"]"#, r#"["SSH", 5]"#, false),
        ("ServiceNameList", r#"["SSH"]"#, r#"["SSH", "Unknown"]"#, false),
        ("ServiceNameList", "[]", "null", false),
        ("TotalBytes", "1", "2", true),
        ("InBytes", "1", "\"x\"", true),
        ("RiskReason", "\"a\"", "\"b\"", true),
    ] {
        let text = |value: &str| whole(&[record(1, &format!(r#", "{name}": {value}"#))]);
        let difference = difference(&text(one), &text(other));
        let records = difference.records.unwrap();
        let expected = (usize::from(!is_same), u64::from(is_same));
        assert_eq!((records.changed.len(), records.unchanged), expected, "{name} {one} {other}");
        for change in &records.changed {
            let shown = [change.fields[0].before.as_deref(), change.fields[0].after.as_deref()];
            assert_eq!(shown, [Some(one), Some(other)]);
        }
    }
}

#[test]
fn absent_and_null_say_the_same() {
    let with = |more: &str| whole(&[record(1, more)]);
    let difference = difference(&with(""), &with(r#", "RiskLevel": null, "PublicIpNum": 2"#));
    let changed = &difference.records.as_ref().unwrap().changed;
    let fields: Vec<_> = changed[0].fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(fields, ["PublicIpNum"]);
}

#[test]
fn a_finding_that_was_there_is_no_violation_and_a_new_one_is() {
    let before = whole(&[record(1, RDP), record(2, TAME), record(3, RDP)]);
    let after = whole(&[record(1, RDP), record(2, RDP), record(10, TAME)]);
    let forth = difference(&before, &after);
    assert_eq!(found(&forth, &forth.findings.new), ["rdp 2"]);
    assert_eq!(found(&forth, &forth.findings.unchanged), ["rdp 1"]);
    assert_eq!(found(&forth, &forth.findings.fixed), ["rdp 3"]);
    assert_eq!(forth.verdict, Verdict::Violations);
    let same = difference(&after, &after);
    assert_eq!((same.verdict, same.findings.unchanged.len()), (Verdict::Clean, 2));
}

#[test]
fn what_a_side_that_is_not_whole_does_not_show_is_not_gone() {
    let before = whole(&[record(1, RDP), record(2, TAME)]);
    for after in [
        response(&[], 2),
        response(&[], 2).replace("TotalCount", "Count"),
        r#"{"Code": "Throttling", "Message": "later"}"#.to_owned(),
        whole(&[record(9, TAME), r#"{"Port": null, "Protocol": "tcp", "RiskLevel": 1}"#.into()]),
    ] {
        let difference = difference(&before, &after);
        let records = difference.records.as_ref().unwrap();
        assert_eq!(ports(&records.closed), [""; 0], "{after}");
        assert_eq!(ports(&records.unseen), ["1", "2"], "{after}");
        assert_eq!(found(&difference, &difference.findings.fixed), [""; 0], "{after}");
        assert_eq!(found(&difference, &difference.findings.unseen), ["rdp 1"], "{after}");
        assert_eq!(difference.verdict, Verdict::InsufficientEvidence, "{after}");
        assert!(!difference.notes.is_empty(), "{after}");
    }
    let whole_again = whole(&[record(2, TAME)]);
    let difference = difference(&before, &whole_again);
    assert_eq!(ports(&difference.records.as_ref().unwrap().closed), ["1"]);
    assert_eq!(found(&difference, &difference.findings.fixed), ["rdp 1"]);
    assert_eq!((difference.verdict, difference.notes.len()), (Verdict::Clean, 0));
}

#[test]
fn a_side_before_that_is_not_whole_proves_nothing_either() {
    let after = whole(&[record(2, TAME)]);
    assert_eq!(
        difference(&response(&[record(2, TAME)], 3), &after).verdict,
        Verdict::InsufficientEvidence
    );
    let new = difference(&response(&[], 3), &whole(&[record(1, RDP)]));
    assert_eq!(new.verdict, Verdict::Violations);
}

#[test]
fn what_is_accepted_is_accepted_but_partial_evidence_still_says_nothing_is_gone() {
    let before = ("before", whole(&[record(1, RDP)]));
    let unproven = ("after", "{\"DataList\": []}".to_owned());
    let partial = ("after", response(&[], 2));
    let assumed = Terms { assume_complete: true, ..Terms::STRICT };
    let allowed = Terms { allow_partial: true, ..Terms::STRICT };
    for (after, terms, fixed, unseen) in [(unproven, assumed, 1, 0), (partial, allowed, 0, 1)] {
        let set = policies(POLICIES);
        let side = |file: &(&str, String)| side_by(&set, std::slice::from_ref(file), terms);
        let difference = Difference::new(side(&before), side(&after), terms);
        let lists = &difference.findings;
        assert_eq!((lists.fixed.len(), lists.unseen.len()), (fixed, unseen), "{terms:?}");
        assert_eq!(difference.verdict, Verdict::Clean);
        assert_eq!(difference.loosened.len(), 1);
    }
}

#[test]
fn records_that_cannot_be_told_apart_are_never_matched() {
    let nameless =
        whole(&[r#"{"Port": 1, "RiskLevel": 3, "SuggestLevel": 10, "ServiceNameList": "RDP"}"#
            .to_owned()]);
    let difference = difference(&nameless, &nameless);
    assert_eq!(difference.findings.new.len(), 1);
    assert_eq!(difference.findings.unseen.len(), 1);
    assert_eq!(difference.verdict, Verdict::Violations);
    let codes: Vec<&str> = difference.notes.iter().map(|note| note.code.as_str()).collect();
    assert!(codes.contains(&"diff/not-identified"), "{codes:?}");
    let flaws = &difference.after.report.evidence[0].flaws;
    assert_eq!(flaws[0].problem.code, "evidence/not-identified");
}

#[test]
fn unknown_before_and_violated_after_is_worse() {
    let text = |risk: i64| whole(&[record(1, &RDP.replace('3', &risk.to_string()))]);
    let worse = difference(&text(-1), &text(3));
    assert_eq!(found(&worse, &worse.findings.worsened), ["rdp 1"]);
    assert_eq!(worse.verdict, Verdict::Violations);
    let unclear = difference(&text(3), &text(-1));
    assert_eq!(found(&unclear, &unclear.findings.unchanged), ["rdp 1"]);
    assert_eq!(unclear.verdict, Verdict::Clean);
    let new = difference(&text(1), &text(-1));
    assert_eq!(found(&new, &new.findings.new), ["rdp 1"]);
    assert_eq!(new.verdict, Verdict::InsufficientEvidence);
}

/// The side as its report says it.
fn saved(side: &Side) -> Side {
    let report = triage::Saved::of(&side.report).finish();
    Side { source: Arc::clone(&side.source), report, inventories: None }
}

#[test]
fn a_saved_report_that_says_no_more_than_that_it_is_insufficient_is_believed() {
    let whole = saved(&side(&[("side", whole(&[record(1, TAME)]))]));
    let mut part = whole.clone();
    part.report.verdict = Verdict::InsufficientEvidence;
    for (before, after, code) in
        [(&whole, &whole, 0), (&whole, &part, 3), (&part, &whole, 3), (&part, &part, 3)]
    {
        let difference = Difference::new(before.clone(), after.clone(), Terms::STRICT);
        assert_eq!(difference.verdict.exit_code(), code);
        let codes: Vec<&str> = difference.notes.iter().map(|note| note.code.as_str()).collect();
        assert_eq!(codes.contains(&"diff/report-insufficient"), code == 3, "{codes:?}");
    }
}

#[test]
fn a_saved_report_that_says_why_it_is_insufficient_is_as_whole_as_its_evidence() {
    let unclear = whole(&[record(1, &RDP.replace('3', "-1"))]);
    let unclear = saved(&side(&[("side", unclear)]));
    assert_eq!(unclear.report.verdict, Verdict::InsufficientEvidence);
    let same = Difference::new(unclear.clone(), unclear.clone(), Terms::STRICT);
    assert_eq!((same.verdict, same.findings.unchanged.len()), (Verdict::Clean, 1));
    let tame = saved(&side(&[("side", whole(&[record(1, TAME)]))]));
    let new = Difference::new(tame, unclear, Terms::STRICT);
    assert_eq!((new.verdict, new.findings.new.len()), (Verdict::InsufficientEvidence, 1));
}

#[test]
fn an_outcome_that_is_only_counted_is_not_fixed() {
    let silent = format!("{POLICIES}    when_unknown: pass\n");
    let text = |level: &str| whole(&[record(1, &format!(r#", "SuggestLevel": {level}"#))]);
    let set = policies(&silent.replace("RiskLevel 3", "RiskLevel 3 and ServiceNameList is known"));
    let side = |name, level| side_by(&set, &[(name, text(level))], Terms::STRICT);
    let difference = Difference::new(side("before", "30"), side("after", "-1"), Terms::STRICT);
    assert_eq!(found(&difference, &difference.findings.unseen), ["suggested 1"]);
    assert!(difference.findings.fixed.is_empty());
}

#[test]
fn what_an_effect_or_severity_rose_to_is_worse() {
    let text = whole(&[record(1, RDP)]);
    let rule = |effect: &str, severity: &str| {
        let text = format!("- {{id: rdp, rule: {effect} RDP, severity: {severity}}}");
        policies(&format!("policies:\n  {text}\n"))
    };
    let compare = |before: &PolicySet, after: &PolicySet| {
        let side = |name, set| side_by(set, &[(name, text.clone())], Terms::STRICT);
        Difference::new(side("before", before), side("after", after), Terms::STRICT)
    };
    let (mild, bad) = (rule("alert", "high"), rule("deny", "high"));
    let risen = compare(&mild, &bad);
    assert_eq!((risen.findings.worsened.len(), risen.verdict), (1, Verdict::Violations));
    let fallen = compare(&bad, &mild);
    assert_eq!((fallen.findings.unchanged.len(), fallen.verdict), (1, Verdict::Clean));
    let severe = compare(&bad, &rule("deny", "critical"));
    assert_eq!((severe.findings.worsened.len(), severe.verdict), (1, Verdict::Violations));
    let removed = compare(&bad, &policies("policies: [deny SSH]"));
    assert_eq!(removed.findings.unseen.len(), 1, "a policy that is gone fixes nothing");
}

#[test]
fn a_finding_of_the_whole_is_matched_by_its_policy() {
    let rule = policies("policies: [deny if count > 1]");
    let compare = |before: &[u16], after: &[u16]| {
        let side = |name: &'static str, ports: &[u16]| {
            let records: Vec<String> = ports.iter().map(|port| record(*port, "")).collect();
            side_by(&rule, &[(name, whole(&records))], Terms::STRICT)
        };
        Difference::new(side("before", before), side("after", after), Terms::STRICT)
    };
    assert_eq!(compare(&[1, 2], &[1, 2, 3]).findings.unchanged.len(), 1);
    assert_eq!(compare(&[1, 2], &[1]).findings.fixed.len(), 1);
    assert_eq!(compare(&[1], &[1, 2]).findings.new.len(), 1);
}

#[test]
fn captures_are_compared_by_name_where_there_are_several() {
    let (open, shut) = (whole(&[record(1, RDP)]), whole(&[record(1, TAME)]));
    let files = |side: &'static str, a: &str, b: &str| {
        let name = |at: &str| -> &'static str { format!("{side}/{at}/x.json").leak() };
        super::tests::side(&[(name("a"), a.to_owned()), (name("b"), b.to_owned())])
    };
    let moved =
        Difference::new(files("before", &open, &shut), files("after", &shut, &open), Terms::STRICT);
    assert_eq!((moved.findings.new.len(), moved.findings.fixed.len()), (1, 1));
    assert_eq!(moved.records.as_ref().unwrap().changed.len(), 2);
    assert_eq!(moved.verdict, Verdict::Violations);
    let gone = Difference::new(
        files("before", &open, &open),
        side(&[("after/a/x.json", shut.clone())]),
        Terms::STRICT,
    );
    assert_eq!((gone.findings.fixed.len(), gone.findings.unseen.len()), (1, 1));
    assert_eq!(gone.verdict, Verdict::InsufficientEvidence);
    assert_eq!(gone.notes[0].code, "diff/no-partner");
}

#[test]
fn pages_of_one_capture_are_one_inventory() {
    let page = |records: &[String]| response(records, 3);
    let pages = [
        ("before/1.json", page(&[record(1, TAME), record(2, TAME)])),
        ("before/2.json", page(&[record(2, TAME), record(3, TAME)])),
    ];
    let after = side(&[("after", whole(&[record(3, TAME), record(2, TAME), record(1, TAME)]))]);
    let difference = Difference::new(side(&pages), after, Terms::STRICT);
    assert_eq!(difference.records.as_ref().unwrap().unchanged, 3);
    assert_eq!((difference.verdict, difference.notes.len()), (Verdict::Clean, 0));
}

/// What a model knows of one port.
type Port = (u8, Vec<u8>, u8);

fn written(ports: &BTreeMap<u16, Port>, style: u8) -> String {
    let records: Vec<String> = ports
        .iter()
        .map(|(port, (risk, services, addresses))| {
            let mut names: Vec<String> =
                services.iter().map(|name| format!("\"S{name}\"")).collect();
            if style % 2 == 1 {
                names.reverse();
                names.iter_mut().for_each(|name| *name = name.to_lowercase());
            }
            let mut more = String::new();
            let quote = if style % 3 == 1 { "\"" } else { "" };
            let _ = write!(more, ", \"RiskLevel\": {quote}{risk}{quote}");
            let _ = write!(more, ", \"ServiceNameList\": [{}]", names.join(", "));
            let _ = write!(more, ", \"PublicIpNum\": {addresses}, \"TotalBytes\": {style}");
            record(*port, &more)
        })
        .collect();
    whole(&records)
}

fn estates() -> impl Strategy<Value = BTreeMap<u16, Port>> {
    let port = (1_u8..=3, prop::collection::btree_set(0_u8..3, 0..3), 0_u8..2);
    let port = port.prop_map(|(risk, services, count)| (risk, Vec::from_iter(services), count));
    prop::collection::btree_map(0_u16..12, port, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn records_differ_as_the_model_says(
        before in estates(), after in estates(), styles in (any::<u8>(), any::<u8>()),
    ) {
        let (one, other) = (written(&before, styles.0), written(&after, styles.1));
        let forth = difference(&one, &other);
        let records = forth.records.as_ref().unwrap();
        let only = |one: &BTreeMap<u16, Port>, other: &BTreeMap<u16, Port>| -> Vec<String> {
            one.keys().filter(|port| !other.contains_key(port)).map(u16::to_string).collect()
        };
        prop_assert_eq!(ports(&records.opened), only(&after, &before));
        prop_assert_eq!(ports(&records.closed), only(&before, &after));
        let differs = |port: &&u16| after.get(port).is_some_and(|is| *is != before[port]);
        let changed: Vec<String> = before.keys().filter(differs).map(u16::to_string).collect();
        prop_assert_eq!(ports(&records.changed), changed);
        let back = difference(&other, &one);
        let back = back.records.as_ref().unwrap();
        prop_assert_eq!(ports(&back.closed), ports(&records.opened));
        prop_assert_eq!(back.unchanged, records.unchanged);
        let same = difference(&one, &written(&before, styles.1));
        prop_assert_eq!(same.verdict, Verdict::Clean);
        prop_assert_eq!(same.records.unwrap().unchanged as usize, before.len());
    }
}
