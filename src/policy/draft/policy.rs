//! One element of `policies`: a sentence, or a mapping around one, or a mapping with the rule in mapping form.

use super::Written;
use super::case::{CaseDraft, cases};
use super::error::DraftError;
use super::formula;
use super::shape::{Form, Item, text_of, words_of};
use crate::operation::{Effect, Severity};
use crate::policy::slug::{MAX_ID, is_id};
use crate::policy::syntax::{Expr, Sentence};
use crate::policy::{MAX_TOLERATED, WhenUnknown, parser};
use crate::text::{Level, Location, Place, Problem};
use crate::yaml::{Entry, Node, NodeKind, Value};

/// The keys of a policy.
const KEYS: &[&str] = &[
    "id",
    "rule",
    "effect",
    "when",
    "severity",
    "title",
    "message",
    "why",
    "remediation",
    "references",
    "controls",
    "tags",
    "when_unknown",
    "at_most",
    "cases",
];

/// A policy as it was written.
#[derive(Debug)]
pub(in crate::policy) struct PolicyDraft<'a> {
    pub id: Written,
    /// Nothing where it could not be read, which was told.
    pub rule: Option<Rule>,
    pub severity: Option<Severity>,
    pub title: Option<String>,
    /// A text with fields in braces.
    pub message: Option<&'a Node>,
    pub why: Option<String>,
    pub remediation: Option<String>,
    pub references: Vec<String>,
    pub controls: Vec<ControlsDraft>,
    pub tags: Vec<String>,
    pub when_unknown: Option<WhenUnknown>,
    pub at_most: Option<AtMost>,
    pub cases: Vec<CaseDraft<'a>>,
    pub location: Location,
}

/// What a policy asks, parsed.
#[derive(Debug)]
pub(in crate::policy) struct Rule {
    pub effect: Effect,
    pub kind: RuleKind,
    /// Whether every part of it could be read.
    pub is_whole: bool,
    /// The rule on one line, up to a readable length.
    pub words: String,
    /// The complete rule on one line, from which its id is made.
    pub text: String,
    /// The sentence, or the value of `when`.
    pub location: Location,
}

/// The two forms of a rule.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one to a policy, and it is resolved at once"
)]
pub(in crate::policy) enum RuleKind {
    Sentence(Box<Sentence>),
    Formula(Expr),
}

/// How many violations of a snapshot a policy tolerates.
#[derive(Debug)]
pub(in crate::policy) struct AtMost {
    pub number: u64,
    /// The key.
    pub key: Location,
}

/// Controls of one framework that a policy names, before anybody asked whether there are such.
#[derive(Debug)]
pub(in crate::policy) struct ControlsDraft {
    pub framework: (String, Location),
    pub ids: Vec<(String, Location)>,
}

/// Reads one policy.
pub(super) fn read<'a>(item: Item<'a>, problems: &mut Vec<Problem>) -> Option<PolicyDraft<'a>> {
    match &item.node.kind {
        NodeKind::Mapping(_) if !is_split_sentence(item, problems) => mapping(item, problems),
        NodeKind::Mapping(_) => None,
        NodeKind::Scalar(_) | NodeKind::Sequence(_) => {
            let rule = sentence(item, problems)?;
            Some(PolicyDraft::of_rule(rule, item.node.location.clone()))
        }
    }
}

/// `- deny RDP: …` is a mapping to YAML.
fn is_split_sentence(item: Item<'_>, problems: &mut Vec<Problem>) -> bool {
    let entries = item.node.as_mapping().unwrap_or_default();
    let split = entries.iter().map(Item::of).find(|entry| {
        let first = entry.name().split_whitespace().next().unwrap_or_default();
        Effect::ALL.iter().any(|effect| first.eq_ignore_ascii_case(effect.name()))
    });
    if let Some(entry) = split {
        let place = Place::Text(entry.location());
        let problem = Problem::new(&DraftError::UnquotedSentence, place);
        problems.push(problem.labelled("read as a key and its value"));
    }
    split.is_some()
}

fn mapping<'a>(item: Item<'a>, problems: &mut Vec<Problem>) -> Option<PolicyDraft<'a>> {
    let form = Form::of(item, "a policy", KEYS, problems)?;
    let rule = rule(&form, problems);
    let effect = rule.as_ref().map(|rule| rule.effect);
    Some(PolicyDraft {
        id: id(&form, problems),
        rule,
        severity: form.read("severity", problems, |item, problems| {
            item.choice(&Severity::ALL, Severity::name, problems)
        }),
        title: form.read("title", problems, |item, problems| {
            item.text(problems).map(|title| on_one_line(&title))
        }),
        message: form
            .read("message", problems, |item, problems| item.text(problems).map(|_| item.node)),
        why: form.read("why", problems, Item::text),
        remediation: form.read("remediation", problems, Item::text),
        references: form.read("references", problems, references),
        controls: form.read("controls", problems, controls),
        tags: form.read("tags", problems, Item::texts),
        when_unknown: form.read("when_unknown", problems, |item, problems| {
            item.choice(&WhenUnknown::ALL, WhenUnknown::name, problems)
        }),
        at_most: form.read("at_most", problems, at_most),
        cases: form.read("cases", problems, |item, problems| cases(item, effect, problems)),
        location: item.node.location.clone(),
    })
}

impl PolicyDraft<'_> {
    fn of_rule(rule: Rule, location: Location) -> Self {
        Self {
            id: Written::Omitted,
            rule: Some(rule),
            severity: None,
            title: None,
            message: None,
            why: None,
            remediation: None,
            references: Vec::new(),
            controls: Vec::new(),
            tags: Vec::new(),
            when_unknown: None,
            at_most: None,
            cases: Vec::new(),
            location,
        }
    }
}

/// `rule`, or `effect` and `when`.
fn rule(form: &Form<'_>, problems: &mut Vec<Problem>) -> Option<Rule> {
    if let Some(item) = form.item("rule") {
        for key in ["effect", "when"] {
            if let Some(beside) = form.item(key) {
                let error = DraftError::TwoRules { key };
                problems.push(beside.key_problem(&error, "one rule too many"));
            }
        }
        return sentence(item, problems);
    }
    if form.item("effect").is_none() && form.item("when").is_none() {
        problems.push(form.problem(&DraftError::MissingRule, "this policy"));
        return None;
    }
    let effect = form
        .required("effect", problems)
        .and_then(|item| item.choice(&Effect::ALL, Effect::name, problems));
    let when = form.required("when", problems)?;
    let before = errors(problems);
    let formula = formula::when(when, problems)?;
    Some(Rule {
        effect: effect?,
        is_whole: errors(problems) == before,
        kind: RuleKind::Formula(formula),
        words: format!("{} if {}", effect?, words(when.node)),
        text: format!("{} if {}", effect?, all_words(when.node)),
        location: when.node.location.clone(),
    })
}

fn errors(problems: &[Problem]) -> usize {
    let errors = problems.iter().filter(|problem| problem.level == Level::Error);
    errors.count()
}

fn sentence(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<Rule> {
    let scalar = item.node.as_scalar().map(|scalar| scalar.value());
    let Some(Value::Text(text)) = scalar else {
        let help = "write a sentence such as `deny RDP unless approved`".to_owned();
        problems.push(item.wrong_with("a sentence", Some(help)));
        return None;
    };
    let sentence = parser::sentence(item.node, problems)?;
    Some(Rule {
        effect: sentence.effect,
        is_whole: true,
        words: on_one_line(text),
        text: on_one_line(text),
        location: words_of(item.node),
        kind: RuleKind::Sentence(Box::new(sentence)),
    })
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a rule in mapping form, up to a readable length.
pub(super) fn words(node: &Node) -> String {
    const READABLE: usize = 160;
    let mut words = String::new();
    gather(node, READABLE, &mut words);
    if words.chars().count() > READABLE {
        words = words.chars().take(READABLE).collect();
        words.push('…');
    }
    words
}

/// Every word of a rule in mapping form.
fn all_words(node: &Node) -> String {
    let mut words = String::new();
    gather(node, usize::MAX, &mut words);
    words
}

/// Appends the words of keys and values in their order until there are more than `limit` bytes.
fn gather(node: &Node, limit: usize, words: &mut String) {
    match &node.kind {
        NodeKind::Scalar(scalar) => {
            for word in scalar.text().split_whitespace() {
                if words.len() > limit {
                    return;
                }
                if !words.is_empty() {
                    words.push(' ');
                }
                words.extend(word.chars().take(limit));
            }
        }
        NodeKind::Sequence(nodes) => nodes.iter().for_each(|node| gather(node, limit, words)),
        NodeKind::Mapping(entries) => entries.iter().for_each(|entry| {
            gather(&entry.key, limit, words);
            gather(&entry.value, limit, words);
        }),
    }
}

fn id(form: &Form<'_>, problems: &mut Vec<Problem>) -> Written {
    match form.written("id", problems) {
        Written::Text(id, location) if !is_id(&id) => {
            let place = Place::Text(location);
            let error = DraftError::BadId { id, limit: MAX_ID };
            problems.push(Problem::new(&error, place).labelled("not an id"));
            Written::Unreadable
        }
        written => written,
    }
}

/// A whole number from 0 to [`MAX_TOLERATED`].
fn at_most(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<AtMost> {
    let value = item.node.as_scalar().map(|scalar| scalar.value());
    if let Some(Value::Integer(number)) = value
        && let Some(number) = u64::try_from(number).ok().filter(|number| *number <= MAX_TOLERATED)
    {
        return Some(AtMost { number, key: item.key.location.clone() });
    }
    let text = text_of(item.node).to_owned();
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let expected = "a whole number from 0 on";
    problems.push(match value {
        Some(Value::Integer(0..)) => item.problem(&DraftError::TooTolerant { text }, "too many"),
        // Beyond 64 bits.
        Some(Value::Float(_)) if is_digits => {
            item.problem(&DraftError::TooTolerant { text }, "too many")
        }
        Some(Value::Integer(_) | Value::Float(_)) => {
            item.problem(&DraftError::NoCount { text }, "not a whole number from 0 on")
        }
        Some(Value::Text(_)) if is_digits => {
            item.wrong_with(expected, Some(format!("write it without quotes: `at_most: {text}`")))
        }
        _ => {
            let help = "say how many records may violate it, such as `at_most: 5`";
            item.wrong_with(expected, Some(help.to_owned()))
        }
    });
    None
}

fn references(item: Item<'_>, problems: &mut Vec<Problem>) -> Vec<String> {
    let items = item.list("a list of web addresses", problems).unwrap_or_default();
    let mut references = Vec::with_capacity(items.len());
    for item in items {
        let Some(text) = item.text(problems) else {
            continue;
        };
        match is_web_address(&text) {
            true => references.push(text),
            false => problems.push(item.problem(&DraftError::BadReference { text }, "this")),
        }
    }
    references
}

fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

/// Control ids by framework.
fn controls(item: Item<'_>, problems: &mut Vec<Problem>) -> Vec<ControlsDraft> {
    let entries = item.node.as_mapping().unwrap_or_default();
    if entries.is_empty() {
        problems.push(match item.node.as_mapping() {
            Some(_) => item.empty(),
            None => {
                let help = "write `controls: {pci-dss-4.0.1: [1.4.4]}`".to_owned();
                item.wrong_with("a mapping from frameworks to lists of control ids", Some(help))
            }
        });
    }
    let of_framework = |entry: &Entry| {
        let items = Item::of(entry).list("a list of control ids", problems).unwrap_or_default();
        let id = |item: Item<'_>| Some((control_id(item, problems)?, words_of(item.node)));
        ControlsDraft {
            framework: (entry.name().to_owned(), words_of(&entry.key)),
            ids: items.into_iter().filter_map(id).collect(),
        }
    };
    entries.iter().map(of_framework).collect()
}

/// A control's id, which is a text: as numbers, 1.10 and 1.1 are the same.
pub(super) fn control_id(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let scalar = item.node.as_scalar().map(|scalar| scalar.value());
    if let Some(Value::Integer(_) | Value::Float(_)) = scalar {
        let id = text_of(item.node).to_owned();
        problems.push(item.problem(&DraftError::UnquotedControl { id }, "a number"));
        return None;
    }
    item.text(problems)
}
