//! Opens what was found: evidence as a stream that is unpacked and can be hashed as it goes by, policies
//! as texts.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::snapshot::Hashes;
use crate::text::{Place, Problem, Source, hex};
use crate::yaml;

use super::discover::{STDIN, unreadable};
use super::name::{STDIN_NAME, path_name};
use super::skipped::unreadable_packing;
use super::unpack::{MAGIC_BYTES, Packing};

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("`{0}` is larger than {1} MiB")]
    #[diagnostic(code("input/too-large"), help("no such file is that large: check the path"))]
    TooLarge(String, usize),
    #[error("`{0}` is not UTF-8")]
    #[diagnostic(code("input/utf-8"), help("save the file as UTF-8"))]
    Utf8(String),
    #[error("`{0}` is not {1} data")]
    #[diagnostic(
        code("input/not-packed"),
        help("its name says that it is: capture it again, or name it after what it holds")
    )]
    NotPacked(String, &'static str),
}

/// Evidence as a stream, unpacked where it is compressed.
pub struct Input {
    stream: Box<dyn Read>,
    hash: Option<Sha256>,
}

impl Input {
    /// Opens a file, or standard input.
    ///
    /// # Errors
    /// Where it is not there, cannot be read, or is not compressed as its name says.
    pub fn open(path: &Path, hashes: Hashes) -> Result<Self, Problem> {
        let read = |error| unreadable(path, &error);
        let is_stream = path.as_os_str() == STDIN;
        let mut stream: Box<dyn Read> = if is_stream {
            Box::new(io::stdin().lock())
        } else {
            Box::new(File::open(path).map_err(read)?)
        };
        let mut start = Vec::new();
        stream.by_ref().take(MAGIC_BYTES as u64).read_to_end(&mut start).map_err(read)?;
        let packing = Packing::of_start(&start);
        let named = Packing::of_name(path).filter(|_| !is_stream);
        if let Some(named) = named.filter(|named| packing != Some(*named)) {
            let place = path_name(path);
            let error = Error::NotPacked(place.to_string(), named.name());
            return Err(Problem::new(&error, Place::Whole(place)));
        }
        if let Some(problem) = unreadable_packing(&start, Place::Whole(Self::name(path))) {
            return Err(problem);
        }
        stream = Box::new(io::Cursor::new(start).chain(stream));
        if let Some(packing) = packing {
            stream = packing.unpack(stream);
        }
        Ok(Self { stream, hash: (hashes == Hashes::Taken).then(Sha256::new) })
    }

    /// What it begins with, at most so many bytes; they are read again.
    pub(super) fn start(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        self.stream.by_ref().take(most).read_to_end(&mut start)?;
        let rest = std::mem::replace(&mut self.stream, Box::new(io::empty()));
        self.stream = Box::new(io::Cursor::new(start.clone()).chain(rest));
        Ok(start)
    }

    /// The name of evidence in reports; it identifies the source within a run.
    #[must_use]
    pub fn name(path: &Path) -> Arc<str> {
        if path.as_os_str() == STDIN { Arc::from(STDIN_NAME) } else { path_name(path) }
    }

    /// What tells the folder that a file lies in from others, however it was named; none for standard input.
    #[must_use]
    pub fn folder(path: &Path) -> Option<Arc<str>> {
        if path.as_os_str() == STDIN {
            return None;
        }
        let path = path.canonicalize().ok()?;
        path.parent().map(path_name)
    }

    /// SHA-256 of what was read, unpacked, in lower-case hex, where it was asked for.
    #[must_use]
    pub fn sha256(self) -> Option<String> {
        let hash = self.hash?.finalize();
        Some(hex(&hash))
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        if let (Some(hash), Some(bytes)) = (&mut self.hash, buffer.get(..read)) {
            hash.update(bytes);
        }
        Ok(read)
    }
}

/// Reads a policy file.
///
/// # Errors
/// Where it cannot be read, is too large, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<Arc<Source>, Problem> {
    read_text_within(path, yaml::MAX_BYTES)
}

/// Reads a text file of at most so many bytes.
///
/// # Errors
/// Where it cannot be read, is too large, or is not UTF-8.
pub fn read_text_within(path: &Path, limit: usize) -> Result<Arc<Source>, Problem> {
    read_opened(Input::open(path, Hashes::Left)?, path, limit)
}

/// The same of what was opened already.
pub(super) fn read_opened(input: Input, path: &Path, limit: usize) -> Result<Arc<Source>, Problem> {
    let mut bytes = Vec::new();
    input
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    let name = Input::name(path);
    let problem = |error: &Error| Problem::new(error, Place::Whole(Arc::clone(&name)));
    if bytes.len() > limit {
        return Err(problem(&Error::TooLarge(name.to_string(), limit >> 20)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name.as_ref(), text)),
        Err(_) => Err(problem(&Error::Utf8(name.to_string()))),
    }
}
