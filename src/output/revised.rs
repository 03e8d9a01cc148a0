//! What a change of policies has to say, in the words that its formats have in common: what becomes of
//! each policy, with which record, and how many there are of each.

use crate::analysis::Approved;
use crate::engine::Outcome;
use crate::policy::{Approval, Policy};
use crate::triage::{
    Counterexample, FindingShift, PolicyChange, PolicyFate, Revision, Seen, Tendency, Verdict,
};

use super::changes::{Class, Found, Tone};

/// Words for policies, what weighs most first.
const WORDS: [&str; 9] = [
    "removed",
    "looser",
    "different",
    "undecided",
    "stricter",
    "added",
    "renamed",
    "equivalent",
    "same",
];

/// The verdict in words. None of them is green where the exit code is not 0.
pub(super) fn headline(revision: &Revision) -> &'static str {
    let some_is_let_through =
        revision.policies.iter().any(|change| change.lets_through() != Some(false));
    match revision.verdict {
        Verdict::Clean if some_is_let_through => "nothing that fails the run is let through",
        Verdict::Clean if revision.findings.is_some() => "nothing is let through, nothing is new",
        Verdict::Clean => "nothing is let through",
        Verdict::Violations if revision.lets_through => "something is let through",
        Verdict::Violations => "findings on the evidence change",
        Verdict::InsufficientEvidence => "not decided",
    }
}

/// What becomes of a policy.
pub(super) fn word(change: &PolicyChange) -> &'static str {
    match (change.fate, change.tendency()) {
        (PolicyFate::Same | PolicyFate::Added | PolicyFate::Removed, _)
        | (PolicyFate::Renamed, Tendency::Equivalent) => change.fate.name(),
        (PolicyFate::Changed | PolicyFate::Renamed, tendency) => tendency.name(),
    }
}

pub(super) fn tone(change: &PolicyChange) -> Tone {
    match (change.lets_through(), change.tendency()) {
        (Some(true), _) => Tone::Bad,
        (None, _) => Tone::Unclear,
        (Some(false), Tendency::Equivalent) => Tone::Good,
        (Some(false), _) => Tone::Doubtful,
    }
}

/// The policies that are not what they were.
pub(super) fn of_policies(revision: &Revision) -> impl Iterator<Item = &PolicyChange> {
    revision.policies.iter().filter(|change| change.fate != PolicyFate::Same)
}

/// How many policies there are of each word.
pub(super) fn policies_in_numbers(revision: &Revision) -> String {
    let words: Vec<&str> = revision.policies.iter().map(word).collect();
    let count = |word: &str| words.iter().filter(|other| **other == word).count();
    let counts = WORDS.map(|word| (count(word), word)).into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
    counts.join(", ")
}

/// The classes of findings, the one that weighs most first; none without evidence.
pub(super) fn of_findings(revision: &Revision) -> Vec<Class<'_, FindingShift>> {
    let lists = revision.findings.iter().flat_map(|findings| findings.lists());
    lists
        .map(|(word, list)| {
            let tone = match word {
                "new" | "worsened" => Tone::Bad,
                "lost" | "eased" => Tone::Unclear,
                _ => Tone::Plain,
            };
            Class { word, tone, list }
        })
        .collect()
}

/// How many findings there are of each class; `None` without evidence.
pub(super) fn findings_in_numbers(revision: &Revision) -> Option<String> {
    let classes = of_findings(revision).into_iter();
    let numbers: Vec<String> =
        classes.map(|Class { word, list, .. }| format!("{} {word}", list.len())).collect();
    revision.findings.is_some().then(|| numbers.join(", "))
}

/// A finding as it is by the new policies, or was by the old ones alone.
pub(super) fn found<'a>(revision: &'a Revision, shift: &FindingShift) -> Option<Found<'a>> {
    let [old, new] = revision.found(shift);
    Some(Found::new(new.or(old)?, old.filter(|_| new.is_some())))
}

/// The policy, by both its ids where it has another one.
pub(super) fn name(revision: &Revision, change: &PolicyChange) -> String {
    let (old, new) = (revision.old_policy(change), revision.new_policy(change));
    match (old, new) {
        (Some(old), Some(new)) if old.id != new.id => format!("{} → {}", old.id, new.id),
        (_, Some(policy)) | (Some(policy), None) => policy.id.clone(),
        (None, None) => String::new(),
    }
}

/// Its rules before and after; none where a rule is the same and means the same.
pub(super) fn rules<'a>(revision: &'a Revision, change: &PolicyChange) -> [Option<&'a Policy>; 2] {
    match (revision.old_policy(change), revision.new_policy(change)) {
        (Some(old), Some(new))
            if old.rule.text() == new.rule.text() && change.tendency() == Tendency::Equivalent =>
        {
            [None, None]
        }
        (old, new) => [old, new],
    }
}

/// What a change does to records, each what happens to one and the record.
pub(super) fn examples(change: &PolicyChange) -> Vec<(&'static str, Tone, String)> {
    let condition = change.condition.as_ref();
    let passing = change.passing.as_ref().and_then(Seen::example);
    let less = condition.and_then(|condition| condition.less.example()).or(passing);
    let more = condition.and_then(|condition| condition.more.example());
    let less = less.map(|one| ("caught before, not any more", Tone::Bad, example(one)));
    let more = more.map(|one| ("caught now, not before", Tone::Doubtful, example(one)));
    less.into_iter().chain(more).collect()
}

/// A record, and what becomes of it.
fn example(shown: &Counterexample) -> String {
    let approved = match shown.example.approved {
        None | Some(Approved::No) => "",
        Some(Approved::Yes) => ", where an approval covers it",
        Some(Approved::Unclear) => ", where it does not say whether an approval covers it",
    };
    let came = |outcome: Option<Outcome>| outcome.map_or("pass", Outcome::name);
    format!("{} ({} → {}{approved})", shown.example.record(), came(shown.old), came(shown.new))
}

/// What is not known of a change, and why.
pub(super) fn undecided(change: &PolicyChange) -> Option<String> {
    let condition = change.condition.as_ref()?;
    let unsure = [(&condition.less, "less"), (&condition.more, "more")].into_iter();
    let unsure: Vec<&str> =
        unsure.filter(|(seen, _)| seen.is_seen().is_none()).map(|(_, word)| word).collect();
    let why = condition.doubt()?.words();
    Some(format!("whether it catches {}: {why}", unsure.join(" or ")))
}

/// Why nothing passes, though the policy itself catches less.
pub(super) fn covered(revision: &Revision, change: &PolicyChange) -> Option<String> {
    let is_covered = change.passing == Some(Seen::Never);
    is_covered.then(|| match revision.cover(change) {
        Some(cover) => format!("`{}` catches all that it caught", cover.id),
        None => "the new policies together catch all that it caught".to_owned(),
    })
}

/// Parts that differ whose values say nothing to a reader in a hurry.
pub(super) fn also_changed(change: &PolicyChange) -> Option<String> {
    let parts = change.parts.iter().filter(|part| part.values.is_none());
    let parts: Vec<&str> = parts.map(|part| part.name).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What an approval is for, and for how long.
pub(super) fn approval(approval: &Approval) -> String {
    let what = match approval.services.as_slice() {
        [] => "anything".to_owned(),
        services => services.join(", "),
    };
    let ports = approval.ports.as_ref().map(|ports| match (ports.start(), ports.end()) {
        (first, last) if first == last => format!(" on port {first}"),
        (first, last) => format!(" on ports {first}..{last}"),
    });
    let protocol = approval.protocol.as_ref().map(|protocol| format!(" over {protocol}"));
    let (ports, protocol) = (ports.unwrap_or_default(), protocol.unwrap_or_default());
    format!("approval of {what}{ports}{protocol} until {}", approval.expires)
}
