//! Floor 2: JSON read once through a reused window; of each record only what was asked for, as byte ranges.

mod digest;
mod elements;
mod error;
mod faults;
mod fraction;
mod keys;
mod number;
mod projection;
mod reader;
mod record;
mod scan;
mod steps;
mod string;
mod value;
mod window;

#[cfg(test)]
mod tests;

pub use elements::elements;
pub use error::{Error, ErrorKind};
pub use fraction::Fraction;
pub use number::Number;
pub use projection::Projection;
pub use reader::Reader;
pub use record::{Record, Scan};
pub use string::{LoneSurrogate, decode, decode_lossy};
pub use value::{Kind, Raw};

/// Bytes of the input that are in memory at a time, as long as no token or record is longer than half of it.
pub const WINDOW_BYTES: usize = 256 * 1024;

/// The longest record, and the longest string or number outside of one.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024 * 1024;

/// The deepest nesting: the top level is 1.
pub const MAX_DEPTH: usize = 128;
