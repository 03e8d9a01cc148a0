//! The columns of Prowler 5, by which spreadsheets and DefectDojo read findings of clouds.

use crate::operation::Severity;
use crate::output::item::{Item, Names, Status, fingerprint, prose, short};
use crate::policy::Policy;
use crate::snapshot::Snapshot;
use crate::text::{Level, Place, Problem};
use crate::triage::Report;

use super::{Cells, Table, plain};

pub(super) const TABLE: Table = Table {
    delimiter: b';',
    columns: &[
        "AUTH_METHOD",
        "TIMESTAMP",
        "ACCOUNT_UID",
        "ACCOUNT_NAME",
        "ACCOUNT_EMAIL",
        "ACCOUNT_ORGANIZATION_UID",
        "ACCOUNT_ORGANIZATION_NAME",
        "ACCOUNT_TAGS",
        "FINDING_UID",
        "PROVIDER",
        "CHECK_ID",
        "CHECK_TITLE",
        "CHECK_TYPE",
        "STATUS",
        "STATUS_EXTENDED",
        "MUTED",
        "SERVICE_NAME",
        "SUBSERVICE_NAME",
        "SEVERITY",
        "RESOURCE_TYPE",
        "RESOURCE_UID",
        "RESOURCE_NAME",
        "RESOURCE_DETAILS",
        "RESOURCE_TAGS",
        "PARTITION",
        "REGION",
        "DESCRIPTION",
        "RISK",
        "RELATED_URL",
        "REMEDIATION_RECOMMENDATION_TEXT",
        "REMEDIATION_RECOMMENDATION_URL",
        "REMEDIATION_CODE_NATIVEIAC",
        "REMEDIATION_CODE_TERRAFORM",
        "REMEDIATION_CODE_CLI",
        "REMEDIATION_CODE_OTHER",
        "COMPLIANCE",
        "CATEGORIES",
        "DEPENDS_ON",
        "RELATED_TO",
        "NOTES",
        "PROWLER_VERSION",
        "ADDITIONAL_URLS",
        "ACCOUNT_OU_UID",
        "ACCOUNT_OU_NAME",
    ],
    of_item,
    of_problem,
};

/// The provider as Prowler names it.
const PROVIDER: &str = "alibabacloud";

/// Who wrote the table, in the column that says so.
const VERSION: &str = concat!("portcullis ", env!("CARGO_PKG_VERSION"));

/// The title of what evidence lacks.
const EVIDENCE_TITLE: &str = "The evidence is whole and says enough";

fn of_item(report: &Report, item: &Item<'_>, names: &mut Names) -> Cells {
    let snapshot = match item.finding() {
        Some(finding) => report.evidence.get(report.capture(finding)),
        None => report.evidence.iter().find(|snapshot| &*snapshot.source == item.source()),
    };
    let (status, muted) = match item.status {
        Status::Failed | Status::Insufficient => ("FAIL", "False"),
        status if status.is_accepted() && item.is_inconclusive() => ("MANUAL", "True"),
        Status::Waived | Status::Known | Status::Tolerated => ("FAIL", "True"),
        Status::Inconclusive | Status::Noted => ("MANUAL", "False"),
    };
    let mut cells = vec![
        ("TIMESTAMP", report.time.strftime("%Y-%m-%d %H:%M:%S").to_string()),
        ("FINDING_UID", uid(&item.rule(), &item.fingerprint(), names)),
        ("PROVIDER", PROVIDER.to_owned()),
        ("CHECK_ID", item.rule().into_owned()),
        ("STATUS", status.to_owned()),
        ("STATUS_EXTENDED", item.message()),
        ("MUTED", muted.to_owned()),
        ("SEVERITY", severity(item.severity()).to_owned()),
        ("REMEDIATION_RECOMMENDATION_TEXT", item.help().unwrap_or_default()),
        ("NOTES", notes(report, item)),
        ("PROWLER_VERSION", VERSION.to_owned()),
    ];
    cells.extend(snapshot.into_iter().flat_map(of_snapshot));
    match item.policy() {
        None => cells.push(("CHECK_TITLE", EVIDENCE_TITLE.to_owned())),
        Some(policy) => cells.extend(of_policy(policy)),
    }
    if let Some(finding) = item.finding() {
        cells.extend([
            ("RESOURCE_UID", item.identity()),
            ("RESOURCE_NAME", item.identity()),
            ("RESOURCE_DETAILS", plain::values(report, finding)),
        ]);
    } else {
        cells.push(("RESOURCE_UID", short(item.source())));
        cells.push(("RESOURCE_NAME", short(item.source())));
    }
    cells
}

fn of_snapshot(snapshot: &Snapshot) -> Cells {
    let mut cells = Vec::new();
    if let Some(operation) = &snapshot.operation {
        cells.push(("SERVICE_NAME", operation.product.to_lowercase()));
        cells.push(("RESOURCE_TYPE", operation.name.clone()));
    }
    if let Some(origin) = &snapshot.origin {
        let known = |text: &Option<String>| text.as_deref().map(short).unwrap_or_default();
        cells.push(("AUTH_METHOD", known(&origin.profile)));
        cells.push(("ACCOUNT_UID", known(&origin.account)));
        cells.push(("REGION", known(&origin.region)));
    }
    cells
}

fn of_policy(policy: &Policy) -> Cells {
    let references: Vec<String> = policy.references.iter().map(|one| prose(one)).collect();
    vec![
        ("CHECK_TITLE", prose(&policy.title)),
        ("DESCRIPTION", prose(policy.rule.text())),
        ("RISK", policy.why.as_deref().map(prose).unwrap_or_default()),
        ("REMEDIATION_RECOMMENDATION_URL", references.first().cloned().unwrap_or_default()),
        ("COMPLIANCE", plain::controls(policy, ":", " | ")),
        ("CATEGORIES", prose(&policy.tags.join(" | "))),
        ("ADDITIONAL_URLS", references.join(" | ")),
    ]
}

/// Where it lies, and why it is accepted.
fn notes(report: &Report, item: &Item<'_>) -> String {
    let place = short(item.source());
    let place = match item.position() {
        Some(position) => format!("{place}:{}:{}", position.line, position.column),
        None => place,
    };
    let waiver = item.finding().and_then(|finding| report.waiver(finding));
    match (item.status, waiver) {
        (Status::Waived, Some(waiver)) => {
            format!("{place} | waived until {}: {}", waiver.expires, prose(&waiver.reason))
        }
        (Status::Known, _) => format!("{place} | known by the baseline"),
        (Status::Tolerated, _) => {
            format!("{place} | {}", item.tolerance().unwrap_or_default())
        }
        (Status::Inconclusive, _) => format!("{place} | inconclusive"),
        _ => place,
    }
}

fn of_problem(problem: &Problem, names: &mut Names) -> Cells {
    let (status, severity) = match problem.level {
        Level::Error => ("FAIL", Severity::Critical),
        Level::Warning => ("MANUAL", Severity::Low),
        Level::Note => ("MANUAL", Severity::Info),
    };
    let hash = fingerprint(&[&problem.code, problem.place.source(), &problem.message]);
    vec![
        ("FINDING_UID", uid(&problem.code, &hash, names)),
        ("PROVIDER", PROVIDER.to_owned()),
        ("CHECK_ID", short(&problem.code)),
        ("CHECK_TITLE", short(&problem.message)),
        ("STATUS", status.to_owned()),
        ("STATUS_EXTENDED", short(&problem.message)),
        ("MUTED", "False".to_owned()),
        ("SEVERITY", self::severity(severity).to_owned()),
        ("RESOURCE_NAME", short(problem.place.source())),
        ("REMEDIATION_RECOMMENDATION_TEXT", problem.help.as_deref().map(short).unwrap_or_default()),
        ("NOTES", at(&problem.place)),
        ("PROWLER_VERSION", VERSION.to_owned()),
    ]
}

fn at(place: &Place) -> String {
    match place.position() {
        Some(position) => {
            format!("{}:{}:{}", short(place.source()), position.line, position.column)
        }
        None => short(place.source()),
    }
}

/// An identifier that no other row has.
fn uid(rule: &str, fingerprint: &str, names: &mut Names) -> String {
    names.unique(format!("portcullis-{PROVIDER}-{}-{fingerprint}", short(rule)))
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "informational",
        other => other.name(),
    }
}
