//! The result as plain text, 100 columns wide: a header with units, a row a case, and what the
//! figures mean.

use std::fmt;

use crate::measure::{Cost, Reading};
use crate::tool::{Case, REPEATED_BELOW};

/// What one case took.
pub(crate) struct Row {
    case: Case,
    findings: u64,
    bytes: u64,
    peak: u64,
    cpu: Vec<f64>,
    parse: Vec<f64>,
    whole: Vec<f64>,
}

/// The columns: width, title, unit.
const COLUMNS: [(usize, &str, &str); 11] = [
    (10, "shape", ""),
    (10, "records", ""),
    (9, "policies", ""),
    (10, "findings", "/record"),
    (10, "CPU time", "ms"),
    (8, "spread", "%"),
    (11, "records", "/s"),
    (7, "bytes", "MB/s"),
    (8, "peak", "MB"),
    (9, "parse", "ratio"),
    (8, "read", "ratio"),
];

/// What the columns mean.
pub(crate) const LEGEND: &str = "
CPU time  user and system time of the whole process, median of the runs; records/s and MB/s
          (1 MB = 1,000,000 bytes) divide by it, so they are those of one core.
spread    slowest less fastest run, in percent of the median: differences below it mean nothing.
findings  failed and inconclusive outcomes that the report lists.
peak      largest resident set of any run; the launching process gives it a floor of 2 to 4 MB.
parse     CPU time over that of serde_json reading the same bytes, in memory already, into
          IgnoredAny, in the same minutes: it keeps nothing and leaves text unchecked.
read      the same with both as whole processes: start, fs::read of each file, parse.
One record shows what it costs to start, so no rate and no ratio to the parse is given.";

impl Row {
    /// A case before its runs; `findings` are those that the tool lists.
    pub(crate) fn new(case: Case, findings: u64) -> Self {
        let (cpu, parse, whole) = (Vec::new(), Vec::new(), Vec::new());
        Self { case, findings, bytes: 0, peak: 0, cpu, parse, whole }
    }

    /// Adds a run of the tool and the reading of the same bytes that came after it.
    pub(crate) fn add(&mut self, cost: Cost, reading: Reading) {
        self.cpu.push(cost.cpu);
        self.peak = self.peak.max(cost.peak);
        self.parse.push(reading.parse);
        self.whole.push(reading.whole);
        self.bytes = reading.bytes;
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Case { shape, records: count, policies } = self.case;
        let (cpu, records) = (median(&self.cpu), decimal(count));
        let rated = |text: String| {
            if count < REPEATED_BELOW { "-".to_owned() } else { text }
        };
        let cells = [
            shape.name().to_owned(),
            grouped(count),
            policies.to_string(),
            format!("{:.3}", decimal(self.findings) / records),
            format!("{:.2}", cpu * 1e3),
            format!("{:.0}", spread(&self.cpu)),
            rated(grouped(whole(records / cpu))),
            rated(format!("{:.0}", decimal(self.bytes) / cpu / 1e6)),
            format!("{:.1}", decimal(self.peak) * 1_024.0 / 1e6),
            rated(format!("{:.2}", cpu / median(&self.parse))),
            format!("{:.2}", cpu / median(&self.whole)),
        ];
        out.write_str(&line(cells.each_ref().map(String::as_str)))
    }
}

/// The titles of the columns, their units, and a rule below.
pub(crate) fn header() -> String {
    let titles = line(COLUMNS.map(|(_, title, _)| title));
    let units = line(COLUMNS.map(|(_, _, unit)| unit));
    format!("{titles}\n{units}\n{}", "-".repeat(titles.chars().count()))
}

/// One cell a column: the first flush left, numbers flush right.
fn line(cells: [&str; 11]) -> String {
    let cells = COLUMNS.iter().zip(cells).enumerate();
    let cells = cells.map(|(place, (&(width, ..), cell))| match place {
        0 => format!("{cell:<width$}"),
        _ => format!("{cell:>width$}"),
    });
    cells.collect()
}

/// The middle value; of an even number, the lower of the two.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// Largest less smallest, in percent of the median.
fn spread(values: &[f64]) -> f64 {
    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (largest - smallest) / median(values) * 100.0
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^53")]
fn decimal(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rates are positive and far below 2^64; a cast saturates"
)]
fn whole(rate: f64) -> u64 {
    rate as u64
}

/// Thousands set apart by commas.
fn grouped(number: u64) -> String {
    if number < 1_000 {
        return number.to_string();
    }
    format!("{},{:03}", grouped(number / 1_000), number % 1_000)
}
