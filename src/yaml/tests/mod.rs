//! What the tree says about files, good and bad.

mod hostile;
mod oracle;
mod places;
mod problems;

use std::sync::Arc;

use super::{Entry, Node, NodeKind, parse};
use crate::text::{Place, Problem, Source};

fn source(text: &str) -> Arc<Source> {
    Source::new("policies.yaml", text)
}

/// The document of a file that is right.
fn document(text: &str) -> Node {
    match parse(&source(text)) {
        Ok(Some(node)) => node,
        other => panic!("{text:?} gives {other:?}"),
    }
}

/// The problems of a file that is wrong.
fn problems(text: &str) -> Vec<Problem> {
    match parse(&source(text)) {
        Ok(node) => panic!("{text:?} gives {node:?}"),
        Err(problems) => problems,
    }
}

/// Code of a problem and the text that it underlines.
fn underlined(problem: &Problem) -> (&str, &str) {
    match &problem.place {
        Place::Text(location) => (&problem.code, location.text()),
        other => panic!("no place in the text: {other:?}"),
    }
}

/// All nodes, keys included, parents first.
fn nodes(root: &Node) -> Vec<&Node> {
    let mut all = vec![root];
    match &root.kind {
        NodeKind::Scalar(_) => {}
        NodeKind::Sequence(elements) => all.extend(elements.iter().flat_map(nodes)),
        NodeKind::Mapping(entries) => {
            for Entry { key, value } in entries {
                all.extend(nodes(key));
                all.extend(nodes(value));
            }
        }
    }
    all
}
