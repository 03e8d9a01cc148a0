//! Files become snapshots: one whose own rows reach its own total stands alone, the others of an
//! operation in the same folder are pages of one another.

use std::collections::HashMap;
use std::sync::Arc;

use super::page::File;
use super::rows::Rows;
use super::whole::Snapshot;

/// Puts files together, snapshots in the order in which their first files came. Before a file joins earlier ones, `joining` is called with its index and their
/// rows, so that what was judged of a repeated row can be dropped.
#[must_use]
pub fn assemble(files: Vec<File>, joining: &mut dyn FnMut(usize, &Rows)) -> Vec<Snapshot> {
    let mut groups: Vec<Group> = Vec::new();
    // Of each operation and folder, the group that its pages join.
    let mut open: HashMap<(String, Arc<str>), usize> = HashMap::new();
    for (index, file) in files.into_iter().enumerate() {
        let joins = file.folder.clone().filter(|_| !file.stands_alone());
        let position = match joins.map(|folder| (file.operation.name.clone(), folder)) {
            Some(key) => *open.entry(key).or_insert(groups.len()),
            None => groups.len(),
        };
        if let Some(group) = groups.get_mut(position) {
            joining(index, &group.rows);
            group.join(file);
        } else {
            groups.push(Group::new(file));
        }
    }
    groups.into_iter().map(Group::snapshot).collect()
}

/// Files that belong together.
struct Group {
    files: Vec<File>,
    rows: Rows,
}

impl Group {
    fn new(mut first: File) -> Self {
        Self { rows: std::mem::take(&mut first.rows), files: vec![first] }
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
        Some(("", _)) => Arc::from("/"),
        Some((folder, _)) => Arc::from(folder),
        None => Arc::from("."),
    }
}
