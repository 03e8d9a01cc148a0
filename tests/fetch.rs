//! The commands that ask an API themselves, run against a server of this machine.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "tables are long, and a test fails by a panic"
)]

#[path = "fetch/age.rs"]
mod age;
#[path = "fetch/faults.rs"]
mod faults;
#[path = "fetch/files.rs"]
mod files;
#[path = "fetch/filters.rs"]
mod filters;
#[path = "fetch/home.rs"]
mod home;
#[path = "fetch/judged.rs"]
mod judged;
#[path = "fetch/secrets.rs"]
mod secrets;
#[path = "live/server.rs"]
#[expect(dead_code, reason = "the library's own tests use all of it")]
mod server;
#[path = "live/services.rs"]
mod services;

/// The access key that commands are given.
const KEY_ID: &str = "LTAIexampleKey0001";
const SECRET: &str = "example-secret-of-the-access-key";
