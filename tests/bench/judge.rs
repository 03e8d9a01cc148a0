//! What judging costs: `portcullis check` over generated evidence, beside serde_json reading the
//! same bytes into nothing in the same run.
//!
//! `cargo bench --bench judge` prints the whole table, `-- --help` says what can be varied, and
//! `-- --quick`, which is also what `cargo test --all-targets` runs, takes seconds: it shows that
//! generator, tool and measurement agree, not how fast anything is.
//!
//! CPU time and memory of a child are asked of a Unix kernel; elsewhere nothing is measured.

mod generate;
mod inspect;
mod measure;
mod options;
mod policies;
mod random;
mod record;
mod table;
mod tool;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use generate::Shape;
use options::Options;
use table::Row;
use tool::{Case, Check, REPEATED_BELOW};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next();
    let ended = match first.as_ref().and_then(|first| first.to_str()) {
        Some(measure::LAUNCH) => measure::launch(arguments).and_then(print_figures),
        Some(measure::BASELINE) => measure::read_into_nothing(arguments).and_then(print_figures),
        _ => run(&Options::read()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do if even stderr is closed.
            let _ = writeln!(io::stderr(), "judge: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print_figures(figures: [i64; 3]) -> Result<()> {
    let [first, second, third] = figures;
    Ok(writeln!(io::stdout(), "{first} {second} {third}")?)
}

fn run(options: &Options) -> Result<()> {
    if cfg!(not(unix)) {
        return Ok(writeln!(io::stdout(), "nothing is measured on this system")?);
    }
    if let Some(folder) = &options.write {
        return write_only(options, folder);
    }
    if options.quick {
        inspect::corpus(&options.corpus(20_000))?;
    }
    let mut out = io::stdout();
    writeln!(out, "{}", table::header())?;
    for &records in &options.records {
        for &shape in &options.shape {
            for row in rows(options, records, shape)? {
                writeln!(out, "{row}")?;
            }
        }
    }
    Ok(writeln!(out, "{}", table::LEGEND)?)
}

fn write_only(options: &Options, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let records = options.records.first().copied().unwrap_or(1);
    for &shape in &options.shape {
        options.corpus(records).save(shape, folder)?;
    }
    for &count in &options.policies {
        fs::write(policy_path(folder, count), policies::policy_file(count))?;
    }
    Ok(())
}

/// All rows of one input. The input lives as long as they take.
fn rows(options: &Options, records: u64, shape: Shape) -> Result<Vec<Row>> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let evidence = options.corpus(records).save(shape, folder.path())?;
    let mut rows = Vec::new();
    for &count in &options.policies {
        let policies = policy_path(folder.path(), count);
        fs::write(&policies, policies::policy_file(count))?;
        let case = Case { shape, records, policies: count };
        rows.push(row(
            options,
            &Check { tool: &options.tool, case, policies, evidence: &evidence },
        )?);
    }
    Ok(rows)
}

fn policy_path(folder: &Path, count: usize) -> PathBuf {
    folder.join(format!("policies-{count}.yaml"))
}

/// One case: a report, to know that the work is done, then runs of tool and baseline in turn.
fn row(options: &Options, check: &Check<'_>) -> Result<Row> {
    let report = check.report()?;
    report.confirm(check.case)?;
    let arguments = check.arguments(&options.format);
    let repeats = if check.case.records < REPEATED_BELOW { 20 } else { 1 };
    let mut row = Row::new(check.case, report.findings());
    for _ in 0..options.runs {
        let cost = measure::cost(check.tool, &arguments, repeats)?;
        if cost.code != report.exit_code() {
            let (format, code) = (&options.format, cost.code);
            return Err(format!("exit code {code} with `-f {format}`, another with json").into());
        }
        row.add(cost, measure::reading(check.evidence)?);
    }
    Ok(row)
}
