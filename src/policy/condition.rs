//! A `Condition` is what a rule says, typed: every field resolved, every operand of the field's kind,
//! every pattern compiled. Sentences and mappings both become one; nothing can fail because of it.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::ops::Bound;
use std::sync::Arc;

use ipnet::IpNet;

use super::Aggregate;
use crate::json::Number;
use crate::operation::FieldId;
use crate::text::Location;

/// A formula over tests. `All` of nothing is true, `Any` of nothing is false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Every part holds.
    All(Vec<Condition>),
    /// At least one part holds.
    Any(Vec<Condition>),
    /// The part does not hold.
    Not(Box<Condition>),
    /// One predicate, as written somewhere.
    Test(Test),
}

impl Condition {
    /// Calls `visit` on every test, in the order in which they were written.
    pub fn each_test<'a>(&'a self, visit: &mut dyn FnMut(&'a Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.each_test(visit))
            }
            Self::Not(part) => part.each_test(visit),
            Self::Test(test) => visit(test),
        }
    }
}

/// A predicate and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// What is asked.
    pub predicate: Predicate,
    /// The comparison's words.
    pub location: Location,
}

/// One question about one field (or, for `Compare`, about an expression of fields).
///
/// Equal predicates of different policies are one predicate to the engine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Predicate {
    /// The field has a value that says something. Always definite.
    Known(FieldId),
    /// An approval in force covers the record.
    Approved,
    /// A number (integer, decimal, bytes, percent) or a time in seconds lies within the ranges.
    Number(FieldId, Ranges),
    /// An enumerated value is one of these.
    Code(FieldId, BTreeSet<i64>),
    /// A text, or any element of a text list, passes.
    Text(FieldId, TextTest),
    /// A text list has at least one of these members (folded where the field ignores case).
    Member(FieldId, BTreeSet<String>),
    /// Every element of a text list is one of these; true of a list without elements.
    Only(FieldId, BTreeSet<String>),
    /// A text is "", or a list has no element.
    Empty(FieldId),
    /// A boolean has this value.
    Boolean(FieldId, bool),
    /// An address lies in one of these blocks.
    Address(FieldId, BTreeSet<IpNet>),
    /// Two expressions compare.
    Compare(Expression, Comparison, Expression),
}

impl Predicate {
    /// The one field that is asked; none for an approval or a comparison of expressions.
    #[must_use]
    pub fn field(&self) -> Option<FieldId> {
        match self {
            Self::Known(field)
            | Self::Number(field, _)
            | Self::Code(field, _)
            | Self::Text(field, _)
            | Self::Member(field, _)
            | Self::Only(field, _)
            | Self::Empty(field)
            | Self::Boolean(field, _)
            | Self::Address(field, _) => Some(*field),
            Self::Approved | Self::Compare(..) => None,
        }
    }

    /// The fields that are asked, in the order in which they were written.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldId> {
        let mut fields: Vec<FieldId> = self.field().into_iter().collect();
        if let Self::Compare(left, _, right) = self {
            left.each_field(&mut |field| fields.push(field));
            right.each_field(&mut |field| fields.push(field));
        }
        fields
    }
}

/// A question about one text. Operands are folded (lower case) where the field ignores case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// Equal to one of these (text fields only).
    OneOf(BTreeSet<String>),
    /// Has this inside (text fields only; on lists `contains` is [`Predicate::Member`]).
    Contains(String),
    /// Begins with this.
    StartsWith(String),
    /// Ends with this.
    EndsWith(String),
    /// The pattern is found anywhere in it.
    Matches(Pattern),
}

impl TextTest {
    /// The regular expression that is found in exactly the texts that pass.
    #[must_use]
    pub fn pattern(&self) -> String {
        match self {
            Self::OneOf(names) => {
                let names: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
                format!(r"\A(?-i:{})\z", names.join("|"))
            }
            Self::Contains(part) => regex::escape(part),
            Self::StartsWith(start) => format!(r"\A(?:{})", regex::escape(start)),
            Self::EndsWith(end) => format!(r"(?:{})\z", regex::escape(end)),
            Self::Matches(pattern) => pattern.0.as_str().to_owned(),
        }
    }
}

/// A regular expression that has compiled.
#[derive(Clone, Debug)]
pub struct Pattern(pub regex::Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_str().hash(state);
    }
}

/// How two expressions compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// Arithmetic over numeric fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expression {
    /// A numeric field's value.
    Field(FieldId),
    /// A literal, its unit already multiplied out.
    Number(Number),
    /// A number over all records.
    Aggregate(Arc<Aggregate>),
    /// Two operands.
    Binary(Box<Expression>, Operator, Box<Expression>),
}

impl Expression {
    /// The fields of the record itself.
    fn each_field(&self, visit: &mut dyn FnMut(FieldId)) {
        match self {
            Self::Field(field) => visit(*field),
            Self::Number(_) | Self::Aggregate(_) => {}
            Self::Binary(left, _, right) => {
                left.each_field(visit);
                right.each_field(visit);
            }
        }
    }
}

/// Arithmetic, which is exact: overflow and division by zero are unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl Operator {
    /// The result; `None` for an integer beyond 64 bits, a fraction beyond 128, or a division by zero.
    #[must_use]
    pub fn apply(self, left: Number, right: Number) -> Option<Number> {
        match self {
            Self::Add => left.plus(right),
            Self::Subtract => left.minus(right),
            Self::Multiply => left.times(right),
            Self::Divide => left.over(right),
        }
    }
}

/// A set of numbers: ranges in order that neither overlap nor touch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ranges(Vec<(Bound<Number>, Bound<Number>)>);

impl Ranges {
    /// The union of ranges in any order, which may overlap.
    #[must_use]
    pub fn new(ranges: impl IntoIterator<Item = (Bound<Number>, Bound<Number>)>) -> Self {
        let mut sorted: Vec<_> =
            ranges.into_iter().filter(|(low, high)| !is_empty(*low, *high)).collect();
        sorted.sort_by_key(|a| low_key(a.0));
        let mut merged: Vec<(Bound<Number>, Bound<Number>)> = Vec::with_capacity(sorted.len());
        for (low, high) in sorted {
            match merged.last_mut() {
                Some(last) if touches(last.1, low) => {
                    if high_key(high) > high_key(last.1) {
                        last.1 = high;
                    }
                }
                _ => merged.push((low, high)),
            }
        }
        Self(merged)
    }

    /// The ranges, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[(Bound<Number>, Bound<Number>)] {
        &self.0
    }

    /// Whether a number lies in one of the ranges.
    #[must_use]
    pub fn contains(&self, number: Number) -> bool {
        let point = Bound::Included(number);
        self.0.iter().any(|(low, high)| !is_empty(*low, point) && !is_empty(point, *high))
    }

    /// Whether every number between two numbers, both excluded, lies in one of the ranges.
    ///
    /// `None` stands for no bound on that side.
    #[must_use]
    pub fn covers(&self, after: Option<Number>, before: Option<Number>) -> bool {
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let before = before.map_or(Bound::Unbounded, Bound::Excluded);
        self.0.iter().any(|(low, high)| {
            low_key(*low) <= low_key(after) && high_key(*high) >= high_key(before)
        })
    }
}

fn is_empty(low: Bound<Number>, high: Bound<Number>) -> bool {
    match (low, high) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        (Bound::Included(low), Bound::Included(high)) => low > high,
        (
            Bound::Included(low) | Bound::Excluded(low),
            Bound::Included(high) | Bound::Excluded(high),
        ) => low >= high,
    }
}

/// Orders lower bounds: unbounded first, an included one before an excluded one of the same number.
fn low_key(bound: Bound<Number>) -> (bool, Number, bool) {
    match bound {
        Bound::Unbounded => (false, Number::Integer(0), false),
        Bound::Included(number) => (true, number, false),
        Bound::Excluded(number) => (true, number, true),
    }
}

/// Orders upper bounds: an excluded one before an included one of the same number, unbounded last.
fn high_key(bound: Bound<Number>) -> (bool, Number, bool) {
    match bound {
        Bound::Unbounded => (true, Number::Integer(0), false),
        Bound::Included(number) => (false, number, true),
        Bound::Excluded(number) => (false, number, false),
    }
}

/// Whether a range that ends at `high` and one that begins at `low` leave no number between them.
fn touches(high: Bound<Number>, low: Bound<Number>) -> bool {
    match (high, low) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
        (Bound::Excluded(high), Bound::Excluded(low)) => high > low,
        (
            Bound::Included(high) | Bound::Excluded(high),
            Bound::Included(low) | Bound::Excluded(low),
        ) => high >= low,
    }
}
