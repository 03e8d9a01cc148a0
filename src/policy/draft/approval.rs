//! The register of what is meant to be open, as `unless approved` reads it.

use std::ops::RangeInclusive;

use super::error::DraftError;
use super::formula;
use super::shape::{Form, Item, words_of};
use crate::json::Number;
use crate::operation::fold;
use crate::policy::Approval;
use crate::policy::syntax::{Operand, OperandKind};
use crate::text::{Location, Problem};
use crate::yaml::{Node, Value};

const KEYS: &[&str] =
    &["service", "port", "protocol", "scope", "owner", "reason", "approved_by", "expires"];

/// The greatest port number there is.
const LAST_PORT: i64 = 65_535;

/// A name in an approval, which no schema has seen yet.
#[derive(Clone, Debug)]
pub(in crate::policy) struct ApprovedName {
    pub text: String,
    pub quoted: bool,
    /// Whether it names a protocol, and not a service.
    pub is_protocol: bool,
    pub location: Location,
}

/// An approval, and the names in it.
pub(in crate::policy) type ApprovalDraft = (Approval, Vec<ApprovedName>);

/// Reads the register; one that says `[]` approves nothing.
pub(super) fn all(item: Item<'_>, problems: &mut Vec<Problem>) -> Vec<ApprovalDraft> {
    if item.node.as_sequence().is_some_and(<[_]>::is_empty) {
        return Vec::new();
    }
    let items = item.list("a list of approvals", problems).unwrap_or_default();
    items.into_iter().filter_map(|item| one(item, problems)).collect()
}

/// Reads one entry.
pub(super) fn one(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<ApprovalDraft> {
    let form = Form::of(item, "an approval", KEYS, problems)?;
    if form.item("service").is_none() && form.item("port").is_none() {
        problems.push(form.problem(&DraftError::BoundlessApproval, "this approval"));
    }
    let services = form.read("service", problems, services);
    let ports = form.item("port").map(|item| ports(item, problems));
    let protocol = form.item("protocol").map(|item| item.text(problems).map(|name| fold(&name)));
    let services_named = form.item("service").into_iter().flat_map(|item| names(item.node, false));
    let protocol_named = form.item("protocol").into_iter().flat_map(|item| names(item.node, true));
    let named = services_named.chain(protocol_named).collect();
    let scope = form.item("scope").map(|item| item.text(problems));
    let mut said = |key| form.required(key, problems).and_then(|item| item.text(problems));
    let owner = said("owner");
    let reason = said("reason");
    let approved_by = said("approved_by");
    let expires = form.required("expires", problems).and_then(|item| item.date(problems));
    let approval = Approval {
        services,
        ports: ports.map_or(Some(None), |ports| ports.map(Some))?,
        protocol: protocol.map_or(Some(None), |name| name.map(Some))?,
        scope: scope.map_or(Some(None), |text| text.map(Some))?,
        owner: owner?,
        reason: reason?,
        approved_by: approved_by?,
        expires: expires?,
        location: item.node.location.clone(),
    };
    Some((approval, named))
}

/// The names of a scalar or of a list.
fn names(node: &Node, is_protocol: bool) -> Vec<ApprovedName> {
    let nodes = node.as_sequence().unwrap_or(std::slice::from_ref(node));
    let name = |node: &Node| {
        let scalar = node.as_scalar()?;
        let Value::Text(text) = scalar.value() else {
            return None;
        };
        let (text, quoted) = (text.to_owned(), !scalar.is_plain());
        Some(ApprovedName { text, quoted, is_protocol, location: words_of(node) })
    };
    nodes.iter().filter_map(name).collect()
}

/// One service, or a list of them.
fn services(item: Item<'_>, problems: &mut Vec<Problem>) -> Vec<String> {
    let names = match item.node.as_sequence() {
        Some(_) => item.texts(problems),
        None => item.text(problems).into_iter().collect(),
    };
    names.iter().map(|name| fold(name)).collect()
}

/// One port, or both ends of a range.
fn ports(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<RangeInclusive<i64>> {
    let before = problems.len();
    let ports = formula::operand(item, problems).and_then(|operand| match &operand.kind {
        OperandKind::Range(first, last) => Some(port(first)?..=port(last)?),
        _ => port(&operand).map(|only| only..=only),
    });
    let ports = ports.filter(|ports| !ports.is_empty());
    if ports.is_none() && problems.len() == before {
        let text = item.place().text().to_owned();
        problems.push(item.problem(&DraftError::BadPort { text }, "not a port"));
    }
    ports
}

fn port(operand: &Operand) -> Option<i64> {
    match operand.kind {
        OperandKind::Number(Number::Integer(port), None) => {
            (0..=LAST_PORT).contains(&port).then_some(port)
        }
        _ => None,
    }
}
