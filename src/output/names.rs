//! Names that no two items share.

use std::collections::HashMap;

/// Names that were given, so that platforms do not take two items for one.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, u64>);

impl Names {
    /// How many times a name was given, this time included.
    pub(super) fn times(&mut self, name: &str) -> u64 {
        let times = self.0.entry(name.to_owned()).or_default();
        *times += 1;
        *times
    }

    /// The name where it is new, else the name and a number.
    pub(super) fn unique(&mut self, name: String) -> String {
        let times = self.times(&name);
        if times == 1 {
            return name;
        }
        let other = format!("{name}-{times}");
        if self.times(&other) == 1 { other } else { self.unique(name) }
    }
}
