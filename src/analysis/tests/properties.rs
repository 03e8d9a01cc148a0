//! Over generated conditions the search must find exactly what the oracle finds; with free texts and
//! arithmetic in them it may miss a contradiction, and never invents one.

use proptest::prelude::*;

use super::oracle::{found, judge, quarter, records};
use super::*;
use crate::analysis::effort::{Effort, PER_SEARCH};
use crate::analysis::search::{Answer, Goal, search};
use crate::analysis::truth::Truths;
use crate::analysis::{always_fires, covered_by, never_fires};
use crate::policy::{Comparison, Expression, Pattern, TextTest};

pub(super) const WANTED: [Truths; 6] = [
    Truths::FALSE,
    Truths::UNKNOWN,
    Truths::TRUE,
    Truths::NOT_TRUE,
    Truths::NOT_FALSE,
    Truths::DEFINITE,
];

/// Whether the search finds a record with one of the truths; a witness must bear it out.
fn is_possible(condition: &Condition, truths: Truths) -> Option<bool> {
    let operation = operation();
    let schema = &operation.schema;
    let mut effort = Effort::new(PER_SEARCH);
    match search(schema, vec![Goal { condition, truths }], &mut effort).ok()? {
        Answer::Impossible => Some(false),
        Answer::Possible(witness) => {
            let shown = witness.truths(schema, condition, &mut effort).ok()?;
            assert!(shown.meets(truths), "{witness:?} shows {shown:?} for {truths:?}");
            Some(true)
        }
    }
}

fn number() -> impl Strategy<Value = Number> {
    (-4..=17_i64).prop_map(|halves| quarter(halves * 2))
}

fn bound() -> impl Strategy<Value = Bound<Number>> {
    prop_oneof![
        3 => number().prop_map(Bound::Included),
        3 => number().prop_map(Bound::Excluded),
        1 => Just(Bound::Unbounded),
    ]
}

fn ranges() -> impl Strategy<Value = Ranges> {
    prop::collection::vec((bound(), bound()), 1..3).prop_map(Ranges::new)
}

fn names(all: &'static [&'static str]) -> impl Strategy<Value = BTreeSet<String>> {
    prop::collection::btree_set(prop::sample::select(all).prop_map(str::to_owned), 1..3)
}

fn blocks() -> impl Strategy<Value = BTreeSet<ipnet::IpNet>> {
    const ALL: [&str; 6] =
        ["10.0.0.0/29", "10.0.0.0/30", "10.0.0.2/31", "10.0.0.5/32", "0.0.0.0/0", "::/0"];
    let block = prop::sample::select(ALL.as_slice()).prop_map(|text| text.parse().unwrap());
    prop::collection::btree_set(block, 1..3)
}

/// Predicates on the fields of open ports, all of them exact.
pub(super) fn central() -> BoxedStrategy<Predicate> {
    let codes = prop::collection::btree_set(prop::sample::select(&[1, 2, 3, 0, -1][..]), 1..4);
    prop_oneof![
        ranges().prop_map(|ranges| Predicate::Number(PORT, ranges)),
        codes.prop_map(|codes| Predicate::Code(RISK, codes)),
        names(&["a", "b", "c", "Unknown"]).prop_map(|names| Predicate::Member(SERVICES, names)),
        names(&["a", "b", "c", "Unknown"]).prop_map(|names| Predicate::Only(SERVICES, names)),
        Just(Predicate::Empty(SERVICES)),
        prop::sample::select(&[PORT, RISK, SERVICES][..]).prop_map(Predicate::Known),
    ]
    .boxed()
}

/// Predicates on the other kinds, all of them exact.
fn further() -> BoxedStrategy<Predicate> {
    let texts = names(&["", "x", "y"]).prop_map(TextTest::OneOf);
    prop_oneof![
        ranges().prop_map(|ranges| Predicate::Number(SHARE, ranges)),
        texts.prop_map(|test| Predicate::Text(NAME, test)),
        Just(Predicate::Empty(NAME)),
        any::<bool>().prop_map(|wanted| Predicate::Boolean(OPEN, wanted)),
        blocks().prop_map(|blocks| Predicate::Address(SOURCE, blocks)),
        prop::sample::select(&[SHARE, NAME, OPEN, SOURCE][..]).prop_map(Predicate::Known),
    ]
    .boxed()
}

/// Predicates that the search does not see through.
fn free() -> BoxedStrategy<Predicate> {
    let side = || {
        prop_oneof![
            prop::sample::select(&[PORT, HOSTS][..]).prop_map(Expression::Field),
            (0..4_i64).prop_map(|number| Expression::Number(Number::Integer(number))),
        ]
    };
    let comparison =
        prop::sample::select(&[Comparison::Equal, Comparison::Less, Comparison::LessOrEqual][..]);
    let part = || prop::sample::select(&["x", "y", "xy"][..]).prop_map(str::to_owned);
    let pattern = |text: String| TextTest::Matches(Pattern(regex::Regex::new(&text).unwrap()));
    let text_test = prop_oneof![
        part().prop_map(TextTest::Contains),
        part().prop_map(TextTest::StartsWith),
        part().prop_map(TextTest::EndsWith),
        part().prop_map(pattern),
        names(&["", "x", "y"]).prop_map(TextTest::OneOf),
    ];
    let start = prop::sample::select(&["a", "b", "U"][..])
        .prop_map(|start| TextTest::StartsWith(start.to_owned()));
    prop_oneof![
        2 => (side(), comparison, side())
            .prop_map(|(left, comparison, right)| Predicate::Compare(left, comparison, right)),
        1 => Just(Predicate::Approved),
        2 => text_test.prop_map(|test| Predicate::Text(NAME, test)),
        1 => start.prop_map(|test| Predicate::Text(SERVICES, test)),
        1 => names(&["a", "Unknown"]).prop_map(|names| Predicate::Member(SERVICES, names)),
        1 => ranges().prop_map(|ranges| Predicate::Number(HOSTS, ranges)),
        1 => prop::sample::select(&[HOSTS, NAME, SERVICES][..]).prop_map(Predicate::Known),
        1 => Just(Predicate::Empty(NAME)),
    ]
    .boxed()
}

pub(super) fn conditions(predicates: BoxedStrategy<Predicate>) -> impl Strategy<Value = Condition> {
    predicates.prop_map(test).prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::All),
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::Any),
            2 => inner.prop_map(not),
        ]
    })
}

pub(super) fn assert_exact(condition: &Condition) {
    let found = found(condition);
    for truths in WANTED {
        assert_eq!(is_possible(condition, truths), Some(found.meets(truths)), "{truths:?}");
    }
    let policy = deny(condition.clone());
    assert_eq!(never_fires(&policy), !found.meets(Truths::TRUE));
    assert_eq!(always_fires(&policy), !found.meets(Truths::FALSE));
}

/// The pairs that the definition gives.
fn covers(policies: &[Policy]) -> Vec<(usize, usize)> {
    let conditions: Vec<&Condition> = policies.iter().map(|policy| &policy.condition).collect();
    let records = records(&conditions);
    let fires = |at: usize, record| judge(&policies[at].condition, record) == 1;
    let covers = |i: usize, j: usize| {
        policies[j].effect >= policies[i].effect
            && records.iter().any(|record| fires(i, record))
            && records.iter().all(|record| !fires(i, record) || fires(j, record))
    };
    (0..policies.len())
        .filter_map(|i| {
            (0..policies.len())
                .find(|j| *j != i && covers(i, *j) && (*j < i || !covers(*j, i)))
                .map(|j| (i, j))
        })
        .collect()
}

fn policies(predicates: BoxedStrategy<Predicate>) -> impl Strategy<Value = Vec<Policy>> {
    let effect = prop::sample::select(Effect::ALL.as_slice());
    prop::collection::vec((effect, conditions(predicates)), 2..4).prop_map(|parts| {
        let operation = operation();
        let build = |(effect, condition)| policy(&operation, effect, condition);
        parts.into_iter().map(build).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ports_codes_and_names_are_exact(condition in conditions(central())) {
        assert_exact(&condition);
    }

    #[test]
    fn shares_texts_flags_and_addresses_are_exact(condition in conditions(further())) {
        assert_exact(&condition);
    }

    #[test]
    fn what_is_found_impossible_is_impossible(condition in conditions(free())) {
        let found = found(&condition);
        for truths in WANTED {
            prop_assert!(!found.meets(truths) || is_possible(&condition, truths) == Some(true));
        }
    }

    #[test]
    fn covers_are_exact(policies in policies(central())) {
        prop_assert_eq!(covered_by(&policies), covers(&policies));
    }

    #[test]
    fn covers_of_free_predicates_are_covers(policies in policies(free())) {
        let records = records(&policies.iter().map(|p| &p.condition).collect::<Vec<_>>());
        for (covered, cover) in covered_by(&policies) {
            for record in &records {
                let fires = |at: usize| judge(&policies[at].condition, record) == 1;
                prop_assert!(!fires(covered) || fires(cover));
            }
        }
    }
}
