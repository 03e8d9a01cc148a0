//! From waiver files to waivers: what `match` says is resolved against every operation whose policies
//! the waiver names, and none lasts longer than it may.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use miette::Diagnostic;
use thiserror::Error;

use super::draft::{self, WaiverDraft, WaiverFile};
use super::file::document;
use super::resolve::{self, Scope, Set};
use super::{Condition, PolicySet, Project, Waiver};
use crate::operation::{Catalogue, Operation};
use crate::text::{Place, Problem, Source};

/// Days that a waiver may last from today on, where nothing else is said.
pub const DEFAULT_MAX_WAIVER_DAYS: u64 = 180;

/// How a waiver file begins.
const BEGINS: &str = "begin with `waivers:` and a list of them, each with `policy`, `reason` and `expires`; `[]` waives nothing";

#[derive(Debug, Error, Diagnostic)]
enum WaiverError {
    #[error("this waiver lasts longer than {days} days")]
    #[diagnostic(
        code("waiver/too-long"),
        help("it may last until {last}; `max_waiver_days` beside `waivers:` says otherwise")
    )]
    TooLong { days: u64, last: Date },
}

/// Reads waiver files, for the policies of a set, on the day `today`.
///
/// Beside the waivers that are right comes every problem of every file, in order.
#[must_use]
pub fn waivers(
    sources: &[Arc<Source>],
    set: &PolicySet,
    catalogue: &Catalogue,
    today: Date,
) -> (Vec<Waiver>, Vec<Problem>) {
    waivers_for(&Project::default(), sources, (set, catalogue), today)
}

/// The same of a project. Its own limit holds for every file, which may set a narrower one.
#[must_use]
pub fn waivers_for(
    project: &Project,
    sources: &[Arc<Source>],
    (set, catalogue): (&PolicySet, &Catalogue),
    today: Date,
) -> (Vec<Waiver>, Vec<Problem>) {
    let policies = Policies { set, catalogue, limit: project.max_waiver_days };
    let mut problems = Vec::new();
    let own = WaiverFile { waivers: project.waivers.clone(), ..WaiverFile::default() };
    let mut waivers = policies.waivers(own, today, &mut problems);
    for source in sources {
        let (_, told) = document(source, BEGINS, &mut |root, problems| {
            let file = draft::waiver_file(root, problems);
            waivers.extend(policies.waivers(file, today, problems));
        });
        problems.extend(told);
    }
    (waivers, problems)
}

/// What waivers are for.
struct Policies<'a> {
    set: &'a PolicySet,
    catalogue: &'a Catalogue,
    /// Days of the project.
    limit: Option<u64>,
}

impl Policies<'_> {
    /// The waivers of one file.
    fn waivers(&self, file: WaiverFile, today: Date, problems: &mut Vec<Problem>) -> Vec<Waiver> {
        let days = file.max_days.into_iter().chain(self.limit).min();
        let days = days.unwrap_or(DEFAULT_MAX_WAIVER_DAYS);
        let last = last_day(today, days);
        let mut waivers = Vec::with_capacity(file.waivers.len());
        for draft in file.waivers {
            if draft.waiver.expires > last {
                let place = Place::Text(draft.waiver.expires_at.clone());
                let error = WaiverError::TooLong { days, last };
                problems.push(Problem::new(&error, place).labelled("too far ahead"));
            }
            waivers.extend(self.resolved(draft, &file.sets, problems));
        }
        waivers
    }

    /// A waiver that knows its records, of every operation in which its words mean something.
    fn resolved(
        &self,
        draft: WaiverDraft,
        sets: &BTreeMap<String, Set>,
        problems: &mut Vec<Problem>,
    ) -> Option<Waiver> {
        let mut waiver = draft.waiver;
        let Some(expr) = &draft.records else {
            return Some(waiver);
        };
        let mut conditions: BTreeMap<String, Condition> = BTreeMap::new();
        let mut told = Vec::new();
        for operation in self.operations(&waiver) {
            let params = BTreeMap::new();
            let scope = Scope { operation, sets, params: &params };
            let mut found = Vec::new();
            if let Some(resolved) = resolve::records(expr, &scope, &mut found) {
                conditions.insert(operation.name.clone(), resolved.condition);
            }
            told.push(found);
        }
        // What fits one operation need not fit the others; what fits none is a mistake.
        if let Some(found) = told.into_iter().min_by_key(Vec::len) {
            problems.extend(found);
        }
        let fits = !conditions.is_empty();
        waiver.conditions = Some(conditions);
        fits.then_some(waiver)
    }

    /// The operations of the policies that a waiver names; where it names none, the only one there is.
    fn operations(&self, waiver: &Waiver) -> Vec<&Operation> {
        let mut operations: Vec<&Operation> = Vec::new();
        for policy in self.set.policies.iter().filter(|policy| waiver.covers(policy)) {
            if !operations.iter().any(|known| known.name == policy.operation.name) {
                operations.push(&policy.operation);
            }
        }
        if operations.is_empty() {
            operations.extend(self.catalogue.only().map(Arc::as_ref));
        }
        operations
    }
}

/// The last day on which a waiver of today may end; the end of the calendar where there is no limit.
fn last_day(today: Date, days: u64) -> Date {
    let days = i64::try_from(days).ok().and_then(|days| jiff::Span::new().try_days(days).ok());
    days.and_then(|days| today.checked_add(days).ok()).unwrap_or(Date::MAX)
}
