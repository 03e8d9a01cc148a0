//! Runs the program on random cases and compares what it says with the model; a disagreement is made
//! smaller before it is shown.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::answers::{self, Draft};
use crate::json::{self, Json};
use crate::policies;
use crate::policy::{Condition, PolicyFile, Unknown};
use crate::random::Random;
use crate::verdict::{self, Answer, File, Flags, PLAIN};

/// Policies, evidence and flags.
#[derive(Clone, Debug)]
struct Case {
    policies: PolicyFile,
    drafts: Vec<Draft>,
    flags: Flags,
}

impl Flags {
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec![
            format!("--fail-on={}", self.fail_on),
            format!("--inconclusive={}", self.inconclusive.name()),
        ];
        for (is_given, flag) in [
            (self.assume_complete, "--assume-complete"),
            (self.allow_partial, "--allow-partial"),
            (self.operation, "--operation=DescribeInternetOpenPort"),
        ] {
            arguments.extend(is_given.then(|| flag.to_owned()));
        }
        arguments
    }
}

/// Runs the program on files in a folder `evidence`, and reads the report.
pub fn run(policies: &str, files: &[File], flags: &Flags) -> (Answer, String) {
    let folder = tempfile::tempdir().unwrap();
    let evidence = folder.path().join("evidence");
    fs::create_dir(&evidence).unwrap();
    fs::write(folder.path().join("policy.yaml"), policies).unwrap();
    for file in files {
        let path = evidence.join(&file.name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
    let input = match files {
        [file] => Path::new("evidence").join(&file.name),
        _ => Path::new("evidence").to_owned(),
    };
    let built = env!("CARGO_BIN_EXE_portcullis");
    let program = std::env::var("STRICT_PROGRAM").unwrap_or_else(|_| built.to_owned());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PORTCULLIS_") {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["check", "-p", "policy.yaml", "-f", "json"])
        .arg(input)
        .args(flags.arguments())
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .env("PORTCULLIS_NOW", "2026-11-29T12:00:00Z")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let exit = output.status.code().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let told = text + &String::from_utf8_lossy(&output.stderr);
    (read_report(exit, &told), told)
}

/// Reads what a report says, as far as it is compared.
fn read_report(exit: i32, report: &str) -> Answer {
    let mut answer = Answer { exit, policies: Vec::new(), snapshots: Vec::new() };
    if exit == 2 {
        return answer;
    }
    let end = report.rfind("\n}").map_or(report.len(), |end| end + 2);
    let report = json::documents(&report[..end]).unwrap().remove(0);
    let verdict = match exit {
        0 => "clean",
        1 => "violations",
        _ => "insufficient_evidence",
    };
    assert_eq!(report.get("verdict"), Some(&Json::text(verdict)));
    assert_eq!(report.get("exit_code"), Some(&Json::number(exit)));
    let count = |value: &Json, name: &str| match value.get(name) {
        Some(Json::Number(text)) => text.parse::<usize>().unwrap(),
        other => panic!("`{name}` is {other:?}"),
    };
    for policy in report.get("policies").unwrap().elements() {
        answer.policies.push(["judged", "failed", "inconclusive"].map(|name| count(policy, name)));
    }
    for snapshot in report.get("evidence").unwrap().elements() {
        let complete = match snapshot.get("complete") {
            Some(Json::Bool(complete)) => Some(*complete),
            _ => None,
        };
        answer.snapshots.push((complete, count(snapshot, "records")));
    }
    answer.snapshots.sort_unstable();
    answer
}

fn case(random: &mut Random) -> Case {
    let policies = policies::file(random);
    let drafts = answers::files(random);
    let mut flags = PLAIN;
    if random.percent(45) {
        flags.assume_complete = random.percent(50);
        flags.allow_partial = random.percent(50);
        flags.inconclusive = random.pick(&[Unknown::Pass, Unknown::Report, Unknown::Fail]);
        flags.fail_on = random.pick(&["deny", "alert", "never"]);
        flags.operation = random.percent(20);
    }
    Case { policies, drafts, flags }
}

impl Case {
    fn files(&self) -> Vec<File> {
        self.drafts.iter().map(Draft::file).collect()
    }

    fn model(&self) -> Answer {
        verdict::answer(&self.policies, &self.files(), &self.flags)
    }

    fn program(&self) -> (Answer, String) {
        run(&self.policies.print(), &self.files(), &self.flags)
    }

    fn disagrees(&self) -> bool {
        self.model() != self.program().0
    }

    /// Returns the case with one thing less, in every way.
    fn smaller(&self) -> Vec<Case> {
        let mut smaller = Vec::new();
        let mut with = |change: &dyn Fn(&mut Case)| {
            let mut case = self.clone();
            change(&mut case);
            smaller.push(case);
        };
        for index in 0..self.policies.policies.len() {
            if self.policies.policies.len() > 1 {
                with(&|case| drop(case.policies.policies.remove(index)));
            }
            let policy = &self.policies.policies[index];
            with(&|case| case.policies.policies[index].is_mapping = false);
            with(&|case| case.policies.policies[index].when_unknown = None);
            with(&|case| case.policies.policies[index].at_most = None);
            with(&|case| case.policies.policies[index].unless = None);
            for part in policy.condition.iter().flat_map(parts) {
                with(&|case| case.policies.policies[index].condition = Some(part.clone()));
            }
        }
        for index in 0..self.drafts.len() {
            if self.drafts.len() > 1 {
                with(&|case| drop(case.drafts.remove(index)));
            }
            with(&|case| case.drafts[index].is_escaped = false);
            with(&|case| case.drafts[index].tail = "");
            let documents = Json::List(self.drafts[index].documents.clone());
            for fewer in without_one(&documents) {
                with(&|case| case.drafts[index].documents = fewer.elements().to_vec());
            }
        }
        with(&|case| case.flags = PLAIN);
        smaller
    }

    /// Returns a small case that disagrees as well. It tries a change after the last one that helped,
    /// and gives up after so many runs of the program.
    fn shrunk(self) -> Case {
        let size = |case: &Case| format!("{case:?}").len();
        let (mut case, mut at, mut runs_left) = (self, 0, 300);
        let mut tried_in_vain = 0;
        while runs_left > 0 {
            let candidates = case.smaller();
            if tried_in_vain >= candidates.len() {
                break;
            }
            at %= candidates.len();
            let smaller = candidates[at].clone();
            let is_case = smaller.drafts.iter().all(|draft| !draft.documents.is_empty());
            let is_smaller = is_case && size(&smaller) < size(&case);
            runs_left -= usize::from(is_smaller);
            if is_smaller && smaller.disagrees() {
                (case, tried_in_vain) = (smaller, 0);
            } else {
                (at, tried_in_vain) = (at + 1, tried_in_vain + 1);
            }
        }
        case
    }

    fn show(&self, seed: u64) -> String {
        let (program, told) = self.program();
        let files: Vec<String> = self
            .files()
            .iter()
            .map(|file| format!("  evidence/{}: {}\n", file.name, file.text))
            .collect();
        format!(
            "policies:\n{}{}  flags: {}\n  model:   {:?}\n  program: {program:?}\n  repeat: \
             STRICT_SEED={seed} STRICT_CASES=1 cargo test --test strict random\n{}",
            self.policies.print(),
            files.concat(),
            self.flags.arguments().join(" "),
            self.model(),
            if program.exit == 2 { told } else { String::new() },
        )
    }
}

fn parts(condition: &Condition) -> Vec<Condition> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.clone(),
        Condition::Not(part) => vec![(**part).clone()],
        _ => Vec::new(),
    }
}

/// Returns a value without one of its elements or members, at every depth.
fn without_one(value: &Json) -> Vec<Json> {
    let mut smaller = Vec::new();
    for index in 0..value.elements().len() {
        let mut fewer = value.elements().to_vec();
        let old = fewer.remove(index);
        smaller.push(Json::List(fewer.clone()));
        for part in without_one(&old) {
            let mut changed = fewer.clone();
            changed.insert(index, part);
            smaller.push(Json::List(changed));
        }
    }
    for index in 0..value.members().len() {
        let mut fewer = value.members().to_vec();
        let (name, old) = fewer.remove(index);
        smaller.push(Json::Object(fewer.clone()));
        for part in without_one(&old) {
            let mut changed = fewer.clone();
            changed.insert(index, (name.clone(), part));
            smaller.push(Json::Object(changed));
        }
    }
    smaller
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

fn case_of(seed: u64) -> Case {
    case(&mut Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d)))
}

/// `STRICT_CASES` and `STRICT_SEED` repeat a case or look at more; `STRICT_SHOW` shows more than one
/// disagreement; `STRICT_PROGRAM` is another build to compare with.
#[test]
fn random_cases_are_judged_alike() {
    let (cases, seed) = (setting("STRICT_CASES", 400), setting("STRICT_SEED", 1));
    let most = setting("STRICT_SHOW", 1) as usize;
    let seeds = (seed..seed + cases).filter(|seed| case_of(*seed).disagrees());
    let shown: Vec<String> =
        seeds.take(most).map(|seed| case_of(seed).shrunk().show(seed)).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

/// A generator that never reaches a corner proves nothing about it.
#[test]
fn random_cases_reach_every_corner() {
    let cases = 1000;
    let mut reached: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 1..=cases {
        let case = case_of(seed);
        let model = case.model();
        let mut corners = vec![format!("exit {}", model.exit)];
        for (complete, _) in &model.snapshots {
            corners.push(format!("complete {complete:?} under exit {}", model.exit));
        }
        for [judged, failed, inconclusive] in &model.policies {
            let outcomes = [(*failed, "failed"), (*inconclusive, "inconclusive")];
            let some = outcomes.into_iter().filter(|(count, _)| *count > 0);
            corners.extend(some.map(|(_, outcome)| outcome.to_owned()));
            corners.extend((*judged > 0).then(|| "judged".to_owned()));
        }
        corners.sort_unstable();
        corners.dedup();
        for corner in corners {
            *reached.entry(corner).or_default() += 1;
        }
    }
    println!("{reached:#?}");
    for (corner, percent) in [
        ("exit 0", 25),
        ("exit 1", 10),
        ("exit 2", 3),
        ("exit 3", 20),
        ("complete Some(true) under exit 0", 20),
        ("complete None under exit 0", 1),
        ("complete Some(false) under exit 0", 1),
        ("complete None under exit 3", 5),
        ("complete Some(true) under exit 3", 1),
        ("complete Some(false) under exit 3", 5),
        ("failed", 20),
        ("inconclusive", 10),
    ] {
        let reached = reached.get(corner).copied().unwrap_or(0);
        assert!(reached * 100 >= percent * cases, "{corner}: {reached} of {cases}");
    }
}
