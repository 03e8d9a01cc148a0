//! The frameworks of a run: those that its files bring, and those that are built in. Whatever control a
//! policy names is one of theirs.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use miette::Diagnostic;
use thiserror::Error;

use super::controls::{Framework, built_in_frameworks, find_framework};
use super::draft::{self, ControlsDraft, suggestion};
use crate::text::{Location, Place, Problem, nearest};
use crate::yaml::Node;

#[derive(Debug, Error, Diagnostic)]
enum ControlError {
    #[error("unknown framework `{name}`")]
    #[diagnostic(code("policy/unknown-framework"), help("{help}"))]
    UnknownFramework { name: String, help: String },

    #[error("`{framework}` has no control `{id}`")]
    #[diagnostic(code("policy/unknown-control"), help("{help}"))]
    UnknownControl { framework: String, id: String, help: String },

    #[error("the framework `{id}` is described twice")]
    #[diagnostic(code("policy/duplicate-framework"), help("keep one of the two"))]
    DuplicateFramework { id: String },
}

/// What is known of frameworks.
#[derive(Debug, Default)]
pub(super) struct Frameworks {
    /// In the order of their ids.
    all: Vec<Arc<Framework>>,
    /// Where the files name those that they bring.
    places: HashMap<String, Location>,
    /// Whether a file has one that could not be read, which was told.
    is_one_lost: bool,
}

impl Frameworks {
    /// Those that are built in.
    pub(super) fn built_in(problems: &mut Vec<Problem>) -> Self {
        let all = built_in_frameworks().unwrap_or_else(|errors| {
            problems.extend(errors);
            &[]
        });
        Self { all: all.to_vec(), ..Self::default() }
    }

    /// Adds the one that a file describes; it takes the place of a built-in one of the same id.
    pub(super) fn add(&mut self, root: &Node, problems: &mut Vec<Problem>) {
        let Some((framework, place)) = draft::framework(root, problems) else {
            self.is_one_lost = true;
            return;
        };
        if let Some(first) = self.places.get(&framework.id) {
            let error = ControlError::DuplicateFramework { id: framework.id };
            let problem = Problem::new(&error, Place::Text(place)).labelled("the second");
            problems.push(problem.related("the first", first.clone()));
            return;
        }
        self.places.insert(framework.id.clone(), place);
        match self.all.binary_search_by(|other| other.id.cmp(&framework.id)) {
            Ok(index) => {
                if let Some(built_in) = self.all.get_mut(index) {
                    *built_in = Arc::new(framework);
                }
            }
            Err(index) => self.all.insert(index, Arc::new(framework)),
        }
    }

    /// Control ids by the frameworks' own ids, each once; what there is not is told.
    pub(super) fn controls(
        &self,
        drafts: Vec<ControlsDraft>,
        problems: &mut Vec<Problem>,
    ) -> BTreeMap<String, Vec<String>> {
        let mut controls: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for ControlsDraft { framework: (name, place), ids } in drafts {
            let Some(framework) = find_framework(&self.all, &name) else {
                if !self.is_one_lost {
                    problems.push(self.unknown_framework(name, place));
                }
                continue;
            };
            let known = controls.entry(framework.id.clone()).or_default();
            for (id, place) in ids {
                if framework.control(&id).is_none() {
                    problems.push(unknown_control(framework, id, place));
                } else if !known.contains(&id) {
                    known.push(id);
                }
            }
        }
        controls
    }

    /// All of them.
    pub(super) fn into_all(self) -> Vec<Arc<Framework>> {
        self.all
    }

    fn unknown_framework(&self, name: String, place: Location) -> Problem {
        let names = || {
            self.all.iter().flat_map(|framework| {
                std::iter::once(&framework.id).chain(&framework.aliases).map(String::as_str)
            })
        };
        let help = match nearest(&name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "{}; a framework of your own is a policy file that begins with `framework:`",
                suggestion("", self.all.iter().map(|framework| framework.id.as_str()))
            ),
        };
        let error = ControlError::UnknownFramework { name, help };
        Problem::new(&error, Place::Text(place)).labelled("no framework")
    }
}

fn unknown_control(framework: &Framework, id: String, place: Location) -> Problem {
    let error = ControlError::UnknownControl {
        framework: framework.id.clone(),
        help: format!(
            "{} (`portcullis list controls {}` says what they ask for)",
            suggestion(&id, framework.controls.iter().map(|control| control.id.as_str())),
            framework.id
        ),
        id,
    };
    Problem::new(&error, Place::Text(place)).labelled("no control")
}
