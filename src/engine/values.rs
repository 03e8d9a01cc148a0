//! `Values` tell the values of a field apart over many records: how many there certainly are, and how many
//! there may be.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::json::{Number, Raw};
use crate::operation::reading::{self, Case};
use crate::operation::{Field, FieldId, Kind};
use crate::policy::Bounds;

use super::evaluate::Fields;

/// Different values that are told apart; where there are more, there is no upper bound.
pub const MAX_VALUES: usize = 1 << 17;

const NONE: Number = Number::Integer(0);
const ONE: Number = Number::Integer(1);

/// The different values of a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Values {
    /// Of records that certainly count.
    certain: BTreeSet<Value>,
    /// Of records that may count.
    possible: BTreeSet<Value>,
    /// Whether a record certainly counts whose value is not known.
    has_nameless: bool,
    /// Whether there were too many.
    is_cut: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Number(Number),
    Text(String),
    Address(IpAddr),
}

impl Values {
    fn take(&mut self, value: Value, is_certain: bool) {
        let values = if is_certain { &mut self.certain } else { &mut self.possible };
        if values.len() < MAX_VALUES {
            values.insert(value);
        } else if !values.contains(&value) {
            self.is_cut = true;
        }
    }

    /// Adds those of another file.
    pub(super) fn absorb(&mut self, later: Self) {
        later.certain.into_iter().for_each(|value| self.take(value, true));
        later.possible.into_iter().for_each(|value| self.take(value, false));
        self.has_nameless |= later.has_nameless;
        self.is_cut |= later.is_cut;
    }

    /// How many there are, where `nameless` more may be among those that are not known.
    pub(super) fn bounds(&self, nameless: Option<Number>, field: &Field, changed: u64) -> Bounds {
        let count = |count: usize| Number::Integer(i64::try_from(count).unwrap_or(i64::MAX));
        let certain = self.certain.len();
        let certain = if self.has_nameless { certain.max(1) } else { certain };
        let certain = match (&field.kind, changed) {
            (_, 0) => certain,
            (Kind::TextList, _) => 0,
            (_, changed) => certain.saturating_sub(usize::try_from(changed).unwrap_or(usize::MAX)),
        };
        let known = count(self.certain.union(&self.possible).count());
        let high = nameless.filter(|_| !self.is_cut).and_then(|nameless| known.plus(nameless));
        Bounds { low: Some(count(certain)), high }
    }
}

/// The values of one record.
pub(super) struct Taking<'a> {
    pub(super) values: &'a mut Values,
    pub(super) is_certain: bool,
}

impl Taking<'_> {
    /// Takes what the record has; how many values it may have besides, where any is not known.
    pub(super) fn record(
        &mut self,
        fields: &Fields<'_>,
        field: FieldId,
        texts: &mut reading::Scratch,
    ) -> Option<Bounds> {
        let described = fields.schema().field(field);
        let raw = fields.raw(field);
        let value = match &described.kind {
            Kind::TextList => return self.list(described, raw, texts),
            Kind::Code(_) => reading::code(raw).ok().and_then(|code| {
                let is_known = described.kind.code(code).is_some_and(|code| !code.is_unknown);
                is_known.then_some(Value::Number(Number::Integer(code)))
            }),
            Kind::Text => {
                let text = reading::text(described, raw, texts).ok();
                text.map(|text| Value::Text(text.to_owned()))
            }
            Kind::Boolean => {
                reading::boolean(raw).ok().map(|value| Value::Number(Number::Integer(value.into())))
            }
            Kind::Address => reading::address(raw).ok().map(Value::Address),
            Kind::Time => reading::time(raw).ok().map(Value::Number),
            Kind::Integer | Kind::Decimal | Kind::Bytes | Kind::Percent => {
                fields.number(field).ok().map(Value::Number)
            }
        };
        match value {
            Some(value) => {
                self.values.take(value, self.is_certain);
                None
            }
            None => self.nameless(Some(ONE)),
        }
    }

    /// The elements of a list, each by itself.
    fn list(
        &mut self,
        field: &Field,
        raw: Option<Raw<'_>>,
        texts: &mut reading::Scratch,
    ) -> Option<Bounds> {
        let unidentified: Vec<String> =
            field.unknown_members.iter().map(|member| field.compared(member)).collect();
        let mut nameless = 0_usize;
        let read = reading::list(Case::of(field), raw, texts, &mut |name| match unidentified
            .iter()
            .any(|member| member == name)
        {
            true => nameless += 1,
            false => self.values.take(Value::Text(name.to_owned()), self.is_certain),
        });
        let Ok(members) = read else {
            return Some(Bounds { low: Some(NONE), high: None });
        };
        match nameless + members.malformed {
            0 => None,
            count => self.nameless(i64::try_from(count).ok().map(Number::Integer)),
        }
    }

    fn nameless(&mut self, most: Option<Number>) -> Option<Bounds> {
        self.values.has_nameless |= self.is_certain;
        Some(Bounds { low: Some(NONE), high: most })
    }
}
