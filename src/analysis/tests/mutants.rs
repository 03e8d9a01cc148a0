//! Each part of a condition is changed in each way, in its place, and nothing else is.

use super::*;
use crate::analysis::{Change, mutants};

fn always() -> Condition {
    all([])
}

fn never() -> Condition {
    any_of([])
}

#[test]
fn each_part_is_changed_in_its_place() {
    let ten = Number::Integer(10);
    let at_ten = test(at_least(PORT, 10));
    let whole = |port, risk, open| all([port, any_of([risk, not(open)])]);
    let (risk, open) = (code([2, 3]), known(OPEN));
    let changed = |port: &Condition, risk: &Condition, open: &Condition| {
        whole(port.clone(), risk.clone(), open.clone())
    };
    let port = above(PORT, 10);
    let expected = [
        (Change::AlwaysTrue, changed(&always(), &risk, &open)),
        (Change::AlwaysFalse, changed(&never(), &risk, &open)),
        (Change::End(ten), changed(&at_ten, &risk, &open)),
        (Change::AlwaysTrue, changed(&port, &always(), &open)),
        (Change::AlwaysFalse, changed(&port, &never(), &open)),
        (Change::Without(2), changed(&port, &code([3]), &open)),
        (Change::Without(3), changed(&port, &code([2]), &open)),
        (Change::AlwaysTrue, changed(&port, &risk, &always())),
        (Change::AlwaysFalse, changed(&port, &risk, &never())),
    ];
    let found = mutants(&whole(port.clone(), risk.clone(), open.clone()));
    let found: Vec<_> = found.into_iter().map(|one| (one.change, one.condition)).collect();
    assert_eq!(found, expected);
}

#[test]
fn ends_of_several_ranges_move_one_at_a_time() {
    let integer = |value| Bound::Included(Number::Integer(value));
    let without = |value| Bound::Excluded(Number::Integer(value));
    let ranges = |ranges: &[_]| test(Predicate::Number(PORT, Ranges::new(ranges.iter().copied())));
    let single = (integer(7), integer(7));
    let found = mutants(&ranges(&[(integer(1), without(4)), single]));
    let moved: Vec<_> = found.into_iter().skip(2).map(|one| one.condition).collect();
    let expected =
        [ranges(&[(without(1), without(4)), single]), ranges(&[(integer(1), integer(4)), single])];
    assert_eq!(moved, expected, "a single number has no end to move");
}
