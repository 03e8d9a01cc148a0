//! A `Draft` is what a policy file says before the schema is asked: its keys are known, every value has
//! the right shape, every rule is parsed, and everything still knows its place.

mod approval;
mod case;
mod error;
mod formula;
mod framework;
mod named;
mod policy;
mod project;
mod shape;
mod waiver;

use std::collections::BTreeMap;

use super::resolve::{Param, Set};
use crate::text::{Location, Place, Problem};
use crate::yaml::Node;

pub(super) use approval::{ApprovalDraft, ApprovedName};
pub(super) use case::CaseDraft;
pub(super) use error::suggestion;
pub(super) use framework::read as framework;
pub(super) use named::one_value;
pub(super) use policy::{AtMost, ControlsDraft, PolicyDraft, RuleKind};
pub(super) use project::project;
pub(super) use waiver::{WaiverDraft, WaiverFile, waiver_file};

use error::DraftError;
use shape::{Document, Form, Item};

/// A policy file.
const POLICY_FILE: Document = Document {
    within: "a policy file",
    keys: &["operation", "sets", "params", "policies", "approvals"],
    expected: "a mapping with `policies:`",
    help: "put the policies under `policies:`",
};

/// One policy file.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub operation: Written,
    /// The first key.
    pub start: Location,
    /// Named lists.
    pub sets: BTreeMap<String, Set>,
    /// Named values.
    pub params: BTreeMap<String, Param>,
    /// In order.
    pub policies: Vec<PolicyDraft<'a>>,
    /// Finished but for their names.
    pub approvals: Vec<ApprovalDraft>,
}

/// A text that may be left out.
#[derive(Debug)]
pub(super) enum Written {
    Text(String, Location),
    Omitted,
    /// Something else, which was told.
    Unreadable,
}

/// Reads the document of one file; what is wrong goes to `problems`, what is right is still read.
pub(super) fn read<'a>(root: &'a Node, problems: &mut Vec<Problem>) -> Option<Draft<'a>> {
    let form = Form::of_document(root, &POLICY_FILE, problems)?;
    if form.item("policies").is_none() && form.item("approvals").is_none() {
        problems.extend(form.missing("policies"));
    }
    Some(Draft {
        operation: form.written("operation", problems),
        start: form.place(),
        sets: form.read("sets", problems, named::sets),
        params: form.read("params", problems, named::params),
        policies: form.read("policies", problems, policies),
        approvals: form.read("approvals", problems, approval::all),
    })
}

/// Whether a document describes a framework, and no policies.
pub(super) fn is_framework(root: &Node) -> bool {
    root.get(framework::FIRST_KEY).is_some()
}

/// A file without any content; `help` says how to begin it.
pub(super) fn empty_file(name: &str, help: &'static str) -> Problem {
    Problem::new(&DraftError::EmptyFile { help }, Place::Whole(name.into()))
}

/// How a policy file begins.
pub(super) const POLICY_FILE_BEGINS: &str =
    "begin with `policies:` and a list of sentences such as `- deny RDP unless approved`";

fn policies<'a>(item: Item<'a>, problems: &mut Vec<Problem>) -> Vec<PolicyDraft<'a>> {
    let items = item.list("a list of policies", problems).unwrap_or_default();
    items.into_iter().filter_map(|item| policy::read(item, problems)).collect()
}
