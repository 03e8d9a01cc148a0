//! A `Total` adds bounds up exactly, in whatever order they come and however many there are.

use crate::json::Number;
use crate::policy::Bounds;

/// The sum of bounds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Total {
    low: Sum,
    high: Sum,
    /// The same where none of them need count.
    perhaps: (Sum, Sum),
}

/// The sum of numbers, any of which may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sum {
    whole: i128,
    /// What is left above that, as [`Number::parts`] counts it.
    part: u128,
    /// Whether a number is not known, or the sum is beyond 128 bits.
    is_open: bool,
}

impl Total {
    /// Adds one.
    pub(super) fn add(&mut self, bounds: Bounds) {
        const NONE: Number = Number::Integer(0);
        self.low.add(bounds.low);
        self.high.add(bounds.high);
        self.perhaps.0.add(bounds.low.map(|low| low.min(NONE)));
        self.perhaps.1.add(bounds.high.map(|high| high.max(NONE)));
    }

    /// Adds all that another has.
    pub(super) fn add_all(&mut self, other: &Self) {
        self.low.add_all(other.low);
        self.high.add_all(other.high);
        self.perhaps.0.add_all(other.perhaps.0);
        self.perhaps.1.add_all(other.perhaps.1);
    }

    /// The same where none of the parts need count.
    pub(super) fn perhaps(self) -> Self {
        Self { low: self.perhaps.0, high: self.perhaps.1, ..self }
    }

    /// The bounds of the sum.
    pub(super) fn bounds(&self) -> Bounds {
        Bounds { low: self.low.low(), high: self.high.high() }
    }

    /// The bounds without what the first may have put on top, and the second have taken away.
    pub(super) fn less(&self, (first, second): (Self, Self)) -> Bounds {
        let less = |mut sum: Sum, other: Sum| {
            sum.add_all(other.negated());
            sum
        };
        Bounds { low: less(self.low, first.low).low(), high: less(self.high, second.high).high() }
    }
}

impl Sum {
    fn add(&mut self, number: Option<Number>) {
        match number.and_then(Number::parts) {
            Some((whole, part)) => self.add_all(Self { whole, part, is_open: false }),
            None => self.is_open = true,
        }
    }

    fn add_all(&mut self, other: Self) {
        let part = self.part + other.part;
        let carried = part.checked_sub(Number::PARTS);
        let whole = self.whole.checked_add(other.whole);
        let whole = whole.and_then(|whole| whole.checked_add(carried.is_some().into()));
        *self = Self {
            whole: whole.unwrap_or_default(),
            part: carried.unwrap_or(part),
            is_open: self.is_open || other.is_open || whole.is_none(),
        };
    }

    fn negated(self) -> Self {
        match self.part {
            0 => Self { whole: -self.whole, ..self },
            part => Self { whole: !self.whole, part: Number::PARTS - part, ..self },
        }
    }

    /// The sum, or an integer that is certainly not above it.
    fn low(self) -> Option<Number> {
        self.bound(self.whole.min(i64::MAX.into()))
    }

    /// The sum, or an integer that is certainly not below it.
    fn high(self) -> Option<Number> {
        self.bound(self.whole.saturating_add((self.part > 0).into()).max(i64::MIN.into()))
    }

    /// The sum, or the integer near it where the sum is out of reach; `None` if it is open.
    fn bound(self, near: i128) -> Option<Number> {
        let near = || i64::try_from(near).ok().map(Number::Integer);
        (!self.is_open).then(|| Number::of_parts(self.whole, self.part).or_else(near)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use num_rational::BigRational;
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    fn total(texts: &[&str]) -> Total {
        let mut total = Total::default();
        texts.iter().for_each(|text| total.add(Bounds::exactly(read(text))));
        total
    }

    #[test]
    fn sums_are_exact() {
        for (texts, sum) in [
            (&[][..], "0"),
            (&["0.7", "0.1"], "0.8"),
            (&["0.1", "0.1", "0.1"], "0.3"),
            (&["0.1", "-0.3"], "-0.2"),
            (&["-0.5", "-0.5"], "-1"),
            (&["9223372036854775807", "0.5", "-0.25"], "9223372036854775807.25"),
            (
                &["9223372036854775807", "9223372036854775807", "-9223372036854775807"],
                "9223372036854775807",
            ),
            (&["1e-38", "1.1"], "1.10000000000000000000000000000000000001"),
        ] {
            let bounds = total(texts).bounds();
            assert_eq!(bounds.low.map(|low| low.to_string()).as_deref(), Some(sum), "{texts:?}");
            assert_eq!(bounds.low, bounds.high, "{texts:?}");
            let nothing = total(texts).less((total(texts), total(texts)));
            assert_eq!(nothing, Bounds::exactly(Number::Integer(0)), "{texts:?}");
        }
    }

    #[test]
    fn a_sum_out_of_reach_is_bounded_by_what_is_known_of_it() {
        let sum = |texts: &[&str]| {
            let bounds = total(texts).bounds();
            (bounds.low, bounds.high)
        };
        let integer = |value| Some(Number::Integer(value));
        let (least, greatest) = ("-9223372036854775808", "9223372036854775807");
        assert_eq!(sum(&[greatest, "1"]), (integer(i64::MAX), None));
        assert_eq!(sum(&[least, "-1"]), (None, integer(i64::MIN)));
        // The sum itself would need more than 128 bits.
        assert_eq!(sum(&["5", "1e-38"]), (integer(5), integer(6)));
        assert_eq!(sum(&["-5", "-1e-38"]), (integer(-6), integer(-5)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_order_of_what_is_added_does_not_matter(
            texts in prop::collection::vec("-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,8})?", 0..12),
            cut in 0_usize..12,
        ) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let cut = cut.min(texts.len());
            let (first, second) = texts.split_at(cut);
            let mut joined = total(second);
            joined.add_all(&total(first));
            prop_assert_eq!(&joined, &total(&texts));
            let exact = texts.iter().fold(BigRational::from_integer(0.into()), |sum, text| {
                let places = text.split_once('.').map_or(0, |(_, places)| places.len());
                let digits: BigRational = text.replace('.', "").parse().unwrap();
                sum + digits / BigRational::from_integer(10.into()).pow(places as i32)
            });
            let (top, bottom) = (exact.numer().to_string(), exact.denom().to_string());
            let exact = Number::ratio(top.parse().unwrap(), bottom.parse().unwrap());
            prop_assert_eq!(joined.bounds(), Bounds { low: exact, high: exact });
        }
    }
}
