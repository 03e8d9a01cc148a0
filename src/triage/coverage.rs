//! Coverage is what a finished report says of the controls of a framework: which policies name each, and
//! the least that can be said of all of them. It is read off the report; nothing is judged again.

use std::sync::Arc;

use crate::engine::Outcome;
use crate::policy::{Framework, Policy, PolicySet, Strength};
use crate::snapshot::{Snapshot, Wholeness};

use super::aged::is_refused;
use super::finish::is_accepted;
use super::narrowed::is_narrowed;
use super::report::Report;
use super::verdict::{Disposition, Loosening};

/// What a report says of a framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameworkCoverage {
    /// The framework.
    pub framework: Arc<Framework>,
    /// One a control, in the framework's order.
    pub controls: Vec<ControlCoverage>,
}

/// What a report says of a control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlCoverage {
    /// As policies name it, such as `1.4.4`.
    pub id: String,
    /// What it asks for, in plain words.
    pub title: String,
    /// How much findings say about it.
    pub strength: Strength,
    /// The least that can be said.
    pub state: ControlState,
    /// Why no more can be said; empty where the state needs no reason and nothing is tolerated.
    pub reasons: Vec<String>,
    /// The policies that name it, as indices into the report's policy set.
    pub policies: Vec<usize>,
    /// Findings of those policies.
    pub findings: Tally,
}

/// What can be said of a control; the first that holds is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ControlState {
    /// A failure is open, which alone shows that the control is not met in what was observed.
    NotMet,
    /// A failure is open, which shows one weakness.
    WeaknessFound,
    /// No policy names it, or one that does had nothing to judge.
    NotJudged,
    /// Evidence that its policies judged is not whole, or not as young as was asked.
    NotWhole,
    /// Of some records it could not be known, be they only counted.
    Inconclusive,
    /// Nothing is open, but less was asked than the policies say by themselves.
    Loosened,
    /// Nothing was found that its policies do not tolerate; that is a part of the evidence that the control
    /// is met.
    Supported,
    /// The same, of one aspect of it.
    NoWeaknessFound,
    /// Findings are background to it, whatever they are.
    Background,
}

impl ControlState {
    /// Every state, in the order in which they are said.
    pub const ALL: [Self; 9] = [
        Self::NotMet,
        Self::WeaknessFound,
        Self::NotJudged,
        Self::NotWhole,
        Self::Inconclusive,
        Self::Loosened,
        Self::Supported,
        Self::NoWeaknessFound,
        Self::Background,
    ];

    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotMet => "not_met",
            Self::WeaknessFound => "weakness_found",
            Self::NotJudged => "not_judged",
            Self::NotWhole => "evidence_not_whole",
            Self::Inconclusive => "inconclusive",
            Self::Loosened => "loosened",
            Self::Supported => "supported",
            Self::NoWeaknessFound => "no_weakness_found",
            Self::Background => "background",
        }
    }

    /// As people say it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotMet => "not met",
            Self::WeaknessFound => "weakness found",
            Self::NotJudged => "not judged",
            Self::NotWhole => "evidence not whole",
            Self::Inconclusive => "inconclusive",
            Self::Loosened => "loosened",
            Self::Supported => "supported",
            Self::NoWeaknessFound => "no weakness found",
            Self::Background => "background",
        }
    }
}

/// How many findings there are, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Failures that stand.
    pub open: u64,
    /// Records of which it could not be known, counted-only ones too; tolerated ones not.
    pub inconclusive: u64,
    /// Failures that are accepted for a time, and what is waived though it is not known.
    pub waived: u64,
    /// Failures that the baseline knows.
    pub known: u64,
    /// What is no more than the policies tolerate, be it known to fail or not.
    pub tolerated: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.open += other.open;
        self.inconclusive += other.inconclusive;
        self.waived += other.waived;
        self.known += other.known;
        self.tolerated += other.tolerated;
    }
}

/// What the run was told to accept that no control can be supported by. Which effect fails the run
/// changes nothing of what was found.
const LOOSENING: [Loosening; 4] = [
    Loosening::AssumeComplete,
    Loosening::AllowPartial,
    Loosening::InconclusiveReport,
    Loosening::InconclusivePass,
];

/// The states in which nothing is open and nothing is proven, the first to be said first.
const LACKING: [ControlState; 4] = [
    ControlState::NotJudged,
    ControlState::NotWhole,
    ControlState::Inconclusive,
    ControlState::Loosened,
];

impl Report {
    /// What it says of every framework that its policies name a control of, in the order of their ids; of
    /// the one that it is narrowed to, where it is.
    #[must_use]
    pub fn coverage(&self) -> Vec<FrameworkCoverage> {
        if let Some(view) = &self.view {
            return vec![view.coverage.clone()];
        }
        let facts = self.facts();
        let named = self.policies.frameworks.iter().filter(|one| is_named(&self.policies, one));
        named.map(|framework| of_framework(framework, &self.policies, &facts)).collect()
    }

    /// What it says of one framework, while it has all its findings.
    #[must_use]
    pub(super) fn coverage_of(&self, framework: &Arc<Framework>) -> FrameworkCoverage {
        of_framework(framework, &self.policies, &self.facts())
    }

    /// Why finding nothing proves nothing, one a policy; empty where it does.
    #[must_use]
    pub fn doubts(&self) -> Vec<Vec<String>> {
        let reasons = |facts: Facts| facts.lacks.into_iter().map(|(_, reason)| reason).collect();
        self.facts().into_iter().map(reasons).collect()
    }

    /// One a policy.
    fn facts(&self) -> Vec<Facts> {
        let known = self.counts.iter().map(|counts| counts.inconclusive);
        let mut tallies: Vec<Tally> =
            known.map(|inconclusive| Tally { inconclusive, ..Tally::default() }).collect();
        for finding in &self.findings {
            let Some(tally) = tallies.get_mut(finding.policy as usize) else { continue };
            match (finding.disposition, finding.outcome) {
                (Disposition::Open, Outcome::Fail) => tally.open += 1,
                (Disposition::Open, Outcome::Inconclusive) => {}
                (Disposition::Waived, _) => tally.waived += 1,
                (Disposition::Known, _) => tally.known += 1,
                (Disposition::Tolerated, outcome) => {
                    tally.tolerated += 1;
                    // Whatever it is, there are no more than the policy tolerates.
                    let is_settled = outcome == Outcome::Inconclusive;
                    tally.inconclusive = tally.inconclusive.saturating_sub(u64::from(is_settled));
                }
            }
        }
        let told = LOOSENING.iter().filter(|flag| self.loosened.contains(flag));
        let told: Vec<String> = told.map(|flag| format!("`{}`", flag.name())).collect();
        let policies = self.policies.policies.iter().zip(tallies);
        policies.map(|(policy, tally)| self.facts_of(policy, tally, &told)).collect()
    }

    fn facts_of(&self, policy: &Policy, tally: Tally, told: &[String]) -> Facts {
        let id = &policy.id;
        let operation = &policy.operation.name;
        let mut lacks = Vec::new();
        if !self.was_judged(policy) {
            let reason = format!("there is no evidence of `{operation}`");
            lacks.push((ControlState::NotJudged, reason));
        }
        let mut bearing = self.bearing_on(policy);
        if bearing.any(|one| is_narrowed(one) || !is_accepted(one, self.terms)) {
            lacks.push((ControlState::NotWhole, format!("evidence of `{operation}` is not whole")));
        }
        if self.bearing_on(policy).any(|snapshot| is_refused(snapshot, self.terms)) {
            let reason = format!("evidence of `{operation}` is not as young as was asked");
            lacks.push((ControlState::NotWhole, reason));
        }
        if tally.inconclusive > 0 {
            let records = if tally.inconclusive == 1 { "record" } else { "records" };
            let reason = format!("of {} {records} `{id}` does not know", tally.inconclusive);
            lacks.push((ControlState::Inconclusive, reason));
        }
        let mut loosened = told.to_vec();
        loosened.extend(policy.is_weakened().then(|| format!("`{id}` is overridden")));
        let replaced = policy.replaced.iter();
        loosened.extend(replaced.map(|name| format!("the run says `${name}` of `{id}`")));
        let hidden = [(tally.waived, "waived"), (tally.known, "known")];
        let hidden = hidden.iter().filter(|(number, _)| *number > 0);
        loosened.extend(hidden.map(|(number, word)| format!("{number} {word} of `{id}`")));
        lacks.extend(loosened.into_iter().map(|reason| (ControlState::Loosened, reason)));
        let tolerated =
            (tally.tolerated > 0).then(|| format!("{} tolerated of `{id}`", tally.tolerated));
        Facts { tally, lacks, tolerated }
    }

    /// Whether there was anything to judge by a policy.
    fn was_judged(&self, policy: &Policy) -> bool {
        self.evidence.iter().any(|snapshot| {
            snapshot.is_of(&policy.operation) && snapshot.wholeness != Wholeness::NoEvidence
        })
    }

    /// The evidence in which a violation may be. A place without any may have been one of any operation.
    fn bearing_on(&self, policy: &Policy) -> impl Iterator<Item = &Snapshot> {
        let evidence = self.evidence.iter();
        evidence.filter(|one| one.operation.is_none() || one.is_of(&policy.operation))
    }
}

/// What the report says of one policy.
struct Facts {
    tally: Tally,
    /// Why it proves nothing by finding nothing, each with the state that it leaves a control in.
    lacks: Vec<(ControlState, String)>,
    /// How many violations it tolerates, where it does.
    tolerated: Option<String>,
}

/// Whether policies name any control of a framework.
fn is_named(policies: &PolicySet, framework: &Framework) -> bool {
    framework
        .controls
        .iter()
        .any(|control| policies.policies_of(framework, control).next().is_some())
}

fn of_framework(
    framework: &Arc<Framework>,
    policies: &PolicySet,
    facts: &[Facts],
) -> FrameworkCoverage {
    let controls = framework.controls.iter().map(|control| {
        let named = policies.policies.iter().enumerate();
        let named = named.filter(|(_, policy)| framework.is_named_by(policy, control));
        let named: Vec<usize> = named.map(|(index, _)| index).collect();
        let facts: Vec<&Facts> = named.iter().filter_map(|index| facts.get(*index)).collect();
        let mut findings = Tally::default();
        facts.iter().for_each(|facts| findings.add(facts.tally));
        let (state, reasons) = state(control.strength, &facts, findings.open > 0);
        ControlCoverage {
            id: control.id.clone(),
            title: control.title.clone(),
            strength: control.strength,
            state,
            reasons,
            policies: named,
            findings,
        }
    });
    FrameworkCoverage { framework: Arc::clone(framework), controls: controls.collect() }
}

/// The least that all policies of a control say, and why no more.
fn state(strength: Strength, facts: &[&Facts], is_open: bool) -> (ControlState, Vec<String>) {
    match strength {
        Strength::Context => return (ControlState::Background, Vec::new()),
        Strength::Direct if is_open => return (ControlState::NotMet, Vec::new()),
        Strength::Partial if is_open => return (ControlState::WeaknessFound, Vec::new()),
        Strength::Direct | Strength::Partial => {}
    }
    if facts.is_empty() {
        return (ControlState::NotJudged, vec!["no policy names it".to_owned()]);
    }
    let lacks = || facts.iter().flat_map(|facts| &facts.lacks);
    if let Some(state) = LACKING.into_iter().find(|state| lacks().any(|(lack, _)| lack == state)) {
        let mut reasons: Vec<String> = Vec::new();
        for (_, reason) in lacks().filter(|(lack, _)| *lack == state) {
            if !reasons.contains(reason) {
                reasons.push(reason.clone());
            }
        }
        return (state, reasons);
    }
    let tolerated = facts.iter().filter_map(|facts| facts.tolerated.clone()).collect();
    match strength {
        Strength::Direct => (ControlState::Supported, tolerated),
        Strength::Partial => (ControlState::NoWeaknessFound, tolerated),
        Strength::Context => (ControlState::Background, Vec::new()),
    }
}

#[cfg(test)]
mod tests;
