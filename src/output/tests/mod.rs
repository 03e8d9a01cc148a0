//! Reports made the way the program makes them: evidence read and judged by policies, then finished.

mod agreement;
mod changes;
mod difference;
mod generated;
mod hostile;
#[expect(clippy::string_slice, reason = "an attribute that is cut wrong fails the test by a panic")]
mod html;
mod human;
mod official;
#[expect(clippy::string_slice, reason = "a region that is wrong fails the test by a panic")]
mod properties;
mod readers;
mod revision;
mod schema;
mod short;
mod statement;

use std::io;
use std::sync::Arc;

use crate::analysis;
use crate::engine::{Judge, Program, Run};
use crate::operation::{Catalogue, Operation};
use crate::policy::{self, Approval, Policy, PolicySet, Waiver, WhenUnknown};
use crate::snapshot::{self, Hashes, Plan};
use crate::text::{Location, Problem, Source, Span};
use crate::triage::{self, ApprovalUse, Disposition, FailOn, JudgedFile, Report, Terms, WaiverUse};

use super::{Format, Style, Told, problems, render};

const NAME: &str = "policies/ports.yaml";

const POLICIES: &str = "\
# 端口策略
operation: DescribeInternetOpenPort
policies:
  - alert if SuggestLevel >= alert and traffic > 1KB
  - id: rdp-exposed
    rule: deny RDP if RiskLevel 3
    severity: critical
    title: Remote desktop reachable from the Internet
    message: \"{ServiceNameList} open on {Protocol}/{Port}, risk {RiskLevel}\"
    why: |
      A log-in screen on the Internet is guessed at within minutes,
      and a stolen password is all that it takes.
    remediation: Restrict the source range, or put a VPN before it.
    references: [https://example.org/rdp]
    controls: {pci-dss-4.0.1: [1.4.4, 1.3.1]}
    tags: [exposure]
  - id: reason
    rule: alert if RiskReason contains \"口令\" or ProbRisk is known
  - id: one-sided
    effect: deny
    title: Ten times as much goes out as comes in
    when:
      - OutBytes > 10 * InBytes
      - not: {Port: [80, 443]}
";

fn operation() -> Arc<Operation> {
    let catalogue = Catalogue::built_in().unwrap();
    Arc::clone(catalogue.only().unwrap())
}

/// The policies of a file.
fn loaded(name: &str, text: &str) -> Vec<Policy> {
    let catalogue = Catalogue::built_in().unwrap();
    policy::load(&[Source::new(name, text)], &catalogue, &[]).unwrap().policies
}

/// The policies above.
fn policies() -> Vec<Policy> {
    loaded(NAME, POLICIES)
}

/// Some of the policies above.
fn only(ids: &[&str]) -> Vec<Policy> {
    let mut policies = policies();
    policies.retain(|policy| ids.contains(&policy.id.as_str()));
    policies
}

/// Where words first stand in the policies above.
fn location(words: &str) -> Location {
    let start = POLICIES.find(words).unwrap();
    Location { source: Source::new(NAME, POLICIES), span: Span::new(start, start + words.len()) }
}

/// Reads and judges files, each a name and its bytes.
fn report(policies: Vec<Policy>, files: &[(&str, &str)], terms: Terms) -> Report {
    let frameworks = policy::built_in_frameworks().unwrap().to_vec();
    report_of(PolicySet { policies, frameworks, ..PolicySet::default() }, files, terms)
}

/// The same by a whole set of policies.
fn report_of(set: PolicySet, files: &[(&str, &str)], terms: Terms) -> Report {
    let operation = operation();
    let run = Run { today: jiff::civil::date(2026, 1, 1), when_unknown: terms.when_unknown };
    let program = Program::new(&set, &operation, run).unwrap();
    let plan = Plan { operation, slots: program.slots().to_vec(), hashes: Hashes::Taken };
    let judged = files.iter().map(|(name, text)| {
        let name: Arc<str> = Arc::from(*name);
        let mut judge = Judge::new(&program, &name);
        let mut file = snapshot::read(text.as_bytes(), &name, &plan, &mut judge).unwrap();
        let (found, drift) = judge.finish();
        file.flaws.extend(drift);
        JudgedFile { file, found }
    });
    let judged: Vec<JudgedFile> = judged.collect();
    triage::finish(set, judged, &[], terms)
}

/// The report with its last finding waived.
fn waived(mut report: Report) -> Report {
    report.policies.waivers.push(Waiver {
        policy: "*".to_owned(),
        named: location("# 端口策略"),
        conditions: None,
        words: Some("Port 22".to_owned()),
        reason: "a jump host until the move".to_owned(),
        expires: jiff::civil::date(2026, 3, 31),
        expires_at: location("# 端口策略"),
        owner: Some("ops".to_owned()),
        approved_by: Some("ciso".to_owned()),
        ticket: Some("SEC-12".to_owned()),
        expect_at_most: None,
        waives_inconclusive: false,
        location: location("# 端口策略"),
    });
    let problems = analysis::waivers(&report.policies, jiff::civil::date(2026, 4, 1));
    report.waivers.push(WaiverUse {
        is_in_force: true,
        matched: 1,
        waived: 1,
        problems: problems.into_iter().map(|(_, problem)| problem).collect(),
    });
    report.fixed.push(triage::Fixed {
        policy: "rdp-exposed".to_owned(),
        fingerprint: "0".repeat(32),
        identity: vec![("Port".to_owned(), "3389".to_owned())],
    });
    report.policies.approvals.push(Approval {
        services: vec!["https".to_owned()],
        ports: Some(443..=443),
        protocol: Some("tcp".to_owned()),
        scope: Some("shop".to_owned()),
        owner: "shop".to_owned(),
        reason: "the shop".to_owned(),
        approved_by: "ciso".to_owned(),
        expires: jiff::civil::date(2026, 3, 31),
        location: location("# 端口策略"),
    });
    report.approvals.push(ApprovalUse { is_in_force: true, is_open: None });
    let last = report.findings.last_mut().unwrap();
    (last.disposition, last.waiver) = (Disposition::Waived, Some(0));
    report
}

/// A response around records.
fn response(records: &[&str], total: usize) -> String {
    let records = records.join(",\n    ");
    format!(
        "{{\n  \"RequestId\": \"请求-1\",\n  \"PageInfo\": {{ \"TotalCount\": {total} }},\n  \
         \"DataList\": [\n    {records}\n  ]\n}}\n"
    )
}

fn rendered(report: &Report, format: Format, style: &Style) -> String {
    let mut out = Vec::new();
    render(report, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn shown(all: &[Problem], format: Format, style: &Style) -> String {
    let mut out = Vec::new();
    let time = jiff::Timestamp::UNIX_EPOCH;
    problems(&Told { problems: all, exit_code: 2, time }, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A pipe whose reader went away.
struct Closed;

impl io::Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_told_as_one() {
    let report = report(policies(), &[], Terms::STRICT);
    for format in Format::ALL {
        let written = render(&report, format, &Style::default(), &mut Closed);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        let time = jiff::Timestamp::UNIX_EPOCH;
        let told = Told { problems: &hostile::load_problems(), exit_code: 2, time };
        let written = problems(&told, format, &Style::default(), &mut Closed);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}

#[test]
fn formats_are_told_apart_by_name() {
    let mut names = Format::ALL.map(Format::name).to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Format::ALL.len());
    for format in Format::ALL {
        assert!(!format.about().ends_with('.') && format.about().len() < 72);
    }
}
