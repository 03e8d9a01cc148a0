//! Policies that judge the whole: which can never fire, and which never pass.

use crate::analysis::{always_fires, never_fires};
use crate::operation::Catalogue;
use crate::policy;
use crate::text::Source;

#[test]
fn what_no_numbers_make_true_never_fires() {
    let catalogue = Catalogue::built_in().unwrap();
    for (rule, is_dead, is_always) in [
        ("count < 0", true, false),
        ("count >= 0", false, true),
        ("count > 0", false, false),
        ("count < 1", false, false),
        ("count = 2.5", true, false),
        ("count > 3 and count < 4", true, false),
        ("count > 3 and count < 5", false, false),
        ("count > 5 or count < 6", false, true),
        ("count > 5 or count < 5", false, false),
        ("not count >= 0", true, false),
        ("count(RiskLevel 3 and RiskLevel 2) > 0", true, false),
        ("count(RiskLevel 3 and RiskLevel 2) < 5", false, true),
        ("count(RiskLevel 3) > 3 and count(RiskLevel 2) < 4", false, false),
        ("count(RiskLevel 3) > 3 and count(RiskLevel is high) < 4", true, false),
        ("sum(TrafficPercent1Day) > 3 and sum(TrafficPercent1Day) < 4", false, false),
        ("sum(traffic) < 0", true, false),
        ("distinct(RiskLevel) > 3", true, false),
        ("distinct(RiskLevel) > 2", false, false),
        ("distinct(Port) <= 65536", false, true),
        ("2 * count < 0", true, false),
        ("count / distinct(Port) > 2", false, false),
    ] {
        let text = format!("policies: ['deny if {rule}']");
        let set = policy::load(&[Source::new("p.yaml", text)], &catalogue, &[]).unwrap();
        let policy = &set.policies[0];
        assert_eq!((never_fires(policy), always_fires(policy)), (is_dead, is_always), "{rule}");
    }
}
