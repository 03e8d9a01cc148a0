//! Items as results of SARIF.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::output::Style;
use crate::output::item::{Item, Names, Status, short};
use crate::triage::{Disposition, Report};

use super::log::Message;
use super::place::Location;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifResult {
    pub(super) rule_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule_index: Option<usize>,
    pub(super) level: &'static str,
    pub(super) message: Message,
    pub(super) locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_locations: Vec<Location>,
    pub(super) partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) suppressions: Option<Vec<Suppression>>,
    pub(super) properties: Value,
}

#[derive(Debug, Serialize)]
pub(super) struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

/// The fingerprint under its own name.
pub(super) const FINGERPRINT: &str = "portcullis/v1";

/// The fingerprint that GitHub reads: two results of a rule and a file with the same one are one alert.
pub(super) const LINE_HASH: &str = "primaryLocationLineHash";

/// Turns items into results.
pub(super) struct Results<'a> {
    report: &'a Report,
    items: &'a [Item<'a>],
    style: &'a Style,
    /// Whether a baseline was given: then every result says whether it knew it.
    has_baseline: bool,
    /// Whether something is waived or tolerated: then every result says whether it is.
    has_suppressed: bool,
}

impl<'a> Results<'a> {
    pub(super) fn new(report: &'a Report, items: &'a [Item<'a>], style: &'a Style) -> Self {
        let any =
            |disposition| report.findings.iter().any(|finding| finding.disposition == disposition);
        let has_baseline = any(Disposition::Known);
        let has_suppressed = any(Disposition::Waived) || any(Disposition::Tolerated);
        Self { report, items, style, has_baseline, has_suppressed }
    }

    pub(super) fn all(&self) -> Vec<SarifResult> {
        let mut names = Names::default();
        self.items.iter().map(|item| self.result(item, &mut names)).collect()
    }

    fn result(&self, item: &Item<'_>, names: &mut Names) -> SarifResult {
        let evidence = Location::of_item(item, self.style);
        let rule = item.policy().and_then(|policy| Location::of_rule(policy, self.style));
        let (primary, related) = match rule {
            Some(rule) => (rule, vec![evidence.related("the value in the evidence")]),
            None => (evidence, Vec::new()),
        };
        let fingerprint = item.fingerprint();
        let hash = format!("{fingerprint}:{}", names.times(&fingerprint));
        let rule_index = match item.finding() {
            Some(finding) => finding.policy as usize,
            None => self.report.policies.policies.len(),
        };
        SarifResult {
            rule_id: item.rule().into_owned(),
            rule_index: Some(rule_index),
            level: crate::output::level(item.level()),
            message: Message::new(&message(item)),
            locations: [primary.about(item)],
            related_locations: related,
            partial_fingerprints: BTreeMap::from([(FINGERPRINT, fingerprint), (LINE_HASH, hash)]),
            baseline_state: self.has_baseline.then_some(match item.status {
                Status::Known => "unchanged",
                _ => "new",
            }),
            suppressions: self.has_suppressed.then(|| self.suppression(item).into_iter().collect()),
            properties: properties(item),
        }
    }

    fn suppression(&self, item: &Item<'_>) -> Option<Suppression> {
        let waiver = item.finding().and_then(|finding| self.report.waiver(finding));
        let reason = match (item.status, waiver) {
            (Status::Waived, Some(waiver)) => {
                format!("{} (until {})", short(&waiver.reason), waiver.expires)
            }
            (Status::Waived, None) => "waived".to_owned(),
            (Status::Tolerated, _) => item.tolerance()?,
            _ => return None,
        };
        Some(Suppression { kind: "external", status: "accepted", justification: reason })
    }
}

fn message(item: &Item<'_>) -> String {
    let message = item.message();
    match item.is_inconclusive() {
        true => format!("inconclusive: {message}"),
        false => message,
    }
}

fn properties(item: &Item<'_>) -> Value {
    json!({
        "kind": item.kind(),
        "severity": item.severity().name(),
        "effect": item.policy().map(|policy| policy.effect.name()),
        "identity": item.identity(),
    })
}
