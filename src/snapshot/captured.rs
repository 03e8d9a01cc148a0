//! Reads captures: every page from its raw answer, all of them one snapshot.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::json::Record;
use crate::operation::Operation;
use crate::text::{Place, Problem, spelled};

use super::assemble::assemble;
use super::capture::{Answer, Capture};
use super::flaw::Error;
use super::page::{Captured, File, Flaw, RecordPlace, Weight};
use super::read::{Hashes, Plan, Reading, Visitor, read};
use super::whole::Snapshot;

/// The longest window of which the console of Cloud Firewall shows details; the API states no limit.
const MAX_SHOWN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Reads the pages of a capture, each from its raw answer: what they hold lies at places within that
/// answer, which goes by the name `source#page=N`.
///
/// # Errors
/// What makes one of them no evidence at all.
pub fn read_capture(
    capture: &Capture,
    source: &Arc<str>,
    plan: &Plan,
    visitor: &mut dyn Visitor,
) -> Result<File, Problem> {
    let mut file = File::new(source, &plan.operation);
    let origin = Arc::new(capture.origin.clone());
    let oldest = capture.pages.iter().map(|page| page.taken).min();
    file.captured = Some(Box::new(Captured { origin, oldest, said: None }));
    file.flaws.extend(long_window(capture, source));
    if capture.pages.is_empty() {
        let list = plan.operation.records.join(".");
        let error = Error::NoRecords("the capture holds no page".to_owned(), list);
        file.flaws.push(error.flaw(Weight::Partial, Place::Whole(Arc::clone(source))));
    }
    read_answers(&capture.pages, file, plan, visitor)
}

/// Reads answers, each the page of its number from 1.
fn read_answers(
    answers: &[Answer],
    mut file: File,
    plan: &Plan,
    visitor: &mut dyn Visitor,
) -> Result<File, Problem> {
    for (requested, answer) in (1..).zip(answers) {
        let name = Arc::from(format!("{}#page={requested}", file.source));
        let first = file.pages.len();
        visitor.enter(&name);
        let mut reading = Reading::new(answer.body.as_ref(), file, plan, visitor);
        reading.within = Some(Arc::clone(&name));
        reading.file.documents = 0;
        file = reading.documents().map_err(|stop| stop.problem(&name))?;
        one_document(&file, file.pages.len() - first, &name)?;
        for page in file.pages.iter_mut().skip(first) {
            page.sha256 = Some(answer.sha256());
        }
        let number = file.pages.get(first).and_then(|page| page.number.clone());
        let other = number.filter(|(number, _)| u64::try_from(*number) != Ok(requested));
        if let Some((found, mark)) = other {
            let error = Error::PageNumber { found, requested };
            file.flag(error.flaw(Weight::Unprovable, Place::Evidence(mark)));
        }
    }
    Ok(file)
}

/// Reads one answer, which must be one document.
///
/// # Errors
/// What makes it no answer.
pub fn read_answer(
    body: &[u8],
    source: &Arc<str>,
    plan: &Plan,
    visitor: &mut dyn Visitor,
) -> Result<File, Problem> {
    let file = read(body, source, plan, visitor)?;
    one_document(&file, file.pages.len(), source)?;
    Ok(file)
}

/// Two documents are not an answer, nor are two pages in one.
fn one_document(file: &File, pages: usize, source: &Arc<str>) -> Result<(), Problem> {
    let documents = pages.max(usize::try_from(file.documents).unwrap_or(usize::MAX));
    match documents {
        0 | 1 => Ok(()),
        _ => Err(Error::SeveralDocuments(documents).at(Place::Whole(Arc::clone(source)))),
    }
}

/// What the pages of a capture that goes by the name `source` make together.
///
/// # Errors
/// What makes one of them no evidence at all.
pub fn together(capture: &Capture, source: &Arc<str>) -> Result<Snapshot, Problem> {
    let plan = blind_plan(&capture.operation);
    read_capture(capture, source, &plan, &mut Blind).map(alone)
}

/// What answers make together, each the page of its number from 1.
///
/// # Errors
/// What makes one of them no evidence at all.
pub fn answers_together(
    operation: &Arc<Operation>,
    answers: &[Answer],
    source: &Arc<str>,
) -> Result<Snapshot, Problem> {
    let file = File::new(source, operation);
    read_answers(answers, file, &blind_plan(operation), &mut Blind).map(alone)
}

fn blind_plan(operation: &Arc<Operation>) -> Plan {
    let operation = Arc::clone(operation);
    Plan { slots: operation.identity.clone(), operation, hashes: Hashes::Left }
}

fn alone(file: File) -> Snapshot {
    let source = Arc::clone(&file.source);
    let snapshots = assemble(vec![file], &mut |_, _| ());
    snapshots.into_iter().next().unwrap_or_else(|| Snapshot::nothing(source))
}

/// The note that a window is longer than the service is known to look back.
fn long_window(capture: &Capture, source: &Arc<str>) -> Option<Flaw> {
    let (begin, end) = capture.origin.window?;
    let length = end.duration_since(begin);
    let error = Error::LongWindow(spelled(length));
    (length > MAX_SHOWN).then(|| error.flaw(Weight::Noted, Place::Whole(Arc::clone(source))))
}

/// Looks at no record.
struct Blind;

impl Visitor for Blind {
    fn visit(&mut self, _record: &Record<'_>) -> bool {
        false
    }

    fn keep(&mut self, _record: &Record<'_>, _place: RecordPlace) {}
}
