//! Where output goes: the report to standard output or to files, problems and notes to where they are
//! read.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::input::path_name;
use crate::output::{self, CsvDialect, Format, Style, Told};
use crate::text::{Place, Problem, nearest};

use super::load::now;
use super::options::Look;

/// Bytes gathered before they are written.
pub(super) const BUFFER: usize = 1 << 16;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("cannot write `{0}`: {1}")]
    #[diagnostic(code("cli/unwritable"), help("check the folder and its permissions"))]
    Unwritable(String, String),
}

/// How problems are shown: in the format of the report, on the stream where its reader looks.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    format: Format,
    /// On standard output.
    out: Style,
    /// On standard error.
    err: Style,
}

/// Problems, told now.
pub(super) fn told(problems: &[Problem], exit_code: u8) -> Told<'_> {
    // A clock that is told wrongly is among the problems.
    let time = now().unwrap_or_else(|_| jiff::Timestamp::now());
    Told { problems, exit_code, time }
}

impl Shown {
    pub(super) fn new(format: Format, look: &Look) -> Self {
        Self { format, out: look.style(&io::stdout()), err: look.style(&io::stderr()) }
    }

    /// The same with tables by a dialect.
    pub(super) fn by(mut self, dialect: CsvDialect) -> Self {
        (self.out.csv, self.err.csv) = (dialect, dialect);
        self
    }

    /// Shows why nothing could be judged: to standard output where a machine reads it there, else to
    /// standard error.
    pub(super) fn problems(&self, told: &Told<'_>) -> io::Result<()> {
        if self.format.is_for_machines() {
            self.report(told)
        } else {
            output::problems(told, self.format, &self.err, &mut io::stderr().lock())
        }
    }

    /// Writes problems that are what was asked for, to standard output.
    pub(super) fn report(&self, told: &Told<'_>) -> io::Result<()> {
        output::problems(told, self.format, &self.out, &mut io::stdout().lock())
    }

    /// Shows what is worth knowing beside the report, on standard error.
    pub(super) fn notes(&self, notes: &[Problem]) {
        if !notes.is_empty() {
            let format = if io::stderr().is_terminal() { Format::Human } else { Format::Short };
            // Notes change nothing, and neither does a reader that went away.
            let told = told(notes, 0);
            let _ = output::problems(&told, format, &self.err, &mut io::stderr().lock());
        }
    }
}

/// Formats as values of a flag.
pub(super) fn formats() -> impl TypedValueParser<Value = Format> {
    let value = |format: Format| PossibleValue::new(format.name()).help(format.about());
    PossibleValuesParser::new(Format::ALL.map(value)).try_map(|name| format(&name))
}

/// A format by its name.
pub(super) fn format(name: &str) -> Result<Format, String> {
    Format::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
        let names = Format::ALL.map(Format::name);
        match nearest(name, names) {
            Some(near) => format!("there is no format `{name}`; did you mean `{near}`?"),
            None => format!("there is no format `{name}`; there are: {}", names.join(", ")),
        }
    })
}

/// A format and the file to write it to.
pub(super) fn target(text: &str) -> Result<(Format, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or("expected FORMAT=PATH")?;
    match path {
        "" => Err("expected FORMAT=PATH".to_owned()),
        path => Ok((format(name)?, PathBuf::from(path))),
    }
}

/// A number and what it counts.
pub(super) fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Success where the reader of a pipe went away.
pub(super) fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes a file whole or not at all, with the folders that it lies in.
pub(super) fn write_file(
    path: &Path,
    write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Problem> {
    whole(path, write).map_err(|error| {
        let name = path_name(path);
        let error = Error::Unwritable(name.to_string(), error.kind().to_string());
        Problem::new(&error, Place::Whole(name))
    })
}

fn whole(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        // A device or a pipe is written to; a file in its place would be the end of it.
        let mut out = io::BufWriter::with_capacity(BUFFER, fs::File::create(path)?);
        write(&mut out)?;
        return out.flush();
    }
    // What a link leads to is replaced, not the link.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut out = io::BufWriter::with_capacity(BUFFER, beside(folder)?);
    write(&mut out)?;
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .persist(path)
        .map_err(|error| error.error)?;
    Ok(())
}

/// A new file of a folder, which others may read where the process lets them.
fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.prefix(".portcullis-").tempfile_in(folder)
}
