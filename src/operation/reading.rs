//! Reading is lenient about encoding and strict about meaning: `3`, `3.0`, `"3"` and `"\u0033"` are one
//! integer, but what is absent, null, malformed or called unknown by the API never reads as a value.

use std::net::IpAddr;
use std::str::FromStr;

use crate::json::{self, Kind as Json, Number, Raw, Record};

use super::name::{is_name, is_single_name, printed};
use super::{Derived, Field, FieldId, Kind, Schema};

/// Why a field has no value that says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The record has no such member.
    Absent,
    /// The member is `null`.
    Null,
    /// Of another type than the field's, out of its range, or not representable.
    Malformed,
}

/// Result of reading one value.
pub type Reading<T> = Result<T, Unknown>;

/// Reads a numeric field: integer, bytes (whole numbers), decimal, percent.
///
/// # Errors
/// Why there is no number.
#[inline]
pub fn number(field: &Field, raw: Option<Raw<'_>>) -> Reading<Number> {
    fit(field, any_number(raw)?)
}

/// The same of a slot of a record.
///
/// # Errors
/// Why there is no number.
#[inline]
pub fn number_at(field: &Field, record: &Record<'_>, slot: usize) -> Reading<Number> {
    match record.whole(slot) {
        Some(value) => fit(field, Number::Integer(value)),
        None => number(field, record.slot(slot)),
    }
}

/// A number, if a numeric or enumerated field can have it as its value.
///
/// # Errors
/// Where it is out of the field's range, or a fraction of what comes as a whole only.
#[inline]
pub fn fit(field: &Field, number: Number) -> Reading<Number> {
    let range = field.range;
    let is_fit = match number {
        Number::Integer(value) => {
            range.is_none_or(|(least, greatest)| value >= least && value <= greatest)
        }
        Number::Fraction(_) => {
            !matches!(field.kind, Kind::Integer | Kind::Bytes | Kind::Code(_))
                && range.is_none_or(|(least, greatest)| {
                    number >= Number::Integer(least) && number <= Number::Integer(greatest)
                })
        }
    };
    if is_fit { Ok(number) } else { Err(Unknown::Malformed) }
}

/// Reads a numeric field that may be derived: the first of its members, or where that is absent or
/// null the sum of the others. `sent` reads a member that is not derived.
///
/// # Errors
/// Why there is no number.
#[inline]
pub fn value(
    schema: &Schema,
    id: FieldId,
    sent: &impl Fn(FieldId) -> Reading<Number>,
) -> Reading<Number> {
    match &schema.field(id).derived {
        None => sent(id),
        Some(derived) => sum(schema, derived, sent),
    }
}

/// The value of a derived field.
fn sum(
    schema: &Schema,
    derived: &Derived,
    sent: &impl Fn(FieldId) -> Reading<Number>,
) -> Reading<Number> {
    match value(schema, derived.first, sent) {
        Err(Unknown::Absent | Unknown::Null) => {
            derived.otherwise.iter().try_fold(Number::Integer(0), |sum, id| {
                sum.plus(value(schema, *id, sent)?).ok_or(Unknown::Malformed)
            })
        }
        read => read,
    }
}

/// Reads an enumerated field's value, whether the schema lists it or not.
///
/// # Errors
/// Why there is no code.
#[inline]
pub fn code(raw: Option<Raw<'_>>) -> Reading<i64> {
    match any_number(raw)? {
        Number::Integer(value) => Ok(value),
        Number::Fraction(_) => Err(Unknown::Malformed),
    }
}

/// Reads a boolean, also where it was sent as a text.
///
/// # Errors
/// Why there is no truth.
pub fn boolean(raw: Option<Raw<'_>>) -> Reading<bool> {
    let raw = present(raw)?;
    let spelled = |text: &str| match text {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    raw.spelled(spelled).ok_or(Unknown::Malformed)
}

/// Reads a time as UNIX seconds: a number of seconds, or an RFC 3339 text.
///
/// # Errors
/// Why there is no time.
pub fn time(raw: Option<Raw<'_>>) -> Reading<Number> {
    let raw = present(raw)?;
    let instant = |text: &str| Some(seconds(jiff::Timestamp::from_str(text).ok()?));
    Number::of(raw).or_else(|| raw.spelled(instant)?).ok_or(Unknown::Malformed)
}

/// An instant as UNIX seconds, to the nanosecond.
#[must_use]
pub fn seconds(instant: jiff::Timestamp) -> Option<Number> {
    Number::ratio(instant.as_nanosecond(), 1_000_000_000)
}

/// Reads an IP address.
///
/// # Errors
/// Why there is no address.
pub fn address(raw: Option<Raw<'_>>) -> Reading<IpAddr> {
    let raw = present(raw)?;
    let address = (raw.kind == Json::String).then(|| raw.spelled(|text| text.parse().ok()));
    address.flatten().ok_or(Unknown::Malformed)
}

/// Reads a text of a field into `scratch`, the way its texts are compared. Of a field with a vocabulary, a
/// text that is not a name is malformed.
///
/// # Errors
/// Why there is no text.
#[inline]
pub fn text<'a>(field: &Field, raw: Option<Raw<'a>>, scratch: &'a mut Scratch) -> Reading<&'a str> {
    let Scratch { decoded, read } = scratch;
    let text = decoded_text(raw, decoded)?;
    if field.has_names() && !is_single_name(text) {
        return Err(Unknown::Malformed);
    }
    Ok(Case::of(field).compared(text, read))
}

/// Reads a text as it was sent, into `scratch`.
///
/// # Errors
/// Why there is no text.
pub fn sent_text<'a>(raw: Option<Raw<'a>>, scratch: &'a mut Scratch) -> Reading<&'a str> {
    decoded_text(raw, &mut scratch.decoded)
}

#[inline]
fn decoded_text<'a>(raw: Option<Raw<'a>>, room: &'a mut String) -> Reading<&'a str> {
    let raw = present(raw)?;
    if raw.kind != Json::String {
        return Err(Unknown::Malformed);
    }
    json::decode(raw.text, room).map_err(|_| Unknown::Malformed)
}

/// How texts come out of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// As they were sent.
    Kept,
    /// In lower case, as names are compared that ignore case.
    Folded,
}

impl Case {
    /// The way in which a field's texts are compared.
    #[must_use]
    pub fn of(field: &Field) -> Self {
        if field.ignores_case { Self::Folded } else { Self::Kept }
    }

    /// A text the way it is compared; `read` is room for it where that is another than was sent.
    fn compared<'a>(self, text: &'a str, read: &'a mut String) -> &'a str {
        match self {
            Self::Kept => text,
            Self::Folded => {
                read.clear();
                fold_into(text, read);
                read
            }
        }
    }
}

/// Room for decoded and folded texts, reused from record to record.
#[derive(Debug, Default)]
pub struct Scratch {
    decoded: String,
    read: String,
}

/// What a text list held, beside its names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Elements, whatever they were.
    pub count: usize,
    /// Elements that are not identified: of another type, or not a name.
    pub malformed: usize,
}

/// Reads a text list and calls `visit` with each name.
///
/// A plain text is a list of one, and an element that is the printed form of a list stands for its names.
///
/// # Errors
/// Why there is no list.
pub fn list(
    case: Case,
    raw: Option<Raw<'_>>,
    scratch: &mut Scratch,
    visit: &mut dyn FnMut(&str),
) -> Reading<Members> {
    let raw = present(raw)?;
    let mut members = Members::default();
    match raw.kind {
        Json::String => element(case, raw, scratch, &mut Sink { members: &mut members, visit }),
        Json::Array => {
            let mut sink = Sink { members: &mut members, visit };
            for raw in json::elements(raw.text) {
                element(case, raw, scratch, &mut sink);
            }
        }
        _ => return Err(Unknown::Malformed),
    }
    Ok(members)
}

struct Sink<'a> {
    members: &'a mut Members,
    visit: &'a mut dyn FnMut(&str),
}

impl Sink<'_> {
    fn name(&mut self, name: Option<&str>, case: Case, room: &mut String) {
        self.members.count += 1;
        match name.filter(|name| is_name(name)) {
            Some(name) => (self.visit)(case.compared(name, room)),
            None => self.members.malformed += 1,
        }
    }
}

fn element(case: Case, raw: Raw<'_>, scratch: &mut Scratch, sink: &mut Sink<'_>) {
    let Scratch { decoded, read } = scratch;
    let text = decoded_text(Some(raw), decoded).ok();
    let list = text.filter(|text| text.starts_with('[') && printed(text, &mut |_| ()));
    match list {
        Some(list) => {
            printed(list, &mut |name| sink.name(name, case, read));
        }
        None => sink.name(text, case, read),
    }
}

/// Appends `text` in lower case, character by character.
fn fold_into(text: &str, folded: &mut String) {
    if text.is_ascii() {
        let start = folded.len();
        folded.push_str(text);
        if let Some(added) = folded.get_mut(start..) {
            added.make_ascii_lowercase();
        }
    } else {
        folded.extend(text.chars().flat_map(char::to_lowercase));
    }
}

/// `text` the way names are compared that ignore case.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

#[inline]
fn present(raw: Option<Raw<'_>>) -> Reading<Raw<'_>> {
    match raw {
        None => Err(Unknown::Absent),
        Some(raw) if raw.kind == Json::Null => Err(Unknown::Null),
        Some(raw) => Ok(raw),
    }
}

#[inline]
fn any_number(raw: Option<Raw<'_>>) -> Reading<Number> {
    Number::of(present(raw)?).ok_or(Unknown::Malformed)
}
