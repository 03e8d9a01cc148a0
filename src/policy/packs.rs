//! The built-in packs: the files of `policies/`, part of the binary.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::text::Source;

/// One file of `policies/`.
#[derive(Debug)]
pub(super) struct Pack {
    /// As the project file spells it.
    pub name: &'static str,
    file: &'static str,
    text: &'static str,
    /// Whether it judges where nothing is said.
    is_on: bool,
}

/// The packs, in the order of their names.
pub(super) const PACKS: &[Pack] = &[
    Pack {
        name: "exposure",
        file: "built-in/exposure.yaml",
        text: include_str!("../../policies/exposure.yaml"),
        is_on: true,
    },
    Pack {
        name: "hygiene",
        file: "built-in/hygiene.yaml",
        text: include_str!("../../policies/hygiene.yaml"),
        is_on: true,
    },
    Pack {
        name: "register",
        file: "built-in/register.yaml",
        text: include_str!("../../policies/register.yaml"),
        is_on: false,
    },
];

/// The built-in packs that judge where nothing is said, in the order of their names.
#[must_use]
pub fn built_in() -> Vec<Arc<Source>> {
    packs(&BTreeMap::new(), true)
}

/// The packs that are switched on; the others are as they are by themselves, or off where
/// `by_themselves` is false.
#[must_use]
pub fn packs(switches: &BTreeMap<String, bool>, by_themselves: bool) -> Vec<Arc<Source>> {
    let is_on =
        |pack: &&Pack| switches.get(pack.name).copied().unwrap_or(by_themselves && pack.is_on);
    PACKS.iter().filter(is_on).map(|pack| Source::new(pack.file, pack.text)).collect()
}

/// Whether a policy file is part of the binary, and lies in no folder.
#[must_use]
pub fn is_built_in(source: &Source) -> bool {
    PACKS.iter().any(|pack| pack.file == source.name())
}
