//! The fields of a record of open ports, and how each kind of field reads a JSON value.
//!
//! Reading is lenient about encoding (`3`, `3.0`, `"3"`) and strict about meaning: absent, null and
//! malformed values are `Unknown`.

use crate::exact::Exact;
use crate::json::{Json, is_number};

/// Kind of a field, with the range of its numbers.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Code(&'static Codes),
    Integer {
        most: Option<i64>,
    },
    Bytes,
    Percent,
    /// A name such as `tcp`, compared without regard to case.
    Name,
    Text,
    Names,
}

/// Codes of a field: those with an order, lowest first, and those that are declared unknown.
#[derive(PartialEq)]
pub struct Codes {
    pub ordered: &'static [(i64, &'static str)],
    pub unknown: &'static [(i64, &'static str)],
}

pub const RISK: Codes =
    Codes { ordered: &[(1, "low"), (2, "medium"), (3, "high")], unknown: &[(-1, "in_assessment")] };

pub const SUGGESTION: Codes = Codes {
    ordered: &[(10, "allow"), (20, "alert"), (30, "deny")],
    unknown: &[(0, "unrated"), (-1, "in_assessment")],
};

pub const FIELDS: &[(&str, Kind)] = &[
    ("RiskLevel", Kind::Code(&RISK)),
    ("SuggestLevel", Kind::Code(&SUGGESTION)),
    ("Port", Kind::Integer { most: Some(65535) }),
    ("PublicIpNum", Kind::Integer { most: None }),
    ("DetailNum", Kind::Integer { most: None }),
    ("InBytes", Kind::Bytes),
    ("OutBytes", Kind::Bytes),
    ("TotalBytes", Kind::Bytes),
    ("traffic", Kind::Bytes),
    ("TrafficPercent1Day", Kind::Percent),
    ("TrafficPercent7Day", Kind::Percent),
    ("TrafficPercent30Day", Kind::Percent),
    ("Protocol", Kind::Name),
    ("ProbRisk", Kind::Text),
    ("ProbRiskDesc", Kind::Text),
    ("RiskReason", Kind::Text),
    ("ServiceNameList", Kind::Names),
    ("UnknownReason", Kind::Names),
];

/// Returns the kind of a field, or `None` of what is not a field.
pub fn kind(field: &str) -> Option<Kind> {
    FIELDS.iter().find(|(name, _)| *name == field).map(|(_, kind)| *kind)
}

/// A value as it was read.
#[derive(Clone, Debug)]
pub enum Value {
    Number(Exact),
    Code(i64),
    /// A code that the schema declares unknown, or that it does not list.
    UnknownCode(i64),
    Text(String),
    /// `None` is an element that is not identified.
    Names(Vec<Option<String>>),
    Unknown,
}

/// Reads a field of a record.
pub fn read(record: &Json, field: &str) -> Value {
    let kind = kind(field).unwrap_or_else(|| panic!("{field} is not a field"));
    if field == "traffic" {
        return traffic(record);
    }
    match record.get(field) {
        None | Some(Json::Null) => Value::Unknown,
        Some(value) => read_as(value, kind),
    }
}

fn read_as(value: &Json, kind: Kind) -> Value {
    match kind {
        Kind::Code(codes) => code(value, codes),
        Kind::Integer { most } => integer(value, most),
        Kind::Bytes => integer(value, None),
        Kind::Percent => percent(value),
        Kind::Name => match value {
            Json::Text(text) if text.is_empty() => Value::Text(String::new()),
            // `tcp/udp` would be two.
            Json::Text(text) if text.contains('/') => Value::Unknown,
            Json::Text(text) => identified(text).map_or(Value::Unknown, Value::Text),
            _ => Value::Unknown,
        },
        Kind::Text => match value {
            Json::Text(text) => Value::Text(text.clone()),
            _ => Value::Unknown,
        },
        Kind::Names => names(value),
    }
}

/// `traffic` is `TotalBytes`, or `InBytes + OutBytes` if that is absent or null.
fn traffic(record: &Json) -> Value {
    if record.get("TotalBytes").is_some_and(|value| *value != Json::Null) {
        return read(record, "TotalBytes");
    }
    match (read(record, "InBytes"), read(record, "OutBytes")) {
        (Value::Number(inward), Value::Number(outward)) => {
            inward.add(&outward).in_64_bits().map_or(Value::Unknown, Value::Number)
        }
        _ => Value::Unknown,
    }
}

/// Reads a number, or a text that is one by the grammar of JSON.
pub fn number(value: &Json) -> Option<Exact> {
    match value {
        Json::Number(text) => Exact::literal(text),
        Json::Text(text) if is_number(text) => Exact::literal(text),
        _ => None,
    }
}

fn integer(value: &Json, most: Option<i64>) -> Value {
    let read = number(value).and_then(|number| number.to_integer());
    match read.filter(|read| *read >= 0 && most.is_none_or(|most| *read <= most)) {
        Some(read) => Value::Number(Exact::integer(read.into())),
        None => Value::Unknown,
    }
}

fn percent(value: &Json) -> Value {
    let within = |number: &Exact| {
        number.order(&Exact::integer(0)).is_ge() && number.order(&Exact::integer(100)).is_le()
    };
    number(value).filter(within).map_or(Value::Unknown, Value::Number)
}

fn code(value: &Json, codes: &Codes) -> Value {
    let Some(code) = number(value).and_then(|number| number.to_integer()) else {
        return Value::Unknown;
    };
    if codes.ordered.iter().any(|(listed, _)| *listed == code) {
        Value::Code(code)
    } else {
        Value::UnknownCode(code)
    }
}

/// Reads a list of names; a plain text is a list of one.
fn names(value: &Json) -> Value {
    let elements = match value {
        Json::List(elements) => elements.as_slice(),
        Json::Text(_) => std::slice::from_ref(value),
        _ => return Value::Unknown,
    };
    let mut names = Vec::new();
    for element in elements {
        match element {
            Json::Text(text) => match printed_list(text) {
                Some(printed) => names.extend(printed.iter().map(|name| identified(name))),
                None => names.push(identified(text)),
            },
            _ => names.push(None),
        }
    }
    Value::Names(names)
}

/// Reads the printed form of a list, `['HTTPS', 'RDP']`; `None` of any other text.
fn printed_list(text: &str) -> Option<Vec<String>> {
    let mut rest = text.strip_prefix('[')?.strip_suffix(']')?.trim();
    let mut names = Vec::new();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|c| "'\"".contains(*c))?;
        let (name, after) = rest[1..].split_once(quote)?;
        if name.contains('\\') {
            return None;
        }
        names.push(name.to_owned());
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(next) if !next.trim().is_empty() => next.trim_start(),
            _ if after.is_empty() => "",
            _ => return None,
        };
    }
    Some(names)
}

/// Returns a name as it stands, or `None` of one that identifies nothing: `Unknown` itself, an empty
/// one, one with blanks at its ends, quotes, brackets, a separator, control or format characters.
pub fn identified(name: &str) -> Option<String> {
    let is_format = |c: char| {
        matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    let is_strange = |c: char| c.is_control() || is_format(c) || "'\"`[](){}<>,;|".contains(c);
    let identifies = !name.is_empty()
        && name.trim() == name
        && !name.chars().any(is_strange)
        && !name.eq_ignore_ascii_case("unknown");
    identifies.then(|| name.to_owned())
}
