//! Numbers of one record that are compared with one another, and aggregates of few records, against every record
//! and every snapshot of a small world.

use std::cell::Cell;

use proptest::prelude::*;

use super::properties::WANTED;
use super::*;
use crate::analysis::effort::{Effort, PER_SEARCH};
use crate::analysis::search::{Goal, each_witness};
use crate::analysis::truth::Truths;
use crate::analysis::{always_fires, never_fires};
use crate::operation::Derived;
use crate::policy::{Aggregate, Bounds, Comparison, Expression, Measure, Operator};

const TOTAL: FieldId = FieldId(0);
const IN: FieldId = FieldId(1);
const OUT: FieldId = FieldId(2);
const TRAFFIC: FieldId = FieldId(3);
const MOST: i64 = 3;

/// Three numbers, and what is made of them.
fn traffic() -> Arc<Operation> {
    let mut operation = operation().as_ref().clone();
    let field = |name: &str, range| Field {
        name: name.to_owned(),
        range: Some(range),
        ..operation.schema.fields[PORT.index()].clone()
    };
    let made = Derived { first: TOTAL, otherwise: vec![IN, OUT] };
    operation.schema.fields = vec![
        field("Total", (0, MOST)),
        field("In", (0, MOST)),
        field("Out", (0, MOST)),
        Field { derived: Some(made), ..field("traffic", (0, 2 * MOST)) },
    ];
    Arc::new(operation)
}

/// Of each number its value; of the first also whether it is there but cannot be read.
#[derive(Clone, Copy, Debug)]
struct Sent {
    numbers: [Option<i64>; 3],
    is_malformed: bool,
}

impl Sent {
    fn number(self, id: FieldId) -> Option<Number> {
        let [total, inward, outward] = self.numbers;
        let number = match id {
            TRAFFIC if total.is_none() && !self.is_malformed => {
                inward.zip(outward).map(|(one, other)| one + other)
            }
            TRAFFIC => total,
            id => self.numbers[id.index()],
        };
        number.map(Number::Integer)
    }

    fn value(self, expression: &Expression) -> Option<Number> {
        match expression {
            Expression::Field(id) => self.number(*id),
            Expression::Number(number) => Some(*number),
            Expression::Aggregate(_) => None,
            Expression::Binary(left, operator, right) => {
                operator.apply(self.value(left)?, self.value(right)?)
            }
        }
    }

    fn ask(self, predicate: &Predicate) -> Option<bool> {
        match predicate {
            Predicate::Known(id) => Some(self.number(*id).is_some()),
            Predicate::Number(id, ranges) => self.number(*id).map(|it| ranges.contains(it)),
            Predicate::Compare(left, comparison, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                Some(match comparison {
                    Comparison::Equal => left == right,
                    Comparison::Less => left < right,
                    Comparison::LessOrEqual => left <= right,
                })
            }
            other => panic!("{other:?}"),
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        let values = || (0..=MOST).map(Some).chain([None]);
        values().flat_map(move |total| {
            values().flat_map(move |inward| {
                values().flat_map(move |outward| {
                    let numbers = [total, inward, outward];
                    let sent = move |is_malformed| Self { numbers, is_malformed };
                    let malformed = total.is_none().then(|| sent(true));
                    [sent(false)].into_iter().chain(malformed)
                })
            })
        })
    }
}

fn judge(condition: &Condition, ask: &dyn Fn(&Predicate) -> Option<bool>) -> i8 {
    match condition {
        Condition::All(parts) => parts.iter().map(|part| judge(part, ask)).min().unwrap_or(1),
        Condition::Any(parts) => parts.iter().map(|part| judge(part, ask)).max().unwrap_or(-1),
        Condition::Not(part) => -judge(part, ask),
        Condition::Test(test) => match ask(&test.predicate) {
            None => 0,
            Some(true) => 1,
            Some(false) => -1,
        },
    }
}

fn truths_of(truth: i8) -> Truths {
    [Truths::FALSE, Truths::UNKNOWN, Truths::TRUE][usize::try_from(truth + 1).unwrap()]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    prop::sample::select(&[Comparison::Equal, Comparison::Less, Comparison::LessOrEqual][..])
}

fn operator() -> impl Strategy<Value = Operator> {
    use Operator::{Add, Divide, Multiply, Subtract};
    prop::sample::select(&[Add, Add, Subtract, Subtract, Multiply, Divide][..])
}

fn constant() -> impl Strategy<Value = Expression> {
    // Quotients by powers of two are exact.
    prop::sample::select(&[-1_i64, 0, 1, 2, 2, 4, 5, 8][..])
        .prop_map(|number| Expression::Number(Number::Integer(number)))
}

fn joined(leaf: BoxedStrategy<Expression>) -> impl Strategy<Value = Expression> {
    prop_oneof![
        3 => leaf.clone(),
        2 => constant(),
        2 => (leaf.clone(), operator(), constant())
            .prop_map(|(left, operator, right)| Expression::Binary(left.into(), operator, right.into())),
        2 => (leaf.clone(), operator(), leaf)
            .prop_map(|(left, operator, right)| Expression::Binary(left.into(), operator, right.into())),
    ]
}

fn compare(leaf: BoxedStrategy<Expression>) -> impl Strategy<Value = Predicate> {
    (joined(leaf.clone()), comparison(), joined(leaf))
        .prop_map(|(left, comparison, right)| Predicate::Compare(left, comparison, right))
}

fn of_records() -> impl Strategy<Value = Condition> {
    let field = || prop::sample::select(&[TOTAL, IN, OUT, TRAFFIC][..]);
    let ranges = (-1..=7_i64, 0..3_i64).prop_map(|(low, size)| {
        let bounds =
            (Bound::Included(Number::Integer(low)), Bound::Included(Number::Integer(low + size)));
        Ranges::new([bounds])
    });
    let predicate = prop_oneof![
        4 => compare(field().prop_map(Expression::Field).boxed()),
        2 => (field(), ranges).prop_map(|(id, ranges)| Predicate::Number(id, ranges)),
        1 => field().prop_map(Predicate::Known),
    ];
    formula(predicate.prop_map(test).boxed())
}

fn formula(tests: BoxedStrategy<Condition>) -> impl Strategy<Value = Condition> {
    tests.prop_recursive(3, 6, 3, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 1..4).prop_map(Condition::All),
            2 => prop::collection::vec(inner.clone(), 1..3).prop_map(Condition::Any),
            2 => inner.prop_map(not),
        ]
    })
}

/// Whether a search says that there is such a record; `None` where it is not certain.
fn is_possible(schema: &Schema, condition: &Condition, truths: Truths) -> Option<bool> {
    let goals = vec![Goal { condition, truths }];
    let (mut is_met, mut is_certain) = (false, false);
    let mut effort = Effort::new(PER_SEARCH);
    each_witness(schema, goals, &mut effort, &mut |witness| {
        is_met = true;
        is_certain |= witness.is_certain;
        std::ops::ControlFlow::Continue(())
    })
    .ok()?;
    if is_met && !is_certain { None } else { Some(is_met) }
}

thread_local! {
    /// Searches, and those that were not decided.
    static SEARCHES: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
}

fn count(is_decided: bool) {
    let (all, undecided) = SEARCHES.get();
    SEARCHES.set((all + 1, undecided + u32::from(!is_decided)));
}

#[test]
fn numbers_of_a_record_are_exact_where_they_are_decided() {
    let operation = traffic();
    let config =
        ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    SEARCHES.set((0, 0));
    let outcome = runner.run(&of_records(), |condition| {
        let found = Sent::all()
            .map(|sent| truths_of(judge(&condition, &|predicate| sent.ask(predicate))))
            .fold(Truths::NONE, |all, one| all | one);
        for truths in WANTED {
            let possible = is_possible(&operation.schema, &condition, truths);
            count(possible.is_some());
            if let Some(possible) = possible {
                prop_assert_eq!(possible, found.meets(truths), "{:?} {:?}", truths, condition);
            }
        }
        Ok(())
    });
    outcome.unwrap();
    let (all, undecided) = SEARCHES.get();
    assert!(undecided * 12 < all, "{undecided} of {all} are not decided");
}

/// A record of a snapshot: its code, which may be unknown, and its port.
type Counted = (i64, i64);

fn holds(condition: &Condition, (code, port): Counted) -> Option<bool> {
    let truth = judge(condition, &|predicate| match predicate {
        Predicate::Code(_, _) if code == -1 => None,
        Predicate::Code(_, codes) => Some(codes.contains(&code)),
        Predicate::Number(_, ranges) => Some(ranges.contains(Number::Integer(port))),
        Predicate::Known(_) => Some(code != -1),
        other => panic!("{other:?}"),
    });
    [Some(false), None, Some(true)][usize::try_from(truth + 1).unwrap()]
}

/// What the records of a snapshot make of an aggregate.
fn measured(aggregate: &Aggregate, records: &[Counted]) -> Bounds {
    let of = |wanted: &[Option<bool>]| -> Vec<i64> {
        let records =
            records.iter().filter(|record| wanted.contains(&holds(&aggregate.records, **record)));
        records.map(|(_, port)| *port).collect()
    };
    let number = |ports: &[i64]| -> i64 {
        match aggregate.measure {
            Measure::Count => i64::try_from(ports.len()).unwrap(),
            Measure::Sum(_) => ports.iter().sum(),
            Measure::Distinct(_) => {
                i64::try_from(ports.iter().collect::<BTreeSet<_>>().len()).unwrap()
            }
        }
    };
    let (certain, possible) = (of(&[Some(true)]), of(&[Some(true), None]));
    Bounds {
        low: Some(Number::Integer(number(&certain))),
        high: Some(Number::Integer(number(&possible))),
    }
}

fn of_snapshots(operation: &Arc<Operation>) -> impl Strategy<Value = Condition> + use<> {
    let records = prop::sample::select(vec![
        Condition::All(Vec::new()),
        code([1]),
        code([1, 2]),
        code([2]),
        not(code([1])),
        known(RISK),
        above(PORT, 0),
        all([code([1]), above(PORT, 0)]),
        any_of([code([2]), above(PORT, 0)]),
    ]);
    let measure = prop::sample::select(vec![
        Measure::Count,
        Measure::Count,
        Measure::Sum(PORT),
        Measure::Distinct(PORT),
    ]);
    let schema = operation.schema.clone();
    let aggregate = (measure, records).prop_map(move |(measure, records)| {
        Expression::Aggregate(Arc::new(Aggregate::new(measure, records, String::new(), &schema)))
    });
    formula(compare(aggregate.boxed()).prop_map(test).boxed())
}

/// Every snapshot of up to three records.
fn snapshots() -> Vec<Vec<Counted>> {
    let kinds: Vec<Counted> =
        [1, 2, -1].into_iter().flat_map(|code| [0, 1].map(|port| (code, port))).collect();
    let mut snapshots: Vec<Vec<Counted>> = vec![Vec::new()];
    let mut last = snapshots.clone();
    for _ in 0..3 {
        let longer = |snapshot: &Vec<Counted>| {
            let from = snapshot.last().copied();
            let kinds =
                kinds.iter().skip_while(move |kind| from.is_some_and(|from| **kind != from));
            kinds.map(|kind| snapshot.iter().copied().chain([*kind]).collect()).collect::<Vec<_>>()
        };
        last = last.iter().flat_map(longer).collect();
        snapshots.extend(last.iter().cloned());
    }
    snapshots
}

#[test]
fn no_snapshot_of_up_to_three_records_does_what_is_called_impossible() {
    let operation = operation();
    let snapshots = snapshots();
    let config =
        ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    SEARCHES.set((0, 0));
    let outcome = runner.run(&of_snapshots(&operation), |condition| {
        let truths = snapshots.iter().map(|records| {
            judge(&condition, &|predicate| {
                let Predicate::Compare(left, comparison, right) = predicate else { return None };
                let side = |side| Bounds::of(side, &|aggregate| measured(aggregate, records));
                side(left).compare(*comparison, side(right))
            })
        });
        let found = truths.fold(Truths::NONE, |all, truth| all | truths_of(truth));
        if condition.judges_whole() {
            let policy = policy(&operation, Effect::Deny, condition.clone());
            let (never, always) = (never_fires(&policy), always_fires(&policy));
            prop_assert!(!never || !found.meets(Truths::TRUE), "{:?}", condition);
            prop_assert!(!always || !found.meets(Truths::FALSE), "{:?}", condition);
            for truths in WANTED {
                let possible = is_possible(&operation.schema, &condition, truths);
                count(possible.is_some());
                prop_assert!(
                    possible != Some(false) || !found.meets(truths),
                    "{:?} {:?}",
                    truths,
                    condition
                );
            }
        }
        Ok(())
    });
    outcome.unwrap();
    let (all, undecided) = SEARCHES.get();
    // Products, and sums of a field that a condition restricts, are not; the table of rules names what is.
    assert!(undecided * 10 < all * 9, "{undecided} of {all} are not decided");
}
