//! A policy's id: what may be one, and the one that a sentence gets which stands alone.

use sha2::{Digest as _, Sha256};

use crate::text::hex;

/// The longest id, in characters.
pub(super) const MAX_ID: usize = 128;

/// The longest id that is made from a sentence, in characters.
const MAX_SLUG: usize = 64;

/// Whether a text can be an id: it can be written in a flag, a file name and a report as it stands.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= MAX_ID
        && text.chars().all(|c| c.is_alphanumeric() || c.is_ascii_graphic())
}

/// Characters of the sentence that begin an id which ends in its hash.
const BEFORE_HASH: usize = 57;

/// Operators as an id spells them, longer ones before their beginnings.
const SPOKEN: &[(&str, &str)] = &[
    ("<=", "le"),
    (">=", "ge"),
    ("!=", "ne"),
    ("..", "to"),
    ("<", "lt"),
    (">", "gt"),
    ("+", "plus"),
    ("*", "times"),
    ("%", "percent"),
];

/// Returns the id of a sentence on one line: its lower-case letters and digits and what its operators mean,
/// runs of anything else one hyphen. One that is too long ends in a hash of the sentence.
pub(super) fn slug(sentence: &str) -> String {
    let spoken = spoken(&sentence.to_lowercase());
    let words = spoken.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    if slug.chars().count() <= MAX_SLUG {
        return slug;
    }
    let begins: String = slug.chars().take(BEFORE_HASH).collect();
    let hash = hex(Sha256::digest(sentence).get(..3).unwrap_or_default());
    format!("{}-{hash}", begins.trim_end_matches('-'))
}

/// A sentence with its operators as words.
fn spoken(sentence: &str) -> String {
    let mut spoken = String::with_capacity(sentence.len());
    let mut before = ' ';
    let mut rest = sentence;
    while let Some(first) = rest.chars().next() {
        let after = rest.chars().nth(1).unwrap_or(' ');
        let sign = SPOKEN.iter().find(|(sign, _)| rest.starts_with(sign));
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let (word, length) = match (sign, first) {
            (Some((sign, word)), _) => (Some(*word), sign.len()),
            (None, '-') if !is_name(before) || !is_name(after) => (Some("minus"), 1),
            (None, '/') if before == ' ' && after == ' ' => (Some("over"), 1),
            (None, _) => (None, first.len_utf8()),
        };
        match word {
            Some(word) => spoken.extend([" ", word, " "]),
            None => spoken.push(first),
        }
        before = first;
        rest = rest.get(length..).unwrap_or_default();
    }
    spoken
}
