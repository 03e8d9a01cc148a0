//! What a word may have been meant as, when it is no field.

use super::Resolver;
use super::error::ResolveError;
use crate::operation::{Field, Kind};
use crate::policy::syntax::Operand;
use crate::text::nearest;

impl<'a> Resolver<'a> {
    /// Reports a word that stands where only a field can.
    pub(super) fn unknown_field<T>(&mut self, name: &str, operand: &Operand) -> Option<T> {
        let error = ResolveError::UnknownField {
            name: name.to_owned(),
            operation: self.scope.operation.name.clone(),
            help: self.field_help(name),
        };
        self.fail_at(&error, &operand.location)
    }

    fn field_help(&self, name: &str) -> String {
        let operation = self.scope.operation;
        let subject = &self.field(operation.subject).name;
        if self.scope.sets.contains_key(name) {
            return format!(
                "`{name}` is a set; write the field first, such as `{subject} contains any of {name}`"
            );
        }
        let folded = name.to_lowercase();
        if folded == "approved" {
            return "`approved` stands alone, such as `unless approved`".to_owned();
        }
        if let Some(field) = operation.schema.fields.iter().find(|field| has_label(field, &folded))
        {
            return format!(
                "`{name}` is a value of `{0}`; write the field first: `{0} {name}`",
                field.name
            );
        }
        if let Some(field) = operation.schema.fields.iter().find(|field| has_word(field, &folded)) {
            let op = match field.kind {
                Kind::TextList => "contains",
                _ => "=",
            };
            return format!("`{name}` is a value of `{0}`; write `{0} {op} {name}`", field.name);
        }
        match nearest(name, operation.schema.names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "the fields are {}; to ask for a service write `{subject} contains {name}`",
                operation.schema.names().collect::<Vec<_>>().join(", ")
            ),
        }
    }

    /// The fields whose names are near to a word, for values that might be one.
    pub(super) fn near_field(&self, word: &str) -> Option<&'a str> {
        nearest(word, self.scope.operation.schema.names())
    }
}

fn has_label(field: &Field, folded: &str) -> bool {
    field.kind.codes().iter().any(|code| code.label.to_lowercase() == folded)
}

fn has_word(field: &Field, folded: &str) -> bool {
    field.vocabulary.iter().chain(&field.unknown_members).any(|word| word.to_lowercase() == folded)
}
