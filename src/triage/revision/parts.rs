//! What a policy says beside its condition, and what it weighs that it says something else.

use std::cmp::{Ordering, Reverse};

use crate::policy::{Policy, WhenUnknown};

/// Whether a change of one part holds up more or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weighs {
    /// It does neither.
    Nothing,
    /// Less is held up, or with less weight.
    Less,
    /// More is.
    More,
}

impl Weighs {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Less, Self::More];

    fn of<T: Ord>(old: T, new: T) -> Self {
        match new.cmp(&old) {
            Ordering::Less => Self::Less,
            Ordering::Equal => Self::Nothing,
            Ordering::Greater => Self::More,
        }
    }
}

/// One part that is another than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartChange {
    /// The key of a policy file.
    pub name: &'static str,
    /// The values before and after, where they are short enough to be told.
    pub values: Option<[String; 2]>,
    /// What that weighs.
    pub weighs: Weighs,
}

/// The parts that differ, those that weigh something first.
pub(super) fn changed(old: &Policy, new: &Policy, otherwise: WhenUnknown) -> Vec<PartChange> {
    let mut parts = Vec::new();
    let mut value = |name, values: [&str; 2], weighs| {
        if values.first() != values.last() {
            let values = Some(values.map(str::to_owned));
            parts.push(PartChange { name, values, weighs });
        }
    };
    let effects = [old.effect.name(), new.effect.name()];
    value("effect", effects, Weighs::of(old.effect, new.effect));
    let severities = [old.severity.name(), new.severity.name()];
    value("severity", severities, Weighs::of(old.severity, new.severity));
    let unknown = [old, new].map(|policy| policy.when_unknown.unwrap_or(otherwise));
    let weighs = Weighs::of(weight(old, otherwise), weight(new, otherwise));
    value("when_unknown", unknown.map(WhenUnknown::name), weighs);
    let [was, is] = [old, new].map(tolerated);
    let weighs = Weighs::of(Reverse(was), Reverse(is));
    value("at_most", [&*was.to_string(), &*is.to_string()], weighs);
    for (name, is_same) in [
        ("title", title(old) == title(new)),
        ("message", old.message == new.message),
        ("why", old.why == new.why),
        ("remediation", old.remediation == new.remediation),
        ("references", old.references == new.references),
        ("controls", old.controls == new.controls),
        ("tags", old.tags == new.tags),
        ("cases", is_same_cases(old, new)),
    ] {
        if !is_same {
            parts.push(PartChange { name, values: None, weighs: Weighs::Nothing });
        }
    }
    parts
}

/// How many violations are tolerated.
pub(super) fn tolerated(policy: &Policy) -> u64 {
    policy.at_most.unwrap_or_default()
}

/// The title, where it is not the rule's words.
fn title(policy: &Policy) -> Option<&str> {
    let is_rule = policy.title.split_whitespace().eq(policy.rule.text().split_whitespace());
    (!is_rule).then_some(policy.title.as_str())
}

/// How much an inconclusive outcome holds up.
pub(super) fn weight(policy: &Policy, otherwise: WhenUnknown) -> u8 {
    match policy.when_unknown.unwrap_or(otherwise) {
        WhenUnknown::Pass => 0,
        WhenUnknown::Report => 1,
        WhenUnknown::Fail => 2,
    }
}

/// Whether cases say the same, wherever they are written.
fn is_same_cases(old: &Policy, new: &Policy) -> bool {
    old.cases.len() == new.cases.len()
        && old
            .cases
            .iter()
            .zip(&new.cases)
            .all(|(old, new)| old.records == new.records && old.expect == new.expect)
}
