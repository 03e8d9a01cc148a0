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

    /// A number of bytes in the greatest unit that keeps it whole; none where that is the byte.
    pub(crate) fn whole(bytes: i64) -> Option<(i64, &'static str)> {
        let sizes = UNITS.iter().filter_map(|(name, unit)| match unit {
            Self::Bytes(size) if bytes != 0 && bytes % size == 0 => Some((bytes / size, *name)),
            _ => None,
        });
        sizes.min_by_key(|(count, _)| count.unsigned_abs())
    }

    /// Every unit's name.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        UNITS.iter().map(|(name, _)| *name)
    }
}
