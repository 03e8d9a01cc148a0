//! Waivers as they were written: everything but what `match` means, which a schema must say.

use std::collections::BTreeMap;

use super::formula;
use super::named;
use super::policy::words;
use super::shape::{Document, Form, Item, words_of};
use crate::policy::Waiver;
use crate::policy::resolve::Set;
use crate::policy::syntax::Expr;
use crate::text::Problem;
use crate::yaml::Node;

/// A file of waivers.
const WAIVER_FILE: Document = Document {
    within: "a waiver file",
    keys: &["waivers", "max_waiver_days", "sets"],
    expected: "a mapping with `waivers:`",
    help: "put the waivers under `waivers:`",
};

/// The keys of a waiver.
const KEYS: &[&str] = &[
    "policy",
    "match",
    "reason",
    "expires",
    "owner",
    "approved_by",
    "ticket",
    "expect_at_most",
    "inconclusive",
];

/// A file of waivers as it was written.
#[derive(Debug, Default)]
pub(in crate::policy) struct WaiverFile {
    pub waivers: Vec<WaiverDraft>,
    /// Days that a waiver may last from today on, where the file says so.
    pub max_days: Option<u64>,
    /// Named lists that a `match` may say.
    pub sets: BTreeMap<String, Set>,
}

/// A waiver whose `match` has not met a schema.
#[derive(Clone, Debug)]
pub(in crate::policy) struct WaiverDraft {
    /// All else, for every record.
    pub waiver: Waiver,
    /// The records that it is for; nothing means every record.
    pub records: Option<Expr>,
}

/// Reads a waiver file; what is wrong goes to `problems`, what is right is still read.
pub(in crate::policy) fn waiver_file(root: &Node, problems: &mut Vec<Problem>) -> WaiverFile {
    let Some(form) = Form::of_document(root, &WAIVER_FILE, problems) else {
        return WaiverFile::default();
    };
    if form.item("waivers").is_none() {
        problems.extend(form.missing("waivers"));
    }
    WaiverFile {
        waivers: form.read("waivers", problems, all),
        max_days: form.read("max_waiver_days", problems, Item::number),
        sets: form.read("sets", problems, named::sets),
    }
}

/// Reads waivers; `[]` waives nothing.
fn all(item: Item<'_>, problems: &mut Vec<Problem>) -> Vec<WaiverDraft> {
    if item.node.as_sequence().is_some_and(<[_]>::is_empty) {
        return Vec::new();
    }
    let items = item.list("a list of waivers", problems).unwrap_or_default();
    items.into_iter().filter_map(|item| one(item, problems)).collect()
}

/// Reads one waiver.
pub(super) fn one(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<WaiverDraft> {
    let form = Form::of(item, "a waiver", KEYS, problems)?;
    let policy = form.required("policy", problems);
    let named = policy.map(|item| words_of(item.node));
    let policy = policy.and_then(|item| item.text(problems));
    let matched = form.item("match");
    let records = matched.map(|item| formula::when(item, problems));
    let reason = form.required("reason", problems).and_then(|item| item.text(problems));
    let expires = form.required("expires", problems);
    let expires_at = expires.map(Item::place);
    let expires = expires.and_then(|item| item.date(problems));
    let mut said = |key| form.item(key).map(|item| item.text(problems));
    let (owner, approved_by, ticket) = (said("owner"), said("approved_by"), said("ticket"));
    let waiver = Waiver {
        policy: policy?,
        named: named?,
        conditions: None,
        words: matched.map(|item| words(item.node)),
        reason: reason?,
        expires: expires?,
        expires_at: expires_at?,
        owner: owner.map_or(Some(None), |text| text.map(Some))?,
        approved_by: approved_by.map_or(Some(None), |text| text.map(Some))?,
        ticket: ticket.map_or(Some(None), |text| text.map(Some))?,
        expect_at_most: form.read("expect_at_most", problems, Item::number),
        waives_inconclusive: form.read("inconclusive", problems, Item::boolean).unwrap_or(false),
        location: item.node.location.clone(),
    };
    Some(WaiverDraft { waiver, records: records.map_or(Some(None), |expr| expr.map(Some))? })
}
