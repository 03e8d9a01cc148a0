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

/// The titles and units of the columns.
pub(crate) const HEADER: &str = "\
shape        records  policies  findings   CPU time  spread   records    bytes    peak   ratio to
                                 /record         ms       %      /s      MB/s      MB  parse  read
----------------------------------------------------------------------------------------------------";

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
        Self {
            case,
            findings,
            bytes: 0,
            peak: 0,
            cpu,
            parse,
            whole,
        }
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
        let Case {
            shape,
            records: count,
            policies,
        } = self.case;
        let (cpu, records) = (median(&self.cpu), decimal(count));
        write!(
            out,
            "{:<10}{:>10}{policies:>10}",
            shape.name(),
            grouped(count)
        )?;
        write!(out, "{:>10.3}", decimal(self.findings) / records)?;
        write!(out, "{:>11.2}{:>8.0}", cpu * 1e3, spread(&self.cpu))?;
        let peak = decimal(self.peak) * 1_024.0 / 1e6;
        let read = cpu / median(&self.whole);
        if count < REPEATED_BELOW {
            return write!(out, "{:>10}{:>9}{peak:>8.1}{:>7}{read:>6.2}", "-", "-", "-");
        }
        write!(out, "{:>10}", grouped(whole(records / cpu)))?;
        write!(out, "{:>9.0}{peak:>8.1}", decimal(self.bytes) / cpu / 1e6)?;
        write!(out, "{:>7.2}{read:>6.2}", cpu / median(&self.parse))
    }
}

/// The middle value; of an even number, the lower of the two.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
        .get(sorted.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(f64::NAN)
}

/// Largest less smallest, in percent of the median.
fn spread(values: &[f64]) -> f64 {
    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (largest - smallest) / median(values) * 100.0
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a benchmark are far below 2^53"
)]
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
