//! What `portcullis diff` compares: two captures by the same policies, or two sets of policies. Both forms
//! have a `--policies`; how many words it has, and what they name, tells them apart.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Arg, ArgAction};

use crate::input::{self, Kind};
use crate::text::{Place, Problem};

/// The variable of the flag, which names policies to judge by.
const TWIN: &str = "PORTCULLIS_POLICIES";

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("there is nothing to compare")]
    #[diagnostic(
        code("cli/two-sides"),
        help("name two captures, `BEFORE AFTER`, or two sets of policies, `--policies OLD NEW`")
    )]
    Sides,
    #[error("`-p` is for comparing captures; two sets of policies are compared as they are")]
    #[diagnostic(code("cli/two-policies"), help("leave out `-p`"))]
    Policies,
}

/// What is compared.
pub(super) enum Sides {
    /// Two captures by the same policies.
    Captures { captures: [PathBuf; 2], policies: Vec<PathBuf> },
    /// Two sets of policies on the same evidence.
    Policies { policies: [PathBuf; 2], inputs: Vec<PathBuf> },
}

impl Sides {
    /// From the words of `--policies`, of `-p`, and the others.
    pub(super) fn of(
        named: &[PathBuf],
        by: &[PathBuf],
        paths: &[PathBuf],
    ) -> Result<Self, Vec<Problem>> {
        match (named, by, paths) {
            ([policies, before], _, [after]) if holds_evidence_only(before) => Ok(Self::Captures {
                captures: [before.clone(), after.clone()],
                policies: by.iter().chain([policies]).cloned().collect(),
            }),
            ([old, new], [], inputs) => {
                Ok(Self::Policies { policies: [old.clone(), new.clone()], inputs: inputs.to_vec() })
            }
            ([_, _], ..) => Err(told(&Error::Policies, "-p")),
            (named, by, [before, after]) => Ok(Self::Captures {
                captures: [before.clone(), after.clone()],
                policies: named
                    .iter()
                    .filter(|path| by.is_empty() || !is_twin(path))
                    .chain(by)
                    .cloned()
                    .collect(),
            }),
            _ => Err(told(&Error::Sides, "BEFORE AFTER")),
        }
    }
}

fn told(error: &Error, place: &str) -> Vec<Problem> {
    vec![Problem::new(error, Place::Whole(Arc::from(place)))]
}

/// Whether the variable named it, which a flag wins over.
fn is_twin(path: &Path) -> bool {
    std::env::var_os(TWIN).as_deref().is_some_and(|twin: &OsStr| twin == path)
}

/// Whether a path names evidence, and no policies.
fn holds_evidence_only(path: &Path) -> bool {
    if !path.is_dir() {
        return Kind::Evidence.takes(path);
    }
    let holds = |kind| !input::discover(&[path.to_owned()], kind).files.is_empty();
    holds(Kind::Evidence) && !holds(Kind::Policies)
}

/// The flag `--policies` where sets of policies are compared too.
pub(super) fn two_policies(flag: Arg) -> Arg {
    flag.short(None)
        .action(ArgAction::Set)
        .num_args(1..=2)
        .value_names(["OLD", "NEW"])
        .help("Compare two sets of policies, each a file or a folder")
        .long_help(
            "Compare two sets of policies, each a file or a folder: over all records that there \
             could be, and by what they make of the evidence at hand. Built-in packs have no part \
             in it. With one path, as `--policies=PATH`, it is `-p`",
        )
}
