//! What can be wrong with the shape of a policy file, each with its words.

use miette::Diagnostic;
use thiserror::Error;

use crate::policy::MAX_TOLERATED;
use crate::text::nearest;

/// One way in which a policy file has the wrong shape.
#[derive(Debug, Error, Diagnostic)]
pub(super) enum DraftError {
    #[error("the file is empty")]
    #[diagnostic(code("policy/empty-file"), help("{help}"))]
    EmptyFile { help: &'static str },

    #[error("expected {expected}, found {found}")]
    #[diagnostic(code("policy/wrong-shape"))]
    WrongShape {
        expected: &'static str,
        found: &'static str,
        #[help]
        help: Option<String>,
    },

    #[error("unknown key `{key}` in {within}")]
    #[diagnostic(code("policy/unknown-key"), help("{help}"))]
    UnknownKey { key: String, within: &'static str, help: String },

    #[error("{within} needs `{key}`")]
    #[diagnostic(code("policy/missing-key"), help("add `{key}:`"))]
    MissingKey { key: &'static str, within: &'static str },

    #[error("a policy needs a rule")]
    #[diagnostic(
        code("policy/missing-key"),
        help("add `rule:` with a sentence, or `effect:` and `when:`")
    )]
    MissingRule,

    #[error("`{key}` beside `rule`")]
    #[diagnostic(
        code("policy/two-rules"),
        help("a policy has either `rule`, or `effect` and `when`")
    )]
    TwoRules { key: &'static str },

    #[error("`{key}` is empty")]
    #[diagnostic(code("policy/empty-list"), help("list at least one element, or remove the key"))]
    EmptyList { key: String },

    #[error("`{value}` is no value of `{key}`")]
    #[diagnostic(code("policy/unknown-value"), help("{help}"))]
    UnknownValue { value: String, key: String, help: String },

    #[error("a colon splits this sentence")]
    #[diagnostic(
        code("policy/unquoted-sentence"),
        help("to YAML `: ` makes a key and a value; put the whole sentence in quotes")
    )]
    UnquotedSentence,

    #[error("`{id}` is no policy id")]
    #[diagnostic(
        code("policy/bad-id"),
        help("an id has at most {limit} printable characters and no space, such as `db-exposed`")
    )]
    BadId { id: String, limit: usize },

    #[error("`{name}` is no name for {what}")]
    #[diagnostic(
        code("policy/bad-name"),
        help(
            "a name begins with a letter, goes on with letters, digits, `_` and `-`, and is no word of the language"
        )
    )]
    BadName { name: String, what: &'static str },

    #[error("there is no built-in pack `{name}`")]
    #[diagnostic(code("project/unknown-pack"), help("{help}"))]
    UnknownPack { name: String, help: String },

    #[error("an override that changes nothing")]
    #[diagnostic(code("project/empty-override"), help("add `severity:` or `effect:`"))]
    EmptyOverride,

    #[error("unknown operator `{op}`")]
    #[diagnostic(code("policy/unknown-operator"), help("{help}"))]
    UnknownOperator { op: String, help: String },

    #[error("`{key}` joins no conditions here")]
    #[diagnostic(code("policy/unknown-key"), help("write `{instead}:` and a list"))]
    JoinWord { key: String, instead: &'static str },

    #[error("`not` takes one condition, found a list")]
    #[diagnostic(
        code("policy/wrong-shape"),
        help("write `not: {{all: […]}}` or `not: {{any: […]}}`")
    )]
    NotOfList,

    #[error("control id `{id}` is read as a number")]
    #[diagnostic(
        code("policy/unquoted-control"),
        help("quote it: `\"{id}\"`; as numbers, 1.10 and 1.1 are the same control")
    )]
    UnquotedControl { id: String },

    #[error("`{text}` is no web address")]
    #[diagnostic(
        code("policy/bad-reference"),
        help("a reference begins with `https://` or `http://` and has no space")
    )]
    BadReference { text: String },

    #[error("`{text}` is no number of records")]
    #[diagnostic(
        code("policy/wrong-shape"),
        help("write a whole number from 0 on, such as `at_most: 5`")
    )]
    NoCount { text: String },

    #[error("`{text}` violations are more than a policy may tolerate")]
    #[diagnostic(
        code("policy/too-tolerant"),
        help("write a number from 0 to {MAX_TOLERATED}, or remove the policy")
    )]
    TooTolerant { text: String },

    #[error("a policy of effect `{effect}` never comes out as `{expected}`")]
    #[diagnostic(
        code("policy/impossible-expectation"),
        help("expect `{effect}`, `pass` or `inconclusive`")
    )]
    ImpossibleExpectation { effect: &'static str, expected: &'static str },

    #[error("`record` beside `records`")]
    #[diagnostic(code("policy/two-records"), help("keep one of the two"))]
    TwoRecords,

    #[error("an approval of every service on every port")]
    #[diagnostic(code("policy/boundless-approval"), help("add `service:` or `port:`"))]
    BoundlessApproval,

    #[error("`{text}` is no port")]
    #[diagnostic(
        code("policy/bad-port"),
        help("write a number from 0 to 65535, or a range such as `8000..8010`")
    )]
    BadPort { text: String },

    #[error("`{text}` is no date")]
    #[diagnostic(code("policy/bad-date"), help("write year, month and day: `2026-12-31`"))]
    BadDate { text: String },
}

/// What to write instead of a word: the nearest candidate, else all of them.
pub(crate) fn suggestion<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str> + Clone,
) -> String {
    // To a word of one letter every other is near.
    let near = nearest(word, candidates.clone()).filter(|_| word.chars().count() > 1);
    if let Some(near) = near {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<String> = candidates.map(|name| format!("`{name}`")).collect();
    match all.as_slice() {
        [] => "there is none to choose from".to_owned(),
        [only] => format!("write {only}"),
        _ => format!("one of {}", all.join(", ")),
    }
}
