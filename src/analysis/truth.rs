//! `Truths` is a set of truth values in Kleene's logic: those that a condition may have, or those
//! that are wanted of it. False is below unknown, and unknown below true: a conjunction is the
//! minimum of its parts, a disjunction the maximum.

use std::ops::{BitAnd, BitOr};

/// Any of the eight sets of false, unknown and true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Truths(u8);

impl Truths {
    pub(super) const NONE: Self = Self(0b000);
    pub(super) const FALSE: Self = Self(0b001);
    pub(super) const UNKNOWN: Self = Self(0b010);
    pub(super) const NOT_TRUE: Self = Self(0b011);
    pub(super) const TRUE: Self = Self(0b100);
    pub(super) const DEFINITE: Self = Self(0b101);
    pub(super) const NOT_FALSE: Self = Self(0b110);
    pub(super) const ANY: Self = Self(0b111);

    /// True or false, and nothing else.
    pub(super) fn of(holds: bool) -> Self {
        if holds { Self::TRUE } else { Self::FALSE }
    }

    /// Whether the two sets share a truth value.
    pub(super) fn meets(self, other: Self) -> bool {
        self & other != Self::NONE
    }

    /// What `not` makes of each member.
    pub(super) fn negated(self) -> Self {
        Self(self.0 & 0b010 | (self.0 & 0b001) << 2 | (self.0 & 0b100) >> 2)
    }

    /// Every minimum of a member of one and a member of the other.
    pub(super) fn minimum(self, other: Self) -> Self {
        let least = |truth: Self, above: Self| {
            if (self.meets(truth) && other.meets(above))
                || (other.meets(truth) && self.meets(above))
            {
                truth
            } else {
                Self::NONE
            }
        };
        least(Self::FALSE, Self::ANY)
            | least(Self::UNKNOWN, Self::NOT_FALSE)
            | least(Self::TRUE, Self::TRUE)
    }

    /// Every maximum of a member of one and a member of the other.
    pub(super) fn maximum(self, other: Self) -> Self {
        self.negated().minimum(other.negated()).negated()
    }
}

impl BitAnd for Truths {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Truths {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINGLE: [Truths; 3] = [Truths::FALSE, Truths::UNKNOWN, Truths::TRUE];

    #[test]
    fn single_truths_follow_kleene() {
        for (rank, a) in SINGLE.into_iter().enumerate() {
            assert_eq!(a.negated(), SINGLE[2 - rank]);
            for (other, b) in SINGLE.into_iter().enumerate() {
                assert_eq!(a.minimum(b), SINGLE[rank.min(other)]);
                assert_eq!(a.maximum(b), SINGLE[rank.max(other)]);
            }
        }
    }

    #[test]
    fn sets_are_the_union_of_their_members() {
        let members = |set: Truths| SINGLE.into_iter().filter(move |truth| set.meets(*truth));
        let union = |all: Truths, one: Truths| all | one;
        for (a, b) in (0..64).map(|bits| (Truths(bits >> 3), Truths(bits & 0b111))) {
            let pairs = || members(a).flat_map(|x| members(b).map(move |y| (x, y)));
            let least = pairs().map(|(x, y)| x.minimum(y)).fold(Truths::NONE, union);
            let greatest = pairs().map(|(x, y)| x.maximum(y)).fold(Truths::NONE, union);
            assert_eq!(a.minimum(b), least, "{a:?} {b:?}");
            assert_eq!(a.maximum(b), greatest, "{a:?} {b:?}");
        }
    }
}
