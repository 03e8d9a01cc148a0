//! The register of approvals as JSON, with whether each is still open.

use serde::Serialize;

use crate::policy::Approval;
use crate::triage::ApprovalUse;

#[derive(Serialize)]
pub(super) struct ApprovalText<'a> {
    services: &'a [String],
    ports: Option<[i64; 2]>,
    protocol: Option<&'a str>,
    scope: Option<&'a str>,
    owner: &'a str,
    reason: &'a str,
    approved_by: &'a str,
    expires: String,
    in_force: bool,
    open: Option<bool>,
    source: &'a str,
    line: u64,
    column: u64,
}

impl<'a> ApprovalText<'a> {
    pub(super) fn new((approval, used): (&'a Approval, &ApprovalUse)) -> Self {
        let position = approval.location.position();
        Self {
            services: &approval.services,
            ports: approval.ports.as_ref().map(|ports| [*ports.start(), *ports.end()]),
            protocol: approval.protocol.as_deref(),
            scope: approval.scope.as_deref(),
            owner: &approval.owner,
            reason: &approval.reason,
            approved_by: &approval.approved_by,
            expires: approval.expires.to_string(),
            in_force: used.is_in_force,
            open: used.is_open,
            source: approval.location.source.name(),
            line: position.line,
            column: position.column,
        }
    }
}
