//! Whether a name is spelt as the schema knows it. One that is not is an error, unless it stands in quotes;
//! one that no evidence can have is an error in any case.

use super::Resolver;
use super::error::ResolveError;
use crate::operation::{Field, Kind, is_name};
use crate::policy::parser::ports_meant;
use crate::text::{Location, closest, nearest};

/// A name of a rule.
pub(super) struct Word<'b> {
    pub text: &'b str,
    /// Whether it was in quotes, and so means what it says.
    pub quoted: bool,
    pub role: Role,
    pub location: &'b Location,
}

/// Where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// In the subject of a sentence.
    Subject,
    /// A condition by itself.
    Condition,
    /// The value of a comparison, where a set would do as well.
    Value,
    /// An element of a set, the protocol of a port, or in an approval.
    NoSet,
}

impl Role {
    fn is_target(self) -> bool {
        matches!(self, Self::Subject | Self::Condition)
    }

    /// A condition, as it is written in place of a name in this role.
    fn instead(self, condition: &str) -> String {
        let word = if self == Self::Subject { "if " } else { "" };
        format!("write `{word}{condition}`")
    }
}

impl<'a> Resolver<'a> {
    /// Reports a name that the field cannot have, and an unquoted one that the schema does not know.
    pub(super) fn check_spelling(&mut self, word: &Word<'_>, field: &'a Field) {
        let (text, name) = (word.text.to_owned(), field.name.clone());
        if let Some(reason) = impossible(word.text, field) {
            let help = self.help_for_form(word);
            let error = ResolveError::ImpossibleName { word: text, field: name, reason, help };
            return self.note(&error, word.location);
        }
        if word.quoted || field.knows(word.text) {
            return;
        }
        if let Some(help) = self.meant_by(word, field) {
            let error = ResolveError::UnknownName { word: text, field: name, help };
            return self.note(&error, word.location);
        }
        let known = field.vocabulary.iter().chain(&field.unknown_members);
        let sets = self.scope.sets.keys().filter(|_| word.role != Role::NoSet);
        let near = closest(word.text, known.chain(sets).map(String::as_str));
        let error = if near.is_empty() {
            // Any text may be the value of a field without a vocabulary.
            if field.vocabulary.is_empty() {
                return;
            }
            let help = self.help_for_unknown(word, field);
            ResolveError::UnknownName { word: text, field: name, help }
        } else {
            let near = listed(&near).replace(", ", " or ");
            ResolveError::MisspeltName { word: text, field: name, near }
        };
        self.note(&error, word.location);
    }

    /// The right sentence for a name that is known to mean something else.
    fn meant_by(&self, word: &Word<'_>, field: &Field) -> Option<String> {
        let folded = word.text.to_lowercase();
        if let Some((_, known)) = field.aliases.iter().find(|(alias, _)| *alias == folded) {
            return Some(format!("write `{known}`"));
        }
        if matches!(folded.as_str(), "port" | "ports") {
            return Some("write the number too, such as `port 3389`".to_owned());
        }
        if let Some(ports) = ports_meant(word.text) {
            return Some(format!("write `{ports}`"));
        }
        let operation = self.scope.operation;
        let services = self.field(operation.subject);
        if services.name != field.name && services.knows(word.text) {
            return Some(format!(
                "`{}` is a value of `{}`; those of `{}` are {}",
                word.text,
                services.name,
                field.name,
                listed(&field.vocabulary)
            ));
        }
        let protocol = operation.protocol.map(|id| self.field(id));
        if let Some(protocol) = protocol.filter(|other| other.name != field.name)
            && protocol.knows(word.text)
        {
            let instead = word.role.instead(&format!("{} = {}", protocol.name, word.text));
            return Some(format!("{instead}, or a port with it, such as `3389/{}`", word.text));
        }
        let labelled = operation.schema.fields.iter().find(|other| {
            other.kind.codes().iter().any(|code| code.label.to_lowercase() == folded)
        });
        if let Some(other) = labelled {
            return Some(word.role.instead(&format!("{} {}", other.name, word.text)));
        }
        let is_approved =
            word.role == Role::Condition && nearest(word.text, ["approved"]).is_some();
        is_approved.then(|| "did you mean `approved`?".to_owned())
    }

    /// What to do about a name that is near to none.
    fn help_for_unknown(&self, word: &Word<'_>, field: &Field) -> String {
        /// Names that are listed in a message.
        const FEW: usize = 4;
        let text = word.text;
        if word.role == Role::Condition
            && let Some(near) = self.near_field(text)
        {
            return format!("did you mean the field `{near}`? Compare it with a value");
        }
        if field.vocabulary.len() <= FEW {
            let values = listed(&field.vocabulary);
            return format!("its values are {values}; quote any other: `\"{text}\"`");
        }
        let quoted = format!("if evidence has this name, write it in quotes: `\"{text}\"`");
        match word.role {
            Role::NoSet => quoted,
            _ => format!("for a set, add `{text}: […]` under `sets:` of this file; {quoted}"),
        }
    }

    /// What to do about a name of a form that no evidence has.
    fn help_for_form(&self, word: &Word<'_>) -> String {
        let text = word.text;
        let Some((first, last)) = text.split_once('/') else {
            return "write the name without it".to_owned();
        };
        let protocol = self.scope.operation.protocol.map(|id| self.field(id));
        let is_protocol = |part: &str| protocol.is_some_and(|field| field.knows(part));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if is_number(first) && is_protocol(last) || is_protocol(first) && is_number(last) {
            return format!("for a port write the target `{text}`, without quotes");
        }
        match protocol.filter(|_| is_protocol(last) && !is_protocol(first)) {
            Some(field) if word.role.is_target() => {
                let protocol = word.role.instead(&format!("{} = {last}", field.name));
                format!("write `{first}` alone, and {protocol}")
            }
            _ if word.role.is_target() => format!("write `{}`", text.replace('/', " or ")),
            _ => format!("write each name by itself: `{}`", text.replace('/', "` and `")),
        }
    }
}

fn listed(names: &[impl AsRef<str>]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    names.join(", ")
}

/// Why evidence cannot have this name. The text of a field that holds no names may be anything.
fn impossible(name: &str, field: &Field) -> Option<String> {
    if field.kind != Kind::TextList && !field.ignores_case {
        return None;
    }
    if name.trim() != name {
        return Some("it begins or ends with a blank".to_owned());
    }
    let is_odd = |c: &char| {
        *c != ' ' && !is_name(c.encode_utf8(&mut [0; 4])) || *c == '/' && field.ignores_case
    };
    name.chars().find(is_odd).map(|c| match c.is_ascii_graphic() {
        true => format!("it has a `{c}`"),
        false => format!("it has the character U+{:04X}", u32::from(c)),
    })
}
