//! Reports made the way the program makes them: evidence read and judged by policies, then finished.

mod generated;
mod hostile;
mod human;
mod properties;
mod schema;
mod short;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use crate::engine::{Judge, Program, Run};
use crate::json::Number;
use crate::operation::{Catalogue, Effect, FieldId, Operation, Severity};
use crate::policy::{
    Comparison, Condition, Expression, Operator, Part, Policy, PolicySet, Predicate, Ranges,
    Template, Test, TextTest, WhenUnknown,
};
use crate::snapshot::{self, Hashes, Plan};
use crate::text::{Location, Problem, Source, Span};
use crate::triage::{self, FailOn, JudgedFile, Report, Terms};

use super::{Format, Style, problems, render};

/// A policy file; the conditions below say what its rules mean.
const POLICIES: &str = "\
# 端口策略
operation: DescribeInternetOpenPort
policies:
  - alert if SuggestLevel >= alert and traffic > 1KB
  - id: rdp-exposed
    rule: deny RDP if RiskLevel 3
    severity: critical
    title: Remote desktop reachable from the Internet
  - id: reason
    rule: alert if RiskReason contains \"口令\" or ProbRisk is known
  - id: one-sided
    effect: deny
    when:
      all:
        - OutBytes > 10 * InBytes
        - not: Port in [80, 443]
";

fn operation() -> Arc<Operation> {
    let catalogue = Catalogue::built_in().unwrap();
    Arc::clone(catalogue.only().unwrap())
}

/// Policies under construction.
struct Workshop {
    source: Arc<Source>,
    operation: Arc<Operation>,
}

impl Workshop {
    fn new() -> Self {
        Self { source: Source::new("policies/ports.yaml", POLICIES), operation: operation() }
    }

    fn field(&self, name: &str) -> FieldId {
        self.operation.schema.find(name).unwrap()
    }

    fn location(&self, words: &str) -> Location {
        let start = self.source.text().find(words).unwrap();
        Location { source: Arc::clone(&self.source), span: Span::new(start, start + words.len()) }
    }

    fn test(&self, words: &str, predicate: Predicate) -> Condition {
        Condition::Test(Test { predicate, location: self.location(words) })
    }

    fn policy(&self, id: &str, effect: Effect, rule: &str, parts: Vec<Condition>) -> Policy {
        let severity = if effect == Effect::Deny { Severity::High } else { Severity::Medium };
        Policy {
            id: id.to_owned(),
            effect,
            severity,
            title: rule.to_owned(),
            message: self.message(),
            why: None,
            remediation: None,
            references: Vec::new(),
            controls: BTreeMap::new(),
            tags: Vec::new(),
            when_unknown: None,
            operation: Arc::clone(&self.operation),
            condition: Condition::All(parts),
            rule: self.location(rule),
            location: self.location(rule),
            cases: Vec::new(),
        }
    }

    /// `{ServiceNameList} open on {Protocol}/{Port}, risk {RiskLevel}`
    fn message(&self) -> Template {
        let text = |text: &str| Part::Literal(text.to_owned());
        let field = |name| Part::Field(self.field(name));
        Template {
            parts: vec![
                field("ServiceNameList"),
                text(" open on "),
                field("Protocol"),
                text("/"),
                field("Port"),
                text(", risk "),
                field("RiskLevel"),
            ],
        }
    }

    fn busy(&self) -> Policy {
        let beyond = Ranges::new([(Bound::Excluded(Number::Integer(1000)), Bound::Unbounded)]);
        self.policy(
            "alert-if-suggestlevel-alert-and-traffic-1kb",
            Effect::Alert,
            "alert if SuggestLevel >= alert and traffic > 1KB",
            vec![
                self.test(
                    "SuggestLevel >= alert",
                    Predicate::Code(self.field("SuggestLevel"), [20, 30].into()),
                ),
                self.test("traffic > 1KB", Predicate::Number(self.field("traffic"), beyond)),
            ],
        )
    }

    fn rdp(&self) -> Policy {
        let member = Predicate::Member(self.field("ServiceNameList"), ["rdp".to_owned()].into());
        let parts = vec![
            self.test("RDP", member),
            self.test("RiskLevel 3", Predicate::Code(self.field("RiskLevel"), [3].into())),
        ];
        Policy {
            severity: Severity::Critical,
            title: "Remote desktop reachable from the Internet".to_owned(),
            why: Some(
                "A log-in screen on the Internet is guessed at\nwithin minutes, and a stolen \
                 password is all that it takes."
                    .to_owned(),
            ),
            remediation: Some("Restrict the source range, or put a VPN before it.".to_owned()),
            references: vec!["https://example.org/rdp".to_owned()],
            controls: BTreeMap::from([(
                "pci-dss-4.0.1".to_owned(),
                vec!["1.4.4".to_owned(), "8.3.1".to_owned()],
            )]),
            tags: vec!["exposure".to_owned()],
            ..self.policy("rdp-exposed", Effect::Deny, "deny RDP if RiskLevel 3", parts)
        }
    }

    fn reason(&self) -> Policy {
        let says = TextTest::Contains("口令".to_owned());
        let parts = vec![
            self.test(
                "RiskReason contains \"口令\"",
                Predicate::Text(self.field("RiskReason"), says),
            ),
            self.test("ProbRisk is known", Predicate::Known(self.field("ProbRisk"))),
        ];
        let rule = "alert if RiskReason contains \"口令\" or ProbRisk is known";
        self.policy("reason", Effect::Alert, rule, vec![Condition::Any(parts)])
    }

    fn one_sided(&self) -> Policy {
        let ten_times = Expression::Binary(
            Box::new(Expression::Number(Number::Integer(10))),
            Operator::Multiply,
            Box::new(Expression::Field(self.field("InBytes"))),
        );
        let sent = Expression::Field(self.field("OutBytes"));
        let one =
            |port| (Bound::Included(Number::Integer(port)), Bound::Included(Number::Integer(port)));
        let web = Predicate::Number(self.field("Port"), Ranges::new([one(80), one(443)]));
        let rule = "all:
        - OutBytes > 10 * InBytes
        - not: Port in [80, 443]
";
        let compare = Predicate::Compare(ten_times, Comparison::Less, sent);
        let parts = vec![
            self.test("OutBytes > 10 * InBytes", compare),
            Condition::Not(Box::new(self.test("Port in [80, 443]", web))),
        ];
        self.policy("one-sided", Effect::Deny, rule, parts)
    }
}

fn policies() -> Vec<Policy> {
    let workshop = Workshop::new();
    vec![workshop.busy(), workshop.rdp(), workshop.reason(), workshop.one_sided()]
}

/// What the run accepts where a test says nothing else.
const STRICT: Terms = Terms {
    fail_on: FailOn::Deny,
    when_unknown: WhenUnknown::Fail,
    assume_complete: false,
    allow_partial: false,
};

/// Reads and judges files, each a name and its bytes.
fn report(policies: Vec<Policy>, files: &[(&str, &str)], terms: Terms) -> Report {
    let operation = operation();
    let set = PolicySet { policies, ..PolicySet::default() };
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
    problems(all, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
