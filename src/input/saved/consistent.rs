//! Whether a document agrees with itself: what it counts is what it lists, and its verdict follows.

use std::collections::{BTreeMap, HashSet};

use crate::engine::Outcome;
use crate::policy;
use crate::snapshot::{Snapshot, Weight, Wholeness};
use crate::triage::{self, Disposition, Finding, Report, Summary, Verdict};

use super::Fault;
use super::document::{self, Document};

/// The report, where it is what its document says.
pub(super) fn with(document: &Document<'_>, mut report: Report) -> Result<Report, Vec<Fault>> {
    let mut checks = Checks { document, report: &report, faults: Vec::new() };
    checks.captures();
    checks.tolerances();
    checks.findings();
    checks.policies();
    checks.waivers();
    checks.summary();
    checks.verdict();
    checks.statement();
    if !checks.faults.is_empty() {
        return Err(checks.faults);
    }
    // Parts that had no evidence of an operation stay what they were once they are put together.
    report.verdict = report.verdict.worst(document.verdict.0);
    Ok(report)
}

struct Checks<'a> {
    document: &'a Document<'a>,
    /// What follows from the document's lists.
    report: &'a Report,
    faults: Vec<Fault>,
}

impl Checks<'_> {
    fn expect(&mut self, holds: bool, pointer: impl Into<String>, words: impl Into<String>) {
        if !holds {
            let (pointer, words) = (pointer.into(), words.into());
            self.faults.push(Fault { pointer, words, is_contradiction: true });
        }
    }

    /// A number against what is listed.
    fn count(&mut self, (said, counted): (u64, u64), pointer: String, what: &str) {
        let words = format!("{said} {what}, and {counted} by its lists");
        self.expect(said == counted, pointer, words);
    }

    fn captures(&mut self) {
        let (document, report) = (self.document, self.report);
        for (index, (said, capture)) in document.evidence.iter().zip(&report.evidence).enumerate() {
            let at = |name: &str| format!("/evidence/{index}/{name}");
            let complete = match capture.wholeness {
                Wholeness::Complete => Some(true),
                Wholeness::Unprovable => None,
                Wholeness::Partial | Wholeness::NoEvidence => Some(false),
            };
            let words = format!("a capture is `{}`, and is not", capture.wholeness.name());
            self.expect(said.complete == complete, at("complete"), words.clone());
            self.expect(is_possible(capture), at("wholeness"), words);
            let rows: u64 = capture.pages.iter().map(|page| page.records).sum();
            let is_ordered = capture.records <= capture.judged && capture.judged <= rows;
            let words = format!(
                "{} records of a capture, {} judged, {rows} on its pages",
                capture.records, capture.judged
            );
            self.expect(is_ordered, at("records"), words);
        }
    }

    /// What is said of violations that are tolerated, against what is listed.
    fn tolerances(&mut self) {
        let (document, report) = (self.document, self.report);
        for (index, said) in document.evidence.iter().enumerate() {
            let own = report.tolerances_of(index).iter();
            let follows: BTreeMap<&str, _> = own
                .filter_map(|one| {
                    let policy = report.policies.policies.get(one.policy)?;
                    Some((policy.id.as_str(), (one.least, one.most, one.is_within())))
                })
                .collect();
            let said = said.tolerances.0.iter().map(|(id, said)| {
                (id.as_str(), (said.least.0, said.most.map(|most| most.0), said.within))
            });
            let words = "what is tolerated is not what its policies and lists say";
            let pointer = format!("/evidence/{index}/tolerances");
            self.expect(said.collect::<BTreeMap<_, _>>() == follows, pointer, words);
        }
    }

    fn findings(&mut self) {
        let (document, report) = (self.document, self.report);
        let mut seen = HashSet::new();
        for (index, (said, finding)) in document.findings.iter().zip(&report.findings).enumerate() {
            let at = |name: &str| format!("/findings/{index}/{name}");
            let policy = report.policy(finding);
            let same = "a finding's, and its policy's is another";
            self.expect(
                said.effect.0 == policy.effect,
                at("effect"),
                format!("an effect is {same}"),
            );
            let words = format!("a severity is {same}");
            self.expect(said.severity.0 == policy.severity, at("severity"), words);
            let words = format!("a remediation is {same}");
            self.expect(said.remediation == policy.remediation, at("remediation"), words);
            let words = format!("controls are {same}");
            self.expect(said.controls == policy.controls, at("controls"), words);
            self.expect(is_rule(&said.rule, policy), at("rule"), format!("a rule is {same}"));
            self.place(index, said, finding);
            self.disposition(index, said, finding);
            let place =
                (finding.policy, said.record.capture.0, said.record.offset.0, &*said.record.source);
            let words = "a record violates a policy once, and is listed twice";
            self.expect(seen.insert(place), format!("/findings/{index}"), words);
        }
    }

    /// Whether a finding is of the record that it says.
    fn place(&mut self, index: usize, said: &document::Finding<'_>, finding: &Finding) {
        let report = self.report;
        let at = |name: &str| format!("/findings/{index}/{name}");
        let words = "a fingerprint is not that of its policy and record";
        let is_own = said.fingerprint.0 == report.fingerprint(finding);
        self.expect(is_own, at("fingerprint"), words);
        let Some(capture) = report.evidence.get(report.capture(finding)) else {
            return;
        };
        let is_of = capture.is_of(&report.policy(finding).operation);
        let words = "a policy has no evidence of this kind";
        self.expect(is_of, at("record/capture"), words);
        let is_page =
            capture.pages.iter().any(|page| page_is_of(&page.source, &said.record.source));
        let words = format!("`{}` is no page of its capture", said.record.source);
        self.expect(is_page, at("record/source"), words);
        let origin = capture.origin.as_deref();
        let scope: Vec<(String, String)> = origin
            .into_iter()
            .flat_map(|origin| origin.scope())
            .map(|(name, value)| (name.to_owned(), serde_json::Value::from(value).to_string()))
            .collect();
        let operation = &report.policy(finding).operation;
        let of_record = report.identity_fields(finding);
        let fields = of_record.iter().map(|field| &operation.schema.field(*field).name);
        let names: Vec<&String> = fields.chain(scope.iter().map(|(name, _)| name)).collect();
        let members = &said.record.identity.0;
        let is_own = members.iter().map(|(name, _)| name).eq(names)
            && scope.iter().all(|one| {
                members.iter().any(|(name, value)| *name == one.0 && value.get() == one.1)
            });
        let words = "an identity is not what identifies a record of its capture";
        self.expect(is_own, at("record/identity"), words);
    }

    /// Whether a finding is waived by a waiver that is for it, and otherwise by none.
    fn disposition(&mut self, index: usize, said: &document::Finding<'_>, finding: &Finding) {
        let report = self.report;
        let words = "a finding is tolerated, and there are more than its policy tolerates";
        let is_as_said = said.disposition.0 == finding.disposition;
        self.expect(is_as_said, format!("/findings/{index}/disposition"), words);
        let is_waived = said.disposition.0 == Disposition::Waived;
        let words = "a finding is waived by a waiver, and others have none";
        let has_waiver = said.waiver.is_some();
        self.expect(is_waived == has_waiver, format!("/findings/{index}/disposition"), words);
        let pointer = format!("/findings/{index}/waiver");
        if let (Some(number), Some(waiver)) = (finding.waiver, report.waiver(finding)) {
            let is_for_it = waiver.covers(report.policy(finding))
                && report.matching(finding).contains(&number)
                && (finding.outcome == Outcome::Fail || waiver.waives_inconclusive);
            self.expect(is_for_it, pointer, "a finding is waived by a waiver that is not for it");
        }
    }

    fn policies(&mut self) {
        let (document, report) = (self.document, self.report);
        for (index, (said, counts)) in document.policies.iter().zip(&report.counts).enumerate() {
            let at = |name: &str| format!("/policies/{index}/{name}");
            self.count((said.judged.0, counts.judged), at("judged"), "records judged");
            self.count((said.failed.0, counts.failed), at("failed"), "records violate a policy");
            let words = "outcomes inconclusive";
            self.count((said.inconclusive.0, counts.inconclusive), at("inconclusive"), words);
            let found = counts.failed.saturating_add(counts.inconclusive);
            let words = format!("{found} findings of {} records judged", counts.judged);
            // What judges the whole finds no more than one a capture, where there may be no record.
            let most = counts.judged.max(report.evidence.len() as u64);
            self.expect(found <= most, at("judged"), words);
            let length = said.rule.text.len() as u64;
            let words = "bytes of a rule";
            self.count((said.rule.length.0, length), at("rule/length"), words);
        }
    }

    fn waivers(&mut self) {
        let (document, report) = (self.document, self.report);
        for (index, said) in (0..).zip(&document.waivers) {
            let at = |name: &str| format!("/waivers/{index}/{name}");
            let waived = report.findings.iter().filter(|one| one.waiver == Some(index)).count();
            self.count((said.waived.0, waived as u64), at("waived"), "findings waived by a waiver");
            let matched = report.findings.iter().filter(|one| {
                let is_meant = one.outcome == Outcome::Fail || said.inconclusive;
                is_meant && report.matching(one).contains(&index)
            });
            let words = "findings that a waiver matches";
            self.count((said.matched.0, matched.count() as u64), at("matched"), words);
            let is_in_force = document.day.0 <= said.expires.0;
            let words = "a waiver holds to its last day, and no longer";
            self.expect(said.in_force == is_in_force, at("in_force"), words);
        }
        for (index, said) in document.approvals.iter().enumerate() {
            let is_in_force = document.day.0 <= said.expires.0;
            let words = "an approval holds to its last day, and no longer";
            self.expect(
                said.in_force == is_in_force,
                format!("/approvals/{index}/in_force"),
                words,
            );
        }
    }

    fn summary(&mut self) {
        let (said, counted) = (&self.document.summary, self.report.summary);
        let Summary {
            policies,
            records,
            deny,
            alert,
            inconclusive,
            waived,
            known,
            tolerated,
            fixed,
        } = counted;
        for (name, said, counted) in [
            ("policies", said.policies, policies),
            ("records", said.records, records),
            ("deny", said.deny, deny),
            ("alert", said.alert, alert),
            ("inconclusive", said.inconclusive, inconclusive),
            ("waived", said.waived, waived),
            ("known", said.known, known),
            ("tolerated", said.tolerated, tolerated),
            ("fixed", said.fixed, fixed),
        ] {
            self.count((said.0, counted), format!("/summary/{name}"), name);
        }
        let loosened: Vec<_> = self.document.loosened.iter().map(|one| one.0).collect();
        let words = "what loosened it is not what its terms and policies say";
        self.expect(loosened == self.report.loosened, "/loosened", words);
    }

    /// What it says of itself against its evidence, and its warnings against those of its waivers.
    fn statement(&mut self) {
        let (document, report) = (self.document, self.report);
        // A part whose verdict was not clean states nothing.
        let is_clean = document.verdict.0 == Verdict::Clean;
        let words = "its statement is not what follows from its evidence";
        let is_own = document.statement == report.statement().filter(|_| is_clean);
        self.expect(is_own, "/statement", words);
        let said: Vec<_> = document.warnings.iter().map(document::Problem::problem).collect();
        let words = "its warnings are not warnings in order, with those of its waivers";
        self.expect(said.iter().eq(report.warnings()), "/warnings", words);
    }

    fn verdict(&mut self) {
        let (said, follows) = (self.document.verdict.0, self.report.verdict);
        let words =
            format!("its verdict is `{}`, and follows as `{}`", said.name(), follows.name());
        // Of several operations, a part may have lacked the evidence that another part had.
        let policies = &self.report.policies.policies;
        let first = policies.first().map(|policy| &policy.operation.name);
        let has_several = policies.iter().any(|policy| Some(&policy.operation.name) != first);
        let was_part =
            has_several && (said, follows) == (Verdict::InsufficientEvidence, Verdict::Clean);
        self.expect(said == follows || was_part, "/verdict", words);
        let code = self.document.exit_code;
        let words = format!("it ended in {code}, and its verdict is `{}`", said.name());
        self.expect(code == said.exit_code(), "/exit_code", words);
    }
}

/// Whether a page is of the file, or of the page of a capture, in which a record lies.
fn page_is_of(page: &str, source: &str) -> bool {
    page.strip_prefix(source).is_some_and(|rest| rest.is_empty() || rest.starts_with("#page="))
}

/// Whether a capture can be as whole as it says.
fn is_possible(capture: &Snapshot) -> bool {
    let flaws = capture.flaws.iter().filter(|flaw| !triage::is_of_run(flaw));
    let least = match flaws.map(|flaw| flaw.weight).max() {
        None | Some(Weight::Noted) => Wholeness::Complete,
        Some(Weight::Unprovable) => Wholeness::Unprovable,
        Some(Weight::Partial) => Wholeness::Partial,
    };
    let is_whole = capture.wholeness == Wholeness::Complete;
    capture.wholeness >= least && (!is_whole || capture.expected == Some(capture.records))
}

fn is_rule(said: &document::FindingRule, policy: &policy::Policy) -> bool {
    let position = policy.rule.position();
    said.source == policy.rule.source.name()
        && (said.line.0, said.column.0) == (position.line, position.column)
        && (said.offset.0, said.length.0)
            == (policy.rule.offset() as u64, policy.rule.span.len() as u64)
}
