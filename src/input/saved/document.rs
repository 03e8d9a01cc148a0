//! A saved report as the members of its JSON document. Nothing may be missing, and nothing else be there.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::engine::Outcome;
use crate::operation::{Effect, Severity};
use crate::policy::WhenUnknown;
use crate::snapshot::{Weight, Wholeness};
use crate::text::Level;
use crate::triage::{Disposition, FailOn, Loosening, Verdict};

use super::value::{Amount, Count, Hash, Members, One, Ordinal, Parsed, or_null};

/// Bytes of a fingerprint, and of the hash of a page.
type Fingerprint = Hash<16>;
type Sha256 = Hash<32>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a report")]
pub(super) struct Document<'a> {
    #[serde(rename = "schema")]
    pub(super) _schema: String,
    pub(super) tool: Tool,
    pub(super) day: Parsed<Date>,
    pub(super) verdict: One<Verdict>,
    pub(super) exit_code: u8,
    pub(super) summary: Summary,
    #[serde(deserialize_with = "or_null")]
    pub(super) statement: Option<String>,
    pub(super) terms: Terms,
    pub(super) loosened: Vec<One<Loosening>>,
    pub(super) warnings: Vec<Problem>,
    pub(super) evidence: Vec<Capture>,
    pub(super) policies: Vec<Policy>,
    pub(super) waivers: Vec<Waiver>,
    pub(super) approvals: Vec<Approval>,
    #[serde(borrow)]
    pub(super) fixed: Vec<Fixed<'a>>,
    pub(super) findings: Vec<Finding<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Tool {
    #[serde(rename = "name")]
    pub(super) _name: String,
    pub(super) version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Summary {
    pub(super) policies: Count,
    pub(super) records: Count,
    pub(super) deny: Count,
    pub(super) alert: Count,
    pub(super) inconclusive: Count,
    pub(super) waived: Count,
    pub(super) known: Count,
    pub(super) tolerated: Count,
    pub(super) fixed: Count,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Terms {
    pub(super) fail_on: One<FailOn>,
    pub(super) inconclusive: One<WhenUnknown>,
    pub(super) assume_complete: bool,
    pub(super) allow_partial: bool,
    #[serde(deserialize_with = "or_null")]
    pub(super) max_age: Option<Count>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Capture {
    pub(super) source: String,
    #[serde(deserialize_with = "or_null")]
    pub(super) operation: Option<String>,
    pub(super) records: Count,
    pub(super) judged: Count,
    #[serde(deserialize_with = "or_null")]
    pub(super) expected: Option<Count>,
    #[serde(deserialize_with = "or_null")]
    pub(super) complete: Option<bool>,
    pub(super) wholeness: One<Wholeness>,
    pub(super) unlisted: Members<Ordinal>,
    pub(super) tolerances: Members<Tolerance>,
    #[serde(deserialize_with = "or_null")]
    pub(super) origin: Option<Origin>,
    pub(super) pages: Vec<Page>,
    pub(super) problems: Vec<Flaw>,
}

/// How many records violate a policy that tolerates some.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Tolerance {
    pub(super) least: Count,
    #[serde(deserialize_with = "or_null")]
    pub(super) most: Option<Count>,
    #[serde(deserialize_with = "or_null")]
    pub(super) within: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Origin {
    pub(super) endpoint: String,
    #[serde(deserialize_with = "or_null")]
    pub(super) region: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) account: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) profile: Option<String>,
    pub(super) filters: Members<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) window: Option<Window>,
    pub(super) started: Parsed<Timestamp>,
    pub(super) finished: Parsed<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Window {
    pub(super) since: Parsed<Timestamp>,
    pub(super) until: Parsed<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Page {
    pub(super) source: String,
    pub(super) records: Count,
    #[serde(deserialize_with = "or_null")]
    pub(super) sha256: Option<Sha256>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Flaw {
    pub(super) level: One<Level>,
    pub(super) code: String,
    pub(super) message: String,
    #[serde(deserialize_with = "or_null")]
    pub(super) help: Option<String>,
    pub(super) source: String,
    #[serde(deserialize_with = "or_null")]
    pub(super) line: Option<Ordinal>,
    #[serde(deserialize_with = "or_null")]
    pub(super) column: Option<Ordinal>,
    #[serde(deserialize_with = "or_null")]
    pub(super) offset: Option<Count>,
    #[serde(deserialize_with = "or_null")]
    pub(super) length: Option<Count>,
    pub(super) weight: One<Weight>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Problem {
    pub(super) level: One<Level>,
    pub(super) code: String,
    pub(super) message: String,
    #[serde(deserialize_with = "or_null")]
    pub(super) help: Option<String>,
    pub(super) source: String,
    #[serde(deserialize_with = "or_null")]
    pub(super) line: Option<Ordinal>,
    #[serde(deserialize_with = "or_null")]
    pub(super) column: Option<Ordinal>,
    #[serde(deserialize_with = "or_null")]
    pub(super) offset: Option<Count>,
    #[serde(deserialize_with = "or_null")]
    pub(super) length: Option<Count>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Policy {
    pub(super) id: String,
    pub(super) effect: One<Effect>,
    pub(super) severity: One<Severity>,
    pub(super) title: String,
    pub(super) operation: String,
    pub(super) rule: Rule,
    pub(super) condition: String,
    #[serde(deserialize_with = "or_null")]
    pub(super) when_unknown: Option<One<WhenUnknown>>,
    #[serde(deserialize_with = "or_null")]
    pub(super) at_most: Option<Ordinal>,
    #[serde(deserialize_with = "or_null")]
    pub(super) overridden: Option<Overridden>,
    pub(super) replaced: Vec<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) why: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) remediation: Option<String>,
    pub(super) references: Vec<String>,
    pub(super) source: String,
    pub(super) line: Ordinal,
    pub(super) column: Ordinal,
    pub(super) controls: BTreeMap<String, Vec<String>>,
    pub(super) tags: Vec<String>,
    pub(super) judged: Count,
    pub(super) failed: Count,
    pub(super) inconclusive: Count,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Rule {
    pub(super) text: String,
    pub(super) source: String,
    pub(super) line: Ordinal,
    pub(super) column: Ordinal,
    pub(super) offset: Count,
    pub(super) length: Count,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Overridden {
    pub(super) effect: One<Effect>,
    pub(super) severity: One<Severity>,
    pub(super) reason: String,
    pub(super) source: String,
    pub(super) line: Ordinal,
    pub(super) column: Ordinal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Waiver {
    pub(super) policy: String,
    pub(super) reason: String,
    pub(super) expires: Parsed<Date>,
    #[serde(deserialize_with = "or_null")]
    pub(super) owner: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) approved_by: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) ticket: Option<String>,
    pub(super) source: String,
    pub(super) line: Ordinal,
    pub(super) column: Ordinal,
    #[serde(rename = "match")]
    #[serde(deserialize_with = "or_null")]
    pub(super) words: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) expect_at_most: Option<Count>,
    pub(super) inconclusive: bool,
    pub(super) in_force: bool,
    pub(super) matched: Count,
    pub(super) waived: Count,
    pub(super) problems: Vec<Problem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Approval {
    pub(super) services: Vec<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) ports: Option<[i64; 2]>,
    #[serde(deserialize_with = "or_null")]
    pub(super) protocol: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) scope: Option<String>,
    pub(super) owner: String,
    pub(super) reason: String,
    pub(super) approved_by: String,
    pub(super) expires: Parsed<Date>,
    pub(super) in_force: bool,
    #[serde(deserialize_with = "or_null")]
    pub(super) open: Option<bool>,
    pub(super) source: String,
    pub(super) line: Ordinal,
    pub(super) column: Ordinal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Fixed<'a> {
    pub(super) policy: String,
    pub(super) fingerprint: Fingerprint,
    #[serde(borrow)]
    pub(super) identity: Members<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Finding<'a> {
    pub(super) policy: String,
    pub(super) effect: One<Effect>,
    pub(super) severity: One<Severity>,
    pub(super) outcome: One<Outcome>,
    pub(super) disposition: One<Disposition>,
    pub(super) message: String,
    pub(super) fingerprint: Fingerprint,
    #[serde(borrow)]
    pub(super) record: Record<'a>,
    pub(super) evidence: Vec<Evidence<'a>>,
    pub(super) absent: Vec<String>,
    #[serde(default)]
    pub(super) aggregates: Vec<Measured>,
    pub(super) rule: FindingRule,
    #[serde(deserialize_with = "or_null")]
    pub(super) waiver: Option<FindingWaiver>,
    pub(super) matching: Vec<Count>,
    #[serde(deserialize_with = "or_null")]
    pub(super) remediation: Option<String>,
    pub(super) controls: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Record<'a> {
    pub(super) source: String,
    pub(super) pointer: String,
    pub(super) line: Ordinal,
    pub(super) column: Ordinal,
    pub(super) offset: Count,
    pub(super) length: Count,
    pub(super) capture: Count,
    #[serde(borrow)]
    pub(super) identity: Members<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Evidence<'a> {
    pub(super) field: String,
    #[serde(borrow)]
    pub(super) value: &'a RawValue,
    #[serde(borrow, default)]
    pub(super) read: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) meaning: Option<String>,
    #[serde(default)]
    pub(super) unknown: bool,
    pub(super) pointer: String,
    pub(super) line: Ordinal,
    pub(super) column: Ordinal,
    pub(super) offset: Count,
    pub(super) length: Count,
}

/// An aggregate of a whole snapshot, and what it came to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Measured {
    pub(super) aggregate: String,
    #[serde(deserialize_with = "or_null")]
    pub(super) low: Option<Amount>,
    #[serde(deserialize_with = "or_null")]
    pub(super) high: Option<Amount>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct FindingRule {
    pub(super) source: String,
    pub(super) line: Ordinal,
    pub(super) column: Ordinal,
    pub(super) offset: Count,
    pub(super) length: Count,
}

/// The waiver of a finding, as it is among all of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct FindingWaiver {
    pub(super) policy: String,
    pub(super) reason: String,
    pub(super) expires: Parsed<Date>,
    #[serde(deserialize_with = "or_null")]
    pub(super) owner: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) approved_by: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub(super) ticket: Option<String>,
    pub(super) source: String,
    pub(super) line: Ordinal,
    pub(super) column: Ordinal,
}
