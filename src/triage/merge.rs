//! Reports of parts become the report of the whole: whatever the order, whatever was put together
//! before, and however often the same capture is among them. Everything that is counted is counted anew
//! from what the parts list, and the verdict is never milder than that of a part.

mod accepted;
mod differing;
mod union;

pub use differing::{Difference as PolicyDifference, differences};

use std::collections::HashSet;
use std::sync::Arc;

use crate::text::{Place, Problem};

use super::aged;
use super::baseline::Fixed;
use super::finish::{Terms, shows_gone};
use super::narrowed;
use super::report::Report;
use super::saved::Saved;

/// A report under its name.
#[derive(Clone, Debug)]
pub struct Part {
    /// The file that it was read from.
    pub source: Arc<str>,
    /// What it says.
    pub report: Report,
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("there is no report to merge")]
    #[diagnostic(code("merge/nothing"), help("name the reports of all parts"))]
    Nothing,
}

/// Puts reports together.
///
/// A capture that is in several of them counts once: one of the same source, origin and pages, hashes
/// included. The strictest terms hold for all. Of a finding that became different things, the one that
/// weighs most stands; what a baseline had is fixed where all evidence is whole and no part has it.
///
/// # Errors
/// Where the reports were judged by different policies: each difference.
pub fn merge(parts: Vec<Part>) -> Result<Report, Vec<Problem>> {
    let Some(first) = parts.first() else {
        let place = Place::Whole(Arc::from("REPORT"));
        return Err(vec![Problem::new(&Error::Nothing, place)]);
    };
    let differences: Vec<Problem> =
        parts.iter().skip(1).flat_map(|part| differing::policies(first, part)).collect();
    if !differences.is_empty() {
        return Err(differences);
    }
    let mut saved: Vec<Saved> = parts.iter().map(|part| Saved::of(&part.report)).collect();
    let terms = union::terms(&saved);
    for part in &mut saved {
        narrowed::restate(&mut part.evidence, &part.policies, (part.terms, terms));
    }
    Ok(still_fixed(union::all(saved).finish()))
}

/// The report with what no part has: gone is only what all evidence shows to be.
fn still_fixed(mut report: Report) -> Report {
    let terms = Terms { max_age: None, ..report.terms };
    let is_whole = report.evidence.iter().all(|snapshot| {
        let is_aged = snapshot.flaws.iter().any(|flaw| aged::CODES.contains(&&*flaw.problem.code));
        shows_gone(snapshot, terms) && !is_aged
    });
    let is_of_fixed: HashSet<&str> = report.fixed.iter().map(|one| one.policy.as_str()).collect();
    let mut here: HashSet<(String, String)> = HashSet::new();
    for finding in &report.findings {
        let id = &report.policy(finding).id;
        if is_of_fixed.contains(id.as_str()) {
            here.insert((id.clone(), report.fingerprint(finding)));
        }
    }
    let unlisted = report.unlisted();
    let counted: HashSet<&String> = unlisted
        .iter()
        .flat_map(|counts| counts.keys())
        .filter_map(|index| Some(&report.policies.policies.get(*index)?.id))
        .collect();
    let is_gone = |one: &Fixed| {
        let key = (one.policy.clone(), one.fingerprint.clone());
        is_whole && !here.contains(&key) && !counted.contains(&one.policy)
    };
    let fixed: Vec<Fixed> = report.fixed.iter().filter(|one| is_gone(one)).cloned().collect();
    report.fixed = fixed;
    report.summary.fixed = report.fixed.len() as u64;
    report
}
