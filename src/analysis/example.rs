//! An `Example` is a record in JSON that shows what a search found possible. A witness says what its
//! fields hold as far as the search sees through; for the rest, what is likely to matter is tried: the
//! texts and numbers that the conditions name, and their neighbours.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::json::Number;
use crate::operation::{Field, FieldId, Kind, Schema};
use crate::policy::{Condition, Expression, Predicate, TextTest};

use super::search::Witness;
use super::truth::Truths;
use super::value::{Members, Value};

/// Examples that are made of one witness.
const MOST_EXAMPLES: usize = 1024;

/// Numbers that are tried for a field of an expression, beside those that the conditions name.
const NUMBERS: [i64; 12] = [1, 0, 2, 3, 4, 5, 6, 7, 9, 11, 100, 1_000_000];

/// Numbers, or texts, that are tried for one field.
const MOST_VALUES: usize = 24;

/// A record, and whether an approval covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    members: BTreeMap<String, Json>,
    /// Names in the order of the schema.
    order: Vec<String>,
    /// Whether an approval covers it; `None` where that is not asked.
    pub approved: Option<Approved>,
}

/// Whether an approval in force covers a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Approved {
    /// None does.
    No,
    /// One does.
    Yes,
    /// One would, if the record said whether it is what the approval is about.
    Unclear,
}

impl Approved {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::No, Self::Yes, Self::Unclear];

    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Yes => "yes",
            Self::Unclear => "unclear",
        }
    }
}

impl Example {
    /// The record as a JSON object on one line.
    #[must_use]
    pub fn record(&self) -> String {
        let members = self.order.iter().filter_map(|name| {
            let value = self.members.get(name)?;
            Some(format!("{}: {value}", Json::from(name.as_str())))
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
    }

    /// The same without members that `is_enough` can do without.
    pub(super) fn shortened(mut self, is_enough: &mut dyn FnMut(&Self) -> bool) -> Self {
        for name in self.order.clone() {
            let mut shorter = self.clone();
            shorter.members.remove(&name);
            shorter.order.retain(|other| *other != name);
            if is_enough(&shorter) {
                self = shorter;
            }
        }
        self
    }
}

/// What a member may be; `None` leaves it out.
type Options = Vec<Option<Json>>;

/// Examples that may be what the witness says, the likeliest first.
pub(super) fn examples<'s>(
    schema: &'s Schema,
    witness: &Witness<'_>,
    conditions: &[&Condition],
    asks_for_approval: bool,
) -> impl Iterator<Item = Example> + use<'s> {
    let mut members: BTreeMap<FieldId, Options> = BTreeMap::new();
    let writing = Writing { schema, conditions };
    for (id, value) in witness.values() {
        writing.hold(*id, value, &mut members);
    }
    for (id, more) in free(schema, conditions) {
        let options = members.entry(id).or_default();
        options.extend(more.into_iter().map(Some));
        options.push(None);
    }
    let approved: Vec<Option<Approved>> = match asks_for_approval {
        false => vec![None],
        true => {
            let wanted = witness.wanted(&Predicate::Approved);
            let all = [
                (Truths::FALSE, Approved::No),
                (Truths::TRUE, Approved::Yes),
                (Truths::UNKNOWN, Approved::Unclear),
            ];
            let met = all.into_iter().filter(|(truths, _)| wanted.meets(*truths));
            met.map(|(_, approved)| Some(approved)).collect()
        }
    };
    combined(schema, members, approved)
}

/// Combinations of what members may be: the first of each, then with one that differs, then with two.
fn combined(
    schema: &Schema,
    members: BTreeMap<FieldId, Options>,
    approved: Vec<Option<Approved>>,
) -> impl Iterator<Item = Example> + use<'_> {
    let sizes: Vec<usize> =
        [approved.len()].into_iter().chain(members.values().map(Vec::len)).collect();
    let choices: Vec<Vec<(usize, usize)>> = choices(&sizes).take(MOST_EXAMPLES).collect();
    choices.into_iter().map(move |choice| {
        let chosen = |dimension: usize| {
            let other = choice.iter().find(|(place, _)| *place == dimension);
            other.map_or(0, |(_, option)| *option)
        };
        let approved = approved.get(chosen(0)).copied().flatten();
        let mut example = Example { members: BTreeMap::new(), order: Vec::new(), approved };
        for (dimension, (id, options)) in (1..).zip(&members) {
            if let Some(Some(value)) = options.get(chosen(dimension)) {
                let name = schema.field(*id).name.clone();
                example.order.push(name.clone());
                example.members.insert(name, value.clone());
            }
        }
        example
    })
}

/// Choices by the dimensions in which another than the first option is taken: none, one, or two.
fn choices(sizes: &[usize]) -> impl Iterator<Item = Vec<(usize, usize)>> {
    let others = |from: usize| {
        let dimensions = sizes.iter().enumerate().skip(from);
        dimensions.flat_map(|(dimension, size)| (1..*size).map(move |option| (dimension, option)))
    };
    let one = others(0).map(|other| vec![other]);
    let two = others(0).flat_map(move |one| others(one.0 + 1).map(move |other| vec![one, other]));
    [Vec::new()].into_iter().chain(one).chain(two)
}

/// Writes values as the API would send them.
struct Writing<'a> {
    schema: &'a Schema,
    conditions: &'a [&'a Condition],
}

impl Writing<'_> {
    /// Makes a field hold a value; a derived one does by what it is made from.
    fn hold(&self, id: FieldId, value: &Value, members: &mut BTreeMap<FieldId, Options>) {
        let field = self.schema.field(id);
        let Some(derived) = &field.derived else {
            members.entry(id).or_default().extend(self.written(field, value));
            return;
        };
        let (first, others) = match members.get(&derived.first).map(Vec::as_slice) {
            // It is asked by itself, and left out.
            Some([None]) => match derived.otherwise.as_slice() {
                [] => return,
                [first, others @ ..] => (*first, others),
            },
            Some(_) => return,
            None => (derived.first, &[][..]),
        };
        self.hold(first, value, members);
        for other in others {
            let none = Value::Number(Number::Integer(0));
            self.hold(*other, &none, members);
        }
    }

    /// The ways to write a value.
    fn written(&self, field: &Field, value: &Value) -> Options {
        let text = |text: &str| Json::from(field.spelled(text));
        match value {
            Value::Absent => vec![None],
            Value::Code(code) => vec![Some(Json::from(*code))],
            Value::UnlistedCode => {
                let unlisted = (1..).find(|value| field.kind.code(*value).is_none());
                vec![unlisted.map(Json::from)]
            }
            Value::Number(number) => vec![Some(number_text(*number))],
            Value::Text(named) => vec![Some(text(named))],
            Value::OtherText => vec![Some(Json::from(self.other(field)))],
            Value::List(members) => self.list(field, members),
            Value::Boolean(value) => vec![Some(Json::from(*value))],
            Value::Address(address) => vec![Some(Json::from(address.to_string()))],
        }
    }

    fn list(&self, field: &Field, members: &Members) -> Options {
        let names = members.names.iter().map(|name| Json::from(field.spelled(name)));
        let other = members.has_other.then(|| Json::from(self.other(field)));
        let list: Vec<Json> = names.chain(other).collect();
        if !members.has_unidentified {
            return vec![Some(Json::from(list))];
        }
        let unidentified = field.unknown_members.iter().map(|name| Json::from(name.as_str()));
        let each = unidentified.chain([Json::Null]).map(|member| {
            let list: Vec<Json> = list.iter().cloned().chain([member]).collect();
            Some(Json::from(list))
        });
        each.collect()
    }

    /// A text that no condition names.
    fn other(&self, field: &Field) -> String {
        let mut named = BTreeSet::new();
        for condition in self.conditions {
            condition.each_test(&mut |test| match &test.predicate {
                Predicate::Text(_, TextTest::OneOf(texts))
                | Predicate::Member(_, texts)
                | Predicate::Only(_, texts) => {
                    named.extend(texts.iter().cloned());
                }
                _ => {}
            });
        }
        let candidates = ["other".to_owned()].into_iter();
        let mut candidates = candidates.chain((2_u32..).map(|number| format!("other{number}")));
        candidates.find(|text| !named.contains(&field.compared(text))).unwrap_or_default()
    }
}

/// A number, or a text that spells it where JSON numbers of this crate would round it.
fn number_text(number: Number) -> Json {
    let text = number.to_string();
    match serde_json::from_str(&text) {
        Ok(Json::Number(read)) if read.to_string() == text => Json::Number(read),
        _ => Json::from(text),
    }
}

/// What is worth trying of fields whose predicates are not seen through.
fn free(schema: &Schema, conditions: &[&Condition]) -> BTreeMap<FieldId, Vec<Json>> {
    let mut texts: BTreeMap<FieldId, Parts> = BTreeMap::new();
    let mut fields = BTreeSet::new();
    let mut numbers = BTreeSet::new();
    for condition in conditions {
        condition.each_test(&mut |test| match &test.predicate {
            Predicate::Text(id, test) => texts.entry(*id).or_default().add(test),
            Predicate::Compare(left, _, right) => {
                for side in [left, right] {
                    constants(side, &mut numbers);
                }
                fields.extend(test.predicate.fields());
            }
            _ => {}
        });
    }
    let numbers = near(&numbers);
    let mut free: BTreeMap<FieldId, Vec<Json>> = texts
        .into_iter()
        .filter(|(_, parts)| parts.is_free)
        .map(|(id, parts)| (id, parts.candidates(schema.field(id))))
        .collect();
    for id in fields {
        let derived = schema.field(id).derived.as_ref();
        let id = derived.map_or(id, |derived| derived.first);
        free.entry(id).or_insert_with(|| numbers.clone());
    }
    free
}

fn constants(side: &Expression, numbers: &mut BTreeSet<Number>) {
    match side {
        Expression::Number(number) => {
            numbers.insert(*number);
        }
        Expression::Binary(left, _, right) => {
            constants(left, numbers);
            constants(right, numbers);
        }
        Expression::Field(_) | Expression::Aggregate(_) => {}
    }
}

/// Numbers, what lies next to them, and some that are always worth trying.
fn near(named: &BTreeSet<Number>) -> Vec<Json> {
    let around = named.iter().flat_map(|number| {
        let beside = [-1, 1].map(|step| number.plus(Number::Integer(step)));
        [Some(*number)].into_iter().chain(beside).flatten()
    });
    let mut numbers = Vec::new();
    for number in NUMBERS.map(Number::Integer).into_iter().chain(around) {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers.into_iter().take(MOST_VALUES).map(number_text).collect()
}

/// What conditions ask of the texts of a field.
#[derive(Debug, Default)]
struct Parts {
    starts: BTreeSet<String>,
    inner: BTreeSet<String>,
    ends: BTreeSet<String>,
    whole: BTreeSet<String>,
    /// Whether some of it is not seen through.
    is_free: bool,
}

impl Parts {
    fn add(&mut self, test: &TextTest) {
        self.is_free |= !matches!(test, TextTest::OneOf(_));
        match test {
            TextTest::OneOf(texts) => self.whole.extend(texts.iter().cloned()),
            TextTest::Contains(part) => {
                self.inner.insert(part.clone());
            }
            TextTest::StartsWith(part) => {
                self.starts.insert(part.clone());
            }
            TextTest::EndsWith(part) => {
                self.ends.insert(part.clone());
            }
            TextTest::Matches(pattern) => self.whole.extend(literals(pattern.0.as_str())),
        }
    }

    /// Texts that have some of it.
    fn candidates(&self, field: &Field) -> Vec<Json> {
        let none = || [""].into_iter();
        let part = |parts: &'_ BTreeSet<String>| -> Vec<String> {
            none().map(str::to_owned).chain(parts.iter().cloned()).collect()
        };
        let mut texts: Vec<String> = self.whole.iter().cloned().collect();
        for start in part(&self.starts) {
            for inner in part(&self.inner) {
                for end in part(&self.ends) {
                    texts.push(format!("{start}{inner}{end}"));
                    texts.push(format!("{start}x{inner}x{end}"));
                }
            }
        }
        let texts = texts.into_iter().take(MOST_VALUES).map(Json::from);
        match field.kind {
            Kind::TextList => texts.map(|text| Json::from(vec![text])).collect(),
            _ => texts.collect(),
        }
    }
}

/// What a pattern may match: the plain words in it.
fn literals(pattern: &str) -> Vec<String> {
    let is_special = |c: char| "^$\\.*+?{}[]".contains(c);
    let words = pattern.split(['|', '(', ')']).map(|part| part.replace(is_special, ""));
    words.filter(|word| !word.is_empty()).collect()
}
