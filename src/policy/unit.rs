//! A `Unit` is what a literal is counted in: bytes by the thousand or by 1024, or hundredths.

/// What a literal is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// So many bytes.
    Bytes(i64),
    /// Hundredths.
    Percent,
}

/// Every unit, as messages write it.
const UNITS: &[(&str, Unit)] = &[
    ("KB", Unit::Bytes(1_000)),
    ("MB", Unit::Bytes(1_000_000)),
    ("GB", Unit::Bytes(1_000_000_000)),
    ("TB", Unit::Bytes(1_000_000_000_000)),
    ("KiB", Unit::Bytes(1 << 10)),
    ("MiB", Unit::Bytes(1 << 20)),
    ("GiB", Unit::Bytes(1 << 30)),
    ("TiB", Unit::Bytes(1 << 40)),
    ("%", Unit::Percent),
];

impl Unit {
    /// Reads a unit; case does not matter.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, unit)| *unit)
    }

    /// Every unit's name.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        UNITS.iter().map(|(name, _)| *name)
    }
}
