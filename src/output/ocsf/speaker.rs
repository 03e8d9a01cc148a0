//! What a report has to say, as the parts of events.

use std::collections::BTreeMap;

use crate::engine::Outcome;
use crate::operation::Severity;
use crate::output::identity::named;
use crate::output::item::{self, Item, Status, prose, short};
use crate::output::quiet::Quiet;
use crate::output::sources::Sources;
use crate::policy::Policy;
use crate::text::{Level, Problem};
use crate::triage::{self, Report};

use super::caption::{Activity, Checked, Standing};
use super::event::{
    Check, Evidence, EvidenceData, Parts, Remediation, Requirements, Resource, Unmapped,
};

/// Turns what a report has to say into the parts of events.
#[derive(Debug)]
pub(super) struct Speaker<'a> {
    report: &'a Report,
    sources: Sources<'a>,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        Self { report, sources: Sources::of(report) }
    }

    /// What evidence lacks, or a finding.
    pub(super) fn item(&self, item: &Item<'a>) -> Parts<'a> {
        let policy = item.policy();
        let snapshot = match item.finding() {
            Some(finding) => self.report.evidence.get(self.report.capture(finding)),
            None => self.sources.snapshot(item.source()),
        };
        let (activity, checked, progress) = standing(item);
        Parts {
            activity,
            checked,
            progress: Some(progress),
            severity: item.severity(),
            message: item.message(),
            count: None,
            comment: self.comment(item),
            check: policy.map_or_else(evidence_check, Check::of_policy),
            kind: item.kind().into_owned(),
            requirements: policy.map_or_else(Requirements::default, Requirements::new),
            resource: Some(resource(item)),
            remediation: Remediation::new(item.help(), policy),
            evidences: self.evidences(item),
            operation: policy
                .map(|policy| &*policy.operation)
                .or_else(|| snapshot.and_then(|snapshot| snapshot.operation.as_deref())),
            origin: snapshot.and_then(|snapshot| snapshot.origin.as_deref()),
            unmapped: self.unmapped(item),
        }
    }

    /// What the baseline had and is gone.
    pub(super) fn fixed(&self, fixed: &'a triage::Fixed) -> Parts<'a> {
        let policies = &self.report.policies.policies;
        let policy = policies.iter().find(|policy| policy.id == fixed.policy);
        let id = short(&fixed.policy);
        let name = named(&fixed.identity);
        Parts {
            activity: Activity::Close,
            checked: Checked::Pass,
            progress: Some(Standing::Resolved),
            severity: policy.map_or(Severity::Info, |policy| policy.severity),
            message: format!("gone since the baseline was taken: {id}, {name}"),
            check: policy.map_or_else(|| Check::named(&id), Check::of_policy),
            kind: "fixed".to_owned(),
            requirements: policy.map_or_else(Requirements::default, Requirements::new),
            resource: Some(Resource::named(name, "record")),
            operation: policy.map(|policy| &*policy.operation),
            unmapped: Unmapped {
                fingerprint: Some(fixed.fingerprint.clone()),
                disposition: Some("fixed"),
                ..self.verdict()
            },
            ..Parts::default()
        }
    }

    /// A policy of which nothing is listed.
    pub(super) fn quiet(&self, quiet: &Quiet<'a>) -> Parts<'a> {
        let policy = quiet.policy;
        let is_pass = quiet.is_pass();
        Parts {
            checked: if is_pass { Checked::Pass } else { Checked::Unknown },
            severity: Severity::Info,
            message: quiet.message(),
            count: Some(quiet.judged),
            check: Check::of_policy(policy),
            kind: if is_pass { "pass" } else { "unknown" }.to_owned(),
            requirements: Requirements::new(policy),
            operation: Some(&policy.operation),
            unmapped: Unmapped { effect: Some(policy.effect.name()), ..self.verdict() },
            ..Parts::default()
        }
    }

    /// Why it is accepted, in the words of its waiver, or by how many its policy tolerates.
    fn comment(&self, item: &Item<'_>) -> Option<String> {
        let waiver = item.finding().and_then(|finding| self.report.waiver(finding));
        let waived = waiver.map(|waiver| {
            let reason = short(&waiver.reason);
            match &waiver.approved_by {
                None => format!("waived until {}: {reason}", waiver.expires),
                Some(by) => {
                    format!("waived until {}, approved by {}: {reason}", waiver.expires, short(by))
                }
            }
        });
        waived.or_else(|| item.tolerance())
    }

    /// The values that decided.
    fn evidences(&self, item: &Item<'_>) -> Vec<Evidence> {
        let Some(finding) = item.finding() else {
            return Vec::new();
        };
        let evidence = self.report.evidence(finding).into_iter();
        let described = evidence.map(|evidence| Evidence {
            name: short(&evidence.field),
            data: EvidenceData {
                value: short(&evidence.value),
                pointer: short(&evidence.pointer),
                line: evidence.position.line,
                column: evidence.position.column,
            },
        });
        described.collect()
    }

    fn unmapped(&self, item: &Item<'_>) -> Unmapped {
        let position = item.position();
        let finding = item.finding();
        Unmapped {
            source: Some(short(item.source())),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            fingerprint: Some(item.fingerprint()),
            effect: item.policy().map(|policy| policy.effect.name()),
            outcome: finding.map(|finding| finding.outcome.name()),
            disposition: finding.map(|finding| finding.disposition.name()),
            rule: item.policy().map(|policy| {
                let place = policy.rule.position();
                let source = short(policy.rule.source.name());
                format!("{source}:{}:{}", place.line, place.column)
            }),
            ..self.verdict()
        }
    }

    fn verdict(&self) -> Unmapped {
        let verdict = self.report.verdict;
        let (name, exit_code) = (verdict.name(), verdict.exit_code());
        Unmapped { verdict: Some(name), exit_code: Some(exit_code), ..Unmapped::default() }
    }
}

/// Why nothing could be judged, or what is worth a change.
pub(super) fn problem(problem: &Problem) -> Parts<'static> {
    let place = &problem.place;
    let position = place.position();
    let unmapped = Unmapped {
        source: Some(short(place.source())),
        line: position.map(|position| position.line),
        column: position.map(|position| position.column),
        ..Unmapped::default()
    };
    let code = short(&problem.code);
    Parts {
        checked: match problem.level {
            Level::Error => Checked::Fail,
            Level::Warning => Checked::Warning,
            Level::Note => Checked::Unknown,
        },
        // Nobody works on a note.
        progress: (problem.level != Level::Note).then_some(Standing::New),
        severity: match problem.level {
            Level::Error => Severity::High,
            Level::Warning => Severity::Low,
            Level::Note => Severity::Info,
        },
        message: short(&problem.message),
        check: Check::named(&code),
        kind: code,
        resource: Some(Resource::named(short(place.source()), "file")),
        remediation: Remediation::new(problem.help.as_deref().map(short), None),
        unmapped,
        ..Parts::default()
    }
}

/// What an item comes to in the framework's own words.
fn standing(item: &Item<'_>) -> (Activity, Checked, Standing) {
    let checked = match item.finding().map(|finding| finding.outcome) {
        Some(Outcome::Fail) => Checked::Fail,
        Some(Outcome::Inconclusive) => Checked::Warning,
        // That evidence is whole is checked too.
        None if item.status == Status::Insufficient => Checked::Fail,
        None => Checked::Warning,
    };
    match item.status {
        Status::Known => (Activity::Update, checked, Standing::InProgress),
        Status::Waived | Status::Tolerated => (Activity::Create, checked, Standing::Suppressed),
        _ => (Activity::Create, checked, Standing::New),
    }
}

fn evidence_check() -> Check {
    Check {
        id: item::EVIDENCE.to_owned(),
        title: "Evidence is whole and says what policies ask".to_owned(),
        rule: None,
        why: Some("without it, nothing found is no proof that there is nothing".to_owned()),
        address: None,
    }
}

/// What an item is about: a record, or a file.
fn resource(item: &Item<'_>) -> Resource {
    let Some(policy) = item.policy() else {
        return Resource::named(short(item.source()), "file");
    };
    let name = item.identity();
    let mut resource = Resource::named(name, &policy.operation.name);
    resource.data = item.identities().into_iter().collect();
    resource
}

impl Resource {
    fn named(name: String, kind: &str) -> Self {
        let name = if name.is_empty() { kind.to_owned() } else { name };
        Self { uid: name.clone(), name, kind: kind.to_owned(), data: BTreeMap::new() }
    }
}

impl Check {
    fn of_policy(policy: &Policy) -> Self {
        Self {
            id: short(&policy.id),
            title: short(&policy.title),
            rule: Some(prose(policy.rule.text())),
            why: policy.why.as_deref().map(prose),
            address: policy.references.first().map(|address| short(address)),
        }
    }

    fn named(name: &str) -> Self {
        Self { id: name.to_owned(), title: name.to_owned(), rule: None, why: None, address: None }
    }
}

impl Requirements {
    fn new(policy: &Policy) -> Self {
        let standards = policy.controls.keys().map(|standard| short(standard)).collect();
        let controls = policy.controls.iter().flat_map(|(standard, ids)| {
            ids.iter().map(move |id| short(&format!("{standard} {id}")))
        });
        Self { standards, controls: controls.collect() }
    }
}

impl Remediation {
    fn new(help: Option<String>, policy: Option<&Policy>) -> Option<Self> {
        let addresses = policy.map(|policy| policy.references.as_slice()).unwrap_or_default();
        let references = addresses.iter().map(|address| short(address)).collect();
        help.map(|desc| Self { desc, references })
    }
}

impl Default for Parts<'_> {
    fn default() -> Self {
        Self {
            activity: Activity::Create,
            checked: Checked::Unknown,
            progress: None,
            severity: Severity::Info,
            message: String::new(),
            count: None,
            comment: None,
            check: Check::named(env!("CARGO_PKG_NAME")),
            kind: String::new(),
            requirements: Requirements::default(),
            resource: None,
            remediation: None,
            evidences: Vec::new(),
            operation: None,
            origin: None,
            unmapped: Unmapped::default(),
        }
    }
}
