//! Questions about an instant: a date is its first second in UTC.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::Resolver;
use super::comparison::Question;
use super::error::ResolveError;
use super::item::Item;
use crate::json::Number;
use crate::operation::reading;
use crate::policy::syntax::OperandKind;
use crate::policy::{Condition, Predicate};

impl<'a> Resolver<'a> {
    pub(super) fn time(&mut self, question: &Question<'a>) -> Option<Condition> {
        let ranges = self.ranges(question, |resolver, item| resolver.seconds(item))?;
        Some(question.test(Predicate::Number(question.id, ranges)))
    }

    /// UNIX seconds.
    fn seconds(&mut self, item: &Item<'a>) -> Option<Number> {
        let seconds = match &item.operand.kind {
            OperandKind::Number(number, None) => Some(*number),
            OperandKind::Name(text) | OperandKind::Text(text) => {
                self.refuse_field(item)?;
                instant(text)
            }
            OperandKind::Param(_) => {
                let value = self.looked_up(item.clone())?;
                return self.seconds(&value);
            }
            _ => None,
        };
        if seconds.is_none() {
            let found = item.described();
            return self.fail(&ResolveError::TimeNeeded { found }, item);
        }
        seconds
    }
}

fn instant(text: &str) -> Option<Number> {
    let timestamp = match text.parse::<Timestamp>() {
        Ok(timestamp) => timestamp,
        Err(_) if text.len() == "2026-01-31".len() => {
            let date: Date = text.parse().ok()?;
            Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?
        }
        Err(_) => return None,
    };
    reading::seconds(timestamp)
}
