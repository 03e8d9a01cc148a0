//! A strict model of the policy language and of evidence, written from the contract alone, and a
//! comparison of what it says with what the program says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::too_many_lines,
    unreachable_pub,
    reason = "tables are long, and a test fails by a panic"
)]

#[path = "strict/answers.rs"]
mod answers;
#[path = "strict/capture.rs"]
mod capture;
#[path = "strict/cases.rs"]
mod cases;
#[path = "strict/compare.rs"]
mod compare;
#[path = "strict/envelope.rs"]
mod envelope;
#[path = "strict/exact.rs"]
mod exact;
#[path = "strict/fields.rs"]
mod fields;
#[path = "strict/ids.rs"]
mod ids;
#[path = "strict/json.rs"]
mod json;
#[path = "strict/judge.rs"]
mod judge;
#[path = "strict/parse.rs"]
mod parse;
#[path = "strict/policies.rs"]
mod policies;
#[path = "strict/policy.rs"]
mod policy;
#[path = "strict/random.rs"]
mod random;
#[path = "strict/rows.rs"]
mod rows;
#[path = "strict/sentences.rs"]
mod sentences;
#[path = "strict/total.rs"]
mod total;
#[path = "strict/verdict.rs"]
mod verdict;
