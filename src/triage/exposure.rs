//! What is open, as far as findings show it: of every record with a finding its port, its services and
//! its traffic. Of a record that violates nothing a report knows nothing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::engine::{Hit, Outcome};
use crate::json::{Number, Raw};
use crate::operation::reading::{self, Case};
use crate::operation::{Effect, FieldId, Operation, Severity};

use super::kept::Kept;
use super::report::{Finding, Report};
use super::saved::SavedFinding;
use super::verdict::Disposition;

/// One port and protocol, of all records with findings that name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The operation's name.
    pub operation: String,
    /// The port, where the records have one.
    pub port: Option<i64>,
    /// The protocol as it was sent; empty where there is none.
    pub protocol: String,
    /// Names of what runs there, each once, in the order of the alphabet.
    pub services: Vec<String>,
    /// Records with findings.
    pub records: u64,
    /// Bytes that went over it; `None` where a record does not say, or no policy asked.
    pub traffic: Option<u64>,
    /// Findings, whatever became of them.
    pub findings: u64,
    /// The worst of the open ones; `None` where none is open.
    pub worst: Option<Standing>,
}

/// How bad an open finding is, the worst being the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// Whether it is known to be a violation.
    pub fails: bool,
    /// What the violation does.
    pub effect: Effect,
    /// How bad it is.
    pub severity: Severity,
}

type Key = (String, Option<i64>, String);

/// What is gathered of one opening.
#[derive(Default)]
struct Gathered {
    services: BTreeSet<String>,
    records: u64,
    traffic: Option<u64>,
    findings: u64,
    worst: Option<Standing>,
}

impl Report {
    /// Everything open that has a finding: the worst first, then what carries the most traffic.
    #[must_use]
    pub fn exposure(&self) -> Vec<Opening> {
        let mut openings: BTreeMap<Key, Gathered> = BTreeMap::new();
        let mut seen = HashSet::new();
        let mut told_records = HashSet::new();
        for finding in &self.findings {
            if let Some(told) = self.told(finding) {
                let operation = &self.policy(finding).operation;
                let opening = openings.entry(told_key(operation, told)).or_default();
                opening.findings += 1;
                opening.worst = opening.worst.max(self.standing(finding));
                if told_records.insert((told.capture, &*told.record.source, told.record.offset)) {
                    opening.records += 1;
                }
                continue;
            }
            let Some((kept, found, hit)) = self.hit(finding) else { continue };
            let opening = openings.entry(key(kept, hit)).or_default();
            opening.findings += 1;
            opening.worst = opening.worst.max(self.standing(finding));
            if seen.insert((finding.file, found.hit)) {
                opening.add(kept, hit);
            }
        }
        let mut openings: Vec<Opening> = openings.into_iter().map(opening).collect();
        // The sort is stable: what is equal stays in the order of the ports.
        openings.sort_by_key(|opening| Reverse((opening.worst, opening.traffic)));
        openings
    }

    fn standing(&self, finding: &Finding) -> Option<Standing> {
        let policy = self.policy(finding);
        (finding.disposition == Disposition::Open).then_some(Standing {
            fails: finding.outcome == Outcome::Fail,
            effect: policy.effect,
            severity: policy.severity,
        })
    }
}

fn opening(((operation, port, protocol), gathered): (Key, Gathered)) -> Opening {
    let Gathered { services, records, traffic, findings, worst } = gathered;
    let services = services.into_iter().collect();
    Opening { operation, port, protocol, services, records, traffic, findings, worst }
}

/// The same of a saved finding, of which what identifies the record is at hand.
fn told_key(operation: &Operation, told: &SavedFinding) -> Key {
    let raw = |field: FieldId| {
        let name = &operation.schema.field(field).name;
        let known = told.identity.iter().find(|(known, _)| known == name);
        known.and_then(|(_, text)| Raw::of(text))
    };
    let port = operation.port.and_then(|port| {
        match reading::number(operation.schema.field(port), raw(port)) {
            Ok(Number::Integer(port)) => Some(port),
            _ => None,
        }
    });
    let mut scratch = reading::Scratch::default();
    let protocol = operation
        .protocol
        .and_then(|protocol| reading::sent_text(raw(protocol), &mut scratch).ok());
    (operation.name.clone(), port, protocol.unwrap_or_default().to_owned())
}

fn key(kept: &Kept, hit: &Hit) -> Key {
    let operation = &kept.operation;
    let port = operation.port.and_then(|port| {
        match reading::number(operation.schema.field(port), kept.raw(hit, port)) {
            Ok(Number::Integer(port)) => Some(port),
            _ => None,
        }
    });
    let mut scratch = reading::Scratch::default();
    let protocol = operation
        .protocol
        .and_then(|protocol| reading::sent_text(kept.raw(hit, protocol), &mut scratch).ok());
    (operation.name.clone(), port, protocol.unwrap_or_default().to_owned())
}

impl Gathered {
    /// Adds a record that was not seen before.
    fn add(&mut self, kept: &Kept, hit: &Hit) {
        let mut scratch = reading::Scratch::default();
        let services = &mut self.services;
        // What names nothing is no service.
        let _ = reading::list(
            Case::Kept,
            kept.raw(hit, kept.operation.subject),
            &mut scratch,
            &mut |name| {
                services.insert(name.to_owned());
            },
        );
        let traffic = traffic(kept, hit);
        self.traffic = match self.records {
            0 => traffic,
            // One that does not say leaves the sum unknown.
            _ => self.traffic.zip(traffic).and_then(|(sum, more)| sum.checked_add(more)),
        };
        self.records += 1;
    }
}

/// The bytes of a record, both ways together.
fn traffic(kept: &Kept, hit: &Hit) -> Option<u64> {
    let schema = &kept.operation.schema;
    let volume = schema.volume()?;
    match reading::value(schema, volume, &|field| {
        reading::number(schema.field(field), kept.raw(hit, field))
    }) {
        Ok(Number::Integer(bytes)) => u64::try_from(bytes).ok(),
        _ => None,
    }
}
