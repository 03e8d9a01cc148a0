//! Every policy: what it asks, why, and what came out; those that judged nothing are told apart.

use std::cmp::Reverse;

use maud::{Markup, html};

use crate::policy::{Overridden, Policy};
use crate::triage::{PolicyCounts, Report};

use super::page::{self, badge, count, flowing, lines, number, place, text};
use super::snippet;

/// A policy, its number in the set from 1, its counts, and whether there was anything for it to judge.
struct Judged<'a> {
    policy: &'a Policy,
    number: usize,
    counts: &'a PolicyCounts,
    has_evidence: bool,
    condition: String,
}

pub(super) fn section(report: &Report) -> Markup {
    let counted = report.policies.policies.iter().zip(&report.counts).zip(report.conditions());
    let mut policies: Vec<Judged<'_>> = counted
        .enumerate()
        .map(|(index, ((policy, counts), condition))| Judged {
            policy,
            number: index + 1,
            counts,
            has_evidence: report.has_evidence_for(policy),
            condition,
        })
        .collect();
    // The sort is stable: equal ones stay in the order of the set.
    policies.sort_by_key(|judged| {
        let Judged { policy, counts, has_evidence, .. } = judged;
        let worth = (!has_evidence, counts.failed > 0, counts.inconclusive > 0);
        Reverse((worth, policy.effect, policy.severity))
    });
    let (unjudged, judged): (Vec<_>, Vec<_>) =
        policies.iter().partition(|judged| !judged.has_evidence);
    page::section(
        "policies",
        "Policies",
        html! {
            @if !unjudged.is_empty() {
                h3 { "Judged nothing" }
                p { "There is no evidence of what they ask about: that they found nothing says nothing." }
                @for judged in unjudged { (judged.markup()) }
                h3 { "Judged" }
            }
            @for judged in judged { (judged.markup()) }
        },
    )
}

impl Judged<'_> {
    fn markup(&self) -> Markup {
        let Policy { id, title, effect, severity, rule, location, .. } = self.policy;
        html! { details.policy id={ "policy-" (self.number) } {
            summary {
                span.badges {
                    (badge(effect.name(), effect.name())) " " (badge(severity.name(), severity.name()))
                }
                " " span.message { (text(id)) }
                @if title != rule.text() { " " span.by { (flowing(title)) } }
                " " span.result { (self.result()) }
            }
            div.body {
                p.where { (place(location.source.name(), Some(location.position()))) }
                (snippet::rule(rule))
                @if self.condition.lines().count() > 1 {
                    p { "In words, a record violates it when" }
                    pre { code { (lines(&self.condition)) } }
                }
                (self.facts())
            }
        } }
    }

    fn result(&self) -> Markup {
        let PolicyCounts { judged, failed, inconclusive } = *self.counts;
        html! {
            @if self.has_evidence {
                @if failed > 0 { strong { (number(failed)) " failed" } ", " }
                @if inconclusive > 0 { strong { (number(inconclusive)) " inconclusive" } ", " }
                (count(judged, "record", "records")) " judged"
            } @else { strong { "judged nothing" } }
        }
    }

    fn facts(&self) -> Markup {
        let Policy { why, remediation, references, controls, tags, overridden, .. } = self.policy;
        html! { dl.facts {
            @if let Some(why) = why { div { dt { "Why" } dd { (flowing(why)) } } }
            @if let Some(fix) = remediation { div { dt { "Remedy" } dd { (flowing(fix)) } } }
            @if let Some(was) = overridden { (changed(was)) }
            @if let Some(choice) = self.policy.when_unknown {
                div { dt { "Where unknown" } dd { code { (choice.name()) } } }
            }
            @if let Some(at_most) = self.policy.at_most {
                div { dt { "Tolerates" } dd { (count(at_most, "record", "records")) " of a snapshot" } }
            }
            @for (framework, ids) in controls {
                div { dt { (text(framework)) } dd { (text(&ids.join(", "))) } }
            }
            @if !tags.is_empty() { div { dt { "Tags" } dd { (text(&tags.join(", "))) } } }
            @if !references.is_empty() { div { dt { "See" } dd {
                @for reference in references { (reference_of(reference)) br; }
            } } }
        } }
    }
}

fn changed(was: &Overridden) -> Markup {
    html! { div { dt { "Changed here" } dd {
        "by itself " (was.effect.name()) ", " (was.severity.name()) ": " (flowing(&was.reason))
    } } }
}

/// An address, to be followed only where it is one of the web.
fn reference_of(reference: &str) -> Markup {
    let shown = text(reference);
    let is_web = ["https://", "http://"].iter().any(|start| reference.starts_with(start));
    html! {
        @if is_web && shown.0 == reference { a rel="noreferrer noopener" href=(reference) { (shown) } }
        @else { code { (shown) } }
    }
}
