//! What a policy means, in words.

use super::*;
use crate::policy::prose;

/// The lines that say when a record violates the only policy.
fn meaning_of(rule: &str) -> Vec<String> {
    let set = good(&format!("policies: ['{rule}']"));
    let text = prose(&set.policies[0], &set.frameworks);
    let lines = text.lines().skip_while(|line| !line.ends_with("violates it when")).skip(1);
    lines.take_while(|line| !line.is_empty()).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn joined_conditions_are_one_list() {
    assert_eq!(
        meaning_of("deny RDP if RiskLevel 3 and traffic > 0 unless Port 1 or Port 2 or approved"),
        [
            "- all of these hold:",
            "- ServiceNameList contains RDP",
            "- RiskLevel is 3 (high)",
            "- traffic is more than 0",
            "- not:",
            "- any of these holds:",
            "- Port is 1",
            "- Port is 2",
            "- an approval in force covers it",
        ]
    );
}

#[test]
fn one_test_reads_as_it_was_meant() {
    for (rule, line) in [
        ("deny if OutBytes > 10 * InBytes", "- OutBytes > 10 * InBytes"),
        ("deny if 2 * (InBytes + 1) <= OutBytes / 3", "- 2 * (InBytes + 1) <= OutBytes / 3"),
        ("deny if traffic > 1GB", "- traffic is more than 1GB"),
        ("deny if traffic >= 1.5KiB", "- traffic is at least 1536"),
        ("deny if InBytes in 1MiB..2TB", "- InBytes is 1MiB..2TB"),
        ("deny if TrafficPercent1Day < 5", "- TrafficPercent1Day is less than 5%"),
        ("deny if RiskLevel is unknown", "- RiskLevel is unknown"),
        ("deny if RiskLevel is known", "- RiskLevel is known"),
        (
            "deny if ServiceNameList contains only [SSH, https]",
            "- ServiceNameList contains only HTTPS or SSH",
        ),
        ("deny port 135..139", "- Port is 135..139"),
        ("deny if HTTPS", "- ServiceNameList contains HTTPS"),
    ] {
        assert_eq!(meaning_of(rule), [line]);
    }
}

#[test]
fn anything_but_reads_as_what_is_meant_to_be_open() {
    assert_eq!(
        meaning_of("deny anything but HTTPS, SSH or 443/tcp"),
        [
            "- not:",
            "- any of these holds:",
            "- all of these hold:",
            "- Port is 443",
            "- Protocol is tcp",
            "- all of these hold:",
            "- not: ServiceNameList is empty",
            "- ServiceNameList contains only HTTPS or SSH",
        ]
    );
}

#[test]
fn controls_are_said_with_what_they_ask_for() {
    let set =
        good("policies: [{rule: deny RDP, controls: {soc2: [CC6.6]}, tags: [T1133, exposure]}]");
    let text = prose(&set.policies[0], &set.frameworks);
    let found = |id| crate::policy::find_framework(&set.frameworks, id).unwrap();
    for (framework, control) in [("mitre-attack", "T1133"), ("soc2-2017", "CC6.6")] {
        let framework = found(framework);
        let control = framework.control(control).unwrap();
        assert!(text.contains(&format!("({})\n- {} (", framework.id, control.id)), "{text}");
        assert!(text.contains(&control.title), "{text}");
    }
    assert_eq!(text.matches("\n- ").count(), 2, "{text}");
}
