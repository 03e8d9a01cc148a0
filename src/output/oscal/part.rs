//! Parts that every OSCAL document is made from, and its kinds of text: tokens, values on one line, and
//! Markdown in which nothing that was read acts.

use std::borrow::Cow;

use serde::Serialize;

use crate::output::item::{fingerprint, prose, short};
use crate::output::markdown::escaped;
use crate::output::uuid::Uuid;

/// The release of the models.
const OSCAL: &str = "1.2.1";

/// Whose names of properties are meant.
const NAMESPACE: &str = "https://github.com/OWNER/portcullis/ns/oscal";

/// Hexadecimal digits that tell tokens apart whose texts are not.
const DIGITS: usize = 8;

/// What is written where a text has nothing to show, since no text may be empty.
const NOTHING: &str = "-";

/// What every document begins with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::output) struct Metadata {
    title: String,
    last_modified: String,
    version: String,
    oscal_version: &'static str,
    props: Vec<Property>,
    remarks: String,
}

impl Metadata {
    /// A title, which is Markdown, at a time, which is its version as well.
    pub(in crate::output) fn new(
        title: String,
        time: jiff::Timestamp,
        mut props: Vec<Property>,
        remarks: String,
    ) -> Self {
        let time = at(time);
        props.insert(0, Property::new("tool-version", env!("CARGO_PKG_VERSION")));
        Self {
            title,
            last_modified: time.clone(),
            version: time,
            oscal_version: OSCAL,
            props,
            remarks,
        }
    }

    /// What tells it from a document of another time.
    pub(in crate::output) fn version(&self) -> &str {
        &self.version
    }
}

/// A name and a value that the model has no member for.
#[derive(Clone, Debug, Serialize)]
pub(in crate::output) struct Property {
    name: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ns: Option<&'static str>,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
}

impl Property {
    pub(in crate::output) fn new(name: &'static str, text: &str) -> Self {
        Self { name: Cow::Borrowed(name), ns: Some(NAMESPACE), value: value(text), class: None }
    }

    /// One whose name the model itself gives.
    pub(in crate::output) fn of_model(name: &'static str, text: &str) -> Self {
        Self { ns: None, ..Self::new(name, text) }
    }

    /// One whose name was read, and which is of a class.
    pub(in crate::output) fn named(name: &str, class: &str, text: &str) -> Self {
        let (name, class) = (Cow::Owned(token(name)), Some(token(class)));
        Self { name, ns: Some(NAMESPACE), value: value(text), class }
    }

    pub(in crate::output) fn number(name: &'static str, number: u64) -> Self {
        Self::new(name, &number.to_string())
    }
}

/// Things that are referred to.
#[derive(Debug, Serialize)]
pub(in crate::output) struct BackMatter {
    pub(in crate::output) resources: Vec<Resource>,
}

/// A thing that is referred to by its name.
#[derive(Debug, Serialize)]
pub(in crate::output) struct Resource {
    pub(in crate::output) uuid: Uuid,
    pub(in crate::output) title: String,
    pub(in crate::output) description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::output) props: Vec<Property>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::output) citation: Option<Citation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::output) rlinks: Vec<Link>,
}

#[derive(Debug, Serialize)]
pub(in crate::output) struct Citation {
    pub(in crate::output) text: String,
}

/// Where a resource lies, and what it must be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::output) struct Link {
    pub(in crate::output) href: String,
    pub(in crate::output) media_type: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::output) hashes: Vec<Hash>,
}

#[derive(Clone, Debug, Serialize)]
pub(in crate::output) struct Hash {
    algorithm: &'static str,
    value: String,
}

impl Hash {
    pub(in crate::output) fn sha256(value: &str) -> Self {
        Self { algorithm: "SHA-256", value: value.to_owned() }
    }
}

/// A time with its zone.
pub(in crate::output) fn at(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A text on one line that is no Markdown.
pub(in crate::output) fn value(text: &str) -> String {
    let shown = short(text);
    let shown = shown.trim();
    if shown.is_empty() { NOTHING.to_owned() } else { shown.to_owned() }
}

/// A text as Markdown on one line, in which each character stands for itself.
pub(in crate::output) fn line(text: &str) -> String {
    escaped(&value(text))
}

/// A text of any number of lines as Markdown on one.
pub(in crate::output) fn paragraph(text: &str) -> String {
    line(&prose(text))
}

/// A text as a token: itself where it is one, else what of it may stand in one, and a hash of the rest.
pub(in crate::output) fn token(text: &str) -> String {
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_part = |c: char| is_start(c) || c.is_ascii_digit() || c == '.' || c == '-';
    if text.starts_with(is_start) && text.chars().all(is_part) {
        return text.to_owned();
    }
    let mut token: String = text.chars().map(|c| if is_part(c) { c } else { '_' }).collect();
    if !token.starts_with(is_start) {
        token.insert(0, '_');
    }
    let hash = fingerprint(&[text]);
    format!("{token}-{}", hash.get(..DIGITS).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_tokens_that_stay_apart() {
        let expected = regex::Regex::new(r"^(\p{L}|_)(\p{L}|\p{N}|[.\-_])*$").unwrap();
        for text in ["rdp-exposed", "_a.b-1"] {
            assert_eq!(token(text), text);
        }
        let texts = ["", "1.4.4", "8.1.4.4 b)", "8.1.4.4 c)", "端口", "端 口", "a b", "a_b", "-a"];
        let tokens: Vec<String> = texts.iter().map(|text| token(text)).collect();
        for (index, token) in tokens.iter().enumerate() {
            assert!(expected.is_match(token), "{token}");
            assert_eq!(tokens.iter().position(|other| other == token), Some(index), "{token}");
        }
    }

    #[test]
    fn values_and_lines_are_never_empty_and_hold_one_line() {
        let is_value = regex::Regex::new(r"^\S(.*\S)?$").unwrap();
        for text in ["", " ", "\u{a0}a\n", "a\nb", "\u{2028}", "[x](y)", "| a"] {
            for written in [value(text), line(text)] {
                assert!(is_value.is_match(&written), "{text:?}: {written:?}");
            }
        }
        assert_eq!(value(" [x](y) "), "[x](y)");
        assert_eq!(paragraph(" [x](y)\n\n z "), "\\[x\\](y) z");
    }
}
