//! Frameworks, and the controls that policies name.

use super::*;
use crate::policy::{Strength, built_in, built_in_frameworks, find_framework};

const OWN: &str = "\
framework: estate-7
name: The estate's own standard
version: '7'
aliases: [estate]
controls:
  N-1: {title: Nothing is open, strength: direct, use: Everything.}
  N-2:
    title: Databases are inside
    strength: partial
";

fn with_own(policies: &str) -> (PolicySet, Vec<Problem>) {
    let sources = [Source::new("p.yaml", policies), Source::new("estate.yaml", OWN)];
    collect(&sources, &catalogue(), &[])
}

#[test]
fn a_control_that_there_is_not_is_told_at_its_place() {
    each_is_told(&[
        (
            "policies:\n  - rule: deny RDP\n    controls: {pci-dss-4.0.1: [1.4.4, «1.4.44»]}",
            "policy/unknown-control",
            "did you mean `1.4.4`?",
        ),
        (
            "policies:\n  - rule: deny RDP\n    controls:\n      soc2-2017: [\"«A.8.20»\"]",
            "policy/unknown-control",
            "`CC6.6`",
        ),
        (
            "policies:\n  - rule: deny RDP\n    controls: {«pci-dss-4.0.2»: [1.4.4]}",
            "policy/unknown-framework",
            "did you mean `pci-dss-4.0.1`?",
        ),
        (
            "policies:\n  - rule: deny RDP\n    controls: {\"«hipaa»\": [a]}",
            "policy/unknown-framework",
            "`pci-dss-4.0.1`",
        ),
    ]);
}

#[test]
fn a_control_is_kept_once_under_the_name_of_its_framework() {
    let set = good(
        "policies:\n  - rule: deny RDP\n    controls: {cis-alibaba-cloud-2.0: ['3.2', '4.4'], \
         cis-alibaba-2.0.0: ['4.4']}",
    );
    let controls: Vec<_> = set.policies[0].controls.iter().collect();
    let expected = ["3.2".to_owned(), "4.4".to_owned()].to_vec();
    assert_eq!(controls, [(&"cis-alibaba-2.0.0".to_owned(), &expected)]);
}

#[test]
fn a_file_may_bring_a_framework_whatever_its_order() {
    let policies = "policies:\n  - {rule: deny RDP, controls: {estate: [N-1], soc2: [CC6.6]}}";
    let (set, problems) = with_own(policies);
    assert!(problems.is_empty(), "{}", told(&problems));
    let framework = find_framework(&set.frameworks, "estate").unwrap();
    assert_eq!((framework.id.as_str(), framework.controls.len()), ("estate-7", 2));
    assert_eq!(framework.controls[0].strength, Strength::Direct);
    assert_eq!(set.policies_of(framework, &framework.controls[0]).count(), 1);
    assert_eq!(set.policies_of(framework, &framework.controls[1]).count(), 0);
    assert!(set.frameworks.is_sorted_by(|one, other| one.id < other.id));
    assert!(find_framework(&set.frameworks, "soc2").is_some(), "the others are still there");
}

#[test]
fn a_file_may_replace_a_built_in_framework_but_not_another_file() {
    let own = OWN.replace("estate-7", "soc2-2017");
    let sources = [
        Source::new("a.yaml", "policies: [{rule: deny RDP, controls: {soc2-2017: [N-2]}}]"),
        Source::new("b.yaml", own.as_str()),
    ];
    let (set, problems) = collect(&sources, &catalogue(), &[]);
    assert!(problems.is_empty(), "{}", told(&problems));
    assert_eq!(set.frameworks.len(), built_in_frameworks().unwrap().len());

    let twice = [sources, [Source::new("c.yaml", own.as_str()), Source::new("d.yaml", OWN)]];
    let (_, problems) = collect(&twice.concat(), &catalogue(), &[]);
    let [problem] = problems.as_slice() else { panic!("{}", told(&problems)) };
    assert_eq!(problem.code, "policy/duplicate-framework");
    assert_eq!((problem.place.source(), location(problem).text()), ("c.yaml", "soc2-2017"));
}

#[test]
fn a_slip_in_a_framework_is_told_at_its_place_and_no_policy_is_blamed() {
    let policies = "policies: [{rule: deny RDP, controls: {estate-7: [N-1]}}]";
    for (slip, code, help) in [
        (OWN.replace("name:", "«nam»:"), "policy/unknown-key", "did you mean `name`?"),
        (OWN.replace("direct", "«dirct»"), "policy/unknown-value", "did you mean `direct`?"),
        (OWN.replace("N-1", "«1.10»"), "policy/unquoted-control", "quote it"),
        (OWN.replace("use:", "«usage»:"), "policy/unknown-key", "`use`"),
        (OWN.replace("framework: ", "«framework»: #"), "policy/wrong-shape", ""),
        (
            OWN.replace("version: '7'\n", "").replace("fra", "«fra").replace("work:", "work»:"),
            "policy/missing-key",
            "add `version:`",
        ),
        (OWN.replace("estate-7", "«a b»"), "policy/bad-id", "no space"),
        (
            OWN.replace("    title: Databases are inside\n    strength", "    «strength»"),
            "policy/missing-key",
            "add `title:`",
        ),
    ] {
        let (text, spans) = unmarked(&slip);
        let sources = [Source::new("p.yaml", policies), Source::new("estate.yaml", text)];
        let (_, problems) = collect(&sources, &catalogue(), &[]);
        let [problem] = problems.as_slice() else { panic!("{slip}\n{}", told(&problems)) };
        assert_eq!(problem.code, code, "{slip}\n{}", told(&problems));
        assert_eq!(location(problem).span.range(), spans[0], "{slip}\n{}", told(&problems));
        assert!(problem.help.as_deref().unwrap_or_default().contains(help), "{}", told(&problems));
    }
}

#[test]
fn every_built_in_framework_is_whole_and_named_alone() {
    let frameworks = built_in_frameworks().unwrap();
    assert!(frameworks.len() >= 15 && frameworks.is_sorted_by(|one, other| one.id < other.id));
    let mut names = Vec::new();
    for framework in frameworks {
        names.push(&framework.id);
        names.extend(&framework.aliases);
        assert!(framework.source.is_some(), "{}", framework.id);
        for control in &framework.controls {
            assert!(control.bearing.is_some(), "{} {}", framework.id, control.id);
            assert!(!control.title.ends_with('.'), "{} {}", framework.id, control.id);
        }
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "{names:?}");
}

#[test]
fn every_file_of_the_folder_is_built_in() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/controls");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort_unstable();
    let ids =
        built_in_frameworks().unwrap().iter().map(|framework| format!("{}.yaml", framework.id));
    assert_eq!(files, ids.collect::<Vec<_>>());
}

#[test]
fn the_built_in_packs_speak_to_the_built_in_frameworks() {
    let set = load(&built_in(), &catalogue(), &[]).unwrap();
    for framework in &set.frameworks {
        let is_named = framework
            .controls
            .iter()
            .any(|control| set.policies_of(framework, control).next().is_some());
        assert!(is_named, "{}", framework.id);
    }
    for policy in &set.policies {
        assert!(!policy.controls.is_empty(), "{}", policy.id);
    }
}

#[test]
fn a_param_of_the_run_is_remembered_by_the_policies_that_read_it() {
    let text = "\
params: {busy: 1GB, quiet: 1KB, web: 80}
sets: {ports: [22, $web]}
policies:
  - {id: a, rule: alert if traffic > $busy}
  - {id: b, rule: alert if traffic > $quiet}
  - {id: c, rule: alert if Port in ports and traffic > 10 * $busy}
  - {id: d, rule: alert if Port 22}
";
    let params = [("busy", "2GB"), ("web", "8080")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    let set = load(&[Source::new("p.yaml", text)], &catalogue(), &params).unwrap();
    let replaced: Vec<_> = set.policies.iter().map(|policy| policy.replaced.join(" ")).collect();
    assert_eq!(replaced, ["busy", "", "busy web", ""]);
}
