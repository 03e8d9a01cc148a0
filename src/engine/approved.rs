//! Whether a record is approved: every service on it must be, for an approval never covers another
//! service that was seen on the same port.

use crate::json::Number;
use crate::operation::FieldId;
use crate::operation::reading::{self, Case, Unknown};
use crate::policy::Approval;

use super::evaluate::Fields;
use super::truth::Truth;

/// True when each identified service is covered by an approval that holds for the record's port and
/// protocol; unknown while a service, the port or the protocol is not known and could be covered.
pub(crate) fn approved(fields: &Fields<'_>, scratch: &mut reading::Scratch) -> Truth {
    let operation = &fields.program.operation;
    let covers = |approval: &Approval, scratch: &mut reading::Scratch| {
        port(fields, operation.port, approval).and(protocol(
            fields,
            operation.protocol,
            approval,
            scratch,
        ))
    };
    let mut whole = Truth::False;
    let mut named: Vec<(&Approval, Truth)> = Vec::new();
    for approval in &fields.program.approvals {
        match covers(approval, scratch) {
            Truth::False => {}
            here if approval.services.is_empty() => whole = whole.or(here),
            here => named.push((approval, here)),
        }
    }
    if whole == Truth::True || (named.is_empty() && whole == Truth::False) {
        return whole;
    }
    whole.or(services(fields, &named, scratch))
}

/// Whether what an approval speaks of is open on a record: any of its services, not all of the record's.
pub(crate) fn is_open(
    fields: &Fields<'_>,
    approval: &Approval,
    scratch: &mut reading::Scratch,
) -> Truth {
    let operation = &fields.program.operation;
    let here = port(fields, operation.port, approval);
    let here = here.and(protocol(fields, operation.protocol, approval, scratch));
    if here == Truth::False || approval.services.is_empty() {
        return here;
    }
    let described = operation.schema.field(operation.subject);
    let mut any = Truth::False;
    let raw = fields.raw(operation.subject);
    let members = reading::list(Case::of(described), raw, scratch, &mut |name| {
        let is_unidentified =
            described.unknown_members.iter().any(|one| described.compared(one) == name);
        let is_named = approval.services.iter().any(|service| service == name);
        any = any.or(if is_named { Truth::True } else { Truth::False });
        any = any.or(if is_unidentified { Truth::Unknown } else { Truth::False });
    });
    here.and(match members {
        Err(_) => Truth::Unknown,
        Ok(members) if members.malformed > 0 => any.or(Truth::Unknown),
        Ok(_) => any,
    })
}

/// The least truth over all services: one that is not covered makes the record not approved.
fn services(
    fields: &Fields<'_>,
    named: &[(&Approval, Truth)],
    scratch: &mut reading::Scratch,
) -> Truth {
    let operation = &fields.program.operation;
    let described = operation.schema.field(operation.subject);
    let unidentified: Vec<String> =
        described.unknown_members.iter().map(|member| described.compared(member)).collect();
    let mut least = Truth::True;
    let members =
        reading::list(Case::of(described), fields.raw(operation.subject), scratch, &mut |name| {
            let covering = named
                .iter()
                .filter(|(approval, _)| approval.services.iter().any(|service| service == name));
            let covered = covering.map(|(_, here)| *here).max().unwrap_or(Truth::False);
            let is_unidentified = unidentified.iter().any(|member| member == name);
            least = least.and(if is_unidentified { covered.max(Truth::Unknown) } else { covered });
        });
    match members {
        Err(_) => Truth::Unknown,
        Ok(members) if members.count == 0 => Truth::False,
        Ok(members) if members.malformed > 0 => least.and(Truth::Unknown),
        Ok(_) => least,
    }
}

fn port(fields: &Fields<'_>, field: Option<FieldId>, approval: &Approval) -> Truth {
    let Some(ports) = &approval.ports else {
        return Truth::True;
    };
    match field.ok_or(Unknown::Absent).and_then(|field| fields.number(field)) {
        Ok(Number::Integer(port)) => Truth::from(ports.contains(&port)),
        Ok(Number::Fraction(_)) | Err(_) => Truth::Unknown,
    }
}

fn protocol(
    fields: &Fields<'_>,
    field: Option<FieldId>,
    approval: &Approval,
    scratch: &mut reading::Scratch,
) -> Truth {
    let (Some(protocol), Some(field)) = (&approval.protocol, field) else {
        return Truth::True;
    };
    match reading::text(fields.schema().field(field), fields.raw(field), scratch) {
        Ok(text) => Truth::from(text == protocol),
        Err(_) => Truth::Unknown,
    }
}
