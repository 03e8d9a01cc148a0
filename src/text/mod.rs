//! Floor 1: texts, places in them, and problems that point there.

mod clip;
mod duration;
mod excerpt;
mod hex;
mod printable;
mod problem;
mod source;
mod span;
mod suggest;

pub use duration::{duration, spelled};
pub use excerpt::{Excerpt, NamedExcerpt, Room};
pub use hex::hex;
pub use printable::{harmless_json, is_hostile, printable};
pub use problem::{Level, Mark, Place, Problem};
pub use source::{BYTE_ORDER_MARK, Location, Source};
pub use span::{Position, Span};
pub use suggest::{closest, nearest};
