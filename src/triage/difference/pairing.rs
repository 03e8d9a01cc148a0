//! Which captures of two sides are of the same thing: records and findings are compared within such a
//! pair only.

use crate::snapshot::Snapshot;

use super::Side;

/// Indices of one capture of each side; what has no partner is alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) before: Option<usize>,
    pub(super) after: Option<usize>,
}

/// The pairs, in the order of the captures before; those that are only after come last.
///
/// The only captures of an operation belong together, unless they say that they are of different
/// accounts or regions. Of several, those of the same account and region do, or of the same name below
/// what was given on the command line.
pub(super) fn pairs(before: &Side, after: &Side) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for name in operations(before, after) {
        let of_it = |side: &Side| -> Vec<usize> {
            let captures = side.report.evidence.iter().enumerate();
            captures.filter(|(_, one)| operation(one) == Some(name)).map(|(at, _)| at).collect()
        };
        let (first, second) = (of_it(before), of_it(after));
        let is_only = first.len() <= 1 && second.len() <= 1;
        let mut left = second;
        for index in first {
            let found = left.iter().position(|other| {
                let (one, other) = (capture(before, index), capture(after, *other));
                one.zip(other).is_some_and(|(one, other)| {
                    let is_meant = || is_only || is_named_alike((before, one), (after, other));
                    is_of_same(one, other).unwrap_or_else(is_meant)
                })
            });
            pairs.push(Pair { before: Some(index), after: found.map(|at| left.remove(at)) });
        }
        pairs.extend(left.into_iter().map(|index| Pair { before: None, after: Some(index) }));
    }
    pairs
}

/// Names of the operations of both sides, each once, in order.
fn operations<'a>(before: &'a Side, after: &'a Side) -> Vec<&'a str> {
    let mut names = Vec::new();
    for capture in before.report.evidence.iter().chain(&after.report.evidence) {
        if let Some(name) = operation(capture).filter(|name| !names.contains(name)) {
            names.push(name);
        }
    }
    names
}

fn operation(capture: &Snapshot) -> Option<&str> {
    Some(capture.operation.as_ref()?.name.as_str())
}

pub(super) fn capture(side: &Side, index: usize) -> Option<&Snapshot> {
    side.report.evidence.get(index)
}

/// Whether two captures are of the same account and region; `None` where they do not say.
fn is_of_same(one: &Snapshot, other: &Snapshot) -> Option<bool> {
    let (one, other) = (one.origin.as_deref()?, other.origin.as_deref()?);
    let account = one.account.as_ref().zip(other.account.as_ref()).map(|(one, other)| one == other);
    let region = one.region.as_ref().zip(other.region.as_ref()).map(|(one, other)| one == other);
    match (account, region) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        (Some(true), None) if one.region == other.region => Some(true),
        _ => None,
    }
}

/// Whether two captures have the same name: below what was given or, of reports, which do not say what
/// that was, below the folder that all of theirs lie in.
fn is_named_alike(before: (&Side, &Snapshot), after: (&Side, &Snapshot)) -> bool {
    let is_saved = before.0.report.is_saved() && after.0.report.is_saved();
    (is_saved && before.1.source == after.1.source)
        || below(before.0, before.1) == below(after.0, after.1)
}

/// The name of a capture below what was given.
fn below<'a>(side: &Side, capture: &'a Snapshot) -> &'a str {
    let folder = match side.report.is_saved() {
        true => common_folder(side),
        false => side.source.trim_end_matches(SEPARATORS),
    };
    let rest = capture.source.strip_prefix(folder).unwrap_or(&capture.source);
    rest.trim_start_matches(SEPARATORS)
}

const SEPARATORS: [char; 2] = ['/', std::path::MAIN_SEPARATOR];

/// The folder that all captures of a side lie in.
fn common_folder(side: &Side) -> &str {
    let mut sources = side.report.evidence.iter().map(|capture| &*capture.source);
    let folder = |path: &str| path.rfind(SEPARATORS).unwrap_or_default();
    let Some(first) = sources.next() else { return "" };
    let mut common = first.get(..folder(first)).unwrap_or_default();
    for source in sources {
        let is_in = |common: &str| {
            source
                .strip_prefix(common)
                .is_some_and(|rest| common.is_empty() || rest.starts_with(SEPARATORS))
        };
        while !is_in(common) {
            common = common.get(..folder(common)).unwrap_or_default();
        }
    }
    common
}
