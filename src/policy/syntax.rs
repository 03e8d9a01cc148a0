//! What a rule's words are before they mean anything: an `Expr` of names, literals and operators, each
//! with its place. Sentences, expressions and the mapping form all become one.

use crate::json::Number;
use crate::operation::Effect;
use crate::policy::Operator;
use crate::text::Location;

/// `deny RDP or 3389/tcp if … unless …`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sentence {
    pub effect: Effect,
    /// Any of them; none means every record.
    pub targets: Vec<Target>,
    /// After `if` or `when`.
    pub condition: Option<Expr>,
    /// After `unless`.
    pub unless: Option<Expr>,
    /// The whole sentence.
    pub location: Location,
}

/// One word of a sentence's subject.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub kind: TargetKind,
    pub location: Location,
}

/// What a subject word may be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TargetKind {
    /// A set's or a service's name; `quoted` means a service without doubt.
    Name { name: String, quoted: bool },
    /// `3389` or `3389/tcp`.
    Port { port: i64, protocol: Option<String> },
}

/// A condition in words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Approved(Location),
    Comparison(Comparison),
}

/// `left op right`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comparison {
    pub left: Operand,
    pub op: Op,
    /// The operator's words; for an equality without one, the right operand's place.
    pub op_location: Location,
    /// `None` for operators that stand alone (`is known`, `is unknown`, `is empty`).
    pub right: Option<Operand>,
    pub location: Location,
}

/// The operators, as spelled in sentences and as keys of the mapping form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    Contains,
    ContainsAnyOf,
    ContainsAllOf,
    StartsWith,
    EndsWith,
    Matches,
    IsKnown,
    IsUnknown,
    IsEmpty,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operand {
    pub kind: OperandKind,
    pub location: Location,
}

/// What an operand may be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum OperandKind {
    /// A bare word: a field, a set, a label, a name.
    Name(String),
    /// A quoted text.
    Text(String),
    /// A literal and, as written, its unit.
    Number(Number, Option<String>),
    /// An address or a block of addresses.
    Address(String),
    /// `$name`
    Param(String),
    /// `a..b`, both ends included.
    Range(Box<Operand>, Box<Operand>),
    List(Vec<Operand>),
    Binary(Box<Operand>, Operator, Box<Operand>),
}
