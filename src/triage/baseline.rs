//! A `Baseline` is what was open on some day, so that a run fails only on what is new since. As text it
//! is a line a finding, sorted, which version control merges and shows line by line.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::engine::Outcome;
use crate::operation::{Effect, Severity};
use crate::text::{Location, Place, Problem, Source, Span, harmless_json};

use super::finish::{Terms, settle, shows_gone};
use super::report::{Finding, Identity, Report};
use super::verdict::Disposition;

/// The first line of a baseline says this.
const SCHEMA: &str = "portcullis.baseline/v1";

/// Bytes of a baseline file at most: some hundred thousand findings.
pub const MAX_BASELINE_BYTES: usize = 128 << 20;

#[derive(Debug, thiserror::Error, miette::Diagnostic)]
enum Error {
    #[error("this is no baseline: its first line is not `{{\"schema\":\"{SCHEMA}\"}}`")]
    #[diagnostic(code("baseline/schema"), help("write one with `portcullis baseline`"))]
    Schema,
    #[error("this line is no entry of a baseline: {0}")]
    #[diagnostic(
        code("baseline/malformed"),
        help("each line is one finding; end a merge that was left open, or record it anew")
    )]
    Malformed(String),
    #[error("`{value}` is no {what}")]
    #[diagnostic(code("baseline/bad-value"), help("record the baseline anew"))]
    Value { value: String, what: &'static str },
    #[error("the finding `{0}` is recorded twice, and not the same")]
    #[diagnostic(code("baseline/conflict"), help("keep one of the two lines"))]
    Conflict(String),
}

/// What was open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// By policy and fingerprint, which is the order of the file.
    entries: BTreeMap<(String, String), Recorded>,
}

/// One finding of a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Recorded {
    effect: Effect,
    severity: Severity,
    identity: Vec<Identity>,
    /// The day on which it was first recorded.
    since: Date,
}

/// A finding of the baseline that whole evidence shows to be gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The policy's id.
    pub policy: String,
    /// The finding's.
    pub fingerprint: String,
    /// What identifies the record.
    pub identity: Vec<Identity>,
}

/// A line as it is written.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    policy: String,
    fingerprint: String,
    effect: String,
    severity: String,
    identity: Map<String, Value>,
    since: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    schema: String,
}

impl Baseline {
    /// Reads a baseline. Lines that say the same twice, as merges leave them, are one.
    ///
    /// # Errors
    /// Every line that is wrong, at its place.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Problem>> {
        let mut baseline = Self::default();
        let mut problems = Vec::new();
        let mut places: BTreeMap<(String, String), Location> = BTreeMap::new();
        let mut has_header = false;
        for place in lines(source) {
            if !has_header {
                has_header = true;
                let header: Option<Header> = serde_json::from_str(place.text()).ok();
                if header.is_none_or(|header| header.schema != SCHEMA) {
                    return Err(vec![Problem::new(&Error::Schema, Place::Text(place))]);
                }
                continue;
            }
            match entry(&place) {
                Err(problem) => problems.push(problem),
                Ok((key, recorded)) => {
                    let first = places.entry(key.clone()).or_insert_with(|| place.clone()).clone();
                    problems.extend(baseline.insert(key, recorded, (place, first)).err());
                }
            }
        }
        if !has_header {
            let place = Place::Whole(source.name().into());
            return Err(vec![Problem::new(&Error::Schema, place)]);
        }
        if problems.is_empty() { Ok(baseline) } else { Err(problems) }
    }

    fn insert(
        &mut self,
        key: (String, String),
        recorded: Recorded,
        (place, first): (Location, Location),
    ) -> Result<(), Problem> {
        let fingerprint = key.1.clone();
        let known = self.entries.entry(key).or_insert_with(|| recorded.clone());
        known.since = known.since.min(recorded.since);
        let is_same = Recorded { since: known.since, ..recorded } == *known;
        if is_same {
            return Ok(());
        }
        let problem = Problem::new(&Error::Conflict(fingerprint), Place::Text(place));
        Err(problem.labelled("the second").related("the first", first))
    }

    /// The file's text: always the same for the same findings.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{{\"schema\":\"{SCHEMA}\"}}\n");
        for ((policy, fingerprint), recorded) in &self.entries {
            let value = |text: &String| serde_json::from_str(text).unwrap_or(Value::Null);
            let identity =
                recorded.identity.iter().map(|(name, text)| (name.clone(), value(text))).collect();
            let line = Line {
                policy: policy.clone(),
                fingerprint: fingerprint.clone(),
                effect: recorded.effect.name().to_owned(),
                severity: recorded.severity.name().to_owned(),
                identity,
                since: recorded.since.to_string(),
            };
            // Texts, numbers and maps of them can always be written.
            text.push_str(&harmless_json(&serde_json::to_string(&line).unwrap_or_default()));
            text.push('\n');
        }
        text
    }

    /// How many findings it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The same with what is open in a report. Only violations are recorded, since a baseline must not
    /// hide that something is not known, and only of records that can be told from others.
    #[must_use]
    pub fn with(&self, report: &Report, today: Date) -> Self {
        let mut entries = self.entries.clone();
        for finding in report.findings.iter().filter(|finding| is_recorded(report, finding)) {
            let policy = report.policy(finding);
            let key = (policy.id.clone(), report.fingerprint(finding));
            let since = self.entries.get(&key).map_or(today, |recorded| recorded.since);
            let (effect, severity) = (policy.effect, policy.severity);
            let identity = report.identity(finding);
            entries.insert(key, Recorded { effect, severity, identity, since });
        }
        Self { entries }
    }

    /// The same without what a report shows to be fixed.
    #[must_use]
    pub fn without(&self, fixed: &[Fixed]) -> Self {
        let mut entries = self.entries.clone();
        for fixed in fixed {
            entries.remove(&(fixed.policy.clone(), fixed.fingerprint.clone()));
        }
        Self { entries }
    }

    /// What whole evidence shows to be gone. Without all of the evidence, or without the policy, nothing
    /// is known to be.
    #[must_use]
    pub fn fixed(&self, report: &Report, terms: Terms) -> Vec<Fixed> {
        let mut evidence = report.evidence.iter();
        if report.evidence.is_empty() || !evidence.all(|snapshot| shows_gone(snapshot, terms)) {
            return Vec::new();
        }
        let policies = report.policies.policies.iter();
        let judged: HashSet<&str> = policies
            .filter(|policy| report.has_evidence_for(policy))
            .map(|policy| policy.id.as_str())
            .collect();
        let still = self.still_there(report);
        let gone = self.entries.iter().filter(|((policy, fingerprint), _)| {
            judged.contains(policy.as_str()) && !still.contains(fingerprint)
        });
        gone.map(|((policy, fingerprint), recorded)| Fixed {
            policy: policy.clone(),
            fingerprint: fingerprint.clone(),
            identity: recorded.identity.clone(),
        })
        .collect()
    }

    /// Fingerprints of whatever a recorded policy did not pass, be it only counted.
    fn still_there(&self, report: &Report) -> HashSet<String> {
        let recorded: HashSet<&str> =
            self.entries.keys().map(|(policy, _)| policy.as_str()).collect();
        let all = report.everything_found();
        all.filter(|finding| recorded.contains(report.policy(finding).id.as_str()))
            .map(|finding| report.fingerprint(&finding))
            .collect()
    }

    fn knows(&self, report: &Report, finding: &Finding) -> bool {
        let policy = report.policy(finding);
        let key = (policy.id.clone(), report.fingerprint(finding));
        self.entries.get(&key).is_some_and(|recorded| {
            policy.effect <= recorded.effect && policy.severity <= recorded.severity
        })
    }
}

impl Report {
    /// The report with what a baseline knows, unless it has become worse, and what has been fixed since.
    #[must_use]
    pub fn since(mut self, baseline: &Baseline, terms: Terms) -> Self {
        let known: Vec<bool> = self
            .findings
            .iter()
            .map(|finding| is_recorded(&self, finding) && baseline.knows(&self, finding))
            .collect();
        for (finding, is_known) in self.findings.iter_mut().zip(known) {
            if is_known {
                finding.disposition = Disposition::Known;
            }
        }
        self.fixed = baseline.fixed(&self, terms);
        settle(&mut self, terms);
        self
    }
}

/// Whether a finding is one that baselines hold.
fn is_recorded(report: &Report, finding: &Finding) -> bool {
    finding.disposition == Disposition::Open
        && finding.outcome == Outcome::Fail
        && report.is_identified(finding)
}

/// The lines that say something.
fn lines(source: &Arc<Source>) -> impl Iterator<Item = Location> {
    let mut start = 0;
    source.text().split_inclusive('\n').filter_map(move |line| {
        let lead = line.len() - line.trim_start_matches('\u{feff}').trim_start().len();
        let length = line.trim_start_matches('\u{feff}').trim().len();
        let span = Span::new(start + lead, start + lead + length);
        start += line.len();
        (length > 0).then(|| Location { source: Arc::clone(source), span })
    })
}

/// One finding.
fn entry(place: &Location) -> Result<((String, String), Recorded), Problem> {
    let line: Line = serde_json::from_str(place.text()).map_err(|error| {
        let start = place.span.start + error.column().saturating_sub(1);
        let span = Span::new(start.min(place.span.end), place.span.end);
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default().to_owned();
        let at = Place::Text(place.at(span.within(place.source.text())));
        Problem::new(&Error::Malformed(words), at)
    })?;
    let wrong = |value: &str, what| {
        let error = Error::Value { value: value.to_owned(), what };
        Problem::new(&error, Place::Text(place.clone()))
    };
    let effect = Effect::ALL.into_iter().find(|effect| effect.name() == line.effect);
    let severity = Severity::ALL.into_iter().find(|severity| severity.name() == line.severity);
    let is_hash = line.fingerprint.len() == 32
        && line.fingerprint.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hash {
        return Err(wrong(&line.fingerprint, "fingerprint"));
    }
    let recorded = Recorded {
        effect: effect.ok_or_else(|| wrong(&line.effect, "effect"))?,
        severity: severity.ok_or_else(|| wrong(&line.severity, "severity"))?,
        identity: line.identity.iter().map(|(name, v)| (name.clone(), v.to_string())).collect(),
        since: line.since.parse().map_err(|_| wrong(&line.since, "date"))?,
    };
    Ok(((line.policy, line.fingerprint), recorded))
}
