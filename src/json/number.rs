//! A `Number` is exact where it can be: 64-bit integers stay integers, whatever way they were written.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::digest;
use super::scan::Scanner;

/// An integer in 64 bits, or a finite decimal that is none. Ordering across the two is exact.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number in 64 bits.
    Integer(i64),
    /// A finite number that is not a whole number in 64 bits.
    Decimal(f64),
}

impl Number {
    /// Reads a JSON number, or the same written in a string: `3`, `3.0`, `3e0` and `-0` are integers.
    ///
    /// `None` for anything else: not a number by the JSON grammar, or not finite (`1e400`).
    /// Whole numbers beyond 64 bits come as decimals, so that they still compare.
    #[inline]
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [digit @ b'0'..=b'9'] => Some(Self::Integer(digit_value(*digit))),
            [tens @ b'1'..=b'9', ones @ b'0'..=b'9'] => {
                Some(Self::Integer(10 * digit_value(*tens) + digit_value(*ones)))
            }
            _ => Self::parse_long(text),
        }
    }

    /// [`Self::parse`] without what most codes and counts are: one or two digits.
    fn parse_long(text: &str) -> Option<Self> {
        if let Some(number) = plain(text) {
            return Some(number);
        }
        let parts = Parts::of(text)?;
        match parts.integer() {
            Some(value) => Some(Self::Integer(value)),
            None => text.parse().ok().filter(|value: &f64| value.is_finite()).map(Self::Decimal),
        }
    }

    /// The sum, exact for integers; `None` where it is beyond 64 bits or not finite.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.combine(other, i64::checked_add, |left, right| left + right)
    }

    /// Two integers by `exact`, anything else by `nearest`; `None` where the result is beyond 64 bits or
    /// not finite.
    #[must_use]
    pub fn combine(
        self,
        other: Self,
        exact: fn(i64, i64) -> Option<i64>,
        nearest: fn(f64, f64) -> f64,
    ) -> Option<Self> {
        if let (Self::Integer(left), Self::Integer(right)) = (self, other) {
            return exact(left, right).map(Self::Integer);
        }
        let result = nearest(self.to_f64(), other.to_f64());
        result.is_finite().then_some(Self::Decimal(result))
    }

    /// The nearest `f64`.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the nearest value is what is asked for"
            )]
            Self::Integer(value) => value as f64,
            Self::Decimal(value) => value,
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Equal numbers have the same nearest `f64`, apart from the sign of zero.
        (self.to_f64() + 0.0).to_bits().hash(state);
    }
}

impl PartialOrd for Number {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match (*self, *other) {
            (Self::Integer(left), Self::Integer(right)) => left.cmp(&right),
            (Self::Decimal(left), Self::Decimal(right)) => (left + 0.0).total_cmp(&(right + 0.0)),
            (Self::Integer(left), Self::Decimal(right)) => compare(left, right),
            (Self::Decimal(left), Self::Integer(right)) => compare(right, left).reverse(),
        }
    }
}

/// Compares without rounding the integer.
#[inline(never)]
fn compare(integer: i64, decimal: f64) -> Ordering {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if decimal >= BEYOND || decimal.is_nan() && decimal.is_sign_positive() {
        return Ordering::Less;
    }
    if decimal < -BEYOND || decimal.is_nan() {
        return Ordering::Greater;
    }
    // Integers below 2^53 are exact as they are.
    if integer.unsigned_abs() < 1 << f64::MANTISSA_DIGITS {
        return Number::Integer(integer).to_f64().total_cmp(&(decimal + 0.0));
    }
    let whole = decimal.trunc();
    let fraction = (decimal - whole) + 0.0;
    integer.cmp(&(whole as i64)).then(0.0_f64.total_cmp(&fraction))
}

/// The number that the first `length` bytes of `text` are the digits of; `None` where they are not
/// digits, none, or more than eight.
#[inline]
pub(super) fn short(text: &[u8], length: usize) -> Option<i64> {
    let word = match text.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => u128::from_le_bytes(digest::padded(text)) as u64,
    };
    if (1..=8).contains(&length) { eight(word, length) } else { None }
}

/// The number that nine to sixteen digits make; `None` for any other text.
#[inline(never)]
pub(super) fn long(digits: &[u8]) -> Option<i64> {
    let (high, low) = digits.split_last_chunk::<8>()?;
    let high = short(high, high.len())?;
    Some(high * 100_000_000 + eight(u64::from_le_bytes(*low), 8)?)
}

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The number that one to eight digits make, the first one lowest in `word`.
#[inline]
fn eight(word: u64, length: usize) -> Option<i64> {
    // Zeros are put before, so that there are eight digits.
    let digits = (word ^ repeat(b'0')) << (u64::BITS as usize - 8 * length);
    if (digits.wrapping_add(repeat(0x80 - 10)) | digits) & repeat(0x80) != 0 {
        return None;
    }
    // Neighbours are put together: into numbers below a hundred, below ten thousand, and all.
    let pairs = digits.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    i64::try_from(fours.wrapping_mul(10_000 << 32 | 1) >> 32).ok()
}

#[inline]
fn digit_value(digit: u8) -> i64 {
    i64::from(digit - b'0')
}

/// Digits that an `f64` holds exactly, whatever they are.
const EXACT_DIGITS: usize = 15;

/// What most numbers are: a few digits, with or without a point, without an exponent.
#[inline]
fn plain(text: &str) -> Option<Number> {
    let (digits, sign) = match text.as_bytes() {
        [b'-', digits @ ..] => (digits, -1),
        digits => (digits, 1),
    };
    // One byte more for the point.
    if digits.len() > EXACT_DIGITS + 1 {
        return None;
    }
    let (whole, rest) = leading(digits, 0);
    let length = digits.len() - rest.len();
    if length == 0 || length > 1 && digits.first() == Some(&b'0') {
        return None;
    }
    let (all, scale) = match rest {
        [] => return Some(Number::Integer(sign * whole)),
        [b'.', fraction @ ..] if !fraction.is_empty() => {
            let (all, []) = leading(fraction, whole) else { return None };
            (all, 10_i64.pow(fraction.len() as u32))
        }
        _ => return None,
    };
    if all % scale == 0 {
        return Some(Number::Integer(sign * (all / scale)));
    }
    // Both are exact, so that the quotient is the decimal that is nearest to what is written.
    let nearest = Number::Integer(sign * all).to_f64() / Number::Integer(scale).to_f64();
    Some(Number::Decimal(nearest))
}

/// The number that `value` and the digits at the start of `bytes` make, and what follows them.
#[inline]
fn leading(mut bytes: &[u8], mut value: i64) -> (i64, &[u8]) {
    while let [byte @ b'0'..=b'9', rest @ ..] = bytes {
        value = value * 10 + digit_value(*byte);
        bytes = rest;
    }
    (value, bytes)
}

/// A number taken apart: `whole` and `fraction` are digits, which `exponent` scales.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Parts<'a> {
    /// `None` for what is not a number by the JSON grammar.
    fn of(text: &'a str) -> Option<Self> {
        let mut scanner = Scanner::new(text);
        scanner.number().ok().filter(|_| scanner.rest.is_empty())?;
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = whole.strip_prefix('-');
        Some(Self {
            negative: digits.is_some(),
            whole: digits.unwrap_or(whole),
            fraction,
            exponent: saturating(exponent),
        })
    }

    /// The value, if it is a whole number in 64 bits.
    fn integer(&self) -> Option<i64> {
        let digits = || self.whole.bytes().chain(self.fraction.bytes());
        let leading = digits().take_while(|digit| *digit == b'0').count();
        let trailing = digits().rev().take_while(|digit| *digit == b'0').count();
        let all = self.whole.len() + self.fraction.len();
        let Some(significant) = all.checked_sub(leading + trailing).filter(|count| *count > 0)
        else {
            return Some(0);
        };
        // The significant digits are followed by so many zeros; if negative, by a fraction.
        let zeros = self.exponent - self.fraction.len() as i64 + trailing as i64;
        if zeros < 0 || zeros + significant as i64 > 19 {
            return None;
        }
        let zeros = std::iter::repeat_n(b'0', usize::try_from(zeros).ok()?);
        let value = digits()
            .skip(leading)
            .take(significant)
            .chain(zeros)
            .fold(0, |value, digit| value * 10 + i128::from(digit - b'0'));
        i64::try_from(if self.negative { -value } else { value }).ok()
    }
}

/// An exponent; beyond what any number of digits could bring back, the nearest bound.
fn saturating(exponent: &str) -> i64 {
    const BOUND: i64 = i64::MAX / 4;
    let (negative, digits) = match exponent.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, exponent.strip_prefix('+').unwrap_or(exponent)),
    };
    let value = digits.bytes().fold(0_i64, |value, digit| {
        value.saturating_mul(10).saturating_add(i64::from(digit - b'0')).min(BOUND)
    });
    if negative { -value } else { value }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Decimal(value) => write!(f, "{value}"),
        }
    }
}
