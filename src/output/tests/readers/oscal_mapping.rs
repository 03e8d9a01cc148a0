//! What policies are for: no findings, but the verdict.

use super::{Extent, Reader};

pub(super) const READER: Reader =
    Reader { extent: Extent::Nothing, read: |_, _| Vec::new(), is_red };

fn is_red(written: &str) -> bool {
    written.contains("insufficient evidence") || written.contains("could not judge")
}
