//! Floor 2: YAML as a tree in which every key and value knows its bytes.

mod align;
mod error;
mod frame;
mod layout;
mod node;
mod scalar;
mod syntax;
mod tree;

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test fails by a panic")]
mod tests;

pub use node::{Entry, Node, NodeKind};
pub use scalar::{Scalar, Style, Value};
pub use tree::{MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_PROBLEMS, parse, recover};
