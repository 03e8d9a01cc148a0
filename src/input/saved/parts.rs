//! What a document says of captures and of findings, in the words of the floors below.

use std::sync::Arc;

use crate::engine;
use crate::operation::Operation;
use crate::policy::Bounds;
use crate::snapshot::{self, Origin, Snapshot};
use crate::text::{self, Mark, Place, Position};
use crate::triage::{self, SavedFinding};

use super::document::{Capture, Evidence, Finding, Flaw, Measured, Page, Problem};
use super::value::{Count, Ordinal};

impl Capture {
    pub(super) fn snapshot(&self, operation: Option<Arc<Operation>>) -> Snapshot {
        let origin = self.origin.as_ref().map(|origin| {
            let window = origin.window.as_ref();
            Arc::new(Origin {
                endpoint: origin.endpoint.clone(),
                region: origin.region.clone(),
                account: origin.account.clone(),
                profile: origin.profile.clone(),
                filters: origin.filters.0.clone(),
                window: window.map(|window| (window.since.0, window.until.0)),
                started: origin.started.0,
                finished: origin.finished.0,
            })
        });
        Snapshot {
            source: Arc::from(self.source.as_str()),
            operation,
            origin,
            oldest: None,
            pages: self.pages.iter().map(Page::page).collect(),
            records: self.records.0,
            judged: self.judged.0,
            expected: self.expected.map(|expected| expected.0),
            wholeness: self.wholeness.0,
            flaws: self.problems.iter().map(Flaw::flaw).collect(),
        }
    }
}

impl Page {
    fn page(&self) -> snapshot::Page {
        let source: Arc<str> = Arc::from(self.source.as_str());
        let start =
            Mark { source: Arc::clone(&source), position: Position::START, offset: 0, length: 0 };
        snapshot::Page {
            records: self.records.0,
            sha256: self.sha256.as_ref().map(|hash| hash.0.clone()),
            has_list: true,
            ..snapshot::Page::new(source, start)
        }
    }
}

impl Flaw {
    fn flaw(&self) -> snapshot::Flaw {
        let place = place(&self.source, (self.line, self.column), (self.offset, self.length));
        let words = (self.code.as_str(), self.message.as_str());
        snapshot::Flaw {
            weight: self.weight.0,
            problem: told(self.level.0, words, self.help.as_ref(), place),
        }
    }
}

impl Problem {
    pub(super) fn problem(&self) -> text::Problem {
        let place = place(&self.source, (self.line, self.column), (self.offset, self.length));
        let words = (self.code.as_str(), self.message.as_str());
        told(self.level.0, words, self.help.as_ref(), place)
    }
}

/// A problem as it is told: its code and message, and what helps.
fn told(
    level: text::Level,
    (code, message): (&str, &str),
    help: Option<&String>,
    place: Place,
) -> text::Problem {
    text::Problem {
        level,
        code: code.to_owned(),
        message: message.to_owned(),
        label: String::new(),
        help: help.cloned(),
        place,
        related: Vec::new(),
    }
}

fn place(
    source: &str,
    (line, column): (Option<Ordinal>, Option<Ordinal>),
    (offset, length): (Option<Count>, Option<Count>),
) -> Place {
    let source = Arc::from(source);
    match (line, column, offset, length) {
        (Some(line), Some(column), Some(offset), Some(length)) => Place::Evidence(Mark {
            source,
            position: Position { line: line.0, column: column.0 },
            offset: offset.0,
            length: length.0,
        }),
        _ => Place::Whole(source),
    }
}

impl Finding<'_> {
    pub(super) fn saved(
        &self,
        (policy, capture): (u32, usize),
        matching: Vec<u32>,
        waiver: Option<u32>,
    ) -> SavedFinding {
        let record = &self.record;
        SavedFinding {
            policy,
            outcome: self.outcome.0,
            disposition: self.disposition.0,
            waiver,
            matching,
            capture,
            message: self.message.clone(),
            record: triage::RecordAt {
                source: Arc::from(record.source.as_str()),
                pointer: record.pointer.clone(),
                position: Position { line: record.line.0, column: record.column.0 },
                offset: record.offset.0,
                length: record.length.0,
            },
            identity: record.identity.known(),
            evidence: self.evidence.iter().map(Evidence::evidence).collect(),
            meanings: self.evidence.iter().map(Evidence::meaning).collect(),
            absent: self.absent.clone(),
            measured: self.aggregates.iter().map(Measured::measured).collect(),
        }
    }
}

impl Measured {
    fn measured(&self) -> engine::Measured {
        engine::Measured {
            aggregate: self.aggregate.clone(),
            bounds: Bounds { low: self.low.map(|end| end.0), high: self.high.map(|end| end.0) },
        }
    }
}

impl Evidence<'_> {
    fn evidence(&self) -> triage::Evidence {
        triage::Evidence {
            field: self.field.clone(),
            value: self.value.get().to_owned(),
            read: self.read.map(|read| read.get().to_owned()),
            pointer: self.pointer.clone(),
            position: Position { line: self.line.0, column: self.column.0 },
            offset: self.offset.0,
            length: self.length.0,
        }
    }

    fn meaning(&self) -> Option<triage::Meaning> {
        let words = self.meaning.clone()?;
        Some(triage::Meaning { words, is_unknown: self.unknown })
    }
}
