//! Comparisons: which side the field is on, and whether its kind takes the operator.

use super::error::ResolveError;
use super::item::Item;
use super::{Resolver, not, test};
use crate::operation::{Field, FieldId, Kind};
use crate::policy::syntax::{Comparison, Op, Operand, OperandKind};
use crate::policy::{Condition, Predicate};

/// A comparison whose field and operator are known.
pub(super) struct Question<'a> {
    pub id: FieldId,
    pub field: &'a Field,
    pub op: Op,
    /// The value's side.
    pub right: &'a Operand,
    pub comparison: &'a Comparison,
}

/// What stands on one side.
enum Side<'a> {
    Field(FieldId),
    /// A bare word that is no field.
    Word(&'a str),
    Aggregate,
    /// Arithmetic with a word in it.
    Arithmetic,
    Value,
}

impl<'a> Resolver<'a> {
    pub(super) fn comparison(&mut self, comparison: &'a Comparison) -> Option<Condition> {
        let Some(right) = &comparison.right else {
            return self.lone_question(comparison);
        };
        match (self.side(&comparison.left), self.side(right)) {
            // As the value of a field, `count` may be a text or a name.
            (Side::Field(_), Side::Aggregate) if right.kind.is_name() => {
                self.asked(comparison, right)
            }
            (Side::Aggregate, _) | (_, Side::Aggregate) => {
                let asked = self.arithmetic(comparison)?;
                Some(turned(comparison.op, asked))
            }
            (Side::Field(_), _) => self.asked(comparison, right),
            (Side::Word(name), Side::Field(id)) if self.may_be_field(name, id) => {
                self.unknown_field(name, &comparison.left)
            }
            (Side::Word(_) | Side::Value, Side::Field(id)) => self.flipped(id, comparison),
            (Side::Word(name), _) => self.unknown_field(name, &comparison.left),
            (Side::Arithmetic, _) | (Side::Value, Side::Arithmetic) => {
                let asked = self.arithmetic(comparison)?;
                Some(turned(comparison.op, asked))
            }
            (Side::Value, Side::Word(name))
                if is_numeric(&comparison.left) || self.near_field(name).is_some() =>
            {
                self.unknown_field(name, right)
            }
            (Side::Value, _) => {
                self.looked_up(Item::written(&comparison.left))?;
                self.fail_at(&ResolveError::NoField, &comparison.left.location)
            }
        }
    }

    /// A question to the field on the left.
    fn asked(&mut self, comparison: &'a Comparison, right: &'a Operand) -> Option<Condition> {
        let Side::Field(id) = self.side(&comparison.left) else {
            return None;
        };
        let field = self.field(id);
        self.question(&Question { id, field, op: comparison.op, right, comparison })
    }

    fn side(&self, operand: &'a Operand) -> Side<'a> {
        match &operand.kind {
            _ if self.is_aggregate(operand) => Side::Aggregate,
            OperandKind::Name(name) => match self.find(name) {
                Some(id) => Side::Field(id),
                None => Side::Word(name),
            },
            OperandKind::Binary(..) if has_name(operand) => Side::Arithmetic,
            _ => Side::Value,
        }
    }

    /// `3 < Port` is `Port > 3`; what has no such twin must be written the other way round.
    fn flipped(&mut self, id: FieldId, comparison: &'a Comparison) -> Option<Condition> {
        let field = self.field(id);
        let left = &comparison.left;
        if let (Some(op), false) = (comparison.op.flipped(), left.kind.is_name()) {
            return self.question(&Question { id, field, op, right: left, comparison });
        }
        let op = match (&field.kind, comparison.op) {
            (Kind::TextList, _) if self.is_set(left) => "contains any of",
            (Kind::TextList, _) => "contains",
            (_, op) => op.flipped().map_or("=", Op::spelling),
        };
        let help = format!("write `{} {op} {}`", field.name, left.location.text());
        self.fail_at(&ResolveError::FieldOnTheRight { help }, &left.location)
    }

    /// Whether a word before a field was meant as a field too.
    fn may_be_field(&self, name: &str, other: FieldId) -> bool {
        self.near_field(name).is_some() || self.field(other).kind.is_numeric()
    }

    fn is_set(&self, operand: &Operand) -> bool {
        matches!(&operand.kind, OperandKind::Name(name) if self.scope.sets.contains_key(name))
    }

    /// `is known`, `is unknown` and `is empty`.
    fn lone_question(&mut self, comparison: &'a Comparison) -> Option<Condition> {
        let id = match self.side(&comparison.left) {
            Side::Field(id) => id,
            Side::Word(name) => return self.unknown_field(name, &comparison.left),
            Side::Arithmetic | Side::Aggregate | Side::Value => {
                let op = comparison.op;
                let error = ResolveError::QuestionWithoutField { op };
                return self.fail_at(&error, &comparison.left.location);
            }
        };
        self.check_operator(self.field(id), comparison.op, comparison)?;
        let known = test(Predicate::Known(id), &comparison.location);
        Some(match comparison.op {
            Op::IsUnknown => not(known),
            Op::IsEmpty => test(Predicate::Empty(id), &comparison.location),
            _ => known,
        })
    }

    fn question(&mut self, question: &Question<'a>) -> Option<Condition> {
        self.check_operator(question.field, question.op, question.comparison)?;
        let asked = match &question.field.kind {
            Kind::Integer | Kind::Decimal | Kind::Bytes | Kind::Percent => self.number(question)?,
            Kind::Time => self.time(question)?,
            Kind::Code(_) => self.code(question)?,
            Kind::Text | Kind::TextList => self.text(question)?,
            Kind::Boolean => self.boolean(question)?,
            Kind::Address => self.address(question)?,
        };
        Some(turned(question.op, asked))
    }

    fn boolean(&mut self, question: &Question<'a>) -> Option<Condition> {
        let item = self.one(question.op, question.right)?;
        let value = match &item.operand.kind {
            OperandKind::Name(name) if name.eq_ignore_ascii_case("true") => true,
            OperandKind::Name(name) if name.eq_ignore_ascii_case("false") => false,
            _ => {
                let found = item.described();
                return self.fail(&ResolveError::BooleanNeeded { found }, &item);
            }
        };
        Some(question.test(Predicate::Boolean(question.id, value)))
    }

    fn check_operator(&mut self, field: &Field, op: Op, comparison: &Comparison) -> Option<()> {
        if takes(&field.kind, op) {
            return Some(());
        }
        let is_order = matches!(op, Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual);
        let error = if is_order && matches!(field.kind, Kind::Code(_)) {
            let labels = field.kind.codes().iter().map(|code| code.label.as_str());
            ResolveError::UnorderedField {
                field: field.name.clone(),
                examples: labels.take(2).collect::<Vec<_>>().join(", "),
            }
        } else {
            ResolveError::OperatorNotTaken {
                op,
                field: field.name.clone(),
                kind: with_article(&field.kind),
                help: operator_help(field, op),
            }
        };
        self.fail_at(&error, &comparison.op_location)
    }

    /// Refuses a bare word that is a field's name.
    pub(super) fn refuse_field(&mut self, item: &Item<'a>) -> Option<()> {
        match &item.operand.kind {
            OperandKind::Name(name) if !item.is_of_set() && self.find(name).is_some() => {
                let name = name.clone();
                self.fail(&ResolveError::FieldNotCompared { name }, item)
            }
            _ => Some(()),
        }
    }
}

impl Question<'_> {
    /// A test whose place is the whole comparison.
    pub(super) fn test(&self, predicate: Predicate) -> Condition {
        test(predicate, &self.comparison.location)
    }
}

impl OperandKind {
    fn is_name(&self) -> bool {
        matches!(self, Self::Name(_))
    }
}

fn is_numeric(operand: &Operand) -> bool {
    matches!(operand.kind, OperandKind::Number(..) | OperandKind::Binary(..))
}

/// Whether a bare word takes part in arithmetic.
fn has_name(operand: &Operand) -> bool {
    match &operand.kind {
        OperandKind::Name(_) | OperandKind::Aggregate(_) => true,
        OperandKind::Binary(left, _, right) => has_name(left) || has_name(right),
        _ => false,
    }
}

/// The answer to a question, or its opposite where the operator asks for that.
fn turned(op: Op, asked: Condition) -> Condition {
    match op {
        Op::NotEqual | Op::NotIn => not(asked),
        _ => asked,
    }
}

/// Which operators a kind takes.
fn takes(kind: &Kind, op: Op) -> bool {
    match op {
        Op::IsKnown | Op::IsUnknown => true,
        Op::ContainsOnly => matches!(kind, Kind::TextList),
        Op::IsEmpty
        | Op::Contains
        | Op::ContainsAnyOf
        | Op::ContainsAllOf
        | Op::StartsWith
        | Op::EndsWith
        | Op::Matches => matches!(kind, Kind::Text | Kind::TextList),
        Op::Equal | Op::NotEqual => !matches!(kind, Kind::TextList),
        Op::In | Op::NotIn => !matches!(kind, Kind::TextList | Kind::Boolean),
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => match kind {
            Kind::Code(codes) => codes.iter().any(|code| code.rank.is_some()),
            Kind::Time => true,
            _ => kind.is_numeric(),
        },
    }
}

fn operator_help(field: &Field, op: Op) -> String {
    let instead = match (&field.kind, op) {
        (Kind::TextList, Op::Equal) => Some("contains"),
        (Kind::TextList, Op::NotEqual) => Some("not contains"),
        (Kind::TextList, Op::In) => Some("contains any of"),
        (Kind::TextList, Op::NotIn) => Some("not contains any of"),
        (Kind::Boolean, Op::In) => Some("="),
        (Kind::Boolean, Op::NotIn) => Some("!="),
        _ => None,
    };
    if let Some(instead) = instead {
        return format!("write `{} {instead} …`", field.name);
    }
    let taken: Vec<_> = Op::ALL
        .into_iter()
        .filter(|op| takes(&field.kind, *op))
        .map(|op| format!("`{}`", op.spelling()))
        .collect();
    format!("`{}` takes {}", field.name, taken.join(", "))
}

/// A kind in words.
pub(super) fn with_article(kind: &Kind) -> &'static str {
    match kind {
        Kind::Integer => "a whole number",
        Kind::Decimal => "a number",
        Kind::Bytes => "a number of bytes",
        Kind::Percent => "a percentage",
        Kind::Text => "a text",
        Kind::TextList => "a list of texts",
        Kind::Code(_) => "an enumerated value",
        Kind::Boolean => "true or false",
        Kind::Time => "a time",
        Kind::Address => "an address",
    }
}
