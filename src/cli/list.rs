//! `portcullis list`: what there is to write policies with.

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::{Args, Subcommand};

use crate::analysis::Depth;
use crate::operation::{Catalogue, Field};
use crate::output::Format;

use super::Stop;
use super::load::{find, load};
use super::options::{Look, PolicyOptions};
use super::show::{Shown, unless_closed};

/// List policies, operations, fields or formats
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The policies that would judge
    Policies(PolicyOptions),
    /// The API operations that can be judged
    Operations,
    /// The fields of an operation's records
    Fields {
        /// The operation
        #[arg(value_name = "OPERATION")]
        name: String,
    },
    /// The formats of reports
    Formats,
}

impl List {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(Format::Human, look);
        let stop = |problems| Stop::Problems(problems, shown.clone());
        let rows = match &self.what {
            What::Policies(options) => {
                let policies = load(options, Depth::Dead).map_err(stop)?.policies.policies;
                let row = |policy: &crate::policy::Policy| {
                    [
                        policy.id.as_str(),
                        policy.effect.name(),
                        policy.severity.name(),
                        policy.title.as_str(),
                    ]
                    .map(str::to_owned)
                };
                policies.iter().map(row).collect()
            }
            What::Operations => {
                let catalogue = Catalogue::built_in().map_err(stop)?;
                let row = |operation: &std::sync::Arc<crate::operation::Operation>| {
                    [&operation.name, &operation.product, &operation.version, &operation.title]
                        .map(Clone::clone)
                };
                catalogue.operations.iter().map(row).collect()
            }
            What::Fields { name } => {
                let catalogue = Catalogue::built_in().map_err(stop)?;
                let operation = find(name, "OPERATION", &catalogue).map_err(stop)?;
                operation.schema.fields.iter().map(field).collect()
            }
            What::Formats => Format::ALL
                .iter()
                .map(|format| [format.name(), format.about(), "", ""].map(str::to_owned))
                .collect(),
        };
        unless_closed(io::stdout().lock().write_all(table(rows).as_bytes()))?;
        Ok(0)
    }
}

/// A field's name, kind, values and meaning.
fn field(field: &Field) -> [String; 4] {
    let codes: Vec<String> = field
        .kind
        .codes()
        .iter()
        .map(|code| {
            format!(
                "{} {}{}",
                code.value,
                code.label,
                if code.is_unknown { " (unknown)" } else { "" }
            )
        })
        .collect();
    let values = match field.range {
        _ if !codes.is_empty() => codes.join(", "),
        Some((least, i64::MAX)) => format!("{least}.."),
        Some((least, greatest)) => format!("{least}..{greatest}"),
        None => String::new(),
    };
    [field.name.clone(), field.kind.name().to_owned(), field.about.clone(), values]
}

/// Columns as wide as their widest cell, the last one free.
fn table(rows: Vec<[String; 4]>) -> String {
    let mut widths = [0; 4];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
