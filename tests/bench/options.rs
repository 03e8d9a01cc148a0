//! The benchmark's command line.

use std::path::PathBuf;

use clap::Parser;

use crate::generate::{Corpus, Layout, Shape};

/// The share of dangerous records that gives about 0.05 findings a record under ten policies.
const SPARSE: f64 = 0.03;
/// The share that gives about 0.8.
const DENSE: f64 = 0.5;

/// Measures what `portcullis check` costs, beside serde_json reading the same bytes into nothing.
#[derive(Debug, Parser)]
#[command(name = "judge")]
pub(crate) struct Options {
    /// Numbers of records.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 100_000, 1_000_000])]
    pub(crate) records: Vec<u64>,
    /// Numbers of policies.
    #[arg(long, value_delimiter = ',', default_values_t = [10, 100])]
    pub(crate) policies: Vec<usize>,
    /// How the records are kept.
    #[arg(long, value_enum, value_delimiter = ',',
          default_values_t = [Shape::Document, Shape::Pages, Shape::Ndjson])]
    pub(crate) shape: Vec<Shape>,
    /// The format of the report that is written and thrown away.
    #[arg(long, default_value = "short")]
    pub(crate) format: String,
    /// Interleaved runs of each program; the median counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) runs: u32,
    /// Records a page.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) page_size: u64,
    /// The share of dangerous records, 0 to 1.
    #[arg(long, default_value_t = SPARSE)]
    pub(crate) violating: f64,
    /// About 0.8 findings a record under ten policies.
    #[arg(long, conflicts_with = "violating")]
    dense: bool,
    /// Indented JSON.
    #[arg(long)]
    pretty: bool,
    /// The same seed gives the same evidence.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Another build of the tool.
    #[arg(long, default_value = env!("CARGO_BIN_EXE_portcullis"))]
    pub(crate) tool: PathBuf,
    /// Only writes policies, and evidence of the first number of records, into this folder.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) write: Option<PathBuf>,
    /// A few records once, in every shape, and a check of the generated evidence itself.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Given by `cargo bench`, not by `cargo test`.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    /// The options as given. `cargo test` runs the quick ones, whatever its arguments are: they
    /// are meant for test harnesses.
    pub(crate) fn read() -> Self {
        let tested = !std::env::args_os().any(|argument| argument == "--bench");
        let mut options =
            if tested { Self::parse_from(["judge", "--quick"]) } else { Self::parse() };
        if options.quick {
            options.records = vec![1, 2_000];
            options.shape = vec![Shape::Document, Shape::Pages, Shape::Ndjson, Shape::Responses];
            options.runs = 1;
        }
        options
    }

    /// What to generate for one number of records.
    pub(crate) fn corpus(&self, records: u64) -> Corpus {
        Corpus {
            seed: self.seed,
            records,
            violating: if self.dense { DENSE } else { self.violating },
            layout: if self.pretty { Layout::Pretty } else { Layout::Compact },
            page_size: self.page_size,
        }
    }
}
