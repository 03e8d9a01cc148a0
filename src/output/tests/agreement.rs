//! Every format says the same of a report: the same findings in the same order, at the same place, of
//! the same severity, with the same fingerprint; and none looks green where evidence is not sufficient.

use proptest::prelude::*;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::Value;

use super::generated::{Response, responses};
use super::*;
use crate::output::item::EVIDENCE;
use crate::text::printable;

/// What is read back of one finding; `None` where the format does not carry it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Said {
    policy: String,
    message: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
    severity: Option<String>,
    fingerprint: Option<String>,
}

impl Said {
    /// Whether nothing that is said here is said otherwise there.
    fn agrees(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        let trimmed = |text: &Option<String>| text.as_deref().map(|text| text.trim().to_owned());
        self.policy == other.policy
            // A line of Markdown begins with its first character that is no space.
            && same(&trimmed(&self.message), &trimmed(&other.message))
            && same(&self.line, &other.line)
            && same(&self.column, &other.column)
            && same(&self.severity, &other.severity)
            && same(&self.fingerprint, &other.fingerprint)
    }
}

const INCONCLUSIVE: &str = "inconclusive: ";

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The open findings of the JSON report, and the effect or `inconclusive` of each.
fn expected(report: &Report) -> Vec<(Said, String)> {
    let json = rendered(report, Format::Json, &Style::default());
    let json: Value = serde_json::from_str(&json.replace(":1e400", ":\"1e400\"")).unwrap();
    let open = json["findings"].as_array().unwrap().iter();
    let open = open.filter(|found| found["disposition"] == "open");
    open.map(|found| {
        let first = found["evidence"].get(0).unwrap_or(&found["record"]);
        let said = Said {
            policy: text(&found["policy"]).unwrap(),
            message: text(&found["message"])
                .map(|message| printable(message.trim_end()).into_owned()),
            line: first["line"].as_u64(),
            column: first["column"].as_u64(),
            severity: text(&found["severity"]),
            fingerprint: text(&found["fingerprint"]),
        };
        let is_failure = found["outcome"] == "fail";
        (said, text(if is_failure { &found["effect"] } else { &found["outcome"] }).unwrap())
    })
    .collect()
}

/// Name, attributes, and the text that follows.
type Element = (String, Vec<(String, String)>, String);

/// The elements of a name with their attributes, and the text that follows each up to the next one.
fn elements(xml: &str, names: &[&str]) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    let mut found: Vec<Element> = Vec::new();
    let start = |tag: &BytesStart<'_>| {
        let name = tag.name().as_ref().to_owned();
        let attributes = tag.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
            (attribute.key.as_ref().to_owned(), value)
        });
        (name, attributes.collect::<Vec<_>>(), String::new())
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => found.push(start(&tag)),
            Event::Text(text) => {
                if let Some(last) = found.last_mut() {
                    last.2.push_str(&text);
                }
            }
            Event::GeneralRef(entity) => {
                if let Some(last) = found.last_mut() {
                    last.2.push_str(&format!("&{};", &*entity));
                }
            }
            _ => {}
        }
    }
    found.retain(|(name, ..)| names.contains(&name.as_str()));
    found
}

fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> &'a str {
    attributes.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
}

/// The message of what cannot be known is said to be one.
fn message(text: &str) -> Option<String> {
    Some(text.strip_prefix(INCONCLUSIVE).unwrap_or(text).to_owned())
}

fn sarif(written: &str, file: &str) -> Vec<Said> {
    let log: Value = serde_json::from_str(written).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap().iter();
    let mut said = Vec::new();
    for result in results.filter(|result| result["ruleId"] != EVIDENCE) {
        let is_suppressed = result["suppressions"].as_array().is_some_and(|all| !all.is_empty());
        if is_suppressed || result["baselineState"] == "unchanged" {
            continue;
        }
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let primary = &result["locations"][0]["physicalLocation"];
        assert_eq!(primary["artifactLocation"]["uri"], NAME);
        assert_eq!(
            region(&primary["region"], POLICIES),
            primary["region"]["snippet"]["text"].as_str().map(str::to_owned).unwrap()
        );
        let related = &result["relatedLocations"][0]["physicalLocation"];
        assert_eq!(related["artifactLocation"]["uri"], "ports.json");
        let there = &related["region"];
        match there["snippet"]["text"].as_str() {
            Some(value) => assert_eq!(region(there, file), value),
            None => assert_eq!(region(there, file), "{"),
        }
        said.push(Said {
            policy: text(&result["ruleId"]).unwrap(),
            message: message(
                &result["message"]["text"]
                    .as_str()
                    .unwrap()
                    .replace("\\[", "[")
                    .replace("\\]", "]"),
            ),
            line: there["startLine"].as_u64(),
            column: there["startColumn"].as_u64(),
            severity: text(&rule["properties"]["severity"]),
            fingerprint: text(&result["partialFingerprints"]["portcullis/v1"]),
        });
    }
    said
}

/// The text of a region as a reader of SARIF cuts it out, made safe to show.
fn region(region: &Value, file: &str) -> String {
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let number = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap();
    let lines: Vec<&str> = file.split('\n').collect();
    let (first, last) = (number("startLine"), number("endLine"));
    let mut cut: Vec<String> =
        lines[first - 1..last].iter().map(|line| (*line).to_owned()).collect();
    let end: String = cut.last().unwrap().chars().take(number("endColumn") - 1).collect();
    *cut.last_mut().unwrap() = end;
    cut[0] = cut[0].chars().skip(number("startColumn") - 1).collect();
    printable(cut.join("\n").trim_end()).into_owned()
}

fn junit(written: &str) -> Vec<Said> {
    let mut said = Vec::new();
    let mut class = String::new();
    for (name, attributes, body) in elements(written, &["testcase", "failure", "skipped"]) {
        if name == "testcase" {
            class = attribute(&attributes, "classname").to_owned();
            continue;
        }
        let reason = attribute(&attributes, "message");
        let is_finding = name == "failure" || reason.starts_with(INCONCLUSIVE);
        if class == EVIDENCE || !is_finding {
            continue;
        }
        let line =
            |start: &str| body.lines().find_map(|line| line.strip_prefix(start)).map(str::to_owned);
        let place = line("at ports.json:").map(|place| {
            let (line, column) = place.split_once(':').unwrap();
            (line.parse().unwrap(), column.parse().unwrap())
        });
        let (line_number, column) = place.unzip();
        said.push(Said {
            policy: class.clone(),
            message: message(reason),
            line: line_number,
            column,
            severity: line("severity: "),
            fingerprint: line("fingerprint: "),
        });
    }
    said
}

fn gitlab(written: &str) -> Vec<Said> {
    let issues: Vec<Value> = serde_json::from_str(written).unwrap();
    let issues = issues.iter().filter(|issue| issue["check_name"] != EVIDENCE);
    issues
        .map(|issue| {
            let is_unknown = issue["description"].as_str().unwrap().starts_with(INCONCLUSIVE);
            let severity = match issue["severity"].as_str().unwrap() {
                "info" => "info",
                "minor" => "low",
                "major" => "medium",
                "critical" => "high",
                "blocker" => "critical",
                other => panic!("{other}"),
            };
            assert_eq!(issue["location"]["path"], "ports.json");
            let fingerprint = issue["fingerprint"].as_str().unwrap();
            Said {
                policy: text(&issue["check_name"]).unwrap(),
                message: message(issue["description"].as_str().unwrap()),
                line: issue["location"]["lines"]["begin"].as_u64(),
                column: None,
                severity: (!is_unknown).then(|| severity.to_owned()),
                fingerprint: Some(fingerprint.split('-').next().unwrap().to_owned()),
            }
        })
        .collect()
}

fn checkstyle(written: &str) -> Vec<Said> {
    let errors = elements(written, &["error"]).into_iter();
    errors
        .map(|(_, attributes, _)| Said {
            policy: attribute(&attributes, "source").to_owned(),
            message: message(attribute(&attributes, "message")),
            line: attribute(&attributes, "line").parse().ok(),
            column: attribute(&attributes, "column").parse().ok(),
            severity: None,
            fingerprint: None,
        })
        .filter(|said| said.policy != EVIDENCE)
        .collect()
}

/// The annotations, which are the most severe ones of each level.
fn github(written: &str) -> Vec<Said> {
    let unescaped = |text: &str| {
        let text = text.replace("%3A", ":").replace("%2C", ",");
        text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    };
    let mut said = Vec::new();
    for line in written.lines() {
        let (command, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let properties = command.split_once(' ').unwrap().1;
        let property = |name: &str| {
            let start = format!("{name}=");
            properties.split(',').find_map(|own| own.strip_prefix(&start)).map(unescaped)
        };
        let Some(file) = property("file") else { continue };
        let title = property("title").unwrap();
        let (policy, severity) = title.rsplit_once(" (").unwrap();
        if policy == EVIDENCE {
            continue;
        }
        assert_eq!(file, "ports.json");
        said.push(Said {
            policy: policy.to_owned(),
            message: message(&unescaped(data)),
            line: property("line").and_then(|line| line.parse().ok()),
            column: property("col").and_then(|column| column.parse().ok()),
            severity: severity.strip_suffix(')').map(str::to_owned),
            fingerprint: None,
        });
    }
    said
}

fn markdown(written: &str) -> Vec<Said> {
    let table = written.split("## Results\n\n").nth(1).unwrap_or_default();
    let table = table.split("\n\n").next().unwrap_or_default();
    let rows = table.lines().skip(2).map(|row| row.split(" | ").collect::<Vec<_>>());
    let open = rows.filter(|row| {
        ["**deny**", "**alert**", "inconclusive"].contains(&row[0].trim_start_matches("| "))
    });
    open.map(|row| {
        let place = row.last().unwrap().trim_end_matches(" |").trim_matches('`');
        let mut parts = place.split(':').skip(1).map(|part| part.parse().unwrap());
        Said {
            policy: row[2].trim_matches('`').to_owned(),
            message: None,
            line: parts.next(),
            column: parts.next(),
            severity: Some(row[1].to_owned()),
            fingerprint: None,
        }
    })
    .collect()
}

fn html(written: &str) -> Vec<Said> {
    let findings = super::html::findings(written).into_iter();
    let open =
        findings.filter(|told| ["deny", "alert", "inconclusive"].contains(&told.result.as_str()));
    open.map(|told| {
        let mut place = told.place.rsplitn(3, ':');
        let column = place.next().and_then(|column| column.parse().ok());
        let line = place.next().and_then(|line| line.parse().ok());
        assert_eq!(place.next(), Some("ports.json"));
        Said {
            policy: told.policy,
            message: Some(told.message),
            line,
            column,
            severity: Some(told.severity),
            fingerprint: Some(told.fingerprint),
        }
    })
    .collect()
}

fn ocsf(written: &str) -> Vec<Said> {
    let findings = official::events(written).into_iter().filter(|event| {
        let is_finding = event["unmapped"]["outcome"].is_string();
        is_finding && event["status"] == "New"
    });
    findings
        .map(|event| {
            let severity = match event["severity_id"].as_u64().unwrap() {
                1 => "info",
                2 => "low",
                3 => "medium",
                4 => "high",
                5 => "critical",
                other => panic!("{other}"),
            };
            let place = &event["unmapped"];
            assert_eq!(place["source"], "ports.json");
            let checked = if place["outcome"] == "fail" { "Fail" } else { "Warning" };
            assert_eq!(event["compliance"]["status"], checked);
            let uid = event["finding_info"]["uid"].as_str().unwrap();
            Said {
                policy: text(&event["finding_info"]["analytic"]["uid"]).unwrap(),
                message: text(&event["message"]),
                line: place["line"].as_u64(),
                column: place["column"].as_u64(),
                severity: Some(severity.to_owned()),
                fingerprint: Some(uid.split('-').next().unwrap().to_owned()),
            }
        })
        .collect()
}

/// What was escaped in Markdown.
fn unescaped(text: &str) -> String {
    let mut rest = text.replace("`@`", "@");
    for digit in '0'..='9' {
        rest = rest.replace(&format!("`#`{digit}"), &format!("#{digit}"));
    }
    let mut chars = rest.chars();
    let mut written = String::new();
    while let Some(c) = chars.next() {
        written.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    written
}

fn oscal(written: &str) -> Vec<Said> {
    let result = official::result(written);
    let of = |value: &Value| {
        let number = |name| official::property(value, name).and_then(|text| text.parse().ok());
        let words = |name| official::property(value, name).map(str::to_owned);
        assert_eq!(words("source").as_deref(), Some("ports.json"));
        Said {
            policy: words("rule").unwrap(),
            message: text(&value["description"]).map(|text| unescaped(&text)),
            line: number("line"),
            column: number("column"),
            severity: words("severity"),
            fingerprint: words("fingerprint"),
        }
    };
    let is = |value: &Value, states: &[&str]| {
        states.iter().any(|state| official::property(value, "state") == Some(state))
    };
    let observations = official::list(&result, "observations").iter();
    let open: Vec<&Value> =
        observations.filter(|value| is(value, &["failed", "inconclusive"])).collect();
    let failed = open.iter().filter(|value| is(value, &["failed"])).map(|value| of(value));
    for (list, states) in [("findings", ["failed"]), ("risks", ["failed"])] {
        let values = official::list(&result, list).iter().filter(|value| is(value, &states));
        assert_eq!(values.map(of).collect::<Vec<_>>(), failed.clone().collect::<Vec<_>>());
    }
    open.into_iter().map(of).collect()
}

/// What a format says of open findings; `None` where another test holds it.
fn said(format: Format, written: &str, file: &str) -> Option<Vec<Said>> {
    Some(match format.name() {
        "sarif" => sarif(written, file),
        "junit" => junit(written),
        "gitlab" => gitlab(written),
        "checkstyle" => checkstyle(written),
        "github" => github(written),
        "markdown" => markdown(written),
        "html" => html(written),
        "ocsf" => ocsf(written),
        "oscal" => oscal(written),
        _ => return None,
    })
}

fn report_of(response: &Response, is_accepted: bool) -> (String, Report) {
    let text = response.text();
    let mut report = report(policies(), &[("ports.json", &text)], STRICT);
    if is_accepted && report.findings.len() > 1 {
        report.findings[0].disposition = Disposition::Known;
        report = waived(report);
    }
    (text, report)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn every_format_says_the_same(response in responses(), is_accepted in any::<bool>()) {
        let (text, report) = report_of(&response, is_accepted);
        let expected = expected(&report);
        for format in Format::ALL {
            let written = rendered(&report, format, &Style::default());
            let Some(said) = said(format, &written, &text) else { continue };
            if format == Format::Github {
                let all = expected.iter().map(|(said, _)| said);
                for said in &said {
                    prop_assert!(all.clone().any(|other| other.agrees(said)), "{said:?}");
                }
                for (effect, most) in [("deny", 10), ("alert", 10), ("inconclusive", 9)] {
                    let is_of = |(_, own): &&(Said, String)| own == effect;
                    let command = ["::error file", "::warning file", "::notice file"]
                        [["deny", "alert", "inconclusive"].iter().position(|own| *own == effect).unwrap()];
                    let written = written.lines().filter(|line| line.starts_with(command) && !line.contains("portcullis/evidence")).count();
                    let there = expected.iter().filter(is_of).count();
                    prop_assert!(written <= there && (written == there || written + 3 >= most), "{effect} {written} {there}");
                }
                continue;
            }
            prop_assert_eq!(said.len(), expected.len(), "{:?}\n{}", format, written);
            for (said, (expected, _)) in said.iter().zip(&expected) {
                prop_assert!(said.agrees(expected), "{format:?}: {said:?} for {expected:?}");
            }
        }
    }
}

/// Whether a platform that reads this alone sees that something is wrong.
fn is_red(format: Format, written: &str) -> bool {
    match format.name() {
        "sarif" => {
            let log: Value = serde_json::from_str(written).unwrap();
            let run = &log["runs"][0];
            let results = run["results"].as_array().unwrap();
            let is_error = results.iter().any(|result| result["level"] == "error");
            assert_eq!(run["invocations"][0]["executionSuccessful"], !is_error, "{written}");
            is_error
        }
        "junit" => !elements(written, &["failure", "error"]).is_empty(),
        "github" => written.contains("::error "),
        "gitlab" => written.contains("\"critical\"") || written.contains("\"blocker\""),
        "checkstyle" => written.contains("severity=\"error\""),
        "ocsf" => written.contains("\"status\":\"Fail\""),
        "oscal" => written.contains("\"not-satisfied\""),
        "oscal-mapping" => {
            written.contains("insufficient evidence") || written.contains("could not judge")
        }
        "markdown" => {
            written.contains("insufficient evidence") || written.contains("could not judge")
        }
        "html" => !written.contains("class=\"verdict clean\""),
        "json" => written.contains("\"exit_code\": 3") || written.contains("\"exit_code\": 2"),
        "human" | "short" => {
            let words = ["evidence[", "inconclusive[", "insufficient evidence", "error"];
            words.iter().any(|word| written.contains(word))
        }
        _ => true,
    }
}

const CALM: &str = r#"{"Port": 443, "Protocol": "tcp", "RiskLevel": 1, "ServiceNameList": ["SSL"], "InBytes": 1, "OutBytes": 1, "SuggestLevel": 10, "ProbRisk": null, "RiskReason": ""}"#;

#[test]
fn no_format_looks_green_where_evidence_is_not_sufficient() {
    let unknown =
        CALM.replace("\"SSL\"", "\"RDP\"").replace("\"RiskLevel\": 1", "\"RiskLevel\": -1");
    let rdp = || only(&["rdp-exposed"]);
    let strict = |files: &[(&str, &str)]| report(rdp(), files, STRICT);
    let (partial, whole) = (response(&[CALM], 39), response(&[CALM], 1));
    let error = r#"{"Code": "Throttling.User", "Message": "slow down", "RequestId": "1"}"#;
    let bare = format!("[{CALM}]");
    let young = Terms { max_age: Some(jiff::SignedDuration::from_hours(1)), ..STRICT };
    let assumed = Terms { assume_complete: true, ..young };
    for report in [
        strict(&[]),
        report(rdp(), &[("ports.json", &whole)], young),
        report(rdp(), &[("ports.json", &bare)], assumed),
        strict(&[("ports.json", &partial)]),
        strict(&[("ports.json", &response(&[&unknown], 1))]),
        strict(&[("ports.json", error)]),
        strict(&[("ports.json", &bare)]),
        report(Vec::new(), &[], STRICT),
    ] {
        assert_eq!(report.verdict.exit_code(), 3);
        for format in Format::ALL {
            let written = rendered(&report, format, &Style::default());
            assert!(is_red(format, &written), "{format:?} {written}");
            assert!(!written.contains("0 outcomes"), "{format:?} {written}");
        }
    }
    let loose = Terms { allow_partial: true, ..STRICT };
    for report in
        [report(rdp(), &[("ports.json", &partial)], loose), strict(&[("ports.json", &whole)])]
    {
        assert_eq!(report.verdict.exit_code(), 0);
        for format in Format::ALL {
            let written = rendered(&report, format, &Style::default());
            let is_known = said(format, &written, &whole).is_some() || format == Format::Json;
            assert!(!is_known || !is_red(format, &written), "{format:?} {written}");
        }
    }
}

#[test]
fn no_format_looks_green_where_nothing_could_be_judged() {
    for format in Format::ALL {
        let written = shown(&hostile::load_problems(), format, &Style::default());
        assert!(is_red(format, &written), "{format:?} {written}");
    }
}

#[test]
fn sarif_keeps_the_most_severe_results_and_says_so() {
    let record = |port: usize| {
        CALM.replace("443", &port.to_string())
            .replace("\"SSL\"", "\"RDP\"")
            .replace("\"RiskLevel\": 1", "\"RiskLevel\": 3")
            .replace("\"ProbRisk\": null", "\"ProbRisk\": \"x\"")
    };
    let records: Vec<String> = (0..3000).map(record).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let text = response(&records, 3000);
    let report = report(only(&["rdp-exposed", "reason"]), &[("ports.json", &text)], STRICT);
    let log: Value =
        serde_json::from_str(&rendered(&report, Format::Sarif, &Style::default())).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let of = |rule: &str| results.iter().filter(|result| result["ruleId"] == rule).count();
    assert_eq!((of("rdp-exposed"), of("reason"), results.len()), (3000, 2000, 5000));
    let notes = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(notes.contains("1000 results left out"), "{notes}");
    let github = rendered(&report, Format::Github, &Style::default());
    assert!(github.ends_with("::notice title=portcullis::2990 more errors, 2990 more warnings; all are in the summary of the job\n"), "{github}");
}

/// The report as far as it is about a framework.
fn viewed(report: Report, name: &str) -> Report {
    let framework = policy::find_framework(&report.policies.frameworks, name).unwrap();
    let framework = Arc::clone(framework);
    report.viewed(&framework)
}

#[test]
fn no_format_looks_green_where_a_view_leaves_out_why_the_run_is_not_clean() {
    let weak = CALM.replace("\"ProbRisk\": null", "\"ProbRisk\": \"weak\"");
    let alert = Terms { fail_on: FailOn::Alert, ..STRICT };
    let strange =
        CALM.replace("\"SSL\"", "\"Unknown\"").replace("\"RiskLevel\": 1", "\"RiskLevel\": 3");
    for (policies, record, exit_code) in
        [(policies(), &weak, 1), (loaded("p.yaml", "policies: [deny RDP]"), &strange, 3)]
    {
        let report = report(policies, &[("ports.json", &response(&[record], 1))], alert);
        let view = viewed(report, "pci-dss-4.0.1");
        assert_eq!(view.verdict.exit_code(), exit_code);
        assert!(view.findings.is_empty());
        for format in Format::ALL {
            let written = rendered(&view, format, &Style::default());
            let says_exit_code = matches!(format.name(), "human" | "json");
            assert!(says_exit_code || is_red(format, &written), "{format:?} {written}");
            let said = written.split_whitespace().collect::<Vec<_>>().join(" ");
            let says = said.contains("are not shown") || said.contains("\"elsewhere\"");
            assert!(says, "{format:?} {written}");
        }
    }
}
