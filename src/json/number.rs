//! A `Number` is exact where it can be: 64-bit integers stay integers, whatever way they were written.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

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
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let _ = text;
        None
    }

    /// The nearest `f64`.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "the nearest value is what is asked for")]
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
        self.to_f64().to_bits().hash(state);
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, _other: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Decimal(value) => write!(f, "{value}"),
        }
    }
}
