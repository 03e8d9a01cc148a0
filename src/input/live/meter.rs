//! A `Meter` shows on a terminal how far a fetch is: one line that is written over, and gone at the end.

use std::cell::RefCell;
use std::io::Write;
use std::time::{Duration, Instant};

use crate::text::printable;

use super::Progress;

/// The line is written again after this time at the earliest.
const EVERY: Duration = Duration::from_millis(100);

/// Characters of the line, so that it never wraps.
const WIDTH: usize = 79;

/// Goes to the begin of the line, and empties it.
const CLEAR: &str = "\r\u{1b}[2K";

/// Shows progress on a terminal.
pub struct Meter<W: Write> {
    state: RefCell<State<W>>,
}

struct State<W> {
    out: W,
    since: Instant,
    /// When the line was written last.
    shown: Option<Instant>,
    /// Pages that came, over all readings.
    came: u64,
}

impl<W: Write> Meter<W> {
    /// A meter that writes to a terminal.
    pub fn new(out: W) -> Self {
        let state = State { out, since: Instant::now(), shown: None, came: 0 };
        Self { state: RefCell::new(state) }
    }
}

impl<W: Write> State<W> {
    /// Writes the line; a terminal that is gone changes nothing.
    fn show(&mut self, line: &str) {
        let line: String = printable(line).chars().take(WIDTH).collect();
        let _ = write!(self.out, "{CLEAR}{line}").and_then(|()| self.out.flush());
        self.shown = Some(Instant::now());
    }
}

impl<W: Write> Progress for Meter<W> {
    fn page(&self, pages: u64, rows: u64, of: Option<u64>) {
        let mut state = self.state.borrow_mut();
        state.came += 1;
        if pages > 1 && state.shown.is_some_and(|shown| shown.elapsed() < EVERY) {
            return;
        }
        let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
        let seconds = state.since.elapsed().as_secs_f64().max(1.0);
        let rate = Duration::from_secs(state.came).as_secs_f64() / seconds;
        let unit = if pages == 1 { "page" } else { "pages" };
        state.show(&format!("{pages} {unit}, {rows}{of} rows, {rate:.1} requests/s"));
    }

    fn wait(&self, why: &str, how_long: Duration) {
        let seconds = how_long.as_secs_f64();
        self.state.borrow_mut().show(&format!("waiting {seconds:.1} s: {why}"));
    }

    fn again(&self, why: &str) {
        self.state.borrow_mut().show(&format!("reading again: {why}"));
    }
}

impl<W: Write> Drop for Meter<W> {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        if state.shown.is_some() {
            let _ = write!(state.out, "{CLEAR}").and_then(|()| state.out.flush());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(tell: impl Fn(&Meter<&mut Vec<u8>>)) -> Vec<String> {
        let mut out = Vec::new();
        let meter = Meter::new(&mut out);
        tell(&meter);
        drop(meter);
        let text = String::from_utf8(out).unwrap();
        text.split(CLEAR).skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn the_line_says_how_far_it_is_and_is_gone_at_the_end() {
        let told = lines(|meter| {
            meter.page(1, 50, Some(137));
            meter.page(2, 100, Some(137));
            meter.wait("the API answered with `Throttling`", Duration::from_millis(1250));
            meter.again("50 of 137 records are here");
            meter.page(1, 50, None);
        });
        assert_eq!(
            told,
            [
                "1 page, 50 of 137 rows, 1.0 requests/s",
                "waiting 1.2 s: the API answered with `Throttling`",
                "reading again: 50 of 137 records are here",
                "1 page, 50 rows, 3.0 requests/s",
                "",
            ]
        );
        assert!(lines(|_| {}).is_empty(), "nothing is written where nothing is told");
    }

    #[test]
    fn what_an_api_says_neither_wraps_nor_reaches_the_terminal() {
        let hostile = format!("\u{1b}[31m{}", "x".repeat(500));
        let told = lines(|meter| meter.wait(&hostile, Duration::ZERO));
        let [line, end] = told.as_slice() else { panic!("{told:?}") };
        assert!(line.starts_with("waiting 0.0 s: <U+001B>[31mx"), "{line}");
        assert_eq!((line.chars().count(), end.as_str()), (WIDTH, ""));
    }
}
