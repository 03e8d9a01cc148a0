//! What a difference has to say, in the words that its formats have in common: its classes and their
//! order, what became of each finding and record, and how many there are of each.

use std::fmt;

use crate::engine::Outcome;
use crate::operation::Severity;
use crate::snapshot::{Flaw, Weight};
use crate::text::Position;
use crate::triage::{
    Difference, Disposition, FieldChange, Finding, FindingChange, RecordChange, Report, Verdict,
};

/// What stands for a value that is not there.
const NONE: &str = "none";

/// What became of findings or records, by its word and how it weighs.
#[derive(Debug)]
pub(super) struct Class<'a, T> {
    pub(super) word: &'static str,
    pub(super) tone: Tone,
    pub(super) list: &'a [T],
}

/// How a class weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Bad,
    Doubtful,
    Unclear,
    Good,
    Plain,
}

/// The classes of findings, the one that weighs most first.
pub(super) fn of_findings(difference: &Difference) -> [Class<'_, FindingChange>; 5] {
    let findings = &difference.findings;
    [
        Class { word: "new", tone: Tone::Bad, list: &findings.new },
        Class { word: "worsened", tone: Tone::Bad, list: &findings.worsened },
        Class { word: "fixed", tone: Tone::Good, list: &findings.fixed },
        Class { word: "unseen", tone: Tone::Unclear, list: &findings.unseen },
        Class { word: "unchanged", tone: Tone::Plain, list: &findings.unchanged },
    ]
}

/// The classes of records that changed; `None` where records were not compared.
pub(super) fn of_records(difference: &Difference) -> Option<[Class<'_, RecordChange>; 4]> {
    let records = difference.records.as_ref()?;
    Some([
        Class { word: "opened", tone: Tone::Bad, list: &records.opened },
        Class { word: "closed", tone: Tone::Good, list: &records.closed },
        Class { word: "changed", tone: Tone::Doubtful, list: &records.changed },
        Class { word: "unseen", tone: Tone::Unclear, list: &records.unseen },
    ])
}

/// The verdict in words. None of them is green where the exit code is not 0.
pub(super) fn headline(difference: &Difference) -> &'static str {
    let findings = &difference.findings;
    match difference.verdict {
        Verdict::Violations => "new violations",
        Verdict::InsufficientEvidence => "insufficient evidence",
        Verdict::Clean if findings.new.is_empty() && findings.worsened.is_empty() => "nothing new",
        Verdict::Clean => "nothing new that fails the run",
    }
}

/// How many findings there are of each class, and how many of them are accepted.
pub(super) fn findings_in_numbers(difference: &Difference) -> String {
    let mut numbers = Vec::new();
    for Class { word, list, .. } in of_findings(difference) {
        if word != "unseen" || !list.is_empty() {
            numbers.push(format!("{} {word}{}", list.len(), accepted(difference, list)));
        }
    }
    numbers.join(", ")
}

/// How many of the findings are accepted: ` (1 waived, 2 known)`.
fn accepted(difference: &Difference, list: &[FindingChange]) -> String {
    let counts = Disposition::ALL.into_iter().filter(|one| *one != Disposition::Open);
    let counts = counts.filter_map(|disposition| {
        let is = |change: &&FindingChange| {
            let latest = difference.latest(change);
            latest.is_some_and(|(_, finding)| finding.disposition == disposition)
        };
        let count = list.iter().filter(is).count();
        (count > 0).then(|| format!("{count} {}", disposition.name()))
    });
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) }
}

/// How many records there are of each class, or that they were not compared.
pub(super) fn records_in_numbers(difference: &Difference) -> String {
    let (Some(classes), Some(records)) = (of_records(difference), &difference.records) else {
        return "not compared".to_owned();
    };
    let mut numbers = Vec::new();
    for Class { word, list, .. } in classes {
        if word != "unseen" || !list.is_empty() {
            numbers.push(format!("{} {word}", list.len()));
        }
    }
    numbers.push(format!("{} unchanged", records.unchanged));
    numbers.join(", ")
}

/// What keeps evidence of either side from being whole.
pub(super) fn flaws(difference: &Difference) -> impl Iterator<Item = &Flaw> {
    let sides = [&difference.before, &difference.after].into_iter();
    sides.flat_map(|side| flaws_of(&side.report))
}

/// What keeps the evidence of a report from being whole.
pub(super) fn flaws_of(report: &Report) -> impl Iterator<Item = &Flaw> {
    let flaws = report.evidence.iter().flat_map(|capture| &capture.flaws);
    flaws.filter(|flaw| flaw.weight > Weight::Noted)
}

/// What a flaw does to evidence.
pub(super) fn does(flaw: &Flaw) -> &'static str {
    match flaw.weight {
        Weight::Partial => "incomplete",
        Weight::Unprovable | Weight::Noted => "unproven",
    }
}

/// What a finding is on one side: `deny[high]`, and what makes it less than that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) kind: &'static str,
    pub(super) severity: Severity,
    pub(super) disposition: Disposition,
}

impl Standing {
    fn of(report: &Report, finding: &Finding) -> Self {
        let policy = report.policy(finding);
        let kind = match finding.outcome {
            Outcome::Fail => policy.effect.name(),
            Outcome::Inconclusive => "inconclusive",
        };
        Self { kind, severity: policy.severity, disposition: finding.disposition }
    }

    pub(super) fn is_open(self) -> bool {
        self.disposition == Disposition::Open
    }

    /// `deny`, and what makes it less than that.
    pub(super) fn result(self) -> String {
        match self.disposition {
            Disposition::Open => self.kind.to_owned(),
            accepted => format!("{} ({})", self.kind, accepted.name()),
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.kind, self.severity)?;
        match self.disposition {
            Disposition::Open => Ok(()),
            accepted => write!(f, " ({})", accepted.name()),
        }
    }
}

/// One finding of a difference or a revision, as it is on the later side that has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    report: &'a Report,
    finding: Finding,
    pub(super) is: Standing,
    /// What it was before, where it is on both sides.
    pub(super) was: Option<Standing>,
}

impl<'a> Found<'a> {
    pub(super) fn of(difference: &'a Difference, change: &FindingChange) -> Option<Self> {
        let latest = difference.latest(change)?;
        let was = change.before.filter(|_| change.after.is_some());
        Some(Self::new(latest, was.map(|before| (&difference.before.report, before))))
    }

    pub(super) fn new(
        (report, finding): (&'a Report, Finding),
        was: Option<(&Report, Finding)>,
    ) -> Self {
        Self {
            report,
            finding,
            is: Standing::of(report, &finding),
            was: was.map(|(report, finding)| Standing::of(report, &finding)),
        }
    }

    pub(super) fn policy(&self) -> &'a str {
        &self.report.policy(&self.finding).id
    }

    pub(super) fn message(&self) -> String {
        self.report.message(&self.finding)
    }

    pub(super) fn place(&self) -> (&'a str, Position) {
        self.report.place(&self.finding)
    }
}

/// The values of a record, each its name and what it is: both where it changed, else that of the side
/// that it is on.
pub(super) fn values(change: &RecordChange) -> impl Iterator<Item = (&str, String)> {
    change.fields.iter().map(|FieldChange { name, before, after }| {
        let value = match (before.as_deref(), after.as_deref()) {
            (before, after) if change.is_on_both_sides => {
                format!("{} → {}", before.unwrap_or(NONE), after.unwrap_or(NONE))
            }
            (Some(value), _) | (None, Some(value)) => value.to_owned(),
            (None, None) => NONE.to_owned(),
        };
        (name.as_str(), value)
    })
}

/// The same on one line.
pub(super) fn values_in_words(change: &RecordChange) -> String {
    let words = values(change).map(|(name, value)| format!("{name} {value}"));
    words.collect::<Vec<_>>().join(", ")
}
