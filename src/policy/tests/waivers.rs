//! Waiver files: what they must say, what a `match` may ask, and how long a waiver may last.

use jiff::civil::{Date, date};

use super::*;
use crate::policy::{Waiver, waivers};

const TODAY: Date = date(2026, 11, 24);

const POLICIES: &str = "
policies:
  - {id: rdp, rule: deny RDP if RiskLevel 3, tags: [desk]}
  - {id: ssh, rule: deny SSH}
";

/// A reason and a last day.
const WHY: &str = "reason: because, expires: 2027-01-31";

fn read(text: &str) -> (Vec<Waiver>, Vec<Problem>) {
    let set = good(POLICIES);
    waivers(&[Source::new("w.yaml", text)], &set, &catalogue(), TODAY)
}

/// The waivers of a list without a problem.
#[track_caller]
fn waivers_of(entries: &str) -> Vec<Waiver> {
    let (waivers, problems) = read(&format!("waivers: [{entries}]\n").replace("WHY", WHY));
    assert!(problems.is_empty(), "{entries}\n{}", told(&problems));
    waivers
}

#[test]
fn a_waiver_says_of_what_and_why_and_until_when() {
    let text = "
waivers:
  - policy: rdp
    match: Port 3389 and
      Protocol tcp
    reason: A jump host until the move.
    expires: 2027-01-31
    owner: ops
    approved_by: ciso
    ticket: SEC-12
    expect_at_most: 3
    inconclusive: true
  - {policy: '*', reason: all, expires: 2026-11-01}
";
    let (waivers, problems) = read(text);
    assert!(problems.is_empty(), "{}", told(&problems));
    let [rdp, all] = waivers.as_slice() else { panic!("{}", waivers.len()) };
    let conditions = rdp.conditions.as_ref().unwrap();
    assert_eq!(conditions.keys().collect::<Vec<_>>(), ["DescribeInternetOpenPort"]);
    assert_eq!(rdp.words.as_deref(), Some("Port 3389 and Protocol tcp"));
    assert_eq!((rdp.policy.as_str(), rdp.named.text()), ("rdp", "rdp"));
    assert_eq!(rdp.reason, "A jump host until the move.");
    assert_eq!((rdp.expires, rdp.expires_at.text()), (date(2027, 1, 31), "2027-01-31"));
    let who = [&rdp.owner, &rdp.approved_by, &rdp.ticket].map(|text| text.as_deref());
    assert_eq!(who, [Some("ops"), Some("ciso"), Some("SEC-12")]);
    assert_eq!((rdp.expect_at_most, rdp.waives_inconclusive), (Some(3), true));
    assert_eq!((all.expect_at_most, all.waives_inconclusive), (None, false));
    assert!(all.conditions.is_none() && all.words.is_none());
}

#[test]
fn a_waiver_covers_by_id_by_tag_and_by_star() {
    let set = good(POLICIES);
    for (policy, expected) in [
        ("rdp", [true, false]),
        ("desk", [true, false]),
        ("'*'", [true, true]),
        ("RDP", [false; 2]),
    ] {
        let [waiver] = &waivers_of(&format!("{{policy: {policy}, WHY}}"))[..] else { panic!() };
        let covered: Vec<bool> = set.policies.iter().map(|one| waiver.covers(one)).collect();
        assert_eq!(covered, expected, "{policy}");
    }
}

#[test]
fn the_last_day_belongs_to_it() {
    let [waiver] = &waivers_of("{policy: rdp, WHY}")[..] else { panic!() };
    assert!(waiver.is_in_force(date(2027, 1, 31)));
    assert!(!waiver.is_in_force(date(2027, 2, 1)));
}

#[test]
fn a_match_is_a_sentence_or_a_mapping_and_may_say_a_set() {
    let text = "
sets: {desks: [RDP, VNC]}
waivers:
  - {policy: rdp, reason: a, expires: 2027-01-31, match: ServiceNameList contains any of desks}
  - {policy: rdp, reason: a, expires: 2027-01-31, match: {ServiceNameList: {contains any of: [RDP, VNC]}}}
  - {policy: rdp, reason: a, expires: 2027-01-31, match: [ServiceNameList contains any of desks]}
";
    let (waivers, problems) = read(text);
    assert!(problems.is_empty(), "{}", told(&problems));
    let meanings: Vec<String> = waivers
        .iter()
        .map(|waiver| meaning(waiver.conditions.as_ref().unwrap().values().next().unwrap()))
        .collect();
    assert_eq!(meanings.len(), 3);
    assert!(meanings.iter().all(|one| *one == meanings[0]), "{meanings:?}");
}

/// An entry with its underline, the code, a part of the help.
const SLIPS: &[(&str, &str, &str)] = &[
    ("{«policy»: rdp, reason: a}", "policy/missing-key", "`expires:`"),
    ("{«policy»: rdp, expires: 2027-01-31}", "policy/missing-key", "`reason:`"),
    ("{«reason»: a, expires: 2027-01-31}", "policy/missing-key", "`policy:`"),
    ("{policy: rdp, reason: «' '», expires: 2027-01-31}", "policy/wrong-shape", ""),
    ("{policy: rdp, reason: a, expires: «2027-02-30»}", "policy/bad-date", "2026-12-31"),
    ("{policy: rdp, reason: a, expires: «2027-05-24»}", "waiver/too-long", "2027-05-23"),
    ("{policy: rdp, «mtach»: Port 1, WHY}", "policy/unknown-key", "`match`"),
    ("{policy: rdp, match: «RiskLevl» 3, WHY}", "policy/unknown-field", "`RiskLevel`"),
    ("{policy: rdp, match: RiskLevel «5», WHY}", "policy/unknown-value", ""),
    ("{policy: rdp, «match»: , WHY}", "policy/empty-list", ""),
    ("{policy: rdp, match: «Web», WHY}", "policy/unknown-name", "`HTTP`"),
    ("{policy: rdp, match: «443», WHY}", "policy/wrong-shape", "`port 443`"),
    ("{policy: rdp, match: RiskLevel 2 or «3», WHY}", "policy/missing-comparison", "port 3"),
    ("{policy: rdp, match: {Protocol: «tcpp»}, WHY}", "policy/misspelt-name", "`tcp`"),
    (
        "{policy: rdp, match: {ServiceNameList: {contains: «'SSH '»}}, WHY}",
        "policy/impossible-name",
        "",
    ),
    ("{policy: rdp, expect_at_most: «-1», WHY}", "policy/wrong-shape", ""),
    ("{policy: rdp, expect_at_most: «many», WHY}", "policy/wrong-shape", ""),
    ("{policy: rdp, inconclusive: «'yes'», WHY}", "policy/wrong-shape", ""),
    ("{policy: rdp, owner: «1», WHY}", "policy/wrong-shape", "quote it"),
    ("«rdp»", "policy/wrong-shape", "`expires`"),
];

#[test]
fn a_slip_in_a_waiver_is_told_at_its_place() {
    for (entry, code, help) in SLIPS {
        let (text, spans) = unmarked(&format!("waivers: [{}]\n", entry.replace("WHY", WHY)));
        let (waivers, problems) = read(&text);
        let [problem] = problems.as_slice() else { panic!("{entry}\n{}", told(&problems)) };
        assert_eq!(location(problem).span.range(), spans[0], "{entry}\n{}", told(&problems));
        assert_eq!((problem.code.as_str(), problem.level), (*code, Level::Error), "{entry}");
        let said = problem.help.clone().unwrap_or_default();
        assert!(said.contains(help), "{entry}: {said}");
        assert!(waivers.len() <= 1);
    }
}

#[test]
fn a_file_has_waivers_and_nothing_that_belongs_elsewhere() {
    for (text, code) in [
        ("", "policy/empty-file"),
        ("max_waiver_days: 3\n", "policy/missing-key"),
        ("waivers:\n", "policy/empty-list"),
        ("waivers: []\npolicies: [deny RDP]\n", "policy/unknown-key"),
        ("- policy: rdp\n", "policy/wrong-shape"),
        ("waivers: {}\n", "policy/wrong-shape"),
        ("max_waiver_days: never\nwaivers: []\n", "policy/wrong-shape"),
    ] {
        let (_, problems) = read(text);
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
        assert_eq!(codes, [code], "{text}\n{}", told(&problems));
    }
    assert!(read("waivers: []\n").1.is_empty());
}

#[test]
fn a_file_says_how_long_its_waivers_may_last() {
    for (days, expires, fits) in [
        ("", "2027-05-23", true),
        ("", "2027-05-24", false),
        ("max_waiver_days: 7\n", "2026-12-01", true),
        ("max_waiver_days: 7\n", "2026-12-02", false),
        ("max_waiver_days: 0\n", "2026-11-24", true),
        ("max_waiver_days: 9223372036854775807\n", "9999-12-31", true),
        ("", "1999-01-01", true),
    ] {
        let (_, problems) =
            read(&format!("{days}waivers: [{{policy: rdp, reason: a, expires: {expires}}}]\n"));
        assert_eq!(problems.is_empty(), fits, "{days}{expires}\n{}", told(&problems));
    }
}
