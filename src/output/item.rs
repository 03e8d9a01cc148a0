//! An `Item` is one thing that a report has to say: what its evidence lacks, that policies judged
//! nothing, or a finding. Every format walks the same items in the same order, so that none can say less
//! than another; a report that ends in insufficient evidence has an item that says so.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::engine::Outcome;
use crate::operation::{Effect, Severity};
use crate::policy::Policy;
use crate::snapshot::Flaw;
use crate::text::{Level, Location, Place, Position, hex, printable};
use crate::triage::{Disposition, Finding, Report, Verdict};

use super::count;
use super::elsewhere;
use super::identity::{named, plain};
use super::unjudged::Unjudged;

pub(super) use super::names::Names;
pub(super) use super::status::Status;

/// The rule of what evidence lacks.
pub(super) const EVIDENCE: &str = "portcullis/evidence";

/// The place of what has none.
const NOWHERE: &str = env!("CARGO_PKG_NAME");

/// Characters of a message at most; platforms refuse or cut longer ones.
const LONGEST_MESSAGE: usize = 2000;

/// Bytes of a hash that tell items apart.
const FINGERPRINT_BYTES: usize = 16;

/// One thing that a report has to say.
#[derive(Clone, Debug)]
pub(super) struct Item<'a> {
    report: &'a Report,
    about: About<'a>,
    pub(super) status: Status,
}

#[derive(Clone, Debug)]
enum About<'a> {
    Evidence(Lack<'a>),
    Finding(&'a Finding),
}

/// What evidence lacks.
#[derive(Clone, Debug)]
struct Lack<'a> {
    code: &'a str,
    message: Cow<'a, str>,
    help: Option<&'a str>,
    source: &'a str,
    position: Option<Position>,
}

/// A text in a file: from its first character up to, not including, the character at `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) start: Position,
    pub(super) end: Position,
}

/// Everything that a report has to say: what its evidence lacks, then its findings, each in the
/// report's own order.
pub(super) fn items(report: &Report) -> impl Iterator<Item = Item<'_>> {
    let mut lacks = lacks(report);
    let is_silent = !lacks.iter().any(|lack| lack.status == Status::Insufficient);
    if report.verdict == Verdict::InsufficientEvidence && is_silent {
        let about = About::Evidence(unknown(report));
        lacks.push(Item { report, about, status: Status::Insufficient });
    }
    let findings = report.findings.iter().map(move |finding| Item::of(report, finding));
    lacks.into_iter().chain(findings)
}

/// What evidence lacks, policies that judged nothing, and what a view leaves out.
pub(super) fn lacks(report: &Report) -> Vec<Item<'_>> {
    let item = |is_missed: bool, lack| Item {
        report,
        about: About::Evidence(lack),
        status: match report.verdict {
            // Whatever a clean run found was accepted.
            Verdict::Clean => Status::Noted,
            _ if is_missed => Status::Insufficient,
            _ => Status::Noted,
        },
    };
    let mut lacks = Vec::new();
    for snapshot in &report.evidence {
        let said = snapshot.flaws.iter().filter(|flaw| flaw.problem.level != Level::Note);
        lacks.extend(said.map(|flaw| item(!report.accepts(snapshot, flaw), Lack::of(flaw))));
    }
    for unjudged in Unjudged::all(report) {
        let rule = &unjudged.first.rule;
        let lack = Lack {
            code: Unjudged::CODE,
            message: Cow::Owned(unjudged.message()),
            help: Some(Unjudged::HELP),
            source: rule.source.name(),
            position: Some(rule.position()),
        };
        lacks.push(item(unjudged.denies, lack));
    }
    if lacks.is_empty() && report.evidence.is_empty() {
        lacks.push(item(true, nothing()));
    }
    if let Some(message) = elsewhere::message(report) {
        lacks.push(item(elsewhere::decides(report), left_out(message)));
    }
    lacks
}

/// What is said of findings that a view leaves out.
fn left_out(message: String) -> Lack<'static> {
    Lack {
        code: elsewhere::CODE,
        message: Cow::Owned(message),
        help: Some(elsewhere::HELP),
        source: NOWHERE,
        position: None,
    }
}

/// What is said where evidence is insufficient and nothing else of it says why.
fn unknown(report: &Report) -> Lack<'_> {
    let open = report.findings.iter().filter(|finding| {
        finding.disposition == Disposition::Open && finding.outcome == Outcome::Inconclusive
    });
    let mut open = open.peekable();
    let (source, position) = match open.peek() {
        Some(first) => {
            let (source, position) = report.place(first);
            (source, Some(position))
        }
        None => (report.evidence.first().map_or(NOWHERE, |snapshot| &snapshot.source), None),
    };
    let outcomes = count(open.count() as u64, "outcome is", "outcomes are");
    Lack {
        code: "evidence/unknown",
        message: Cow::Owned(format!("{outcomes} inconclusive: the evidence does not say")),
        help: Some("capture it again later, or say what is acceptable"),
        source,
        position,
    }
}

/// What is said where there is nothing at all.
fn nothing() -> Lack<'static> {
    Lack {
        code: "evidence/nothing",
        message: Cow::Borrowed("there is no evidence and no policy"),
        help: None,
        source: NOWHERE,
        position: None,
    }
}

impl<'a> Lack<'a> {
    fn of(flaw: &'a Flaw) -> Self {
        let problem = &flaw.problem;
        Self {
            code: &problem.code,
            message: Cow::Borrowed(&problem.message),
            help: problem.help.as_deref(),
            source: problem.place.source(),
            position: problem.place.position(),
        }
    }
}

impl<'a> Item<'a> {
    /// The item of a finding.
    pub(super) fn of(report: &'a Report, finding: &'a Finding) -> Self {
        let status = match (finding.disposition, finding.outcome) {
            (Disposition::Waived, _) => Status::Waived,
            (Disposition::Known, _) => Status::Known,
            (Disposition::Tolerated, _) => Status::Tolerated,
            (Disposition::Open, Outcome::Fail) => Status::Failed,
            (Disposition::Open, Outcome::Inconclusive) => Status::Inconclusive,
        };
        Self { report, about: About::Finding(finding), status }
    }

    /// The finding, unless it is about evidence.
    pub(super) fn finding(&self) -> Option<&'a Finding> {
        match self.about {
            About::Evidence(_) => None,
            About::Finding(finding) => Some(finding),
        }
    }

    /// Whether it is a finding of which it is not known whether it is one, whatever became of it.
    pub(super) fn is_inconclusive(&self) -> bool {
        self.finding().is_some_and(|finding| finding.outcome == Outcome::Inconclusive)
    }

    /// The policy of the finding.
    pub(super) fn policy(&self) -> Option<&'a Policy> {
        self.finding().map(|finding| self.report.policy(finding))
    }

    /// The policy's id, or the rule of evidence; safe to show.
    pub(super) fn rule(&self) -> Cow<'a, str> {
        self.policy().map_or(Cow::Borrowed(EVIDENCE), |policy| printable(&policy.id))
    }

    /// What kind of thing it is: `deny`, `alert`, `inconclusive`, or the code of what evidence lacks.
    pub(super) fn kind(&self) -> Cow<'a, str> {
        match &self.about {
            About::Evidence(lack) => printable(lack.code),
            About::Finding(finding) => Cow::Borrowed(match finding.outcome {
                Outcome::Fail => self.report.policy(finding).effect.name(),
                Outcome::Inconclusive => "inconclusive",
            }),
        }
    }

    pub(super) fn severity(&self) -> Severity {
        match (self.policy(), self.status) {
            (Some(policy), _) => policy.severity,
            (None, Status::Insufficient) => Severity::High,
            (None, _) => Severity::Low,
        }
    }

    /// How much it weighs: a policy that denies is an error, one that alerts a warning, what cannot be
    /// known a note.
    pub(super) fn level(&self) -> Level {
        match (self.status, self.policy().map(|policy| policy.effect)) {
            _ if self.is_inconclusive() => Level::Note,
            (Status::Insufficient, _) | (_, Some(Effect::Deny)) => Level::Error,
            (_, Some(Effect::Alert) | None) => Level::Warning,
        }
    }

    /// How many its policy tolerates, in words, where it is tolerated.
    pub(super) fn tolerance(&self) -> Option<String> {
        let at_most = self.policy()?.at_most.filter(|_| self.status == Status::Tolerated)?;
        Some(format!("tolerated: at most {at_most}"))
    }

    /// What is to be said, on one line that is not too long and safe to show.
    pub(super) fn message(&self) -> String {
        match &self.about {
            About::Evidence(lack) => short(&lack.message),
            About::Finding(finding) => short(&self.report.message(finding)),
        }
    }

    /// What to do about it, safe to show.
    pub(super) fn help(&self) -> Option<String> {
        match &self.about {
            About::Evidence(lack) => lack.help.map(short),
            About::Finding(finding) => {
                self.report.policy(finding).remediation.as_deref().map(prose)
            }
        }
    }

    /// The file as it was named.
    pub(super) fn source(&self) -> &'a str {
        match &self.about {
            About::Evidence(lack) => lack.source,
            About::Finding(finding) => self.report.place(finding).0,
        }
    }

    /// Line and column, unless it is about a file as a whole.
    pub(super) fn position(&self) -> Option<Position> {
        match &self.about {
            About::Evidence(lack) => lack.position,
            About::Finding(finding) => Some(self.report.place(finding).1),
        }
    }

    /// The first deciding value and its text; without one, the first character of what it is about.
    pub(super) fn region(&self) -> Option<(Region, Option<String>)> {
        let value = self.finding().and_then(|finding| {
            let evidence = self.report.evidence(finding).into_iter().next()?;
            let end = evidence.position.after(evidence.value.as_bytes());
            Some((Region { start: evidence.position, end }, Some(evidence.value)))
        });
        value.or_else(|| self.position().map(|start| (Region::character(start), None)))
    }

    /// What identifies the record: `Port 3389, Protocol tcp`; safe to show.
    pub(super) fn identity(&self) -> String {
        let Some(finding) = self.finding() else {
            return String::new();
        };
        let known = self.report.identity(finding);
        match known.is_empty() {
            true if self.report.judges_whole(finding) => "snapshot".to_owned(),
            true => self.report.record(finding).unwrap_or_default().pointer,
            false => named(&known),
        }
    }

    /// The same as names and values, each safe to show.
    pub(super) fn identities(&self) -> Vec<(String, String)> {
        let known = self.finding().map(|finding| self.report.identity(finding));
        let known = known.unwrap_or_default().into_iter();
        known.map(|(name, value)| (short(&name), short(&plain(&value)))).collect()
    }

    /// The hash that stays the same from capture to capture.
    pub(super) fn fingerprint(&self) -> String {
        match &self.about {
            About::Finding(finding) => self.report.fingerprint(finding),
            About::Evidence(lack) => fingerprint(&[EVIDENCE, lack.code, lack.source]),
        }
    }
}

impl Region {
    /// Where nothing more is known.
    pub(super) const START: Self =
        Self { start: Position::START, end: Position { line: 1, column: 2 } };

    /// A text at hand.
    pub(super) fn of(location: &Location) -> Self {
        let start = location.position();
        Self { start, end: start.after(location.text().as_bytes()) }
    }

    /// Where a problem lies, unless that is a file as a whole.
    pub(super) fn of_place(place: &Place) -> Option<Self> {
        match place {
            Place::Text(location) if !location.span.is_empty() => Some(Self::of(location)),
            _ => place.position().map(Self::character),
        }
    }

    /// The character at a position.
    fn character(start: Position) -> Self {
        Self { start, end: Position { column: start.column + 1, ..start } }
    }
}

/// Parts as one hash.
pub(super) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex(hash.finalize().get(..FINGERPRINT_BYTES).unwrap_or_default())
}

/// A text on one line, cut where it is too long, and safe to show.
pub(super) fn short(text: &str) -> String {
    let shown = printable(text.trim_end());
    match shown.char_indices().nth(LONGEST_MESSAGE) {
        None => shown.into_owned(),
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
    }
}

/// What a policy says in any number of lines, on one.
pub(super) fn prose(text: &str) -> String {
    short(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
