//! Earlier reports of a folder, for a trend: of each the few members that one shows.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::text::{Level, Place, Problem};
use crate::triage::{Moment, Verdict};

use super::discover::{Found, Kind, discover};
use super::name::path_name;
use super::open::read_text_within;

/// The schema of the reports that are read.
const SCHEMA: &str = "portcullis.report/v1";

/// Files of a history at most.
pub const MAX_HISTORY_FILES: usize = 1_000;

/// Bytes of one earlier report at most.
pub const MAX_HISTORY_BYTES: usize = 128 << 20;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("this is no report, and is left out of the trend")]
    #[diagnostic(
        code("history/no-report"),
        severity(Advice),
        help("reports are written by `-o json=FILE`; keep them in a folder of their own")
    )]
    NoReport,
    #[error("this report cannot be read, and is left out of the trend: {0}")]
    #[diagnostic(
        code("history/unreadable"),
        severity(Warning),
        help("remove it, or write it anew")
    )]
    Unreadable(String),
    #[error("{0} files are too many for a trend, the most are {MAX_HISTORY_FILES}")]
    #[diagnostic(code("history/too-many"), help("move older reports away"))]
    TooMany(usize),
}

/// The members of a report that a trend shows; others are read past.
#[derive(Deserialize)]
struct Document {
    day: Option<String>,
    verdict: String,
    summary: Summary,
    #[serde(default)]
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
struct Summary {
    deny: u64,
    alert: u64,
    inconclusive: u64,
    records: u64,
}

#[derive(Deserialize)]
struct Evidence {
    origin: Option<Origin>,
}

#[derive(Deserialize)]
struct Origin {
    finished: Option<String>,
}

/// What tells a report from other JSON.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
}

/// The reports of a folder in their order, and what was left out.
///
/// # Errors
/// Where the folder cannot be read, or holds too many files.
pub fn history(folder: &Path) -> Result<(Vec<Moment>, Vec<Problem>), Vec<Problem>> {
    let Found { files, problems, skipped, .. } = discover(&[folder.to_owned()], Kind::Evidence);
    if problems.iter().any(|problem| problem.level == Level::Error) {
        return Err(problems);
    }
    if files.len() > MAX_HISTORY_FILES {
        let place = Place::Whole(path_name(folder));
        return Err(vec![Problem::new(&Error::TooMany(files.len()), place)]);
    }
    let mut notes = problems;
    let as_warning = |problem| Problem { level: Level::Warning, ..problem };
    notes.extend(skipped.into_iter().map(as_warning));
    let mut moments = Vec::with_capacity(files.len());
    for file in &files {
        match moment(file) {
            Ok(moment) => moments.push(moment),
            Err(note) => notes.push(note),
        }
    }
    Moment::sort(&mut moments);
    Ok((moments, notes))
}

/// What one report says.
fn moment(path: &Path) -> Result<Moment, Problem> {
    let name = path_name(path);
    let problem = |error: &Error| Problem::new(error, Place::Whole(Arc::clone(&name)));
    let unreadable = |reason: String| -> Problem { problem(&Error::Unreadable(reason)) };
    let text =
        read_text_within(path, MAX_HISTORY_BYTES).map_err(|problem| unreadable(problem.message))?;
    let text = text.text();
    let is_report = match serde_json::from_str::<Head>(text) {
        Ok(head) => head.schema.as_deref() == Some(SCHEMA),
        // JSON of another shape is something else; what is no JSON may have been a report.
        Err(error) if error.is_data() => false,
        Err(error) => return Err(unreadable(error.to_string())),
    };
    if !is_report {
        return Err(problem(&Error::NoReport));
    }
    let document: Document =
        serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
    let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.name() == document.verdict);
    let verdict =
        verdict.ok_or_else(|| unreadable(format!("there is no verdict `{}`", document.verdict)))?;
    let Summary { deny, alert, inconclusive, records } = document.summary;
    let day: Option<Date> = read(document.day.as_deref(), "day").map_err(unreadable)?;
    let origins = document.evidence.iter().filter_map(|one| one.origin.as_ref());
    let finished: Result<Vec<Option<Timestamp>>, String> =
        origins.map(|origin| read(origin.finished.as_deref(), "time")).collect();
    let captured = finished.map_err(unreadable)?.into_iter().flatten().max();
    Ok(Moment { source: name, day, captured, verdict, deny, alert, inconclusive, records })
}

/// A text as what it stands for, where there is one.
fn read<T: FromStr>(text: Option<&str>, what: &str) -> Result<Option<T>, String> {
    let read = |text: &str| text.parse().map_err(|_| format!("`{text}` is no {what}"));
    text.map(read).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn report(day: &str, deny: u64, rest: &str) -> String {
        format!(
            "{{\"schema\": \"{SCHEMA}\", \"verdict\": \"violations\", {day} {rest} \"findings\": [{{}}],
             \"summary\": {{\"deny\": {deny}, \"alert\": 2, \"inconclusive\": 3, \"records\": 4}}}}"
        )
    }

    #[test]
    fn reports_are_in_the_order_of_their_days_then_of_their_evidence_then_of_their_names() {
        let evidence = |time: &str| {
            format!(
                "\"evidence\": [{{\"origin\": null}}, {{\"origin\": {{\"finished\": \"{time}\"}}}}],"
            )
        };
        let day = "\"day\": \"2026-02-01\",";
        let folder = folder(&[
            ("a.json", &report(day, 1, &evidence("2026-02-01T08:00:00Z"))),
            ("b.json", &report(day, 2, &evidence("2026-02-01T07:00:00Z"))),
            ("c.json", &report("\"day\": \"2026-01-31\",", 3, "")),
            ("e.json", &report(day, 4, "")),
            ("d.json", &report(day, 5, "")),
            ("f.json", &report("", 6, "\"new\": {\"a\": [1]},")),
        ]);
        let (moments, notes) = history(folder.path()).unwrap();
        assert_eq!(notes, []);
        let order: Vec<u64> = moments.iter().map(|moment| moment.deny).collect();
        assert_eq!(order, [6, 3, 5, 4, 2, 1]);
        let last = moments.last().unwrap();
        assert_eq!((last.alert, last.inconclusive, last.records), (2, 3, 4));
        assert_eq!(last.verdict, Verdict::Violations);
    }

    #[test]
    fn what_is_left_out_is_told() {
        let day = "\"day\": \"2026-02-01\",";
        let whole = report(day, 1, "");
        let folder = folder(&[
            ("answer.json", "{\"DataList\": []}"),
            ("broken.json", whole.get(..40).unwrap()),
            ("day.json", &report("\"day\": \"yesterday\",", 1, "")),
            ("later.json", &whole.replace("/v1", "/v2")),
            ("list.json", "[1, 2]"),
            ("negative.json", &whole.replace("\"records\": 4", "\"records\": -4")),
            ("verdict.json", &whole.replace("violations", "fine")),
            ("whole.json", &whole),
            ("read.me", "no JSON"),
        ]);
        let (moments, notes) = history(folder.path()).unwrap();
        assert_eq!(moments.len(), 1);
        let told: Vec<(&str, &str)> = notes
            .iter()
            .map(|note| (note.place.source().rsplit('/').next().unwrap(), note.code.as_str()))
            .collect();
        let unreadable = "history/unreadable";
        assert_eq!(
            told,
            [
                ("answer.json", "history/no-report"),
                ("broken.json", unreadable),
                ("day.json", unreadable),
                ("later.json", "history/no-report"),
                ("list.json", "history/no-report"),
                ("negative.json", unreadable),
                ("verdict.json", unreadable),
            ]
        );
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_no_empty_history() {
        let folder = folder(&[]);
        assert_eq!(history(folder.path()).unwrap(), (Vec::new(), Vec::new()));
        let problems = history(&folder.path().join("nowhere")).unwrap_err();
        assert_eq!(problems.first().map(|problem| problem.code.as_str()), Some("input/unreadable"));
        for index in 0..=MAX_HISTORY_FILES {
            std::fs::write(folder.path().join(format!("{index}.json")), "{}").unwrap();
        }
        let problems = history(folder.path()).unwrap_err();
        assert_eq!(problems.first().map(|problem| problem.code.as_str()), Some("history/too-many"));
    }
}
