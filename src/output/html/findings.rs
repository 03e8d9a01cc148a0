//! Every finding, in the report's own order: its message, and folded in what decided, the rule, the
//! remedy, and who accepted it.

use std::io;

use maud::{Markup, PreEscaped, html};

use crate::operation::{Effect, Severity};
use crate::output::item::{Item, Status, items};
use crate::policy::{Policy, Waiver};
use crate::triage::{Evidence, Finding, Meaning, Report};

use super::page::{Page, badge, count, flowing, place, text};
use super::snippet;

/// Findings that are unfolded where there are no more.
const FEW: usize = 3;

/// Characters of a value that are shown in a table.
const LONGEST_VALUE: usize = 300;

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let findings = report.findings.len();
    page.put(html! {
        (PreEscaped("<section id=\"findings\" aria-labelledby=\"findings-title\">\n"))
        h2 id="findings-title" { "Findings" }
        @if findings == 0 { p { "There is none." } }
        @else {
            (controls(report))
            p.shown id="shown" role="status" { (count(findings as u64, "finding", "findings")) }
            (PreEscaped("\n<ol class=\"findings\">\n"))
        }
    })?;
    let all = items(report).filter_map(|item| Some((item.finding()?, item)));
    for (index, (finding, item)) in all.enumerate() {
        let entry = Entry { report, finding, item, index };
        page.put(entry.markup(findings <= FEW))?;
    }
    page.put(html! {
        @if findings > 0 { (PreEscaped("</ol>\n")) }
        (PreEscaped("</section>"))
    })
}

/// What the script filters and sorts by; without it they are not shown.
fn controls(report: &Report) -> Markup {
    let has_finding: Vec<bool> = {
        let mut has = vec![false; report.policies.policies.len()];
        for finding in &report.findings {
            if let Some(has) = has.get_mut(finding.policy as usize) {
                *has = true;
            }
        }
        has
    };
    let policies = report.policies.policies.iter().zip(has_finding).enumerate();
    html! { form.controls id="filter" hidden aria-label="Filter and sort findings" {
        div { label for="by-text" { "Text" } input id="by-text" type="search" autocomplete="off"; }
        div { label for="by-severity" { "Severity" } select id="by-severity" {
            option value="" { "all" }
            @for (rank, severity) in Severity::ALL.iter().enumerate().rev() {
                option value=(rank) {
                    (severity.name()) @if *severity < Severity::Critical { " and worse" }
                }
            }
        } }
        div { label for="by-result" { "Result" } select id="by-result" {
            option value="" { "all" }
            @for result in ["deny", "alert", "inconclusive", "waived", "known", "tolerated"] {
                option value=(result) { (result) }
            }
        } }
        div { label for="by-policy" { "Policy" } select id="by-policy" {
            option value="" { "all" }
            @for (index, (policy, _)) in policies.filter(|(_, (_, has))| *has) {
                option value=(index + 1) { (text(&policy.id)) }
            }
        } }
        div { label for="order" { "Order" } select id="order" {
            option value="" { "as found" }
            option value="severity" { "worst first" }
            option value="policy" { "by policy" }
        } }
        div.buttons {
            button type="reset" { "Show all" }
            button type="button" id="unfold" { "Unfold" }
            button type="button" id="fold" { "Fold" }
        }
    } }
}

/// One finding in the list.
struct Entry<'a> {
    report: &'a Report,
    finding: &'a Finding,
    item: Item<'a>,
    index: usize,
}

impl Entry<'_> {
    fn markup(&self, is_open: bool) -> Markup {
        let policy = self.report.policy(self.finding);
        let rank = Severity::ALL.iter().position(|severity| *severity == policy.severity);
        let result = self.result(policy);
        html! {
            li id={ "finding-" (self.index + 1) } class={ "finding " (result) }
                data-result=(result) data-severity=(rank.unwrap_or_default())
                data-policy=(self.finding.policy + 1)
            {
                details open[is_open] {
                    summary {
                        span.badges { (badge(result, result)) " " (badge(policy.severity.name(), policy.severity.name())) }
                        " " span.message { (self.item.message()) }
                        " " span.by { (text(&policy.id)) " · " (self.item.identity()) }
                    }
                    div.body { (self.body(policy)) }
                }
            }
        }
    }

    /// What a reader looks for: what it does, or what became of it.
    fn result(&self, policy: &Policy) -> &'static str {
        match (self.item.status, policy.effect) {
            (Status::Waived, _) => "waived",
            (Status::Known, _) => "known",
            (Status::Tolerated, _) => "tolerated",
            (Status::Inconclusive, _) => "inconclusive",
            (_, Effect::Deny) => "deny",
            (_, Effect::Alert) => "alert",
        }
    }

    fn body(&self, policy: &Policy) -> Markup {
        let (report, finding) = (self.report, self.finding);
        let evidence = report.evidence(finding);
        let absent = report.absent(finding);
        let record = report.record(finding).unwrap_or_default();
        let excerpt = report.excerpt(finding);
        html! {
            p.where { (place(self.item.source(), self.item.position()))
                @if !record.pointer.is_empty() { " " code.faint { (text(&record.pointer)) } }
            }
            @if let Some(excerpt) = excerpt {
                (snippet::record(excerpt, (record.position, record.offset), &evidence))
            }
            @if !evidence.is_empty() { (values(&evidence, &report.meanings(finding))) }
            @if !absent.is_empty() {
                p { "Not in the record: "
                    @for name in &absent { code { (text(name)) } " " }
                }
            }
            dl.facts {
                div { dt { "Rule" } dd { (rule(policy))
                    a href={ "#policy-" (finding.policy + 1) } { (text(&policy.id)) }
                } }
                @if let Some(remediation) = &policy.remediation {
                    div { dt { "Remedy" } dd { (flowing(remediation)) } }
                }
                @if let Some(waiver) = report.waiver(finding) { (waived(waiver, finding)) }
                @if let Some(tolerance) = report.tolerance(finding) {
                    div { dt { "In its snapshot" } dd { (tolerance.words()) } }
                }
                div { dt { "Fingerprint" } dd { code.fingerprint { (report.fingerprint(finding)) } } }
            }
        }
    }
}

/// The words of a rule, on as many lines as they were written on.
fn rule(policy: &Policy) -> Markup {
    let words = policy.rule.text().trim_end();
    match words.contains('\n') {
        true => snippet::rule(&policy.rule),
        false => html! { code { (text(words)) } " " },
    }
}

/// The values that decided.
fn values(evidence: &[Evidence], meanings: &[Option<Meaning>]) -> Markup {
    let meanings = meanings.iter().map(Option::as_ref).chain(std::iter::repeat(None));
    html! { dl.values { @for (one, meaning) in evidence.iter().zip(meanings) { div {
        dt { code { (text(&one.field)) } }
        dd {
            code.value { (cut(&one.value)) }
            @if let Some(read) = &one.read { " read as " code { (cut(read)) } }
            @if let Some(meaning) = meaning {
                " " span.meaning.unclear[meaning.is_unknown] { (text(&meaning.words)) }
            }
            " " span.at { (one.position.line) ":" (one.position.column) }
        }
    } } } }
}

/// A value on one line: between its members white space says nothing.
fn cut(value: &str) -> String {
    let value: String = value.lines().map(str::trim).collect();
    let value = text(&value).to_string();
    match value.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value,
    }
}

fn waived(waiver: &Waiver, finding: &Finding) -> Markup {
    html! { div { dt { "Waived" } dd {
        (flowing(&waiver.reason)) ", until " time { (waiver.expires) }
        @if let Some(index) = finding.waiver {
            " " a href={ "#waiver-" (index + 1) } { "the waiver" }
        }
    } } }
}
