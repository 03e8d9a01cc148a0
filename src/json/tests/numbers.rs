//! Numbers are exact: read, ordered, hashed, computed and printed as rational numbers of any size are.

use std::cmp::Ordering;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use num_rational::BigRational;
use proptest::prelude::*;

use super::documents::number_token;
use crate::json::{Number, Raw};

fn integer(text: &str) -> Option<i64> {
    match Number::parse(text)? {
        Number::Integer(value) => Some(value),
        Number::Fraction(_) => None,
    }
}

fn read(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn whole_numbers_are_integers_whatever_way_they_are_written() {
    for (text, value) in [
        ("0", 0),
        ("-0", 0),
        ("0.0", 0),
        ("-0.0e5", 0),
        ("0e999999999999999999999", 0),
        ("0.000000000000000000", 0),
        ("3", 3),
        ("3.0", 3),
        ("3.00000000000000000000", 3),
        ("3e0", 3),
        ("30e-1", 3),
        ("1.5e1", 15),
        ("1.5e3", 1500),
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
        ("12345678901234567.0", 12_345_678_901_234_567),
    ] {
        assert_eq!(integer(text), Some(value), "{text}");
    }
}

#[test]
fn other_numbers_are_fractions_that_print_as_they_were_written() {
    for (text, printed) in [
        ("1.5", "1.5"),
        ("-0.1", "-0.1"),
        ("0.10", "0.1"),
        ("11.1000000000000000001", "11.1000000000000000001"),
        ("99.9", "99.9"),
        ("12345678901234567.8", "12345678901234567.8"),
        ("123456789012345678.9", "123456789012345678.9"),
        ("9223372036854775807.5", "9223372036854775807.5"),
        ("99999999999999999999999999999.5", "99999999999999999999999999999.5"),
        ("1e-30", "0.000000000000000000000000000001"),
        ("1e-38", "0.00000000000000000000000000000000000001"),
        ("-2.5e-1", "-0.25"),
        ("1234567.8901234567890123456789012345678", "1234567.8901234567890123456789012345678"),
        ("0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678"),
    ] {
        let number = read(text);
        assert!(matches!(number, Number::Fraction(_)), "{text}");
        assert_eq!(number.to_string(), printed, "{text}");
        assert_eq!(read(printed), number, "{text}");
    }
}

#[test]
fn anything_else_is_none() {
    let too_long = format!("0.{}1", "0".repeat(38));
    for text in [
        "",
        " ",
        // Out of reach: integers beyond 64 bits, and more than 38 digits or places.
        "9223372036854775808",
        "-9223372036854775809",
        "12345678901234567890",
        "9223372036854775808.0",
        "1e19",
        "1e400",
        "-1e400",
        "1e999999999999999999999",
        "1e-39",
        "1e-999999999999999999999",
        &too_long,
        "1.0000000000000000000000000000000000000000",
        // No JSON numbers.
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
        "٣",
        "1.5.5",
        "1e5.5",
        "1/3",
    ] {
        assert!(Number::parse(text).is_none(), "{text}");
    }
}

#[test]
fn a_long_number_costs_nothing() {
    let zeros = "0".repeat(100_000);
    for text in [format!("1{zeros}"), format!("1{zeros}e-100000"), format!("0.{zeros}1e100001")] {
        assert_eq!(Number::parse(&text), None);
    }
}

#[test]
fn a_string_spells_a_number_with_or_without_escapes() {
    for (text, value) in [
        ("30", Some("30")),
        (r#""30""#, Some("30")),
        (r#""\u0033\u0030""#, Some("30")),
        (r#""3\u002e5""#, Some("3.5")),
        (r#""\u002d3""#, Some("-3")),
        (r#""\u0031e2""#, Some("100")),
        (r#""3.0""#, Some("3")),
        (r#"" 3""#, None),
        (r#""3 ""#, None),
        (r#""\u00203""#, None),
        (r#""3\n""#, None),
        (r#""+3""#, None),
        (r#""0x3""#, None),
        (r#""03""#, None),
        (r#""٣""#, None),
        (r#""\u0663""#, None),
        (r#""\ud8003""#, None),
        (r#""""#, None),
        ("true", None),
        ("null", None),
        ("[3]", None),
    ] {
        let number = Number::of(Raw::of(text).unwrap());
        assert_eq!(number.map(|number| number.to_string()).as_deref(), value, "{text}");
    }
}

#[test]
fn arithmetic_in_base_ten_is_what_is_taught() {
    let cases = [
        (read("0.7").plus(read("0.1")), Some("0.8")),
        (read("0.1").times(read("3")), Some("0.3")),
        (read("0.3").minus(read("0.1")), Some("0.2")),
        (read("1").over(read("3")), Some("1/3")),
        (read("1").over(read("3")).and_then(|third| third.times(read("3"))), Some("1")),
        (read("-2").over(read("4")), Some("-0.5")),
        (read("2").over(read("-4")), Some("-0.5")),
        (read("10").over(read("2")), Some("5")),
        (read("0.5").over(read("0.25")), Some("2")),
        (read("1").over(read("0")), None),
        (read("1").over(read("0.0")), None),
        (read("9223372036854775807").plus(read("1")), None),
        (read("9223372036854775807").plus(read("0.5")), Some("9223372036854775807.5")),
        (read("9223372036854775807.5").plus(read("0.5")), None),
        (read("-9223372036854775808").over(read("-1")), None),
        (read("-9223372036854775808").minus(read("0.5")), Some("-9223372036854775808.5")),
        (read("1e-38").times(read("1e-38")), None),
    ];
    for (index, (found, expected)) in cases.into_iter().enumerate() {
        assert_eq!(found.map(|number| number.to_string()).as_deref(), expected, "case {index}");
    }
}

#[test]
fn order_is_exact() {
    let ascending = [
        Number::LEAST,
        read("-9223372036854775808.5"),
        Number::Integer(i64::MIN),
        read("-9223372036854775807.5"),
        Number::Integer(-2),
        read("-1.5"),
        Number::Integer(-1),
        read("-0.5"),
        Number::Integer(0),
        read("1e-38"),
        read("0.3333333333333333333333333333333333333"),
        Number::ratio(1, 3).unwrap(),
        read("0.3333333333333333333333333333333333334"),
        read("0.5"),
        Number::Integer(1),
        read("11.1"),
        read("11.1000000000000000001"),
        read("9007199254740992.5"),
        Number::Integer(9_007_199_254_740_993),
        Number::Integer(i64::MAX),
        read("9223372036854775807.5"),
        Number::GREATEST,
    ];
    for (i, left) in ascending.iter().enumerate() {
        for (j, right) in ascending.iter().enumerate() {
            assert_eq!(left.cmp(right), i.cmp(&j), "{left} {right}");
        }
    }
}

/// The same number, of any size.
fn big(number: Number) -> BigRational {
    match number {
        Number::Integer(value) => BigRational::from_integer(value.into()),
        Number::Fraction(value) => {
            BigRational::new(value.numerator.into(), value.denominator.into())
        }
    }
}

/// What a JSON number says, of any size.
fn big_of_token(text: &str) -> BigRational {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse::<i32>().unwrap() - fraction.len() as i32;
    let digits: BigRational = format!("{whole}{fraction}").parse().unwrap();
    digits * BigRational::from_integer(10.into()).pow(exponent)
}

/// Digits of a number as it is written, but for a lone zero before the point.
fn significant(text: &str) -> usize {
    let digits = text.trim_start_matches('-');
    digits.strip_prefix("0.").unwrap_or(digits).replace('.', "").len()
}

/// Whether a number has the form that this crate gives it.
fn is_in_reach(value: &BigRational) -> bool {
    let fits = |number: &dyn ToString| number.to_string().parse::<i128>().is_ok();
    match value.is_integer() {
        true => value.to_string().parse::<i64>().is_ok(),
        false => fits(value.numer()) && fits(value.denom()),
    }
}

fn number() -> impl Strategy<Value = Number> {
    let decimal = |text: &str| Number::parse(text);
    prop_oneof![
        any::<i64>().prop_map(Number::Integer),
        (-4_i64..4).prop_map(Number::Integer),
        prop::sample::select(vec![i64::MIN, i64::MAX]).prop_map(Number::Integer),
        (-8_i128..8, 1_i128..8)
            .prop_filter_map("in reach", |(top, bottom)| Number::ratio(top, bottom)),
        (any::<i64>(), any::<i64>())
            .prop_filter_map("in reach", |(top, bottom)| Number::ratio(top.into(), bottom.into())),
        (any::<i128>(), any::<i128>())
            .prop_filter_map("in reach", |(top, bottom)| Number::ratio(top, bottom)),
        "-?[1-9]?[0-9]\\.[0-9]{1,4}".prop_filter_map("in reach", move |text| decimal(&text)),
        "-?[1-9][0-9]{0,20}\\.[0-9]{1,17}".prop_filter_map("in reach", move |text| decimal(&text)),
    ]
}

fn hash(number: Number) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(number)
}

proptest! {
    #![proptest_config(super::cases())]

    #[test]
    fn a_number_is_read_as_what_it_says(text in number_token()) {
        let (mantissa, _) = text.split_once(['e', 'E']).unwrap_or((&text, ""));
        let digits = significant(mantissa);
        let value = big_of_token(&text);
        // Of a decimal, the denominator divides a power of ten.
        let places = BigRational::from_integer(10.into()).pow(38) * &value;
        let is_in_reach = digits <= 38 && is_in_reach(&value) && places.is_integer();
        prop_assert_eq!(Number::parse(&text).map(big), is_in_reach.then_some(value));
    }

    #[test]
    fn never_panics(text in "[-+0-9.eE]{0,60}") {
        let valid = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert!(Number::parse(&text).is_none() || valid);
    }

    #[test]
    fn order_is_that_of_rational_numbers(a in number(), b in number()) {
        prop_assert_eq!(a.cmp(&b), big(a).cmp(&big(b)));
        prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
        if a == b {
            prop_assert_eq!(hash(a), hash(b));
        }
    }

    #[test]
    fn results_are_those_of_rational_numbers_or_none(a in number(), b in number()) {
        let (left, right) = (big(a), big(b));
        let mut expected = vec![
            (a.plus(b), &left + &right),
            (a.minus(b), &left - &right),
            (a.times(b), &left * &right),
        ];
        if b == Number::Integer(0) {
            prop_assert_eq!(a.over(b), None);
        } else {
            expected.push((a.over(b), &left / &right));
        }
        for (found, expected) in expected {
            match found {
                Some(found) => {
                    prop_assert_eq!(big(found), expected.clone());
                    // One form, and so one hash, in whatever way a number was computed.
                    let parts = (expected.numer().to_string(), expected.denom().to_string());
                    let (top, bottom) = (parts.0.parse().unwrap(), parts.1.parse().unwrap());
                    prop_assert_eq!(Number::ratio(top, bottom), Some(found));
                }
                // A sum may need more room on the way than at its end, but small numbers never do.
                None => prop_assert!(
                    !is_in_reach(&expected) || !is_small(&left) || !is_small(&right)
                ),
            }
        }
    }

    #[test]
    fn what_is_printed_reads_as_the_same(a in number()) {
        let text = a.to_string();
        match a.is_decimal() {
            true => {
                prop_assert_eq!(significant(&text) > 38, Number::parse(&text).is_none());
                prop_assert_eq!(big_of_token(&text), big(a));
            }
            false => prop_assert_eq!(text.parse::<BigRational>().unwrap(), big(a)),
        }
    }

    #[test]
    fn parts_make_the_number_again(a in number()) {
        let whole = BigRational::from_integer(a.floor().into());
        prop_assert_eq!(whole, big(a).floor());
        match a.parts() {
            Some((whole, part)) => {
                prop_assert!(part < Number::PARTS);
                prop_assert!(Number::of_parts(whole, part).is_none_or(|same| same == a));
                let scale = BigRational::from_integer(Number::PARTS.into());
                let value = BigRational::from_integer(whole.into())
                    + BigRational::from_integer(part.into()) / scale;
                prop_assert_eq!(value, big(a));
            }
            None => prop_assert!(!a.is_decimal()),
        }
    }
}

/// Whether both parts of a number fit in 32 bits.
fn is_small(value: &BigRational) -> bool {
    let fits = |number: &dyn ToString| number.to_string().parse::<i32>().is_ok();
    fits(value.numer()) && fits(value.denom())
}
