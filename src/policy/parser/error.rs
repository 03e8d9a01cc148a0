//! A `SyntaxError` is what can be wrong with a rule's words before anyone asks what they mean.

use std::ops::Range;

use miette::Diagnostic;
use thiserror::Error;

/// What is wrong with a rule's words.
#[derive(Debug, Error, Diagnostic)]
pub(super) enum SyntaxError {
    #[error("the rule is empty")]
    #[diagnostic(
        code("policy/empty-rule"),
        help("a sentence begins with `deny` or `alert`, such as `deny RDP if RiskLevel 3`")
    )]
    EmptyRule,

    #[error("the condition is empty")]
    #[diagnostic(
        code("policy/empty-condition"),
        help("write a comparison, such as `RiskLevel 3`, or `approved`")
    )]
    EmptyCondition,

    #[error("the rule is longer than {limit} bytes")]
    #[diagnostic(code("policy/too-long"), help("move long lists into `sets:`, or split the rule"))]
    TooLong { limit: usize },

    #[error("the rule is nested deeper than {limit} levels")]
    #[diagnostic(code("policy/too-deep"), help("split the rule"))]
    TooDeep { limit: usize },

    #[error("`{}` has no meaning here", .found.escape_debug())]
    #[diagnostic(code("policy/unknown-character"), help("{help}"))]
    UnknownCharacter { found: char, help: &'static str },

    #[error("the quote {quote} is never closed")]
    #[diagnostic(
        code("policy/unclosed-text"),
        help("end the text with {quote}, or write the quote twice where it belongs to the text")
    )]
    UnclosedText { quote: char },

    #[error("`{found}` is not a number")]
    #[diagnostic(
        code("policy/bad-number"),
        help("write decimal digits without leading zeros, such as `80` or `1.5`")
    )]
    BadNumber { found: String },

    #[error("`{found}` is too large, or has too many digits")]
    #[diagnostic(
        code("policy/number-too-long"),
        help("an integer must fit in 64 bits, and a decimal has at most 38 digits")
    )]
    LongNumber { found: String },

    #[error("`$` is followed by no name")]
    #[diagnostic(
        code("policy/nameless-param"),
        help("write the name of an entry of `params:` directly after `$`, such as `$busy`")
    )]
    NamelessParam,

    #[error("`{found}` is not an operator here")]
    #[diagnostic(code("policy/foreign-operator"), help("write `{write}`"))]
    ForeignOperator { found: String, write: &'static str },

    #[error("`{found}` is not an operator")]
    #[diagnostic(code("policy/unknown-operator"), help("{help}"))]
    UnknownOperator { found: String, help: String },

    #[error("`{found}` is not an effect")]
    #[diagnostic(code("policy/unknown-effect"), help("{help}"))]
    UnknownEffect { found: String, help: String },

    #[error("`{found}` cannot be what a sentence is about")]
    #[diagnostic(code("policy/bad-target"), help("{help}"))]
    BadTarget { found: String, help: String },

    #[error("a target is missing after `{after}`")]
    #[diagnostic(
        code("policy/missing-target"),
        help("name a service, a set or a port, such as `deny RDP or 3389/tcp`")
    )]
    MissingTarget { after: String },

    #[error("`if` is missing before `{found}`")]
    #[diagnostic(code("policy/missing-if"), help("{help}"))]
    MissingIf { found: String, help: String },

    #[error("a condition is missing after `{after}`")]
    #[diagnostic(
        code("policy/missing-condition"),
        help("write a comparison, such as `RiskLevel 3`, or `approved`")
    )]
    MissingCondition { after: String },

    #[error("`{found}` is compared with nothing")]
    #[diagnostic(code("policy/missing-comparison"), help("{help}"))]
    MissingComparison { found: String, help: String },

    #[error("a value is missing after `{after}`")]
    #[diagnostic(
        code("policy/missing-value"),
        help(
            "write a field, a number, a text, a list such as `[80, 443]` or a range such as `1..1023`"
        )
    )]
    MissingValue { after: String },

    #[error("a list has no element")]
    #[diagnostic(code("policy/empty-list"), help("write at least one value in it"))]
    EmptyList,

    #[error("`{found}` does not fit here: {expected} is needed")]
    #[diagnostic(code("policy/unexpected-word"), help("{help}"))]
    Unexpected { found: String, expected: &'static str, help: String },

    #[error("`{open}` is never closed")]
    #[diagnostic(code("policy/unclosed-bracket"), help("close it with `{close}`"))]
    Unclosed { open: &'static str, close: &'static str },

    #[error("`{close}` closes nothing")]
    #[diagnostic(code("policy/unopened-bracket"), help("remove it, or open it with `{open}`"))]
    Unopened { open: &'static str, close: &'static str },

    #[error("comparisons cannot be chained")]
    #[diagnostic(code("policy/chained-comparison"), help("{help}"))]
    Chained { help: String },
}

impl SyntaxError {
    /// Puts the error at bytes of the rule's text.
    pub(super) fn at(self, range: Range<usize>) -> Fault {
        Fault { error: self, range }
    }

    /// What the underline says.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::EmptyRule => "a rule is needed here",
            Self::EmptyCondition => "a condition is needed here",
            Self::TooLong { .. } => "too long",
            Self::TooDeep { .. } => "too deep from here on",
            Self::UnknownCharacter { .. } => "not part of the language",
            Self::UnclosedText { .. } => "opened here",
            Self::BadNumber { .. } => "not a number",
            Self::LongNumber { .. } => "out of reach",
            Self::NamelessParam => "a name is missing",
            Self::ForeignOperator { .. } | Self::UnknownOperator { .. } => "not an operator",
            Self::UnknownEffect { .. } => "not an effect",
            Self::BadTarget { .. } => "not a service, a set or a port",
            Self::MissingTarget { .. } => "a target is needed after this",
            Self::MissingIf { .. } => "`if` is needed before this",
            Self::MissingCondition { .. } => "a condition is needed after this",
            Self::MissingComparison { .. } => "compared with nothing",
            Self::MissingValue { .. } => "a value is needed after this",
            Self::EmptyList => "no element",
            Self::Unexpected { .. } => "not expected here",
            Self::Unclosed { .. } => "never closed",
            Self::Unopened { .. } => "never opened",
            Self::Chained { .. } => "a second comparison",
        }
    }
}

/// A syntax error and its bytes in the rule's decoded text.
#[derive(Debug)]
pub(super) struct Fault {
    pub error: SyntaxError,
    pub range: Range<usize>,
}
