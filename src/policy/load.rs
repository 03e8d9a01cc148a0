//! From policy files to a `PolicySet`: every problem of every file, in order, or policies that cannot fail.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use miette::Diagnostic;
use thiserror::Error;

use super::draft::{
    self, AtMost, Draft, POLICY_FILE_BEGINS, PolicyDraft, RuleKind, Written, suggestion,
};
use super::file::File;
use super::frameworks::Frameworks;
use super::overrides::Overrides;
use super::resolve::{self, Scope, Set};
use super::slug::slug;
use super::told::Told;
use super::{Policy, PolicySet, Project, Template, case};
use crate::operation::{Catalogue, Effect, Operation, Schema, Severity};
use crate::text::{Level, Location, Place, Problem, Source};
use crate::yaml::Node;

#[derive(Debug, Error, Diagnostic)]
enum LoadError {
    #[error("unknown operation `{name}`")]
    #[diagnostic(code("policy/unknown-operation"), help("{help}"))]
    UnknownOperation { name: String, help: String },

    #[error("it is not said which operation these policies judge")]
    #[diagnostic(code("policy/missing-operation"), help("add `operation:`, {help}"))]
    MissingOperation { help: String },

    #[error("the id `{id}` is taken")]
    #[diagnostic(code("policy/duplicate-id"), help("give one of the two another id"))]
    DuplicateId { id: String },

    #[error("the id `{id}`, made from the rule's words, is taken")]
    #[diagnostic(
        code("policy/duplicate-id"),
        help(
            "write the rule under `rule:` and give it an `id:`, or remove it if it is the same rule"
        )
    )]
    DuplicateSlug { id: String },

    #[error("the set `{name}` has the name of a field")]
    #[diagnostic(
        code("policy/bad-name"),
        help("give the set another name, so that a rule can tell them apart")
    )]
    SetNamedAsField { name: String },

    #[error("this message shows a field of one record, but its policy judges all of them together")]
    #[diagnostic(
        code("policy/record-beside-aggregate"),
        help("say what it means in words; the numbers are added to them")
    )]
    FieldInMessage,

    #[error("`at_most` beside a rule that judges all records together")]
    #[diagnostic(
        code("policy/at-most-beside-aggregate"),
        help(
            "there is one outcome and nothing to tolerate: write the limit into the rule, such as `count > 5`"
        )
    )]
    AtMostOfWhole,

    #[error("there is no policy")]
    #[diagnostic(
        code("policy/no-policy"),
        help("where nothing is asked nothing is proven; add a file with `policies:`")
    )]
    NoPolicy,
}

/// Reads policy files into policies.
///
/// `params` are names and values that replace the files' own.
///
/// # Errors
///
/// Every problem of every file, warnings too, in the order of the files and of the places in them,
/// where at least one is an error. Otherwise the warnings are in the set.
pub fn load(
    sources: &[Arc<Source>],
    catalogue: &Catalogue,
    params: &[(String, String)],
) -> Result<PolicySet, Vec<Problem>> {
    let (mut set, problems) = collect(sources, catalogue, params);
    if problems.iter().any(|problem| problem.level == Level::Error) {
        return Err(problems);
    }
    set.warnings = problems;
    Ok(set)
}

/// Reads policy files into the policies that are right, beside every problem of every file: so that
/// whoever has more to say about policies can say all at once.
#[must_use]
pub fn collect(
    sources: &[Arc<Source>],
    catalogue: &Catalogue,
    params: &[(String, String)],
) -> (PolicySet, Vec<Problem>) {
    collect_for(sources, catalogue, &Wishes { params, project: None, is_all: true })
}

/// What a run wishes of the policies that it loads.
#[derive(Clone, Copy, Debug)]
pub struct Wishes<'a> {
    /// Names and values that replace the files' own.
    pub params: &'a [(String, String)],
    /// What the project file says; `params` win over its own.
    pub project: Option<&'a Project>,
    /// Whether the project file says which policies there are: then what it says of others is a mistake.
    pub is_all: bool,
}

/// The same for a run.
#[must_use]
pub fn collect_for(
    sources: &[Arc<Source>],
    catalogue: &Catalogue,
    wishes: &Wishes<'_>,
) -> (PolicySet, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut loader = Loader {
        catalogue,
        overrides: Overrides::read(wishes, &mut problems),
        frameworks: Frameworks::built_in(&mut problems),
        ids: HashMap::new(),
        set: PolicySet::default(),
        all_read: true,
    };
    let mut files: Vec<File> = sources.iter().map(File::new).collect();
    // Any file may name controls of what another one describes.
    for file in &mut files {
        loader.framework(file);
    }
    for mut file in files {
        loader.policies(&mut file);
        problems.append(&mut file.problems);
    }
    // A file that could not be read may have had the param.
    if loader.all_read {
        problems.extend(loader.overrides.unused());
    }
    if let Some(project) = wishes.project {
        loader.set.approvals.extend(project.approvals.iter().cloned());
        problems.extend(project.approved_names(catalogue));
        let (set, ids) = (&mut loader.set, &loader.ids);
        let is_known = |id: &str| !wishes.is_all || !loader.all_read || ids.contains_key(id);
        problems.extend(project.change(set, &is_known));
    }
    let mut told = Told::default();
    problems.retain(|problem| told.is_new(problem));
    let failed = problems.iter().any(|problem| problem.level == Level::Error);
    if !failed && loader.set.policies.is_empty() {
        let name = sources.first().map_or("policies", |source| source.name());
        problems.push(Problem::new(&LoadError::NoPolicy, Place::Whole(name.into())));
    }
    loader.set.frameworks = loader.frameworks.into_all();
    (loader.set, problems)
}

/// What is known over all files.
struct Loader<'a> {
    catalogue: &'a Catalogue,
    overrides: Overrides,
    frameworks: Frameworks,
    ids: HashMap<String, Location>,
    set: PolicySet,
    /// Whether every file had the shape of a policy file.
    all_read: bool,
}

impl Loader<'_> {
    /// Takes the framework that a file describes, if it does.
    fn framework(&mut self, file: &mut File) {
        if let Some(root) = file.root.take_if(|root| draft::is_framework(root)) {
            let mut found = Vec::new();
            self.frameworks.add(&root, &mut found);
            file.is_framework = true;
            file.tell(found);
        }
    }

    /// Reads the policies of any other file into the set.
    fn policies(&mut self, file: &mut File) {
        self.all_read &= file.is_yaml;
        if !file.is_framework {
            file.read_with(POLICY_FILE_BEGINS, &mut |root, problems| self.document(root, problems));
        }
    }

    fn document(&mut self, root: &Node, problems: &mut Vec<Problem>) {
        let Some(mut draft) = draft::read(root, problems) else {
            self.all_read = false;
            return;
        };
        self.set.approvals.extend(draft.approvals.iter().map(|(approval, _)| approval.clone()));
        self.overrides.apply(&mut draft.params);
        let operation = self.operation(&draft, problems);
        let policies: Vec<_> = std::mem::take(&mut draft.policies)
            .into_iter()
            .map(|policy| (self.id(&policy, problems), policy))
            .collect();
        let Some(operation) = operation else {
            return;
        };
        let names = draft.approvals.iter().flat_map(|(_, names)| names);
        problems.extend(resolve::approved_names(names, &operation));
        problems.extend(named_as_fields(&draft.sets, &operation.schema));
        let scope = Scope { operation: &operation, sets: &draft.sets, params: &draft.params };
        let mut told = Told::default();
        for (id, mut policy) in policies {
            let mut found = Vec::new();
            let controls = std::mem::take(&mut policy.controls);
            let controls = self.frameworks.controls(controls, &mut found);
            let policy = resolved((id, policy), &operation, &scope, &mut found);
            let policy = policy.map(|policy| Policy { controls, ..policy });
            problems.extend(found.into_iter().filter(|problem| told.is_new(problem)));
            self.set.policies.extend(policy);
        }
    }

    /// The id of a policy, which no other has; `None` where it has none, which was told.
    fn id(&mut self, policy: &PolicyDraft<'_>, problems: &mut Vec<Problem>) -> Option<String> {
        let (id, location, error) = match (&policy.id, &policy.rule) {
            (Written::Text(id, location), _) => {
                let error = LoadError::DuplicateId { id: id.clone() };
                (id.clone(), location, error)
            }
            (Written::Omitted, Some(rule)) => {
                let id = slug(&rule.text);
                let error = LoadError::DuplicateSlug { id: id.clone() };
                (id, &rule.location, error)
            }
            (Written::Unreadable, _) | (Written::Omitted, None) => return None,
        };
        match self.ids.entry(id.clone()) {
            Entry::Vacant(vacant) => {
                vacant.insert(location.clone());
                Some(id)
            }
            Entry::Occupied(first) => {
                let place = Place::Text(location.clone());
                let problem = Problem::new(&error, place).labelled("the second");
                problems.push(problem.related("the first", first.get().clone()));
                None
            }
        }
    }

    fn operation(&self, draft: &Draft<'_>, problems: &mut Vec<Problem>) -> Option<Arc<Operation>> {
        let (found, error, location) = match &draft.operation {
            Written::Unreadable => return None,
            Written::Text(name, location) => {
                let found = self.catalogue.find(name);
                let help = suggestion(name, self.names());
                let name = name.clone();
                let error = LoadError::UnknownOperation { name, help };
                (found, error, location)
            }
            Written::Omitted => {
                let help = suggestion("", self.names());
                let error = LoadError::MissingOperation { help };
                (self.catalogue.only(), error, &draft.start)
            }
        };
        if found.is_none() {
            let place = Place::Text(location.clone());
            problems.push(Problem::new(&error, place).labelled("no operation"));
        }
        found.cloned()
    }

    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        let operations = self.catalogue.operations.iter();
        operations.map(|operation| operation.name.as_str())
    }
}

/// Sets that a rule could not tell from a field.
fn named_as_fields(sets: &BTreeMap<String, Set>, schema: &Schema) -> Vec<Problem> {
    let taken = sets.iter().filter(|(name, _)| schema.find(name).is_some());
    taken
        .map(|(name, set)| {
            let name = name.clone();
            let place = Place::Text(set.location.clone());
            Problem::new(&LoadError::SetNamedAsField { name }, place).labelled("a field too")
        })
        .collect()
}

/// The policy that a draft becomes under the schema.
fn resolved(
    (id, draft): (Option<String>, PolicyDraft<'_>),
    operation: &Arc<Operation>,
    scope: &Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Policy> {
    let schema = &operation.schema;
    let meaning = draft.rule.as_ref().and_then(|rule| match &rule.kind {
        RuleKind::Sentence(sentence) => resolve::sentence(sentence, scope, problems),
        RuleKind::Formula(expr) => resolve::condition(expr, scope, problems),
    });
    let judges_whole = meaning.as_ref().map(|meaning| meaning.condition.judges_whole());
    let message = message(draft.message, judges_whole == Some(true), operation, problems);
    let at_most = tolerated(draft.at_most, judges_whole == Some(true), problems);
    let cases = draft.cases.iter();
    let cases = cases.filter_map(|case| case::resolve(case, judges_whole, schema, problems));
    let cases = cases.collect();
    let rule = draft.rule?;
    let meaning = meaning.filter(|_| rule.is_whole)?;
    Some(Policy {
        id: id?,
        effect: rule.effect,
        severity: draft.severity.unwrap_or(default_severity(rule.effect)),
        title: draft.title.unwrap_or(rule.words),
        message: message?,
        why: draft.why,
        remediation: draft.remediation,
        references: draft.references,
        controls: BTreeMap::new(),
        tags: draft.tags,
        when_unknown: draft.when_unknown,
        at_most,
        operation: Arc::clone(operation),
        condition: meaning.condition,
        replaced: meaning.replaced.into_iter().collect(),
        rule: rule.location,
        location: draft.location,
        cases,
        overridden: None,
    })
}

fn default_severity(effect: Effect) -> Severity {
    match effect {
        Effect::Deny => Severity::High,
        Effect::Alert => Severity::Medium,
    }
}

/// How many violations a policy tolerates; `at_most: 0` is what every policy says that says nothing.
fn tolerated(
    at_most: Option<AtMost>,
    judges_whole: bool,
    problems: &mut Vec<Problem>,
) -> Option<u64> {
    let AtMost { number, key } = at_most?;
    if judges_whole {
        let problem = Problem::new(&LoadError::AtMostOfWhole, Place::Text(key));
        problems.push(problem.labelled("nothing to tolerate"));
    }
    (number > 0).then_some(number)
}

/// The policy's message, else the operation's; of a whole snapshot the operation says nothing.
fn message(
    node: Option<&Node>,
    judges_whole: bool,
    operation: &Operation,
    problems: &mut Vec<Problem>,
) -> Option<Template> {
    let text = node.and_then(Node::as_scalar).map(|scalar| scalar.text());
    let text = match text {
        None if judges_whole => "",
        text => text.unwrap_or(&operation.message),
    };
    let parsed = Template::parse(text.trim_end(), &operation.schema);
    let place = |range| match node {
        Some(node) => Place::Text(node.location_of(range)),
        None => Place::Whole(operation.name.as_str().into()),
    };
    match parsed {
        Ok(template) if judges_whole && template.fields().next().is_some() => {
            let place = place(0..text.trim_end().len());
            problems
                .push(Problem::new(&LoadError::FieldInMessage, place).labelled("names a field"));
            None
        }
        Ok(template) => Some(template),
        Err(errors) => {
            problems.extend(
                errors.into_iter().map(|(range, error)| {
                    Problem::new(&error, place(range)).labelled(error.label())
                }),
            );
            None
        }
    }
}
