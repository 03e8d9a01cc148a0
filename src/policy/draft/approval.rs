//! The register of what is meant to be open, as `unless approved` reads it.

use std::ops::RangeInclusive;

use super::error::DraftError;
use super::formula;
use super::shape::{Form, Item};
use crate::json::Number;
use crate::operation::fold;
use crate::policy::Approval;
use crate::policy::syntax::{Operand, OperandKind};
use crate::text::Problem;

const KEYS: &[&str] =
    &["service", "port", "protocol", "scope", "owner", "reason", "approved_by", "expires"];

/// The greatest port number there is.
const LAST_PORT: i64 = 65_535;

/// Reads the register; one that says `[]` approves nothing.
pub(super) fn all(item: Item<'_>, problems: &mut Vec<Problem>) -> Vec<Approval> {
    if item.node.as_sequence().is_some_and(<[_]>::is_empty) {
        return Vec::new();
    }
    let items = item.list("a list of approvals", problems).unwrap_or_default();
    items.into_iter().filter_map(|item| one(item, problems)).collect()
}

/// Reads one entry.
pub(super) fn one(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<Approval> {
    let form = Form::of(item, "an approval", KEYS, problems)?;
    if form.item("service").is_none() && form.item("port").is_none() {
        problems.push(form.problem(&DraftError::BoundlessApproval, "this approval"));
    }
    let services = form.read("service", problems, services);
    let ports = form.item("port").map(|item| ports(item, problems));
    let protocol = form.item("protocol").map(|item| item.text(problems).map(|name| fold(&name)));
    let scope = form.item("scope").map(|item| item.text(problems));
    let mut said = |key| form.required(key, problems).and_then(|item| item.text(problems));
    let owner = said("owner");
    let reason = said("reason");
    let approved_by = said("approved_by");
    let expires = form.required("expires", problems).and_then(|item| item.date(problems));
    Some(Approval {
        services,
        ports: ports.map_or(Some(None), |ports| ports.map(Some))?,
        protocol: protocol.map_or(Some(None), |name| name.map(Some))?,
        scope: scope.map_or(Some(None), |text| text.map(Some))?,
        owner: owner?,
        reason: reason?,
        approved_by: approved_by?,
        expires: expires?,
        location: item.node.location.clone(),
    })
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
