//! What can be wrong with a YAML file before anyone asks what it means.

use miette::Diagnostic;
use thiserror::Error;

use super::tree::{MAX_BYTES, MAX_DEPTH, MAX_NODES};

#[derive(Debug, Error, Diagnostic)]
pub(super) enum Error {
    #[error("the file is larger than {} MiB", MAX_BYTES >> 20)]
    #[diagnostic(code("yaml/too-large"), help("split it into several files"))]
    TooLarge,

    #[error("control character `{shown}` in the file")]
    #[diagnostic(
        code("yaml/control-character"),
        help("remove it, or write it as an escape in double quotes, such as `\"\\x1b\"`")
    )]
    ControlCharacter { shown: String },

    #[error("nested deeper than {MAX_DEPTH} levels")]
    #[diagnostic(code("yaml/too-deep"), help("flatten the lists and mappings around it"))]
    TooDeep,

    #[error("more than {MAX_NODES} values")]
    #[diagnostic(
        code("yaml/too-many-values"),
        help(
            "split the file; what an anchor names counts once more for the anchor and for each alias"
        )
    )]
    TooManyNodes,

    #[error("a second document in one file")]
    #[diagnostic(
        code("yaml/several-documents"),
        help(
            "keep one document a file: remove the separator, or move what follows to its own file"
        )
    )]
    SeveralDocuments,

    #[error("key `{key}` is written twice")]
    #[diagnostic(code("yaml/duplicate-key"), help("remove one of the two, or rename it"))]
    DuplicateKey { key: String },

    #[error("a key has to be text, not {found}")]
    #[diagnostic(
        code("yaml/key-not-text"),
        help("a text that begins with `[` or `{{` needs quotes")
    )]
    KeyNotText { found: &'static str },

    #[error("a value without a key")]
    #[diagnostic(code("yaml/missing-key"), help("write a key before the `:`"))]
    MissingKey,

    #[error("merge key `<<` is not supported")]
    #[diagnostic(
        code("yaml/merge-key"),
        help("write the keys out; an alias as a whole value is fine")
    )]
    MergeKey,

    #[error("tag `{tag}` is not supported")]
    #[diagnostic(
        code("yaml/tag"),
        help("remove it; if the text itself begins with `!`, put it in quotes")
    )]
    Tag { tag: String },

    #[error("alias `*{name}` has no anchor `&{name}` before it")]
    #[diagnostic(
        code("yaml/unknown-anchor"),
        help("if the text itself begins with `*`, put it in quotes")
    )]
    UnknownAnchor { name: String },

    #[error("alias `*{name}` stands inside of what it names")]
    #[diagnostic(code("yaml/endless-alias"), help("write out what is meant"))]
    EndlessAlias { name: String },

    #[error("`{indicator}` without a name")]
    #[diagnostic(
        code("yaml/missing-name"),
        help("if the text itself begins with `{indicator}`, put it in quotes")
    )]
    MissingName { indicator: char },

    #[error("a tab in the indentation")]
    #[diagnostic(code("yaml/tab"), help("indent with spaces"))]
    Tab,

    #[error("quote `{quote}` is never closed")]
    #[diagnostic(code("yaml/unclosed-quote"), help("end the text with {quote}"))]
    UnclosedQuote { quote: char },

    #[error("bracket `{open}` is never closed")]
    #[diagnostic(
        code("yaml/unclosed-bracket"),
        help("close it; a text that begins with `{open}` needs quotes")
    )]
    UnclosedBracket { open: char },

    #[error("bracket `{open}` is closed by `{close}`")]
    #[diagnostic(code("yaml/wrong-bracket"), help("`[` goes with `]`, `{{` goes with `}}`"))]
    WrongBracket { open: char, close: char },

    #[error("nothing is open that `{close}` could close")]
    #[diagnostic(
        code("yaml/stray-bracket"),
        help("remove it; a text that begins with `{close}` needs quotes")
    )]
    StrayBracket { close: char },

    #[error("`{escape}` is no escape")]
    #[diagnostic(
        code("yaml/bad-escape"),
        help(
            "write `\\\\` for a backslash, or put the text in single quotes, where `\\` is plain"
        )
    )]
    BadEscape { escape: String },

    #[error("text after the closing quote")]
    #[diagnostic(
        code("yaml/after-quote"),
        help(
            "quotes hold the whole text or none of it; a quote within is `''` in single quotes and `\\\"` in double quotes"
        )
    )]
    AfterQuote,

    #[error("a text cannot begin with {shown}")]
    #[diagnostic(code("yaml/reserved-character"), help("put the text in quotes"))]
    ReservedCharacter { shown: String },

    #[error("a second `: ` in one line")]
    #[diagnostic(
        code("yaml/colon-in-text"),
        help("put a text with a colon in quotes, or move the inner key to its own line, indented")
    )]
    ColonInText,

    #[error("no space after the colon of `{key}`")]
    #[diagnostic(code("yaml/space-after-colon"), help("write `{key}: …`"))]
    SpaceAfterColon { key: String },

    #[error("`{text}` is not followed by a colon")]
    #[diagnostic(
        code("yaml/key-without-colon"),
        help(
            "write `key: value`; a text that goes on here has to be indented further than its key"
        )
    )]
    KeyWithoutColon { text: String },

    #[error("a `:` where no key can end")]
    #[diagnostic(
        code("yaml/stray-colon"),
        help("a text with a colon needs quotes; check that the brackets before it are closed")
    )]
    StrayColon,

    #[error("a comma or a closing bracket is missing")]
    #[diagnostic(
        code("yaml/missing-comma"),
        help("separate the elements with `, `; a text with a colon or a bracket needs quotes")
    )]
    MissingComma,

    #[error("the indentation of this line fits none above")]
    #[diagnostic(
        code("yaml/indentation"),
        help("begin it in the column of the lines that it belongs with")
    )]
    Indentation,

    #[error("a list element among keys")]
    #[diagnostic(
        code("yaml/element-among-keys"),
        help("a list is the value of a key: write `key:` and the elements below it")
    )]
    ElementAmongKeys,

    #[error("a key among list elements")]
    #[diagnostic(
        code("yaml/key-among-elements"),
        help("begin the line with `- `, or indent it as part of the element above")
    )]
    KeyAmongElements,

    #[error("a list cannot begin here")]
    #[diagnostic(
        code("yaml/list-in-line"),
        help(
            "begin it on the next line, or write `[…]`; a text that begins with `- ` needs quotes"
        )
    )]
    ListInLine,

    #[error("a comment within a text")]
    #[diagnostic(
        code("yaml/comment-in-text"),
        help("move the comment to a line above, or quote a text that holds ` #`")
    )]
    CommentInText,

    #[error("`{found}` cannot follow on `|` or `>`")]
    #[diagnostic(
        code("yaml/block-header"),
        help(
            "the text begins on the next line, indented; one that begins with `|` or `>` needs quotes"
        )
    )]
    BlockHeader { found: String },

    #[error("directive `{directive}` is not supported")]
    #[diagnostic(
        code("yaml/directive"),
        help("remove the line; the only directive, once at the top of a file, is `%YAML 1.2`")
    )]
    Directive { directive: String },

    #[error("`---` is missing after the directive")]
    #[diagnostic(
        code("yaml/directive"),
        help("write `---` on the next line, or remove the directive")
    )]
    MissingDocumentStart,

    #[error("not YAML: {reason}")]
    #[diagnostic(
        code("yaml/syntax"),
        help("a text that holds one of `: # [ ] {{ }} , & * ! | > %` may need quotes")
    )]
    Syntax { reason: String },
}

impl Error {
    pub(super) fn control(character: char) -> Self {
        Self::ControlCharacter { shown: format!("U+{:04X}", u32::from(character)) }
    }

    /// What a text cannot begin with, as the message says it.
    pub(super) fn reserved(shown: &str) -> Self {
        Self::ReservedCharacter { shown: shown.to_owned() }
    }
}

/// A text as a message repeats it: its first line, and not much of that.
pub(super) fn brief(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    let is_whole = line.len() == text.len() && line.chars().nth(MOST).is_none();
    let shown: String = line.chars().take(MOST).collect();
    if is_whole { shown } else { shown + "…" }
}
