//! How the `human` format ends: what was counted, what was accepted, and what the run proved.

use std::io;

use crate::engine::Outcome;
use crate::output::unjudged::Unjudged;
use crate::output::{count, hidden};
use crate::triage::{Finding, Report, Tolerance, Verdict};

use super::captured;
use super::page::{Page, Paint};
use super::register;

/// Snapshots and policies of which it is said how much is tolerated.
const MOST_TOLERANCES: usize = 10;

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    captured::write(report, page)?;
    for unjudged in Unjudged::all(report) {
        page.paragraph(("evidence: ", Paint::Doubtful), &unjudged.message(), 2)?;
    }
    match report.statement() {
        Some(statement) => clean(&statement, report, page)?,
        None => {
            let is_violated = report.verdict == Verdict::Violations;
            let paint = if is_violated { Paint::Bad } else { Paint::Unclear };
            let exit = format!("exit {}: {}", report.verdict.exit_code(), report.headline());
            page.parts(&counts(report, exit, paint))?;
        }
    }
    waived(report, page)?;
    tolerated(report, page)?;
    loosened(report, page)?;
    register::write(report, page)
}

/// What a clean run proves, under what it counted if there is anything to count.
fn clean(statement: &str, report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if !report.findings.is_empty() {
        page.parts(&counts(report, "exit 0".to_owned(), Paint::Good))?;
    }
    let (head, proven) = statement.split_once(": ").unwrap_or_default();
    page.paragraph((&format!("{head}: "), Paint::Good), proven, 2)?;
    match hidden(report).filter(|_| report.findings.is_empty()) {
        Some(fixed) => page.line(("baseline: ", Paint::Good), &fixed),
        None => Ok(()),
    }
}

/// What was counted, and how the run ends.
fn counts(report: &Report, exit: String, paint: Paint) -> [(String, Paint); 4] {
    let summary = &report.summary;
    let mut counts = format!("{} deny, {} alert", summary.deny, summary.alert);
    if summary.inconclusive > 0 {
        counts.push_str(&format!(", {} inconclusive", summary.inconclusive));
    }
    if let Some(hidden) = hidden(report) {
        counts.push_str(&format!(", {hidden}"));
    }
    [
        (counts, Paint::Plain),
        (records(report), Paint::Plain),
        (count(summary.policies, "policy", "policies"), Paint::Plain),
        (exit, paint),
    ]
}

/// What each waiver hides, who answers for it, and until when.
fn waived(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    for (waiver, used) in report.policies.waivers.iter().zip(&report.waivers) {
        if used.waived > 0 {
            let findings = count(used.waived, "finding", "findings");
            let owner = waiver.owner.as_ref().map(|owner| format!(" by {owner}"));
            let words = format!(
                "{findings} of `{}` until {}{}: {}",
                waiver.policy,
                waiver.expires,
                owner.unwrap_or_default(),
                waiver.reason
            );
            page.paragraph(("waived: ", Paint::Doubtful), &words, 2)?;
        }
    }
    Ok(())
}

/// Of each snapshot with violations that a policy might tolerate, how many there are and may be; first
/// where there are too many, then where there may be.
fn tolerated(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let is_said = |one: &&Tolerance| one.most != Some(0);
    let mut said: Vec<&Tolerance> = report.tolerances.iter().filter(is_said).collect();
    said.sort_by_key(|one| one.is_within().map_or(1, |is_within| if is_within { 2 } else { 0 }));
    let more = said.len().saturating_sub(MOST_TOLERANCES);
    for tolerance in said.into_iter().take(MOST_TOLERANCES) {
        let policy = report.policies.policies.get(tolerance.policy);
        let snapshot = report.evidence.get(tolerance.capture);
        let (Some(policy), Some(snapshot)) = (policy, snapshot) else { continue };
        let lead = match tolerance.is_within() {
            Some(true) => ("tolerated: ", Paint::Doubtful),
            None => ("undecided: ", Paint::Unclear),
            Some(false) => ("exceeded: ", Paint::Bad),
        };
        let of = match report.evidence.as_slice() {
            [_] => format!("`{}`", policy.id),
            _ => format!("`{}` in {}", policy.id, snapshot.source),
        };
        page.paragraph(lead, &format!("{of}: {}", tolerance.words()), 2)?;
    }
    match more {
        0 => Ok(()),
        more => page.line(("… ", Paint::Faint), &format!("and so of {more} more")),
    }
}

/// How many records there are, of how many.
fn records(report: &Report) -> String {
    let expected: Option<u64> = report.evidence.iter().map(|snapshot| snapshot.expected).sum();
    let here = report.summary.records;
    match expected.filter(|_| !report.evidence.is_empty()) {
        Some(expected) => format!("{here} of {}", count(expected, "record", "records")),
        None => count(here, "record", "records"),
    }
}

/// What the run was told to accept, and what is counted but not listed.
fn loosened(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let flags: Vec<&str> = report.loosened.iter().map(|loosening| loosening.name()).collect();
    if !flags.is_empty() {
        page.paragraph(("loosened by ", Paint::Doubtful), &flags.join(", "), 2)?;
    }
    weakened(report, page)?;
    let counted: u64 = report.counts.iter().map(|counts| counts.inconclusive).sum();
    let is_inconclusive = |finding: &&Finding| finding.outcome == Outcome::Inconclusive;
    let listed = report.findings.iter().filter(is_inconclusive).count() as u64;
    let elsewhere = report.view.as_ref().map_or(0, |view| view.elsewhere.inconclusive);
    match counted.saturating_sub(listed + elsewhere) {
        0 => Ok(()),
        number => {
            let outcomes = count(number, "inconclusive outcome", "inconclusive outcomes");
            page.paragraph(("not listed: ", Paint::Faint), &outcomes, 2)
        }
    }
}

/// What the project made milder, and why.
fn weakened(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    for policy in report.policies.policies.iter().filter(|policy| policy.is_weakened()) {
        let Some(was) = &policy.overridden else { continue };
        let words = format!(
            "`{}` is {}[{}], not {}[{}]: {}",
            policy.id, policy.effect, policy.severity, was.effect, was.severity, was.reason
        );
        page.paragraph(("overridden: ", Paint::Doubtful), &words, 2)?;
    }
    Ok(())
}
