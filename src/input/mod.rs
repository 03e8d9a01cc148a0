//! Floor 7: where evidence and policies come from: files, folders, standard input, live.

mod discover;
mod history;
pub mod live;
mod name;
mod open;
mod saved;
mod skipped;
mod stdin;
mod unpack;

pub use discover::{Found, Kind, PROJECT_FILE, STDIN, discover};
pub use history::{MAX_HISTORY_BYTES, MAX_HISTORY_FILES, history};
pub use name::path_name;
pub use open::{Input, read_text, read_text_within};
pub use saved::{
    MAX_REPORT_BYTES, Read, brings_report, is_report, read_opened_report, read_report,
};
pub use stdin::{stdin_holds_data, stdin_is_empty};
