//! Revisions of real policies, against what the engine makes of records.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::bench::of_everything;
use super::*;
use crate::analysis::Approved;
use crate::engine::{Judge, Program, Tracer, Truth};
use crate::operation::Catalogue;
use crate::policy;
use crate::snapshot::{self, Hashes, Plan};
use crate::text::Source;
use crate::triage::FailOn;
use crate::triage::{self, JudgedFile};

const RUN: Run = Run { today: jiff::civil::date(1970, 1, 1), when_unknown: WhenUnknown::Fail };

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::built_in().unwrap());

fn policies(name: &str, text: &str) -> PolicySet {
    policy::load(&[Source::new(name, text)], &CATALOGUE, &[]).unwrap()
}

fn side(name: &str, text: &str) -> Policies {
    Policies { source: Arc::from(name), set: policies(name, text), report: None }
}

/// A side that has judged records.
fn judged(name: &str, text: &str, records: &[&str], terms: Terms) -> Policies {
    let mut side = side(name, text);
    side.report = Some(report(&side.set, records, records.len(), terms));
    side
}

fn report(set: &PolicySet, records: &[&str], total: usize, terms: Terms) -> Report {
    let operation = Arc::clone(CATALOGUE.only().unwrap());
    let run = Run { when_unknown: terms.when_unknown, ..RUN };
    let program = Program::new(set, &operation, run).unwrap();
    let plan = Plan { operation, slots: program.slots().to_vec(), hashes: Hashes::Left };
    let name: Arc<str> = Arc::from("evidence.json");
    let mut judge = Judge::new(&program, &name);
    let list = records.join(",");
    let text = format!(r#"{{"PageInfo": {{"TotalCount": {total}}}, "DataList": [{list}]}}"#);
    let file = snapshot::read(text.as_bytes(), &name, &plan, &mut judge).unwrap();
    let (found, _) = judge.finish();
    triage::finish(set.clone(), vec![JudgedFile { file, found }], &[], terms)
}

fn revision(old: &str, new: &str) -> Revision {
    Revision::new(side("old.yaml", old), side("new.yaml", new), Terms::STRICT)
}

/// One rule becomes another one.
fn changed(old: &str, new: &str) -> Revision {
    let file = |rule: &str| format!("policies:\n  - id: p\n    rule: {rule}\n");
    revision(&file(old), &file(new))
}

fn words(revision: &Revision) -> Vec<(&str, &'static str, &'static str, Option<bool>)> {
    let word = |change| {
        let policy = revision.policy(change).unwrap();
        let change: &PolicyChange = change;
        (policy.id.as_str(), change.fate.name(), change.tendency().name(), change.lets_through())
    };
    revision.policies.iter().map(word).collect()
}

#[test]
fn a_condition_is_compared_over_all_records() {
    for (old, new, expected) in [
        ("deny RDP", "deny   RDP", "equivalent"),
        ("deny RDP", "deny if ServiceNameList contains rdp", "equivalent"),
        ("deny RDP, SSH", "deny SSH or RDP", "equivalent"),
        ("deny RDP if RiskLevel >= 2", "deny RDP if RiskLevel in [2, 3]", "equivalent"),
        ("deny if not (Port > 5 or approved)", "deny if Port <= 5 unless approved", "equivalent"),
        ("deny RDP if RiskLevel 3", "deny RDP if RiskLevel >= 2", "stricter"),
        ("deny RDP unless approved", "deny RDP", "stricter"),
        ("deny if Port 1..9", "deny if Port 1..10", "stricter"),
        ("deny if traffic > 1GB", "deny if traffic > 1000MB", "equivalent"),
        ("deny if traffic > 1GB", "deny if traffic >= 1GB", "stricter"),
        ("deny RDP", "deny RDP if RiskLevel 3", "looser"),
        ("deny RDP", "deny RDP unless approved", "looser"),
        // What was not known passes.
        ("deny if RiskLevel 3", "deny if RiskLevel 3 and RiskLevel is known", "looser"),
        ("deny RDP", "deny RDP unless ServiceNameList contains Unknown", "looser"),
        ("deny RDP", "deny SSH", "different"),
        ("deny if Port 1..9", "deny if Port 2..10", "different"),
        ("deny if RiskReason starts with ab", "deny if RiskReason contains a", "stricter"),
        ("deny RDP if RiskReason ends with ab", "deny RDP if RiskReason ends with b", "stricter"),
        ("deny if RiskReason starts with ab", "deny if RiskReason ends with ab", "different"),
        ("deny if RiskReason matches ab", "deny if RiskReason matches \"a|ab\"", "stricter"),
        ("deny if InBytes > OutBytes", "deny if OutBytes < InBytes", "equivalent"),
        ("deny if InBytes > OutBytes", "deny if InBytes >= OutBytes", "stricter"),
        ("deny if count > 3", "deny if count > 3", "equivalent"),
        ("deny if count > 3", "deny if count > 4", "undecided"),
    ] {
        let forth = changed(old, new);
        assert_eq!(forth.policies[0].tendency().name(), expected, "{old} → {new}");
        let back = changed(new, old);
        let mirrored = match expected {
            "stricter" => "looser",
            "looser" => "stricter",
            other => other,
        };
        assert_eq!(back.policies[0].tendency().name(), mirrored, "{new} → {old}");
        let expected = match expected {
            "equivalent" | "stricter" => Verdict::Clean,
            "looser" | "different" => Verdict::Violations,
            _ => Verdict::InsufficientEvidence,
        };
        assert_eq!(forth.verdict, expected, "{old} → {new}: {:?}", forth.notes);
    }
}

#[test]
fn a_bound_that_is_wider_lets_nothing_through_whatever_it_is_on() {
    for (old, new, lets_through) in [
        ("deny if count > 4", "deny if count > 3", Some(false)),
        ("deny if count > 4", "deny if count >= 4", Some(false)),
        ("deny if count >= 4", "deny if count > 4", None),
        ("deny if count < 3", "deny if count <= 3", Some(false)),
        ("deny if count < 3", "deny if count < 2", None),
        ("deny RDP if count > 4", "deny SSH if count > 3", None),
        ("deny if count > 4 and sum(traffic) > 1GB", "deny if count > 3", Some(false)),
        ("deny if count > 4", "deny if count > 5 or count > 3", Some(false)),
        ("deny if not (count <= 4)", "deny if not (count <= 3)", Some(false)),
        ("deny if not (count <= 3)", "deny if not (count <= 4)", None),
        // Bounds make the first true and the second unknown.
        ("deny if count <= 3", "deny if count < 3 or count = 3", None),
        ("deny if InBytes - OutBytes > 4", "deny if InBytes - OutBytes > 3", Some(false)),
    ] {
        let revision = changed(old, new);
        assert_eq!(revision.policies[0].lets_through(), lets_through, "{old} → {new}");
        let verdict =
            if lets_through.is_some() { Verdict::Clean } else { Verdict::InsufficientEvidence };
        assert_eq!(revision.verdict, verdict, "{old} → {new}");
    }
}

#[test]
fn an_example_is_short_and_says_what_both_make_of_it() {
    for (old, new, record, came) in [
        (
            "deny RDP",
            "deny RDP if RiskLevel 3",
            r#"{"RiskLevel": 1, "ServiceNameList": ["RDP"]}"#,
            "fail pass",
        ),
        ("deny if Port 1..9", "deny if Port 2..9", r#"{"Port": 1}"#, "fail pass"),
        (
            "deny if RiskLevel 3",
            "deny if RiskLevel 3 and RiskLevel is known",
            "{}",
            "inconclusive pass",
        ),
        ("deny if traffic > 1KB", "deny if traffic > 2KB", r#"{"TotalBytes": 2000}"#, "fail pass"),
        (
            "deny if OutBytes > 5 * InBytes",
            "deny if OutBytes > 6 * InBytes",
            r#"{"InBytes": 1, "OutBytes": 6}"#,
            "fail pass",
        ),
        (
            "deny if RiskReason contains ab",
            "deny if RiskReason starts with ab",
            r#"{"RiskReason": "aab"}"#,
            "fail pass",
        ),
    ] {
        let revision = changed(old, new);
        let condition = revision.policies[0].condition.as_ref().unwrap();
        let example = condition.less.example().unwrap();
        let name = |outcome: Option<Outcome>| outcome.map_or("pass", Outcome::name);
        assert_eq!(example.example.record(), record, "{old} → {new}");
        assert_eq!(format!("{} {}", name(example.old), name(example.new)), came, "{old} → {new}");
        assert_eq!(example.example.approved, None);
    }
    let approved = changed("deny RDP", "deny RDP unless approved");
    let example = approved.policies[0].passing.as_ref().and_then(Seen::example).unwrap();
    assert_eq!(example.example.approved, Some(Approved::Yes));
}

#[test]
fn policies_are_the_same_by_their_ids_else_by_what_they_say() {
    let old = "policies:\n  - deny RDP\n  - deny SSH\n  - {id: a, rule: deny FTP}\n  - {id: b, rule: deny VNC}\n  - deny X11\n";
    let new = "policies:\n  - deny SSH\n  - deny VNC, RDP\n  - {id: c, rule: deny ftp}\n  - {id: d, rule: deny VNC if RiskLevel 3}\n  - alert NTP\n";
    assert_eq!(
        words(&revision(old, new)),
        [
            ("deny-vnc-rdp", "renamed", "stricter", Some(false)),
            ("deny-ssh", "same", "equivalent", Some(false)),
            ("c", "renamed", "equivalent", Some(false)),
            ("b", "removed", "looser", Some(false)),
            ("deny-x11", "removed", "looser", Some(true)),
            ("d", "added", "stricter", Some(false)),
            ("alert-ntp", "added", "stricter", Some(false)),
        ]
    );
}

#[test]
fn what_others_catch_does_not_pass() {
    let one = "policies: [{id: a, rule: deny RDP, severity: high}]";
    for (new, by, verdict) in [
        ("[{id: b, rule: 'deny RDP, SSH'}, {id: a, rule: deny VNC}]", Some(0), Verdict::Clean),
        (
            "[{id: b, rule: deny RDP if Port < 9}, {id: c, rule: deny RDP if Port >= 9 or Port is unknown}]",
            None,
            Verdict::Clean,
        ),
        (
            "[{id: b, rule: deny RDP if Port < 9}, {id: c, rule: deny RDP if Port > 9 or Port is unknown}]",
            None,
            Verdict::Violations,
        ),
        ("[{id: b, rule: 'alert RDP, SSH'}]", None, Verdict::Violations),
        ("[{id: b, rule: 'deny RDP, SSH', severity: low}]", None, Verdict::Violations),
        ("[{id: b, rule: 'deny RDP, SSH', when_unknown: report}]", None, Verdict::Violations),
    ] {
        let revision = revision(one, &format!("policies: {new}"));
        let first = &revision.policies[0];
        assert_eq!((revision.verdict, first.covered_by), (verdict, by), "{new}");
        assert_eq!(revision.lets_through, verdict == Verdict::Violations, "{new}");
        if verdict == Verdict::Violations {
            assert!(first.passing.as_ref().unwrap().example().is_some(), "{new}");
        }
    }
}

#[test]
fn what_a_policy_says_beside_its_condition_counts_too() {
    let file = |more: &str| format!("policies:\n  - {{id: p, rule: deny RDP{more}}}\n");
    for (old, new, names, tendency, verdict) in [
        ("", ", severity: critical", "severity", "stricter", Verdict::Clean),
        ("", ", severity: low", "severity", "looser", Verdict::Violations),
        ("", ", when_unknown: report", "when_unknown", "looser", Verdict::Violations),
        (", when_unknown: pass", "", "when_unknown", "stricter", Verdict::Clean),
        ("", ", when_unknown: fail", "", "equivalent", Verdict::Clean),
        (", at_most: 2", ", at_most: 3", "at_most", "looser", Verdict::Violations),
        ("", ", at_most: 1", "at_most", "looser", Verdict::Violations),
        (", at_most: 1", "", "at_most", "stricter", Verdict::Clean),
        (
            "",
            ", title: x, message: y, why: z, tags: [t]",
            "title message why tags",
            "equivalent",
            Verdict::Clean,
        ),
        (
            "",
            ", remediation: a, references: [\"https://a.b\"], controls: {pci-dss-4.0.1: [1.4.4]}",
            "remediation references controls",
            "equivalent",
            Verdict::Clean,
        ),
        (
            "",
            ", cases: [{record: {ServiceNameList: [RDP]}, expect: deny}]",
            "cases",
            "equivalent",
            Verdict::Clean,
        ),
        (" if Port 1", ", severity: low", "severity", "different", Verdict::Violations),
    ] {
        let revision = revision(&file(old), &file(new));
        let change = &revision.policies[0];
        let parts: Vec<&str> = change.parts.iter().map(|part| part.name).collect();
        assert_eq!(parts.join(" "), names, "{new}");
        assert_eq!((change.tendency().name(), revision.verdict), (tendency, verdict), "{new}");
    }
    let milder = revision(
        "policies: [{id: p, rule: deny RDP}]",
        "policies: [{id: p, rule: alert RDP, severity: high}]",
    );
    assert_eq!(milder.policies[0].tendency(), Tendency::Looser);
    assert_eq!(milder.verdict, Verdict::Violations, "its old effect decides");
}

#[test]
fn only_what_decides_ends_in_a_verdict() {
    let (old, new) = ("policies: [alert RDP, deny SSH]", "policies: [deny SSH]");
    for (fail_on, verdict) in [
        (FailOn::Deny, Verdict::Clean),
        (FailOn::Alert, Verdict::Violations),
        (FailOn::Never, Verdict::Clean),
    ] {
        let terms = Terms { fail_on, ..Terms::STRICT };
        let revision = Revision::new(side("old", old), side("new", new), terms);
        assert_eq!(revision.verdict, verdict, "{fail_on:?}");
        assert_eq!(revision.policies[0].lets_through(), Some(true));
    }
}

#[test]
fn an_approval_that_is_added_or_lasts_longer_lets_something_through() {
    let file =
        |rule: &str, approvals: &str| format!("policies: [{rule}]\napprovals: [{approvals}]\n");
    let approval = |what: &str, expires: &str| {
        format!("{{{what}, owner: o, reason: r, approved_by: b, expires: {expires}}}")
    };
    let (rule, free) = ("deny RDP unless approved", "deny RDP");
    let (long, short) =
        (approval("service: RDP", "1970-03-01"), approval("service: RDP", "1970-02-01"));
    let past = approval("service: RDP", "1969-02-01");
    let other = approval("service: SSH, port: 22", "1970-03-01");
    for (rule, old, new, fates, verdict) in [
        (rule, &short, &short, "", Verdict::Clean),
        (rule, &short, &long, "extended", Verdict::Violations),
        (rule, &long, &short, "shortened", Verdict::Clean),
        (rule, &long, &other, "removed added", Verdict::Violations),
        (rule, &past, &other, "removed added", Verdict::Violations),
        (rule, &other, &past, "removed added", Verdict::Clean),
        (free, &short, &long, "extended", Verdict::Clean),
    ] {
        let revision = revision(&file(rule, old), &file(rule, new));
        let found: Vec<&str> = revision.approvals.iter().map(|change| change.fate.name()).collect();
        assert_eq!((found.join(" ").as_str(), revision.verdict), (fates, verdict), "{old} → {new}");
    }
}

const RDP: &str = r#"{"Port": 1, "Protocol": "tcp", "ServiceNameList": ["RDP"], "RiskLevel": 2}"#;
const SSH: &str = r#"{"Port": 2, "Protocol": "tcp", "ServiceNameList": ["SSH"], "RiskLevel": 3}"#;
const UNSURE: &str =
    r#"{"Port": 3, "Protocol": "tcp", "ServiceNameList": ["RDP"], "RiskLevel": -1}"#;

/// What becomes of findings, as `list policy port`.
fn found(revision: &Revision) -> Vec<String> {
    let lists = revision.findings.as_ref().unwrap().lists();
    let all = lists.into_iter().flat_map(|(name, list)| list.iter().map(move |one| (name, one)));
    all.map(|(name, shift)| {
        let [old, new] = revision.found(shift);
        let (report, finding) = new.or(old).unwrap();
        format!("{name} {} {}", report.policy(&finding).id, report.identity(&finding)[0].1)
    })
    .collect()
}

#[test]
fn findings_on_the_evidence_are_compared_by_policy_and_record() {
    let rule = |text: &str| format!("policies: [{{id: p, rule: '{text}'}}]");
    for (old, new, expected, verdict) in [
        ("deny RDP", "deny RDP", "unchanged p 1, unchanged p 3", Verdict::Clean),
        ("deny SSH", "deny SSH, RDP", "new p 1, new p 3, unchanged p 2", Verdict::Violations),
        ("deny RDP, SSH", "deny SSH", "lost p 1, lost p 3, unchanged p 2", Verdict::Violations),
        // Inconclusive before, and fails now.
        ("deny RDP if RiskLevel 2", "deny RDP", "worsened p 3, unchanged p 1", Verdict::Violations),
        ("deny RDP", "deny RDP if RiskLevel 2", "eased p 3, unchanged p 1", Verdict::Violations),
        ("deny RDP", "alert RDP", "eased p 1, eased p 3", Verdict::Violations),
        ("alert SSH", "alert SSH, RDP", "new p 1, new p 3, unchanged p 2", Verdict::Clean),
    ] {
        let records = [RDP, SSH, UNSURE];
        let side = |name, text: &str| judged(name, &rule(text), &records, Terms::STRICT);
        let revision = Revision::new(side("old", old), side("new", new), Terms::STRICT);
        assert_eq!(found(&revision).join(", "), expected, "{old} → {new}");
        assert_eq!(revision.verdict, verdict, "{old} → {new}");
    }
}

#[test]
fn a_finding_that_is_new_and_inconclusive_is_insufficient_evidence() {
    let side = |name, rule: &str| {
        judged(name, &format!("policies: [{{id: p, rule: {rule}}}]"), &[UNSURE], Terms::STRICT)
    };
    let revision = Revision::new(
        side("old", "deny VNC"),
        side("new", "deny if RiskLevel 3 or ServiceNameList contains VNC"),
        Terms::STRICT,
    );
    assert_eq!(found(&revision), ["new p 3"]);
    assert_eq!(revision.verdict, Verdict::InsufficientEvidence);
}

#[test]
fn evidence_that_is_not_whole_decides_nothing() {
    let partial = |name: &str, terms| {
        let mut side = side(name, "policies: [deny RDP]");
        side.report = Some(report(&side.set, &[RDP], 2, terms));
        side
    };
    let terms = Terms::STRICT;
    let revision = Revision::new(partial("old", terms), partial("new", terms), terms);
    assert_eq!(revision.verdict, Verdict::InsufficientEvidence);
    assert_eq!(revision.notes[0].code, "policy-diff/not-whole");
    let terms = Terms { allow_partial: true, ..terms };
    let revision = Revision::new(partial("old", terms), partial("new", terms), terms);
    assert_eq!((revision.verdict, revision.loosened.len()), (Verdict::Clean, 1));
}

/// Rules over few fields, so that they meet.
fn rules() -> impl Strategy<Value = String> {
    const ATOMS: [&str; 35] = [
        "RiskReason contains b",
        "RiskReason ends with ab",
        "RiskReason ends with b",
        "ServiceNameList starts with RD",
        "InBytes - OutBytes > 1",
        "InBytes - OutBytes >= 2",
        "InBytes - OutBytes <= 2",
        "InBytes - OutBytes < 1",
        "RiskLevel 3",
        "RiskLevel >= 2",
        "RiskLevel -1",
        "RiskLevel != 1",
        "RiskLevel is known",
        "SuggestLevel in [0, 30]",
        "Port 1..3",
        "Port in [1, 22]",
        "Port > 2",
        "Port is unknown",
        "Protocol tcp",
        "Protocol is known",
        "ServiceNameList contains RDP",
        "ServiceNameList contains SSH",
        "ServiceNameList contains any of [RDP, SSH]",
        "ServiceNameList contains Unknown",
        "ServiceNameList is empty",
        "ServiceNameList starts with R",
        "traffic > 2",
        "TotalBytes < 3",
        "TotalBytes is known",
        "InBytes > OutBytes",
        "InBytes > 2 * OutBytes",
        "RiskReason starts with a",
        "RiskReason matches \"^a|b\"",
        "RiskReason in [a, b]",
        "approved",
    ];
    let atom = prop::sample::select(&ATOMS[..]).prop_map(str::to_owned);
    let expression = atom.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    });
    expression.prop_map(|expression| format!("deny if {expression}"))
}

/// Rules about all records of a snapshot.
fn bounds() -> impl Strategy<Value = String> {
    let aggregate =
        prop::sample::select(&["count", "count(RiskLevel 3)", "distinct(RiskLevel)"][..]);
    let operator = prop::sample::select(&[">", ">=", "<", "<=", "="][..]);
    let atom = (aggregate, operator, 1..4_i64);
    let atom = atom.prop_map(|(what, operator, number)| format!("{what} {operator} {number}"));
    let expression = atom.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    });
    expression.prop_map(|expression| format!("deny if {expression}"))
}

fn members(name: &'static str, values: &'static [&'static str]) -> impl Strategy<Value = String> {
    let value = prop::option::weighted(0.7, prop::sample::select(values));
    value.prop_map(move |value| {
        value.map_or(String::new(), |value| format!("\"{name}\": {value}, "))
    })
}

fn records() -> impl Strategy<Value = String> {
    const SERVICES: [&str; 10] = [
        "[]",
        "null",
        "[\"RDP\"]",
        "[\"ssh\"]",
        "[\"SSH\", \"RDP\"]",
        "\"rdp\"",
        "[\"Unknown\"]",
        "[\"X\", null]",
        "[\"RDP\", \"Unknown\"]",
        "7",
    ];
    let members = (
        members("RiskLevel", &["1", "2", "3", "-1", "\"3\"", "9", "null", "\"x\""]),
        members("SuggestLevel", &["0", "-1", "10", "30"]),
        members("Port", &["0", "1", "2", "3", "22", "3.5", "\"2\"", "70000"]),
        members("Protocol", &["\"tcp\"", "\"UDP\"", "\"\"", "1"]),
        members("ServiceNameList", &SERVICES),
        members("TotalBytes", &["0", "2", "3", "1e400", "-1", "null"]),
        members("InBytes", &["0", "1", "2", "5", "\"x\""]),
        members("OutBytes", &["0", "1", "2", "3"]),
        members("RiskReason", &["\"\"", "\"a\"", "\"ab\"", "\"b\"", "\"x\"", "null"]),
    );
    members.prop_map(|(a, b, c, d, e, f, g, h, i)| {
        let all = [a, b, c, d, e, f, g, h, i].concat();
        format!("{{{}}}", all.trim_end_matches(", "))
    })
}

/// Approvals of everything, of what has a port, of TCP, and of some services.
fn registers(set: &PolicySet) -> Vec<Vec<Approval>> {
    let any = of_everything(&set.policies[0].location);
    let services = vec!["rdp".to_owned(), "x".to_owned()];
    vec![
        Vec::new(),
        vec![any.clone()],
        vec![Approval { ports: Some(1..=2), ..any.clone() }],
        vec![Approval { protocol: Some("tcp".to_owned()), ..any.clone() }],
        vec![Approval { services, ..any }],
    ]
}

/// What both policies make of a record, under a register.
fn truths(
    old: &Policy,
    new: &Policy,
    approvals: &[Approval],
    records: &[String],
) -> Vec<[Truth; 2]> {
    let policies = vec![old.clone(), new.clone()];
    let set = PolicySet { policies, approvals: approvals.to_vec(), ..PolicySet::default() };
    let program = Program::new(&set, &old.operation, RUN).unwrap();
    let mut tracer = Tracer::new(&program);
    let mut truth = |policy, record: &String| tracer.trace_text(policy, record).unwrap().truth;
    records.iter().map(|record| [truth(old, record), truth(new, record)]).collect()
}

/// What checking a record as evidence makes of a policy.
fn outcome_of(policy: &Policy, record: &str) -> Option<Outcome> {
    let set = PolicySet { policies: vec![policy.clone()], ..PolicySet::default() };
    let report = report(&set, &[record], 1, Terms::STRICT);
    report.findings.first().map(|finding| finding.outcome)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_claimed_that_a_record_contradicts(
        (old, new) in (rules(), rules()), records in prop::collection::vec(records(), 1..40),
    ) {
        let forth = changed(&old, &new);
        let change = &forth.policies[0];
        let (old, new) = (&forth.old.set.policies[0], &forth.new.set.policies[0]);
        for approvals in registers(&forth.old.set) {
            for (record, [was, is]) in records.iter().zip(truths(old, new, &approvals, &records)) {
                prop_assert!(change.holds_up_less() != Some(false) || is >= was, "{record}");
                prop_assert!(change.holds_up_more() != Some(false) || is <= was, "{record}");
                prop_assert!(change.lets_through() != Some(false) || is >= was, "{record}");
            }
        }
        let condition = change.condition.as_ref().unwrap();
        for (seen, is_less) in [(&condition.less, true), (&condition.more, false)] {
            let Some(example) = seen.example() else { continue };
            let weight = |outcome: Option<Outcome>| outcome.map(|one| one == Outcome::Fail);
            prop_assert_eq!(weight(example.new) < weight(example.old), is_less);
            if example.example.approved.is_none() {
                prop_assert_eq!(outcome_of(old, &example.example.record()), example.old);
                prop_assert_eq!(outcome_of(new, &example.example.record()), example.new);
            }
        }
    }

    #[test]
    fn nothing_is_claimed_of_aggregates_that_a_snapshot_contradicts(
        (old, new) in (bounds(), bounds()),
        risks in prop::collection::vec(prop::sample::select(&[1, 3, -1][..]), 0..6),
        missing in 0_usize..2,
    ) {
        let revision = changed(&old, &new);
        let change = &revision.policies[0];
        let record = |(port, risk): (usize, &i64)| {
            format!(r#"{{"Port": {port}, "Protocol": "tcp", "RiskLevel": {risk}}}"#)
        };
        let records: Vec<String> = risks.iter().enumerate().map(record).collect();
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let outcome = |set: &PolicySet| {
            let report = report(set, &records, records.len() + missing, Terms::STRICT);
            report.findings.first().map(|finding| finding.outcome == Outcome::Fail)
        };
        let (was, is) = (outcome(&revision.old.set), outcome(&revision.new.set));
        prop_assert!(change.lets_through() != Some(false) || is >= was, "{old} → {new}");
        prop_assert!(change.holds_up_more() != Some(false) || is <= was, "{old} → {new}");
    }

    #[test]
    fn the_other_way_round_it_is_the_other_way_round((old, new) in (rules(), rules())) {
        let (forth, back) = (changed(&old, &new), changed(&new, &old));
        let (forth, back) = (&forth.policies[0], &back.policies[0]);
        prop_assert_eq!(forth.holds_up_less(), back.holds_up_more());
        prop_assert_eq!(forth.holds_up_more(), back.holds_up_less());
        let same = changed(&old, &old);
        prop_assert_eq!(same.verdict, Verdict::Clean);
        prop_assert_eq!(same.policies[0].fate, PolicyFate::Same);
    }

    #[test]
    fn what_is_not_let_through_is_caught_by_some_new_policy(
        old in rules(),
        new in prop::collection::vec(rules(), 1..4),
        records in prop::collection::vec(records(), 1..40),
    ) {
        let list = new.iter().enumerate();
        let list: Vec<String> = list.map(|(at, rule)| format!("  - {{id: n{at}, rule: '{rule}'}}\n")).collect();
        let revision = revision(
            &format!("policies:\n  - {{id: o, rule: '{old}'}}\n"),
            &format!("policies:\n{}", list.concat()),
        );
        let old = &revision.old.set.policies[0];
        let first = &revision.policies[0];
        for approvals in registers(&revision.old.set) {
            let mut most = vec![Truth::False; records.len()];
            let mut own = Vec::new();
            for new in &revision.new.set.policies {
                let truths = truths(old, new, &approvals, &records);
                most.iter_mut().zip(&truths).for_each(|(most, [_, new])| *most = (*most).max(*new));
                own = truths.iter().map(|[old, _]| *old).collect();
            }
            for ((own, most), record) in own.iter().zip(&most).zip(&records) {
                prop_assert!(first.lets_through() != Some(false) || most >= own, "{record}");
            }
        }
    }
}
