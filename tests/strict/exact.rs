//! Exact numbers: fractions of integers of any size, so that nothing is ever rounded.

use std::cmp::Ordering;

/// The magnitude of an integer, its digits to base 10^9, the lowest first, without leading zeros.
type Digits = Vec<u64>;

const BASE: u64 = 1_000_000_000;

/// Digits of a literal beyond which it is not read.
const MAX_DIGITS: usize = 38;

/// A fraction. The denominator is positive; it is not reduced.
#[derive(Clone, Debug)]
pub struct Exact {
    is_negative: bool,
    numerator: Digits,
    denominator: Digits,
}

fn trimmed(mut digits: Digits) -> Digits {
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits
}

fn of(mut value: u128) -> Digits {
    let mut digits = Vec::new();
    while value > 0 {
        digits.push((value % u128::from(BASE)) as u64);
        value /= u128::from(BASE);
    }
    digits
}

fn compare(left: &Digits, right: &Digits) -> Ordering {
    let length = left.len().cmp(&right.len());
    length.then_with(|| left.iter().rev().cmp(right.iter().rev()))
}

fn plus(left: &Digits, right: &Digits) -> Digits {
    let mut sum = Vec::new();
    let mut carry = 0;
    for place in 0..=left.len().max(right.len()) {
        let digit = |digits: &Digits| digits.get(place).copied().unwrap_or(0);
        let value = digit(left) + digit(right) + carry;
        sum.push(value % BASE);
        carry = value / BASE;
    }
    trimmed(sum)
}

/// Subtracts the smaller from the greater.
fn minus(greater: &Digits, smaller: &Digits) -> Digits {
    let mut rest = greater.clone();
    for place in 0..rest.len() {
        let digit = smaller.get(place).copied().unwrap_or(0);
        if rest[place] < digit {
            rest[place] += BASE;
            let above = (place + 1..rest.len()).find(|above| rest[*above] > 0).unwrap();
            rest[above] -= 1;
            rest[place + 1..above].fill(BASE - 1);
        }
        rest[place] -= digit;
    }
    trimmed(rest)
}

fn times(left: &Digits, right: &Digits) -> Digits {
    let mut product = vec![0_u64; left.len() + right.len() + 1];
    for (at, a) in left.iter().enumerate() {
        let mut carry = 0;
        for (place, slot) in product.iter_mut().enumerate().skip(at) {
            let value = *slot + a * right.get(place - at).copied().unwrap_or(0) + carry;
            *slot = value % BASE;
            carry = value / BASE;
        }
    }
    trimmed(product)
}

impl Exact {
    pub fn integer(value: i128) -> Exact {
        Exact { is_negative: value < 0, numerator: of(value.unsigned_abs()), denominator: of(1) }
    }

    /// Reads the literal of a number; `None` of more than 38 digits.
    pub fn literal(text: &str) -> Option<Exact> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let mut exponent: i64 = exponent.parse().ok().filter(|e| (-99..99).contains(e))?;
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        exponent -= fraction.len() as i64;
        let digits = format!("{}{fraction}", integer.trim_start_matches('-'));
        let digits = digits.trim_start_matches('0');
        if digits.len() > MAX_DIGITS {
            return None;
        }
        let power = |exponent: i64| (0..exponent).fold(of(1), |power, _| times(&power, &of(10)));
        let whole: u128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        Some(Exact {
            is_negative: integer.starts_with('-') && whole > 0,
            numerator: times(&of(whole), &power(exponent)),
            denominator: power(-exponent),
        })
    }

    fn signed(is_negative: bool, numerator: Digits, denominator: Digits) -> Exact {
        Exact { is_negative: is_negative && !numerator.is_empty(), numerator, denominator }
    }

    fn negated(&self) -> Exact {
        Exact::signed(!self.is_negative, self.numerator.clone(), self.denominator.clone())
    }

    pub fn add(&self, other: &Exact) -> Exact {
        let left = times(&self.numerator, &other.denominator);
        let right = times(&other.numerator, &self.denominator);
        let below = times(&self.denominator, &other.denominator);
        if self.is_negative == other.is_negative {
            return Exact::signed(self.is_negative, plus(&left, &right), below);
        }
        match compare(&left, &right) {
            Ordering::Less => Exact::signed(other.is_negative, minus(&right, &left), below),
            _ => Exact::signed(self.is_negative, minus(&left, &right), below),
        }
    }

    pub fn subtract(&self, other: &Exact) -> Exact {
        self.add(&other.negated())
    }

    pub fn multiply(&self, other: &Exact) -> Exact {
        let is_negative = self.is_negative != other.is_negative;
        let numerator = times(&self.numerator, &other.numerator);
        Exact::signed(is_negative, numerator, times(&self.denominator, &other.denominator))
    }

    /// `None` of a division by zero.
    pub fn divide(&self, other: &Exact) -> Option<Exact> {
        let is_negative = self.is_negative != other.is_negative;
        let numerator = times(&self.numerator, &other.denominator);
        let below = times(&self.denominator, &other.numerator);
        (!below.is_empty()).then(|| Exact::signed(is_negative, numerator, below))
    }

    pub fn order(&self, other: &Exact) -> Ordering {
        let difference = self.subtract(other);
        match (difference.is_negative, difference.numerator.is_empty()) {
            (true, _) => Ordering::Less,
            (false, true) => Ordering::Equal,
            (false, false) => Ordering::Greater,
        }
    }

    /// Returns the integer that this is, if it is one within 64 bits.
    pub fn to_integer(&self) -> Option<i64> {
        if self.denominator == of(1) {
            let digits = self.numerator.iter().rev();
            let size = digits.fold(0, |size: i128, digit| {
                size.saturating_mul(BASE.into()).saturating_add((*digit).into())
            });
            return i64::try_from(if self.is_negative { -size } else { size }).ok();
        }
        let (mut low, mut high) = (i128::from(i64::MIN), i128::from(i64::MAX));
        while low <= high {
            let middle = (low + high).div_euclid(2);
            match Exact::integer(middle).order(self) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return i64::try_from(middle).ok(),
                Ordering::Greater => high = middle - 1,
            }
        }
        None
    }

    /// Returns the number, or `None` of one beyond 64 bits.
    pub fn in_64_bits(self) -> Option<Exact> {
        let least = Exact::integer(i64::MIN.into()).order(&self) != Ordering::Greater;
        let most = Exact::integer(i64::MAX.into()).order(&self) != Ordering::Less;
        (least && most).then_some(self)
    }
}

#[test]
fn fractions_are_exact() {
    let of = |text| Exact::literal(text).unwrap();
    assert_eq!(of("0.7").add(&of("0.1")).order(&of("0.8")), Ordering::Equal);
    assert_eq!(of("11.1000000000000000001").order(&of("11.1")), Ordering::Greater);
    assert_eq!(of("1").divide(&of("3")).unwrap().multiply(&of("3")).to_integer(), Some(1));
    assert_eq!(of("1e2").subtract(&of("100.5")).order(&of("-0.50")), Ordering::Equal);
    assert_eq!(of("-9223372036854775808").to_integer(), Some(i64::MIN));
    assert_eq!(of("9223372036854775808").to_integer(), None);
    assert_eq!(of("1000000000000000000").subtract(&of("1")).to_integer(), Some(999999999999999999));
    assert!(Exact::literal(&"9".repeat(39)).is_none());
    assert!(of("1").divide(&of("0.0")).is_none());
}
