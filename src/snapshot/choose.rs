//! Which operation a file's records are of, where nothing within it says so.

use std::sync::Arc;

use crate::operation::{Catalogue, Operation};
use crate::text::{Place, Problem};

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("it is not clear which operation `{0}` is an answer of")]
    #[diagnostic(
        code("evidence/ambiguous-operation"),
        help("name it by `--operation`, or the file after it: {1}")
    )]
    Ambiguous(String, String),
}

/// The operation of a file: the one that was named, else the one that its name begins with, else the
/// only one there is.
///
/// # Errors
/// Where several could be meant; the help lists them.
pub fn operation_of(
    source: &Arc<str>,
    named: Option<&Arc<Operation>>,
    catalogue: &Catalogue,
) -> Result<Arc<Operation>, Problem> {
    if let Some(named) = named {
        return Ok(Arc::clone(named));
    }
    let file = source.rsplit(['/', std::path::MAIN_SEPARATOR]).next().unwrap_or_default();
    let by_name = catalogue.operations.iter().filter(|operation| file.starts_with(&operation.name));
    let longest = by_name.max_by_key(|operation| operation.name.len());
    longest.or_else(|| catalogue.only()).cloned().ok_or_else(|| {
        let names: Vec<&str> = catalogue.names().collect();
        let error = Error::Ambiguous(source.to_string(), names.join(", "));
        Problem::new(&error, Place::Whole(Arc::clone(source)))
    })
}
