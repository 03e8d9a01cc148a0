//! A `Snapshot` is the set of pages of one operation that belong together, and the answer to the
//! question whether all of it is there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::operation::{FieldId, Operation};
use crate::text::{Mark, Place, Problem};

use super::capture::Origin;
use super::flaw::{Error, MAX_FLAWS, rows};
use super::page::{File, Flaw, Page, Total, Weight};
use super::rows::Rows;

/// Whether all of a snapshot is there, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wholeness {
    /// Every record is there.
    Complete,
    /// It cannot be proven.
    Unprovable,
    /// Something is known to be missing.
    Partial,
    /// There is no records list at all, or an error came in place of a page: nothing makes up for it.
    NoEvidence,
}

impl Wholeness {
    /// Every answer, the best first.
    pub const ALL: [Self; 4] = [Self::Complete, Self::Unprovable, Self::Partial, Self::NoEvidence];

    /// The best that flaws leave.
    fn under(flaws: &[Flaw]) -> Self {
        match flaws.iter().map(|flaw| flaw.weight).max() {
            None | Some(Weight::Noted) => Self::Complete,
            Some(Weight::Unprovable) => Self::Unprovable,
            Some(Weight::Partial) => Self::Partial,
        }
    }

    /// As written in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Unprovable => "unprovable",
            Self::Partial => "partial",
            Self::NoEvidence => "no_evidence",
        }
    }
}

/// The pages of one operation that belong together.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// A file, or the folder whose files are pages of one another.
    pub source: Arc<str>,
    /// The operation; `None` where there was nothing to tell it by.
    pub operation: Option<Arc<Operation>>,
    /// How it was asked for, where its capture recorded that.
    pub origin: Option<Arc<Origin>>,
    /// When its oldest page had come; `None` if its capture did not record that, and for a report that is
    /// read back.
    pub oldest: Option<Timestamp>,
    /// Its pages, in order.
    pub pages: Vec<Page>,
    /// Records distinct by identity.
    pub records: u64,
    /// Records that were judged: the distinct ones, and those that came again with other content.
    pub judged: u64,
    /// The last total that a page named.
    pub expected: Option<u64>,
    /// Whether all of it is there.
    pub wholeness: Wholeness,
    /// Everything that is to be said of it, in order.
    pub flaws: Vec<Flaw>,
}

impl Snapshot {
    /// Whether it holds answers of an operation.
    #[must_use]
    pub fn is_of(&self, operation: &Operation) -> bool {
        self.operation.as_ref().is_some_and(|own| own.name == operation.name)
    }

    /// A place in which there was no evidence to be read.
    #[must_use]
    pub fn nothing(source: Arc<str>) -> Self {
        let flaw = Error::NoFiles.flaw(Weight::Partial, Place::Whole(source));
        Self::without_pages(Wholeness::NoEvidence, flaw)
    }

    /// A file that may hold evidence and was not read, for the reason that `problem` gives: nobody knows
    /// whether it contradicts what was read.
    #[must_use]
    pub fn unread(problem: Problem) -> Self {
        let flaw = Flaw { weight: Weight::Unprovable, problem };
        Self::without_pages(Wholeness::Unprovable, flaw)
    }

    fn without_pages(wholeness: Wholeness, flaw: Flaw) -> Self {
        Self {
            source: Arc::from(flaw.problem.place.source()),
            operation: None,
            origin: None,
            oldest: None,
            pages: Vec::new(),
            records: 0,
            judged: 0,
            expected: None,
            wholeness,
            flaws: vec![flaw],
        }
    }

    /// The snapshot that files of one operation make together; `rows` are theirs, each once.
    pub(super) fn of(source: Arc<str>, files: Vec<File>, rows: &Rows) -> Self {
        let operation = files.first().map(|file| Arc::clone(&file.operation));
        let mut flaws: Vec<Flaw> =
            files.iter().flat_map(|file| file.flaws.iter().cloned()).collect();
        say_once(&mut flaws);
        flaws.extend(files.iter().flat_map(totals_of).take(MAX_FLAWS));
        let expected = files.iter().flat_map(File::totals).last().map(|(total, _)| total);
        flaws.extend(rows_flaws(&source, &files, rows));
        let captured = files.first().and_then(|file| file.captured.clone());
        let unidentified = files.iter().find_map(|file| file.unidentified.clone());
        flaws.extend(
            unidentified
                .zip(operation.as_ref())
                .map(|(mark, operation)| no_identity(rows.anonymous(), operation, mark)),
        );
        let pages: Vec<Page> = files.into_iter().flat_map(|file| file.pages).collect();
        flaws.extend(pages_flaws(&pages));
        let is_evidence =
            pages.iter().any(|page| page.has_list) && pages.iter().all(|page| page.error.is_none());
        let found = if is_evidence { Wholeness::under(&flaws) } else { Wholeness::NoEvidence };
        let (records, judged) = (rows.distinct(), rows.judged());
        let said = captured.as_ref().and_then(|captured| captured.said.clone());
        let wholeness = match said {
            // Its capture may know more than its pages show.
            Some((said, mark)) if said > found => {
                let weight = match said {
                    Wholeness::Unprovable => Weight::Unprovable,
                    _ => Weight::Partial,
                };
                flaws.push(Error::SaidIncomplete.flaw(weight, Place::Evidence(mark)));
                said
            }
            _ => found,
        };
        let oldest = captured.as_ref().and_then(|captured| captured.oldest);
        let origin = captured.map(|captured| captured.origin);
        Self {
            source,
            operation,
            origin,
            oldest,
            pages,
            records,
            judged,
            expected,
            wholeness,
            flaws,
        }
    }
}

/// What is only noted of one page is not said again of the next.
fn say_once(flaws: &mut Vec<Flaw>) {
    let mut said = HashSet::new();
    flaws.retain(|flaw| flaw.weight > Weight::Noted || said.insert(flaw.problem.message.clone()));
}

/// Pages without a total that could be read; those without a list, and errors, have been spoken of.
fn totals_of(file: &File) -> impl Iterator<Item = Flaw> {
    let of_page = move |page: &Page| match &page.total {
        Total::Known(..) => None,
        _ if page.error.is_some() => None,
        Total::Unreadable(mark) => {
            let path = file.operation.total.as_ref().map(|path| path.join("."));
            let error = Error::TotalUnreadable(path.unwrap_or_default());
            Some(error.flaw(Weight::Unprovable, Place::Evidence(mark.clone())))
        }
        Total::Absent if !page.has_list => None,
        Total::Absent => {
            let path = file.operation.total.as_ref().map(|path| format!(": `{}`", path.join(".")));
            let error = Error::TotalMissing(path.unwrap_or_default());
            Some(error.flaw(Weight::Unprovable, Place::Evidence(page.start.clone())))
        }
    };
    file.pages.iter().filter_map(of_page)
}

/// The distinct rows against the first and the last total, and every total against the first.
fn rows_flaws(source: &Arc<str>, files: &[File], seen: &Rows) -> Vec<Flaw> {
    let totals: Vec<_> = files.iter().flat_map(File::totals).collect();
    let mut flaws = Vec::new();
    if let (Some(first), Some(last)) = (totals.first(), totals.last()) {
        let other = totals.iter().find(|(total, _)| *total != first.0);
        if let Some((other, mark)) = other {
            let error = Error::TotalsDiffer { first: first.0, other: *other };
            flaws.push(error.flaw(Weight::Unprovable, Place::Evidence((*mark).clone())));
        }
        let (least, greatest) = if last.0 < first.0 { (last, first) } else { (first, last) };
        flaws.extend(missing(seen, least.0, least.1));
        flaws.extend(beyond(seen, greatest.0, greatest.1));
    }
    let whole = || Place::Whole(Arc::clone(source));
    if seen.changed() > 0 {
        flaws.push(Error::NotStable(rows(seen.changed())).flaw(Weight::Unprovable, whole()));
    }
    if seen.repeated() > 0 {
        flaws.push(Error::Repeated(rows(seen.repeated())).flaw(Weight::Noted, whole()));
    }
    flaws
}

/// Records that cannot be told apart, at the first of them.
fn no_identity(count: u64, operation: &Operation, mark: Mark) -> Flaw {
    let name = |id: &FieldId| format!("`{}`", operation.schema.field(*id).name);
    let fields = operation.identity.iter().map(name).collect::<Vec<_>>().join(" and ");
    let error = Error::NoIdentity { rows: rows(count), fields };
    error.flaw(Weight::Unprovable, Place::Evidence(mark))
}

/// Pages of one number that hold different records, and pages of different sizes.
fn pages_flaws(pages: &[Page]) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut first: HashMap<i64, &Page> = HashMap::new();
    for page in pages.iter().filter(|page| page.error.is_none()) {
        let Some((number, mark)) = &page.number else { continue };
        let is_same = first.entry(*number).or_insert(page).has_same_records(page);
        let error = match is_same {
            _ if *number < 1 => Error::NoSuchPage(*number),
            true => continue,
            false => Error::PagesDiffer(*number),
        };
        if flaws.len() < MAX_FLAWS {
            flaws.push(error.flaw(Weight::Unprovable, Place::Evidence(mark.clone())));
        }
    }
    let mut sizes = pages.iter().filter_map(|page| Some((page.size?, &page.start)));
    if let Some((first, _)) = sizes.next()
        && let Some((other, mark)) = sizes.find(|(size, _)| *size != first)
    {
        let place = Place::Evidence(mark.clone());
        flaws.push(Error::PageSizes { first, other }.flaw(Weight::Noted, place));
    }
    flaws
}

fn missing(seen: &Rows, total: u64, mark: &crate::text::Mark) -> Option<Flaw> {
    let error = Error::RowsMissing { rows: seen.distinct(), total };
    (seen.distinct() < total).then(|| error.flaw(Weight::Partial, Place::Evidence(mark.clone())))
}

fn beyond(seen: &Rows, total: u64, mark: &crate::text::Mark) -> Option<Flaw> {
    let error = Error::RowsBeyondTotal { rows: seen.distinct(), total };
    (seen.distinct() > total).then(|| error.flaw(Weight::Unprovable, Place::Evidence(mark.clone())))
}
