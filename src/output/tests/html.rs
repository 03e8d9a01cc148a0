//! The page as a browser takes it apart: every finding once, every reference answered, nothing asked of
//! anybody, and texts that stay texts.

use std::collections::HashSet;

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::generated::responses;
use super::*;
use crate::text::printable;

/// Elements that have no end.
const VOID: [&str; 4] = ["meta", "br", "input", "!doctype"];

/// One element: its name, its attributes, its own text and that of everything in it, and its depth.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) depth: usize,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn is(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|own| own.split(' ').any(|own| own == class))
    }
}

/// What stands between the first of two texts and the next one of the second.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).unwrap().1.split_once(end).unwrap().0
}

/// A page without what its own style and script hold.
fn without_own(page: &str) -> String {
    let mut page = page.to_owned();
    for (start, end) in [("<style nonce=", "</style>"), ("<script nonce=", "</script>")] {
        if page.contains(start) {
            let own = between(&page, start, end).split_once('>').unwrap().1.to_owned();
            page = page.replace(&own, "");
        }
    }
    page
}

/// The elements of a page in order; its tags must match.
pub(super) fn elements(page: &str) -> Vec<Element> {
    let page = without_own(page);
    let page = page.strip_prefix("<!DOCTYPE html>").unwrap();
    let mut reader = Reader::from_str(page);
    reader.config_mut().check_end_names = false;
    let mut all: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let say = |all: &mut Vec<Element>, open: &[usize], text: &str| {
        open.iter().for_each(|index| all[*index].text.push_str(text));
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                let attributes = tag.html_attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let value = quick_xml::escape::unescape(&attribute.value).unwrap();
                    (attribute.key.as_ref().to_owned(), value.into_owned())
                });
                let attributes = attributes.collect();
                all.push(Element { name, attributes, text: String::new(), depth: open.len() });
                if !VOID.contains(&tag.name().as_ref()) {
                    open.push(all.len() - 1);
                }
            }
            Event::End(tag) => {
                let last = open.pop().unwrap();
                assert_eq!(all[last].name, tag.name().as_ref(), "tags match");
            }
            Event::Text(text) => say(&mut all, &open, &text),
            Event::GeneralRef(entity) => {
                let text = match &*entity {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    other => panic!("{other}"),
                };
                say(&mut all, &open, text);
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(open.is_empty(), "every tag has its end");
    all
}

/// A finding as the page tells it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) result: String,
    pub(super) severity: String,
    pub(super) policy: String,
    pub(super) message: String,
    pub(super) place: String,
    pub(super) fingerprint: String,
    marks: Vec<String>,
}

/// The findings of a page, in its order.
pub(super) fn findings(page: &str) -> Vec<Told> {
    let all = elements(page);
    let starts: Vec<usize> = (0..all.len()).filter(|index| all[*index].is("finding")).collect();
    let told = |start: usize| {
        let inside: Vec<&Element> =
            all[start + 1..].iter().take_while(|inside| inside.depth > all[start].depth).collect();
        let text = |class: &str| {
            let mut found = inside.iter().filter(|inside| inside.is(class));
            let text = found.next().map(|found| found.text.clone());
            text.unwrap_or_else(|| panic!("{class}"))
        };
        let badges: Vec<&str> = inside
            .iter()
            .filter(|inside| inside.is("badge"))
            .map(|badge| badge.text.as_str())
            .collect();
        let result = all[start].attribute("data-result").unwrap().to_owned();
        assert_eq!(badges[0], result, "what is filtered by is what is shown");
        Told {
            severity: badges[1].to_owned(),
            policy: text("by").split(" · ").next().unwrap().to_owned(),
            message: text("message"),
            place: text("place"),
            fingerprint: text("fingerprint"),
            marks: inside
                .iter()
                .filter(|inside| inside.name == "mark")
                .map(|mark| mark.text.clone())
                .collect(),
            result,
        }
    };
    starts.into_iter().map(told).collect()
}

fn page(report: &Report) -> String {
    let page = rendered(report, Format::Html, &Style::default());
    assert_eq!(page.matches("<script ").count(), 1, "its filters need one");
    page
}

/// Holds what is true of every page.
pub(super) fn is_sound(page: &str) {
    let all = elements(page);
    let ids: Vec<&str> = all.iter().filter_map(|element| element.attribute("id")).collect();
    let known: HashSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "ids are unique");
    for element in &all {
        for (name, value) in &element.attributes {
            let named: Vec<&str> = match name.as_str() {
                "for" => vec![value],
                "aria-labelledby" | "aria-describedby" | "aria-controls" => {
                    value.split(' ').collect()
                }
                "href" if value.starts_with('#') => vec![&value[1..]],
                "href" => {
                    assert!(element.name == "a" && value.starts_with("http"), "{element:?}");
                    Vec::new()
                }
                "src" | "srcset" | "action" | "data" | "poster" | "style" | "background" => {
                    panic!("{element:?}")
                }
                name => {
                    assert!(!name.starts_with("on"), "{element:?}");
                    Vec::new()
                }
            };
            for id in named {
                assert!(known.contains(id), "{id} of {element:?}");
            }
        }
        let asks = ["link", "img", "iframe", "object", "embed", "image", "base", "use"];
        assert!(!asks.contains(&element.name.as_str()), "{element:?}");
    }
    is_ordered(&all);
    is_secure(page, &all);
}

/// Whether headings go down a step at a time, and tables say what they hold.
fn is_ordered(all: &[Element]) {
    let headings: Vec<u8> = all
        .iter()
        .filter_map(|element| match element.name.as_str() {
            "h1" => Some(1),
            "h2" => Some(2),
            "h3" => Some(3),
            _ => None,
        })
        .collect();
    assert_eq!(headings[0], 1, "the verdict comes first");
    assert_eq!(headings.iter().filter(|level| **level == 1).count(), 1);
    assert!(headings.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{headings:?}");
    let count = |name: &str| all.iter().filter(|element| element.name == name).count();
    assert_eq!(count("table"), count("caption"));
    assert_eq!((count("style"), count("main")), (1, 1));
    assert!(count("script") <= 1);
}

/// Whether the page lets nothing but its own style and script act.
fn is_secure(page: &str, all: &[Element]) {
    let policy = all
        .iter()
        .find(|element| element.attribute("http-equiv") == Some("Content-Security-Policy"))
        .and_then(|element| element.attribute("content"))
        .unwrap();
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    for directive in ["style-src", "script-src"] {
        let mut own = all.iter().filter(|element| ["style", "script"].contains(&&*element.name));
        let nonce = own.next().unwrap().attribute("nonce").unwrap();
        assert!(own.all(|other| other.attribute("nonce") == Some(nonce)));
        // Once for each that may act, and once for each that does.
        let known = 2 + all.iter().filter(|element| element.attribute("nonce").is_some()).count();
        assert!(nonce.len() == 24 && page.matches(nonce).count() == known, "{nonce}");
        assert!(policy.contains(&format!("{directive} 'nonce-{nonce}';")), "{policy}");
    }
}

#[test]
fn no_text_can_know_what_the_script_of_its_page_goes_by() {
    let nonce = |reason: &str| {
        let record = format!(
            "{{\"Port\": 3389, \"ServiceNameList\": [\"RDP\"], \"RiskReason\": \"{reason}\"}}"
        );
        let page =
            page(&report(policies(), &[("ports.json", &response(&[&record], 1))], Terms::STRICT));
        is_sound(&page);
        between(&page, "script-src 'nonce-", "'").to_owned()
    };
    let first = nonce("a");
    assert_eq!(first, nonce("a"));
    assert_ne!(first, nonce(&first));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_page_has_every_finding_once_and_marks_its_values(response in responses()) {
        let text = response.text();
        let mut report = report(policies(), &[("ports.json", &text)], Terms::STRICT);
        if report.findings.len() > 1 {
            report.findings[0].disposition = Disposition::Known;
            report = waived(report);
        }
        let page = page(&report);
        is_sound(&page);
        let told = findings(&page);
        prop_assert_eq!(told.len(), report.findings.len());
        for (told, finding) in told.iter().zip(&report.findings) {
            prop_assert_eq!(&told.fingerprint, &report.fingerprint(finding));
            prop_assert_eq!(told.severity.as_str(), report.policy(finding).severity.name());
            prop_assert_eq!(told.result == "waived", finding.disposition == Disposition::Waived);
            if report.excerpt(finding).is_none() {
                continue;
            }
            prop_assert!(!told.marks.is_empty());
            for evidence in report.evidence(finding) {
                let value = printable(&evidence.value).into_owned();
                let is_plain = value.chars().count() < 60 && !evidence.value.contains(['\n', '\t', '\r']);
                let is_marked = |mark: &String| *mark == value || mark.contains('…');
                prop_assert!(!is_plain || told.marks.iter().any(is_marked), "{value} in {:?}", told.marks);
            }
        }
    }
}

#[test]
fn texts_stay_texts() {
    let evil =
        "</script><script>alert(1)</script><img src=x onerror=alert(1)>\" onload='x' \u{202e}";
    let record = serde_json::json!({
        "Port": 3389, "Protocol": evil, "RiskLevel": 3, "ServiceNameList": ["RDP", evil],
        "RiskReason": format!("口令{evil}"), "ProbRisk": evil,
    });
    let text = response(&[&record.to_string()], 1);
    let report = report(policies(), &[(evil, &text)], Terms::STRICT);
    let page = page(&report);
    is_sound(&page);
    assert!(page.contains("&lt;/script&gt;") && page.contains("&lt;U+202E&gt;"));
    assert!(!page.contains('\u{202e}') && !page.contains("<img"));
    is_sound(&shown(&hostile::load_problems(), Format::Html, &Style::default()));
}

#[test]
fn a_page_says_first_what_was_proven() {
    let calm = r#"{"Port": 443, "Protocol": "tcp", "RiskLevel": 1, "ServiceNameList": ["SSL"]}"#;
    let rdp = calm.replace("\"SSL\"", "\"RDP\"");
    let (high, unknown) = (
        rdp.replace("\"RiskLevel\": 1", "\"RiskLevel\": 3"),
        rdp.replace("\"RiskLevel\": 1", "\"RiskLevel\": -1"),
    );
    for (records, total, title, words) in [
        (vec![calm], 1, "Clean", "All evidence is there"),
        (vec![high.as_str()], 1, "Violations", "1\u{a0}open finding fails the run"),
        (vec![calm], 2, "Insufficient evidence", "1 of 2 records are here"),
        (vec![unknown.as_str()], 1, "Insufficient evidence", "This is not a pass"),
    ] {
        let text = response(&records, total);
        let report = report(only(&["rdp-exposed"]), &[("ports.json", &text)], Terms::STRICT);
        let page = page(&report);
        is_sound(&page);
        let all = elements(&page);
        let first = all.iter().find(|element| element.name == "h1").unwrap();
        assert_eq!(first.text, title);
        let exit = all.iter().find(|element| element.is("exit")).unwrap();
        assert_eq!(exit.text, format!("Exit code {}", report.verdict.exit_code()));
        let main = &all.iter().find(|element| element.name == "main").unwrap().text;
        assert!(main.contains(words), "{main}");
        let is_lacking = all.iter().any(|element| element.attribute("id") == Some("evidence"));
        assert_eq!(is_lacking, report.verdict.exit_code() == 3);
    }
}

#[test]
fn a_trend_ends_with_this_report_and_changes_nothing_else() {
    let record = r#"{"Port": 3389, "Protocol": "tcp", "RiskLevel": 3, "ServiceNameList": ["RDP"]}"#;
    let text = response(&[record], 1);
    let mut report = report(only(&["rdp-exposed"]), &[("ports.json", &text)], Terms::STRICT);
    let without = page(&report);
    assert!(!without.contains("id=\"trend\""));
    let earlier = |index: u32| triage::Moment {
        source: Arc::from(format!("earlier/{index}.json")),
        deny: u64::from(index),
        ..report.moment()
    };
    report.history = (0..100).map(earlier).collect();
    let page = page(&report);
    is_sound(&page);
    let (before, _) = without.split_once("</main>").unwrap();
    let before = before.split_once("<nav ").unwrap().0;
    assert!(page.starts_with(before), "the verdict is the same");
    assert!(!page.contains("earlier/40.json") && page.contains("earlier/41.json"));
    let all = elements(&page);
    let sources: Vec<&str> = all
        .iter()
        .filter(|element| element.name == "code" && element.text.starts_with("earlier/"))
        .map(|element| element.text.as_str())
        .collect();
    assert_eq!((sources.len(), sources[0]), (59, "earlier/99.json"));
}

#[test]
fn controls_are_told_with_their_strength_and_nothing_is_compliant() {
    let record = r#"{"Port": 3389, "Protocol": "tcp", "RiskLevel": 3, "ServiceNameList": ["RDP"]}"#;
    let text = response(&[record], 1);
    let report = report(only(&["rdp-exposed"]), &[("ports.json", &text)], Terms::STRICT);
    let page = page(&report);
    let all = elements(&page);
    let section = &all.iter().find(|one| one.attribute("id") == Some("controls")).unwrap().text;
    assert!(section.contains("1.4.4") && section.contains("partial"), "{section}");
    for framework in report.coverage() {
        for control in framework.controls {
            assert!(section.contains(&control.id) && section.contains(control.state.words()));
        }
    }
    assert!(!page.to_lowercase().contains("complian"));
}

#[test]
fn a_page_has_the_register_the_waivers_and_what_was_loosened() {
    let record = r#"{"Port": 3389, "Protocol": "tcp", "RiskLevel": 3, "ServiceNameList": ["RDP"]}"#;
    let terms = Terms { allow_partial: true, ..Terms::STRICT };
    let report =
        waived(report(only(&["rdp-exposed"]), &[("ports.json", &response(&[record], 2))], terms));
    let page = page(&report);
    is_sound(&page);
    let main = &elements(&page).into_iter().find(|element| element.name == "main").unwrap().text;
    for words in [
        "--allow-partial",
        "a jump host until the move",
        "SEC-12",
        "2026-03-31",
        "the shop",
        "https on 443/tcp",
        "rdp-exposed",
        "Restrict the source range",
        "RiskLevel is 3 (high)",
    ] {
        assert!(main.contains(words), "{words} in {main}");
    }
    let json: Value =
        serde_json::from_str(&rendered(&report, Format::Json, &Style::default())).unwrap();
    let hash = json["evidence"][0]["pages"][0]["sha256"].as_str().unwrap();
    assert!(main.contains(hash));
}
