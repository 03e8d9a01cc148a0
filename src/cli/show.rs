//! Where output goes: the report to standard output or to files, problems and notes to where they are
//! read.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use crate::output::{self, Format, Style};
use crate::text::{Place, Problem, nearest};

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
    style: Style,
}

impl Shown {
    pub(super) fn new(format: Format, look: &Look) -> Self {
        let style = if format.is_for_machines() {
            look.style(&io::stdout())
        } else {
            look.style(&io::stderr())
        };
        Self { format, style }
    }

    /// Shows why nothing could be judged: to standard output where a machine reads it there, else to
    /// standard error.
    pub(super) fn problems(&self, problems: &[Problem]) -> io::Result<()> {
        if self.format.is_for_machines() {
            output::problems(problems, self.format, &self.style, &mut io::stdout().lock())
        } else {
            output::problems(problems, self.format, &self.style, &mut io::stderr().lock())
        }
    }

    /// Shows what is worth knowing beside the report, on standard error.
    pub(super) fn notes(&self, notes: &[Problem]) {
        if !notes.is_empty() {
            let format = if io::stderr().is_terminal() { Format::Human } else { Format::Short };
            // Notes change nothing, and neither does a reader that went away.
            let _ = output::problems(notes, format, &self.style, &mut io::stderr().lock());
        }
    }
}

/// A format by its name.
pub(super) fn format(name: &str) -> Result<Format, String> {
    Format::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
        let names = Format::ALL.map(Format::name);
        match nearest(name, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", names.join(", ")),
        }
    })
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
        let error = Error::Unwritable(path.display().to_string(), error.to_string());
        Problem::new(&error, Place::Whole(Arc::from(path.to_string_lossy())))
    })
}

fn whole(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let file = tempfile::Builder::new().prefix(".portcullis-").tempfile_in(folder)?;
    let mut out = io::BufWriter::with_capacity(BUFFER, file);
    write(&mut out)?;
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .persist(path)
        .map_err(|error| error.error)?;
    Ok(())
}
