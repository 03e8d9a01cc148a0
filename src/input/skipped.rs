//! Files of a folder that are not read although they may hold what the folder is searched for. Each is
//! reported: what was not read may contradict everything that was.

use std::fs::FileType;
use std::path::Path;

use crate::text::{Level, Place, Problem};

use super::discover::{Kind, PROJECT_FILE};
use super::name::path_name;

/// Endings of compressed, archived and encrypted files. Gzip and Zstandard are read, but only around a
/// name that says what is within.
const PACKED: &[&str] = &[
    "gz", "gzip", "zst", "zstd", "xz", "bz", "bz2", "bzip2", "lz", "lz4", "lzma", "lzo", "br", "z",
    "zlib", "deflate", "sz", "snappy", "zip", "tar", "tgz", "tbz", "tbz2", "txz", "tzst", "7z",
    "rar", "cab", "cpio", "gpg", "pgp", "age", "enc",
];

/// Endings of files that are still being written, or whose download broke off.
const UNFINISHED: &[&str] = &[
    "part",
    "partial",
    "tmp",
    "temp",
    "crdownload",
    "download",
    "filepart",
    "incomplete",
    "aria2",
];

/// Endings of copies that an editor or a person made of an earlier state.
const BACKUP: &[&str] = &["bak", "backup", "orig", "old"];

/// Formats by their first bytes that cannot be unpacked here. None of them begins a text.
const MAGIC: [(&[u8], &str); 8] = [
    (b"\xfd7zX", "xz"),
    (b"BZh", "bzip2"),
    (b"PK\x03\x04", "zip"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"LZIP", "lzip"),
    (b"Rar!", "rar"),
    (b"\x1f\x9d", "compress"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
pub(super) enum Skipped {
    #[error("this file is packed, and was not read")]
    #[diagnostic(
        code("input/packed"),
        help(
            "unpack it, or move it away; only evidence is read packed, as `.json.gz` or `.json.zst`"
        )
    )]
    Packed,
    #[error("the name of this file says that it is not finished; it was not read")]
    #[diagnostic(
        code("input/unfinished"),
        help("capture or copy it again, then remove it, or rename it if it is complete")
    )]
    Unfinished,
    #[error("the name of this file says that it is a backup; it was not read")]
    #[diagnostic(
        code("input/backup"),
        severity(Advice),
        help("move it away, or rename it to have it read")
    )]
    Backup,
    #[error("this link leads out of the folder, and was not followed")]
    #[diagnostic(code("input/link-outside"), help("remove it, or name its target to have it read"))]
    Outside,
    #[error("this is neither a file nor a folder, and was not read")]
    #[diagnostic(code("input/special-file"), help("move it away, or name it to have it read"))]
    Special,
}

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("this is {0} data, which is not read")]
#[diagnostic(
    code("input/packed"),
    help("unpack it; compressed evidence is read as `.json.gz` and `.json.zst`")
)]
struct Unreadable(&'static str);

impl Skipped {
    /// The reason why a file of this name is not read, although it may be of the kind.
    pub(super) fn of_name(path: &Path, kind: Kind) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let mut inner = name.trim_end_matches('~');
        let mut reason = (inner != name).then_some(Self::Backup);
        while let Some((rest, ending)) = inner.rsplit_once('.') {
            let Some(found) = Self::of_ending(ending) else { break };
            reason = reason.or(Some(found));
            inner = rest;
        }
        let inner = Path::new(inner);
        let is_of = |kind: Kind| kind.has_ending(inner);
        let may_be_of_kind = match (reason?, kind) {
            (Self::Backup, _) => is_of(kind) && inner != Path::new(PROJECT_FILE),
            (_, Kind::Evidence) => true,
            (_, Kind::Policies) => !is_of(Kind::Evidence),
        };
        reason.filter(|_| may_be_of_kind)
    }

    fn of_ending(ending: &str) -> Option<Self> {
        let all = [(PACKED, Self::Packed), (UNFINISHED, Self::Unfinished), (BACKUP, Self::Backup)];
        all.into_iter().find(|(endings, _)| endings.contains(&ending)).map(|(_, reason)| reason)
    }

    /// The same of a file that was named itself, which is read wherever that is possible.
    pub(super) fn of_named(path: &Path, kind: Kind) -> Option<Self> {
        let is_read = super::unpack::Packing::of_name(path)
            .is_some_and(|_| Self::of_name(&path.with_extension(""), kind).is_none());
        Self::of_name(path, kind).filter(|reason| *reason != Self::Backup && !is_read)
    }

    /// The reason why an entry of a folder that is of another type is not read.
    pub(super) fn of_type(file_type: FileType) -> Option<Self> {
        (!file_type.is_file() && !file_type.is_dir()).then_some(Self::Special)
    }

    pub(super) fn problem(self, path: &Path) -> Problem {
        Problem::new(&self, Place::Whole(path_name(path)))
    }

    /// The problem of a link out of a folder: a mere note if what it leads to cannot be of the kind.
    pub(super) fn link(path: &Path, target: &Path, kind: Kind) -> Problem {
        let mut problem = Self::Outside.problem(path);
        let may_be = |path: &Path| kind.takes(path) || Self::of_name(path, kind).is_some();
        if !target.is_dir() && !may_be(path) && !may_be(target) {
            problem.level = Level::Note;
        }
        problem
    }
}

/// The problem of a file, or a stream, that begins like a format which is not read.
pub(super) fn unreadable_packing(start: &[u8], place: Place) -> Option<Problem> {
    let (_, name) = MAGIC.into_iter().find(|(magic, _)| start.starts_with(magic))?;
    Some(Problem::new(&Unreadable(name), place))
}
