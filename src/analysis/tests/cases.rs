//! Single policies whose fate is known.

use super::*;
use crate::analysis::{always_fires, covered_by, never_fires};
use crate::policy::{Comparison, Expression, TextTest};

fn fields(left: FieldId, comparison: Comparison, right: FieldId) -> Condition {
    let (left, right) = (Expression::Field(left), Expression::Field(right));
    test(Predicate::Compare(left, comparison, right))
}

fn begins(start: &str) -> Condition {
    test(Predicate::Text(SERVICES, TextTest::StartsWith(start.to_owned())))
}

#[test]
fn contradictions_never_fire() {
    let approved = || test(Predicate::Approved);
    let dead = [
        all([code([3]), code([1, 2])]),
        all([below(PORT, 3), above(PORT, 2)]),
        above(PORT, 7),
        all([member("a"), not(known(SERVICES))]),
        all([member("a"), not(member("a"))]),
        all([code([-1]), known(RISK)]),
        all([approved(), not(approved())]),
        all([fields(PORT, Comparison::Less, HOSTS), fields(HOSTS, Comparison::LessOrEqual, PORT)]),
        fields(PORT, Comparison::Less, PORT),
        Condition::Any(Vec::new()),
        all([any_of([code([1]), code([2])]), code([3])]),
        all([begins("a"), test(Predicate::Empty(SERVICES))]),
    ];
    for condition in dead {
        assert!(never_fires(&deny(condition.clone())), "{condition:?}");
        assert!(always_fires(&deny(not(condition))));
    }
}

#[test]
fn what_can_fire_is_left_alone() {
    let alive = [
        all([below(SHARE, 3), above(SHARE, 2)]),
        all([member("a"), member("b"), not(member("c"))]),
        all([member("Unknown"), member("a")]),
        all([begins("a"), not(member("Unknown"))]),
        all([begins("a"), begins("b"), not(member("a"))]),
        all([not(begins("a")), test(Predicate::Empty(SERVICES))]),
        all([code([-1]), not(known(RISK))]),
        not(known(PORT)),
        all([fields(PORT, Comparison::Less, HOSTS), not(fields(HOSTS, Comparison::Less, PORT))]),
    ];
    for condition in alive {
        assert!(!never_fires(&deny(condition.clone())), "{condition:?}");
        assert!(!always_fires(&deny(condition)));
    }
}

#[test]
fn unknown_is_no_pass() {
    // On -1 the first is unknown, on 1 to 3 true: nothing passes.
    assert!(always_fires(&deny(code([1, 2, 3]))));
    assert!(always_fires(&deny(test(at_least(PORT, 0)))));
    assert!(always_fires(&deny(Condition::All(Vec::new()))));
    assert!(always_fires(&deny(fields(PORT, Comparison::LessOrEqual, PORT))));
    assert!(!always_fires(&deny(code([1, 2]))));
    // What is unknown may stay so in the one and not in the other.
    let unknown_is_not_false = [deny(not(code([3]))), deny(code([1, 2]))];
    assert_eq!(covered_by(&unknown_is_not_false), [(1, 0)]);
}

#[test]
fn the_weaker_effect_covers_nothing_stronger() {
    let operation = operation();
    let narrow = |effect| policy(&operation, effect, code([3]));
    let wide = |effect| policy(&operation, effect, code([2, 3]));
    assert_eq!(covered_by(&[narrow(Effect::Deny), wide(Effect::Alert)]), []);
    assert_eq!(covered_by(&[narrow(Effect::Alert), wide(Effect::Deny)]), [(0, 1)]);
    let tolerant = |at_most, policy| Policy { at_most, ..policy };
    for (narrow_at_most, wide_at_most, covers) in [
        (None, Some(1), false),
        (Some(1), Some(2), false),
        (Some(2), Some(2), true),
        (Some(1), None, true),
    ] {
        let narrow = tolerant(narrow_at_most, narrow(Effect::Deny));
        let policies = [narrow, tolerant(wide_at_most, wide(Effect::Deny))];
        assert_eq!(
            !covered_by(&policies).is_empty(),
            covers,
            "{narrow_at_most:?} {wide_at_most:?}"
        );
    }
    assert_eq!(covered_by(&[narrow(Effect::Deny), wide(Effect::Deny)]), [(0, 1)]);
}

#[test]
fn policies_of_other_operations_cover_nothing() {
    let mut other = operation().as_ref().clone();
    other.name = "Other".to_owned();
    let policies = [deny(code([3])), policy(&Arc::new(other), Effect::Deny, code([3]))];
    assert_eq!(covered_by(&policies), []);
}

/// Each pigeon sits in a hole, and no two in the same.
fn pigeons(holes: usize) -> Condition {
    let sits = |pigeon: usize, hole: usize| member(&format!("{pigeon} in {hole}"));
    let mut parts: Vec<Condition> = (0..=holes)
        .map(|pigeon| Condition::Any((0..holes).map(|hole| sits(pigeon, hole)).collect()))
        .collect();
    for hole in 0..holes {
        for pigeon in 0..=holes {
            let others = (0..pigeon).map(|other| not(all([sits(pigeon, hole), sits(other, hole)])));
            parts.extend(others);
        }
    }
    Condition::All(parts)
}

#[test]
fn what_takes_too_long_is_left_alone() {
    assert!(never_fires(&deny(pigeons(2))));
    assert!(!never_fires(&deny(pigeons(12))));
    let many = Condition::All((0..20_000).map(|_| any_of([code([1]), code([2])])).collect());
    assert!(!never_fires(&deny(many)));
    let wide = Condition::Any((0..20_000).map(|_| above(PORT, 7)).collect());
    assert!(never_fires(&deny(wide)));
}

#[test]
fn conditions_as_deep_as_policies_may_be() {
    let deep = (0..64).fold(code([3]), |inner, depth| match depth % 3 {
        0 => not(inner),
        1 => all([inner, known(PORT)]),
        _ => any_of([inner, code([2])]),
    });
    super::properties::assert_exact(&deep);
}
