//! Policies as rules of SARIF: what each forbids, why, and what to do about it.

use std::collections::HashSet;

use serde::Serialize;

use crate::operation::{Effect, Severity};
use crate::output::item::{EVIDENCE, prose, short};
use crate::output::{count, markdown};
use crate::policy::Policy;
use crate::text::{Level, Problem};
use crate::triage::Report;

use super::log::Message;

/// Characters of a description at most, as GitHub reads them.
const LONGEST_DESCRIPTION: usize = 1000;

/// Tags that GitHub keeps.
const MOST_TAGS: usize = 10;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule<'a> {
    id: String,
    short_description: Message,
    full_description: Message,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'a str>,
    default_configuration: Configuration,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties<'a> {
    tags: Vec<String>,
    #[serde(rename = "security-severity")]
    security_severity: &'static str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    controls: Vec<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    references: &'a [String],
}

/// A rule a policy, in their order; the rule of evidence comes last.
pub(super) fn all(report: &Report) -> Vec<Rule<'_>> {
    report.policies.policies.iter().map(Rule::new).chain([Rule::evidence()]).collect()
}

impl<'a> Rule<'a> {
    fn new(policy: &'a Policy) -> Self {
        let controls = policy.controls.iter().flat_map(|(framework, ids)| {
            ids.iter().map(move |id| short(&format!("{framework} {id}")))
        });
        let tags = ["security"].map(str::to_owned).into_iter();
        let title = prose(&policy.title);
        let why = policy.why.as_deref().map_or_else(|| prose(policy.rule.text()), prose);
        let fix = policy.remediation.as_deref().map(prose);
        Self {
            id: short(&policy.id),
            short_description: described(&title),
            full_description: described(&why),
            help: Help::new(policy, &why, fix.as_deref()),
            help_uri: policy.references.first().map(String::as_str).filter(|uri| is_plain(uri)),
            default_configuration: Configuration {
                level: match policy.effect {
                    Effect::Deny => "error",
                    Effect::Alert => "warning",
                },
            },
            properties: Properties {
                tags: tags
                    .chain(policy.tags.iter().map(|tag| short(tag)))
                    .take(MOST_TAGS)
                    .collect(),
                security_severity: security_severity(policy.severity),
                severity: policy.severity.name(),
                effect: Some(policy.effect.name()),
                controls: controls.collect(),
                references: match policy.references.iter().all(|uri| is_plain(uri)) {
                    true => &policy.references,
                    false => &[],
                },
            },
        }
    }

    fn of_problem(problem: &Problem) -> Self {
        let id = short(&problem.code);
        let title = id.replace(['/', '-'], " ");
        let why = "Policies, flags or input are not what they should be.";
        let (level, severity) = match problem.level {
            Level::Error => ("error", Severity::High),
            Level::Warning => ("warning", Severity::Low),
            Level::Note => ("note", Severity::Info),
        };
        Self::plain([&id, &title, why, "The message says what helps."], level, severity)
    }

    fn evidence() -> Self {
        let title = "The evidence is not sufficient";
        let why = "Where pages are missing, an error came in place of data, or the API has not made up \
                   its mind, a list without findings proves nothing.";
        let fix = "Capture every page again, or say on the command line what is acceptable.";
        Self::plain([EVIDENCE, title, why, fix], "error", Severity::High)
    }

    /// A rule that is no policy.
    fn plain([id, title, why, fix]: [&str; 4], level: &'static str, severity: Severity) -> Self {
        let help = format!("{why} {fix}");
        Self {
            id: id.to_owned(),
            short_description: Message::new(title),
            full_description: Message::new(why),
            help: Help { markdown: help.clone(), text: help },
            help_uri: None,
            default_configuration: Configuration { level },
            properties: Properties {
                tags: vec!["security".to_owned()],
                security_severity: security_severity(severity),
                severity: severity.name(),
                effect: None,
                controls: Vec::new(),
                references: &[],
            },
        }
    }
}

/// A rule a code of problems, in the order in which they come.
pub(super) fn of_problems(problems: &[Problem]) -> Vec<Rule<'static>> {
    let mut rules: Vec<Rule<'static>> = Vec::new();
    let mut known = HashSet::new();
    for problem in problems {
        if known.insert(&problem.code) {
            rules.push(Rule::of_problem(problem));
        }
    }
    rules
}

impl Help {
    fn new(policy: &Policy, why: &str, fix: Option<&str>) -> Self {
        let rule = prose(policy.rule.text());
        let mut parts = vec![("Rule", rule), ("Why", why.to_owned())];
        parts.extend(fix.map(|fix| ("Remediation", fix.to_owned())));
        let tolerated = policy.at_most.map(|most| count(most, "record", "records"));
        parts.extend(tolerated.map(|records| ("Tolerates", format!("{records} of a snapshot"))));
        parts.extend(policy.references.iter().map(|uri| ("See", short(uri))));
        let text: Vec<String> =
            parts.iter().map(|(name, text)| format!("{name}: {text}")).collect();
        let written = |(name, text): &(&str, String)| match *name {
            "Rule" => format!("**{name}:** {}", markdown::code(text)),
            _ => format!("**{name}:** {}", markdown::escaped(text)),
        };
        let markdown: Vec<String> = parts.iter().map(written).collect();
        Self { text: text.join("\n"), markdown: markdown.join("\n\n") }
    }
}

/// A text as long as a description may be.
fn described(text: &str) -> Message {
    let cut = text.char_indices().nth(LONGEST_DESCRIPTION);
    Message::new(&match cut {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    })
}

/// Whether an address is one as it stands.
fn is_plain(uri: &str) -> bool {
    uri.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte))
}

/// A number in the middle of the range that platforms read as the severity.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.5",
    }
}
