//! A `Fraction` is an exact quotient of two integers: a decimal as it is written in base ten, or the
//! quotient of a division. Nothing is rounded; a result that needs more than 128 bits on either side of
//! the fraction bar does not exist.

use std::cmp::Ordering;
use std::fmt;

/// The most digits of a decimal, and the most places after its point.
pub(super) const MAX_DIGITS: u32 = 38;

/// One, in units of the last place that a decimal can have.
pub(super) const ONE: i128 = 10_i128.pow(MAX_DIGITS);

/// A quotient in lowest terms, so that equal fractions have equal parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    /// Carries the sign.
    pub(super) numerator: i128,
    /// At least 1; at least 2 within a [`Number`](super::Number).
    pub(super) denominator: i128,
}

impl Fraction {
    /// All nines, with one place: integers do not get that far.
    pub(super) const GREATEST: Self = Self { numerator: ONE - 1, denominator: 10 };

    /// Its opposite.
    pub(super) const LEAST: Self = Self { numerator: 1 - ONE, denominator: 10 };

    /// A quotient in lowest terms; `None` for a division by zero, or beyond 128 bits.
    pub(super) fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let divisor = match denominator {
            0 => return None,
            _ => common(numerator, denominator)?,
        };
        let divisor = if denominator < 0 { -divisor } else { divisor };
        Some(Self {
            numerator: numerator.checked_div(divisor)?,
            denominator: denominator.checked_div(divisor)?,
        })
    }

    pub(super) const fn whole(value: i128) -> Self {
        Self { numerator: value, denominator: 1 }
    }

    /// `digits` with the point put before the last `places` of them, which are at most 18.
    ///
    /// Only twos and fives divide a power of ten, which saves the search for a common divisor.
    #[inline]
    pub(super) fn decimal(mut digits: i64, places: u32) -> Self {
        let twos = digits.trailing_zeros().min(places);
        let mut fives = 0;
        while fives < places && digits % 5 == 0 {
            digits /= 5;
            fives += 1;
        }
        Self {
            numerator: (digits >> twos).into(),
            denominator: (5_i64.pow(places - fives) << (places - twos)).into(),
        }
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let shared = common(self.denominator, other.denominator)?;
        let sum = self
            .numerator
            .checked_mul(other.denominator / shared)?
            .checked_add(other.numerator.checked_mul(self.denominator / shared)?)?;
        // What the sum and the product of the denominators have in common divides what those share.
        let divisor = common(sum, shared)?;
        let denominator = (self.denominator / shared).checked_mul(other.denominator / divisor)?;
        Some(Self { numerator: sum / divisor, denominator })
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        let across = common(self.numerator, other.denominator)?;
        let back = common(other.numerator, self.denominator)?;
        Some(Self {
            numerator: (self.numerator / across).checked_mul(other.numerator / back)?,
            denominator: (self.denominator / back).checked_mul(other.denominator / across)?,
        })
    }

    pub(super) fn negated(self) -> Option<Self> {
        Some(Self { numerator: self.numerator.checked_neg()?, ..self })
    }

    pub(super) fn inverted(self) -> Option<Self> {
        Self::new(self.denominator, self.numerator)
    }

    /// Whether a finite number of digits writes it, as all evidence is written.
    pub(super) const fn is_decimal(self) -> bool {
        ONE % self.denominator == 0
    }

    /// The greatest integer that is not above it.
    pub(super) const fn floor(self) -> i128 {
        self.numerator.div_euclid(self.denominator)
    }

    /// Both parts if they fit in 64 bits, so that their products fit in 128.
    #[inline]
    fn short(self) -> Option<(i128, i128)> {
        let (numerator, denominator) =
            (i64::try_from(self.numerator).ok()?, i64::try_from(self.denominator).ok()?);
        Some((numerator.into(), denominator.into()))
    }

    /// Compares integral parts first, then the reciprocals of what is left, so that no product is needed.
    #[cold]
    fn compare_by_parts(mut self, mut other: Self) -> Ordering {
        loop {
            let order = self.floor().cmp(&other.floor());
            let rest = |one: Self| one.numerator.rem_euclid(one.denominator);
            match (order, rest(self), rest(other)) {
                (Ordering::Equal, 1.., 0) => return Ordering::Greater,
                (Ordering::Equal, 0, 1..) => return Ordering::Less,
                (Ordering::Equal, left @ 1.., right @ 1..) => {
                    let inverted = Self { numerator: other.denominator, denominator: right };
                    other = Self { numerator: self.denominator, denominator: left };
                    self = inverted;
                }
                (order, ..) => return order,
            }
        }
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.short(), other.short()) {
            (Some((numerator, denominator)), Some((other_numerator, other_denominator))) => {
                (numerator * other_denominator).cmp(&(other_numerator * denominator))
            }
            _ => self.compare_by_parts(*other),
        }
    }
}

/// The greatest common divisor; `None` beyond 128 bits.
fn common(one: i128, other: i128) -> Option<i128> {
    let (mut one, mut other) = (one.unsigned_abs(), other.unsigned_abs());
    while other != 0 {
        (one, other) = (other, one % other);
    }
    i128::try_from(one).ok()
}

/// All its digits if it is a decimal, else the quotient, as in `1/3`. Different fractions differ.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { numerator, denominator } = *self;
        if !self.is_decimal() {
            return write!(f, "{numerator}/{denominator}");
        }
        let (mut places, mut scale) = (0, 1);
        while scale % denominator != 0 {
            places += 1;
            scale *= 10;
        }
        let sign = if numerator < 0 { "-" } else { "" };
        let whole = (numerator / denominator).unsigned_abs();
        let part = (numerator % denominator).unsigned_abs() * (scale / denominator).unsigned_abs();
        write!(f, "{sign}{whole}.{part:0places$}")
    }
}
