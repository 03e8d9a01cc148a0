//! What the verdict rests on: the evidence and its hashes, how it was asked for, the policies, and what
//! the run accepted.

use std::collections::BTreeMap;

use maud::{Markup, html};
use sha2::{Digest, Sha256};

use crate::output::item::Item;
use crate::snapshot::{Origin, Snapshot, Wholeness};
use crate::text::{Source, hex};
use crate::triage::Report;

use super::lacking;
use super::page::{self, badge, moment, number, table, text, tool};

/// Pages whose hashes are shown at once; more are folded in.
pub(super) const FEW_PAGES: usize = 4;

/// A name that no text of the evidence or the policies can bring: a hash of all of them.
pub(super) fn nonce(report: &Report) -> String {
    let pages = report.evidence.iter().flat_map(|snapshot| &snapshot.pages);
    let hashes = pages.flat_map(|page| [&*page.source, page.sha256.as_deref().unwrap_or_default()]);
    let policies = report.policies.policies.iter().map(|policy| policy.location.source.as_ref());
    let waivers = report.policies.waivers.iter().map(|waiver| waiver.location.source.as_ref());
    let approvals = report.policies.approvals.iter().map(|one| one.location.source.as_ref());
    let mut sources: Vec<&Source> = policies.chain(waivers).chain(approvals).collect();
    sources.dedup_by_key(|source| source.name());
    page::nonce(hashes.chain(sources.into_iter().map(Source::text)))
}

pub(super) fn section(report: &Report, noted: &[Item<'_>]) -> Markup {
    let pages: usize = report.evidence.iter().map(|snapshot| snapshot.pages.len()).sum();
    page::section(
        "basis",
        "What the verdict rests on",
        html! {
            (evidence(report))
            @for snapshot in &report.evidence {
                @if let Some(origin) = &snapshot.origin { (asked(snapshot, origin)) }
            }
            @if pages > 0 {
                details open[pages <= FEW_PAGES] {
                    summary { "Pages and their hashes" }
                    (hashes(report))
                }
            }
            @if !noted.is_empty() {
                h3 { "Notes" }
                (lacking::list(noted))
            }
            (policies(report))
            (terms(report))
        },
    )
}

pub(super) fn evidence(report: &Report) -> Markup {
    let rows = html! { @for snapshot in &report.evidence { tr {
        th scope="row" { code { (text(&snapshot.source)) } }
        td { @if let Some(operation) = &snapshot.operation {
            (text(&operation.name))
            " " span.faint { (operation.product) " " (operation.version) }
        } }
        td.n { (number(snapshot.records))
            @match snapshot.expected {
                Some(expected) => { " of " (number(expected)) }
                None => { " of unknown" }
            }
        }
        td.n { (number(snapshot.judged)) }
        td { (whole(snapshot)) }
    } } };
    if report.evidence.is_empty() {
        return html! { p { strong { "There is no evidence." } } };
    }
    table("Evidence", &["Source", "Operation", "#Records", "#Judged", "Whole"], rows)
}

fn whole(snapshot: &Snapshot) -> Markup {
    match snapshot.wholeness {
        Wholeness::Complete => badge("good", "complete"),
        Wholeness::Unprovable => badge("inconclusive", "not provable"),
        Wholeness::Partial => badge("deny", "partial"),
        Wholeness::NoEvidence => badge("deny", "no evidence"),
    }
}

/// How evidence was asked for.
pub(super) fn asked(snapshot: &Snapshot, origin: &Origin) -> Markup {
    let unknown = html! { span.faint { "not recorded" } };
    let named = |value: &Option<String>| match value {
        Some(value) => html! { (text(value)) },
        None => unknown.clone(),
    };
    html! {
        h3 { "How " code { (text(&snapshot.source)) } " was asked for" }
        dl.facts {
            div { dt { "Endpoint" } dd { (text(&origin.endpoint)) } }
            div { dt { "Account" } dd { (named(&origin.account)) } }
            div { dt { "Region" } dd { (named(&origin.region)) } }
            div { dt { "Window" } dd {
                @match origin.window {
                    Some((begin, end)) => { (moment(begin)) " to " (moment(end)) }
                    None => { "the API's own" }
                }
            } }
            div { dt { "Filters" } dd {
                @if origin.filters.is_empty() { "none" }
                @for (name, value) in &origin.filters { code { (text(name)) "=" (text(value)) } " " }
            } }
            div { dt { "Captured" } dd { (moment(origin.started)) " to " (moment(origin.finished)) } }
        }
    }
}

pub(super) fn hashes(report: &Report) -> Markup {
    let pages = report.evidence.iter().flat_map(|snapshot| &snapshot.pages);
    let rows = html! { @for page in pages { tr {
        th scope="row" { code { (text(&page.source)) } }
        td.n { (number(page.records)) }
        td { @match &page.sha256 {
            Some(hash) => code.hash { (hash) },
            None => span.faint { "not taken" },
        } }
    } } };
    table("Pages", &["Page", "#Records", "SHA-256"], rows)
}

/// The files that the policies come from, each with its hash and how many it holds.
fn policies(report: &Report) -> Markup {
    let mut files: BTreeMap<&str, (&Source, u64)> = BTreeMap::new();
    for policy in &report.policies.policies {
        let source = &policy.location.source;
        files.entry(source.name()).or_insert((source, 0)).1 += 1;
    }
    let rows = html! { @for (name, (source, policies)) in &files { tr {
        th scope="row" { code { (text(name)) } }
        td.n { (number(*policies)) }
        td { code.hash { (hex(&Sha256::digest(source.text()))) } }
    } } };
    html! {
        h3 { "Policies" }
        @if files.is_empty() { p { strong { "There is no policy." } } }
        @else { (table("Policy files", &["File", "#Policies", "SHA-256"], rows)) }
    }
}

fn terms(report: &Report) -> Markup {
    let terms = &report.terms;
    html! {
        h3 { "Terms of the run" }
        dl.facts {
            div { dt { "Tool" } dd { (tool()) } }
            div { dt { "Made" } dd { (moment(report.time)) } }
            div { dt { "Fails on" } dd { code { (terms.fail_on.name()) } } }
            div { dt { "Inconclusive outcomes" } dd { code { (terms.when_unknown.name()) } } }
            div { dt { "Loosened by" } dd {
                @if report.loosened.is_empty() { "nothing" }
                @for flag in &report.loosened { code.loose { (flag.name()) } " " }
            } }
        }
    }
}
