//! A difference as the members of a JSON document, in the order of its schema.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::output::changes;
use crate::text::Problem;
use crate::triage::{
    Difference, Disposition, FieldChange, Finding, FindingChange, Identity, RecordChange,
    RecordChanges, Report,
};

use super::document::SnapshotText;
use super::finding::{IdentityText, raw};

#[derive(Serialize)]
pub(super) struct DifferenceText<'a> {
    schema: &'static str,
    exit_code: u8,
    summary: SummaryText,
    statement: Option<String>,
    loosened: Vec<&'static str>,
    notes: Vec<NoteText<'a>>,
    evidence: EvidenceText<'a>,
    records: Option<RecordsText<'a>>,
    findings: FindingsText<'a>,
}

impl<'a> DifferenceText<'a> {
    pub(super) fn new(difference: &'a Difference) -> Self {
        Self {
            schema: "portcullis.diff/v1",
            exit_code: difference.verdict.exit_code(),
            summary: SummaryText::new(difference),
            statement: difference.statement(),
            loosened: difference.loosened.iter().map(|flag| flag.name()).collect(),
            notes: difference.notes.iter().map(NoteText::new).collect(),
            evidence: EvidenceText {
                before: SnapshotText::all(&difference.before.report),
                after: SnapshotText::all(&difference.after.report),
            },
            records: difference.records.as_ref().map(RecordsText::new),
            findings: FindingsText(difference),
        }
    }
}

/// How many there are of each class, and what became of the findings in them.
#[derive(Serialize)]
struct SummaryText {
    records: Option<Counts>,
    findings: Counts,
    dispositions: Counts,
}

/// Numbers by what they count, in order.
struct Counts(Vec<(&'static str, u64)>);

impl SummaryText {
    fn new(difference: &Difference) -> Self {
        let records = changes::of_records(difference).zip(difference.records.as_ref());
        let classes = changes::of_findings(difference);
        let of = |disposition| {
            let lists = classes.iter().flat_map(|class| class.list);
            let latest = lists.filter_map(|change| difference.latest(change));
            latest.filter(|(_, finding)| finding.disposition == disposition).count() as u64
        };
        Self {
            records: records.map(|(classes, records)| {
                let counts = classes.iter().map(|class| (class.word, class.list.len() as u64));
                Counts(counts.chain([("unchanged", records.unchanged)]).collect())
            }),
            findings: Counts(
                classes.iter().map(|class| (class.word, class.list.len() as u64)).collect(),
            ),
            dispositions: Counts(
                Disposition::ALL.into_iter().map(|one| (one.name(), of(one))).collect(),
            ),
        }
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

#[derive(Serialize)]
pub(super) struct NoteText<'a> {
    level: &'static str,
    code: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    source: &'a str,
}

impl<'a> NoteText<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        Self {
            level: problem.level.name(),
            code: &problem.code,
            message: &problem.message,
            help: problem.help.as_deref(),
            source: problem.place.source(),
        }
    }
}

#[derive(Serialize)]
struct EvidenceText<'a> {
    before: Vec<SnapshotText<'a>>,
    after: Vec<SnapshotText<'a>>,
}

#[derive(Serialize)]
struct RecordsText<'a> {
    opened: Vec<RecordText<'a>>,
    closed: Vec<RecordText<'a>>,
    changed: Vec<RecordText<'a>>,
    unseen: Vec<RecordText<'a>>,
}

impl<'a> RecordsText<'a> {
    fn new(changes: &'a RecordChanges) -> Self {
        let texts = |list: &'a [RecordChange]| list.iter().map(RecordText::new).collect();
        Self {
            opened: texts(&changes.opened),
            closed: texts(&changes.closed),
            changed: texts(&changes.changed),
            unseen: texts(&changes.unseen),
        }
    }
}

#[derive(Serialize)]
struct RecordText<'a> {
    identity: Named<'a>,
    source: &'a str,
    fields: Fields<'a>,
}

impl<'a> RecordText<'a> {
    fn new(change: &'a RecordChange) -> Self {
        Self {
            identity: Named(&change.identity),
            source: &change.source,
            fields: Fields(&change.fields),
        }
    }
}

struct Named<'a>(&'a [Identity]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, raw(value))))
    }
}

struct Fields<'a>(&'a [FieldChange]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = |text: &'_ Option<String>| -> Option<Box<RawValue>> {
            text.as_deref().and_then(raw).map(ToOwned::to_owned)
        };
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for field in self.0 {
            map.serialize_entry(&field.name, &[value(&field.before), value(&field.after)])?;
        }
        map.end()
    }
}

struct FindingsText<'a>(&'a Difference);

impl Serialize for FindingsText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lists = &self.0.findings;
        let mut map = serializer.serialize_map(Some(5))?;
        for (name, list) in [
            ("new", &lists.new),
            ("fixed", &lists.fixed),
            ("unchanged", &lists.unchanged),
            ("worsened", &lists.worsened),
            ("unseen", &lists.unseen),
        ] {
            map.serialize_entry(name, &List(self.0, list))?;
        }
        map.end()
    }
}

struct List<'a>(&'a Difference, &'a [FindingChange]);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.1.iter().map(|change| Change(self.0, *change)))
    }
}

struct Change<'a>(&'a Difference, FindingChange);

impl Serialize for Change<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(latest) = self.0.latest(&self.1) else {
            return serializer.serialize_none();
        };
        let was = self.1.before.filter(|_| self.1.after.is_some());
        finding(latest, was.map(|was| (&self.0.before.report, was)), serializer)
    }
}

/// A finding as it is, and what it was where there is something to compare it with.
pub(super) fn finding<S: Serializer>(
    (report, finding): (&Report, Finding),
    was: Option<(&Report, Finding)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let record = report.record(&finding).unwrap_or_default();
    let identity = report.identity(&finding);
    let policy = report.policy(&finding);
    let text = FindingText {
        policy: &policy.id,
        is: Standing::new(report, &finding),
        message: report.message(&finding),
        fingerprint: report.fingerprint(&finding),
        identity: IdentityText::new(report, &finding, &identity),
        record: PlaceText {
            source: &record.source,
            pointer: &record.pointer,
            line: record.position.line,
            column: record.position.column,
        },
        was: was.map(|(report, finding)| Standing::new(report, &finding)),
    };
    text.serialize(serializer)
}

#[derive(Serialize)]
struct FindingText<'a> {
    policy: &'a str,
    #[serde(flatten)]
    is: Standing,
    message: String,
    fingerprint: String,
    identity: IdentityText<'a>,
    record: PlaceText<'a>,
    was: Option<Standing>,
}

/// What a finding is on one side.
#[derive(Serialize)]
struct Standing {
    effect: &'static str,
    severity: &'static str,
    outcome: &'static str,
    disposition: &'static str,
}

impl Standing {
    fn new(report: &Report, finding: &Finding) -> Self {
        let policy = report.policy(finding);
        Self {
            effect: policy.effect.name(),
            severity: policy.severity.name(),
            outcome: finding.outcome.name(),
            disposition: finding.disposition.name(),
        }
    }
}

#[derive(Serialize)]
struct PlaceText<'a> {
    source: &'a str,
    pointer: &'a str,
    line: u64,
    column: u64,
}
