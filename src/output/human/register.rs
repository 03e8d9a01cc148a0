//! The register of approvals, where there is one: what of it is still open, and what is open without being
//! in it.

use std::io;

use crate::engine::Outcome;
use crate::output::count;
use crate::policy::Policy;
use crate::triage::{ApprovalUse, Disposition, Report};

use super::page::{Page, Paint};

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.approvals.is_empty() {
        return Ok(());
    }
    let approvals = count(report.approvals.len() as u64, "approval", "approvals");
    let of =
        |words: &str| report.approvals.iter().filter(|used| self::words(used) == words).count();
    let parts = WORDS.map(|words| (of(words), words));
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, words)| format!("{number} {words}")).collect();
    let words = format!("{approvals}: {}", parts.join(", "));
    page.paragraph(("register: ", Paint::Faint), &words, 2)?;
    match unregistered(report) {
        0 => Ok(()),
        number => {
            let findings = count(number, "open finding", "open findings");
            let words = format!("{findings} of policies that ask for an approval");
            page.paragraph(("unregistered: ", Paint::Doubtful), &words, 2)
        }
    }
}

/// What became of approvals, in the order in which it is said.
const WORDS: [&str; 4] = ["open", "not open any more", "of which evidence does not say", "expired"];

fn words(used: &ApprovalUse) -> &'static str {
    let [open, gone, unsaid, expired] = WORDS;
    match (used.is_in_force, used.is_open) {
        (false, _) => expired,
        (true, Some(true)) => open,
        (true, Some(false)) => gone,
        (true, None) => unsaid,
    }
}

fn unregistered(report: &Report) -> u64 {
    let asks: Vec<bool> = report.policies.policies.iter().map(Policy::asks_for_approval).collect();
    let open = report.findings.iter().filter(|finding| {
        finding.disposition == Disposition::Open
            && finding.outcome == Outcome::Fail
            && asks.get(finding.policy as usize) == Some(&true)
    });
    open.count() as u64
}
