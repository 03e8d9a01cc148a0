//! The parser's complaints in the words of someone who writes policies, each at the place to change.

use std::sync::Arc;

use granit_parser::{ErrorKind, ScanError};

use super::align;
use super::error::{Error, brief};
use crate::text::{Location, Place, Problem, Source, Span};

/// What ended the file; `last` is where the scalar before was written.
pub(super) fn problem(error: &ScanError, source: &Arc<Source>, last: Span) -> Problem {
    let offset = error.marker().byte_offset().unwrap_or_default();
    let complaint = Complaint { text: source.text(), offset, last };
    let (error, span, label) = complaint
        .about_quotes(error.kind())
        .or_else(|| complaint.about_brackets(error.kind()))
        .or_else(|| complaint.about_colons(error.kind()))
        .or_else(|| complaint.about_lines(error.kind()))
        .or_else(|| complaint.about_signs(error.kind()))
        .unwrap_or_else(|| complaint.about_the_rest(error.kind()));
    let location = Location { source: Arc::clone(source), span };
    Problem::new(&error, Place::Text(location)).labelled(label)
}

type Finding = (Error, Span, &'static str);

struct Complaint<'a> {
    text: &'a str,
    offset: usize,
    last: Span,
}

impl<'a> Complaint<'a> {
    fn about_quotes(&self, kind: &ErrorKind) -> Option<Finding> {
        match kind {
            ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
                let error = Error::UnclosedQuote { quote: self.character() };
                Some((error, self.one(), "this quote"))
            }
            ErrorKind::InvalidTrailingSingleQuotedScalar
            | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
                Some((Error::AfterQuote, self.line(), "after the closing quote"))
            }
            ErrorKind::UnknownQuotedScalarEscape
            | ErrorKind::InvalidQuotedScalarHexEscape
            | ErrorKind::InvalidLowSurrogateHexEscape
            | ErrorKind::InvalidLowSurrogate
            | ErrorKind::MissingLowSurrogate
            | ErrorKind::UnpairedLowSurrogate
            | ErrorKind::InvalidUnicodeEscape => {
                let span = self.bad_escape();
                Some((Error::BadEscape { escape: brief(self.slice(span)) }, span, "this escape"))
            }
            _ => None,
        }
    }

    fn about_brackets(&self, kind: &ErrorKind) -> Option<Finding> {
        let unclosed = |open| Some((Error::UnclosedBracket { open }, self.one(), "this bracket"));
        match kind {
            ErrorKind::UnclosedFlowCollection { open } => unclosed(*open),
            ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
                let error = Error::WrongBracket { open: *open, close: *close };
                Some((error, self.one(), "opened here"))
            }
            ErrorKind::MisplacedFlowCollectionEnd => {
                let error = Error::StrayBracket { close: self.character() };
                Some((error, self.one(), "closes nothing"))
            }
            ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
                Some((Error::MissingComma, self.one(), "a comma or a bracket before this"))
            }
            ErrorKind::InvalidColonPlacement
            | ErrorKind::FlowMappingValueAdjacentCollection
            | ErrorKind::InvalidMappingValueWhitespace => {
                Some((Error::StrayColon, self.one(), "this colon"))
            }
            ErrorKind::BlockEntryInFlowCollection
            | ErrorKind::BlockSequenceEntryNotAllowed
            | ErrorKind::PlainScalarStartsWithDashFlowIndicator => {
                Some((Error::ListInLine, self.one(), "this dash"))
            }
            _ => None,
        }
    }

    fn about_colons(&self, kind: &ErrorKind) -> Option<Finding> {
        match kind {
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
                let line = self.line();
                Some(self.space_after_colon(line).unwrap_or_else(|| {
                    let text = brief(self.slice(line));
                    (Error::KeyWithoutColon { text }, line, "a key without a colon")
                }))
            }
            ErrorKind::MappingValueNotAllowed => Some(self.second_colon()),
            _ => None,
        }
    }

    /// A colon after a text that was taken for a value.
    fn second_colon(&self) -> Finding {
        let taken = self.slice(self.last);
        let ends_here = self.last.end <= self.offset && self.last.start < self.offset;
        let Some(last_break) = taken.rfind(['\n', '\r']).filter(|_| ends_here) else {
            return (Error::ColonInText, self.one(), "this colon");
        };
        let first_line = taken.find(['\n', '\r']).unwrap_or_default();
        let first_line = Span::new(self.last.start, self.last.start + first_line);
        self.space_after_colon(first_line).unwrap_or_else(|| {
            let line = taken.get(last_break..).unwrap_or_default();
            let start = self.last.end - line.trim_start().len();
            (Error::Indentation, Span::new(start, self.last.end), "continues the line above")
        })
    }

    /// A line that begins like `key:value`.
    fn space_after_colon(&self, line: Span) -> Option<Finding> {
        let (key, value) = self.slice(line).split_once(':')?;
        let is_key = !key.is_empty() && !key.contains([' ', '"', '\'', '[', '{', '/']);
        if !is_key || value.starts_with([' ', '/']) || value.is_empty() {
            return None;
        }
        let colon = line.start + key.len();
        let error = Error::SpaceAfterColon { key: brief(key) };
        Some((error, Span::new(colon, colon + 1), "a space after this colon"))
    }

    fn about_lines(&self, kind: &ErrorKind) -> Option<Finding> {
        match kind {
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart => Some((Error::Tab, self.tab(), "this tab")),
            ErrorKind::ExpectedBlockMappingKey => Some(self.no_key()),
            ErrorKind::ExpectedBlockSequenceEntry => {
                Some((Error::KeyAmongElements, self.line(), "not an element"))
            }
            ErrorKind::InvalidIndentation
            | ErrorKind::InvalidBlockScalarIndent
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::InvalidFlowScalarIndent
            | ErrorKind::MappingKeyNotAllowed
            | ErrorKind::ExpectedDocumentStart => {
                Some((Error::Indentation, self.line(), "this line"))
            }
            ErrorKind::CommentInterceptedScalar => {
                Some((Error::CommentInText, self.line(), "the text goes on below"))
            }
            ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => {
                let line = self.line();
                let found = brief(self.slice(line).trim_start_matches(['|', '>']).trim());
                Some((Error::BlockHeader { found }, line, "only `|` or `>` and its indicators"))
            }
            _ => None,
        }
    }

    /// A line that is no key of the mapping that it would belong to.
    fn no_key(&self) -> Finding {
        let before = self.text.get(..self.offset).unwrap_or_default();
        let line_start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let before = before.get(line_start..).unwrap_or_default();
        let dash = line_start + before.len() - before.trim_start().len();
        if before.trim() == "-" {
            let line = Span::new(dash, self.line().end);
            return (Error::ElementAmongKeys, line, "an element");
        }
        if before.trim_start().is_empty() && before.contains('\t') {
            return (Error::Tab, self.tab(), "this tab");
        }
        if !before.trim().is_empty() {
            let reason = "a key is expected here".to_owned();
            return (Error::Syntax { reason }, self.line(), "no key");
        }
        (Error::Indentation, self.line(), "this line")
    }

    fn about_signs(&self, kind: &ErrorKind) -> Option<Finding> {
        let (error, label) = match kind {
            ErrorKind::UnexpectedCharacter { character: '`' } => {
                (Error::reserved("a backtick"), "begins the text")
            }
            ErrorKind::UnexpectedCharacter { character } => {
                (Error::reserved(&format!("`{character}`")), "begins the text")
            }
            ErrorKind::BomInsideDocument => (Error::control('\u{feff}'), "a byte order mark"),
            ErrorKind::RecursionLimitExceeded => (Error::TooDeep, "the limit is here"),
            ErrorKind::MissingAnchorOrAliasName => {
                let indicator = self.character();
                (Error::MissingName { indicator }, "no name follows")
            }
            _ => return None,
        };
        Some((error, self.one(), label))
    }

    fn about_the_rest(&self, kind: &ErrorKind) -> Finding {
        match kind {
            ErrorKind::DirectiveDisallowed => {
                let line = self.line();
                (Error::Directive { directive: brief(self.slice(line)) }, line, "a directive")
            }
            ErrorKind::UndeclaredTagHandle
            | ErrorKind::MissingTagUri
            | ErrorKind::UnclosedVerbatimTag
            | ErrorKind::InvalidTagTerminator
            | ErrorKind::InvalidTagEscape
            | ErrorKind::InvalidTagUtf8
            | ErrorKind::InvalidTagUtf8LeadingByte
            | ErrorKind::InvalidTagUtf8TrailingByte
            | ErrorKind::InvalidGlobalTagCharacter
            | ErrorKind::ExpectedTagBang => {
                let word = self.word();
                let tag = brief(self.slice(word));
                (Error::Tag { tag }, word, "a tag")
            }
            other => {
                let reason = reason(other);
                (Error::Syntax { reason }, self.line(), "here")
            }
        }
    }

    fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn character(&self) -> char {
        self.rest().chars().next().unwrap_or(' ')
    }

    /// The character that the parser stopped at; none at the end of the file.
    fn one(&self) -> Span {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        Span::new(self.offset, self.offset + length)
    }

    /// From there to the next blank.
    fn word(&self) -> Span {
        let length = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
        Span::new(self.offset, self.offset + length)
    }

    /// From there to the end of the line, a comment and blanks left out.
    fn line(&self) -> Span {
        let line = self.rest().lines().next().unwrap_or_default();
        let line = if line.starts_with('#') { line } else { without_comment(line) };
        Span::new(self.offset, self.offset + line.trim_end().len())
    }

    /// The tab that is in the way: at the place itself, before it, or in front of a line below.
    fn tab(&self) -> Span {
        let before = self.text.get(..self.offset).unwrap_or_default();
        let blanks = before.trim_end_matches([' ', '\t']);
        let offset = if self.rest().starts_with('\t') {
            Some(self.offset)
        } else if let Some(tab) = before.get(blanks.len()..).and_then(|run| run.find('\t')) {
            Some(blanks.len() + tab)
        } else {
            self.tab_below()
        };
        offset.map_or_else(|| self.one(), |tab| Span::new(tab, tab + 1))
    }

    fn tab_below(&self) -> Option<usize> {
        self.rest().match_indices('\n').find_map(|(at, _)| {
            let line = self.rest().get(at + 1..)?;
            let spaces = line.len() - line.trim_start_matches(' ').len();
            line.get(spaces..)?.starts_with('\t').then_some(self.offset + at + 1 + spaces)
        })
    }

    /// The first escape of the quoted text at the place that means nothing.
    fn bad_escape(&self) -> Span {
        let mut at = self.offset;
        while let Some(next) = self.text.get(at..).and_then(|rest| rest.find('\\')) {
            at += next;
            let rest = self.text.get(at..).unwrap_or_default();
            let joins_lines = rest.starts_with("\\\n") || rest.starts_with("\\\r");
            let length = align::escape(rest).map(|(_, length)| length);
            let Some(length) = length.or(joins_lines.then_some(2)) else {
                return Span::new(at, at + bad_escape_length(rest));
            };
            at += length;
        }
        self.one()
    }
}

/// Bytes of something that begins like an escape: the backslash, a letter, and what it can read.
fn bad_escape_length(text: &str) -> usize {
    let mut characters = text.chars().skip(1);
    let letter = characters.next();
    let digits = match letter {
        Some('x') => 2,
        Some('u') => 4,
        Some('U') => 8,
        _ => 0,
    };
    let digits = characters.take(digits).take_while(char::is_ascii_hexdigit).count();
    1 + letter.map_or(0, char::len_utf8) + digits
}

fn without_comment(line: &str) -> &str {
    line.find(" #").and_then(|at| line.get(..at)).unwrap_or(line)
}

/// The parser's own words, without what it was doing when it found out.
fn reason(kind: &ErrorKind) -> String {
    let message = kind.to_string();
    let found = match message.split_once(", ") {
        Some((doing, found)) if doing.starts_with("while ") => found,
        _ => &message,
    };
    found.replace('\'', "`")
}
