//! A `Group` is what one policy found: its rule once, a few records with the values that decided, the
//! others by name, and what to do about all of them.

use std::cmp::Reverse;
use std::io;

use crate::engine::Outcome;
use crate::operation::{Effect, FieldId, Schema};
use crate::output::count;
use crate::policy::{Condition, Policy, Test};
use crate::text::Span;
use crate::triage::{Disposition, Finding, Report};

use super::frame::View;
use super::notice;
use super::page::{Page, Paint, place};

/// Records of a group that are shown with their text.
pub(super) const MOST_FRAMES: usize = 3;

/// Reasons for which it could not be known that are said of a group.
const MOST_REASONS: usize = 8;

/// A space at which no line ends.
const NO_BREAK: &str = "\u{a0}";

/// Characters of what is said below a value.
const LONGEST_LABEL: usize = 60;

/// The open findings of one policy that came out the same.
pub(super) struct Group<'a> {
    report: &'a Report,
    policy: &'a Policy,
    outcome: Outcome,
    findings: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    /// Every group, the worst first: failures, then what is inconclusive; by effect, by severity, then
    /// in the order of the policies.
    pub(super) fn all(report: &'a Report) -> Vec<Self> {
        let group = |outcome| {
            let policies = report.policies.policies.iter();
            policies.map(move |policy| Self { report, policy, outcome, findings: Vec::new() })
        };
        let mut failed: Vec<Self> = group(Outcome::Fail).collect();
        let mut inconclusive: Vec<Self> = group(Outcome::Inconclusive).collect();
        for finding in &report.findings {
            let groups = match finding.outcome {
                Outcome::Fail => &mut failed,
                Outcome::Inconclusive => &mut inconclusive,
            };
            let group = groups.get_mut(finding.policy as usize);
            if let Some(group) = group.filter(|_| finding.disposition == Disposition::Open) {
                group.findings.push(finding);
            }
        }
        for groups in [&mut failed, &mut inconclusive] {
            groups.retain(|group| !group.findings.is_empty());
            groups.sort_by_key(|group| Reverse((group.policy.effect, group.policy.severity)));
        }
        failed.append(&mut inconclusive);
        failed
    }

    pub(super) fn len(&self) -> usize {
        self.findings.len()
    }

    /// Writes the group with at most so many of its findings.
    pub(super) fn write(&self, most: usize, page: &mut Page<'_>) -> io::Result<()> {
        self.headline(page)?;
        notice::draw(&[("", &self.policy.rule)], 0, page)?;
        let (shown, others) = self.findings.split_at(most.min(self.findings.len()));
        let has_text = |finding: &&&Finding| self.report.excerpt(finding).is_some();
        let framed: Vec<&Finding> =
            shown.iter().filter(has_text).take(MOST_FRAMES).copied().collect();
        for finding in &framed {
            self.record(finding, page)?;
        }
        page.blank()?;
        for finding in shown.iter().filter(|finding| !framed.contains(finding)) {
            let (source, position) = self.report.place(finding);
            let (at, message) = (place(source, Some(position)), self.report.message(finding));
            match self.report.judges_whole(finding) {
                true => page.paragraph(("  ", Paint::Plain), &format!("{at}  {message}"), 4)?,
                false => page.entry(&at, &message)?,
            }
        }
        match (shown.len(), others.len() as u64) {
            (_, 0) => {}
            (0, _) => page.line(("  … ", Paint::Plain), &self.judged(others.len()))?,
            (_, more) => page.line(("  … and ", Paint::Plain), &format!("{more} more"))?,
        }
        if shown.len() > framed.len() || !others.is_empty() {
            page.blank()?;
        }
        self.advice(shown, page)
    }

    fn headline(&self, page: &mut Page<'_>) -> io::Result<()> {
        let Policy { id, title, effect, severity, .. } = self.policy;
        let (word, paint) = match (self.outcome, effect) {
            (Outcome::Inconclusive, _) => ("inconclusive", Paint::Unclear),
            (Outcome::Fail, Effect::Deny) => ("deny", Paint::Bad),
            (Outcome::Fail, Effect::Alert) => ("alert", Paint::Doubtful),
        };
        // The number stays with its noun.
        let records = self.judged(self.findings.len()).replace(' ', NO_BREAK);
        let lead = format!("{word}[{severity}] ");
        let words = if title == self.policy.rule.text() {
            // The rule follows, word for word.
            format!("{id} —{NO_BREAK}{records}")
        } else {
            format!("{id}: {title} —{NO_BREAK}{records}")
        };
        page.paragraph((&lead, paint), &words, 2)
    }

    /// So many of what the policy judges.
    fn judged(&self, number: usize) -> String {
        match self.findings.first().is_some_and(|finding| self.report.judges_whole(finding)) {
            true => count(number as u64, "snapshot", "snapshots"),
            false => count(number as u64, "record", "records"),
        }
    }

    /// One record: its message, and the values that decided.
    fn record(&self, finding: &Finding, page: &mut Page<'_>) -> io::Result<()> {
        page.blank()?;
        page.paragraph(("  ", Paint::Plain), &self.report.message(finding), 2)?;
        let record = self.report.record(finding).unwrap_or_default();
        let text = self.report.excerpt(finding).unwrap_or_default();
        let view = View {
            name: &record.source,
            text,
            start: record.position,
            marks: &self.marks(finding, record.offset),
            context: 0,
        };
        page.drawn(&view.draw(&page.style))
    }

    /// The values that decided, and what is to be said of each; the record where there is none.
    fn marks(&self, finding: &Finding, record: u64) -> Vec<(Span, Option<String>)> {
        let schema = &self.policy.operation.schema;
        let evidence = self.report.evidence(finding);
        let meanings = self.report.meanings(finding);
        let mut marks: Vec<(Span, Option<String>)> = Vec::with_capacity(evidence.len() + 1);
        for (evidence, meaning) in evidence.iter().zip(meanings) {
            let from = |offset: u64| usize::try_from(offset.saturating_sub(record)).ok();
            let ends = (from(evidence.offset), from(evidence.offset + evidence.length));
            if let (Some(start), Some(end)) = ends {
                let field = schema.find(&evidence.field);
                let words = meaning
                    .map(|meaning| meaning.words)
                    .or_else(|| self.words(field?))
                    // A line that is cut may not show the name.
                    .unwrap_or_else(|| format!("`{}`", evidence.field));
                marks.push((Span::new(start, end), Some(words)));
            }
        }
        let absent = self.report.absent(finding);
        if marks.is_empty() || !absent.is_empty() {
            marks.push((Span::new(0, 1), not_there(&absent)));
        }
        marks
    }

    /// The words of the rule that ask a field, where it is asked once and what is asked holds.
    fn words(&self, field: FieldId) -> Option<String> {
        let mut asking = Asking { schema: &self.policy.operation.schema, field, asked: Vec::new() };
        asking.search(&self.policy.condition, true);
        let [(test, true)] = asking.asked.as_slice() else {
            return None;
        };
        let words: Vec<&str> = test.location.text().split_whitespace().collect();
        let words = words.join(" ");
        (words.chars().count() <= LONGEST_LABEL).then_some(words)
    }

    /// Why, and what to do.
    fn advice(&self, shown: &[&Finding], page: &mut Page<'_>) -> io::Result<()> {
        let Policy { why, remediation, controls, references, .. } = self.policy;
        match self.outcome {
            Outcome::Inconclusive => {
                let reasons = self.unknown(shown);
                let ways = |why: &String| page.paragraph(("  unknown: ", Paint::Strong), why, 11);
                reasons.iter().try_for_each(ways)?;
                return if reasons.is_empty() { Ok(()) } else { page.blank() };
            }
            Outcome::Fail => {}
        }
        if let Some(why) = why {
            page.paragraph(("  why: ", Paint::Strong), why, 7)?;
        }
        if let Some(remediation) = remediation {
            page.paragraph(("  fix: ", Paint::Strong), remediation, 7)?;
        }
        for (framework, ids) in controls {
            let lead = format!("  {framework}: ");
            page.paragraph((&lead, Paint::Faint), &ids.join(", "), 4)?;
        }
        for reference in references {
            page.line(("  see: ", Paint::Faint), reference)?;
        }
        let parts = [why.is_some(), remediation.is_some(), !controls.is_empty()];
        if parts.contains(&true) || !references.is_empty() { page.blank() } else { Ok(()) }
    }

    /// Why it could not be known of the findings that are shown, each reason once.
    fn unknown(&self, shown: &[&Finding]) -> Vec<String> {
        let mut reasons: Vec<String> = Vec::new();
        for finding in shown {
            let fields = self.report.evidence(finding).into_iter().map(|evidence| evidence.field);
            let meanings = fields.zip(self.report.meanings(finding));
            let said = meanings.filter_map(|(field, meaning)| {
                let words = meaning.filter(|meaning| meaning.is_unknown)?.words;
                Some(format!("`{field}` ({words})"))
            });
            let absent = self.report.absent(finding).into_iter();
            let absent = absent.map(|field| format!("`{field}` (not in the record)"));
            for reason in said.chain(absent) {
                if !reasons.contains(&reason) && reasons.len() < MOST_REASONS {
                    reasons.push(reason);
                }
            }
        }
        reasons
    }
}

/// What is said of members that are not there.
fn not_there(absent: &[&str]) -> Option<String> {
    let names: Vec<String> = absent.iter().map(|name| format!("`{name}`")).collect();
    let (last, others) = names.split_last()?;
    Some(match others {
        [] => format!("{last} is not in the record"),
        others => format!("{} and {last} are not in the record", others.join(", ")),
    })
}

/// The search for tests that ask one field, and whether each is meant to hold.
struct Asking<'a> {
    schema: &'a Schema,
    field: FieldId,
    asked: Vec<(&'a Test, bool)>,
}

impl<'a> Asking<'a> {
    fn search(&mut self, condition: &'a Condition, is_to_hold: bool) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.search(part, is_to_hold));
            }
            Condition::Not(part) => self.search(part, !is_to_hold),
            Condition::Test(test) => {
                if test.predicate.fields().into_iter().any(|field| self.comes_from(field)) {
                    self.asked.push((test, is_to_hold));
                }
            }
        }
    }

    /// Whether a field is the one, or is made from it.
    fn comes_from(&self, field: FieldId) -> bool {
        let derived = &self.schema.field(field).derived;
        field == self.field
            || derived.as_ref().is_some_and(|derived| {
                derived.first == self.field || derived.otherwise.contains(&self.field)
            })
    }
}
