//! Waivers of several reports: each once, and what it hides counted anew.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use crate::engine::Outcome;
use crate::policy::Waiver;
use crate::text::{Place, Problem};

use super::super::saved::{Saved, SavedFinding};
use super::super::waiving::{STALE, TOO_WIDE, WaiverUse, too_wide};
use super::union::{At, at, no_place};

/// What tells waivers apart.
type Key = (At, String);

/// Every waiver of all parts.
pub(super) struct Waivers {
    /// With what the parts have to say of it, each once.
    all: Vec<(Waiver, Vec<Problem>)>,
    /// Of each part, the index of each of its waivers among all.
    indices: Vec<Vec<u32>>,
}

impl Waivers {
    pub(super) fn of(parts: &[Saved]) -> Self {
        let mut known: BTreeMap<Key, (Waiver, BTreeMap<String, Problem>)> = BTreeMap::new();
        let mut keys: Vec<Vec<Key>> = Vec::with_capacity(parts.len());
        for part in parts {
            let mut own = Vec::new();
            for (waiver, used) in part.policies.waivers.iter().zip(&part.waivers) {
                let key = key(waiver);
                let entry =
                    known.entry(key.clone()).or_insert_with(|| (waiver.clone(), BTreeMap::new()));
                let problems = used.problems.iter().cloned();
                entry.1.extend(problems.map(|problem| (words(&problem), problem)));
                own.push(key);
            }
            keys.push(own);
        }
        let places: HashMap<&Key, u32> = known.keys().zip(0..).collect();
        let indices =
            keys.iter().map(|own| own.iter().filter_map(|key| places.get(key).copied()).collect());
        let indices = indices.collect();
        let all = known.into_values();
        let all =
            all.map(|(waiver, problems)| (waiver, problems.into_values().collect())).collect();
        Self { all, indices }
    }

    /// The index among all of a waiver of a part.
    pub(super) fn index(&self, part: usize, waiver: u32) -> Option<u32> {
        self.indices.get(part)?.get(waiver as usize).copied()
    }

    /// Each waiver, and what it hides of these findings.
    pub(super) fn used(
        self,
        findings: &[SavedFinding],
        today: Date,
    ) -> (Vec<Waiver>, Vec<WaiverUse>) {
        let mut used = Vec::with_capacity(self.all.len());
        let mut waivers = Vec::with_capacity(self.all.len());
        let tally = Tally::of(findings);
        for (index, (waiver, problems)) in (0..).zip(self.all) {
            let counts = |of: &HashMap<u32, u64>| of.get(&index).copied().unwrap_or_default();
            let failed = counts(&tally.failed);
            let inconclusive = counts(&tally.inconclusive);
            let matched = failed + if waiver.waives_inconclusive { inconclusive } else { 0 };
            let is_in_force = waiver.is_in_force(today);
            let problems = still(problems, &waiver, matched, failed + inconclusive > 0);
            used.push(WaiverUse { is_in_force, matched, waived: counts(&tally.waived), problems });
            waivers.push(waiver);
        }
        (waivers, used)
    }
}

/// Findings by the waivers that match them, or hide them.
#[derive(Default)]
struct Tally {
    failed: HashMap<u32, u64>,
    inconclusive: HashMap<u32, u64>,
    waived: HashMap<u32, u64>,
}

impl Tally {
    fn of(findings: &[SavedFinding]) -> Self {
        let mut tally = Self::default();
        for finding in findings {
            let matching = match finding.outcome {
                Outcome::Fail => &mut tally.failed,
                Outcome::Inconclusive => &mut tally.inconclusive,
            };
            for waiver in BTreeSet::from_iter(&finding.matching) {
                *matching.entry(*waiver).or_default() += 1;
            }
            if let Some(waiver) = finding.waiver {
                *tally.waived.entry(waiver).or_default() += 1;
            }
        }
        tally
    }
}

/// What of the parts' problems still is one, and what has become one.
fn still(problems: Vec<Problem>, waiver: &Waiver, matched: u64, matches: bool) -> Vec<Problem> {
    let (mut stale, mut others): (Vec<_>, Vec<_>) = problems
        .into_iter()
        .filter(|problem| problem.code != TOO_WIDE)
        .partition(|problem| problem.code == STALE);
    // Where a part had not all of its evidence, that is all there is to say.
    stale.sort_by_key(|problem| std::cmp::Reverse(problem.level));
    others.extend(stale.into_iter().take(1).filter(|_| !matches));
    let is_sound = others.is_empty() && waiver.expect_at_most.is_some_and(|most| matched > most);
    if is_sound {
        let place = Place::Whole(Arc::from(waiver.location.source.name()));
        others.push(too_wide(waiver, matched, place));
    }
    others
}

fn key(waiver: &Waiver) -> Key {
    let nowhere = || no_place();
    let words = Waiver {
        conditions: None,
        named: nowhere(),
        expires_at: nowhere(),
        location: nowhere(),
        ..waiver.clone()
    };
    (at(&waiver.location), format!("{words:?}"))
}

/// What a report says of a problem.
fn words(problem: &Problem) -> String {
    let place = &problem.place;
    let at = (place.source(), place.position(), place.bytes());
    format!("{:?} {} {} {:?} {at:?}", problem.level, problem.code, problem.message, problem.help)
}
