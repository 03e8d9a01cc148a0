//! What several reports say together. Each part is a set of captures, each with its findings; sets are
//! put together, and what two of them have in common is joined, so that neither order nor repetition
//! shows. Lists are sorted by what they hold.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::engine::Outcome;
use crate::policy::{Approval, Policy, PolicySet};
use crate::snapshot::{Flaw, Snapshot};
use crate::text::Location;

use super::super::baseline::Fixed;
use super::super::finish::{Terms, day};
use super::super::register::ApprovalUse;
use super::super::saved::{Saved, SavedFinding};
use super::super::tolerance::Tolerance;
use super::super::verdict::{Disposition, FailOn, Verdict};
use super::accepted::Waivers;
use crate::policy::WhenUnknown;

/// A source, a line and a column.
pub(super) type At = (String, u64, u64);

pub(super) fn at(location: &Location) -> At {
    let position = location.position();
    (location.source.name().to_owned(), position.line, position.column)
}

/// What tells captures apart.
type CaptureKey = (Arc<str>, Option<String>, String, Vec<PageKey>, [Option<u64>; 3], Vec<String>);
type PageKey = (Arc<str>, u64, Option<String>);

/// Where a finding stands within its capture: page, offset, pointer, source, policy.
type FindingKey = (usize, u64, String, Arc<str>, u32);

/// A capture with its findings.
struct Capture {
    snapshot: Snapshot,
    unlisted: BTreeMap<usize, u64>,
    tolerances: BTreeMap<usize, Tolerance>,
    findings: BTreeMap<FindingKey, SavedFinding>,
}

/// What all parts say.
pub(super) fn all(parts: Vec<Saved>) -> Saved {
    let terms = terms(&parts);
    let warnings = parts.iter().flat_map(|part| part.policies.warnings.iter().cloned()).collect();
    let verdict = parts.iter().fold(Verdict::Clean, |worst, part| worst.worst(part.verdict));
    let policies = Policies::of(&parts);
    let waivers = Waivers::of(&parts);
    let mut captures: BTreeMap<CaptureKey, Capture> = BTreeMap::new();
    let fixed = fixed(&parts);
    let (approvals, register) = register(&parts, terms);
    for (index, part) in parts.into_iter().enumerate() {
        for (key, capture) in self::captures(part, &policies, |one| waivers.index(index, one)) {
            match captures.get_mut(&key) {
                Some(known) => known.join(capture),
                None => {
                    captures.insert(key, capture);
                }
            }
        }
    }
    let (mut evidence, mut unlisted, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    let mut tolerances = Vec::new();
    for (index, capture) in captures.into_values().enumerate() {
        evidence.push(capture.snapshot);
        unlisted.push(capture.unlisted);
        let own = capture.tolerances.into_iter();
        tolerances.extend(own.map(|(policy, one)| Tolerance { capture: index, policy, ..one }));
        let own = capture.findings.into_values();
        findings.extend(own.map(|finding| SavedFinding { capture: index, ..finding }));
    }
    let (accepted, waivers) = waivers.used(&findings, day(terms.time));
    let frameworks = policies.frameworks;
    Saved {
        terms,
        verdict,
        evidence,
        unlisted,
        conditions: policies.conditions,
        policies: PolicySet {
            policies: policies.policies,
            approvals,
            waivers: accepted,
            warnings,
            frameworks,
        },
        tolerances,
        waivers,
        approvals: register,
        fixed,
        findings,
    }
}

/// The strictest terms of all, on the last day of all. Of ages the greatest counts that was accepted:
/// what was refused for its age stays refused.
pub(super) fn terms(parts: &[Saved]) -> Terms {
    let all = || parts.iter().map(|part| part.terms);
    let strictest = |choice: FailOn| all().any(|terms| terms.fail_on == choice);
    let ways = |choice: WhenUnknown| all().any(|terms| terms.when_unknown == choice);
    let ages: Option<Vec<_>> = all().map(|terms| terms.max_age).collect();
    Terms {
        time: all().map(|terms| terms.time).max().unwrap_or_default(),
        fail_on: FailOn::ALL.into_iter().find(|choice| strictest(*choice)).unwrap_or(FailOn::Alert),
        when_unknown: WhenUnknown::ALL
            .into_iter()
            .find(|choice| ways(*choice))
            .unwrap_or(WhenUnknown::Fail),
        assume_complete: all().all(|terms| terms.assume_complete),
        allow_partial: all().all(|terms| terms.allow_partial),
        max_age: ages.and_then(|ages| ages.into_iter().max()),
    }
}

/// The policies, which are the same in every part but for where their files lie.
struct Policies {
    policies: Vec<Policy>,
    conditions: Vec<String>,
    frameworks: Vec<Arc<crate::policy::Framework>>,
    /// Index of each by its id.
    indices: HashMap<String, u32>,
}

impl Policies {
    fn of(parts: &[Saved]) -> Self {
        let place = |policy: &Policy| (at(&policy.location), at(&policy.rule));
        let mut known: BTreeMap<&str, (&Policy, &String)> = BTreeMap::new();
        for (policy, condition) in
            parts.iter().flat_map(|part| part.policies.policies.iter().zip(&part.conditions))
        {
            let first = known.entry(&policy.id).or_insert((policy, condition));
            if place(policy) < place(first.0) {
                *first = (policy, condition);
            }
        }
        let mut sorted: Vec<_> = known.into_values().collect();
        sorted.sort_by_key(|(policy, _)| (place(policy), policy.id.clone()));
        let indices = (0..).zip(&sorted).map(|(index, (policy, _))| (policy.id.clone(), index));
        Self {
            indices: indices.collect(),
            policies: sorted.iter().map(|(policy, _)| (*policy).clone()).collect(),
            conditions: sorted.iter().map(|(_, condition)| (*condition).clone()).collect(),
            frameworks: parts
                .first()
                .map(|part| part.policies.frameworks.clone())
                .unwrap_or_default(),
        }
    }
}

/// The captures of a part, with policies and waivers by their indices among all.
fn captures(
    part: Saved,
    policies: &Policies,
    waiver: impl Fn(u32) -> Option<u32>,
) -> Vec<(CaptureKey, Capture)> {
    let id = |index: usize| {
        let policy = part.policies.policies.get(index)?;
        policies.indices.get(&policy.id).copied()
    };
    let mut captures: Vec<Capture> = Vec::with_capacity(part.evidence.len());
    for (snapshot, counts) in part.evidence.into_iter().zip(part.unlisted) {
        let counts = counts.into_iter().filter_map(|(index, n)| Some((id(index)? as usize, n)));
        let unlisted = counts.collect();
        let (tolerances, findings) = (BTreeMap::new(), BTreeMap::new());
        captures.push(Capture { snapshot, unlisted, tolerances, findings });
    }
    for one in part.tolerances {
        if let (Some(policy), Some(capture)) = (id(one.policy), captures.get_mut(one.capture)) {
            capture.tolerances.insert(policy as usize, one);
        }
    }
    let pages: Vec<HashMap<Arc<str>, usize>> =
        captures.iter().map(|capture| pages(&capture.snapshot)).collect();
    for mut finding in part.findings {
        let Some(policy) = id(finding.policy as usize) else { continue };
        finding.policy = policy;
        finding.waiver = finding.waiver.and_then(&waiver);
        finding.matching = finding.matching.iter().copied().filter_map(&waiver).collect();
        finding.matching.sort_unstable();
        let record = &finding.record;
        let page = pages.get(finding.capture).and_then(|pages| pages.get(&record.source));
        let key = (
            page.copied().unwrap_or_default(),
            record.offset,
            record.pointer.clone(),
            Arc::clone(&record.source),
            policy,
        );
        if let Some(capture) = captures.get_mut(finding.capture) {
            capture.findings.insert(key, finding);
        }
    }
    captures.into_iter().map(|capture| (capture.key(policies), capture)).collect()
}

/// The pages of a capture by what places are counted in.
fn pages(snapshot: &Snapshot) -> HashMap<Arc<str>, usize> {
    let mut pages = HashMap::new();
    for (index, page) in snapshot.pages.iter().enumerate() {
        pages.entry(Arc::clone(&page.source)).or_insert(index);
        if let Some((file, _)) = page.source.rsplit_once("#page=") {
            pages.entry(Arc::from(file)).or_insert(index);
        }
    }
    pages
}

impl Capture {
    fn key(&self, policies: &Policies) -> CaptureKey {
        let snapshot = &self.snapshot;
        let page = |page: &crate::snapshot::Page| {
            (Arc::clone(&page.source), page.records, page.sha256.clone())
        };
        let pages: Vec<PageKey> = snapshot.pages.iter().map(page).collect();
        let is_hashed = pages.iter().all(|(_, _, sha256)| sha256.is_some());
        // Without hashes, what was found in it tells a capture from others.
        let found = self.findings.values().filter(|_| !is_hashed).map(|finding| {
            let policy = policies.policies.get(finding.policy as usize);
            let id = policy.map(|policy| policy.id.as_str());
            let decided = (&finding.evidence, &finding.measured);
            format!("{id:?} {:?} {:?} {decided:?}", finding.outcome, finding.record)
        });
        (
            Arc::clone(&snapshot.source),
            snapshot.operation.as_ref().map(|operation| operation.name.clone()),
            format!("{:?}", snapshot.origin),
            pages,
            [Some(snapshot.records), Some(snapshot.judged), snapshot.expected],
            found.collect(),
        )
    }

    /// Takes what another part says of the same capture.
    fn join(&mut self, other: Self) {
        let mut outcomes = self.outcomes();
        for (policy, number) in other.outcomes() {
            let known = outcomes.entry(policy).or_default();
            *known = number.max(*known);
        }
        self.snapshot.wholeness = self.snapshot.wholeness.max(other.snapshot.wholeness);
        if self.snapshot.flaws != other.snapshot.flaws {
            self.snapshot.flaws.extend(other.snapshot.flaws);
            self.snapshot.flaws.sort_by_key(flaw);
            self.snapshot.flaws.dedup_by_key(|one| flaw(one));
        }
        for (policy, tolerance) in other.tolerances {
            let known = self.tolerances.entry(policy).or_insert(tolerance);
            // Where one part did not take it for all there is, it is not.
            known.most = known.most.and(tolerance.most);
        }
        for (key, finding) in other.findings {
            match self.findings.get_mut(&key) {
                Some(known) => join(known, finding),
                None => {
                    self.findings.insert(key, finding);
                }
            }
        }
        // What one part lists, another may only have counted.
        for (.., policy) in self.findings.keys() {
            let left = outcomes.entry(*policy as usize).or_default();
            *left = left.saturating_sub(1);
        }
        outcomes.retain(|_, left| *left > 0);
        self.unlisted = outcomes;
    }

    /// How many outcomes each policy has, listed or only counted.
    fn outcomes(&self) -> BTreeMap<usize, u64> {
        let mut outcomes = self.unlisted.clone();
        for (.., policy) in self.findings.keys() {
            *outcomes.entry(*policy as usize).or_default() += 1;
        }
        outcomes
    }
}

/// What a flaw says, by which flaws are sorted.
fn flaw(flaw: &Flaw) -> String {
    let problem = &flaw.problem;
    let place = (problem.place.source(), problem.place.position(), problem.place.bytes());
    format!("{:?} {} {} {place:?}", flaw.weight, problem.code, problem.message)
}

/// Of two findings of one record, the one that weighs more stands.
fn join(known: &mut SavedFinding, other: SavedFinding) {
    if *known == other {
        return;
    }
    let mut matching = known.matching.clone();
    matching.extend(&other.matching);
    matching.sort_unstable();
    matching.dedup();
    let weight = |finding: &SavedFinding| {
        let is_accepted = match finding.disposition {
            Disposition::Open => 0,
            Disposition::Known => 1,
            Disposition::Waived => 2,
            Disposition::Tolerated => 3,
        };
        (is_accepted, finding.outcome == Outcome::Inconclusive, format!("{finding:?}"))
    };
    let (mut one, mut other) = (known.clone(), other);
    // What matches is joined, and says nothing of which weighs more.
    (one.matching, other.matching) = (matching.clone(), matching);
    *known = if weight(&other) < weight(&one) { other } else { one };
}

/// What a baseline had and is gone by some part, in its order.
fn fixed(parts: &[Saved]) -> Vec<Fixed> {
    let all = parts.iter().flat_map(|part| &part.fixed);
    let known: BTreeMap<_, &Fixed> = all
        .map(|fixed| {
            let key = (&fixed.policy, &fixed.fingerprint, &fixed.identity);
            (key, fixed)
        })
        .collect();
    let mut fixed: Vec<Fixed> = known.into_values().cloned().collect();
    fixed.dedup_by(|one, other| {
        (&one.policy, &one.fingerprint) == (&other.policy, &other.fingerprint)
    });
    fixed
}

/// Every approval once, and what became of it: open where a part saw it open.
fn register(parts: &[Saved], terms: Terms) -> (Vec<Approval>, Vec<ApprovalUse>) {
    let mut known: BTreeMap<(At, String), (&Approval, Option<bool>)> = BTreeMap::new();
    for part in parts {
        for (approval, used) in part.policies.approvals.iter().zip(&part.approvals) {
            let words = Approval { location: no_place(), ..approval.clone() };
            let key = (at(&approval.location), format!("{words:?}"));
            let entry = known.entry(key).or_insert((approval, used.is_open));
            entry.1 = match (entry.1, used.is_open) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (None, _) | (_, None) => None,
                (Some(false), Some(false)) => Some(false),
            };
        }
    }
    let today = day(terms.time);
    let entries = known.into_values().map(|(approval, is_open)| {
        let is_in_force = today <= approval.expires;
        (approval.clone(), ApprovalUse { is_in_force, is_open })
    });
    entries.unzip()
}

/// A place that is the same for all.
pub(super) fn no_place() -> Location {
    Location { source: crate::text::Source::new("", ""), span: crate::text::Span::default() }
}
