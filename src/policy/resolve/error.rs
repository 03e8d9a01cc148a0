//! A `ResolveError` is what can be wrong with a rule's meaning, judged by the operation's schema.

use miette::Diagnostic;
use thiserror::Error;

use crate::policy::syntax::Op;

/// What is wrong with a rule's meaning.
#[derive(Debug, Error, Diagnostic)]
pub(super) enum ResolveError {
    #[error("`{name}` is not a field of `{operation}`")]
    #[diagnostic(code("policy/unknown-field"), help("{help}"))]
    UnknownField { name: String, operation: String, help: String },

    #[error("there is no set `{name}`")]
    #[diagnostic(code("policy/unknown-set"), help("{help}"))]
    UnknownSet { name: String, help: String },

    #[error("there is no param `{name}`")]
    #[diagnostic(code("policy/unknown-param"), help("{help}"))]
    UnknownParam { name: String, help: String },

    #[error("the value of this param is made of another param")]
    #[diagnostic(code("policy/nested-param"), help("write the value itself under `params:`"))]
    NestedParam,

    #[error("`{name}` is a set within a set")]
    #[diagnostic(
        code("policy/nested-set"),
        help("write its elements here; quote it if it is meant as a text")
    )]
    NestedSet { name: String },

    #[error("a list stands within a list")]
    #[diagnostic(code("policy/nested-list"), help("write its elements in the outer list"))]
    NestedList,

    #[error("`{}` does not fit `{field}`, {kind}", .op.spelling())]
    #[diagnostic(code("policy/operator-not-taken"), help("{help}"))]
    OperatorNotTaken { op: Op, field: String, kind: &'static str, help: String },

    #[error("`{}` does not fit arithmetic", .op.spelling())]
    #[diagnostic(
        code("policy/operator-not-taken"),
        help("compare arithmetic by `=`, `!=`, `<`, `<=`, `>` or `>=`")
    )]
    OperatorOnArithmetic { op: Op },

    #[error("the values of `{field}` have no order")]
    #[diagnostic(
        code("policy/unordered-field"),
        help("name the values, such as `{field} in [{examples}]`")
    )]
    UnorderedField { field: String, examples: String },

    #[error("`{value}` is not a value of `{field}`")]
    #[diagnostic(code("policy/unknown-value"), help("{help}"))]
    UnknownValue { value: String, field: String, help: String },

    #[error("`{value}` has no place in the order of `{field}`")]
    #[diagnostic(code("policy/unordered-value"), help("the order is {order}"))]
    UnorderedValue { value: String, field: String, order: String },

    #[error("`{number}` is out of the range of `{field}`")]
    #[diagnostic(code("policy/out-of-range"), help("`{field}` goes from {low} to {high}"))]
    OutOfRange { number: String, field: String, low: i64, high: i64 },

    #[error("`{number}` is not a whole number, but `{field}` always is")]
    #[diagnostic(code("policy/not-whole"), help("write a whole number"))]
    NotWhole { number: String, field: String },

    #[error("{found} stands where a number is needed")]
    #[diagnostic(code("policy/number-needed"), help("{help}"))]
    NumberNeeded { found: String, help: String },

    #[error("{found} stands where a text is needed")]
    #[diagnostic(code("policy/text-needed"), help("{help}"))]
    TextNeeded { found: String, help: String },

    #[error("{found} stands where `true` or `false` is needed")]
    #[diagnostic(code("policy/boolean-needed"), help("write `true` or `false`, without quotes"))]
    BooleanNeeded { found: String },

    #[error("{found} stands where an address is needed")]
    #[diagnostic(
        code("policy/address-needed"),
        help("write an address such as `192.0.2.1` or a block such as `10.0.0.0/8`")
    )]
    AddressNeeded { found: String },

    #[error("the block `{found}` begins within `{block}`")]
    #[diagnostic(
        code("policy/host-bits"),
        help("write `{block}` for the block, or the address without `/`")
    )]
    HostBits { found: String, block: String },

    #[error("{found} stands where a time is needed")]
    #[diagnostic(
        code("policy/time-needed"),
        help("write a date such as `2026-01-31`, or `2026-01-31T12:00:00Z`")
    )]
    TimeNeeded { found: String },

    #[error("`{}` needs several values, {found} is one", .op.spelling())]
    #[diagnostic(code("policy/list-needed"), help("{help}"))]
    ListNeeded { op: Op, found: String, help: String },

    #[error("`{}` needs one value, {found} has several", .op.spelling())]
    #[diagnostic(code("policy/one-value-needed"), help("{help}"))]
    OneValueNeeded { op: Op, found: String, help: &'static str },

    #[error("`{unit}` is not a unit")]
    #[diagnostic(code("policy/unknown-unit"), help("{help}"))]
    UnknownUnit { unit: String, help: String },

    #[error("the unit `{unit}` does not fit here")]
    #[diagnostic(code("policy/unit-not-taken"), help("{help}"))]
    UnitNotTaken { unit: String, help: String },

    #[error("`{literal}` is not a whole number of bytes")]
    #[diagnostic(code("policy/part-of-a-byte"), help("write it in a smaller unit"))]
    PartOfByte { literal: String },

    #[error("`{text}` is beyond 64 bits")]
    #[diagnostic(code("policy/overflow"), help("write a smaller number"))]
    Overflow { text: String },

    #[error("`{text}` divides by zero")]
    #[diagnostic(code("policy/division-by-zero"), help("divide by another number"))]
    DivisionByZero { text: String },

    #[error("the range `{range}` is empty")]
    #[diagnostic(
        code("policy/reversed-range"),
        help("write the lower end first; both ends belong to the range")
    )]
    ReversedRange { range: String },

    #[error("`{name}` is a field, and fields compare with fields only where both are numbers")]
    #[diagnostic(code("policy/field-not-compared"), help("quote it if it is meant as a text"))]
    FieldNotCompared { name: String },

    #[error("`{field}` is {kind}, which arithmetic does not take")]
    #[diagnostic(
        code("policy/not-numeric"),
        help("arithmetic takes fields of kind integer, decimal, bytes and percent")
    )]
    NotNumeric { field: String, kind: &'static str },

    #[error("no field is compared")]
    #[diagnostic(
        code("policy/no-field"),
        help("a comparison asks a field of the record, such as `RiskLevel 3`")
    )]
    NoField,

    #[error("the field of this comparison stands on the right")]
    #[diagnostic(code("policy/field-on-the-right"), help("{help}"))]
    FieldOnTheRight { help: String },

    #[error("only a field can be asked this")]
    #[diagnostic(code("policy/no-field"), help("write a field's name before `{}`", .op.spelling()))]
    QuestionWithoutField { op: Op },

    #[error("the text is empty, so that `{}` always holds", .op.spelling())]
    #[diagnostic(
        code("policy/empty-text"),
        help("write what is looked for; `is empty` asks for nothing at all")
    )]
    EmptyText { op: Op },

    #[error("a name is empty")]
    #[diagnostic(code("policy/empty-name"), help("write the name, or `is empty`"))]
    EmptyName,

    #[error("the pattern is not a regular expression: {reason}")]
    #[diagnostic(
        code("policy/bad-pattern"),
        help(
            "patterns are written in the syntax of the `regex` crate; `\\` takes a special sign as it stands"
        )
    )]
    BadPattern { reason: String },

    #[error("`{word}` is not a known value of `{field}`, but close to {near}")]
    #[diagnostic(
        code("policy/misspelt-name"),
        help("did you mean {near}? If not, write it in quotes")
    )]
    MisspeltName { word: String, field: String, near: String },

    #[error("`{word}` is not a known value of `{field}`")]
    #[diagnostic(code("policy/unknown-name"), help("{help}"))]
    UnknownName { word: String, field: String, help: String },

    #[error("`{word}` is never a value of `{field}`: {reason}")]
    #[diagnostic(code("policy/impossible-name"), help("{help}"))]
    ImpossibleName { word: String, field: String, reason: String, help: String },

    #[error("`{name}` is compared with nothing")]
    #[diagnostic(code("policy/missing-comparison"), help("{help}"))]
    Uncompared { name: String, help: String },

    #[error("`{name}` is a field, not a target")]
    #[diagnostic(
        code("policy/field-as-target"),
        help(
            "write `if` before a condition, such as `if {name} …`; quote it if a service has that name"
        )
    )]
    FieldAsTarget { name: String },

    #[error("`{name}` measures a field, {found} is none")]
    #[diagnostic(
        code("policy/field-needed"),
        help("write a field's name, such as `{name}(Field where …)`")
    )]
    FieldNeeded { name: &'static str, found: String },

    #[error("an aggregate stands within another")]
    #[diagnostic(
        code("policy/nested-aggregate"),
        help(
            "within the brackets single records are asked; compare aggregates with one another outside"
        )
    )]
    NestedAggregate,

    #[error("an aggregate is asked where single records are")]
    #[diagnostic(
        code("policy/aggregate-not-taken"),
        help("what a policy finds in a whole snapshot is matched by a waiver without `match`")
    )]
    AggregateNotTaken,

    #[error("`{text}` is of one record, but an aggregate is of all")]
    #[diagnostic(
        code("policy/record-beside-aggregate"),
        help("a field is asked within the brackets of an aggregate, such as `sum({text})`")
    )]
    FieldBesideAggregate { text: String },

    #[error("`{text}` asks one record, but this rule judges all of them together")]
    #[diagnostic(
        code("policy/record-beside-aggregate"),
        help("write it within the brackets of an aggregate, such as `count({text})`")
    )]
    RecordBesideAggregate { text: String },

    #[error("the records of `{operation}` have no port to target")]
    #[diagnostic(code("policy/no-port"), help("write a condition after `if`"))]
    NoPort { operation: String },
}

impl ResolveError {
    /// What the underline says.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::UnknownField { .. } => "not a field",
            Self::UnknownSet { .. } => "not a set",
            Self::UnknownParam { .. } => "not a param",
            Self::NestedParam => "made of another param",
            Self::NestedSet { .. } => "a set",
            Self::NestedList => "a list within a list",
            Self::OperatorNotTaken { .. } | Self::OperatorOnArithmetic { .. } => {
                "does not fit the left side"
            }
            Self::UnorderedField { .. } => "needs an order",
            Self::UnknownValue { .. } => "never a value of this field",
            Self::UnorderedValue { .. } => "not in the order",
            Self::OutOfRange { .. } => "out of range",
            Self::NotWhole { .. } => "not a whole number",
            Self::NumberNeeded { .. } => "a number is needed",
            Self::TextNeeded { .. } => "a text is needed",
            Self::BooleanNeeded { .. } => "`true` or `false` is needed",
            Self::AddressNeeded { .. } => "an address is needed",
            Self::HostBits { .. } => "not the start of its block",
            Self::TimeNeeded { .. } => "a time is needed",
            Self::ListNeeded { .. } => "a list, a range or a set is needed",
            Self::OneValueNeeded { .. } => "one value is needed",
            Self::UnknownUnit { .. } => "not a unit",
            Self::UnitNotTaken { .. } => "takes no such unit",
            Self::PartOfByte { .. } => "not a whole number of bytes",
            Self::Overflow { .. } => "beyond 64 bits",
            Self::DivisionByZero { .. } => "divides by zero",
            Self::ReversedRange { .. } => "empty",
            Self::FieldNotCompared { .. } => "a field",
            Self::NotNumeric { .. } => "not a number",
            Self::NoField | Self::QuestionWithoutField { .. } => "not a field",
            Self::FieldOnTheRight { .. } => "the field belongs here",
            Self::EmptyText { .. } | Self::EmptyName => "empty",
            Self::BadPattern { .. } => "not a regular expression",
            Self::MisspeltName { .. } => "misspelt?",
            Self::UnknownName { .. } => "not a known value",
            Self::ImpossibleName { .. } => "never a value",
            Self::Uncompared { .. } => "compared with nothing",
            Self::FieldAsTarget { .. } => "a field",
            Self::FieldNeeded { .. } => "not a field",
            Self::NestedAggregate => "within another",
            Self::AggregateNotTaken => "asks all records",
            Self::FieldBesideAggregate { .. } | Self::RecordBesideAggregate { .. } => {
                "asks one record"
            }
            Self::NoPort { .. } => "no port to target",
        }
    }
}
