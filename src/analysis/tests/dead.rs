//! Rules of the built-in operation, by what loading and linting say about them and which words they show.

use crate::analysis::{Depth, problems};
use crate::operation::Catalogue;
use crate::policy;
use crate::text::{Place, Problem, Source};

/// The problems of one rule.
fn lint(catalogue: &Catalogue, rule: &str, depth: Depth) -> Vec<Problem> {
    let rule = if rule.starts_with("deny") { rule.to_owned() } else { format!("deny if {rule}") };
    let text = format!("policies:\n  - >-\n    {rule}\n");
    let set = policy::load(&[Source::new("p.yaml", text)], catalogue, &[]);
    let set = set.unwrap_or_else(|problems| panic!("{rule}: {problems:?}"));
    problems(&set, depth)
}

/// Compares the codes and the words of every rule, and reports all that differ.
fn assert_shown<'a>(depth: Depth, cases: impl Iterator<Item = (&'a str, Vec<(&'a str, &'a str)>)>) {
    let catalogue = Catalogue::built_in().unwrap();
    let mut others = Vec::new();
    for (rule, expected) in cases {
        let problems = lint(&catalogue, rule, depth);
        assert!(problems.iter().all(|problem| problem.help.is_some()), "{rule}");
        let found: Vec<_> = problems.iter().map(shown).collect();
        if found != expected {
            others.push(format!("{rule}: {found:?}, expected {expected:?}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

fn shown(problem: &Problem) -> (&str, &str) {
    match &problem.place {
        Place::Text(location) => (&problem.code, location.text()),
        place => panic!("{place:?}"),
    }
}

/// A policy that can never fire is an error while loading, at the words that are read last of those that
/// exclude each other.
#[test]
fn what_can_never_fire_is_refused_at_its_words() {
    let expected = |words| vec![("policy/never-fires", words)];
    assert_shown(Depth::Each, DEAD.iter().map(|(rule, words)| (*rule, expected(*words))));
}

/// Rules that fire on some record, or snapshot, and of which that is found.
#[test]
fn what_can_fire_is_neither_refused_nor_undecided() {
    assert_shown(Depth::Everything, ALIVE.iter().map(|rule| (*rule, Vec::new())));
}

#[test]
fn what_cannot_be_decided_is_said_and_refuses_nothing() {
    let catalogue = Catalogue::built_in().unwrap();
    for rule in [
        "InBytes * OutBytes = 7",
        "2 * InBytes + 3 * OutBytes = 1",
        "Port * Port = 2",
        "InBytes * OutBytes > TotalBytes and InBytes > 7",
        "count * count = 2",
        r#"ProbRisk matches "(a|b)*a(a|b){12}c" and not ProbRisk matches "(b|a)*b(a|b){12}c" and ProbRisk contains "c""#,
    ] {
        let problems = lint(&catalogue, rule, Depth::Everything);
        let codes: Vec<_> = problems.iter().map(|problem| problem.code.as_str()).collect();
        assert_eq!(codes, ["policy/undecided"], "{rule}");
        assert_eq!(lint(&catalogue, rule, Depth::Each), [], "{rule}");
    }
}

#[test]
fn parts_that_never_matter_are_warned_of_at_their_words() {
    let cases = IDLE.iter().map(|(rule, code, words)| (*rule, vec![(*code, *words)]));
    assert_shown(Depth::Each, cases);
}

#[test]
fn a_pattern_that_matches_nothing_is_an_error_wherever_it_stands() {
    let catalogue = Catalogue::built_in().unwrap();
    for rule in [
        r#"Port 22 or ProbRisk matches "a^""#,
        r#"Port 22 unless ProbRisk matches "$a""#,
        r#"Port 22 and not ProbRisk matches "\b\B""#,
        r#"Port 22 or ServiceNameList matches "[^\s\S]""#,
        r#"count(Port 22 or ProbRisk matches "x(?m:^)") > 3"#,
        r#"Port 22 or ProbRisk matches "(a^|$b)+""#,
    ] {
        let problems = lint(&catalogue, rule, Depth::Each);
        let errors: Vec<_> = problems
            .iter()
            .filter(|problem| problem.level == crate::text::Level::Error)
            .map(|problem| problem.code.as_str())
            .collect();
        assert_eq!(errors, ["policy/matches-nothing"], "{rule}");
    }
}

#[test]
fn a_policy_that_is_unknown_with_its_field_says_so_or_is_warned_of() {
    let catalogue = Catalogue::built_in().unwrap();
    for (rule, is_warned) in [
        ("RiskLevel 3", true),
        ("RiskLevel >= medium", true),
        ("not RiskLevel low", true),
        ("SuggestLevel 30 or SuggestLevel 20", true),
        ("RiskLevel 3 or RiskLevel is unknown", false),
        ("RiskLevel 3 and RiskLevel is known", false),
        ("RiskLevel in_assessment", false),
        ("deny RDP if RiskLevel 3", false),
        ("RiskLevel 3 and traffic > 0", false),
        ("Port 22", false),
    ] {
        let problems = lint(&catalogue, rule, Depth::Everything);
        let codes: Vec<_> = problems.iter().map(|problem| problem.code.as_str()).collect();
        let expected: &[&str] = if is_warned { &["policy/inconclusive-when-unknown"] } else { &[] };
        assert_eq!(codes, expected, "{rule}");
    }
    let text = "policies:\n  - {rule: deny if RiskLevel 3, why: x, when_unknown: report}\n";
    let set = policy::load(&[Source::new("p.yaml", text)], &catalogue, &[]).unwrap();
    assert_eq!(problems(&set, Depth::Everything), []);
}

#[test]
fn the_packs_have_nothing_to_complain_about() {
    let catalogue = Catalogue::built_in().unwrap();
    let packs = policy::packs(&crate::policy::Project::default().packs, true);
    let set = policy::load(&packs, &catalogue, &[]).unwrap();
    assert!(set.policies.len() > 20);
    assert_eq!(problems(&set, Depth::Everything), []);
}

const DEAD: &[(&str, &str)] = &[
    // Orders and ranges.
    ("traffic < 0", "traffic < 0"),
    ("RiskLevel > 3", "RiskLevel > 3"),
    ("RiskLevel < 1", "RiskLevel < 1"),
    ("SuggestLevel < allow", "SuggestLevel < allow"),
    ("SuggestLevel > deny", "SuggestLevel > deny"),
    ("Port 22 and RiskLevel > high", "RiskLevel > high"),
    ("InBytes < 0", "InBytes < 0"),
    ("traffic > 9223372036854775807", "traffic > 9223372036854775807"),
    // Arithmetic.
    ("Port * 2 > 200000", "Port * 2 > 200000"),
    ("200000 < 2 * Port", "200000 < 2 * Port"),
    ("Port + 1 > 65536", "Port + 1 > 65536"),
    ("Port - PublicIpNum > 65535", "Port - PublicIpNum > 65535"),
    ("Port * 3 = 100", "Port * 3 = 100"),
    ("Port / 2 > 40000", "Port / 2 > 40000"),
    ("Port * -1 > 0", "Port * -1 > 0"),
    ("(Port + 1) * 2 < 2", "(Port + 1) * 2 < 2"),
    ("InBytes * OutBytes < 0", "InBytes * OutBytes < 0"),
    ("2 * InBytes + 4 * OutBytes = 7", "2 * InBytes + 4 * OutBytes = 7"),
    // Percent.
    (
        "TrafficPercent1Day + TrafficPercent7Day > 200",
        "TrafficPercent1Day + TrafficPercent7Day > 200",
    ),
    (
        "TrafficPercent1Day > 100% + TrafficPercent7Day",
        "TrafficPercent1Day > 100% + TrafficPercent7Day",
    ),
    ("TrafficPercent1Day * 2 < TrafficPercent1Day", "TrafficPercent1Day * 2 < TrafficPercent1Day"),
    (
        "TrafficPercent1Day - TrafficPercent7Day > 100",
        "TrafficPercent1Day - TrafficPercent7Day > 100",
    ),
    ("TrafficPercent1Day / 2 > 50", "TrafficPercent1Day / 2 > 50"),
    // Two fields.
    ("InBytes > OutBytes and OutBytes > InBytes", "OutBytes > InBytes"),
    ("InBytes > OutBytes and InBytes is unknown", "InBytes is unknown"),
    ("InBytes < OutBytes and OutBytes < InBytes + 1", "OutBytes < InBytes + 1"),
    ("InBytes = OutBytes and InBytes != OutBytes", "InBytes != OutBytes"),
    ("InBytes > OutBytes and InBytes < 1", "InBytes < 1"),
    (
        "InBytes > OutBytes and OutBytes > TotalBytes and TotalBytes > InBytes",
        "TotalBytes > InBytes",
    ),
    ("InBytes / TotalBytes > 2 and InBytes < TotalBytes", "InBytes < TotalBytes"),
    ("InBytes > 10 * OutBytes and OutBytes >= InBytes", "OutBytes >= InBytes"),
    // Derived fields.
    ("traffic > 10 and TotalBytes < 5", "TotalBytes < 5"),
    ("TotalBytes = 3 and traffic = 4", "traffic = 4"),
    ("traffic != TotalBytes", "traffic != TotalBytes"),
    ("TotalBytes is known and traffic is unknown", "traffic is unknown"),
    ("TotalBytes is unknown and traffic > 10 and InBytes < 3 and OutBytes < 3", "OutBytes < 3"),
    ("TotalBytes is unknown and traffic < InBytes", "traffic < InBytes"),
    ("TotalBytes is unknown and InBytes is unknown and traffic > 0", "traffic > 0"),
    ("traffic / TotalBytes > 1", "traffic / TotalBytes > 1"),
    // Texts.
    (r#"ProbRisk starts with "a" and ProbRisk starts with "b""#, r#"ProbRisk starts with "b""#),
    (r#"ProbRisk contains "ab" and not ProbRisk contains "a""#, r#"ProbRisk contains "a""#),
    (r#"ProbRisk ends with "ab" and ProbRisk ends with "ac""#, r#"ProbRisk ends with "ac""#),
    (r#"ProbRisk ends with "ab" and not ProbRisk ends with "b""#, r#"ProbRisk ends with "b""#),
    (
        r#"ProbRisk starts with "ab" and not ProbRisk starts with "a""#,
        r#"ProbRisk starts with "a""#,
    ),
    (r#"ProbRisk = "abc" and ProbRisk starts with "b""#, r#"ProbRisk starts with "b""#),
    (r#"ProbRisk in ["ab", "ac"] and ProbRisk ends with "d""#, r#"ProbRisk ends with "d""#),
    (r#"ProbRisk is empty and ProbRisk contains "a""#, r#"ProbRisk contains "a""#),
    (r#"ProbRisk starts with "高" and ProbRisk starts with "低""#, r#"ProbRisk starts with "低""#),
    (
        r#"ProbRisk contains "abc" and not ProbRisk contains any of ["b", "x"]"#,
        r#"ProbRisk contains any of ["b", "x"]"#,
    ),
    (r#"Protocol starts with "u" and Protocol tcp"#, "Protocol tcp"),
    (
        r#"Protocol starts with "UD" and not Protocol starts with "u""#,
        r#"Protocol starts with "u""#,
    ),
    (r#"deny RDP if not ServiceNameList starts with "r""#, r#"ServiceNameList starts with "r""#),
    (
        r#"ServiceNameList is empty and ServiceNameList ends with "p""#,
        r#"ServiceNameList ends with "p""#,
    ),
    // Patterns.
    (r#"ProbRisk matches "a^""#, r#"ProbRisk matches "a^""#),
    (r#"ProbRisk matches "$a""#, r#"ProbRisk matches "$a""#),
    (r#"ProbRisk matches "\b\B""#, r#"ProbRisk matches "\b\B""#),
    (r#"ProbRisk matches "[^\s\S]""#, r#"ProbRisk matches "[^\s\S]""#),
    (r#"ProbRisk matches "(?:)a^""#, r#"ProbRisk matches "(?:)a^""#),
    (r#"ProbRisk matches "(?m)a$b""#, r#"ProbRisk matches "(?m)a$b""#),
    (r#"ProbRisk matches "a\bb""#, r#"ProbRisk matches "a\bb""#),
    (r#"ProbRisk matches "é\bé""#, r#"ProbRisk matches "é\bé""#),
    (r#"ProbRisk matches "(?-u:\B)(?-u:\b)""#, r#"ProbRisk matches "(?-u:\B)(?-u:\b)""#),
    (r#"ServiceNameList matches "r^""#, r#"ServiceNameList matches "r^""#),
    (r#"ProbRisk matches "^a" and ProbRisk starts with "b""#, r#"ProbRisk starts with "b""#),
    (r#"ProbRisk matches "^\d+$" and ProbRisk contains "a""#, r#"ProbRisk contains "a""#),
    (r#"ProbRisk matches "ab" and not ProbRisk matches "b""#, r#"ProbRisk matches "b""#),
    // Aggregates.
    ("count < 0", "count < 0"),
    ("count > 5 and count < 3", "count < 3"),
    ("count > 5 and count < 6", "count < 6"),
    ("count = 2.5", "count = 2.5"),
    ("count + 1 < 1", "count + 1 < 1"),
    ("count(RiskLevel high) > count", "count(RiskLevel high) > count"),
    ("count < count(Port 22)", "count < count(Port 22)"),
    (
        "count(RiskLevel 3) > count(RiskLevel 3 or RiskLevel 2)",
        "count(RiskLevel 3) > count(RiskLevel 3 or RiskLevel 2)",
    ),
    (
        "count(Port 22 and RiskLevel 3) > count(RiskLevel 3)",
        "count(Port 22 and RiskLevel 3) > count(RiskLevel 3)",
    ),
    (
        "count(RiskLevel 3) > count(RiskLevel is known)",
        "count(RiskLevel 3) > count(RiskLevel is known)",
    ),
    (
        "count(RiskLevel 3) + count(RiskLevel 2) > count",
        "count(RiskLevel 3) + count(RiskLevel 2) > count",
    ),
    ("count(RiskLevel high) / count > 1", "count(RiskLevel high) / count > 1"),
    ("count(RiskLevel 3 and RiskLevel 2) > 0", "count(RiskLevel 3 and RiskLevel 2) > 0"),
    ("deny RDP if count(RiskLevel 3) > count", "count(RiskLevel 3) > count"),
    ("sum(traffic) < 0", "sum(traffic) < 0"),
    ("sum(InBytes) + sum(OutBytes) < 0", "sum(InBytes) + sum(OutBytes) < 0"),
    ("sum(Port) > 65535 * count", "sum(Port) > 65535 * count"),
    ("count = 0 and sum(traffic) > 0", "sum(traffic) > 0"),
    (
        "sum(traffic where RiskLevel 3) > sum(traffic)",
        "sum(traffic where RiskLevel 3) > sum(traffic)",
    ),
    ("distinct(Port) > 65536", "distinct(Port) > 65536"),
    ("distinct(RiskLevel) > 3", "distinct(RiskLevel) > 3"),
    ("distinct(Port) > count", "distinct(Port) > count"),
    ("distinct(Port) = 0 and count > 0", "count > 0"),
    (
        "distinct(Port where RiskLevel 3) > distinct(Port)",
        "distinct(Port where RiskLevel 3) > distinct(Port)",
    ),
    (
        "distinct(Port where RiskLevel 3) > count(RiskLevel 3)",
        "distinct(Port where RiskLevel 3) > count(RiskLevel 3)",
    ),
    ("distinct(RiskLevel) > distinct(Port) + 2", "distinct(RiskLevel) > distinct(Port) + 2"),
];

const ALIVE: &[&str] = &[
    "traffic < 1",
    "Port * 2 > 131000",
    "Port / 2 > 32000",
    "InBytes > OutBytes and OutBytes > 5",
    "InBytes / TotalBytes > 2",
    "InBytes > 10 * OutBytes and traffic > 1GB",
    "traffic > 10 and InBytes < 5",
    "traffic > 10 and TotalBytes is unknown",
    "traffic < InBytes",
    "traffic > InBytes + OutBytes",
    "TotalBytes is unknown and traffic >= InBytes",
    "InBytes > OutBytes unless TotalBytes is known",
    "TrafficPercent1Day + TrafficPercent7Day > 199.5",
    r#"ProbRisk starts with "a" and ProbRisk ends with "b""#,
    r#"ProbRisk contains "ab" and not ProbRisk contains "aa""#,
    r#"ProbRisk matches "\bfoo\b""#,
    r#"ProbRisk matches "^a" and not ProbRisk = a"#,
    r#"ServiceNameList starts with "a" and ServiceNameList starts with "b""#,
    r#"deny RDP if not ServiceNameList starts with "s""#,
    r#"Protocol starts with "t" and not Protocol tcp"#,
    "count > 5",
    "count(RiskLevel high) > count(RiskLevel medium)",
    "count(RiskLevel high) / count > 0.5",
    "count(RiskLevel high) = count",
    "count(RiskLevel 3) + count(RiskLevel >= 2) > count",
    "sum(traffic where RiskLevel 3) > 10GB and count > 5",
    "sum(TrafficPercent1Day) > 300",
    "distinct(Port) > 5",
    "distinct(Port) < count",
    "distinct(ServiceNameList) > count",
    "deny RDP if RiskLevel 3 unless SuggestLevel 10",
    "deny RDP or 3389/tcp if RiskLevel 3",
    "traffic > 10 unless TotalBytes < 5",
    // Where the one is not known, the other says that it passes.
    "TotalBytes > 10 unless traffic < 5",
    "deny unless approved",
];

const IDLE: &[(&str, &str, &str)] = &[
    // An alternative that never holds.
    ("Port 22 or RiskLevel > 3", "policy/dead-branch", "RiskLevel > 3"),
    (
        "Port 22 or (InBytes < 3 and InBytes > 5)",
        "policy/dead-branch",
        "InBytes < 3 and InBytes > 5",
    ),
    ("Port 22 or traffic < 0 or RiskLevel 2", "policy/dead-branch", "traffic < 0"),
    (
        "Port 22 or (traffic > 9 and TotalBytes < 5)",
        "policy/dead-branch",
        "traffic > 9 and TotalBytes < 5",
    ),
    ("Port 22 and (RiskLevel 3 or Port 23)", "policy/dead-branch", "Port 23"),
    ("count > 5 or count < 0", "policy/dead-branch", "count < 0"),
    ("count(Port 22 or RiskLevel > 3) > 5", "policy/dead-branch", "RiskLevel > 3"),
    // One that another covers.
    ("RiskLevel >= 2 or RiskLevel 3", "policy/dead-branch", "RiskLevel 3"),
    ("RiskLevel 3 or RiskLevel >= 2", "policy/dead-branch", "RiskLevel 3"),
    ("RiskLevel 3 or RiskLevel 3", "policy/dead-branch", "RiskLevel 3"),
    ("deny RDP or SSH or RDP", "policy/dead-branch", "RDP"),
    (
        "deny RDP if Port 22 or (Port 22 and RiskLevel 3)",
        "policy/dead-branch",
        "Port 22 and RiskLevel 3",
    ),
    (
        "TrafficPercent1Day > 5 or TrafficPercent1Day > 10",
        "policy/dead-branch",
        "TrafficPercent1Day > 10",
    ),
    (
        r#"ProbRisk contains "a" or ProbRisk starts with "ab""#,
        "policy/dead-branch",
        r#"ProbRisk starts with "ab""#,
    ),
    ("count > 5 or count > 7", "policy/dead-branch", "count > 7"),
    // A condition that is never false, or that the others imply.
    ("deny RDP if Port >= 0", "policy/redundant-condition", "Port >= 0"),
    (
        r#"deny RDP if ProbRisk matches ".*""#,
        "policy/redundant-condition",
        r#"ProbRisk matches ".*""#,
    ),
    ("Port > 5 and Port > 3", "policy/redundant-condition", "Port > 3"),
    ("deny RDP if RiskLevel 3 and RiskLevel >= 2", "policy/redundant-condition", "RiskLevel >= 2"),
    (
        r#"ProbRisk starts with "ab" and ProbRisk contains "a""#,
        "policy/redundant-condition",
        r#"ProbRisk contains "a""#,
    ),
    (
        "InBytes > OutBytes and OutBytes != InBytes",
        "policy/redundant-condition",
        "OutBytes != InBytes",
    ),
    ("count > 5 and count > 3", "policy/redundant-condition", "count > 3"),
    (
        "deny RDP if RiskLevel 3 unless RiskLevel 1 or Port 3",
        "policy/redundant-condition",
        "RiskLevel 1",
    ),
    // An exception that never applies.
    ("deny RDP if RiskLevel 3 unless RiskLevel 1", "policy/idle-unless", "RiskLevel 1"),
    (
        "deny RDP if RiskLevel 3 unless RiskLevel 1 or RiskLevel 2",
        "policy/idle-unless",
        "RiskLevel 1 or RiskLevel 2",
    ),
    (
        "deny RDP if Port > 5 unless (Port < 3 and RiskLevel 1)",
        "policy/idle-unless",
        "Port < 3 and RiskLevel 1",
    ),
    ("deny RDP unless RiskLevel > 3", "policy/idle-unless", "RiskLevel > 3"),
    (
        r#"deny RDP if ProbRisk = "a" unless ProbRisk contains "b""#,
        "policy/idle-unless",
        r#"ProbRisk contains "b""#,
    ),
];
