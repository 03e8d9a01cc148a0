//! A `KeyList` holds the keys of the objects that are open in a record, decoded, to find those that
//! come twice.

use super::string::decode_exactly_into;

/// Keys on a stack: an object's own are those since it was opened.
#[derive(Debug, Default)]
pub(super) struct KeyList {
    decoded: Vec<u8>,
    keys: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    start: usize,
    end: usize,
    /// Where the key stands in the record.
    at: usize,
}

impl KeyList {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.decoded.clear();
    }

    /// Whether no key was added.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Where an object's keys start that is opened now.
    pub(super) fn open(&self) -> usize {
        self.keys.len()
    }

    /// Adds the key whose token, quotes included, stands at `at`; returns it decoded.
    pub(super) fn push(&mut self, token: &str, at: usize) -> &[u8] {
        let start = self.decoded.len();
        decode_exactly_into(token, &mut self.decoded);
        self.keys.push(Entry { start, end: self.decoded.len(), at });
        self.decoded.get(start..).unwrap_or_default()
    }

    /// Forgets the keys of an object that was opened at `open`; returns where the first one stands
    /// that had come before in it.
    pub(super) fn close(&mut self, open: usize) -> Option<usize> {
        let Self { decoded, keys } = self;
        let text = |key: &Entry| decoded.get(key.start..key.end).unwrap_or_default();
        let own = keys.get_mut(open..).unwrap_or_default();
        let base = own.first().map_or(decoded.len(), |key| key.start);
        own.sort_unstable_by(|a, b| text(a).cmp(text(b)).then(a.at.cmp(&b.at)));
        let repeated = own
            .windows(2)
            .filter_map(|pair| match pair {
                [first, second] if text(first) == text(second) => Some(second.at),
                _ => None,
            })
            .min();
        keys.truncate(open);
        decoded.truncate(base);
        repeated
    }
}
