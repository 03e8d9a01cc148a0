//! Floor 2: YAML as a tree in which every key and value knows its bytes.

mod align;
mod error;
mod node;
mod scalar;
mod syntax;
mod tree;

pub use node::{Entry, Node, NodeKind};
pub use scalar::{Scalar, Style, Value};
pub use tree::{MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_PROBLEMS, parse};
