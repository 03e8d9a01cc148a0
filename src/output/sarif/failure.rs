//! Problems as a SARIF log: each is a result, so that no platform takes the run for a clean one, and an
//! error is why the run did not succeed.

use std::collections::BTreeMap;

use serde_json::json;

use crate::output::Style;
use crate::output::Told;
use crate::output::item::{Names, Region, fingerprint, short};
use crate::text::{Level, Problem};

use super::log::{Details, Driver, Invocation, Log, Message, Notification, Run, Tool};
use super::place::Location;
use super::result::{FINGERPRINT, LINE_HASH, SarifResult};
use super::rule;
use super::{MOST_NOTIFICATIONS, MOST_RESULTS};

pub(super) fn log(told: &Told<'_>, style: &Style) -> Log<'static> {
    let errors = told.problems.iter().filter(|problem| problem.level == Level::Error);
    let notifications = errors.take(MOST_NOTIFICATIONS).map(|error| notification(error, style));
    let rules = rule::of_problems(told.problems);
    let mut names = Names::default();
    let results = told.problems.iter().take(MOST_RESULTS);
    Log::new(Run {
        tool: Tool { driver: Driver::new(rules) },
        invocations: [Invocation {
            execution_successful: told.exit_code == 0,
            exit_code: told.exit_code,
            start_time_utc: None,
            end_time_utc: None,
            tool_execution_notifications: notifications.collect(),
        }],
        automation_details: Details { id: format!("{}/", env!("CARGO_PKG_NAME")) },
        column_kind: "unicodeCodePoints",
        results: results.map(|problem| result(problem, style, &mut names)).collect(),
        properties: None,
    })
}

pub(super) fn notification(problem: &Problem, style: &Style) -> Notification {
    Notification {
        descriptor: Details { id: short(&problem.code) },
        level: crate::output::level(problem.level),
        message: Message::new(&message(problem)),
        locations: vec![location(problem, style)],
    }
}

fn result(problem: &Problem, style: &Style, names: &mut Names) -> SarifResult {
    let fingerprint = fingerprint(&[&problem.code, problem.place.source(), &problem.message]);
    let hash = format!("{fingerprint}:{}", names.times(&fingerprint));
    SarifResult {
        rule_id: short(&problem.code),
        rule_index: None,
        level: crate::output::level(problem.level),
        message: Message::new(&message(problem)),
        locations: [location(problem, style)],
        related_locations: Vec::new(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, fingerprint), (LINE_HASH, hash)]),
        baseline_state: None,
        suppressions: None,
        properties: json!({ "kind": crate::output::level(problem.level) }),
    }
}

fn location(problem: &Problem, style: &Style) -> Location {
    Location::new(problem.place.source(), Region::of_place(&problem.place), style)
}

fn message(problem: &Problem) -> String {
    match &problem.help {
        None => short(&problem.message),
        Some(help) => short(&format!("{}; {help}", problem.message)),
    }
}
