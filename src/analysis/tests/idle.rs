//! Parts that never matter, against every record of the small world.

use proptest::prelude::*;

use super::oracle::{judge, records};
use super::properties::{central, conditions};
use super::*;
use crate::analysis::idle::{IdlePart, Reason, without_idle_parts};

fn idle_parts(rule: &Condition) -> (Vec<IdlePart>, Condition) {
    without_idle_parts(&operation().schema, rule)
}

fn has_test(condition: &Condition) -> bool {
    let mut has_test = false;
    condition.each_test(&mut |_| has_test = true);
    has_test
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Without its idle parts a rule fires on the same records. Only a part that is never false, and may be
    /// unknown, kept some from firing.
    #[test]
    fn without_idle_parts_a_rule_fires_on_the_same_records(rule in conditions(central())) {
        let (found, rest) = idle_parts(&rule);
        let never_fails = found.iter().any(|part| part.reason == Reason::NeverFails);
        for record in records(&[&rule]) {
            let (fires, still_fires) = (judge(&rule, &record) == 1, judge(&rest, &record) == 1);
            prop_assert!(fires == still_fires || still_fires && never_fails, "{found:?}");
        }
    }

    /// A part without which no record comes out differently is found, or a part beside it is.
    #[test]
    fn a_part_without_which_nothing_changes_is_found(
        parts in prop::collection::vec(conditions(central()), 2..4),
        is_any in any::<bool>(),
        is_turned in any::<bool>(),
    ) {
        let joined = |parts: &[Condition]| {
            let parts = parts.to_vec();
            let joined = if is_any { Condition::Any(parts) } else { Condition::All(parts) };
            if is_turned { not(joined) } else { joined }
        };
        let (rule, shorter) = (joined(&parts), joined(&parts[1..]));
        let is_idle = records(&[&rule])
            .iter()
            .all(|record| judge(&rule, record) == judge(&shorter, record));
        if is_idle && has_test(&parts[0]) {
            prop_assert!(!idle_parts(&rule).0.is_empty());
        }
    }
}

#[test]
fn of_some_that_say_the_same_one_is_left() {
    for (rule, count) in [
        (code([3]), 0),
        (all([code([3]), member("a")]), 0),
        (all([code([3]), code([3])]), 1),
        (any_of([code([3]), code([3])]), 1),
        (all([above(PORT, 3), above(PORT, 3), above(PORT, 3)]), 2),
        (any_of([all([code([3]), member("a")]), all([member("a"), code([3])])]), 1),
        (not(any_of([code([3]), code([3])])), 1),
        (not(all([code([3]), not(not(code([3])))])), 1),
    ] {
        assert_eq!(idle_parts(&rule).0.len(), count, "{rule:?}");
    }
}
