//! Floor 2: JSON read once through a reused window; of each record only what was asked for, as byte ranges.

mod number;

pub use number::Number;
