//! A `Framework` is a security standard as far as policies can speak to it: its controls, each with how
//! much a finding says about it. Those of `policies/controls/` are built in, one file a framework; a
//! policy file that begins with `framework:` adds one, or takes the place of one that is built in.

use std::sync::{Arc, LazyLock};

use super::{Policy, draft};
use crate::text::{Problem, Source};
use crate::yaml;

macro_rules! file {
    ($name:literal) => {
        (
            concat!("built-in/controls/", $name, ".yaml"),
            include_str!(concat!("../../policies/controls/", $name, ".yaml")),
        )
    };
}

/// The frameworks that are built in.
const FILES: &[(&str, &str)] = &[
    file!("alibaba-cloud-config"),
    file!("cis-alibaba-1.0.0"),
    file!("cis-alibaba-2.0.0"),
    file!("cis-controls-8.1"),
    file!("cisa"),
    file!("csa-ccm-4"),
    file!("iso-27001-2022"),
    file!("mitre-attack"),
    file!("mlps-2.0-l3"),
    file!("nis2-2024-2690"),
    file!("nist-800-171r3"),
    file!("nist-800-53r5"),
    file!("nist-csf-2.0"),
    file!("pci-dss-4.0.1"),
    file!("soc2-2017"),
];

/// A security standard, as far as policies can speak to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framework {
    /// As policies and flags name it, such as `pci-dss-4.0.1`.
    pub id: String,
    /// Other names for the same.
    pub aliases: Vec<String>,
    /// The standard's own name.
    pub name: String,
    /// The standard's version, in its own words.
    pub version: String,
    /// Where the numbers of the controls come from.
    pub source: Option<String>,
    /// What a reader of its view has to know.
    pub note: Option<String>,
    /// Where policies name its controls.
    pub named_in: NamedIn,
    /// In the order of the file.
    pub controls: Vec<Control>,
}

/// One control of a framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// As policies name it, such as `1.4.4`.
    pub id: String,
    /// What it asks for, in plain words.
    pub title: String,
    /// How much findings say about it.
    pub strength: Strength,
    /// What in the evidence bears on it.
    pub bearing: Option<String>,
    /// Its id as an OSCAL token, where the catalog is published in OSCAL.
    pub oscal: Option<String>,
}

/// How much findings say about a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strength {
    /// A failure alone shows that the control is not met in what was observed; a pass is a part of the
    /// evidence that it is.
    Direct,
    /// One aspect of it; more evidence is needed either way.
    Partial,
    /// Background only.
    Context,
}

impl Strength {
    /// Every strength.
    pub const ALL: [Self; 3] = [Self::Direct, Self::Partial, Self::Context];

    /// As written in files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Partial => "partial",
            Self::Context => "context",
        }
    }
}

/// Where policies name the controls of a framework.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NamedIn {
    /// Under `controls:`.
    #[default]
    Controls,
    /// Among their `tags:` as well.
    Tags,
}

impl NamedIn {
    /// Every place.
    pub const ALL: [Self; 2] = [Self::Controls, Self::Tags];

    /// As written in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Controls => "controls",
            Self::Tags => "tags",
        }
    }
}

impl Framework {
    /// The control of an exact id.
    #[must_use]
    pub fn control(&self, id: &str) -> Option<&Control> {
        self.controls.iter().find(|control| control.id == id)
    }

    /// Whether a policy names a control of it.
    #[must_use]
    pub fn is_named_by(&self, policy: &Policy, control: &Control) -> bool {
        let has = |ids: &[String]| ids.contains(&control.id);
        policy.controls.get(&self.id).is_some_and(|ids| has(ids))
            || (self.named_in == NamedIn::Tags && has(&policy.tags))
    }

    fn is_called(&self, name: &str) -> bool {
        self.aliases.iter().any(|alias| alias == name)
    }
}

/// The frameworks that are built in, in the order of their ids.
///
/// # Errors
/// What is wrong with their files.
pub fn built_in_frameworks() -> Result<&'static [Arc<Framework>], Vec<Problem>> {
    static BUILT_IN: LazyLock<Result<Vec<Arc<Framework>>, Vec<Problem>>> = LazyLock::new(read);
    BUILT_IN.as_ref().map(Vec::as_slice).map_err(Clone::clone)
}

fn read() -> Result<Vec<Arc<Framework>>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut frameworks = Vec::with_capacity(FILES.len());
    for (name, text) in FILES {
        match yaml::parse(&Source::new(*name, *text)) {
            Ok(root) => {
                let read = root.and_then(|root| draft::framework(&root, &mut problems));
                frameworks.extend(read.map(|(framework, _)| Arc::new(framework)));
            }
            Err(errors) => problems.extend(errors),
        }
    }
    if problems.is_empty() { Ok(frameworks) } else { Err(problems) }
}

/// The framework of an id, or else of another name that it goes by.
#[must_use]
pub fn find_framework<'a>(
    frameworks: &'a [Arc<Framework>],
    name: &str,
) -> Option<&'a Arc<Framework>> {
    let by_id = frameworks.iter().find(|framework| framework.id == name);
    by_id.or_else(|| frameworks.iter().find(|framework| framework.is_called(name)))
}
