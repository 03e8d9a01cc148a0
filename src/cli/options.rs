//! Flags that several commands share. Every flag has an environment twin, `PORTCULLIS_` and its name.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::builder::{BoolishValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::output::{Colour, CsvDialect, Style};
use crate::text::{Level, Problem};

/// How output looks.
#[derive(Debug, Args)]
pub(super) struct Look {
    /// When to colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t = When::Auto,
        env = "PORTCULLIS_COLOR",
        hide_env_values = true,
        help_heading = "Options of every command"
    )]
    color: When,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The style of files.
pub(super) fn plain() -> Style {
    let folder = std::env::current_dir().ok();
    let folder = folder.and_then(|folder| folder.into_os_string().into_string().ok());
    Style { folder, ..Style::default() }
}

impl Look {
    /// Where no flag could be read.
    pub(super) const PLAIN: Self = Self { color: When::Never };

    /// The style for a stream that is, or is not, a terminal.
    pub(super) fn style(&self, stream: &impl IsTerminal) -> Style {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = is_set("CLICOLOR_FORCE")
            && !std::env::var("CLICOLOR_FORCE").is_ok_and(|value| value == "0");
        let colour = match self.color {
            When::Always => Colour::On,
            When::Never => Colour::Off,
            When::Auto if is_set("NO_COLOR") => Colour::Off,
            When::Auto if forced || stream.is_terminal() => Colour::On,
            When::Auto => Colour::Off,
        };
        Style { colour, ..plain() }
    }
}

/// Which policies judge.
#[derive(Debug, Args)]
pub(super) struct PolicyOptions {
    /// Project file; without it, the nearest `portcullis.yaml` upward
    #[arg(long, value_name = "PATH", env = "PORTCULLIS_CONFIG", hide_env_values = true)]
    pub(super) config: Option<PathBuf>,
    /// Policy file or folder; may repeat. Without it, those of the project file,
    /// else the built-in packs
    #[arg(short, long, value_name = "PATH", env = "PORTCULLIS_POLICIES", hide_env_values = true)]
    pub(super) policies: Vec<PathBuf>,
    /// Value of a parameter that policies declare; may repeat
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, env = "PORTCULLIS_PARAM", hide_env_values = true)]
    pub(super) param: Vec<(String, String)>,
    /// File or folder of approvals, the register of what is meant to be open; may repeat
    #[arg(long, value_name = "PATH", env = "PORTCULLIS_APPROVALS", hide_env_values = true)]
    pub(super) approvals: Vec<PathBuf>,
}

impl PolicyOptions {
    /// The same with further paths.
    pub(super) fn and(&self, paths: &[PathBuf]) -> Self {
        self.by(self.policies.iter().chain(paths).cloned().collect())
    }

    /// The same with other paths.
    pub(super) fn by(&self, policies: Vec<PathBuf>) -> Self {
        Self {
            config: self.config.clone(),
            policies,
            param: self.param.clone(),
            approvals: self.approvals.clone(),
        }
    }
}

/// What is accepted for a time.
#[derive(Debug, Args)]
pub(super) struct WaiverOptions {
    /// Waiver file or folder; may repeat
    #[arg(long, value_name = "PATH", env = "PORTCULLIS_WAIVERS", hide_env_values = true)]
    pub(super) waivers: Vec<PathBuf>,
    /// End in 2 where a waiver matches nothing or too much, or names no policy
    #[arg(long, env = "PORTCULLIS_STRICT_WAIVERS", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub(super) strict_waivers: bool,
}

impl WaiverOptions {
    /// What is wrong with waivers; an error where that stops the run.
    pub(super) fn weigh(&self, mut problems: Vec<Problem>) -> Result<Vec<Problem>, Vec<Problem>> {
        let stops = |problem: &Problem| self.strict_waivers && problem.level == Level::Warning;
        if !problems.iter().any(stops) {
            return Ok(problems);
        }
        for problem in problems.iter_mut().filter(|problem| stops(problem)) {
            problem.level = Level::Error;
        }
        Err(problems)
    }
}

/// A name and its value.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// Which evidence is judged.
#[derive(Debug, Args)]
pub(super) struct EvidenceOptions {
    /// Saved answers: files, folders of pages, or `-` for standard input
    #[arg(value_name = "INPUT")]
    pub(super) input: Vec<PathBuf>,
    /// The operation that the evidence is an answer of
    #[arg(long, value_name = "NAME", env = "PORTCULLIS_OPERATION", hide_env_values = true)]
    pub(super) operation: Option<String>,
}

/// How tables are written.
#[derive(Debug, Args)]
pub(super) struct TableOptions {
    /// Columns of the `csv` format
    #[arg(long, value_name = "DIALECT", value_parser = dialects(), default_value = "plain", env = "PORTCULLIS_CSV_DIALECT", hide_env_values = true)]
    pub(super) csv_dialect: CsvDialect,
}

/// Dialects as values of a flag.
fn dialects() -> impl TypedValueParser<Value = CsvDialect> {
    PossibleValuesParser::new(CsvDialect::ALL.map(CsvDialect::name)).try_map(|name| {
        let dialect = CsvDialect::ALL.into_iter().find(|dialect| dialect.name() == name);
        dialect.ok_or_else(|| format!("there is no dialect `{name}`"))
    })
}
