//! A page of Markdown, by its table of results.

use super::{Extent, Reader, Said, place};

pub(super) const READER: Reader = Reader { extent: Extent::All, read, is_red };

fn read(written: &str, _file: &str) -> Vec<Said> {
    let table = written.split("## Results\n\n").nth(1).unwrap_or_default();
    let table = table.split("\n\n").next().unwrap_or_default();
    let rows = table.lines().skip(2).map(|row| row.split(" | ").collect::<Vec<_>>());
    let open = rows.filter(|row| {
        ["**deny**", "**alert**", "inconclusive"].contains(&row[0].trim_start_matches("| "))
    });
    open.map(|row| {
        let at = row.last().unwrap().trim_end_matches(" |").trim_matches('`');
        let (line, column) = place(at);
        Said {
            policy: row[2].trim_matches('`').to_owned(),
            is_unknown: Some(row[0].ends_with("inconclusive")),
            line,
            column,
            severity: Some(row[1].to_owned()),
            ..Said::default()
        }
    })
    .collect()
}

fn is_red(written: &str) -> bool {
    written.contains("insufficient evidence") || written.contains("could not judge")
}
