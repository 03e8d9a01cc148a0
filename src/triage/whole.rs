//! Policies that judge the whole: once a snapshot is put together, what its files add to each aggregate is
//! added up, and a violation becomes a finding of the snapshot, at the place of its first page.

use std::ops::Range;

use crate::engine::{
    Finding as Found, Findings, Hit, Measured, Open, Outcome, Tally, Truth, Whole,
};
use crate::operation::{FieldId, Operation};
use crate::policy::{Aggregate, Bounds, Policy, PolicySet};
use crate::snapshot::{Page, RecordPlace, Snapshot, Wholeness};

use super::finish::{Terms, is_accepted};
use super::kept::Kept;
use super::narrowed;
use super::report::{Finding, Report};

/// What a policy made of a whole snapshot.
#[derive(Clone, Debug)]
pub(super) struct OfWhole {
    /// Index of the policy.
    policy: usize,
    truth: Truth,
    /// Index of its hit, where it is a finding.
    hit: Option<usize>,
    /// JSON pointer of the first page.
    pub(super) pointer: String,
    /// Its message.
    pub(super) message: String,
    measured: Vec<Measured>,
}

/// Judges every snapshot by the policies that judge the whole.
pub(super) fn judge(policies: &PolicySet, evidence: &[Snapshot], kept: &mut [Kept], terms: Terms) {
    if !policies.policies.iter().any(Policy::judges_whole) {
        return;
    }
    for (index, snapshot) in evidence.iter().enumerate() {
        let Some(operation) = &snapshot.operation else { continue };
        // Where nothing was read there is nothing to say beyond that.
        if snapshot.wholeness == Wholeness::NoEvidence && snapshot.records == 0 {
            continue;
        }
        let mut files =
            kept.iter_mut().filter(|kept| kept.capture == index && !kept.sources.is_empty());
        let Some(first) = files.next() else { continue };
        let mut tallies = std::mem::take(&mut first.found.tallies);
        for later in files {
            let later = std::mem::take(&mut later.found.tallies);
            tallies.iter_mut().zip(later).for_each(|(tally, later)| tally.absorb(later));
        }
        let open = Open {
            may_have_more: !is_accepted(snapshot, terms) || narrowed::is_narrowed(snapshot),
            changed: snapshot.judged.saturating_sub(snapshot.records),
        };
        let known = Known { tallies: &tallies, operation, open, snapshot };
        for (policy, described) in policies.policies.iter().enumerate() {
            if described.judges_whole() && snapshot.is_of(&described.operation) {
                known.judge((policy, described), policies, first);
            }
        }
    }
}

/// What is known of a snapshot.
struct Known<'a> {
    tallies: &'a [Tally],
    operation: &'a Operation,
    open: Open,
    snapshot: &'a Snapshot,
}

impl Known<'_> {
    fn bounds(&self, aggregate: &Aggregate) -> Bounds {
        let tally = self.tallies.iter().find(|tally| tally.aggregate() == aggregate);
        tally.map_or(Bounds::ANY, |tally| tally.bounds(self.operation, self.open))
    }

    /// Keeps what a policy makes of the snapshot beside what was found in its first file.
    fn judge(&self, (policy, described): (usize, &Policy), policies: &PolicySet, first: &mut Kept) {
        let bounds = |aggregate: &Aggregate| self.bounds(aggregate);
        let whole = Whole::of(&described.condition, &self.operation.schema, &bounds);
        let Some(page) = self.snapshot.pages.first() else { return };
        let below = format!("/{}", self.operation.records.join("/"));
        let list = page.list.as_deref().unwrap_or_default();
        let mut said = OfWhole {
            policy,
            truth: whole.truth,
            hit: None,
            pointer: list.strip_suffix(&below).unwrap_or(list).to_owned(),
            message: message(described, &whole),
            measured: whole.measured,
        };
        let outcome = match whole.truth {
            Truth::True => Some(Outcome::Fail),
            Truth::Unknown => Some(Outcome::Inconclusive),
            Truth::False => None,
        };
        if let Some(outcome) = outcome {
            let waivers = waivers(described, policies, &mut first.found.waivers);
            said.hit = Some(first.found.hits.len());
            keep((policy, outcome, waivers), page, &mut first.found);
        }
        first.of_whole.push(said);
    }
}

/// Keeps a finding of a whole snapshot at the place of its first page.
fn keep(
    (policy, outcome, waivers): (usize, Outcome, Range<usize>),
    page: &Page,
    found: &mut Findings,
) {
    let (evidence, absent) = (found.evidence.len(), found.absent.len());
    let captures = found.captures.len();
    found.findings.push(Found {
        policy,
        hit: found.hits.len(),
        outcome,
        evidence: evidence..evidence,
        absent: absent..absent,
        waivers,
    });
    found.hits.push(Hit {
        place: RecordPlace {
            page: 0,
            index: 0,
            offset: page.start.offset,
            position: page.start.position,
            identity: None,
            digest: 0,
        },
        length: 1,
        captures: captures..captures,
        excerpt: None,
    });
}

/// The waivers of a whole snapshot: those that are for every record.
fn waivers(policy: &Policy, policies: &PolicySet, kept: &mut Vec<u32>) -> Range<usize> {
    let first = kept.len();
    let covering = (0..).zip(&policies.waivers).filter(|(_, waiver)| waiver.covers(policy));
    kept.extend(covering.filter(|(_, waiver)| waiver.conditions.is_none()).map(|(index, _)| index));
    first..kept.len()
}

/// What the policy says, and the numbers.
fn message(policy: &Policy, whole: &Whole) -> String {
    let own = policy.message.text();
    match own.is_empty() || whole.truth == Truth::False {
        true => whole.words.clone(),
        false => format!("{own}: {}", whole.words),
    }
}

impl Report {
    /// The aggregates that decided a finding of a whole snapshot, in the order of the rule; none of a record.
    #[must_use]
    pub fn measured(&self, finding: &Finding) -> &[Measured] {
        match self.told(finding) {
            Some(told) => &told.measured,
            None => self.of_whole(finding).map_or(&[], |whole| &whole.measured),
        }
    }

    /// Whether a finding is of a whole snapshot, and not of a record.
    #[must_use]
    pub fn judges_whole(&self, finding: &Finding) -> bool {
        // Of a saved report the conditions are known in words only.
        self.policy(finding).judges_whole() || !self.measured(finding).is_empty()
    }

    /// The fields that identify what a finding is of: those of a record, none of a whole snapshot.
    #[must_use]
    pub fn identity_fields(&self, finding: &Finding) -> &[FieldId] {
        match self.judges_whole(finding) {
            true => &[],
            false => &self.policy(finding).operation.identity,
        }
    }

    /// What a policy that judges the whole made of each snapshot: the source of that, the truth, and why.
    pub fn wholes(&self, policy: usize) -> impl Iterator<Item = (&str, Truth, &str)> {
        let all =
            self.kept().iter().flat_map(|kept| kept.of_whole.iter().map(move |one| (kept, one)));
        all.filter(move |(_, whole)| whole.policy == policy).map(|(kept, whole)| {
            let snapshot = self.evidence.get(kept.capture);
            let source = snapshot.map_or(&kept.source, |snapshot| &snapshot.source);
            (&**source, whole.truth, whole.message.as_str())
        })
    }

    /// What is said of a finding of a whole snapshot.
    pub(super) fn of_whole(&self, finding: &Finding) -> Option<&OfWhole> {
        let kept = self.kept().get(finding.file as usize)?;
        let found = kept.found.findings.get(finding.index as usize)?;
        kept.of_whole.iter().find(|whole| whole.hit == Some(found.hit))
    }
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table is long")]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::engine::{Judge, Program, Run, Tracer};
    use crate::operation::Catalogue;
    use crate::policy::{self, WhenUnknown};
    use crate::snapshot::{self, Hashes, Plan};
    use crate::text::Source;
    use crate::triage::{JudgedFile, finish};

    fn set(rule: &str) -> PolicySet {
        let catalogue = Catalogue::built_in().unwrap();
        let source = Source::new("p.yaml", format!("policies:\n  - 'deny if {rule}'\n"));
        policy::load(&[source], &catalogue, &[]).unwrap()
    }

    fn run() -> Run {
        Run { today: jiff::civil::date(2026, 1, 1), when_unknown: WhenUnknown::Fail }
    }

    /// The report of files of one folder, each a total and its records.
    fn report(set: PolicySet, files: &[(usize, &[&str])], terms: Terms) -> Report {
        let catalogue = Catalogue::built_in().unwrap();
        let operation = catalogue.only().unwrap();
        let program = Program::new(&set, operation, run()).unwrap();
        let plan = Plan {
            operation: Arc::clone(operation),
            slots: program.slots().to_vec(),
            hashes: Hashes::Left,
        };
        let judged = (0..).zip(files).map(|(index, (total, records))| {
            let name: Arc<str> = format!("folder/{index}.json").into();
            let list = records.join(",");
            let text = format!(r#"{{"PageInfo":{{"TotalCount":{total}}},"DataList":[{list}]}}"#);
            let mut judge = Judge::new(&program, &name);
            let mut file = snapshot::read(text.as_bytes(), &name, &plan, &mut judge).unwrap();
            file.folder = Some("folder".into());
            JudgedFile { file, found: judge.finish().0 }
        });
        let judged: Vec<JudgedFile> = judged.collect();
        finish(set, judged, &[], terms)
    }

    /// The exit code and the messages.
    fn came(rule: &str, files: &[(usize, &[&str])], terms: Terms) -> (u8, Vec<String>) {
        let report = report(set(rule), files, terms);
        let messages = report.findings.iter().map(|finding| report.message(finding)).collect();
        (report.verdict.exit_code(), messages)
    }

    const HIGH: &str = r#"{"Port":1,"Protocol":"tcp","RiskLevel":3,"TotalBytes":500}"#;
    const OTHER_HIGH: &str = r#"{"Port":2,"Protocol":"tcp","RiskLevel":3,"TotalBytes":700}"#;
    const LOW: &str = r#"{"Port":3,"Protocol":"tcp","RiskLevel":1,"TotalBytes":100}"#;
    const ASSESSING: &str = r#"{"Port":4,"Protocol":"tcp","RiskLevel":-1,"TotalBytes":900}"#;
    const SILENT: &str = r#"{"Port":5,"Protocol":"tcp","RiskLevel":3}"#;
    /// The same record as the low one, told differently.
    const LOW_NOW_HIGH: &str = r#"{"Port":3,"Protocol":"tcp","RiskLevel":3,"TotalBytes":100}"#;

    #[test]
    fn what_is_not_known_makes_bounds() {
        let all: &[&str] = &[HIGH, LOW, ASSESSING];
        for (rule, records, code, message) in [
            ("count > 2", all, 1, "count is 3, limit 2"),
            ("count > 3", all, 0, ""),
            (
                "count(RiskLevel high) > 0",
                all,
                1,
                "count(RiskLevel high) is between 1 and 2, limit 0",
            ),
            (
                "count(RiskLevel high) > 1",
                all,
                3,
                "count(RiskLevel high) is between 1 and 2, limit 1",
            ),
            ("count(RiskLevel high) > 2", all, 0, ""),
            (
                "count(RiskLevel high) = 1",
                all,
                3,
                "count(RiskLevel high) is between 1 and 2, limit 1",
            ),
            ("count(RiskLevel -1) = 1", all, 1, "count(RiskLevel -1) is 1, limit 1"),
            ("count < 1", &[], 1, "count is 0, limit 1"),
            ("count > 0", &[], 0, ""),
            ("sum(traffic) >= 1.5KB", all, 1, "sum(traffic) is 1500, limit 1500"),
            (
                "sum(traffic where RiskLevel high) > 1KB",
                all,
                3,
                "sum(traffic where RiskLevel high) is between 500 and 1400, limit 1KB",
            ),
            ("sum(traffic where RiskLevel high) > 1400", all, 0, ""),
            ("sum(traffic) > 500", &[HIGH, SILENT], 3, "sum(traffic) is at least 500, limit 500"),
            ("sum(traffic) > 400", &[HIGH, SILENT], 1, "sum(traffic) is at least 500, limit 400"),
            ("distinct(Port) >= 3", all, 1, "distinct(Port) is 3, limit 3"),
            ("distinct(Protocol) > 1", all, 0, ""),
            ("distinct(RiskLevel) > 2", all, 3, "distinct(RiskLevel) is between 2 and 3, limit 2"),
            ("distinct(RiskLevel) < 1", &[ASSESSING], 0, ""),
            (
                "distinct(Port where RiskLevel high) = 1",
                all,
                3,
                "distinct(Port where RiskLevel high) is between 1 and 2, limit 1",
            ),
            (
                "count(RiskLevel high) / count > 0.3",
                all,
                1,
                "count(RiskLevel high) is between 1 and 2, count is 3, limit 0.3",
            ),
            (
                "count(RiskLevel high) / count > 0.3",
                &[],
                3,
                "count(RiskLevel high) is 0, count is 0, limit 0.3",
            ),
            (
                "sum(traffic) > 2 * sum(OutBytes)",
                &[HIGH],
                3,
                "sum(traffic) is 500, sum(OutBytes) is at least 0",
            ),
            (
                "count > 2 and count(RiskLevel high) > 1",
                all,
                3,
                "count(RiskLevel high) is between 1 and 2, limit 1",
            ),
            ("count > 9 and count(RiskLevel high) > 1", all, 0, ""),
            ("count > 2 or count(RiskLevel high) > 1", all, 1, "count is 3, limit 2"),
        ] {
            let (found, messages) = came(rule, &[(records.len(), records)], Terms::STRICT);
            assert_eq!((found, messages.join("\n").as_str()), (code, message), "{rule}");
        }
    }

    #[test]
    fn records_that_are_not_there_may_add_anything() {
        let partial = (9, [HIGH, LOW].as_slice());
        let loose = Terms { allow_partial: true, ..Terms::STRICT };
        for (rule, code, message) in [
            ("count > 1", 1, "count is at least 2, limit 1"),
            ("count > 2", 3, "count is at least 2, limit 2"),
            ("count < 1", 3, ""),
            ("count < 3", 3, "count is at least 2, limit 3"),
            ("sum(traffic) > 600", 3, "sum(traffic) is at least 600, limit 600"),
            ("distinct(RiskLevel) > 1", 1, "distinct(RiskLevel) is between 2 and 3, limit 1"),
        ] {
            let (found, messages) = came(rule, &[partial], Terms::STRICT);
            assert_eq!((found, messages.join("\n").as_str()), (code, message), "{rule}");
        }
        assert_eq!(came("count < 3", &[partial], loose).0, 1, "taken for all there is");
        assert_eq!(came("count > 2", &[partial], loose).0, 0);
    }

    #[test]
    fn a_row_of_several_pages_counts_once() {
        let pages = [(3, [HIGH, LOW].as_slice()), (3, &[LOW, OTHER_HIGH, OTHER_HIGH])];
        for (rule, message) in [
            ("count > 0", "count is 3, limit 0"),
            ("sum(traffic) > 0", "sum(traffic) is 1300, limit 0"),
            ("distinct(traffic) > 0", "distinct(traffic) is 3, limit 0"),
        ] {
            assert_eq!(came(rule, &pages, Terms::STRICT), (1, vec![message.to_owned()]), "{rule}");
        }
    }

    #[test]
    fn of_a_row_that_was_told_twice_either_may_hold() {
        let pages = [(3, [LOW, HIGH].as_slice()), (3, &[OTHER_HIGH, LOW_NOW_HIGH])];
        let assumed = Terms { assume_complete: true, ..Terms::STRICT };
        for (rule, message) in [
            ("count > 0", "count is between 3 and 4, limit 0"),
            ("count(RiskLevel high) > 0", "count(RiskLevel high) is between 2 and 3, limit 0"),
            ("sum(traffic) > 0", "sum(traffic) is between 700 and 1400, limit 0"),
            ("distinct(Port) > 0", "distinct(Port) is between 2 and 3, limit 0"),
        ] {
            assert_eq!(came(rule, &pages, assumed), (1, vec![message.to_owned()]), "{rule}");
        }
        assert_eq!(came("count > 3", &pages, assumed).0, 3);
    }

    #[test]
    fn a_finding_of_the_whole_is_at_its_first_page_and_has_no_identity() {
        let found = report(set("count > 0"), &[(1, &[HIGH])], Terms::STRICT);
        let other = report(set("count > 0"), &[(2, &[LOW, HIGH])], Terms::STRICT);
        let (finding, same) = (&found.findings[0], &other.findings[0]);
        assert_eq!(found.identity(finding), []);
        assert!(found.is_identified(finding), "a baseline can hold it");
        assert_eq!(found.fingerprint(finding), other.fingerprint(same), "numbers do not matter");
        let record = found.record(finding).unwrap();
        assert_eq!(
            (&*record.source, record.pointer.as_str(), record.offset),
            ("folder/0.json", "", 0)
        );
        assert!(found.evidence(finding).is_empty());
    }

    /// Values of a field of one record: what it may hold, `None` where that is not known.
    type Cell = Option<i64>;

    fn record((risk, share, port): &(Cell, Cell, Cell)) -> String {
        let members = [("RiskLevel", risk), ("TrafficPercent1Day", share), ("Port", port)];
        let members = members.iter().filter_map(|(name, cell)| Some((name, (**cell)?)));
        let members: Vec<String> =
            members.map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
        format!("{{{}}}", members.join(","))
    }

    fn judged(rule: &str, records: &[(Cell, Cell, Cell)]) -> Truth {
        let set = set(rule);
        let catalogue = Catalogue::built_in().unwrap();
        let program = Program::new(&set, catalogue.only().unwrap(), run()).unwrap();
        let records: Vec<String> = records.iter().map(record).collect();
        Tracer::new(&program).judge_texts(&set.policies[0], &records).unwrap().truth
    }

    /// Every way to fill in what is not known; of ports, those of other records and some more.
    fn completions(records: &[(Cell, Cell, Cell)]) -> Vec<Vec<(i64, i64, i64)>> {
        let choices = |cell: Cell, all: &[i64]| cell.map_or(all.to_vec(), |value| vec![value]);
        let mut completions = vec![Vec::new()];
        for (fresh, (risk, share, port)) in (100..).zip(records) {
            let (risks, shares) = (choices(*risk, &[1, 2, 3]), choices(*share, &[0, 100]));
            let ports = choices(*port, &[1, 2, fresh]);
            let pairs =
                shares.iter().flat_map(|share| ports.iter().map(move |port| (*share, *port)));
            let pairs: Vec<(i64, i64)> = pairs.collect();
            let wholes = risks.iter().flat_map(|risk| pairs.iter().map(move |pair| (*risk, *pair)));
            let wholes: Vec<_> = wholes.collect();
            let longer = |known: &Vec<(i64, i64, i64)>| {
                let known = known.clone();
                let more = wholes.clone().into_iter().map(move |(risk, (share, port))| {
                    let mut known = known.clone();
                    known.push((risk, share, port));
                    known
                });
                more.collect::<Vec<_>>()
            };
            completions = completions.iter().flat_map(longer).collect();
        }
        completions
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(192))]

        #[test]
        fn a_truth_is_definite_where_every_completion_agrees(
            records in prop::collection::vec(
                (
                    prop::option::of(1..=3_i64),
                    prop::option::of(prop::sample::select(vec![0, 40, 100_i64])),
                    prop::option::of(1..=2_i64),
                ),
                0..4,
            ),
            measure in 0..3_usize,
            (op, limit) in (prop::sample::select(vec!["<", "<=", ">", ">=", "=", "!="]), 0..4_i64),
        ) {
            let limit = if measure == 1 { limit * 40 } else { limit };
            let aggregate = [
                "count(RiskLevel high)",
                "sum(TrafficPercent1Day where RiskLevel high)",
                "distinct(Port where RiskLevel high)",
            ][measure];
            // What lies between the ends of a share is not filled in.
            prop_assume!(measure != 1 || !op.contains('=') || op.len() == 2 && op != "!=");
            let holds = |complete: &Vec<(i64, i64, i64)>| {
                let high = complete.iter().filter(|(risk, _, _)| *risk == 3);
                let value = match measure {
                    0 => high.count() as i64,
                    1 => high.map(|(_, share, _)| share).sum(),
                    _ => high.map(|(_, _, port)| port).collect::<std::collections::BTreeSet<_>>().len() as i64,
                };
                match op {
                    "<" => value < limit,
                    "<=" => value <= limit,
                    ">" => value > limit,
                    ">=" => value >= limit,
                    "=" => value == limit,
                    _ => value != limit,
                }
            };
            let completions = completions(&records);
            let all = completions.iter().all(holds);
            let expected = match (all, completions.iter().any(holds)) {
                (true, _) => Truth::True,
                (_, false) => Truth::False,
                _ => Truth::Unknown,
            };
            prop_assert_eq!(judged(&format!("{aggregate} {op} {limit}"), &records), expected);
        }
    }
}
