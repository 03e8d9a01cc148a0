//! Params that a run gives by name: they replace the values that the files wrote.

use std::collections::{BTreeMap, BTreeSet};

use miette::Diagnostic;
use thiserror::Error;

use super::draft::{one_value, suggestion};
use super::load::Wishes;
use super::resolve::Param;
use super::syntax::Operand;
use crate::text::{Location, Place, Problem, Source, Span};
use crate::yaml;

#[derive(Debug, Error, Diagnostic)]
enum OverrideError {
    #[error("no policy file has a param `{name}`")]
    #[diagnostic(code("policy/unknown-param"), help("{help}"))]
    Unknown { name: String, help: String },

    #[error("the param `{name}` is given twice")]
    #[diagnostic(code("policy/duplicate-param"), help("give it once"))]
    Duplicate { name: String },

    #[error("the param `{name}` has no value")]
    #[diagnostic(
        code("policy/empty-param"),
        help("write a value such as `1GB`, `8000..8010` or `[a, b]`")
    )]
    Empty { name: String },
}

/// The params of a run.
#[derive(Debug)]
pub(super) struct Overrides {
    /// In the order in which they were given.
    given: Vec<Override>,
    /// Every param of every file.
    known: BTreeSet<String>,
}

#[derive(Debug)]
struct Override {
    name: String,
    location: Location,
    /// Where it is reported that no file has the param; nothing where that is no mistake.
    unused: Option<Place>,
    /// Nothing where it could not be read, which was told.
    value: Option<Operand>,
}

impl Overrides {
    /// Reads names and values.
    pub(super) fn read(wishes: &Wishes<'_>, problems: &mut Vec<Problem>) -> Self {
        let params = wishes.params;
        let mut given: BTreeMap<&str, usize> = BTreeMap::new();
        let mut overrides = Vec::with_capacity(params.len());
        for (name, text) in params {
            let source = Source::new(format!("--param {name}"), text.as_str());
            let location = Location { span: Span::new(0, source.text().len()), source };
            *given.entry(name).or_default() += 1;
            if given.get(name.as_str()) == Some(&2) {
                let name = name.clone();
                let error = OverrideError::Duplicate { name };
                problems.push(Problem::new(&error, Place::Text(location.clone())));
            }
            overrides.push(Override {
                value: value(name, &location, problems),
                name: name.clone(),
                unused: Some(Place::Whole(location.source.name().into())),
                location,
            });
        }
        let of_project = wishes.project.into_iter().flat_map(|project| &project.params);
        for (name, param) in of_project.filter(|(name, _)| !given.contains_key(name.as_str())) {
            let location = param.location.clone();
            overrides.push(Override {
                name: name.clone(),
                unused: wishes.is_all.then(|| Place::Text(location.clone())),
                value: Some(param.value.clone()),
                location,
            });
        }
        Self { given: overrides, known: BTreeSet::new() }
    }

    /// Replaces the values that a file wrote.
    pub(super) fn apply(&mut self, params: &mut BTreeMap<String, Param>) {
        self.known.extend(params.keys().cloned());
        for given in &self.given {
            if let Some((param, value)) = params.get_mut(&given.name).zip(given.value.clone()) {
                param.value = value;
                param.location = given.location.clone();
                param.is_replaced = true;
            }
        }
    }

    /// What was given and is in no file.
    pub(super) fn unused(&self) -> impl Iterator<Item = Problem> {
        let unused = self.given.iter().filter(|given| !self.known.contains(&given.name));
        unused.filter_map(|given| {
            let error = OverrideError::Unknown {
                help: suggestion(&given.name, self.known.iter().map(String::as_str)),
                name: given.name.clone(),
            };
            Some(Problem::new(&error, given.unused.clone()?))
        })
    }
}

fn value(name: &str, location: &Location, problems: &mut Vec<Problem>) -> Option<Operand> {
    match yaml::parse(&location.source) {
        Ok(Some(root)) => one_value(&root, problems),
        Ok(None) => {
            let name = name.to_owned();
            let place = Place::Whole(location.source.name().into());
            problems.push(Problem::new(&OverrideError::Empty { name }, place));
            None
        }
        Err(errors) => {
            problems.extend(errors);
            None
        }
    }
}
