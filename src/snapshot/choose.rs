//! Which operation a file's records are of, where nothing within it says so.

use std::sync::Arc;

use crate::operation::{Catalogue, Operation};
use crate::text::{Place, Problem};

/// Verbs that names of API operations begin with.
const VERBS: [&str; 14] = [
    "Batch", "Count", "Create", "Delete", "Describe", "Fetch", "Get", "List", "Lookup", "Modify",
    "Put", "Query", "Search", "Update",
];

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("it is not clear which operation `{0}` is an answer of")]
    #[diagnostic(
        code("evidence/ambiguous-operation"),
        help("name it by `--operation`, or the file after it: {1}")
    )]
    Ambiguous(String, String),
    #[error("`{file}` is called after the operation `{named}`, which is not known")]
    #[diagnostic(
        code("evidence/other-operation"),
        help("if it is an answer of {known}, say so by `--operation`, or rename it")
    )]
    Other { file: String, named: String, known: String },
}

/// Why a file has no operation.
#[derive(Clone, Debug)]
pub enum NoOperation {
    /// Nothing tells.
    Unclear(Problem),
    /// Its name is that of another operation.
    Other(Problem),
}

impl NoOperation {
    /// As a problem of evidence that consists of nothing else.
    #[must_use]
    pub fn problem(self) -> Problem {
        match self {
            Self::Unclear(problem) | Self::Other(problem) => problem,
        }
    }
}

/// The operation of a file: the one that was named, else the one that the file is called after, else the
/// only one there is.
///
/// # Errors
/// Where several could be meant, or the file is called after an operation that is not known.
pub fn operation_of(
    source: &Arc<str>,
    named: Option<&Arc<Operation>>,
    catalogue: &Catalogue,
) -> Result<Arc<Operation>, NoOperation> {
    if let Some(named) = named {
        return Ok(Arc::clone(named));
    }
    let stem = stem(source);
    if let Some(operation) = catalogue.find(stem) {
        return Ok(Arc::clone(operation));
    }
    let problem = |error: Error| Problem::new(&error, Place::Whole(Arc::clone(source)));
    let names: Vec<&str> = catalogue.names().collect();
    if is_operation(stem) {
        let known = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
        let named = stem.to_owned();
        let error = Error::Other { file: source.to_string(), named, known };
        return Err(NoOperation::Other(problem(error)));
    }
    catalogue.only().cloned().ok_or_else(|| {
        let error = Error::Ambiguous(source.to_string(), names.join(", "));
        NoOperation::Unclear(problem(error))
    })
}

/// The letters and digits that the name of a file begins with.
fn stem(source: &str) -> &str {
    let file = source.rsplit(['/', std::path::MAIN_SEPARATOR]).next().unwrap_or_default();
    file.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
}

/// Whether a name is that of an API operation: a verb, then a capital and another letter.
fn is_operation(name: &str) -> bool {
    let rests = VERBS.iter().filter_map(|verb| name.strip_prefix(verb));
    rests.into_iter().any(|rest| {
        let mut letters = rest.chars();
        letters.next().is_some_and(|c| c.is_ascii_uppercase())
            && letters.next().is_some_and(|c| c.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_called_after_another_operation_is_not_taken_for_this_one() {
        let catalogue = Catalogue::built_in().unwrap();
        let own = catalogue.only().unwrap();
        let of = |name: &str| operation_of(&Arc::from(name), None, &catalogue);
        for name in [
            "DescribeInternetOpenPort.json",
            "DescribeInternetOpenPort-page1.json",
            "a/b/DescribeInternetOpenPort_2.json.gz",
            "DescribeInternetOpenPort 2.json",
            "DescribeInternetOpenPort(1).json",
            "DescribeInternetOpenPort.cn-hangzhou@prod.json",
            "DescribeInternetOpenPort",
            "DescribeInternetOpenIp/page.json",
            "describeinternetopenip.json",
            "Description.json",
            "Describe.json",
            "DescribeX.json",
            "Describe2.json",
            "Getaway.json",
            "GetX.json",
            "Listing.json",
            "Queryable.json",
            "page-DescribeInternetOpenIp.json",
            "OpenPorts.json",
            "端口.json",
            "<stdin>",
            "",
        ] {
            assert_eq!(of(name).unwrap().name, own.name, "{name}");
        }
        for name in [
            "DescribeInternetOpenIp.json",
            "DescribeInternetOpenIp-2026.json.gz",
            "saved/DescribeInternetOpenIp_1.ndjson.zst",
            "DescribeInternetOpenPorts.json",
            "DescribeInternetOpenPortX.json",
            "DescribeInternetOpenPort2.json",
            "DescribeIPs.json",
            "ListFoo.json",
            "GetAway.json",
            "QueryThings 3.json",
        ] {
            let Err(NoOperation::Other(problem)) = of(name) else { panic!("{name}") };
            assert_eq!(problem.code, "evidence/other-operation");
            assert!(problem.help.unwrap().contains("--operation"), "{name}");
            assert!(operation_of(&Arc::from(name), Some(own), &catalogue).is_ok(), "{name}");
        }
    }
}
