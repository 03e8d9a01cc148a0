//! Judges one record by one policy, in Kleene's logic: a condition holds, does not hold, or is unknown.

use std::cmp::Ordering;

use crate::exact::Exact;
use crate::fields::{self, Codes, Kind, Value};
use crate::json::Json;
use crate::policy::{Condition, Operand, Operator, Policy, PolicyFile, State, Subject, Target};

/// `None` is unknown.
pub type Truth = Option<bool>;

pub fn not(truth: Truth) -> Truth {
    truth.map(|truth| !truth)
}

/// False if one is false, true if all are true, else unknown.
pub fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let mut result = Some(true);
    for truth in truths {
        match truth {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

pub fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
    not(all(truths.into_iter().map(not)))
}

/// The names of sets and what they hold.
pub struct Judge<'p> {
    pub file: &'p PolicyFile,
}

impl Judge<'_> {
    /// Returns whether a record violates a policy without aggregates.
    pub fn violates(&self, policy: &Policy, record: &Json) -> Truth {
        all([
            self.subject(&policy.subject, record),
            policy.condition.as_ref().map_or(Some(true), |part| self.holds(part, record)),
            policy.unless.as_ref().map_or(Some(true), |part| not(self.holds(part, record))),
        ])
    }

    pub fn subject(&self, subject: &Subject, record: &Json) -> Truth {
        match subject {
            Subject::Anything => Some(true),
            Subject::Targets(targets) => {
                any(targets.iter().map(|target| self.target(target, record)))
            }
            Subject::AnythingBut(targets) => not(self.is_one_of(targets, record)),
        }
    }

    /// One of the port targets holds, or the list is not empty and holds only the named services.
    fn is_one_of(&self, targets: &[Target], record: &Json) -> Truth {
        let mut services = Vec::new();
        let mut truths = Vec::new();
        for target in targets {
            match target {
                Target::Service(name) => services.extend(self.expanded(name)),
                Target::Ports { .. } => truths.push(self.target(target, record)),
            }
        }
        if !services.is_empty() {
            let list = fields::read(record, "ServiceNameList");
            truths.push(all([not(is_empty(&list)), contains_only(&list, &services)]));
        }
        any(truths)
    }

    fn target(&self, target: &Target, record: &Json) -> Truth {
        match target {
            Target::Service(name) => {
                let list = fields::read(record, "ServiceNameList");
                any(self.expanded(name).iter().map(|name| contains(&list, name)))
            }
            Target::Ports { low, high, protocol } => {
                let port = match fields::read(record, "Port") {
                    Value::Number(port) => {
                        port.to_integer().map(|port| (*low..=*high).contains(&port))
                    }
                    _ => None,
                };
                let protocol = protocol.as_ref().map_or(Some(true), |name| {
                    equals_name(&fields::read(record, "Protocol"), name)
                });
                all([port, protocol])
            }
        }
    }

    /// Returns the members of a set, or the name itself.
    fn expanded(&self, name: &str) -> Vec<String> {
        match self.file.sets.iter().find(|(set, _)| set == name) {
            Some((_, members)) => members.clone(),
            None => vec![name.to_owned()],
        }
    }

    pub fn holds(&self, condition: &Condition, record: &Json) -> Truth {
        match condition {
            Condition::All(parts) => all(parts.iter().map(|part| self.holds(part, record))),
            Condition::Any(parts) => any(parts.iter().map(|part| self.holds(part, record))),
            Condition::Not(part) => not(self.holds(part, record)),
            Condition::Target(target) => self.target(target, record),
            Condition::Is(field, state) => has_state(&fields::read(record, field), *state),
            Condition::Approved => Some(false),
            Condition::Compare(left, operator, right) => {
                self.compare(left, (*operator, right), record)
            }
        }
    }

    fn compare(&self, left: &Operand, test: (Operator, &Operand), record: &Json) -> Truth {
        let (operator, right) = test;
        if let Operand::Field(field) = left {
            let value = fields::read(record, field);
            match fields::kind(field) {
                Some(Kind::Code(codes)) => {
                    return codes_compare(&value, operator, &(self.words(right), codes));
                }
                Some(Kind::Name | Kind::Text) => {
                    let is_name = fields::kind(field) == Some(Kind::Name);
                    return texts_compare(&value, operator, &(self.words(right), is_name));
                }
                Some(Kind::Names) => return names_compare(&value, operator, &self.words(right)),
                _ => {}
            }
        }
        self.numbers_compare(self.number(left, record), operator, (right, record))
    }

    /// Returns the words, texts and codes of an operand, sets expanded.
    fn words(&self, operand: &Operand) -> Vec<String> {
        match operand {
            Operand::Word(name) => self.expanded(name),
            Operand::Text(text) | Operand::Number(text) => vec![text.clone()],
            Operand::List(elements) => elements.iter().flat_map(|e| self.words(e)).collect(),
            _ => panic!("not a constant: {operand:?}"),
        }
    }

    /// Returns the number of an operand on a record; `None` is unknown.
    pub fn number(&self, operand: &Operand, record: &Json) -> Option<Exact> {
        match operand {
            Operand::Field(field) => match fields::read(record, field) {
                Value::Number(number) => Some(number),
                _ => None,
            },
            Operand::Number(literal) => quantity(literal),
            Operand::Math(left, operator, right) => {
                let (left, right) = (self.number(left, record)?, self.number(right, record)?);
                match operator {
                    '+' => left.add(&right).in_64_bits(),
                    '-' => left.subtract(&right).in_64_bits(),
                    '*' => left.multiply(&right).in_64_bits(),
                    _ => left.divide(&right)?.in_64_bits(),
                }
            }
            _ => panic!("not a number: {operand:?}"),
        }
    }

    fn numbers_compare(
        &self,
        left: Option<Exact>,
        operator: Operator,
        right: (&Operand, &Json),
    ) -> Truth {
        let (operand, record) = right;
        match (operator, operand) {
            (Operator::NotIn, _) => not(self.numbers_compare(left, Operator::In, right)),
            (Operator::In, Operand::List(elements)) => any(elements.iter().map(|element| {
                let operator = match element {
                    Operand::Range(..) => Operator::In,
                    _ => Operator::Equal,
                };
                self.numbers_compare(left.clone(), operator, (element, record))
            })),
            (Operator::In, Operand::Range(low, high)) => {
                let (left, low, high) = (left?, quantity(low)?, quantity(high)?);
                Some(left.order(&low).is_ge() && left.order(&high).is_le())
            }
            _ => Some(ordered(left?.order(&self.number(operand, record)?), operator)),
        }
    }
}

/// Returns whether an order satisfies an operator.
pub fn ordered(order: Ordering, operator: Operator) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::Unequal => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::AtLeast => order.is_ge(),
        _ => panic!("{operator:?} does not compare numbers"),
    }
}

/// Reads a literal with its unit.
pub fn quantity(literal: &str) -> Option<Exact> {
    const UNITS: [(&str, i128); 9] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("%", 1),
    ];
    for (unit, factor) in UNITS {
        if let Some(number) = literal.strip_suffix(unit) {
            return Some(Exact::literal(number)?.multiply(&Exact::integer(factor)));
        }
    }
    Exact::literal(literal)
}

fn has_state(value: &Value, state: State) -> Truth {
    let is_known = !matches!(value, Value::Unknown | Value::UnknownCode(_));
    match state {
        State::Known => Some(is_known),
        State::Unknown => Some(!is_known),
        State::Empty => is_empty(value),
    }
}

fn is_empty(value: &Value) -> Truth {
    match value {
        Value::Text(text) => Some(text.is_empty()),
        Value::Names(names) => Some(names.is_empty()),
        _ => None,
    }
}

fn codes_compare(value: &Value, operator: Operator, codes: &(Vec<String>, &Codes)) -> Truth {
    let (words, listed) = codes;
    let code_of = |word: &String| {
        let all = listed.ordered.iter().chain(listed.unknown);
        let is_it = |(code, label): &&(i64, &str)| {
            label.eq_ignore_ascii_case(word) || code.to_string() == *word
        };
        all.clone().find(is_it).unwrap_or_else(|| panic!("{word} is not a code")).0
    };
    let equals = |word: &String| {
        let wanted = code_of(word);
        let is_unknown = listed.unknown.iter().any(|(code, _)| *code == wanted);
        match value {
            Value::Code(code) => Some(*code == wanted),
            Value::UnknownCode(code) if is_unknown => Some(*code == wanted),
            _ => None,
        }
    };
    match operator {
        Operator::Equal | Operator::In => any(words.iter().map(equals)),
        Operator::Unequal | Operator::NotIn => not(any(words.iter().map(equals))),
        _ => match value {
            Value::Code(code) => Some(ordered(code.cmp(&code_of(&words[0])), operator)),
            _ => None,
        },
    }
}

fn equals_name(value: &Value, name: &str) -> Truth {
    match value {
        Value::Text(text) => Some(text.to_lowercase() == name.to_lowercase()),
        _ => None,
    }
}

fn texts_compare(value: &Value, operator: Operator, words: &(Vec<String>, bool)) -> Truth {
    let Value::Text(text) = value else { return None };
    let (words, is_name) = words;
    let folded = |text: &str| if *is_name { text.to_lowercase() } else { text.to_owned() };
    let text = folded(text);
    let some = |test: &dyn Fn(&str) -> bool| Some(words.iter().any(|word| test(&folded(word))));
    match operator {
        Operator::Equal | Operator::In => some(&|word| text == word),
        Operator::Unequal | Operator::NotIn => not(some(&|word| text == word)),
        Operator::Contains => some(&|word| text.contains(word)),
        Operator::StartsWith => some(&|word| text.starts_with(word)),
        Operator::EndsWith => some(&|word| text.ends_with(word)),
        _ => panic!("{operator:?} does not compare texts"),
    }
}

fn names_compare(value: &Value, operator: Operator, words: &[String]) -> Truth {
    let each = words.iter().map(|word| contains(value, word));
    match operator {
        Operator::Contains => any(each),
        Operator::ContainsAll => all(each),
        Operator::ContainsOnly => contains_only(value, words),
        _ => panic!("{operator:?} does not compare lists"),
    }
}

/// An element that is not identified is `Unknown`, and may be any other name.
fn contains(list: &Value, name: &str) -> Truth {
    let Value::Names(elements) = list else { return None };
    any([Some(false)].into_iter().chain(elements.iter().map(|element| match element {
        Some(element) => Some(element.to_lowercase() == name.to_lowercase()),
        None if name.eq_ignore_ascii_case("unknown") => Some(true),
        None => None,
    })))
}

fn contains_only(list: &Value, names: &[String]) -> Truth {
    let Value::Names(elements) = list else { return None };
    all(elements.iter().map(|element| {
        let element = element.as_ref()?.to_lowercase();
        Some(names.iter().any(|name| name.to_lowercase() == element))
    }))
}
