//! A record that violates nothing allocates nothing, however many there are.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::alloc::System;
use std::fmt::Write as _;
use std::sync::Arc;

use portcullis::engine::{Judge, Program, Run};
use portcullis::operation::Catalogue;
use portcullis::policy::{self, WhenUnknown};
use portcullis::snapshot::{self, Hashes, Plan};
use portcullis::text::Source;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const POLICIES: &str = r#"
policies:
  - deny RDP if RiskLevel 3
  - alert if SuggestLevel 30 and traffic > 1GB
  - deny if Port in 70..79 and ServiceNameList contains any of [SSH, Telnet]
  - deny if OutBytes > 10 * InBytes
  - deny if ProbRisk matches "brute|ransom" or RiskReason starts with weak
  - alert if TrafficPercent1Day > 50% unless approved
"#;

/// An answer of rows that violate nothing; their content differs, so that each is judged.
fn answer(rows: usize) -> String {
    let mut text = String::from(r#"{"PageInfo":{"TotalCount":100},"DataList":["#);
    for row in 0..rows {
        let comma = if row == 0 { "" } else { "," };
        write!(
            text,
            r#"{comma}{{"Port":{},"Protocol":"tcp","RiskLevel":1,"SuggestLevel":10,"TotalBytes":{row},"InBytes":5.0,"OutBytes":"6","ServiceNameList":["HTTP","\u0053SL","['QUIC']"],"ProbRisk":"中\n","RiskReason":"none","TrafficPercent1Day":"11.1"}}"#,
            row % 100
        )
        .unwrap();
    }
    text.push_str("]}");
    text
}

/// Allocations of judging an answer.
fn allocations(program: &Program, plan: &Plan, text: &str) -> usize {
    let name = Arc::from("answer.json");
    let mut judge = Judge::new(program, &name);
    let region = Region::new(GLOBAL);
    snapshot::read(text.as_bytes(), &name, plan, &mut judge).unwrap();
    let change = region.change();
    let (found, _) = judge.finish();
    assert!(found.findings.is_empty(), "the rows violate nothing");
    change.allocations + change.reallocations
}

#[test]
fn a_record_that_violates_nothing_allocates_nothing() {
    let catalogue = Catalogue::built_in().unwrap();
    let operation = catalogue.only().unwrap();
    let set = policy::load(&[Source::new("p.yaml", POLICIES)], &catalogue, &[]).unwrap();
    let run = Run { today: jiff::civil::date(2026, 11, 24), when_unknown: WhenUnknown::Fail };
    let program = Program::new(&set, operation, run).unwrap();
    let plan = Plan {
        operation: Arc::clone(operation),
        slots: program.slots().to_vec(),
        hashes: Hashes::Left,
    };
    let (few, many) = (answer(5_000), answer(50_000));
    allocations(&program, &plan, &few);
    let counts = [few, many].map(|text| allocations(&program, &plan, &text));
    // The set that tells repeated rows apart doubles a few times; nothing else may grow.
    assert!(counts[1] <= counts[0] + 8, "ten times the records: {counts:?}");
}
