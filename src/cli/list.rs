//! `portcullis list`: what there is to write policies with.

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::{Args, Subcommand};

use crate::analysis::Depth;
use crate::operation::{Catalogue, Field};
use crate::output::Format;
use crate::policy::{Control, Framework, Policy, PolicySet};

use super::Stop;
use super::load::{find, find_framework, load};
use super::options::{Look, PolicyOptions};
use super::show::{Shown, count, unless_closed};

/// List policies, operations, fields, formats, frameworks or controls
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
    /// The standards whose controls policies name
    Frameworks(PolicyOptions),
    /// The controls of a framework, or of all
    Controls {
        /// The framework
        #[arg(value_name = "FRAMEWORK")]
        name: Option<String>,
        #[command(flatten)]
        policies: PolicyOptions,
    },
}

impl List {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(Format::Human, look);
        let stop = |problems| Stop::Problems(problems, shown.clone());
        let rows = match &self.what {
            What::Policies(options) => {
                let policies = load(options, Depth::Each).map_err(stop)?.policies.policies;
                let row = |policy: &Policy| {
                    [
                        policy.id.as_str(),
                        policy.effect.name(),
                        policy.severity.name(),
                        &title(policy),
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
            What::Frameworks(options) => {
                let set = load(options, Depth::Each).map_err(stop)?.policies;
                set.frameworks.iter().map(|framework| framework_row(framework, &set)).collect()
            }
            What::Controls { name, policies } => {
                let set = load(policies, Depth::Each).map_err(stop)?.policies;
                let one = name.as_deref().map(|name| find_framework(name, "FRAMEWORK", &set));
                match one.transpose().map_err(stop)? {
                    Some(framework) => controls(framework, &set),
                    None => set.frameworks.iter().flat_map(|all| named_controls(all)).collect(),
                }
            }
        };
        unless_closed(io::stdout().lock().write_all(table(rows).as_bytes()))?;
        Ok(0)
    }
}

/// A policy's title, with how many violations it tolerates.
fn title(policy: &Policy) -> String {
    match policy.at_most {
        Some(at_most) => format!("{} (at most {at_most} tolerated)", policy.title),
        None => policy.title.clone(),
    }
}

/// A framework's id, version and name, and how many of its controls policies name.
fn framework_row(framework: &Framework, set: &PolicySet) -> [String; 4] {
    let is_named = |control: &&Control| set.policies_of(framework, control).next().is_some();
    let named = framework.controls.iter().filter(is_named).count();
    let named = format!("{named} of {} controls", framework.controls.len());
    [framework.id.clone(), framework.version.clone(), named, framework.name.clone()]
}

/// The controls of one framework, each with its strength and the number of policies that name it.
fn controls(framework: &Framework, set: &PolicySet) -> Vec<[String; 4]> {
    let row = |control: &Control| {
        let policies = count(set.policies_of(framework, control).count(), "policy", "policies");
        let strength = control.strength.name().to_owned();
        [control.id.clone(), strength, policies, control.title.clone()]
    };
    framework.controls.iter().map(row).collect()
}

/// The controls of one framework among those of others.
fn named_controls(framework: &Framework) -> impl Iterator<Item = [String; 4]> {
    framework.controls.iter().map(|control| {
        let strength = control.strength.name().to_owned();
        [framework.id.clone(), control.id.clone(), strength, control.title.clone()]
    })
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
