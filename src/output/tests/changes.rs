//! Every format of differences says the same: the same findings and records in the same classes, the same
//! numbers, and nothing green where the exit code is not 0.

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;

use super::difference::{compared, differences, document, record, side};
use super::generated::responses;
use super::html::{Element, elements, is_sound};
use super::*;
use crate::output::render_difference;
use crate::policy::WhenUnknown;
use crate::text::is_hostile;
use crate::triage::{Difference, Side, Verdict};

/// One finding: its class, policy, severity, and place.
type Said = (String, String, String, String);

/// What a format says.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    /// In order, without those that are what they were.
    findings: Vec<Said>,
    /// How many records are opened, closed, changed or unseen.
    records: Vec<usize>,
    /// How many findings are what they were.
    unchanged: u64,
}

const CHANGED: [&str; 4] = ["new", "worsened", "fixed", "unseen"];
const RECORDS: [&str; 4] = ["opened", "closed", "changed", "unseen"];

fn written(difference: &Difference, format: Format) -> String {
    let mut out = Vec::new();
    let style = Style { width: 1000, ..Style::default() };
    render_difference(difference, format, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn of_json(difference: &Difference) -> Page {
    let document = document(difference);
    let finding = |class: &str, finding: &Value| {
        let text = |name: &str| finding[name].as_str().unwrap().to_owned();
        let place = finding["record"]["source"].as_str().unwrap().to_owned();
        (class.to_owned(), text("policy"), text("severity"), place)
    };
    let list = |class: &str| document["findings"][class].as_array().unwrap().clone();
    let findings = CHANGED
        .iter()
        .flat_map(|class| list(class).iter().map(|one| finding(class, one)).collect::<Vec<_>>());
    let summary = &document["summary"];
    for class in CHANGED.iter().chain(&["unchanged"]) {
        assert_eq!(summary["findings"][class], list(class).len(), "{class}");
    }
    let records = RECORDS.map(|class| document["records"][class].as_array().unwrap().len());
    for (class, count) in RECORDS.iter().zip(records) {
        assert_eq!(summary["records"][class], count, "{class}");
    }
    Page {
        findings: findings.collect(),
        records: records.to_vec(),
        unchanged: summary["findings"]["unchanged"].as_u64().unwrap(),
    }
}

/// The file of a place.
fn file(place: &str) -> String {
    place.rsplitn(3, ':').last().unwrap().to_owned()
}

fn unchanged(words: &str) -> u64 {
    static COUNT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("(?i)findings: .*?([0-9]+) unchanged").unwrap());
    COUNT.captures(words).unwrap()[1].parse().unwrap()
}

static FINDING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(new|worsened|fixed|unseen) +(?:\S+ → )?\w+\[(\w+)\](?: \(\w+\))? ([a-z0-9-]+): ")
        .unwrap()
});

fn of_people(written: &str) -> Page {
    let mut findings: Vec<Said> = Vec::new();
    let mut records = vec![0; RECORDS.len()];
    for line in written.lines() {
        if let Some(found) = FINDING.captures(line) {
            findings.push((found[1].into(), found[3].into(), found[2].into(), String::new()));
            continue;
        }
        if let (Some(place), Some(last)) = (line.strip_prefix("  at "), findings.last_mut())
            && last.3.is_empty()
        {
            last.3 = file(place);
        }
        let class = RECORDS.iter().position(|class| line.starts_with(&format!("{class:9}")));
        if let Some(count) = class.and_then(|class| records.get_mut(class)) {
            *count += 1;
        }
    }
    let ending = written.lines().find(|line| line.contains("findings: ")).unwrap();
    Page { findings, records, unchanged: unchanged(ending) }
}

/// The rows of a table of a page of Markdown.
fn rows(written: &str, title: &str) -> Vec<Vec<String>> {
    let table = written.split(&format!("## {title}\n\n")).nth(1).unwrap_or_default();
    let lines = table.lines().take_while(|line| line.starts_with("| ")).skip(2);
    let cells = lines.map(|line| line.trim_matches(['|', ' ']).split(" | "));
    cells.map(|row| row.map(|cell| cell.trim_matches(['*', '`']).to_owned()).collect()).collect()
}

fn of_markdown(written: &str) -> Page {
    let findings = rows(written, "Findings").into_iter().map(|row| {
        let place = file(row.last().unwrap());
        (row[0].clone(), row[3].clone(), row[2].clone(), place)
    });
    let records = rows(written, "Records");
    let count = |class: &str| records.iter().filter(|row| row[0] == class).count();
    let findings = findings.collect();
    Page { findings, records: RECORDS.map(count).to_vec(), unchanged: unchanged(written) }
}

/// The rows of each table whose caption is `what: class`, with the class.
fn tables(all: &[Element], what: &str) -> Vec<(String, Vec<String>)> {
    let (mut rows, mut class) = (Vec::new(), None);
    for (index, element) in all.iter().enumerate() {
        if element.name == "caption" {
            class = element.text.strip_prefix(what).map(str::to_owned);
        }
        let inside = || all[index + 1..].iter().take_while(|inside| inside.depth > element.depth);
        let is_row = element.name == "tr" && inside().any(|cell| cell.name == "td");
        if let (true, Some(class)) = (is_row, &class) {
            let cells = inside().filter(|cell| cell.depth == element.depth + 1);
            rows.push((class.clone(), cells.map(|cell| cell.text.clone()).collect()));
        }
    }
    rows
}

fn of_html(written: &str) -> Page {
    is_sound(written);
    let all = elements(written);
    let rows = tables(&all, "Findings: ");
    let (same, changed): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|(class, _)| class == "unchanged");
    let finding = |(class, row): (String, Vec<String>)| {
        (class, row[2].clone(), row[1].clone(), file(&row[5]))
    };
    let records = tables(&all, "Records: ");
    let count = |class: &str| records.iter().filter(|(own, _)| own == class).count();
    Page {
        findings: changed.into_iter().map(finding).collect(),
        records: RECORDS.map(count).to_vec(),
        unchanged: same.len() as u64,
    }
}

/// Whether a format looks like a pass.
fn is_green(written: &str, format: Format) -> bool {
    match format {
        Format::Human => written.contains("exit 0: nothing new"),
        Format::Markdown => {
            written.starts_with("# Portcullis difference: nothing new")
                || written.contains("**Exit 0**")
        }
        Format::Html => {
            let title = elements(written).into_iter().find(|one| one.name == "h1").unwrap().text;
            title.starts_with("Nothing new") || written.contains("class=\"verdict clean\"")
        }
        _ => written.contains("\"exit_code\": 0"),
    }
}

#[track_caller]
fn agree(difference: &Difference) {
    let expected = of_json(difference);
    for (format, read) in [
        (Format::Human, of_people as fn(&str) -> Page),
        (Format::Markdown, of_markdown),
        (Format::Html, of_html),
    ] {
        let written = written(difference, format);
        assert_eq!(read(&written), expected, "{format:?}\n{written}");
    }
    for format in Format::of_differences() {
        let written = written(difference, format);
        let is_clean = difference.verdict == Verdict::Clean;
        assert_eq!(is_green(&written, format), is_clean, "{format:?}\n{written}");
    }
}

#[test]
fn every_format_says_the_same() {
    differences().iter().for_each(agree);
    let tame = record(1, "1", "RDP");
    agree(&compared(&[&tame], &[&tame], 0));
    // What is accepted is said to be, and counted.
    let [mut difference, _] = <[Difference; 2]>::try_from(differences()).unwrap();
    let new = difference.findings.new[0].after.as_mut().unwrap();
    new.disposition = Disposition::Known;
    agree(&difference);
    for format in [Format::Human, Format::Markdown, Format::Html] {
        let written = written(&difference, format);
        assert!(written.contains("new (1 known)"), "{format:?}\n{written}");
        let is_told = ["deny[critical] (known)", "| deny (known) |", ">deny (known)<"];
        assert!(is_told.iter().any(|told| written.contains(told)), "{format:?}\n{written}");
    }
    assert_eq!(document(&difference)["summary"]["dispositions"]["known"], 1);
}

#[test]
fn a_format_says_that_records_are_not_compared() {
    let text = response(&[&record(1, "3", "RDP")], 1);
    let saved = || Side { inventories: None, ..side("saved.json", &text, Terms::STRICT) };
    let difference = Difference::new(saved(), saved(), Terms::STRICT);
    assert_eq!(difference.verdict, Verdict::Clean);
    for format in Format::of_differences() {
        let written = written(&difference, format);
        let words = ["ecords: not compared", "Records were not compared", "\"records\": null"];
        let is_said = words.iter().any(|words| written.contains(words));
        assert!(is_said, "{format:?}\n{written}");
        assert!(written.contains("diff/records-not-compared"), "{format:?}\n{written}");
        assert!(!written.contains("0 opened"), "{format:?}\n{written}");
    }
}

#[test]
fn what_fails_nothing_is_not_said_to_be_nothing() {
    let watched = record(1, "1", "RDP").replace("\"RiskReason\": \"\"", "\"RiskReason\": \"口令\"");
    let difference = compared(&[&record(1, "1", "RDP")], &[&watched], 0);
    assert_eq!((difference.findings.new.len(), difference.verdict), (1, Verdict::Clean));
    for format in [Format::Human, Format::Markdown, Format::Html] {
        let written = written(&difference, format);
        assert!(written.contains("othing new that fails the run"), "{format:?}\n{written}");
    }
}

const EVIL: &str = "x|`<script>alert(1)</script>\u{1b}[31m\u{202e}\r\n::error::y ##[error]@all #12 [a](https://b.c)";

#[test]
fn hostile_texts_are_shown_and_do_nothing() {
    let evil = |port: u16, risk: u8| {
        let text = serde_json::json!({
            "Port": port, "Protocol": EVIL, "RiskLevel": risk, "SuggestLevel": 10, "PublicIpNum": 1,
            "ServiceNameList": ["RDP", EVIL], "RiskReason": EVIL, "ProbRisk": EVIL,
        });
        text.to_string().replace("\\u202e", "\u{202e}")
    };
    let text = |records: &[&str]| response(records, records.len());
    let before = side("before\u{1b}[0m|.json", &text(&[&evil(1, 1), &evil(2, 3)]), Terms::STRICT);
    let after = side(EVIL, &text(&[&evil(1, 3), &evil(3, 3)]), Terms::STRICT);
    let difference = Difference::new(before, after, Terms::STRICT);
    for format in Format::of_differences() {
        let written = written(&difference, format);
        let mut characters = written.chars().filter(|one| *one != '\n');
        // JSON has its own escapes, and may hold what is written beyond them.
        assert!(format == Format::Json || !characters.any(is_hostile), "{format:?}\n{written}");
        assert!(!written.contains('\u{1b}') && !written.contains('\r'), "{format:?}\n{written}");
        let is_command = |line: &str| line.trim_start().starts_with("::");
        assert!(!written.lines().any(is_command), "{format:?}\n{written}");
        if format == Format::Html {
            is_sound(&written);
            assert!(!written.contains("<script"), "{written}");
        }
        if format == Format::Markdown {
            let widths = written
                .lines()
                .filter(|line| line.starts_with('|'))
                .map(|line| line.replace("\\|", "").matches('|').count());
            let known = [6, 8, 5, 7];
            assert!(widths.into_iter().all(|width| known.contains(&width)), "{written}");
            for acting in [" @all", "](https://", " #12", "<script"] {
                assert!(!written.replace("\\<", "").contains(acting), "{acting}\n{written}");
            }
        }
    }
}

#[test]
fn a_page_for_comments_stays_small_and_counts_what_it_cuts() {
    let bad: Vec<String> = (1..=3000).map(|port| record(port, "3", "RDP")).collect();
    let bad: Vec<&str> = bad.iter().map(String::as_str).collect();
    let difference = compared(&[], &bad, 0);
    let written = written(&difference, Format::Markdown);
    assert!(written.len() < 65_536, "{}", written.len());
    assert!(written.contains("3000 new"), "what is cut is counted");
    for (title, all) in [("Findings", difference.findings.new.len()), ("Records", 3000)] {
        let part = written.split(&format!("## {title}\n")).nth(1).unwrap();
        let more = part.split("… and ").nth(1).unwrap().split(' ').next().unwrap();
        let shown = rows(&written, title).len();
        assert!(shown > 50);
        assert_eq!(shown + more.parse::<usize>().unwrap(), all, "{title}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    #[test]
    fn every_format_says_the_same_of_any_two(
        before in responses(), after in responses(), is_strict in any::<bool>(),
    ) {
        let when_unknown = if is_strict { WhenUnknown::Fail } else { WhenUnknown::Report };
        let terms = Terms { when_unknown, ..Terms::STRICT };
        let difference = Difference::new(
            side("before.json", &before.text(), terms), side("after.json", &after.text(), terms), terms,
        );
        agree(&difference);
    }
}
