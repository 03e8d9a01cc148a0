//! The time window of `--since` and `--until`: each an instant, a day, or a time before now.

use jiff::{Timestamp, civil::Date, tz::Offset};

use crate::snapshot::{MAX_WINDOW_AHEAD, WindowError, check_window};
use crate::text::{Place, Problem, duration, spelled};

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`{0}` is no time")]
    #[diagnostic(
        code("live/time"),
        help(
            "write an instant (`2026-11-24T08:00:00Z`), a day in UTC (`2026-11-24`), or a time before now (`30d`, `12h`)"
        )
    )]
    Time(String),
    #[error("an end without a begin is no window")]
    #[diagnostic(code("live/window"), help("say by `--since` where it begins"))]
    NoBegin,
    #[error("the window {0}")]
    #[diagnostic(code("live/window"), help("`--since` is the earlier of the two"))]
    Reversed(WindowError),
    #[error("the window ends at {end}, more than {} after now", spelled(MAX_WINDOW_AHEAD))]
    #[diagnostic(code("live/window"), help("leave out `--until` to end the window now"))]
    Ahead { end: Timestamp },
}

/// The window from `since` to `until`, or to now. In UTC, a day begins at midnight and ends at its last
/// second, or now if that is earlier. `None` if neither is given.
///
/// # Errors
/// What is no time, or makes no window.
pub fn window(
    since: Option<&str>,
    until: Option<&str>,
    now: Timestamp,
) -> Result<Option<(Timestamp, Timestamp)>, Problem> {
    let unreadable = |text: &str, flag| Error::Time(text.to_owned()).of(flag);
    let Some(since) = since else {
        return if until.is_some() { Err(Error::NoBegin.of("--until")) } else { Ok(None) };
    };
    let begin = begin(since.trim(), now).ok_or_else(|| unreadable(since, "--since"))?;
    let end = until.map_or(Ok(now), |until| {
        end(until.trim(), now).ok_or_else(|| unreadable(until, "--until"))
    })?;
    match check_window((begin, end), now) {
        Ok(()) => Ok(Some((begin, end))),
        Err(error @ WindowError::Reversed { .. }) => Err(Error::Reversed(error).of("--since")),
        Err(WindowError::Ahead { end, .. }) => Err(Error::Ahead { end }.of("--until")),
    }
}

fn begin(text: &str, now: Timestamp) -> Option<Timestamp> {
    match day(text) {
        Some(day) => Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok(),
        None => moment(text, now),
    }
}

fn end(text: &str, now: Timestamp) -> Option<Timestamp> {
    match day(text) {
        Some(day) => Some(Offset::UTC.to_timestamp(day.at(23, 59, 59, 0)).ok()?.min(now)),
        None => moment(text, now),
    }
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == "2026-11-24".len())
}

fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some(before) = duration(text) {
        return now.checked_sub(before).ok();
    }
    text.parse().ok()
}

impl Error {
    fn of(&self, flag: &str) -> Problem {
        Problem::new(self, Place::Whole(flag.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_window_is_two_instants() {
        for (since, until, begin, end) in [
            ("30d", None, "2026-10-25T08:00:00Z", "2026-11-24T08:00:00Z"),
            ("2w", Some("12h"), "2026-11-10T08:00:00Z", "2026-11-23T20:00:00Z"),
            ("90m", Some("30s"), "2026-11-24T06:30:00Z", "2026-11-24T07:59:30Z"),
            ("2026-11-01", Some("2026-11-02"), "2026-11-01T00:00:00Z", "2026-11-02T23:59:59Z"),
            ("2026-11-23", Some("2026-11-23"), "2026-11-23T00:00:00Z", "2026-11-23T23:59:59Z"),
            ("2026-11-24", Some("2026-11-24"), "2026-11-24T00:00:00Z", "2026-11-24T08:00:00Z"),
            ("1d", Some("2030-01-01"), "2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z"),
            ("1d", Some("2026-11-24T08:15:00Z"), "2026-11-23T08:00:00Z", "2026-11-24T08:15:00Z"),
            ("2026-11-01T08:00:00+08:00", None, "2026-11-01T00:00:00Z", "2026-11-24T08:00:00Z"),
        ] {
            let window = window(Some(since), until, now()).unwrap().unwrap();
            assert_eq!(window, (begin.parse().unwrap(), end.parse().unwrap()), "{since} {until:?}");
        }
        assert_eq!(window(None, None, now()).unwrap(), None);
    }

    #[test]
    fn what_is_no_window_is_told() {
        for (since, until, code) in [
            (None, Some("1d"), "live/window"),
            (Some("1d"), Some("2d"), "live/window"),
            (Some("0s"), None, "live/window"),
            (Some("2027-01-01"), None, "live/window"),
            (Some("2027-01-01"), Some("2027-01-02"), "live/window"),
            (Some("1d"), Some("2026-11-24T08:15:01Z"), "live/window"),
            (Some("1d"), Some("2030-01-01T00:00:00Z"), "live/window"),
            (Some("2026-11-20"), Some("2026-11-19"), "live/window"),
            (Some("yesterday"), None, "live/time"),
            (Some("-1d"), None, "live/time"),
            (Some("1.5d"), None, "live/time"),
            (Some("d"), None, "live/time"),
            (Some(""), None, "live/time"),
            (Some("2026-02-30"), None, "live/time"),
            (Some("2026-11-01T00:00:00"), None, "live/time"),
            (Some("99999999999999999999d"), None, "live/time"),
            (Some("9999999999999d"), None, "live/time"),
            (Some("1d"), Some("soon"), "live/time"),
        ] {
            let problem = window(since, until, now()).unwrap_err();
            assert_eq!(problem.code, code, "{since:?} {until:?}");
        }
    }
}
