//! Documents for platforms and auditors are what the official schemas ask for, whatever was judged, and
//! what refers to something refers to what is there.
//!
//! The schemas in `official/`, white space left out and compressed: OCSF 1.8.0, as the Python package
//! `ocsf-json-schema` makes it (Apache-2.0), and OSCAL 1.2.1 of NIST (in the public domain).

use std::collections::{BTreeSet, HashSet};
use std::io::Read;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::*;

static EVENT: LazyLock<Validator> =
    LazyLock::new(|| validator(include_bytes!("official/ocsf-1.8.0-compliance-finding.json.gz")));
static CLOUD_EVENT: LazyLock<Validator> = LazyLock::new(|| {
    validator(include_bytes!("official/ocsf-1.8.0-compliance-finding-cloud-datetime.json.gz"))
});
static RESULTS: LazyLock<Validator> =
    LazyLock::new(|| validator(include_bytes!("official/oscal-1.2.1-assessment-results.json.gz")));

static MAPPING: LazyLock<Validator> =
    LazyLock::new(|| validator(include_bytes!("official/oscal-1.2.1-mapping.json.gz")));

fn validator(compressed: &[u8]) -> Validator {
    let mut text = String::new();
    flate2::read::GzDecoder::new(compressed).read_to_string(&mut text).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

/// The events of the `ocsf` format, each valid.
#[track_caller]
pub(super) fn events(written: &str) -> Vec<Value> {
    let events: Vec<Value> =
        written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut names = HashSet::new();
    for event in &events {
        let is_in_cloud = event["metadata"].get("profiles").is_some();
        schema::check(if is_in_cloud { &CLOUD_EVENT } else { &EVENT }, event);
        assert_eq!(event["type_uid"], json!(200_300 + event["activity_id"].as_u64().unwrap()));
        assert!(names.insert(event["finding_info"]["uid"].to_string()), "{event}");
    }
    events
}

/// What NIST asks of documents beside their schema, as far as it bears on what is written here: a local
/// objective says by which method it is tested, and a resource where it lies.
#[track_caller]
fn meets_constraints(document: &Value) {
    for objective in list(&document["local-definitions"], "objectives-and-methods") {
        let parts = list(objective, "parts");
        let names: Vec<&Value> = parts.iter().map(|part| &part["name"]).collect();
        assert_eq!(names, ["assessment-objective", "assessment-method"]);
        assert_eq!(property(&parts[0], "method-id"), parts[1]["id"].as_str());
        assert_eq!(property(&parts[1], "method"), Some("TEST"));
        assert_eq!(list(&parts[1], "parts")[0]["name"], "assessment-objects");
    }
    for resource in list(&document["back-matter"], "resources") {
        assert!(!list(resource, "rlinks").is_empty(), "{resource}");
    }
}

/// The one result of the `oscal` format, in a document that is valid.
#[track_caller]
pub(super) fn result(written: &str) -> Value {
    let document: Value = serde_json::from_str(written).unwrap();
    schema::check(&RESULTS, &document);
    refers_to_itself(&document);
    let all = &document["assessment-results"];
    meets_constraints(all);
    let objectives = all["local-definitions"]["objectives-and-methods"].as_array().unwrap();
    let objectives: Vec<&Value> = objectives.iter().map(|one| &one["parts"][0]["id"]).collect();
    let reviewed = all["results"][0]["reviewed-controls"].to_string();
    for finding in list(&all["results"][0], "findings") {
        let target = &finding["target"]["target-id"];
        let control = target.as_str().unwrap().strip_suffix("_obj").unwrap();
        let is_reviewed = reviewed.contains(&format!("\"control-id\":\"{control}\""));
        assert!(objectives.contains(&target) || is_reviewed, "{finding}");
        assert_eq!(finding["target"]["status"]["state"], "not-satisfied");
    }
    all["results"][0].clone()
}

/// The mappings of the `oscal-mapping` format, in a document that is valid.
#[track_caller]
fn mappings(written: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(written).unwrap();
    schema::check(&MAPPING, &document);
    refers_to_itself(&document);
    list(&document["mapping-collection"], "mappings").to_vec()
}

/// The elements of a list that is left out where it is empty.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).map_or(&[], |list| list.as_array().unwrap())
}

/// The value of a property.
pub(super) fn property<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    let property = list(value, "props").iter().find(|property| property["name"] == name);
    property.map(|property| property["value"].as_str().unwrap())
}

/// Whether every name is there once, and whatever is named is there.
#[track_caller]
fn refers_to_itself(document: &Value) {
    let (mut names, mut named) = (Vec::new(), Vec::new());
    walk(document, &mut names, &mut named);
    let known: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(known.len(), names.len(), "a name is given twice");
    for name in named {
        assert!(known.contains(name), "{name} is nowhere");
    }
}

fn walk<'a>(value: &'a Value, names: &mut Vec<&'a str>, named: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match (key.as_str(), value.as_str()) {
                    ("uuid", Some(name)) => names.push(name),
                    ("href", Some(href)) => named.extend(href.strip_prefix('#')),
                    (key, Some(name)) if key.ends_with("-uuid") => named.push(name),
                    _ => walk(value, names, named),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| walk(value, names, named)),
        _ => {}
    }
}

const BAD: &str = r#"{"Port": 3389, "Protocol": "tcp", "RiskLevel": 3, "ServiceNameList": ["RDP"], "InBytes": 1, "OutBytes": 1, "SuggestLevel": 10, "ProbRisk": null, "RiskReason": ""}"#;

fn calm() -> String {
    BAD.replace("\"RDP\"", "\"SSL\"").replace("3389", "443")
}

fn doubtful() -> String {
    BAD.replace("\"RiskLevel\": 3", "\"RiskLevel\": -1")
}

fn rdp() -> Vec<Policy> {
    only(&["rdp-exposed"])
}

/// Reports of every kind, each under a name.
fn reports() -> Vec<(&'static str, Report)> {
    let of = |policies, text: &str, terms| report(policies, &[("ports.json", text)], terms);
    let clean = response(&[&calm()], 1);
    let [first, second] = ["1", "2"].map(|port| BAD.replace("3389", port));
    let bad = response(&[&doubtful().replace("3389", "7"), BAD, &first, &second], 4);
    let partial = response(&[&calm()], 39);
    let error = r#"{"Code": "Throttling.User", "Message": "slow down", "RequestId": "1"}"#;
    let mut weakened = rdp();
    weakened[0].overridden = Some(policy::Overridden {
        effect: crate::operation::Effect::Deny,
        severity: crate::operation::Severity::Critical,
        reason: "a lab".to_owned(),
        location: location("one-sided"),
    });
    weakened[0].effect = crate::operation::Effect::Alert;
    let counted = Terms { when_unknown: WhenUnknown::Pass, ..Terms::STRICT };
    let mut known = of(policies(), &bad, Terms::STRICT);
    known.findings[1].disposition = Disposition::Known;
    vec![
        ("violations", of(policies(), &bad, Terms::STRICT)),
        ("accepted", waived(known)),
        ("clean", of(rdp(), &clean, Terms::STRICT)),
        ("nothing open", of(rdp(), &response(&[], 0), Terms::STRICT)),
        ("weakened", of(weakened, &clean, Terms::STRICT)),
        ("partial", of(rdp(), &partial, Terms::STRICT)),
        ("partial, accepted", of(rdp(), &partial, Terms { allow_partial: true, ..Terms::STRICT })),
        ("no total", of(rdp(), &format!("[{}]", calm()), Terms::STRICT)),
        ("error", of(rdp(), error, Terms::STRICT)),
        ("doubtful", of(rdp(), &response(&[&doubtful()], 1), Terms::STRICT)),
        ("doubtful, counted", of(rdp(), &response(&[&doubtful()], 1), counted)),
        ("no policies", of(Vec::new(), &clean, Terms::STRICT)),
        ("nothing", report(Vec::new(), &[], Terms::STRICT)),
        ("unjudged", report(policies(), &[], Terms::STRICT)),
    ]
}

/// Of each event: what its check came to, and where its finding stands.
fn standings(report: &Report) -> Vec<String> {
    let events = events(&rendered(report, Format::Ocsf, &Style::default()));
    let standing = |event: &Value| {
        let status = event.get("status").map_or("-", |status| status.as_str().unwrap());
        format!("{} {status}", event["compliance"]["status"].as_str().unwrap())
    };
    events.iter().map(standing).collect()
}

/// Of each observation: what it came to.
fn states(result: &Value) -> Vec<&str> {
    let observations = list(result, "observations").iter();
    observations.map(|observation| property(observation, "state").unwrap()).collect()
}

fn oscal(report: &Report) -> Value {
    result(&rendered(report, Format::Oscal, &Style::default()))
}

#[test]
fn each_kind_of_report_is_valid_and_says_what_it_comes_to() {
    // What a clean run says of its evidence, and each policy.
    let pass = ["Unknown -", "Pass -"];
    let seen: &[(&str, &[&str], &[&str])] = &[
        ("clean", &pass, &["passed"]),
        ("nothing open", &pass, &["passed"]),
        ("weakened", &["Unknown -", "Unknown -"], &["unproven"]),
        ("partial", &["Fail New", "Unknown -"], &["insufficient", "unproven"]),
        ("partial, accepted", &["Unknown -", "Warning New", "Unknown -"], &["noted", "unproven"]),
        ("no total", &["Fail New", "Unknown -"], &["insufficient", "unproven"]),
        ("error", &["Fail New", "Unknown -"], &["insufficient", "unproven"]),
        ("doubtful", &["Fail New", "Warning New"], &["insufficient", "inconclusive"]),
        ("doubtful, counted", &["Unknown -", "Unknown -"], &["unproven"]),
        ("no policies", &["Unknown -"], &[]),
        ("nothing", &["Fail New"], &["insufficient"]),
        ("unjudged", &["Fail New"], &["insufficient"]),
    ];
    for (name, report) in reports() {
        let (standings, result) = (standings(&report), oscal(&report));
        if let Some((_, events, observed)) = seen.iter().find(|(own, ..)| *own == name) {
            assert_eq!(&standings, events, "{name}");
            assert_eq!(&states(&result), observed, "{name}");
        }
        let open = states(&result).into_iter();
        let open = open.filter(|state| ["failed", "insufficient"].contains(state)).count();
        assert_eq!(list(&result, "findings").len(), open, "{name}");
        assert_eq!(open > 0, standings.iter().any(|one| one == "Fail New"), "{name}");
        assert_eq!(open > 0, report.verdict.exit_code() > 0 || report.summary.alert > 0, "{name}");
    }
}

#[test]
fn what_is_accepted_known_or_gone_is_said_to_be() {
    let (_, report) = reports().swap_remove(1);
    let standings = standings(&report);
    for standing in ["Fail In Progress", "Fail Suppressed", "Pass Resolved", "Fail New"] {
        assert!(standings.iter().any(|one| one == standing), "{standing} in {standings:?}");
    }
    let result = oscal(&report);
    let risks = list(&result, "risks");
    let of = |state: &str| {
        let risk = risks.iter().find(|risk| property(risk, "state") == Some(state)).unwrap();
        (risk["status"].as_str().unwrap(), risk)
    };
    assert_eq!(of("known").0, "investigating");
    assert_eq!(of("fixed").0, "closed");
    let (status, waived) = of("waived");
    assert_eq!(status, "deviation-approved");
    assert_eq!(waived["deadline"], "2026-03-31T23:59:59Z");
    assert_eq!(property(waived, "waiver-approved-by"), Some("ciso"));
    let findings = list(&result, "findings").iter();
    let open = risks.iter().filter(|risk| risk["status"] == "open");
    assert_eq!(
        findings.filter(|one| property(one, "state") == Some("failed")).count(),
        open.count()
    );
}

#[test]
fn problems_are_valid_documents_too() {
    let all = hostile::load_problems();
    let events = events(&shown(&all, Format::Ocsf, &Style::default()));
    assert_eq!(events.len(), all.len());
    let written = result(&shown(&all, Format::Oscal, &Style::default()));
    assert_eq!(states(&written), ["insufficient", "insufficient", "noted", "noted"]);
    assert_eq!(list(&written, "findings").len(), 2);
    let none = result(&shown(&[], Format::Oscal, &Style::default()));
    assert!(list(&none, "findings").is_empty());
}

/// The same thing has the same name in every report; only times and what tells reports apart differ.
#[test]
fn a_later_report_of_the_same_differs_in_its_time_only() {
    let at = |seconds| {
        let time = jiff::Timestamp::from_second(seconds).unwrap();
        let (_, mut report) = reports().swap_remove(0);
        report.time = time;
        let ocsf = rendered(&report, Format::Ocsf, &Style::default());
        (ocsf, rendered(&report, Format::Oscal, &Style::default()))
    };
    assert_eq!(at(1_000_000_000), at(1_000_000_000));
    let ((early, before), (late, after)) = (at(1_000_000_000), at(2_000_000_000));
    assert_eq!(
        early.replace("1000000000000", "T").replace("2001-09-09T01:46:40", "D"),
        late.replace("2000000000000", "T").replace("2033-05-18T03:33:20", "D")
    );
    let anonymous = |text: &str, time: &str| {
        let document: Value = serde_json::from_str(text).unwrap();
        let all = &document["assessment-results"];
        let text = text.replace(all["uuid"].as_str().unwrap(), "U");
        text.replace(all["results"][0]["uuid"].as_str().unwrap(), "R").replace(time, "D")
    };
    assert_eq!(anonymous(&before, "2001-09-09T01:46:40"), anonymous(&after, "2033-05-18T03:33:20"));
    assert_ne!(before.get(..80), after.get(..80));
}

#[test]
fn nothing_is_called_compliant_or_satisfied() {
    for (name, report) in reports() {
        for format in [Format::Ocsf, Format::Oscal, Format::OscalMapping] {
            let written = rendered(&report, format, &Style::default());
            assert!(!written.to_lowercase().contains("compliant"), "{name}");
            assert!(!written.contains("\"satisfied\""), "{name}");
        }
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let (_, report) = reports().swap_remove(0);
    let event = events(&rendered(&report, Format::Ocsf, &Style::default())).swap_remove(0);
    for (pointer, value) in [
        ("/status_id", json!(7)),
        ("/time", json!("now")),
        ("/cloud", json!({})),
        ("/compliance/status_id", json!(5)),
        ("/resources/0", json!({"type": "record"})),
        ("/unmapped", json!("text")),
    ] {
        schema::refused(&CLOUD_EVENT, &event, pointer, &value);
    }
    let document = rendered(&report, Format::Oscal, &Style::default());
    let document: Value = serde_json::from_str(&document).unwrap();
    for (pointer, value) in [
        ("/uuid", json!("1")),
        ("/metadata/last-modified", json!("2026-01-02T03:04:05")),
        ("/metadata/version", json!("")),
        ("/results/0/observations", json!([])),
        ("/results/0/title", json!("a\nb")),
        ("/results/0/findings/0/target/target-id", json!("1 2")),
        ("/results/0/findings/0/target/status/state", json!("compliant")),
        ("/results/0/reviewed-controls/control-selections", json!([{}])),
    ] {
        let pointer = format!("/assessment-results{pointer}");
        schema::refused(&RESULTS, &document, &pointer, &value);
    }
}

const CONTROLLED: &str = "\
operation: DescribeInternetOpenPort
policies:
  - id: rdp
    rule: deny RDP if RiskLevel 3
    controls: {nist-800-53r5: [AC-17, SC-7(5)], mlps-2.0-l3: [8.1.3.2 a)]}
  - id: ssh
    rule: deny SSH
    controls: {nist-800-53r5: [AC-17]}
    tags: [T1133]
";

fn controlled() -> Report {
    let text = response(&[BAD, &BAD.replace("RDP", "SSH").replace("3389", "22")], 2);
    let mut report = report(loaded(NAME, CONTROLLED), &[("ports.json", &text)], Terms::STRICT);
    report.policies.frameworks = policy::built_in_frameworks().unwrap().to_vec();
    report
}

#[test]
fn a_mapping_says_which_policies_bear_on_a_control_and_how_closely() {
    let mut report = controlled();
    report.findings[1].disposition = Disposition::Known;
    let mappings = mappings(&rendered(&report, Format::OscalMapping, &Style::default()));
    let mut maps = Vec::new();
    for map in mappings.iter().flat_map(|mapping| list(mapping, "maps")) {
        let ids = |name| list(map, name).iter().map(|one| one["id-ref"].as_str().unwrap());
        let sources: Vec<&str> = ids("sources").collect();
        let target = ids("targets").next().unwrap();
        let target = target.split_once("-8.").map_or(target, |(start, _)| start);
        maps.push((
            property(map, "strength").unwrap(),
            map["relationship"].as_str().unwrap(),
            sources.join(" "),
            target.rsplit_once('-').map_or(target, |(start, hash)| match hash.len() {
                8 => start,
                _ => target,
            }),
        ));
    }
    let expected = [
        ("context", "intersects-with", "ssh", "mitre-attack_T1133"),
        ("direct", "subset-of", "rdp", "mlps-2.0-l3_8.1.3.2_a_"),
        ("direct", "subset-of", "rdp", "sc-7.5"),
        ("partial", "intersects-with", "rdp ssh", "ac-17"),
    ];
    maps.sort_by_key(|(_, _, _, target)| {
        expected.iter().position(|(_, _, _, other)| other == target)
    });
    assert_eq!(maps, expected.map(|(a, b, c, d)| (a, b, c.to_owned(), d)));
    let all = mappings.iter().flat_map(|mapping| list(mapping, "maps"));
    let of = |id: &str| {
        let map = all.clone().find(|map| list(map, "targets")[0]["id-ref"] == id).unwrap();
        ["state", "open", "known"].map(|name| property(map, name).unwrap())
    };
    assert_eq!(of("sc-7.5"), ["not_met", "1", "0"]);
    assert_eq!(of("ac-17"), ["weakness_found", "1", "1"]);
    assert_eq!(of("mitre-attack_T1133"), ["background", "0", "1"]);
}

#[test]
fn what_was_loosened_supports_no_control() {
    let state = |report: &Report| {
        let mappings = mappings(&rendered(report, Format::OscalMapping, &Style::default()));
        let mut maps = mappings.iter().flat_map(|mapping| list(mapping, "maps"));
        let map = maps.find(|map| list(map, "targets")[0]["id-ref"] == "sc-7.5").unwrap();
        (property(map, "state").unwrap().to_owned(), property(map, "reason").map(str::to_owned))
    };
    let of = |text: &str, terms| {
        let mut report = report(loaded(NAME, CONTROLLED), &[("ports.json", text)], terms);
        report.policies.frameworks = policy::built_in_frameworks().unwrap().to_vec();
        report
    };
    let whole = response(&[&calm()], 1);
    let mut report = of(&whole, Terms::STRICT);
    assert_eq!(state(&report), ("supported".to_owned(), None));
    report.policies.policies[0].replaced.push("busy".to_owned());
    assert_eq!(state(&report).0, "loosened");
    let accepted = Terms { allow_partial: true, ..Terms::STRICT };
    assert_eq!(state(&of(&response(&[&calm()], 2), accepted)).0, "loosened");
    let (lacking, reason) = state(&of(&response(&[&calm()], 2), Terms::STRICT));
    assert_eq!(lacking, "evidence_not_whole");
    assert!(reason.is_some());
}

#[test]
fn a_mapping_is_valid_and_not_empty_whatever_was_judged() {
    for (name, report) in reports() {
        let written = rendered(&report, Format::OscalMapping, &Style::default());
        let mappings = mappings(&written);
        let maps = mappings.iter().flat_map(|mapping| list(mapping, "maps"));
        let sources = maps.flat_map(|map| list(map, "sources"));
        let sources: HashSet<_> = sources.filter_map(|one| property(one, "policy")).collect();
        let policies = report.policies.policies.iter();
        let naming = policies.filter(|policy| !policy.controls.is_empty());
        let naming: HashSet<&str> = naming.map(|policy| policy.id.as_str()).collect();
        assert_eq!(sources, naming, "{name}");
        let code = format!("(exit {})", report.verdict.exit_code());
        assert!(written.contains(&code), "{name}");
        let is_lacking = report.verdict.exit_code() == 3;
        assert_eq!(written.contains("insufficient evidence: "), is_lacking, "{name}");
    }
    let all = hostile::load_problems();
    assert_eq!(mappings(&shown(&all, Format::OscalMapping, &Style::default())).len(), 1);
}

#[test]
fn a_finding_is_about_a_control_where_a_failure_alone_shows_it_is_not_met() {
    let result = oscal(&controlled());
    let findings = list(&result, "findings").iter();
    let targets: Vec<&str> =
        findings.map(|finding| finding["target"]["target-id"].as_str().unwrap()).collect();
    assert_eq!(targets, ["sc-7.5_obj", "ssh_obj"]);
    let selections = list(&result["reviewed-controls"], "control-selections");
    let frameworks: Vec<_> = selections.iter().map(|one| property(one, "framework")).collect();
    let expected = ["portcullis", "mlps-2.0-l3", "nist-800-53r5"].map(Some);
    assert_eq!(frameworks, expected);
}
