//! Which captures of two sides are of the same thing: records and findings are compared within such a
//! pair only.

use std::collections::HashMap;

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
/// accounts. Of several, those of the same account and region do, or of the same name below what was
/// given on the command line.
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
                one.zip(other).is_some_and(|(one, other)| match (account(one), account(other)) {
                    (Some(one), Some(other)) => one == other,
                    _ => is_only || below(before, one) == below(after, other),
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

/// Whose ports they are, where the capture says so.
fn account(capture: &Snapshot) -> Option<(&str, Option<&str>)> {
    let origin = capture.origin.as_ref()?;
    Some((origin.account.as_deref()?, origin.region.as_deref()))
}

/// The name of a capture below what was given.
fn below<'a>(side: &Side, capture: &'a Snapshot) -> &'a str {
    let given = side.source.trim_end_matches(['/', std::path::MAIN_SEPARATOR]);
    let rest = capture.source.strip_prefix(given).unwrap_or(&capture.source);
    rest.trim_start_matches(['/', std::path::MAIN_SEPARATOR])
}

/// The capture of each file of a side, and of each page that places are counted in.
pub(super) fn captures_of_files(side: &Side) -> HashMap<&str, usize> {
    let captures = side.report.evidence.iter().enumerate();
    let sources = captures.flat_map(|(index, capture)| {
        let pages = capture.pages.iter().map(|page| &*page.start.source);
        pages.chain([&*capture.source]).map(move |source| (source, index))
    });
    sources.collect()
}
