//! A `Scalar` is a single YAML value as its decoded text, and what that text means.

use std::sync::Arc;

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes; the only style whose text can be more than text.
    Plain,
    /// `'…'`, where `''` is a quote.
    SingleQuoted,
    /// `"…"` with escapes.
    DoubleQuoted,
    /// `|`, lines kept.
    Literal,
    /// `>`, lines folded.
    Folded,
}

/// Decoded text of a scalar and how it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    text: Arc<str>,
    style: Style,
}

/// What a scalar means by YAML's core schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Decimal, `0x`, `0o` or `0b`, within 64 bits signed.
    Integer(i64),
    /// With a point or an exponent, `.inf`, `.nan`, and integers beyond 64 bits, which are rounded.
    Float(f64),
    /// Everything else, and everything in quotes or in a block.
    Text(&'a str),
}

impl Value<'_> {
    /// In words, with an article: `a number`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a text",
        }
    }
}

impl Scalar {
    pub(super) fn new(text: &str, style: Style) -> Self {
        Self { text: text.into(), style }
    }

    /// The text, escapes and folding undone; empty where nothing was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// How it was written.
    #[must_use]
    pub fn style(&self) -> Style {
        self.style
    }

    /// Whether it was written without quotes on its own.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.style == Style::Plain
    }

    /// What a plain scalar means; quoted and block scalars are texts.
    ///
    /// `no`, `on`, `017`, `1_000` and `1e400` are texts: nothing is read into a word that its
    /// writer may have meant as one.
    #[must_use]
    pub fn value(&self) -> Value<'_> {
        if self.is_plain() { plain_value(&self.text) } else { Value::Text(&self.text) }
    }
}

fn plain_value(text: &str) -> Value<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Value::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        _ => {}
    }
    number(text).unwrap_or(Value::Text(text))
}

fn number<'a>(text: &str) -> Option<Value<'a>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let radix = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find_map(|(prefix, radix)| Some((digits.strip_prefix(prefix)?, radix)));
    if let Some((digits, radix)) = radix {
        return integer(digits, radix, negative);
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        // A leading zero is an octal number to some readers and a name to others: a text.
        let padded = digits.len() > 1 && digits.starts_with('0');
        return if padded { None } else { whole(digits, negative) };
    }
    decimal(digits, negative)
}

fn whole<'a>(digits: &str, negative: bool) -> Option<Value<'a>> {
    integer(digits, 10, negative).or_else(|| decimal(digits, negative))
}

fn integer<'a>(digits: &str, radix: u32, negative: bool) -> Option<Value<'a>> {
    if !digits.starts_with(|first: char| first.is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, radix).ok()?;
    let value = if negative { -magnitude } else { magnitude };
    #[expect(clippy::cast_precision_loss, reason = "documented: beyond 64 bits it is rounded")]
    Some(i64::try_from(value).map_or(Value::Float(value as f64), Value::Integer))
}

fn decimal<'a>(digits: &str, negative: bool) -> Option<Value<'a>> {
    // The standard parser also reads words such as `inf`, and a sign after the sign.
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let value: f64 = digits.parse().ok()?;
    value.is_finite().then_some(Value::Float(if negative { -value } else { value }))
}
