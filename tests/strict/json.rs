//! JSON values whose numbers are texts, so that no digit is lost; a plain reader and a plain writer.

/// A JSON value. Members of an object keep their order; a number is the text of its literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Depth of nesting beyond which a document is refused.
const MAX_DEPTH: usize = 128;

impl Json {
    /// Returns the member of an object with exactly this name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.members().iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Returns the members of an object, none of anything else.
    pub fn members(&self) -> &[(String, Json)] {
        match self {
            Json::Object(members) => members,
            _ => &[],
        }
    }

    /// Returns the elements of a list, none of anything else.
    pub fn elements(&self) -> &[Json] {
        match self {
            Json::List(elements) => elements,
            _ => &[],
        }
    }

    pub fn is_object(&self) -> bool {
        matches!(self, Json::Object(_))
    }

    /// Returns whether this is null or an empty text, list or object.
    pub fn is_empty(&self) -> bool {
        match self {
            Json::Null => true,
            Json::Text(text) => text.trim().is_empty(),
            Json::List(elements) => elements.is_empty(),
            Json::Object(members) => members.is_empty(),
            Json::Bool(_) | Json::Number(_) => false,
        }
    }

    /// Returns whether both hold the same, in whatever order their members stand.
    pub fn same_content(&self, other: &Json) -> bool {
        match (self, other) {
            (Json::Object(left), Json::Object(right)) => {
                let has_equal = |(key, value): &(String, Json)| {
                    right.iter().any(|(name, twin)| name == key && value.same_content(twin))
                };
                left.len() == right.len() && left.iter().all(has_equal)
            }
            (Json::List(left), Json::List(right)) => {
                let pairs = left.iter().zip(right);
                left.len() == right.len() && pairs.into_iter().all(|(a, b)| a.same_content(b))
            }
            _ => self == other,
        }
    }

    pub fn text(text: &str) -> Json {
        Json::Text(text.to_owned())
    }

    pub fn number(value: impl ToString) -> Json {
        Json::Number(value.to_string())
    }

    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
        Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// Sets a member of an object, at the place of the old one if there is one.
    pub fn set(&mut self, name: &str, value: Json) {
        let Json::Object(members) = self else { return };
        match members.iter_mut().find(|(key, _)| key == name) {
            Some(member) => member.1 = value,
            None => members.push((name.to_owned(), value)),
        }
    }

    /// Removes a member of an object.
    pub fn remove(&mut self, name: &str) {
        if let Json::Object(members) = self {
            members.retain(|(key, _)| key != name);
        }
    }

    /// Writes the value on one line.
    pub fn print(&self) -> String {
        self.print_as(false)
    }

    /// Writes the value with the first character of each text and name as an escape.
    pub fn print_escaped(&self) -> String {
        self.print_as(true)
    }

    fn print_as(&self, is_escaped: bool) -> String {
        match self {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => value.to_string(),
            Json::Number(text) => text.clone(),
            Json::Text(text) => quoted(text, is_escaped),
            Json::List(elements) => {
                let elements: Vec<String> =
                    elements.iter().map(|element| element.print_as(is_escaped)).collect();
                format!("[{}]", elements.join(", "))
            }
            Json::Object(members) => {
                let member = |(key, value): &(String, Json)| {
                    quoted(key, is_escaped) + ": " + &value.print_as(is_escaped)
                };
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

fn quoted(text: &str, is_escaped: bool) -> String {
    let mut quoted = String::from("\"");
    for (index, c) in text.chars().enumerate() {
        match c {
            c if index == 0 && is_escaped && c.is_ascii() => {
                quoted += &format!("\\u{:04x}", c as u32);
            }
            '"' | '\\' => quoted.extend(['\\', c]),
            c if (c as u32) < 0x20 => quoted += &format!("\\u{:04x}", c as u32),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Reads every document of a text; an error says what is wrong with it.
pub fn documents(text: &str) -> Result<Vec<Json>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { rest: text };
    let mut documents = Vec::new();
    reader.skip_blanks();
    while !reader.rest.is_empty() {
        documents.push(reader.value(1)?);
        reader.skip_blanks();
    }
    match documents.is_empty() {
        true => Err("nothing but blanks".to_owned()),
        false => Ok(documents),
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip_blanks();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > MAX_DEPTH {
            return Err("too deep".to_owned());
        }
        for (token, value) in
            [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))]
        {
            if self.eat(token) {
                return Ok(value);
            }
        }
        if self.eat("[") {
            self.list(depth)
        } else if self.eat("{") {
            self.object(depth)
        } else if self.eat("\"") {
            Ok(Json::Text(self.string()?))
        } else {
            self.number()
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, String> {
        let mut elements = Vec::new();
        if self.eat("]") {
            return Ok(Json::List(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if self.eat("]") {
                return Ok(Json::List(elements));
            }
            if !self.eat(",") {
                return Err("a list goes on without a comma".to_owned());
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, String> {
        let mut members: Vec<(String, Json)> = Vec::new();
        if self.eat("}") {
            return Ok(Json::Object(members));
        }
        loop {
            if !self.eat("\"") {
                return Err("a member has no name".to_owned());
            }
            let name = self.string()?;
            if members.iter().any(|(known, _)| *known == name) {
                return Err(format!("duplicate key {name}"));
            }
            if !self.eat(":") {
                return Err("a member has no colon".to_owned());
            }
            members.push((name, self.value(depth + 1)?));
            if self.eat("}") {
                return Ok(Json::Object(members));
            }
            if !self.eat(",") {
                return Err("an object goes on without a comma".to_owned());
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        let mut escaped = false;
        let end = self.rest.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let end = end.ok_or("a text does not end")?;
        let literal = format!("\"{}\"", &self.rest[..end]);
        self.rest = &self.rest[end + 1..];
        serde_json::from_str(&literal).map_err(|error| error.to_string())
    }

    fn number(&mut self) -> Result<Json, String> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let literal = &self.rest[..end];
        if !is_number(literal) {
            return Err(format!("no value begins here: {literal}"));
        }
        self.rest = &self.rest[end..];
        Ok(Json::number(literal))
    }
}

/// Returns whether a text is a number by the grammar of JSON.
pub fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    digits(integer)
        && (integer == "0" || !integer.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}
