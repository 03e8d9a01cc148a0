//! Numbers are exact, and ordered exactly.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use proptest::prelude::*;

use super::documents::number_token;
use crate::json::Number;

fn integer(text: &str) -> Option<i64> {
    match Number::parse(text)? {
        Number::Integer(value) => Some(value),
        Number::Decimal(_) => None,
    }
}

#[test]
fn whole_numbers_are_integers_whatever_way_they_are_written() {
    for (text, value) in [
        ("0", 0),
        ("-0", 0),
        ("0.0", 0),
        ("-0.0e5", 0),
        ("0e999999999999999999999", 0),
        ("3", 3),
        ("3.0", 3),
        ("3e0", 3),
        ("30e-1", 3),
        ("1.5e1", 15),
        ("0.00015E5", 15),
        ("1456536639.0", 1_456_536_639),
        ("9223372036854775807", i64::MAX),
        ("9223372036854775807.0", i64::MAX),
        ("9223372036854775807000e-3", i64::MAX),
        ("-9223372036854775808", i64::MIN),
        ("-922337203685477580.8e1", i64::MIN),
        ("9007199254740993.0", 9_007_199_254_740_993),
        ("123456789012345678", 123_456_789_012_345_678),
        ("1234567890123456789", 1_234_567_890_123_456_789),
    ] {
        assert_eq!(integer(text), Some(value), "{text}");
    }
}

#[test]
fn other_numbers_are_decimals() {
    for (text, value) in [
        ("1.5", 1.5),
        ("-0.1", -0.1),
        ("9223372036854775808", 9_223_372_036_854_775_808.0),
        ("-9223372036854775809", -9_223_372_036_854_775_808.0),
        ("12345678901234567890", 12_345_678_901_234_567_890.0),
        ("1e300", 1e300),
        ("1e-300", 1e-300),
    ] {
        assert!(
            matches!(Number::parse(text), Some(Number::Decimal(read)) if read == value),
            "{text}"
        );
    }
}

#[test]
fn anything_else_is_none() {
    for text in [
        "",
        " ",
        "1e400",
        "-1e400",
        "1e999999999999999999999",
        "+1",
        "01",
        "-01",
        "00",
        ".5",
        "1.",
        "1.e1",
        "1e",
        "1e+",
        "-",
        "--1",
        " 1",
        "1 ",
        "0x1",
        "NaN",
        "Infinity",
        "inf",
        "1_000",
        "1,000",
        "１",
        "1.5.5",
        "1e5.5",
    ] {
        assert!(Number::parse(text).is_none(), "{text}");
    }
}

#[test]
fn a_huge_exponent_costs_nothing() {
    let zeros = "0".repeat(100_000);
    assert_eq!(integer(&format!("1{zeros}e-100000")), Some(1));
    assert_eq!(integer(&format!("0.{zeros}1e100001")), Some(1));
    assert_eq!(Number::parse("1e-999999999999999999999"), Some(Number::Decimal(0.0)));
    assert_eq!(Number::parse(&format!("1{zeros}")), None);
}

#[test]
fn order_is_exact_across_integers_and_decimals() {
    let ascending = [
        Number::Decimal(-1e300),
        Number::Decimal(-9_223_372_036_854_777_856.0),
        Number::Integer(i64::MIN),
        Number::Integer(i64::MIN + 1),
        Number::Integer(-2),
        Number::Decimal(-1.5),
        Number::Integer(-1),
        Number::Decimal(-0.5),
        Number::Integer(0),
        Number::Decimal(5e-324),
        Number::Decimal(0.5),
        Number::Integer(1),
        Number::Decimal(9_007_199_254_740_992.0),
        Number::Integer(9_007_199_254_740_993),
        Number::Decimal(9_007_199_254_740_994.0),
        Number::Integer(i64::MAX),
        Number::Decimal(9_223_372_036_854_775_808.0),
        Number::Decimal(1e300),
    ];
    for (i, left) in ascending.iter().enumerate() {
        for (j, right) in ascending.iter().enumerate() {
            assert_eq!(left.cmp(right), i.cmp(&j), "{left} {right}");
        }
    }
    assert_eq!(Number::Integer(0), Number::Decimal(-0.0));
    assert_eq!(Number::Integer(i64::MIN), Number::Decimal(-9_223_372_036_854_775_808.0));
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::Integer),
        (-4_i64..4).prop_map(Number::Integer),
        (-8_i64..8).prop_map(|half| Number::Decimal(half as f64 / 2.0)),
        any::<i64>().prop_map(|value| Number::Decimal(value as f64)),
        prop::num::f64::NORMAL.prop_map(Number::Decimal),
    ]
}

proptest! {
    #![proptest_config(super::cases())]

    #[test]
    fn the_nearest_decimal_is_that_of_the_standard_library(text in number_token()) {
        let expected = text.parse().ok().filter(|value: &f64| value.is_finite());
        prop_assert_eq!(Number::parse(&text).map(Number::to_f64), expected.map(|value| value + 0.0));
        if let Ok(value) = text.parse::<i64>() {
            prop_assert_eq!(integer(&text), Some(value));
        }
    }

    #[test]
    fn never_panics(text in "[-+0-9.eE]{0,30}") {
        let valid = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert!(Number::parse(&text).is_none() || valid);
    }

    #[test]
    fn order_is_total(a in number(), b in number(), c in number()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        if a.cmp(&b) != Ordering::Greater && b.cmp(&c) != Ordering::Greater {
            prop_assert_ne!(a.cmp(&c), Ordering::Greater);
        }
    }

    #[test]
    fn equal_numbers_have_one_hash(a in number(), b in number()) {
        let state = std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default();
        let twin = Number::Decimal(a.to_f64());
        for other in [b, twin] {
            if a == other {
                prop_assert_eq!(state.hash_one(a), state.hash_one(other));
            }
        }
    }
}
