//! The register of what is meant to be open, and whether it still is.

use maud::{Markup, html};

use crate::policy::Approval;
use crate::triage::{ApprovalUse, Report};

use super::page::{self, badge, flowing, place, table, text};

pub(super) fn section(report: &Report) -> Markup {
    if report.policies.approvals.is_empty() {
        return html! {};
    }
    let used = report.policies.approvals.iter().zip(&report.approvals);
    let head = ["What", "Reason", "Owner", "Approved by", "Until", "State"];
    let rows = html! { @for (approval, used) in used { (row(approval, used)) } };
    let table = table("What is meant to be open", &head, rows);
    page::section("register", "Approvals", table)
}

fn row(approval: &Approval, used: &ApprovalUse) -> Markup {
    html! { tr {
        th scope="row" { (text(&what(approval))) @if let Some(scope) = &approval.scope {
            br; span.faint { (flowing(scope)) }
        } }
        td { (flowing(&approval.reason)) }
        td { (flowing(&approval.owner)) }
        td { (flowing(&approval.approved_by)) }
        td { time { (approval.expires) } }
        td {
            @if used.is_in_force { (badge("good", "in force")) } @else { (badge("deny", "expired")) }
            " " @match used.is_open {
                Some(true) => "open",
                Some(false) => "not open any more",
                None => "not known whether open",
            }
            br; (place(approval.location.source.name(), Some(approval.location.position())))
        }
    } }
}

fn what(approval: &Approval) -> String {
    let services = match approval.services.as_slice() {
        [] => "any service".to_owned(),
        services => services.join(", "),
    };
    let ports = match &approval.ports {
        None => "any port".to_owned(),
        Some(ports) if ports.start() == ports.end() => ports.start().to_string(),
        Some(ports) => format!("{}..{}", ports.start(), ports.end()),
    };
    match &approval.protocol {
        Some(protocol) => format!("{services} on {ports}/{protocol}"),
        None => format!("{services} on {ports}"),
    }
}
