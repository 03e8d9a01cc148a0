//! The project file as it was written: every key has its shape, every value knows its place.

use std::collections::BTreeMap;

use super::approval::{self, ApprovalDraft};
use super::error::{DraftError, suggestion};
use super::named;
use super::shape::{Document, Form, Item, words_of};
use super::waiver::{self, WaiverDraft};
use crate::operation::{Effect, Severity};
use crate::policy::packs::PACKS;
use crate::policy::resolve::Param;
use crate::policy::{Project, Said, SeverityOverride};
use crate::text::Problem;
use crate::yaml::Node;

/// A project file.
const PROJECT_FILE: Document = Document {
    within: "a project file",
    keys: &[
        "policies",
        "packs",
        "params",
        "overrides",
        "fail_on",
        "evidence",
        "waivers",
        "max_waiver_days",
        "approvals",
        "baseline",
        "output",
    ],
    expected: "a mapping of settings",
    help: "write keys such as `policies: [policies/]`, one a line",
};

/// Reads a project file; what is wrong goes to `problems`, what is right is still read.
pub(in crate::policy) fn project(root: &Node, problems: &mut Vec<Problem>) -> Project {
    let Some(form) = Form::of_document(root, &PROJECT_FILE, problems) else {
        return Project::default();
    };
    let mut project = Project {
        policies: form.item("policies").map(|item| said(item, "a list of paths", problems)),
        packs: form.read("packs", problems, packs),
        params: form.read("params", problems, params),
        overrides: form.read("overrides", problems, overrides),
        fail_on: form.read("fail_on", problems, one),
        evidence: form.read("evidence", problems, |item, p| said(item, "a list of paths", p)),
        max_waiver_days: form.read("max_waiver_days", problems, Item::number),
        baseline: form.read("baseline", problems, one),
        output: form.read("output", problems, |item, p| said(item, "a list of FORMAT=PATH", p)),
        ..Project::default()
    };
    (project.waiver_files, project.waivers) = form.read("waivers", problems, waivers);
    let (files, approvals) = form.read("approvals", problems, approvals);
    let (approvals, names): (Vec<_>, Vec<_>) = approvals.into_iter().unzip();
    project.approval_files = files;
    project.approvals = approvals;
    project.approved = names.into_iter().flatten().collect();
    project
}

fn one(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<Said> {
    let text = item.text(problems)?;
    Some(Said { text, location: words_of(item.node) })
}

fn said(item: Item<'_>, expected: &'static str, problems: &mut Vec<Problem>) -> Vec<Said> {
    let items = item.list(expected, problems).unwrap_or_default();
    items.into_iter().filter_map(|item| one(item, problems)).collect()
}

/// `packs: {exposure: true}`
fn packs(item: Item<'_>, problems: &mut Vec<Problem>) -> BTreeMap<String, bool> {
    let Some(entries) = item.node.as_mapping() else {
        problems.push(item.wrong("a mapping of packs and `true` or `false`"));
        return BTreeMap::new();
    };
    let mut packs = BTreeMap::new();
    for item in entries.iter().map(Item::of) {
        let name = item.name();
        if !PACKS.iter().any(|pack| pack.name == name) {
            let help = suggestion(name, PACKS.iter().map(|pack| pack.name));
            let error = DraftError::UnknownPack { name: name.to_owned(), help };
            problems.push(item.key_problem(&error, "no pack"));
        }
        packs.extend(item.boolean(problems).map(|is_on| (name.to_owned(), is_on)));
    }
    packs
}

fn params(item: Item<'_>, problems: &mut Vec<Problem>) -> BTreeMap<String, Param> {
    named::params(item, problems)
}

fn overrides(item: Item<'_>, problems: &mut Vec<Problem>) -> Vec<SeverityOverride> {
    let items = item.list("a list of overrides", problems).unwrap_or_default();
    items.into_iter().filter_map(|item| one_override(item, problems)).collect()
}

/// `{policy: rdp, severity: low, effect: alert, reason: …}`
fn one_override(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<SeverityOverride> {
    let keys = &["policy", "severity", "effect", "reason"];
    let form = Form::of(item, "an override", keys, problems)?;
    let policy = form.required("policy", problems).and_then(|item| one(item, problems));
    let severity = form.item("severity");
    let effect = form.item("effect");
    if severity.is_none() && effect.is_none() {
        problems.push(form.problem(&DraftError::EmptyOverride, "this override"));
    }
    let reason = form.required("reason", problems).and_then(|item| item.text(problems));
    Some(SeverityOverride {
        severity: severity.and_then(|item| item.choice(&Severity::ALL, Severity::name, problems)),
        effect: effect.and_then(|item| item.choice(&Effect::ALL, Effect::name, problems)),
        policy: policy?,
        reason: reason?,
    })
}

/// Paths of waiver files, and waivers.
fn waivers(item: Item<'_>, problems: &mut Vec<Problem>) -> (Vec<Said>, Vec<WaiverDraft>) {
    paths_or(item, waiver::one, problems)
}

/// Paths of approval files, and approvals.
fn approvals(item: Item<'_>, problems: &mut Vec<Problem>) -> (Vec<Said>, Vec<ApprovalDraft>) {
    paths_or(item, approval::one, problems)
}

/// A list in which a text is a path and a mapping an entry; `[]` is neither.
fn paths_or<T>(
    item: Item<'_>,
    read: fn(Item<'_>, &mut Vec<Problem>) -> Option<T>,
    problems: &mut Vec<Problem>,
) -> (Vec<Said>, Vec<T>) {
    let (mut paths, mut entries) = (Vec::new(), Vec::new());
    if item.node.as_sequence().is_some_and(<[_]>::is_empty) {
        return (paths, entries);
    }
    for item in item.list("a list of paths or entries", problems).unwrap_or_default() {
        match item.node.as_mapping() {
            Some(_) => entries.extend(read(item, problems)),
            None => paths.extend(one(item, problems)),
        }
    }
    (paths, entries)
}
