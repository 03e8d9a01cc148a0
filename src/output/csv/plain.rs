//! The table of Portcullis itself.

use crate::output::item::{Item, Names, fingerprint, prose, short};
use crate::text::Problem;
use crate::triage::Report;

use super::{Cells, Table};

pub(super) const TABLE: Table = Table {
    delimiter: b',',
    columns: &[
        "status",
        "effect",
        "severity",
        "policy",
        "title",
        "record",
        "message",
        "values",
        "source",
        "line",
        "column",
        "rule_source",
        "rule_line",
        "why",
        "remediation",
        "controls",
        "tags",
        "waived_until",
        "waived_because",
        "fingerprint",
    ],
    of_item,
    of_problem,
};

fn of_item(report: &Report, item: &Item<'_>, _names: &mut Names) -> Cells {
    let mut cells = vec![
        ("status", item.status.name().to_owned()),
        ("severity", item.severity().name().to_owned()),
        ("policy", item.rule().into_owned()),
        ("record", item.identity()),
        ("message", item.message()),
        ("source", short(item.source())),
        ("remediation", item.help().unwrap_or_default()),
        ("fingerprint", item.fingerprint()),
    ];
    if let Some(position) = item.position() {
        cells.push(("line", position.line.to_string()));
        cells.push(("column", position.column.to_string()));
    }
    match item.policy() {
        None => cells.push(("title", item.kind().into_owned())),
        Some(policy) => cells.extend([
            ("effect", policy.effect.name().to_owned()),
            ("title", prose(&policy.title)),
            ("rule_source", short(policy.rule.source.name())),
            ("rule_line", policy.rule.position().line.to_string()),
            ("why", policy.why.as_deref().map(prose).unwrap_or_default()),
            ("controls", controls(policy, ":", "; ")),
            ("tags", prose(&policy.tags.join("; "))),
        ]),
    }
    if let Some(finding) = item.finding() {
        cells.push(("values", values(report, finding)));
        if let Some(waiver) = report.waiver(finding) {
            cells.push(("waived_until", waiver.expires.to_string()));
            cells.push(("waived_because", prose(&waiver.reason)));
        }
    }
    cells
}

/// The values that decided, as they stood: `Port=3389; RiskLevel=3`.
pub(super) fn values(report: &Report, finding: &crate::triage::Finding) -> String {
    let evidence = report.evidence(finding).into_iter();
    let values = evidence.map(|one| format!("{}={}", one.field, one.value));
    let absent = report.absent(finding).into_iter().map(|name| format!("{name} absent"));
    prose(&values.chain(absent).collect::<Vec<_>>().join("; "))
}

/// The controls that a policy names, by their frameworks.
pub(super) fn controls(policy: &crate::policy::Policy, of: &str, between: &str) -> String {
    let controls = policy.controls.iter();
    let controls = controls.map(|(framework, ids)| format!("{framework}{of} {}", ids.join(", ")));
    prose(&controls.collect::<Vec<_>>().join(between))
}

fn of_problem(problem: &Problem, _names: &mut Names) -> Cells {
    let position = problem.place.position();
    let number = |number: Option<u64>| number.map_or(String::new(), |number| number.to_string());
    vec![
        ("status", crate::output::level(problem.level).to_owned()),
        ("policy", short(&problem.code)),
        ("message", short(&problem.message)),
        ("source", short(problem.place.source())),
        ("line", number(position.map(|position| position.line))),
        ("column", number(position.map(|position| position.column))),
        ("remediation", problem.help.as_deref().map(short).unwrap_or_default()),
        ("fingerprint", fingerprint(&[&problem.code, problem.place.source(), &problem.message])),
    ]
}
