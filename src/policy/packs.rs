//! The built-in packs: the files of `policies/`, part of the binary.

use std::sync::Arc;

use crate::text::Source;

const FILES: &[(&str, &str)] = &[
    ("built-in/exposure.yaml", include_str!("../../policies/exposure.yaml")),
    ("built-in/hygiene.yaml", include_str!("../../policies/hygiene.yaml")),
];

/// The built-in packs, in the order of their names.
#[must_use]
pub fn built_in() -> Vec<Arc<Source>> {
    FILES.iter().map(|(name, text)| Source::new(*name, *text)).collect()
}
