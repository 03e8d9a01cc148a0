//! Values in the words of a reader: what a message shows, and what a value was read as.

use crate::engine::Capture;
use crate::json::{self, Number, Raw};
use crate::operation::reading::{self, Case, Members, Reading, Unknown};
use crate::operation::{Field, FieldId, Kind, Schema};
use crate::policy::{Part, Template};

/// What stands for a value that is not there.
const UNKNOWN: &str = "unknown";

/// The members of a record that were kept.
pub(super) struct Values<'a> {
    pub(super) captures: &'a [Capture],
    pub(super) text: &'a str,
}

impl<'a> Values<'a> {
    fn raw(&self, field: FieldId) -> Option<Raw<'a>> {
        let capture = self.captures.iter().find(|capture| capture.field == field)?;
        Some(Raw { text: self.text.get(capture.text.clone())?, kind: capture.kind })
    }

    fn number(&self, schema: &Schema, field: FieldId) -> Reading<Number> {
        reading::value(schema, field, &|field| {
            reading::number(schema.field(field), self.raw(field))
        })
    }
}

/// Appends a template's text, its fields filled in.
pub(super) fn fill(
    template: &Template,
    schema: &Schema,
    values: &Values<'_>,
    message: &mut String,
) {
    for part in &template.parts {
        match part {
            Part::Literal(text) => message.push_str(text),
            Part::Field(field) => show(schema, *field, values, message),
        }
    }
}

fn show(schema: &Schema, field: FieldId, values: &Values<'_>, message: &mut String) {
    let described = schema.field(field);
    let raw = values.raw(field);
    match &described.kind {
        Kind::TextList => show_list(raw, message),
        Kind::Text | Kind::Address | Kind::Boolean | Kind::Time => as_sent(raw, message),
        Kind::Code(_) => match reading::code(raw) {
            Ok(code) => {
                message.push_str(&code.to_string());
                if let Some(code) = described.kind.code(code) {
                    message.push_str(" (");
                    message.push_str(&code.label);
                    message.push(')');
                }
            }
            Err(_) => as_sent(raw, message),
        },
        Kind::Integer | Kind::Decimal | Kind::Bytes | Kind::Percent => {
            match values.number(schema, field) {
                Ok(number) => message.push_str(&number.to_string()),
                Err(_) => as_sent(raw, message),
            }
        }
    }
}

/// A list's names; as it was sent if an element is not one.
fn show_list(raw: Option<Raw<'_>>, message: &mut String) {
    let start = message.len();
    let mut scratch = reading::Scratch::default();
    let read = reading::list(Case::Kept, raw, &mut scratch, &mut |name| {
        if message.len() > start {
            message.push_str(", ");
        }
        message.push_str(name);
    });
    if !matches!(read, Ok(members) if members.malformed == 0) {
        message.truncate(start);
        as_sent(raw, message);
    }
}

/// A value that has no better form: a text without its quotes, anything else as it stands.
fn as_sent(raw: Option<Raw<'_>>, message: &mut String) {
    let mut scratch = reading::Scratch::default();
    match (reading::sent_text(raw, &mut scratch), raw) {
        (Ok(text), _) => message.push_str(text),
        (Err(Unknown::Malformed), Some(raw)) => message.push_str(raw.text),
        (Err(_), _) => message.push_str(UNKNOWN),
    }
}

fn names(raw: Option<Raw<'_>>) -> Reading<(Vec<String>, Members)> {
    let mut names = Vec::new();
    let mut scratch = reading::Scratch::default();
    let members =
        reading::list(Case::Kept, raw, &mut scratch, &mut |name| names.push(name.to_owned()))?;
    Ok((names, members))
}

/// JSON text of what a value was read as, where that differs from how it stands.
pub(super) fn read_as(field: &Field, raw: Raw<'_>) -> Option<String> {
    if is_read_as_it_stands(&field.kind, raw) {
        return None;
    }
    let read = match &field.kind {
        Kind::TextList => names(Some(raw)).ok().map(|(mut names, members)| {
            // An element that is not identified is what the API would call it.
            let unknown = field.unknown_members.iter().take(1).cloned();
            names.extend(unknown.cycle().take(members.malformed));
            serde_json::Value::from(names).to_string()
        }),
        Kind::Code(_) => reading::code(Some(raw)).ok().map(|code| code.to_string()),
        Kind::Boolean => reading::boolean(Some(raw)).ok().map(|value| value.to_string()),
        Kind::Time => reading::time(Some(raw)).ok().map(|time| time.to_string()),
        Kind::Text | Kind::Address => None,
        Kind::Integer | Kind::Decimal | Kind::Bytes | Kind::Percent => {
            reading::number(field, Some(raw)).ok().map(|number| number.to_string())
        }
    }?;
    let is_same = match serde_json::from_str::<serde_json::Value>(raw.text) {
        Ok(value) => serde_json::from_str(&read).is_ok_and(|read: serde_json::Value| value == read),
        Err(_) => false,
    };
    (!is_same).then_some(read)
}

/// Whether a value is plainly what it is read as, as most are; `false` where that is not plain.
fn is_read_as_it_stands(kind: &Kind, raw: Raw<'_>) -> bool {
    match (kind, raw.kind) {
        (Kind::Text | Kind::Address, _) => true,
        (_, json::Kind::Number) => {
            let digits = raw.text.strip_prefix('-').unwrap_or(raw.text);
            digits.bytes().all(|byte| byte.is_ascii_digit()) && raw.text != "-0"
        }
        _ => false,
    }
}

/// What is known by a value.
pub(super) enum Known {
    /// What these words say.
    Words(String),
    /// Nothing, for this reason.
    Nothing(String),
    /// Not what else a list may hold beside these names, for this reason.
    Not(String, Vec<String>),
}

/// What a value means, where that says more than the value.
pub(super) fn meaning(field: &Field, raw: Raw<'_>) -> Option<Known> {
    let nothing = |words: &str| Some(Known::Nothing(words.to_owned()));
    if raw.kind == json::Kind::Null {
        return nothing("null says nothing");
    }
    let is_read = match &field.kind {
        Kind::Code(_) => match reading::code(Some(raw)) {
            Ok(code) => return Some(code_meaning(field, code)),
            Err(_) => false,
        },
        Kind::TextList => match names(Some(raw)) {
            Ok((names, members)) => return unidentified(field, names, members),
            Err(_) => false,
        },
        Kind::Text => reading::text(field, Some(raw), &mut reading::Scratch::default()).is_ok(),
        Kind::Address => reading::address(Some(raw)).is_ok(),
        Kind::Boolean => reading::boolean(Some(raw)).is_ok(),
        Kind::Time => reading::time(Some(raw)).is_ok(),
        Kind::Integer | Kind::Decimal | Kind::Bytes | Kind::Percent => {
            reading::number(field, Some(raw)).is_ok()
        }
    };
    let unread = || format!("cannot be read as {}", field.kind.name());
    (!is_read).then(|| Known::Nothing(unread()))
}

fn code_meaning(field: &Field, code: i64) -> Known {
    match field.kind.code(code) {
        Some(known) if known.is_unknown => Known::Nothing(format!("{code} is {}", known.label)),
        Some(known) => Known::Words(format!("{code} is {}", known.label)),
        None => Known::Nothing(format!("{code} is no listed value")),
    }
}

/// What a list leaves open: a member that stands for what was not identified, or is not a name.
fn unidentified(field: &Field, names: Vec<String>, members: Members) -> Option<Known> {
    let stands_for_any = |name: &&String| {
        let same = |member: &String| field.compared(member) == field.compared(name);
        field.unknown_members.iter().any(same)
    };
    let words = match names.iter().find(stands_for_any) {
        Some(name) => format!("`{name}` may be anything"),
        None if members.malformed > 0 => "an element is not a name".to_owned(),
        None => return None,
    };
    Some(Known::Not(words, names))
}

/// A value the way it identifies: numbers by value, names as they are compared, nothing where unknown.
pub(super) fn identifying(field: &Field, raw: Option<Raw<'_>>) -> String {
    let mut scratch = reading::Scratch::default();
    match &field.kind {
        Kind::Text => reading::text(field, raw, &mut scratch).unwrap_or_default().to_owned(),
        _ => reading::number(field, raw).map(|number| number.to_string()).unwrap_or_default(),
    }
}
