//! States of controls, over everything that a report can say of their policies.

use std::sync::Arc;

use super::*;
use crate::engine::{Judge, Program, Run};
use crate::operation::Catalogue;
use crate::policy::{self, WhenUnknown};
use crate::snapshot::{self, Hashes, Origin, Plan, Snapshot};
use crate::text::Source;
use crate::triage::{self, Baseline, Elsewhere, FailOn, JudgedFile, Terms};

const FRAMEWORK: &str = "\
framework: estate
name: The estate's own standard
version: '1'
controls:
  D: {title: Nothing is reached that nobody needs, strength: direct}
  P: {title: Consoles stay inside, strength: partial}
  C: {title: Somebody looks, strength: context}
  both: {title: Neither is open, strength: direct}
  other: {title: Nobody asks for it, strength: direct}
";

const SHELLS: &str = "\
framework: shells
name: Shells
version: '1'
named_in: tags
controls:
  S: {title: No shell is reached, strength: direct}
";

const POLICIES: &str = "\
params: {level: 3}
policies:
  - {id: rdp, rule: deny RDP if RiskLevel $level, controls: {estate: [D, P, C, both]}, WHEN}
  - {id: ssh, rule: alert SSH, controls: {estate: [both]}, tags: [S]}
";

const OPEN: &str =
    r#"{"Port": 3389, "Protocol": "tcp", "ServiceNameList": ["RDP"], "RiskLevel": 3}"#;
const ELSEWHERE: &str =
    r#"{"Port": 3390, "Protocol": "tcp", "ServiceNameList": ["RDP"], "RiskLevel": 3}"#;
const UNCLEAR: &str =
    r#"{"Port": 3389, "Protocol": "tcp", "ServiceNameList": ["RDP"], "RiskLevel": -1}"#;
const FINE: &str =
    r#"{"Port": 443, "Protocol": "tcp", "ServiceNameList": ["HTTPS"], "RiskLevel": 1}"#;
const SSH: &str = r#"{"Port": 22, "Protocol": "tcp", "ServiceNameList": ["SSH"], "RiskLevel": 1}"#;

/// One run, and whatever was said to it.
#[derive(Clone)]
struct Case {
    records: Vec<&'static str>,
    total: Option<usize>,
    terms: Terms,
    when_unknown: &'static str,
    params: Vec<(String, String)>,
    waivers: &'static str,
    project: &'static str,
    nothing: Vec<Snapshot>,
}

fn case(records: &[&'static str]) -> Case {
    Case {
        records: records.to_vec(),
        total: Some(records.len()),
        terms: Terms::STRICT,
        when_unknown: "",
        params: Vec::new(),
        waivers: "",
        project: "",
        nothing: Vec::new(),
    }
}

impl Case {
    fn report(&self) -> Report {
        let catalogue = Catalogue::built_in().unwrap();
        let project = policy::project(&Source::new("portcullis.yaml", self.project)).unwrap();
        let wishes =
            policy::Wishes { params: &self.params, project: Some(&project), is_all: false };
        let text = POLICIES.replace("WHEN", self.when_unknown);
        let sources = [("p.yaml", text.as_str()), ("f.yaml", FRAMEWORK), ("s.yaml", SHELLS)];
        let sources = sources.map(|(name, text)| Source::new(name, text));
        let (mut set, problems) = policy::collect_for(&sources, &catalogue, &wishes);
        assert!(problems.is_empty(), "{problems:?}");
        let today = triage::day(self.terms.time);
        if !self.waivers.is_empty() {
            let sources = [Source::new("w.yaml", self.waivers)];
            let (waivers, problems) = policy::waivers(&sources, &set, &catalogue, today);
            assert!(problems.is_empty(), "{problems:?}");
            set.waivers = waivers;
        }
        let operation = Arc::clone(catalogue.only().unwrap());
        let run = Run { today, when_unknown: self.terms.when_unknown };
        let program = Program::new(&set, &operation, run).unwrap();
        let plan = Plan { operation, slots: program.slots().to_vec(), hashes: Hashes::Left };
        let name: Arc<str> = Arc::from("open.json");
        let mut judge = Judge::new(&program, &name);
        let file = snapshot::read(self.response().as_bytes(), &name, &plan, &mut judge).unwrap();
        let (found, _) = judge.finish();
        let files = vec![JudgedFile { file, found }];
        triage::finish(set, files, &self.nothing, self.terms)
    }

    fn response(&self) -> String {
        let rows = self.records.join(",");
        match self.total {
            Some(total) => {
                format!(r#"{{"PageInfo":{{"TotalCount":{total}}},"DataList":[{rows}]}}"#)
            }
            None => format!(r#"{{"DataList":[{rows}]}}"#),
        }
    }
}

/// States of the direct and the partial control, and what is said of the direct one.
fn states(report: &Report) -> (ControlState, ControlState, String) {
    let all = report.coverage();
    let [coverage, _] = all.as_slice() else { panic!("{all:?}") };
    let control = |id: &str| coverage.controls.iter().find(|one| one.id == id).unwrap();
    assert_eq!(control("C").state, ControlState::Background);
    assert_eq!(control("other").state, ControlState::NotJudged);
    (control("D").state, control("P").state, control("D").reasons.join("; "))
}

type Row = (Case, ControlState, ControlState, &'static str);

/// Each case, the states of the direct and the partial control, and what is said of the direct one.
fn each_is_in_its_state(table: Vec<Row>) {
    for (index, (case, direct, partial, reason)) in table.into_iter().enumerate() {
        let found = states(&case.report());
        assert_eq!((found.0, found.1), (direct, partial), "row {index}: {}", found.2);
        assert!(found.2.contains(reason), "row {index}: {}", found.2);
        assert_eq!(found.2.is_empty(), reason.is_empty(), "row {index}: {}", found.2);
    }
}

fn whole() -> Case {
    case(&[FINE])
}

fn open() -> Case {
    case(&[FINE, OPEN])
}

fn on(terms: Terms, case: Case) -> Case {
    Case { terms, ..case }
}

const ASSUMES: Terms = Terms { assume_complete: true, ..Terms::STRICT };
const ALLOWS: Terms = Terms { allow_partial: true, ..Terms::STRICT };
const NEVER: Terms = Terms { fail_on: FailOn::Never, ..Terms::STRICT };
const REPORTS: Terms = Terms { when_unknown: WhenUnknown::Report, ..Terms::STRICT };
const PASSES: Terms = Terms { when_unknown: WhenUnknown::Pass, ..Terms::STRICT };

#[test]
fn a_failure_that_is_open_says_more_than_anything_else() {
    use ControlState::{NotMet, Supported, WeaknessFound};
    let given = vec![("level".to_owned(), "3".to_owned())];
    let weaker = "overrides: [{policy: rdp, severity: low, reason: behind a VPN}]";
    each_is_in_its_state(vec![
        (open(), NotMet, WeaknessFound, ""),
        (on(NEVER, open()), NotMet, WeaknessFound, ""),
        (on(ALLOWS, Case { total: Some(9), ..open() }), NotMet, WeaknessFound, ""),
        (Case { total: Some(9), ..open() }, NotMet, WeaknessFound, ""),
        (on(PASSES, case(&[OPEN, UNCLEAR])), NotMet, WeaknessFound, ""),
        (Case { params: given, ..open() }, NotMet, WeaknessFound, ""),
        (Case { project: weaker, ..open() }, NotMet, WeaknessFound, ""),
        (whole(), Supported, ControlState::NoWeaknessFound, ""),
        (case(&[]), Supported, ControlState::NoWeaknessFound, ""),
        (on(NEVER, whole()), Supported, ControlState::NoWeaknessFound, ""),
    ]);
}

#[test]
fn evidence_that_is_not_whole_supports_nothing() {
    use ControlState::{Loosened, NotWhole};
    let young = Terms { max_age: Some(jiff::SignedDuration::from_hours(1)), ..Terms::STRICT };
    let partial = || Case { total: Some(9), ..whole() };
    let unprovable = || Case { total: None, ..whole() };
    let nothing = Case { nothing: vec![Snapshot::nothing("empty".into())], ..whole() };
    each_is_in_its_state(vec![
        (partial(), NotWhole, NotWhole, "is not whole"),
        (unprovable(), NotWhole, NotWhole, "is not whole"),
        (nothing, NotWhole, NotWhole, "is not whole"),
        (on(young, whole()), NotWhole, NotWhole, "not as young"),
        (on(ASSUMES, partial()), NotWhole, NotWhole, "is not whole"),
        (on(ALLOWS, partial()), Loosened, Loosened, "`--allow-partial`"),
        (on(ASSUMES, unprovable()), Loosened, Loosened, "`--assume-complete`"),
        (on(ASSUMES, whole()), Loosened, Loosened, "`--assume-complete`"),
    ]);
}

#[test]
fn what_is_not_known_supports_nothing_whatever_it_does() {
    use ControlState::{Inconclusive, Loosened, NoWeaknessFound, Supported};
    let unclear = || case(&[FINE, UNCLEAR]);
    let says = |when_unknown, case| Case { when_unknown, ..case };
    each_is_in_its_state(vec![
        (unclear(), Inconclusive, Inconclusive, "of 1 record `rdp`"),
        (on(REPORTS, unclear()), Inconclusive, Inconclusive, "of 1 record `rdp`"),
        (on(PASSES, unclear()), Inconclusive, Inconclusive, "of 1 record `rdp`"),
        (says("when_unknown: report", unclear()), Inconclusive, Inconclusive, "`rdp`"),
        (says("when_unknown: pass", unclear()), Inconclusive, Inconclusive, "`rdp`"),
        (says("when_unknown: pass", whole()), Supported, NoWeaknessFound, ""),
        (on(REPORTS, whole()), Loosened, Loosened, "`--inconclusive=report`"),
        (on(PASSES, whole()), Loosened, Loosened, "`--inconclusive=pass`"),
    ]);
}

#[test]
fn what_a_policy_tolerates_is_said_and_what_it_may_not_supports_nothing() {
    use ControlState::{
        Inconclusive, Loosened, NoWeaknessFound, NotMet, NotWhole, Supported, WeaknessFound,
    };
    let few = |at_most, case| Case { when_unknown: at_most, ..case };
    let partial = || Case { total: Some(9), ..open() };
    each_is_in_its_state(vec![
        (few("at_most: 1", open()), Supported, NoWeaknessFound, "1 tolerated of `rdp`"),
        (few("at_most: 1", case(&[UNCLEAR])), Supported, NoWeaknessFound, "1 tolerated of `rdp`"),
        (few("at_most: 1", whole()), Supported, NoWeaknessFound, ""),
        (few("at_most: 1", case(&[OPEN, ELSEWHERE])), NotMet, WeaknessFound, ""),
        (few("at_most: 1", case(&[ELSEWHERE, UNCLEAR])), Inconclusive, Inconclusive, "1 record"),
        (few("at_most: 1", partial()), NotWhole, NotWhole, "is not whole"),
        (few("at_most: 1", on(ALLOWS, partial())), Loosened, Loosened, "`--allow-partial`"),
    ]);
    let report = few("at_most: 2", case(&[ELSEWHERE, UNCLEAR])).report();
    let coverage = report.coverage().remove(0);
    let expected = Tally { tolerated: 2, ..Tally::default() };
    assert_eq!(coverage.controls.iter().find(|one| one.id == "D").unwrap().findings, expected);
}

#[test]
fn a_policy_that_was_loosened_supports_nothing() {
    use ControlState::{Inconclusive, Loosened, NoWeaknessFound, Supported};
    let waiving = |records| Case {
        waivers: "waivers: [{policy: rdp, reason: a move, expires: 1970-03-01}]",
        ..case(records)
    };
    let told = |project| Case { project, ..whole() };
    let given = vec![("level".to_owned(), "3".to_owned())];
    let weaker = "overrides: [{policy: rdp, severity: low, reason: behind a VPN}]";
    let milder = "overrides: [{policy: rdp, effect: alert, reason: behind a VPN}]";
    let stricter = "overrides: [{policy: rdp, severity: critical, reason: a bank}]";
    let other = "overrides: [{policy: ssh, severity: low, reason: a bastion}]";
    each_is_in_its_state(vec![
        (waiving(&[FINE, OPEN]), Loosened, Loosened, "1 waived of `rdp`"),
        (waiving(&[FINE]), Supported, NoWeaknessFound, ""),
        (waiving(&[UNCLEAR]), Inconclusive, Inconclusive, "`rdp`"),
        (Case { params: given, ..whole() }, Loosened, Loosened, "`$level`"),
        (told("params: {level: 3}"), Loosened, Loosened, "`$level`"),
        (told(weaker), Loosened, Loosened, "`rdp` is overridden"),
        (told(milder), Loosened, Loosened, "`rdp` is overridden"),
        (told(stricter), Supported, NoWeaknessFound, ""),
        (told(other), Supported, NoWeaknessFound, ""),
    ]);
}

#[test]
fn what_a_baseline_knows_supports_nothing() {
    let report = case(&[FINE, OPEN]).report();
    let baseline = Baseline::default().with(&report, jiff::civil::date(2026, 1, 1));
    let (direct, partial, why) = states(&report.since(&baseline, Terms::STRICT));
    assert_eq!((direct, partial), (ControlState::Loosened, ControlState::Loosened));
    assert_eq!(why, "1 known of `rdp`");
}

#[test]
fn a_policy_without_evidence_judged_nothing() {
    let mut report = case(&[FINE]).report();
    let snapshot = std::mem::take(&mut report.evidence).remove(0);
    assert_eq!(states(&report).0, ControlState::NotJudged);
    report.evidence = vec![Snapshot { wholeness: Wholeness::NoEvidence, ..snapshot }];
    let (direct, _, why) = states(&report);
    assert_eq!(direct, ControlState::NotJudged);
    assert_eq!(why, "there is no evidence of `DescribeInternetOpenPort`");
}

#[test]
fn a_filter_that_leaves_records_out_leaves_evidence_that_is_not_whole() {
    let mut report = case(&[FINE]).report();
    for (filters, state) in [
        (vec![("RiskLevel".to_owned(), "1".to_owned())], ControlState::NotWhole),
        (Vec::new(), ControlState::Supported),
    ] {
        let origin = Origin {
            endpoint: "example.org".to_owned(),
            region: None,
            account: None,
            profile: None,
            filters,
            window: None,
            started: Terms::STRICT.time,
            finished: Terms::STRICT.time,
        };
        report.evidence[0].origin = Some(Arc::new(origin));
        assert_eq!(states(&report).0, state);
    }
}

#[test]
fn every_policy_of_a_control_weighs_and_findings_are_added() {
    let waived = "waivers: [{policy: ssh, reason: a jump host, expires: 1970-03-01}]";
    let report = Case { waivers: waived, ..case(&[SSH, UNCLEAR]) }.report();
    let coverage = report.coverage().remove(0);
    let both = coverage.controls.iter().find(|control| control.id == "both").unwrap();
    assert_eq!(both.policies, [0, 1]);
    assert_eq!(both.state, ControlState::Inconclusive);
    assert_eq!(
        both.findings,
        Tally { open: 0, inconclusive: 1, waived: 1, known: 0, tolerated: 0 }
    );

    let coverage = case(&[SSH, OPEN]).report().coverage().remove(0);
    let both = coverage.controls.iter().find(|control| control.id == "both").unwrap();
    assert_eq!((both.state, both.findings.open), (ControlState::NotMet, 2));
}

#[test]
fn a_state_is_worded_as_it_is_named_and_never_as_a_promise() {
    for state in ControlState::ALL {
        assert_eq!(state.name().replace('_', " "), state.words());
        for promise in ["compliant", "pass", "met"] {
            let is_denied = state == ControlState::NotMet;
            assert!(is_denied || !state.words().contains(promise), "{}", state.words());
        }
    }
}

#[test]
fn the_built_in_packs_support_controls_by_evidence_that_is_whole() {
    let catalogue = Catalogue::built_in().unwrap();
    let set = policy::load(&policy::built_in(), &catalogue, &[]).unwrap();
    let operation = Arc::clone(catalogue.only().unwrap());
    let run = Run { today: jiff::civil::date(2026, 1, 1), when_unknown: WhenUnknown::Fail };
    let program = Program::new(&set, &operation, run).unwrap();
    let plan = Plan { operation, slots: program.slots().to_vec(), hashes: Hashes::Left };
    let name: Arc<str> = Arc::from("open.json");
    let mut judge = Judge::new(&program, &name);
    let text = r#"{"PageInfo": {"TotalCount": 0}, "DataList": []}"#;
    let file = snapshot::read(text.as_bytes(), &name, &plan, &mut judge).unwrap();
    let files = vec![JudgedFile { file, found: judge.finish().0 }];
    let report = triage::finish(set, files, &[], Terms::STRICT);
    let coverage = report.coverage();
    assert_eq!(coverage.len(), report.policies.frameworks.len());
    for control in coverage.iter().flat_map(|one| &one.controls) {
        let expected = match control.strength {
            Strength::Context => ControlState::Background,
            _ if control.policies.is_empty() => ControlState::NotJudged,
            Strength::Direct => ControlState::Supported,
            Strength::Partial => ControlState::NoWeaknessFound,
        };
        assert_eq!(control.state, expected, "{}: {:?}", control.id, control.reasons);
    }
}

#[test]
fn a_view_shows_what_speaks_to_the_framework_and_counts_the_rest() {
    let waived = "waivers: [{policy: ssh, reason: a jump host, expires: 1970-03-01}]";
    for (case, expected) in [
        (case(&[SSH, OPEN, UNCLEAR]), Elsewhere { deny: 1, inconclusive: 1, ..none() }),
        (Case { waivers: waived, ..case(&[SSH, OPEN]) }, Elsewhere { deny: 1, ..none() }),
    ] {
        let report = case.report();
        let framework = policy::find_framework(&report.policies.frameworks, "shells").unwrap();
        let whole = report.clone();
        let view = report.clone().viewed(framework);
        assert_eq!(view.view.as_ref().unwrap().elsewhere, expected);
        assert_eq!((view.verdict, view.summary), (whole.verdict, whole.summary));
        assert!(view.findings.iter().all(|finding| view.policy(finding).id == "ssh"));
        assert_eq!(view.findings.len(), 1);
        assert_eq!(view.coverage(), [view.view.as_ref().unwrap().coverage.clone()]);
        assert!(whole.coverage().contains(&view.view.as_ref().unwrap().coverage));
    }
}

fn none() -> Elsewhere {
    Elsewhere::default()
}
