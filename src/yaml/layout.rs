//! Where things are written: what the parser's positions leave open is read from the text itself.

use crate::text::{BYTE_ORDER_MARK, Span};

/// The first character that YAML allows in no place, and that some readers take for the end.
pub(super) fn forbidden(text: &str) -> Option<(Span, char)> {
    let is_forbidden = |character: char| {
        (character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{85}'))
            || matches!(character, '\u{fffe}' | '\u{ffff}')
    };
    let (at, character) = text.char_indices().find(|(_, each)| is_forbidden(*each))?;
    Some((Span::new(at, at + character.len_utf8()), character))
}

/// Where the absent value of a key would be written: after the colon, the parser says before.
pub(super) fn after_colon(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    offset + usize::from(rest.starts_with(':'))
}

/// A block scalar's text without the line breaks and the indentation after it, or if there is no
/// text the end of its header.
pub(super) fn block_text(text: &str, span: Span) -> Span {
    let written = text.get(span.range()).unwrap_or_default();
    let written = written.trim_end_matches([' ', '\t', '\r', '\n']);
    if !written.is_empty() {
        return Span::new(span.start, span.start + written.len());
    }
    let header_end = text.get(..span.start).unwrap_or_default().trim_end().len();
    Span::new(header_end, header_end)
}

/// The first dash of a block list that is the value of a key, which stands at the start of its line;
/// where that is the column of the key, the parser gives a place after it.
pub(super) fn first_dash(text: &str, span: Span) -> Span {
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = before.get(line..).unwrap_or_default().trim_start_matches(' ');
    if line.starts_with('-') { Span::new(span.start - line.len(), span.end) } else { span }
}

/// The lines of a file that are neither blank nor a comment, without their breaks. The first is where
/// directives stand, if there are any.
pub(super) fn before_content(text: &str) -> impl Iterator<Item = Span> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let written = line.trim_start_matches(BYTE_ORDER_MARK).trim_end();
        let at = start + line.find(written).unwrap_or_default();
        start += line.len();
        let is_content = !written.is_empty() && !written.trim_start().starts_with('#');
        is_content.then(|| Span::new(at, at + written.len()))
    })
}
