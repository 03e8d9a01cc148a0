//! The mapping form means what the sentence means.

use super::*;

/// Value of `when`, and what follows `deny if`.
const SAME: &[(&str, &str)] = &[
    ("{RiskLevel: 3}", "RiskLevel = 3"),
    ("{RiskLevel: high}", "RiskLevel is high"),
    ("{Port: [80, 443]}", "Port in [80, 443]"),
    ("{Port: 1..1023}", "Port = 1..1023"),
    ("{Port: {in: 1..1023}}", "Port in 1..1023"),
    ("{Port: {in: odd}}", "Port in odd"),
    ("{Port: {not in: [80, 443]}}", "Port not in [80, 443]"),
    ("{traffic: {'>=': 2KB}}", "traffic >= 2KB"),
    ("{traffic: {'>': $busy}}", "traffic > $busy"),
    ("{TrafficPercent1Day: {'>': 50%}}", "TrafficPercent1Day > 50%"),
    ("{Port: {'>=': 10, '<': 20}}", "Port >= 10 and Port < 20"),
    ("{RiskLevel: 3, Port: 80}", "RiskLevel 3 and Port 80"),
    ("[RiskLevel 3, Port: 80]", "RiskLevel 3 and Port 80"),
    ("{all: [RiskLevel 3, Port 80]}", "RiskLevel 3 and Port 80"),
    ("{any: [RiskLevel 3, {Port: 80}]}", "RiskLevel 3 or Port 80"),
    ("{not: {Port: 80}}", "not Port 80"),
    ("{not: Port 80 or Port 81}", "not (Port 80 or Port 81)"),
    ("{Port: 80, any: [RiskLevel 2, RiskLevel 3]}", "Port 80 and (RiskLevel 2 or RiskLevel 3)"),
    ("{ServiceNameList: {contains: RDP}}", "ServiceNameList contains RDP"),
    (
        "{ServiceNameList: {contains any of: [RDP, SSH]}}",
        "ServiceNameList contains any of [RDP, SSH]",
    ),
    (
        "{ServiceNameList: {contains any of: databases}}",
        "ServiceNameList contains any of databases",
    ),
    (
        "{ServiceNameList: {contains all of: [RDP, SSH]}}",
        "ServiceNameList contains all of [RDP, SSH]",
    ),
    ("{ServiceNameList: {contains only: RDP}}", "ServiceNameList contains only RDP"),
    (
        "{ServiceNameList: {contains only: [databases, RDP]}}",
        "ServiceNameList contains only [databases, RDP]",
    ),
    (
        "{not: {ServiceNameList: {contains only: databases}}}",
        "ServiceNameList not contains only databases",
    ),
    ("{ServiceNameList: {contains: BT Panel}}", "ServiceNameList contains \"BT Panel\""),
    ("{ServiceNameList: {contains: 'New'}}", "ServiceNameList contains \"New\""),
    ("HTTPS", "HTTPS"),
    ("443/tcp", "443/tcp"),
    ("{any: [HTTPS, 443/tcp]}", "HTTPS or 443/tcp"),
    ("{any: [RiskLevel 3, databases, port 80]}", "(RiskLevel 3) or databases or port 80"),
    ("[tcp/443, {RiskLevel: 3}]", "443/tcp and RiskLevel 3"),
    ("{not: 135..139/udp}", "not (135..139/udp)"),
    ("{RiskReason: {starts with: x}}", "RiskReason starts with x"),
    ("{RiskReason: {ends with: '80'}}", "RiskReason ends with \"80\""),
    ("{RiskReason: {matches: '^a.c$'}}", "RiskReason matches \"^a.c$\""),
    ("{RiskReason: {is not: x}}", "RiskReason is not x"),
    ("{RiskLevel: {is known: true}}", "RiskLevel is known"),
    ("{RiskLevel: {is known: false}}", "not RiskLevel is known"),
    ("{RiskLevel: {is unknown: true}}", "RiskLevel is unknown"),
    ("{RiskReason: {is empty: false}}", "not RiskReason is empty"),
    ("RiskLevel 3 and Port 80", "RiskLevel 3 and Port 80"),
    ("approved", "approved"),
    ("{approved: true}", "approved"),
    ("{Port: 80, not: approved}", "Port 80 and not approved"),
    ("{approved: false}", "not approved"),
    (
        "{all: [{any: [Port 1, Port 2]}, {not: {any: [Port 3]}}]}",
        "(Port 1 or Port 2) and not Port 3",
    ),
];

#[test]
fn a_mapping_means_the_same_as_its_sentence() {
    let sets = "sets: {databases: [MySQL, Redis], odd: [1, 8000..8010]}\nparams: {busy: 1GB}\n";
    for (mapping, sentence) in SAME {
        let set = good(&format!(
            "{sets}policies:\n  - {{id: m, effect: deny, when: {mapping}}}\n  - id: s\n    rule: deny if {sentence}\n"
        ));
        let [mapped, said] = set.policies.as_slice() else {
            panic!("{mapping}");
        };
        let flat = |condition| meaning(condition).replace("any(not", "not");
        assert_eq!(flat(&mapped.condition), flat(&said.condition), "{mapping}");
        assert_eq!(mapped.effect, said.effect);
    }
}

/// The last key of a policy with its underline, the code, a part of the help.
const SLIPS: &[(&str, &str, &str)] = &[
    ("«when»: {}", "policy/empty-list", ""),
    ("«when»: []", "policy/empty-list", ""),
    ("«when»:", "policy/empty-list", ""),
    ("when: {«all»: []}", "policy/empty-list", ""),
    ("when: {«any»: []}", "policy/empty-list", ""),
    ("when: {«not»: {}}", "policy/empty-list", ""),
    ("when: {«Port»: []}", "policy/empty-list", ""),
    ("when: {«Port»: {}}", "policy/empty-list", ""),
    ("when: {Port: {«in»: []}}", "policy/empty-list", ""),
    ("when: «true»", "policy/wrong-shape", ""),
    ("when: [«3»]", "policy/wrong-shape", "`port 3`"),
    ("when: {any: [RiskLevel 3, «443»]}", "policy/wrong-shape", "`port 443`"),
    ("when: {any: [«135..139»]}", "policy/missing-comparison", "`port 135..139`"),
    ("when: {any: [RiskLevel 2 or «3»]}", "policy/missing-comparison", "`RiskLevel in [2, 3]`"),
    ("when: {any: [«Web»]}", "policy/unknown-name", "`HTTP`"),
    ("when: {any: [«RiskLevel»]}", "policy/missing-comparison", "`RiskLevel high`"),
    ("when: {ServiceNameList: {contains: «RPD»}}", "policy/misspelt-name", "`RDP`"),
    ("when: {ServiceNameList: {contains: «BT Panell»}}", "policy/misspelt-name", "`BT Panel`"),
    ("when: {ServiceNameList: {contains: «Frob Nicator»}}", "policy/unknown-name", "in quotes"),
    ("when: {ServiceNameList: {contains: «\"RDP \"»}}", "policy/impossible-name", "without it"),
    ("when: {ServiceNameList: {contains only: [RDP, «SHS»]}}", "policy/misspelt-name", "`SSH`"),
    ("when: {Protocol: «quic»}", "policy/unknown-name", "`tcp`"),
    ("when: {Protocol: [tcp, «quic»]}", "policy/unknown-name", "`tcp`"),
    ("when: {Protocol: {'!=': «quic»}}", "policy/unknown-name", "`tcp`"),
    ("when: {Protocol: {not in: [«quic»]}}", "policy/unknown-name", "`tcp`"),
    ("when: {Protocol: «tcp/udp»}", "policy/impossible-name", "`tcp` and `udp`"),
    ("when: {Port: «standard»}", "policy/number-needed", "`Port in [80, 443]`"),
    ("when: {Port: «\"80\"»}", "policy/number-needed", "without quotes"),
    ("when: {traffic: {'>': «\"1GB\"»}}", "policy/number-needed", "without quotes"),
    ("when: {ServiceNameList: {contains only: «{}»}}", "policy/wrong-shape", ""),
    ("when: {ServiceNameList: {«contains only»: []}}", "policy/empty-list", ""),
    ("when: [Port 3, «[Port 4]»]", "policy/wrong-shape", "`all:` or `any:`"),
    ("when: {all: «{Port: 3}»}", "policy/wrong-shape", "`- `"),
    ("when: {all: «Port 3»}", "policy/wrong-shape", "[…]"),
    ("when: {not: «[Port 3, Port 4]»}", "policy/wrong-shape", "not: {all: […]}"),
    ("when: {«or»: [Port 3, Port 4]}", "policy/unknown-key", "`any:`"),
    ("when: {«and»: [Port 3, Port 4]}", "policy/unknown-key", "`all:`"),
    ("when: {«Prot»: 3}", "policy/unknown-field", "did you mean `Port`?"),
    (
        "when: {all: [{any: [{«RiskLevl»: 3}]}]}",
        "policy/unknown-field",
        "did you mean `RiskLevel`?",
    ),
    ("when: {Port: {«contians»: 3}}", "policy/unknown-operator", "did you mean `contains`?"),
    (
        "when: {RiskReason: {«not contains»: x}}",
        "policy/unknown-operator",
        "`not: {RiskReason: {contains: …}}`",
    ),
    ("when: {Port: {«~»: 3}}", "policy/unknown-operator", "`in`"),
    ("when: {RiskLevel: {is known: «yes»}}", "policy/wrong-shape", ""),
    ("when: {RiskLevel: {is known: «[true]»}}", "policy/wrong-shape", ""),
    ("when: {Port: «null»}", "policy/wrong-shape", "is known: false"),
    ("when:\n      «Port»:", "policy/wrong-shape", "is known: false"),
    ("when: {Port: {in: «{a: b}»}}", "policy/wrong-shape", ""),
    ("when: {Port: [80, «[81]»]}", "policy/wrong-shape", ""),
    ("when: {approved: «maybe»}", "policy/wrong-shape", ""),
];

#[test]
fn a_slip_in_a_mapping_is_told_at_its_place() {
    for (when, code, help) in SLIPS {
        let text = format!("policies:\n  - id: a\n    effect: deny\n    {when}");
        each_is_told(&[(&text, code, help)]);
    }
}

#[test]
fn every_branch_of_a_mapping_is_read() {
    let problems = problems_at_marks(
        "policies:
  - id: a
    effect: deny
    when:
      all:
        - any:
            - «Prot»: 3
            - Port: {«inn»: 3}
        - not: {«RiskLvl»: 3}
",
    );
    assert_eq!(problems.len(), 3);
}

#[test]
fn a_test_lies_where_its_words_are() {
    let set = good(
        "policies:\n  - id: a\n    effect: deny\n    when:\n      Port: {'>=': 10, '<': 20}\n      RiskLevel: {in: [2, 3]}\n",
    );
    let mut words = Vec::new();
    set.policies[0].condition.each_test(&mut |test| words.push(test.location.text().to_owned()));
    assert_eq!(words, ["'>=': 10", "'<': 20", "RiskLevel: {in: [2, 3]}"]);
}

#[test]
fn a_mapping_without_a_name_is_named_by_its_words() {
    let set = good(
        "policies:\n  - effect: deny\n    when: {all: [{ServiceNameList: {contains: RDP}}, {RiskLevel: 3}]}\n",
    );
    assert_eq!(set.policies[0].id, "deny-if-all-servicenamelist-contains-rdp-risklevel-3");
    assert_eq!(set.policies[0].title, "deny if all ServiceNameList contains RDP RiskLevel 3");
}
