//! Portcullis judges what cloud APIs answered by policies written as sentences, and exit 0 is a proof.
//!
//! The crate is built in floors. A module names only modules on floors below its own.

pub mod text;

pub mod json;
pub mod yaml;

pub mod operation;

pub mod policy;
pub mod snapshot;

pub mod analysis;
pub mod engine;

pub mod triage;

pub mod input;
pub mod output;

pub mod cli;
