//! Lists that are made one by one as they are written, however many elements they have.

use serde::{Serialize, Serializer};

use crate::text::Problem;
use crate::triage::Report;

use super::said::Said;
use super::statement::{Context, Finding, Observation, Risk};

/// Who has something to say.
#[derive(Clone, Copy, Debug)]
pub(super) enum Voice<'a> {
    Report(&'a Report),
    Problems(&'a [Problem]),
}

impl<'a> Voice<'a> {
    fn all(self) -> Box<dyn Iterator<Item = Said<'a>> + 'a> {
        match self {
            Self::Report(report) => Box::new(Said::all(report)),
            Self::Problems(problems) => Box::new(Said::of_problems(problems)),
        }
    }
}

/// What a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Observation,
    Risk,
    Finding,
}

/// What is made of everything that there is to say.
#[derive(Debug)]
pub(super) struct List<'a> {
    pub(super) voice: Voice<'a>,
    pub(super) kind: Kind,
    pub(super) context: &'a Context<'a>,
}

impl List<'_> {
    /// The list, unless nothing is in it: the models have no empty lists.
    pub(super) fn unless_empty(self) -> Option<Self> {
        let is_in = |said: Said<'_>| match self.kind {
            Kind::Observation => true,
            Kind::Risk => said.is_risk(),
            Kind::Finding => said.is_finding(),
        };
        self.voice.all().any(is_in).then_some(self)
    }
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (all, context) = (self.voice.all(), self.context);
        match self.kind {
            Kind::Observation => {
                serializer.collect_seq(all.map(|said| Observation::new(&said, context)))
            }
            Kind::Risk => serializer.collect_seq(all.filter_map(|said| Risk::new(&said, context))),
            Kind::Finding => {
                serializer.collect_seq(all.filter_map(|said| Finding::new(&said, context)))
            }
        }
    }
}
