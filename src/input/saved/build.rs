//! From the members of a document to what a report says: names become what they name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::operation::{Catalogue, Operation};
use crate::policy::{self, PolicySet, Template};
use crate::snapshot::{Snapshot, check_window};
use crate::text::{self, Location, Position, Source, Span};
use crate::triage::{self, ApprovalUse, Saved, SavedFinding, Terms, Tolerance, WaiverUse};

use super::Fault;
use super::document::{Approval, Capture, Document, Finding, Policy, Problem, Waiver};
use super::value::{Count, Ordinal};

impl Fault {
    /// What is said cannot be understood.
    fn malformed(pointer: String, words: impl Into<String>) -> Self {
        Self { pointer, words: words.into(), is_contradiction: false }
    }
}

impl Capture {
    /// What is wrong with the time window of evidence.
    fn window_fault(&self, pointer: &str) -> Option<Fault> {
        let origin = self.origin.as_ref()?;
        let window = origin.window.as_ref()?;
        let error = check_window((window.since.0, window.until.0), origin.finished.0).err()?;
        let pointer = format!("{pointer}/origin/window");
        Some(Fault::malformed(pointer, format!("the window {error}")))
    }
}

/// What a document says.
pub(super) fn saved(document: &Document<'_>, catalogue: &Catalogue) -> Result<Saved, Vec<Fault>> {
    let mut builder = Builder { document, catalogue, ids: BTreeMap::new(), faults: Vec::new() };
    let policies = builder.policies();
    let captures = builder.captures();
    let tolerances = builder.tolerances();
    let findings = builder.findings();
    if !builder.faults.is_empty() {
        return Err(builder.faults);
    }
    let (evidence, unlisted) = captures.into_iter().unzip();
    let day = document.day.0.at(0, 0, 0, 0);
    let terms = Terms {
        time: jiff::tz::Offset::UTC.to_timestamp(day).unwrap_or_default(),
        fail_on: document.terms.fail_on.0,
        when_unknown: document.terms.inconclusive.0,
        assume_complete: document.terms.assume_complete,
        allow_partial: document.terms.allow_partial,
        max_age: document
            .terms
            .max_age
            .and_then(|age| Some(jiff::SignedDuration::from_secs(i64::try_from(age.0).ok()?))),
    };
    let fixed = document.fixed.iter().map(|fixed| triage::Fixed {
        policy: fixed.policy.clone(),
        fingerprint: fixed.fingerprint.0.clone(),
        identity: fixed.identity.all(),
    });
    Ok(Saved {
        terms,
        verdict: triage::Verdict::Clean,
        evidence,
        unlisted,
        conditions: document.policies.iter().map(|policy| policy.condition.clone()).collect(),
        tolerances,
        waivers: document.waivers.iter().map(Waiver::used).collect(),
        approvals: document.approvals.iter().map(Approval::used).collect(),
        policies: PolicySet {
            policies,
            approvals: document.approvals.iter().map(Approval::approval).collect(),
            waivers: document.waivers.iter().map(Waiver::waiver).collect(),
            warnings: warnings(document),
            frameworks: policy::built_in_frameworks().unwrap_or_default().to_vec(),
        },
        fixed: fixed.collect(),
        findings,
    })
}

/// The warnings of loading, without those of waivers, which their own entries state.
fn warnings(document: &Document<'_>) -> Vec<text::Problem> {
    let of_waivers = document.waivers.iter().flat_map(|waiver| &waiver.problems);
    let of_waivers: Vec<text::Problem> = of_waivers.map(Problem::problem).collect();
    let warnings = document.warnings.iter().map(Problem::problem);
    warnings.filter(|warning| !of_waivers.contains(warning)).collect()
}

/// A document while its names are looked up.
struct Builder<'a> {
    document: &'a Document<'a>,
    catalogue: &'a Catalogue,
    /// Index of each policy by its id.
    ids: BTreeMap<&'a str, u32>,
    faults: Vec<Fault>,
}

impl Builder<'_> {
    fn policies(&mut self) -> Vec<policy::Policy> {
        let mut policies = Vec::new();
        for (index, policy) in (0..).zip(&self.document.policies) {
            let pointer = format!("/policies/{index}");
            if self.ids.insert(&policy.id, index).is_some() {
                let words = format!("there are two policies `{}`", policy.id);
                self.faults.push(Fault::malformed(format!("{pointer}/id"), words));
            }
            let operation = self.operation(&policy.operation, &format!("{pointer}/operation"));
            policies.extend(operation.map(|operation| policy.policy(operation)));
        }
        policies
    }

    fn operation(&mut self, name: &str, pointer: &str) -> Option<Arc<Operation>> {
        let known = self.catalogue.find(name).cloned();
        if known.is_none() {
            let words = format!("there is no operation `{name}`");
            self.faults.push(Fault::malformed(pointer.to_owned(), words));
        }
        known
    }

    fn captures(&mut self) -> Vec<(Snapshot, BTreeMap<usize, u64>)> {
        let mut captures = Vec::new();
        for (index, capture) in self.document.evidence.iter().enumerate() {
            let pointer = format!("/evidence/{index}");
            let operation = capture
                .operation
                .as_ref()
                .and_then(|name| self.operation(name, &format!("{pointer}/operation")));
            self.faults.extend(capture.window_fault(&pointer));
            let mut unlisted = BTreeMap::new();
            for (id, count) in &capture.unlisted.0 {
                let policy = self.policy(id, &format!("{pointer}/unlisted"));
                unlisted.extend(policy.map(|policy| (policy as usize, count.0)));
            }
            captures.push((capture.snapshot(operation), unlisted));
        }
        captures
    }

    fn tolerances(&mut self) -> Vec<Tolerance> {
        let mut tolerances = Vec::new();
        for (capture, said) in self.document.evidence.iter().enumerate() {
            for (id, said) in &said.tolerances.0 {
                let policy = self.policy(id, &format!("/evidence/{capture}/tolerances"));
                let described = policy.and_then(|one| self.document.policies.get(one as usize));
                let at_most = described.and_then(|policy| policy.at_most);
                tolerances.extend(policy.map(|policy| Tolerance {
                    capture,
                    policy: policy as usize,
                    at_most: at_most.map(|most| most.0).unwrap_or_default(),
                    least: said.least.0,
                    most: said.most.map(|most| most.0),
                }));
            }
        }
        tolerances
    }

    fn policy(&mut self, id: &str, pointer: &str) -> Option<u32> {
        let known = self.ids.get(id).copied();
        if known.is_none() {
            let words = format!("there is no policy `{id}` in it");
            self.faults.push(Fault::malformed(pointer.to_owned(), words));
        }
        known
    }

    fn findings(&mut self) -> Vec<SavedFinding> {
        let mut findings = Vec::with_capacity(self.document.findings.len());
        for (index, finding) in self.document.findings.iter().enumerate() {
            let pointer = format!("/findings/{index}");
            let policy = self.policy(&finding.policy, &format!("{pointer}/policy"));
            let capture = self.index(
                finding.record.capture,
                self.document.evidence.len(),
                &format!("{pointer}/record/capture"),
            );
            let waivers = self.document.waivers.len();
            let matching = finding.matching.iter().enumerate().filter_map(|(at, waiver)| {
                let index = self.index(*waiver, waivers, &format!("{pointer}/matching/{at}"))?;
                u32::try_from(index).ok()
            });
            let matching: Vec<u32> = matching.collect();
            let waiver = self.waiver(finding, &format!("{pointer}/waiver"));
            if let (Some(policy), Some(capture)) = (policy, capture) {
                findings.push(finding.saved((policy, capture), matching, waiver));
            }
        }
        findings
    }

    /// An index into a list of so many.
    fn index(&mut self, index: Count, length: usize, pointer: &str) -> Option<usize> {
        let known = usize::try_from(index.0).ok().filter(|index| *index < length);
        if known.is_none() {
            let words = format!("there is no element {}", index.0);
            self.faults.push(Fault::malformed(pointer.to_owned(), words));
        }
        known
    }

    /// The waiver of a finding among all of them.
    fn waiver(&mut self, finding: &Finding<'_>, pointer: &str) -> Option<u32> {
        let named = finding.waiver.as_ref()?;
        let mut waivers = (0..).zip(&self.document.waivers);
        let known = waivers.find(|(_, waiver)| waiver.is(named)).map(|(index, _)| index);
        if known.is_none() {
            let words = "this waiver is not among `waivers`";
            self.faults.push(Fault::malformed(pointer.to_owned(), words));
        }
        known
    }
}

/// A place in a file of which nothing more is at hand.
fn location(name: &str, line: Ordinal, column: Ordinal) -> Location {
    let start = Position { line: line.0, column: column.0 };
    Location { source: Source::part(name, "", start, 0), span: Span::default() }
}

impl Policy {
    fn policy(&self, operation: Arc<Operation>) -> policy::Policy {
        let rule = &self.rule;
        let start = Position { line: rule.line.0, column: rule.column.0 };
        let offset = usize::try_from(rule.offset.0).unwrap_or_default();
        let source = Source::part(&*rule.source, &*rule.text, start, offset);
        policy::Policy {
            id: self.id.clone(),
            effect: self.effect.0,
            severity: self.severity.0,
            title: self.title.clone(),
            message: Template { parts: Vec::new() },
            why: self.why.clone(),
            remediation: self.remediation.clone(),
            references: self.references.clone(),
            controls: self.controls.clone(),
            tags: self.tags.clone(),
            when_unknown: self.when_unknown.map(|choice| choice.0),
            at_most: self.at_most.map(|most| most.0),
            operation,
            // What it asks is known in words only; nothing is judged by it again.
            condition: policy::Condition::All(Vec::new()),
            rule: Location { source, span: Span::new(0, rule.text.len()) },
            location: location(&self.source, self.line, self.column),
            replaced: self.replaced.clone(),
            cases: Vec::new(),
            overridden: self.overridden.as_ref().map(|was| policy::Overridden {
                effect: was.effect.0,
                severity: was.severity.0,
                reason: was.reason.clone(),
                location: location(&was.source, was.line, was.column),
            }),
        }
    }
}

impl Waiver {
    fn waiver(&self) -> policy::Waiver {
        let location = location(&self.source, self.line, self.column);
        policy::Waiver {
            policy: self.policy.clone(),
            named: location.clone(),
            conditions: None,
            words: self.words.clone(),
            reason: self.reason.clone(),
            expires: self.expires.0,
            expires_at: location.clone(),
            owner: self.owner.clone(),
            approved_by: self.approved_by.clone(),
            ticket: self.ticket.clone(),
            expect_at_most: self.expect_at_most.map(|most| most.0),
            waives_inconclusive: self.inconclusive,
            location,
        }
    }

    fn used(&self) -> WaiverUse {
        WaiverUse {
            is_in_force: self.in_force,
            matched: self.matched.0,
            waived: self.waived.0,
            problems: self.problems.iter().map(Problem::problem).collect(),
        }
    }

    /// Whether a finding means this one.
    fn is(&self, named: &super::document::FindingWaiver) -> bool {
        self.policy == named.policy
            && self.reason == named.reason
            && self.expires == named.expires
            && self.owner == named.owner
            && self.approved_by == named.approved_by
            && self.ticket == named.ticket
            && self.source == named.source
            && (self.line, self.column) == (named.line, named.column)
    }
}

impl Approval {
    fn approval(&self) -> policy::Approval {
        policy::Approval {
            services: self.services.clone(),
            ports: self.ports.map(|[first, last]| first..=last),
            protocol: self.protocol.clone(),
            scope: self.scope.clone(),
            owner: self.owner.clone(),
            reason: self.reason.clone(),
            approved_by: self.approved_by.clone(),
            expires: self.expires.0,
            location: location(&self.source, self.line, self.column),
        }
    }

    fn used(&self) -> ApprovalUse {
        ApprovalUse { is_in_force: self.in_force, is_open: self.open }
    }
}
