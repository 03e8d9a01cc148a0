//! Kleene's three truths: what the evidence does not say is unknown, and unknown is not false.

use std::ops::Not;

/// A truth of three-valued logic, in the order in which `and` is the least and `or` the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// Definitely not.
    False,
    /// The evidence does not say.
    Unknown,
    /// Definitely.
    True,
}

impl Truth {
    /// Every truth, in order.
    pub const ALL: [Self; 3] = [Self::False, Self::Unknown, Self::True];

    /// Conjunction.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Disjunction.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}
