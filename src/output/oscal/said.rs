//! What there is to say, in the words that observations, risks and findings are made from.

use crate::engine::Outcome;
use crate::operation::Severity;
use crate::output::identity::named;
use crate::output::item::{EVIDENCE, Item, Names, Status, items};
use crate::output::quiet::Quiet;
use crate::output::uuid::Uuid;
use crate::policy::{Policy, Waiver};
use crate::text::{Level, Position, Problem};
use crate::triage::{Evidence, Finding, Fixed, Report};

/// What something comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// What an item comes to.
    Item(Status),
    /// What the baseline had and is gone.
    Fixed,
    /// Nothing violates a policy.
    Passed,
    /// No violation was seen, which proves nothing.
    Unproven,
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Item(status) => status.name(),
            Self::Fixed => "fixed",
            Self::Passed => "passed",
            Self::Unproven => "unproven",
        }
    }
}

/// One thing that there is to say.
#[derive(Debug)]
pub(super) struct Said<'a> {
    /// What tells it from everything else in the document.
    pub(super) key: String,
    pub(super) state: State,
    /// Whether a policy is violated, whatever became of that.
    pub(super) is_violation: bool,
    pub(super) policy: Option<&'a Policy>,
    /// The policy's place among the policies.
    pub(super) index: Option<usize>,
    /// The policy's id, or the rule of evidence.
    pub(super) rule: String,
    pub(super) kind: String,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) severity: Option<Severity>,
    pub(super) fingerprint: Option<String>,
    /// Records that were judged.
    pub(super) judged: Option<u64>,
    pub(super) source: Option<&'a str>,
    pub(super) position: Option<Position>,
    pub(super) record: Option<Uuid>,
    pub(super) evidence: Vec<Evidence>,
    pub(super) waiver: Option<&'a Waiver>,
}

impl<'a> Said<'a> {
    /// Everything that a report has to say: items, what is gone, what policies without a finding come to,
    /// and the warnings of loading.
    pub(super) fn all(report: &'a Report) -> impl Iterator<Item = Self> {
        let mut names = Names::default();
        let items = items(report).map(|item| Self::of_item(report, &item));
        let fixed = report.fixed.iter().map(|fixed| Self::of_fixed(report, fixed));
        let quiet = Quiet::all(report).map(Self::of_quiet);
        let warnings = Self::of_problems(report.warnings());
        items.chain(fixed).chain(quiet).chain(warnings).map(move |said| {
            let key = names.unique(said.key);
            Self { key, ..said }
        })
    }

    fn of_item(report: &'a Report, item: &Item<'a>) -> Self {
        let finding = item.finding();
        Self {
            key: item.fingerprint(),
            state: State::Item(item.status),
            is_violation: finding.is_some_and(|finding| finding.outcome == Outcome::Fail),
            policy: item.policy(),
            index: finding.map(|finding| finding.policy as usize),
            rule: item.rule().into_owned(),
            kind: item.kind().into_owned(),
            message: item.message(),
            help: item.help(),
            severity: Some(item.severity()),
            fingerprint: Some(item.fingerprint()),
            judged: None,
            source: Some(item.source()),
            position: item.position(),
            record: finding.map(|finding| record(report, finding)),
            evidence: finding.map(|finding| report.evidence(finding)).unwrap_or_default(),
            waiver: finding.and_then(|finding| report.waiver(finding)),
        }
    }

    fn of_fixed(report: &'a Report, fixed: &'a Fixed) -> Self {
        let policies = &report.policies.policies;
        let policy = policies.iter().find(|policy| policy.id == fixed.policy);
        let name = named(&fixed.identity);
        Self {
            policy,
            rule: fixed.policy.clone(),
            message: format!("gone since the baseline was taken: {name}"),
            severity: policy.map(|policy| policy.severity),
            fingerprint: Some(fixed.fingerprint.clone()),
            ..Self::new(fixed.fingerprint.clone(), State::Fixed)
        }
    }

    fn of_quiet(quiet: Quiet<'a>) -> Self {
        let is_pass = quiet.is_pass();
        let state = if is_pass { State::Passed } else { State::Unproven };
        Self {
            policy: Some(quiet.policy),
            rule: quiet.policy.id.clone(),
            message: quiet.message(),
            judged: Some(quiet.judged),
            ..Self::new(quiet.fingerprint(), state)
        }
    }

    /// Problems that stand by themselves.
    pub(super) fn of_problems(
        problems: impl IntoIterator<Item = &'a Problem>,
    ) -> impl Iterator<Item = Self> {
        let mut names = Names::default();
        problems.into_iter().map(move |problem| {
            let place = &problem.place;
            let parts = [&*problem.code, place.source(), &*problem.message];
            let (state, severity) = match problem.level {
                Level::Error => (State::Item(Status::Insufficient), Severity::High),
                Level::Warning => (State::Item(Status::Noted), Severity::Low),
                Level::Note => (State::Item(Status::Noted), Severity::Info),
            };
            Self {
                kind: problem.code.clone(),
                message: problem.message.clone(),
                help: problem.help.clone(),
                severity: Some(severity),
                source: Some(place.source()),
                position: place.position(),
                ..Self::new(names.unique(crate::output::item::fingerprint(&parts)), state)
            }
        })
    }

    fn new(key: String, state: State) -> Self {
        Self {
            key,
            state,
            is_violation: false,
            policy: None,
            index: None,
            rule: EVIDENCE.to_owned(),
            kind: state.name().to_owned(),
            message: String::new(),
            help: None,
            severity: None,
            fingerprint: None,
            judged: None,
            source: None,
            position: None,
            record: None,
            evidence: Vec::new(),
            waiver: None,
        }
    }

    /// Whether an objective is not satisfied because of it.
    pub(super) fn is_finding(&self) -> bool {
        matches!(self.state, State::Item(Status::Failed) | State::Item(Status::Insufficient))
    }

    /// Whether it is a risk, be that open, accepted, known or closed.
    pub(super) fn is_risk(&self) -> bool {
        self.is_violation || self.state == State::Fixed
    }

    /// The name of what is made from it.
    pub(super) fn uuid(&self, kind: &str) -> Uuid {
        Uuid::of(&[kind, &self.key])
    }
}

/// The name of a finding's record, which is that of every finding on it.
pub(super) fn record(report: &Report, finding: &Finding) -> Uuid {
    let operation = &report.policy(finding).operation;
    let identity = report.identity(finding);
    let mut parts = vec!["record", &operation.product, &operation.name];
    parts.extend(identity.iter().flat_map(|(name, value)| [&**name, &**value]));
    if report.is_identified(finding) {
        return Uuid::of(&parts);
    }
    let place = report.record(finding).unwrap_or_default();
    parts.extend([&*place.source, &*place.pointer]);
    Uuid::of(&parts)
}
