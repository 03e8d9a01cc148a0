//! Files become snapshots: one whose own rows reach its own total stands alone, the others of an
//! operation in the same folder are pages of one another.

use std::sync::Arc;

use super::page::File;
use super::rows::Rows;
use super::whole::Snapshot;

/// The snapshots that files make, and which file went into which.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    /// In the order in which their first files came.
    pub snapshots: Vec<Snapshot>,
    /// For each file, the index of its snapshot.
    pub snapshot_of: Vec<usize>,
}

/// Puts files together. Before a file joins earlier ones, `joining` is called with its index and their
/// rows, so that what was judged of a repeated row can be dropped.
#[must_use]
pub fn assemble(files: Vec<File>, joining: &mut dyn FnMut(usize, &Rows)) -> Assembly {
    let mut groups: Vec<Group> = Vec::new();
    let mut snapshot_of = Vec::with_capacity(files.len());
    for (index, file) in files.into_iter().enumerate() {
        let group = groups.iter().position(|group| group.takes(&file));
        let Some(position) = group else {
            snapshot_of.push(groups.len());
            groups.push(Group::new(file));
            continue;
        };
        snapshot_of.push(position);
        if let Some(group) = groups.get_mut(position) {
            joining(index, &group.rows);
            group.join(file);
        }
    }
    Assembly { snapshots: groups.into_iter().map(Group::snapshot).collect(), snapshot_of }
}

/// Files that belong together.
struct Group {
    files: Vec<File>,
    rows: Rows,
    is_open: bool,
}

impl Group {
    fn new(mut first: File) -> Self {
        let is_open = !first.stands_alone();
        Self { rows: std::mem::take(&mut first.rows), files: vec![first], is_open }
    }

    fn takes(&self, file: &File) -> bool {
        let same = |first: &File| {
            first.folder == file.folder && first.operation.name == file.operation.name
        };
        self.is_open && self.files.first().is_some_and(same) && !file.stands_alone()
    }

    fn join(&mut self, file: File) {
        self.rows.absorb(&file.rows);
        self.files.push(file);
    }

    fn snapshot(self) -> Snapshot {
        let source = match self.files.as_slice() {
            [only] => Arc::clone(&only.source),
            files => files.first().map_or_else(|| Arc::from("."), |file| folder(&file.source)),
        };
        Snapshot::of(source, self.files, &self.rows)
    }
}

/// The folder of a path, as the path names it.
fn folder(source: &str) -> Arc<str> {
    match source.rsplit_once(['/', std::path::MAIN_SEPARATOR]) {
        Some((folder, _)) => Arc::from(folder),
        None => Arc::from("."),
    }
}
