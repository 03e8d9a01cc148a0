//! Evidence that is older than the run accepts shows what was, not what is. It is as old as its oldest page,
//! and no younger than the end of its time window.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::snapshot::{Flaw, MAX_CLOCK_STEP, Snapshot, Weight};
use crate::text::{Place, Problem, spelled};

use super::finish::Terms;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("it was captured at {}, more than {} before the report", second(*.0), spelled(*.1))]
    #[diagnostic(
        code("evidence/too-old"),
        help("capture it again, or ask the API itself: `portcullis check --live`")
    )]
    TooOld(Timestamp, SignedDuration),
    #[error("its window ended at {}, more than {} before the report", second(*.0), spelled(*.1))]
    #[diagnostic(
        code("evidence/too-old"),
        help("capture a window that ends now, or ask the API itself: `portcullis check --live`")
    )]
    WindowTooOld(Timestamp, SignedDuration),
    #[error("it was captured at {}, which is still to come at the time of the report", second(*.0))]
    #[diagnostic(
        code("evidence/from-the-future"),
        help("its age is not known: check both clocks, and capture it again")
    )]
    Ahead(Timestamp),
    #[error("it is not recorded when it was captured")]
    #[diagnostic(
        code("evidence/age-unknown"),
        help("its age is not known: what `portcullis fetch` writes says when it was captured")
    )]
    Unknown,
}

/// Says of each snapshot why its age is not accepted.
pub(super) fn say(evidence: &mut [Snapshot], terms: Terms) {
    for snapshot in evidence {
        if let Some(error) = refused(snapshot, terms) {
            let place = Place::Whole(Arc::clone(&snapshot.source));
            let problem = Problem::new(&error, place);
            snapshot.flaws.push(Flaw { weight: Weight::Unprovable, problem });
        }
    }
}

/// What is said of a snapshot for its age.
pub(super) const CODES: [&str; 3] =
    ["evidence/too-old", "evidence/from-the-future", "evidence/age-unknown"];

/// Whether the age of a snapshot is not accepted.
pub(super) fn is_refused(snapshot: &Snapshot, terms: Terms) -> bool {
    refused(snapshot, terms).is_some()
}

fn refused(snapshot: &Snapshot, terms: Terms) -> Option<Error> {
    let most = terms.max_age?;
    let Some(origin) = &snapshot.origin else { return Some(Error::Unknown) };
    let age = |time| terms.time.duration_since(time);
    // A report does not say when its pages came, and none came before the first was asked for.
    let oldest = snapshot.oldest.unwrap_or(origin.started);
    if age(oldest) > most {
        return Some(Error::TooOld(oldest, most));
    }
    if let Some((_, end)) = origin.window.filter(|(_, end)| age(*end) > most) {
        return Some(Error::WindowTooOld(end, most));
    }
    // A clock that was far ahead would keep evidence young for as long.
    (age(origin.finished) < -MAX_CLOCK_STEP).then_some(Error::Ahead(origin.finished))
}

fn second(time: Timestamp) -> impl std::fmt::Display {
    time.strftime("%Y-%m-%dT%H:%M:%SZ")
}
