//! The parts of an event that are written here, by the names and numbers that the framework gives them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::operation::{Operation, Severity};
use crate::snapshot::Origin;

use super::caption::{Activity, Checked, Standing, severity};

/// The release of the framework.
const VERSION: &str = "1.8.0";

/// Profiles of events that name a cloud.
const PROFILES: &[&str] = &["cloud", "datetime"];

/// The class of Compliance Findings, and the category that it belongs to.
const CLASS: u32 = 2003;
const CATEGORY: u32 = CLASS / 1000;

/// What an event is made from.
#[derive(Clone, Debug)]
pub(super) struct Parts<'a> {
    pub(super) activity: Activity,
    pub(super) checked: Checked,
    /// `None` where there is nothing to work on.
    pub(super) progress: Option<Standing>,
    pub(super) severity: Severity,
    pub(super) message: String,
    /// Records that it speaks of.
    pub(super) count: Option<u64>,
    pub(super) comment: Option<String>,
    pub(super) check: Check,
    pub(super) kind: String,
    pub(super) requirements: Requirements,
    pub(super) resource: Option<Resource>,
    pub(super) remediation: Option<Remediation>,
    pub(super) evidences: Vec<Evidence>,
    pub(super) operation: Option<&'a Operation>,
    pub(super) origin: Option<&'a Origin>,
    pub(super) unmapped: Unmapped,
}

/// What the framework has no words for: the place, the effect, the verdict of the whole run.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Unmapped {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) column: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) effect: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) disposition: Option<&'static str>,
    /// Where the rule is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exit_code: Option<u8>,
}

/// The rule that was checked.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) rule: Option<String>,
    pub(super) why: Option<String>,
    pub(super) address: Option<String>,
}

/// Which standards, and which of their controls, the rule bears on.
#[derive(Clone, Debug, Default)]
pub(super) struct Requirements {
    pub(super) standards: Vec<String>,
    pub(super) controls: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Event {
    activity_id: u32,
    activity_name: &'static str,
    category_uid: u32,
    category_name: &'static str,
    class_uid: u32,
    class_name: &'static str,
    type_uid: u32,
    type_name: String,
    time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_dt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<i64>,
    severity_id: u32,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    metadata: Metadata,
    finding_info: FindingInfo,
    compliance: Compliance,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<Resource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Remediation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidences: Vec<Evidence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api: Option<Api>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud: Option<Cloud>,
    unmapped: Unmapped,
}

#[derive(Debug, Serialize)]
struct Metadata {
    version: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    profiles: &'static [&'static str],
    product: Product,
    event_code: String,
}

#[derive(Debug, Serialize)]
struct Product {
    name: &'static str,
    uid: &'static str,
    vendor_name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct FindingInfo {
    uid: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    desc: Option<String>,
    types: [String; 1],
    created_time: i64,
    analytic: Analytic,
    #[serde(skip_serializing_if = "Option::is_none")]
    src_url: Option<String>,
}

#[derive(Debug, Serialize)]
struct Analytic {
    uid: String,
    name: String,
    type_id: u32,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    desc: Option<String>,
}

#[derive(Debug, Serialize)]
struct Compliance {
    status_id: u32,
    status: &'static str,
    control: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    desc: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    standards: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requirements: Vec<String>,
    checks: [CheckText; 1],
    status_details: [String; 1],
}

#[derive(Debug, Serialize)]
struct CheckText {
    uid: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    desc: Option<String>,
    severity_id: u32,
    severity: &'static str,
    status_id: u32,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    standards: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Resource {
    pub(super) uid: String,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) data: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Remediation {
    pub(super) desc: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Evidence {
    pub(super) name: String,
    pub(super) data: EvidenceData,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct EvidenceData {
    pub(super) value: String,
    pub(super) pointer: String,
    pub(super) line: u64,
    pub(super) column: u64,
}

#[derive(Debug, Serialize)]
struct Api {
    operation: String,
    version: String,
    service: Service,
}

#[derive(Debug, Serialize)]
struct Service {
    name: String,
}

#[derive(Debug, Serialize)]
struct Cloud {
    provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Account>,
}

#[derive(Debug, Serialize)]
struct Account {
    uid: String,
    type_id: u32,
    #[serde(rename = "type")]
    kind: String,
}

impl Event {
    /// The event of what is said, under a name that no other event of the file has.
    pub(super) fn new(parts: Parts<'_>, uid: String, time: jiff::Timestamp) -> Self {
        let (activity_id, activity_name) = parts.activity.caption();
        let (severity_id, severity) = severity(parts.severity);
        let progress = parts.progress.map(Standing::caption);
        let cloud = parts.operation.map(|operation| Cloud::new(operation, parts.origin));
        let is_in_cloud = cloud.is_some();
        let asked = parts.origin;
        Self {
            activity_id,
            activity_name,
            category_uid: CATEGORY,
            category_name: "Findings",
            class_uid: CLASS,
            class_name: "Compliance Finding",
            type_uid: CLASS * 100 + activity_id,
            type_name: format!("Compliance Finding: {activity_name}"),
            time: time.as_millisecond(),
            time_dt: is_in_cloud.then(|| time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()),
            start_time: asked.map(|origin| origin.started.as_millisecond()),
            end_time: asked.map(|origin| origin.finished.as_millisecond()),
            severity_id,
            severity,
            status_id: progress.map(|(id, _)| id),
            status: progress.map(|(_, caption)| caption),
            message: parts.message.clone(),
            count: parts.count,
            comment: parts.comment.clone(),
            metadata: Metadata::new(is_in_cloud, parts.kind.clone()),
            finding_info: FindingInfo::new(&parts, uid, time),
            compliance: Compliance::new(&parts),
            resources: parts.resource.into_iter().collect(),
            remediation: parts.remediation,
            evidences: parts.evidences,
            api: parts.operation.map(Api::new),
            cloud,
            unmapped: parts.unmapped,
        }
    }
}

impl Metadata {
    fn new(is_in_cloud: bool, event_code: String) -> Self {
        Self {
            version: VERSION,
            profiles: if is_in_cloud { PROFILES } else { &[] },
            product: Product {
                name: "Portcullis",
                uid: env!("CARGO_PKG_NAME"),
                vendor_name: "Portcullis",
                version: env!("CARGO_PKG_VERSION"),
            },
            event_code,
        }
    }
}

impl FindingInfo {
    fn new(parts: &Parts<'_>, uid: String, time: jiff::Timestamp) -> Self {
        let check = &parts.check;
        Self {
            uid,
            title: check.title.clone(),
            desc: check.why.clone(),
            types: [parts.kind.clone()],
            created_time: time.as_millisecond(),
            analytic: Analytic {
                uid: check.id.clone(),
                name: check.title.clone(),
                type_id: 1,
                kind: "Rule",
                desc: check.rule.clone(),
            },
            src_url: check.address.clone(),
        }
    }
}

impl Compliance {
    fn new(parts: &Parts<'_>) -> Self {
        let check = &parts.check;
        let (status_id, status) = parts.checked.caption();
        let (severity_id, severity) = severity(parts.severity);
        let standards = &parts.requirements.standards;
        Self {
            status_id,
            status,
            control: check.title.clone(),
            desc: check.why.clone(),
            standards: standards.clone(),
            requirements: parts.requirements.controls.clone(),
            checks: [CheckText {
                uid: check.id.clone(),
                name: check.title.clone(),
                desc: check.rule.clone(),
                severity_id,
                severity,
                status_id,
                status,
                standards: standards.clone(),
            }],
            status_details: [parts.message.clone()],
        }
    }
}

impl Api {
    fn new(operation: &Operation) -> Self {
        Self {
            operation: operation.name.clone(),
            version: operation.version.clone(),
            service: Service { name: operation.product.clone() },
        }
    }
}

impl Cloud {
    fn new(operation: &Operation, origin: Option<&Origin>) -> Self {
        let shown = |text: &String| crate::output::item::short(text);
        let account = origin.and_then(|origin| origin.account.as_ref());
        Self {
            provider: operation.provider.clone(),
            region: origin.and_then(|origin| origin.region.as_ref()).map(shown),
            account: account.map(|account| Account {
                uid: shown(account),
                // There is no number for accounts of every cloud.
                type_id: 99,
                kind: format!("{} account", operation.provider),
            }),
        }
    }
}
