//! What a clean verdict proves, in one statement that every format prints: how many policies held, for
//! how many records of which time window, what was accepted, and what the API's answer leaves open.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::operation::Operation;
use crate::snapshot::Snapshot;

use super::difference::Difference;
use super::narrowed;
use super::report::Report;
use super::verdict::Verdict;

/// Begin and end of a time window.
type Window = (Timestamp, Timestamp);

/// A window of at least this length is written as two days in UTC.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The snapshots of one operation, which together observed records.
struct Observed<'a> {
    operation: &'a Operation,
    evidence: Vec<&'a Snapshot>,
    /// Records distinct by identity.
    records: u64,
}

impl<'a> Observed<'a> {
    /// What the evidence of a report observed, by operation, in the order of the evidence.
    fn all(report: &'a Report) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for snapshot in &report.evidence {
            let Some(operation) = snapshot.operation.as_deref() else { continue };
            if !all.iter().any(|known| known.operation.name == operation.name) {
                all.push(Self { operation, evidence: Vec::new(), records: 0 });
            }
            for own in all.iter_mut().filter(|one| snapshot.is_of(one.operation)) {
                own.records += snapshot.records;
                own.evidence.push(snapshot);
            }
        }
        all
    }

    /// `12 open ports observed in the window 2026-10-30 to 2026-11-29`.
    fn words(&self) -> String {
        let [one, several] = &self.operation.noun;
        let expected: Option<u64> = self.evidence.iter().map(|one| one.expected).sum();
        let (count, noun) = match (self.records, expected) {
            (records, Some(all)) if all > records => (format!("{records} of {all}"), several),
            (1, _) => ("1".to_owned(), one),
            (records, _) => (records.to_string(), several),
        };
        let verb = if self.records == 0 { "were observed" } else { "observed" };
        let is_narrowed = self.evidence.iter().any(|snapshot| narrowed::is_narrowed(snapshot));
        let filters = if is_narrowed { " with filters" } else { "" };
        format!("{count} {noun} {verb}{filters} {}", self.windows())
    }

    fn windows(&self) -> String {
        let windows = self.evidence.iter().filter_map(|one| one.origin.as_ref()?.window);
        let missing = self.evidence.len() - windows.clone().count();
        let windows: BTreeSet<Window> = windows.collect();
        let words = match (windows.len(), windows.first()) {
            (1, Some(window)) => format!("in the window {}", days(*window)),
            (0, _) if self.records == 0 => return "in the window (window not recorded)".to_owned(),
            (0, _) => return "(window not recorded)".to_owned(),
            (several, _) => format!("in {several} windows"),
        };
        match (missing, self.evidence.len()) {
            (0, _) => words,
            (_, all) => format!("{words} (window not recorded of {missing} of {all} snapshots)"),
        }
    }
}

/// A window as its days, or as times if it is shorter than a day.
fn days((since, until): Window) -> String {
    let format = if until.duration_since(since) < DAY { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%d" };
    format!("{} to {}", since.strftime(format), until.strftime(format))
}

/// What all operations observed.
fn words(observed: &[Observed<'_>]) -> String {
    observed.iter().map(Observed::words).collect::<Vec<_>>().join(" and ")
}

/// What the answers of all operations leave open, each once.
fn limits<'a>(observed: impl IntoIterator<Item = &'a Observed<'a>>) -> String {
    let limits = observed.into_iter().map(|one| one.operation.limits.as_str());
    limits.collect::<BTreeSet<&str>>().into_iter().collect::<Vec<_>>().join("; ")
}

impl Report {
    /// The verdict in words; a clean one names what it was clean in spite of: `clean, 4 waived`.
    #[must_use]
    pub fn headline(&self) -> String {
        let mut words = self.verdict.name().replace('_', " ");
        let summary = &self.summary;
        let unlisted: u64 = self.unlisted().iter().flat_map(|counts| counts.values()).sum();
        let counts = [
            (summary.waived, "waived"),
            (summary.known, "known"),
            (summary.tolerated, "tolerated"),
            (summary.deny, "deny"),
            (summary.alert, "alert"),
            (summary.inconclusive + unlisted, "inconclusive"),
        ];
        let is_named = |number| number > 0 && self.verdict == Verdict::Clean;
        for (number, word) in counts.into_iter().filter(|(number, _)| is_named(*number)) {
            words.push_str(&format!(", {number} {word}"));
        }
        words
    }

    /// What a clean verdict proves, and what it leaves open; `None` for every other verdict.
    #[must_use]
    pub fn statement(&self) -> Option<String> {
        let policies = &self.policies.policies;
        let number = policies.iter().filter(|policy| self.has_evidence_for(policy)).count();
        let policies = if number == 1 { "policy" } else { "policies" };
        let observed = Observed::all(self);
        let held = self.counts.iter().all(|one| one.failed == 0 && one.inconclusive == 0);
        let verb = match (held, observed.iter().all(|one| one.records == 0)) {
            (true, true) => "held;",
            (true, false) => "held for",
            (false, true) => "judged the evidence;",
            (false, false) => "judged",
        };
        let (head, words, limits) = (self.headline(), words(&observed), limits(&observed));
        (self.verdict == Verdict::Clean)
            .then(|| format!("{head}: {number} {policies} {verb} {words}; {limits}"))
    }
}

impl Difference {
    /// What both sides observed, and what that leaves open, if nothing that fails the run is new or worse.
    #[must_use]
    pub fn statement(&self) -> Option<String> {
        let [before, after] = [&self.before, &self.after].map(|side| Observed::all(&side.report));
        let (earlier, later) = (words(&before), words(&after));
        let limits = limits(before.iter().chain(&after));
        (self.verdict == Verdict::Clean)
            .then(|| format!("before, {earlier}; after, {later}; {limits}"))
    }
}
