//! Sources of evidence and policies: their names, what is skipped, the project file, standard input, and
//! the time that evidence is of.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tables are long, and a test fails by a panic"
)]

#[path = "sources/home.rs"]
mod home;
#[path = "sources/names.rs"]
mod names;
#[path = "sources/project.rs"]
mod project;
#[path = "sources/skipped.rs"]
mod skipped;
#[path = "sources/stdin.rs"]
mod stdin;
#[path = "sources/windows.rs"]
mod windows;
