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
    /// Whether `anything but` stands before the targets.
    pub is_anything_but: bool,
    /// After `if` or `when`.
    pub condition: Option<Expr>,
    /// After `unless`.
    pub unless: Option<Expr>,
    /// The whole sentence.
    pub location: Location,
}

/// A service, a set or ports, in a sentence's subject or as a condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub kind: TargetKind,
    pub location: Location,
}

/// What a target may be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TargetKind {
    /// A set's or a service's name; `quoted` means a service without doubt.
    Name { name: String, quoted: bool },
    /// `3389`, `port 3389`, `135..139/tcp`, `tcp/3389`
    Ports(Ports),
}

/// Ports and their protocol, each with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ports {
    /// Both ends; a single port is both.
    pub range: (i64, i64),
    pub location: Location,
    pub protocol: Option<(String, Location)>,
}

/// A condition in words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Approved(Location),
    Target(Target),
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
    ContainsOnly,
    StartsWith,
    EndsWith,
    Matches,
    IsKnown,
    IsUnknown,
    IsEmpty,
}

/// One way to write an operator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spelling {
    /// Words or a sign, in lower case, one space between words.
    pub text: &'static str,
    pub op: Op,
    /// Whether it asks for the opposite of what `op` asks.
    pub negated: bool,
}

const fn plain(text: &'static str, op: Op) -> Spelling {
    Spelling { text, op, negated: false }
}

const fn negated(text: &'static str, op: Op) -> Spelling {
    Spelling { text, op, negated: true }
}

/// Every spelling; the first of an operator is the one that messages use.
const SPELLINGS: &[Spelling] = &[
    plain("=", Op::Equal),
    plain("==", Op::Equal),
    plain("is", Op::Equal),
    plain("!=", Op::NotEqual),
    plain("is not", Op::NotEqual),
    plain("<", Op::Less),
    plain("<=", Op::LessOrEqual),
    plain(">", Op::Greater),
    plain(">=", Op::GreaterOrEqual),
    plain("in", Op::In),
    plain("is in", Op::In),
    plain("not in", Op::NotIn),
    plain("is not in", Op::NotIn),
    plain("contains", Op::Contains),
    negated("not contains", Op::Contains),
    plain("contains any of", Op::ContainsAnyOf),
    negated("not contains any of", Op::ContainsAnyOf),
    plain("contains all of", Op::ContainsAllOf),
    negated("not contains all of", Op::ContainsAllOf),
    plain("contains only", Op::ContainsOnly),
    negated("not contains only", Op::ContainsOnly),
    plain("starts with", Op::StartsWith),
    negated("not starts with", Op::StartsWith),
    plain("ends with", Op::EndsWith),
    negated("not ends with", Op::EndsWith),
    plain("matches", Op::Matches),
    negated("not matches", Op::Matches),
    plain("is known", Op::IsKnown),
    plain("is not unknown", Op::IsKnown),
    plain("is unknown", Op::IsUnknown),
    plain("is not known", Op::IsUnknown),
    plain("is empty", Op::IsEmpty),
    negated("is not empty", Op::IsEmpty),
];

impl Op {
    /// Every operator.
    pub(crate) const ALL: [Self; 18] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::In,
        Self::NotIn,
        Self::Contains,
        Self::ContainsAnyOf,
        Self::ContainsAllOf,
        Self::ContainsOnly,
        Self::StartsWith,
        Self::EndsWith,
        Self::Matches,
        Self::IsKnown,
        Self::IsUnknown,
        Self::IsEmpty,
    ];

    /// Every way to write any of them.
    pub(crate) fn spellings() -> &'static [Spelling] {
        SPELLINGS
    }

    /// Reads a key of the mapping form; case and the width of spaces do not matter.
    pub(crate) fn parse(key: &str) -> Option<Self> {
        SPELLINGS
            .iter()
            .find(|spelling| {
                !spelling.negated
                    && key.split_whitespace().map(str::to_lowercase).eq(spelling.text.split(' '))
            })
            .map(|spelling| spelling.op)
    }

    /// As messages write it.
    pub(crate) fn spelling(self) -> &'static str {
        SPELLINGS.iter().find(|spelling| spelling.op == self).map_or("", |spelling| spelling.text)
    }

    /// Whether something stands on its right.
    pub(crate) fn takes_operand(self) -> bool {
        !matches!(self, Self::IsKnown | Self::IsUnknown | Self::IsEmpty)
    }

    /// The operator that means the same with its sides exchanged, where there is one.
    pub(crate) fn flipped(self) -> Option<Self> {
        match self {
            Self::Equal | Self::NotEqual => Some(self),
            Self::Less => Some(Self::Greater),
            Self::LessOrEqual => Some(Self::GreaterOrEqual),
            Self::Greater => Some(Self::Less),
            Self::GreaterOrEqual => Some(Self::LessOrEqual),
            _ => None,
        }
    }
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
    Aggregate(Box<AggregateOperand>),
}

/// `count(RiskLevel high)`, `sum(traffic where RiskLevel high)`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AggregateOperand {
    pub function: Function,
    /// The keyword.
    pub named: Location,
    /// What is measured of each record; nothing where records are counted.
    pub field: Option<Operand>,
    /// The records that it is about; every one where nothing is said.
    pub records: Option<Expr>,
}

/// The keyword of an aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Count,
    Sum,
    Distinct,
}

impl Function {
    /// Every one.
    pub(crate) const ALL: [Self; 3] = [Self::Count, Self::Sum, Self::Distinct];

    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Distinct => "distinct",
        }
    }

    /// Reads a keyword, in any case.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| word.eq_ignore_ascii_case(function.name()))
    }
}
