//! In what the sides were asked for, or judged, otherwise: what differs for that did not change by itself.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::snapshot::{Origin, Snapshot};
use crate::text::{Place, Problem, spelled};
use crate::triage::merge::{PolicyDifference, differences};
use crate::triage::{Report, narrowed};

use super::judged::approvals;
use super::pairing::{self, Pair};
use super::{Sides, in_short};

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Warning {
    #[error("the sides were asked for otherwise: {0}")]
    #[diagnostic(
        code("diff/asked-otherwise"),
        severity(Warning),
        help("capture both with the same filters, window, region and account")
    )]
    Asked(String),
    #[error("the sides were judged by other policies: {0}")]
    #[diagnostic(
        code("diff/other-policies"),
        severity(Warning),
        help("judge both by the same policies: name the evidence itself on both sides")
    )]
    Policies(String),
    #[error("the sides were judged with other approvals in force")]
    #[diagnostic(
        code("diff/other-approvals"),
        severity(Warning),
        help("what an approval covers is not found, and is not fixed for that")
    )]
    Approvals,
    #[error(
        "outcomes that are inconclusive were judged on other terms: `--inconclusive {0}` before, `{1}` after"
    )]
    #[diagnostic(
        code("diff/other-terms"),
        severity(Warning),
        help("write both reports with the same `--inconclusive`")
    )]
    Terms(&'static str, &'static str),
}

/// What to know of sides that were asked for, or judged, otherwise.
pub(super) fn warnings(sides: &Sides<'_>, pairs: &[Pair]) -> Vec<Problem> {
    let mut warnings: Vec<Problem> = pairs.iter().filter_map(|pair| asked(sides, *pair)).collect();
    let (before, after) = (&sides.before.report, &sides.after.report);
    let mut judged = Vec::new();
    judged.extend(policies(before, after));
    if approvals(before) != approvals(after) {
        judged.push(Warning::Approvals);
    }
    let (was, is) = (before.terms.when_unknown, after.terms.when_unknown);
    if was != is {
        judged.push(Warning::Terms(was.name(), is.name()));
    }
    let place = || Place::Whole(Arc::clone(&sides.after.source));
    warnings.extend(judged.iter().map(|warning| Problem::new(warning, place())));
    warnings
}

/// How the policies differ.
fn policies(before: &Report, after: &Report) -> Option<Warning> {
    let in_words = |(id, how): (String, PolicyDifference)| match how {
        PolicyDifference::Is(what) => format!("`{id}` ({what})"),
        PolicyDifference::OnlyBefore => format!("`{id}` (only before)"),
        PolicyDifference::OnlyAfter => format!("`{id}` (only after)"),
    };
    let differences: Vec<String> = differences(before, after).into_iter().map(in_words).collect();
    (!differences.is_empty()).then(|| Warning::Policies(in_short(&differences)))
}

/// In what the captures of a pair were asked for otherwise.
fn asked(sides: &Sides<'_>, pair: Pair) -> Option<Problem> {
    let before = pairing::capture(sides.before, pair.before?)?;
    let after = pairing::capture(sides.after, pair.after?)?;
    let scope = |capture: &Snapshot, of: fn(&Origin) -> Option<&String>| {
        capture.origin.as_deref().and_then(of).map(|name| format!("`{name}`"))
    };
    let region = |capture| scope(capture, |origin| origin.region.as_ref());
    let account = |capture| scope(capture, |origin| origin.account.as_ref());
    let parts = [
        ("filters", filters(before), filters(after)),
        ("window", window(before), window(after)),
        ("region", region(before), region(after)),
        ("account", account(before), account(after)),
    ];
    let told = parts.into_iter().filter(|(_, was, is)| was != is).map(|(name, was, is)| {
        let said = |value: Option<String>, capture: &Snapshot| {
            value.unwrap_or_else(|| {
                if capture.origin.is_some() { "none" } else { "not known" }.to_owned()
            })
        };
        format!("{name} {} before, {} after", said(was, before), said(is, after))
    });
    let told: Vec<String> = told.collect();
    let place = Place::Whole(Arc::clone(&after.source));
    (!told.is_empty()).then(|| Problem::new(&Warning::Asked(told.join("; ")), place))
}

/// The filters that may have left something out.
fn filters(capture: &Snapshot) -> Option<String> {
    let filters = narrowed::narrowing(capture);
    (!filters.is_empty()).then(|| narrowed::in_words(&filters))
}

/// How long the window is, to the minute: two fetches of the last week are of different weeks.
fn window(capture: &Snapshot) -> Option<String> {
    let (since, until) = capture.origin.as_ref()?.window?;
    let minutes = (until.duration_since(since).as_secs() + 30).div_euclid(60);
    Some(spelled(SignedDuration::from_mins(minutes)))
}
