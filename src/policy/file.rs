//! A `File` is one YAML file on its way in: what it says, until somebody made something of it, and what is
//! wrong with it, in the order of the file.

use std::sync::Arc;

use super::draft;
use crate::text::{Problem, Source};
use crate::yaml::{self, Node};

/// One file of any kind.
pub(super) struct File {
    source: Arc<Source>,
    /// What it says, while nobody made anything of it.
    pub root: Option<Node>,
    /// Whether it is YAML.
    pub is_yaml: bool,
    /// Whether it describes a framework.
    pub is_framework: bool,
    /// In the order of the file.
    pub problems: Vec<Problem>,
}

impl File {
    pub(super) fn new(source: &Arc<Source>) -> Self {
        let (root, problems) = yaml::recover(source);
        Self {
            source: Arc::clone(source),
            root,
            is_yaml: problems.is_empty(),
            is_framework: false,
            problems,
        }
    }

    /// Reads it with `read`; `begins` says how a file of the kind begins, where this one is empty.
    pub(super) fn read_with(
        &mut self,
        begins: &'static str,
        read: &mut dyn FnMut(&Node, &mut Vec<Problem>),
    ) {
        let mut found = Vec::new();
        match self.root.take() {
            Some(root) => read(&root, &mut found),
            None if self.is_yaml => found.push(draft::empty_file(self.source.name(), begins)),
            None => {}
        }
        self.tell(found);
    }

    /// Adds what was found. What is no YAML is not what was meant either, and nothing is said of it.
    pub(super) fn tell(&mut self, mut found: Vec<Problem>) {
        let problems = &mut self.problems;
        found.retain(|found| !problems.iter().any(|problem| problem.place.meets(&found.place)));
        problems.append(&mut found);
        problems.sort_by_key(|problem| problem.place.bytes().map(|(offset, _)| offset));
    }
}

/// Reads one file with `read`: whether it is YAML, and what is wrong with it.
pub(super) fn document(
    source: &Arc<Source>,
    begins: &'static str,
    read: &mut dyn FnMut(&Node, &mut Vec<Problem>),
) -> (bool, Vec<Problem>) {
    let mut file = File::new(source);
    file.read_with(begins, read);
    (file.is_yaml, file.problems)
}
