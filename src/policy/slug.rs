//! A policy's id: what may be one, and the one that a sentence gets which stands alone.

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

/// A sentence's lower-case letters and digits, runs of anything else one hyphen.
pub(super) fn slug(sentence: &str) -> String {
    let folded = sentence.to_lowercase();
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    let cut: String = slug.chars().take(MAX_SLUG).collect();
    cut.trim_end_matches('-').to_owned()
}
