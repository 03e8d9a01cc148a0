//! A `Tolerance` is how many records of a snapshot violate a policy that puts up with some, within bounds:
//! a record that is not known to pass may violate it, and so may one that was not seen. What is known to
//! be no more than the policy tolerates is tolerated, before anything is waived or looked up in a baseline:
//! neither makes room for more.

use std::collections::{BTreeMap, HashMap};

use crate::engine::Outcome;

use super::finish::is_accepted;
use super::narrowed;
use super::report::{Finding, Found, Report};
use super::verdict::Disposition;

/// How many records of a snapshot violate a policy that tolerates some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Index of the snapshot.
    pub capture: usize,
    /// Index of the policy.
    pub policy: usize,
    /// Records that may violate it.
    pub at_most: u64,
    /// Records that do.
    pub least: u64,
    /// Those, and the ones of which it is not known; `None` where there may be some that were not seen.
    pub most: Option<u64>,
}

impl Tolerance {
    /// Whether no more violate it than it tolerates; `None` where that is not known.
    #[must_use]
    pub fn is_within(&self) -> Option<bool> {
        match self.most {
            _ if self.least > self.at_most => Some(false),
            Some(most) if most <= self.at_most => Some(true),
            _ => None,
        }
    }

    /// Both numbers: `between 3 and 7 records fail, at most 5 are tolerated`.
    #[must_use]
    pub fn words(&self) -> String {
        let fail = |number: u64| if number == 1 { "record fails" } else { "records fail" };
        let (least, at_most) = (self.least, self.at_most);
        let found = match self.most {
            Some(most) if most == least => format!("{least} {}", fail(least)),
            Some(most) => format!("between {least} and {most} records fail"),
            None => format!("at least {least} {}", fail(least)),
        };
        format!("{found}, at most {at_most} {} tolerated", if at_most == 1 { "is" } else { "are" })
    }

    /// Whether an outcome is tolerated. A violation is until there are more than may be; what is not known
    /// to be one is only where there cannot be.
    fn tolerates(&self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Fail => self.is_within() != Some(false),
            Outcome::Inconclusive => self.is_within() == Some(true),
        }
    }
}

impl Report {
    /// What is tolerated in one snapshot, in the order of the policies.
    #[must_use]
    pub fn tolerances_of(&self, capture: usize) -> &[Tolerance] {
        let first = self.tolerances.partition_point(|one| one.capture < capture);
        let after = self.tolerances.partition_point(|one| one.capture <= capture);
        self.tolerances.get(first..after).unwrap_or_default()
    }

    /// How many records violate the policy of a finding in its snapshot, where that policy tolerates some.
    #[must_use]
    pub fn tolerance(&self, finding: &Finding) -> Option<&Tolerance> {
        self.policy(finding).at_most?;
        let place = (self.capture(finding), finding.policy as usize);
        let index = self.tolerances.binary_search_by_key(&place, |one| (one.capture, one.policy));
        self.tolerances.get(index.ok()?)
    }

    /// Appends, to the message of what cannot be known, between which numbers its policy is undecided.
    pub(super) fn bounds_into(&self, finding: &Finding, message: &mut String) {
        let is_open = finding.outcome == Outcome::Inconclusive
            && finding.disposition != Disposition::Tolerated;
        let undecided = self.tolerance(finding).filter(|one| one.is_within().is_none());
        if let (true, Some(tolerance)) = (is_open, undecided) {
            say(tolerance, message);
        }
    }
}

fn say(tolerance: &Tolerance, message: &mut String) {
    let words = tolerance.words();
    match message.is_empty() {
        true => message.push_str(&words),
        false => message.push_str(&format!(" ({words})")),
    }
}

/// Tolerates what policies tolerate.
pub(super) fn judge(report: &mut Report) {
    let may_hide = |capture: usize, policy: usize| {
        let known = report.evidence.get(capture).zip(report.policies.policies.get(policy));
        known.is_none_or(|(snapshot, policy)| narrowed::may_hide_from(snapshot, policy))
    };
    report.tolerances = measured(report, &may_hide);
    let mut findings = std::mem::take(&mut report.findings);
    for finding in &mut findings {
        if report.tolerance(finding).is_some_and(|one| one.tolerates(finding.outcome)) {
            finding.disposition = Disposition::Tolerated;
        }
    }
    report.findings = findings;
}

/// Measures a saved report anew, which said this much: what its lists and terms do not let its policies
/// tolerate is open, and says why. Where there may have been more, there still may be.
pub(super) fn judge_again(report: &mut Report, said: &[Tolerance]) {
    let known: HashMap<(usize, usize), Option<u64>> =
        said.iter().map(|one| ((one.capture, one.policy), one.most)).collect();
    let may_hide = |capture, policy| known.get(&(capture, policy)).is_none_or(Option::is_none);
    report.tolerances = measured(report, &may_hide);
    let mut findings = std::mem::take(&mut report.findings);
    for finding in &mut findings {
        let tolerance = report.tolerance(finding).copied();
        let is_tolerated = tolerance.is_some_and(|one| one.tolerates(finding.outcome));
        if finding.disposition != Disposition::Tolerated || is_tolerated {
            continue;
        }
        finding.disposition = Disposition::Open;
        if let (Some(tolerance), Found::Saved(told)) = (tolerance, &mut report.found)
            && let Some(told) = told.findings.get_mut(finding.index as usize)
        {
            say(&tolerance, &mut told.message);
        }
    }
    report.findings = findings;
}

/// The tolerance of every snapshot and policy that has one, in the order of both. `may_hide` says whether
/// a snapshot may lack records that the policy does not pass, although it is taken for all there is.
fn measured(report: &Report, may_hide: &dyn Fn(usize, usize) -> bool) -> Vec<Tolerance> {
    if report.policies.policies.iter().all(|policy| policy.at_most.is_none()) {
        return Vec::new();
    }
    let counted = counted(report);
    let unlisted = report.unlisted();
    let mut tolerances = Vec::new();
    for (capture, snapshot) in report.evidence.iter().enumerate() {
        for (index, policy) in report.policies.policies.iter().enumerate() {
            let Some(at_most) = policy.at_most.filter(|_| snapshot.is_of(&policy.operation)) else {
                continue;
            };
            let (least, unknown) = counted.get(&(capture, index)).map_or((0, 0), Records::numbers);
            let only_counted = unlisted.get(capture).and_then(|counts| counts.get(&index));
            let most = least + unknown + only_counted.copied().unwrap_or_default();
            let is_all = is_accepted(snapshot, report.terms) && !may_hide(capture, index);
            let most = is_all.then_some(most);
            tolerances.push(Tolerance { capture, policy: index, at_most, least, most });
        }
    }
    tolerances
}

/// The records that a policy lists of a snapshot. One that came again with other content counts once, as
/// the worst that was said of it.
#[derive(Default)]
struct Records {
    failed: u64,
    unknown: u64,
    /// Of those that may have come again, by fingerprint, whether it fails.
    fails: HashMap<String, bool>,
}

impl Records {
    /// Those that fail, and those of which it is not known.
    fn numbers(&self) -> (u64, u64) {
        let failed = self.fails.values().filter(|fails| **fails).count() as u64;
        let unknown = self.fails.len() as u64 - failed;
        (self.failed + failed, self.unknown + unknown)
    }

    fn add(&mut self, fingerprint: Option<String>, outcome: Outcome) {
        let fails = outcome == Outcome::Fail;
        match (fingerprint, outcome) {
            (Some(fingerprint), _) => *self.fails.entry(fingerprint).or_default() |= fails,
            (None, Outcome::Fail) => self.failed += 1,
            (None, Outcome::Inconclusive) => self.unknown += 1,
        }
    }
}

/// The records of every snapshot and policy that tolerates some.
fn counted(report: &Report) -> BTreeMap<(usize, usize), Records> {
    let mut counted: BTreeMap<(usize, usize), Records> = BTreeMap::new();
    for finding in report.findings.iter().filter(|one| report.policy(one).at_most.is_some()) {
        let capture = report.capture(finding);
        let snapshot = report.evidence.get(capture);
        let may_repeat = snapshot.is_some_and(|one| one.judged > one.records);
        let fingerprint =
            (may_repeat && report.is_identified(finding)).then(|| report.fingerprint(finding));
        let place = (capture, finding.policy as usize);
        counted.entry(place).or_default().add(fingerprint, finding.outcome);
    }
    counted
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::engine::{Judge, Program, Run};
    use crate::operation::Catalogue;
    use crate::policy::{self, PolicySet, WhenUnknown};
    use crate::snapshot::{self, Hashes, Origin, Plan};
    use crate::text::Source;
    use crate::triage::{Baseline, FailOn, JudgedFile, Terms, finish};

    /// A file of a folder: the total that it names, and of each record its port and its risk.
    type File<'a> = (usize, &'a [(u16, i64)]);

    const FAILS: i64 = 3;
    const PASSES: i64 = 1;
    const UNKNOWN: i64 = -1;

    fn set(more: &str) -> PolicySet {
        let catalogue = Catalogue::built_in().unwrap();
        let text = format!("policies:\n  - {{id: rdp, rule: deny RDP if RiskLevel 3, {more}}}\n");
        policy::load(&[Source::new("p.yaml", text)], &catalogue, &[]).unwrap()
    }

    /// The report of files, those of a folder being pages of one snapshot.
    fn judged(set: PolicySet, files: &[(&str, File<'_>)], terms: Terms) -> Report {
        let catalogue = Catalogue::built_in().unwrap();
        let operation = catalogue.only().unwrap();
        let today = terms.today();
        let program =
            Program::new(&set, operation, Run { today, when_unknown: terms.when_unknown }).unwrap();
        let plan = Plan {
            operation: Arc::clone(operation),
            slots: program.slots().to_vec(),
            hashes: Hashes::Left,
        };
        let judged = files.iter().enumerate().map(|(index, (folder, (total, records)))| {
            let name: Arc<str> = format!("{folder}/{index}.json").into();
            let record = |(port, risk): &(u16, i64)| {
                format!(
                    r#"{{"Port":{port},"Protocol":"tcp","ServiceNameList":["RDP"],"RiskLevel":{risk}}}"#
                )
            };
            let rows = records.iter().map(record).collect::<Vec<_>>().join(",");
            let text = format!(r#"{{"PageInfo":{{"TotalCount":{total}}},"DataList":[{rows}]}}"#);
            let mut judge = Judge::new(&program, &name);
            let mut file = snapshot::read(text.as_bytes(), &name, &plan, &mut judge).unwrap();
            file.folder = Some(Arc::from(*folder));
            JudgedFile { file, found: judge.finish().0 }
        });
        let judged: Vec<JudgedFile> = judged.collect();
        finish(set, judged, &[], terms)
    }

    /// Records of these risks, each with a port of its own.
    fn rows(risks: &[i64]) -> Vec<(u16, i64)> {
        (1..).zip(risks).map(|(port, risk)| (port, *risk)).collect()
    }

    /// The report of one whole file of records of these risks.
    fn of(risks: &[i64], more: &str, terms: Terms) -> Report {
        judged(set(more), &[("a", (risks.len(), &rows(risks)))], terms)
    }

    /// What became of findings, in order: `f` fails, `u` is unknown; capitals where it is open.
    fn dispositions(report: &Report) -> String {
        let letter = |finding: &Finding| match (finding.outcome, finding.disposition) {
            (Outcome::Fail, Disposition::Open) => 'F',
            (Outcome::Inconclusive, Disposition::Open) => 'U',
            (Outcome::Fail, Disposition::Tolerated) => 'f',
            (Outcome::Inconclusive, Disposition::Tolerated) => 'u',
            (_, Disposition::Waived) => 'w',
            (_, Disposition::Known) => 'k',
        };
        report.findings.iter().map(letter).collect()
    }

    #[test]
    fn what_fails_and_what_is_not_known_are_held_against_the_limit() {
        for (risks, at_most, code, became, words) in [
            (&[FAILS, FAILS, PASSES][..], 1, 1, "FF", "2 records fail, at most 1 is tolerated"),
            (&[FAILS, FAILS], 2, 0, "ff", "2 records fail, at most 2 are tolerated"),
            (&[FAILS], 2, 0, "f", "1 record fails, at most 2 are tolerated"),
            (&[PASSES], 1, 0, "", "0 records fail, at most 1 is tolerated"),
            (&[UNKNOWN], 1, 0, "u", "between 0 and 1 records fail, at most 1 is tolerated"),
            (&[UNKNOWN; 2], 1, 3, "UU", "between 0 and 2 records fail, at most 1 is tolerated"),
            (
                &[FAILS, UNKNOWN],
                2,
                0,
                "fu",
                "between 1 and 2 records fail, at most 2 are tolerated",
            ),
            (&[FAILS, UNKNOWN], 1, 3, "fU", "between 1 and 2 records fail, at most 1 is tolerated"),
            (
                &[FAILS, UNKNOWN, FAILS],
                1,
                1,
                "FUF",
                "between 2 and 3 records fail, at most 1 is tolerated",
            ),
        ] {
            let report = of(risks, &format!("at_most: {at_most}"), Terms::STRICT);
            let name = format!("{risks:?} at most {at_most}");
            assert_eq!(report.verdict.exit_code(), code, "{name}");
            assert_eq!(dispositions(&report), became, "{name}");
            assert_eq!(report.tolerances[0].words(), words, "{name}");
            let tolerated = became.chars().filter(char::is_ascii_lowercase).count() as u64;
            assert_eq!(report.summary.tolerated, tolerated, "{name}");
            for finding in &report.findings {
                let message = report.message(finding);
                let says_bounds = message.ends_with(&format!(" ({words})"));
                let is_undecided = finding.outcome == Outcome::Inconclusive
                    && finding.disposition == Disposition::Open
                    && code == 3;
                assert_eq!(says_bounds, is_undecided, "{name}: {message}");
            }
        }
    }

    #[test]
    fn a_limit_of_zero_is_none() {
        let (zero, none) = (of(&[FAILS, UNKNOWN], "at_most: 0", Terms::STRICT), "severity: high");
        let none = of(&[FAILS, UNKNOWN], none, Terms::STRICT);
        assert_eq!(zero.tolerances, []);
        assert_eq!((zero.verdict, zero.summary), (none.verdict, none.summary));
        assert_eq!(dispositions(&zero), "FU");
    }

    #[test]
    fn a_policy_that_fails_nothing_tolerates_all_the_same() {
        let never = Terms { fail_on: FailOn::Never, ..Terms::STRICT };
        assert_eq!(dispositions(&of(&[FAILS], "at_most: 1", never)), "f");
        assert_eq!(dispositions(&of(&[FAILS; 2], "at_most: 1", never)), "FF");
    }

    #[test]
    fn what_is_not_known_does_what_it_does_without_a_limit() {
        let on = |when_unknown| Terms { when_unknown, ..Terms::STRICT };
        for (terms, more, code, became) in [
            (on(WhenUnknown::Fail), "at_most: 1", 3, "fUU"),
            (on(WhenUnknown::Report), "at_most: 1", 0, "fUU"),
            (on(WhenUnknown::Pass), "at_most: 1", 0, "f"),
            (on(WhenUnknown::Fail), "at_most: 1, when_unknown: pass", 0, "f"),
            (on(WhenUnknown::Pass), "at_most: 1, when_unknown: fail", 3, "fUU"),
            (on(WhenUnknown::Pass), "at_most: 3", 0, "f"),
        ] {
            let report = of(&[FAILS, UNKNOWN, UNKNOWN], more, terms);
            assert_eq!(report.verdict.exit_code(), code, "{more}");
            assert_eq!(dispositions(&report), became, "{more}");
            let tolerance = report.tolerances[0];
            assert_eq!((tolerance.least, tolerance.most), (1, Some(3)), "what is counted counts");
        }
    }

    #[test]
    fn records_that_are_not_there_may_violate_it() {
        let partial = (9, rows(&[FAILS, UNKNOWN, PASSES]));
        let loose = Terms { allow_partial: true, ..Terms::STRICT };
        for (at_most, terms, code, became, most) in [
            (2, Terms::STRICT, 3, "fU", None),
            (2, loose, 0, "fu", Some(2)),
            (1, loose, 3, "fU", Some(2)),
        ] {
            let set = set(&format!("at_most: {at_most}"));
            let report = judged(set, &[("a", (partial.0, &partial.1))], terms);
            assert_eq!(report.verdict.exit_code(), code);
            assert_eq!(dispositions(&report), became);
            assert_eq!(report.tolerances[0].most, most);
        }
        let more = rows(&[FAILS, FAILS]);
        let report = judged(set("at_most: 1"), &[("a", (9, &more))], Terms::STRICT);
        assert_eq!((report.verdict.exit_code(), &*dispositions(&report)), (1, "FF"));
    }

    #[test]
    fn each_snapshot_has_its_own_limit() {
        let (one, two) = (rows(&[FAILS]), rows(&[FAILS, FAILS]));
        let files = [("a", (1, &*one)), ("b", (2, &*two)), ("c", (1, &*one))];
        let report = judged(set("at_most: 1"), &files, Terms::STRICT);
        assert_eq!(dispositions(&report), "fFFf");
        assert_eq!(report.verdict.exit_code(), 1);
        let limits: Vec<_> = report.tolerances.iter().map(Tolerance::is_within).collect();
        assert_eq!(limits, [Some(true), Some(false), Some(true)]);
    }

    #[test]
    fn a_record_of_several_pages_counts_once() {
        let second = ("a", (3, &[(1, FAILS), (3, PASSES)][..]));
        let pages = [("a", (3, &[(1, FAILS), (2, PASSES)][..])), second];
        assert_eq!(dispositions(&judged(set("at_most: 1"), &pages, Terms::STRICT)), "f");
        // Told in two ways, it is as bad as the worse.
        let pages = [("a", (3, &[(1, UNKNOWN), (2, PASSES)][..])), second];
        let assumed = Terms { assume_complete: true, ..Terms::STRICT };
        let report = judged(set("at_most: 1"), &pages, assumed);
        assert_eq!(report.tolerances[0].words(), "1 record fails, at most 1 is tolerated");
        assert_eq!((&*dispositions(&report), report.verdict.exit_code()), ("uf", 0));
    }

    #[test]
    fn a_filter_that_could_hide_a_violation_leaves_it_open_how_many_there_are() {
        for (name, value, is_within) in
            [("RiskLevel", "1", None), ("RiskLevel", "3", None), ("Lang", "en", Some(true))]
        {
            let mut report = of(&[FAILS, UNKNOWN], "at_most: 2", Terms::STRICT);
            let time = Terms::STRICT.time;
            report.evidence[0].origin = Some(Arc::new(Origin {
                endpoint: "example.org".to_owned(),
                region: None,
                account: None,
                profile: None,
                filters: vec![(name.to_owned(), value.to_owned())],
                window: None,
                started: time,
                finished: time,
            }));
            judge(&mut report);
            assert_eq!(report.tolerances[0].is_within(), is_within, "{name}={value}");
        }
    }

    #[test]
    fn neither_a_waiver_nor_a_baseline_makes_room_for_more() {
        let waiver = "waivers: [{policy: rdp, match: Port 1, reason: a move, expires: 1970-03-01}]";
        let waived = |at_most: u64, risks: &[i64]| {
            let mut set = set(&format!("at_most: {at_most}"));
            let catalogue = Catalogue::built_in().unwrap();
            let sources = [Source::new("w.yaml", waiver)];
            let today = Terms::STRICT.today();
            set.waivers = policy::waivers(&sources, &set, &catalogue, today).0;
            judged(set, &[("a", (risks.len(), &rows(risks)))], Terms::STRICT)
        };
        let report = waived(2, &[FAILS; 3]);
        assert_eq!((&*dispositions(&report), report.verdict.exit_code()), ("wFF", 1));
        let report = waived(3, &[FAILS; 3]);
        assert_eq!((&*dispositions(&report), report.verdict.exit_code()), ("fff", 0));
        let used = &report.waivers[0];
        assert_eq!((used.matched, used.waived), (1, 0));
        assert_eq!(used.problems, [], "what it matches is there: it is not stale");

        let today = jiff::civil::date(1970, 1, 1);
        let before = of(&[FAILS; 3], "at_most: 2", Terms::STRICT);
        let baseline = Baseline::default().with(&before, today);
        assert_eq!(baseline.len(), 3);
        let now = of(&[FAILS; 4], "at_most: 2", Terms::STRICT).since(&baseline, Terms::STRICT);
        assert_eq!((&*dispositions(&now), now.verdict.exit_code()), ("kkkF", 1));
        let fewer = of(&[FAILS; 2], "at_most: 2", Terms::STRICT);
        assert!(
            Baseline::default().with(&fewer, today).is_empty(),
            "what is tolerated is not open"
        );
        let fewer = fewer.since(&baseline, Terms::STRICT);
        assert_eq!((&*dispositions(&fewer), fewer.fixed.len()), ("ff", 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

        #[test]
        fn it_is_decided_where_every_completion_agrees(
            risks in prop::collection::vec(prop::sample::select(vec![FAILS, PASSES, UNKNOWN]), 0..6),
            beyond in 0..3_usize,
            at_most in 1..5_u64,
            is_allowed in any::<bool>(),
        ) {
            let terms = Terms { allow_partial: is_allowed, ..Terms::STRICT };
            let file = (risks.len() + beyond, &*rows(&risks));
            let report = judged(set(&format!("at_most: {at_most}")), &[("a", file)], terms);
            // What is not here may be anything too, unless it is taken not to be.
            let missing = if is_allowed { 0 } else { beyond };
            let open = risks.iter().filter(|risk| **risk == UNKNOWN).count() + missing;
            let failed = risks.iter().filter(|risk| **risk == FAILS).count();
            let is_exceeded = |completion: u32| {
                (failed + completion.count_ones() as usize) as u64 > at_most
            };
            let mut completions = (0..1_u32 << open).map(is_exceeded);
            let first = completions.next().unwrap();
            let agreed = completions.all(|other| other == first).then_some(first);
            // How many are missing is not counted on: the total may be as wrong as the rest.
            let agreed = agreed.filter(|is_exceeded| *is_exceeded || missing == 0);
            prop_assert_eq!(report.tolerances[0].is_within(), agreed.map(|is_exceeded| !is_exceeded));
            let code = match agreed {
                Some(true) => 1,
                Some(false) => 0,
                None => 3,
            };
            prop_assert_eq!(report.verdict.exit_code(), code);
        }
    }
}
