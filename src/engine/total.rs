//! A `Total` adds bounds up: exactly, however many there are, as long as they are whole numbers.

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
    part: f64,
    has_part: bool,
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
        Bounds { low: self.low.number(), high: self.high.number() }
    }

    /// The bounds without what the first may have put on top, and the second have taken away.
    pub(super) fn less(&self, (first, second): (Self, Self)) -> Bounds {
        let less = |mut sum: Sum, other: Sum| {
            sum.add_all(Sum { whole: other.whole.saturating_neg(), part: -other.part, ..other });
            sum.number()
        };
        Bounds { low: less(self.low, first.low), high: less(self.high, second.high) }
    }
}

impl Sum {
    fn add(&mut self, number: Option<Number>) {
        match number {
            None => self.is_open = true,
            Some(Number::Integer(whole)) => {
                self.whole = self.whole.saturating_add(i128::from(whole));
            }
            Some(Number::Decimal(part)) => {
                self.part += part;
                self.has_part = true;
            }
        }
    }

    fn add_all(&mut self, other: Self) {
        self.whole = self.whole.saturating_add(other.whole);
        self.part += other.part;
        self.has_part |= other.has_part;
        self.is_open |= other.is_open;
    }

    /// The sum, unless it is open or not finite.
    fn number(self) -> Option<Number> {
        if self.is_open {
            return None;
        }
        if let (false, Ok(whole)) = (self.has_part, i64::try_from(self.whole)) {
            return Some(Number::Integer(whole));
        }
        #[expect(clippy::cast_precision_loss, reason = "beyond 64 bits the nearest is enough")]
        let sum = self.whole as f64 + self.part;
        Number::parse(&format!("{sum}")).filter(|_| sum.is_finite())
    }
}
