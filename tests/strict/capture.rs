//! Completeness: which pages make one snapshot, which of its rows are distinct, and whether these are
//! provably all.

use crate::envelope::Page;
use crate::fields::{self, Value};
use crate::json::Json;

/// Evidence of one fetch.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Records distinct by identity, each with every different content it came with. All of these are
    /// judged.
    pub records: Vec<Vec<Json>>,
    pub completeness: Completeness,
}

/// The worst that is known of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Completeness {
    Complete,
    /// It cannot be proven.
    Unprovable,
    /// Rows are known to be missing.
    Partial,
    /// An error body, or nothing that could be a list.
    NoEvidence,
}

impl Completeness {
    /// Returns what the report says: true, false, or null.
    pub fn told(self) -> Option<bool> {
        match self {
            Completeness::Complete => Some(true),
            Completeness::Unprovable => None,
            Completeness::Partial | Completeness::NoEvidence => Some(false),
        }
    }
}

/// The identity of a row: its port and its protocol; `None` if one of them cannot be read.
fn identity(row: &Json) -> Option<(i64, String)> {
    match (fields::read(row, "Port"), fields::read(row, "Protocol")) {
        (Value::Number(port), Value::Text(protocol)) if !protocol.is_empty() => {
            Some((port.to_integer()?, protocol.to_lowercase()))
        }
        _ => None,
    }
}

/// Reads pages as one snapshot.
pub fn snapshot(pages: &[Page]) -> Snapshot {
    let all = pages.iter().flat_map(|page| page.rows.iter().flatten());
    let mut records: Vec<Vec<Json>> = Vec::new();
    for row in all {
        let own = identity(row);
        let is_same = |known: &&mut Vec<Json>| match &own {
            Some(_) => identity(&known[0]) == own,
            None => known[0].same_content(row),
        };
        match records.iter_mut().find(is_same) {
            None => records.push(vec![row.clone()]),
            Some(known) if known.iter().any(|known| known.same_content(row)) => {}
            Some(known) => known.push(row.clone()),
        }
    }
    let is_proof = !pages_collide(pages)
        && records.iter().all(|record| record.len() == 1 && identity(&record[0]).is_some());
    let completeness = completeness(pages, records.len()).max(match is_proof {
        true => Completeness::Complete,
        false => Completeness::Unprovable,
    });
    Snapshot { records, completeness }
}

fn completeness(pages: &[Page], records: usize) -> Completeness {
    let has_list = pages.iter().any(|page| page.rows.is_some());
    if !has_list || pages.iter().any(|page| page.is_error) {
        return Completeness::NoEvidence;
    }
    let is_partial =
        |page: &Page| page.rows.is_none() || page.has_other_rows || page.announces_more;
    if pages.iter().any(is_partial) {
        return Completeness::Partial;
    }
    let totals: Option<Vec<i64>> = pages.iter().map(|page| page.total).collect();
    let known: Vec<i64> = pages.iter().filter_map(|page| page.total).collect();
    let records = records as i64;
    if known.first().is_some_and(|first| records < *first)
        && known.last().is_some_and(|last| records < *last)
    {
        return Completeness::Partial;
    }
    let is_proven = totals
        .is_some_and(|totals| totals.first() == Some(&records) && totals.last() == Some(&records));
    match is_proven && !pages.iter().any(|page| page.is_unexplained) {
        true => Completeness::Complete,
        false => Completeness::Unprovable,
    }
}

/// Returns whether two answers to one page number differ.
fn pages_collide(pages: &[Page]) -> bool {
    let differ = |left: &Page, right: &Page| match (&left.rows, &right.rows) {
        (Some(left), Some(right)) => {
            !Json::List(left.clone()).same_content(&Json::List(right.clone()))
        }
        _ => false,
    };
    pages.iter().enumerate().any(|(index, page)| {
        let later = pages.iter().skip(index + 1);
        later
            .filter(|other| page.number.is_some() && page.number == other.number)
            .any(|other| differ(page, other))
    })
}

/// Reads the files of one folder as snapshots: those that do not reach a total of their own are pages
/// of one.
pub fn snapshots(files: &[Vec<Page>]) -> Vec<Snapshot> {
    let reaches_its_total = |pages: &&Vec<Page>| {
        let answers = pages.iter().rev().filter(|page| !page.is_error);
        let total = answers.into_iter().find_map(|page| page.total);
        total.is_some_and(|total| total <= snapshot(pages).records.len() as i64)
    };
    let (alone, parts): (Vec<&Vec<Page>>, Vec<_>) = files.iter().partition(reaches_its_total);
    let mut snapshots: Vec<Snapshot> = alone.into_iter().map(|pages| snapshot(pages)).collect();
    if !parts.is_empty() {
        let pages: Vec<Page> = parts.into_iter().flatten().cloned().collect();
        snapshots.push(snapshot(&pages));
    }
    snapshots
}
