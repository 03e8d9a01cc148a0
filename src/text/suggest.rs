//! "did you mean": the nearest of the names that would have been right.

/// The candidate nearest to `word`, when it is near enough to be what was meant.
///
/// Near is at most a third of the longer word, ignoring case, and one edit for words of three letters.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    within_reach(word, candidates).min_by_key(|(distance, _)| *distance).map(|(_, near)| near)
}

/// At most three candidates that are as near, the nearest first.
#[must_use]
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut near: Vec<_> = within_reach(word, candidates).collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().take(3).map(|(_, near)| near).collect()
}

/// The candidates that are near enough to a word, each with its distance.
fn within_reach<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = (usize, &'a str)> {
    let folded = word.to_lowercase();
    let length = word.chars().count();
    candidates.into_iter().filter_map(move |candidate| {
        let other = candidate.chars().count();
        let limit = (length.max(other) / 3).max(1);
        // The distance is never less than the difference of the lengths, and dearer to know.
        if length.abs_diff(other) > limit {
            return None;
        }
        let distance = strsim::damerau_levenshtein(&folded, &candidate.to_lowercase());
        (distance <= limit).then_some((distance, candidate))
    })
}
