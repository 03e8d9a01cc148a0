//! The verdict on a case: everything together, to the exit code.

use std::collections::BTreeMap;

use crate::capture::{self, Completeness, Snapshot};
use crate::envelope::{self, Page};
use crate::json;
use crate::judge::{Judge, Truth};
use crate::policy::{Policy, PolicyFile, Unknown};
use crate::total::{self, Rows};

/// One file of evidence; its name may contain a folder.
#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct Flags {
    pub assume_complete: bool,
    pub allow_partial: bool,
    pub inconclusive: Unknown,
    pub fail_on: &'static str,
    /// Whether `--operation DescribeInternetOpenPort` is given.
    pub operation: bool,
}

pub const PLAIN: Flags = Flags {
    assume_complete: false,
    allow_partial: false,
    inconclusive: Unknown::Fail,
    fail_on: "deny",
    operation: false,
};

/// What a run reports, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub exit: i32,
    /// Of each policy: judged, failed, inconclusive. Nothing under exit 2.
    pub policies: Vec<[usize; 3]>,
    /// Of each snapshot, sorted: complete, records. Nothing under exit 2.
    pub snapshots: Vec<(Option<bool>, usize)>,
}

/// Counts of one policy over one snapshot.
#[derive(Default)]
struct Counts {
    judged: usize,
    failed: usize,
    inconclusive: usize,
}

const OPERATION: &str = "DescribeInternetOpenPort";

/// Returns whether a file's name is that of another operation's answer.
fn is_foreign(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.split(['-', '_', '.', ' ']).next().unwrap_or(file);
    let names_operation = ["Describe", "List", "Get", "Query"].iter().any(|verb| {
        let mut rest = stem.strip_prefix(verb).unwrap_or_default().chars();
        rest.next().is_some_and(|c| c.is_ascii_uppercase())
            && rest.next().is_some_and(|c| c.is_ascii_alphabetic())
    });
    names_operation && stem != OPERATION
}

/// Judges files by policies.
pub fn answer(policies: &PolicyFile, files: &[File], flags: &Flags) -> Answer {
    let refused = Answer { exit: 2, policies: Vec::new(), snapshots: Vec::new() };
    // One file is given by its name, several as a folder, whose hidden files are skipped.
    let is_found = |file: &&File| files.len() == 1 || !file.name.starts_with('.');
    let found: Vec<&File> = files.iter().filter(is_found).collect();
    let is_ours = |file: &&&File| flags.operation || !is_foreign(&file.name);
    let ours: Vec<&File> = found.iter().filter(is_ours).copied().collect();
    if ours.is_empty() && !found.is_empty() {
        return refused;
    }
    let mut folders: BTreeMap<String, Vec<Vec<Page>>> = BTreeMap::new();
    for file in ours {
        let pages = json::documents(&file.text).and_then(|found| envelope::pages(&found));
        let Ok(pages) = pages else { return refused };
        let folder = file.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(folder.to_owned()).or_default().push(pages);
    }
    let snapshots: Vec<Snapshot> =
        folders.values().flat_map(|files| capture::snapshots(files)).collect();
    judged(policies, &snapshots, flags)
}

fn judged(file: &PolicyFile, snapshots: &[Snapshot], flags: &Flags) -> Answer {
    let mut violated = false;
    let mut insufficient = snapshots.is_empty();
    let mut counts = Vec::new();
    for policy in &file.policies {
        let fails = match flags.fail_on {
            "never" => false,
            "alert" => true,
            _ => policy.is_deny,
        };
        let action = policy.when_unknown.unwrap_or(flags.inconclusive);
        let mut sums = [0; 3];
        for snapshot in snapshots {
            let (found, outcome) = judge(file, policy, snapshot, flags);
            violated |= fails && outcome == Some(true);
            insufficient |= fails && outcome.is_none() && action == Unknown::Fail;
            for (sum, count) in
                sums.iter_mut().zip([found.judged, found.failed, found.inconclusive])
            {
                *sum += count;
            }
        }
        counts.push(sums);
    }
    insufficient |= snapshots.iter().any(|snapshot| !is_accepted(snapshot, flags));
    let exit = if violated {
        1
    } else if insufficient {
        3
    } else {
        0
    };
    let mut told: Vec<_> = snapshots
        .iter()
        .map(|snapshot| (snapshot.completeness.told(), snapshot.records.len()))
        .collect();
    told.sort_unstable();
    Answer { exit, policies: counts, snapshots: told }
}

fn is_accepted(snapshot: &Snapshot, flags: &Flags) -> bool {
    match snapshot.completeness {
        Completeness::Complete => true,
        Completeness::Unprovable => flags.assume_complete,
        Completeness::Partial => flags.allow_partial,
        Completeness::NoEvidence => false,
    }
}

/// Judges one snapshot by one policy. The outcome is true if something is open, unknown if nothing is
/// but something may be.
fn judge(
    file: &PolicyFile,
    policy: &Policy,
    snapshot: &Snapshot,
    flags: &Flags,
) -> (Counts, Truth) {
    let judge = Judge { file };
    let are_all = is_accepted(snapshot, flags);
    let judged = snapshot.records.iter().flatten().count();
    if total::is_total(policy) {
        if snapshot.completeness == Completeness::NoEvidence && judged == 0 {
            return (Counts::default(), Some(false));
        }
        let rows = Rows { records: &snapshot.records, are_all };
        let outcome = total::violates(&judge, policy, &rows);
        let counts = Counts {
            judged,
            failed: usize::from(outcome == Some(true)),
            inconclusive: usize::from(outcome.is_none()),
        };
        return (counts, outcome);
    }
    let truths: Vec<Truth> =
        snapshot.records.iter().flatten().map(|row| judge.violates(policy, row)).collect();
    let failed = truths.iter().filter(|truth| **truth == Some(true)).count();
    let inconclusive = truths.iter().filter(|truth| truth.is_none()).count();
    let tolerated = policy.at_most.unwrap_or(0);
    let outcome = if failed > tolerated {
        Some(true)
    } else if failed + inconclusive <= tolerated {
        Some(false)
    } else {
        None
    };
    (Counts { judged, failed, inconclusive }, outcome)
}
