//! What a program costs, asked of the kernel: CPU time and peak memory of child processes.
//!
//! Each figure comes from a fresh process of this benchmark, the *launcher*, which does nothing but
//! run the program and print its usage. So the kernel's maximum over all children is the program's
//! own, and what the benchmark itself holds is not counted: a child starts with its parent's peak.

use std::ffi::OsString;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::de::IgnoredAny;

use crate::Result;

/// First argument of a launcher.
pub(crate) const LAUNCH: &str = "--measure";
/// First argument of a process that reads JSON and does nothing with it.
pub(crate) const BASELINE: &str = "--baseline";

/// What one run of a program took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// User and system time, in seconds.
    pub(crate) cpu: f64,
    /// Largest resident set, in KiB.
    pub(crate) peak: u64,
    /// The exit code.
    pub(crate) code: i32,
}

/// What one reading of JSON into nothing took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// CPU seconds of the parser alone, the bytes in memory.
    pub(crate) parse: f64,
    /// CPU seconds of the whole process, files read into memory.
    pub(crate) whole: f64,
    /// Bytes read.
    pub(crate) bytes: u64,
}

/// Runs `program` `repeats` times in a launcher and answers the cost of one run.
pub(crate) fn cost(program: &Path, arguments: &[OsString], repeats: u32) -> Result<Cost> {
    let mut launcher = Command::new(std::env::current_exe()?);
    launcher.arg(LAUNCH).arg(repeats.to_string()).arg(program).args(arguments);
    let [micros, peak, code] = figures(&mut launcher)?;
    let cpu = seconds(micros * 1_000)? / f64::from(repeats);
    Ok(Cost { cpu, peak: u64::try_from(peak)?, code: i32::try_from(code)? })
}

/// Reads `input`, a file or a folder of files, into nothing, in a process of its own.
pub(crate) fn reading(input: &Path) -> Result<Reading> {
    let mut reader = Command::new(std::env::current_exe()?);
    reader.arg(BASELINE).arg(input);
    let [parse, whole, bytes] = figures(&mut reader)?;
    Ok(Reading { parse: seconds(parse)?, whole: seconds(whole)?, bytes: u64::try_from(bytes)? })
}

fn seconds(nanos: i64) -> Result<f64> {
    Ok(Duration::from_nanos(u64::try_from(nanos)?).as_secs_f64())
}

/// Runs a process of this program and reads the three numbers that it prints.
fn figures(command: &mut Command) -> Result<[i64; 3]> {
    let output = command.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    let numbers: Vec<i64> =
        text.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>()?;
    <[i64; 3]>::try_from(numbers).map_err(|_| "a measuring process printed no figures".into())
}

/// The launcher: runs the program and answers CPU microseconds of all runs, peak KiB, exit code.
pub(crate) fn launch(mut arguments: impl Iterator<Item = OsString>) -> Result<[i64; 3]> {
    let repeats: u32 = text(arguments.next())?.parse()?;
    let program = arguments.next().ok_or("no program to measure")?;
    let arguments: Vec<OsString> = arguments.collect();
    let mut code = None;
    for _ in 0..repeats {
        let mut command = Command::new(&program);
        command.args(&arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let ended = command.status()?.code();
        if code.is_some_and(|earlier| earlier != ended) {
            return Err("two runs of the same command ended differently".into());
        }
        code = Some(ended);
    }
    let code = code.flatten().ok_or("the program was ended by a signal")?;
    let usage = usage(Whose::Children)?;
    Ok([usage.micros, usage.peak, i64::from(code)])
}

fn text(argument: Option<OsString>) -> Result<String> {
    let argument = argument.ok_or("an argument is missing")?;
    argument.into_string().map_err(|_| "an argument is not text".into())
}

enum Whose {
    Own,
    Children,
}

/// CPU time in microseconds and the largest resident set in KiB.
struct Usage {
    micros: i64,
    peak: i64,
}

#[cfg(unix)]
fn usage(whose: Whose) -> Result<Usage> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    let usage = getrusage(match whose {
        Whose::Own => UsageWho::RUSAGE_SELF,
        Whose::Children => UsageWho::RUSAGE_CHILDREN,
    })?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Darwin counts bytes where others count KiB.
    let unit = if cfg!(target_vendor = "apple") { 1_024 } else { 1 };
    Ok(Usage { micros, peak: usage.max_rss() / unit })
}

#[cfg(not(unix))]
fn usage(_: Whose) -> Result<Usage> {
    Err("nothing is measured on this system".into())
}

/// CPU microseconds of this process so far.
fn clock() -> Result<i64> {
    Ok(usage(Whose::Own)?.micros)
}

/// The baseline: answers CPU nanoseconds of the parse, of the process, and the bytes read.
pub(crate) fn read_into_nothing(mut arguments: impl Iterator<Item = OsString>) -> Result<[i64; 3]> {
    let input = PathBuf::from(arguments.next().ok_or("no input to read")?);
    let files = files(&input)?;
    let mut bytes = 0;
    for file in &files {
        bytes += i64::try_from(fs::metadata(file)?.len())?;
    }
    // A parse shorter than the clock's microsecond is timed many times over.
    let repeats = (8_000_000 / bytes.max(1)).clamp(1, 1_000);
    let mut parse = 0;
    for file in &files {
        let content = fs::read(file)?;
        let start = clock()?;
        for _ in 0..repeats {
            parse_into_nothing(black_box(&content))?;
        }
        parse += clock()? - start;
    }
    let whole = clock()? - parse;
    let parse = parse * 1_000 / repeats;
    Ok([parse, whole * 1_000 + parse, bytes])
}

/// One value or a stream of them: a single document is a stream of one.
fn parse_into_nothing(content: &[u8]) -> Result<()> {
    for value in serde_json::Deserializer::from_slice(content).into_iter::<IgnoredAny>() {
        black_box(value?);
    }
    Ok(())
}

fn files(input: &Path) -> Result<Vec<PathBuf>> {
    if input.is_file() {
        return Ok(vec![input.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(input)? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}
