//! The `csv` format: a row a finding, for spreadsheets; or, by another dialect, the columns that readers of
//! Prowler's tables know. No cell can act as a formula.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use crate::text::Problem;
use crate::triage::Report;

use super::item::{Item, Names, items};
use super::{Entry, Hashes, Reader, Style, Told, notices};

mod plain;
mod prowler;

pub(super) const ENTRY: Entry = Entry {
    name: "csv",
    about: "A table for spreadsheets; `--csv-dialect prowler` for its 44 columns",
    reader: Reader::Machine,
    hashes: Hashes::Hidden,
    max_findings: None,
    render,
    problems,
};

/// Which columns the `csv` format has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CsvDialect {
    /// Its own, with commas.
    #[default]
    Plain,
    /// Those of Prowler 5, with semicolons.
    Prowler,
}

impl CsvDialect {
    /// Every dialect.
    pub const ALL: [Self; 2] = [Self::Plain, Self::Prowler];

    /// As flags spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Prowler => "prowler",
        }
    }

    fn table(self) -> &'static Table {
        match self {
            Self::Plain => &plain::TABLE,
            Self::Prowler => &prowler::TABLE,
        }
    }
}

/// Cells by the names of their columns; the others stay empty.
type Cells = Vec<(&'static str, String)>;

/// What a dialect writes.
struct Table {
    delimiter: u8,
    columns: &'static [&'static str],
    of_item: fn(&Report, &Item<'_>, &mut Names) -> Cells,
    of_problem: fn(&Problem, &mut Names) -> Cells,
}

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (table, mut names) = (style.csv.table(), Names::default());
    let notices = notices(report);
    let notices: Vec<Cells> =
        notices.iter().map(|notice| (table.of_problem)(notice, &mut names)).collect();
    let rows = items(report).map(|item| (table.of_item)(report, &item, &mut names));
    table.write(notices.into_iter().chain(rows), out)
}

fn problems(told: &Told<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (table, mut names) = (style.csv.table(), Names::default());
    let rows = told.problems.iter().map(|problem| (table.of_problem)(problem, &mut names));
    table.write(rows, out)
}

impl Table {
    fn write(&self, rows: impl Iterator<Item = Cells>, out: &mut dyn Write) -> io::Result<()> {
        let out = BufWriter::new(out);
        let mut writer = ::csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(out);
        writer.write_record(self.columns)?;
        for cells in rows {
            for column in self.columns {
                let cell = cells.iter().find(|(name, _)| name == column);
                let text = cell.map_or("", |(_, text)| text);
                writer.write_field(guarded(text).as_bytes())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        writer.into_inner().map_err(::csv::IntoInnerError::into_error)?.flush()
    }
}

/// A text that no spreadsheet takes for a formula: it does so by the first character that is no space, and
/// where it splits cells at another separator than was meant, by the one after that.
fn guarded(text: &str) -> Cow<'_, str> {
    const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    if !text.contains(FORMULA) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 1);
    let mut begins = true;
    for c in text.chars() {
        if begins && FORMULA.contains(&c) {
            shown.push('\'');
        }
        shown.push(c);
        begins = matches!(c, ',' | ';' | '"') || (begins && c == ' ');
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula() {
        for (text, shown) in [
            ("=cmd()", "'=cmd()"),
            ("  @SUM(1)", "  '@SUM(1)"),
            ("-1", "'-1"),
            ("＝1", "'＝1"),
            ("a;=cmd(),  +1", "a;'=cmd(),  '+1"),
            ("say \"=1\"", "say \"'=1\""),
            ("risk -1, 2 + 2 = 4", "risk -1, 2 + 2 = 4"),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(guarded(text), shown);
        }
    }

    #[test]
    fn dialects_have_each_column_once() {
        for dialect in CsvDialect::ALL {
            let mut columns = dialect.table().columns.to_vec();
            columns.sort_unstable();
            columns.dedup();
            assert_eq!(columns.len(), dialect.table().columns.len());
        }
        assert_eq!(CsvDialect::Prowler.table().columns.len(), 44);
    }
}
