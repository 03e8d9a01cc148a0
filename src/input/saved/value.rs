//! The values of a saved report, each checked as it is read, so that what is wrong is said at its place.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::engine::Outcome;
use crate::json;
use crate::operation::{Effect, Severity};
use crate::policy::WhenUnknown;
use crate::snapshot::{Weight, Wholeness};
use crate::text::Level;
use crate::triage::{Disposition, FailOn, Identity, Loosening, Verdict};

/// The greatest count, offset, line or column: sums of many such numbers still fit.
const MAX_COUNT: u64 = (1 << 53) - 1;

/// A count or a place: no less than `LEAST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AtLeast<const LEAST: u64>(pub(super) u64);

/// A count, or bytes.
pub(super) type Count = AtLeast<0>;

/// A line or a column.
pub(super) type Ordinal = AtLeast<1>;

impl<'de, const LEAST: u64> Deserialize<'de> for AtLeast<LEAST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(Number::<LEAST>).map(Self)
    }
}

struct Number<const LEAST: u64>;

impl<const LEAST: u64> Visitor<'_> for Number<LEAST> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {LEAST} to {MAX_COUNT}")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        if (LEAST..=MAX_COUNT).contains(&number) {
            return Ok(number);
        }
        Err(E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }
}

/// A value or null; unlike other options, it must be there.
pub(super) fn or_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// A number of any kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amount(pub(super) json::Number);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let read = json::Number::parse(raw);
        read.map(Self).ok_or_else(|| de::Error::custom(format!("{raw} is not an exact number")))
    }
}

/// A text that a report may hold one of a few of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct One<T>(pub(super) T);

/// What a report has a few words for.
pub(super) trait Words: Copy + 'static {
    /// What the words are of.
    const WHAT: &'static str;

    /// Every one.
    const ALL: &'static [Self];

    /// Its word.
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($($type:ty, $what:literal, $word:path;)+) => {
        $(impl Words for $type {
            const WHAT: &'static str = $what;
            const ALL: &'static [Self] = &<$type>::ALL;

            fn word(self) -> &'static str {
                $word(self)
            }
        })+
    };
}

words! {
    Disposition, "disposition", Self::name;
    Effect, "effect", Self::name;
    FailOn, "threshold", Self::name;
    Level, "level", Self::name;
    Loosening, "loosening", Self::name;
    Outcome, "outcome", Self::name;
    Severity, "severity", Self::name;
    Verdict, "verdict", Self::name;
    Weight, "weight", Self::name;
    WhenUnknown, "way with what is unknown", Self::name;
    Wholeness, "wholeness", Self::name;
}

impl<'de, T: Words> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let found = T::ALL.iter().find(|one| one.word() == text);
        found.copied().map(Self).ok_or_else(|| {
            let words: Vec<&str> = T::ALL.iter().map(|one| one.word()).collect();
            de::Error::custom(format_args!(
                "`{text}` is no {}; there are: {}",
                T::WHAT,
                words.join(", ")
            ))
        })
    }
}

/// A text that is read as something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parsed<T>(pub(super) T);

impl<'de> Deserialize<'de> for Parsed<jiff::civil::Date> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let date = text.parse().map(Self);
        date.map_err(|_| de::Error::custom(format_args!("`{text}` is no date")))
    }
}

impl<'de> Deserialize<'de> for Parsed<jiff::Timestamp> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = text.parse().map(Self);
        time.map_err(|_| de::Error::custom(format_args!("`{text}` is no time")))
    }
}

/// A hash of so many bytes, in lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hash<const BYTES: usize>(pub(super) String);

impl<'de, const BYTES: usize> Deserialize<'de> for Hash<BYTES> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() == 2 * BYTES && is_hex {
            return Ok(Self(text));
        }
        let bits = 8 * BYTES;
        Err(de::Error::custom(format_args!("`{text}` is no hash of {bits} bits in lower-case hex")))
    }
}

/// An object as its members, in order, none twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Members<T>(pub(super) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object(PhantomData)).map(Self)
    }
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = Vec<(String, T)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(String, T)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !names.insert(name.clone()) {
                return Err(de::Error::custom(format_args!("duplicate field `{name}`")));
            }
            members.push((name, map.next_value()?));
        }
        Ok(members)
    }
}

impl Members<&RawValue> {
    /// Every member.
    pub(super) fn all(&self) -> Vec<Identity> {
        self.0.iter().map(|(name, value)| (name.clone(), value.get().to_owned())).collect()
    }

    /// The members that have a value.
    pub(super) fn known(&self) -> Vec<Identity> {
        let known = self.0.iter().filter(|(_, value)| value.get() != "null");
        known.map(|(name, value)| (name.clone(), value.get().to_owned())).collect()
    }
}
