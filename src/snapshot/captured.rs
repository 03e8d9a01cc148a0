//! Reads captures: every page from its raw answer, all of them one snapshot.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::json::Record;
use crate::text::{Place, Problem, spelled};

use super::assemble::assemble;
use super::capture::Capture;
use super::flaw::Error;
use super::page::{Captured, File, Flaw, RecordPlace, Weight};
use super::read::{Hashes, Plan, Reading, Visitor};
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
    for (index, answer) in capture.pages.iter().enumerate() {
        let name = Arc::from(format!("{source}#page={}", index + 1));
        let first = file.pages.len();
        visitor.enter(&name);
        let mut reading = Reading::new(answer.body.as_ref(), file, plan, visitor);
        reading.within = Some(Arc::clone(&name));
        file = reading.documents().map_err(|stop| stop.problem(&name))?;
        for page in file.pages.iter_mut().skip(first) {
            page.sha256 = Some(answer.sha256());
        }
    }
    Ok(file)
}

/// What the pages of a capture that goes by the name `source` make together.
///
/// # Errors
/// What makes one of them no evidence at all.
pub fn together(capture: &Capture, source: &Arc<str>) -> Result<Snapshot, Problem> {
    let operation = Arc::clone(&capture.operation);
    let plan = Plan { slots: operation.identity.clone(), operation, hashes: Hashes::Left };
    let file = read_capture(capture, source, &plan, &mut Blind)?;
    let snapshots = assemble(vec![file], &mut |_, _| ());
    Ok(snapshots.into_iter().next().unwrap_or_else(|| Snapshot::nothing(Arc::clone(source))))
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
