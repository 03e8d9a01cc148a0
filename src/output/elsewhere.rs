//! What a view of one framework does not show: findings of policies that name none of its controls. They
//! were found nevertheless, and may be why the exit code is what it is.

use crate::engine::Outcome;
use crate::triage::{Disposition, Report, Verdict};

/// As codes name it.
pub(super) const CODE: &str = "view/elsewhere";

/// What to do about it.
pub(super) const HELP: &str = "`portcullis check` lists them";

/// What is to be said, where findings that are open are left out.
pub(super) fn message(report: &Report) -> Option<String> {
    let view = report.view.as_ref()?;
    let found = &view.elsewhere;
    let parts =
        [(found.deny, "deny"), (found.alert, "alert"), (found.inconclusive, "inconclusive")];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, word)| format!("{number} {word}")).collect();
    let framework = &view.coverage.framework.id;
    (!parts.is_empty()).then(|| {
        format!(
            "findings of policies that name no control of `{framework}` are not shown: {}",
            parts.join(", ")
        )
    })
}

/// Whether nothing that is shown says why the run is not clean.
pub(super) fn decides(report: &Report) -> bool {
    let decisive = match report.verdict {
        Verdict::Clean => return false,
        Verdict::Violations => Outcome::Fail,
        Verdict::InsufficientEvidence => Outcome::Inconclusive,
    };
    !report.findings.iter().any(|finding| {
        finding.disposition == Disposition::Open
            && finding.outcome == decisive
            && report.terms.fail_on.counts(report.policy(finding).effect)
    })
}
