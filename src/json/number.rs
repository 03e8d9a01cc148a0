//! A `Number` is exact: an integer in 64 bits, or a fraction. It is never rounded.

use std::cmp::Ordering;
use std::fmt;

use super::digest;
use super::fraction::{Fraction, MAX_DIGITS, ONE};
use super::scan::Scanner;
use super::value::{Kind, Raw};

/// An integer in 64 bits, or a number that is not an integer. Equal numbers have one form and one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Number {
    /// An integer in 64 bits.
    Integer(i64),
    /// A number that is not an integer: a decimal in base ten, or a quotient.
    Fraction(Fraction),
}

impl Number {
    /// The parts of one that [`Self::parts`] counts: each is the last place that a decimal can have.
    pub const PARTS: u128 = ONE.unsigned_abs();

    /// The greatest number that can be written.
    pub const GREATEST: Self = Self::Fraction(Fraction::GREATEST);

    /// The least number that can be written.
    pub const LEAST: Self = Self::Fraction(Fraction::LEAST);

    /// Reads a JSON number, or the same written in a string: `3`, `3.0`, `3e0` and `-0` are integers.
    ///
    /// `None` for text that is not a number by the JSON grammar, integers beyond 64 bits, more than 38
    /// digits before an exponent, and more than 38 decimal places once an exponent is applied.
    #[inline]
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [digit @ b'0'..=b'9'] => Some(Self::Integer(digit_value(*digit))),
            [tens @ b'1'..=b'9', ones @ b'0'..=b'9'] => {
                Some(Self::Integer(10 * digit_value(*tens) + digit_value(*ones)))
            }
            _ => plain(text).or_else(|| Parts::of(text)?.number()),
        }
    }

    /// Reads a JSON number, or a string that spells one, with or without escapes.
    #[inline]
    #[must_use]
    pub fn of(raw: Raw<'_>) -> Option<Self> {
        match raw.kind {
            Kind::Number => Self::parse(raw.text),
            Kind::String => raw.spelled(Self::parse),
            _ => None,
        }
    }

    /// A quotient; `None` for a division by zero, or if it is out of reach.
    #[must_use]
    pub fn ratio(numerator: i128, denominator: i128) -> Option<Self> {
        Self::exactly(Fraction::new(numerator, denominator)?)
    }

    /// The sum; `None` if it is an integer beyond 64 bits, or a fraction beyond 128.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => {
                left.checked_add(right).map(Self::Integer)
            }
            _ => Self::exactly(self.fraction().plus(other.fraction())?),
        }
    }

    /// The difference, with the limits of [`Self::plus`].
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => {
                left.checked_sub(right).map(Self::Integer)
            }
            _ => Self::exactly(self.fraction().plus(other.fraction().negated()?)?),
        }
    }

    /// The product, with the limits of [`Self::plus`].
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => {
                left.checked_mul(right).map(Self::Integer)
            }
            _ => Self::exactly(self.fraction().times(other.fraction())?),
        }
    }

    /// The quotient, with the limits of [`Self::plus`]; `None` for a division by zero.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        Self::exactly(self.fraction().times(other.fraction().inverted()?)?)
    }

    /// Whether evidence can say it: an integer, or a decimal of at most 38 places.
    #[must_use]
    pub fn is_decimal(self) -> bool {
        self.fraction().is_decimal()
    }

    /// The greatest integer that is not above it.
    #[must_use]
    pub fn floor(self) -> i128 {
        self.fraction().floor()
    }

    /// The integer below a decimal, and how many [`Self::PARTS`] of one it is above that; `None` for other
    /// fractions. Sums of such parts are exact in whatever order they are added.
    #[must_use]
    pub fn parts(self) -> Option<(i128, u128)> {
        let Fraction { numerator, denominator } = self.fraction();
        let part = numerator.rem_euclid(denominator).unsigned_abs();
        let scale = (ONE / denominator).unsigned_abs();
        self.is_decimal().then_some((self.floor(), part * scale))
    }

    /// The number that [`Self::parts`] takes apart.
    #[must_use]
    pub fn of_parts(whole: i128, part: u128) -> Option<Self> {
        let part = Fraction::new(i128::try_from(part).ok()?, ONE)?;
        Self::exactly(Fraction::whole(whole).plus(part)?)
    }

    fn fraction(self) -> Fraction {
        match self {
            Self::Integer(value) => Fraction::whole(value.into()),
            Self::Fraction(fraction) => fraction,
        }
    }

    /// The number that a fraction is, unless it is an integer beyond 64 bits.
    fn exactly(fraction: Fraction) -> Option<Self> {
        match fraction.denominator {
            1 => i64::try_from(fraction.numerator).ok().map(Self::Integer),
            _ => Some(Self::Fraction(fraction)),
        }
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
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => left.cmp(right),
            _ => self.fraction().cmp(&other.fraction()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Fraction(value) => write!(f, "{value}"),
        }
    }
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

/// Digits that fit in 64 bits, whatever they are.
const PLAIN_DIGITS: usize = 18;

/// What most numbers are: a few digits, with or without a point, without an exponent.
#[inline]
fn plain(text: &str) -> Option<Number> {
    let (digits, sign) = match text.as_bytes() {
        [b'-', digits @ ..] => (digits, -1),
        digits => (digits, 1),
    };
    // One byte more for the point.
    if digits.len() > PLAIN_DIGITS + 1 {
        return None;
    }
    let (whole, rest) = leading(digits, 0);
    let length = digits.len() - rest.len();
    if length == 0 || length > PLAIN_DIGITS || length > 1 && digits.first() == Some(&b'0') {
        return None;
    }
    match rest {
        [] => Some(Number::Integer(sign * whole)),
        [b'.', fraction @ ..] if !fraction.is_empty() => {
            let (all, []) = leading(fraction, whole) else { return None };
            Number::exactly(Fraction::decimal(sign * all, fraction.len() as u32))
        }
        _ => None,
    }
}

/// The number that `value` and the digits at the start of `bytes` make, and what follows them.
#[inline]
fn leading(mut bytes: &[u8], mut value: i64) -> (i64, &[u8]) {
    while let [byte @ b'0'..=b'9', rest @ ..] = bytes {
        value = value.wrapping_mul(10).wrapping_add(digit_value(*byte));
        bytes = rest;
    }
    (value, bytes)
}

/// A number taken apart: `whole` and `fraction` are digits, which `exponent` scales.
struct Parts<'a> {
    is_negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Parts<'a> {
    /// `None` for text that is not a number by the JSON grammar.
    fn of(text: &'a str) -> Option<Self> {
        let mut scanner = Scanner::new(text);
        scanner.number().ok().filter(|_| scanner.rest.is_empty())?;
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = whole.strip_prefix('-');
        Some(Self {
            is_negative: digits.is_some(),
            whole: digits.unwrap_or(whole),
            fraction,
            exponent: saturating(exponent),
        })
    }

    /// The value, if it has no more digits than a number may have.
    fn number(&self) -> Option<Number> {
        // The zero of `0.5` only makes room for the point.
        let before_point = if self.whole == "0" { 0 } else { self.whole.len() };
        if before_point + self.fraction.len() > MAX_DIGITS as usize {
            return None;
        }
        let digits = self.whole.bytes().chain(self.fraction.bytes());
        let mut value = digits.fold(0, |value, digit| value * 10 + i128::from(digit - b'0'));
        if value == 0 {
            return Some(Number::Integer(0));
        }
        let mut places = self.fraction.len() as i64 - self.exponent;
        while places > 0 && value % 10 == 0 {
            value /= 10;
            places -= 1;
        }
        if self.is_negative {
            value = -value;
        }
        let scale =
            u32::try_from(places.unsigned_abs()).ok().filter(|scale| *scale <= MAX_DIGITS)?;
        let scale = 10_i128.pow(scale);
        match places {
            ..0 => Number::ratio(value.checked_mul(scale)?, 1),
            _ => Number::ratio(value, scale),
        }
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
