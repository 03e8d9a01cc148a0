//! `Bounds` are the range in which a number lies that is not wholly known, and arithmetic and comparisons
//! over such ranges. Each range is taken by itself: what two have in common is not used.

use super::Aggregate;
use super::condition::{Comparison, Expression, Operator};
use crate::json::Number;

/// The least and the greatest value that a number may have, both included; `None` where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least.
    pub low: Option<Number>,
    /// The greatest.
    pub high: Option<Number>,
}

const ZERO: Number = Number::Integer(0);

impl Bounds {
    /// Any number at all, or none.
    pub const ANY: Self = Self { low: None, high: None };

    /// A number that is known.
    #[must_use]
    pub fn exactly(number: Number) -> Self {
        Self { low: Some(number), high: Some(number) }
    }

    /// Whether they compare as asked; `None` where that depends on where in the bounds the numbers lie.
    #[must_use]
    pub fn compare(self, comparison: Comparison, other: Self) -> Option<bool> {
        let (always, never) = match comparison {
            Comparison::Less => (below(self.high, other.low), not_above(other.high, self.low)),
            Comparison::LessOrEqual => {
                (not_above(self.high, other.low), below(other.high, self.low))
            }
            Comparison::Equal => (
                not_above(self.high, other.low) && not_above(other.high, self.low),
                below(self.high, other.low) || below(other.high, self.low),
            ),
        };
        match (always, never) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            (false, false) => None,
        }
    }

    /// The value of an expression whose aggregates lie within bounds.
    #[must_use]
    pub fn of(expression: &Expression, known: &dyn Fn(&Aggregate) -> Self) -> Self {
        Self::over(expression, &|operand| match operand {
            Expression::Aggregate(aggregate) => known(aggregate),
            // A record's own field says nothing of the whole.
            _ => Self::ANY,
        })
    }

    /// The value of an expression whose fields and aggregates lie within bounds.
    #[must_use]
    pub fn over(expression: &Expression, known: &dyn Fn(&Expression) -> Self) -> Self {
        match expression {
            Expression::Number(number) => Self::exactly(*number),
            Expression::Field(_) | Expression::Aggregate(_) => known(expression),
            Expression::Binary(left, operator, right) => {
                Self::over(left, known).joined(*operator, Self::over(right, known))
            }
        }
    }

    /// What a number within them is, each end written by `number`.
    #[must_use]
    pub fn words(self, number: &dyn Fn(Number) -> String) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => number(low),
            (Some(low), Some(high)) => format!("between {} and {}", number(low), number(high)),
            (Some(low), None) => format!("at least {}", number(low)),
            (None, Some(high)) => format!("at most {}", number(high)),
            (None, None) => "unknown".to_owned(),
        }
    }

    fn joined(self, operator: Operator, other: Self) -> Self {
        let apply = |left: Option<Number>, right: Option<Number>| operator.apply(left?, right?);
        match operator {
            Operator::Add => {
                Self { low: apply(self.low, other.low), high: apply(self.high, other.high) }
            }
            Operator::Subtract => {
                Self { low: apply(self.low, other.high), high: apply(self.high, other.low) }
            }
            Operator::Multiply => self.by_corners(Operator::Multiply, other),
            Operator::Divide if other.may_be_zero() => Self::ANY,
            Operator::Divide => self.by_corners(Operator::Divide, other),
        }
    }

    fn may_be_zero(self) -> bool {
        self.low.is_none_or(|low| low <= ZERO) && self.high.is_none_or(|high| high >= ZERO)
    }

    /// The least and the greatest of what the ends make of each other: between them both operations are
    /// monotonous.
    fn by_corners(self, operator: Operator, other: Self) -> Self {
        let mut ends = Vec::with_capacity(4);
        for left in [End::low(self.low), End::high(self.high)] {
            for right in [End::low(other.low), End::high(other.high)] {
                ends.push(left.joined(operator, right));
            }
        }
        let low = ends.iter().copied().min().and_then(End::number);
        let high = ends.iter().copied().max().and_then(End::number);
        Self { low, high }
    }
}

/// One end of bounds, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Below,
    At(Number),
    Above,
}

impl End {
    fn low(number: Option<Number>) -> Self {
        number.map_or(Self::Below, Self::At)
    }

    fn high(number: Option<Number>) -> Self {
        number.map_or(Self::Above, Self::At)
    }

    fn number(self) -> Option<Number> {
        match self {
            Self::At(number) => Some(number),
            Self::Below | Self::Above => None,
        }
    }

    /// -1, 0 or 1.
    fn sign(self) -> i8 {
        match self {
            Self::Below => -1,
            Self::Above => 1,
            Self::At(number) => match number.cmp(&ZERO) {
                std::cmp::Ordering::Less => -1,
                std::cmp::Ordering::Equal => 0,
                std::cmp::Ordering::Greater => 1,
            },
        }
    }

    fn joined(self, operator: Operator, other: Self) -> Self {
        let of_sign = match self.sign() * other.sign() {
            1 => Self::Above,
            -1 => Self::Below,
            _ => Self::At(ZERO),
        };
        match (self, other) {
            (Self::At(left), Self::At(right)) => {
                operator.apply(left, right).map_or(of_sign, Self::At)
            }
            // Whatever is divided by more and more comes to nothing.
            (Self::At(_), _) if operator == Operator::Divide => Self::At(ZERO),
            (_, Self::Below | Self::Above) if operator == Operator::Divide => Self::At(ZERO),
            _ => of_sign,
        }
    }
}

/// Whether every number up to one end is less than every number from another end on.
fn below(high: Option<Number>, low: Option<Number>) -> bool {
    high.zip(low).is_some_and(|(high, low)| high < low)
}

fn not_above(high: Option<Number>, low: Option<Number>) -> bool {
    high.zip(low).is_some_and(|(high, low)| high <= low)
}
