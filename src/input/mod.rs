//! Floor 7: where evidence and policies come from: files, folders, standard input, live.

mod discover;
pub mod live;
mod open;
mod unpack;

pub use discover::{Found, Kind, PROJECT_FILE, STDIN, discover};
pub use open::{Input, read_text, read_text_within};
